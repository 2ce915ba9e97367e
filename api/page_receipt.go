package api

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"sovang/ledger"
	"sovang/receipts"
)

var sheetPath = regexp.MustCompile(`^([A-Z]{2,4})-(\d{4})-(\d{1,12})$`)

// parseSheet reads a sheet's name in an address: PT-2026-12.
func parseSheet(s string) (ledger.ReceiptRef, error) {
	m := sheetPath.FindStringSubmatch(s)
	if m == nil {
		return ledger.ReceiptRef{}, refuse(ledger.CodeNotFound)
	}
	year, _ := strconv.Atoi(m[2])           // four figures
	no, _ := strconv.ParseInt(m[3], 10, 64) // at most twelve
	return ledger.ReceiptRef{Series: ledger.Series(m[1]), Year: year, Number: no}, nil
}

// sheet reads the sheet that an address names.
func (s *server) sheet(v *visit) (ledger.Receipt, ledger.ReceiptRef, error) {
	ref, err := parseSheet(v.PathValue("sheet"))
	if err != nil {
		return ledger.Receipt{}, ref, err
	}
	r, err := s.l.Receipt(v.Context(), v.Actor, v.Fund.ID, ref.Series, ref.Year, ref.Number)
	return r, ref, err
}

// receiptView is one sheet with its life.
type receiptView struct {
	Visit   *visit
	Receipt ledger.Receipt
	Ref     ledger.ReceiptRef
	Gift    ledger.Donation
	Events  []sheetEvent
	Pending []waiting // proposals about this sheet that wait
	Print   bool      // just recorded: the print link has the focus, a script opens the print box
	Copies  int       // copies handed out so far
	Key     string    // for the reversal form
	Wrong   string    // why a reversal was refused
	Reason  string
}

// sheetEvent is an event in words.
type sheetEvent struct {
	ledger.SheetEvent
	Words string
}

var eventWords = map[string]string{
	"issued": "Cấp phiếu", "print": "In bản chính", "copy": "In bản sao", "void.asked": "Đề nghị huỷ hoặc thay thế",
	"void.refused": "Không duyệt, hoặc rút đề nghị", "void.approved": "Duyệt huỷ hoặc thay thế", "reversed": "Ghi âm khoản ủng hộ, huỷ phiếu",
}

func (s *server) receiptPage(w http.ResponseWriter, v *visit) error {
	d := receiptView{Key: ledger.NewKey().String(), Print: v.FormValue("in") == "1"}
	if d.Print { // the print script draws the PDF in a frame of this page
		w.Header().Set("Content-Security-Policy", contentPolicy+"; frame-src 'self'")
	}
	return s.showReceipt(w, v, http.StatusOK, d)
}

func (s *server) showReceipt(w http.ResponseWriter, v *visit, status int, d receiptView) (err error) {
	d.Visit = v
	if d.Receipt, d.Ref, err = s.sheet(v); err != nil {
		return err
	}
	if d.Gift, err = s.l.Donation(v.Context(), v.Actor, v.Fund.ID, d.Receipt.GiftNo()); err != nil {
		return err
	}
	events, err := s.l.SheetHistory(v.Context(), v.Actor, v.Fund.ID, d.Ref)
	if err != nil {
		return err
	}
	for _, e := range events {
		d.Events = append(d.Events, sheetEvent{e, eventWords[e.Kind]})
		if e.Kind == "copy" {
			d.Copies++
		}
	}
	waiting, err := s.waiting(v)
	if err != nil {
		return err
	}
	for _, x := range waiting {
		if x.Receipt.String() == d.Ref.String() {
			d.Pending = append(d.Pending, x)
		}
	}
	title := sheetNumber(d.Ref.Series, d.Ref.Year, d.Ref.Number)
	return s.render(w, status, "receipt", view{Title: title, Section: "register", Visit: v, Body: d})
}

// receiptPrint answers with the sheet as a PDF, and notes that it was taken. ban=sao is a copy, which says so and
// counts; ban=thu is the thank-you letter; kho is the paper.
func (s *server) receiptPrint(w http.ResponseWriter, v *visit) error {
	r, ref, err := s.sheet(v)
	if err != nil {
		return err
	}
	o := receipts.Options{Paper: receipts.Paper(v.FormValue("kho"))}
	if o.Paper != receipts.A4 {
		o.Paper = receipts.A5
	}
	switch v.FormValue("ban") {
	case "thu":
		o.Letter = true
	case "sao":
		if o.Copy, err = s.nextCopy(v, ref); err != nil {
			return err
		}
	}
	if !o.Letter {
		if o.Proof, err = receipts.ProofOf(v.Context(), s.l, v.Actor, r); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := receipts.Write(&b, r, o); err != nil {
		return err
	}
	if !o.Letter {
		if err := s.l.NotePrint(v.Context(), v.Actor, v.Fund.ID, ref, o.Copy); err != nil {
			return err
		}
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", fmt.Sprintf(`inline; filename="%s-%s.pdf"`, v.Fund.Code, ref))
	h.Set("Content-Security-Policy", "frame-ancestors 'self'")
	_, _ = w.Write(b.Bytes()) // a browser that has gone away is nobody's fault
	return nil
}

// nextCopy is the number of the copy that is taken now.
func (s *server) nextCopy(v *visit, ref ledger.ReceiptRef) (int, error) {
	events, err := s.l.SheetHistory(v.Context(), v.Actor, v.Fund.ID, ref)
	if err != nil {
		return 0, err
	}
	n := 1
	for _, e := range events {
		if e.Kind == "copy" {
			n++
		}
	}
	return n, nil
}

// reversePost takes a whole gift back, with a reason.
func (s *server) reversePost(w http.ResponseWriter, v *visit) error {
	r, ref, err := s.sheet(v)
	if err != nil {
		return err
	}
	d := receiptView{Key: v.PostFormValue("key"), Reason: v.PostFormValue("reason")}
	key, ok := parseKey(d.Key)
	if !ok {
		return refuse(codeMalformed)
	}
	_, err = s.l.ReverseDonation(v.Context(), v.Actor, v.Fund.ID, key, r.GiftNo(), d.Reason)
	if code := ledger.CodeOf(err); code == ledger.CodeInvalid || code == ledger.CodeSamePerson {
		p := problemOf(err)
		d.Wrong = sentenceOf(p)
		return s.showReceipt(w, v, p.Status, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, v.Path("/bien-lai/"+ref.String()), http.StatusSeeOther)
	return nil
}
