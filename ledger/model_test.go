package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

// model is what the fund should hold, in plain Go: no database, no numbers but counters.
type model struct {
	f        *ledgertest.Fixture
	fund     ledger.FundID
	people   map[string]ledger.Actor
	purposes []int64
	entries  int64
	cash     int64
	bank     int64
	received map[int64]int64
	numbers  map[ledger.Series]int64
	gifts    []*modelGift
	intents  []*modelIntent
}

type modelGift struct {
	input    ledger.NewDonation
	key      ledger.Key
	maker    string
	entry    int64
	sheet    ledger.ReceiptRef // the one that stands, or stood last
	state    ledger.ReceiptState
	reversed bool
}

type modelIntent struct {
	gift    *modelGift
	sheet   ledger.ReceiptRef
	maker   string
	replace bool
	decided bool
	i       ledger.Intent
}

// C2, C7: a random life of a fund, compared with the model after every step, refusals and replays included.
func TestC7ARandomLifeOfAFund(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	funds := 0
	rapid.Check(t, func(rt *rapid.T) {
		funds++
		m := newModel(rt, f, fmt.Sprintf("M-%d", funds))
		rt.Repeat(map[string]func(*rapid.T){
			"give": m.give, "again": m.again, "other content": m.otherContent, "reverse": m.reverse, "propose": m.propose,
			"decide": m.decide, "batch": m.batch, "": m.check,
		})
	})
}

func newModel(rt *rapid.T, f *ledgertest.Fixture, code string) *model {
	fund := f.OpenFund(code, ledger.LevelCommune)
	m := &model{f: f, fund: fund, entries: 1, people: map[string]ledger.Actor{}, received: map[int64]int64{}, numbers: map[ledger.Series]int64{}}
	for i, role := range []ledger.Role{ledger.RoleRecorder, ledger.RoleAccountant, ledger.RoleChiefAccountant} {
		id := int32(201 + i)
		m.people[string(role)] = ledger.Actor{ID: id, Name: "Người thử", Roles: map[ledger.FundID][]ledger.Role{fund: {role}}}
	}
	purpose, err := f.OpenPurpose(context.Background(), m.people["accountant"], fund, f.Key(), "Sửa nhà")
	if err != nil {
		rt.Fatal(err)
	}
	m.entries++
	m.purposes = []int64{0, purpose}
	return m
}

func (m *model) input(rt *rapid.T) ledger.NewDonation {
	n := ledgertest.Cash(rapid.Int64Range(1, 5_000_000).Draw(rt, "amount"))
	if rapid.Bool().Draw(rt, "transfer") {
		n.Method = ledger.MethodTransfer
	}
	n.PurposeID = rapid.SampledFrom(m.purposes).Draw(rt, "purpose")
	return n
}

func (m *model) who(rt *rapid.T, names ...string) (string, ledger.Actor) {
	name := rapid.SampledFrom(names).Draw(rt, "who")
	return name, m.people[name]
}

// book is what a gift does to the model.
func (m *model) book(n ledger.NewDonation, key ledger.Key, maker string, d ledger.Donation, rt *rapid.T) {
	series := ledger.SeriesCash
	if n.Method == ledger.MethodTransfer {
		series = ledger.SeriesTransfer
		m.bank += n.Amount.Int64()
	} else {
		m.cash += n.Amount.Int64()
	}
	m.received[n.PurposeID] += n.Amount.Int64()
	m.numbers[series]++
	if d.EntryNo != m.entries || d.Receipt.Series != series || d.Receipt.Number != m.numbers[series] || d.Replayed {
		rt.Fatalf("the gift is entry %d, %s; the model has entry %d, number %d", d.EntryNo, d.Receipt, m.entries, m.numbers[series])
	}
	m.entries++
	m.gifts = append(m.gifts, &modelGift{input: n, key: key, maker: maker, entry: d.EntryNo, sheet: d.Receipt, state: ledger.ReceiptValid})
}

