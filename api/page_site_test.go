package api

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

// pageSite is the site with a fund that has a month behind it: people, a drive, gifts of every kind, a sheet that
// waits for a decision, a void one and a replaced one. Every name is invented.
type pageSite struct {
	*ledgertest.Fixture
	http   *httptest.Server
	server *server
	fund   ledger.FundID
	tokens map[string]string // sessions by login
	actors map[string]ledger.Actor
	today  ledger.Date

	sheets map[string]ledger.Donation // by what is special about them
	intent int64
}

func newPageSite(t *testing.T) *pageSite {
	t.Helper()
	f := ledgertest.New(t)
	p := &pageSite{Fixture: f, tokens: map[string]string{}, actors: map[string]ledger.Actor{},
		today: ledger.DateOf(time.Now()), sheets: map[string]ledger.Donation{}}
	s, err := newServer(f.Ledger, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.routes()
	if err != nil {
		t.Fatal(err)
	}
	p.server, p.http = s, httptest.NewServer(h)
	t.Cleanup(p.http.Close)
	p.openFund()
	p.people()
	p.month()
	return p
}

func (p *pageSite) openFund() {
	fund, err := p.Ledger.OpenFund(p.T.Context(), ledger.Operator, p.Key(), ledger.NewFund{
		Code: "HDT", Name: "Quỹ Đền ơn đáp nghĩa tỉnh Hải Dương", Level: ledger.LevelProvince, Chart: "MINH-HOA",
		ValidFrom: ledger.Date{Year: 2021, Month: time.January, Day: 1}, Bank: "Ngân hàng Minh Hoạ, tài khoản 0100 0000 0001",
		Heading: ledger.Heading{Parent: "UBND tỉnh Hải Dương", Unit: "Quỹ Đền ơn đáp nghĩa tỉnh Hải Dương",
			Place: "Hải Dương", PublicURL: p.http.URL},
	})
	if err != nil {
		p.T.Fatal(err)
	}
	p.fund = fund.ID
}

// people makes one user of each kind, all with the same password, and a session each.
func (p *pageSite) people() {
	for _, x := range []struct {
		login, name string
		role        ledger.Role
	}{
		{"canbo", "Phạm Quỳnh Trang", ledger.RoleRecorder}, {"ketoan", "Lê Văn Bình", ledger.RoleAccountant},
		{"ketoantruong", "Vũ Đức Thịnh", ledger.RoleChiefAccountant}, {"banquanly", "Hoàng Thị Mai", ledger.RoleViewer},
	} {
		ctx := p.T.Context()
		u, err := p.CreateUser(ctx, ledger.Operator, p.Key(), ledger.NewUser{Login: x.login, Name: x.name, Password: testPassword})
		if err != nil {
			p.T.Fatal(err)
		}
		err = p.ChangeRole(ctx, ledger.Operator, p.Key(), ledger.RoleChange{UserID: u.ID, Fund: p.fund, Role: x.role, Grant: true})
		if err != nil {
			p.T.Fatal(err)
		}
		if x.role == ledger.RoleAccountant { // works for two funds: the switch shows
			err = p.ChangeRole(ctx, ledger.Operator, p.Key(), ledger.RoleChange{UserID: u.ID, Fund: p.Fund, Role: x.role, Grant: true})
			if err != nil {
				p.T.Fatal(err)
			}
		}
		if p.actors[x.login], err = p.ActorOf(ctx, u.ID); err != nil {
			p.T.Fatal(err)
		}
		p.tokens[x.login] = p.session(u.ID)
	}
}

// session is a session of the user, made without the cost of a password.
func (p *pageSite) session(user int32) string {
	ctx, err := p.server.sessions.Load(p.T.Context(), "")
	if err != nil {
		p.T.Fatal(err)
	}
	a, err := p.ActorOf(ctx, user)
	if err != nil {
		p.T.Fatal(err)
	}
	p.server.sessions.Put(ctx, sessionUser, user)
	p.server.sessions.Put(ctx, sessionPassword, a.Password)
	token, _, err := p.server.sessions.Commit(ctx)
	if err != nil {
		p.T.Fatal(err)
	}
	return token
}

func (p *pageSite) give(what, by string, n ledger.NewDonation) ledger.Donation {
	d, err := p.RecordDonation(p.T.Context(), p.actors[by], p.fund, p.Key(), n)
	if err != nil {
		p.T.Fatalf("%s: %v", what, err)
	}
	p.sheets[what] = d
	return d
}

// month fills thirty days.
func (p *pageSite) month() {
	ctx, t := p.T.Context(), p.T
	campaign, err := p.OpenCampaign(ctx, p.actors["ketoan"], p.fund, p.Key(), ledger.Campaign{
		Name: "Tết vì người có công", StartsOn: p.today.AddDays(-20), EndsOn: p.today.AddDays(40)})
	if err != nil {
		t.Fatal(err)
	}
	purpose, err := p.OpenPurpose(ctx, p.actors["ketoan"], p.fund, p.Key(), "Sửa nhà thân nhân liệt sĩ xã Thanh Hải")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"Trần Văn Khải", "Đỗ Thị Nhàn", "Bùi Đức Long", "Hộ gia đình Phạm Văn Tư",
		"Nguyễn Thị Hạnh", "Lương Quốc Việt", "Mạc Thị Sen", "Đinh Văn Quyết", "Tạ Thị Oanh", "Cao Xuân Bách"} {
		p.give(name, "canbo", ledger.NewDonation{Method: ledger.MethodCash, Amount: money.Dong(int64(200_000 * (i%4 + 1) * (i%3 + 1))),
			NewDonor:  &ledger.NewDonor{Name: name, Address: fmt.Sprintf("Thôn %d, xã Thanh Hải, huyện Thanh Hà", i+1), Phone: fmt.Sprintf("0900 000 1%02d", i)},
			DonatedOn: p.today.AddDays(-3*i - 1), CampaignID: campaign})
	}
	p.give("transfer", "canbo", ledger.NewDonation{Method: ledger.MethodTransfer, Amount: money.Dong(5_000_000), BankRef: "FT26329012345",
		NewDonor:  &ledger.NewDonor{Kind: ledger.DonorOrganisation, Name: "Công ty cổ phần Gốm sứ Minh Hoạ", Display: ledger.DisplayName},
		PurposeID: purpose, DonatedOn: p.today.AddDays(-5), CampaignID: campaign})
	p.give("goods", "canbo", ledger.NewDonation{Method: ledger.MethodGoods, GoodsBasis: "Hoá đơn", Giver: ledger.GiverPublicAnonymous,
		NewDonor: &ledger.NewDonor{Name: "Cửa hàng gạo Minh Tâm", Kind: ledger.DonorHousehold},
		Goods: []ledger.GoodsLine{{Description: "Gạo tẻ", Unit: "kg", Quantity: *apd.New(200, 0), UnitValue: money.Dong(18_000)},
			{Description: "Dầu ăn", Unit: "chai", Quantity: *apd.New(405, -1), UnitValue: money.Dong(0)}}, DonatedOn: p.today.AddDays(-2)})
	p.give("collective", "canbo", ledger.NewDonation{Method: ledger.MethodCash, Amount: money.Dong(900_000),
		NewDonor: &ledger.NewDonor{Kind: ledger.DonorOrganisation, Name: "Trường THCS Minh Hoạ"}, CampaignID: campaign,
		Givers: []ledger.Giver{{Name: "Ngô Thị Thảo", Amount: money.Dong(300_000), Note: "Tổ Văn"}, {Name: "Lại Văn Kiên", Amount: money.Dong(300_000)},
			{Name: "Khúc Thị Dung", Amount: money.Dong(300_000), Note: "Tổ Toán"}}})
	p.give("nameless", "canbo", ledger.NewDonation{Method: ledger.MethodCash, Giver: ledger.GiverUnknown, Amount: money.Dong(135_000)})
	p.give("valid", "canbo", ledger.NewDonation{Method: ledger.MethodCash, Amount: money.Dong(500_000), CampaignID: campaign,
		NewDonor: &ledger.NewDonor{Name: "Nguyễn Thị Hoà", Address: "Thôn Đông, xã Thanh Hải, huyện Thanh Hà", Phone: "0900 000 128"}})
	p.void("void", nil)
	p.void("replaced", &ledger.Correction{Payer: "Trịnh Thị Thu Hà"})
	d := p.give("pending", "canbo", ledgertest.Cash(250_000))
	p.intent = p.propose(d.Receipt, nil).EntryNo
}

