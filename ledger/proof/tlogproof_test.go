package proof_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tdlog "github.com/transparency-dev/formats/log"
	tdproof "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"sovang/ledger/proof"
)

var updateProof = flag.Bool("update-proof", false, "rewrite testdata/worked_example.tlog-proof")

// exampleLog is the log of fund HD up to the worked example, entry 7, and one more.
func exampleLog(t testing.TB) (canonicals [][]byte, stored hashes) {
	t.Helper()
	for i := range 9 {
		e := exampleEntry()
		if i != 7 {
			e = proof.Entry{Fund: "HD", Number: uint64(i), Kind: "note", EffectiveOn: "2022-07-27",
				RecordedAt: time.Date(2022, 7, 27, 1, 0, i, 0, time.UTC)}
		}
		canonical, err := proof.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		canonicals = append(canonicals, canonical)
		stored = store(t, stored, int64(i), proof.Leaf(canonical))
	}
	return canonicals, stored
}

// store appends one leaf to what tlog keeps.
func store(t testing.TB, stored hashes, n int64, leaf [32]byte) hashes {
	t.Helper()
	more, err := tlog.StoredHashesForRecordHash(n, leaf, stored)
	if err != nil {
		t.Fatal(err)
	}
	return append(stored, more...)
}

// signerOf makes the same key each time for a name and a byte.
func signerOf(t testing.TB, name string, seed byte) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return s, vkey
}

