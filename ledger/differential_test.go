package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
	"sovang/migrations/localpg/pgtest"
)

// chance is a source of random bytes that is the same every time.
type chance struct{ *rand.ChaCha8 }

// twin is an installation of its own in which nothing is left to chance: clock, secrets, codes and keys are given.
type twin struct {
	*ledger.Ledger
	admin string
	fund  ledger.FundID
}

func newTwin(t *testing.T) *twin {
	t.Helper()
	admin, app := pgtest.New(t)
	at := time.Date(2022, 7, 31, 16, 59, 30, 0, time.UTC) // the month rolls over in Vietnam while it is posted
	dice := rand.New(rand.NewPCG(29, 7))
	now := func() time.Time { // read once for each entry that is drafted; now and then it jumps back
		at = at.Add(time.Duration(dice.IntN(2_000)-300) * time.Millisecond)
		return at
	}
	l, err := ledger.Open(t.Context(), app, ledger.Options{Now: now, Random: chance{rand.NewChaCha8([32]byte{7})}, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	t.Cleanup(func() { ledgertest.Check(t, l) })
	fund, err := l.OpenFund(t.Context(), ledger.Operator, ledger.KeyOf("fund"), ledger.NewFund{Code: "HD", Name: "Quỹ thử", Level: ledger.LevelProvince,
		Chart: "MINH-HOA", ValidFrom: ledger.Date{Year: 2021, Month: 1, Day: 1}, Heading: ledgertest.Heading("HD")})
	if err != nil {
		t.Fatal(err)
	}
	return &twin{l, admin, fund.ID}
}

func (w *twin) actor(role ledger.Role) ledger.Actor {
	return ledger.Actor{ID: 101, Login: "canbo", Name: "Người thử", Roles: map[ledger.FundID][]ledger.Role{w.fund: {role}}}
}

// month is a random month of gifts of every kind, with some that must be refused; purpose and campaign are there.
func month(seed uint64, many int, purpose, campaign int64, donor ledger.DonorID) []ledger.DonationItem {
	dice := rand.New(rand.NewPCG(seed, 31))
	items := make([]ledger.DonationItem, many)
	for i := range items {
		n := ledger.NewDonation{Payer: fmt.Sprintf("Người Thứ %d", i), Method: ledger.MethodCash, Amount: money.Dong(1 + dice.Int64N(5_000_000)),
			DonatedOn: ledger.Date{Year: 2022, Month: time.July, Day: 1 + dice.IntN(31)}}
		switch dice.IntN(12) {
		case 0:
			n.NewDonor, n.Payer = &ledger.NewDonor{Name: fmt.Sprintf("Phạm Thị %d", i)}, ""
		case 1, 2:
			n.Method, n.BankOn, n.BankRef = ledger.MethodTransfer, ledger.Date{Year: 2022, Month: time.July, Day: 31}, fmt.Sprintf("FT%03d", i)
		case 3:
			n.Method, n.Goods, n.Amount = ledger.MethodGoods, rice("2.5", 18_000+dice.Int64N(9)), money.Dong(0)
		case 4:
			n.Method, n.Goods, n.Amount = ledger.MethodGoods, rice("3", 0), money.Dong(0) // nobody valued it: no posting
		case 5:
			n.PurposeID = purpose
		case 6:
			n.CampaignID, n.DonorID, n.Payer = campaign, donor, ""
		case 7:
			n.Givers = []ledger.Giver{{Name: "Lê Thị Một", Amount: n.Amount}}
		case 8:
			n.Giver, n.Payer, n.Series = ledger.GiverAnonymous, "", ledger.SeriesField
		case 9:
			n.Amount = money.Dong(0) // refused
		case 10:
			n.PurposeID = 99_999 // refused
		}
		items[i] = ledger.DonationItem{Key: ledger.KeyOf(fmt.Sprint("gift ", i)), Donation: n}
	}
	return items
}

// bulk stands for the way that long lists take.
const bulk = 0

// C18: the same random month posted one by one, in batches of 7, in one call and as a bulk leaves the same rows in every
// table: entries with their leaf hashes, numbers, postings, balances; and it has the same answers.
func TestC18BatchingChangesNothingElse(t *testing.T) {
	t.Parallel()
	many := min(soak(150), 1_000)
	for seed := range uint64(soak(1)) {
		var rows, answers []string
		var of string
		for _, size := range []int{bulk, 1, 7, many} {
			w := newTwin(t)
			said := w.post(t, seed, many, size)
			left := w.rows(t)
			name := fmt.Sprintf("seed %d in batches of %d", seed, size)
			if rows != nil {
				differ(t, of, name, rows, left)
			}
			if answers != nil {
				differ(t, of, name, answers, said)
			}
			rows, answers, of = left, said, name
		}
		if len(rows) < 5*many {
			t.Errorf("only %d rows were compared", len(rows))
		}
	}
}

// post books the month in batches of a size and gives the answers; a bulk names refusals only.
func (w *twin) post(t *testing.T, seed uint64, many, size int) (said []string) {
	t.Helper()
	ctx, clerk, accountant := t.Context(), w.actor(ledger.RoleRecorder), w.actor(ledger.RoleAccountant)
	purpose, err := w.OpenPurpose(ctx, accountant, w.fund, ledger.KeyOf("purpose"), "Sửa nhà tình nghĩa xã Mẫu")
	if err != nil {
		t.Fatal(err)
	}
	day := func(d int) ledger.Date { return ledger.Date{Year: 2022, Month: time.July, Day: d} }
	campaign, err := w.OpenCampaign(ctx, accountant, w.fund, ledger.KeyOf("campaign"), ledger.Campaign{Name: "Tháng 7", StartsOn: day(1), EndsOn: day(27)})
	if err != nil {
		t.Fatal(err)
	}
	donor, err := w.CreateDonor(ctx, clerk, w.fund, ledger.KeyOf("donor"), ledger.NewDonor{Name: "Hoàng Văn Mẫu"})
	if err != nil {
		t.Fatal(err)
	}
	items := month(seed, many, purpose, campaign, donor.ID)
	if size == bulk {
		r, err := w.RecordBulk(ctx, clerk, w.fund, slices.Values(items), nil)
		if err != nil || len(r.Refused) == 0 {
			t.Fatalf("the bulk: %+v, %v", r, err)
		}
		return nil
	}
	for part := range slices.Chunk(items, size) {
		for _, r := range w.RecordDonations(ctx, clerk, w.fund, part) {
			said = append(said, fmt.Sprintf("%+v %v", r.Donation, r.Err))
		}
	}
	return said
}

// rows are all rows of all tables, each with its table's name.
func (w *twin) rows(t *testing.T) (all []string) {
	t.Helper()
	c := connect(t, w.admin)
	for _, x := range tables(t, c) {
		if x.parent != x.name || x.name == "goose_db_version" { // which holds the time of the migration
			continue
		}
		rows, err := c.Query(t.Context(), fmt.Sprintf(`SELECT '%[1]s ' || r::text FROM %[1]s AS r ORDER BY 1`, x.name))
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	return all
}

// differ fails the test at the first line that is not the same.
func differ(t *testing.T, one, two string, a, b []string) {
	t.Helper()
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s:\n%s\n%s:\n%s", one, a[i], two, b[i])
			return
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s: %d lines, %s: %d", one, len(a), two, len(b))
	}
}
