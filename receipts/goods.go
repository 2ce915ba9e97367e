package receipts

import (
	"fmt"
	"slices"
	"strconv"

	"sovang/ledger"
)

// goodsOnSheet is how many kinds of goods the sheet itself holds; more go on a list of their own.
func goodsOnSheet(p Paper) int {
	if p == A4 {
		return 12
	}
	return 4
}

// goods is the Phiếu nhập kho, which is also the giver's receipt: what came, how much of it, and what it is
// worth if somebody valued it, with the basis of the value (D15).
func (s *sheet) goods() {
	r, h := s.r, s.r.Heading
	s.formHead("", "")
	s.titled(titleGoods, s.voucherNumbers(true), titleGoodsToo, onDay(r.IssuedOn))
	s.blank(labelGiver, r.Printed.Payer, bold)
	s.blank(labelAddress, r.Printed.Address, regular)
	s.aim(labelMemo)
	s.goodsTable()
	if r.Amount.Sign() > 0 {
		s.blank(labelWords, spelled(r.Amount, h), italic)
	}
	s.blank(labelBasis, r.Printed.GoodsBasis, regular)
	s.optional(labelAttached, enclosed(r, s.annexPages), regular)
	s.sign(
		signed(h.Head, signHead, hintSeal),
		signed(h.ChiefAccountant, signAccountant, hintSign),
		signer{title: signPreparer, hint: hintSign, name: r.Printed.Preparer},
	)
	s.y += s.pitch() * 0.35
	s.sign(signer{title: signGiver, hint: hintSign}, signer{}, signer{title: signStore, hint: hintSign})
}

// goodsTable draws the goods and their total, or points to the list.
func (s *sheet) goodsTable() {
	lines := s.r.Printed.Goods
	if s.r.Purged || len(lines) > goodsOnSheet(s.o.Paper) {
		text := textPurged
		if !s.r.Purged {
			text = fmt.Sprintf(textGoodsBelow, len(lines))
		}
		s.blank(columnGoods+":", text, regular)
		s.blank(labelValue, valueOf(s.r), bold)
		return
	}
	t := goodsList(s.r)
	g := s.grid(t.columns, s.small(regular))
	s.y += s.pitch() * 0.15
	s.y = g.head(s.y)
	for _, row := range t.rows {
		s.y = g.row(s.y, g.wrap(row.cells))
	}
	s.y = g.total(s.y, t.total, t.value) + s.pitch()*0.2
}

// goodsList is the table of the goods of a receipt. What nobody valued is not nothing: it says so, and so does
// the sum that leaves it out.
func goodsList(r ledger.Receipt) table {
	t := table{title: titleGoodsList, total: rowGoodsTotal, value: r.Amount.Format(), columns: []column{
		{columnNo, 13, centred}, {columnGoods, 60, flush}, {columnUnit, 24, centred},
		{columnQuantity, 22, ranged}, {columnUnitValue, 30, ranged}, {columnValue, 34, ranged},
	}}
	if r.Amount.IsZero() {
		t.value = textUnvalued
	} else if unvalued(r) {
		t.total += textPartly
	}
	for i, g := range r.Printed.Goods {
		unit, value := g.UnitValue.Format(), g.Value.Format()
		if g.Value.IsZero() {
			unit, value = "", textUnvalued
		}
		t.rows = append(t.rows, row{g.Value, []string{
			strconv.Itoa(i + 1), g.Description, g.Unit, quantityOf(g.Quantity), unit, value,
		}})
	}
	return t
}

// unvalued says that some of the goods have no value.
func unvalued(r ledger.Receipt) bool {
	return slices.ContainsFunc(r.Printed.Goods, func(g ledger.GoodsLine) bool { return g.Value.IsZero() })
}

// valueOf is the value of all goods on one line of the form.
func valueOf(r ledger.Receipt) string {
	switch {
	case r.Amount.IsZero():
		return textUnvalued
	case unvalued(r):
		return figures(r.Amount) + textPartly
	}
	return figures(r.Amount)
}
