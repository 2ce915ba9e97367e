package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

func errorsAs(err error, target any) bool { return errors.As(err, target) }

// full does one of everything, so that every table has a row of the fixture's fund.
func full(t testing.TB, f *ledgertest.Fixture) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	purpose, err := f.OpenPurpose(ctx, f.Accountant, f.Fund, f.Key(), "Sửa nhà tình nghĩa xã Mẫu")
	must(err)
	day := func(d int) ledger.Date { return ledger.Date{Year: 2021, Month: time.July, Day: d} }
	campaign, err := f.OpenCampaign(ctx, f.Accountant, f.Fund, f.Key(), ledger.Campaign{Name: "Tháng 7 đền ơn", StartsOn: day(1), EndsOn: day(27)})
	must(err)
	donor, err := f.CreateDonor(ctx, f.Recorder, f.Fund, f.Key(), ledger.NewDonor{Name: "Hoàng Văn Mẫu", Address: "Thôn Thử", Phone: "0900 000 000"})
	must(err)
	give := func(n ledger.NewDonation) ledger.Donation {
		t.Helper()
		d, err := f.RecordDonation(ctx, f.Recorder, f.Fund, f.Key(), n)
		must(err)
		return d
	}
	cash := give(ledger.NewDonation{DonorID: donor.ID, Method: ledger.MethodCash, Amount: money.Dong(200_000), PurposeID: purpose, CampaignID: campaign})
	give(ledger.NewDonation{Payer: "Công ty Thử Nghiệm", Method: ledger.MethodTransfer, Amount: money.Dong(300_000), BankRef: "FT001",
		Givers: []ledger.Giver{{Name: "Lê Thị Một", Amount: money.Dong(100_000)}, {Name: "Lê Văn Hai", Amount: money.Dong(200_000), Note: "Tổ 2"}}})
	give(ledger.NewDonation{Payer: "Hộ bà Ba", Method: ledger.MethodGoods, GoodsBasis: "người tặng khai", Goods: []ledger.GoodsLine{
		{Description: "Gạo tẻ", Unit: "kg", Quantity: *apd.New(125, -1), UnitValue: money.Dong(18_000)}}})
	give(ledger.NewDonation{Giver: ledger.GiverAnonymous, Method: ledger.MethodCash, Series: ledger.SeriesField, Amount: money.Dong(1)})
	named := f.Give(77_000)

	propose := func(d ledger.Donation, c *ledger.Correction) ledger.Intent {
		t.Helper()
		r := d.Receipt
		i, err := f.ProposeVoid(ctx, f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: r.Series, Year: r.Year, Number: r.Number, Reason: "in hỏng", Correction: c})
		must(err)
		return i
	}
	decide := func(i ledger.Intent, a ledger.Actor, approve bool) {
		t.Helper()
		_, err := f.DecideVoid(ctx, a, f.Fund, f.Key(), ledger.Decision{IntentNo: i.EntryNo, Hash: i.Hash, Approve: approve})
		must(err)
	}
	decide(propose(cash, &ledger.Correction{Payer: "Hoàng Văn Đúng"}), f.Chief, true)
	decide(propose(named, nil), f.Holder, true)
	third := f.Give(5_000)
	decide(propose(third, nil), f.Recorder, false) // withdrawn
	_, err = f.ReverseDonation(ctx, f.Accountant, f.Fund, f.Key(), third.EntryNo, "Ghi hai lần")
	must(err)

	user, err := f.CreateUser(ctx, f.Admin, f.Key(), ledger.NewUser{Login: "thu", Name: "Vũ Thị Thử", Password: "mật khẩu để thử"})
	must(err)
	must(f.ChangeRole(ctx, f.Admin, f.Key(), ledger.RoleChange{UserID: user.ID, Fund: f.Fund, Role: ledger.RoleRecorder, Grant: true}))
	must(f.ChangeRole(ctx, f.Admin, f.Key(), ledger.RoleChange{UserID: user.ID, Fund: f.Fund, Role: ledger.RoleViewer, Grant: true}))
	must(f.ChangeRole(ctx, f.Admin, f.Key(), ledger.RoleChange{UserID: user.ID, Fund: f.Fund, Role: ledger.RoleViewer}))
	must(f.NotePrint(ctx, f.Recorder, f.Fund, cash.Receipt, 0))
	must(f.Cut(ctx, f.Fund, 6))
	fullLog(t, f)
}
