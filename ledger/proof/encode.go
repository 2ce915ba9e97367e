package proof

import (
	"encoding/binary"
	"slices"
)

// Version is the first byte of canonical v1.
const Version = 0x01

// The tags of canonical v1, in the order in which they stand. A tag never changes its meaning.
const (
	tagFund = 1 + iota
	tagNumber
	tagKind
	tagEffectiveOn
	tagRecordedAt
	tagActor
	tagKey
	tagRequest
	tagReverses   // at most once
	tagPosting    // each in line order
	tagDocument   // each in the order given
	tagFact       // each, ascending by name
	tagCommitment // each, ascending by name
)

// Sizes in bytes of what does not vary.
const (
	fieldHead    = 2 + 4             // tag, length
	postingBytes = 4 + 4 + 4 + 8 + 1 // debit, credit, purpose, amount, sign
	documentHead = 2 + 8 + 1         // year, number, length of the series
	factHead     = 1                 // length of the name
	sumBytes     = 32                // a commitment, before its name
	fixedBytes   = 1 + 8*fieldHead + // version, and the eight fields of every entry
		8 + 10 + 8 + 8 + 16 + 32 // number, effective_on, recorded_at, actor, key, request
)

// Encode gives the canonical bytes of an entry. Errors: ErrInvalid, ErrTooLarge.
func Encode(e Entry) ([]byte, error) { return Append(nil, &e) }

// Append adds the canonical bytes of e to dst, with one allocation at most. On an error it returns dst as it was.
// Errors: ErrInvalid, ErrTooLarge.
func Append(dst []byte, e *Entry) ([]byte, error) {
	if err := e.validate(); err != nil {
		return dst, err
	}
	size := e.size()
	if size > MaxCanonical {
		return dst, ErrTooLarge
	}
	b := append(slices.Grow(dst, size), Version)
	b = appendText(b, tagFund, e.Fund)
	b = appendInt(b, tagNumber, e.Number)
	b = appendText(b, tagKind, e.Kind)
	b = appendText(b, tagEffectiveOn, e.EffectiveOn)
	b = appendInt(b, tagRecordedAt, uint64(e.RecordedAt.UnixMicro()))
	b = appendInt(b, tagActor, uint64(e.Actor))
	b = append(appendHead(b, tagKey, len(e.Key)), e.Key[:]...)
	b = append(appendHead(b, tagRequest, len(e.Request)), e.Request[:]...)
	if e.Reverses != nil {
		b = appendInt(b, tagReverses, *e.Reverses)
	}
	for i := range e.Postings {
		b = appendPosting(b, &e.Postings[i])
	}
	for i := range e.Documents {
		b = appendDocument(b, &e.Documents[i])
	}
	for i := range e.Facts {
		b = appendFact(b, &e.Facts[i])
	}
	for i := range e.Commitments {
		b = appendCommitment(b, &e.Commitments[i])
	}
	return b, nil
}

// size is the length of the canonical form, exactly.
func (e *Entry) size() int {
	n := fixedBytes + len(e.Fund) + len(e.Kind) + len(e.Postings)*(fieldHead+postingBytes)
	if e.Reverses != nil {
		n += fieldHead + 8
	}
	for i := range e.Documents {
		n += fieldHead + documentHead + len(e.Documents[i].Series) + len(e.Documents[i].Code)
	}
	for i := range e.Facts {
		n += fieldHead + factHead + len(e.Facts[i].Name) + len(e.Facts[i].Value)
	}
	for i := range e.Commitments {
		n += fieldHead + sumBytes + len(e.Commitments[i].Name)
	}
	return n
}

func appendHead(b []byte, tag, length int) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(tag))
	return binary.BigEndian.AppendUint32(b, uint32(length))
}

func appendText(b []byte, tag int, s string) []byte {
	return append(appendHead(b, tag, len(s)), s...)
}

func appendInt(b []byte, tag int, v uint64) []byte {
	return binary.BigEndian.AppendUint64(appendHead(b, tag, 8), v)
}

func appendPosting(b []byte, p *Posting) []byte {
	b = appendHead(b, tagPosting, postingBytes)
	b = binary.BigEndian.AppendUint32(b, uint32(p.Debit))
	b = binary.BigEndian.AppendUint32(b, uint32(p.Credit))
	b = binary.BigEndian.AppendUint32(b, uint32(p.Purpose))
	b = binary.BigEndian.AppendUint64(b, uint64(p.Amount))
	if p.Negative {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendDocument(b []byte, d *Document) []byte {
	b = appendHead(b, tagDocument, documentHead+len(d.Series)+len(d.Code))
	b = binary.BigEndian.AppendUint16(b, uint16(d.Year))
	b = binary.BigEndian.AppendUint64(b, uint64(d.Number))
	b = append(b, byte(len(d.Series)))
	b = append(b, d.Series...)
	return append(b, d.Code...)
}

func appendFact(b []byte, f *Fact) []byte {
	b = appendHead(b, tagFact, factHead+len(f.Name)+len(f.Value))
	b = append(b, byte(len(f.Name)))
	b = append(b, f.Name...)
	return append(b, f.Value...)
}

func appendCommitment(b []byte, c *Commitment) []byte {
	b = appendHead(b, tagCommitment, sumBytes+len(c.Name))
	b = append(b, c.Sum[:]...)
	return append(b, c.Name...)
}
