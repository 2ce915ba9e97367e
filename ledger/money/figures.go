package money

import (
	"strconv"
	"strings"
)

// figures are the digits of one number, cut at its decimal sign.
type figures struct{ whole, decimals string }

// dong is the number times 10^power, in whole đồng up to MaxVND.
func (f figures) dong(power int) (VND, error) {
	decimals := strings.TrimRight(f.decimals, "0")
	if len(decimals) > power {
		return VND{}, refuse(ReasonFraction)
	}
	n, err := strconv.ParseInt(f.whole+decimals+strings.Repeat("0", power-len(decimals)), 10, 64)
	if err != nil {
		return VND{}, refuse(ReasonTooLarge)
	}
	return bounded(Dong(n))
}

// reading is what is known about a number before its figures are looked at.
type reading struct {
	group   byte // the sign of thousands, '.' or ','; 0 when it has to be found out
	marked  bool // đ, đồng or VND stands beside it: no decimals are meant
	counted bool // a unit or a foreign currency stands beside it: decimals are likely
}

// dong reads the number s, in units of 10^power đồng.
func (r reading) dong(s string, power int) (VND, error) {
	f, err := r.figures(s)
	if err != nil {
		return VND{}, err
	}
	return f.dong(power)
}

// figures reads a number with its signs of thousands and its decimal sign; Parse tells the rule.
func (r reading) figures(s string) (figures, error) {
	sign, err := r.signs(s)
	if err != nil {
		return figures{}, err
	}
	f, ok := sign.split(s)
	if !ok {
		return figures{}, refuse(ReasonNotANumber)
	}
	return f, nil
}

// separators are the signs that may stand between figures.
const separators = "., "

// signs are the sign of thousands and the decimal sign of one number; 0 is none.
type signs struct{ group, point byte }

// signs finds out what the separators in s mean. Where s is no number at all it may answer anything: split
// refuses it.
func (r reading) signs(s string) (signs, error) {
	i := strings.LastIndexAny(s, separators)
	if i < 0 {
		return signs{}, nil
	}
	if r.group != 0 {
		return toldSigns(s, r.group), nil
	}
	last, before, after := s[i], s[:i], s[i+1:]
	first := strings.IndexAny(before, separators)
	switch {
	case first < 0:
		return r.loneSign(last, before, after)
	case before[first] == last:
		return signs{group: last}, nil
	case last == ' ': // no decimal sign: 1.500 00
		return signs{}, refuse(ReasonNotANumber)
	case len(after) == 3: // 1.500,000 may be a slip of 1.500.000
		return signs{}, refuse(ReasonAmbiguous)
	default:
		return signs{group: before[first], point: last}, nil
	}
}

// toldSigns are the signs where the file has said which one stands for thousands; a space may do so as well.
func toldSigns(s string, group byte) signs {
	sign := signs{group: group, point: '.' + ',' - group}
	if strings.Contains(s, " ") {
		sign.group = ' '
	}
	return sign
}

// loneSign decides what the only separator of a number means.
func (r reading) loneSign(sign byte, before, after string) (signs, error) {
	switch {
	case sign == ' ' && len(after) != 3, !isDigits(before), !isDigits(after):
		return signs{}, refuse(ReasonNotANumber)
	case len(after) != 3:
		if !r.counted && len(before) <= 3 && before != "0" && strings.Trim(after, "0") == "" {
			return signs{}, refuse(ReasonAmbiguous) // 500.00 may be a slip of 500.000
		}
		return signs{point: sign}, nil
	case before == "0":
		return signs{point: sign}, nil
	case r.counted, len(before) > 3, len(before) == 1 && !r.marked:
		return signs{}, refuse(ReasonAmbiguous)
	default:
		return signs{group: sign}, nil
	}
}

// split cuts s at the signs, and says whether it is a number: figures only, groups of three, no leading zero.
func (g signs) split(s string) (figures, bool) {
	whole, decimals := s, ""
	if i := strings.LastIndexByte(s, g.point); g.point != 0 && i >= 0 {
		whole, decimals = s[:i], s[i+1:]
		if !isDigits(decimals) {
			return figures{}, false
		}
	}
	groups := strings.Split(whole, string(rune(g.group)))
	for i, group := range groups {
		if !isDigits(group) || i > 0 && len(group) != 3 || len(groups) > 1 && len(group) > 3 {
			return figures{}, false
		}
	}
	whole = strings.Join(groups, "")
	return figures{whole, decimals}, whole == "0" || whole[0] != '0'
}
