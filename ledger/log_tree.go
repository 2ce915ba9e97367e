package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"sovang/ledger/proof"
)

const (
	tileHeight = 8               // levels of the tree in one tile (c2sp.org/tlog-tiles)
	tileWidth  = 1 << tileHeight // hashes in a full tile
)

// tileAt names a tile; its width is how much of it is wanted.
type tileAt struct {
	level int
	n     int64
}

// tileReader reads hashes of one log within one snapshot, by the tiles that hold them: a path or a root takes one or
// two tiles of each level and so at most two times 256 hashes for each factor of 256 in the log's size.
type tileReader struct {
	ctx  context.Context
	tx   pgx.Tx
	log  FundID
	held map[tileAt][]byte // what was read so far
}

// ReadHashes is what sumdb/tlog asks for: hashes by their storage index. One round trip.
func (r *tileReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	if r.held == nil {
		r.held = map[tileAt][]byte{}
	}
	want := map[tileAt]int{}
	for _, index := range indexes {
		t := tlog.TileForIndex(tileHeight, index)
		at := tileAt{t.L, t.N}
		if t.W*tlog.HashSize > len(r.held[at]) {
			want[at] = max(want[at], t.W)
		}
	}
	if err := r.fetch(want); err != nil {
		return nil, err
	}
	list := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		t := tlog.TileForIndex(tileHeight, index)
		hash, err := tlog.HashFromTile(t, r.held[tileAt{t.L, t.N}], index)
		if err != nil {
			return nil, err
		}
		list[i] = hash
	}
	return list, nil
}

func (r *tileReader) fetch(want map[tileAt]int) error {
	if len(want) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	for at, width := range want {
		lo := at.n * tileWidth // the whole tile, as far as it is: the next proof may want more of it
		b.Queue(`SELECT log_hashes($1, $2, $3, $4)`, r.log, at.level, lo, lo+tileWidth).QueryRow(func(row pgx.Row) error {
			var data []byte
			if err := row.Scan(&data); err != nil {
				return err
			}
			if len(data) < width*tlog.HashSize {
				return fmt.Errorf("log of fund %d: level %d, tile %d is not whole", r.log, at.level, at.n)
			}
			r.held[at] = data
			return nil
		})
	}
	return r.tx.SendBatch(r.ctx, b).Close()
}

// ProofOf is the proof that an entry stands in its log, in the C2SP text form, with its canonical bytes: what a
// receipt carries. It leads to the first checkpoint that covered the entry, so that it is the same text each time it
// is asked for, for ever; when there is none yet, one is made now. Anybody may ask.
// Codes: not_found, wrong_state (see Checkpoint), unavailable.
func (l *Ledger) ProofOf(ctx context.Context, log FundID, entryNo int64) (string, error) {
	texts, err := l.ProofsOf(ctx, log, []int64{entryNo})
	return texts[entryNo], err
}

// ProofsOf is ProofOf for at most 1,000 entries of one log at once, by their numbers: a batch of receipts shares what
// is read of the tree. Codes: invalid (too many), and those of ProofOf.
func (l *Ledger) ProofsOf(ctx context.Context, log FundID, entries []int64) (map[int64]string, error) {
	if len(entries) > maxBatch {
		return nil, invalid("entries", "too_many")
	}
	texts, err := l.prove(ctx, log, entries, firstCover)
	if CodeOf(err) != CodeStale {
		return texts, err
	}
	if _, _, err := l.Checkpoint(ctx, log); err != nil {
		return nil, err
	}
	return l.proveNow(ctx, log, entries, firstCover)
}

// Prove is ProofOf in the newest checkpoint: that the entry stands in the log as it is today. Anybody may ask.
// Codes: not_found, wrong_state (see Checkpoint), unavailable.
func (l *Ledger) Prove(ctx context.Context, log FundID, entryNo int64) (string, error) {
	if _, _, err := l.Checkpoint(ctx, log); err != nil {
		return "", err
	}
	texts, err := l.proveNow(ctx, log, []int64{entryNo}, newestCover)
	return texts[entryNo], err
}

// The checkpoint in which each of the entries $2 is proven.
const (
	firstCover = `
		SELECT w.no, c.size, c.note
		  FROM unnest($2::bigint[]) AS w (no)
		 CROSS JOIN LATERAL (SELECT size, note FROM checkpoint WHERE fund_id = $1 AND size > w.no ORDER BY size LIMIT 1) AS c
		 WHERE w.no >= 0
		 ORDER BY w.no`
	newestCover = `
		SELECT w.no, c.size, c.note
		  FROM unnest($2::bigint[]) AS w (no)
		 CROSS JOIN LATERAL (SELECT size, note FROM checkpoint WHERE fund_id = $1 ORDER BY size DESC LIMIT 1) AS c
		 WHERE w.no >= 0 AND w.no < c.size
		 ORDER BY w.no`
)

