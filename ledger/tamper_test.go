package ledger_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// C14, the short form: a superuser changes each column of one row of each table, with every guard off, and Verify
// must name it. The columns come from the catalog, so that a new one cannot be forgotten.

// unseen columns say nothing that the log could contradict; each has its reason.
var unseen = map[string]string{
	"app_user.password":        "a secret that enters no log",
	"unit.*":                   "shared data of the migrations",
	"chart.*":                  "shared data of the migrations",
	"chart_account.*":          "shared data of the migrations; each fund's accounts are compared with its own log",
	"account_role.*":           "shared data of the migrations",
	"access_log.*":             "its digest enters the log with the hourly seal, an operation that does not exist yet",
	"session.*":                "no part of the books",
	"fund.valid_to":            "nothing ends a fund yet: the hand-over will write it into the log",
	"fund.successor":           "as valid_to",
	"fund_head.closed_through": "nothing closes a period yet: the close will write it into the log",
	"fund_head.state":          "as closed_through",
	"account.closed_on":        "nothing closes an account yet",
	"user_role.ended_by":       "compared through the open roles",
	"user_role.entry_no":       "compared through the open roles",
}

type cell struct{ table, column, kind string }

func cells(t *testing.T, c *pgx.Conn) []cell {
	t.Helper()
	rows, err := c.Query(t.Context(), `
		SELECT r.relname, a.attname, format_type(a.atttypid, NULL)
		  FROM pg_class r
		  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		 WHERE r.relnamespace = 'public'::regnamespace AND r.relkind IN ('r', 'p') AND NOT r.relispartition
		 ORDER BY r.relname, a.attnum`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x cell, err error) {
		err = row.Scan(&x.table, &x.column, &x.kind)
		return x, err
	})
	if err != nil || len(list) < 100 {
		t.Fatalf("%d columns, %v", len(list), err)
	}
	return list
}

// another is an expression for a value other than the column's own.
func another(c cell) string {
	col := pgx.Identifier{c.column}.Sanitize()
	switch c.kind {
	case "integer", "bigint", "smallint", "numeric":
		if c.column == "sign" {
			return "-" + col
		}
		return "coalesce(" + col + ", 0) + 1"
	case "character":
		return "chr(65 + ascii(" + col + ") % 26)"
	case "text":
		return fmt.Sprintf("CASE WHEN %[1]s IS NULL OR %[1]s = '' THEN 'x' ELSE overlay(%[1]s PLACING chr(65 + (ascii(%[1]s) %% 26)) FROM 1 FOR 1) || 'q' END", col)
	case "bytea":
		return "set_byte(" + col + ", 0, get_byte(" + col + ", 0) # 1)"
	case "date":
		return "coalesce(" + col + ", '2022-07-27') + 1"
	case "timestamp with time zone":
		return col + " + interval '1 microsecond'"
	case "boolean":
		return "NOT " + col
	case "uuid":
		return "overlay(" + col + "::text PLACING CASE WHEN right(" + col + "::text, 1) = '0' THEN '1' ELSE '0' END FROM 36)::uuid"
	}
	return ""
}

// loose takes every guard off a copy of the database, as somebody with the disk in hand could.
const loose = `
	DO $$
	DECLARE
	    c record;
	BEGIN
	    SET LOCAL session_replication_role = replica;
	    FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
	              WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c', 'u', 'p') AND conparentid = 0
	                AND coninhcount = 0 ORDER BY contype IN ('u', 'p') LOOP
	        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.t, c.conname);
	    END LOOP;
	    FOR c IN SELECT tgrelid::regclass AS t, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0 LOOP
	        EXECUTE format('DROP TRIGGER %I ON %s', c.tgname, c.t);
	    END LOOP;
	END $$`

