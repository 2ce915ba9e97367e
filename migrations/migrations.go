// Package migrations is the database's own half of the rules: numbered SQL files, forward only.
//
// A file is called 00001_noun.sql, numbered from 1 without a gap, and is never edited once it is on main: a
// later file changes what an earlier one made. Each file runs as one transaction: a failing one leaves
// nothing behind. The SHA-256 of each file is written down in the transaction that applies it, in
// migration.checksum, which only who migrates can read; a database whose files were other than the
// program's, or that is newer than the program, is refused before anything is touched.
//
// The same files run on plain PostgreSQL 15 or newer and on Citus. What Citus wants said at the start of
// each transaction is said here, once, by the runner, and not in the files.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed *.sql
var files embed.FS

// What Up and Check refuse; test with errors.Is.
var (
	ErrFiles    = errors.New("migrations: the files are not a gapless series")
	ErrChecksum = errors.New("migrations: the database was made by other files than this program's")
	ErrNewer    = errors.New("migrations: the database is newer than this program")
)

// lockID is the session lock that keeps two migrating programs apart. Any constant will do.
const lockID int64 = 0x534F56414E47 // "SOVANG"

var fileName = regexp.MustCompile(`^([0-9]{5})_[a-z][a-z0-9_]*\.sql$`)

// step is one file.
type step struct {
	version int64
	name    string
	body    string
	sum     [sha256.Size]byte
}

// Version is the newest migration that this program carries.
func Version() int64 {
	steps, err := load(files)
	if err != nil {
		panic(err) // a test holds the embedded files to Check
	}
	return int64(len(steps))
}

// Check says whether the .sql files at the root of fsys are numbered 1, 2, 3 … without gap or double and
// are named in the one form. It answers ErrFiles.
func Check(fsys fs.FS) error {
	_, err := load(fsys)
	return err
}

// Up brings the database to Version and returns; a database that is there already is left as it is. The
// login must be able to create roles and be the database's owner, or a superuser. Callers at the same time,
// in one program or several, wait for each other. It answers ErrChecksum, ErrNewer, or what PostgreSQL said
// with the file and line; the files before the failing one stay applied.
func Up(ctx context.Context, dsn string) error { return up(ctx, dsn, files) }

func up(ctx context.Context, dsn string, fsys fs.FS) error {
	steps, err := load(fsys)
	if err != nil {
		return err
	}
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("migrations: database address: %w", err)
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	defer conn.Close() // ends the session, and with it the lock
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, lockID); err != nil {
		return fmt.Errorf("migrations: wait for the lock: %w", err)
	}
	return errors.Join(upLocked(ctx, db, conn, steps), unlock(ctx, conn))
}

// unlock releases the lock also when the caller has given up.
func unlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, lockID)
	return err
}

func upLocked(ctx context.Context, db *sql.DB, conn *sql.Conn, steps []step) error {
	if err := compare(ctx, conn, steps); err != nil {
		return err
	}
	gooses := make([]*goose.Migration, len(steps))
	for i, s := range steps {
		gooses[i] = goose.NewGoMigration(s.version, &goose.GoFunc{RunTx: s.run}, nil)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, nil, goose.WithGoMigrations(gooses...),
		goose.WithTableName("migration.applied"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err = p.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// compare makes the table of checksums where it is missing, and holds what it says against the files.
func compare(ctx context.Context, conn *sql.Conn, steps []step) error {
	const prepare = `
		CREATE SCHEMA IF NOT EXISTS migration;
		CREATE TABLE IF NOT EXISTS migration.checksum (
		    version    bigint NOT NULL CONSTRAINT checksum_key PRIMARY KEY CONSTRAINT checksum_from_1 CHECK (version >= 1),
		    name       text NOT NULL,
		    sha256     bytea NOT NULL,
		    applied_at timestamptz NOT NULL DEFAULT now()
		)`
	var there bool
	err := conn.QueryRowContext(ctx, `SELECT to_regclass('migration.checksum') IS NOT NULL`).Scan(&there)
	if err == nil && !there {
		_, err = conn.ExecContext(ctx, prepare)
	}
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	rows, err := conn.QueryContext(ctx, `SELECT version, name, sha256 FROM migration.checksum ORDER BY version`)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var version int64
		var name string
		var sum []byte
		if err := rows.Scan(&version, &name, &sum); err != nil {
			return fmt.Errorf("migrations: %w", err)
		}
		if version > int64(len(steps)) {
			return fmt.Errorf("%w: it has %s, the program ends at %05d", ErrNewer, name, len(steps))
		}
		if s := steps[version-1]; string(sum) != string(s.sum[:]) {
			return fmt.Errorf("%w: %s was applied with SHA-256 %x, the program's %s has %x", ErrChecksum, name, sum, s.name, s.sum)
		}
	}
	return rows.Err()
}

// run applies one file and writes its checksum down, in goose's transaction. Without arguments pgx sends the
// whole file as one message. A file may end as another role than it began with; RESET ROLE goes back.
func (s step) run(ctx context.Context, tx *sql.Tx) error {
	for _, setting := range []string{
		`SET LOCAL citus.enable_unsafe_triggers = on`,            // Citus wants each as a message of its own;
		`SET LOCAL citus.multi_shard_modify_mode = 'sequential'`, // plain PostgreSQL accepts and ignores both
		`SET LOCAL search_path = public`,
	} {
		if _, err := tx.ExecContext(ctx, setting); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, s.body); err != nil {
		return fmt.Errorf("%s%s: %w", s.name, s.line(err), err)
	}
	if _, err := tx.ExecContext(ctx, `RESET ROLE`); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO migration.checksum (version, name, sha256) VALUES ($1, $2, $3)`,
		s.version, s.name, s.sum[:])
	return err
}

// line says where in the file PostgreSQL stumbled, when it told.
func (s step) line(err error) string {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Position <= 0 {
		return ""
	}
	line, left := 1, int(pg.Position)-1 // counted in characters
	for b := s.body; left > 0 && b != ""; left-- {
		r, size := utf8.DecodeRuneInString(b)
		if r == '\n' {
			line++
		}
		b = b[size:]
	}
	return ":" + strconv.Itoa(line)
}

// load reads the files in order and refuses a gap, a double and a name of another form.
func load(fsys fs.FS) ([]step, error) {
	names, err := fs.Glob(fsys, "*.sql") // sorted
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: there are none", ErrFiles)
	}
	var steps []step
	for i, name := range names {
		m := fileName.FindStringSubmatch(path.Base(name))
		if m == nil {
			return nil, fmt.Errorf("%w: %q is not named like 00001_noun.sql", ErrFiles, name)
		}
		version, _ := strconv.ParseInt(m[1], 10, 64) // five digits always fit
		if version != int64(i+1) {
			return nil, fmt.Errorf("%w: %s stands where %05d belongs", ErrFiles, name, i+1)
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step{version: version, name: name, body: string(body), sum: sha256.Sum256(body)})
	}
	return steps, nil
}
