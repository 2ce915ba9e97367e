package proof_test

import (
	"fmt"
	"testing"

	"sovang/ledger/proof"
)

// gift is an entry of the usual size: one posting, one document, twelve facts, four commitments.
func gift() proof.Entry {
	e := exampleEntry()
	e.Facts = nil
	for i := range 11 {
		e.Facts = append(e.Facts, proof.Fact{Name: fmt.Sprintf("fact_%02d", i), Value: "2022-07-27"})
	}
	e.Facts = append(e.Facts, proof.Fact{Name: "fact_11", Value: "Tháng cao điểm vận động quỹ"})
	e.Commitments = nil
	for _, name := range []string{"address", "memo", "payer", "printed"} {
		e.Commitments = append(e.Commitments, proof.Commitment{Name: name})
	}
	return e
}

func TestEncodeAllocatesOnce(t *testing.T) {
	e := gift()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := proof.Encode(e); err != nil {
			t.Fatal(err)
		}
	}); n != 1 {
		t.Errorf("%v allocations, want 1", n)
	}
	room := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := proof.Append(room, &e); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations with room, want 0", n)
	}
}

func BenchmarkEncode(b *testing.B) {
	e := gift()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := proof.Encode(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	canonical, err := proof.Encode(gift())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := proof.Decode(canonical); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLeaf(b *testing.B) {
	canonical, err := proof.Encode(gift())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		proof.Leaf(canonical)
	}
}

func BenchmarkCommit(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		proof.Commit(exampleSecret, "payer", []byte("Trần Thị Hoa"))
	}
}
