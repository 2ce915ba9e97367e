package receipts

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"sovang/ledger"
	"sovang/ledger/proof"
)

// fundLog is the log of fund HD in memory: it signs and proves as a server does, with the same key each time.
type fundLog struct {
	key     ed25519.PrivateKey
	entries [][]byte
}

const origin = "sovang.example/log/HD"

func newFundLog() *fundLog {
	return &fundLog{key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))}
}

func (l *fundLog) vkey() string {
	v, err := note.NewEd25519VerifierKey(origin, l.key.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	return v
}

type noteSigner struct {
	note.Verifier
	key ed25519.PrivateKey
}

func (s noteSigner) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.key, text), nil }

var secret = bytes.Repeat([]byte{42}, 16)

// add puts an entry into the log, with commitments to texts.
func (l *fundLog) add(e proof.Entry, texts ...string) int64 {
	e.Fund, e.Number, e.EffectiveOn = "HD", uint64(len(l.entries)), "2022-07-27"
	e.RecordedAt = time.Date(2022, time.July, 27, 1, 30, len(l.entries), 0, time.UTC)
	for i := 0; i < len(texts); i += 2 { // in the order of their names
		e.Commitments = append(e.Commitments, proof.Commitment{Name: texts[i], Sum: proof.Commit(secret, texts[i], []byte(texts[i+1]))})
	}
	canonical, err := proof.Encode(e)
	if err != nil {
		panic(err)
	}
	l.entries = append(l.entries, canonical)
	return int64(e.Number)
}

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var list []tlog.Hash
	for _, i := range indexes {
		list = append(list, m[i])
	}
	return list, nil
}

// prove is the proof of an entry in the log as it is now.
func (l *fundLog) prove(no int64) string {
	var stored memory
	for i, canonical := range l.entries {
		more, err := tlog.StoredHashesForRecordHash(int64(i), proof.Leaf(canonical), stored)
		if err != nil {
			panic(err)
		}
		stored = append(stored, more...)
	}
	size := int64(len(l.entries))
	root, err := tlog.TreeHash(size, stored)
	if err != nil {
		panic(err)
	}
	path, err := tlog.ProveRecord(size, no, stored)
	if err != nil {
		panic(err)
	}
	v, err := note.NewVerifier(l.vkey())
	if err != nil {
		panic(err)
	}
	c := proof.Checkpoint{Origin: origin, Size: size, Root: root}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, noteSigner{v, l.key})
	if err != nil {
		panic(err)
	}
	p := proof.Proof{Extra: l.entries[no], Index: no, Checkpoint: string(signed)}
	for _, h := range path {
		p.Path = append(p.Path, h)
	}
	return p.Text()
}

func document1(number int64, code string) []proof.Document {
	return []proof.Document{{Series: "PT", Year: 2022, Number: number, Code: code}}
}

// someGift is the gift of the sheet that cash() draws.
func someGift() proof.Entry {
	r := cash()
	return proof.Entry{Kind: "donation", Documents: document1(r.Number, r.Code),
		Postings: []proof.Posting{{Debit: 1, Credit: 9, Amount: r.Amount.Int64()}},
		Facts:    []proof.Fact{{Name: "donated_on", Value: "2022-07-27"}, {Name: "method", Value: "cash"}}}
}

func openings(texts ...string) (list []ledger.Opening) {
	for i := 0; i < len(texts); i += 2 {
		list = append(list, ledger.Opening{Field: texts[i], Value: texts[i+1], Salt: proof.Salt(secret, texts[i])})
	}
	return list
}

// someProof is the whole proof of cash(): entry 3 of 5, with payer and memo opened.
func someProof() (Proof, *fundLog) {
	l, r := newFundLog(), cash()
	for range 3 {
		l.add(proof.Entry{Kind: "purpose.open"})
	}
	no := l.add(someGift(), "memo", r.Printed.Memo, "payer", r.Printed.Payer)
	l.add(proof.Entry{Kind: "purpose.open"})
	return Proof{Entry: l.prove(no), Texts: Texts(no, openings("memo", r.Printed.Memo, "payer", r.Printed.Payer))}, l
}

