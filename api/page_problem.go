package api

import (
	"net/http"

	"sovang/ledger"
)

// problemView is an error as a page.
type problemView struct {
	problem
	Visit   *visit
	Earlier string // the address of the sheet that an earlier sending wrote
}

// failPage presents an error as a page: what happened, what was saved, what to do. Who is not signed in goes to
// the sign-in page and comes back; a form that was sent is answered by a page, as it has to be sent again.
func (s *server) failPage(w http.ResponseWriter, r *http.Request, err error) {
	p := problemIn(r.Context(), err)
	if p.Code == string(codeUnauthenticated) && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		http.Redirect(w, r, signInAddress(r), http.StatusSeeOther)
		return
	}
	if after := retryAfter[ledger.Code(p.Code)]; after != "" {
		w.Header().Set("Retry-After", after)
	}
	body := problemView{problem: p, Earlier: s.earlier(r, p)}
	if err := s.render(w, p.Status, "problem", view{Title: p.Title, Body: body}); err != nil {
		infoOf(r.Context()).log.ErrorContext(r.Context(), "problem page", "request", p.RequestID, "error", err)
		http.Error(w, p.Title, p.Status)
	}
}

// earlier finds the sheet that the same form wrote before, if the asker may see it.
func (s *server) earlier(r *http.Request, p problem) string {
	if p.Entry == 0 || r.PathValue("fund") == "" {
		return ""
	}
	v, err := s.visitOf(r)
	if err != nil {
		return ""
	}
	for _, f := range v.Funds {
		if f.Code != r.PathValue("fund") {
			continue
		}
		v.Fund = f
		if d, err := s.l.Donation(r.Context(), v.Actor, f.ID, p.Entry); err == nil {
			return v.Path("/bien-lai/" + d.Receipt.String())
		}
	}
	return ""
}

// sentenceOf is a problem in one sentence: beside a field when it is about one.
func sentenceOf(p problem) string {
	if len(p.Errors) > 0 {
		return p.Errors[0].Detail
	}
	return p.Title + ". " + p.Detail
}

// problemPage explains a code to whoever follows the type of a problem document.
func (s *server) problemPage(w http.ResponseWriter, r *http.Request) error {
	text, ok := problemTextOf(r.PathValue("code"))
	if !ok {
		return refuse(ledger.CodeNotFound)
	}
	return s.render(w, http.StatusOK, "code", view{Title: text.Title, Body: struct {
		problemText
		Code   string
		Status int
	}{text, r.PathValue("code"), statusOf[ledger.Code(r.PathValue("code"))]}})
}
