package roster

import (
	"encoding/xml"
	"strconv"
	"strings"

	"sovang/ledger/viet"
)

// sharedText is a text of the workbook with its runs; most have one.
type sharedText []run

type run struct {
	text   string
	font   viet.Encoding
	own    bool // has a font of its own
	struck bool
}

// runReader gathers the runs of one <si> or <is>.
type runReader struct {
	runs    sharedText
	now     run
	text    strings.Builder
	inText  bool
	reading int // depth of <rPh>, the reading aid of Japanese texts
}

func (r *runReader) token(t xml.Token) {
	switch t := t.(type) {
	case xml.StartElement:
		r.start(t)
	case xml.CharData:
		if r.inText && r.reading == 0 {
			r.text.Write(t)
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "rPh":
			r.reading--
		case "t":
			r.inText = false
		case "r":
			r.flush()
		}
	}
}

func (r *runReader) start(t xml.StartElement) {
	switch t.Name.Local {
	case "rPh":
		r.reading++
	case "t":
		r.inText = true
	case "rFont":
		r.now.font, r.now.own = viet.EncodingOfFont(attr(t, "val")), true
	case "strike":
		v := attr(t, "val")
		r.now.struck = v != "0" && v != "false"
	}
}

// flush ends a run.
func (r *runReader) flush() {
	if r.now.text = r.text.String(); r.now.text != "" {
		r.runs = append(r.runs, r.now)
	}
	r.now = run{}
	r.text.Reset()
}

// take ends the text and gives its runs.
func (r *runReader) take() sharedText {
	r.flush()
	runs := r.runs
	*r = runReader{}
	return runs
}

// readStrings reads the table of shared strings.
func readStrings(part []byte) ([]sharedText, error) {
	var all []sharedText
	var r runReader
	err := eachToken(part, func(t xml.Token) error {
		if end, ok := t.(xml.EndElement); ok && end.Name.Local == "si" {
			all = append(all, r.take())
			return nil
		}
		r.token(t)
		return nil
	})
	return all, err
}

// cellReader streams a worksheet into lines.
type cellReader struct {
	book  *workbook
	sheet *sheet
	whole bool

	line    line
	next    int // column of the next cell without a reference
	cell    cell
	kind    string // attribute t of the cell
	style   int
	formula bool
	sums    string // text of the formula
	runs    runReader
	inCell  bool
	inline  bool
	keep    bool // text of <v> or <f> is wanted
	text    strings.Builder
}

func (c *cellReader) token(t xml.Token) error {
	if c.inline {
		c.runs.token(t)
	}
	switch t := t.(type) {
	case xml.StartElement:
		return c.start(t)
	case xml.CharData:
		if c.keep {
			c.text.Write(t)
		}
	case xml.EndElement:
		return c.end(t.Name.Local)
	}
	return nil
}

func (c *cellReader) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "row":
		return c.startRow(t)
	case "c":
		c.startCell(t)
	case "v", "f":
		c.keep = c.inCell
		c.formula = c.formula || t.Name.Local == "f"
	case "is":
		c.inline = c.inCell
	case "mergeCell":
		if a, ok := parseArea(attr(t, "ref")); ok && len(c.sheet.merges) < MaxRows {
			c.sheet.merges = append(c.sheet.merges, a)
		}
	}
	return nil
}

func (c *cellReader) startRow(t xml.StartElement) error {
	no := c.line.no + 1
	if n, err := strconv.Atoi(attr(t, "r")); err == nil && n > 0 {
		no = n
	}
	if !c.whole && no > MaxHeader {
		return errEnough
	}
	hidden := attr(t, "hidden")
	c.line = line{no: no, hidden: hidden == "1" || hidden == "true"}
	c.next = 0
	return nil
}

func (c *cellReader) startCell(t xml.StartElement) {
	if col, _, ok := parseRef(attr(t, "r")); ok {
		c.next = col
	}
	c.cell = cell{col: c.next}
	c.kind = attr(t, "t")
	c.style, _ = strconv.Atoi(attr(t, "s"))
	c.formula, c.sums, c.inCell = false, "", true
	c.text.Reset()
	c.next++
}

