package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger/money"
	"sovang/ledger/viet"
)

// GiverKind says whether, and to whom, the giver is known (domain.md 8).
type GiverKind string

// The kinds of givers.
const (
	GiverNamed           GiverKind = "named"            // has a name
	GiverUnknown         GiverKind = "unknown"          // the bank, or the box, gave no name
	GiverPublicAnonymous GiverKind = "public_anonymous" // known to us, hidden from the public
	GiverAnonymous       GiverKind = "anonymous"        // did not tell us
)

// Unnamed is the payer line of a gift without a name: real income needs a voucher with one (domain.md 8).
const Unnamed = "Người ủng hộ không nêu tên"

// NewDonation is a gift as one records it. Amount is whole đồng, above zero, at most money.MaxVND; for goods
// it is the sum of the lines' values and may be zero when nobody valued them.
type NewDonation struct {
	DonorID  DonorID   // a donor on record, or 0
	NewDonor *NewDonor // a donor to put on record in the same command, or nil
	Giver    GiverKind // named when empty
	Payer    string    // the name to print; the donor's when empty
	Address  string    // to print; the donor's when empty
	Display  Display   // how the public sees it; the donor's choice when empty

	Method    Method
	Series    Series // by the method when empty; SeriesField for cash collected in the field
	AccountID int32  // 0: the fund's first account for the method
	Amount    money.VND
	Goods     []GoodsLine
	Givers    []Giver // the roster of a collective gift; its sum is Amount

	PurposeID  int64
	CampaignID int64 // 0: none
	DonatedOn  Date  // today when zero
	BankOn     Date  // for transfers; DonatedOn when zero
	Memo       string
	BankRef    string
	Attached   string // Kèm theo
	GoodsBasis string
}

// Donation is a gift on the books.
type Donation struct {
	FundID     FundID
	EntryNo    int64
	DonorID    DonorID
	DonorKind  DonorKind
	Giver      GiverKind
	Display    Display
	Method     Method
	Amount     money.VND
	PurposeID  int64
	CampaignID int64
	DonatedOn  Date
	BankOn     Date
	PostedOn   Date // the day it counts for in the books
	RecordedAt time.Time
	ActorID    int32
	GiverCount int
	Payer      string // as printed; "" once erased
	Memo       string
	ReversedBy int64 // the entry that reversed it; 0: none
	Receipt    ReceiptRef
	State      ReceiptState
	Replayed   bool // this answer is the first answer given again
}

// donationRow is a gift on its way into the database.
type donationRow struct {
	entry      int64
	donor      DonorID
	purpose    int64
	campaign   int64
	donatedOn  Date
	bankOn     Date
	method     Method
	giver      GiverKind
	display    Display
	goods      []GoodsLine
	givers     []Giver
	receipt    ReceiptRef
	amount     money.VND
	payer      string
	memo       string
	donorKind  DonorKind
	givenCount int
}

// postedOn is the day the gift counts for: the bank's for a transfer, the giving's otherwise.
func (r *donationRow) postedOn() Date {
	if r.method == MethodTransfer {
		return r.bankOn
	}
	return r.donatedOn
}

// RecordDonation books one gift and takes the number of its receipt, in one transaction. The actor needs
// PermRecordGift. The same key and content answer with the same gift for ever.
// Codes: invalid, forbidden, not_found, key_reused, period_closed, fund_closed, unavailable, busy.
func (l *Ledger) RecordDonation(ctx context.Context, a Actor, fund FundID, key Key, n NewDonation) (Donation, error) {
	results := l.RecordDonations(ctx, a, fund, []DonationItem{{Key: key, Donation: n}})
	return results[0].Donation, results[0].Err
}

// DonationItem is one gift of a batch, with its own key.
type DonationItem struct {
	Key      Key
	Donation NewDonation
}

// DonationResult is what became of one gift of a batch.
type DonationResult struct {
	Donation Donation
	Err      error
}

