package roster

import (
	"slices"
	"strings"
	"unicode"

	"sovang/ledger/viet"
)

// header is where the header of a list ends and what its columns hold.
type header struct {
	row     int // the last row of the header, from 1
	columns []column
	text    string // the folded text above and in the header: it may say nghìn đồng
	legacy  viet.Encoding
}

// column is a recognised column.
type column struct {
	col    int
	last   int // the header is merged over col..last: họ đệm in one, tên in the next
	use    Use
	rank   int    // among the columns of one use the lowest wins
	method string // a column of amounts for cash or transfers alone
	dong   bool   // the header says đồng: a sign before three figures can only group
	label  string // in Unicode
	raw    string // the cell of the label as it stands in the file
}

// found says that the list can be read: it has a name and an amount.
func (h header) found() bool { return h.has(UseName) && h.has(UseAmount) }

func (h header) has(u Use) bool {
	return slices.ContainsFunc(h.columns, func(c column) bool { return c.use == u })
}

// findHeader looks for the header in the first MaxHeader rows.
func findHeader(s *sheet) header {
	for i := range s.lines {
		if s.lines[i].no > MaxHeader {
			break
		}
		if h := headerAt(s, i); h.found() {
			h.text = foldedHead(s.lines[:i+1])
			return h
		}
	}
	return header{}
}

// headerAt reads line i as a header, alone or with the line beneath.
func headerAt(s *sheet, i int) header {
	one := readHeader(s, s.lines[i:i+1])
	if len(one.columns) == 0 {
		return header{}
	}
	if i+1 < len(s.lines) && s.lines[i+1].no == s.lines[i].no+1 && isSubheader(s, i+1, one) {
		if two := readHeader(s, s.lines[i:i+2]); two.found() {
			return two
		}
	}
	return one
}

// isSubheader says that line i stands below a header and is no giver: labels only, none in the column of names
// unless that column has none above.
func isSubheader(s *sheet, i int, above header) bool {
	l := &s.lines[i]
	known := false
	for _, c := range l.cells {
		if c.number || strings.ContainsAny(c.text, "0123456789") {
			return false
		}
		key, _ := labelKey(c)
		_, sub := subLabels[key]
		use, _, _ := useOf(key)
		known = known || sub || use != ""
	}
	for _, c := range above.columns {
		if c.use == UseName && l.at(c.col) != nil && c.last == c.col {
			return false
		}
	}
	return known
}

// subLabels are what stands under a merged "Số tiền", and the method each names; "-" is no amount.
var subLabels = foldKeys(map[string]string{
	"tiền mặt": "cash", "TM": "cash", "chuyển khoản": "transfer", "CK": "transfer", "ngân hàng": "transfer",
	"bằng chữ": "-", "bằng số": "", "cộng": "", "tổng": "", "tổng cộng": "", "tổng số": "", "đồng": "", "VNĐ": "",
	"hiện vật": "-", "đăng ký": "-", "số tiền": "", "chữ": "-", "số": "",
})

// readHeader recognises the columns of a header of one or two lines.
func readHeader(s *sheet, lines []line) header {
	h := header{row: lines[len(lines)-1].no}
	for i := range lines {
		for _, c := range lines[i].cells {
			if i == 0 && len(lines) == 2 && lines[1].at(c.col) != nil {
				continue // read below, with this text above it
			}
			above := lines[0].covering(s, c.col)
			if i == 0 {
				above = nil
			}
			if col, ok := h.readLabel(c, above); ok {
				col.last = s.mergedTo(lines[i].no, c.col)
				h.columns = append(h.columns, col)
			}
		}
	}
	h.choose()
	return h
}

// covering is the cell whose text stands over a column: its own, or the one merged across it.
func (l *line) covering(s *sheet, col int) *cell {
	if c := l.at(col); c != nil {
		return c
	}
	for _, m := range s.merges {
		if m.top <= l.no && l.no <= m.bottom && m.left <= col && col <= m.right {
			return l.at(m.left)
		}
	}
	return nil
}

// mergedTo is the last column over which the cell is merged.
func (s *sheet) mergedTo(row, col int) int {
	for _, m := range s.merges {
		if m.top <= row && row <= m.bottom && m.left == col {
			return min(m.right, MaxColumns-1)
		}
	}
	return col
}

