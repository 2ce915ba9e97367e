package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// SheetEvent is one thing that happened to a receipt.
type SheetEvent struct {
	At     time.Time
	Kind   string // "issued", "print", "copy", "void.asked", "void.refused", "void.approved", "reversed"
	By     string // the person's name; "" for the operator
	Entry  int64  // the log line; 0 for prints, which stand in the access log
	Reason string // of a proposal; "" once erased
}

// sheetHistory gathers what the log and the access log say of one sheet ($2 series, $3 year, $4 number). A reversal
// voids in an entry that reverses another; an approval voids in the entry of the decision.
const sheetHistory = `
	WITH sheet AS (
		SELECT c.fund_id, c.entry_no, c.series, c.year, c.number
		  FROM document c
		 WHERE c.fund_id = $1 AND c.series = $2 AND c.year = $3 AND c.number = $4
	), happened AS (
		SELECT e.recorded_at AS at, 'issued' AS kind, e.actor, e.entry_no AS entry, '' AS reason
		  FROM sheet s
		  JOIN entry e ON e.fund_id = s.fund_id AND e.entry_no = s.entry_no
		 UNION ALL
		SELECT a.at, CASE a.action WHEN 'receipt.copy' THEN 'copy' ELSE 'print' END, a.actor, 0, ''
		  FROM sheet s
		  JOIN access_log a ON a.fund_id = s.fund_id AND a.object = s.series || '-' || s.year || '-' || s.number
		                   AND a.action IN ('receipt.print', 'receipt.copy')
		 UNION ALL
		SELECT e.recorded_at, 'void.asked', i.maker, i.entry_no, coalesce(p.said::jsonb ->> 'reason', '')
		  FROM sheet s
		  JOIN intent i ON i.fund_id = s.fund_id AND i.payload::jsonb ->> 'series' = s.series
		               AND i.payload::jsonb ->> 'year' = s.year::text AND i.payload::jsonb ->> 'number' = s.number::text
		  JOIN entry e ON e.fund_id = i.fund_id AND e.entry_no = i.entry_no
		  LEFT JOIN entry_person p ON p.fund_id = i.fund_id AND p.entry_no = i.entry_no
		 UNION ALL
		SELECT e.recorded_at, CASE WHEN v.approved THEN 'void.approved' ELSE 'void.refused' END, v.approver, v.entry_no, ''
		  FROM sheet s
		  JOIN intent i ON i.fund_id = s.fund_id AND i.payload::jsonb ->> 'series' = s.series
		               AND i.payload::jsonb ->> 'year' = s.year::text AND i.payload::jsonb ->> 'number' = s.number::text
		  JOIN approval v ON v.fund_id = i.fund_id AND v.intent_no = i.entry_no
		  JOIN entry e ON e.fund_id = v.fund_id AND e.entry_no = v.entry_no
		 UNION ALL
		SELECT e.recorded_at, 'reversed', e.actor, e.entry_no, coalesce(p.said::jsonb ->> 'reason', '')
		  FROM sheet s
		  JOIN receipt_void v ON v.fund_id = s.fund_id AND v.series = s.series AND v.year = s.year AND v.number = s.number
		  JOIN entry e ON e.fund_id = v.fund_id AND e.entry_no = v.entry_no AND e.reverses IS NOT NULL
		  LEFT JOIN entry_person p ON p.fund_id = e.fund_id AND p.entry_no = e.entry_no
	)
	SELECT h.at, h.kind, coalesce(u.name, ''), h.entry, h.reason
	  FROM happened h
	  LEFT JOIN app_user u ON u.fund_id = 0 AND u.user_id = h.actor
	 ORDER BY h.at, h.entry
	 LIMIT 500`

// SheetHistory is the life of one sheet: when it was issued, printed, asked about, decided on and reversed, the
// oldest first, at most 500 lines. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) SheetHistory(ctx context.Context, a Actor, fund FundID, ref ReceiptRef) (list []SheetEvent, err error) {
	if !a.Can(fund, PermRead) {
		return nil, &Error{Code: CodeNotFound}
	}
	err = l.read(ctx, fundAndPeople(fund), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sheetHistory, fund, string(ref.Series), ref.Year, ref.Number)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[SheetEvent])
		return err
	})
	return list, err
}

// PersonNames gives the names of the people who acted in a fund, by their ids. The actor needs PermRead.
// Codes: not_found, unavailable.
func (l *Ledger) PersonNames(ctx context.Context, a Actor, fund FundID, ids []int32) (map[int32]string, error) {
	if !a.Can(fund, PermRead) {
		return nil, &Error{Code: CodeNotFound}
	}
	names := map[int32]string{}
	err := l.read(ctx, fundAndPeople(fund), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT user_id, name FROM app_user WHERE fund_id = 0 AND user_id = ANY ($1)`, ids)
		if err != nil {
			return err
		}
		var id int32
		var name string
		_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error { names[id] = name; return nil })
		return err
	})
	return names, err
}

// fundAndPeople shows row-level security one fund and the names of the users, who stand in fund 0.
func fundAndPeople(fund FundID) string { return someNumber(int64(fund)) + ",0" }

// GiftNo is the entry of the gift that the sheet is about: another than EntryNo for a replacement.
func (r Receipt) GiftNo() int64 { return r.giftNo }
