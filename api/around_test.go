package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sovang/ledger"
)

func TestEveryAnswerHasItsSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	c := s.nobody(t)
	for _, path := range []string{"/api/v1/me", "/api/v1/check/HD/0000000000", "/api/v1/nothing", "/dang-nhap", "/khong-co"} {
		h := c.do("GET", path, "").Header
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if h.Get("X-Request-Id") == "" || h.Get("Permissions-Policy") == "" || !strings.Contains(strings.Join(h.Values("Cache-Control"), ","), "no-store") {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestBehindHTTPSTheCookieAndTheHeadersSaySo(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	h, err := New(s.Ledger, Options{Secure: true, Log: s.server.log})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/session", strings.NewReader(signInBody("recorder", testPassword)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 201 || !strings.HasPrefix(w.Header().Get("Set-Cookie"), "__Host-sovang=") || !strings.Contains(w.Header().Get("Set-Cookie"), "; Secure") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
}

func TestABrowserOnAForeignPageWritesNothing(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	const path = "/api/v1/funds/HD/donations"
	for _, h := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://example.com", "Origin: null"} {
		c.do("POST", path, oneGift, "Idempotency-Key: k", h).problem(403, codeCrossOrigin)
	}
	c.do("POST", path, oneGift, "Idempotency-Key: k", "Sec-Fetch-Site: same-origin").want(201)
	c.get("/funds/HD", "Sec-Fetch-Site: cross-site").want(200) // a link from a mail may be followed
}

func TestAFaultOfOursTellsNothingButItsRequest(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleViewer)
	c := s.as(t, ledger.RoleViewer)
	s.Superuser(`ALTER TABLE campaign RENAME TO campaign_gone`)
	got := c.get("/funds/HD/campaigns")
	s.Superuser(`ALTER TABLE campaign_gone RENAME TO campaign`)
	p := got.problem(500, codeInternal)
	for _, secret := range []string{"campaign", "relation", "SQL", "42P01"} {
		if strings.Contains(string(got.Body), secret) {
			t.Errorf("the answer tells %q: %s", secret, got.Body)
		}
	}
	log := s.log.String()
	if !strings.Contains(log, `"request":"`+p.RequestID+`"`) || !strings.Contains(log, "SQLSTATE 42P01") {
		t.Errorf("the log does not explain request %s: %s", p.RequestID, log)
	}
}

func TestAPanicIsA500AndTheServerLivesOn(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/panic", func(http.ResponseWriter, *http.Request) { panic("Phạm Thị Thử 500000") })
	mux.HandleFunc("GET /api/v1/half", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
		panic("too late")
	})
	site := httptest.NewServer(s.server.around(muxes{json: mux, pages: mux}))
	t.Cleanup(site.Close)
	s.http = site
	c := s.nobody(t)
	p := c.get("/panic").problem(500, codeInternal)
	if log := s.log.String(); !strings.Contains(log, p.RequestID) || !strings.Contains(log, "around_test.go") || strings.Contains(log, "Phạm") {
		t.Errorf("log: %s", log)
	}
	if resp, err := http.Get(site.URL + "/api/v1/half"); err == nil {
		t.Errorf("half an answer passes for a whole one: %v", resp.Status)
		_ = resp.Body.Close()
	}
	c.get("/panic").want(500)
}

func TestTheLogHoldsIDsAndNothingOfPeople(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	c.post("/funds/HD/donations", "k", strings.Replace(oneGift, "500000", "7654321", 1)).want(201)
	c.get("/funds/HD/donors?q=Ph%E1%BA%A1m").want(200)
	c.post("/session", "", signInBody("recorder", testPassword)).want(201)
	log := s.log.String()
	for _, secret := range []string{"Phạm", "7654321", "Mẫu", "E1%BA%A1", "mật khẩu", testPassword, c.token} {
		if strings.Contains(log, secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	var line struct {
		Request, Route, Method string
		Status, Actor, Fund    int
	}
	if err := json.Unmarshal([]byte(strings.SplitN(log, "\n", 2)[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line.Request == "" || line.Route != "POST /api/v1/funds/{fund}/donations" || line.Status != 201 ||
		line.Actor != int(s.users[ledger.RoleRecorder]) || line.Fund != int(s.Fund) {
		t.Errorf("line %+v", line)
	}
}
