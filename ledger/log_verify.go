package ledger

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

const (
	leafChunk       = 8_192 // leaves read at once: 256 kB
	checkpointChunk = 1_000 // checkpoints read at once: 300 kB
)

// verifyLogs derives from the leaves what was kept of the trees over them, and names what does not agree: subtree
// roots, checkpoints and their signatures, the log over all funds, and what was cosigned. Memory grows by one
// hash for 256 entries.
func verifyLogs(ctx context.Context, tx pgx.Tx, keys *Keys, funds []Fund, report *Report) error {
	logs := append([]Fund{{ID: AllFunds}}, funds...)
	for _, f := range logs {
		v := logVerifier{ctx: ctx, tx: tx, log: f.ID, code: f.Code, keys: keys, report: report}
		if err := v.run(); err != nil {
			return fmt.Errorf("verify log of fund %d: %w", f.ID, err)
		}
	}
	v := logVerifier{ctx: ctx, tx: tx, log: AllFunds, keys: keys, report: report}
	if err := v.parentLeaves(); err != nil {
		return err
	}
	if err := v.witnessed(); err != nil {
		return err
	}
	return v.strays()
}

// logVerifier checks one log.
type logVerifier struct {
	ctx    context.Context
	tx     pgx.Tx
	log    FundID
	code   string
	keys   *Keys // nil: signatures are not looked at
	report *Report

	tree   proof.Tree
	levels []proof.Tree       // the tile that grows at each level
	roots  map[int][][32]byte // level, from 1 -> the roots of its full subtrees
	window []keptCheckpoint   // the next checkpoints that the tree has not come to yet
	made   int64
	newest int64
}

type keptCheckpoint struct {
	size int64
	note string
}

func (v *logVerifier) problem(table, row, rule string) {
	code := v.code
	if v.log == AllFunds {
		code = "all"
	}
	if len(v.report.Problems) < maxProblems {
		v.report.Problems = append(v.report.Problems, Problem{code, table, row, rule})
	}
}

func (v *logVerifier) run() error {
	v.roots = map[int][][32]byte{}
	if err := v.more(); err != nil {
		return err
	}
	err := eachLeaf(v.ctx, v.tx, v.log, func(leaf [32]byte) error {
		v.tree.Add(leaf)
		v.grow(0, leaf)
		return v.reached()
	})
	if err != nil {
		return err
	}
	for len(v.window) > 0 {
		v.problem("checkpoint", sizeRow(v.window[0].size), "beyond_the_log")
		v.made, v.newest, v.window = v.made+1, v.window[0].size, v.window[1:]
		if err := v.more(); err != nil {
			return err
		}
	}
	if err := v.tileRoots(); err != nil {
		return err
	}
	return v.head()
}

func sizeRow(size int64) string { return fmt.Sprintf("size %d", size) }

// eachLeaf hands over the leaves of a log in order, read in chunks.
func eachLeaf(ctx context.Context, tx pgx.Tx, log FundID, do func(leaf [32]byte) error) error {
	query := `SELECT leaf_hash FROM entry WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3 ORDER BY entry_no`
	if log == AllFunds {
		query = `SELECT hash FROM parent_leaf WHERE fund_id = $1 AND n >= $2 AND n < $3 ORDER BY n`
	}
	for from := int64(0); ; from += leafChunk {
		rows, err := tx.Query(ctx, query, log, from, from+leafChunk)
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
		if err != nil {
			return err
		}
		for _, b := range list {
			var leaf [32]byte
			copy(leaf[:], b) // of another length only when it was changed: then its root is another
			if err := do(leaf); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			return nil
		}
	}
}

// grow puts a hash into the tile of its level; a full one is a hash of the level above.
func (v *logVerifier) grow(level int, hash [32]byte) {
	if level == len(v.levels) {
		v.levels = append(v.levels, proof.Tree{})
	}
	t := &v.levels[level]
	if t.Add(hash); t.Size() < tileWidth {
		return
	}
	root := t.Root()
	*t = proof.Tree{}
	v.roots[level+1] = append(v.roots[level+1], root)
	v.grow(level+1, root)
}

// more reads the next checkpoints when the last ones are used up.
func (v *logVerifier) more() error {
	if len(v.window) > 0 {
		return nil
	}
	const query = `SELECT size, note FROM checkpoint WHERE fund_id = $1 AND size > $2 ORDER BY size LIMIT $3`
	rows, err := v.tx.Query(v.ctx, query, v.log, v.newest, checkpointChunk)
	if err != nil {
		return err
	}
	v.window, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (k keptCheckpoint, err error) {
		err = row.Scan(&k.size, &k.note)
		return k, err
	})
	return err
}

// reached compares the checkpoint at the tree's present size, if there is one.
func (v *logVerifier) reached() error {
	for len(v.window) > 0 && v.window[0].size <= v.tree.Size() {
		v.checkpoint(v.window[0])
		v.made, v.newest, v.window = v.made+1, v.window[0].size, v.window[1:]
		if err := v.more(); err != nil {
			return err
		}
	}
	return nil
}

