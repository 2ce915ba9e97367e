package viet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The syllables of Vietnamese: an onset, a rhyme, and a tone on a letter of the rhyme. Written from the rules of
// spelling, without those that bind an onset to a rhyme (gh before e, ê, i). "q" stands beside "qu" because many
// people put the tone of quý on the u.
var (
	onsets = strings.Fields("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x")

	// Behind qu the u is written once: Quỳnh, quýt.
	quRhymes = strings.Fields("yn ynh yt ych")

	openRhymes = strings.Fields(`a e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iu iêu oa oe oi oai oay oao oeo
		ôi ơi ua uê ui uôi uơ uy uya uyu uây ưa ưi ươi ươu ưu yêu`)

	// Vowels, each with the consonants that may close it.
	closedRhymes = []string{
		"a m n ng nh p t c ch", "ă m n ng p t c", "â m n ng p t c", "e m n ng p t c", "ê m n nh p t ch",
		"i m n nh p t ch", "o m n ng p t c", "oo ng c", "ô m n ng p t c", "ơ m n p t", "u m n ng p t c",
		"ư ng t c", "iê m n ng p t c", "yê m n ng t", "uô m n ng t c", "ươ m n ng p t c",
		"oa m n ng nh p t c ch", "oă m n ng p t c", "oe m n t", "uâ n ng t", "uê n nh ch",
		"uy n nh p t ch", "uyê n t",
	}
	rhymes = spellRhymes()
)

// spellRhymes is each rhyme with the letters that may bear its tone, one bit for each.
func spellRhymes() map[string]uint {
	m := map[string]uint{}
	for _, rhyme := range openRhymes {
		m[rhyme] = tonePlaces(rhyme, false)
	}
	for _, rhyme := range quRhymes {
		m["qu"+rhyme] = 1 << 2
	}
	for _, line := range closedRhymes {
		vowels, codas, _ := strings.Cut(line, " ")
		for coda := range strings.FieldsSeq(codas) {
			m[vowels+coda] = tonePlaces(vowels, true)
		}
	}
	return m
}

// tonePlaces tells which of the vowels may bear the tone: the last one with a shape of its own (ươ: ơ); else the
// last before a consonant, the middle one of three, the first of two. Of oa, oe and uy either does: hòa, hoà.
func tonePlaces(vowels string, closed bool) uint {
	rs := []rune(vowels)
	for i, r := range slices.Backward(rs) {
		if strings.ContainsRune("ăâêôơư", r) {
			return 1 << i
		}
	}
	switch {
	case closed:
		return 1 << (len(rs) - 1)
	case len(rs) == 3:
		return 1 << 1
	case vowels == "oa", vowels == "oe", vowels == "uy":
		return 1<<0 | 1<<1
	default:
		return 1 << 0
	}
}

// isSyllable says that word, in NFC, is spelled like a syllable of Vietnamese.
func isSyllable(word string) bool {
	letters, tone, at := cutTone(strings.ToLower(word))
	if at >= 0 && tone == 0 {
		return false
	}
	if fits(letters, tone, at) {
		return true
	}
	for _, onset := range onsets {
		rhyme, ok := strings.CutPrefix(letters, onset)
		if ok && fits(rhyme, tone, at-utf8.RuneCountInString(onset)) {
			return true
		}
	}
	return false
}

// fits says that the tone can stand on letter at of the rhyme. Rhymes closed by c, ch, p or t have sắc or nặng.
func fits(rhyme string, tone rune, at int) bool {
	places, known := rhymes[rhyme]
	if !known {
		return false
	}
	stopped := strings.ContainsAny(rhyme[len(rhyme)-1:], "cpt") || strings.HasSuffix(rhyme, "ch")
	if tone == 0 {
		return !stopped
	}
	return at >= 0 && places&(1<<at) != 0 && (!stopped || tone == 0x0301 || tone == 0x0323)
}

// cutTone takes the tone off a word and says on which letter it stood. Without a tone it answers 0 and −1, with
// more than one 0 and the place of the last.
func cutTone(word string) (letters string, tone rune, at int) {
	var b strings.Builder
	at, count := -1, 0
	for _, r := range norm.NFD.String(word) {
		if isTone(r) || r == 0x0323 {
			if at >= 0 {
				return word, 0, at
			}
			tone, at = r, count-1
			continue
		}
		if !unicode.Is(unicode.M, r) {
			count++
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String()), tone, at
}
