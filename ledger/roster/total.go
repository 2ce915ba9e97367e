package roster

import (
	"regexp"
	"slices"
	"strings"

	"sovang/ledger/money"
	"sovang/ledger/viet"
)

// totalForm is the folded label of a totals row. Cộng and tổng begin names too (Tổng công ty, Cộng đồng), so
// that only what people write behind them is taken.
var totalForm = regexp.MustCompile(`^(tong cong|tong so|tong|cong|luy ke|lui ke|cong don|mang sang|chuyen sang|so mang sang|ke truoc|trang truoc chuyen sang|cong mang sang)` +
	`( tien| so tien| ung ho| danh sach| toan [a-z ]+| trang.*| to.*| thon.*| xom.*| khu.*| doi.*| nhom.*| phan.*| muc.*| dot.*| thang.*| ngay.*| lop.*| khoi.*| don vi.*| chi bo.*| chi hoi.*| phong.*| [ivx]+| [a-h]| [0-9]+| cac .*| dong| thu| chung| hop)*( [0-9 ]+)?( dong| d| vnd)?$`)

// pageForm is a total of a part: it is never the total of the list.
var pageForm = regexp.MustCompile(`trang|mang sang|chuyen sang|luy ke|lui ke|ke truoc|cong don| to | to$|thon|xom|khu|doi|nhom|phan|muc|lop|khoi|don vi|chi bo|chi hoi|phong|dot|thang| [ivx]+$| [a-h]$`)

// totalLabel finds the label of a totals row: the first text of the line. What stands behind a colon is perhaps
// the amount itself.
func (b *builder) totalLabel(l *line) (label, rest string, ok bool) {
	first := l.cells[0]
	number := b.cellOf(l, UseNumber)
	for _, c := range l.cells {
		if !c.number && strings.ContainsFunc(c.text, isLetter) {
			first = c
			break
		}
	}
	if first.number || len(first.text) > MaxCell {
		return "", "", b.sumsUp(l)
	}
	text := viet.Clean(b.plain(first))
	head, rest, _ := strings.Cut(text, ":")
	fold := viet.Fold(head)
	numbered := number != nil && isNumbered(b.plain(*number)) && number.col != first.col
	if totalForm.MatchString(fold) && marksAgree(head) && (!numbered || strings.HasPrefix(fold, "tong cong")) {
		return fold, strings.TrimSpace(rest), true
	}
	return "", "", b.sumsUp(l) && !numbered && b.textOf(l, UseName) == ""
}

