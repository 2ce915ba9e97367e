package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

// fingerprint hashes every row of every table but access_log, as a superuser sees it.
func fingerprint(t *testing.T, c *pgx.Conn) map[string]string {
	t.Helper()
	prints := map[string]string{}
	for _, x := range tables(t, c) {
		if strings.HasPrefix(x.name, "access_log") || x.parent != x.name {
			continue
		}
		var hash string
		query := fmt.Sprintf(`SELECT coalesce(md5(string_agg(r::text, E'\n' ORDER BY r::text)), '') FROM %s AS r`, x.name)
		if err := c.QueryRow(t.Context(), query).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		prints[x.name] = hash
	}
	return prints
}

// refusals are calls that must be refused, each with its code, and leave every table as it was.
var refusals = []struct {
	name string
	want ledger.Code
	call func(context.Context, *ledgertest.Fixture, ledger.Donation) error
}{
	{"a gift of nothing", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Amount = money.Dong(0) })},
	{"a gift below nothing", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Amount = money.Dong(-1) })},
	{"one đồng more than there can be", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Amount = money.Dong(money.MaxVND + 1) })},
	{"no method", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Method = "" })},
	{"a method that is not known", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Method = "gold" })},
	{"a name of 201 characters", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Payer = strings.Repeat("ư", 201) })},
	{"a memo of 501 characters", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Memo = strings.Repeat("ễ", 501) })},
	{"no name, and no reason for that", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.NewDonor = nil })},
	{"an anonymous gift with a name", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Giver = ledger.GiverAnonymous })},
	{"a donor who is not there", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.NewDonor, n.DonorID = nil, 99_999 })},
	{"two donors at once", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.DonorID = 1 })},
	{"a gift of tomorrow", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.DonatedOn = ledger.DateOf(time.Now()).AddDays(1) })},
	{"a gift from before the fund", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.DonatedOn = ledger.Date{Year: 2020, Month: 12, Day: 31} })},
	{"a bank's day on a gift of cash", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.BankOn = ledger.DateOf(time.Now()) })},
	{"a purpose that is not there", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.PurposeID = 99_999 })},
	{"a campaign that is not there", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.CampaignID = 99_999 })},
	{"an account of another kind", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.AccountID = 99 })},
	{"goods with a gift of cash", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Goods = rice("1", 1_000) })},
	{"goods without a line", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Method = ledger.MethodGoods })},
	{"goods of no quantity", ledger.CodeInvalid, give(func(n *ledger.NewDonation) {
		n.Method, n.Goods, n.Amount = ledger.MethodGoods, rice("0", 1_000), money.Dong(0)
	})},
	{"goods whose sum differs", ledger.CodeInvalid, give(func(n *ledger.NewDonation) {
		n.Method, n.Goods, n.Amount = ledger.MethodGoods, rice("2", 1_000), money.Dong(2_001)
	})},
	{"goods of no number", ledger.CodeInvalid, give(func(n *ledger.NewDonation) {
		n.Method, n.Goods, n.Amount = ledger.MethodGoods, rice("NaN", 1_000), money.Dong(0)
	})},
	{"goods of a thousand million", ledger.CodeInvalid, give(func(n *ledger.NewDonation) {
		n.Method, n.Goods, n.Amount = ledger.MethodGoods, rice("1000000000", 0), money.Dong(0)
	})},
	{"a roster one đồng short", ledger.CodeInvalid, give(func(n *ledger.NewDonation) {
		n.Givers = []ledger.Giver{{Name: "Lê Thị Một", Amount: money.Dong(99_999)}}
	})},
	{"a roster with nobody's name", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Givers = []ledger.Giver{{Amount: money.Dong(100_000)}} })},
	{"a roster with a gift of nothing", ledger.CodeInvalid, give(func(n *ledger.NewDonation) {
		n.Givers = []ledger.Giver{{Name: "Một", Amount: money.Dong(100_000)}, {Name: "Hai", Amount: money.Dong(0)}}
	})},
	{"a display choice that is not known", ledger.CodeInvalid, give(func(n *ledger.NewDonation) { n.Display = "neon" })},
	{"a failure in the database half-way", "internal", give(func(n *ledger.NewDonation) { n.Memo = "HỎNG" })},
	{"a caller who had given up", ledger.CodeUnavailable, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		_, err := f.RecordDonation(ctx, f.Recorder, f.Fund, f.Key(), ledgertest.Cash(1))
		return err
	}},
	{"a key used for another gift", ledger.CodeKeyReused, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.RecordDonation(ctx, f.Recorder, f.Fund, ledger.KeyOf("given"), ledgertest.Cash(2))
		return err
	}},
	{"a key used by another person", ledger.CodeKeyReused, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.RecordDonation(ctx, f.Second, f.Fund, ledger.KeyOf("given"), ledgertest.Cash(100_000))
		return err
	}},
	{"a key used for another command", ledger.CodeKeyReused, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.CreateDonor(ctx, f.Recorder, f.Fund, ledger.KeyOf("given"), ledger.NewDonor{Name: "Một"})
		return err
	}},
	{"a reversal by who recorded it", ledger.CodeSamePerson, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		own, err := f.RecordDonation(ctx, f.Accountant, f.Fund, ledger.KeyOf("own"), ledgertest.Cash(100_000))
		if err != nil {
			return err
		}
		_, err = f.ReverseDonation(ctx, f.Accountant, f.Fund, f.Key(), own.EntryNo, "thử")
		return err
	}},
	{"a reversal without a reason", ledger.CodeInvalid, func(ctx context.Context, f *ledgertest.Fixture, d ledger.Donation) error {
		_, err := f.ReverseDonation(ctx, f.Accountant, f.Fund, f.Key(), d.EntryNo, " ")
		return err
	}},
	{"a reversal of an entry that is no gift", ledger.CodeNotFound, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.ReverseDonation(ctx, f.Accountant, f.Fund, f.Key(), 0, "thử")
		return err
	}},
	{"a void of a sheet that is not there", ledger.CodeNotFound, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.ProposeVoid(ctx, f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: "PT", Year: 2022, Number: 77, Reason: "thử"})
		return err
	}},
	{"a replacement that corrects nothing", ledger.CodeInvalid, func(ctx context.Context, f *ledgertest.Fixture, d ledger.Donation) error {
		r := d.Receipt
		_, err := f.ProposeVoid(ctx, f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: r.Series, Year: r.Year, Number: r.Number, Reason: "thử", Correction: &ledger.Correction{}})
		return err
	}},
	{"an approval of other content", ledger.CodeStale, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		list, err := f.Intents(ctx, f.Viewer, f.Fund)
		if err != nil {
			return err
		}
		_, err = f.DecideVoid(ctx, f.Chief, f.Fund, f.Key(), ledger.Decision{IntentNo: list[0].EntryNo, Approve: true})
		return err
	}},
	{"an approval by the maker", ledger.CodeSamePerson, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		list, err := f.Intents(ctx, f.Viewer, f.Fund)
		if err != nil {
			return err
		}
		maker := f.Chief
		maker.ID = list[0].Maker
		_, err = f.DecideVoid(ctx, maker, f.Fund, f.Key(), ledger.Decision{IntentNo: list[0].EntryNo, Hash: list[0].Hash, Approve: true})
		return err
	}},
	{"a purpose without a name", ledger.CodeInvalid, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.OpenPurpose(ctx, f.Accountant, f.Fund, f.Key(), "")
		return err
	}},
	{"a campaign that ends before it starts", ledger.CodeInvalid, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.OpenCampaign(ctx, f.Accountant, f.Fund, f.Key(), ledger.Campaign{Name: "Đợt", StartsOn: ledger.Date{Year: 2022, Month: 7, Day: 2}, EndsOn: ledger.Date{Year: 2022, Month: 7, Day: 1}})
		return err
	}},
	{"a login that is taken", ledger.CodeWrongState, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.CreateUser(ctx, f.Admin, f.Key(), ledger.NewUser{Login: "thu", Name: "Người Khác", Password: "mật khẩu dài khác"})
		return err
	}},
	{"a password of nine characters", ledger.CodeInvalid, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.CreateUser(ctx, f.Admin, f.Key(), ledger.NewUser{Login: "moi", Name: "Người Mới", Password: "mật khẩu "})
		return err
	}},
	{"an accountant who is treasurer too", ledger.CodeWrongState, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		if err := f.ChangeRole(ctx, f.Admin, ledger.KeyOf("treasurer"), ledger.RoleChange{UserID: 1, Fund: f.Fund, Role: ledger.RoleTreasurer, Grant: true}); err != nil {
			return err
		}
		return f.ChangeRole(ctx, f.Admin, f.Key(), ledger.RoleChange{UserID: 1, Fund: f.Fund, Role: ledger.RoleAccountant, Grant: true})
	}},
	{"an accountant of one fund who is treasurer of all", ledger.CodeWrongState, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		if err := f.ChangeRole(ctx, f.Admin, ledger.KeyOf("treasurer"), ledger.RoleChange{UserID: 1, Fund: f.Fund, Role: ledger.RoleTreasurer, Grant: true}); err != nil {
			return err
		}
		return f.ChangeRole(ctx, f.Admin, f.Key(), ledger.RoleChange{UserID: 1, Fund: ledger.System, Role: ledger.RoleChiefAccountant, Grant: true})
	}},
	{"a fund whose code is taken", ledger.CodeWrongState, func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		_, err := f.Ledger.OpenFund(ctx, ledger.Operator, f.Key(), ledger.NewFund{Code: "HD", Name: "Khác", Level: ledger.LevelCommune, Chart: "MINH-HOA", ValidFrom: ledger.Date{Year: 2021, Month: 1, Day: 1}, Heading: ledgertest.Heading("HD")})
		return err
	}},
}

