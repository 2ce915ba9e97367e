package api

import (
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
	for range loginBurst {
		c.post("/session", "", signInBody("recorder", "sai mật khẩu rồi")).want(401)
	}
	c.post("/session", "", signInBody("recorder", testPassword)).problem(429, codeTooManyRequests)
	s.now.move(loginInterval)
	c.post("/session", "", signInBody("recorder", testPassword)).want(201)

	s.now.move(addrInterval * addrBurst)
	for i := range addrBurst {
		c.post("/session", "", signInBody(fmt.Sprintf("guess%d", i), "sai mật khẩu rồi")).want(401)
	}
	c.post("/session", "", signInBody("another", "sai mật khẩu rồi")).problem(429, codeTooManyRequests)
}
