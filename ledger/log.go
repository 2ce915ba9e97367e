package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"sovang/ledger/proof"
)

// AllFunds is the log over all funds' checkpoints. It has no books: Checkpoint, Prove, Tile and the like take it as
// they take a fund.
const AllFunds FundID = -1

const (
	logPause  = 500 * time.Millisecond // between looks for new entries: a receipt is provable within a second
	heldFor   = time.Minute            // between alarms of one log that was tampered with
	tileBatch = 500                    // subtree roots built in one transaction: about half a second
)

// logState is what the builder of the logs holds in memory.
type logState struct {
	keys *Keys // nil: this program signs nothing
	mu   sync.Mutex
	busy map[FundID]chan struct{} // one builder per log in this program; others wait and take its checkpoint
}

// turn waits for the log's builder; the function it gives ends the turn.
func (s *logState) turn(ctx context.Context, log FundID) (func(), error) {
	s.mu.Lock()
	if s.busy == nil {
		s.busy = map[FundID]chan struct{}{}
	}
	c := s.busy[log]
	if c == nil {
		c = make(chan struct{}, 1)
		s.busy[log] = c
	}
	s.mu.Unlock()
	select {
	case c <- struct{}{}:
		return func() { <-c }, nil
	case <-ctx.Done():
		return nil, &Error{Code: CodeUnavailable, err: ctx.Err()}
	}
}

// LogKeys are the keys in use; nil when this program signs nothing.
func (l *Ledger) LogKeys() *Keys { return l.logs.keys }

// logHead is where a log and its newest checkpoint stand.
type logHead struct {
	code   string
	size   int64  // leaves
	newest int64  // size of the newest checkpoint; 0: none yet
	note   string // that checkpoint
}

func readLogHead(ctx context.Context, tx pgx.Tx, log FundID) (h logHead, err error) {
	const query = `
		SELECT coalesce((SELECT code FROM fund WHERE fund_id = $1), ''), s.size, coalesce(c.size, 0), coalesce(c.note, '')
		  FROM (SELECT log_size($1) AS size) AS s
		  LEFT JOIN (SELECT size, note FROM checkpoint WHERE fund_id = $1 ORDER BY size DESC LIMIT 1) AS c ON true
		 WHERE s.size IS NOT NULL`
	err = tx.QueryRow(ctx, query, log).Scan(&h.code, &h.size, &h.newest, &h.note)
	return h, none(err)
}

// readLog is the read door to what is public of a log: hashes, checkpoints, canonical bytes. They hold no personal
// data, and so there is no actor.
func (l *Ledger) readLog(ctx context.Context, log FundID, do func(pgx.Tx) error) error {
	return l.read(ctx, fmt.Sprint(int32(log)), do)
}

// logID finds a log by its fund's code; "" is the log over all funds.
func (l *Ledger) logID(ctx context.Context, code string) (FundID, error) {
	if code == "" {
		return AllFunds, nil
	}
	return l.fundID(ctx, code)
}

// Checkpoint gives a signed checkpoint that covers every entry committed before the call, making one when the newest
// does not. Anybody may ask; it needs the keys. It signs nothing that does not continue its last checkpoint.
// Codes: not_found (no such log, or an empty one), wrong_state (no keys; the log was tampered with), unavailable.
func (l *Ledger) Checkpoint(ctx context.Context, log FundID) (signed string, size int64, err error) {
	if l.logs.keys == nil {
		return "", 0, &Error{Code: CodeWrongState, Field: "key", Reason: "missing"}
	}
	done, err := l.logs.turn(ctx, log)
	if err != nil {
		return "", 0, err
	}
	defer done()
	var h logHead
	err = l.readLog(ctx, log, func(tx pgx.Tx) (err error) {
		h, err = readLogHead(ctx, tx, log)
		return err
	})
	if err == nil && h.size == 0 {
		err = &Error{Code: CodeNotFound}
	}
	if err != nil || h.newest == h.size {
		return h.note, h.newest, err
	}
	if err := l.buildTiles(ctx, log, h); err != nil {
		return "", 0, err
	}
	root, err := l.rootOf(ctx, log, h)
	if err != nil {
		return "", 0, err
	}
	if signed, err = l.logs.keys.checkpoint(h.code, h.size, root); err != nil {
		return "", 0, err
	}
	err = l.pool.QueryRow(ctx, `SELECT newest, newest_note FROM checkpoint_apply($1, $2, $3)`, log, h.size, signed).Scan(&size, &signed)
	return signed, size, fromPg(err)
}

