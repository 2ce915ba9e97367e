package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"sovang/ledger/viet"
)

// Level is where a fund stands (NĐ 131/2021 Điều 173; the district level ended on 1/7/2025).
type Level string

// The levels.
const (
	LevelCentral  Level = "central"  // trung ương
	LevelProvince Level = "province" // tỉnh, thành phố
	LevelDistrict Level = "district" // huyện, quận, thị xã
	LevelCommune  Level = "commune"  // xã, phường, đặc khu
)

// Fund is a fund with its own books.
type Fund struct {
	ID            FundID
	Code          string // in receipts' addresses: "HD"
	Name          string
	Level         Level
	UnitCode      string
	Chart         string
	ValidFrom     Date
	ValidTo       Date // zero: still open
	State         string
	ClosedThrough Date  // zero: no period is closed
	Entries       int64 // lines of its log
}

// NewFund is what one says to open a fund. Code is 1-16 of A-Z, 0-9 and "-", unique in the installation.
type NewFund struct {
	Code      string
	Name      string
	Level     Level
	UnitCode  string // official code, text with its leading zeros
	Chart     string // "TT90/2021"; MINH-HOA for demonstrations
	ValidFrom Date
	Heading   Heading
	Bank      string // "Ngân hàng …, tài khoản …" as printed; "" = to be filled in on paper
	Treasury  string
}

const selectFund = `
	SELECT f.fund_id, f.code, f.name, f.level, coalesce(f.unit_code, ''), f.chart, f.valid_from, f.valid_to,
	       h.state, h.closed_through, h.next_entry
	  FROM fund f
	  JOIN fund_head h ON h.fund_id = f.fund_id `

func scanFund(row pgx.CollectableRow) (Fund, error) {
	var f Fund
	var closed pgtype.Date
	err := row.Scan(&f.ID, &f.Code, &f.Name, &f.Level, &f.UnitCode, &f.Chart, &f.ValidFrom, &f.ValidTo,
		&f.State, &closed, &f.Entries)
	if closed.Valid && closed.InfinityModifier == pgtype.Finite {
		_ = f.ClosedThrough.ScanDate(closed) // a finite date always scans
	}
	return f, err
}

// Funds lists the funds that the actor may read, the highest level first. Codes: unavailable.
func (l *Ledger) Funds(ctx context.Context, a Actor) (list []Fund, err error) {
	err = l.read(ctx, a.funds(), func(tx pgx.Tx) error {
		const query = selectFund + `
			 WHERE f.fund_id <> 0
			 ORDER BY array_position(ARRAY['central', 'province', 'district', 'commune'], f.level), f.fund_id`
		rows, err := tx.Query(ctx, query)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanFund)
		return err
	})
	return list, err
}

// Fund reads one fund. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Fund(ctx context.Context, a Actor, id FundID) (f Fund, err error) {
	if !a.Can(id, PermRead) {
		return f, &Error{Code: CodeNotFound}
	}
	err = l.readOne(ctx, fmt.Sprint(int32(id)), func(rows pgx.Rows) (err error) {
		f, err = pgx.CollectExactlyOneRow(rows, scanFund)
		return none(err)
	}, selectFund+` WHERE f.fund_id = $1`, id)
	return f, err
}

// FundID is the id behind a fund's code, for one who may read it. Codes: not_found, unavailable.
func (l *Ledger) FundID(ctx context.Context, a Actor, code string) (FundID, error) {
	id, err := l.fundID(ctx, code)
	if err == nil && !a.Can(id, PermRead) {
		return 0, &Error{Code: CodeNotFound}
	}
	return id, err
}

// FundByCode is Fund by the code in its addresses. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) FundByCode(ctx context.Context, a Actor, code string) (Fund, error) {
	id, err := l.fundID(ctx, code)
	if err != nil {
		return Fund{}, err
	}
	return l.Fund(ctx, a, id)
}

// clean brings the texts to their stored form and checks them.
func (n *NewFund) clean() error {
	n.Name, n.Bank, n.Treasury = viet.Clean(n.Name), viet.Clean(n.Bank), viet.Clean(n.Treasury)
	if err := needText("name", n.Name, maxName); err != nil {
		return err
	}
	switch n.Level {
	case LevelCentral, LevelProvince, LevelDistrict, LevelCommune:
	default:
		return invalid("level", "unknown")
	}
	if n.ValidFrom.IsZero() {
		return invalid("valid_from", "required")
	}
	return n.Heading.clean()
}

// OpenFund opens a fund with the accounts of its chart, its heading, and line 0 of its log. The actor needs
// PermAdmin in the system. Opening the same fund again with the same key gives it again.
// Codes: invalid, forbidden, key_reused, wrong_state (the code is taken), unavailable.
func (l *Ledger) OpenFund(ctx context.Context, a Actor, key Key, n NewFund) (Fund, error) {
	if !a.Can(System, PermAdmin) {
		l.note(ctx, System, a, "refused."+string(PermAdmin), "fund.open")
		return Fund{}, &Error{Code: CodeForbidden}
	}
	c := command{actor: a, perm: PermAdmin, key: key, kind: kindFundOpen, input: n}
	if id, err := l.fundID(ctx, n.Code); err == nil {
		return l.fundAgain(ctx, id, c)
	} else if CodeOf(err) != CodeNotFound {
		return Fund{}, err
	}
	if err := n.clean(); err != nil {
		return Fund{}, err
	}
	for range maxAttempts {
		id, err := l.tryOpen(ctx, c, n)
		if err == nil {
			return l.Fund(ctx, readerOf(id), id)
		}
		if CodeOf(err) != CodeStale {
			return Fund{}, err
		}
	}
	return Fund{}, &Error{Code: CodeBusy}
}

