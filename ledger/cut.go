package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// CutEvery is how many entries lie between two stored cuts of a fund at most, while its log is being built.
const CutEvery = 10_000

// Cut stores what the fund's day totals were when its log had size entries; one that stands is left as it is.
// Codes: not_found (the log is shorter), unavailable.
func (l *Ledger) Cut(ctx context.Context, fund FundID, size int64) error {
	_, err := l.pool.Exec(ctx, `SELECT cut_apply($1, $2)`, fund, size)
	return fromPg(err)
}

// BalancesAsKnown gives every account's balance at the end of a day, as it was known when the log had size entries:
// what was entered later, also for earlier days, is left out. So a report can be printed again as it was. The zero
// Date is every day. It costs the rows of the nearest cut before size, and the postings since. The actor needs
// PermRead. Codes: invalid (the log is shorter), not_found, unavailable.
func (l *Ledger) BalancesAsKnown(ctx context.Context, a Actor, fund FundID, on Date, size int64) (list []AccountBalance, err error) {
	const query = `
		WITH cut AS (SELECT coalesce(max(size), 0) AS size FROM day_cut WHERE fund_id = $1 AND size <= $3)
		SELECT a, sum(d)::bigint, sum(c)::bigint
		  FROM (SELECT account_id AS a, debits AS d, credits AS c FROM day_cut
		         WHERE fund_id = $1 AND size = (SELECT size FROM cut) AND ($2::date IS NULL OR day <= $2)
		         UNION ALL
		        SELECT debit_account, sign * amount, 0 FROM posting
		         WHERE fund_id = $1 AND entry_no >= (SELECT size FROM cut) AND entry_no < $3
		           AND ($2::date IS NULL OR effective_on <= $2)
		         UNION ALL
		        SELECT credit_account, 0, sign * amount FROM posting
		         WHERE fund_id = $1 AND entry_no >= (SELECT size FROM cut) AND entry_no < $3
		           AND ($2::date IS NULL OR effective_on <= $2)) AS side
		 GROUP BY a`
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		var next int64
		if err := tx.QueryRow(ctx, `SELECT next_entry FROM fund_head WHERE fund_id = $1`, fund).Scan(&next); err != nil {
			return none(err)
		}
		if size < 0 || size > next {
			return invalid("size", "log_is_shorter")
		}
		if list, err = openBalances(ctx, tx, fund); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, query, fund, on, size)
		if err != nil {
			return err
		}
		return addSides(rows, list)
	})
	return list, err
}

// cuts derives each stored cut again from the one before it and the postings between.
func (v *verifier) cuts() error {
	var sizes []int64
	err := v.each(`SELECT DISTINCT size FROM day_cut WHERE fund_id = $1 ORDER BY size`, func(row pgx.CollectableRow) error {
		var size int64
		err := row.Scan(&size)
		sizes = append(sizes, size)
		return err
	})
	if err != nil {
		return err
	}
	const query = `
		WITH wanted AS (
		    SELECT a, t, sum(d)::bigint AS d, sum(c)::bigint AS c
		      FROM (SELECT account_id AS a, day AS t, debits AS d, credits AS c FROM day_cut WHERE fund_id = $1 AND size = $2
		             UNION ALL
		            SELECT debit_account, effective_on, sign * amount, 0 FROM posting
		             WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3
		             UNION ALL
		            SELECT credit_account, effective_on, 0, sign * amount FROM posting
		             WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3) AS side
		     GROUP BY a, t)
		SELECT count(*)
		  FROM (SELECT * FROM day_cut WHERE fund_id = $1 AND size = $3) AS k
		  FULL JOIN wanted w ON w.a = k.account_id AND w.t = k.day
		 WHERE (k.debits, k.credits) IS DISTINCT FROM (w.d, w.c)`
	before := int64(0)
	for _, size := range sizes {
		var wrong int64
		if err := v.tx.QueryRow(v.ctx, query, v.fund.ID, before, size).Scan(&wrong); err != nil {
			return err
		}
		if wrong > 0 || size > v.next {
			v.problem("day_cut", fmt.Sprintf("size %d", size), "sum")
		}
		before = size
	}
	return nil
}
