package receipts

import (
	"strings"

	"sovang/ledger"
)

// sheet is one form being filled in, from top to bottom. With a canvas that has no document it only measures.
type sheet struct {
	*canvas
	r          ledger.Receipt
	o          Options
	m          metrics
	size       float64 // of the type, in points
	gap        float64 // room for each signature
	stretch    float64 // of the pitch: 1 or more
	gaps       int     // rows of signatures so far
	y          float64 // top of what comes next
	annexPages int
	err        error // the first failure of drawing
}

// fit draws the form on the paper asked for, in the largest type in which it fits; room left over goes
// between the lines and to the signatures. What does not fit on A5 goes on A4.
func (s *sheet) fit(d *document, draw form) error {
	papers := []Paper{s.o.Paper}
	if s.o.Paper == A5 {
		papers = append(papers, A4)
	}
	for i, paper := range papers {
		s.m = pages1[paper]
		least := smallest
		if i == len(papers)-1 {
			least = tiniest
		}
		for s.size = s.m.size; s.size >= least; s.size -= 0.25 {
			if s.settle(draw) {
				return s.draw(d, draw)
			}
		}
	}
	return errRoom
}

// settle measures the form in the present type; when it is not too high, the room left over goes to the
// signatures first, then between the lines.
func (s *sheet) settle(draw form) bool {
	s.gap, s.stretch = s.m.gapMin, 1
	spare, gaps := s.spare(draw)
	if spare < 0 {
		return false
	}
	s.gap = min(s.m.gapMax, s.gap+spare/float64(max(1, gaps)))
	for percent := s.m.stretch; percent > 0; percent -= 4 {
		s.stretch = 1 + float64(percent)/100
		if spare, _ = s.spare(draw); spare >= 0 {
			return true
		}
	}
	s.stretch = 1
	return true
}

// spare draws the form where nobody sees it and says how much of the page it leaves, and how many rows of
// signatures it has.
func (s *sheet) spare(draw form) (room float64, gaps int) {
	unseen := *s
	unseen.canvas, unseen.y = &canvas{}, s.m.top
	draw(&unseen)
	return s.m.h - s.m.bottom - unseen.y, unseen.gaps
}

// draw begins the page and fills it in.
func (s *sheet) draw(d *document, draw form) error {
	d.page(s.m)
	s.y = s.m.top
	s.across()
	draw(s)
	return s.err
}

// across writes what a sheet that does not stand, or is only a test, says in large letters behind its text.
func (s *sheet) across() {
	x, y := s.m.w/2, s.m.h/2
	mark, _ := stateOf(s.r)
	switch {
	case s.o.Trial:
		s.slanted(ghost, 120, x, y, textTrial)
	case mark != "":
		s.slanted(struck, 76, x, y, mark)
	}
}

// text of the sheet, and the smaller type of heads and hints.
func (s *sheet) body(f style) pen  { return pen{f, s.size} }
func (s *sheet) small(f style) pen { return pen{f, s.size - 1.5} }
func (s *sheet) tiny(f style) pen  { return pen{f, max(6.5, s.size-3.5)} }

// lead is the distance from line to line of running text in p.
func lead(p pen) float64 { return p.size * mmPerPt * 1.2 }

// pitch is the distance from line to line of the form.
func (s *sheet) pitch() float64 { return s.size * mmPerPt * s.m.pitch * s.stretch }

// leftEdge, rightEdge and middle are places across the page.
func (s *sheet) leftEdge() float64  { return s.m.left }
func (s *sheet) rightEdge() float64 { return s.m.w - s.m.right }
func (s *sheet) middle() float64    { return (s.leftEdge() + s.rightEdge()) / 2 }

// lines writes lines of running text around x, from y down, and returns where they end.
func (s *sheet) lines(p pen, x, y float64, lines []string) float64 {
	for _, line := range lines {
		s.centre(p, x, y+p.size*mmPerPt*0.95, line)
		y += lead(p)
	}
	return y
}

// flow writes text between x and x+w, from y down, and returns where it ends. The label is in regular type,
// what follows it in p.
func (s *sheet) flow(p pen, x, y, w float64, label, text string) float64 {
	front := pen{regular, p.size}
	indent := front.width(label)
	for i, line := range p.wrap(text, w-indent, w) {
		base := y + p.size*mmPerPt*0.95
		if i == 0 {
			s.text(front, x, base, label)
			s.text(p, x+indent, base, line)
		} else {
			s.text(p, x, base, line)
		}
		y += lead(p)
	}
	return y
}

// blank is a line of a form: a label, and what is filled in over a dotted line that runs to the right edge.
// A text too long for one line goes on over dotted lines of its own.
func (s *sheet) blank(label, value string, f style) {
	s.blankTo(s.leftEdge(), s.rightEdge(), label, value, f)
}

// blankTo is blank between two places across the page.
func (s *sheet) blankTo(x1, x2 float64, label, value string, f style) {
	p := s.body(f)
	start := x1 + s.body(regular).width(label) + 1.5
	s.text(s.body(regular), x1, s.base(), label)
	for _, line := range p.wrap(value, x2-start-1, x2-x1-1) {
		s.dots(start, x2, s.base()+1)
		s.text(p, start, s.base(), line)
		s.y += s.pitch()
		start = x1
	}
}

