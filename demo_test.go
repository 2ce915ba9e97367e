package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/migrations/localpg/pgtest"
)

func TestPlansAddUpAndStayPlausible(t *testing.T) {
	t.Parallel()
	var districts int64
	for i, p := range places() {
		pl := newPlan(p, i)
		if pl.sum != p.raised {
			t.Errorf("%s: gifts of %d, want %d", p.code, pl.sum, p.raised)
		}
		if p.level == ledger.LevelDistrict {
			districts += p.raised
		}
		var net, largest int64
		gifts := 0
		for _, e := range pl.events {
			amount := e.gift.Amount.Int64()
			switch e.kind {
			case eventGift:
				net += amount
				largest = max(largest, amount)
				gifts++
				if amount < 1_000 && e.gift.Method != ledger.MethodGoods {
					t.Errorf("%s: a gift of %d", p.code, amount)
				}
				if e.at.Before(demoFrom) || !e.at.Before(demoTo.AddDate(0, 0, 1)) {
					t.Errorf("%s: a gift written at %v", p.code, e.at)
				}
			case eventReverse:
				net -= e.of.gift.Amount.Int64()
			}
		}
		if net != p.raised {
			t.Errorf("%s: %d after corrections, want %d", p.code, net, p.raised)
		}
		if largest < 10*million || largest > p.raised/4 {
			t.Errorf("%s: the largest gift is %d of %d", p.code, largest, p.raised)
		}
		if gifts < p.gifts {
			t.Errorf("%s: %d gifts, want %d", p.code, gifts, p.gifts)
		}
	}
	if districts != 7_800*million {
		t.Errorf("the districts share %d", districts)
	}
}

// The middle deciles of domain.md 11: 50k, 100k, 100k, 120k, 200k, 200k, 400k, 500k, 1tr.
func TestPlannedAmountsHaveTheMeasuredShape(t *testing.T) {
	t.Parallel()
	var amounts []int64
	for i, p := range places() {
		for _, e := range newPlan(p, i).events {
			if e.kind == eventGift && e.gift.Method != ledger.MethodGoods {
				amounts = append(amounts, e.gift.Amount.Int64())
			}
		}
	}
	slices.Sort(amounts)
	for _, tt := range []struct{ percent, from, to int64 }{
		{10, 20_000, 100_000}, {20, 50_000, 100_000}, {50, 150_000, 200_000}, {70, 200_000, 500_000}, {80, 400_000, 600_000},
	} {
		if got := amounts[int64(len(amounts))*tt.percent/100]; got < tt.from || got > tt.to {
			t.Errorf("%d %% give at most %d, want %d–%d", tt.percent, got, tt.from, tt.to)
		}
	}
	var all, top int64
	for i, a := range amounts {
		if all += a; i >= len(amounts)*99/100 {
			top += a
		}
	}
	if top*10 < all*3 || top*10 > all*7 {
		t.Errorf("the top hundredth holds %d of %d", top, all)
	}
}

func TestPlansFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	p := places()[3]
	told := func() (list []string) {
		for _, e := range newPlan(p, 3).events {
			list = append(list, strings.Join([]string{e.at.String(), e.gift.Amount.String(), e.gift.Payer, e.gift.Memo}, "|"))
		}
		return list
	}
	if diff := cmp.Diff(told(), told()); diff != "" {
		t.Error(diff)
	}
}

func TestDemoGoesOnWhereItWasInterrupted(t *testing.T) {
	t.Parallel()
	_, dsn := pgtest.New(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	two := places()[11:] // the smallest and another
	d := &demo{dsn: dsn, places: two, publicURL: "http://127.0.0.1:8080", show: func(done, total int64) {
		if done > total/4 {
			stop()
		}
	}}
	if err := d.fill(ctx); !errors.Is(err, context.Canceled) && ledger.CodeOf(err) != ledger.CodeUnavailable {
		t.Fatalf("fill = %v, want it interrupted", err)
	}
	l, err := ledger.Open(t.Context(), dsn, ledger.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if state, err := demoStateOf(t.Context(), l); err != nil || state != demoPart {
		t.Fatalf("state %v, %v, want half a demonstration", state, err)
	}
	again := &demo{dsn: dsn, places: two, publicURL: d.publicURL, show: func(done, total int64) {}}
	if err := again.fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := summarise(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if want := money.Dong(two[0].raised + two[1].raised); !s.Raised.District.Equal(want) || len(s.differ) > 0 {
		t.Errorf("raised %s, want %s; %v", s.Raised.District, want, s.differ)
	}
	report, err := l.Verify(t.Context(), nil)
	if err != nil || !report.OK {
		t.Errorf("verify: %v %v", report.Problems, err)
	}
	if state, err := demoStateOf(t.Context(), l); err != nil || state != demoFull {
		t.Errorf("state %v, %v, want it whole", state, err)
	}
}

func TestDemoKeepsOutOfRealBooks(t *testing.T) {
	t.Parallel()
	_, dsn := pgtest.New(t)
	l, err := ledger.Open(t.Context(), dsn, ledger.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if state, err := demoStateOf(t.Context(), l); err != nil || state != demoEmpty {
		t.Fatalf("state %v, %v, want empty", state, err)
	}
	n := places()[0].newFund("http://127.0.0.1:8080")
	n.Chart = "TT90/2021"
	if _, err := l.OpenFund(t.Context(), ledger.Operator, ledger.NewKey(), n); err != nil {
		t.Fatal(err)
	}
	if state, err := demoStateOf(t.Context(), l); err != nil || state != demoReal {
		t.Errorf("state %v, %v, want real", state, err)
	}
}
