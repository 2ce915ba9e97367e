package ledger

import (
	"fmt"
	"strings"

	"sovang/ledger/proof"
)

// post drafts Nợ (what came in) / Có (income); goods that nobody valued have no posting.
func (g *gift) post(d *draft, to, from int32) {
	d.entry.EffectiveOn = g.postedOn().String()
	if g.Amount.IsZero() {
		return
	}
	d.entry.Postings = []proof.Posting{{Debit: to, Credit: from, Purpose: int32(g.PurposeID), Amount: g.Amount.Int64()}}
}

// number takes the receipt's number in the series of the method.
func (g *gift) number(h *head, d *draft, today Date) {
	series := map[Method]Series{MethodCash: SeriesCash, MethodTransfer: SeriesTransfer, MethodGoods: SeriesGoods}[g.Method]
	if g.Method == MethodCash && g.Series == SeriesField {
		series = SeriesField
	}
	ref := ReceiptRef{Series: series, Year: today.Year, Number: h.take(series, today.Year), Code: d.code}
	d.entry.Documents = []proof.Document{{Series: string(series), Year: ref.Year, Number: ref.Number, Code: ref.Code}}
	g.row = &donationRow{receipt: ref}
}

// finish writes the row, the facts and what is said of people.
func (g *gift) finish(l *Ledger, h *head, d *draft, a Actor, to Account) error {
	donor := g.donor
	fields := map[string]string{}
	if g.NewDonor != nil {
		donor = d.addDonor(*g.NewDonor)
		fields = donorFields(*g.NewDonor)
	}
	r := g.row
	*r = donationRow{
		entry: int64(d.entry.Number), donor: donor, purpose: g.PurposeID, campaign: g.CampaignID,
		donatedOn: g.DonatedOn, bankOn: g.BankOn, method: g.Method, giver: g.Giver, display: g.Display,
		goods: g.Goods, givers: g.Givers, receipt: r.receipt, amount: g.Amount, payer: g.Payer, memo: g.Memo,
		donorKind: g.donorKind, givenCount: len(g.Givers),
	}
	d.donation = r
	d.entry.Facts = append(d.entry.Facts, r.facts()...)
	d.fact("heading", fmt.Sprintf("%x", h.hash))
	p := g.printed(h, a, to)
	for name, value := range p.fields() {
		fields[name] = value
	}
	if err := l.say(d, p, fields); err != nil {
		return err
	}
	if len(g.Givers) > 0 {
		d.fact("givers.root", fmt.Sprintf("%x", giversRoot(d.secret, g.Givers)))
	}
	return nil
}

// printed freezes the texts of the sheet.
func (g *gift) printed(h *head, a Actor, to Account) Printed {
	p := Printed{
		Payer: g.Payer, Address: g.Address, Memo: g.Memo, Campaign: h.campaigns[g.CampaignID],
		Preparer: a.Name, Attached: g.Attached, BankRef: g.BankRef, GoodsBasis: g.GoodsBasis, Goods: g.Goods,
	}
	if g.PurposeID != 0 {
		p.Purpose = h.purposes[g.PurposeID]
	}
	if g.Method == MethodTransfer {
		p.BankName = to.Bank
	}
	return p
}

// fields are the texts of a sheet, each under the name of its commitment.
func (p Printed) fields() map[string]string {
	f := map[string]string{
		"payer": p.Payer, "address": p.Address, "memo": p.Memo, "purpose": p.Purpose, "campaign": p.Campaign,
		"preparer": p.Preparer, "attached": p.Attached, "bank_ref": p.BankRef, "bank_name": p.BankName,
		"goods_basis": p.GoodsBasis, "replace_text": p.ReplaceText,
	}
	var goods []string
	for _, line := range p.Goods {
		goods = append(goods, line.Description+"\x1f"+line.Unit)
	}
	f["goods"] = strings.Join(goods, "\x1e")
	return f
}

// facts are what the log says of a gift beside its posting and its number.
func (r *donationRow) facts() []proof.Fact {
	var list []proof.Fact
	add := func(name, value string) {
		if value != "" {
			list = append(list, proof.Fact{Name: name, Value: value})
		}
	}
	add("method", string(r.method))
	add("giver", string(r.giver))
	add("display", string(r.display))
	add("donated_on", r.donatedOn.String())
	add("bank_on", r.bankOn.String())
	add("donor", someNumber(int64(r.donor)))
	add("purpose", someNumber(r.purpose))
	add("campaign", someNumber(r.campaign))
	add("givers", someNumber(int64(r.givenCount)))
	for i, line := range r.goods {
		add(fmt.Sprintf("goods.%03d", i+1), line.Quantity.Text('f')+"|"+line.UnitValue.String()+"|"+line.Value.String())
	}
	return list
}

// someNumber is "" for 0: what is not there is not said.
func someNumber(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// giversRoot is the root of the roster's own tree: a long list enters the entry as 32 bytes, and one giver
// can be shown to stand in it without showing another.
func giversRoot(secret []byte, givers []Giver) [32]byte {
	items := make([][]byte, len(givers))
	for i, g := range givers {
		name := proof.Commit(secret, fmt.Sprintf("giver.%d", i+1), []byte(g.Name+"\x1f"+g.Note))
		items[i] = fmt.Appendf(nil, "%d|%s|%x", i+1, g.Amount, name)
	}
	return proof.ListRoot(items)
}
