package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger"
	"sovang/ledger/money"
)

// event is one thing that happens in a fund of the demonstration: a gift, or a correction of an earlier gift.
type event struct {
	at    time.Time // when it is written into the books
	order int       // as planned: settles events of one second
	kind  eventKind
	gift  ledger.NewDonation // of eventGift
	donor *planDonor         // who gives, when the fund keeps a record of them
	of    *event             // the gift that is corrected
	drive int                // year of the drive it belongs to; 0: none
	aim   int                // 1 + index of place.purposes; 0: unrestricted

	booked ledger.Donation // set once the gift stands in the books
}

type eventKind int

const (
	eventGift eventKind = iota
	eventReverse
	eventReplace // proposed, and decided by a second person within the hour
	eventVoid    // the same without a replacement
	eventPropose // proposed and left to be decided
)

// planDonor is a donor on record who may give again.
type planDonor struct {
	said   ledger.NewDonor
	id     ledger.DonorID // 0 until the first gift is booked
	queued bool           // the first gift is in the batch that is being gathered
}

// plan is a fund's whole history in the making. Everything follows from the random source, so the same seed
// gives the same books.
type plan struct {
	place
	r      *rand.Rand
	events []*event
	bodies []*planDonor
	firms  []*planDonor
	sum    int64 // đồng of the gifts planned so far
}

// demoSeed makes the demonstration the same on every machine.
const demoSeed = 270747

// newPlan plans the gifts of one fund so that they add up to what it raised, to the đồng. The shares are the
// measured ones (domain.md 11, "Shape of a synthetic set"): 100.000 and 200.000 đ are most common, a handful of
// large gifts hold nearly half the money, 5 in 100 have no name.
func newPlan(p place, index int) *plan {
	pl := &plan{place: p, r: rand.New(rand.NewPCG(demoSeed, uint64(index)))}
	for range max(p.gifts/25, 6) {
		pl.bodies = append(pl.bodies, &planDonor{said: pl.recordOf(ledger.DonorOrganisation, p.body(pl.r))})
		pl.firms = append(pl.firms, &planDonor{said: pl.recordOf(ledger.DonorOrganisation, firm(pl.r))})
	}
	large := max(p.gifts/60, 5)
	for i := range p.gifts - large - 1 {
		switch share := pl.r.IntN(1000); {
		case share < 20:
			pl.goods(i)
		case share < 60:
			pl.collective()
		case share < 80:
			pl.firm(int64(2+pl.r.IntN(9)) * million)
		default:
			pl.single(i)
		}
	}
	pl.largeOnes(large)
	pl.closing()
	slices.SortStableFunc(pl.events, byTime)
	pl.corrections()
	slices.SortStableFunc(pl.events, byTime)
	return pl
}

func byTime(a, b *event) int {
	return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order))
}

func (pl *plan) recordOf(kind ledger.DonorKind, name string) ledger.NewDonor {
	n := ledger.NewDonor{Kind: kind, Name: name, Address: pl.address(pl.r)}
	if kind == ledger.DonorOrganisation || pl.r.IntN(4) == 0 {
		n.Display = ledger.DisplayName
	}
	return n
}

// add plans a gift on a day of its own.
func (pl *plan) add(e *event) *event {
	e.order = len(pl.events)
	e.at = pl.moment()
	day := ledger.DateOf(e.at)
	e.gift.DonatedOn = day
	if e.gift.Method == ledger.MethodTransfer { // the bank's advice comes on the next working day
		e.gift.DonatedOn = day.AddDays(-1 - pl.r.IntN(2))
		e.gift.BankOn = e.gift.DonatedOn
		e.gift.BankRef = fmt.Sprintf("FT%02d%03d%05d", day.Year%100, e.at.YearDay(), pl.r.IntN(100_000))
	}
	if e.gift.Series == ledger.SeriesField { // collected from house to house, handed in within days
		e.gift.DonatedOn = day.AddDays(-pl.r.IntN(3))
	}
	if peak := driveOf(day); peak != 0 && pl.r.IntN(10) > 0 {
		e.drive = peak
	}
	pl.sum += e.gift.Amount.Int64()
	pl.events = append(pl.events, e)
	return e
}

// driveOf is the year of the peak month in which a day lies; 0 outside.
func driveOf(d ledger.Date) int {
	if (d.Month == time.June && d.Day >= 28) || (d.Month == time.July && d.Day <= 27) {
		return d.Year
	}
	return 0
}

// moment is a minute of office hours: three gifts in five fall into the peak months.
func (pl *plan) moment() time.Time {
	from, to := demoFrom.AddDate(0, 0, 1), demoTo
	switch n := pl.r.IntN(100); {
	case n < 28:
		from, to = peak(2021)
	case n < 60:
		from, to = peak(2022)
	}
	for {
		day := from.AddDate(0, 0, pl.r.IntN(int(to.Sub(from).Hours()/24)+1))
		if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
			continue
		}
		minute := 7*60 + 30 + pl.r.IntN(240) // 7:30–11:30
		if pl.r.IntN(2) == 0 {
			minute = 13*60 + 30 + pl.r.IntN(195) // 13:30–16:45
		}
		return day.Add(time.Duration(minute)*time.Minute + time.Duration(pl.r.IntN(60))*time.Second)
	}
}

