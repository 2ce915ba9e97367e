package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/money"
	"sovang/ledger/proof"
)

// receiptRow is one sheet with what it hangs on.
type receiptRow struct {
	r         Receipt
	canonical []byte
	said      *string
	replaced  bool
	voidedBy  int64
}

const selectReceipt = `
	SELECT c.series, c.year, c.number, c.code, c.entry_no, coalesce(c.of_entry, c.entry_no), e.canonical, e.leaf_hash,
	       e.recorded_at, s.said, coalesce(v.entry_no, 0), coalesce(v.replaced, false), w.effective_on, f.code,
	       g.method, g.donated_on, g.bank_on, coalesce(p.amount, 0), coalesce(da.code, ''), coalesce(ca.code, '')
	  FROM document c
	  JOIN fund f ON f.fund_id = c.fund_id
	  JOIN entry e ON e.fund_id = c.fund_id AND e.entry_no = c.entry_no
	  JOIN donation g ON g.fund_id = c.fund_id AND g.entry_no = coalesce(c.of_entry, c.entry_no)
	  LEFT JOIN posting p ON p.fund_id = c.fund_id AND p.entry_no = g.entry_no AND p.line = 1
	  LEFT JOIN account da ON da.fund_id = c.fund_id AND da.account_id = p.debit_account
	  LEFT JOIN account ca ON ca.fund_id = c.fund_id AND ca.account_id = p.credit_account
	  LEFT JOIN entry_person s ON s.fund_id = c.fund_id AND s.entry_no = c.entry_no
	  LEFT JOIN receipt_void v ON v.fund_id = c.fund_id AND v.series = c.series AND v.year = c.year AND v.number = c.number
	  LEFT JOIN entry w ON w.fund_id = v.fund_id AND w.entry_no = v.entry_no
	 WHERE c.fund_id = $1 `

func scanReceipt(row pgx.CollectableRow) (x receiptRow, err error) {
	var amount int64
	var leaf []byte
	r := &x.r
	err = row.Scan(&r.Series, &r.Year, &r.Number, &r.Code, &r.EntryNo, &r.giftNo, &x.canonical, &leaf, &r.RecordedAt,
		&x.said, &x.voidedBy, &x.replaced, &r.StateOn, &r.FundCode, &r.Method, &r.DonatedOn, &r.BankOn, &amount,
		&r.Debit, &r.Credit)
	if err != nil {
		return x, err
	}
	r.Amount, r.RecordedAt, r.Leaf = money.Dong(amount), r.RecordedAt.UTC(), [32]byte(leaf)
	r.IssuedOn, r.State, r.Purged = DateOf(r.RecordedAt), stateOf(x.voidedBy != 0, x.replaced), x.said == nil
	r.VoidedBy = x.voidedBy
	if x.said != nil {
		err = json.Unmarshal([]byte(*x.said), &r.Printed)
	}
	return x, err
}

// Receipt reads one sheet by its number, as it was frozen. The actor needs PermRead.
// Codes: not_found, unavailable.
func (l *Ledger) Receipt(ctx context.Context, a Actor, fund FundID, s Series, year int, number int64) (Receipt, error) {
	return l.oneReceipt(ctx, a, fund, ` AND c.series = $2 AND c.year = $3 AND c.number = $4`, string(s), year, number)
}

// ReceiptOfEntry reads the sheet that an entry issued. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) ReceiptOfEntry(ctx context.Context, a Actor, fund FundID, entryNo int64) (Receipt, error) {
	return l.oneReceipt(ctx, a, fund, ` AND c.entry_no = $2`, entryNo)
}

func (l *Ledger) oneReceipt(ctx context.Context, a Actor, fund FundID, where string, args ...any) (r Receipt, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		list, err := receiptsWhere(ctx, tx, fund, where, args...)
		if err == nil && len(list) == 0 {
			return &Error{Code: CodeNotFound}
		}
		if err != nil {
			return err
		}
		r = list[0]
		return nil
	})
	return r, err
}

