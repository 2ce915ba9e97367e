package proof_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sovang/ledger/proof"
)

func posting(p proof.Posting) func(*proof.Entry) {
	return func(e *proof.Entry) { e.Postings = []proof.Posting{p} }
}

func document(d proof.Document) func(*proof.Entry) {
	return func(e *proof.Entry) { e.Documents = []proof.Document{d} }
}

func fact(name, value string) func(*proof.Entry) {
	return func(e *proof.Entry) { e.Facts = []proof.Fact{{Name: name, Value: value}} }
}

func TestEncodeRefusesWhatIsNotCanonical(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*proof.Entry){
		"no fund":                        func(e *proof.Entry) { e.Fund = "" },
		"a fund of 41 characters":        func(e *proof.Entry) { e.Fund = strings.Repeat("F", 41) },
		"a fund with a slash":            func(e *proof.Entry) { e.Fund = "H/D" },
		"a number past bigint":           func(e *proof.Entry) { e.Number = math.MaxInt64 + 1 },
		"no kind":                        func(e *proof.Entry) { e.Kind = "" },
		"a kind in capitals":             func(e *proof.Entry) { e.Kind = "Donation" },
		"a kind of 41 characters":        func(e *proof.Entry) { e.Kind = strings.Repeat("k", 41) },
		"no day":                         func(e *proof.Entry) { e.EffectiveOn = "" },
		"a Vietnamese day":               func(e *proof.Entry) { e.EffectiveOn = "27/07/2022" },
		"29 February of a common year":   func(e *proof.Entry) { e.EffectiveOn = "2023-02-29" },
		"29 February 1900":               func(e *proof.Entry) { e.EffectiveOn = "1900-02-29" },
		"31 April":                       func(e *proof.Entry) { e.EffectiveOn = "2023-04-31" },
		"month 13":                       func(e *proof.Entry) { e.EffectiveOn = "2023-13-01" },
		"day 0":                          func(e *proof.Entry) { e.EffectiveOn = "2023-12-00" },
		"year 0":                         func(e *proof.Entry) { e.EffectiveOn = "0000-12-01" },
		"no instant":                     func(e *proof.Entry) { e.RecordedAt = time.Time{} },
		"an instant before 1970":         func(e *proof.Entry) { e.RecordedAt = time.Unix(0, -1000) },
		"an instant with nanoseconds":    func(e *proof.Entry) { e.RecordedAt = time.Unix(1, 1) },
		"an instant of year 10000":       func(e *proof.Entry) { e.RecordedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"reversing itself":               func(e *proof.Entry) { e.Number, e.Reverses = 5, pointer(5) },
		"reversing in the first entry":   func(e *proof.Entry) { e.Reverses = pointer(0) },
		"the same account twice":         posting(proof.Posting{Debit: 1, Credit: 1, Amount: 1}),
		"no debit account":               posting(proof.Posting{Credit: 1, Amount: 1}),
		"no credit account":              posting(proof.Posting{Debit: 1, Amount: 1}),
		"a negative account":             posting(proof.Posting{Debit: -1, Credit: 1, Amount: 1}),
		"a negative purpose":             posting(proof.Posting{Debit: 1, Credit: 2, Purpose: -1, Amount: 1}),
		"nothing moved":                  posting(proof.Posting{Debit: 1, Credit: 2}),
		"a negative amount":              posting(proof.Posting{Debit: 1, Credit: 2, Amount: -1}),
		"no series":                      document(proof.Document{Year: 2022, Number: 1}),
		"a series of 41 bytes":           document(proof.Document{Series: strings.Repeat("S", 41), Year: 2022, Number: 1}),
		"a series with a line break":     document(proof.Document{Series: "P\nT", Year: 2022, Number: 1}),
		"year 0 of a document":           document(proof.Document{Series: "PT", Number: 1}),
		"year 10000 of a document":       document(proof.Document{Series: "PT", Year: 10000, Number: 1}),
		"document number 0":              document(proof.Document{Series: "PT", Year: 2022}),
		"a code of 41 bytes":             document(proof.Document{Series: "PT", Year: 2022, Number: 1, Code: strings.Repeat("C", 41)}),
		"a fact without name":            fact("", "x"),
		"a fact's name with a space":     fact("a b", "x"),
		"a fact's name with marks":       fact("tên", "x"),
		"a fact's name of 101":           fact(strings.Repeat("n", 101), "x"),
		"decomposed text":                fact("a", "Hoa\u0300"),
		"text half decomposed (CP1258)":  fact("a", "Nguy\u00ea\u0303n"),
		"a combining dot below alone":    fact("a", "a\u0323\u0302"),
		"seventeen marks in a row":       fact("a", "x"+strings.Repeat("\u0327", 17)),
		"broken UTF-8":                   fact("a", "\xff"),
		"a surrogate in UTF-8":           fact("a", "\xed\xa0\x80"),
		"a tab":                          fact("a", "x\ty"),
		"NUL":                            fact("a", "\x00"),
		"DEL":                            fact("a", "\x7f"),
		"a control character of C1":      fact("a", "\u0085"),
		"two facts in the wrong order":   func(e *proof.Entry) { e.Facts = []proof.Fact{{Name: "b"}, {Name: "a"}} },
		"one fact twice":                 func(e *proof.Entry) { e.Facts = []proof.Fact{{Name: "a"}, {Name: "a"}} },
		"commitments in the wrong order": func(e *proof.Entry) { e.Commitments = []proof.Commitment{{Name: "b"}, {Name: "a"}} },
		"one commitment twice":           func(e *proof.Entry) { e.Commitments = []proof.Commitment{{Name: "a"}, {Name: "a"}} },
		"a commitment without name":      func(e *proof.Entry) { e.Commitments = []proof.Commitment{{}} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			canonical, err := proof.Encode(with(change))
			if !errors.Is(err, proof.ErrInvalid) {
				t.Errorf("Encode = %x, %v, want ErrInvalid", canonical, err)
			}
		})
	}
}

