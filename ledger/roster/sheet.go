package roster

import (
	"slices"

	"sovang/ledger/viet"
)

// sheet is what both kinds of file become before anybody asks what it means.
type sheet struct {
	name      string
	lines     []line
	merges    []area
	date1904  bool
	converted bool // a text file of an old code page, read as Windows-1258
	header    header
}

// line is a row that holds something.
type line struct {
	no     int // from 1
	hidden bool
	cells  []cell // by column, none empty
}

// cell is a cell that holds something, or a formula without a value.
type cell struct {
	col     int // from 0
	text    string
	decoded string // the reading by the font, where a font of an old encoding is set
	font    viet.Encoding
	number  bool // the workbook holds it as a number
	bad     bool // an error value: #REF!
	noValue bool // a formula without a stored value
	sums    bool // a formula that adds up other rows
	struck  bool
}

// area is a range of merged cells, inclusive.
type area struct{ top, left, bottom, right int }

// at is the cell of a column, or nil.
func (l *line) at(col int) *cell {
	i, ok := slices.BinarySearchFunc(l.cells, col, func(c cell, col int) int { return c.col - col })
	if !ok {
		return nil
	}
	return &l.cells[i]
}

// letter is the name of a column, from 0.
func letter(col int) string {
	var b []byte
	for col++; col > 0; col = (col - 1) / 26 {
		b = append(b, byte('A'+(col-1)%26))
	}
	slices.Reverse(b)
	return string(b)
}
