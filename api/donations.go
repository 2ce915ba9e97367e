package api

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger"
	"sovang/ledger/money"
)

// newDonation is a gift as one records it. What is left out is settled as ledger.NewDonation says.
type newDonation struct {
	DonorID int64     `json:"donor_id,omitempty" minimum:"0" doc:"A donor on record"`
	Donor   *newDonor `json:"donor,omitempty" doc:"A donor to put on record in the same command"`
	Giver   string    `json:"giver,omitempty" enum:"named,unknown,public_anonymous,anonymous" doc:"named when not given"`
	Payer   text      `json:"payer,omitempty" doc:"The name to print, at most 200 characters; the donor's when not given"`
	Address text      `json:"address,omitempty" doc:"To print, at most 300 characters; the donor's when not given"`
	Display string    `json:"display,omitempty" enum:"name,initials,hidden" doc:"How the public sees it; the donor's choice when not given"`

	Method    string      `json:"method" enum:"cash,transfer,goods"`
	Series    string      `json:"series,omitempty" enum:"PT,XN,NK,BL" doc:"By the method when not given; BL for cash collected in the field"`
	AccountID int32       `json:"account_id,omitempty" minimum:"0" doc:"The fund's first account for the method when not given"`
	Amount    string      `json:"amount,omitempty" example:"500000" doc:"Whole đồng, above 0, at most 10^15; for goods the sum of the lines, or left out"`
	Goods     []goodsLine `json:"goods,omitempty" doc:"1-50 lines for goods, none for money"`
	Givers    []giverLine `json:"givers,omitempty" doc:"The roster of a collective gift: at most 10,000 lines whose sum is the amount"`

	PurposeID  int64  `json:"purpose_id,omitempty" minimum:"0" doc:"Unrestricted when not given"`
	CampaignID int64  `json:"campaign_id,omitempty" minimum:"0"`
	DonatedOn  string `json:"donated_on,omitempty" format:"date" doc:"Today when not given; never a day to come"`
	BankOn     string `json:"bank_on,omitempty" format:"date" doc:"For transfers: the day on the bank's advice"`
	Memo       text   `json:"memo,omitempty" doc:"At most 500 characters"`
	BankRef    text   `json:"bank_ref,omitempty" doc:"At most 200 characters"`
	Attached   text   `json:"attached,omitempty" doc:"At most 200 characters"`
	GoodsBasis text   `json:"goods_basis,omitempty" doc:"At most 200 characters"`
}

type goodsLine struct {
	Description text   `json:"description" doc:"At most 200 characters"`
	Unit        text   `json:"unit" example:"kg" doc:"At most 30 characters"`
	Quantity    string `json:"quantity" example:"12.5" doc:"Above 0, at most 6 decimals"`
	UnitValue   string `json:"unit_value,omitempty" example:"18000" doc:"Whole đồng; 0 when nobody valued it"`
	Value       string `json:"value,omitempty" readOnly:"true" doc:"Whole đồng: quantity × unit value"`
}

type giverLine struct {
	Name   text   `json:"name" doc:"At most 200 characters"`
	Amount string `json:"amount" example:"50000" doc:"Whole đồng, above 0"`
	Note   text   `json:"note,omitempty" doc:"At most 200 characters"`
}

// reading collects what is wrong in a body, so that a caller hears of all of it at once.
type reading struct{ wrong []fieldProblem }

func (r *reading) dong(field, text string) money.VND {
	var v money.VND
	if text == "" {
		return v
	}
	if err := v.UnmarshalText([]byte(text)); err != nil {
		r.wrong = append(r.wrong, wrongField(field, amountReason(err)))
	}
	return v
}

// amountReason is the word of package money for why a text is no amount.
func amountReason(err error) string {
	if p, ok := err.(*money.ParseError); ok {
		return p.Reason
	}
	return money.ReasonNotANumber
}

func (r *reading) day(field, text string) ledger.Date {
	var d ledger.Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		r.wrong = append(r.wrong, wrongField(field, "date_form"))
	}
	return d
}

// maxQuantity bounds a quantity's text in bytes before it is parsed: 15 digits, a point and some zeros.
const maxQuantity = 30

