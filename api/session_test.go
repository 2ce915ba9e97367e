package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sovang/ledger"
)

func signInBody(login, password string) string {
	return fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)
}

// cookieOf is the session's cookie in an answer.
func cookieOf(t *testing.T, r reply) *http.Cookie {
	t.Helper()
	for _, c := range (&http.Response{Header: r.Header}).Cookies() {
		if c.Name == "sovang" {
			return c
		}
	}
	t.Fatalf("no cookie in %v", r.Header)
	return nil
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleAccountant)
	planted := s.token(t, 0)
	c := caller{t, s, planted}
	in := c.post("/session", "", signInBody("accountant", testPassword)).want(201)
	who := into[me](in)
	if who.Login != "accountant" || len(who.Funds) != 1 || who.Funds[0].Code != "HD" || strings.Join(who.Funds[0].Roles, " ") != "accountant" {
		t.Errorf("signed in as %s", in.Body)
	}
	cookie := cookieOf(t, in)
	if cookie.Value == planted || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.MaxAge != 0 {
		t.Errorf("cookie %+v", cookie)
	}
	c.get("/me").problem(401, codeUnauthenticated) // the planted token is worth nothing
	own := caller{t, s, cookie.Value}
	if got := into[me](own.get("/me").want(200)); got.ID != who.ID {
		t.Errorf("me is %+v", got)
	}
	own.do("DELETE", "/api/v1/session", "").want(204)
	own.get("/me").problem(401, codeUnauthenticated)
}

func TestWhateverIsWrongInASignInTheAnswerIsTheSame(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	stopped := s.addUser(t, "stopped", s.Fund, ledger.RoleRecorder)
	yes := true
	if err := s.ChangeUser(t.Context(), ledger.Operator, s.Key(), ledger.UserChange{UserID: stopped, Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	var first problem
	for i, body := range []string{signInBody("recorder", "sai mật khẩu rồi"), signInBody("nobody", testPassword),
		signInBody("stopped", testPassword), signInBody("", "")} {
		p := s.nobody(t).post("/session", "", body).problem(401, codeSignInFailed)
		p.RequestID = ""
		if i == 0 {
			first = p
		}
		if fmt.Sprint(p) != fmt.Sprint(first) {
			t.Errorf("%d: %+v, want %+v", i, p, first)
		}
	}
}

func TestAStoppedPersonIsOutAtOnce(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	c.get("/funds/HD").want(200)
	yes := true
	change := ledger.UserChange{UserID: s.users[ledger.RoleRecorder], Disabled: &yes}
	if err := s.ChangeUser(t.Context(), ledger.Operator, s.Key(), change); err != nil {
		t.Fatal(err)
	}
	c.get("/funds/HD").problem(401, codeUnauthenticated)
	c.post("/funds/HD/donations", "k", oneGift).problem(401, codeUnauthenticated)
}

func TestAChangedPasswordEndsTheSessionsBeforeIt(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	c.get("/funds/HD").want(200)
	fresh := "một mật khẩu khác hẳn"
	change := ledger.UserChange{UserID: s.users[ledger.RoleRecorder], Password: &fresh}
	if err := s.ChangeUser(t.Context(), ledger.Operator, s.Key(), change); err != nil {
		t.Fatal(err)
	}
	c.get("/funds/HD").problem(401, codeUnauthenticated)
	s.nobody(t).post("/session", "", signInBody("recorder", fresh)).want(201)
}

func TestARoleThatEndedEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	c.post("/funds/HD/donations", "k", oneGift).want(201)
	change := ledger.RoleChange{UserID: s.users[ledger.RoleRecorder], Fund: s.Fund, Role: ledger.RoleRecorder}
	if err := s.ChangeRole(t.Context(), ledger.Operator, s.Key(), change); err != nil {
		t.Fatal(err)
	}
	c.post("/funds/HD/donations", "k2", oneGift).problem(404, ledger.CodeNotFound)
}

func TestGuessingPasswordsIsThrottledByLoginAndByAddress(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.nobody(t)
	for range pairBurst {
		c.post("/session", "", signInBody("recorder", "sai mật khẩu rồi")).want(401)
	}
	c.post("/session", "", signInBody("recorder", testPassword)).problem(429, codeTooManyRequests)
	s.now.move(pairInterval)
	c.post("/session", "", signInBody("recorder", testPassword)).want(201)

	s.now.move(addrInterval * addrBurst)
	for i := range addrBurst {
		c.post("/session", "", signInBody(fmt.Sprintf("guess%d", i), "sai mật khẩu rồi")).want(401)
	}
	c.post("/session", "", signInBody("another", "sai mật khẩu rồi")).problem(429, codeTooManyRequests)
}

func TestWhoGuessesFromOneAddressKeepsNobodyElseOut(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	from := func(addr, password string) reply {
		return s.nobody(t).do("POST", "/api/v1/session", signInBody("recorder", password), "X-Forwarded-For: "+addr)
	}
	for range pairBurst {
		from("192.0.2.1", "sai mật khẩu rồi").want(401)
	}
	for range 3 * loginBurst {
		from("192.0.2.1", "sai mật khẩu rồi").problem(429, codeTooManyRequests)
	}
	from("192.0.2.2", testPassword).want(201)
	for i := range loginBurst - pairBurst - 1 {
		from(fmt.Sprintf("198.51.100.%d", i), "sai mật khẩu rồi").want(401)
	}
	from("192.0.2.2", testPassword).problem(429, codeTooManyRequests)
}

func TestAnEndlessLoginIsNotRemembered(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	ctx := context.WithValue(t.Context(), infoKey{}, &requestInfo{addr: "192.0.2.1", log: s.server.log})
	for _, tt := range []struct {
		length int
		known  int
	}{{maxLogin, 1}, {maxLogin + 1, 1}, {maxFormBody, 1}} {
		if err := s.server.signIn(ctx, strings.Repeat("a", tt.length), testPassword); problemOf(err).Code != string(codeSignInFailed) {
			t.Errorf("%d bytes: %v", tt.length, err)
		}
		if got := len(s.server.signInByLogin.young); got != tt.known {
			t.Errorf("%d bytes: the throttle remembers %d logins, want %d", tt.length, got, tt.known)
		}
	}
}