func sheetWith(t testing.TB, p Proof) []byte {
	t.Helper()
	return render(t, sheetCase{"", cash(), Options{Proof: p}})
}

func TestC15ASheetProvesItself(t *testing.T) {
	t.Parallel()
	attached, l := someProof()
	r := cash()
	p, err := Prove(sheetWith(t, attached), l.vkey())
	if err != nil {
		t.Fatal(err)
	}
	if p.Fund != "HD" || p.EntryNo != 3 || p.Ref.Number != r.Number || !p.Gift.Amount.Equal(r.Amount) || p.Void != nil || p.Checkpoint.Size != 5 {
		t.Errorf("%+v", p)
	}
	facts := map[string]string{}
	for _, f := range p.Facts() {
		facts[f.Label] = f.Value
	}
	if facts["Người nộp"] != r.Printed.Payer || facts["Nội dung"] != r.Printed.Memo || facts["Ngày ủng hộ"] != "27/07/2022" ||
		!strings.HasPrefix(facts["Số tiền"], r.Amount.Format()) || !strings.Contains(facts["Phiếu"], "PT") {
		t.Errorf("%v", facts)
	}
}

func TestC15AVoidAndAReplacedSheetProveIt(t *testing.T) {
	t.Parallel()
	l := newFundLog()
	l.add(proof.Entry{Kind: "fund.open"})
	gift := l.add(someGift())
	ref := refOf(document1(cash().Number, cash().Code)[0])
	replace := l.add(proof.Entry{Kind: "receipt.replace", Documents: document1(151, "N3W0R1G1N4"),
		Facts: []proof.Fact{{Name: "gift", Value: "1"}, {Name: "void", Value: ref.String()}}})
	number := uint64(gift)
	reverse := l.add(proof.Entry{Kind: "donation.reverse", Reverses: &number})
	for _, tt := range []struct {
		name, says string
		p          Proof
		sheet      int64
	}{
		{"replaced", "ĐÃ THAY THẾ bằng phiếu", Proof{Entry: l.prove(gift), Void: l.prove(replace), Texts: Texts(gift, nil)}, gift},
		{"reversed", "ĐÃ HUỶ", Proof{Entry: l.prove(gift), Void: l.prove(reverse)}, gift},
		{"a replacement that was reversed", "ĐÃ HUỶ", Proof{Entry: l.prove(replace), Gift: l.prove(gift), Void: l.prove(reverse), Texts: Texts(replace, nil)}, replace},
		{"a replacement that stands", "", Proof{Entry: l.prove(replace), Gift: l.prove(gift), Texts: Texts(replace, nil)}, replace},
	} {
		p, err := Prove(sheetWith(t, tt.p), l.vkey())
		if err != nil || p.EntryNo != tt.sheet || p.Gift == nil || !p.Gift.Amount.Equal(cash().Amount) {
			t.Errorf("%s: %+v, %v", tt.name, p, err)
		}
		if got := p.VoidText(); (tt.says == "") != (got == "") || !strings.Contains(got, tt.says) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.says)
		}
	}
	p, err := Prove(sheetWith(t, Proof{Entry: l.prove(replace)}), l.vkey())
	if err != nil || p.Gift != nil {
		t.Errorf("a replacement without the gift: %+v, %v", p, err)
	}
	if _, err := Prove(sheetWith(t, Proof{Entry: l.prove(0)}), l.vkey()); !errors.Is(err, ErrNotSheet) {
		t.Errorf("an entry that is no sheet: %v", err)
	}
}