func (m *model) give(rt *rapid.T) {
	n, key := m.input(rt), m.f.Key()
	maker, actor := m.who(rt, "recorder", "accountant")
	d, err := m.f.RecordDonation(context.Background(), actor, m.fund, key, n)
	if err != nil {
		rt.Fatal(err)
	}
	m.book(n, key, maker, d, rt)
}

func (m *model) some(rt *rapid.T) *modelGift {
	if len(m.gifts) == 0 {
		rt.Skip("no gift yet")
	}
	return rapid.SampledFrom(m.gifts).Draw(rt, "gift")
}

// again retries a gift: the first answer comes back, whatever became of it.
func (m *model) again(rt *rapid.T) {
	g := m.some(rt)
	d, err := m.f.RecordDonation(context.Background(), m.people[g.maker], m.fund, g.key, g.input)
	if err != nil || !d.Replayed || d.EntryNo != g.entry {
		rt.Fatalf("the retry gave entry %d (replayed %v), %v; want %d", d.EntryNo, d.Replayed, err, g.entry)
	}
}

func (m *model) otherContent(rt *rapid.T) {
	g := m.some(rt)
	n := g.input
	n.Amount = n.Amount.Add(money.Dong(1))
	_, err := m.f.RecordDonation(context.Background(), m.people[g.maker], m.fund, g.key, n)
	m.want(rt, err, ledger.CodeKeyReused)
}

func (m *model) want(rt *rapid.T, err error, want ledger.Code) {
	if got := ledger.CodeOf(err); got != want {
		rt.Fatalf("code %q, the model says %q (%v)", got, want, err)
	}
}

func (m *model) reverse(rt *rapid.T) {
	g := m.some(rt)
	name, actor := m.who(rt, "recorder", "accountant", "chief_accountant")
	_, err := m.f.ReverseDonation(context.Background(), actor, m.fund, m.f.Key(), g.entry, "thử")
	switch {
	case name == "recorder":
		m.want(rt, err, ledger.CodeForbidden)
	case name == g.maker:
		m.want(rt, err, ledger.CodeSamePerson)
	case g.reversed:
		m.want(rt, err, ledger.CodeWrongState)
	default:
		m.want(rt, err, "")
		m.entries++
		g.reversed = true
		if g.state == ledger.ReceiptValid {
			g.state = ledger.ReceiptVoid
		}
		amount := g.input.Amount.Int64()
		m.received[g.input.PurposeID] -= amount
		if g.input.Method == ledger.MethodTransfer {
			m.bank -= amount
		} else {
			m.cash -= amount
		}
	}
}

func (m *model) propose(rt *rapid.T) {
	g := m.some(rt)
	name, actor := m.who(rt, "recorder", "accountant")
	p := ledger.Proposal{Series: g.sheet.Series, Year: g.sheet.Year, Number: g.sheet.Number, Reason: "in hỏng"}
	replace := rapid.Bool().Draw(rt, "replace")
	if replace {
		p.Correction = &ledger.Correction{Payer: "Phạm Thị Đúng"}
	}
	i, err := m.f.ProposeVoid(context.Background(), actor, m.fund, m.f.Key(), p)
	if g.state != ledger.ReceiptValid {
		m.want(rt, err, ledger.CodeWrongState)
		return
	}
	m.want(rt, err, "")
	m.entries++
	m.intents = append(m.intents, &modelIntent{gift: g, sheet: g.sheet, maker: name, replace: replace, i: i})
}

func (m *model) decide(rt *rapid.T) {
	if len(m.intents) == 0 {
		rt.Skip("no intent yet")
	}
	x := rapid.SampledFrom(m.intents).Draw(rt, "intent")
	name, actor := m.who(rt, "recorder", "accountant", "chief_accountant")
	approve := rapid.Bool().Draw(rt, "approve")
	_, err := m.f.DecideVoid(context.Background(), actor, m.fund, m.f.Key(), ledger.Decision{IntentNo: x.i.EntryNo, Hash: x.i.Hash, Approve: approve})
	own := name == x.maker
	switch {
	case name == "recorder" && (approve || !own):
		m.want(rt, err, ledger.CodeForbidden)
	case x.decided:
		m.want(rt, err, ledger.CodeWrongState)
	case approve && own:
		m.want(rt, err, ledger.CodeSamePerson)
	case approve && (x.gift.sheet != x.sheet || x.gift.state != ledger.ReceiptValid):
		m.want(rt, err, ledger.CodeWrongState) // void by another road
	default:
		m.want(rt, err, "")
		x.decided = true
		m.entries++
		if approve {
			m.approved(x)
		}
	}
}