// RecordDonations books at most 1,000 gifts of one fund, each for itself: one that is refused harms no other.
// The results stand in the order of the items. Codes: as RecordDonation, per item.
func (l *Ledger) RecordDonations(ctx context.Context, a Actor, fund FundID, items []DonationItem) []DonationResult {
	results := make([]DonationResult, len(items))
	if len(items) > maxBatch {
		for i := range results {
			results[i].Err = invalid("items", "too_many")
		}
		return results
	}
	donors, err := l.donorsOf(ctx, fund, items)
	cmds := make([]command, len(items))
	for i := range items {
		cmds[i] = l.donationCommand(a, items[i], donors)
	}
	if err != nil {
		for i := range results {
			results[i].Err = err
		}
		return results
	}
	for i, o := range l.writeAll(ctx, fund, cmds) {
		results[i] = l.donationResult(ctx, fund, o)
	}
	return results
}

// donationResult answers from the draft, or from the books when the key was used before.
func (l *Ledger) donationResult(ctx context.Context, fund FundID, o outcome) DonationResult {
	switch {
	case o.err != nil:
		return DonationResult{Err: o.err}
	case o.draft == nil || o.replayed:
		d, err := l.Donation(ctx, readerOf(fund), fund, o.entryNo)
		d.Replayed = true
		return DonationResult{d, err}
	}
	return DonationResult{Donation: o.draft.view(fund)}
}

func (d *draft) view(fund FundID) Donation {
	r, e := d.donation, &d.entry
	posted, _ := ParseDate(e.EffectiveOn) // it was written from a Date
	return Donation{
		FundID: fund, EntryNo: r.entry, DonorID: r.donor, DonorKind: r.donorKind, Giver: r.giver, Display: r.display,
		Method: r.method, Amount: r.amount, PurposeID: r.purpose, CampaignID: r.campaign, DonatedOn: r.donatedOn,
		BankOn: r.bankOn, PostedOn: posted, RecordedAt: d.at, ActorID: int32(e.Actor), GiverCount: len(r.givers),
		Payer: r.payer, Memo: r.memo, Receipt: r.receipt, State: ReceiptValid,
	}
}

// donationCommand is the command that records one gift.
func (l *Ledger) donationCommand(a Actor, item DonationItem, donors map[DonorID]Donor) command {
	n := item.Donation
	return command{actor: a, perm: PermRecordGift, key: item.Key, kind: kindDonation, input: n, shares: true,
		fill: func(h *head, d *draft) error { return l.fillDonation(h, d, a, n, donors) }}
}

// fillDonation validates a gift against the head and drafts its entry.
func (l *Ledger) fillDonation(h *head, d *draft, a Actor, n NewDonation, donors map[DonorID]Donor) error {
	today := DateOf(d.at)
	g, err := newGift(n, donors, today)
	if err != nil {
		return err
	}
	if err := g.days(h, today); err != nil {
		return err
	}
	if err := g.sums(); err != nil {
		return err
	}
	if n.PurposeID != 0 && h.purposes[n.PurposeID] == "" {
		return invalid("purpose", "unknown")
	}
	if n.CampaignID != 0 && h.campaigns[n.CampaignID] == "" {
		return invalid("campaign", "unknown")
	}
	to, err := h.account(n.AccountID, accountRoles[g.Method]...)
	if err != nil {
		return err
	}
	from, err := h.account(0, g.incomeRole())
	if err != nil {
		return err
	}
	g.post(d, to.ID, from.ID)
	g.number(h, d, today)
	return g.finish(l, h, d, a, to)
}

// accountRoles are the accounts that take in each method.
var accountRoles = map[Method][]string{
	MethodCash:     {"CASH"},
	MethodTransfer: {"BANK", "TREASURY"},
	MethodGoods:    {"STOCK"},
}

// gift is a NewDonation brought to its stored form.
type gift struct {
	NewDonation
	donor     DonorID
	donorKind DonorKind
	row       *donationRow
}

// newGift fills in what the donor's record and the defaults say, and checks texts.
func newGift(n NewDonation, donors map[DonorID]Donor, today Date) (*gift, error) {
	g := &gift{NewDonation: n, donor: n.DonorID, donorKind: DonorPerson}
	if n.Method != MethodCash && n.Method != MethodTransfer && n.Method != MethodGoods {
		return nil, invalid("method", "unknown")
	}
	if g.Giver == "" {
		g.Giver = GiverNamed
	}
	if err := g.who(donors); err != nil {
		return nil, err
	}
	if g.DonatedOn.IsZero() {
		g.DonatedOn = today
	}
	if g.Method == MethodTransfer && g.BankOn.IsZero() {
		g.BankOn = g.DonatedOn
	}
	return g, g.texts()
}