func (r *reading) quantity(field, text string) apd.Decimal {
	var d *apd.Decimal
	var err error
	if len(text) <= maxQuantity {
		d, _, err = apd.NewFromString(text)
	}
	if d == nil || err != nil {
		r.wrong = append(r.wrong, wrongField(field, "not_a_quantity"))
		return apd.Decimal{}
	}
	return *d
}

// read brings the gift to the ledger's form. The ledger checks what it means.
func (n newDonation) read() (ledger.NewDonation, []fieldProblem) {
	var r reading
	out := ledger.NewDonation{
		DonorID: ledger.DonorID(n.DonorID), Giver: ledger.GiverKind(n.Giver), Payer: string(n.Payer),
		Address: string(n.Address), Display: ledger.Display(n.Display),
		Method: ledger.Method(n.Method), Series: ledger.Series(n.Series), AccountID: n.AccountID,
		Amount:    r.dong("amount", n.Amount),
		PurposeID: n.PurposeID, CampaignID: n.CampaignID,
		DonatedOn: r.day("donated_on", n.DonatedOn), BankOn: r.day("bank_on", n.BankOn),
		Memo: string(n.Memo), BankRef: string(n.BankRef), Attached: string(n.Attached), GoodsBasis: string(n.GoodsBasis),
	}
	if n.Amount == "" && out.Method != ledger.MethodGoods {
		r.wrong = append(r.wrong, wrongField("amount", "required"))
	}
	if n.Donor != nil {
		fresh := n.Donor.read()
		out.NewDonor = &fresh
	}
	for i, g := range n.Goods {
		at := fmt.Sprintf("goods/%d/", i)
		out.Goods = append(out.Goods, ledger.GoodsLine{Description: string(g.Description), Unit: string(g.Unit),
			Quantity: r.quantity(at+"quantity", g.Quantity), UnitValue: r.dong(at+"unit_value", g.UnitValue)})
	}
	for i, g := range n.Givers {
		out.Givers = append(out.Givers, ledger.Giver{Name: string(g.Name), Note: string(g.Note),
			Amount: r.dong(fmt.Sprintf("givers/%d/amount", i), g.Amount)})
	}
	return out, r.wrong
}

// donation is a gift on the books.
type donation struct {
	Entry      int64      `json:"entry" doc:"Its line in the fund's log; names the gift"`
	DonorID    int64      `json:"donor_id,omitempty"`
	DonorKind  string     `json:"donor_kind" enum:"person,organisation,household,group"`
	Giver      string     `json:"giver" enum:"named,unknown,public_anonymous,anonymous"`
	Payer      string     `json:"payer,omitempty" doc:"As printed; none once erased"`
	Display    string     `json:"display" enum:"name,initials,hidden"`
	Method     string     `json:"method" enum:"cash,transfer,goods"`
	Amount     string     `json:"amount" doc:"Whole đồng; 0 for goods that nobody valued"`
	PurposeID  int64      `json:"purpose_id" doc:"0: unrestricted"`
	CampaignID int64      `json:"campaign_id,omitempty"`
	DonatedOn  string     `json:"donated_on" format:"date"`
	BankOn     string     `json:"bank_on,omitempty" format:"date"`
	PostedOn   string     `json:"posted_on" format:"date" doc:"The day it counts for in the books"`
	RecordedAt time.Time  `json:"recorded_at"`
	ActorID    int32      `json:"actor_id"`
	GiverCount int        `json:"giver_count,omitempty" doc:"Lines of its roster"`
	Memo       string     `json:"memo,omitempty"`
	ReversedBy int64      `json:"reversed_by,omitempty" doc:"The entry that took it back"`
	Receipt    receiptRef `json:"receipt"`
	State      string     `json:"receipt_state" enum:"valid,void,replaced"`
}

