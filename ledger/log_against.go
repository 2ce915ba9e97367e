package ledger

import (
	"context"
	"fmt"
	"sort"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

// VerifyAgainst compares a log with a checkpoint that somebody kept outside: an inspector, a newspaper, a witness.
// Whoever holds the database, superuser or not, cannot change what that checkpoint covers without being found here.
// vkeys check the checkpoint's signature; without any the ledger's own keys do. published, if there is any, holds
// the leaves that were kept with it (the level-0 tiles, put together); then each entry that differs is named, and
// else the stretch between two checkpoints in which the first one does. Memory grows with published alone.
//
// It finds nothing wrong (no problems) when the log is the same or has grown. Else the rules are
//
//	removed  entries that the checkpoint covers are not there: cut off, or an older backup was restored
//	changed  an entry is another than was published: changed, or written anew after an older backup (a fork)
//	moved    an entry stands where another stood: reordered or swapped
//
// Codes: invalid (the checkpoint is refused; Reason as in Cosign; field "published" when the leaves are not its own),
// not_found, unavailable.
func (l *Ledger) VerifyAgainst(ctx context.Context, log FundID, signed string, published [][32]byte, vkeys ...string) ([]Problem, error) {
	a := against{published: published}
	err := l.readLog(ctx, log, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
			return err
		}
		h, err := readLogHead(ctx, tx, log)
		if err != nil {
			return err
		}
		if len(vkeys) == 0 && l.logs.keys != nil {
			vkeys = l.logs.keys.Verifiers(h.code)
		}
		a.code = h.code
		if a.want, err = proof.ParseCheckpoint(signed, vkeys...); err != nil {
			return refusedProof("checkpoint", err)
		}
		if err := a.trust(); err != nil {
			return err
		}
		if a.kept, err = keptCheckpoints(ctx, tx, log, a.want.Size, vkeys); err != nil {
			return err
		}
		return eachBody(ctx, tx, log, a.leaf)
	})
	if err != nil {
		return nil, err
	}
	a.judge()
	return a.problems, nil
}

// against is a comparison on its way through the log.
type against struct {
	code      string
	want      proof.Checkpoint
	published [][32]byte
	kept      []proof.Checkpoint // of this database, up to want's size, with good signatures; smallest first

	tree      proof.Tree
	at        int   // the next of kept
	same      int64 // the largest size at which the log agrees
	other     int64 // the smallest size at which it does not; 0: none
	differing map[int64][32]byte
	problems  []Problem
}

// trust sees that the published leaves are the checkpoint's own.
func (a *against) trust() error {
	if a.published == nil {
		return nil
	}
	var t proof.Tree
	for i := int64(0); i < a.want.Size && i < int64(len(a.published)); i++ {
		t.Add(a.published[i])
	}
	if t.Size() != a.want.Size || t.Root() != a.want.Root {
		return invalid("published", "root")
	}
	a.published = a.published[:a.want.Size]
	return nil
}

// keptCheckpoints are the log's own checkpoints below a size, as far as their signatures are good: they tell where
// a difference begins. One in so many is enough.
func keptCheckpoints(ctx context.Context, tx pgx.Tx, log FundID, below int64, vkeys []string) (list []proof.Checkpoint, err error) {
	const most = 10_000
	rows, err := tx.Query(ctx, `SELECT note FROM checkpoint WHERE fund_id = $1 AND size < $2 ORDER BY size DESC LIMIT $3`, log, below, most)
	if err != nil {
		return nil, err
	}
	var signed string
	_, err = pgx.ForEachRow(rows, []any{&signed}, func() error {
		if c, err := proof.ParseCheckpoint(signed, vkeys...); err == nil {
			list = append(list, c)
		}
		return nil
	})
	sort.Slice(list, func(i, j int) bool { return list[i].Size < list[j].Size })
	return list, err
}

// eachBody hands over the leaves of a log in order, hashed anew from what they are hashes of.
func eachBody(ctx context.Context, tx pgx.Tx, log FundID, do func(leaf [32]byte)) error {
	const chunk = 1_000 // about 1 MB
	for from := int64(0); ; from += chunk {
		list, err := leafBodies(ctx, tx, log, from, from+chunk)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, body := range list {
			do(proof.Leaf(body))
		}
	}
}

// leaf takes the next leaf of the log.
func (a *against) leaf(leaf [32]byte) {
	i := a.tree.Size()
	if i >= a.want.Size {
		return // what came later is nothing to this checkpoint
	}
	if a.published != nil && leaf != a.published[i] && len(a.differing) < maxProblems {
		if a.differing == nil {
			a.differing = map[int64][32]byte{}
		}
		a.differing[i] = leaf
	}
	a.tree.Add(leaf)
	for a.at < len(a.kept) && a.kept[a.at].Size <= i+1 {
		if c := a.kept[a.at]; c.Size == i+1 {
			a.compare(c)
		}
		a.at++
	}
	if i+1 == a.want.Size {
		a.compare(a.want)
	}
}

func (a *against) compare(c proof.Checkpoint) {
	switch {
	case a.tree.Root() == c.Root:
		a.same = c.Size
	case a.other == 0:
		a.other = c.Size
	}
}

func (a *against) problem(first, last int64, rule string) {
	row := entryRow(first)
	if last > first {
		row = fmt.Sprintf("entries %d to %d", first, last)
	}
	a.problems = append(a.problems, Problem{a.code, "entry", row, rule})
}

// judge says what was found.
func (a *against) judge() {
	a.name()
	if a.published == nil && a.other > 0 {
		a.problem(a.same, a.other-1, "changed")
	}
	if a.tree.Size() < a.want.Size {
		a.problem(a.tree.Size(), a.want.Size-1, "removed")
	}
}

// name says of each entry that differs whether it is another, or one that stood elsewhere.
func (a *against) name() {
	if len(a.differing) == 0 {
		return
	}
	place := map[[32]byte]bool{}
	for _, leaf := range a.published {
		place[leaf] = true
	}
	var order []int64
	for i := range a.differing {
		order = append(order, i)
	}
	sort.Slice(order, func(i, j int) bool { return order[i] < order[j] })
	for _, i := range order {
		rule := "changed"
		if place[a.differing[i]] {
			rule = "moved"
		}
		a.problem(i, i, rule)
	}
}