// C15: whatever byte of an attached file is another, the sheet is refused with a sentence that says why.
func TestC15EveryFlippedByteIsRefusedWithItsSentence(t *testing.T) {
	t.Parallel()
	good, l := someProof()
	said := map[string]int{}
	refused := func(p Proof) {
		t.Helper()
		_, err := Prove(sheetWith(t, p), l.vkey())
		if err == nil || WhyNot(err) == "" {
			t.Errorf("%v says %q for\n%s%s", err, WhyNot(err), p.Entry, p.Texts)
		}
		said[WhyNot(err)]++
	}
	const every = 29 // each takes a millisecond and a half to draw
	for at := 0; at < len(good.Entry); at += every {
		b := []byte(good.Entry)
		b[at] ^= 1 << (at % 8)
		refused(Proof{Entry: string(b), Texts: good.Texts})
	}
	for at := 0; at < len(good.Texts); at += 11 {
		b := []byte(good.Texts)
		b[at] ^= 1 << (at % 7)
		p := Proof{Entry: good.Entry, Texts: string(b)}
		if !strings.HasPrefix(p.Texts, "sovang/texts@") { // then it is no file of ours, and opens nothing
			if got, err := Prove(sheetWith(t, p), l.vkey()); err != nil || len(got.Texts) != 0 {
				t.Errorf("a file of somebody else's: %v", err)
			}
			continue
		}
		refused(p)
	}
	for _, err := range []error{proof.ErrMalformed, proof.ErrSignature, proof.ErrRoot, &TextError{"payer"}, &TextError{"memo"}} {
		if said[WhyNot(err)] == 0 {
			t.Errorf("nothing was refused with %q: %v", WhyNot(err), said)
		}
	}
}

// A byte of the PDF itself that is flipped never makes it prove something else.
func TestC15AFlippedByteOfTheFileProvesNothingElse(t *testing.T) {
	t.Parallel()
	good, l := someProof()
	pdf := sheetWith(t, good)
	want, err := Prove(pdf, l.vkey())
	if err != nil {
		t.Fatal(err)
	}
	refused, last := 0, bytes.LastIndex(pdf, []byte("/EmbeddedFile "))
	last += bytes.Index(pdf[last:], []byte("endstream"))
	for at := bytes.Index(pdf, []byte("/EmbeddedFile ")); at < last; at++ {
		b := bytes.Clone(pdf)
		b[at] ^= 1 << (at % 8)
		p, err := Prove(b, l.vkey())
		switch {
		case err != nil:
			refused++
		case p.Ref != want.Ref || p.Leaf != want.Leaf:
			t.Errorf("byte %d: another sheet is proven: %+v", at, p)
		}
	}
	if refused < 700 {
		t.Errorf("only %d flips were refused", refused)
	}
}

func TestC15EachRefusalHasItsOwnSentence(t *testing.T) {
	t.Parallel()
	good, l := someProof()
	other := newFundLog()
	other.key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))
	other.entries = l.entries
	hp, err := note.NewEd25519VerifierKey("sovang.example/log/HP", l.key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	grafted := newFundLog()
	grafted.add(proof.Entry{Kind: "fund.open"})
	seen := map[string]string{}
	for _, tt := range []struct {
		name string
		p    Proof
		vkey string
		want error
	}{
		{"another key", good, other.vkey(), proof.ErrWrongKey},
		{"another fund's key", good, hp, proof.ErrOtherLog},
		{"no key", good, "khoá", proof.ErrKey},
		{"no proof", Proof{}, l.vkey(), ErrNoProof},
		{"texts alone", Proof{Texts: good.Texts}, l.vkey(), ErrNoProof},
		{"another entry's texts", Proof{Entry: good.Entry, Texts: Texts(2, nil)}, l.vkey(), ErrNotSheet},
		{"a text that was changed", Proof{Entry: good.Entry, Texts: Texts(3, []ledger.Opening{{Field: "payer", Value: "Người khác", Salt: proof.Salt(secret, "payer")}})},
			l.vkey(), &TextError{"payer"}},
		{"the file cut off", Proof{Entry: good.Entry[:len(good.Entry)/2]}, l.vkey(), proof.ErrMalformed},
		{"the signed size changed", Proof{Entry: strings.Replace(good.Entry, "\n5\n", "\n6\n", 1)}, l.vkey(), proof.ErrSignature},
		{"another index", Proof{Entry: strings.Replace(good.Entry, "index 3", "index 2", 1)}, l.vkey(), proof.ErrRoot},
		{"an index beyond", Proof{Entry: strings.Replace(good.Entry, "index 3", "index 7", 1)}, l.vkey(), proof.ErrIndex},
	} {
		_, err := Prove(sheetWith(t, tt.p), tt.vkey)
		said := WhyNot(err)
		if said == "" || said != WhyNot(tt.want) {
			t.Errorf("%s: %v (%q), want %v", tt.name, err, said, tt.want)
		}
		if was := seen[said]; was != "" && tt.name != "texts alone" {
			t.Errorf("%s and %s are refused with one sentence", tt.name, was)
		}
		seen[said] = tt.name
	}
	if WhyNot(errors.New("khác")) != "" || WhyNot(nil) != "" || WhyNot(&TextError{"x"}) == "" {
		t.Error("WhyNot")
	}
}

