package api

import (
	"net/http"
	"net/url"
	"strings"

	"sovang/ledger"
)

// lookUpView is the form on which a code is typed.
type lookUpView struct {
	Funds []ledger.Fund
	Fund  string
	Code  string
}

// lookUpPage is for anybody: choose a fund, type the code that stands on the sheet.
func (s *server) lookUpPage(w http.ResponseWriter, r *http.Request) error {
	d := lookUpView{Fund: r.FormValue("quy"), Code: strings.TrimSpace(r.FormValue("ma"))}
	if d.Fund != "" && d.Code != "" {
		code := d.Code
		if clean, ok := ledger.CleanCode(code); ok {
			code = clean
		}
		http.Redirect(w, r, "/b/"+url.PathEscape(d.Fund)+"/"+url.PathEscape(code), http.StatusSeeOther)
		return nil
	}
	var err error
	if d.Funds, err = s.l.PublicFunds(r.Context()); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "lookup", view{Title: "Tra cứu biên lai", Body: d})
}

// verifyView is the verdict on one sheet.
type verifyView struct {
	Found   bool
	Receipt ledger.PublicReceipt
	Code    string
	Fund    string
	Proof   *proofView // nil: this server signs no log, or its log was tampered with
}

// verifyPage is what the QR on a sheet opens. It says whether the sheet stands, to whoever holds its code.
func (s *server) verifyPage(w http.ResponseWriter, r *http.Request) error {
	if !s.checkByAddr.allow(infoOf(r.Context()).addr) {
		return refuse(codeTooManyRequests)
	}
	d := verifyView{Fund: r.PathValue("fund"), Code: r.PathValue("code")}
	p, err := s.l.CheckReceipt(r.Context(), d.Fund, d.Code)
	switch ledger.CodeOf(err) {
	case "":
		d.Found, d.Receipt = true, p
		if d.Proof, err = s.provenLine(r, p); err != nil {
			return err
		}
		title := stateLooks[p.State].Loud + ": " + sheetNumber(p.Series, p.Year, p.Number)
		return s.render(w, http.StatusOK, "verify", view{Title: title, Body: d})
	case ledger.CodeNotFound:
		return s.render(w, http.StatusNotFound, "verify", view{Title: "KHÔNG TÌM THẤY", Body: d})
	}
	return err
}
