package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is a way of writing Vietnamese that is not Unicode, seen through the Latin-1 letters in which a
// spreadsheet keeps it. The zero Encoding is Unicode.
type Encoding int

// The encodings that old lists hold (domain.md §7.3 and Q6, Q7).
const (
	Unicode       Encoding = iota // nothing to decode
	TCVN3                         // TCVN 5712, the ABC fonts, .VnTime: NguyÔn
	TCVN3Capitals                 // .VnTimeH: the same letters, which the font draws as capitals
	VNI                           // VNI-Times: Nguyeãn
	Mojibake                      // UTF-8 read as Windows-1252: Nguyá»…n
)

// String is the name under which a person knows the encoding.
func (e Encoding) String() string {
	switch e {
	case TCVN3:
		return "TCVN3"
	case TCVN3Capitals:
		return "TCVN3 (chữ hoa)"
	case VNI:
		return "VNI"
	case Mojibake:
		return "UTF-8/Windows-1252"
	default:
		return "Unicode"
	}
}

// EncodingOfFont is the encoding that the font of a cell stands for: .VnTime is TCVN3, .VnTimeH (any .Vn font
// that ends in a capital H) its capitals, VNI-Times is VNI. Every other font is Unicode.
func EncodingOfFont(font string) Encoding {
	font = strings.TrimSpace(font)
	lower := strings.ToLower(font)
	switch {
	case strings.HasPrefix(lower, ".vn") && strings.HasSuffix(font, "H"):
		return TCVN3Capitals
	case strings.HasPrefix(lower, ".vn"):
		return TCVN3
	case strings.HasPrefix(lower, "vni"):
		return VNI
	default:
		return Unicode
	}
}

// Decode is the text in Unicode, in the form of NFC. It takes the text as the file holds it, before NFC or Clean
// saw it: the soft hyphen and the no-break space are letters there. Characters that the encoding does not know
// stay as they are. Of Mojibake, text that is no UTF-8 underneath stays whole.
func (e Encoding) Decode(s string) string {
	switch e {
	case TCVN3:
		s = fromTCVN3(s)
	case TCVN3Capitals:
		s = strings.ToUpper(fromTCVN3(s))
	case VNI:
		s = fromVNI(s)
	case Mojibake:
		s = fromMojibake(s)
	}
	return NFC(s)
}

// tcvn3 holds the letters of TCVN 5712:1993 VN3 from 0xA1 on; '·' stands where no letter is.
const tcvn3 = "" +
	/* A1 */ "ĂÂÊÔƠƯĐăâêôơưđ·" +
	/* B0 */ "·····àảãáạ·ằẳẵắ·" +
	/* C0 */ "······ặầẩẫấậè·ẻẽ" +
	/* D0 */ "éẹềểễếệìỉ···ĩíịò" +
	/* E0 */ "·ỏõóọồổỗốộờởỡớợù" +
	/* F0 */ "·ủũúụừửữứựỳỷỹýỵ"

var tcvn3Letters = func() map[rune]rune {
	m := map[rune]rune{}
	code := rune(0xA1)
	for _, letter := range tcvn3 {
		if letter != '·' {
			m[code] = letter
		}
		code++
	}
	return m
}()

func fromTCVN3(s string) string {
	return strings.Map(func(r rune) rune {
		if letter, ok := tcvn3Letters[r]; ok {
			return letter
		}
		return r
	}, s)
}

// VNI writes most letters as a base letter and a mark behind it: eã is ễ. The marks are letters that VNI never
// uses alone, so that a pair can be read in one way only.
var (
	vniMarks = map[string]string{ // base letters -> marks with what they become, pair by pair
		"a": "ùáøàûảõãïạêăéắèằúẳüẵëặââáấàầåẩãẫäậ",
		"e": "ùéøèûẻõẽïẹâêáếàềåểãễäệ",
		"o": "ùóøòûỏõõïọâôáốàồåổãỗäộ",
		"ô": "ùớøờûởõỡïợ",
		"u": "ùúøùûủõũïụ",
		"ö": "ùứøừûửõữïự",
		"y": "ùýøỳûỷõỹ",
	}
	vniAlone = map[rune]rune{'æ': 'ỉ', 'ó': 'ĩ', 'ò': 'ị', 'ô': 'ơ', 'ö': 'ư', 'î': 'ỵ', 'ñ': 'đ'}
	vniPairs = pairs(vniMarks)
)

// pairs spreads the table out: {base, mark} -> letter.
func pairs(table map[string]string) map[[2]rune]rune {
	m := map[[2]rune]rune{}
	for base, marks := range table {
		b, _ := utf8.DecodeRuneInString(base)
		rs := []rune(marks)
		for i := 0; i < len(rs); i += 2 {
			m[[2]rune{b, rs[i]}] = rs[i+1]
		}
	}
	return m
}

func fromVNI(s string) string {
	rs := append([]rune(s), 0)
	out := make([]rune, 0, len(rs))
	for i := 0; i < len(rs)-1; i++ {
		base := unicode.ToLower(rs[i])
		letter, alone := vniAlone[base]
		pair, paired := vniPairs[[2]rune{base, unicode.ToLower(rs[i+1])}]
		paired = paired && (unicode.IsUpper(rs[i]) || !unicode.IsUpper(rs[i+1])) // a mark is typed in its letter's case
		switch {
		case paired:
			letter = sameCase(pair, rs[i])
			i++
		case alone:
			letter = sameCase(letter, rs[i])
		default:
			letter = rs[i]
		}
		out = append(out, letter)
	}
	return string(out)
}

// sameCase is the letter in the case of like.
func sameCase(letter, like rune) rune {
	if unicode.IsUpper(like) {
		return unicode.ToUpper(letter)
	}
	return letter
}

func fromMojibake(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			if r > 0xff {
				return s
			}
			c = byte(r)
		}
		b = append(b, c)
	}
	if !utf8.Valid(b) {
		return s
	}
	return string(b)
}
