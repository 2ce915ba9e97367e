package migrations_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"sovang/migrations"
	"sovang/migrations/localpg/pgtest"
)

// files is a series of migrations in memory.
func files(bodies map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, body := range bodies {
		fsys[name] = &fstest.MapFile{Data: []byte(body)}
	}
	return fsys
}

var three = map[string]string{
	"00001_first.sql":  `CREATE TABLE first (x integer); INSERT INTO first VALUES (1)`,
	"00002_second.sql": `CREATE TABLE second (x integer); DO $$ BEGIN PERFORM 1; END $$; INSERT INTO second VALUES (1), (2);`,
	"00003_third.sql":  "-- nothing but a comment\n",
}

// with is three with one file more, or another body for one that it has.
func with(name, body string) fstest.MapFS {
	all := maps.Clone(three)
	all[name] = body
	return files(all)
}

// without is three less one file.
func without(name string) fstest.MapFS {
	all := maps.Clone(three)
	delete(all, name)
	return files(all)
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// tables is what the schema public holds and how much of it, with the versions that are written down.
func tables(t *testing.T, dsn string) string {
	t.Helper()
	c := connect(t, dsn)
	var names, checksums, applied string
	for query, into := range map[string]*string{
		`SELECT coalesce(string_agg(tablename, ' ' ORDER BY tablename), '') FROM pg_tables WHERE schemaname = 'public'`: &names,
		`SELECT coalesce(string_agg(version::text, ' ' ORDER BY version), '') FROM migration.checksum`:                  &checksums,
		`SELECT string_agg(version_id::text, ' ' ORDER BY id) FROM migration.applied WHERE version_id > 0`:              &applied,
	} {
		var got *string
		if err := c.QueryRow(t.Context(), query).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != nil {
			*into = *got
		}
	}
	return fmt.Sprintf("%s; checksums %s; applied %s", names, checksums, applied)
}

func TestTheProgramsOwnFilesAreAGaplessSeries(t *testing.T) {
	t.Parallel()
	if migrations.Version() < 6 {
		t.Errorf("Version = %d", migrations.Version())
	}
	admin, _ := pgtest.New(t)
	var last int64
	err := connect(t, admin).QueryRow(t.Context(), `SELECT max(version) FROM migration.checksum`).Scan(&last)
	if err != nil || last != migrations.Version() {
		t.Errorf("a migrated database is at %d, %v; want %d", last, err, migrations.Version())
	}
}

func TestCheckRefusesWhatIsNotAGaplessSeries(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fsys fstest.MapFS
		ok   bool
	}{
		{"three files", files(three), true},
		{"one file more", with("00004_fourth.sql", ""), true},
		{"beside other kinds of file", with("readme.txt", ""), true},
		{"no file", fstest.MapFS{}, false},
		{"no first", without("00001_first.sql"), false},
		{"a gap", without("00002_second.sql"), false},
		{"a gap at the end", with("00005_fifth.sql", ""), false},
		{"a number twice", with("00002_again.sql", ""), false},
		{"a number from 0", with("00000_zero.sql", ""), false},
		{"a short number", with("0004_fourth.sql", ""), false},
		{"a long number", with("000004_fourth.sql", ""), false},
		{"no number", with("fourth.sql", ""), false},
		{"a capital", with("00004_Fourth.sql", ""), false},
		{"no noun", with("00004_.sql", ""), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := migrations.Check(tt.fsys)
			if tt.ok && err != nil || !tt.ok && !errors.Is(err, migrations.ErrFiles) {
				t.Errorf("Check = %v, want it to pass: %t", err, tt.ok)
			}
		})
	}
}

func TestUpTwiceAppliesEachFileOnce(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.Empty(t)
	for range 2 {
		if err := migrations.UpFrom(t.Context(), admin, files(three)); err != nil {
			t.Fatal(err)
		}
	}
	want := "first second; checksums 1 2 3; applied 1 2 3"
	if diff := cmp.Diff(want, tables(t, admin)); diff != "" {
		t.Error(diff)
	}
	if err := migrations.UpFrom(t.Context(), admin, with("00004_fourth.sql", `CREATE TABLE fourth ()`)); err != nil {
		t.Fatal(err)
	}
	want = "first fourth second; checksums 1 2 3 4; applied 1 2 3 4"
	if diff := cmp.Diff(want, tables(t, admin)); diff != "" {
		t.Error(diff)
	}
}

func TestUpByManyAtOnceAppliesEachFileOnce(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.Empty(t)
	slow := with("00002_second.sql", `SELECT pg_sleep(0.2); CREATE TABLE second ()`)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := migrations.UpFrom(t.Context(), admin, slow); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if diff := cmp.Diff("first second; checksums 1 2 3; applied 1 2 3", tables(t, admin)); diff != "" {
		t.Error(diff)
	}
}

func TestUpRefusesADatabaseOfOtherFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fsys fstest.MapFS
		want error
	}{
		{"a file was edited", with("00002_second.sql", three["00002_second.sql"]+" "), migrations.ErrChecksum},
		{"and another added", func() fstest.MapFS {
			fsys := with("00001_first.sql", `CREATE TABLE another ()`)
			fsys["00004_fourth.sql"] = &fstest.MapFile{Data: []byte(`CREATE TABLE fourth ()`)}
			return fsys
		}(), migrations.ErrChecksum},
		{"the last file is missing", without("00003_third.sql"), migrations.ErrNewer},
		{"a file in the middle is missing", without("00002_second.sql"), migrations.ErrFiles},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			admin, _ := pgtest.Empty(t)
			if err := migrations.UpFrom(t.Context(), admin, files(three)); err != nil {
				t.Fatal(err)
			}
			before := tables(t, admin)
			if err := migrations.UpFrom(t.Context(), admin, tt.fsys); !errors.Is(err, tt.want) {
				t.Errorf("Up = %v, want %v", err, tt.want)
			}
			if diff := cmp.Diff(before, tables(t, admin)); diff != "" {
				t.Errorf("the refused Up changed something:\n%s", diff)
			}
		})
	}
}

func TestAFailingFileLeavesNothing(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.Empty(t)
	broken := with("00002_second.sql", "CREATE TABLE second ();\n-- đ ơ n\nINSERT INTO nowhere VALUES (1);\n")
	err := migrations.UpFrom(t.Context(), admin, broken)
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "42P01" || !strings.Contains(err.Error(), "00002_second.sql:3") {
		t.Errorf("Up = %v, want an undefined table at line 3", err)
	}
	if diff := cmp.Diff("first; checksums 1; applied 1", tables(t, admin)); diff != "" {
		t.Error(diff)
	}
	if err := migrations.UpFrom(t.Context(), admin, files(three)); err != nil {
		t.Errorf("Up with the mended file: %v", err)
	}
}

func TestAFileThatEndsAsAnotherRoleIsWrittenDownAllTheSame(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.Empty(t)
	role := with("00004_fourth.sql", `SET LOCAL ROLE sovang; CREATE TEMPORARY TABLE mine ()`)
	if err := migrations.UpFrom(t.Context(), admin, role); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("first second; checksums 1 2 3 4; applied 1 2 3 4", tables(t, admin)); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFileRunsWithWhatCitusWants(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.Empty(t)
	said := with("00004_fourth.sql", `CREATE TABLE said AS SELECT current_setting('citus.enable_unsafe_triggers') AS triggers,
		current_setting('citus.multi_shard_modify_mode') AS mode`)
	if err := migrations.UpFrom(t.Context(), admin, said); err != nil {
		t.Fatal(err)
	}
	var triggers, mode string
	err := connect(t, admin).QueryRow(t.Context(), `SELECT triggers, mode FROM said`).Scan(&triggers, &mode)
	if err != nil || triggers != "on" || mode != "sequential" {
		t.Errorf("unsafe triggers %q, modify mode %q, %v", triggers, mode, err)
	}
}

func TestNobodyButTheMigratingLoginReadsTheChecksums(t *testing.T) {
	t.Parallel()
	_, app := pgtest.New(t)
	c := connect(t, app)
	for _, statement := range []string{
		`SET ROLE sovang_app`,
		`RESET ROLE`,
	} {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"migration.checksum", "migration.applied"} {
			var pg *pgconn.PgError
			_, err := c.Exec(t.Context(), `SELECT FROM `+table)
			if !errors.As(err, &pg) || pg.Code != "42501" {
				t.Errorf("after %s, reading %s: %v, want a refusal", statement, table, err)
			}
		}
	}
}

// Where a hosted database gives no superuser, its owner migrates, if he may make roles.
func TestAnOwnerWithoutSuperuserMayMigrate(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.Empty(t)
	c := connect(t, admin)
	login := "migrator_" + c.Config().Database
	for _, statement := range []string{
		`CREATE ROLE ` + login + ` LOGIN CREATEROLE`,
		`ALTER DATABASE ` + c.Config().Database + ` OWNER TO ` + login,
	} {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	dsn := strings.Replace(admin, "postgres@", login+"@", 1)
	for range 2 {
		if err := migrations.Up(t.Context(), dsn); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	if err := migrations.Up(t.Context(), "postgres://%zz"); err == nil {
		t.Error("Up took a broken address")
	}
}