func (p *pageSite) propose(ref ledger.ReceiptRef, c *ledger.Correction) ledger.Intent {
	i, err := p.ProposeVoid(p.T.Context(), p.actors["canbo"], p.fund, p.Key(), ledger.Proposal{Series: ref.Series, Year: ref.Year,
		Number: ref.Number, Reason: "Ghi sai tên người nộp", Correction: c})
	if err != nil {
		p.T.Fatal(err)
	}
	return i
}

// void records a gift whose sheet is void, or replaced.
func (p *pageSite) void(what string, c *ledger.Correction) {
	d := p.give(what, "canbo", ledger.NewDonation{Method: ledger.MethodCash, Amount: money.Dong(300_000),
		NewDonor: &ledger.NewDonor{Name: "Trịnh Thu Hà", Address: "Khu 3, thị trấn Thanh Hà"}})
	i := p.propose(d.Receipt, c)
	_, err := p.DecideVoid(p.T.Context(), p.actors["ketoantruong"], p.fund, p.Key(),
		ledger.Decision{IntentNo: i.EntryNo, Hash: i.Hash, Approve: true})
	if err != nil {
		p.T.Fatal(err)
	}
}

// somePage is a page with a name for its pictures.
type somePage struct{ name, path string }

// everyPage lists every page, with every state of a sheet.
func (p *pageSite) everyPage() []somePage {
	sheet := func(what string) string { return "/quy/HDT/bien-lai/" + p.sheets[what].Receipt.String() }
	public := func(what string) string { return "/b/HDT/" + p.sheets[what].Receipt.Code }
	return []somePage{
		{"ban-lam-viec", "/quy/HDT/"}, {"ban-lam-viec-trong", "/quy/HD/"}, {"thu", "/quy/HDT/thu"}, {"thu-tim", "/quy/HDT/thu?ten=nguyen"},
		{"nguoi", "/quy/HDT/nguoi"}, {"nguoi-khong-thay", "/quy/HDT/nguoi?q=khongcoai"}, {"nguoi-them", "/quy/HDT/nguoi/them"},
		{"mot-nguoi", fmt.Sprintf("/quy/HDT/nguoi/%d", p.sheets["valid"].DonorID)},
		{"so", "/quy/HDT/bien-lai"}, {"so-trong", "/quy/HD/bien-lai"},
		{"phieu", sheet("valid")}, {"phieu-chuyen-khoan", sheet("transfer")}, {"phieu-hien-vat", sheet("goods")},
		{"phieu-tap-the", sheet("collective")}, {"phieu-huy", sheet("void")}, {"phieu-thay", sheet("replaced")}, {"phieu-cho", sheet("pending")},
		{"de-nghi-huy", sheet("valid") + "/huy"}, {"de-nghi-thay", sheet("valid") + "/huy?viec=thay"},
		{"quyet-dinh", fmt.Sprintf("/quy/HDT/duyet/%d", p.intent)},
		{"tra-cuu", "/tra-cuu"}, {"khoa", "/khoa?quy=HDT"}, {"hop-le", public("valid")}, {"da-huy", public("void")}, {"da-thay", public("replaced")},
		{"hien-vat", public("goods")}, {"khong-tim-thay", "/b/HDT/0000000000"},
		{"loi-404", "/khong-co"}, {"ma-loi", "/problems/same_person"}, {"phim", "/phim"},
	}
}
