package proof_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"

	"strings"
	"testing"
	"time"

	"sovang/ledger/proof"
)

var exampleSecret = bytes.Repeat([]byte{0x2a}, 32)

// exampleEntry is the worked example of the package comment.
func exampleEntry() proof.Entry {
	return proof.Entry{
		Fund:        "HD",
		Number:      7,
		Kind:        "donation",
		EffectiveOn: "2022-07-27",
		RecordedAt:  time.Date(2022, 7, 27, 1, 30, 0, 1000, time.UTC),
		Actor:       3,
		Key:         [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
		Request:     proof.Commit(exampleSecret, "request", []byte("{}")),
		Postings:    []proof.Posting{{Debit: 1, Credit: 9, Amount: 500_000}},
		Documents:   []proof.Document{{Series: "PT", Year: 2022, Number: 12, Code: "7K3M9Q2XWV"}},
		Facts:       []proof.Fact{{Name: "method", Value: "cash"}},
		Commitments: []proof.Commitment{{Name: "payer", Sum: proof.Commit(exampleSecret, "payer", []byte("Trần Thị Hoa"))}},
	}
}

// hexFields writes canonical bytes as the package comment does: a field a line; tag, length, value.
func hexFields(canonical []byte) []string {
	lines := []string{fmt.Sprintf("%x", canonical[:1])}
	for b := canonical[1:]; len(b) > 0; {
		end := 6 + binary.BigEndian.Uint32(b[2:])
		lines = append(lines, fmt.Sprintf("%x %x %x", b[:2], b[2:6], b[6:end]))
		b = b[end:]
	}
	return lines
}

func ExampleEncode() {
	canonical, err := proof.Encode(exampleEntry())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(hexFields(canonical), "\n"))
	fmt.Printf("leaf %x\n", proof.Leaf(canonical))
	// Output:
	// 01
	// 0001 00000002 4844
	// 0002 00000008 0000000000000007
	// 0003 00000008 646f6e6174696f6e
	// 0004 0000000a 323032322d30372d3237
	// 0005 00000008 0005e4bf5afd7601
	// 0006 00000008 0000000000000003
	// 0007 00000010 000102030405060708090a0b0c0d0e0f
	// 0008 00000020 e0ccce9d25f5e7e031848772f155f923327f82e2a75fa52fdfe4b1a9b0f09763
	// 000a 00000015 000000010000000900000000000000000007a12000
	// 000b 00000017 07e6000000000000000c025054374b334d395132585756
	// 000c 0000000b 066d6574686f6463617368
	// 000d 00000025 76ef2ec5607ff682445d1ba7ff29b2ada40b18abb7b26c310584e7c9bea599657061796572
	// leaf dddd756f67075a374570e1f9f539b456a5b2f2e40b8d8b0d8ef50b0a1780d3a1
}

func TestPackageCommentShowsTheExample(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := proof.Encode(exampleEntry())
	if err != nil {
		t.Fatal(err)
	}
	want := "//\t" + strings.Join(hexFields(canonical), "\n//\t") + "\n"
	if !bytes.Contains(doc, []byte(want)) {
		t.Errorf("doc.go does not hold the fields of the example:\n%s", want)
	}
	if leaf := fmt.Sprintf("//\t%x\n", proof.Leaf(canonical)); !bytes.Contains(doc, []byte(leaf)) {
		t.Errorf("doc.go does not hold the leaf %s", leaf)
	}
}