// buildTiles adds the subtree roots that a log has come to need since its newest checkpoint.
func (l *Ledger) buildTiles(ctx context.Context, log FundID, h logHead) error {
	if h.size>>tileHeight == h.newest>>tileHeight {
		return nil
	}
	for {
		var added int
		if err := l.pool.QueryRow(ctx, `SELECT tile_build($1, $2)`, log, tileBatch).Scan(&added); err != nil {
			return fromPg(err)
		}
		if added < tileBatch {
			return nil
		}
	}
}

// rootOf computes the root at the log's size, and refuses when the newest checkpoint's own root does not come out
// any more: then somebody changed what it covers.
func (l *Ledger) rootOf(ctx context.Context, log FundID, h logHead) (root tlog.Hash, err error) {
	err = l.readLog(ctx, log, func(tx pgx.Tx) (err error) {
		tiles := tileReader{ctx: ctx, tx: tx, log: log}
		if root, err = tlog.TreeHash(h.size, &tiles); err != nil || h.newest == 0 {
			return err
		}
		last, err := proof.PeekCheckpoint(h.note)
		if err != nil {
			return err
		}
		before, err := tlog.TreeHash(h.newest, &tiles)
		if err != nil {
			return err
		}
		if before != tlog.Hash(last.Root) {
			slog.ErrorContext(ctx, "the log does not continue its last checkpoint", "fund", int(log), "size", h.newest)
			return &Error{Code: CodeWrongState, Field: "log", Reason: "changed"}
		}
		return nil
	})
	return root, err
}

// BuildLogs keeps every log's checkpoint within a second of its entries, until the context ends. A server runs it
// once; several servers on one database may. A look costs one query while nothing moves.
func (l *Ledger) BuildLogs(ctx context.Context) {
	tick := time.NewTicker(logPause)
	defer tick.Stop()
	held := map[int32]time.Time{}
	for l.logs.keys != nil {
		if err := l.buildMoved(ctx, held); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "logs not built", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// buildMoved makes checkpoints of the logs that moved, and then of the log over them. One that fails is told and
// hinders no other; one that was tampered with is held back and told again each minute.
func (l *Ledger) buildMoved(ctx context.Context, held map[int32]time.Time) error {
	var moved []int32
	if err := l.pool.QueryRow(ctx, `SELECT logs_moved()`).Scan(&moved); err != nil {
		return fromPg(err)
	}
	moved = slices.DeleteFunc(moved, func(log int32) bool { return time.Since(held[log]) < heldFor })
	if len(moved) == 0 {
		return nil
	}
	for _, log := range moved {
		_, size, err := l.Checkpoint(ctx, FundID(log))
		if CodeOf(err) == CodeWrongState {
			held[log] = time.Now()
		}
		if cut := size - size%CutEvery; err == nil && cut > 0 {
			err = l.Cut(ctx, FundID(log), cut)
		}
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "no checkpoint", "fund", int(log), "error", err)
		}
	}
	if _, err := l.pool.Exec(ctx, `SELECT parent_append($1)`, moved); err != nil {
		return fromPg(err)
	}
	_, _, err := l.Checkpoint(ctx, AllFunds)
	if CodeOf(err) == CodeNotFound {
		return nil // no fund has a checkpoint yet
	}
	return err
}
