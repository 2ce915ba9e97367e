package api

import (
	"net/url"
	"strings"
	"testing"
)

func TestAnAddressWithNonsenseInItIsNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	p := newPageSite(t)
	v := p.visitor(t, "canbo")
	for _, path := range []string{
		"/quy/HDT/bien-lai?nam=99999999999", "/quy/HDT/bien-lai?nam=-99999999999", "/quy/HDT/bien-lai?ky_hieu=%ff",
		"/quy/HDT/bien-lai?ky_hieu=%00", "/quy/HDT/bien-lai?tinh_trang=%00", "/quy/HDT/bien-lai?truoc=9223372036854775807",
		"/quy/HDT/bien-lai?truoc=-1",
		"/quy/HDT/bien-lai/PT-9999-999999999999", "/quy/HDT/bien-lai/PT-0000-0",
		"/quy/HDT/nguoi?q=%00", "/quy/HDT/nguoi?q=%ff", "/quy/HDT/tim?q=%00", "/quy/HDT/tim?q=%ff", "/quy/HDT/tim?q=PT+%00",
		"/quy/HDT/nguoi/9223372036854775807", "/quy/HDT/nguoi/-1", "/quy/HDT/nguoi/x?truoc=x",
		"/quy/HDT/nguoi?q=" + strings.Repeat("a+", 10_000), "/quy/HDT/nguoi?q=" + strings.Repeat("a", 20_000),
		"/quy/HDT/duyet/-1", "/quy/HDT/duyet/9223372036854775807", "/quy/HDT/thu/nguoi?name=%00%00%00", "/quy/HDT/thu?ten=%ff%ff",
		"/quy/HDT/thu/chu?amount=%00", "/quy/%00/", "/quy/%ff/thu", "/chuyen-quy?quy=%00",
		"/b/%00/ABCDEFGHJK", "/b/%ff/ABCDEFGHJK", "/b/HDT/%00", "/b/HDT/%ff%ff", "/tra-cuu?quy=%00&ma=ABCDEFGHJK",
		"/problems/%00", "/dang-nhap?toi=%00", "/static/%00", "/static/..%2fpages.go", "/static/%2e%2e/",
		"/api/v1/funds/%00", "/api/v1/funds/%ff/donors", "/api/v1/funds/HDT/donors?q=%00", "/api/v1/funds/HDT/donors?q=%ff",
		"/api/v1/check/%00/ABCDEFGHJK", "/api/v1/check/%ff/ABCDEFGHJK", "/api/v1/funds/HDT/receipts/PT/2026/9223372036854775807",
		"/api/v1/funds/HDT/donations?before=9223372036854775807&donor_id=9223372036854775807", "/api/v1/funds/HDT/balances?on=%00",
		"/api/v1/funds/HDT/donations/9223372036854775807",
	} {
		if s := v.get(path); s.status >= 500 {
			t.Errorf("%s: %d", path[:min(len(path), 80)], s.status)
		}
	}
	for _, form := range []url.Values{
		gift("purpose", "-1"), gift("purpose", "9223372036854775807"), gift("campaign", "-1"), gift("donor", "9223372036854775807"),
		gift("donor", "-1"), gift("kind", "\x00"), gift("display", "\xff"), gift("giver", "\x00"), gift("method", "\x00"),
		gift("phone", "\x00"), gift("name", "\xff\x00"), gift("memo", "\x00\xff"), gift("donated_on", "31/12/2199"),
		gift("donated_on", "01/01/1945"), gift("amount", strings.Repeat("9", 60)),
		gift("method", "transfer", "bank_on", "01/01/2199", "bank_ref", "\x00"),
		gift("method", "goods", "goods_description", "Gạo", "goods_unit", "kg", "goods_quantity", "999999999", "goods_value", "999999999999999"),
		gift("amount", "1000000", "roster", "A\t1000000000000000\nB\t1000000000000000"),
	} {
		if s := v.post("/quy/HDT/thu", form); s.status >= 500 {
			t.Errorf("%v: %d", form, s.status)
		}
	}
}

func TestAReplacedSheetDoesNotTellTheCodeOfTheNewOne(t *testing.T) {
	t.Parallel()
	p := newPageSite(t)
	old, err := p.CheckReceipt(t.Context(), "HDT", p.sheets["replaced"].Receipt.Code)
	if err != nil || old.ReplacedBy == nil {
		t.Fatalf("%+v, %v", old, err)
	}
	v := p.visitor(t, "")
	s := v.get("/b/HDT/" + old.Code)
	v.want(s, 200, sheetNumber(old.ReplacedBy.Series, old.ReplacedBy.Year, old.ReplacedBy.Number))
	if strings.Contains(s.body, old.ReplacedBy.Code) {
		t.Error("who holds the old sheet, perhaps another person, is shown the new one")
	}
}
