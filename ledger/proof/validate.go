package proof

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What Encode and Decode refuse. Texts name the field and the rule, never a value.
var (
	ErrInvalid  = errors.New("proof: not a canonical entry")
	ErrTooLarge = errors.New("proof: entry over 65,535 bytes")
	ErrVersion  = errors.New("proof: unknown version of the canonical form")
)

// Longest texts, in bytes.
const (
	maxWord = 40  // fund, kind, series, code
	maxName = 100 // name of a fact or commitment; its length has one byte in a fact
)

// maxMarks is how many combining marks may follow each other: no script needs more, and past 30 normalisers part
// ways (the stream-safe format of UAX #15, which x/text keeps and others do not).
const maxMarks = 16

var (
	firstInstant = time.Unix(0, 0)
	endInstant   = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
)

func refuse(field, rule string) error { return fmt.Errorf("%w: %s: %s", ErrInvalid, field, rule) }

// validate holds every rule of the canonical form but its size.
func (e *Entry) validate() error {
	switch {
	case !isWord(e.Fund, true):
		return refuse("fund", "1-40 characters of A-Z a-z 0-9 . _ -")
	case e.Number > math.MaxInt64:
		return refuse("number", "below 2^63")
	case !isWord(e.Kind, false):
		return refuse("kind", "1-40 characters of a-z 0-9 . _ -")
	case !isDay(e.EffectiveOn):
		return refuse("effective_on", "a day as 2006-01-02")
	case e.RecordedAt.Before(firstInstant) || !e.RecordedAt.Before(endInstant):
		return refuse("recorded_at", "from 1970 to 9999")
	case e.RecordedAt.Nanosecond()%1000 != 0:
		return refuse("recorded_at", "whole microseconds")
	case e.Reverses != nil && *e.Reverses >= e.Number:
		return refuse("reverses", "an earlier entry")
	}
	if err := e.validatePostings(); err != nil {
		return err
	}
	if err := e.validateDocuments(); err != nil {
		return err
	}
	return e.validateNamed()
}

func (e *Entry) validatePostings() error {
	for i := range e.Postings {
		p := &e.Postings[i]
		switch {
		case p.Debit <= 0 || p.Credit <= 0 || p.Debit == p.Credit:
			return refuse("posting", "two different accounts above zero")
		case p.Purpose < 0:
			return refuse("posting", "purpose not negative")
		case p.Amount <= 0:
			return refuse("posting", "amount above zero")
		}
	}
	return nil
}

func (e *Entry) validateDocuments() error {
	for i := range e.Documents {
		d := &e.Documents[i]
		switch {
		case d.Series == "" || len(d.Series) > maxWord || !isText(d.Series):
			return refuse("document", "series: 1-40 bytes of plain text")
		case d.Year < 1 || d.Year > 9999:
			return refuse("document", "year: 1-9999")
		case d.Number < 1:
			return refuse("document", "number: from 1")
		case len(d.Code) > maxWord || !isText(d.Code):
			return refuse("document", "code: at most 40 bytes of plain text")
		}
	}
	return nil
}

func (e *Entry) validateNamed() error {
	last := ""
	for i := range e.Facts {
		f := &e.Facts[i]
		if !isName(f.Name) || f.Name <= last {
			return refuse("fact", "names of 1-100 printable ASCII characters, ascending, each once")
		}
		if !isText(f.Value) {
			return refuse("fact", "value: NFC text without control characters")
		}
		last = f.Name
	}
	last = ""
	for i := range e.Commitments {
		c := &e.Commitments[i]
		if !isName(c.Name) || c.Name <= last {
			return refuse("commitment", "names of 1-100 printable ASCII characters, ascending, each once")
		}
		last = c.Name
	}
	return nil
}

// isWord says whether s is a short identifier: 1-40 of [a-z0-9._-], and A-Z where upper is set.
func isWord(s string, upper bool) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		case upper && 'A' <= c && c <= 'Z':
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxWord
}

// isName says whether s may name a fact or a commitment.
func isName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

// isText says whether s is UTF-8 in NFC, without control characters (category Cc) and without a heap of marks.
func isText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return isWideText(s)
		}
	}
	return true
}

func isWideText(s string) bool {
	marks := 0
	for _, r := range s {
		if r < ' ' || 0x7f <= r && r <= 0x9f {
			return false
		}
		if !isMark(r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return false
		}
	}
	if !utf8.ValidString(s) {
		return false
	}
	return norm.NFC.QuickSpanString(s) == len(s) || norm.NFC.IsNormalString(s) // the second allocates
}

// isMark says whether r is a combining mark (category M). Latin letters are answered without a search.
func isMark(r rune) bool {
	return r >= 0x300 && (r < 0x1e00 || r > 0x1fff) && unicode.Is(unicode.M, r)
}

// isDay says whether s is a day of the calendar, written 2006-01-02, in the years 0001 to 9999.
func isDay(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	year, month, day := digits(s[:4]), digits(s[5:7]), digits(s[8:])
	if year < 1 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= daysIn(year, month)
}

// digits reads ASCII digits; -1 when there is anything else.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