func TestC14EveryColumnThatASuperuserEditsIsNamed(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	full(t, f)
	c := connect(t, f.AdminDSN)
	if _, err := c.Exec(t.Context(), loose); err != nil {
		t.Fatal(err)
	}
	save(t, c)
	tried := 0
	for _, x := range cells(t, c) {
		if unseen[x.table+".*"] != "" || unseen[x.table+"."+x.column] != "" {
			continue
		}
		tried++
		name := x.table + "." + x.column
		damage := fmt.Sprintf(`UPDATE %[1]s SET %[2]s = %[3]s WHERE ctid = (SELECT max(ctid) FROM %[1]s WHERE %[4]s)
		                          AND tableoid = (SELECT max(tableoid) FROM %[1]s WHERE %[4]s)`,
			x.table, pgx.Identifier{x.column}.Sanitize(), another(x), rowsOf(x, f.Fund))
		check(t, f, c, x.table, name, damage)
	}
	if tried < 100 {
		t.Errorf("only %d columns were tried", tried)
	}
	for _, what := range []struct{ table, damage string }{
		{"entry", `DELETE FROM entry WHERE fund_id = %d AND entry_no = (SELECT max(entry_no) FROM entry WHERE fund_id = %[1]d)`},
		{"entry", `DELETE FROM entry WHERE fund_id = %d AND entry_no = 3`},
		{"posting", `DELETE FROM posting WHERE fund_id = %d AND entry_no = (SELECT min(entry_no) FROM posting WHERE fund_id = %[1]d)`},
		{"document", `DELETE FROM document WHERE fund_id = %d AND series = 'PT' AND number = 2`},
		{"donation", `DELETE FROM donation WHERE fund_id = %d AND method = 'goods'`},
		{"receipt_void", `DELETE FROM receipt_void WHERE fund_id = %d AND replaced`},
		{"approval", `DELETE FROM approval WHERE fund_id = %d AND approved`},
		{"giver", `DELETE FROM giver WHERE fund_id = %d AND line = 2`},
		{"balance", `DELETE FROM balance WHERE fund_id = %d AND debits > 0`},
		{"account_day", `DELETE FROM account_day WHERE fund_id = %d`},
		{"series", `DELETE FROM series WHERE fund_id = %d`},
		{"posting", `INSERT INTO posting SELECT fund_id, entry_no, line + 1, debit_account, credit_account, effective_on, purpose_id, amount, sign FROM posting WHERE fund_id = %d LIMIT 1`},
		{"entry_person", `UPDATE entry_person p SET said = q.said FROM entry_person q WHERE p.fund_id = %d AND q.fund_id = p.fund_id AND p.entry_no <> q.entry_no AND p.said LIKE '%%payer%%' AND q.said LIKE '%%payer%%'`},
	} {
		check(t, f, c, what.table, what.damage, fmt.Sprintf(what.damage, int32(f.Fund)))
	}
}

// rowsOf picks the rows to damage: the fund's own where the table has them.
func rowsOf(x cell, fund ledger.FundID) string {
	switch x.table {
	case "app_user", "user_role":
		if x.table == "user_role" {
			return "ended_by IS NULL"
		}
		return "true"
	case "parent_leaf", "witnessed":
		return "true"
	case "account_day", "balance", "purpose_balance":
		return fmt.Sprintf("fund_id = %d AND debits > 0", fund)
	}
	return fmt.Sprintf("fund_id = %d", fund)
}

// check does the damage, asks Verify, and puts the table back.
func check(t *testing.T, f *ledgertest.Fixture, c *pgx.Conn, table, name, damage string) {
	t.Helper()
	ctx := t.Context()
	tag, err := c.Exec(ctx, damage)
	switch {
	case err != nil:
		t.Errorf("%s: the damage failed: %v", name, err)
	case tag.RowsAffected() == 0:
		t.Errorf("%s: there was no row to damage", name)
	default:
		report, err := f.Verify(ctx, nil)
		if err == nil && report.OK {
			t.Errorf("%s: changed, and Verify did not see it", name)
		}
	}
	columns := ""
	for _, x := range cells(t, c) {
		if x.table == table {
			columns += ", " + pgx.Identifier{x.column}.Sanitize()
		}
	}
	back := fmt.Sprintf(`DELETE FROM public.%[1]s; INSERT INTO public.%[1]s (%[2]s) SELECT %[2]s FROM saved.%[1]s`, table, columns[2:])
	if _, err := c.Exec(ctx, back); err != nil {
		t.Fatal(err)
	}
}

// save keeps a copy of every table.
func save(t *testing.T, c *pgx.Conn) {
	t.Helper()
	if _, err := c.Exec(t.Context(), `CREATE SCHEMA saved`); err != nil {
		t.Fatal(err)
	}
	for _, x := range tables(t, c) {
		if x.name != x.parent {
			continue
		}
		if _, err := c.Exec(t.Context(), fmt.Sprintf(`CREATE TABLE saved.%[1]s AS TABLE public.%[1]s`, x.name)); err != nil {
			t.Fatal(err)
		}
	}
}
