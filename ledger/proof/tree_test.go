package proof_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"sovang/ledger/proof"
)

func TestC15ATreeGrowsThroughTheKnownRoots(t *testing.T) {
	t.Parallel()
	var tree proof.Tree
	for n, want := range rfcRoots {
		if n > 0 {
			item, err := hex.DecodeString(rfcItems[n-1])
			if err != nil {
				t.Fatal(err)
			}
			tree.Add(proof.Leaf(item))
		}
		if root := tree.Root(); hex.EncodeToString(root[:]) != want || tree.Size() != int64(n) {
			t.Errorf("root of %d = %x, want %s", tree.Size(), root, want)
		}
	}
}

// The paths of Certificate Transparency's reference code, over rfcItems.
func TestC15TheKnownPathsLeadToTheKnownRoots(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		index, size int64
		path        []string
	}{
		{0, 1, nil},
		{0, 8, []string{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
		{5, 8, []string{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
		{2, 3, []string{"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
		{1, 5, []string{"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
	} {
		item, err := hex.DecodeString(rfcItems[tt.index])
		if err != nil {
			t.Fatal(err)
		}
		c := proof.Checkpoint{Origin: "o", Size: tt.size, Root: unhex(t, rfcRoots[tt.size])}
		var path [][32]byte
		for _, h := range tt.path {
			path = append(path, unhex(t, h))
		}
		if err := proof.VerifyInclusion(c, tt.index, proof.Leaf(item), path); err != nil {
			t.Errorf("%d of %d: %v", tt.index, tt.size, err)
		}
	}
}

func unhex(t *testing.T, s string) [32]byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 32 {
		t.Fatal(s, err)
	}
	return [32]byte(b)
}

// A log of the world's: Google's Argon 2020 of Certificate Transparency, a tree of 961,984,013 entries.
func TestC15ALogOfTheWebIsProven(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/argon2020.json")
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Size        int64
		Root        tlog.Hash
		Index       int64
		Leaf        tlog.Hash
		Path        []tlog.Hash
		OldSize     int64     `json:"old_size"`
		OldRoot     tlog.Hash `json:"old_root"`
		Consistency []tlog.Hash
	}
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	now := proof.Checkpoint{Origin: "argon2020", Size: log.Size, Root: log.Root}
	before := proof.Checkpoint{Origin: "argon2020", Size: log.OldSize, Root: log.OldRoot}
	if err := proof.VerifyInclusion(now, log.Index, log.Leaf, plain(log.Path)); err != nil {
		t.Error(err)
	}
	if err := proof.VerifyConsistency(before, now, plain(log.Consistency)); err != nil {
		t.Error(err)
	}
	if err := proof.VerifyInclusion(now, log.Index+1, log.Leaf, plain(log.Path)); !errors.Is(err, proof.ErrRoot) {
		t.Errorf("the next index: %v", err)
	}
}

func plain(list []tlog.Hash) (path [][32]byte) {
	for _, h := range list {
		path = append(path, h)
	}
	return path
}

func slicesOf(path [][32]byte) (list [][]byte) {
	for _, h := range path {
		list = append(list, h[:])
	}
	return list
}

// C15: random trees, sizes and indexes; true proofs and shifted ones; ours, sumdb/tlog's and transparency-dev's
// verdicts are one.
func TestC15ThreeImplementationsAgree(t *testing.T) {
	t.Parallel()
	const most = 300
	var stored hashes
	var roots [most + 1][32]byte
	var leaves [most][32]byte
	var tree proof.Tree
	for n := range int64(most) {
		leaves[n] = proof.Leaf([]byte{byte(n), byte(n >> 8)})
		stored = store(t, stored, n, leaves[n])
		tree.Add(leaves[n])
		roots[n+1] = tree.Root()
		if want, err := tlog.TreeHash(n+1, stored); err != nil || want != tlog.Hash(roots[n+1]) {
			t.Fatalf("root of %d: %v", n+1, err)
		}
	}
	at := func(size int64) proof.Checkpoint { return proof.Checkpoint{Origin: "o", Size: size, Root: roots[size]} }
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, most).Draw(t, "size")
		index := rapid.Int64Range(0, size-1).Draw(t, "index")
		path, err := tlog.ProveRecord(size, index, stored)
		if err != nil {
			t.Fatal(err)
		}
		old := rapid.Int64Range(1, size).Draw(t, "old")
		growth, err := tlog.ProveTree(size, old, stored)
		if err != nil {
			t.Fatal(err)
		}
		shift := func(name string) int64 { return rapid.SampledFrom([]int64{0, 0, 0, 1, -1, 2}).Draw(t, name) }
		i, s, o := index+shift("index by"), size+shift("size by"), old+shift("old by")
		if s < 1 || s > most || i < 0 || o < 1 || o > most {
			return
		}
		c := at(s)
		ours := proof.VerifyInclusion(c, i, leaves[index], plain(path)) == nil
		theirs := merkle.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), uint64(s), leaves[index][:], slicesOf(plain(path)), c.Root[:]) == nil
		if ours != theirs || ours != (i == index && s == size) {
			t.Errorf("entry %d of %d as %d of %d: ours %v, theirs %v", index, size, i, s, ours, theirs)
		}
		ours = proof.VerifyConsistency(at(o), c, plain(growth)) == nil
		theirs = merkle.VerifyConsistency(rfc6962.DefaultHasher, uint64(o), uint64(s), slicesOf(plain(growth)), roots[o][:], c.Root[:]) == nil
		if ours != theirs || ours != (o == old && s == size) && o != s {
			t.Errorf("from %d to %d as %d to %d: ours %v, theirs %v", old, size, o, s, ours, theirs)
		}
	})
}

func TestC15ConsistencyAtItsLimits(t *testing.T) {
	t.Parallel()
	c := func(origin string, size int64, root byte) proof.Checkpoint {
		return proof.Checkpoint{Origin: origin, Size: size, Root: [32]byte{root}}
	}
	one := make([][32]byte, 1)
	for _, tt := range []struct {
		name       string
		old, newer proof.Checkpoint
		path       [][32]byte
		want       error
	}{
		{"from nothing", c("o", 0, 0), c("o", 5, 1), nil, nil},
		{"from nothing with a path", c("o", 0, 0), c("o", 5, 1), one, proof.ErrIndex},
		{"from nothing to nothing", c("o", 0, 0), c("o", 0, 0), nil, nil},
		{"the same", c("o", 5, 1), c("o", 5, 1), nil, nil},
		{"the same with a path", c("o", 5, 1), c("o", 5, 1), one, proof.ErrIndex},
		{"two roots at one size", c("o", 5, 1), c("o", 5, 2), nil, proof.ErrRoot},
		{"smaller", c("o", 5, 1), c("o", 4, 1), nil, proof.ErrIndex},
		{"negative", c("o", -1, 1), c("o", 4, 1), nil, proof.ErrIndex},
		{"another log", c("o", 5, 1), c("p", 5, 1), nil, proof.ErrOtherLog},
	} {
		if err := proof.VerifyConsistency(tt.old, tt.newer, tt.path); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
