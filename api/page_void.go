package api

import (
	"encoding/hex"
	"net/http"
	"strconv"

	"sovang/ledger"
)

// voidView is the form that asks for a sheet to be voided or replaced.
type voidView struct {
	Visit   *visit
	Receipt ledger.Receipt
	Ref     ledger.ReceiptRef
	Key     string
	Replace bool
	Reason  string
	Payer   string
	Address string
	Memo    string
	Errors  fieldErrors
}

func (s *server) voidPage(w http.ResponseWriter, v *visit) error {
	r, ref, err := s.sheet(v)
	if err != nil {
		return err
	}
	d := voidView{Visit: v, Receipt: r, Ref: ref, Key: ledger.NewKey().String(), Replace: v.FormValue("viec") == "thay",
		Payer: r.Printed.Payer, Address: r.Printed.Address, Memo: r.Printed.Memo}
	return s.showVoid(w, v, http.StatusOK, d)
}

func (s *server) showVoid(w http.ResponseWriter, v *visit, status int, d voidView) error {
	title := "Đề nghị huỷ phiếu"
	if d.Replace {
		title = "Đề nghị thay thế phiếu"
	}
	return s.render(w, status, "void", view{Title: title, Section: "register", Visit: v, Body: d})
}

// voidPost sends the proposal. Of the corrected texts only those count that differ from the sheet.
func (s *server) voidPost(w http.ResponseWriter, v *visit) error {
	r, ref, err := s.sheet(v)
	if err != nil {
		return err
	}
	d := voidView{Visit: v, Receipt: r, Ref: ref, Key: v.PostFormValue("key"), Replace: v.PostFormValue("viec") == "thay",
		Reason: v.PostFormValue("reason"), Payer: v.PostFormValue("payer"), Address: v.PostFormValue("address"),
		Memo: v.PostFormValue("memo")}
	key, ok := parseKey(d.Key)
	if !ok {
		return refuse(codeMalformed)
	}
	p := ledger.Proposal{Series: ref.Series, Year: ref.Year, Number: ref.Number, Reason: d.Reason}
	if d.Replace {
		p.Correction = &ledger.Correction{Payer: changed(d.Payer, r.Printed.Payer),
			Address: changed(d.Address, r.Printed.Address), Memo: changed(d.Memo, r.Printed.Memo)}
	}
	intent, err := s.l.ProposeVoid(v.Context(), v.Actor, v.Fund.ID, key, p)
	if ledger.CodeOf(err) == ledger.CodeInvalid {
		return s.voidRefused(w, v, d, problemOf(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, v.Path("/duyet/")+strconv.FormatInt(intent.EntryNo, 10), http.StatusSeeOther)
	return nil
}

func (s *server) voidRefused(w http.ResponseWriter, v *visit, d voidView, p problem) error {
	ids := map[string]string{"/reason": "reason", "/correction": "payer", "/correction/payer": "payer",
		"/correction/address": "address", "/correction/memo": "memo"}
	for _, e := range p.Errors {
		text := e.Detail
		if e.Pointer == "/correction" {
			text = "Phiếu thay thế phải khác phiếu cũ ít nhất một chỗ: tên, địa chỉ hoặc nội dung."
		}
		d.Errors = append(d.Errors, fieldError{ids[e.Pointer], text})
	}
	return s.showVoid(w, v, p.Status, d)
}

// changed is the new text, "" where it is the old one: what is not said stays as it is.
func changed(text, old string) string {
	if text == old {
		return ""
	}
	return text
}

// decideView is one intent with the sheet it is about.
type decideView struct {
	Visit   *visit
	Intent  waiting
	Receipt ledger.Receipt
	Hash    string
	Key     string
	By      string // who decided
	Wrong   string
}

func (s *server) decidePage(w http.ResponseWriter, v *visit) error {
	return s.showDecide(w, v, http.StatusOK, decideView{Key: ledger.NewKey().String()})
}

func (s *server) showDecide(w http.ResponseWriter, v *visit, status int, d decideView) error {
	intent, err := s.l.Intent(v.Context(), v.Actor, v.Fund.ID, number(v.PathValue("intent")))
	if err != nil {
		return err
	}
	names, err := s.l.PersonNames(v.Context(), v.Actor, v.Fund.ID, []int32{intent.Maker, intent.DecidedBy})
	if err != nil {
		return err
	}
	d.Visit, d.By = v, names[intent.DecidedBy]
	d.Intent = waiting{intent, names[intent.Maker], intent.Maker == v.Actor.ID}
	d.Hash = hex.EncodeToString(intent.Hash[:])
	d.Receipt, err = s.l.Receipt(v.Context(), v.Actor, v.Fund.ID, intent.Receipt.Series, intent.Receipt.Year, intent.Receipt.Number)
	if err != nil {
		return err
	}
	return s.render(w, status, "decide", view{Title: "Quyết định đề nghị", Section: "desk", Visit: v, Body: d})
}

// decidePost decides exactly the content that was on the screen: its hash stands in the form.
func (s *server) decidePost(w http.ResponseWriter, v *visit) error {
	key, ok := parseKey(v.PostFormValue("key"))
	hash, err := hex.DecodeString(v.PostFormValue("hash"))
	if !ok || err != nil || len(hash) != 32 {
		return refuse(codeMalformed)
	}
	d := ledger.Decision{IntentNo: number(v.PathValue("intent")), Hash: [32]byte(hash), Approve: v.PostFormValue("do") == "approve"}
	intent, err := s.l.DecideVoid(v.Context(), v.Actor, v.Fund.ID, key, d)
	if ledger.CodeOf(err) == ledger.CodeSamePerson {
		p := problemOf(err)
		return s.showDecide(w, v, p.Status, decideView{Key: ledger.NewKey().String(), Wrong: sentenceOf(p)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, v.Path("/bien-lai/"+intent.Receipt.String()), http.StatusSeeOther)
	return nil
}