// receiptsWhere reads whole sheets: rows first, then what hangs on them.
func receiptsWhere(ctx context.Context, tx pgx.Tx, fund FundID, where string, args ...any) ([]Receipt, error) {
	rows, err := tx.Query(ctx, selectReceipt+where, append([]any{fund}, args...)...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, scanReceipt)
	if err != nil {
		return nil, err
	}
	headings := map[string]Heading{}
	list := make([]Receipt, len(found))
	for i := range found {
		found[i].r.FundID = fund
		if err := found[i].complete(ctx, tx, headings); err != nil {
			return nil, err
		}
		list[i] = found[i].r
	}
	return list, nil
}

// complete adds the heading, the roster and the neighbours of a replaced sheet.
func (x *receiptRow) complete(ctx context.Context, tx pgx.Tx, headings map[string]Heading) error {
	entry, err := proof.Decode(x.canonical)
	if err != nil {
		return fmt.Errorf("entry %d of fund %d: %w", x.r.EntryNo, x.r.FundID, err)
	}
	if err := x.findHeading(ctx, tx, factOf(entry, "heading"), headings); err != nil {
		return err
	}
	if factOf(entry, "givers") != "" || x.r.giftNo != x.r.EntryNo {
		if x.r.Givers, err = giversOf(ctx, tx, x.r.FundID, x.r.giftNo); err != nil {
			return err
		}
	}
	if x.r.giftNo != x.r.EntryNo {
		if x.r.Replaces, err = refWhere(ctx, tx, `v.entry_no = $2`, x.r.FundID, x.r.EntryNo); err != nil {
			return err
		}
	}
	if x.replaced {
		x.r.ReplacedBy, err = refWhere(ctx, tx, `c.entry_no = $2`, x.r.FundID, x.voidedBy)
	}
	return err
}

func factOf(e proof.Entry, name string) string {
	for _, f := range e.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func (x *receiptRow) findHeading(ctx context.Context, tx pgx.Tx, hash string, known map[string]Heading) error {
	if h, ok := known[hash]; ok {
		x.r.Heading = h
		return nil
	}
	var body string
	const query = `SELECT body FROM heading WHERE fund_id = $1 AND hash = decode($2, 'hex')`
	if err := tx.QueryRow(ctx, query, x.r.FundID, hash).Scan(&body); err != nil {
		return fmt.Errorf("heading of entry %d of fund %d: %w", x.r.EntryNo, x.r.FundID, err)
	}
	if err := json.Unmarshal([]byte(body), &x.r.Heading); err != nil {
		return err
	}
	known[hash] = x.r.Heading
	return nil
}

func giversOf(ctx context.Context, tx pgx.Tx, fund FundID, entryNo int64) ([]Giver, error) {
	const query = `SELECT name, amount, note FROM giver WHERE fund_id = $1 AND entry_no = $2 ORDER BY line`
	rows, err := tx.Query(ctx, query, fund, entryNo)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (g Giver, err error) {
		var amount int64
		err = row.Scan(&g.Name, &amount, &g.Note)
		g.Amount = money.Dong(amount)
		return g, err
	})
}

// refWhere finds the one sheet that an entry voided, or issued.
func refWhere(ctx context.Context, tx pgx.Tx, where string, fund FundID, entryNo int64) (*ReceiptRef, error) {
	query := `
		SELECT c.series, c.year, c.number, c.code
		  FROM document c
		  LEFT JOIN receipt_void v ON v.fund_id = c.fund_id AND v.series = c.series AND v.year = c.year AND v.number = c.number
		 WHERE c.fund_id = $1 AND (` + where + `)`
	var ref ReceiptRef
	err := tx.QueryRow(ctx, query, fund, entryNo).Scan(&ref.Series, &ref.Year, &ref.Number, &ref.Code)
	if err != nil {
		return nil, err
	}
	return &ref, nil
}

// ReceiptFilter narrows the register. The zero filter is every sheet, the newest first.
type ReceiptFilter struct {
	Series Series
	Year   int
	State  ReceiptState // ReceiptValid or ReceiptVoid (which takes in the replaced); "" is both
	Before int64        // cursor: only sheets of entries before this one
	Limit  int          // 1..200; 0 = 200
}

// RegisterLine is one line of the register of receipts (Sổ biên lai).
type RegisterLine struct {
	ReceiptRef
	EntryNo    int64
	State      ReceiptState
	Amount     money.VND
	Method     Method
	Payer      string // "" once erased
	IssuedOn   Date
	Prints     int // how often the sheet was taken, originals and copies
	ReplacedBy *ReceiptRef
}