func TestEncodeTakesTheSixtyFourthKiBAndNotOneByteMore(t *testing.T) {
	t.Parallel()
	empty, err := proof.Encode(with(fact("a", "")))
	if err != nil {
		t.Fatal(err)
	}
	room := proof.MaxCanonical - len(empty)
	full, err := proof.Encode(with(fact("a", strings.Repeat("x", room))))
	if err != nil || len(full) != proof.MaxCanonical {
		t.Errorf("%d bytes, %v, want %d", len(full), err, proof.MaxCanonical)
	}
	if _, err := proof.Decode(full); err != nil {
		t.Errorf("Decode: %v", err)
	}
	if _, err := proof.Encode(with(fact("a", strings.Repeat("x", room+1)))); !errors.Is(err, proof.ErrTooLarge) {
		t.Errorf("one byte more: %v, want ErrTooLarge", err)
	}
	if _, err := proof.Decode(append(full, 0)); !errors.Is(err, proof.ErrTooLarge) {
		t.Errorf("Decode one byte more: %v, want ErrTooLarge", err)
	}
}

func TestAppendLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	good, bad := exampleEntry(), base()
	bad.Fund = ""
	canonical, err := proof.Encode(good)
	if err != nil {
		t.Fatal(err)
	}
	got, err := proof.Append([]byte("before"), &good)
	if err != nil || !bytes.Equal(got, append([]byte("before"), canonical...)) {
		t.Errorf("Append = %x, %v", got, err)
	}
	if got, err := proof.Append([]byte("before"), &bad); err == nil || string(got) != "before" {
		t.Errorf("Append of a bad entry = %q, %v", got, err)
	}
}