// base is the base line of a line of the form that begins at s.y.
func (s *sheet) base() float64 { return s.y + s.pitch()*0.72 }

// optional is blank, left out when there is nothing to fill in.
func (s *sheet) optional(label, value string, f style) {
	if value != "" {
		s.blank(label, value, f)
	}
}

// pair is two blanks side by side, or one below the other when they need the width.
func (s *sheet) pair(label1, value1 string, f1 style, label2, value2 string, f2 style) {
	cut := s.leftEdge() + (s.rightEdge()-s.leftEdge())*0.6
	need := func(label, value string, f style) float64 {
		return s.body(regular).width(label) + s.body(f).width(value) + 4
	}
	if need(label1, value1, f1) > cut-s.leftEdge() || need(label2, value2, f2) > s.rightEdge()-cut-2 {
		s.blank(label1, value1, f1)
		s.blank(label2, value2, f2)
		return
	}
	y := s.y
	s.blankTo(s.leftEdge(), cut, label1, value1, f1)
	s.y = y
	s.blankTo(cut+2, s.rightEdge(), label2, value2, f2)
}

// aim fills the lines that all forms share: what was given for, and on which day if the sheet does not give
// that day elsewhere.
func (s *sheet) aim(memo string) {
	s.blank(memo, s.r.Printed.Memo, regular)
	s.optional(labelCampaign, s.r.Printed.Campaign, regular)
	s.optional(labelPurpose, s.r.Printed.Purpose, regular)
	if on := s.r.DonatedOn; !on.IsZero() && on != s.r.IssuedOn && on != s.r.BankOn {
		s.blank(labelDonatedOn, on.Format(), regular)
	}
}

// sum fills the amount in figures and in words, and the foreign money it came in.
func (s *sheet) sum(label string) {
	s.pair(label, figures(s.r.Amount), bold, labelCurrency, currency, regular)
	s.blank(labelWords, spelled(s.r.Amount, s.r.Heading), italic)
}

// signer is one column of a row of signatures; one without a title holds the QR.
type signer struct{ above, title, hint, name string }

// sign draws a row of signatures: titles, the hint, room for the pen, names.
func (s *sheet) sign(row ...signer) {
	s.y += s.pitch() * 0.25
	s.gaps++
	w := (s.rightEdge() - s.leftEdge()) / float64(len(row))
	top, end := s.y, s.y
	for _, col := range row {
		if col.above != "" {
			top = s.y + lead(s.small(italic))
		}
	}
	pen, names := s.body(bold), top
	for i, col := range row {
		x := s.leftEdge() + w*(float64(i)+0.5)
		if col.title == "" {
			end = s.check(x, s.y+1, w)
			continue
		}
		s.lines(s.small(italic), x, s.y, []string{col.above})
		y := s.lines(pen, x, top, pen.balance(col.title, w-3))
		names = max(names, s.lines(s.tiny(italic), x, y, []string{col.hint})+s.gap)
	}
	for i, col := range row {
		x := s.leftEdge() + w*(float64(i)+0.5)
		end = max(end, s.lines(pen, x, names, pen.balance(col.name, w-3)))
	}
	s.y = end
}

// signer of the heading: its own title, or the usual one.
func signed(by ledger.Signer, title, hint string) signer {
	if by.Title != "" {
		title = by.Title
	}
	return signer{title: title, hint: hint, name: by.Name}
}

// check draws the QR around x, with what stands beside it: whose register it is, the code, where to look it
// up. It returns where it ends. A test print has nothing that could be looked up.
func (s *sheet) check(x, y, w float64) float64 {
	side, room := s.m.qr, min(36, w-s.m.qr-2)
	if s.o.Trial {
		return s.lines(s.tiny(italic), x, y, s.tiny(italic).balance(textTrialNote, w-4))
	}
	x -= (side + room + 2) / 2
	if err := s.qr(s.r.PublicURL(), x, y, side); err != nil && s.err == nil {
		s.err = err
	}
	tx, ty := x+side+2, y+1
	s.mark(tx, ty, 4.6)
	p := s.tiny(regular)
	s.tinted(grey, p, tx+5.6, ty+3.2, brand)
	ty = s.flow(p, tx, ty+5, room, "", labelCode)
	ty = s.flow(s.body(bold).shrink(codeOf(s.r.Code), room, smallest), tx, ty-0.4, room, "", codeOf(s.r.Code))
	address := host(s.r.Heading.PublicURL)
	p = pen{regular, min(p.size, 8)}.shrink(address, room, 6)
	ty += 0.4
	for _, line := range p.balance(textCheck, room) {
		ty = s.flow(p, tx, ty, room, "", line)
	}
	return max(s.flow(p, tx, ty, room, "", address), y+side)
}

// host is a public address as people type it.
func host(url string) string {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		return url
	}
	return rest
}