// give is a gift of 100.000 đ with one thing wrong.
func give(wrong func(*ledger.NewDonation)) func(context.Context, *ledgertest.Fixture, ledger.Donation) error {
	return func(ctx context.Context, f *ledgertest.Fixture, _ ledger.Donation) error {
		n := ledgertest.Cash(100_000)
		wrong(&n)
		_, err := f.RecordDonation(ctx, f.Recorder, f.Fund, f.Key(), n)
		return err
	}
}

func rice(quantity string, unit int64) []ledger.GoodsLine {
	var q apd.Decimal
	_, _, _ = apd.BaseContext.SetString(&q, quantity)
	return []ledger.GoodsLine{{Description: "Gạo", Unit: "kg", Quantity: q, UnitValue: money.Dong(unit)}}
}

// C8: a refused call leaves every table but access_log byte for byte as it was.
func TestC8ARefusedCallChangesNothing(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	full(t, f)
	spoil(f)
	ctx := t.Context()
	gift, err := f.RecordDonation(ctx, f.Recorder, f.Fund, ledger.KeyOf("given"), ledgertest.Cash(100_000))
	if err != nil {
		t.Fatal(err)
	}
	r := gift.Receipt
	if _, err := f.ProposeVoid(ctx, f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: r.Series, Year: r.Year, Number: r.Number, Reason: "chờ duyệt"}); err != nil {
		t.Fatal(err)
	}
	// What some refusals need first is done before the picture is taken.
	if _, err := f.RecordDonation(ctx, f.Accountant, f.Fund, ledger.KeyOf("own"), ledgertest.Cash(100_000)); err != nil {
		t.Fatal(err)
	}
	if err := f.ChangeRole(ctx, f.Admin, ledger.KeyOf("treasurer"), ledger.RoleChange{UserID: 1, Fund: f.Fund, Role: ledger.RoleTreasurer, Grant: true}); err != nil {
		t.Fatal(err)
	}
	c := connect(t, f.AdminDSN)
	before := fingerprint(t, c)
	for _, tt := range refusals {
		if got := ledger.CodeOf(tt.call(ctx, f, gift)); got != tt.want {
			t.Errorf("%s: code %q, want %q", tt.name, got, tt.want)
		}
		after := fingerprint(t, c)
		for name, hash := range before {
			if after[name] != hash {
				t.Errorf("%s: %s is not as it was", tt.name, name)
			}
		}
		before = after
	}
}

