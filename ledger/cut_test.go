package ledger_test

import (
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// A balance as known at a size is the sum of the postings before it, whatever cuts are stored, and dated postings that
// came later are left out of every day.
func TestBalancesAsKnownAtASize(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	day := func(n int) ledger.Date { return ledger.Date{Year: 2022, Month: 7, Day: n} }
	give := func(amount int64, on ledger.Date) {
		t.Helper()
		n := ledgertest.Cash(amount)
		n.DonatedOn = on
		if _, err := f.RecordDonation(t.Context(), f.Recorder, f.Fund, f.Key(), n); err != nil {
			t.Fatal(err)
		}
	}
	give(1, day(1))   // entry 1
	give(10, day(3))  // entry 2
	give(100, day(1)) // entry 3: back-dated
	give(1000, day(2))
	for _, cuts := range [][]int64{nil, {2}, {3}, {5}} {
		for _, size := range cuts {
			if err := f.Cut(t.Context(), f.Fund, size); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			size int64
			on   ledger.Date
			want int64
		}{
			{0, ledger.Date{}, 0}, {1, ledger.Date{}, 0}, {2, ledger.Date{}, 1}, {3, ledger.Date{}, 11},
			{5, ledger.Date{}, 1111}, {3, day(2), 1}, {4, day(2), 101}, {5, day(1), 101}, {5, day(2), 1101},
		} {
			list, err := f.BalancesAsKnown(t.Context(), f.Viewer, f.Fund, tt.on, tt.size)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range list {
				if b.Role == "CASH" && b.Balance().Int64() != tt.want {
					t.Errorf("with cuts up to %v: at size %d on %s the cash is %s, want %d", cuts, tt.size, tt.on, b.Balance(), tt.want)
				}
			}
		}
	}
	if _, err := f.BalancesAsKnown(t.Context(), f.Viewer, f.Fund, day(1), 6); ledger.CodeOf(err) != ledger.CodeInvalid {
		t.Errorf("beyond the log: %v", err)
	}
	if err := f.Cut(t.Context(), f.Fund, 6); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("a cut beyond the log: %v", err)
	}
	if _, err := f.BalancesAsKnown(t.Context(), f.Stranger, f.Fund, day(1), 3); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("by a stranger: %v", err)
	}
}
