package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/money"
)

// Account is an account of a fund. The program posts to its role; the number is what the fund's chart calls it.
type Account struct {
	ID     int32
	Code   string // "" where nobody has confirmed the number
	Name   string
	Role   string
	Bank   string // bank and number as printed on sheets, for BANK and TREASURY
	Closed bool
}

// accountsOf lists a fund's accounts in the order of their ids.
func accountsOf(ctx context.Context, tx pgx.Tx, fund FundID) ([]Account, error) {
	const query = `
		SELECT account_id, coalesce(code, ''), name, role, coalesce(bank, ''), closed_on IS NOT NULL
		  FROM account
		 WHERE fund_id = $1
		 ORDER BY account_id`
	rows, err := tx.Query(ctx, query, fund)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Account])
}

// Accounts lists the accounts of a fund. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Accounts(ctx context.Context, a Actor, fund FundID) (list []Account, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		list, err = accountsOf(ctx, tx, fund)
		return err
	})
	return list, err
}

// AccountBalance is what stands on an account at the end of a day, in whole đồng.
type AccountBalance struct {
	Account
	Class   string // A asset, L liability, N fund balance and income, X expense
	Debits  money.VND
	Credits money.VND
}

// Balance is the amount on the account's own side: debits less credits for assets and expenses, credits less
// debits for the others.
func (b AccountBalance) Balance() money.VND {
	if b.Class == "A" || b.Class == "X" {
		return b.Debits.Sub(b.Credits)
	}
	return b.Credits.Sub(b.Debits)
}

// Balances gives every account's balance at the end of a day; the zero Date is now. Now costs one row per
// account, a date one row per account and day with movement, whatever the number of entries. The actor needs
// PermRead. Codes: not_found, unavailable.
func (l *Ledger) Balances(ctx context.Context, a Actor, fund FundID, on Date) (list []AccountBalance, err error) {
	const now = `SELECT account_id, debits, credits FROM balance WHERE fund_id = $1 AND $2::date IS NULL`
	const asOf = `
		SELECT account_id, sum(debits)::bigint, sum(credits)::bigint
		  FROM account_day
		 WHERE fund_id = $1 AND day <= $2
		 GROUP BY account_id`
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		if list, err = openBalances(ctx, tx, fund); err != nil {
			return err
		}
		query := asOf
		if on.IsZero() {
			query = now
		}
		rows, err := tx.Query(ctx, query, fund, on)
		if err != nil {
			return err
		}
		return addSides(rows, list)
	})
	return list, err
}

// openBalances lists the accounts with nothing on them yet.
func openBalances(ctx context.Context, tx pgx.Tx, fund FundID) ([]AccountBalance, error) {
	const query = `
		SELECT account_id, coalesce(code, ''), name, role, coalesce(bank, ''), closed_on IS NOT NULL, class
		  FROM account
		 WHERE fund_id = $1
		 ORDER BY account_id`
	rows, err := tx.Query(ctx, query, fund)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b AccountBalance, err error) {
		err = row.Scan(&b.ID, &b.Code, &b.Name, &b.Role, &b.Bank, &b.Closed, &b.Class)
		b.Debits, b.Credits = money.Dong(0), money.Dong(0)
		return b, err
	})
}

func addSides(rows pgx.Rows, list []AccountBalance) error {
	var id int32
	var debits, credits int64
	_, err := pgx.ForEachRow(rows, []any{&id, &debits, &credits}, func() error {
		for i := range list {
			if list[i].ID == id {
				list[i].Debits, list[i].Credits = money.Dong(debits), money.Dong(credits)
			}
		}
		return nil
	})
	return err
}
