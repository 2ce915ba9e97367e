package proof

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Decode reads canonical bytes. It accepts exactly what Encode writes: the entry it reads is encoded again and
// compared. A kind it has never heard of is fine, a tag is not. Errors: ErrTooLarge, ErrVersion, ErrInvalid.
func Decode(canonical []byte) (Entry, error) {
	if len(canonical) > MaxCanonical {
		return Entry{}, ErrTooLarge
	}
	if len(canonical) == 0 || canonical[0] != Version {
		return Entry{}, ErrVersion
	}
	var e Entry
	for rest := canonical[1:]; len(rest) > 0; {
		tag, value, tail, ok := cut(rest)
		if !ok || !e.take(tag, value) {
			return Entry{}, refuse("bytes", "tag, length and value as specified")
		}
		rest = tail
	}
	again, err := Encode(e)
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, canonical) {
		return Entry{}, refuse("bytes", "fields in order, each in its one form")
	}
	return e, nil
}

// cut takes the first field off.
func cut(b []byte) (tag int, value, rest []byte, ok bool) {
	if len(b) < fieldHead {
		return 0, nil, nil, false
	}
	tag = int(binary.BigEndian.Uint16(b))
	length := uint64(binary.BigEndian.Uint32(b[2:]))
	b = b[fieldHead:]
	if length > uint64(len(b)) {
		return 0, nil, nil, false
	}
	return tag, b[:length], b[length:], true
}

// take puts one field into e. It checks only what it needs to read the value; Decode's comparison does the rest.
func (e *Entry) take(tag int, v []byte) bool {
	switch tag {
	case tagFund:
		e.Fund = string(v)
	case tagNumber:
		return takeInt(v, &e.Number)
	case tagKind:
		e.Kind = string(v)
	case tagEffectiveOn:
		e.EffectiveOn = string(v)
	case tagRecordedAt:
		var micros uint64
		ok := takeInt(v, &micros)
		e.RecordedAt = time.UnixMicro(int64(micros)).UTC()
		return ok
	case tagActor:
		var actor uint64
		ok := takeInt(v, &actor)
		e.Actor = int64(actor)
		return ok
	case tagKey:
		return copy(e.Key[:], v) == len(v)
	case tagRequest:
		return copy(e.Request[:], v) == len(v)
	case tagReverses:
		e.Reverses = new(uint64)
		return takeInt(v, e.Reverses)
	default:
		return e.takeItem(tag, v)
	}
	return true
}

// takeItem adds one item to a list.
func (e *Entry) takeItem(tag int, v []byte) bool {
	switch tag {
	case tagPosting:
		return e.takePosting(v)
	case tagDocument:
		return e.takeDocument(v)
	case tagFact:
		if len(v) < factHead || len(v) < factHead+int(v[0]) {
			return false
		}
		n := factHead + int(v[0])
		e.Facts = append(e.Facts, Fact{Name: string(v[factHead:n]), Value: string(v[n:])})
	case tagCommitment:
		if len(v) < sumBytes {
			return false
		}
		e.Commitments = append(e.Commitments, Commitment{Name: string(v[sumBytes:]), Sum: [32]byte(v[:sumBytes])})
	default:
		return false
	}
	return true
}

func takeInt(v []byte, to *uint64) bool {
	if len(v) != 8 {
		return false
	}
	*to = binary.BigEndian.Uint64(v)
	return true
}

func (e *Entry) takePosting(v []byte) bool {
	if len(v) != postingBytes || v[20] > 1 {
		return false
	}
	e.Postings = append(e.Postings, Posting{
		Debit:    int32(binary.BigEndian.Uint32(v)),
		Credit:   int32(binary.BigEndian.Uint32(v[4:])),
		Purpose:  int32(binary.BigEndian.Uint32(v[8:])),
		Amount:   int64(binary.BigEndian.Uint64(v[12:])),
		Negative: v[20] == 1,
	})
	return true
}

func (e *Entry) takeDocument(v []byte) bool {
	if len(v) < documentHead || len(v) < documentHead+int(v[10]) {
		return false
	}
	n := documentHead + int(v[10])
	e.Documents = append(e.Documents, Document{
		Year:   int(binary.BigEndian.Uint16(v)),
		Number: int64(binary.BigEndian.Uint64(v[2:])),
		Series: string(v[documentHead:n]),
		Code:   string(v[n:]),
	})
	return true
}
