package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"sovang/ledger"
	"sovang/ledger/proof"
	"sovang/receipts"
)

// proofView is what the verification page says of a sheet's proof.
type proofView struct {
	Line int64 // of the log
	Size int64 // of the signed checkpoint
	Root string
	Void int64 // the line that voided it; 0: none
}

// provenLine finds the proofs of a sheet and of what voided it. nil: there is none to be had.
func (s *server) provenLine(r *http.Request, p ledger.PublicReceipt) (*proofView, error) {
	text, err := s.l.ProofOf(r.Context(), p.FundID, p.EntryNo)
	if ledger.CodeOf(err) == ledger.CodeWrongState {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	one, err := proof.ParseProof(text)
	if err != nil {
		return nil, err
	}
	c, err := proof.PeekCheckpoint(one.Checkpoint)
	if err != nil {
		return nil, err
	}
	return &proofView{Line: p.EntryNo, Size: c.Size, Root: fmt.Sprintf("%x", c.Root), Void: p.VoidedBy}, nil
}

// proofGet gives the proof of a sheet's entry, or of the entry that voided it, as a file, to whoever holds the code.
func (s *server) proofGet(w http.ResponseWriter, r *http.Request) error {
	if !s.checkByAddr.allow(infoOf(r.Context()).addr) {
		return refuse(codeTooManyRequests)
	}
	p, err := s.l.CheckReceipt(r.Context(), r.PathValue("fund"), r.PathValue("code"))
	if err != nil {
		return err
	}
	no := p.EntryNo
	switch r.PathValue("file") {
	case "bien-lai.tlog-proof":
	case "huy.tlog-proof":
		no = p.VoidedBy
	default:
		no = 0
	}
	if no == 0 { // line 0 opens the fund: it issues and voids nothing
		return refuse(ledger.CodeNotFound)
	}
	text, err := s.l.ProofOf(r.Context(), p.FundID, no)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, text) // a browser that has gone away is nobody's fault
	return nil
}

// provenView is what an uploaded sheet came to.
type provenView struct {
	lookUpView
	Wrong  string // why nothing was proven
	Sheet  receipts.Proven
	State  ledger.ReceiptState // as the books say today
	Name   string              // of the fund
	Differ bool                // signed by the log, and not in the books of today
}

// provePost checks a PDF that somebody drops on the page. The file is read, answered and forgotten.
func (s *server) provePost(w http.ResponseWriter, r *http.Request) error {
	if !s.checkByAddr.allow(infoOf(r.Context()).addr) {
		return refuse(codeTooManyRequests)
	}
	funds, err := s.l.PublicFunds(r.Context())
	if err != nil {
		return err
	}
	d := provenView{lookUpView: lookUpView{Funds: funds}}
	pdf, err := sheetIn(r)
	if err == nil {
		err = s.prove(r, pdf, &d)
	}
	if d.Wrong = receipts.WhyNot(err); d.Wrong != "" {
		status := http.StatusUnprocessableEntity
		if errors.Is(err, receipts.ErrLargePDF) {
			status = http.StatusRequestEntityTooLarge
		}
		return s.render(w, status, "prove", view{Title: "CHƯA CHỨNG MINH ĐƯỢC", Body: d})
	}
	if err != nil {
		return err
	}
	title := stateLooks[d.State].Loud
	if d.Differ {
		title = "SỔ KHÔNG KHỚP"
	}
	return s.render(w, http.StatusOK, "prove", view{Title: title, Body: d})
}

// sheetIn reads the one file of the form, in memory and within its limit.
func sheetIn(r *http.Request) ([]byte, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, receipts.ErrNotPDF
	}
	for range 4 { // parts; the form has one
		part, err := form.NextPart()
		if err != nil {
			break
		}
		if part.FormName() != "phieu" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(part, receipts.MaxPDF+1))
		var large *http.MaxBytesError
		if errors.As(err, &large) || len(data) > receipts.MaxPDF {
			return nil, receipts.ErrLargePDF
		}
		if err != nil {
			return nil, refuse(codeMalformed)
		}
		return data, nil
	}
	return nil, receipts.ErrNotPDF
}

// prove checks the file with our own keys and then looks into the books of today, where a later void stands.
func (s *server) prove(r *http.Request, pdf []byte, d *provenView) (err error) {
	keys := s.l.LogKeys()
	if keys == nil {
		return &ledger.Error{Code: ledger.CodeUnavailable}
	}
	var vkeys []string
	for _, f := range d.Funds {
		vkeys = append(vkeys, keys.Verifiers(f.Code)...)
	}
	if d.Sheet, err = receipts.Prove(pdf, vkeys...); err != nil {
		return err
	}
	p, err := s.l.CheckReceipt(r.Context(), d.Sheet.Fund, d.Sheet.Ref.Code)
	if ledger.CodeOf(err) == ledger.CodeNotFound || (err == nil && p.Leaf != d.Sheet.Leaf) {
		infoOf(r.Context()).log.ErrorContext(r.Context(), "a signed receipt is not in the books", "entry", d.Sheet.EntryNo)
		d.Differ = true
		return nil
	}
	d.State, d.Name = p.State, p.FundName
	return err
}
