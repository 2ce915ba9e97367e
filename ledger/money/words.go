package money

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style says how an amount is spelled. Words left empty are those of the North. Four behind a ten is always
// "tư" (hai mươi tư), one behind two tens or more "mốt", five behind a ten "lăm".
type Style struct {
	// Linh stands for an empty ten before a unit: "linh" in the North, "lẻ" in the South.
	Linh string
	// Nghin is a thousand: "nghìn" in the North, "ngàn" in the South.
	Nghin string
	// Chan adds "chẵn" to round sums: multiples of 1.000 đ above zero.
	Chan bool
}

// The two ways of speaking; Hải Phòng and Hải Dương use North (domain.md §7.1).
var (
	North = Style{Linh: "linh", Nghin: "nghìn"}
	South = Style{Linh: "lẻ", Nghin: "ngàn"}
)

var digitWords = [10]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// Words spells the amount as a voucher wants it: first letter a capital, "đồng" at the end, "Âm" before a
// negative amount. Above 999 tỷ it counts in tỷ: một nghìn tỷ, một triệu tỷ. The closing "./." is the form's.
func (v VND) Words(s Style) string {
	sp := speller{linh: orElse(s.Linh, North.Linh), nghin: orElse(s.Nghin, North.Nghin)}
	sp.b.Grow(160)
	sign, digits := cutMinus(v.String())
	if sign != "" {
		sp.say("âm")
	}
	sp.number(digits, false)
	sp.say("đồng")
	if s.Chan && strings.HasSuffix(digits, "000") {
		sp.say("chẵn")
	}
	return capital(sp.b.String())
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// capital makes the first letter a capital.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// speller writes words with a space between them.
type speller struct {
	b           strings.Builder
	linh, nghin string
}

func (sp *speller) say(word string) {
	if sp.b.Len() > 0 {
		sp.b.WriteByte(' ')
	}
	sp.b.WriteString(word)
}

// number spells digits of any length. Behind says that larger figures were spoken before, so that empty
// hundreds are spoken too. Nine figures at a time are counted in tỷ, and tỷ of tỷ when it must be.
func (sp *speller) number(digits string, behind bool) {
	if digits == "0" {
		sp.say(digitWords[0])
		return
	}
	if cut := len(digits) - 9; cut > 0 {
		sp.number(digits[:cut], behind)
		sp.say("tỷ")
		digits, behind = digits[cut:], true
	}
	for i, scale := range [3]string{"triệu", sp.nghin, ""} {
		group := groupOf(digits, 2-i)
		if group == 0 {
			continue
		}
		sp.group(group, behind)
		if scale != "" {
			sp.say(scale)
		}
		behind = true
	}
}

// groupOf is the n-th group of three figures from the end.
func groupOf(digits string, n int) int {
	end := len(digits) - 3*n
	value := 0
	for i := max(0, end-3); i < end; i++ {
		value = 10*value + int(digits[i]-'0')
	}
	return value
}

// group spells 1 to 999; full speaks empty hundreds.
func (sp *speller) group(n int, full bool) {
	hundreds, tens, ones := n/100, n/10%10, n%10
	full = full || hundreds > 0
	if full {
		sp.say(digitWords[hundreds])
		sp.say("trăm")
	}
	switch {
	case tens == 1:
		sp.say("mười")
	case tens > 1:
		sp.say(digitWords[tens])
		sp.say("mươi")
	case full && ones > 0:
		sp.say(sp.linh)
	}
	if ones > 0 {
		sp.say(oneWord(ones, tens))
	}
}

// oneWord is the word for a unit behind tens.
func oneWord(ones, tens int) string {
	switch {
	case ones == 1 && tens > 1:
		return "mốt"
	case ones == 4 && tens > 1:
		return "tư"
	case ones == 5 && tens > 0:
		return "lăm"
	default:
		return digitWords[ones]
	}
}
