package ledger_test

import (
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

func TestADayShowsWhatCameInLessWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	today := f.Give(500_000).PostedOn
	before := ledgertest.Cash(70_000)
	before.DonatedOn = today.AddDays(-3)
	if _, err := f.RecordDonation(t.Context(), f.Recorder, f.Fund, f.Key(), before); err != nil {
		t.Fatal(err)
	}
	back := f.Give(200_000)
	if _, err := f.ReverseDonation(t.Context(), f.Chief, f.Fund, f.Key(), back.EntryNo, "Ghi nhầm quỹ"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		from ledger.Date
		want []int64
	}{
		{"today alone", today, []int64{500_000}},
		{"up to the day before the first", today.AddDays(-2), []int64{500_000}},
		{"from the first day on", today.AddDays(-3), []int64{70_000, 500_000}},
	} {
		days, err := f.DayTotals(t.Context(), f.Viewer, f.Fund, tt.from, today)
		if err != nil || len(days) != len(tt.want) {
			t.Fatalf("%s: %v, %v", tt.name, days, err)
		}
		for i, d := range days {
			if d.In.Int64() != tt.want[i] || !d.Out.IsZero() {
				t.Errorf("%s: on %s in %s, out %s; want %d", tt.name, d.On, d.In, d.Out, tt.want[i])
			}
		}
	}
	if _, err := f.DayTotals(t.Context(), f.Stranger, f.Fund, today, today); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("a stranger gets %v", err)
	}
}

func TestASheetTellsItsLife(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	d := f.Give(500_000)
	if err := f.NotePrint(t.Context(), f.Recorder, f.Fund, d.Receipt, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.NotePrint(t.Context(), f.Recorder, f.Fund, d.Receipt, 1); err != nil {
		t.Fatal(err)
	}
	i, err := f.ProposeVoid(t.Context(), f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: d.Receipt.Series, Year: d.Receipt.Year,
		Number: d.Receipt.Number, Reason: "Ghi sai tên"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.DecideVoid(t.Context(), f.Chief, f.Fund, f.Key(), ledger.Decision{IntentNo: i.EntryNo, Hash: i.Hash, Approve: true}); err != nil {
		t.Fatal(err)
	}
	events, err := f.SheetHistory(t.Context(), f.Viewer, f.Fund, d.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, e := range events {
		got += e.Kind + " "
		if e.Kind == "void.asked" && e.Reason != "Ghi sai tên" {
			t.Errorf("asked because of %q", e.Reason)
		}
	}
	if want := "issued print copy void.asked void.approved "; got != want {
		t.Errorf("its life is %q, want %q", got, want)
	}
	other := ledger.ReceiptRef{Series: d.Receipt.Series, Year: d.Receipt.Year, Number: d.Receipt.Number + 1}
	if events, err := f.SheetHistory(t.Context(), f.Viewer, f.Fund, other); err != nil || len(events) != 0 {
		t.Errorf("a sheet that is not there has a life: %v, %v", events, err)
	}
	if _, err := f.SheetHistory(t.Context(), f.Stranger, f.Fund, d.Receipt); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("a stranger gets %v", err)
	}
}
