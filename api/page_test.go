package api

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"sovang/ledger"
)

// visitor is a browser without a screen: it keeps cookies, fills forms, and does not follow where it is sent.
type visitor struct {
	t    *testing.T
	site *pageSite
	http *http.Client
}

func (p *pageSite) visitor(t *testing.T, login string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if login != "" {
		u, err := url.Parse(p.http.URL)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(u, []*http.Cookie{{Name: "sovang", Value: p.tokens[login], Path: "/"}})
	}
	return &visitor{t, p, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// seen is a page as it came.
type seen struct {
	status int
	to     string // where it sends
	header http.Header
	body   string
}

func (v *visitor) read(resp *http.Response, err error) seen {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return seen{resp.StatusCode, resp.Header.Get("Location"), resp.Header, string(body)}
}

func (v *visitor) get(path string) seen {
	v.t.Helper()
	return v.read(v.http.Get(v.site.http.URL + path))
}

func (v *visitor) post(path string, form url.Values) seen {
	v.t.Helper()
	return v.read(v.http.PostForm(v.site.http.URL+path, form))
}

func (v *visitor) want(s seen, status int, text string) {
	v.t.Helper()
	if s.status != status || !strings.Contains(s.body+s.to, text) {
		v.t.Errorf("status %d to %q, want %d with %q:\n%.1500s", s.status, s.to, status, text, s.body)
	}
}

// gift is a filled form with a key of its own.
func gift(more ...string) url.Values {
	f := url.Values{"key": {ledger.NewKey().String()}, "giver": {"named"}, "name": {"Đặng Văn Phúc"}, "donor": {"new"}, "method": {"cash"},
		"amount": {"500k"}, "purpose": {"0"}, "campaign": {"0"}, "do": {"print"}}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

func TestThePages(t *testing.T) {
	t.Parallel()
	p := newPageSite(t)
	t.Run("a form sent twice books one gift", func(t *testing.T) {
		t.Parallel()
		v, form := p.visitor(t, "canbo"), gift()
		first := v.post("/quy/HDT/thu", form)
		v.want(first, http.StatusSeeOther, "/quy/HDT/bien-lai/PT-")
		if again := v.post("/quy/HDT/thu", form); again.to != first.to {
			t.Errorf("the second sending leads to %q, the first to %q", again.to, first.to)
		}
		form.Set("amount", "600k")
		v.want(v.post("/quy/HDT/thu", form), http.StatusUnprocessableEntity, strings.TrimSuffix(first.to, "?in=1"))
	})
	t.Run("what is wrong stands beside its field, and what was typed stays", func(t *testing.T) { wrongForms(t, p) })
	t.Run("goods, a roster and a gift from the field", func(t *testing.T) { otherForms(t, p) })
	t.Run("who may not, may not", func(t *testing.T) { strangers(t, p) })
	t.Run("the public pages are small and set no cookie", func(t *testing.T) { publicPages(t, p) })
	t.Run("a PDF dropped on the page is proven, or refused with its reason", func(t *testing.T) { uploads(t, p) })
	t.Run("the QR of a printed sheet opens its page", func(t *testing.T) { printedCodes(t, p) })
	t.Run("a copy says so, and the register counts it", func(t *testing.T) { copies(t, p) })
	t.Run("a gift is taken back by another person than its recorder", func(t *testing.T) { takenBack(t, p) })
}

func wrongForms(t *testing.T, p *pageSite) {
	t.Parallel()
	v := p.visitor(t, "canbo")
	for _, tt := range []struct{ field, typed, id, says string }{
		{"amount", "", "amount", "Ghi số tiền"}, {"amount", "1.500", "amount", "hai cách"}, {"amount", "0", "amount", "lớn hơn 0"},
		{"name", "", "name", "Ghi tên"}, {"phone", "abc", "phone", "chữ số"}, {"donated_on", "31/2/2026", "donated_on", "ngày/tháng/năm"},
		{"donated_on", "01/01/2199", "donated_on", "chưa đến"}, {"donated_on", "31/12/2020", "donated_on", "ngoài thời gian"},
		{"roster", "A;400k", "roster", "thiếu 100.000 đ"}, {"purpose", "999", "purpose", "không có trong danh sách"}, {"key", "12", "", "Biểu mẫu đã hỏng"},
	} {
		got := v.post("/quy/HDT/thu", gift(tt.field, tt.typed))
		v.want(got, http.StatusUnprocessableEntity, tt.says)
		if tt.id != "" && !strings.Contains(got.body, `<a href="#`+tt.id+`">`) {
			t.Errorf("%s %q: the summary does not lead to %s", tt.field, tt.typed, tt.id)
		}
		if !strings.Contains(got.body, `value="`+tt.typed+`"`) && tt.field != "roster" && tt.field != "purpose" {
			t.Errorf("%s: %q is gone", tt.field, tt.typed)
		}
	}
	v.want(v.post("/quy/HDT/thu", gift("name", "Trịnh Thu Hà", "donor", "")), http.StatusUnprocessableEntity, "Chọn đúng người")
}

func otherForms(t *testing.T, p *pageSite) {
	t.Parallel()
	v := p.visitor(t, "canbo")
	goods := gift("method", "goods", "amount", "", "goods_basis", "Hoá đơn")
	goods["goods_description"], goods["goods_unit"] = []string{"Gạo tẻ", "", "Chăn bông"}, []string{"kg", "", "cái"}
	goods["goods_quantity"], goods["goods_value"] = []string{"12,5", "", "3"}, []string{"20k", "", ""}
	got := v.post("/quy/HDT/thu", goods)
	v.want(got, http.StatusSeeOther, "/quy/HDT/bien-lai/NK-")
	v.want(v.get(got.to), http.StatusOK, "250.000 đ")
	v.want(v.post("/quy/HDT/thu", gift("do", "more")), http.StatusOK, `name="goods_description"`)
	v.want(v.post("/quy/HDT/thu", gift("roster", "1\tNgô Văn A\t300.000\tTổ 1\n2\tNgô Văn B\t200.000", "do", "next")), http.StatusSeeOther, "/thu?vua=PT-")
	v.want(v.post("/quy/HDT/thu", gift("field", "1", "giver", "anonymous")), http.StatusSeeOther, "/quy/HDT/bien-lai/BL-")
	v.want(v.post("/quy/HDT/thu", gift("method", "transfer", "bank_ref", "FT1")), http.StatusSeeOther, "/quy/HDT/bien-lai/XN-")
	v.want(v.get("/quy/HDT/thu/chu?amount=1tr5"), http.StatusOK, "Một triệu năm trăm nghìn đồng")
	v.want(v.get("/quy/HDT/thu/nguoi?name=trinh"), http.StatusOK, "Trịnh Thu Hà")
	v.want(v.get("/quy/HDT/tim?q=pt+1"), http.StatusSeeOther, "/quy/HDT/bien-lai/PT-")
	v.want(v.get("/quy/HDT/tim?q=trinh"), http.StatusSeeOther, "/quy/HDT/nguoi?q=trinh")
}

func strangers(t *testing.T, p *pageSite) {
	t.Parallel()
	nobody := p.visitor(t, "")
	nobody.want(nobody.get("/quy/HDT/thu"), http.StatusSeeOther, "/dang-nhap?toi=%2Fquy%2FHDT%2Fthu")
	nobody.want(nobody.post("/quy/HDT/thu", gift()), http.StatusUnauthorized, "chưa đăng nhập")
	nobody.want(nobody.post("/dang-nhap", url.Values{"login": {"canbo"}, "password": {"sai"}}), http.StatusUnauthorized, "không đúng")
	viewer := p.visitor(t, "banquanly")
	viewer.want(viewer.post("/quy/HDT/thu", gift()), http.StatusForbidden, "không có quyền")
	if page := viewer.get("/quy/HDT/"); strings.Contains(page.body, "Thu nhanh") {
		t.Error("who may not record is offered to")
	}
	viewer.want(viewer.get("/quy/HD/"), http.StatusNotFound, "Không tìm thấy")
	for _, path := range []string{"/quy/HDT/bien-lai/PT-2026-999999", "/quy/HDT/bien-lai/x", "/quy/HDT/nguoi/999999", "/quy/HDT/duyet/1", "/problems/khong"} {
		viewer.want(viewer.get(path), http.StatusNotFound, "Không tìm thấy")
	}
	out := p.visitor(t, "")
	in := out.post("/dang-nhap", url.Values{"login": {"banquanly"}, "password": {testPassword}, "toi": {"//xa.example"}})
	out.want(in, http.StatusSeeOther, "/")
	out.want(out.get("/"), http.StatusSeeOther, "/quy/HDT/")
	out.want(out.post("/dang-xuat", nil), http.StatusSeeOther, "/dang-nhap")
	out.want(out.get("/quy/HDT/"), http.StatusSeeOther, "/dang-nhap")
}

var assetOf = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

// light wants a page below 100 kB with everything it loads.
func (v *visitor) light(what string, page seen) {
	v.t.Helper()
	size := len(page.body)
	for _, m := range assetOf.FindAllStringSubmatch(page.body, -1) {
		size += len(v.get(m[1]).body)
	}
	for _, font := range []string{"be-vietnam-pro-latin-400.woff2", "be-vietnam-pro-latin-600.woff2", "be-vietnam-pro-vietnamese-400.woff2",
		"be-vietnam-pro-vietnamese-600.woff2", "be-vietnam-figures-600.woff", "be-vietnam-figures-400.woff"} {
		size += len(v.get("/static/" + font).body)
	}
	if size > 100_000 {
		v.t.Errorf("%s: %d bytes with everything it loads, want at most 100,000", what, size)
	}
}

func publicPages(t *testing.T, p *pageSite) {
	t.Parallel()
	v := p.visitor(t, "")
	for what, word := range map[string]string{"valid": "HỢP LỆ", "void": "ĐÃ HUỶ", "replaced": "ĐÃ THAY THẾ"} {
		page := v.get("/b/HDT/" + strings.ToLower(p.sheets[what].Receipt.Code))
		v.want(page, http.StatusOK, word)
		if page.header.Get("Set-Cookie") != "" || strings.Contains(page.body, "<script") {
			t.Errorf("%s: a cookie or a script", what)
		}
		v.light(what, page)
	}
	if page := v.get("/b/HDT/" + p.sheets["valid"].Receipt.Code); strings.Contains(page.body, "Nguyễn Thị Hoà") || !strings.Contains(page.body, "N. T. H.") {
		t.Error("the name is not masked")
	}
	v.want(v.get("/b/HDT/0000000000"), http.StatusNotFound, "KHÔNG TÌM THẤY")
	v.want(v.get("/b/KHAC/"+p.sheets["valid"].Receipt.Code), http.StatusNotFound, "KHÔNG TÌM THẤY")
	v.want(v.get("/tra-cuu?quy=HDT&ma=ab+cd-efgh0o"), http.StatusSeeOther, "/b/HDT/ABCDEFGH00")
	for code := range problemTexts {
		v.want(v.get("/problems/"+string(code)), http.StatusOK, problemTexts[code].Title)
	}
}

func copies(t *testing.T, p *pageSite) {
	t.Parallel()
	v := p.visitor(t, "ketoan")
	sheet := "/quy/HDT/bien-lai/" + p.sheets["collective"].Receipt.String()
	first, again := v.get(sheet+"/in?kho=A5"), v.get(sheet+"/in?kho=A5")
	if first.body != again.body || first.header.Get("Content-Type") != "application/pdf" {
		t.Error("two prints of the original differ, or are no PDF")
	}
	if one, two := v.get(sheet+"/in?ban=sao"), v.get(sheet+"/in?ban=sao"); one.body == two.body || one.body == first.body {
		t.Error("a copy does not say which one it is")
	}
	v.want(v.get(sheet), http.StatusOK, "Bản sao (đã in 2)")
	v.want(v.get(sheet), http.StatusOK, "In bản chính")
}

func takenBack(t *testing.T, p *pageSite) {
	t.Parallel()
	v := p.visitor(t, "canbo")
	sheet := strings.TrimSuffix(v.post("/quy/HDT/thu", gift("name", "Hà Thị Nhầm")).to, "?in=1")
	form := url.Values{"key": {ledger.NewKey().String()}, "reason": {"Ghi nhầm quỹ"}}
	v.want(v.post(sheet+"/ghi-am", form), http.StatusForbidden, "không có quyền")
	chief := p.visitor(t, "ketoantruong")
	chief.want(chief.post(sheet+"/ghi-am", url.Values{"key": form["key"]}), http.StatusUnprocessableEntity, "Lý do: chưa điền")
	chief.want(chief.post(sheet+"/ghi-am", form), http.StatusSeeOther, sheet)
	chief.want(chief.get(sheet), http.StatusOK, "Đã huỷ")
	chief.want(chief.get(sheet), http.StatusOK, "Ghi nhầm quỹ")
}