// Register lists the sheets of a fund. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Register(ctx context.Context, a Actor, fund FundID, f ReceiptFilter) (list []RegisterLine, err error) {
	const query = `
		SELECT c.series, c.year, c.number, c.code, c.entry_no, v.entry_no IS NOT NULL, coalesce(v.replaced, false),
		       coalesce(p.amount, 0), g.method, coalesce(s.said::jsonb ->> 'payer', ''), e.recorded_at,
		       (SELECT count(*) FROM access_log a WHERE a.fund_id = c.fund_id
		           AND a.object = c.series || '-' || c.year || '-' || c.number
		           AND a.action IN ('receipt.print', 'receipt.copy')),
		       n.series, n.year, n.number, n.code
		  FROM document c
		  JOIN entry e ON e.fund_id = c.fund_id AND e.entry_no = c.entry_no
		  JOIN donation g ON g.fund_id = c.fund_id AND g.entry_no = coalesce(c.of_entry, c.entry_no)
		  LEFT JOIN posting p ON p.fund_id = c.fund_id AND p.entry_no = g.entry_no AND p.line = 1
		  LEFT JOIN entry_person s ON s.fund_id = c.fund_id AND s.entry_no = c.entry_no
		  LEFT JOIN receipt_void v ON v.fund_id = c.fund_id AND v.series = c.series AND v.year = c.year AND v.number = c.number
		  LEFT JOIN document n ON v.replaced AND n.fund_id = v.fund_id AND n.entry_no = v.entry_no
		 WHERE c.fund_id = $1
		   AND ($2::text = '' OR c.series = $2)
		   AND ($3::integer = 0 OR c.year = $3)
		   AND ($4::text = '' OR ($4 = 'valid') = (v.entry_no IS NULL))
		   AND ($5::bigint = 0 OR c.entry_no < $5)
		 ORDER BY c.entry_no DESC
		 LIMIT $6`
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, query, fund, string(f.Series), f.Year, string(f.State), f.Before, clampPage(f.Limit))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanRegister)
		return err
	})
	return list, err
}

func scanRegister(row pgx.CollectableRow) (r RegisterLine, err error) {
	var gone, replaced bool
	var amount int64
	var at time.Time
	var next nullRef
	err = row.Scan(&r.Series, &r.Year, &r.Number, &r.Code, &r.EntryNo, &gone, &replaced, &amount, &r.Method, &r.Payer,
		&at, &r.Prints, &next.series, &next.year, &next.number, &next.code)
	r.State, r.Amount, r.IssuedOn, r.ReplacedBy = stateOf(gone, replaced), money.Dong(amount), DateOf(at), next.ref()
	return r, err
}

// nullRef scans a sheet that may not be there.
type nullRef struct {
	series *Series
	year   *int
	number *int64
	code   *string
}

func (n nullRef) ref() *ReceiptRef {
	if n.series == nil {
		return nil
	}
	return &ReceiptRef{Series: *n.series, Year: *n.year, Number: *n.number, Code: *n.code}
}

// SeriesCount is how many numbers a series gave out in a year, and how many of its sheets stand no more.
type SeriesCount struct {
	Series Series
	Year   int
	Last   int64 // the last number given out
	Sheets int64 // equal to Last unless a number is missing
	Void   int64
}

// SeriesCounts is the gap check of the register: a series whose Sheets differ from Last has a gap. The actor
// needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) SeriesCounts(ctx context.Context, a Actor, fund FundID) (list []SeriesCount, err error) {
	const query = `
		SELECT s.series, s.year, s.next_no - 1,
		       (SELECT count(*) FROM document c WHERE c.fund_id = s.fund_id AND c.series = s.series AND c.year = s.year),
		       (SELECT count(*) FROM receipt_void v WHERE v.fund_id = s.fund_id AND v.series = s.series AND v.year = s.year)
		  FROM series s
		 WHERE s.fund_id = $1
		 ORDER BY s.year DESC, s.series`
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, query, fund)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[SeriesCount])
		return err
	})
	return list, err
}
