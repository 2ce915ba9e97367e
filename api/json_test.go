package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// jsonSite is the whole site on a fixture of its own, with a signed-in caller of each role.
type jsonSite struct {
	*ledgertest.Fixture
	server *server
	http   *httptest.Server
	log    *lockedBuffer
	now    *fakeClock
	users  map[ledger.Role]int32
}

// lockedBuffer is a log that many requests write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// fakeClock is the throttles' clock; it stands still until a test moves it.
type fakeClock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *fakeClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

const testPassword = "mật khẩu thử nghiệm"

func newJSONSite(t *testing.T, roles ...ledger.Role) *jsonSite {
	t.Helper()
	f := ledgertest.New(t)
	s := &jsonSite{Fixture: f, log: &lockedBuffer{}, now: &fakeClock{t: time.Unix(1_700_000_000, 0)},
		users: map[ledger.Role]int32{}}
	var err error
	s.server, err = newServer(f.Ledger, Options{Log: slog.New(slog.NewJSONHandler(s.log, nil)), Now: s.now.now})
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.server.routes()
	if err != nil {
		t.Fatal(err)
	}
	s.http = httptest.NewServer(h)
	t.Cleanup(s.http.Close)
	for _, r := range roles {
		s.users[r] = s.addUser(t, string(r), f.Fund, r)
	}
	return s
}

// addUser makes a person with one role.
func (s *jsonSite) addUser(t *testing.T, login string, fund ledger.FundID, role ledger.Role) int32 {
	t.Helper()
	u, err := s.CreateUser(t.Context(), ledger.Operator, s.Key(),
		ledger.NewUser{Login: login, Name: "Người thử " + login, Password: testPassword})
	if err != nil {
		t.Fatal(err)
	}
	if role == ledger.RoleAdmin {
		fund = ledger.System
	}
	err = s.ChangeRole(t.Context(), ledger.Operator, s.Key(),
		ledger.RoleChange{UserID: u.ID, Fund: fund, Role: role, Grant: true})
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}

// token is a session of the user, made without the cost of a password.
func (s *jsonSite) token(t *testing.T, user int32) string {
	t.Helper()
	ctx, err := s.server.sessions.Load(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.ActorOf(ctx, user)
	if err != nil && user != 0 { // 0: a session of nobody
		t.Fatal(err)
	}
	s.server.sessions.Put(ctx, sessionUser, user)
	s.server.sessions.Put(ctx, sessionPassword, a.Password)
	token, _, err := s.server.sessions.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// caller sends requests with one session, or with none.
type caller struct {
	t     *testing.T
	site  *jsonSite
	token string
}

func (s *jsonSite) as(t *testing.T, role ledger.Role) caller {
	t.Helper()
	return caller{t, s, s.token(t, s.users[role])}
}

func (s *jsonSite) nobody(t *testing.T) caller { return caller{t, s, ""} }

// reply is an answer, read to its end.
type reply struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   []byte
}

// do sends a request; headers are "Name: value" lines.
func (c caller) do(method, path, body string, headers ...string) reply {
	c.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site.http.URL+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.AddCookie(&http.Cookie{Name: "sovang", Value: c.token})
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := c.site.http.Client().Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	out := reply{t: c.t, Status: resp.StatusCode, Header: resp.Header}
	if out.Body, err = io.ReadAll(resp.Body); err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c caller) get(path string, headers ...string) reply {
	c.t.Helper()
	return c.do("GET", "/api/v1"+path, "", headers...)
}

// post sends a write with a key.
func (c caller) post(path, key, body string) reply {
	c.t.Helper()
	return c.do("POST", "/api/v1"+path, body, "Idempotency-Key: "+key)
}

// want fails the test on another status.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	return r
}

// into reads the body.
func into[T any](r reply) T {
	r.t.Helper()
	var v T
	if err := json.Unmarshal(r.Body, &v); err != nil {
		r.t.Fatalf("%v: %s", err, r.Body)
	}
	return v
}

// problem reads a problem document and holds it to RFC 9457.
func (r reply) problem(status int, code ledger.Code) problem {
	r.t.Helper()
	p := into[problem](r.want(status))
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Errorf("content type %q", got)
	}
	if p.Code != string(code) || p.Type != "/problems/"+p.Code || p.Status != status || p.Title == "" || p.Detail == "" {
		r.t.Errorf("problem %s, want code %s", r.Body, code)
	}
	if p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") {
		r.t.Errorf("request id %q, header %q", p.RequestID, r.Header.Get("X-Request-Id"))
	}
	return p
}

const oneGift = `{"method":"cash","amount":"500000","donor":{"name":"Phạm Thị Thử","address":"Xã Mẫu"},"memo":"Ủng hộ"}`
