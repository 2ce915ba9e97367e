package receipts

// letter is the thank-you letter: courtesy, which says itself that it is no voucher (D19).
func (s *sheet) letter() {
	h, p := s.r.Heading, s.body(regular)
	s.letterHead("")
	s.y += s.pitch() * 0.3
	s.titled(titleLetter, nil)
	s.y += s.pitch() * 0.2
	w := s.rightEdge() - s.leftEdge()
	s.y = s.flow(s.body(bold), s.leftEdge(), s.y, w, labelDear, dear(s.r)) + s.pitch()*0.4
	for _, paragraph := range letterText(s.r, s.o.Trial) {
		for i, line := range p.wrap(paragraph, w-10, w) {
			x := s.leftEdge()
			if i == 0 {
				x += 10
			}
			s.text(p, x, s.base(), line)
			s.y += s.pitch()
		}
	}
	s.sign(signer{}, signed(h.Head, signHead, hintSeal))
	s.y = s.lines(s.tiny(italic), s.middle(), s.y+1.5, []string{textNoVoucher})
}
