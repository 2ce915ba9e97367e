package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"sovang/ledger/viet"
)

// separators in the order in which they are tried; Excel writes ';' where the comma is the decimal sign.
var separators = []rune{',', ';', '\t'}

// openText reads a text file: the separator is the first under which a header is found.
func openText(body []byte) ([]*sheet, int, error) {
	text, converted, err := decodeText(body)
	if err != nil {
		return nil, 0, err
	}
	tries := separators
	if rest, ok := strings.CutPrefix(text, "sep="); ok && rest != "" { // Excel's own hint, its first line
		comma := rune(rest[0])
		if strings.ContainsRune(",;\t|", comma) {
			tries, text = []rune{comma}, "\n"+strings.TrimLeft(rest[1:], "\r\n")
		}
	}
	var failed error
	for _, comma := range tries {
		s, err := readText(text, comma)
		if err != nil {
			failed = cmpError(failed, err)
			continue
		}
		if s.header = findHeader(s); s.header.found() {
			s.converted = converted
			return []*sheet{s}, 0, nil
		}
	}
	if failed != nil {
		return nil, 0, failed
	}
	return nil, 0, &Error{Code: CodeNoHeader}
}

// cmpError keeps the first error.
func cmpError(first, next error) error {
	if first != nil {
		return first
	}
	return next
}

// decodeText is the text of the file. UTF-8 and UTF-16 are known for certain. Other bytes are of an old code
// page: when their Latin letters are TCVN3 or VNI they stay Latin, so that the question is asked as for a
// workbook; otherwise they are Windows-1258, the Vietnamese code page of Windows.
func decodeText(body []byte) (text string, converted bool, err error) {
	if text, ok := fromUTF16(body); ok {
		return text, false, nil
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(body, 0) >= 0 {
		return "", false, &Error{Code: CodeNotAList}
	}
	if utf8.Valid(body) {
		return string(body), false, nil
	}
	latin, err := charmap.Windows1252.NewDecoder().Bytes(body)
	if err != nil {
		return "", false, &Error{Code: CodeBroken, err: err}
	}
	if legacyOf(string(latin)) != viet.Unicode {
		return string(latin), false, nil
	}
	win, err := charmap.Windows1258.NewDecoder().Bytes(body)
	if err != nil {
		return "", false, &Error{Code: CodeBroken, err: err}
	}
	return string(win), true, nil
}

// fromUTF16 reads UTF-16 with its mark, or without one when every other byte of the beginning is zero.
func fromUTF16(body []byte) (string, bool) {
	big := bytes.HasPrefix(body, []byte("\xfe\xff"))
	little := bytes.HasPrefix(body, []byte("\xff\xfe"))
	if !big && !little {
		if len(body) < 8 || body[0] == 0 || body[1] != 0 || body[3] != 0 || body[5] != 0 {
			return "", false
		}
	} else {
		body = body[2:]
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		a, b := uint16(body[2*i]), uint16(body[2*i+1])
		if big {
			a, b = b, a
		}
		units[i] = a | b<<8
	}
	return string(utf16.Decode(units)), true
}

// readText cuts the text into cells. Quotation marks are read strictly first; a name such as Công ty "ABC" in a
// file written by hand is read leniently, unless that would join lines.
func readText(text string, comma rune) (*sheet, error) {
	s, err := cutText(text, comma, false)
	if errors.Is(err, csv.ErrBareQuote) || errors.Is(err, csv.ErrQuote) {
		return cutText(text, comma, true)
	}
	return s, err
}

func cutText(text string, comma rune, lazy bool) (*sheet, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord, r.LazyQuotes = comma, -1, true, lazy
	s := &sheet{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, textError(err)
		}
		no, _ := r.FieldPos(0)
		l := line{no: no}
		for col, field := range record {
			if lazy && strings.ContainsRune(field, '\n') {
				return nil, &Error{Code: CodeQuotes, Line: no}
			}
			if strings.TrimSpace(field) != "" {
				l.cells = append(l.cells, cell{col: col, text: strings.Clone(field), bad: isErrorValue(field)})
			}
		}
		if err := s.add(l); err != nil {
			return nil, err
		}
	}
}

func textError(err error) error {
	e := &Error{Code: CodeBroken, err: err}
	if at, ok := errors.AsType[*csv.ParseError](err); ok {
		e.Line = at.StartLine
		if errors.Is(err, csv.ErrBareQuote) || errors.Is(err, csv.ErrQuote) {
			e.Code = CodeQuotes
		}
	}
	return e
}

// add keeps a line that holds something, within the limits.
func (s *sheet) add(l line) error {
	n := len(l.cells)
	switch {
	case n == 0:
		return nil
	case l.cells[n-1].col >= MaxColumns:
		return &Error{Code: CodeTooManyColumns, Line: l.no}
	case len(s.lines) >= MaxRows:
		return &Error{Code: CodeTooManyRows, Line: l.no}
	}
	s.lines = append(s.lines, l)
	return nil
}

// isErrorValue knows what Excel writes where a formula failed.
func isErrorValue(s string) bool {
	switch strings.TrimSpace(s) {
	case "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!":
		return true
	}
	return false
}
