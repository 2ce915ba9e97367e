package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/money"
)

// DayTotal is what a fund took in and gave out on one day of its books, in whole đồng. Goods count at their
// value; a reversal lowers the day on which it was booked.
type DayTotal struct {
	On  Date
	In  money.VND // income of every kind
	Out money.VND // expense of every kind
}

// DayTotals gives the days from the first to the last on which something moved, the oldest first. The actor needs
// PermRead. Codes: not_found, unavailable.
func (l *Ledger) DayTotals(ctx context.Context, a Actor, fund FundID, from, to Date) (list []DayTotal, err error) {
	const query = `
		SELECT d.day,
		       coalesce(sum(d.credits - d.debits) FILTER (WHERE a.role LIKE 'INCOME.%'), 0)::bigint,
		       coalesce(sum(d.debits - d.credits) FILTER (WHERE a.role LIKE 'EXPENSE.%'), 0)::bigint
		  FROM account_day d
		  JOIN account a ON a.fund_id = d.fund_id AND a.account_id = d.account_id
		 WHERE d.fund_id = $1 AND d.day BETWEEN $2 AND $3
		   AND (a.role LIKE 'INCOME.%' OR a.role LIKE 'EXPENSE.%')
		 GROUP BY d.day
		 ORDER BY d.day`
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, query, fund, from, to)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d DayTotal, err error) {
			var in, out int64
			err = row.Scan(&d.On, &in, &out)
			d.In, d.Out = money.Dong(in), money.Dong(out)
			return d, err
		})
		return err
	})
	return list, err
}
