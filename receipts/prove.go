package receipts

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/ledger/proof"
)

// Proven is what the files attached to a sheet prove of it: that the fund's log holds exactly this.
type Proven struct {
	Fund       string // the fund's code
	Ref        ledger.ReceiptRef
	EntryNo    int64 // the entry that issued the sheet: line EntryNo of the log, from 0
	Leaf       [32]byte
	RecordedAt time.Time
	Checkpoint proof.Checkpoint // the signed state of the log in which it stands
	Gift       *ProvenGift      // nil: the sheet replaces another one and carries no proof of the gift's entry
	Texts      []ledger.Opening // texts of the sheet that the log's commitments are to; none once erased
	Void       *ProvenVoid      // nil: nothing attached says that the sheet does not stand
}

// ProvenGift is what the log holds of the gift.
type ProvenGift struct {
	Amount    money.VND // of goods: the value, 0 when nobody valued them
	Method    ledger.Method
	DonatedOn ledger.Date
	Givers    string // how many gave, as a number; "" for one
}

// ProvenVoid is the entry that voided the sheet.
type ProvenVoid struct {
	EntryNo    int64
	At         time.Time
	ReplacedBy *ledger.ReceiptRef // nil: voided
}

// Why attached proofs that are good for themselves do not prove the sheet; test with errors.Is. A text that the log
// does not hold is a *TextError.
var ErrNotSheet = errors.New("receipts: the proof is of an entry that issued no sheet")

// TextError names a text of the sheet that is not what the log's commitment is to.
type TextError struct{ Field string }

// Error is for logs: the field's name, never its text.
func (e *TextError) Error() string { return fmt.Sprintf("receipts: the log holds another %s", e.Field) }

// provenEntry is an entry with the checkpoint that proves it.
type provenEntry struct {
	proof.Entry
	leaf       [32]byte
	checkpoint proof.Checkpoint
}

// Prove checks a sheet by the files attached to it, at most MaxPDF bytes, without any server. vkeys are the verifier
// keys of the fund's log, from its poster or public page and never from the sheet. It proves what the log holds, not
// what the ink says: a person compares the two. That the sheet still stands today it cannot prove, as a void is a
// later entry. Errors: ErrNotPDF, ErrLargePDF, ErrNoProof, ErrDamaged, ErrNotSheet, *TextError, and those of
// proof.VerifyEntry; WhyNot has a sentence for each.
func Prove(pdf []byte, vkeys ...string) (Proven, error) {
	files, err := attached(pdf)
	if err != nil {
		return Proven{}, err
	}
	var entries []provenEntry
	sheetNo, texts, told := int64(-1), []ledger.Opening(nil), false
	for _, text := range files {
		if text[0] == textsHead[0] {
			if sheetNo, texts, told = parseTexts(text); !told {
				return Proven{}, proof.ErrMalformed
			}
			continue
		}
		e, c, err := proof.VerifyEntry(text, vkeys...)
		if err != nil {
			return Proven{}, err
		}
		p, err := proof.ParseProof(text)
		if err != nil {
			return Proven{}, err
		}
		entries = append(entries, provenEntry{e, proof.Leaf(p.Extra), c})
	}
	if len(entries) == 0 {
		return Proven{}, ErrNoProof
	}
	if !told {
		sheetNo = int64(entries[0].Number)
	}
	return proven(entries, sheetNo, texts)
}

// proven puts together what the entries say of the sheet that one of them issued.
func proven(entries []provenEntry, sheetNo int64, texts []ledger.Opening) (Proven, error) {
	e := entryNo(entries, sheetNo)
	if e == nil || len(e.Documents) != 1 || (e.Kind != kindGift && e.Kind != kindReplace) {
		return Proven{}, ErrNotSheet
	}
	for _, o := range entries {
		if o.checkpoint.Origin != e.checkpoint.Origin {
			return Proven{}, proof.ErrOtherLog
		}
	}
	for _, t := range texts {
		if !opens(e, t) {
			return Proven{}, &TextError{t.Field}
		}
	}
	p := Proven{Fund: e.Fund, Ref: refOf(e.Documents[0]), EntryNo: sheetNo, Leaf: e.leaf, RecordedAt: e.RecordedAt,
		Checkpoint: e.checkpoint, Texts: texts}
	giftNo := sheetNo
	if said := e.fact("gift"); said != "" {
		giftNo, _ = strconv.ParseInt(said, 10, 64) // our own number; another finds no entry
	}
	if g := entryNo(entries, giftNo); g != nil && g.Kind == kindGift {
		p.Gift = giftOf(g)
	}
	for i := range entries {
		if v := &entries[i]; v.fact("void") == p.Ref.String() || (v.Reverses != nil && int64(*v.Reverses) == giftNo) {
			p.Void = &ProvenVoid{EntryNo: int64(v.Number), At: v.RecordedAt}
			if v.Kind == kindReplace && len(v.Documents) == 1 {
				ref := refOf(v.Documents[0])
				p.Void.ReplacedBy = &ref
			}
		}
	}
	return p, nil
}

// The kinds of entries that issue sheets, as the log names them for ever.
const (
	kindGift    = "donation"
	kindReplace = "receipt.replace"
)

func entryNo(entries []provenEntry, no int64) *provenEntry {
	for i := range entries {
		if int64(entries[i].Number) == no {
			return &entries[i]
		}
	}
	return nil
}

func (e *provenEntry) fact(name string) string {
	for _, f := range e.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func opens(e *provenEntry, t ledger.Opening) bool {
	for _, c := range e.Commitments {
		if c.Name == t.Field {
			return proof.Open(c.Sum, t.Salt, []byte(t.Value))
		}
	}
	return false
}

func refOf(d proof.Document) ledger.ReceiptRef {
	return ledger.ReceiptRef{Series: ledger.Series(d.Series), Year: d.Year, Number: d.Number, Code: d.Code}
}

// giftOf reads a gift from its entry; postings of gifts are never negative.
func giftOf(e *provenEntry) *ProvenGift {
	g := &ProvenGift{Amount: money.Dong(0), Method: ledger.Method(e.fact("method")), Givers: e.fact("givers")}
	for _, p := range e.Postings {
		g.Amount = g.Amount.Add(money.Dong(p.Amount))
	}
	g.DonatedOn, _ = ledger.ParseDate(e.fact("donated_on")) // zero when the log says none
	return g
}

// LogOf is the name of the log in which a sheet says that it stands, "host/log/CODE"; "" when it says none. It is
// not proven: it helps to choose among keys that one has, and never brings a key.
func LogOf(pdf []byte) string {
	files, _ := attached(pdf)
	for _, text := range files {
		if p, err := proof.ParseProof(text); err == nil {
			if c, err := proof.PeekCheckpoint(p.Checkpoint); err == nil {
				return c.Origin
			}
		}
	}
	return ""
}