// who settles the giver: kind, name, address, display.
func (g *gift) who(donors map[DonorID]Donor) error {
	switch g.Giver {
	case GiverNamed, GiverPublicAnonymous:
	case GiverUnknown, GiverAnonymous:
		if g.DonorID != 0 || g.NewDonor != nil || g.Payer != "" {
			return invalid("giver", "has_a_name")
		}
		g.Payer, g.Display = Unnamed, DisplayHidden
	default:
		return invalid("giver", "unknown")
	}
	if g.DonorID != 0 && g.NewDonor != nil {
		return invalid("donor", "two_donors")
	}
	if g.NewDonor != nil {
		fresh := *g.NewDonor
		if err := fresh.clean("donor/"); err != nil {
			return err
		}
		g.NewDonor = &fresh
		g.borrow(Donor{Kind: fresh.Kind, Name: fresh.Name, Address: fresh.Address, Display: fresh.Display})
	}
	if g.DonorID != 0 {
		known, ok := donors[g.DonorID]
		if !ok {
			return invalid("donor", "unknown")
		}
		g.borrow(known)
	}
	if g.Giver == GiverPublicAnonymous {
		g.Display = DisplayHidden
	}
	if g.Display == "" {
		g.Display = DisplayInitials
	}
	if !g.Display.known() {
		return invalid("display", "unknown")
	}
	return nil
}

// borrow takes from the donor's record what the gift itself does not say.
func (g *gift) borrow(d Donor) {
	g.donorKind = d.Kind
	if g.Payer == "" {
		g.Payer = d.Name
	}
	if g.Address == "" {
		g.Address = d.Address
	}
	if g.Display == "" {
		g.Display = d.Display
	}
}

func (g *gift) texts() error {
	for _, t := range []struct {
		field string
		text  *string
		limit int
	}{
		{"payer", &g.Payer, maxName}, {"address", &g.Address, maxAddress}, {"memo", &g.Memo, maxMemo},
		{"bank_ref", &g.BankRef, maxName}, {"attached", &g.Attached, maxName}, {"goods_basis", &g.GoodsBasis, maxName},
	} {
		*t.text = viet.Clean(*t.text)
		if err := shortText(t.field, *t.text, t.limit); err != nil {
			return err
		}
	}
	if g.Payer == "" {
		return invalid("payer", "required")
	}
	if g.Memo == "" {
		g.Memo = "Ủng hộ Quỹ Đền ơn đáp nghĩa"
	}
	return g.lineTexts()
}

func (g *gift) lineTexts() error {
	g.Goods = append([]GoodsLine(nil), g.Goods...)
	for i := range g.Goods {
		line := &g.Goods[i]
		line.Description, line.Unit = viet.Clean(line.Description), viet.Clean(line.Unit)
		if err := needText(fmt.Sprintf("goods/%d/description", i), line.Description, maxName); err != nil {
			return err
		}
		if err := needText(fmt.Sprintf("goods/%d/unit", i), line.Unit, 30); err != nil {
			return err
		}
	}
	g.Givers = append([]Giver(nil), g.Givers...)
	for i := range g.Givers {
		line := &g.Givers[i]
		line.Name, line.Note = viet.Clean(line.Name), viet.Clean(line.Note)
		if err := needText(fmt.Sprintf("givers/%d/name", i), line.Name, maxName); err != nil {
			return err
		}
		if err := shortText(fmt.Sprintf("givers/%d/note", i), line.Note, maxName); err != nil {
			return err
		}
	}
	return nil
}

// days checks the four dates: nothing from tomorrow, nothing before the fund, nothing in a closed period.
func (g *gift) days(h *head, today Date) error {
	if today.Before(g.DonatedOn) {
		return invalid("donated_on", "in_future")
	}
	if today.Before(g.BankOn) {
		return invalid("bank_on", "in_future")
	}
	if g.Method != MethodTransfer && !g.BankOn.IsZero() {
		return invalid("bank_on", "not_a_transfer")
	}
	posted := g.postedOn()
	if posted.Before(h.validFrom) || (!h.validTo.IsZero() && h.validTo.Before(posted)) {
		return invalid("donated_on", "outside_fund")
	}
	return nil
}

