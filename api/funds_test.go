package api

import (
	"net/url"
	"testing"

	"sovang/ledger"
)

func TestFundsAndTheirLists(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleInspector)
	if _, err := s.OpenPurpose(t.Context(), s.Accountant, s.Fund, s.Key(), "Sửa nhà tình nghĩa"); err != nil {
		t.Fatal(err)
	}
	drive := ledger.Campaign{Name: "Cao điểm 27/7", StartsOn: ledger.Date{Year: 2024, Month: 6, Day: 28},
		EndsOn: ledger.Date{Year: 2024, Month: 7, Day: 27}}
	if _, err := s.OpenCampaign(t.Context(), s.Accountant, s.Fund, s.Key(), drive); err != nil {
		t.Fatal(err)
	}
	s.Give(500000)
	c := s.as(t, ledger.RoleInspector)
	f := into[fund](c.get("/funds/HD").want(200))
	if f.Code != "HD" || f.Level != "province" || f.State != "open" || f.ValidFrom != "2021-01-01" || f.Entries < 4 {
		t.Errorf("fund %+v", f)
	}
	if p := into[list[purpose]](c.get("/funds/HD/purposes").want(200)); len(p.Items) != 2 || p.Items[0].ID != 0 || p.Items[0].Received != "500000" {
		t.Errorf("purposes %+v", p)
	}
	if l := into[list[campaign]](c.get("/funds/HD/campaigns").want(200)); len(l.Items) != 1 || l.Items[0].StartsOn != "2024-06-28" {
		t.Errorf("campaigns %+v", l)
	}
	first := into[list[purpose]](c.get("/funds/HD/purposes?limit=1").want(200))
	if len(first.Items) != 1 || first.Next != "0" {
		t.Errorf("first page %+v", first)
	}
	if rest := into[list[purpose]](c.get("/funds/HD/purposes?limit=1&after=0").want(200)); len(rest.Items) != 1 || rest.Next != "" {
		t.Errorf("second page %+v", rest)
	}
}

func TestBalancesOfADay(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleViewer)
	s.Give(500000)
	c := s.as(t, ledger.RoleViewer)
	cash := func(query string) string {
		for _, b := range into[balances](c.get("/funds/HD/balances" + query).want(200)).Accounts {
			if b.Role == "CASH" {
				return b.Balance
			}
		}
		return "no account"
	}
	for _, tt := range []struct{ query, want string }{
		{"", "500000"}, {"?on=2199-12-31", "500000"}, {"?on=2021-01-01", "0"},
	} {
		if got := cash(tt.query); got != tt.want {
			t.Errorf("%s: cash %s, want %s", tt.query, got, tt.want)
		}
	}
	for _, wrong := range []string{"?on=31/12/2024", "?on=2024-02-30", "?on=1900-01-01"} {
		if got := saidWrong(c.get("/funds/HD/balances"+wrong).problem(422, ledger.CodeInvalid).Errors); got != "on date_form" {
			t.Errorf("%s: %s", wrong, got)
		}
	}
}

func TestDonorsAreFoundWithoutMarks(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	made := into[donor](c.post("/funds/HD/donors", "1", `{"name":"Đặng Thị Thử","kind":"household","phone":"0900 000 001"}`).want(201))
	if made.Kind != "household" || made.Display != "initials" {
		t.Errorf("made %+v", made)
	}
	if again := into[donor](c.post("/funds/HD/donors", "1", `{"name":"Đặng Thị Thử","kind":"household","phone":"0900 000 001"}`).want(201)); again != made {
		t.Errorf("again %+v", again)
	}
	c.post("/funds/HD/donors", "1", `{"name":"Đặng Thị Khác"}`).problem(422, ledger.CodeKeyReused)
	for _, q := range []string{"dang thi thu", "ĐẶNG", "0900000001"} {
		if l := into[foundDonors](c.get("/funds/HD/donors?q=" + url.QueryEscape(q)).want(200)); len(l.Items) != 1 || l.Items[0] != made {
			t.Errorf("%s: %+v", q, l)
		}
	}
	if l := into[foundDonors](c.get("/funds/HD/donors?q=khong").want(200)); l.Items == nil || len(l.Items) != 0 {
		t.Errorf("nobody: %+v", l)
	}
	if got := saidWrong(c.post("/funds/HD/donors", "2", `{"name":"A","kind":"robot","display":"x"}`).problem(422, ledger.CodeInvalid).Errors); got != "/display unknown, /kind unknown" {
		t.Errorf("wrong donor: %s", got)
	}
}
