// Package viet holds what Vietnamese text needs: one normal form for storage (NFC, Clean), one key for finding
// people (Fold), the order in which lists are read (Compare, GivenNameKey), masked names (Initials), and the
// encodings from before Unicode that old spreadsheets still hold (Encoding).
//
// Three forms of a name are never mixed up: the normal form is stored, printed and decides whether two texts are
// the same; the fold only finds; the key only sorts. The package knows no database.
package viet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC is the form in which text is stored: Unicode NFC, so that what looks alike is alike. On the way it
//   - joins letters and marks, in whatever mixture they come (decomposed by macOS, half-composed by
//     Windows-1258, or with the tone before the circumflex), and drops a mark that is there twice;
//   - turns every kind of space into a plain one, line ends into \n, full-width ASCII into ASCII, and the
//     look-alikes Ð (U+00D0) and Ɖ (U+0189) into Đ, likewise ð and ɖ into đ;
//   - drops what cannot be seen: control characters but \n and tab, zero-width and bidirectional controls,
//     variation selectors, the ninth and later marks on one letter; bytes that are no UTF-8 become U+FFFD.
//
// Legacy text has to be decoded before (Encoding.Decode): in TCVN3 the soft hyphen, dropped here, is ư.
func NFC(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return norm.NFC.String(orderMarks(norm.NFD.String(dropUnseen(s))))
}

// maxMarks is how many marks of its own one letter keeps: no spelling needs more than four, and from thirty on
// Unicode's normal forms break a text apart.
const maxMarks = 8

// dropUnseen maps every character to its stored form, and drops marks that are too many on one letter.
func dropUnseen(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if r = visible(r); r < 0x0300 || !unicode.Is(unicode.M, r) {
			if r >= 0 {
				marks = 0
			}
			return r
		}
		if marks++; marks > maxMarks {
			return -1
		}
		return r
	}, s)
}

// Clean is the normal form of a text of one line, such as a name: NFC, with runs of white space made one space
// and none at the ends.
func Clean(s string) string { return strings.Join(strings.Fields(NFC(s)), " ") }

// IsNFC says that s is valid UTF-8 in Unicode normal form NFC: what the database's CHECK asks. Text that NFC
// returned always is.
func IsNFC(s string) bool { return utf8.ValidString(s) && norm.NFC.IsNormalString(s) }

// isPlain says that NFC has nothing to do: ASCII and whole Latin letters, as nearly every text is. The two ranges
// hold every Vietnamese letter with its marks; a mark of its own stands outside them.
func isPlain(s string) bool {
	for _, r := range s {
		switch {
		case r < 0x7f:
			if r < ' ' && r != '\n' && r != '\t' {
				return false
			}
		case r == 'Ð', r == 'ð', r == 'Ɖ':
			return false
		case r >= 0xC0 && r <= 0x24F, r >= 0x1E00 && r <= 0x1EFF:
		default:
			return false
		}
	}
	return true
}

// visible maps one character to its stored form; -1 drops it.
func visible(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		return '\n'
	case r == 'Ð', r == 'Ɖ':
		return 'Đ'
	case r == 'ð', r == 'ɖ':
		return 'đ'
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFF01 + '!'
	case unicode.Is(unicode.Zs, r), isBlankLetter(r):
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector), r == 0x034F:
		return -1
	}
	return r
}

// isBlankLetter knows the letters and symbols that are drawn as nothing.
func isBlankLetter(r rune) bool {
	return r == 0x115F || r == 0x1160 || r == 0x2800 || r == 0x3164 || r == 0xFFA0
}

// orderMarks puts the circumflex and the breve before the tones of the same letter, and drops a mark that comes
// to stand beside its like. It takes NFD: Unicode keeps the typed order of marks above a letter, so that e +
// acute + circumflex would never become ế.
func orderMarks(s string) string {
	rs := []rune(s)
	out := rs[:0]
	for _, r := range rs {
		out = append(out, r)
		i := len(out) - 1
		for ; i > 0 && isShape(out[i]) && isTone(out[i-1]); i-- {
			out[i], out[i-1] = out[i-1], out[i]
		}
		if i > 0 && isMark(out[i]) && out[i] == out[i-1] {
			out = slices.Delete(out, i, i+1)
		}
	}
	return string(out)
}

// isMark: a combining mark of the Latin script.
func isMark(r rune) bool { return r >= 0x0300 && r <= 0x036F }

// isShape: the circumflex of â ê ô and the breve of ă. (The horn of ơ ư is put in its place by NFD itself.)
func isShape(r rune) bool { return r == 0x0302 || r == 0x0306 }

// isTone: huyền, sắc, ngã, hỏi. (The dot of nặng is put in its place by NFD itself.)
func isTone(r rune) bool { return r == 0x0300 || r == 0x0301 || r == 0x0303 || r == 0x0309 }