// proveNow is prove after a checkpoint was made: what that does not cover is not there.
func (l *Ledger) proveNow(ctx context.Context, log FundID, entries []int64, cover string) (map[int64]string, error) {
	texts, err := l.prove(ctx, log, entries, cover)
	if CodeOf(err) == CodeStale {
		return nil, &Error{Code: CodeNotFound}
	}
	return texts, err
}

// prove writes each entry's proof. It answers stale when an entry has no checkpoint yet.
func (l *Ledger) prove(ctx context.Context, log FundID, entries []int64, cover string) (texts map[int64]string, err error) {
	texts = map[int64]string{}
	err = l.readLog(ctx, log, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, cover, log, entries)
		if err != nil {
			return err
		}
		sizes := map[int64]int64{}
		var list []proof.Proof
		var p proof.Proof
		var size int64
		_, err = pgx.ForEachRow(rows, []any{&p.Index, &size, &p.Checkpoint}, func() error {
			list, sizes[p.Index] = append(list, p), size
			return nil
		})
		if err != nil {
			return err
		}
		if len(list) < len(entries) {
			return &Error{Code: CodeStale}
		}
		tiles := &tileReader{ctx: ctx, tx: tx, log: log}
		bodies, err := bodiesOf(ctx, tx, log, entries)
		if err != nil {
			return err
		}
		for _, p := range list {
			path, err := tlog.ProveRecord(sizes[p.Index], p.Index, tiles)
			if err != nil {
				return err
			}
			p.Extra = bodies[p.Index]
			for _, h := range path {
				p.Path = append(p.Path, h)
			}
			texts[p.Index] = p.Text()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return texts, nil
}

// bodiesOf is leafBodies for single leaves, by their numbers.
func bodiesOf(ctx context.Context, tx pgx.Tx, log FundID, entries []int64) (map[int64][]byte, error) {
	bodies := map[int64][]byte{}
	if log == AllFunds {
		for _, no := range entries {
			list, err := leafBodies(ctx, tx, log, no, no+1)
			if err != nil {
				return nil, err
			}
			for _, body := range list {
				bodies[no] = body
			}
		}
		return bodies, nil
	}
	const query = `SELECT entry_no, canonical FROM entry WHERE fund_id = $1 AND entry_no = ANY ($2)`
	rows, err := tx.Query(ctx, query, log, entries)
	if err != nil {
		return nil, err
	}
	var no int64
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&no, &body}, func() error {
		bodies[no] = append([]byte(nil), body...)
		return nil
	})
	return bodies, err
}

// Growth is what a witness is asked with, the body of add-checkpoint: the newest checkpoint, and the proof that it
// continues the one of size old. Anybody may ask. Codes: not_found (there never was such a size), unavailable.
func (l *Ledger) Growth(ctx context.Context, log FundID, old int64) (text string, err error) {
	err = l.readLog(ctx, log, func(tx pgx.Tx) error {
		h, err := readLogHead(ctx, tx, log)
		if err != nil {
			return err
		}
		if old < 0 || old > h.newest || h.newest == 0 {
			return &Error{Code: CodeNotFound}
		}
		g := proof.Growth{Old: old, Checkpoint: h.note}
		if g.Path, err = consistency(ctx, tx, log, old, h.newest); err != nil {
			return err
		}
		text = g.Text()
		return nil
	})
	return text, err
}

// consistency proves that the tree of one size continues the tree of a smaller one.
func consistency(ctx context.Context, tx pgx.Tx, log FundID, old, size int64) (list [][32]byte, err error) {
	if old == 0 {
		return nil, nil
	}
	path, err := tlog.ProveTree(size, old, &tileReader{ctx: ctx, tx: tx, log: log})
	for _, h := range path {
		list = append(list, h)
	}
	return list, err
}

// leafBodies are what the leaves from..to-1 are hashes of: canonical bytes, or texts of checkpoints.
func leafBodies(ctx context.Context, tx pgx.Tx, log FundID, from, to int64) ([][]byte, error) {
	query := `SELECT canonical FROM entry WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3 ORDER BY entry_no`
	if log == AllFunds {
		query = `
			SELECT convert_to(split_part(c.note, E'\n\n', 1) || E'\n', 'UTF8')
			  FROM parent_leaf p
			  JOIN checkpoint c ON c.fund_id = p.of_fund AND c.size = p.size
			 WHERE p.fund_id = $1 AND p.n >= $2 AND p.n < $3
			 ORDER BY p.n`
		if _, err := tx.Exec(ctx, `SELECT set_config('sovang.funds', '*', true)`); err != nil {
			return nil, err // checkpoints of every fund are public
		}
	}
	rows, err := tx.Query(ctx, query, log, from, to)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[[]byte])
}
