package migrations_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"sovang/migrations/localpg/pgtest"
)

// The schema is ready to be distributed by fund: what Citus asks of it holds without Citus present. A large table
// is one with a fund_id; fund itself is small, shared, and copied to every node.

// distributionFaults is empty when the catalog keeps the rules.
const distributionFaults = `
	WITH large AS (
	    SELECT r.oid, r.relname
	      FROM pg_class r
	      JOIN pg_attribute f ON f.attrelid = r.oid AND f.attname = 'fund_id' AND f.atttypid = 'integer'::regtype AND NOT f.attisdropped
	     WHERE r.relnamespace = 'public'::regnamespace AND r.relkind IN ('r', 'p') AND r.relname <> 'fund'
	), first_column AS (
	    SELECT c.conrelid, c.conname, c.contype, c.confrelid, a.attname, c.condeferrable
	      FROM pg_constraint c
	      LEFT JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
	     WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'x', 'f')
	)
	SELECT 'a key of a large table does not start with fund_id: ' || l.relname || '.' || c.conname
	  FROM large l JOIN first_column c ON c.conrelid = l.oid
	 WHERE c.attname IS DISTINCT FROM 'fund_id'
	   AND NOT (c.contype = 'f' AND c.confrelid NOT IN (SELECT oid FROM large)) -- to a shared table
	 UNION ALL
	SELECT 'a unique index of a large table does not start with fund_id: ' || l.relname || '.' || i.indexrelid::regclass
	  FROM large l
	  JOIN pg_index i ON i.indrelid = l.oid AND i.indisunique
	  LEFT JOIN pg_attribute a ON a.attrelid = l.oid AND a.attnum = i.indkey[0]
	 WHERE a.attname IS DISTINCT FROM 'fund_id'
	 UNION ALL
	SELECT 'a large table has no primary key: ' || l.relname
	  FROM large l WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = l.oid AND c.contype = 'p')
	 UNION ALL
	SELECT 'a shared table points at a large one: ' || c.conrelid::regclass || '.' || c.conname
	  FROM first_column c
	 WHERE c.contype = 'f' AND c.confrelid IN (SELECT oid FROM large) AND c.conrelid NOT IN (SELECT oid FROM large)
	 UNION ALL
	SELECT 'a constraint is deferrable: ' || c.conrelid::regclass || '.' || c.conname
	  FROM first_column c WHERE c.condeferrable
	 UNION ALL
	SELECT 'a sequence: ' || r.relname
	  FROM pg_class r WHERE r.relnamespace = 'public'::regnamespace AND r.relkind = 'S'
	 UNION ALL
	SELECT 'a function that is not PL/pgSQL: ' || p.proname
	  FROM pg_proc p
	  JOIN pg_language g ON g.oid = p.prolang
	 WHERE p.pronamespace = 'public'::regnamespace AND g.lanname = 'sql'
	   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
	 UNION ALL
	SELECT 'an advisory lock in ' || p.proname
	  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosrc ~ 'pg_(try_)?advisory'
	 UNION ALL
	SELECT 'a function that everybody may run: ' || p.proname
	  FROM pg_proc p
	 WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('public', p.oid, 'EXECUTE')
	   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
	 UNION ALL
	SELECT 'a definer''s function with the caller''s search_path: ' || p.proname
	  FROM pg_proc p
	 WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
	   AND NOT coalesce(p.proconfig @> ARRAY['search_path=public, pg_temp'], false)
	 UNION ALL
	SELECT 'a large table without row-level security: ' || l.relname
	  FROM large l JOIN pg_class r ON r.oid = l.oid WHERE NOT r.relrowsecurity
	 UNION ALL
	SELECT 'a large table that can be truncated: ' || l.relname
	  FROM large l
	 WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = l.oid AND t.tgname = 'no_truncate' AND t.tgenabled = 'A')`

