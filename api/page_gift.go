package api

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"sovang/ledger"
	"sovang/ledger/money"
)

// donorMatches is how many donors are offered while a name is typed: as many as one reads at a glance.
const donorMatches = 6

// giftView is what the page Thu nhanh shows: the form as typed, and what there is to choose from.
type giftView struct {
	Visit     *visit
	Form      giftForm
	Matches   donorChoice
	Purposes  []ledger.Purpose
	Campaigns []ledger.Campaign
	Errors    fieldErrors
	Words     string
	Done      string // the sheet just issued, when the clerk goes on with the next gift
	Last      []ledger.Donation
	Focus     string // the field in which the cursor stands
}

// donorChoice is the list under the name: who is on record, and "somebody new".
type donorChoice struct {
	Asked bool
	Name  string
	Pick  string // "new" or a donor's id
	Found []ledger.Donor
}

// fieldError is one thing to repair: the field's id, and what to do.
type fieldError struct{ ID, Text string }

type fieldErrors []fieldError

// Of is the first sentence for a field, "" when there is none.
func (list fieldErrors) Of(id string) string {
	for _, e := range list {
		if e.ID == id {
			return e.Text
		}
	}
	return ""
}

// giftPage draws an empty form with a key of its own.
func (s *server) giftPage(w http.ResponseWriter, v *visit) error {
	today := ledger.DateOf(time.Now())
	g := giftView{Form: giftForm{
		Key: ledger.NewKey().String(), Giver: ledger.GiverNamed, Method: ledger.MethodCash, DonatedOn: today.Format(),
		Name: strings.TrimSpace(v.FormValue("ten")), GoodsLines: make([]goodsForm, goodsLinesAtFirst),
	}, Focus: "name", Done: v.FormValue("vua")}
	if _, err := parseSheet(g.Done); err != nil {
		g.Done = ""
	}
	if err := s.giftChoices(v, &g); err != nil {
		return err
	}
	for _, c := range g.Campaigns {
		if !today.Before(c.StartsOn) && !c.EndsOn.Before(today) {
			g.Form.Campaign = c.ID
			break
		}
	}
	if g.Form.Name != "" {
		if err := s.giftMatches(v, &g, true); err != nil {
			return err
		}
	}
	return s.showGift(w, v, http.StatusOK, g)
}

// giftChoices reads purposes, drives and the last gifts.
func (s *server) giftChoices(v *visit, g *giftView) (err error) {
	g.Visit = v
	ctx := v.Context()
	if g.Purposes, err = s.l.Purposes(ctx, v.Actor, v.Fund.ID); err != nil {
		return err
	}
	if g.Campaigns, err = s.l.Campaigns(ctx, v.Actor, v.Fund.ID); err != nil {
		return err
	}
	g.Last, err = s.l.Donations(ctx, v.Actor, v.Fund.ID, ledger.DonationFilter{Limit: 5})
	return err
}

// giftMatches looks the typed name up. With pick, the best match is chosen, so that one more key goes on.
func (s *server) giftMatches(v *visit, g *giftView, pick bool) error {
	found, err := s.l.FindDonors(v.Context(), v.Actor, v.Fund.ID, g.Form.Name, donorMatches)
	if err != nil {
		return err
	}
	g.Matches = donorChoice{Asked: true, Name: g.Form.Name, Pick: g.Form.Donor, Found: found}
	if g.Matches.Pick == "" && pick {
		g.Matches.Pick, g.Focus = "new", "amount"
		if len(found) > 0 {
			g.Matches.Pick = donorKey(found[0])
		}
	}
	return nil
}

func (s *server) showGift(w http.ResponseWriter, v *visit, status int, g giftView) error {
	if sum, err := money.Parse(g.Form.Amount); err == nil {
		g.Words = sum.Words(money.North)
	}
	if len(g.Errors) > 0 {
		g.Focus = ""
	}
	return s.render(w, status, "gift", view{Title: "Thu nhanh", Section: "gift", Visit: v, Body: g})
}

