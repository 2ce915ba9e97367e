package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
)

func TestTheKeyFileIsMadeOnceWithMode0600(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.key")
	made := make([]*ledger.Keys, 8)
	var wg sync.WaitGroup
	for i := range made { // programs that start at the same moment
		wg.Go(func() {
			var err error
			if made[i], err = ledger.LoadOrMakeKey(path, "so-vang.test/log"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range made {
		if k == nil || k.Verifiers("HD")[0] != made[0].Verifiers("HD")[0] || k.WitnessKey() != made[0].WitnessKey() {
			t.Error("two programs have two keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("left behind: %v, %v", list, err)
	}
	again, err := ledger.LoadOrMakeKey(path, "another.test/log")
	if err != nil || again.Origin("") != "so-vang.test/log" || again.Origin("HD") != "so-vang.test/log/HD" {
		t.Errorf("a log keeps its name: %v", err)
	}
}

func TestTheKeyFileIsRefusedWhenOthersCanReadIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode os.FileMode
		want error
	}{{0o600, nil}, {0o400, nil}, {0o640, ledger.ErrKeyMode}, {0o604, ledger.ErrKeyMode}, {0o620, ledger.ErrKeyMode}, {0o644, ledger.ErrKeyMode}} {
		path := filepath.Join(t.TempDir(), "log.key")
		if _, err := ledger.LoadOrMakeKey(path, "so-vang.test/log"); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.LoadOrMakeKey(path, "so-vang.test/log"); !errors.Is(err, tt.want) {
			t.Errorf("mode %v: %v, want %v", tt.mode, err, tt.want)
		}
		if _, err := ledger.RotateKey(path); !errors.Is(err, tt.want) {
			t.Errorf("rotation, mode %v: %v, want %v", tt.mode, err, tt.want)
		}
	}
}

func TestAKeyFileThatIsNotOneIsRefused(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("A", 43) + "="
	whole := "origin a.test/log\nsign " + key + "\nwitness " + key + "\n"
	for name, tt := range map[string]struct {
		text string
		want error
	}{
		"whole":                   {whole, nil},
		"with a comment":          {"# khoá\n\n" + whole, nil},
		"with a retired key":      {whole + "retired " + key + "\n", nil},
		"empty":                   {"", ledger.ErrKeyFile},
		"without a witness":       {"origin a.test/log\nsign " + key + "\n", ledger.ErrKeyFile},
		"without a name":          {"sign " + key + "\nwitness " + key + "\n", ledger.ErrKeyFile},
		"a name with a plus":      {strings.Replace(whole, "a.test", "a+b", 1), ledger.ErrKeyFile},
		"a key one byte short":    {strings.Replace(whole, key, strings.Repeat("A", 42)+"==", 1), ledger.ErrKeyFile},
		"a word it does not know": {whole + "other " + key + "\n", ledger.ErrKeyFile},
		"a hundred keys":          {whole + strings.Repeat("retired "+key+"\n", 100), ledger.ErrKeyFile},
	} {
		path := filepath.Join(t.TempDir(), "log.key")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ledger.LoadOrMakeKey(path, "so-vang.test/log")
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), key) {
			t.Errorf("%s: the error tells the key", name)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "/a", "a/", "quỹ.vn", strings.Repeat("a", 101), "a\n"} {
		if _, err := ledger.LoadOrMakeKey(filepath.Join(t.TempDir(), "k"), name); !errors.Is(err, ledger.ErrKeyFile) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if _, err := ledger.RotateKey(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// A rotated key signs what comes; receipts of the old one verify with the verifier that stays listed, and the same
// log goes on.
func TestARotatedKeyLeavesOldReceiptsGood(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.key")
	old, err := ledger.LoadOrMakeKey(path, "so-vang.test/log")
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := ledger.RotateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := ledger.LoadOrMakeKey(path, "")
	if err != nil || len(loaded.Verifiers("HD")) != 2 || loaded.Verifiers("HD")[0] != rotated.Verifiers("HD")[0] ||
		loaded.Verifiers("HD")[1] != old.Verifiers("HD")[0] || loaded.WitnessKey() != old.WitnessKey() {
		t.Fatalf("%v, %v", loaded.Verifiers("HD"), err)
	}
	f := ledgertest.NewWith(t, ledger.Options{Keys: loaded}) // its last Check knows both
	earlier, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{Keys: old, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer earlier.Close()
	before, err := earlier.ProofOf(t.Context(), f.Fund, f.Give(1_000).EntryNo)
	if err != nil {
		t.Fatal(err)
	}
	after, err := f.ProofOf(t.Context(), f.Fund, f.Give(2_000).EntryNo)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		text string
		keys []string
		want error
	}{
		"an old receipt, the keys listed":   {before, loaded.Verifiers("HD"), nil},
		"a new receipt, the keys listed":    {after, loaded.Verifiers("HD"), nil},
		"an old receipt, the new key alone": {before, loaded.Verifiers("HD")[:1], proof.ErrWrongKey},
		"a new receipt, the old key alone":  {after, old.Verifiers("HD"), proof.ErrWrongKey},
		"another fund's key":                {after, loaded.Verifiers("HP"), proof.ErrOtherLog},
	} {
		if _, _, err := proof.VerifyEntry(tt.text, tt.keys...); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}
