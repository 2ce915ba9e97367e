package proof_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sovang/ledger/proof"
)

// secondReader runs testdata/canonical.py over files and gives what it printed for each.
func secondReader(t *testing.T, files []string) []string {
	t.Helper()
	cmd := exec.Command("python3", append([]string{"testdata/canonical.py"}, files...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && stderr.Len() == 0) {
		t.Fatalf("python3 is needed for the second reader: %v %s", err, stderr.String())
	}
	var blocks []string
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "leaf ") || strings.HasPrefix(line, "refused: ") {
			blocks = append(blocks, "")
		}
		blocks[len(blocks)-1] += line
	}
	if len(blocks) != len(files) {
		t.Fatalf("%d answers for %d files", len(blocks), len(files))
	}
	return blocks
}

// printed is what the second reader must print for e.
func printed(e proof.Entry, leaf [32]byte) string {
	var s strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&s, format+"\n", args...) }
	line("leaf %x\nfund %s\nnumber %d\nkind %s\neffective_on %s", leaf, e.Fund, e.Number, e.Kind, e.EffectiveOn)
	line("recorded_at %s\nactor %d\nkey %x\nrequest %x",
		e.RecordedAt.UTC().Format("2006-01-02T15:04:05.000000Z"), e.Actor, e.Key, e.Request)
	if e.Reverses != nil {
		line("reverses %d", *e.Reverses)
	}
	for _, p := range e.Postings {
		sign := ""
		if p.Negative {
			sign = "-"
		}
		line("posting %d %d %d %s%d", p.Debit, p.Credit, p.Purpose, sign, p.Amount)
	}
	for _, d := range e.Documents {
		line("document %s %d %d %s", d.Series, d.Year, d.Number, d.Code)
	}
	for _, f := range e.Facts {
		line("fact %s=%s", f.Name, f.Value)
	}
	for _, c := range e.Commitments {
		line("commitment %s=%x", c.Name, c.Sum)
	}
	return s.String()
}

func TestSecondReaderReadsEveryVector(t *testing.T) {
	t.Parallel()
	var files []string
	for _, name := range vectorNames() {
		files = append(files, filepath.Join("testdata", name+".hex"))
	}
	for i, got := range secondReader(t, files) {
		e := vectors[vectorNames()[i]]
		canonical, err := proof.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if want := printed(e, proof.Leaf(canonical)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", files[i], got, want)
		}
	}
}

// TestSecondReaderRefusesWhatDecodeRefuses damages vectors in a thousand ways; both readers must agree on each.
func TestSecondReaderRefusesWhatDecodeRefuses(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(27, 7))
	dir := t.TempDir()
	var files, want []string
	refused := 0
	for i := range 1000 {
		data := damage(random, canonicalOf(t, vectorNames()[i%len(vectors)]))
		file := filepath.Join(dir, fmt.Sprintf("%d.bin", i))
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		e, err := proof.Decode(data)
		if err != nil {
			refused++
			want = append(want, "refused: ")
			continue
		}
		want = append(want, printed(e, proof.Leaf(data)))
	}
	for i, got := range secondReader(t, files) {
		if got != want[i] && (want[i] != "refused: " || !strings.HasPrefix(got, want[i])) {
			t.Errorf("case %d:\n%s\nwant\n%s", i, got, want[i])
		}
	}
	if refused < 300 || refused > 950 {
		t.Errorf("%d of 1000 refused: the damage is too kind or too harsh to tell the readers apart", refused)
	}
}

func canonicalOf(t *testing.T, name string) []byte {
	t.Helper()
	canonical, err := proof.Encode(vectors[name])
	if err != nil {
		t.Fatal(err)
	}
	return canonical
}

// damage changes a byte, cuts, doubles or swaps fields.
func damage(random *rand.Rand, canonical []byte) []byte {
	fields := fieldsOf(canonical)
	i, j := random.IntN(len(fields)), random.IntN(len(fields))
	switch random.IntN(6) {
	case 0:
		fields[i], fields[j] = fields[j], fields[i]
	case 1:
		fields = append(fields[:i:i], fields[i+1:]...)
	case 2:
		fields = append(fields[:i:i], append([][]byte{fields[j]}, fields[i:]...)...)
	case 3:
		return canonical[:random.IntN(len(canonical)+1)]
	default: // a byte of a value, oftener than of its head
		f := bytes.Clone(fields[i])
		at := random.IntN(len(f))
		if at < 6 && len(f) > 6 {
			at = 6 + random.IntN(len(f)-6)
		}
		f[at] ^= 1 << random.IntN(8)
		fields[i] = f
	}
	return append([]byte{canonical[0]}, bytes.Join(fields, nil)...)
}

// fieldsOf cuts canonical bytes into its fields.
func fieldsOf(canonical []byte) [][]byte {
	var fields [][]byte
	for b := canonical[1:]; len(b) > 0; {
		end := 6 + binary.BigEndian.Uint32(b[2:])
		fields = append(fields, b[:end:end])
		b = b[end:]
	}
	return fields
}
