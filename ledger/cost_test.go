package ledger_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// statement is what PostgreSQL counted of one statement, in functions too.
type statement struct {
	text  string
	calls int64
	ms    float64 // of all calls
}

// counting forgets what was counted so far in this database and gives back a way to read what came after.
func counting(t testing.TB, f *ledgertest.Fixture) func() []statement {
	t.Helper()
	c := connect(t, f.AdminDSN)
	if _, err := c.Exec(t.Context(), `CREATE EXTENSION IF NOT EXISTS pg_stat_statements`); err != nil {
		t.Fatal(err)
	}
	const reset = `SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)`
	if _, err := c.Exec(t.Context(), reset); err != nil {
		t.Fatal(err)
	}
	return func() []statement {
		rows, err := c.Query(t.Context(), `
			SELECT regexp_replace(query, '\s+', ' ', 'g'), calls, total_exec_time
			  FROM pg_stat_statements
			 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
			   AND query NOT LIKE '%pg_stat_statements%'
			 ORDER BY total_exec_time DESC`)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s statement, err error) {
			err = row.Scan(&s.text, &s.calls, &s.ms)
			return s, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
}

// C24: what one gift costs in statements, alone and in company; machine-independent, so that a new one is noticed.
func TestC24StatementsPerGift(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		gifts int // in one call
		most  float64
	}{
		{"a gift alone", 1, 12},
		{"a hundred in one call", 100, 1.32},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := ledgertest.New(t)
			const rounds = 200
			give := func() {
				items := make([]ledger.DonationItem, tt.gifts)
				for i := range items {
					items[i] = ledger.DonationItem{Key: f.Key(), Donation: ledger.NewDonation{Payer: "Phạm Thị Thử", Method: ledger.MethodCash, Amount: ledgertest.Cash(1_000).Amount}}
				}
				for _, r := range f.RecordDonations(t.Context(), f.Recorder, f.Fund, items) {
					if r.Err != nil {
						t.Fatal(r.Err)
					}
				}
			}
			for range 10 {
				give() // plans are made, the head is read
			}
			read := counting(t, f)
			for range rounds {
				give()
			}
			var calls int64
			var ms float64
			list := read()
			for _, s := range list {
				calls, ms = calls+s.calls, ms+s.ms
				t.Logf("%8.3f calls %8.1f µs  %.150s", float64(s.calls)/rounds, s.ms*1000/rounds, s.text)
			}
			per := float64(calls) / float64(rounds*tt.gifts)
			t.Logf("%.2f statements a gift", per)
			if per > tt.most {
				t.Errorf("%.2f statements a gift, at most %.2f", per, tt.most)
			}
		})
	}
}
