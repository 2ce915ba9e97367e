package ledger_test

import (
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// The whole path of a gift: given, asked again, replaced, looked up by its holder, taken back.
func TestAGiftFromTheCounterToItsReversal(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	ctx := t.Context()

	gift := f.Give(500_000)
	sheet, err := f.ReceiptOfEntry(ctx, f.Viewer, f.Fund, gift.EntryNo)
	if err != nil {
		t.Fatal(err)
	}
	if sheet.Number != 1 || sheet.Series != ledger.SeriesCash || sheet.Printed.Payer != "Phạm Thị Thử" || sheet.Leaf == [32]byte{} {
		t.Errorf("the sheet is %+v", sheet)
	}

	intent, err := f.ProposeVoid(ctx, f.Recorder, f.Fund, f.Key(), ledger.Proposal{
		Series: sheet.Series, Year: sheet.Year, Number: sheet.Number,
		Reason: "gõ sai tên", Correction: &ledger.Correction{Payer: "Phạm Thị Đúng"},
	})
	if err != nil {
		t.Fatal(err)
	}
	intent, err = f.DecideVoid(ctx, f.Chief, f.Fund, f.Key(), ledger.Decision{IntentNo: intent.EntryNo, Hash: intent.Hash, Approve: true})
	if err != nil || !intent.Approved || intent.DecidedBy != f.Chief.ID {
		t.Fatalf("the decision is %+v, %v", intent, err)
	}
	old, err := f.CheckReceipt(ctx, "HD", sheet.Code)
	if err != nil || old.State != ledger.ReceiptReplaced || old.ReplacedBy == nil || old.ReplacedBy.Number != 2 {
		t.Fatalf("the replaced sheet shows %+v, %v", old, err)
	}
	next, err := f.CheckReceipt(ctx, "HD", old.ReplacedBy.Code)
	if err != nil || next.State != ledger.ReceiptValid || next.Amount.Int64() != 500_000 {
		t.Fatalf("its successor shows %+v, %v", next, err)
	}

	reversed, err := f.ReverseDonation(ctx, f.Accountant, f.Fund, f.Key(), gift.EntryNo, "Trả lại người ủng hộ")
	if err != nil || reversed.ReversedBy == 0 {
		t.Fatalf("the reversed gift is %+v, %v", reversed, err)
	}
	if next, err = f.CheckReceipt(ctx, "HD", old.ReplacedBy.Code); err != nil || next.State != ledger.ReceiptVoid {
		t.Fatalf("after the reversal the successor shows %+v, %v", next, err)
	}
	balances, err := f.Balances(ctx, f.Viewer, f.Fund, ledger.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range balances {
		if !b.Balance().IsZero() {
			t.Errorf("%s holds %s after everything was taken back", b.Role, b.Balance())
		}
	}
}