// readLabel recognises one label, with the one above it where there are two lines.
func (h *header) readLabel(c cell, above *cell) (column, bool) {
	key, enc := labelKey(c)
	col := column{col: c.col, raw: c.text, label: labelText(c, enc), dong: saysDong(c, enc)}
	use, rank, ok := useOf(key)
	if above != nil {
		aboveKey, aboveEnc := labelKey(*above)
		col.label = labelText(*above, aboveEnc) + " – " + col.label
		col.dong = col.dong || saysDong(*above, aboveEnc)
		aboveUse, aboveRank, aboveOK := useOf(aboveKey)
		method, sub := subLabels[key]
		switch {
		case aboveOK && aboveUse == UseAmount && sub:
			if method == "-" {
				return column{}, false
			}
			use, rank, ok, col.method = UseAmount, aboveRank, true, method
		case !ok && aboveOK && aboveUse != UseAmount:
			use, rank, ok = aboveUse, aboveRank, true
		}
	}
	if !ok {
		return column{}, false
	}
	if enc != viet.Unicode {
		h.legacy = enc
	}
	col.use, col.rank = use, rank
	return col, true
}

// choose keeps one column of each use, the one of the lowest rank; columns of equal rank stay, for the caller to
// complain about names and amounts that stand twice. A total of tiền mặt and chuyển khoản wins over its parts.
func (h *header) choose() {
	if whole := slices.ContainsFunc(h.columns, func(c column) bool { return c.use == UseAmount && c.method == "" }); whole {
		h.columns = slices.DeleteFunc(h.columns, func(c column) bool { return c.method != "" })
	}
	best := map[Use]int{}
	for _, c := range h.columns {
		if b, ok := best[c.use]; !ok || c.rank < b {
			best[c.use] = c.rank
		}
	}
	if _, named := best[UseName]; !named { // Đơn vị is the giver where nobody else is
		for i := range h.columns {
			if h.columns[i].use == UseUnit {
				h.columns[i].use, best[UseName] = UseName, h.columns[i].rank
			}
		}
	}
	seen := map[Use]bool{}
	h.columns = slices.DeleteFunc(h.columns, func(c column) bool {
		drop := c.rank > best[c.use] || seen[c.use] && c.use != UseName && c.use != UseAmount
		seen[c.use] = true
		return drop
	})
	slices.SortFunc(h.columns, func(a, b column) int { return a.col - b.col })
}

// labelKey is the fold under which a label is looked up, and the encoding that made sense of it.
func labelKey(c cell) (string, viet.Encoding) {
	if len(c.text) > maxLabel {
		return "", viet.Unicode
	}
	if c.decoded != "" {
		return labelFold(c.decoded), c.font
	}
	first := labelFold(c.text)
	if known(first) || isASCII(c.text) {
		return first, viet.Unicode
	}
	for _, e := range []viet.Encoding{viet.Mojibake, viet.TCVN3, viet.VNI, viet.TCVN3Capitals} {
		if key := labelFold(e.Decode(c.text)); known(key) {
			return key, e
		}
	}
	return first, viet.Unicode
}

// maxLabel bounds a label, in bytes: longer texts are sentences of the letterhead.
const maxLabel = 120

func known(key string) bool {
	_, _, use := useOf(key)
	_, sub := subLabels[key]
	return use || sub
}

func labelText(c cell, enc viet.Encoding) string {
	if c.decoded != "" {
		return viet.Clean(c.decoded)
	}
	return viet.Clean(enc.Decode(c.text))
}

// labelFold folds a label without what stands in brackets: Số tiền (đồng).
func labelFold(s string) string {
	if i := strings.IndexAny(s, "(["); i > 0 {
		s = s[:i]
	}
	return viet.Fold(s)
}

// saysDong finds the currency in a label.
func saysDong(c cell, enc viet.Encoding) bool {
	words := strings.Fields(viet.Fold(labelText(c, enc)))
	return slices.Contains(words, "dong") || slices.Contains(words, "vnd") || slices.Contains(words, "vn")
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// foldedHead is the folded text of the letterhead and the header.
func foldedHead(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		for _, c := range l.cells {
			if len(c.text) <= MaxCell {
				_, enc := labelKey(c)
				b.WriteString(viet.Fold(labelText(c, enc)))
				b.WriteByte('|')
			}
		}
	}
	return b.String()
}
