package api

import (
	"net/http"
	"net/url"
	"strconv"

	"sovang/ledger"
)

// registerView is the register of receipts.
type registerView struct {
	Visit  *visit
	Counts []ledger.SeriesCount
	Lines  []ledger.RegisterLine
	Filter ledger.ReceiptFilter
	Years  []int
	Series []ledger.Series
	Gaps   []ledger.SeriesCount
	Next   string // the address of older lines; "" at the end
}

func (s *server) registerPage(w http.ResponseWriter, v *visit) error {
	d := registerView{Visit: v, Filter: registerFilter(v)}
	var err error
	if d.Counts, err = s.l.SeriesCounts(v.Context(), v.Actor, v.Fund.ID); err != nil {
		return err
	}
	if d.Lines, err = s.l.Register(v.Context(), v.Actor, v.Fund.ID, d.Filter); err != nil {
		return err
	}
	d.count()
	if len(d.Lines) > pageSize {
		d.Lines = d.Lines[:pageSize]
		d.Next = d.address(d.Lines[pageSize-1].EntryNo)
	}
	return s.render(w, http.StatusOK, "register", view{Title: "Sổ biên lai", Section: "register", Visit: v, Body: d})
}

// registerFilter reads the choice of the form; what the form could not have sent is no choice.
func registerFilter(v *visit) ledger.ReceiptFilter {
	f := ledger.ReceiptFilter{Before: number(v.FormValue("truoc")), Limit: pageSize + 1}
	if series := ledger.Series(v.FormValue("ky_hieu")); seriesWords[series] != "" {
		f.Series = series
	}
	if state := ledger.ReceiptState(v.FormValue("tinh_trang")); stateLooks[state].Word != "" {
		f.State = state
	}
	if year := number(v.FormValue("nam")); year >= firstYear && year <= lastYear {
		f.Year = int(year)
	}
	return f
}

// Years that a day may have, as ledger.ParseDate says.
const (
	firstYear = 1945
	lastYear  = 2199
)

// count gathers what there is to choose from, and the series with a number missing.
func (d *registerView) count() {
	years, series := map[int]bool{}, map[ledger.Series]bool{}
	for _, c := range d.Counts {
		if c.Sheets != c.Last {
			d.Gaps = append(d.Gaps, c)
		}
		if !years[c.Year] {
			years[c.Year], d.Years = true, append(d.Years, c.Year)
		}
		if !series[c.Series] {
			series[c.Series], d.Series = true, append(d.Series, c.Series)
		}
	}
}

// address is the same list from another place.
func (d *registerView) address(before int64) string {
	q := url.Values{}
	for name, value := range map[string]string{"ky_hieu": string(d.Filter.Series), "tinh_trang": string(d.Filter.State)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if d.Filter.Year != 0 {
		q.Set("nam", strconv.Itoa(d.Filter.Year))
	}
	q.Set("truoc", strconv.FormatInt(before, 10))
	return d.Visit.Path("/bien-lai?" + q.Encode())
}
