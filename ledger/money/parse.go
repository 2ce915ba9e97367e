package money

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Why a text is not an amount: the values of ParseError.Reason.
const (
	ReasonEmpty           = "empty"            // nothing was typed
	ReasonAmbiguous       = "ambiguous"        // two people would read two amounts: 1.500
	ReasonNotANumber      = "not_a_number"     // words, dates, telephone numbers, 2E+05, #REF!
	ReasonNegative        = "negative"         // -150.000, (150.000), 150.000-
	ReasonTooLarge        = "too_large"        // more than MaxVND
	ReasonFraction        = "fraction"         // not whole đồng: 1,5 or 199999.99999997
	ReasonUnknownCurrency = "unknown_currency" // not a code of ISO 4217, or VND where foreign money is meant
)

// ParseError says why a text is not an amount. It never holds the text: amounts and names stay out of logs.
type ParseError struct {
	// Reason is one of the Reason constants.
	Reason string
}

// Error names the reason alone.
func (e *ParseError) Error() string { return "money: " + e.Reason }

func refuse(reason string) error { return &ParseError{Reason: reason} }

// maxTyped bounds what is read at all, in bytes: the longest honest form, 1.000.000.000.000.000,00 VNĐ in
// full-width figures, is below 80.
const maxTyped = 100

// units are the words people put behind a number, and the power of ten each stands for.
var units = map[string]int{
	"k": 3, "nghìn": 3, "nghin": 3, "ngàn": 3, "ngan": 3,
	"tr": 6, "triệu": 6, "trieu": 6,
	"tỷ": 9, "tỉ": 9, "ty": 9, "ti": 9,
}

// Marks of đồng behind an amount, longer ones first, and before it.
var (
	marksBehind = []string{"đồng", "dong", "vnđ", "vnd", "đ", "₫", "d"}
	marksBefore = []string{"vnđ", "vnd", "₫"}
)

// Parse reads an amount in đồng as people type it: 500k, 1,5tr, 1tr5, 2 tỷ 9, 2 tỷ 900 triệu, 500.000đ,
// 1.500.000, 500 000, 1,000,000.00 VND. The amount is from 0 to MaxVND. Errors are *ParseError.
//
// A dot, a comma or a space between figures is read by one rule, the same for all three:
//
//   - before groups of three it stands for thousands when it is repeated (1.500.000), when a dot or comma of the
//     other kind follows it as a decimal sign (1.500,00), or when it stands once behind two or three figures
//     (14.000, 500.000, 500,000, 500 000: nobody types 14 đồng with three decimals);
//   - once, behind a single figure and before three (1.500), it is refused as ambiguous: nearly nobody gives
//     1.500 đồng (1.2 % of gifts are below 10.000, domain.md Q27), while many write 1.500 for 1.500 nghìn or for
//     1,500 triệu. With đ, đồng or VND behind it (1.500đ) it is read, since đồng have no decimals;
//   - before a unit (1.500tr, 14.000k) three figures can always be decimals as well as a group: refused, unless
//     the number begins with 0, as in 0,125tr;
//   - a decimal part of đồng must be zeros and stand behind a number that cannot be a slip of a group:
//     1.000.000,00 and 500000.00 are read, 500.00 is ambiguous, 1,5 is a fraction.
//
// A figure behind a unit without a unit of its own is its decimal part: 1tr5 is 1.500.000, 2 tỷ 9 is
// 2.900.000.000, 1tr250 is 1.250.000. Two figures are refused as ambiguous: 1tr25 is 1.250.000 to one person and
// 1.025.000 to another. Numbers with a leading zero are telephone numbers, not amounts.
func Parse(s string) (VND, error) { return parse(s, 0) }

// ParseGrouped reads like Parse when it is known that group ('.' or ',') stands for thousands, and the other
// sign for decimals: for files, where the question is asked once (domain.md Q38). Then 14.000 and 1.500 are
// plain. Errors are *ParseError.
//
// Another group is a programmer's mistake and panics.
func ParseGrouped(s string, group byte) (VND, error) {
	if group != '.' && group != ',' {
		panic("money: the sign of thousands is '.' or ','")
	}
	return parse(s, group)
}

func parse(s string, group byte) (VND, error) {
	text, err := tidy(s)
	if err != nil {
		return VND{}, err
	}
	body, marked := cutCurrency(text)
	if isNegative(body) {
		return VND{}, refuse(ReasonNegative)
	}
	parts, err := scan(body)
	if err != nil {
		return VND{}, err
	}
	if len(parts) == 1 {
		how := reading{group: group, marked: marked, counted: parts[0].power > 0}
		return how.dong(parts[0].number, parts[0].power)
	}
	return parseChain(parts, marked)
}