// Who may not: every role that lacks the permission is refused, and somebody from another fund sees nothing.
func TestWhoMayNot(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	gift := f.Give(100_000)
	r := gift.Receipt
	intent, err := f.ProposeVoid(t.Context(), f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: r.Series, Year: r.Year, Number: r.Number, Reason: "thử"})
	if err != nil {
		t.Fatal(err)
	}
	everybody := map[string]ledger.Actor{
		"recorder": f.Second, "accountant": f.Accountant, "chief accountant": f.Chief, "treasurer": f.Treasurer,
		"account holder": f.Holder, "viewer": f.Viewer, "inspector": f.Inspector, "admin": f.Admin,
		"stranger": f.Stranger, "nobody": {ID: 120},
	}
	for _, tt := range []struct {
		name string
		may  []string
		call func(context.Context, ledger.Actor) error
	}{
		{"record a gift", []string{"recorder", "accountant"}, func(ctx context.Context, a ledger.Actor) error {
			_, err := f.RecordDonation(ctx, a, f.Fund, f.Key(), ledgertest.Cash(1))
			return err
		}},
		{"put a donor on record", []string{"recorder", "accountant"}, func(ctx context.Context, a ledger.Actor) error {
			_, err := f.CreateDonor(ctx, a, f.Fund, f.Key(), ledger.NewDonor{Name: "Một"})
			return err
		}},
		{"reverse a gift", []string{"accountant", "chief accountant"}, func(ctx context.Context, a ledger.Actor) error {
			_, err := f.ReverseDonation(ctx, a, f.Fund, f.Key(), f.Give(1).EntryNo, "thử")
			return err
		}},
		{"propose a void", []string{"recorder", "accountant", "chief accountant"}, func(ctx context.Context, a ledger.Actor) error {
			r := f.Give(1).Receipt
			_, err := f.ProposeVoid(ctx, a, f.Fund, f.Key(), ledger.Proposal{Series: r.Series, Year: r.Year, Number: r.Number, Reason: "thử"})
			return err
		}},
		{"approve a void", []string{"accountant", "chief accountant", "account holder"}, func(ctx context.Context, a ledger.Actor) error {
			r := f.Give(1).Receipt
			i, err := f.ProposeVoid(ctx, f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: r.Series, Year: r.Year, Number: r.Number, Reason: "thử"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.DecideVoid(ctx, a, f.Fund, f.Key(), ledger.Decision{IntentNo: i.EntryNo, Hash: i.Hash, Approve: true})
			return err
		}},
		{"open a purpose", []string{"accountant", "chief accountant", "account holder"}, func(ctx context.Context, a ledger.Actor) error {
			_, err := f.OpenPurpose(ctx, a, f.Fund, f.Key(), "Sửa nhà")
			return err
		}},
		{"open a campaign", []string{"accountant", "chief accountant", "account holder"}, func(ctx context.Context, a ledger.Actor) error {
			_, err := f.OpenCampaign(ctx, a, f.Fund, f.Key(), ledger.Campaign{Name: "Đợt", StartsOn: ledger.Date{Year: 2022, Month: 7, Day: 1}, EndsOn: ledger.Date{Year: 2022, Month: 7, Day: 27}})
			return err
		}},
		{"change the heading", []string{"admin"}, func(ctx context.Context, a ledger.Actor) error {
			return f.SetHeading(ctx, a, f.Fund, f.Key(), ledgertest.Heading("HD"))
		}},
		{"open a fund", []string{"admin"}, func(ctx context.Context, a ledger.Actor) error {
			_, err := f.Ledger.OpenFund(ctx, a, f.Key(), ledger.NewFund{Code: "X", Name: "X", Level: ledger.LevelCommune, Chart: "MINH-HOA", ValidFrom: ledger.Date{Year: 2021, Month: 1, Day: 1}, Heading: ledgertest.Heading("X")})
			return err
		}},
		{"make a user", []string{"admin"}, func(ctx context.Context, a ledger.Actor) error {
			_, err := f.CreateUser(ctx, a, f.Key(), ledger.NewUser{Login: "x" + f.Key().String()[20:], Name: "X", Password: "mật khẩu dài"})
			return err
		}},
	} {
		for who, actor := range everybody {
			may := false
			for _, name := range tt.may {
				may = may || name == who
			}
			code := ledger.CodeOf(tt.call(t.Context(), actor))
			if may && code != "" || !may && code != ledger.CodeForbidden {
				t.Errorf("%s by the %s: code %q", tt.name, who, code)
			}
		}
	}
	reads := map[string]func(ledger.Actor) error{
		"a gift": func(a ledger.Actor) error { _, err := f.Donation(t.Context(), a, f.Fund, gift.EntryNo); return err },
		"gifts": func(a ledger.Actor) error {
			_, err := f.Donations(t.Context(), a, f.Fund, ledger.DonationFilter{})
			return err
		},
		"a receipt": func(a ledger.Actor) error {
			_, err := f.Receipt(t.Context(), a, f.Fund, r.Series, r.Year, r.Number)
			return err
		},
		"the register": func(a ledger.Actor) error {
			_, err := f.Register(t.Context(), a, f.Fund, ledger.ReceiptFilter{})
			return err
		},
		"donors":    func(a ledger.Actor) error { _, err := f.FindDonors(t.Context(), a, f.Fund, "", 1); return err },
		"an intent": func(a ledger.Actor) error { _, err := f.Intent(t.Context(), a, f.Fund, intent.EntryNo); return err },
		"balances":  func(a ledger.Actor) error { _, err := f.Balances(t.Context(), a, f.Fund, ledger.Date{}); return err },
		"the fund":  func(a ledger.Actor) error { _, err := f.Ledger.Fund(t.Context(), a, f.Fund); return err },
		"a print":   func(a ledger.Actor) error { return f.NotePrint(t.Context(), a, f.Fund, r, 0) },
	}
	for what, read := range reads {
		for _, who := range []string{"stranger", "nobody", "admin"} {
			if code := ledger.CodeOf(read(everybody[who])); code != ledger.CodeNotFound {
				t.Errorf("%s read by the %s: code %q, want not_found", what, who, code)
			}
		}
		if err := read(f.Inspector); err != nil {
			t.Errorf("%s read by the inspector: %v", what, err)
		}
	}
}