func faults(t *testing.T, c *pgx.Conn) []string {
	t.Helper()
	rows, err := c.Query(t.Context(), distributionFaults)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheSchemaIsReadyToBeDistributed(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.New(t)
	c, err := pgx.Connect(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, fault := range faults(t, c) {
		t.Error(fault)
	}
}

func TestEachMistakeAgainstDistributionIsCaught(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.New(t)
	for _, tt := range []struct{ name, mistake, caught string }{
		{"a primary key that starts elsewhere", `CREATE TABLE m (fund_id integer, n integer, PRIMARY KEY (n, fund_id))`, "does not start with fund_id: m.m_pkey"},
		{"a table without a key", `CREATE TABLE m (fund_id integer)`, "no primary key: m"},
		{"a unique constraint that starts elsewhere", `ALTER TABLE donor ADD CONSTRAINT once UNIQUE (donor_id, fund_id)`, "donor.once"},
		{"a partial unique index that starts elsewhere", `CREATE UNIQUE INDEX once ON purpose (purpose_id) WHERE restricted`, "purpose.once"},
		{"a unique index on an expression", `CREATE UNIQUE INDEX once ON purpose (lower(name))`, "purpose.once"},
		{"an exclusion that starts elsewhere", `ALTER TABLE campaign ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (daterange(starts_on, ends_on) WITH &&)`, "campaign.one_at_a_time"},
		{"a foreign key that starts elsewhere", `CREATE TABLE m (n integer, fund_id integer, PRIMARY KEY (fund_id, n), CONSTRAINT swapped FOREIGN KEY (n, fund_id) REFERENCES account (fund_id, account_id))`, "m.swapped"},
		{"a shared table that points at a large one", `CREATE TABLE m (f integer, a integer, CONSTRAINT to_account FOREIGN KEY (f, a) REFERENCES account)`, "m.to_account"},
		{"a deferrable constraint", `ALTER TABLE campaign ADD CONSTRAINT late UNIQUE (fund_id, name) DEFERRABLE`, "campaign.late"},
		{"a sequence", `CREATE TABLE m (n serial)`, "a sequence: m_n_seq"},
		{"a function in SQL", `CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM entry'`, "not PL/pgSQL: f"},
		{"an advisory lock", `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); END'`, "advisory lock in f"},
		{"a function for everybody", `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN END'`, "everybody may run: f"},
		{"a definer without a search_path", `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN END'`, "search_path: f"},
		{"no row-level security", `ALTER TABLE entry_3 DISABLE ROW LEVEL SECURITY`, "without row-level security: entry_3"},
		{"a partition without its guard", `DROP TRIGGER no_truncate ON posting_5`, "can be truncated: posting_5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := pgx.Connect(t.Context(), admin)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(t.Context())
			if _, err := c.Exec(t.Context(), `BEGIN; `+tt.mistake); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(faults(t, c), func(fault string) bool { return strings.HasSuffix(fault, tt.caught) }) {
				t.Errorf("not caught: %v", faults(t, c))
			}
		})
	}
}

var created = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)

// textFaults finds what only the text of a migration tells: a large table is handed to distribute (split does it
// too) while it is empty, and a column comes before its CHECK, in statements of their own.
func textFaults(sql string) (list []string) {
	for _, m := range created.FindAllStringSubmatchIndex(sql, -1) {
		name, body := sql[m[2]:m[3]], sql[m[4]:m[5]]
		if name == "fund" || !strings.Contains(body, "fund_id ") {
			continue
		}
		handed := regexp.MustCompile(`SELECT (distribute|split)\('` + name + `'\)`).FindStringIndex(sql)
		filled := regexp.MustCompile(`(?m)^INSERT INTO ` + name + `\b`).FindStringIndex(sql)
		if handed == nil || (filled != nil && filled[0] < handed[0]) {
			list = append(list, "not distributed while empty: "+name)
		}
	}
	for _, s := range regexp.MustCompile(`(?s)ALTER TABLE[^;]*ADD COLUMN[^;]*;`).FindAllString(sql, -1) {
		if strings.Contains(s, "CHECK") {
			list = append(list, "a column together with its CHECK")
		}
	}
	return list
}

func TestEachLargeTableIsDistributedWhileItIsEmpty(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range textFaults(string(text)) {
			t.Errorf("%s: %s", file, fault)
		}
	}
}

func TestAMistakeInTheTextOfAMigrationIsCaught(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"never handed over":  "CREATE TABLE m (\n    fund_id integer NOT NULL\n);",
		"filled before":      "CREATE TABLE m (\n    fund_id integer NOT NULL\n);\nINSERT INTO m VALUES (1);\nSELECT distribute('m');",
		"column and CHECK":   "ALTER TABLE entry ADD COLUMN n integer CHECK (n > 0);",
		"handed over to all": "CREATE TABLE m (\n    fund_id integer NOT NULL\n);\nSELECT distribute('another');",
	} {
		if len(textFaults(sql)) == 0 {
			t.Errorf("%s: not caught", name)
		}
	}
}