// lookAlikes of đ: Ð (U+00D0) and Ɖ (U+0189), in small letters.
var lookAlikes = strings.NewReplacer("ð", "đ", "ɖ", "đ")

// tidy brings what was typed to lower case, NFC, ASCII figures and single spaces, drops what cannot be seen (the
// zero-width space and the direction marks that a paste brings along), and takes off the apostrophe with which
// spreadsheets mark a number kept as text.
func tidy(s string) (string, error) {
	if len(s) > maxTyped || !utf8.ValidString(s) {
		return "", refuse(ReasonNotANumber)
	}
	s = lookAlikes.Replace(strings.ToLower(norm.NFC.String(width.Fold.String(strings.Map(seen, s)))))
	s = strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimSpace(s), "'")), " ")
	if s == "" {
		return "", refuse(ReasonEmpty)
	}
	return s, nil
}

// seen drops the characters of format, which are not drawn.
func seen(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// cutCurrency takes one mark of đồng off the end or the beginning.
func cutCurrency(s string) (body string, marked bool) {
	for _, mark := range marksBehind {
		if body, ok := strings.CutSuffix(s, mark); ok {
			return strings.TrimSpace(body), true
		}
	}
	for _, mark := range marksBefore {
		if body, ok := strings.CutPrefix(s, mark); ok {
			return strings.TrimSpace(body), true
		}
	}
	return s, false
}

// isNegative knows the ways of writing a negative amount: -1, −1, –1, 1-, (1).
func isNegative(s string) bool {
	if !strings.ContainsAny(s, "0123456789") {
		return false
	}
	inner := strings.Trim(s, "-−–() ")
	return inner != s && !strings.ContainsAny(inner, "-−–()")
}

// part is a number as it was typed, and the power of ten of the unit behind it; power 0 is no unit.
type part struct {
	number string
	power  int
}

// scan cuts "2 tỷ 900 triệu" into its parts.
func scan(s string) ([]part, error) {
	var parts []part
	for s != "" {
		end := indexOrEnd(s, func(r rune) bool { return !strings.ContainsRune("0123456789., ", r) })
		number := strings.TrimSpace(s[:end])
		s = s[end:]
		end = indexOrEnd(s, func(r rune) bool { return !unicode.IsLetter(r) })
		power, known := units[s[:end]]
		if number == "" || !known && s != "" {
			return nil, refuse(ReasonNotANumber)
		}
		parts = append(parts, part{number, power})
		s = s[end:]
	}
	if len(parts) == 0 { // a mark of đồng alone
		return nil, refuse(ReasonEmpty)
	}
	return parts, nil
}

func indexOrEnd(s string, f func(rune) bool) int {
	if i := strings.IndexFunc(s, f); i >= 0 {
		return i
	}
	return len(s)
}

// parseChain reads "2 tỷ 900 triệu" and "1tr5": whole numbers under falling units, each part smaller than one
// of the unit before it, and perhaps a tail without a unit.
func parseChain(parts []part, marked bool) (VND, error) {
	var sum VND
	limit := Dong(MaxVND)
	for i, p := range parts {
		v, err := linkValue(parts, i, marked)
		if err != nil {
			return VND{}, err
		}
		if i > 0 && v.Cmp(limit) >= 0 {
			return VND{}, refuse(ReasonNotANumber)
		}
		sum, limit = sum.Add(v), Dong(powerOfTen(p.power))
	}
	return bounded(sum)
}

// linkValue is what part i of a chain stands for.
func linkValue(parts []part, i int, marked bool) (VND, error) {
	number, power := parts[i].number, parts[i].power
	if !isDigits(number) {
		return VND{}, refuse(ReasonNotANumber)
	}
	if power > 0 {
		return reading{counted: true}.dong(number, power)
	}
	if i == 0 || i < len(parts)-1 || len(number) > 3 {
		return VND{}, refuse(ReasonNotANumber)
	}
	if len(number) == 2 || marked { // "1 triệu 5 đồng": five đồng, or half a million?
		return VND{}, refuse(ReasonAmbiguous)
	}
	return figures{whole: "0", decimals: number}.dong(parts[i-1].power)
}

// powerOfTen is 10^n for n up to 18.
func powerOfTen(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// bounded refuses more than MaxVND.
func bounded(v VND) (VND, error) {
	if v.Cmp(Dong(MaxVND)) > 0 {
		return VND{}, refuse(ReasonTooLarge)
	}
	return v, nil
}
