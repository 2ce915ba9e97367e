package receipts

// field is the Biên lai thu tiền that a collector writes in a hamlet, in the look of form C45-BB: two people
// sign, the book is stamped, and the day's receipts are handed in under one Phiếu thu (domain.md 4.3, D13).
func (s *sheet) field() {
	s.formHead(formField, s.r.Heading.FormBasis)
	s.titled(titleField, s.voucherNumbers(false), onDay(s.r.IssuedOn))
	s.blank(labelPayer, s.r.Printed.Payer, bold)
	s.blank(labelAddress, s.r.Printed.Address, regular)
	s.aim(labelFieldMemo)
	s.sum(labelFieldAmount)
	if s.r.Foreign != "" {
		s.pair(labelRate, s.r.Foreign, regular, labelConverted, figures(s.r.Amount), regular)
	}
	s.optional(labelAttached, enclosed(s.r, s.annexPages), regular)
	s.sign(
		signer{title: signFieldPayer, hint: hintSign},
		signer{},
		signer{title: signCollector, hint: hintSign, name: s.r.Printed.Preparer},
	)
}