func TestEncodeTakesAnInstantInAnyZone(t *testing.T) {
	t.Parallel()
	e := exampleEntry()
	e.RecordedAt = e.RecordedAt.In(time.FixedZone("+07", 7*60*60))
	got, err := proof.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	if want := canonicalOf(t, "worked_example"); !bytes.Equal(got, want) {
		t.Error("the zone changed the bytes")
	}
	back, err := proof.Decode(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(exampleEntry(), back); diff != "" {
		t.Error(diff)
	}
}

// field writes one field by hand.
func field(tag uint16, value []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, tag)
	return append(binary.BigEndian.AppendUint32(b, uint32(len(value))), value...)
}

func TestDecodeRefusesEveryOtherForm(t *testing.T) {
	t.Parallel()
	good := canonicalOf(t, "worked_example")
	fields := fieldsOf(good)
	join := func(f ...[]byte) []byte { return append([]byte{proof.Version}, bytes.Join(f, nil)...) }
	swap := func(i, j int) []byte {
		f := append([][]byte{}, fields...)
		f[i], f[j] = f[j], f[i]
		return join(f...)
	}
	signTwo := bytes.Clone(good)
	signTwo[bytes.Index(good, fields[8])+6+20] = 2
	for _, tt := range []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"nothing", nil, proof.ErrVersion},
		{"version 0", append([]byte{0}, good[1:]...), proof.ErrVersion},
		{"version 2", append([]byte{2}, good[1:]...), proof.ErrVersion},
		{"only a version", good[:1], proof.ErrInvalid},
		{"a byte after the end", append(bytes.Clone(good), 0), proof.ErrInvalid},
		{"a byte cut off", good[:len(good)-1], proof.ErrInvalid},
		{"a length past the end", append(bytes.Clone(good), 0, 13, 255, 255, 255, 255), proof.ErrInvalid},
		{"an unknown tag", append(bytes.Clone(good), field(14, nil)...), proof.ErrInvalid},
		{"tag 0", append(bytes.Clone(good), field(0, nil)...), proof.ErrInvalid},
		{"a field twice", join(append([][]byte{fields[0]}, fields...)...), proof.ErrInvalid},
		{"a field missing", join(fields[1:]...), proof.ErrInvalid},
		{"no key", join(append(append([][]byte{}, fields[:6]...), fields[7:]...)...), proof.ErrInvalid},
		{"two fields swapped", swap(0, 1), proof.ErrInvalid},
		{"a fact before a document", swap(9, 10), proof.ErrInvalid},
		{"a short key", join(append(append(append([][]byte{}, fields[:6]...), field(7, make([]byte, 15))), fields[7:]...)...), proof.ErrInvalid},
		{"a long key", join(append(append(append([][]byte{}, fields[:6]...), field(7, make([]byte, 17))), fields[7:]...)...), proof.ErrInvalid},
		{"sign 2", signTwo, proof.ErrInvalid},
		{"an empty fact", append(bytes.Clone(good), field(12, nil)...), proof.ErrInvalid},
		{"a fact shorter than its name", append(bytes.Clone(good), field(12, []byte{2, 'x'})...), proof.ErrInvalid},
		{"a commitment of 31 bytes", append(bytes.Clone(good), field(13, make([]byte, 31))...), proof.ErrInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if e, err := proof.Decode(tt.bytes); !errors.Is(err, tt.want) {
				t.Errorf("Decode = %+v, %v, want %v", e, err, tt.want)
			}
		})
	}
}

func TestSixteenMarksInARowAreText(t *testing.T) {
	t.Parallel()
	if _, err := proof.Encode(with(fact("a", "x"+strings.Repeat("\u0327", 16)+"y"+strings.Repeat("\u0327", 16)))); err != nil {
		t.Error(err)
	}
}

func TestErrorsTellTheFieldAndNeverTheValue(t *testing.T) {
	t.Parallel()
	_, err := proof.Encode(with(fact("payer", "Trần Thị Hoa\n0912000111")))
	if err == nil || strings.Contains(err.Error(), "Hoa") || strings.Contains(err.Error(), "0912") {
		t.Errorf("error text: %v", err)
	}
}
