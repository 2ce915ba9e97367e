package proof_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"sovang/ledger/proof"
)

// text draws NFC text from few letters, so that boundaries between fields are tried hard.
func text(most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return norm.NFC.String(rapid.StringOfN(rapid.SampledFrom([]rune("ab\u0300\u0323ơ 1–")), 0, most, 40).Draw(t, "text"))
	})
}

func names(t *rapid.T) []string {
	list := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-c._/]{1,3}`), 0, 4, rapid.ID[string]).Draw(t, "names")
	slices.Sort(list)
	return list
}

// drawEntry draws a valid entry; small ranges make it likely that two draws nearly agree.
func drawEntry(t *rapid.T) proof.Entry {
	e := proof.Entry{
		Fund:        rapid.StringMatching(`[A-C]{1,2}`).Draw(t, "fund"),
		Number:      rapid.Uint64Range(0, 3).Draw(t, "number"),
		Kind:        rapid.StringMatching(`[ab.]{1,3}`).Draw(t, "kind"),
		EffectiveOn: rapid.SampledFrom([]string{"2022-07-27", "2024-02-29"}).Draw(t, "effective_on"),
		RecordedAt:  time.UnixMicro(rapid.Int64Range(0, 3).Draw(t, "recorded_at")).UTC(),
		Actor:       rapid.Int64().Draw(t, "actor"),
	}
	copy(e.Key[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key"))
	copy(e.Request[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "request"))
	if e.Number > 0 && rapid.Bool().Draw(t, "reversal") {
		e.Reverses = pointer(e.Number - 1)
	}
	for range rapid.IntRange(0, 3).Draw(t, "postings") {
		e.Postings = append(e.Postings, proof.Posting{
			Debit: rapid.Int32Range(1, 2).Draw(t, "debit"), Credit: rapid.Int32Range(3, 4).Draw(t, "credit"),
			Purpose: rapid.Int32Range(0, 1).Draw(t, "purpose"), Amount: rapid.Int64Range(1, 1<<62).Draw(t, "amount"),
			Negative: rapid.Bool().Draw(t, "negative"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "documents") {
		e.Documents = append(e.Documents, proof.Document{
			Series: rapid.StringMatching(`[A-C]{1,3}`).Draw(t, "series"), Code: text(3).Draw(t, "code"),
			Year: rapid.IntRange(1, 9999).Draw(t, "year"), Number: rapid.Int64Range(1, 3).Draw(t, "document"),
		})
	}
	for _, name := range names(t) {
		e.Facts = append(e.Facts, proof.Fact{Name: name, Value: text(8).Draw(t, "value")})
	}
	for _, name := range names(t) {
		sum := [32]byte{rapid.Byte().Draw(t, "sum")}
		e.Commitments = append(e.Commitments, proof.Commitment{Name: name, Sum: sum})
	}
	return e
}

func decodesToItself(t *rapid.T) {
	e := drawEntry(t)
	canonical, err := proof.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := proof.Decode(canonical)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back, cmpopts.EquateEmpty()); diff != "" {
		t.Fatal(diff)
	}
}

func TestEveryEntryDecodesToItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, decodesToItself)
}

// neighbour moves one boundary or changes one thing, keeping every letter where it can.
func neighbour(t *rapid.T, e proof.Entry) proof.Entry {
	other := e
	other.Facts, other.Documents, other.Postings = slices.Clone(e.Facts), slices.Clone(e.Documents), slices.Clone(e.Postings)
	switch rapid.IntRange(0, 5).Draw(t, "change") {
	case 0:
		other.Facts = append(other.Facts, proof.Fact{Name: "zzz"})
	case 1:
		if len(other.Facts) > 0 {
			f := &other.Facts[len(other.Facts)-1]
			f.Name, f.Value = f.Name+"a", "b"+f.Value
		}
	case 2:
		other.Documents = append(other.Documents, proof.Document{Series: "PT", Year: 1, Number: 1})
	case 3:
		for i := range other.Documents {
			d := &other.Documents[i]
			d.Series, d.Code = d.Series+"b", "b"+d.Code
		}
	case 4:
		slices.Reverse(other.Postings)
	case 5:
		other.Fund, other.Kind = other.Fund+"a", "a"+other.Kind
	}
	return other
}

func TestTwoEntriesNeverEncodeAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawEntry(t)
		b := neighbour(t, a)
		one, err := proof.Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		two, err := proof.Encode(b)
		if err != nil {
			t.Skip("the neighbour is not canonical")
		}
		if same := cmp.Equal(a, b, cmpopts.EquateEmpty()); same != bytes.Equal(one, two) {
			t.Fatalf("same entry %v, same bytes %v", same, !same)
		}
	})
}

// FuzzEntry lets the fuzzer draw the entries of the property above.
func FuzzEntry(f *testing.F) { f.Fuzz(rapid.MakeFuzz(decodesToItself)) }

// FuzzDecode holds that the decoder never panics and that no second form of an entry is accepted.
func FuzzDecode(f *testing.F) {
	for name := range vectors {
		canonical, err := proof.Encode(vectors[name])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(canonical)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := proof.Decode(data)
		if err != nil {
			return
		}
		again, err := proof.Encode(e)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("Encode(Decode(%x)) = %x, %v", data, again, err)
		}
	})
}

// FuzzText tries texts as values and names: what Encode takes, Decode gives back.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "Đền ơn đáp nghĩa", "Nguye\u0302\u0303n", "\u1e69", "a\u200b", "\xff", "\u0085"} {
		f.Add("name", s, "PT", "")
	}
	f.Fuzz(func(t *testing.T, name, value, series, code string) {
		e := with(fact(name, value))
		e.Documents = []proof.Document{{Series: series, Year: 2022, Number: 1, Code: code}}
		canonical, err := proof.Encode(e)
		if err != nil {
			return
		}
		back, err := proof.Decode(canonical)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, back); diff != "" {
			t.Error(diff)
		}
	})
}
