package roster

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"sovang/ledger/money"
	"sovang/ledger/viet"
)

// builder turns a sheet into a List.
type builder struct {
	s      *sheet
	o      Options
	l      *List
	group  byte
	asks   bool // the sign of thousands was asked for
	lines  []read
	legacy legacyVote

	totalled bool // a total of the whole list stands above
}

// read is a line below the header and what it was taken for.
type read struct {
	row    Row
	what   lineKind
	number string // as it stands in the column STT
	total  *money.VND
	label  string
}

// lineKind is what a line was taken for.
type lineKind int

const (
	isGiver lineKind = iota
	isTotal
	isIgnored   // a heading, a signature
	isUnitTotal // the total of the names beneath
)

// build reads the lines below the header.
func build(s *sheet, o Options) *List {
	b := &builder{s: s, o: o, l: &List{Sheet: s.name, HeaderRow: s.header.row}}
	b.checkHeader()
	b.voteLegacy()
	b.group = settleGroup(s, o)
	b.fillMerged()
	for i := range s.lines {
		if s.lines[i].no > s.header.row && !b.repeatsHeader(&s.lines[i]) && !isNumbering(&s.lines[i], s.header) {
			b.lines = append(b.lines, b.readLine(&s.lines[i]))
		}
	}
	b.dropTail()
	b.unitTotals()
	b.bareTotals()
	b.collect()
	b.stated()
	return b.l
}

// checkHeader lists the columns and complains of what the header says.
func (b *builder) checkHeader() {
	seen := map[Use]column{}
	for _, c := range b.s.header.columns {
		b.l.Columns = append(b.l.Columns, Column{letter(c.col), c.label, c.use})
		first, twice := seen[c.use]
		if twice && (c.use == UseName || first.method == c.method) {
			b.file(Problem{Code: CodeTwoColumns, Level: Refused, Line: b.s.header.row, Column: letter(c.col), Text: short(c.label)})
		}
		seen[c.use] = c
	}
	if countsThousands(b.s.header.text) {
		b.file(Problem{Code: CodeThousands, Level: Refused, Line: b.s.header.row})
	}
	if b.s.converted {
		b.file(Problem{Code: CodeEncoding, Level: Notice})
	}
}

func (b *builder) file(p Problem) { b.l.Problems = append(b.l.Problems, p) }

var inThousands = regexp.MustCompile(`(dvt|don vi tinh|so tien|thanh tien|don vi)[^|]{0,12}\b(nghin|ngan|1 000|1000|trieu|ti) (dong|vnd|d)\b`)

// countsThousands says that the folded head of a list counts in nghìn or triệu đồng.
func countsThousands(head string) bool { return inThousands.MatchString(head) }

// repeatsHeader knows a header printed again on the next page.
func (b *builder) repeatsHeader(l *line) bool {
	same := 0
	for _, col := range b.s.header.columns {
		if c := l.at(col.col); c != nil && !c.number && c.text == col.raw {
			same++
		}
	}
	return same >= 2
}

// isNumbering knows the line under a header that numbers its columns: A, B, 1, 2.
func isNumbering(l *line, h header) bool {
	if l.no > h.row+2 || len(l.cells) < 2 {
		return false
	}
	for _, c := range l.cells {
		t := strings.Trim(viet.Clean(c.text), "()[] ")
		if utf8.RuneCountInString(t) > 2 || strings.Trim(t, "0123456789ABCDEGHIabcdegh") != "" {
			return false
		}
	}
	return true
}

// fillMerged gives cells merged downwards to each of their rows; amounts and numbers stay where they stand, so
// that no money is counted twice.
func (b *builder) fillMerged() {
	uses := map[int]Use{}
	for _, c := range b.s.header.columns {
		uses[c.col] = c.use
	}
	byRow := map[int]int{}
	for i, l := range b.s.lines {
		byRow[l.no] = i
	}
	budget := MaxRows * MaxColumns // areas that overlap are no program's work
	for _, m := range b.s.merges {
		use := uses[m.left]
		top, ok := byRow[m.top]
		if !ok || m.bottom == m.top || m.top <= b.s.header.row || use == "" || use == UseAmount || use == UseNumber {
			continue
		}
		from := b.s.lines[top].at(m.left)
		for no := m.top + 1; from != nil && no <= m.bottom && budget > 0; no++ {
			budget--
			if i, ok := byRow[no]; ok {
				b.s.lines[i].fill(*from)
			}
		}
	}
}

// fill puts a copy of a cell where the line has none.
func (l *line) fill(c cell) {
	for i := range l.cells {
		if l.cells[i].col == c.col {
			return
		}
		if l.cells[i].col > c.col {
			l.cells = append(l.cells[:i], append([]cell{c}, l.cells[i:]...)...)
			return
		}
	}
	l.cells = append(l.cells, c)
}

// short is what a sentence quotes.
func short(s string) string {
	s = viet.Clean(s[:min(len(s), 400)])
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
