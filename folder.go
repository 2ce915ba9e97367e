package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"sovang/ledger"
	"sovang/migrations"
	"sovang/migrations/localpg"
)

// databaseName is the books' database in the private cluster.
const databaseName = "sovang"

// database is where the books are, and the cluster when this program started it.
type database struct {
	server             *localpg.Server // nil: another program's cluster, or DATABASE_URL
	app, admin, reader string
}

// close stops the cluster that this program started.
func (d *database) close() error {
	if d.server == nil {
		return nil
	}
	return d.server.Stop()
}

// folder is the data folder: the flag's, or the usual place with suffix behind its name. The demonstration has
// a folder of its own, so that its data never mixes with real ones.
func (m *Main) folder(flag, suffix string) (string, error) {
	if flag != "" {
		return filepath.Abs(flag)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/sovang" + suffix, nil
	}
	if dir := m.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "sovang"+suffix), nil
	}
	if home := m.Getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "share", "sovang"+suffix), nil
	}
	return "", misused("không biết đặt dữ liệu ở đâu: hãy cho biết thư mục bằng --data")
}

// start opens the books as the one program that serves them: it starts the cluster, makes the database and
// brings it to this program's version. A database behind DATABASE_URL is migrated by "sovang migrate" alone,
// since the login of a server may not be allowed to.
func (m *Main) start(ctx context.Context, folder string) (*database, error) {
	if dsn := m.Getenv("DATABASE_URL"); dsn != "" {
		return &database{app: dsn, admin: dsn, reader: dsn}, nil
	}
	s, err := localpg.Start(ctx, folder, localpg.Options{})
	if err != nil {
		return nil, err
	}
	d := &database{server: s, app: s.DSN(databaseName), admin: s.AdminDSN(databaseName), reader: s.ReaderDSN(databaseName)}
	if err = s.Create(ctx, databaseName); err == nil {
		err = migrations.Up(ctx, d.admin)
	}
	if err != nil {
		_ = s.Stop() // the first error is the one to tell
		return nil, err
	}
	return d, nil
}

// reachLimit is how long a command waits for another program that is starting or stopping the cluster.
const reachLimit = 30 * time.Second

// reach opens books that are there already, for a command that comes and goes: beside a running server, or by
// starting the cluster for a while.
func (m *Main) reach(ctx context.Context, folder string) (*database, error) {
	if m.Getenv("DATABASE_URL") != "" {
		return m.start(ctx, folder)
	}
	if _, err := os.Stat(filepath.Join(folder, "pg")); err != nil {
		return nil, fail("Thư mục %s chưa có dữ liệu Sổ Vàng. Hãy tạo bằng lệnh: sovang migrate --data %s", folder, folder)
	}
	for deadline := time.Now().Add(reachLimit); ; {
		d, err := m.beside(ctx, folder)
		if errors.Is(err, localpg.ErrNotRunning) {
			d, err = m.start(ctx, folder)
		}
		if !passing(err) || time.Now().After(deadline) {
			return d, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// beside connects to the cluster that another program runs.
func (m *Main) beside(ctx context.Context, folder string) (*database, error) {
	a, err := localpg.Running(folder)
	if err != nil {
		return nil, err
	}
	d := &database{app: a.DSN(databaseName), admin: a.AdminDSN(databaseName), reader: a.ReaderDSN(databaseName)}
	c, err := pgx.Connect(ctx, d.reader)
	if err != nil {
		return nil, err
	}
	return d, c.Close(ctx)
}

// SQLSTATEs of a cluster that another program is starting or stopping.
const (
	stateNotNow = "57P03" // cannot_connect_now
	stateNoDB   = "3D000" // invalid_catalog_name: not created yet
)

// passing says that the next look may find another state of things.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == stateNotNow || pg.Code == stateNoDB
	}
	return errors.Is(err, localpg.ErrInUse)
}

// withLedger runs do on the books of a folder and closes everything behind it.
func (m *Main) withLedger(ctx context.Context, data string, do func(*ledger.Ledger) error) error {
	return m.withOptions(ctx, data, ledger.Options{MaxConns: 4}, do)
}

func (m *Main) withOptions(ctx context.Context, data string, o ledger.Options, do func(*ledger.Ledger) error) error {
	folder, err := m.folder(data, "")
	if err != nil {
		return err
	}
	d, err := m.reach(ctx, folder)
	if err != nil {
		return err
	}
	err = openLedger(ctx, d.app, o, do)
	if stopErr := d.close(); err == nil {
		err = stopErr
	}
	return err
}

// withKeys is withLedger with the keys that sign, which must be there.
func (m *Main) withKeys(ctx context.Context, data string, f signFlag, do func(*ledger.Ledger) error) error {
	folder, err := m.folder(data, "")
	if err != nil {
		return err
	}
	keys, err := f.have(m, folder)
	if err != nil {
		return err
	}
	return m.withOptions(ctx, data, ledger.Options{MaxConns: 4, Keys: keys}, do)
}

// withKnownKeys is withLedger with the keys of the data folder, when there are any.
func (m *Main) withKnownKeys(ctx context.Context, data string, do func(*ledger.Ledger) error) error {
	o := ledger.Options{MaxConns: 4}
	if folder, err := m.folder(data, ""); err == nil {
		o.Keys, _ = signFlag{}.have(m, folder) // who may not read the keys goes without
	}
	return m.withOptions(ctx, data, o, do)
}

// openLedger runs do on a ledger that is closed again.
func openLedger(ctx context.Context, dsn string, o ledger.Options, do func(*ledger.Ledger) error) error {
	l, err := ledger.Open(ctx, dsn, o)
	if err != nil {
		return err
	}
	defer l.Close()
	return do(l)
}

// fundByCode finds a fund by what people call it.
func fundByCode(ctx context.Context, l *ledger.Ledger, code string) (ledger.Fund, error) {
	funds, err := l.Funds(ctx, ledger.Operator)
	if err != nil {
		return ledger.Fund{}, err
	}
	for _, f := range funds {
		if f.Code == code {
			return f, nil
		}
	}
	return ledger.Fund{}, fail("Không có quỹ nào mang mã %q. Xem mã các quỹ trên trang web hoặc bằng sovang psql.", code)
}

// userByLogin finds an account by its login.
func userByLogin(ctx context.Context, l *ledger.Ledger, login string) (ledger.User, error) {
	users, err := l.Users(ctx, ledger.Operator)
	if err != nil {
		return ledger.User{}, err
	}
	for _, u := range users {
		if u.Login == login {
			return u, nil
		}
	}
	return ledger.User{}, fail("Không có tài khoản %q. Xem danh sách: sovang user list", login)
}
