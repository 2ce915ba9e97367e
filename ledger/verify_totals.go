package ledger

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

// two are the debits and credits of something.
type two struct{ debits, credits int64 }

type accountPurpose struct {
	account int32
	purpose int64
}

type accountDate struct {
	account int32
	day     Date
}

// sideTotals adds postings up again, in Go, as nothing in the database did.
type sideTotals struct {
	account map[int32]two
	purpose map[accountPurpose]two
	day     map[accountDate]two
}

func newSideTotals() sideTotals {
	return sideTotals{map[int32]two{}, map[accountPurpose]two{}, map[accountDate]two{}}
}

func (s sideTotals) add(p proof.Posting, day Date, sign int64) {
	amount := sign * p.Amount
	put(s.account, p.Debit, two{amount, 0})
	put(s.account, p.Credit, two{0, amount})
	put(s.purpose, accountPurpose{p.Debit, int64(p.Purpose)}, two{amount, 0})
	put(s.purpose, accountPurpose{p.Credit, int64(p.Purpose)}, two{0, amount})
	put(s.day, accountDate{p.Debit, day}, two{amount, 0})
	put(s.day, accountDate{p.Credit, day}, two{0, amount})
}

func put[K comparable](m map[K]two, key K, t two) {
	sum := m[key]
	m[key] = two{sum.debits + t.debits, sum.credits + t.credits}
}

// totals compares the derived tables with the sums of the postings, both ways.
func (v *verifier) totals() error {
	if err := v.balances(); err != nil {
		return err
	}
	if err := v.purposeBalances(); err != nil {
		return err
	}
	if err := v.accountDays(); err != nil {
		return err
	}
	return v.purposes()
}

// compare takes one row off the sums; what is left over at the end has no row.
func compare[K comparable](v *verifier, m map[K]two, key K, got two, table, row string) {
	if m[key] != got {
		v.problem(table, row, "sum")
	}
	delete(m, key)
}

func leftOver[K comparable](v *verifier, m map[K]two, table string, name func(K) string) {
	for key, t := range m {
		if t != (two{}) {
			v.problem(table, name(key), "missing")
		}
	}
}

func (v *verifier) balances() error {
	const query = `
		SELECT b.account_id, b.debits, b.credits, b.floor, r.floor, a.class = r.class, b.closed = (a.closed_on IS NOT NULL)
		  FROM balance b
		  JOIN account a ON a.fund_id = b.fund_id AND a.account_id = b.account_id
		  JOIN account_role r ON r.role = a.role
		 WHERE b.fund_id = $1`
	var all two
	err := v.each(query, func(row pgx.CollectableRow) error {
		var id int32
		var t two
		var floor, wanted string
		var class, closed bool
		if err := row.Scan(&id, &t.debits, &t.credits, &floor, &wanted, &class, &closed); err != nil {
			return err
		}
		name := accountRow(id)
		all.debits, all.credits = all.debits+t.debits, all.credits+t.credits
		compare(v, v.sides.account, id, t, "balance", name)
		if floor != wanted {
			v.problem("balance", name, "floor")
		}
		if !class {
			v.problem("account", name, "class")
		}
		if !closed {
			v.problem("balance", name, "closed")
		}
		if wanted == "D" && t.debits < t.credits || wanted == "C" && t.credits < t.debits {
			v.problem("balance", name, "below_zero")
		}
		return nil
	})
	if all.debits != all.credits {
		v.problem("balance", "all", "debits_differ_from_credits")
	}
	leftOver(v, v.sides.account, "balance", accountRow)
	return err
}

func accountRow(id int32) string { return fmt.Sprintf("account %d", id) }

func (v *verifier) purposeBalances() error {
	// What the purposes received and spent is added from the same sums, before they are compared away.
	name := func(k accountPurpose) string { return fmt.Sprintf("account %d purpose %d", k.account, k.purpose) }
	left := map[accountPurpose]two{}
	for k, t := range v.sides.purpose {
		if k.purpose != 0 { // what is unrestricted is the rest, and has no row
			left[k] = t
		}
	}
	const query = `SELECT account_id, purpose_id, debits, credits FROM purpose_balance WHERE fund_id = $1`
	err := v.each(query, func(row pgx.CollectableRow) error {
		var k accountPurpose
		var t two
		if err := row.Scan(&k.account, &k.purpose, &t.debits, &t.credits); err != nil {
			return err
		}
		compare(v, left, k, t, "purpose_balance", name(k))
		return nil
	})
	leftOver(v, left, "purpose_balance", name)
	return err
}

