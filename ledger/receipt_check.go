package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/money"
	"sovang/ledger/viet"
)

// PublicReceipt is what anybody who holds a sheet's code may know: enough to tell a true sheet from a false
// one, and no more. There is no donor's name in it beyond the giver's own choice.
type PublicReceipt struct {
	FundID     FundID
	FundCode   string
	FundName   string
	Series     Series
	Year       int
	Number     int64
	Code       string
	State      ReceiptState
	StateOn    Date
	EntryNo    int64 // the entry that issued it
	VoidedBy   int64 // the entry that voided or replaced it; 0: it stands
	ReplacedBy *ReceiptRef
	Method     Method
	Amount     money.VND
	Goods      []GoodsLine
	DonatedOn  Date
	IssuedOn   Date
	Payer      string // masked by the gift's display choice: "" where the giver stays hidden
	GiverCount int
	Leaf       [32]byte
}

// CheckReceipt finds a sheet by its fund's code and its own, for anybody. The code is what proves that the asker
// holds the sheet. Codes: not_found, unavailable.
func (l *Ledger) CheckReceipt(ctx context.Context, fundCode, code string) (PublicReceipt, error) {
	clean, ok := CleanCode(code)
	if !ok {
		return PublicReceipt{}, &Error{Code: CodeNotFound}
	}
	fund, err := l.fundID(ctx, fundCode)
	if err != nil {
		return PublicReceipt{}, err
	}
	var p PublicReceipt
	err = l.readFund(ctx, readerOf(fund), fund, func(tx pgx.Tx) error {
		list, err := receiptsWhere(ctx, tx, fund, ` AND c.code = $2`, clean)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return &Error{Code: CodeNotFound}
		}
		return p.fill(ctx, tx, list[0])
	})
	return p, err
}

func (p *PublicReceipt) fill(ctx context.Context, tx pgx.Tx, r Receipt) error {
	var display Display
	var kind DonorKind
	var donor string
	const query = `
		SELECT f.name, g.display, g.giver_count, coalesce(d.kind, 'person'), coalesce(d.name, '')
		  FROM document c
		  JOIN fund f ON f.fund_id = c.fund_id
		  JOIN donation g ON g.fund_id = c.fund_id AND g.entry_no = coalesce(c.of_entry, c.entry_no)
		  LEFT JOIN donor d ON d.fund_id = g.fund_id AND d.donor_id = g.donor_id
		 WHERE c.fund_id = $1 AND c.entry_no = $2`
	err := tx.QueryRow(ctx, query, r.FundID, r.EntryNo).Scan(&p.FundName, &display, &p.GiverCount, &kind, &donor)
	if err != nil {
		return err
	}
	p.FundCode, p.Series, p.Year, p.Number, p.Code = r.FundCode, r.Series, r.Year, r.Number, r.Code
	p.State, p.StateOn, p.ReplacedBy, p.Method, p.Amount = r.State, r.StateOn, r.ReplacedBy, r.Method, r.Amount
	p.Goods, p.DonatedOn, p.IssuedOn, p.Leaf = r.Printed.Goods, r.DonatedOn, r.IssuedOn, r.Leaf
	p.FundID, p.EntryNo, p.VoidedBy = r.FundID, r.EntryNo, r.VoidedBy
	if r.Printed.Payer != donor {
		kind = DonorPerson // who paid in for a body of people is a person, who agreed to nothing
	}
	p.Payer = display.show(kind, r.Printed.Payer)
	return nil
}

// show is the payer's name as the public may see it: a person by initials, a body of people by its name, as its
// gift is no private matter (domain.md 8).
func (d Display) show(kind DonorKind, payer string) string {
	switch {
	case d == DisplayHidden || payer == "" || payer == Unnamed:
		return ""
	case d == DisplayName || kind == DonorOrganisation:
		return payer
	}
	return viet.Initials(payer)
}

// PublicFunds lists every fund's code and name, for the form on which a code is typed. Codes: unavailable.
func (l *Ledger) PublicFunds(ctx context.Context) (list []Fund, err error) {
	return l.Funds(ctx, Actor{Roles: map[FundID][]Role{System: {RoleViewer}}})
}
