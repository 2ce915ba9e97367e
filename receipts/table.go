package receipts

import "sovang/ledger/money"

// align is how a column sets its cells.
type align int

const (
	flush   align = iota // left
	centred              // middle
	ranged               // right, for figures
)

// column is one column of a table: its share of the width is relative to the other columns'.
type column struct {
	head  string
	share float64
	align align
}

// numbering is the column of the rows' numbers, wide enough for the last of n.
func numbering(n int) column {
	if n < 10_000 {
		return column{columnNo, 13, centred}
	}
	return column{columnNo, 18, centred}
}

// row is one line of a table, with the amount that it adds to the sums.
type row struct {
	amount money.VND
	cells  []string
}

// table is a list with a sum: the goods of a receipt, the givers of a collective donation.
type table struct {
	title   string
	columns []column
	rows    []row
	total   string // what stands before the sum of all
	value   string // the sum of all as printed
}

// grid draws the lines of a table on a sheet, from edge to edge.
type grid struct {
	*canvas
	columns []column
	edges   []float64 // len(columns)+1 places across the page
	pen     pen
}

// padding is the room between a cell's text and its rules, in mm.
const padding = 1.2

// grid prepares a table across the whole sheet.
func (s *sheet) grid(columns []column, p pen) grid {
	sum, x := 0.0, s.leftEdge()
	for _, c := range columns {
		sum += c.share
	}
	g := grid{canvas: s.canvas, columns: columns, edges: []float64{x}, pen: p}
	for _, c := range columns {
		x += c.share / sum * (s.rightEdge() - s.leftEdge())
		g.edges = append(g.edges, x)
	}
	return g
}

// wrap breaks each cell into the lines that its column holds.
func (g grid) wrap(cells []string) [][]string {
	wrapped := make([][]string, len(cells))
	for i, cell := range cells {
		w := g.edges[i+1] - g.edges[i] - 2*padding
		wrapped[i] = g.pen.wrap(cell, w, w)
	}
	return wrapped
}

// height is how high a row of wrapped cells is.
func (g grid) height(cells [][]string) float64 {
	most := 1
	for _, lines := range cells {
		most = max(most, len(lines))
	}
	return lead(g.pen)*float64(most) + 1.6
}

// head draws the names of the columns and returns where they end.
func (g grid) head(y float64) float64 {
	named := grid{g.canvas, nil, g.edges, pen{bold, g.pen.size}}
	cells := make([]string, len(g.columns))
	for i, c := range g.columns {
		cells[i] = c.head
		named.columns = append(named.columns, column{align: centred})
	}
	return named.row(y, named.wrap(cells))
}

// row draws one row and returns where it ends. Short cells stand in the middle of a high row.
func (g grid) row(y float64, cells [][]string) float64 {
	h := g.height(cells)
	for i, lines := range cells {
		at := y + (h-lead(g.pen)*float64(len(lines)))/2 + g.pen.size*mmPerPt*0.93
		for _, line := range lines {
			switch left, right := g.edges[i], g.edges[i+1]; g.columns[i].align {
			case flush:
				g.text(g.pen, left+padding, at, line)
			case centred:
				g.centre(g.pen, (left+right)/2, at, line)
			case ranged:
				g.right(g.pen, right-padding, at, line)
			}
			at += lead(g.pen)
		}
	}
	for _, x := range g.edges {
		g.rule(black, 0.18, x, y, x, y+h)
	}
	g.frame(y, h)
	return y + h
}

// total draws a row of two cells, a label and a sum, in bold type.
func (g grid) total(y float64, label, value string) float64 {
	first, last := g.edges[0], g.edges[len(g.edges)-1]
	p := pen{bold, g.pen.size}.shrink(label+value, last-first-6*padding, smallest)
	h := lead(g.pen) + 1.6
	base := y + 0.8 + g.pen.size*mmPerPt*0.93
	g.text(p, first+padding, base, label)
	g.right(p, last-padding, base, value)
	g.rule(black, 0.18, first, y, first, y+h)
	g.rule(black, 0.18, last, y, last, y+h)
	g.frame(y, h)
	return y + h
}

// frame draws the rules above and below a row.
func (g grid) frame(y, h float64) {
	first, last := g.edges[0], g.edges[len(g.edges)-1]
	g.rule(black, 0.18, first, y, last, y)
	g.rule(black, 0.18, first, y+h, last, y+h)
}
