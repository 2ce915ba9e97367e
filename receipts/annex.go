package receipts

import (
	"sovang/ledger"
	"sovang/ledger/money"
)

// annex is a list that comes with a sheet, over as many pages as it needs: the table's head stands on each,
// sums are carried from page to page, and the signatures never stand alone.
type annex struct {
	table
	r     ledger.Receipt
	o     Options
	m     metrics
	lines [][][]string // the cells of each row, in lines
	pages [][2]int     // the rows of each page: from, to
}

// together is how many rows at least share the last page with the signatures.
const together = 2

// newAnnex lays the list out.
func newAnnex(m metrics, r ledger.Receipt, o Options, t table) *annex {
	a := &annex{table: t, r: r, o: o, m: m}
	s := a.sheet(&canvas{})
	g := a.grid(s)
	heights := make([]float64, len(t.rows))
	for i, row := range t.rows {
		a.lines = append(a.lines, g.wrap(row.cells))
		heights[i] = g.height(a.lines[i])
	}
	for from := 0; from < len(heights); {
		a.pages = append(a.pages, [2]int{from, len(heights)})
		top := a.top(a.sheet(&canvas{}), len(a.pages)-1)
		room := a.floor() - top
		tail := a.sheet(&canvas{})
		a.tail(tail, len(a.pages)-1)
		to := breakAt(heights, from, room-2*g.height(nil), room-(tail.y-a.m.top))
		a.pages[len(a.pages)-1][1], from = to, to
	}
	return a
}

// breakAt says up to which row a page goes that begins with row from: to the end when the rest fits into
// last, the room of a page with signatures; else as far as room goes, but leaving rows for the last page.
func breakAt(heights []float64, from int, room, last float64) int {
	to, used := from, 0.0
	for to < len(heights) && used+heights[to] <= room {
		used += heights[to]
		to++
	}
	rest := used
	for _, h := range heights[to:] {
		if rest += h; rest > last {
			break
		}
	}
	if rest <= last {
		return len(heights)
	}
	return max(from+1, min(to, len(heights)-together))
}

// sheet is a page of the list, in the list's own type.
func (a *annex) sheet(c *canvas) *sheet {
	return &sheet{canvas: c, r: a.r, o: a.o, m: a.m, size: a.m.size - 1, gap: a.m.gapMin + 3, stretch: 1, y: a.m.top}
}

// grid is the list's grid on a page.
func (a *annex) grid(s *sheet) grid { return s.grid(a.columns, pen{regular, s.size}) }

// floor is where the rows of a page must end: below stands the foot.
func (a *annex) floor() float64 { return a.m.h - a.m.bottom - 4 }

// draw draws all pages.
func (a *annex) draw(d *document) error {
	carried := money.VND{}
	for page, span := range a.pages {
		d.page(a.m)
		s := a.sheet(&d.canvas)
		s.across()
		a.marks(s)
		g := a.grid(s)
		y := a.top(s, page)
		if page > 0 {
			g.total(y-g.height(nil), rowBrought, carried.Format())
		}
		sum := money.VND{}
		for i := span[0]; i < span[1]; i++ {
			y = g.row(y, a.lines[i])
			sum = sum.Add(a.rows[i].amount)
		}
		carried = carried.Add(sum)
		if len(a.pages) > 1 {
			y = g.total(y, rowPage, sum.Format())
		}
		if page < len(a.pages)-1 {
			g.total(y, rowCarried, carried.Format())
		} else {
			s.y = y
			a.close(s)
		}
		a.foot(s, page)
	}
	return nil
}

// marks says of a copy, and of a list that no longer stands, what they are: in the margin above each page, so
// that a copy breaks its pages as the original does.
func (a *annex) marks(s *sheet) {
	text := marksOf(a.r, a.o.Copy)
	p := s.small(bold).shrink(text, s.rightEdge()-s.leftEdge(), smallest)
	s.tinted(stamp, p, s.rightEdge()-p.width(text), a.m.top-1.5, text)
}

// top draws what stands above the rows, up to the row of what was carried, and returns where they begin.
func (a *annex) top(s *sheet, page int) float64 {
	if page == 0 {
		w := s.rightEdge() - s.leftEdge()
		s.y = s.flow(s.small(bold), s.leftEdge(), s.y, w, labelUnit, a.r.Heading.Unit) + 1
		s.heading(a.title, nil, 0, annexed(a.r, a.o.Trial))
		s.y = s.flow(s.body(bold), s.leftEdge(), s.y, w, fromOf(a.r), a.r.Printed.Payer) + 1.5
	}
	g := a.grid(s)
	y := g.head(s.y)
	if page > 0 {
		y += g.height(nil) // the row of what was carried
	}
	return y
}

// tail is the end of the list as it stands on the given page: measured, it tells how much room to keep.
func (a *annex) tail(s *sheet, page int) {
	if page > 0 {
		s.y += a.grid(s).height(nil) // the sum of the page
	}
	a.close(s)
}

// close draws the sum of all, in words too, and the signatures.
func (a *annex) close(s *sheet) {
	s.y = a.grid(s).total(s.y, a.total, a.value) + 1
	w := s.rightEdge() - s.leftEdge()
	if a.r.Amount.Sign() > 0 {
		s.y = s.flow(s.body(italic), s.leftEdge(), s.y, w, labelTotalWords, spelled(a.r.Amount, a.r.Heading))
	}
	h := a.r.Heading
	s.sign(
		signer{title: signList, hint: hintSign, name: a.r.Printed.Preparer},
		signed(h.ChiefAccountant, signAccountant, hintSign),
		signed(h.Head, signHead, hintSeal),
	)
}

// foot says on each page to which sheet it belongs, and which page of how many it is.
func (a *annex) foot(s *sheet, page int) {
	y, p := a.m.h-a.m.bottom, s.tiny(regular)
	s.rule(leader, 0.15, s.leftEdge(), y-3.4, s.rightEdge(), y-3.4)
	s.text(p, s.leftEdge(), y, footOf(a.r, a.o.Trial))
	s.right(p, s.rightEdge(), y, pageOf(page+1, len(a.pages)))
}