func donationOf(d ledger.Donation) donation {
	return donation{
		Entry: d.EntryNo, DonorID: int64(d.DonorID), DonorKind: string(d.DonorKind), Giver: string(d.Giver), Payer: d.Payer,
		Display: string(d.Display), Method: string(d.Method), Amount: d.Amount.String(), PurposeID: d.PurposeID,
		CampaignID: d.CampaignID, DonatedOn: d.DonatedOn.String(), BankOn: d.BankOn.String(), PostedOn: d.PostedOn.String(),
		RecordedAt: d.RecordedAt.UTC(), ActorID: d.ActorID, GiverCount: d.GiverCount, Memo: d.Memo, ReversedBy: d.ReversedBy,
		Receipt: refOf(d.Receipt), State: string(d.State),
	}
}

type newDonationInput struct {
	InFund
	Keyed
	Body newDonation
}

// recorded is the answer to a gift.
type recorded struct {
	Hit  string `header:"Idempotency-Hit" doc:"true when the key was used before and this is the first answer again"`
	Body donation
}

func (s *server) postDonation(ctx context.Context, in *newDonationInput) (*recorded, error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	gift, wrong := in.Body.read()
	if len(wrong) > 0 {
		return nil, refuseFields(wrong[:min(len(wrong), maxWrong)]...)
	}
	d, err := s.l.RecordDonation(ctx, a, id, key, gift)
	if err != nil {
		return nil, err
	}
	out := &recorded{Body: donationOf(d)}
	if d.Replayed {
		out.Hit = "true"
	}
	return out, nil
}

type donationsInput struct {
	InFund
	DonorID    int64  `query:"donor_id" minimum:"1"`
	CampaignID int64  `query:"campaign_id" minimum:"1"`
	Method     string `query:"method" enum:"cash,transfer,goods"`
	From       string `query:"from" format:"date" doc:"Given on this day or later"`
	To         string `query:"to" format:"date" doc:"Given on this day or earlier"`
	Backward
}

// Backward is the page of a list that runs from the newest entry back.
type Backward struct {
	Limit  int   `query:"limit" minimum:"1" maximum:"200" doc:"Rows of the page; 50 when not given"`
	Before int64 `query:"before" minimum:"1" doc:"The cursor next of the page before"`
}

func (b Backward) limit() int { return Slice{Limit: b.Limit}.limit() }

// back is one page of such a list: the cursor of a full page is its last entry.
func back[T, B any](rows []T, b Backward, entry func(T) int64, body func(T) B) *list[B] {
	out := &list[B]{Items: []B{}}
	for _, row := range rows {
		out.Items = append(out.Items, body(row))
	}
	if n := len(rows); n == b.limit() {
		out.Next = strconv.FormatInt(entry(rows[n-1]), 10)
	}
	return out
}

func (s *server) getDonations(ctx context.Context, in *donationsInput) (*answer[*list[donation]], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	from, err := dayParameter("from", in.From)
	if err != nil {
		return nil, err
	}
	to, err := dayParameter("to", in.To)
	if err != nil {
		return nil, err
	}
	rows, err := s.l.Donations(ctx, a, id, ledger.DonationFilter{DonorID: ledger.DonorID(in.DonorID),
		CampaignID: in.CampaignID, Method: ledger.Method(in.Method), From: from, To: to, Before: in.Before, Limit: in.limit()})
	if err != nil {
		return nil, err
	}
	entry := func(d ledger.Donation) int64 { return d.EntryNo }
	return &answer[*list[donation]]{back(rows, in.Backward, entry, donationOf)}, nil
}

// InEntry is the entry that an operation is about.
type InEntry struct {
	InFund
	Entry int64 `path:"entry" minimum:"0"`
}

func (s *server) getDonation(ctx context.Context, in *InEntry) (*answer[donation], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	d, err := s.l.Donation(ctx, a, id, in.Entry)
	if err != nil {
		return nil, err
	}
	return &answer[donation]{donationOf(d)}, nil
}

type reversalInput struct {
	InEntry
	Keyed
	Body struct {
		Reason text `json:"reason" doc:"At most 500 characters"`
	}
}

func (s *server) postReversal(ctx context.Context, in *reversalInput) (*answer[donation], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	d, err := s.l.ReverseDonation(ctx, a, id, key, in.Entry, string(in.Body.Reason))
	if err != nil {
		return nil, err
	}
	return &answer[donation]{donationOf(d)}, nil
}
