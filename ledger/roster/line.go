package roster

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sovang/ledger/viet"
)

// readLine reads one line below the header and says what it takes it for.
func (b *builder) readLine(l *line) read {
	r := read{row: Row{Line: l.no}, number: b.textOf(l, UseNumber)}
	if label, rest, ok := b.totalLabel(l); ok {
		b.totalled = b.totalled || strings.HasPrefix(label, "tong")
		return b.readTotal(r, l, label, rest)
	}
	b.readTexts(&r.row, l)
	b.readAmounts(&r.row, l)
	b.readDay(&r.row, l)
	if b.isNoGiver(l, &r) {
		r.what, r.label = isIgnored, b.firstText(l)
		return r
	}
	b.checkName(&r, l)
	b.checkMarks(&r.row, l)
	return r
}

// isNoGiver says that a line without an amount is a heading or a signature, and not a giver whose amount is
// missing. In a list with STT a giver has a number; without STT it takes the words of a heading (Tổ 1) or of a
// signature, or a total above it.
func (b *builder) isNoGiver(l *line, r *read) bool {
	switch {
	case isNumbered(r.number) || b.resemblesAmount(l, &r.row):
		return false
	case r.row.Name == "":
		return true
	case r.row.Phone != "" || r.row.GivenOn != "":
		return false
	case b.s.header.has(UseNumber) || b.totalled:
		return true
	}
	words := viet.Fold(b.firstText(l)) + " "
	return slices.ContainsFunc(headingWords, func(w string) bool { return strings.HasPrefix(words, w+" ") })
}

// resemblesAmount says that a column of amounts holds what may be meant as one: beside a name that is whatever
// has figures (20 kg gạo).
func (b *builder) resemblesAmount(l *line, r *Row) bool {
	for _, col := range b.s.amounts() {
		c := l.at(col.col)
		if c == nil {
			continue
		}
		_, _, code := b.amount(c, col)
		if c.bad || c.noValue || code != CodeAmount || r.Name != "" && strings.ContainsAny(c.text, "0123456789") {
			return true
		}
	}
	return false
}

// numberForm is an STT that counts: 1, 1., (1), 1.2. "Tổ 1" counts nothing.
var numberForm = regexp.MustCompile(`^\(?[0-9]+([.\-/][0-9]+)*[.)]*$`)

// isNumbered says that the line has a number of its own in the column STT: then it is meant to be a giver.
func isNumbered(number string) bool { return numberForm.MatchString(number) }

// headingWords begin lines that are no givers, folded.
var headingWords = []string{
	"nguoi lap", "ke toan", "thu truong", "thu qui", "chu tich", "tm", "kt", "ki", "ki ten", "bang chu", "ngay", "xac nhan",
	"so tien", "danh sach", "noi nhan", "ghi chu", "to truong", "truong thon", "bi thu", "dai dien", "to", "thon", "xom",
	"khu", "i", "ii", "iii", "iv", "v", "vi", "a", "b", "c", "hai phong", "hai duong", "nguoi nop", "nguoi thu",
}

// readTexts reads the columns of text.
func (b *builder) readTexts(r *Row, l *line) {
	var unit string
	for _, col := range b.s.header.columns {
		if col.use == UseAmount || col.use == UseDate || col.use == UseNumber {
			continue // read as what they are
		}
		text := b.text(r, l, col)
		switch col.use {
		case UseName:
			r.Name = join(r.Name, text)
		case UseUnit:
			unit = text
		case UseAddress:
			r.Address = text
		case UsePhone:
			r.Phone = phone(l.at(col.col), text)
		case UseMemo:
			r.Memo = text
		case UseNote:
			r.Note = text
		case UseMethod:
			r.Method = methodOf(text)
		}
	}
	if r.Address == "" {
		r.Address = unit
	}
	r.Kind = kindOf(r.Name)
}

// join is both texts; the second is dropped when it is the first.
func join(a, b string) string {
	if a == b {
		return a
	}
	return strings.TrimSpace(a + " " + b)
}

// text is the text of a column in its normal form; a name merged over two columns is put together.
func (b *builder) text(r *Row, l *line, col column) string {
	var all string
	for c := col.col; c <= max(col.last, col.col); c++ {
		at := l.at(c)
		if at == nil || c > col.col && col.use != UseName {
			continue
		}
		switch {
		case utf8.RuneCountInString(at.text) > MaxCell:
			r.problem(CodeTooLong, Refused, at)
		case at.bad:
			r.problem(CodeCellError, Refused, at)
		case at.noValue && col.use == UseName:
			r.problem(CodeNoValue, Refused, at)
		default:
			all = join(all, b.plain(*at))
		}
	}
	if strings.ContainsRune(all, utf8.RuneError) {
		r.problem(CodeUnreadable, Refused, l.at(col.col))
	}
	return all
}