func (v *verifier) accountDays() error {
	name := func(k accountDate) string { return fmt.Sprintf("account %d day %s", k.account, k.day) }
	const query = `SELECT account_id, day, debits, credits FROM account_day WHERE fund_id = $1`
	err := v.each(query, func(row pgx.CollectableRow) error {
		var k accountDate
		var t two
		if err := row.Scan(&k.account, &k.day, &t.debits, &t.credits); err != nil {
			return err
		}
		compare(v, v.sides.day, k, t, "account_day", name(k))
		return nil
	})
	leftOver(v, v.sides.day, "account_day", name)
	return err
}

// purposes compares each restriction with the income and the expense posted under it.
func (v *verifier) purposes() error {
	class := map[int32]string{}
	err := v.each(`SELECT account_id, class FROM account WHERE fund_id = $1`, func(row pgx.CollectableRow) error {
		var id int32
		var c string
		err := row.Scan(&id, &c)
		class[id] = c
		return err
	})
	if err != nil {
		return err
	}
	sums := map[int64]two{} // received as credits, spent as debits
	for k, t := range v.sides.purpose {
		if k.purpose == 0 {
			continue
		}
		switch class[k.account] {
		case "N":
			put(sums, k.purpose, two{0, t.credits - t.debits})
		case "X":
			put(sums, k.purpose, two{t.debits - t.credits, 0})
		}
	}
	name := func(id int64) string { return fmt.Sprintf("purpose %d", id) }
	const query = `SELECT purpose_id, spent, received, held, restricted FROM purpose WHERE fund_id = $1`
	err = v.each(query, func(row pgx.CollectableRow) error {
		var id, held int64
		var t two
		var restricted bool
		if err := row.Scan(&id, &t.debits, &t.credits, &held, &restricted); err != nil {
			return err
		}
		compare(v, sums, id, t, "purpose", name(id))
		if held != 0 {
			v.problem("purpose", name(id), "held_without_approval") // nothing holds money yet
		}
		if restricted != (id != 0) {
			v.problem("purpose", name(id), "restricted")
		}
		if restricted && t.credits-t.debits-held < 0 {
			v.problem("purpose", name(id), "below_zero")
		}
		return nil
	})
	leftOver(v, sums, "purpose", name)
	return err
}

// series compares the counters with the last numbers given out.
func (v *verifier) series() error {
	err := v.each(`SELECT series, year, next_no FROM series WHERE fund_id = $1`, func(row pgx.CollectableRow) error {
		var s seriesYear
		var next int64
		if err := row.Scan(&s.series, &s.year, &next); err != nil {
			return err
		}
		if v.numbers[s]+1 != next {
			v.problem("series", fmt.Sprintf("%s-%d", s.series, s.year), "next_no")
		}
		delete(v.numbers, s)
		return nil
	})
	for s := range v.numbers {
		v.problem("series", fmt.Sprintf("%s-%d", s.series, s.year), "missing")
	}
	return err
}

// logTables are the tables whose every row hangs on an entry.
var logTables = []string{"entry", "posting", "document", "entry_person", "donation", "donation_goods", "giver",
	"intent", "approval", "receipt_void", "donor"}

// strays finds rows that hang on no entry of the log.
func (v *verifier) strays() error {
	for _, table := range logTables {
		var many int64
		err := v.tx.QueryRow(v.ctx, `SELECT count(*) FROM `+pgx.Identifier{table}.Sanitize()+` WHERE fund_id = $1`, v.fund.ID).Scan(&many)
		if err != nil {
			return err
		}
		if many != v.rows[table] {
			v.problem(table, fmt.Sprintf("%d rows, %d in the log", many, v.rows[table]), "stray_rows")
		}
	}
	return nil
}
