package proof

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree knows the root of a growing list of leaves. It holds one hash per bit of its size; the zero value is the
// empty tree.
type Tree struct {
	size int64
	// full holds the roots of complete subtrees, the widest first; their widths are the bits of size.
	full [][32]byte
}

// Add puts one more leaf at the end.
func (t *Tree) Add(leaf [32]byte) {
	for n := t.size; n&1 == 1; n >>= 1 {
		leaf = Node(t.full[len(t.full)-1], leaf)
		t.full = t.full[:len(t.full)-1]
	}
	t.full = append(t.full, leaf)
	t.size++
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Root is the RFC 6962 tree hash of the leaves so far; of none, SHA-256 of nothing.
func (t *Tree) Root() [32]byte {
	if len(t.full) == 0 {
		return sha256.Sum256(nil)
	}
	root := t.full[len(t.full)-1]
	for i := len(t.full) - 2; i >= 0; i-- {
		root = Node(t.full[i], root)
	}
	return root
}

// VerifyInclusion says whether path leads from the leaf at index to the checkpoint's root (RFC 6962 §2.1.1).
// Errors: ErrIndex when no such path fits this index and size, ErrRoot when it leads elsewhere.
func VerifyInclusion(c Checkpoint, index int64, leaf [32]byte, path [][32]byte) error {
	if index < 0 || index >= c.Size || len(path) != pathLength(index, c.Size) {
		return ErrIndex
	}
	if tlog.CheckRecord(hashes(path), c.Size, c.Root, index, leaf) != nil {
		return ErrRoot
	}
	return nil
}

// VerifyConsistency says whether the log of newer begins with the log of older: nothing that older covers was
// changed, removed or moved (RFC 6962 §2.1.2). Every log begins with the empty one, by the empty path. The two
// checkpoints must have been verified before. Errors: ErrOtherLog, ErrIndex when newer is the smaller one or the
// path has another length, ErrRoot when the two logs differ (a fork).
func VerifyConsistency(older, newer Checkpoint, path [][32]byte) error {
	switch {
	case older.Origin != newer.Origin:
		return ErrOtherLog
	case older.Size < 0 || older.Size > newer.Size:
		return ErrIndex
	case older.Size == 0:
		if len(path) != 0 {
			return ErrIndex
		}
		return nil
	case older.Size == newer.Size && len(path) != 0:
		return ErrIndex
	}
	if tlog.CheckTree(hashes(path), newer.Size, newer.Root, older.Size, older.Root) != nil {
		return ErrRoot
	}
	return nil
}

// pathLength is how many hashes stand between a leaf and the root: one for each step up to where the last leaf's
// path joins, then one for each complete subtree to the left.
func pathLength(index, size int64) int {
	inner := bits.Len64(uint64(index) ^ uint64(size-1))
	return inner + bits.OnesCount64(uint64(index)>>inner)
}

// hashes gives a path the type that sumdb/tlog wants.
func hashes(path [][32]byte) []tlog.Hash {
	list := make([]tlog.Hash, len(path))
	for i, h := range path {
		list[i] = h
	}
	return list
}
