package ledger_test

import (
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
)

func TestOpeningsOpenTheTextsOfASheetAndNoMore(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	d := f.Give(100_000)
	text, err := f.ProofOf(t.Context(), f.Fund, d.EntryNo)
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := proof.VerifyEntry(text, f.LogKeys().Verifiers("HD")...)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string][32]byte{}
	for _, c := range e.Commitments {
		sums[c.Name] = c.Sum
	}
	list, err := f.Openings(t.Context(), f.Viewer, f.Fund, d.EntryNo)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, o := range list {
		seen[o.Field] = o.Value
		if !proof.Open(sums[o.Field], o.Salt, []byte(o.Value)) || proof.Open(sums[o.Field], o.Salt, []byte(o.Value+" ")) {
			t.Errorf("%s does not open, or opens another text", o.Field)
		}
	}
	if seen["payer"] != "Phạm Thị Thử" || len(seen) >= len(sums) { // the donor's record stays closed
		t.Errorf("opened %v of %d commitments", seen, len(sums))
	}
	if _, err := f.Openings(t.Context(), f.Stranger, f.Fund, d.EntryNo); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("a stranger: %v", err)
	}
	if list, err := f.Openings(t.Context(), f.Viewer, f.Fund, d.EntryNo+100); err != nil || len(list) != 0 {
		t.Errorf("an entry that is not there: %v, %v", list, err)
	}
	f.Superuser(`SET ROLE sovang_purge; DELETE FROM entry_person WHERE fund_id = 1 AND entry_no > 0`)
	if list, err := f.Openings(t.Context(), f.Viewer, f.Fund, d.EntryNo); err != nil || len(list) != 0 {
		t.Errorf("once erased: %v, %v", list, err)
	}
}
