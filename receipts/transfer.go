package receipts

// transfer is the Giấy xác nhận ủng hộ for money that came through the bank. No legal form exists for it: the
// bank's advice is the voucher, and the sheet says so (domain.md 4.3).
func (s *sheet) transfer() {
	r, h := s.r, s.r.Heading
	s.letterHead(s.letterNumber())
	s.titled(titleTransfer, nil)
	w := s.rightEdge() - s.leftEdge()
	s.y = s.flow(s.body(regular), s.leftEdge(), s.y, w, "", confirms(h)) + s.pitch()*0.15
	s.blank(labelSupporter, r.Printed.Payer, bold)
	s.optional(labelAddress, r.Printed.Address, regular)
	s.aim(labelMemo)
	s.sum(labelAmount)
	if r.Foreign != "" {
		s.pair(labelRate, r.Foreign, regular, labelConverted, figures(r.Amount), regular)
	}
	s.pair(labelBankRef, r.Printed.BankRef, regular, labelBankOn, r.BankOn.Format(), regular)
	s.blank(labelBankName, r.Printed.BankName, regular)
	s.optional(labelAttached, enclosed(r, s.annexPages), regular)
	s.y = s.flow(s.small(italic), s.leftEdge(), s.y+s.pitch()*0.2, w, "", textAdvice)
	s.sign(
		signer{},
		signer{title: signPreparer, hint: hintSign, name: r.Printed.Preparer},
		signed(h.Head, signHead, hintSeal),
	)
}

// letterNumber is the number below the name of the unit.
func (s *sheet) letterNumber() string {
	if s.o.Trial {
		return labelNumber + "………………"
	}
	return labelNumber + numberOf(s.r.Series, s.r.Year, s.r.Number)
}