// giftPost records the gift, or finds a donor, or adds lines of goods: what its button says.
func (s *server) giftPost(w http.ResponseWriter, v *visit) error {
	g := giftView{Form: readGiftForm(v.Request)}
	if err := s.giftChoices(v, &g); err != nil {
		return err
	}
	do := v.PostFormValue("do")
	switch do {
	case "find":
		g.Form.Donor = ""
		if err := s.giftMatches(v, &g, true); err != nil {
			return err
		}
		return s.showGift(w, v, http.StatusOK, g)
	case "more":
		g.Form.GoodsLines = append(g.Form.GoodsLines, make([]goodsForm, goodsLinesAtFirst)...)
		return s.showGift(w, v, http.StatusOK, g)
	}
	if err := s.settleDonor(v, &g); err != nil {
		return err
	}
	n, key, wrong := g.Form.donation()
	g.Errors = append(g.Errors, wrong...)
	if len(g.Errors) > 0 {
		return s.showGift(w, v, http.StatusUnprocessableEntity, g)
	}
	d, err := s.l.RecordDonation(v.Context(), v.Actor, v.Fund.ID, key, n)
	if err != nil {
		return s.giftRefused(w, v, g, err)
	}
	to := v.Path("/bien-lai/" + d.Receipt.String() + "?in=1")
	if do == "next" {
		to = v.Path("/thu?vua=" + d.Receipt.String())
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

// settleDonor asks who is meant when a typed name fits people on record and nobody was chosen: to guess would
// put a gift under another person's name.
func (s *server) settleDonor(v *visit, g *giftView) error {
	f := &g.Form
	if !f.named() || f.Name == "" {
		f.Donor = ""
		return nil
	}
	if err := s.giftMatches(v, g, false); err != nil {
		return err
	}
	switch {
	case f.Donor == "new" || f.donorID() != 0:
	case len(g.Matches.Found) == 0:
		f.Donor = "new"
	default:
		g.Errors = append(g.Errors, fieldError{"donor", "Chọn đúng người trong danh sách, hoặc chọn “Người mới”."})
	}
	return nil
}

// giftRefused shows the form again with the ledger's reason beside its field. A key that was used before, and a
// fund that is closed, are pages of their own.
func (s *server) giftRefused(w http.ResponseWriter, v *visit, g giftView, err error) error {
	var refusal *ledger.Error
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal.Code {
	case ledger.CodeInvalid, ledger.CodePeriodClosed, ledger.CodeUnavailable, ledger.CodeBusy, ledger.CodeForbidden:
	default:
		return err
	}
	p := problemOf(err)
	g.Errors = fieldErrors{{giftField(refusal), sentenceOf(p)}}
	return s.showGift(w, v, p.Status, g)
}

// giftField is the id of the input that a refusal speaks of.
func giftField(e *ledger.Error) string {
	if e.Code == ledger.CodePeriodClosed {
		return "donated_on"
	}
	head, _, _ := strings.Cut(e.Field, "/")
	switch head {
	case "payer":
		return "name"
	case "donor":
		return map[string]string{"donor/name": "name", "donor/phone": "phone", "donor/address": "address"}[e.Field]
	case "givers":
		return "roster"
	case "goods":
		return "goods-0"
	case "amount", "memo", "donated_on", "bank_on", "bank_ref", "attached", "goods_basis", "purpose", "campaign", "address":
		return head
	}
	return ""
}

// giftWords answers the script that shows an amount in words while it is typed.
func (s *server) giftWords(w http.ResponseWriter, v *visit) error {
	text := ""
	typed := v.FormValue("amount")
	sum, err := money.Parse(typed)
	switch {
	case err == nil:
		text = sum.Words(money.North)
	case typed != "":
		text = amountProblem(err)
	}
	return s.fragment(w, "gift", "amount-words", text)
}

// giftDonors answers the script that offers donors while a name is typed.
func (s *server) giftDonors(w http.ResponseWriter, v *visit) error {
	g := giftView{Form: giftForm{Name: strings.TrimSpace(v.FormValue("name"))}}
	if len([]rune(g.Form.Name)) >= 2 {
		if err := s.giftMatches(v, &g, false); err != nil {
			return err
		}
	}
	return s.fragment(w, "gift", "matches", g.Matches)
}
