package ledger_test

import (
	"context"
	"testing"
	"time"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// C4: a caller whose time was over before it came has written nothing, every time.
func TestC4WhoComesTooLateHasWrittenNothing(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range soak(100) {
		if _, err := asked(ctx, f, f.Key(), small(1_000))(); ledger.CodeOf(err) != ledger.CodeUnavailable {
			t.Fatalf("told %v", err)
		}
	}
	f.Give(1_000) // whatever was in line has gone before
	if n := receiptCount(t, f); n != 1 {
		t.Errorf("%d receipts, want one", n)
	}
}

// C3: a key whose first gift the database refused is free, also for the second gift of the same call.
func TestC3AKeyThatFailedIsFreeInTheSameBatch(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	spoil(f)
	spoilt := small(1_000)
	spoilt.Memo = "HỎNG"
	for _, tt := range []struct {
		name          string
		first, second ledger.NewDonation
		want          [2]ledger.Code
		written       int64
	}{
		{"refused by the database, twice", spoilt, spoilt, [2]ledger.Code{"internal", "internal"}, 0},
		{"refused by the database, then a gift", spoilt, small(1_000), [2]ledger.Code{"internal", ""}, 1},
	} {
		before, key := receiptCount(t, f), f.Key()
		results := f.RecordDonations(t.Context(), f.Recorder, f.Fund, []ledger.DonationItem{{Key: key, Donation: tt.first}, {Key: key, Donation: tt.second}})
		if got := [2]ledger.Code{ledger.CodeOf(results[0].Err), ledger.CodeOf(results[1].Err)}; got != tt.want {
			t.Errorf("%s: codes %q, want %q", tt.name, got, tt.want)
		}
		if n := receiptCount(t, f) - before; n != tt.written {
			t.Errorf("%s: %d receipts", tt.name, n)
		}
	}
}

// C30: while the program closes, nobody else is let in: a stream of callers would keep it from ending.
func TestC30NobodyEntersWhileItCloses(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	f.Give(1_000)
	program, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 3})
	if err != nil {
		t.Fatal(err)
	}
	letGo := hold(t, f)
	defer letGo()
	give := func(ctx context.Context) func() (ledger.Donation, error) {
		key := f.Key()
		return func() (ledger.Donation, error) {
			return program.RecordDonation(ctx, f.Recorder, f.Fund, key, small(1_000))
		}
	}
	done, closed := make(chan []answer), make(chan struct{})
	go func() { done <- together(give(t.Context())) }()
	posting(t, f)
	go func() { program.Close(); close(closed) }()
	time.Sleep(inLine)
	late, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	began := time.Now()
	if _, err := give(late)(); ledger.CodeOf(err) != ledger.CodeUnavailable || time.Since(began) > 2*time.Second {
		t.Errorf("who came while it closed was told %v after %s", err, time.Since(began))
	}
	letGo()
	if a := <-done; a[0].err != nil {
		t.Errorf("who waited when it closed was told %v", a[0].err)
	}
	<-closed
}
