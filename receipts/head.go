package receipts

// numbersWide is the width of the block of numbers in the upper right corner of a form, in mm.
const numbersWide = 37.0

// formHead is the head of an accounting form: the unit on the left, the form and its basis on the right.
func (s *sheet) formHead(form, basis string) {
	x, w := s.leftEdge(), (s.rightEdge()-s.leftEdge())*0.58
	h, p := s.r.Heading, s.small(regular)
	y := s.y
	if h.Parent != "" {
		y = s.flow(p, x, y, w, "", h.Parent)
	}
	y = s.flow(s.small(bold), x, y, w, labelUnit, h.Unit)
	if h.Address != "" {
		y = s.flow(p, x, y, w, labelUnitPlace, h.Address)
	}
	code := h.BudgetCode
	if code == "" {
		code = "………………"
	}
	y = s.flow(p, x, y, w, labelBudgetCode, code)

	rw := numbersWide
	if basis != "" {
		rw = (s.rightEdge() - s.leftEdge()) * 0.38
	}
	rx, ry := s.rightEdge()-rw/2, s.y
	if form != "" {
		ry = s.lines(s.small(bold), rx, ry, []string{form})
	}
	if basis != "" {
		ry = s.lines(s.tiny(italic), rx, ry, s.tiny(italic).balance(basis, rw))
	}
	s.y = max(y, ry) + s.pitch()*0.2
}

// letterHead is the head of a letter or certificate (NĐ 30/2020): the unit and the number on the left, the
// name of the State, place and day on the right.
func (s *sheet) letterHead(number string) {
	w := (s.rightEdge() - s.leftEdge()) / 2
	lx, rx := s.leftEdge()+w*0.46, s.rightEdge()-w*0.52
	h, y := s.r.Heading, s.y
	if h.Parent != "" {
		y = s.lines(s.small(regular), lx, y, s.small(regular).balance(h.Parent, w*0.92))
	}
	unit := s.small(bold).balance(h.Unit, w*0.92)
	y = s.lines(s.small(bold), lx, y, unit)
	s.rule(black, 0.2, lx-11, y+1.1, lx+11, y+1.1)
	y += 1.9
	if number != "" {
		y = s.lines(s.small(regular), lx, y+0.6, []string{number})
	}

	p := s.small(bold).shrink(state1, w*1.04, smallest)
	ry := s.lines(p, rx, s.y, []string{state1})
	ry = s.lines(s.small(bold), rx, ry, []string{state2})
	half := s.small(bold).width(state2) / 2
	s.rule(black, 0.2, rx-half, ry+1.1, rx+half, ry+1.1)
	ry = s.lines(s.small(italic), rx, ry+2.2, s.small(italic).balance(placeAndDay(h.Place, s.r.IssuedOn), w*1.04))
	s.y = max(y, ry) + s.pitch()*0.4
}

// titled writes the title of a sheet with lines below it; left of it the stamps, right of it what numbers holds.
func (s *sheet) titled(title string, numbers [][2]string, below ...string) {
	half := pen{bold, s.size * titleScale}.width(title) / 2
	for _, line := range below {
		half = max(half, s.body(italic).width(line)/2)
	}
	stamped := s.stamps(s.leftEdge(), s.y+0.6, s.middle()-half-4-s.leftEdge())
	s.heading(title, numbers, stamped, below...)
}

// titleScale is how many times larger than the text a title is.
const titleScale = 1.5

// heading writes a title with lines below it and what numbers holds on its right; what follows begins at least
// at the height least.
func (s *sheet) heading(title string, numbers [][2]string, least float64, below ...string) {
	y := s.lines(pen{bold, s.size * titleScale}, s.middle(), s.y, []string{title})
	y = s.lines(s.body(italic), s.middle(), y, below)
	s.y = max(y, least, s.numbers(numbers, s.y)) + s.pitch()*0.15
	if text := replacing(s.r); text != "" {
		w := s.rightEdge() - s.leftEdge()
		s.y = s.lines(s.body(italic), s.middle(), s.y, s.body(italic).balance(text, w)) + s.pitch()*0.1
	}
}

// numbers writes the block of quyển, số and accounts against the right edge.
func (s *sheet) numbers(pairs [][2]string, y float64) float64 {
	p := s.small(regular)
	x, pitch := s.rightEdge()-numbersWide, p.size*mmPerPt*1.32
	for _, pair := range pairs {
		base, start := y+pitch*0.74, x+p.width(pair[0])
		s.text(p, x, base, pair[0])
		s.dots(start+0.6, s.rightEdge(), base+0.8)
		s.text(s.small(bold).shrink(pair[1], s.rightEdge()-start-0.8, smallest), start+0.8, base, pair[1])
		y += pitch
	}
	return y
}

// voucherNumbers are quyển and số, and the accounts where the fund's chart is confirmed; dots elsewhere.
func (s *sheet) voucherNumbers(accounts bool) [][2]string {
	r, book, number := s.r, "", ""
	if !s.o.Trial {
		book, number = bookOf(r), numberIn(r)
	}
	pairs := [][2]string{{labelBook, book}, {labelNumber, number}}
	if !accounts {
		return pairs
	}
	if !r.Heading.ChartConfirmed {
		r.Debit, r.Credit = "", ""
	}
	return append(pairs, [2]string{labelDebit, r.Debit}, [2]string{labelCredit, r.Credit})
}

// stamps draws the marks of a copy and of a sheet that no longer stands, in frames, and returns where they end.
func (s *sheet) stamps(x, y, w float64) float64 {
	w = min(w, 50)
	if text := copyMark(s.o.Copy); text != "" {
		y = s.framed(black, s.small(bold).shrink(text, w-4, smallest), x, y, w, text)
	}
	if _, text := stateOf(s.r); text != "" {
		y = s.framed(stamp, s.tiny(bold), x, y, w, text)
	}
	return y
}

// framed writes text in a frame of its own ink.
func (s *sheet) framed(k ink, p pen, x, y, w float64, text string) float64 {
	lines := p.balance(text, w-4)
	wide := 0.0
	for i, line := range lines {
		wide = max(wide, p.width(line))
		s.tinted(k, p, x+2, y+1+p.size*mmPerPt*0.95+lead(p)*float64(i), line)
	}
	h := lead(p)*float64(len(lines)) + 2
	s.box(k, 0.35, x, y, wide+4, h)
	return y + h + 1.5
}