func TestLettersAndTestPrintsCarryNoProof(t *testing.T) {
	t.Parallel()
	p, _ := someProof()
	for _, o := range []Options{{Letter: true}, {Trial: true}} {
		without := render(t, sheetCase{"", cash(), o})
		o.Proof = p
		if !bytes.Equal(without, render(t, sheetCase{"", cash(), o})) {
			t.Errorf("%+v: other bytes with a proof", o)
		}
	}
}

// What other programs write again still proves itself; qpdf reads our attachments as it should.
func TestC15ASheetSavedByAnotherProgramProvesItself(t *testing.T) {
	t.Parallel()
	p, l := someProof()
	pdf := sheetWith(t, p)
	checked(t, pdf)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.pdf"), pdf)
	for _, how := range [][]string{{"--object-streams=generate"}, {"--stream-data=uncompress"}, {"--linearize"}, {"--qdf"}} {
		out := filepath.Join(dir, "b.pdf")
		run(t, nil, "qpdf", append(how, filepath.Join(dir, "a.pdf"), out)...)
		again, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Prove(again, l.vkey()); err != nil || got.EntryNo != 3 || len(got.Texts) != 2 {
			t.Errorf("%v: %+v, %v", how, got, err)
		}
	}
}

func TestTextsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []ledger.Opening
		for range rapid.IntRange(0, 12).Draw(t, "count") {
			o := ledger.Opening{Field: rapid.StringMatching(`[a-z_]{1,20}`).Draw(t, "field"), Value: rapid.String().Draw(t, "value")}
			copy(o.Salt[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "salt"))
			list = append(list, o)
		}
		no := rapid.Int64Min(0).Draw(t, "entry")
		gotNo, got, ok := parseTexts(Texts(no, list))
		if !ok || gotNo != no || len(got) != len(list) {
			t.Fatalf("%v %d %v", ok, gotNo, got)
		}
		for i := range list {
			if got[i] != list[i] {
				t.Fatalf("%v, want %v", got[i], list[i])
			}
		}
	})
}

func FuzzProve(f *testing.F) {
	p, l := someProof()
	pdf := sheetWith(f, p)
	first, last := bytes.Index(pdf, []byte("/EmbeddedFile ")), bytes.LastIndex(pdf, []byte("/EmbeddedFile "))
	f.Add(pdf[first : last+bytes.Index(pdf[last:], []byte("endobj"))]) // the fonts behind it would only slow it down
	f.Add([]byte("/EmbeddedFile stream\nc2sp.org/tlog-proof@v1\nendstream/EmbeddedFile stream\nsovang/texts@v1\nentry 1\nendstream"))
	f.Add([]byte("/EmbeddedFile>>stream\r\n"))
	f.Fuzz(func(t *testing.T, tail []byte) {
		got, err := Prove(append([]byte("%PDF-1.3\n"), tail...), l.vkey())
		if err != nil && WhyNot(err) == "" {
			t.Errorf("no sentence for %v", err)
		}
		if err == nil && got.EntryNo != 3 {
			t.Errorf("proven: %+v", got)
		}
	})
}
