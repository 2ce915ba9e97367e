package receipts

// cash is the Phiếu thu, in the look of form C40-BB (domain.md 4.3): every item of Điều 16 of the Law on
// Accounting, the signatures in the form's order, and the second half in which cashier and payer sign.
func (s *sheet) cash() {
	h := s.r.Heading
	s.formHead(formCash, h.FormBasis)
	s.titled(titleCash, s.voucherNumbers(true), onDay(s.r.IssuedOn))
	s.blank(labelPayer, s.r.Printed.Payer, bold)
	s.blank(labelAddress, s.r.Printed.Address, regular)
	s.aim(labelMemo)
	s.sum(labelAmount)
	s.blank(labelAttached, enclosed(s.r, s.annexPages), regular)
	s.sign(
		signed(h.Head, signHead, hintSeal),
		signed(h.ChiefAccountant, signAccountant, hintSign),
		signer{title: signPreparer, hint: hintSign, name: s.r.Printed.Preparer},
	)
	s.y += s.pitch() * 0.35
	s.blank(labelReceived, figures(s.r.Amount), bold)
	s.blank(labelReceived2, spelled(s.r.Amount, h), italic)
	if s.r.Foreign != "" {
		s.pair(labelRate, s.r.Foreign, regular, labelConverted, figures(s.r.Amount), regular)
	}
	cashier := signed(h.Treasurer, signTreasurer, hintSign)
	cashier.above = onDay(s.r.IssuedOn)
	s.sign(signer{title: signPayer, hint: hintSign}, signer{}, cashier)
}