func peak(year int) (from, to time.Time) {
	return time.Date(year, time.June, 28, 0, 0, 0, 0, ledger.Zone), time.Date(year, time.July, 27, 0, 0, 0, 0, ledger.Zone)
}

// amounts are the measured ones of single gifts in thousands of đồng, each as often in a thousand as weight says.
var amounts = []struct{ thousand, weight int }{
	{100, 219}, {200, 210}, {500, 158}, {50, 85}, {1_000, 82}, {300, 62}, {20, 30}, {120, 30}, {150, 28},
	{250, 12}, {400, 17}, {2_000, 20}, {3_000, 7}, {5_000, 6}, {5, 7}, {1, 1}, {9, 4},
}

// amount draws one. 22 in a thousand are not round.
func (pl *plan) amount() int64 {
	n := pl.r.IntN(1000)
	for _, a := range amounts {
		if n -= a.weight; n < 0 {
			return int64(a.thousand) * 1_000
		}
	}
	return pick(pl.r, []int64{272_727, 127_700, 99_999, 227_007, 111_111, 77_500}) + int64(pl.r.IntN(10)*7)
}

// single plans the gift of one person, family, or somebody without a name.
func (pl *plan) single(i int) {
	g := ledger.NewDonation{Amount: money.Dong(pl.amount()), Method: ledger.MethodCash}
	if pl.r.IntN(5) < 2 {
		g.Method = ledger.MethodTransfer
	} else if pl.r.IntN(4) == 0 {
		g.Series = ledger.SeriesField
	}
	e := &event{gift: g}
	name := person(pl.r)
	switch n := pl.r.IntN(1000); {
	case n < 55:
		pl.nameless(&e.gift)
		name = ""
	case n < 70:
		name = "Gia đình ông " + man(pl.r)
		e.donor = &planDonor{said: pl.recordOf(ledger.DonorHousehold, name)}
	case n < 350:
		e.donor = &planDonor{said: pl.recordOf(ledger.DonorPerson, name)}
	case n < 450 && i > 50:
		e.donor = pl.again()
	}
	if e.donor != nil {
		name = e.donor.said.Name
	} else if name != "" {
		e.gift.Payer, e.gift.Address = name, pl.address(pl.r)
	}
	pl.add(e)
	e.gift.Memo = "Ủng hộ Quỹ Đền ơn đáp nghĩa năm " + itoa(e.at.Year())
	if e.gift.Method == ledger.MethodTransfer {
		e.gift.Memo = bankMemo(pl.r, name, e.at.Year())
	}
	if pl.r.IntN(60) == 0 {
		e.aim = 1 + pl.r.IntN(2)
	}
}

// nameless makes the gift one of the three kinds without a name (domain.md 8).
func (pl *plan) nameless(g *ledger.NewDonation) {
	switch {
	case g.Method == ledger.MethodTransfer:
		g.Giver = ledger.GiverUnknown
	case pl.r.IntN(2) == 0:
		g.Giver = ledger.GiverAnonymous
	default:
		g.Giver, g.Payer, g.Address = ledger.GiverPublicAnonymous, person(pl.r), pl.address(pl.r)
	}
}

// again finds a person on record who gives once more; nil when the first found is none.
func (pl *plan) again() *planDonor {
	for range 20 {
		if e := pick(pl.r, pl.events); e.donor != nil && e.donor.said.Kind != ledger.DonorOrganisation {
			return e.donor
		}
	}
	return nil
}

// firm plans the gift of a company.
func (pl *plan) firm(amount int64) *event {
	e := &event{donor: pick(pl.r, pl.firms)}
	e.gift = ledger.NewDonation{Amount: money.Dong(amount), Method: ledger.MethodTransfer}
	if pl.r.IntN(8) == 0 {
		e.aim = 1 + pl.r.IntN(2)
	}
	pl.add(e)
	e.gift.Memo = bankMemo(pl.r, e.donor.said.Name, e.at.Year())
	return e
}

// collective plans one payment for the members of a body, with its roster: a day's wage each, or a fixed sum.
func (pl *plan) collective() {
	each := pick(pl.r, []int64{50_000, 100_000, 100_000, 150_000, 200_000, 250_000})
	var givers []ledger.Giver
	var total int64
	for range 8 + pl.r.IntN(40) {
		amount := each
		if pl.r.IntN(6) == 0 {
			amount += 50_000
		}
		total += amount
		givers = append(givers, ledger.Giver{Name: person(pl.r), Amount: money.Dong(amount)})
	}
	pl.roster(total, givers)
}

func (pl *plan) roster(total int64, givers []ledger.Giver) {
	e := &event{donor: pick(pl.r, pl.bodies), gift: ledger.NewDonation{
		Amount: money.Dong(total), Method: ledger.MethodCash, Givers: givers,
	}}
	if pl.r.IntN(3) > 0 {
		e.gift.Method = ledger.MethodTransfer
	}
	pl.add(e)
	e.gift.Memo = "Cán bộ, thành viên ủng hộ Quỹ Đền ơn đáp nghĩa năm " + itoa(e.at.Year())
}

