package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// DetectLegacy guesses whether s was written in an encoding from before Unicode, by looking which reading makes
// most of its words Vietnamese syllables. It answers Unicode, false when s is good as it stands, or when no
// reading is better. It sees TCVN3 and its capitals as TCVN3, because only the font tells them apart.
//
// The guess is about s alone: "Dòng" is a word in Unicode and a man's name, Dũng, in TCVN3. The font of the cell,
// where there is one, knows better (EncodingOfFont); ask for a whole column at a time, and let a person decide,
// once per file. Like Decode it takes the text as the file holds it.
func DetectLegacy(s string) (Encoding, bool) {
	if isVietnamese(s) {
		return Unicode, false
	}
	best, most := Unicode, Unicode.score(s)
	for _, e := range [...]Encoding{Mojibake, VNI, TCVN3} {
		if n := e.score(s); n > most {
			best, most = e, n
		}
	}
	return best, best != Unicode
}

// isVietnamese says that every word of s is ASCII or a syllable as it stands, so that no reading can be better.
func isVietnamese(s string) bool {
	for chunk := range strings.FieldsFuncSeq(s, isASCIIMark) {
		if !isPlainASCII(chunk) && (!isSyllable(chunk) || isMixedCase(chunk)) {
			return false
		}
	}
	return true
}

// score counts the words of s that are Vietnamese syllables when read as e, less those that are not. Words in
// ASCII say nothing, nor does a lone character: a middle dot, which TCVN3 reads as ã.
func (e Encoding) score(s string) int {
	n := 0
	for chunk := range strings.FieldsFuncSeq(s, isASCIIMark) {
		if utf8.RuneCountInString(chunk) == 1 {
			continue
		}
		text := e.Decode(chunk)
		untouched := text == NFC(chunk)
		for word := range strings.FieldsSeq(text) {
			switch {
			case isPlainASCII(word):
			case isSyllable(word) && !(untouched && isMixedCase(word)):
				n++
			default:
				n--
			}
		}
	}
	return n
}

// isASCIIMark knows what parts words: ASCII that is neither letter nor digit. Other signs may be letters.
func isASCIIMark(r rune) bool {
	return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// isMixedCase: NguyÔn. Nobody writes so in Unicode, while TCVN3 has no capitals with tones: NGUYễN is right.
func isMixedCase(word string) bool {
	_, size := utf8.DecodeRuneInString(word)
	tail := word[size:]
	return tail != strings.ToLower(tail) && word != strings.ToUpper(word)
}

// isPlainASCII says that s is printable ASCII.
func isPlainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}
