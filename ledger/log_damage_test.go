package ledger_test

import (
	"fmt"
	"slices"
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
	"sovang/migrations/localpg/pgtest"
)

// C14: what is kept of the tree over the entries is derived again, and Verify says where it does not agree. The
// damage is done with every guard off; some of it by somebody who holds the signing key as well.
func TestC14VerifyNamesEachDamageToTheLog(t *testing.T) {
	t.Parallel()
	admin, app := pgtest.New(t)
	keys := logKeys(t)
	f := books(t, app, keys)
	f.AdminDSN = admin
	f.Fund = f.OpenFund("HD", ledger.LevelProvince)
	for range 3 {
		giveMany(t, f, f.Fund, 200)
		build(t, f)
	}
	body := growth(t, f, 0)
	if _, err := f.Cosign(t.Context(), keys.Verifiers("HD"), body); err != nil {
		t.Fatal(err)
	}
	other, otherKey := otherNote(t, f)
	c := connect(t, admin)
	run := func(sql string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	run(loose)
	const entryColumns = `fund_id, entry_no, recorded_at, reverses, effective_on, actor, line_count, kind, key, request_hash, canonical`
	for _, tt := range []struct{ name, table, damage, want string }{
		{"a subtree root changed", "tile_root", `UPDATE tile_root SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE n = 1`,
			"HD tile_root level 1 tile 1 hash"},
		{"a subtree root gone", "tile_root", `DELETE FROM tile_root WHERE fund_id = 1 AND n = 1`, "HD tile_root level 1 missing"},
		{"a subtree root too many", "tile_root", `INSERT INTO tile_root SELECT fund_id, level, 2, hash FROM tile_root WHERE n = 1`,
			"HD tile_root level 1 tile 2 stray_rows"},
		{"a subtree root of another level", "tile_root", `UPDATE tile_root SET level = 2 WHERE n = 1`, "HD tile_root level 1 missing"},
		{"a checkpoint gone", "checkpoint", `DELETE FROM checkpoint WHERE fund_id = 1 AND size = 401`, "HD log_head made not_the_log"},
		{"the newest checkpoint gone", "checkpoint", `DELETE FROM checkpoint WHERE fund_id = 1 AND size = 601`, "HD log_head size not_the_log"},
		{"a checkpoint of another size", "checkpoint", `UPDATE checkpoint SET size = 400 WHERE fund_id = 1 AND size = 401`,
			"HD checkpoint size 400 note"},
		{"a checkpoint beyond the entries", "checkpoint", `UPDATE checkpoint SET size = 4000 WHERE fund_id = 1 AND size = 401`,
			"HD checkpoint size 4000 beyond_the_log"},
		{"a checkpoint signed by another", "checkpoint",
			fmt.Sprintf(`UPDATE checkpoint SET note = %s WHERE fund_id = 1 AND size = 601`, quoted(otherKey)), "HD checkpoint size 601 signature"},
		{"a checkpoint of another root, with the key", "checkpoint",
			fmt.Sprintf(`UPDATE checkpoint SET note = %s WHERE fund_id = 1 AND size = 601`, quoted(other)), "HD checkpoint size 601 root"},
		{"the builder's row", "log_head", `UPDATE log_head SET size = size - 1 WHERE fund_id = 1`, "HD log_head size not_the_log"},
		{"the builder's row gone", "log_head", `DELETE FROM log_head WHERE fund_id = 1`, "HD log_head made not_the_log"},
		{"a log of no fund", "log_head", `INSERT INTO log_head VALUES (4711)`, "all log_head fund 4711 no_fund"},
		{"a leaf of the log over all", "parent_leaf", `UPDATE parent_leaf SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE n = 1`,
			"all parent_leaf leaf 1 not_a_checkpoint"},
		{"two leaves swapped", "parent_leaf", `UPDATE parent_leaf SET n = 1 - n WHERE n < 2`, "all parent_leaf leaf 1 gap"},
		{"the last leaf gone", "parent_leaf", `DELETE FROM parent_leaf WHERE n = 2`, "all checkpoint size 3 beyond_the_log"},
		{"what was witnessed", "witnessed", `UPDATE witnessed SET note = replace(note, E'\n601\n', E'\n600\n'), size = 600`,
			"all witnessed so-vang.test/log/HD note"},
		{"an entry", "entry", `UPDATE entry SET canonical = set_byte(canonical, 300, 0) WHERE fund_id = 1 AND entry_no = 300`,
			"HD checkpoint size 401 root"},
	} {
		columns := "*"
		if tt.table == "entry" {
			columns = entryColumns
		}
		run(fmt.Sprintf(`CREATE TABLE kept AS SELECT %s FROM %s`, columns, tt.table))
		run(tt.damage)
		report, err := f.Verify(t.Context(), nil)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if !slices.ContainsFunc(report.Problems, func(p ledger.Problem) bool {
			return tt.want == fmt.Sprintf("%s %s %s %s", p.Fund, p.Table, p.Row, p.Rule)
		}) {
			t.Errorf("%s: %v, want %q", tt.name, report.Problems, tt.want)
		}
		into := ""
		if tt.table == "entry" {
			into = "(" + entryColumns + ")"
		}
		run(fmt.Sprintf(`DELETE FROM %[1]s; INSERT INTO %[1]s %[2]s SELECT * FROM kept; DROP TABLE kept`, tt.table, into))
	}
	if report, err := f.Verify(t.Context(), nil); err != nil || !report.OK {
		t.Errorf("put back: %v, %v", report.Problems, err)
	}
}

func quoted(s string) string { return "$note$" + s + "$note$" }

// otherNote is the checkpoint of another log of the same name and size: signed with the same key, and the true root
// signed with another.
func otherNote(t *testing.T, f *ledgertest.Fixture) (otherRoot, otherKey string) {
	t.Helper()
	_, app := pgtest.New(t)
	two := books(t, app, f.LogKeys())
	two.Fund = two.OpenFund("HD", ledger.LevelProvince)
	giveMany(t, two, two.Fund, 600)
	otherRoot, _, err := two.Checkpoint(t.Context(), two.Fund)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := f.Published(t.Context(), "HD")
	if err != nil {
		t.Fatal(err)
	}
	c, err := proof.PeekCheckpoint(signed)
	if err != nil || c.Size != 601 {
		t.Fatalf("%+v, %v", c, err)
	}
	_, app = pgtest.New(t)
	three := books(t, app, logKeys(t))
	three.Fund = three.OpenFund("HD", ledger.LevelProvince)
	giveMany(t, three, three.Fund, 600)
	foreign, _, err := three.Checkpoint(t.Context(), three.Fund)
	if err != nil {
		t.Fatal(err)
	}
	return otherRoot, c.Text() + foreign[len(c.Text()):] // texts of one name and size are of one length
}
