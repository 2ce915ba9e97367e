package ledger_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// C30: a mixed load with a thousand callers in line for one fund. Connections stay within their bound, the rows that
// every gift changes stay on the pages they have, and when the program is closed nothing of it runs on. Alone, not in
// parallel: it counts goroutines.
func TestC30AThousandWaitAndNothingGrows(t *testing.T) {
	f := ledgertest.New(t)
	f.Give(1_000)
	at := goleak.IgnoreCurrent()
	const conns = 6
	program, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: conns})
	if err != nil {
		t.Fatal(err)
	}
	before := changed(t, f)
	ctx, done := context.WithCancel(t.Context())
	most := make(chan int)
	go func() { most <- watchConnections(ctx, t, f) }()
	load := mixedLoad(t, f, program, 1_000, time.Duration(soak(1))*time.Second)
	alone := mixedLoad(t, f, program, 1, time.Duration(soak(1))*time.Second) // each gift its own transaction
	done()
	if n := <-most; n > conns+8 { // those of the fixture's own ledger count too
		t.Errorf("%d connections at once, at most %d", n, conns+8)
	}
	program.Close() // its sessions end, and with them all their statistics are told
	if err := goleak.Find(at); err != nil {
		t.Error(err)
	}
	t.Logf("%d gifts, %d reads, then %d gifts by one caller", load.gifts, load.reads, alone.gifts)
	if load.gifts < 500 || load.reads < 20 || alone.gifts < 20 {
		t.Errorf("only %d gifts, %d reads and %d gifts: no load", load.gifts, load.reads, alone.gifts)
	}
	stays(t, f, before, alone.gifts)
}

type worked struct{ gifts, reads int }

// mixedLoad has many callers give, one gift each at a time, and four read, for a while.
func mixedLoad(t *testing.T, f *ledgertest.Fixture, l *ledger.Ledger, callers int, span time.Duration) (w worked) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	until := time.Now().Add(span)
	repeat := func(count *int, do func() error) {
		wg.Go(func() {
			for time.Now().Before(until) {
				if err := do(); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				*count++
				mu.Unlock()
			}
		})
	}
	for range callers {
		repeat(&w.gifts, func() error {
			_, err := l.RecordDonation(t.Context(), f.Recorder, f.Fund, f.Key(), small(1_000))
			return err
		})
	}
	for reader := range 4 {
		dice := rand.New(rand.NewPCG(30, uint64(reader)))
		repeat(&w.reads, func() error {
			if dice.IntN(2) == 0 {
				_, err := l.Balances(t.Context(), f.Viewer, f.Fund, ledger.Date{})
				return err
			}
			_, err := l.Donations(t.Context(), f.Viewer, f.Fund, ledger.DonationFilter{Limit: 20})
			return err
		})
	}
	wg.Wait()
	return w
}

// watchConnections gives the most connections of programs that were there at once.
func watchConnections(ctx context.Context, t *testing.T, f *ledgertest.Fixture) (most int) {
	c := connect(t, f.AdminDSN)
	for ctx.Err() == nil {
		var n int
		const query = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sovang'`
		if err := c.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Error(err)
			return most
		}
		most = max(most, n)
		time.Sleep(20 * time.Millisecond)
	}
	return most
}

// hot are the tables with rows that every gift changes.
var hot = []string{"fund_head", "balance", "series", "account_day"}

// churn is what the database counted of one table.
type churn struct{ updates, onPage, pages int64 }

func changed(t *testing.T, f *ledgertest.Fixture) map[string]churn {
	t.Helper()
	rows, err := connect(t, f.AdminDSN).Query(t.Context(), `
		SELECT relname, n_tup_upd, n_tup_hot_upd, pg_relation_size(relid) / 8192
		  FROM pg_stat_user_tables WHERE relname = ANY ($1)`, hot)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]churn{}
	var name string
	var c churn
	_, err = pgx.ForEachRow(rows, []any{&name, &c.updates, &c.onPage, &c.pages}, func() error {
		counts[name] = c
		return nil
	})
	if err != nil || len(counts) != len(hot) {
		t.Fatalf("%d tables, %v", len(counts), err)
	}
	return counts
}

// stays checks that nine of ten new versions of the hot rows went to the page of the old one, where the next writer
// sweeps them away, and that the tables kept to a few pages though no autovacuum runs here.
// Each gift that came alone is an update at least.
func stays(t *testing.T, f *ledgertest.Fixture, before map[string]churn, alone int) {
	t.Helper()
	after := changed(t, f)
	for _, name := range hot {
		a, b := after[name], before[name]
		updates, onPage := a.updates-b.updates, a.onPage-b.onPage
		t.Logf("%s: %d updates, %d of them on their page, %d pages", name, updates, onPage, a.pages)
		if updates < int64(alone) {
			t.Errorf("%s: only %d updates were counted", name, updates)
		}
		if 10*onPage < 9*updates {
			t.Errorf("%s: only %d of %d updates stayed on their page", name, onPage, updates)
		}
		if a.pages > 32 {
			t.Errorf("%s grew to %d pages", name, a.pages)
		}
	}
}