func isLetter(r rune) bool { return r > 127 || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

// sumsUp says that the amount is a formula over other rows.
func (b *builder) sumsUp(l *line) bool {
	c := b.cellOf(l, UseAmount)
	return c != nil && c.sums
}

// marksAgree keeps family names and companies apart from totals: Tống and Tông are not Tổng, Công is not Cộng.
// A label without any marks passes.
func marksAgree(label string) bool {
	label = strings.ToLower(viet.NFC(label))
	if isASCII(label) {
		return true
	}
	for _, word := range strings.Fields(label) {
		switch viet.Fold(word) {
		case "tong":
			if strings.Trim(word, ".,:") != "tổng" {
				return false
			}
		case "cong":
			if w := strings.Trim(word, ".,:"); w != "cộng" {
				return false
			}
		}
	}
	return true
}

// readTotal reads the amount of a totals row, from its column or from behind its label.
func (b *builder) readTotal(r read, l *line, label, rest string) read {
	r.what, r.label = isTotal, label
	for _, col := range b.s.amounts() {
		c := l.at(col.col)
		if c == nil || c.bad || c.noValue {
			continue
		}
		if v, _, code := b.amount(c, col); code == "" {
			r.total = sumOf(r.total, v)
		}
	}
	if r.total == nil && rest != "" {
		if v, code := readAmountText(strings.TrimRight(rest, " ./"), b.group, true); code == "" {
			r.total = &v
		}
	}
	return r
}

// sumOf adds to an amount that may not be there yet: tiền mặt and chuyển khoản have a total each.
func sumOf(sum *money.VND, v money.VND) *money.VND {
	if sum != nil {
		v = sum.Add(v)
	}
	return &v
}

// amount reads a cell of a column of amounts.
func (b *builder) amount(c *cell, col column) (money.VND, bool, Code) {
	if c.number {
		return readNumber(c.text)
	}
	if len(c.text) > MaxCell {
		return money.VND{}, false, CodeTooLong
	}
	v, code := readAmountText(b.plain(*c), b.group, col.dong)
	return v, false, code
}

// stated finds the typed total of the list, also above its rows, and compares it. While a row's amount cannot be
// read there is nothing to compare.
func (b *builder) stated() {
	total := b.grandTotal()
	if total == nil {
		return
	}
	b.l.Stated = total
	for _, r := range b.l.Rows {
		if r.Amount.IsZero() {
			return
		}
	}
	if !total.Equal(b.l.Total) {
		level := Question
		if b.o.TrustRows {
			level = Notice
		}
		b.file(Problem{Code: CodeTotal, Level: level, Stated: total.Format(), Summed: b.l.Total.Format()})
	}
}

// grandTotal is the amount of the last line that totals the whole list: of those that say tổng, else the only
// one that says cộng.
func (b *builder) grandTotal() *money.VND {
	var grand, plain []*money.VND
	for _, r := range append(b.headTotals(), b.lines...) {
		switch {
		case r.what != isTotal || r.total == nil || pageForm.MatchString(r.label):
		case strings.HasPrefix(r.label, "tong"):
			grand = append(grand, r.total)
		default:
			plain = append(plain, r.total)
		}
	}
	if len(grand) > 0 {
		return grand[len(grand)-1]
	}
	if len(plain) == 1 {
		return plain[0]
	}
	return nil
}

// headTotals reads totals that stand above the header.
func (b *builder) headTotals() []read {
	var all []read
	for i := range b.s.lines {
		l := &b.s.lines[i]
		if l.no >= b.s.header.row {
			break
		}
		if label, rest, ok := b.totalLabel(l); ok && label != "" {
			all = append(all, b.readTotal(read{row: Row{Line: l.no}}, l, label, rest))
		}
	}
	return all
}

// bareTotals takes a line with an amount and nothing else for what it is when the amounts above it add up to it.
func (b *builder) bareTotals() {
	var sum money.VND
	for i := range b.lines {
		r := &b.lines[i]
		if r.what != isGiver {
			continue
		}
		bare := r.row.Name == "" && r.number == "" && r.row.Address == "" && r.row.Phone == "" && r.row.GivenOn == ""
		if bare && !sum.IsZero() && r.row.Amount.Equal(sum) {
			v := r.row.Amount
			r.what, r.total, r.label = isTotal, &v, "tong"
			continue
		}
		sum = sum.Add(r.row.Amount)
	}
}

// unitTotals finds amounts that are the total of the names beneath: a line whose STT is of a higher order (I
// above 1, 1 above none) and whose amount is the sum of the lines that follow. The names count, the total does
// not (domain.md Q36).
func (b *builder) unitTotals() {
	if !b.s.header.has(UseNumber) {
		return
	}
	givers := b.giverIndexes()
	for at := len(givers) - 1; at >= 0; at-- { // inner totals first
		head := &b.lines[givers[at]]
		sum, n := b.beneath(givers[at+1:], orderOf(head.number))
		if n == 0 || head.row.Amount.IsZero() {
			continue
		}
		outline := orderOf(head.number) <= orderRoman
		switch {
		case sum.Equal(head.row.Amount) && (outline || n > 1):
			head.what = isUnitTotal
		case outline:
			head.row.Problems = append(head.row.Problems, b.doubt(head, sum, Refused))
		case n > 1 && head.row.Amount.Cmp(sum) > 0:
			head.row.Problems = append(head.row.Problems, b.doubt(head, sum, Notice))
		}
	}
}

func (b *builder) doubt(head *read, sum money.VND, level Level) Problem {
	return Problem{Code: CodeUnitDoubt, Level: level, Line: head.row.Line, Text: short(head.row.Name),
		Stated: head.row.Amount.Format(), Summed: sum.Format()}
}

func (b *builder) giverIndexes() []int {
	var at []int
	for i := range b.lines {
		if b.lines[i].what == isGiver {
			at = append(at, i)
		}
	}
	return at
}

// beneath adds up the givers that follow until one of the same or a higher order; totals among them do not count.
func (b *builder) beneath(following []int, order int) (sum money.VND, n int) {
	for _, i := range following {
		r := &b.lines[i]
		if orderOf(r.number) <= order {
			break
		}
		if r.what == isGiver {
			sum = sum.Add(r.row.Amount)
			n++
		}
	}
	return sum, n
}

// The orders of an outline, outermost first.
const (
	orderLetter = iota
	orderRoman
	orderNumber
	orderDotted
	orderNone
)

var roman = regexp.MustCompile(`^[IVXivx]+$`)

// orderOf is the order that an STT shows.
func orderOf(number string) int {
	n := strings.Trim(number, ".)( ")
	switch {
	case n == "" || strings.Trim(n, "-+*•–") == "":
		return orderNone
	case roman.MatchString(n):
		return orderRoman
	case len(n) == 1 && isLetter(rune(n[0])):
		return orderLetter
	case strings.Contains(n, ".") && slices.IndexFunc([]byte(n), func(c byte) bool { return c != '.' && (c < '0' || c > '9') }) < 0:
		return orderDotted
	default:
		return orderNumber
	}
}
