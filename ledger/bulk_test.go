package ledger_test

import (
	"fmt"
	"iter"
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

// manyGifts are n gifts of 1.000 đ up; every one at a place in spoiled is a gift of nothing.
func manyGifts(n int, spoiled ...int) iter.Seq[ledger.DonationItem] {
	return func(yield func(ledger.DonationItem) bool) {
		for i := range n {
			gift := ledger.NewDonation{Payer: "Phạm Thị Thử", Method: ledger.MethodTransfer, Amount: money.Dong(int64(1_000 + i))}
			for _, s := range spoiled {
				if s == i {
					gift.Amount = money.Dong(0)
				}
			}
			if !yield(ledger.DonationItem{Key: ledger.KeyOf(fmt.Sprint("bulk ", i)), Donation: gift}) {
				return
			}
		}
	}
}

func TestABulkIsBookedInSlicesAndTwiceBooksNothingTwice(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	const many = 5_000 + 700 // one full slice, copied, and a short one, copied too
	var heard []int
	r, err := f.RecordBulk(t.Context(), f.Recorder, f.Fund, manyGifts(many, 3, 5_001), func(done int) { heard = append(heard, done) })
	if err != nil || r.Recorded != many-2 || r.Replayed != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if len(r.Refused) != 2 || r.Refused[0].Place != 3 || r.Refused[1].Place != 5_001 || ledger.CodeOf(r.Refused[1].Err) != ledger.CodeInvalid {
		t.Errorf("refused %+v", r.Refused)
	}
	if len(heard) != 2 || heard[0] != 5_000 || heard[1] != many {
		t.Errorf("progress was %v", heard)
	}
	again, err := f.RecordBulk(t.Context(), f.Recorder, f.Fund, manyGifts(many, 3, 5_001), nil)
	if err != nil || again.Recorded != 0 || again.Replayed != many-2 {
		t.Errorf("the second run: %+v, %v", again, err)
	}
	if n := receiptCount(t, f); n != many-2 {
		t.Errorf("%d receipts", n)
	}
}

func TestABulkStopsWhenTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	var spoiled []int
	for i := range 1_001 {
		spoiled = append(spoiled, i)
	}
	r, err := f.RecordBulk(t.Context(), f.Recorder, f.Fund, manyGifts(1_200, spoiled...), nil)
	if ledger.CodeOf(err) != ledger.CodeInvalid || len(r.Refused) != 1_001 || r.Recorded != 199 {
		t.Errorf("recorded %d, refused %d, %v", r.Recorded, len(r.Refused), err)
	}
	if _, err := f.RecordBulk(t.Context(), f.Viewer, f.Fund, manyGifts(1), nil); ledger.CodeOf(err) != ledger.CodeForbidden {
		t.Errorf("a bulk by the viewer: %v", err)
	}
}
