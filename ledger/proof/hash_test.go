package proof_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"sovang/ledger/proof"
)

// rfcItems and rfcRoots are the vectors of Certificate Transparency's reference code (certificate-transparency,
// merkletree/merkle_tree_test.cc): the root over the first n items.
var (
	rfcItems = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	rfcRoots = []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
)

func TestListRootGivesTheKnownRoots(t *testing.T) {
	t.Parallel()
	var items [][]byte
	for n, want := range rfcRoots {
		if n > 0 {
			item, err := hex.DecodeString(rfcItems[n-1])
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, item)
		}
		if got := fmt.Sprintf("%x", proof.ListRoot(items)); got != want {
			t.Errorf("root of %d items = %s, want %s", n, got, want)
		}
	}
}

// hashes is the storage that tlog wants.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = h[at]
	}
	return out, nil
}

func TestListRootAgreesWithTlog(t *testing.T) {
	t.Parallel()
	var stored hashes
	var items [][]byte
	for n := range int64(300) {
		item := fmt.Appendf(nil, "item %d", n)
		items = append(items, item)
		if got := tlog.RecordHash(item); got != tlog.Hash(proof.Leaf(item)) {
			t.Fatalf("leaf %d differs", n)
		}
		more, err := tlog.StoredHashes(n, item, stored)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		want, err := tlog.TreeHash(n+1, stored)
		if err != nil {
			t.Fatal(err)
		}
		if got := proof.ListRoot(items); want != tlog.Hash(got) {
			t.Fatalf("root of %d items = %x, want %x", n+1, got, want)
		}
	}
	left, right := proof.Leaf([]byte("l")), proof.Leaf([]byte("r"))
	if proof.Node(left, right) != [32]byte(tlog.NodeHash(left, right)) {
		t.Error("Node differs")
	}
}

func TestCommitIsWhatTheCommentSays(t *testing.T) {
	t.Parallel()
	mac := hmac.New(sha256.New, exampleSecret)
	mac.Write([]byte("sovang/v1/saltpayer"))
	salt := [32]byte(mac.Sum(nil))
	if got := proof.Salt(exampleSecret, "payer"); got != salt {
		t.Errorf("Salt = %x, want %x", got, salt)
	}
	want := sha256.Sum256([]byte("sovang/v1/commit" + string(salt[:]) + "Trần Thị Hoa"))
	if got := proof.Commit(exampleSecret, "payer", []byte("Trần Thị Hoa")); got != want {
		t.Errorf("Commit = %x, want %x", got, want)
	}
}

func TestSaltOpensItsFieldOnly(t *testing.T) {
	t.Parallel()
	payer := proof.Commit(exampleSecret, "payer", []byte("Trần Thị Hoa"))
	other := bytes.Repeat([]byte{0x2b}, 32)
	for _, tt := range []struct {
		name  string
		salt  [32]byte
		value string
		want  bool
	}{
		{"its own", proof.Salt(exampleSecret, "payer"), "Trần Thị Hoa", true},
		{"another value", proof.Salt(exampleSecret, "payer"), "Trần Thị Hoà", false},
		{"no value", proof.Salt(exampleSecret, "payer"), "", false},
		{"another field's salt", proof.Salt(exampleSecret, "address"), "Trần Thị Hoa", false},
		{"another entry's salt", proof.Salt(other, "payer"), "Trần Thị Hoa", false},
		{"no salt", [32]byte{}, "Trần Thị Hoa", false},
	} {
		if got := proof.Open(payer, tt.salt, []byte(tt.value)); got != tt.want {
			t.Errorf("%s: Open = %v", tt.name, got)
		}
	}
}

func TestShortSecretIsAProgrammersMistake(t *testing.T) {
	t.Parallel()
	proof.Salt(make([]byte, proof.MinSecret), "payer")
	defer func() {
		if recover() == nil {
			t.Error("a secret of 15 bytes was taken")
		}
	}()
	proof.Salt(make([]byte, proof.MinSecret-1), "payer")
}