// postedOn is the day the gift counts for: the bank's for a transfer, the giving's otherwise.
func (g *gift) postedOn() Date {
	if g.Method == MethodTransfer {
		return g.BankOn
	}
	return g.DonatedOn
}

// sums checks that money is there and that lines add up.
func (g *gift) sums() error {
	if g.Method == MethodGoods {
		if err := g.goodsSum(); err != nil {
			return err
		}
	} else if len(g.Goods) > 0 {
		return invalid("goods", "not_goods")
	} else if g.Amount.Sign() <= 0 {
		return invalid("amount", "not_positive")
	}
	if g.Amount.Cmp(money.Dong(money.MaxVND)) > 0 {
		return invalid("amount", "too_large")
	}
	return g.rosterSum()
}

func (g *gift) goodsSum() error {
	if len(g.Goods) == 0 {
		return invalid("goods", "required")
	}
	if len(g.Goods) > maxGoods {
		return invalid("goods", "too_many")
	}
	total := money.Dong(0)
	for i := range g.Goods {
		line := &g.Goods[i]
		if line.Quantity.Form != apd.Finite || line.Quantity.Sign() <= 0 || line.Quantity.Exponent < -6 ||
			line.Quantity.NumDigits() > 15 || line.Quantity.Exponent > 0 || line.Quantity.Cmp(tooMuchGoods) >= 0 {
			return invalid(fmt.Sprintf("goods/%d/quantity", i), "not_a_quantity")
		}
		value, err := goodsValue(line.Quantity, line.UnitValue)
		if err != nil {
			return invalid(fmt.Sprintf("goods/%d/unit_value", i), "not_a_value")
		}
		line.Value = value
		total = total.Add(value)
	}
	if g.Amount.IsZero() {
		g.Amount = total
	}
	if !g.Amount.Equal(total) {
		return invalid("amount", "sum_differs")
	}
	return nil
}

// tooMuchGoods is the quantity from which on a line is refused, as donation_goods_quantity says.
var tooMuchGoods = apd.New(1_000_000_000, 0)

// goodsValue is quantity × unit value in whole đồng; half a đồng goes up, as on an invoice.
func goodsValue(quantity apd.Decimal, unit money.VND) (money.VND, error) {
	if unit.Sign() < 0 || unit.Cmp(money.Dong(money.MaxVND)) > 0 {
		return money.VND{}, fmt.Errorf("ledger: unit value out of range")
	}
	ctx := apd.BaseContext.WithPrecision(40)
	ctx.Rounding = apd.RoundHalfUp
	var value apd.Decimal
	if _, err := ctx.Mul(&value, &quantity, apd.New(unit.Int64(), 0)); err != nil {
		return money.VND{}, err
	}
	if _, err := ctx.Quantize(&value, &value, 0); err != nil {
		return money.VND{}, err
	}
	n, err := value.Int64()
	return money.Dong(n), err
}

func (g *gift) rosterSum() error {
	if len(g.Givers) == 0 {
		return nil
	}
	if len(g.Givers) > maxGivers {
		return invalid("givers", "too_many")
	}
	if g.Method == MethodGoods {
		return invalid("givers", "not_money")
	}
	total := money.Dong(0)
	for i, giver := range g.Givers {
		if giver.Amount.Sign() <= 0 || giver.Amount.Cmp(money.Dong(money.MaxVND)) > 0 {
			return invalid(fmt.Sprintf("givers/%d/amount", i), "not_positive")
		}
		total = total.Add(giver.Amount)
	}
	if !total.Equal(g.Amount) {
		return invalid("givers", "sum_differs")
	}
	return nil
}

// incomeRole is where the gift is income (NĐ 131/2021 Điều 180: contributions, goods, earmarked grants).
func (g *gift) incomeRole() string {
	switch {
	case g.PurposeID != 0:
		return "INCOME.EARMARKED"
	case g.Method == MethodGoods:
		return "INCOME.GOODS"
	}
	return "INCOME.CONTRIBUTION"
}
