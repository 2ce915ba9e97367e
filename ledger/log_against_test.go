package ledger_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
	"sovang/migrations/localpg/pgtest"
)

// logKeys sign for every installation of this file: a forger who holds the machine holds them too.
func logKeys(t testing.TB) *ledger.Keys {
	t.Helper()
	k, err := ledger.NewKeys("so-vang.test/log")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// books opens a database that may be damaged: nothing checks it when the test ends.
func books(t testing.TB, app string, keys *ledger.Keys) *ledgertest.Fixture {
	t.Helper()
	l, err := ledger.Open(t.Context(), app, ledger.Options{Keys: keys, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return &ledgertest.Fixture{Ledger: l, T: t, AppDSN: app, Fund: 1}
}

// published is what an inspector took home: a checkpoint and the leaves under it.
func published(t testing.TB, f *ledgertest.Fixture) (signed string, leaves [][32]byte) {
	t.Helper()
	signed, size, err := f.Checkpoint(t.Context(), f.Fund)
	if err != nil {
		t.Fatal(err)
	}
	for n := int64(0); n*256 < size; n++ {
		data, err := f.Tile(t.Context(), "HD", tilePath("0", n, min(256, size-n*256)))
		if err != nil {
			t.Fatal(err)
		}
		for ; len(data) > 0; data = data[32:] {
			leaves = append(leaves, [32]byte(data[:32]))
		}
	}
	return signed, leaves
}

// found is what a comparison names, one line each.
func found(t testing.TB, f *ledgertest.Fixture, signed string, leaves [][32]byte) (list []string) {
	t.Helper()
	problems, err := f.VerifyAgainst(t.Context(), f.Fund, signed, leaves)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		list = append(list, p.Row+" "+p.Rule)
	}
	return list
}

// C14: a superuser with the disk in hand edits the log under a published checkpoint.
func TestC14ThePublishedCheckpointNamesWhatWasDone(t *testing.T) {
	t.Parallel()
	admin, app := pgtest.New(t)
	f := books(t, app, logKeys(t))
	f.Fund = f.OpenFund("HD", ledger.LevelProvince)
	for range 7 { // 7 × 40 entries and the opening: a checkpoint after each
		giveMany(t, f, f.Fund, 40)
		if _, _, err := f.Checkpoint(t.Context(), f.Fund); err != nil {
			t.Fatal(err)
		}
	}
	signed, leaves := published(t, f)
	giveMany(t, f, f.Fund, 10) // growth is no damage
	c := connect(t, admin)
	if _, err := c.Exec(t.Context(), loose); err != nil {
		t.Fatal(err)
	}
	const onEntry = ` WHERE fund_id = %d AND entry_no `
	for _, tt := range []struct {
		name, damage string
		exact, about []string
	}{
		{"nothing", ``, nil, nil},
		{"one byte of entry 100", `UPDATE entry SET canonical = set_byte(canonical, 300, 0)` + onEntry + `= 100`,
			[]string{"entry 100 changed"}, []string{"entries 81 to 120 changed"}},
		{"an entry beyond the checkpoint", `UPDATE entry SET canonical = set_byte(canonical, 300, 0)` + onEntry + `= 285`, nil, nil},
		{"the tail", `DELETE FROM entry` + onEntry + `>= 270`,
			[]string{"entries 270 to 280 removed"}, []string{"entries 270 to 280 removed"}},
		{"two entries swapped", `UPDATE entry e SET canonical = o.canonical FROM entry o WHERE e.fund_id = %d AND o.fund_id = e.fund_id
			AND e.entry_no IN (5, 6) AND o.entry_no = 11 - e.entry_no`,
			[]string{"entry 5 moved", "entry 6 moved"}, []string{"entries 0 to 40 changed"}},
		{"the last entry of a stretch", `UPDATE entry SET canonical = '\x01'` + onEntry + `= 40`,
			[]string{"entry 40 changed"}, []string{"entries 0 to 40 changed"}},
		{"the last entry covered", `UPDATE entry SET canonical = '\x01'` + onEntry + `= 280`,
			[]string{"entry 280 changed"}, []string{"entries 241 to 280 changed"}},
		{"all entries", `DELETE FROM entry` + onEntry + `>= 0`,
			[]string{"entries 0 to 280 removed"}, []string{"entries 0 to 280 removed"}},
	} {
		inTransaction(t, c, tt.damage, f, func() {
			if got := found(t, f, signed, leaves); !slices.Equal(got, tt.exact) {
				t.Errorf("%s, with the leaves: %q, want %q", tt.name, got, tt.exact)
			}
			if got := found(t, f, signed, nil); !slices.Equal(got, tt.about) {
				t.Errorf("%s, with the checkpoint alone: %q, want %q", tt.name, got, tt.about)
			}
		})
	}
}

// inTransaction does damage, lets the ledger look, and puts the entries back.
func inTransaction(t *testing.T, c *pgx.Conn, damage string, f *ledgertest.Fixture, look func()) {
	t.Helper()
	run := func(sql string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if damage == "" {
		look()
		return
	}
	run(`CREATE TABLE before AS SELECT * FROM entry`)
	run(fmt.Sprintf(damage, int32(f.Fund)))
	look()
	run(`DELETE FROM entry; INSERT INTO entry (fund_id, entry_no, recorded_at, reverses, effective_on, actor, line_count, kind,
		key, request_hash, canonical) SELECT fund_id, entry_no, recorded_at, reverses, effective_on, actor, line_count, kind,
		key, request_hash, canonical FROM before; DROP TABLE before`)
}

// C14: who changes an entry gets no signature on it either.
func TestC14NothingIsSignedThatDoesNotContinueTheLog(t *testing.T) {
	t.Parallel()
	admin, app := pgtest.New(t)
	f := books(t, app, logKeys(t))
	f.Fund = f.OpenFund("HD", ledger.LevelProvince)
	giveMany(t, f, f.Fund, 10)
	if _, _, err := f.Checkpoint(t.Context(), f.Fund); err != nil {
		t.Fatal(err)
	}
	ledgertest.Exec(t, admin, `ALTER TABLE entry DISABLE TRIGGER append_only`)
	ledgertest.Exec(t, admin, `UPDATE entry SET canonical = '\x01' WHERE fund_id = 1 AND entry_no = 3`)
	giveMany(t, f, f.Fund, 1)
	if _, _, err := f.Checkpoint(t.Context(), f.Fund); ledger.CodeOf(err) != ledger.CodeWrongState {
		t.Errorf("signed: %v", err)
	}
}

// C27: an older backup is restored, and the books go on from there.
func TestC27AnOldBackupIsAFork(t *testing.T) {
	t.Parallel()
	keys := logKeys(t)
	app, backup := restored(t, keys)
	now, old := books(t, app, keys), books(t, backup, keys)
	witness := ledgertest.New(t)
	giveMany(t, now, 1, 30)
	signed, leaves := published(t, now)
	body, err := now.Growth(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := witness.Cosign(t.Context(), keys.Verifiers("HD"), body); err != nil {
		t.Fatal(err)
	}

	for _, kept := range [][][32]byte{leaves, nil} {
		if got := found(t, old, signed, kept); !slices.Equal(got, []string{"entries 21 to 50 removed"}) {
			t.Errorf("the backup as it is: %q", got)
		}
	}
	giveMany(t, old, 1, 40) // others than were lost
	again, _, err := old.Checkpoint(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := found(t, old, signed, nil); !slices.Equal(got, []string{"entries 21 to 50 changed"}) {
		t.Errorf("the backup after new gifts: %q", got)
	}
	if got := found(t, old, signed, leaves); len(got) != 30 || got[0] != "entry 21 changed" {
		t.Errorf("the backup after new gifts, with the leaves: %q", got)
	}
	if report, err := old.Verify(t.Context(), nil); err != nil || !report.OK {
		t.Errorf("in itself the restored database is whole: %v, %v", report.Problems, err)
	}
	body, err = old.Growth(t.Context(), 1, 51)
	if err != nil {
		t.Fatal(err)
	}
	if got := refused(t, witness, keys.Verifiers("HD"), body); got != "wrong_state fork" {
		t.Errorf("the witness on %s: %q", again, got)
	}
	if got := found(t, now, signed, leaves); got != nil {
		t.Errorf("the right database: %q", got)
	}
}

// restored makes a database with 21 entries, all under a checkpoint, and a copy of it.
func restored(t *testing.T, keys *ledger.Keys) (app, backup string) {
	t.Helper()
	_, app = pgtest.New(t)
	l, err := ledger.Open(t.Context(), app, ledger.Options{Keys: keys, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	f := &ledgertest.Fixture{Ledger: l, T: t}
	fund := f.OpenFund("HD", ledger.LevelProvince)
	giveMany(t, f, fund, 20)
	if _, _, err := l.Checkpoint(t.Context(), fund); err != nil {
		t.Fatal(err)
	}
	l.Close() // a database is copied while nobody is in it
	from, err := pgx.ParseConfig(app)
	if err != nil {
		t.Fatal(err)
	}
	server, err := pgtest.Server()
	if err != nil {
		t.Fatal(err)
	}
	name := from.Database + "_backup"
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.Clone(ctx, from.Database, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Drop(context.WithoutCancel(ctx), name); err != nil {
			t.Error(err)
		}
	})
	return app, server.DSN(name)
}

func TestACheckpointThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	giveMany(t, f, f.Fund, 3)
	signed, leaves := published(t, f)
	for _, tt := range []struct {
		name, signed string
		leaves       [][32]byte
		keys         []string
		want         string
	}{
		{"as it is", signed, leaves, nil, ""},
		{"with the poster's key", signed, nil, f.LogKeys().Verifiers("HD"), ""},
		{"another key", signed, nil, otherKeys(t, "so-vang.test/log", "HD"), "wrong_key"},
		{"another fund's key", signed, nil, f.LogKeys().Verifiers("HP"), "other_log"},
		{"no checkpoint", "x", nil, nil, "malformed"},
		{"one leaf too few", signed, leaves[:len(leaves)-1], nil, "root"},
		{"leaves in another order", signed, [][32]byte{leaves[1], leaves[0], leaves[2], leaves[3]}, nil, "root"},
		{"more leaves than it covers", signed, append(slices.Clone(leaves), [32]byte{}), nil, ""},
	} {
		problems, err := f.VerifyAgainst(t.Context(), f.Fund, tt.signed, tt.leaves, tt.keys...)
		var e *ledger.Error
		if len(problems) > 0 || (err == nil) != (tt.want == "") || err != nil && (!errorsAs(err, &e) || e.Reason != tt.want) {
			t.Errorf("%s: %v, %v, want %q", tt.name, problems, err, tt.want)
		}
	}
	if _, err := f.VerifyAgainst(t.Context(), 4711, signed, nil); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Error(err)
	}
	if c, err := proof.PeekCheckpoint(signed); err != nil || c.Size != 4 {
		t.Errorf("%+v, %v", c, err)
	}
}