func (v *logVerifier) checkpoint(k keptCheckpoint) {
	c, err := proof.PeekCheckpoint(k.note)
	switch {
	case err != nil || c.Size != k.size || !strings.HasSuffix(c.Origin, v.code):
		v.problem("checkpoint", sizeRow(k.size), "note")
		return
	case c.Size != v.tree.Size() || c.Root != v.tree.Root():
		v.problem("checkpoint", sizeRow(k.size), "root")
	}
	if v.keys == nil {
		return
	}
	if _, err := proof.ParseCheckpoint(k.note, v.keys.Verifiers(v.code)...); err != nil {
		v.problem("checkpoint", sizeRow(k.size), "signature")
	}
}

// tileRoots compares the kept subtree roots with those that came out. Some may not be kept yet; all that the newest
// checkpoint covers must be.
func (v *logVerifier) tileRoots() error {
	have := map[int]int64{}
	rows, err := v.tx.Query(v.ctx, `SELECT level, n, hash FROM tile_root WHERE fund_id = $1 ORDER BY level, n`, v.log)
	if err != nil {
		return err
	}
	var level int
	var n int64
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&level, &n, &hash}, func() error {
		row := fmt.Sprintf("level %d tile %d", level, n)
		switch {
		case n != have[level] || n >= int64(len(v.roots[level])):
			v.problem("tile_root", row, "stray_rows")
		case !bytes.Equal(hash, v.roots[level][n][:]):
			v.problem("tile_root", row, "hash")
		}
		have[level]++
		return nil
	})
	for level := 1; v.newest>>(tileHeight*level) > 0; level++ {
		if have[level] < v.newest>>(tileHeight*level) {
			v.problem("tile_root", fmt.Sprintf("level %d", level), "missing")
		}
	}
	return err
}

// head compares the builder's row with the checkpoints.
func (v *logVerifier) head() error {
	var size, made int64
	err := v.tx.QueryRow(v.ctx, `SELECT size, made FROM log_head WHERE fund_id = $1`, v.log).Scan(&size, &made)
	if err != nil && err != pgx.ErrNoRows {
		return err
	}
	if size != v.newest {
		v.problem("log_head", "size", "not_the_log")
	}
	if made != v.made {
		v.problem("log_head", "made", "not_the_log")
	}
	return nil
}

// parentLeaves compares the leaves of the log over all funds with the checkpoints that they are hashes of.
func (v *logVerifier) parentLeaves() error {
	const query = `
		SELECT p.n, p.of_fund, p.size, p.hash, coalesce(c.note, '')
		  FROM parent_leaf p
		  LEFT JOIN checkpoint c ON c.fund_id = p.of_fund AND c.size = p.size
		 WHERE p.fund_id = -1
		 ORDER BY p.n`
	rows, err := v.tx.Query(v.ctx, query)
	if err != nil {
		return err
	}
	var n, size, next int64
	var fund int32
	var hash []byte
	var signed string
	last := map[int32]int64{}
	_, err = pgx.ForEachRow(rows, []any{&n, &fund, &size, &hash, &signed}, func() error {
		text, _, _ := strings.Cut(signed, "\n\n")
		leaf := proof.Leaf([]byte(text + "\n"))
		if n != next || size <= last[fund] {
			v.problem("parent_leaf", fmt.Sprintf("leaf %d", n), "gap")
		}
		if !bytes.Equal(leaf[:], hash) {
			v.problem("parent_leaf", fmt.Sprintf("leaf %d", n), "not_a_checkpoint")
		}
		last[fund], next = size, n+1
		return nil
	})
	return err
}

// witnessed compares what was cosigned with its own signature.
func (v *logVerifier) witnessed() error {
	rows, err := v.tx.Query(v.ctx, `SELECT origin, size, note FROM witnessed WHERE fund_id = 0`)
	if err != nil {
		return err
	}
	var origin, signed string
	var size int64
	_, err = pgx.ForEachRow(rows, []any{&origin, &size, &signed}, func() error {
		c, err := proof.PeekCheckpoint(signed)
		if err == nil && v.keys != nil {
			_, err = proof.Cosigned(signed, v.keys.WitnessKey())
		}
		if err != nil || c.Origin != origin || c.Size != size {
			v.problem("witnessed", origin, "note")
		}
		return nil
	})
	return err
}

// strays finds rows of a log that is not there.
func (v *logVerifier) strays() error {
	const query = `
		SELECT 'log_head', fund_id FROM log_head AS t
		 WHERE fund_id <> -1 AND NOT EXISTS (SELECT FROM fund f WHERE f.fund_id = t.fund_id)
		 UNION
		SELECT 'tile_root', fund_id FROM tile_root AS t
		 WHERE fund_id <> -1 AND NOT EXISTS (SELECT FROM fund f WHERE f.fund_id = t.fund_id)
		 UNION
		SELECT 'checkpoint', fund_id FROM checkpoint AS t
		 WHERE fund_id <> -1 AND NOT EXISTS (SELECT FROM fund f WHERE f.fund_id = t.fund_id)
		 UNION
		SELECT 'parent_leaf', fund_id FROM parent_leaf WHERE fund_id <> -1
		 UNION
		SELECT 'witnessed', fund_id FROM witnessed WHERE fund_id <> 0`
	rows, err := v.tx.Query(v.ctx, query)
	if err != nil {
		return err
	}
	var table string
	var fund int32
	_, err = pgx.ForEachRow(rows, []any{&table, &fund}, func() error {
		v.problem(table, fmt.Sprintf("fund %d", fund), "no_fund")
		return nil
	})
	return err
}
