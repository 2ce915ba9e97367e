package receipts

import (
	"errors"
	"fmt"

	"sovang/ledger"
)

// metrics is a page and its type, in mm and points.
type metrics struct {
	w, h                     float64
	left, top, right, bottom float64 // margins
	size                     float64 // of the text, at best
	pitch                    float64 // from line to line, in sizes
	stretch                  int     // by how many per cent a short form may widen its pitch
	gapMin, gapMax           float64 // room for a signature
	qr                       float64 // side of the QR
}

// The pages of template 1. A5 lies across and is as wide as A4, so that one layout serves both; A4 leaves
// room to bind on the left.
var pages1 = map[Paper]metrics{
	A5: {
		w: 210, h: 148, left: 15, top: 9, right: 13, bottom: 8,
		size: 12.5, pitch: 1.42, stretch: 24, gapMin: 9, gapMax: 15, qr: 22,
	},
	A4: {
		w: 210, h: 297, left: 25, top: 16, right: 17, bottom: 16,
		size: 13, pitch: 1.6, stretch: 12, gapMin: 14, gapMax: 24, qr: 24,
	},
}

// smallest is the smallest type of a sheet, in points: reached only by texts of many hundred characters. When
// not even A4 holds them, as with names of two hundred W in every place, the type goes down to tiniest.
const (
	smallest = 7.0
	tiniest  = 4.0
)

var (
	errSum  = errors.New("the lines do not add up to the amount")
	errRoom = errors.New("the texts are longer than a page")
)

// form draws a whole sheet from its top to its bottom.
type form func(*sheet)

// template1 is the first version of all forms.
func template1(d *document, r ledger.Receipt, o Options) error {
	if o.Paper == "" {
		o.Paper = A5
	}
	m, ok := pages1[o.Paper]
	if !ok {
		return fmt.Errorf("unknown paper %q", string(o.Paper))
	}
	r = printed(r)
	if !addsUp(r) {
		return errSum
	}
	draw, list, err := form1(m, r, o)
	if err != nil {
		return err
	}
	s := &sheet{canvas: &d.canvas, r: r, o: o}
	if list != nil {
		s.annexPages = len(list.pages)
	}
	if err := s.fit(d, draw); err != nil || list == nil {
		return err
	}
	return list.draw(d)
}

// form1 is the form for a receipt, and its annex if it needs one.
func form1(m metrics, r ledger.Receipt, o Options) (form, *annex, error) {
	draw, ok := map[ledger.Series]form{
		ledger.SeriesCash:     (*sheet).cash,
		ledger.SeriesField:    (*sheet).field,
		ledger.SeriesTransfer: (*sheet).transfer,
		ledger.SeriesGoods:    (*sheet).goods,
	}[r.Series]
	switch {
	case !ok:
		return nil, nil, fmt.Errorf("unknown series")
	case o.Letter:
		return (*sheet).letter, nil, nil
	case len(r.Givers) > 0:
		return draw, newAnnex(m, r, o, rosterTable(r)), nil
	case len(r.Printed.Goods) > goodsOnSheet(o.Paper):
		return draw, newAnnex(m, r, o, goodsList(r)), nil
	}
	return draw, nil, nil
}

// addsUp says that a roster, or goods, come to the amount: a paper that contradicts itself is not printed.
func addsUp(r ledger.Receipt) bool {
	sum := r.Amount.Sub(r.Amount)
	for _, g := range r.Givers {
		sum = sum.Add(g.Amount)
	}
	if len(r.Givers) > 0 {
		return sum.Equal(r.Amount)
	}
	for _, g := range r.Printed.Goods {
		sum = sum.Add(g.Value)
	}
	return len(r.Printed.Goods) == 0 || sum.Equal(r.Amount)
}

// printed is a copy of r whose every text the fonts can draw, with the standing sentence in the place of
// names that were erased.
func printed(r ledger.Receipt) ledger.Receipt {
	p, h := &r.Printed, &r.Heading
	if r.Purged {
		p.Payer, p.Address, p.Memo = textPurged, textPurged, textPurged
	}
	if p.Payer == "" {
		p.Payer = textNoName
	}
	for _, s := range []*string{
		&r.FundCode, &r.Code, &r.Foreign, &r.Debit, &r.Credit,
		&p.Payer, &p.Address, &p.Memo, &p.Purpose, &p.Campaign, &p.Preparer, &p.Attached, &p.BankRef,
		&p.BankName, &p.GoodsBasis, &p.ReplaceText,
		&h.Parent, &h.Unit, &h.BudgetCode, &h.Address, &h.Place, &h.PublicURL, &h.FormBasis,
		&h.Head.Title, &h.Head.Name, &h.ChiefAccountant.Title, &h.ChiefAccountant.Name,
		&h.Treasurer.Title, &h.Treasurer.Name,
	} {
		*s = printable(*s)
	}
	p.Goods = append([]ledger.GoodsLine(nil), p.Goods...)
	for i := range p.Goods {
		p.Goods[i].Description = printable(p.Goods[i].Description)
		p.Goods[i].Unit = printable(p.Goods[i].Unit)
	}
	r.Givers = append([]ledger.Giver(nil), r.Givers...)
	for i := range r.Givers {
		if r.Purged {
			r.Givers[i].Name, r.Givers[i].Note = textPurged, ""
		}
		r.Givers[i].Name = printable(r.Givers[i].Name)
		r.Givers[i].Note = printable(r.Givers[i].Note)
	}
	return r
}
