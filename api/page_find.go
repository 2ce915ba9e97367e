package api

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sovang/ledger"
)

// sheetForm is a sheet's number as people write it: PT 12, PT-12/2026, pt 12.2026, PT-2026-12 (as in addresses).
var sheetForm = regexp.MustCompile(`^([A-Z]{2})[ ./-]*(?:(\d{4})-(\d{1,12})|(\d{1,12})(?:[ ./-]+(\d{4}))?)$`)

// sheetTyped reads a number of a sheet; a year that is not said is this year.
func sheetTyped(q string, year int) (ref ledger.ReceiptRef, ok bool) {
	m := sheetForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(q)))
	if m == nil || seriesWords[ledger.Series(m[1])] == "" {
		return ref, false
	}
	ref.Series, ref.Year = ledger.Series(m[1]), year
	if m[2] != "" {
		m[4], m[5] = m[3], m[2]
	}
	ref.Number, _ = strconv.ParseInt(m[4], 10, 64) // at most twelve figures
	if m[5] != "" {
		ref.Year, _ = strconv.Atoi(m[5])
	}
	return ref, true
}

// findPage leads to a sheet whose number or code was typed, else to the people found.
func (s *server) findPage(w http.ResponseWriter, v *visit) error {
	q := strings.TrimSpace(v.FormValue("q"))
	to := v.Path("/nguoi?q=" + url.QueryEscape(q))
	if ref, ok := sheetTyped(q, ledger.DateOf(time.Now()).Year); ok {
		if _, err := s.l.Receipt(v.Context(), v.Actor, v.Fund.ID, ref.Series, ref.Year, ref.Number); err == nil {
			to = v.Path("/bien-lai/" + ref.String())
		}
	} else if p, err := s.l.CheckReceipt(v.Context(), v.Fund.Code, q); err == nil {
		to = v.Path("/bien-lai/" + ledger.ReceiptRef{Series: p.Series, Year: p.Year, Number: p.Number}.String())
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}
