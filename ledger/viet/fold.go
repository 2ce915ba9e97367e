package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold is the key by which people and places are found: small letters without marks, đ as d, digits, and single
// spaces for everything else. So hoà and hòa are alike, bank text without marks finds the name with marks, and
// y behind a consonant or qu is i (Lý, Lí; Mỹ, Mĩ; quý, quí), while hay, tuy, thuý and yên keep their y.
//
// A fold proposes and never decides: Hoa, Hòa, Hoá and Hóa are different people. Folding twice changes nothing,
// and the fold of the beginning of a word is the beginning of its fold, so that suggestions can be looked up by
// prefix.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var before, last rune // the two characters written last
	for _, r := range norm.NFKD.String(NFC(s)) {
		if unicode.Is(unicode.M, r) {
			continue
		}
		r = plain(r)
		if r == ' ' && (last == ' ' || last == 0) {
			continue
		}
		if r == 'y' && (isConsonant(last) || before == 'q' && last == 'u') {
			r = 'i'
		}
		b.WriteRune(r)
		before, last = last, r
	}
	return strings.TrimSuffix(b.String(), " ")
}

// plain is a small letter or a digit; everything else is a space. Signs that NFKD turns into look-alikes of đ
// (a raised ð) are d as well.
func plain(r rune) rune {
	switch {
	case strings.ContainsRune("đĐðÐɖƉ", r):
		return 'd'
	case unicode.IsLetter(r):
		return unicode.ToLower(r)
	case unicode.IsDigit(r):
		return r
	default:
		return ' '
	}
}

// isConsonant says that the folded letter r is a consonant of the Latin alphabet.
func isConsonant(r rune) bool {
	return r >= 'a' && r <= 'z' && !strings.ContainsRune("aeiouy", r)
}

// Initials masks the name of a person for public pages: Nguyễn Thị Hoà is N. T. H. Words without a letter are
// left out. Names of organisations are not masked: which is which, the caller knows.
func Initials(name string) string {
	var b strings.Builder
	for _, word := range strings.Fields(Clean(name)) {
		i := strings.IndexFunc(word, unicode.IsLetter)
		if i < 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		first, _ := utf8.DecodeRuneInString(word[i:])
		b.WriteRune(unicode.ToUpper(first))
		b.WriteByte('.')
	}
	return b.String()
}