func (m *model) approved(x *modelIntent) {
	if !x.replace {
		x.gift.state = ledger.ReceiptVoid
		return
	}
	m.numbers[x.sheet.Series]++
	x.gift.sheet = ledger.ReceiptRef{Series: x.sheet.Series, Year: x.sheet.Year, Number: m.numbers[x.sheet.Series]}
}

// batch mixes new gifts, a gift twice, a replay and a refusal: each has its own result and harms no other.
func (m *model) batch(rt *rapid.T) {
	n, twice, bad := m.input(rt), m.f.Key(), ledgertest.Cash(0)
	items := []ledger.DonationItem{{Key: m.f.Key(), Donation: m.input(rt)}, {Key: twice, Donation: n}, {Key: m.f.Key(), Donation: bad},
		{Key: twice, Donation: n}, {Key: m.f.Key(), Donation: m.input(rt)}}
	if len(m.gifts) > 0 && m.gifts[0].maker == "recorder" {
		items = append(items, ledger.DonationItem{Key: m.gifts[0].key, Donation: m.gifts[0].input})
	}
	items = append(items, ledger.DonationItem{Key: m.f.Key(), Donation: m.input(rt)})
	results := m.f.RecordDonations(context.Background(), m.people["recorder"], m.fund, items)
	seen := map[ledger.Key]int64{}
	for i, r := range results {
		item := items[i]
		switch first, ok := seen[item.Key]; {
		case item.Donation.Amount.IsZero():
			m.want(rt, r.Err, ledger.CodeInvalid)
		case r.Err != nil:
			rt.Fatalf("item %d: %v", i, r.Err)
		case ok && r.Donation.EntryNo != first:
			rt.Fatalf("the same key gave entries %d and %d", first, r.Donation.EntryNo)
		case ok:
		case len(m.gifts) > 0 && item.Key == m.gifts[0].key:
			if r.Donation.EntryNo != m.gifts[0].entry {
				rt.Fatalf("the replay in a batch gave entry %d", r.Donation.EntryNo)
			}
		default:
			m.book(item.Donation, item.Key, "recorder", r.Donation, rt)
			seen[item.Key] = r.Donation.EntryNo
		}
	}
}

// check compares what is on the books with the model.
func (m *model) check(rt *rapid.T) {
	ctx, reader := context.Background(), m.people["accountant"]
	balances, err := m.f.Balances(ctx, reader, m.fund, ledger.Date{})
	if err != nil {
		rt.Fatal(err)
	}
	for _, b := range balances {
		want, known := map[string]int64{"CASH": m.cash, "BANK": m.bank}[b.Role]
		if known && b.Balance().Int64() != want {
			rt.Fatalf("%s holds %s, the model %d", b.Role, b.Balance(), want)
		}
	}
	purposes, err := m.f.Purposes(ctx, reader, m.fund)
	if err != nil {
		rt.Fatal(err)
	}
	for _, p := range purposes {
		if p.Received.Int64() != m.received[p.ID] {
			rt.Fatalf("purpose %d received %s, the model %d", p.ID, p.Received, m.received[p.ID])
		}
	}
	if len(m.gifts) == 0 {
		return
	}
	g := m.gifts[len(m.gifts)-1]
	r, err := m.f.Receipt(ctx, reader, m.fund, g.sheet.Series, g.sheet.Year, g.sheet.Number)
	if err != nil || r.State != g.state {
		rt.Fatalf("%s is %s, the model says %s (%v)", g.sheet, r.State, g.state, err)
	}
}
