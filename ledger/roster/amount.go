package roster

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"

	"sovang/ledger/money"
	"sovang/ledger/viet"
)

// noise is how far a number of a workbook may stand from a whole đồng, in đồng. Sums of formulas in binary
// fractions end within a few billionths of what was meant; a person who writes a fraction of a đồng means
// something else, and is asked.
const noise = 1e-6

// readNumber reads a cell that the workbook holds as a number.
func readNumber(text string) (v money.VND, near bool, code Code) {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	whole := math.Round(f)
	switch {
	case err != nil || math.IsNaN(f) || math.IsInf(f, 0):
		return money.VND{}, false, CodeAmount
	case f < 0:
		return money.VND{}, false, CodeNegative
	case f > money.MaxVND:
		return money.VND{}, false, CodeTooMuch
	case math.Abs(f-whole) > noise:
		return money.VND{}, false, CodeFraction
	case whole == 0:
		return money.VND{}, false, CodeZero
	}
	return money.Dong(int64(whole)), f != whole, ""
}

// codeOfReason is the code for each reason of money.Parse.
var codeOfReason = map[string]Code{
	money.ReasonEmpty: CodeAmountNone, money.ReasonAmbiguous: CodeAmbiguous, money.ReasonNotANumber: CodeAmount,
	money.ReasonNegative: CodeNegative, money.ReasonTooLarge: CodeTooMuch, money.ReasonFraction: CodeFraction,
	money.ReasonUnknownCurrency: CodeAmount,
}

// readAmountText reads an amount that was typed; group is the sign of thousands, 0 where nothing settles it.
func readAmountText(text string, group byte, dong bool) (money.VND, Code) {
	text = viet.Clean(text)
	bare := strings.TrimSpace(strings.TrimPrefix(text, "'"))
	open := group == 0 && isOpen(bare)
	if open && !dong {
		return money.VND{}, CodeGroup
	}
	if group != 0 && isOpen(bare) && bare[strings.IndexAny(bare, ".,")] != group {
		return money.VND{}, CodeAmbiguous // 14.000 where commas group: nobody writes fourteen đồng so
	}
	if open { // đồng have no decimals: whichever sign it is, it groups
		group = bare[strings.IndexAny(bare, ".,")]
	}
	parse := money.Parse
	if group != 0 {
		parse = func(s string) (money.VND, error) { return money.ParseGrouped(s, group) }
	}
	v, err := parse(bare)
	if err != nil {
		code := CodeAmount
		if e, ok := errors.AsType[*money.ParseError](err); ok {
			code = codeOfReason[e.Reason]
		}
		return money.VND{}, code
	}
	if v.IsZero() {
		return money.VND{}, CodeZero
	}
	return v, ""
}

var (
	openForm     = regexp.MustCompile(`^[0-9]{1,3}[.,][0-9]{3}$`)
	dotsGroup    = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{3}){2,}(,[0-9]{1,2})?$|^[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,2}$`)
	commasGroup  = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3}){2,}(\.[0-9]{1,2})?$|^[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}$`)
	markedDots   = regexp.MustCompile(`^[0-9]{1,3}\.[0-9]{3}$`)
	markedCommas = regexp.MustCompile(`^[0-9]{1,3},[0-9]{3}$`)
	currency     = regexp.MustCompile(`(?i)\s*(đồng|dong|vnđ|vnd|đ|₫|d)\.?$`)
)

// isOpen says that s is 14.000 or 14,000: fourteen, or fourteen thousand (domain.md Q38).
func isOpen(s string) bool { return openForm.MatchString(s) }

// groupOf is the sign of thousands that s shows beyond doubt, or 0.
func groupOf(s string) byte {
	s = viet.Clean(s)
	bare := currency.ReplaceAllString(s, "")
	marked := bare != s
	switch {
	case dotsGroup.MatchString(bare), marked && markedDots.MatchString(bare):
		return '.'
	case commasGroup.MatchString(bare), marked && markedCommas.MatchString(bare):
		return ','
	}
	return 0
}

// settleGroup finds the sign of thousands from the amounts of the file. Both signs settle nothing.
func settleGroup(s *sheet, o Options) byte {
	if o.Group == '.' || o.Group == ',' {
		return o.Group
	}
	var found byte
	for i := range s.lines {
		for _, col := range s.header.columns {
			c := s.lines[i].at(col.col)
			if col.use != UseAmount || c == nil || c.number || len(c.text) > MaxCell {
				continue
			}
			switch g := groupOf(c.text); {
			case g == 0:
			case found != 0 && found != g:
				return 0
			default:
				found = g
			}
		}
	}
	return found
}
