package api

import (
	"net/http"
	"time"

	"sovang/ledger"
	"sovang/ledger/money"
)

// deskDays is how far the desk's chart looks back, today included.
const deskDays = 30

// desk is what waits and what came in.
type desk struct {
	Visit    *visit
	Today    ledger.Date
	Intents  []waiting
	Last     []ledger.Donation
	Bars     bars
	TodayIn  money.VND
	TodayOut money.VND
	MonthIn  money.VND
	Held     money.VND
}

// waiting is an intent with the name of its maker.
type waiting struct {
	ledger.Intent
	MakerName string
	Mine      bool
}

func (s *server) deskPage(w http.ResponseWriter, v *visit) error {
	d := desk{Visit: v, Today: ledger.DateOf(time.Now()), Held: money.Dong(0)}
	var err error
	if d.Intents, err = s.waiting(v); err != nil {
		return err
	}
	if d.Last, err = s.l.Donations(v.Context(), v.Actor, v.Fund.ID, ledger.DonationFilter{Limit: 5}); err != nil {
		return err
	}
	days, err := s.l.DayTotals(v.Context(), v.Actor, v.Fund.ID, d.Today.AddDays(1-deskDays), d.Today)
	if err != nil {
		return err
	}
	d.Bars = newBars(d.Today, deskDays, days)
	d.MonthIn, d.TodayIn, d.TodayOut = d.Bars.In, money.Dong(0), money.Dong(0)
	if n := len(days); n > 0 && days[n-1].On == d.Today {
		d.TodayIn, d.TodayOut = days[n-1].In, days[n-1].Out
	}
	balances, err := s.l.Balances(v.Context(), v.Actor, v.Fund.ID, ledger.Date{})
	if err != nil {
		return err
	}
	for _, b := range balances {
		if b.Role == "CASH" || b.Role == "BANK" || b.Role == "TREASURY" {
			d.Held = d.Held.Add(b.Balance())
		}
	}
	return s.render(w, http.StatusOK, "desk", view{Title: "Bàn làm việc", Section: "desk", Visit: v, Body: d})
}

// waiting lists what waits for a second person's decision.
func (s *server) waiting(v *visit) ([]waiting, error) {
	intents, err := s.l.Intents(v.Context(), v.Actor, v.Fund.ID)
	if err != nil || len(intents) == 0 {
		return nil, err
	}
	ids := make([]int32, len(intents))
	for i, x := range intents {
		ids[i] = x.Maker
	}
	names, err := s.l.PersonNames(v.Context(), v.Actor, v.Fund.ID, ids)
	list := make([]waiting, len(intents))
	for i, x := range intents {
		list[i] = waiting{x, names[x.Maker], x.Maker == v.Actor.ID}
	}
	return list, err
}
