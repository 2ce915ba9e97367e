package api

import (
	"net/http"
	"strings"

	"sovang/ledger"
	"sovang/ledger/money"
)

// donorsView is the list of donors and the search over it.
type donorsView struct {
	Visit *visit
	Query string
	Found []ledger.Donor
	More  bool // there are more than are shown: the search has to be narrower
}

func (s *server) donorsPage(w http.ResponseWriter, v *visit) error {
	d := donorsView{Visit: v, Query: strings.TrimSpace(v.FormValue("q"))}
	found, err := s.l.FindDonors(v.Context(), v.Actor, v.Fund.ID, d.Query, pageSize+1)
	if err != nil {
		return err
	}
	d.More = len(found) > pageSize
	d.Found = found[:min(len(found), pageSize)]
	return s.render(w, http.StatusOK, "donors", view{Title: "Người ủng hộ", Section: "donors", Visit: v, Body: d})
}

// donorView is one donor with the gifts.
type donorView struct {
	Visit  *visit
	Donor  ledger.Donor
	Gifts  []ledger.Donation
	Sum    money.VND // of the gifts shown that were not reversed
	Before int64     // cursor of the next page; 0 = the end
}

func (s *server) donorPage(w http.ResponseWriter, v *visit) error {
	id := ledger.DonorID(number(v.PathValue("donor")))
	donor, err := s.l.Donor(v.Context(), v.Actor, v.Fund.ID, id)
	if err != nil {
		return err
	}
	d := donorView{Visit: v, Donor: donor, Sum: money.Dong(0)}
	d.Gifts, err = s.l.Donations(v.Context(), v.Actor, v.Fund.ID,
		ledger.DonationFilter{DonorID: id, Before: number(v.FormValue("truoc")), Limit: pageSize + 1})
	if err != nil {
		return err
	}
	if len(d.Gifts) > pageSize {
		d.Gifts = d.Gifts[:pageSize]
		d.Before = d.Gifts[pageSize-1].EntryNo
	}
	for _, g := range d.Gifts {
		if g.ReversedBy == 0 {
			d.Sum = d.Sum.Add(g.Amount)
		}
	}
	return s.render(w, http.StatusOK, "donor", view{Title: donor.Name, Section: "donors", Visit: v, Body: d})
}

// newDonorView is the form for a donor.
type newDonorView struct {
	Visit  *visit
	Key    string
	Donor  ledger.NewDonor
	Errors fieldErrors
}

func (s *server) newDonorPage(w http.ResponseWriter, v *visit) error {
	return s.showNewDonor(w, v, http.StatusOK, newDonorView{Visit: v, Key: ledger.NewKey().String(),
		Donor: ledger.NewDonor{Name: strings.TrimSpace(v.FormValue("ten"))}})
}

func (s *server) showNewDonor(w http.ResponseWriter, v *visit, status int, d newDonorView) error {
	return s.render(w, status, "newdonor", view{Title: "Thêm người ủng hộ", Section: "donors", Visit: v, Body: d})
}

func (s *server) newDonorPost(w http.ResponseWriter, v *visit) error {
	d := newDonorView{Visit: v, Key: v.PostFormValue("key"), Donor: ledger.NewDonor{
		Kind: ledger.DonorKind(v.PostFormValue("kind")), Name: v.PostFormValue("name"),
		Address: v.PostFormValue("address"), Phone: v.PostFormValue("phone"),
		Display: ledger.Display(v.PostFormValue("display")),
	}}
	key, ok := parseKey(d.Key)
	if !ok {
		return refuse(codeMalformed)
	}
	donor, err := s.l.CreateDonor(v.Context(), v.Actor, v.Fund.ID, key, d.Donor)
	if ledger.CodeOf(err) == ledger.CodeInvalid {
		p := problemOf(err)
		for _, e := range p.Errors {
			d.Errors = append(d.Errors, fieldError{strings.TrimPrefix(e.Pointer, "/"), e.Detail})
		}
		return s.showNewDonor(w, v, p.Status, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, v.Path("/nguoi/"+donorKey(donor)), http.StatusSeeOther)
	return nil
}

// kindWords and displayWords are the choices of a donor's record as people say them.
var (
	kindWords = map[ledger.DonorKind]string{
		ledger.DonorPerson: "Cá nhân", ledger.DonorOrganisation: "Cơ quan, đơn vị, doanh nghiệp",
		ledger.DonorHousehold: "Hộ gia đình", ledger.DonorGroup: "Tập thể",
	}
	displayWords = map[ledger.Display]string{
		ledger.DisplayName: "Họ tên đầy đủ", ledger.DisplayInitials: "Chữ cái đầu",
		ledger.DisplayHidden: "Nhà hảo tâm (không hiện tên)",
	}
)