func sign(t testing.TB, text string, signers ...note.Signer) string {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

const exampleOrigin = "sovang.example/log/HD"

// exampleProof proves an entry of exampleLog in its tree of a size.
func exampleProof(t testing.TB, index, size int64) (proof.Proof, string) {
	t.Helper()
	canonicals, stored := exampleLog(t)
	root, err := tlog.TreeHash(size, stored)
	if err != nil {
		t.Fatal(err)
	}
	path, err := tlog.ProveRecord(size, index, stored)
	if err != nil {
		t.Fatal(err)
	}
	s, vkey := signerOf(t, exampleOrigin, 7)
	p := proof.Proof{Extra: canonicals[index], Index: index,
		Checkpoint: sign(t, proof.Checkpoint{Origin: exampleOrigin, Size: size, Root: root}.Text(), s)}
	for _, h := range path {
		p.Path = append(p.Path, h)
	}
	return p, vkey
}

// The worked example of the package comment, byte for byte.
func TestC15TheWorkedProofIsTheGoldenOne(t *testing.T) {
	t.Parallel()
	p, vkey := exampleProof(t, 7, 8)
	const golden = "testdata/worked_example.tlog-proof"
	if *updateProof {
		if err := os.WriteFile(golden, []byte(p.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if p.Text() != string(want) {
		t.Errorf("the proof is\n%s\nwant\n%s", p.Text(), want)
	}
	e, c, err := proof.VerifyEntry(string(want), vkey)
	if err != nil || e.Documents[0].Code != "7K3M9Q2XWV" || c.Size != 8 || c.Origin != exampleOrigin {
		t.Errorf("%+v, %+v, %v", e, c, err)
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range append(strings.Split(strings.TrimSpace(string(want)), "\n"), vkey) {
		if line != "" && !strings.HasPrefix(line, "extra ") && !bytes.Contains(doc, []byte("//\t"+line+"\n")) {
			t.Errorf("the package comment does not show %q", line)
		}
	}
}

func TestC15TransparencyDevReadsOurProofsAndWeReadTheirs(t *testing.T) {
	t.Parallel()
	for size := int64(1); size <= 9; size++ {
		for index := range size {
			p, vkey := exampleProof(t, index, size)
			var theirs tdproof.TLogProof
			if err := theirs.Unmarshal([]byte(p.Text())); err != nil {
				t.Fatal(err)
			}
			if string(theirs.Marshal()) != p.Text() {
				t.Errorf("they write\n%s\nwe write\n%s", theirs.Marshal(), p.Text())
			}
			v, err := note.NewVerifier(vkey)
			if err != nil {
				t.Fatal(err)
			}
			c, _, _, err := tdlog.ParseCheckpoint(theirs.Checkpoint, exampleOrigin, v)
			if err != nil || c.Size != uint64(size) {
				t.Errorf("%+v, %v", c, err)
			}
			if _, _, err := proof.VerifyEntry(string(theirs.Marshal()), vkey); err != nil {
				t.Errorf("%d of %d: %v", index, size, err)
			}
		}
	}
}

// C15: no bit of a proof can be another, in the entry, the index, the path, the checkpoint or its signature.
func TestC15EveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	p, vkey := exampleProof(t, 7, 9)
	text := []byte(p.Text())
	reasons := map[error]int{}
	for bit := range len(text) * 8 {
		flipped := bytes.Clone(text)
		flipped[bit/8] ^= 1 << (bit % 8)
		_, _, err := proof.VerifyEntry(string(flipped), vkey)
		if err == nil {
			t.Errorf("bit %d of byte %d (%q) may be flipped:\n%s", bit%8, bit/8, text[bit/8], flipped)
		}
		reasons[err]++
	}
	for _, reason := range []error{proof.ErrMalformed, proof.ErrOtherLog, proof.ErrWrongKey, proof.ErrSignature, proof.ErrRoot} {
		if reasons[reason] == 0 {
			t.Errorf("no flip was refused with %v: %v", reason, reasons)
		}
	}
	leaf := proof.Leaf(p.Extra)
	for bit := range 256 {
		flipped := leaf
		flipped[bit/8] ^= 1 << (bit % 8)
		if _, err := proof.VerifyProof(p.Text(), flipped, vkey); !errors.Is(err, proof.ErrRoot) {
			t.Errorf("bit %d of the leaf: %v", bit, err)
		}
	}
}

func TestC15EachRefusalHasItsReason(t *testing.T) {
	t.Parallel()
	p, vkey := exampleProof(t, 7, 9)
	other, otherKey := signerOf(t, exampleOrigin, 8)
	_, hpKey := signerOf(t, "sovang.example/log/HP", 7)
	hp, hpOfHP := signerOf(t, "sovang.example/log/HP", 7)
	with := func(change func(*proof.Proof)) string {
		q := p
		change(&q)
		return q.Text()
	}
	text := strings.SplitAfter(p.Checkpoint, "\n\n")[0]
	text = text[:len(text)-1]
	for _, tt := range []struct {
		name, text, vkey string
		want             error
	}{
		{"as it is", p.Text(), vkey, nil},
		{"a key with blanks around it", p.Text(), " " + vkey + "\n", nil},
		{"cosigned by another key too", p.Text() + strings.SplitAfter(sign(t, text, other), "\n\n")[1], vkey, nil},
		{"not a key", p.Text(), "khoá", proof.ErrKey},
		{"a key with a wrong digit", p.Text(), strings.Replace(vkey, "+", "+0", 1), proof.ErrKey},
		{"another key of this log", p.Text(), otherKey, proof.ErrWrongKey},
		{"another fund's key", p.Text(), hpKey, proof.ErrOtherLog},
		{"signed by another key", with(func(q *proof.Proof) { q.Checkpoint = sign(t, text, other) }), vkey, proof.ErrWrongKey},
		{"another fund's name, signed by that fund", with(func(q *proof.Proof) {
			q.Checkpoint = sign(t, strings.Replace(text, "/HD", "/HP", 1), hp)
		}), hpOfHP, proof.ErrOtherLog}, // the entry is of HD
		{"the text touched", strings.Replace(p.Text(), "\n9\n", "\n8\n", 1), vkey, proof.ErrSignature},
		{"another index", with(func(q *proof.Proof) { q.Index = 6 }), vkey, proof.ErrRoot},
		{"an index beyond", with(func(q *proof.Proof) { q.Index = 9 }), vkey, proof.ErrIndex},
		{"the last index, which has a shorter path", with(func(q *proof.Proof) { q.Index = 8 }), vkey, proof.ErrIndex},
		{"a hash too few", with(func(q *proof.Proof) { q.Path = q.Path[1:] }), vkey, proof.ErrIndex},
		{"a hash too many", with(func(q *proof.Proof) { q.Path = append(q.Path[:4:4], [32]byte{}) }), vkey, proof.ErrIndex},
		{"no path", with(func(q *proof.Proof) { q.Path = nil }), vkey, proof.ErrIndex},
		{"another entry", with(func(q *proof.Proof) { q.Extra = append(bytes.Clone(q.Extra), 1) }), vkey, proof.ErrRoot},
		{"no entry", with(func(q *proof.Proof) { q.Extra = nil }), vkey, proof.ErrRoot},
		{"nothing", "", vkey, proof.ErrMalformed},
		{"the checkpoint alone", p.Checkpoint, vkey, proof.ErrMalformed},
		{"another version", strings.Replace(p.Text(), "@v1", "@v2", 1), vkey, proof.ErrMalformed},
		{"a leading zero", strings.Replace(p.Text(), "index 7", "index 07", 1), vkey, proof.ErrMalformed},
		{"a negative index", strings.Replace(p.Text(), "index 7", "index -7", 1), vkey, proof.ErrMalformed},
		{"Windows line ends", strings.ReplaceAll(p.Text(), "\n", "\r\n"), vkey, proof.ErrMalformed},
		{"64 hashes", with(func(q *proof.Proof) { q.Path = make([][32]byte, 64) }), vkey, proof.ErrMalformed},
		{"a very long one", p.Text() + strings.Repeat(" ", 300_000), vkey, proof.ErrMalformed},
		{"without its last line end", strings.TrimSuffix(p.Text(), "\n"), vkey, proof.ErrMalformed},
	} {
		if _, _, err := proof.VerifyEntry(tt.text, tt.vkey); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// An entry that stands in the tree at an index that it does not name is no proof of it: a log that lists an entry
// twice would otherwise prove two receipts with one.
func TestC15AnEntryAtAnotherIndexIsRefused(t *testing.T) {
	t.Parallel()
	canonicals, _ := exampleLog(t)
	leaf := proof.Leaf(canonicals[7])
	s, vkey := signerOf(t, exampleOrigin, 7)
	p := proof.Proof{Extra: canonicals[7], Index: 0, Checkpoint: sign(t, proof.Checkpoint{Origin: exampleOrigin, Size: 1, Root: leaf}.Text(), s)}
	if _, err := proof.VerifyProof(p.Text(), leaf, vkey); err != nil {
		t.Fatal(err)
	}
	if _, _, err := proof.VerifyEntry(p.Text(), vkey); !errors.Is(err, proof.ErrIndex) {
		t.Error(err)
	}
	p.Extra = []byte("no entry")
	p.Checkpoint = sign(t, proof.Checkpoint{Origin: exampleOrigin, Size: 1, Root: proof.Leaf(p.Extra)}.Text(), s)
	if _, _, err := proof.VerifyEntry(p.Text(), vkey); !errors.Is(err, proof.ErrMalformed) {
		t.Error(err)
	}
}

// The verifier in Python and ours agree, on good proofs and on damaged ones.
func TestC15ASecondVerifierInPythonAgrees(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files, want []string
	put := func(text []byte, verdict string) {
		file := filepath.Join(dir, fmt.Sprint(len(files)))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		files, want = append(files, file), append(want, verdict)
	}
	_, vkey := exampleProof(t, 0, 1)
	for size := int64(1); size <= 9; size += 2 {
		for index := range size {
			p, _ := exampleProof(t, index, size)
			put([]byte(p.Text()), fmt.Sprintf("proven: entry %d of %d in %s, leaf %x", index, size, exampleOrigin, proof.Leaf(p.Extra)))
		}
	}
	p, _ := exampleProof(t, 7, 9)
	text := []byte(p.Text())
	for i := range 160 { // spread over the text; each flip costs Python 10 ms
		at := i * len(text) / 160
		flipped := bytes.Clone(text)
		flipped[at] ^= 1 << (i % 7)
		put(flipped, "refused: ")
	}
	cmd := exec.Command("python3", append([]string{"testdata/verify.py", vkey}, files...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || stderr.Len() > 0 {
		t.Fatalf("python3 is needed for the second verifier: %v %s", err, stderr.String())
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d answers for %d files", len(got), len(want))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("file %d: %q, want %q", i, got[i], want[i])
		}
	}
}

func FuzzParseProof(f *testing.F) {
	p, vkey := exampleProof(f, 7, 9)
	f.Add(p.Text())
	f.Add(strings.Replace(p.Text(), "extra ", "extra =", 1))
	f.Add("c2sp.org/tlog-proof@v1\nindex 0\n\no\n0\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n\n")
	f.Add("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := proof.ParseProof(text)
		if err == nil && p.Text() != text {
			t.Errorf("%q is read as %q", text, p.Text())
		}
		if _, _, err := proof.VerifyEntry(text, vkey); err == nil && !strings.Contains(text, exampleOrigin) {
			t.Errorf("proven: %q", text)
		}
	})
}