// wares are goods as funds get them: unit, đồng of one unit, the smallest and largest quantity.
var wares = []struct {
	what, unit string
	each       int64
	from, to   int
	basis      string
}{
	{"Gạo tẻ", "kg", 16_000, 50, 400, "Người tặng khai"},
	{"Túi quà (đường, sữa, bánh)", "túi", 300_000, 5, 25, "Hoá đơn bán hàng"},
	{"Chăn ấm", "chiếc", 250_000, 5, 20, "Hoá đơn bán hàng"},
	{"Xi măng PCB30", "bao 50 kg", 72_000, 20, 100, "Hoá đơn bán hàng"},
	{"Xe lăn", "chiếc", 2_450_000, 1, 3, "Biên bản định giá"},
	{"Quạt điện", "chiếc", 365_000, 3, 15, "Hoá đơn bán hàng"},
	{"Ngày công thợ xây", "ngày công", 280_000, 5, 25, "Biên bản định giá"},
	{"Sách, tranh lưu niệm", "cuốn", 0, 5, 30, "Chưa định giá"},
}

// goods plans a gift in kind; one ware in eight has no value.
func (pl *plan) goods(i int) {
	w := pick(pl.r, wares)
	n := w.from + pl.r.IntN(w.to-w.from+1)
	e := &event{donor: pick(pl.r, pl.firms), gift: ledger.NewDonation{
		Method: ledger.MethodGoods, Amount: money.Dong(w.each * int64(n)), GoodsBasis: w.basis,
		Goods: []ledger.GoodsLine{{Description: w.what, Unit: w.unit, Quantity: *apd.New(int64(n), 0), UnitValue: money.Dong(w.each)}},
		Memo:  "Ủng hộ hiện vật tặng người có công với cách mạng",
	}}
	if i%2 == 0 {
		e.donor, e.gift.Payer, e.gift.Address = nil, person(pl.r), pl.address(pl.r)
	}
	pl.add(e)
}

// largeOnes share what is missing, falling from the largest in whole 500.000 đ; a rest stays for closing.
func (pl *plan) largeOnes(count int) {
	rest := pl.raised - pl.sum - closingAbout
	weights := make([]int64, count)
	for i := range weights {
		weights[i] = 1_000 / int64(i+2)
	}
	parts, err := money.Split(money.Dong(rest), weights)
	if err != nil {
		panic(err) // the weights above are positive
	}
	for _, part := range parts {
		pl.firm(part.Int64() / 500_000 * 500_000)
	}
}

// closingAbout is what is left for the last gift, before the rest of the large ones comes on top.
const closingAbout = 4 * million

// closing plans the collection that brings the fund's sum to the đồng: a day's wage each of a body's members.
func (pl *plan) closing() {
	rest := pl.raised - pl.sum
	weights := make([]int64, 12+rest/(400_000))
	for i := range weights {
		weights[i] = 180 + int64(pl.r.IntN(90))
	}
	parts, err := money.Split(money.Dong(rest), weights)
	if err != nil {
		panic(err) // the weights above are positive
	}
	var givers []ledger.Giver
	for _, part := range parts {
		givers = append(givers, ledger.Giver{Name: person(pl.r), Amount: part, Note: "Một ngày lương"})
	}
	pl.roster(rest, givers)
}

// corrections plan what goes wrong in offices: a sum typed with a nought too many and taken back by the
// accountant, sheets replaced and voided by two persons, one proposal still open. The sums stay as they are.
func (pl *plan) corrections() {
	var plain []*event // single cash gifts with a name that nobody else corrects
	for _, e := range pl.events {
		if e.gift.Method == ledger.MethodCash && e.donor == nil && e.gift.Giver == "" && len(e.gift.Givers) == 0 {
			plain = append(plain, e)
		}
	}
	step := len(plain) / 6
	for i := range max(pl.gifts/300, 1) {
		pl.mistake(plain[step/2+i*5], i)
		pl.correct(eventReplace, plain[2*step+i*5], time.Hour)
		pl.correct(eventVoid, plain[4*step+i*5], 2*time.Hour)
	}
	pl.correct(eventPropose, plain[len(plain)-1], 30*time.Minute)
}

// mistake puts a tenfold sum before the true gift, and its reversal between the two.
func (pl *plan) mistake(e *event, i int) {
	wrong := *e
	wrong.at, wrong.order = e.at.Add(-10*time.Minute), len(pl.events)
	wrong.gift.Amount = money.Dong(e.gift.Amount.Int64() * 10)
	pl.events = append(pl.events, &wrong)
	pl.events = append(pl.events, &event{kind: eventReverse, of: &wrong, at: e.at.Add(-5 * time.Minute), order: len(pl.events)})
}

func (pl *plan) correct(kind eventKind, e *event, later time.Duration) {
	pl.events = append(pl.events, &event{kind: kind, of: e, at: e.at.Add(later), order: len(pl.events)})
}
