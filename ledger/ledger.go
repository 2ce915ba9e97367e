package ledger

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Limits of the package, in one place.
const (
	maxName        = 200              // characters of a name of a person, purpose, campaign
	maxAddress     = 300              // characters
	maxMemo        = 500              // characters of a content line; banks cut at 269
	maxReason      = 500              // characters of a reason for a reversal or a void
	maxGoods       = 50               // lines of goods in one gift
	maxGivers      = 10_000           // lines of one roster
	maxBatch       = 1_000            // gifts in one batch call
	maxPage        = 200              // rows of one page of a list
	maxWaiting     = 4_000            // commands waiting for one fund; more are told "busy"
	maxShared      = 256              // commands in one transaction: more gain nothing and make the first ones wait
	maxBulk        = 5_000            // gifts of a bulk in one transaction: a clerk of the same fund waits for one of them
	maxAttempts    = 12               // times a write looks again after the head has moved under it
	statementLimit = 30 * time.Second // a statement that takes longer is a fault, not work
	lockLimit      = 10 * time.Second // and so is a wait for one fund's lock
)

// Options are the ledger's seams. The zero value is right for a server.
type Options struct {
	Now      func() time.Time // the clock; recorded_at rises strictly whatever it says
	Random   io.Reader        // secrets and receipt codes
	MaxConns int32            // database connections; 0 = 16
	Keys     *Keys            // sign the log's checkpoints; nil: this program signs none
}

// Ledger is the one way to the books. It is safe for concurrent use; two of them, in two programs, on one
// database stay correct: the database lock decides.
type Ledger struct {
	pool   *pgxpool.Pool
	now    func() time.Time
	random io.Reader
	logs   logState

	codes   sync.Map // fund code -> FundID; a code never changes its fund
	mu      sync.Mutex
	queues  map[FundID]*queue
	drains  sync.WaitGroup // of queues
	closing bool
}

// Open connects to a migrated database as sovang_app, whatever login the address names.
func Open(ctx context.Context, dsn string, o Options) (*Ledger, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("ledger: database address: %w", err)
	}
	cfg.MaxConns = o.MaxConns
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 16
	}
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = "sovang"
	params["timezone"] = "UTC"
	params["statement_timeout"] = fmt.Sprint(statementLimit.Milliseconds())
	params["lock_timeout"] = fmt.Sprint(lockLimit.Milliseconds())
	params["idle_in_transaction_session_timeout"] = fmt.Sprint(statementLimit.Milliseconds())
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET ROLE sovang_app")
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("ledger: open: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("ledger: open: %w", err)
	}
	l := &Ledger{pool: pool, now: o.Now, random: o.Random, queues: map[FundID]*queue{}}
	l.logs.keys = o.Keys
	if l.now == nil {
		l.now = time.Now
	}
	if l.random == nil {
		l.random = rand.Reader
	}
	return l, nil
}

// Close posts what waits, waits for running calls and closes the connections. Calls that come later are refused.
func (l *Ledger) Close() {
	l.finish()
	l.pool.Close()
}

// Ping says whether the database answers.
func (l *Ledger) Ping(ctx context.Context) error { return fromPg(l.pool.Ping(ctx)) }

// read is the one read door: a snapshot in which row-level security shows the funds named and no others.
func (l *Ledger) read(ctx context.Context, funds string, do func(pgx.Tx) error) error {
	err := pgx.BeginTxFunc(ctx, l.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly},
		func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SELECT set_config('sovang.funds', $1, true)`, funds); err != nil {
				return err
			}
			return do(tx)
		})
	return fromPg(err)
}

// readOne runs one query as the read door does, in one round trip: a single statement is a snapshot of its own.
func (l *Ledger) readOne(ctx context.Context, funds string, scan func(pgx.Rows) error, query string, args ...any) error {
	b := &pgx.Batch{}
	b.Queue(`SELECT set_config('sovang.funds', $1, true)`, funds) // true: until the end of the pipeline
	b.Queue(query, args...)
	results := l.pool.SendBatch(ctx, b)
	defer results.Close()
	if _, err := results.Exec(); err != nil {
		return fromPg(err)
	}
	rows, err := results.Query()
	if err != nil {
		return fromPg(err)
	}
	if err := scan(rows); err != nil {
		return fromPg(err)
	}
	return fromPg(results.Close())
}

// readFund reads one fund in which the actor may read; another answers not_found, as if it were not there.
func (l *Ledger) readFund(ctx context.Context, a Actor, fund FundID, do func(pgx.Tx) error) error {
	if !a.Can(fund, PermRead) {
		return &Error{Code: CodeNotFound}
	}
	return l.read(ctx, fmt.Sprint(int32(fund)), do)
}

// none turns "no row" into not_found.
func none(err error) error {
	if err == pgx.ErrNoRows {
		return &Error{Code: CodeNotFound}
	}
	return err
}