func (c *cellReader) end(name string) error {
	switch name {
	case "f":
		c.sums = c.text.String()
		c.text.Reset()
		c.keep = false
	case "v":
		c.keep = false
	case "is":
		c.inline = false
	case "c":
		if c.inCell {
			c.inCell = false
			c.endCell()
		}
	case "row":
		return c.sheet.add(c.line)
	}
	return nil
}

// endCell keeps the cell if it holds anything.
func (c *cellReader) endCell() {
	value := c.text.String()
	var style cellStyle
	if c.style > 0 && c.style < len(c.book.styles) || c.style == 0 && len(c.book.styles) > 0 {
		style = c.book.styles[c.style]
	}
	runs := sharedText{{text: value}}
	switch c.kind {
	case "s":
		runs = nil
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(c.book.strings) {
			runs = c.book.strings[i]
		}
	case "inlineStr":
		runs = c.runs.take()
	case "b":
		runs = sharedText{{text: map[string]string{"1": "TRUE", "0": "FALSE"}[strings.TrimSpace(value)]}}
	case "e":
		c.cell.bad = true
	case "", "n":
		c.cell.number = value != ""
	}
	c.cell.set(runs, style)
	c.cell.noValue = c.formula && c.cell.text == ""
	c.cell.sums = addsRows(c.sums)
	if strings.TrimSpace(c.cell.text) == "" && !c.cell.noValue {
		return
	}
	if n := len(c.line.cells); n > 0 && c.line.cells[n-1].col >= c.cell.col {
		return // out of order: no program writes that
	}
	c.line.cells = append(c.line.cells, c.cell)
}

// set puts the runs together, as written and as their fonts read them.
func (c *cell) set(runs sharedText, style cellStyle) {
	var written, read strings.Builder
	legacy := false
	for _, r := range runs {
		font := style.font
		if r.own {
			font = r.font
		}
		written.WriteString(r.text)
		if font == viet.Unicode {
			read.WriteString(r.text)
		} else {
			legacy, c.font = true, font
			read.WriteString(font.Decode(r.text))
		}
		if strings.TrimSpace(r.text) != "" && (r.struck || style.struck && !r.own) {
			c.struck = true
		}
	}
	c.text = written.String()
	if legacy && read.String() != c.text {
		c.decoded = read.String()
	}
}

// addsRows says that a formula adds up a range of several rows: then its cell is a total.
func addsRows(formula string) bool {
	f := strings.ToUpper(formula)
	for _, name := range []string{"SUM(", "SUBTOTAL(", "SUMIF("} {
		_, args, ok := strings.Cut(f, name)
		if !ok {
			continue
		}
		args, _, _ = strings.Cut(args, ")")
		for _, arg := range strings.FieldsFunc(args, func(r rune) bool { return r == ',' || r == ';' }) {
			if a, ok := parseArea(strings.ReplaceAll(strings.TrimSpace(arg), "$", "")); ok && a.bottom > a.top {
				return true
			}
		}
	}
	return false
}

// parseRef reads B12 as column 1 and row 12.
func parseRef(s string) (col, row int, ok bool) {
	i := 0
	for i < len(s) && s[i] >= 'A' && s[i] <= 'Z' && i < 4 {
		col = col*26 + int(s[i]-'A') + 1
		i++
	}
	row, err := strconv.Atoi(s[i:])
	return col - 1, row, err == nil && i > 0 && i < 4 && row > 0
}

// parseArea reads B12:D14.
func parseArea(s string) (area, bool) {
	from, to, ok := strings.Cut(s, ":")
	if !ok {
		return area{}, false
	}
	left, top, ok1 := parseRef(from)
	right, bottom, ok2 := parseRef(to)
	return area{top: top, left: left, bottom: bottom, right: right}, ok1 && ok2 && top <= bottom && left <= right
}
