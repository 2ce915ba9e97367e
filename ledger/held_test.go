package ledger_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// hold takes a fund's lock as nobody but a superuser could, so that whoever writes to the fund waits. The function
// it gives back lets go.
func hold(t *testing.T, f *ledgertest.Fixture) (letGo func()) {
	t.Helper()
	c := connect(t, f.AdminDSN)
	tx, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT FROM fund_head WHERE fund_id = $1 FOR UPDATE`, f.Fund); err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() {
		if err := tx.Rollback(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// posting waits until a writer stands at the lock that hold took: the fund's line then has a drain that is busy.
func posting(t *testing.T, f *ledgertest.Fixture) {
	t.Helper()
	c := connect(t, f.AdminDSN)
	eventually(t, "a writer waits for the lock", func() bool {
		var many int
		const query = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
		if err := c.QueryRow(t.Context(), query).Scan(&many); err != nil {
			t.Fatal(err)
		}
		return many > 0
	})
}

// eventually fails the test when something has not come about within 20 seconds.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come about that %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// inLine is long enough for goroutines that were started to stand in the fund's line.
const inLine = 150 * time.Millisecond

// transactions gives for each entry of the fund the transaction that wrote it.
func transactions(t *testing.T, f *ledgertest.Fixture) map[int64]string {
	t.Helper()
	rows, err := connect(t, f.AdminDSN).Query(t.Context(), `SELECT entry_no, xmin::text FROM entry WHERE fund_id = $1`, f.Fund)
	if err != nil {
		t.Fatal(err)
	}
	wrote := map[int64]string{}
	var no int64
	var transaction string
	_, err = pgx.ForEachRow(rows, []any{&no, &transaction}, func() error {
		wrote[no] = transaction
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return wrote
}

// distinct counts the transactions that wrote entries.
func distinct(wrote map[int64]string) int {
	seen := map[string]bool{}
	for _, transaction := range wrote {
		seen[transaction] = true
	}
	return len(seen)
}

// small is a gift without a donor's record, so that it takes the plain path when it comes alone.
func small(amount int64) ledger.NewDonation {
	n := ledgertest.Cash(amount)
	n.NewDonor, n.Payer = nil, "Phạm Thị Thử"
	return n
}

// answer is what a caller was told.
type answer struct {
	gift ledger.Donation
	err  error
}

// together has every call made at once and waits for all answers.
func together(calls ...func() (ledger.Donation, error)) []answer {
	answers := make([]answer, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() { answers[i].gift, answers[i].err = call() })
	}
	wg.Wait()
	return answers
}

// asked is a call that records a gift by the recorder.
func asked(ctx context.Context, f *ledgertest.Fixture, key ledger.Key, n ledger.NewDonation) func() (ledger.Donation, error) {
	return func() (ledger.Donation, error) { return f.RecordDonation(ctx, f.Recorder, f.Fund, key, n) }
}

// entryOf is the earlier entry that a refusal names.
func entryOf(err error) int64 {
	var refusal *ledger.Error
	if errors.As(err, &refusal) {
		return refusal.Entry
	}
	return -1
}
