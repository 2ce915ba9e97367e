package ledger_test

import (
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// A body of people stands on the public page by its name; whoever pays in for it, or gives as a person, by initials
// unless they chose otherwise.
func TestThePublicPageNamesNobodyWhoDidNotChooseIt(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	for _, tt := range []struct {
		name    string
		kind    ledger.DonorKind
		display ledger.Display
		giver   ledger.GiverKind
		payer   string
		want    string
	}{
		{"a person", ledger.DonorPerson, "", "", "", "P. V. M."},
		{"a person who wants the name shown", ledger.DonorPerson, ledger.DisplayName, "", "", "Phạm Văn Mẫu"},
		{"a person who wants to stay hidden", ledger.DonorPerson, ledger.DisplayHidden, "", "", ""},
		{"a household", ledger.DonorHousehold, "", "", "", "P. V. M."},
		{"an organisation", ledger.DonorOrganisation, "", "", "", "Phạm Văn Mẫu"},
		{"an organisation that stays hidden", ledger.DonorOrganisation, ledger.DisplayHidden, "", "", ""},
		{"an organisation that is hidden from the public", ledger.DonorOrganisation, ledger.DisplayName, ledger.GiverPublicAnonymous, "", ""},
		{"a driver who pays in for an organisation", ledger.DonorOrganisation, "", "", "Lê Thị Lái", "L. T. L."},
		{"a driver who agreed to be named", ledger.DonorOrganisation, ledger.DisplayName, "", "Lê Thị Lái", "Lê Thị Lái"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := ledgertest.Cash(100_000)
			n.NewDonor = &ledger.NewDonor{Kind: tt.kind, Name: "Phạm Văn Mẫu"}
			n.Display, n.Giver, n.Payer = tt.display, tt.giver, tt.payer
			d, err := f.RecordDonation(t.Context(), f.Recorder, f.Fund, f.Key(), n)
			if err != nil {
				t.Fatal(err)
			}
			p, err := f.CheckReceipt(t.Context(), "HD", d.Receipt.Code)
			if err != nil || p.Payer != tt.want {
				t.Errorf("the page shows %q, %v; want %q", p.Payer, err, tt.want)
			}
		})
	}
}

// What PostgreSQL would call no text is a fund that is not there, not a fault.
func TestAFundsCodeMayBeAnyBytes(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	for _, code := range []string{"", "\x00", "HD\x00", "\xff", "hd", "KHÔNG-CÓ"} {
		if _, err := f.FundID(t.Context(), f.Viewer, code); ledger.CodeOf(err) != ledger.CodeNotFound {
			t.Errorf("fund %q: %v", code, err)
		}
	}
}
