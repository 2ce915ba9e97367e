package ledger

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Problem is one thing in the database that does not follow from the log.
type Problem struct {
	Fund  string `json:"fund"`  // the fund's code
	Table string `json:"table"` // where it stands
	Row   string `json:"row"`   // which row: "entry 12", "PT-2022-7", "account 3"
	Rule  string `json:"rule"`  // a stable word for what is broken: "leaf_hash", "sum", "gap", …
}

// String is the problem in one line, for logs.
func (p Problem) String() string {
	return fmt.Sprintf("fund %s: %s: %s: %s", p.Fund, p.Table, p.Row, p.Rule)
}

// Report is what Verify found.
type Report struct {
	OK       bool      `json:"ok"`
	Entries  int64     `json:"entries"`
	Postings int64     `json:"postings"`
	Erased   int64     `json:"erased"` // entries whose personal texts were erased: their commitments cannot be opened
	Problems []Problem `json:"problems"`
}

const (
	verifyChunk = 2_000 // entries read at once: about 4 MB
	maxProblems = 1_000 // a report longer than this helps nobody; the first thousand are named
)

// Verify derives everything again from the entries and their postings, and names what does not agree: numbers
// without gap, leaf hashes, canonical bytes against columns, postings, balances and day totals, restrictions,
// documents, receipts and their printed texts, rosters, four eyes, users and their roles. It reads one snapshot,
// in chunks, with memory that grows with accounts and days and not with entries. progress, if not nil, hears how
// many entries are done of how many. It answers an error only when it could not read. Codes: unavailable.
func (l *Ledger) Verify(ctx context.Context, progress func(done, total int64)) (Report, error) {
	report := Report{Problems: []Problem{}}
	err := l.read(ctx, "*", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, selectFund+` ORDER BY f.fund_id`)
		if err != nil {
			return err
		}
		funds, err := pgx.CollectRows(rows, scanFund)
		if err != nil {
			return err
		}
		if err := orphans(ctx, tx, &report); err != nil {
			return err
		}
		tell := counting(funds, progress)
		for _, f := range funds {
			v := newVerifier(ctx, tx, f, &report, tell)
			if err := v.run(); err != nil {
				return fmt.Errorf("verify fund %d: %w", f.ID, err)
			}
		}
		return verifyLogs(ctx, tx, l.logs.keys, funds, &report)
	})
	report.OK = err == nil && len(report.Problems) == 0
	return report, err
}

// orphans finds rows of a fund that is not there, and a fund without its lock row: no fund's own check comes
// across them.
func orphans(ctx context.Context, tx pgx.Tx, report *Report) error {
	for _, table := range append(slices.Clone(logTables), "account", "purpose", "campaign", "heading", "balance",
		"purpose_balance", "account_day", "day_cut", "series", "fund_head", "app_user", "user_role") {
		name := pgx.Identifier{table}.Sanitize()
		query := `SELECT DISTINCT fund_id FROM ` + name + ` AS t WHERE NOT EXISTS (SELECT FROM fund f WHERE f.fund_id = t.fund_id)`
		if table == "fund_head" {
			query += ` UNION ALL SELECT fund_id FROM fund f WHERE NOT EXISTS (SELECT FROM fund_head h WHERE h.fund_id = f.fund_id)`
		}
		rows, err := tx.Query(ctx, query)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
		if err != nil {
			return err
		}
		for _, id := range ids {
			report.Problems = append(report.Problems, Problem{fmt.Sprint(id), table, fmt.Sprintf("fund %d", id), "no_fund"})
		}
	}
	return nil
}

// counting turns "n more" into "done of total".
func counting(funds []Fund, progress func(done, total int64)) func(int64) {
	var done, total int64
	for _, f := range funds {
		total += f.Entries
	}
	return func(more int64) {
		if done += more; progress != nil {
			progress(done, total)
		}
	}
}

// verifier checks one fund. What it has seen so far stands in it; at the end the tables must say the same.
type verifier struct {
	ctx    context.Context
	tx     pgx.Tx
	fund   Fund
	report *Report
	tell   func(int64)

	next        int64 // the number that the next entry must have
	last        verifiedEntry
	heading     []byte // the hash that the last heading entry set
	headingAt   int64  // that entry
	headings    map[string]bool
	headingRows map[int64]string // entry -> the heading that its row says it set
	sides       sideTotals
	numbers     map[seriesYear]int64     // last number of each series
	rows        map[string]int64         // rows seen of each table, to find those that belong to no entry
	wrote       map[string]map[int64]int // table -> entry of this chunk -> its rows
}

func newVerifier(ctx context.Context, tx pgx.Tx, f Fund, r *Report, tell func(int64)) *verifier {
	return &verifier{
		ctx: ctx, tx: tx, fund: f, report: r, tell: tell, headings: map[string]bool{}, headingRows: map[int64]string{},
		sides:   newSideTotals(),
		numbers: map[seriesYear]int64{}, rows: map[string]int64{},
	}
}

// problem names one finding.
func (v *verifier) problem(table, row, rule string) {
	if len(v.report.Problems) < maxProblems {
		v.report.Problems = append(v.report.Problems, Problem{v.fund.Code, table, row, rule})
	}
}

func (v *verifier) run() error {
	if err := v.readHeadings(); err != nil {
		return err
	}
	for from := int64(0); ; from += verifyChunk {
		more, err := v.chunk(from, from+verifyChunk)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	for _, check := range []func() error{v.head, v.keys, v.totals, v.cuts, v.series, v.strays, v.people} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// head compares the lock row with the log.
func (v *verifier) head() error {
	var next int64
	var same bool
	var hash []byte
	const query = `
		SELECT next_entry, heading, CASE WHEN $2::timestamptz IS NULL THEN last_at = '-infinity' ELSE last_at = $2 END
		  FROM fund_head
		 WHERE fund_id = $1`
	if err := v.tx.QueryRow(v.ctx, query, v.fund.ID, v.last.instant()).Scan(&next, &hash, &same); err != nil {
		return err
	}
	if next != v.next {
		v.problem("fund_head", "next_entry", "not_the_log")
	}
	if !same {
		v.problem("fund_head", "last_at", "not_the_log")
	}
	if !bytes.Equal(hash, v.heading) {
		v.problem("fund_head", "heading", "not_the_log")
	}
	for no := range v.headingRows {
		v.problem("heading", entryRow(no), "not_the_log")
	}
	return nil
}

// keys finds an idempotency key that stands twice: the index that forbids it may have been dropped.
func (v *verifier) keys() error {
	const query = `SELECT min(entry_no) FROM entry WHERE fund_id = $1 GROUP BY key HAVING count(*) > 1`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no int64
		if err := row.Scan(&no); err != nil {
			return err
		}
		v.problem("entry", entryRow(no), "key_twice")
		return nil
	})
}

// each runs a query with the fund as $1 and hands over its rows.
func (v *verifier) each(query string, do func(pgx.CollectableRow) error, args ...any) error {
	rows, err := v.tx.Query(v.ctx, query, append([]any{v.fund.ID}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func entryRow(no int64) string { return fmt.Sprintf("entry %d", no) }