// problem adds a problem of a cell, or of the row.
func (r *Row) problem(code Code, level Level, c *cell) {
	p := Problem{Code: code, Level: level, Line: r.Line}
	if c != nil {
		p.Column, p.Text = letter(c.col), short(c.text)
	}
	r.Problems = append(r.Problems, p)
}

// textOf is the plain text of a use, for looking at.
func (b *builder) textOf(l *line, u Use) string {
	for _, col := range b.s.header.columns {
		if c := l.at(col.col); col.use == u && c != nil && len(c.text) <= MaxCell {
			return viet.Clean(b.plain(*c))
		}
	}
	return ""
}

// firstText is the first text of a line.
func (b *builder) firstText(l *line) string {
	for _, c := range l.cells {
		if !c.number && len(c.text) <= MaxCell {
			return viet.Clean(b.plain(c))
		}
	}
	return ""
}

// readAmounts reads the columns of amounts; one of them is filled.
func (b *builder) readAmounts(r *Row, l *line) {
	filled := 0
	var last *cell
	for _, col := range b.s.header.columns {
		c := l.at(col.col)
		if col.use != UseAmount || c == nil || len(b.s.amounts()) > 1 && isDash(c.text) {
			continue
		}
		filled++
		last = c
		if filled > 1 {
			continue
		}
		b.readAmount(r, c, col)
		if col.method != "" {
			r.Method = col.method
		}
	}
	switch {
	case filled == 0:
		r.Problems = append(r.Problems, Problem{Code: CodeAmountNone, Level: Refused, Line: r.Line, Column: letter(b.s.amounts()[0].col)})
	case filled > 1:
		r.problem(CodeTwoAmounts, Refused, last)
	}
}

// amounts are the columns of amounts.
func (s *sheet) amounts() []column {
	var cols []column
	for _, c := range s.header.columns {
		if c.use == UseAmount {
			cols = append(cols, c)
		}
	}
	return cols
}

// isDash knows what people write for nothing.
func isDash(s string) bool { return strings.Trim(s, "-–—.0 \u00a0") == "" }

func (b *builder) readAmount(r *Row, c *cell, col column) {
	switch {
	case c.bad:
		r.problem(CodeCellError, Refused, c)
		return
	case c.noValue:
		r.problem(CodeNoValue, Refused, c)
		return
	}
	amount, near, code := b.amount(c, col)
	r.Amount = amount
	switch {
	case code == CodeGroup:
		b.askGroup(r, c)
	case code != "":
		r.problem(code, Refused, c)
	case near:
		r.problem(CodeNoise, Notice, c)
	}
}

// askGroup asks once for the file, and marks each row that waits for the answer.
func (b *builder) askGroup(r *Row, c *cell) {
	r.problem(CodeGroup, Question, c)
	if !b.asks {
		b.asks = true
		b.file(Problem{Code: CodeGroup, Level: Question, Text: short(c.text)})
	}
}

// readDay reads the day of the gift.
func (b *builder) readDay(r *Row, l *line) {
	for _, col := range b.s.header.columns {
		c := l.at(col.col)
		if col.use != UseDate || c == nil {
			continue
		}
		if c.bad {
			r.problem(CodeCellError, Refused, c)
			continue
		}
		if len(c.text) > MaxCell {
			r.problem(CodeTooLong, Refused, c)
			continue
		}
		day, code := readDate(b.plain(*c), c.number, b.s.date1904, b.o.Year)
		r.GivenOn = day
		switch code {
		case "":
		case CodeDateYear:
			r.problem(code, Question, c)
		default:
			r.problem(code, Refused, c)
		}
	}
}

// checkName refuses a row without a name, unless its STT says that it is a giver who gave none: those are
// income too (domain.md Q13).
func (b *builder) checkName(r *read, l *line) {
	c := b.cellOf(l, UseName)
	switch {
	case r.row.Name == "" && c != nil: // said already: an error, too long
	case r.row.Name == "" && isNumbered(r.number):
		r.row.problem(CodeNameMissing, Notice, nil)
	case r.row.Name == "":
		r.row.problem(CodeNameMissing, Refused, nil)
	case !strings.ContainsFunc(r.row.Name, unicode.IsLetter):
		r.row.problem(CodeName, Refused, c)
	}
}

func (b *builder) cellOf(l *line, u Use) *cell {
	for _, col := range b.s.header.columns {
		if c := l.at(col.col); col.use == u && c != nil {
			return c
		}
	}
	return nil
}

// checkMarks looks at what the sheet shows and the text does not say.
func (b *builder) checkMarks(r *Row, l *line) {
	for _, u := range []Use{UseName, UseAmount} {
		if c := b.cellOf(l, u); c != nil && c.struck {
			r.problem(CodeStruck, Refused, c)
			break
		}
	}
	if l.hidden {
		r.problem(CodeHidden, Notice, nil)
	}
}
