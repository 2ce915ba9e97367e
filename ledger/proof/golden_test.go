package proof_test

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sovang/ledger/proof"
)

var update = flag.Bool("update", false, "rewrite the golden vectors; canonical v1 is frozen, so only ever to add one")

// base is the smallest entry there is.
func base() proof.Entry {
	return proof.Entry{
		Fund: "HD", Number: 0, Kind: "open", EffectiveOn: "2021-01-01",
		RecordedAt: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

func with(change func(*proof.Entry)) proof.Entry {
	e := base()
	change(&e)
	return e
}

func pointer(n uint64) *uint64 { return &n }

// vectors are the entries whose canonical bytes and leaves are committed under testdata.
var vectors = map[string]proof.Entry{
	"smallest":       base(),
	"worked_example": exampleEntry(),
	"reversal": with(func(e *proof.Entry) {
		e.Number, e.Kind, e.Reverses = 8, "reversal", pointer(7)
		e.Postings = []proof.Posting{{Debit: 1, Credit: 9, Amount: 500_000, Negative: true}}
	}),
	"void_without_posting": with(func(e *proof.Entry) {
		e.Number, e.Kind = 9, "receipt.void"
		e.Documents = []proof.Document{{Series: "PT", Year: 2022, Number: 12}}
		e.Facts = []proof.Fact{{Name: "approver", Value: "4"}, {Name: "reason", Value: "Ghi sai địa chỉ người nộp"}}
	}),
	"many_lines": with(func(e *proof.Entry) {
		e.Kind = "disbursement"
		for i := range int32(5) {
			e.Postings = append(e.Postings, proof.Posting{Debit: 20 + i, Credit: 1, Purpose: i, Amount: 1_000 + int64(i)})
		}
		e.Documents = []proof.Document{{Series: "PC", Year: 2022, Number: 2}, {Series: "PC", Year: 2022, Number: 1}}
	}),
	"vietnamese_text": with(func(e *proof.Entry) {
		e.Facts = []proof.Fact{
			{Name: "campaign", Value: "Tháng cao điểm vận động Quỹ \"Đền ơn đáp nghĩa\" 28/6–27/7"},
			{Name: "empty", Value: ""},
			{Name: "marks", Value: "H\u0331ling"}, // a mark that no letter takes up
			{Name: "purpose", Value: "Sửa nhà cho thương binh; quà Tết Quý Mão"},
		}
	}),
	"largest_numbers": with(func(e *proof.Entry) {
		e.Number, e.Reverses, e.Actor = 1<<63-1, pointer(1<<63-2), -1<<63
		e.EffectiveOn, e.RecordedAt = "9999-12-31", time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
		e.Postings = []proof.Posting{{Debit: 1<<31 - 1, Credit: 1, Purpose: 1<<31 - 1, Amount: 1<<63 - 1}}
		e.Documents = []proof.Document{{Series: strings.Repeat("x", 40), Year: 9999, Number: 1<<63 - 1, Code: strings.Repeat("Z", 40)}}
	}),
	"first_instant_leap_day": with(func(e *proof.Entry) {
		e.EffectiveOn, e.RecordedAt = "2000-02-29", time.Unix(0, 0).UTC()
	}),
	"commitments": with(func(e *proof.Entry) {
		for _, name := range []string{"address", "memo", "payer", "request"} {
			e.Commitments = append(e.Commitments, proof.Commitment{Name: name, Sum: proof.Commit(exampleSecret, name, []byte("Xã Minh Tân"))})
		}
	}),
	"unknown_kind_long_words": with(func(e *proof.Entry) {
		e.Fund, e.Kind = strings.Repeat("F", 40), strings.Repeat("k", 40)
		e.Facts = []proof.Fact{{Name: strings.Repeat("~", 100), Value: "1"}}
	}),
	"roster_by_its_root": with(func(e *proof.Entry) {
		root := proof.ListRoot([][]byte{[]byte("1"), []byte("2"), []byte("3")})
		e.Facts = []proof.Fact{{Name: "roster.count", Value: "3"}, {Name: "roster.root", Value: hex.EncodeToString(root[:])}}
	}),
}

func vectorNames() []string {
	var names []string
	for name := range vectors {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// wrapHex writes bytes as lines of 32.
func wrapHex(b []byte) string {
	var s strings.Builder
	for line := range slices.Chunk(b, 32) {
		fmt.Fprintf(&s, "%x\n", line)
	}
	return s.String()
}

func TestCanonicalV1IsFrozen(t *testing.T) {
	t.Parallel()
	var leaves strings.Builder
	for _, name := range vectorNames() {
		canonical, err := proof.Encode(vectors[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		fmt.Fprintf(&leaves, "%x %s\n", proof.Leaf(canonical), name)
		golden(t, name+".hex", wrapHex(canonical))
	}
	golden(t, "leaves.txt", leaves.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("a missing golden fails: %v", err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s\nwant\n%s", name, got, want)
	}
}

func TestNoVectorIsLeftOver(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.hex")
	if err != nil || len(files) != len(vectors) {
		t.Fatalf("%d files for %d vectors (%v)", len(files), len(vectors), err)
	}
	for _, f := range files {
		if _, ok := vectors[strings.TrimSuffix(filepath.Base(f), ".hex")]; !ok {
			t.Errorf("%s belongs to no vector", f)
		}
	}
}