// fundAgain answers for a code that is taken: by this very command, or by another.
func (l *Ledger) fundAgain(ctx context.Context, id FundID, c command) (Fund, error) {
	t := &ticket{command: c}
	fresh, err := l.replays(ctx, id, []*ticket{t})
	switch {
	case err != nil:
		return Fund{}, err
	case len(fresh) > 0:
		return Fund{}, &Error{Code: CodeWrongState, Field: "code", Reason: "taken"}
	case t.out.err != nil:
		return Fund{}, t.out.err
	}
	return l.Fund(ctx, readerOf(id), id)
}

// fundID finds a fund by its code.
func (l *Ledger) fundID(ctx context.Context, code string) (FundID, error) {
	if id, ok := l.codes.Load(code); ok {
		return id.(FundID), nil
	}
	if !utf8.ValidString(code) || strings.ContainsRune(code, 0) { // an address may hold what PostgreSQL calls no text
		return 0, &Error{Code: CodeNotFound}
	}
	var id FundID
	err := l.readOne(ctx, "", func(rows pgx.Rows) (err error) {
		id, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[FundID])
		return none(err)
	}, `SELECT fund_id FROM fund WHERE code = $1`, code)
	if err == nil {
		l.codes.Store(code, id)
	}
	return id, err
}

// tryOpen writes a whole new fund in one round trip. Another that opens at the same moment may take the id.
func (l *Ledger) tryOpen(ctx context.Context, c command, n NewFund) (FundID, error) {
	var id FundID
	var accounts []Account
	err := l.read(ctx, "*", func(tx pgx.Tx) (err error) {
		if err := tx.QueryRow(ctx, `SELECT max(fund_id) + 1 FROM fund`).Scan(&id); err != nil {
			return err
		}
		accounts, err = chartAccounts(ctx, tx, n)
		return err
	})
	if err != nil {
		return 0, err
	}
	h := &head{fund: id, code: n.Code, series: map[seriesYear]int64{},
		lastAt: pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}}
	c.fill = func(h *head, d *draft) error { return fillOpen(d, n, accounts) }
	d, err := l.draft(h, c)
	if err != nil {
		return 0, err
	}
	before := call{`SELECT fund_prepare($1, $2, $3, $4, nullif($5, ''), $6, $7)`,
		[]any{id, n.Code, n.Name, string(n.Level), n.UnitCode, n.Chart, n.ValidFrom}}
	return id, fromPg(l.flush(ctx, l.pool.SendBatch, h, []*draft{d}, before))
}

// chartAccounts makes one account for each role of the fund's chart.
func chartAccounts(ctx context.Context, tx pgx.Tx, n NewFund) ([]Account, error) {
	const query = `
		SELECT row_number() OVER (ORDER BY array_position(ARRAY['A', 'L', 'N', 'X'], r.class::text), r.role)::integer,
		       coalesce(c.code, ''), r.name, r.role, '', false
		  FROM chart_account c
		  JOIN account_role r ON r.role = c.role
		 WHERE c.chart = $1
		 ORDER BY 1`
	rows, err := tx.Query(ctx, query, n.Chart)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Account])
	if err == nil && len(list) == 0 {
		return nil, invalid("chart", "unknown")
	}
	for i := range list {
		switch list[i].Role {
		case "BANK":
			list[i].Bank = n.Bank
		case "TREASURY":
			list[i].Bank = n.Treasury
		}
	}
	return list, err
}

func fillOpen(d *draft, n NewFund, accounts []Account) error {
	d.entry.EffectiveOn = n.ValidFrom.String()
	d.fact("name", n.Name)
	d.fact("level", string(n.Level))
	d.fact("unit", n.UnitCode)
	d.fact("chart", n.Chart)
	var ids []int32
	var codes, names, roles, banks []string
	for _, a := range accounts {
		d.fact(fmt.Sprintf("account.%03d", a.ID), a.Role+"|"+a.Code+"|"+a.Name+"|"+a.Bank)
		ids, codes, names = append(ids, a.ID), append(codes, a.Code), append(names, a.Name)
		roles, banks = append(roles, a.Role), append(banks, a.Bank)
	}
	no := int64(d.entry.Number)
	d.call(`SELECT fund_apply($1, $2, $3, $4, $5, $6, $7)`, d.fund, no, ids, codes, names, roles, banks)
	return d.heading(n.Heading)
}

// heading writes the heading and binds its hash.
func (d *draft) heading(h Heading) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	d.fact("heading", fmt.Sprintf("%x", headingHash(body)))
	d.call(`SELECT heading_apply($1, $2, $3)`, d.fund, int64(d.entry.Number), string(body))
	return nil
}
