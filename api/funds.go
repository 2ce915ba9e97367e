package api

import (
	"context"
	"strconv"

	"sovang/ledger"
)

// fund is a fund as JSON.
type fund struct {
	Code          string `json:"code" example:"HD"`
	Name          string `json:"name"`
	Level         string `json:"level" enum:"central,province,district,commune"`
	UnitCode      string `json:"unit_code,omitempty" doc:"Official code of the unit, with its leading zeros"`
	ValidFrom     string `json:"valid_from" format:"date"`
	ValidTo       string `json:"valid_to,omitempty" format:"date"`
	State         string `json:"state" doc:"open, frozen or merged"`
	ClosedThrough string `json:"closed_through,omitempty" format:"date" doc:"The last day of the last closed period"`
	Entries       int64  `json:"entries" doc:"Lines of the fund's log"`
}

func fundOf(f ledger.Fund) fund {
	return fund{f.Code, f.Name, string(f.Level), f.UnitCode, f.ValidFrom.String(), f.ValidTo.String(), f.State,
		f.ClosedThrough.String(), f.Entries}
}

func (s *server) getFunds(ctx context.Context, in *struct{ Slice }) (*answer[*list[fund]], error) {
	a, err := s.who(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.l.Funds(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[*list[fund]]{page(all, in.Slice, func(f ledger.Fund) string { return f.Code }, fundOf)}, nil
}

func (s *server) getFund(ctx context.Context, in *InFund) (*answer[fund], error) {
	a, err := s.who(ctx)
	if err != nil {
		return nil, err
	}
	f, err := s.l.FundByCode(ctx, a, in.Fund)
	if err != nil {
		return nil, err
	}
	infoOf(ctx).fund = f.ID
	return &answer[fund]{fundOf(f)}, nil
}

// balances is what stands on every account of a fund; a fund has some twenty accounts, so there are no pages.
type balances struct {
	On       string           `json:"on,omitempty" format:"date" doc:"The day at whose end; none: now"`
	Accounts []accountBalance `json:"accounts"`
}

type accountBalance struct {
	ID      int32  `json:"id" doc:"Number of the account in its fund"`
	Code    string `json:"code,omitempty" doc:"Number in the fund's chart, where it is confirmed"`
	Name    string `json:"name"`
	Role    string `json:"role" example:"CASH"`
	Class   string `json:"class" enum:"A,L,N,X" doc:"Asset, liability, fund balance and income, expense"`
	Debits  string `json:"debits" doc:"Whole đồng"`
	Credits string `json:"credits" doc:"Whole đồng"`
	Balance string `json:"balance" doc:"Whole đồng, on the account's own side"`
}

type balancesInput struct {
	InFund
	On string `query:"on" format:"date" doc:"At the end of this day; now when not given"`
}

func (s *server) getBalances(ctx context.Context, in *balancesInput) (*answer[balances], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	on, err := dayParameter("on", in.On)
	if err != nil {
		return nil, err
	}
	all, err := s.l.Balances(ctx, a, id, on)
	if err != nil {
		return nil, err
	}
	out := balances{On: on.String(), Accounts: []accountBalance{}}
	for _, b := range all {
		out.Accounts = append(out.Accounts, accountBalance{b.ID, b.Code, b.Name, b.Role, b.Class,
			b.Debits.String(), b.Credits.String(), b.Balance().String()})
	}
	return &answer[balances]{out}, nil
}

// dayParameter reads a day of a query; "" is the zero day.
func dayParameter(name, text string) (ledger.Date, error) {
	if text == "" {
		return ledger.Date{}, nil
	}
	day, err := ledger.ParseDate(text)
	if err != nil {
		return day, refuseFields(fieldProblem{Parameter: name, Reason: "date_form", Detail: reasonText(name, "date_form")})
	}
	return day, nil
}

// purpose is what money may be spent on.
type purpose struct {
	ID       int64  `json:"id" doc:"0: unrestricted"`
	Name     string `json:"name"`
	Received string `json:"received" doc:"Whole đồng"`
	Spent    string `json:"spent" doc:"Whole đồng"`
	Held     string `json:"held" doc:"Whole đồng, approved and not yet paid"`
	Left     string `json:"left" doc:"Whole đồng that may still be spent"`
}

func purposeOf(p ledger.Purpose) purpose {
	return purpose{p.ID, p.Name, p.Received.String(), p.Spent.String(), p.Held.String(), p.Left().String()}
}

type sliceInput struct {
	InFund
	Slice
}

func (s *server) getPurposes(ctx context.Context, in *sliceInput) (*answer[*list[purpose]], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	all, err := s.l.Purposes(ctx, a, id)
	if err != nil {
		return nil, err
	}
	cursor := func(p ledger.Purpose) string { return strconv.FormatInt(p.ID, 10) }
	return &answer[*list[purpose]]{page(all, in.Slice, cursor, purposeOf)}, nil
}

// campaign is a drive (đợt vận động).
type campaign struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	StartsOn string `json:"starts_on" format:"date"`
	EndsOn   string `json:"ends_on" format:"date"`
}

func campaignOf(c ledger.Campaign) campaign {
	return campaign{c.ID, c.Name, c.StartsOn.String(), c.EndsOn.String()}
}

func (s *server) getCampaigns(ctx context.Context, in *sliceInput) (*answer[*list[campaign]], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	all, err := s.l.Campaigns(ctx, a, id)
	if err != nil {
		return nil, err
	}
	cursor := func(c ledger.Campaign) string { return strconv.FormatInt(c.ID, 10) }
	return &answer[*list[campaign]]{page(all, in.Slice, cursor, campaignOf)}, nil
}
