package api

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"sovang/ledger"
)

// Options are the room's settings. The zero value is right behind plain HTTP on one machine.
type Options struct {
	Secure bool             // the site is reached by HTTPS: cookies say Secure, answers carry HSTS
	Log    *slog.Logger     // slog.Default when nil
	Now    func() time.Time // the clock of the throttles; time.Now when nil
}

// server holds what every handler needs. It is safe for concurrent use.
type server struct {
	l        *ledger.Ledger
	sessions *scs.SessionManager
	log      *slog.Logger
	secure   bool
	pages    *pages

	signInByPair  *throttle // address and login
	signInByLogin *throttle
	signInByAddr  *throttle
	checkByAddr   *throttle
}

// New is the whole site as one handler: the JSON interface, the pages and what stands around both. It keeps the
// ledger, and does not close it.
func New(l *ledger.Ledger, o Options) (http.Handler, error) {
	s, err := newServer(l, o)
	if err != nil {
		return nil, err
	}
	return s.routes()
}

func newServer(l *ledger.Ledger, o Options) (*server, error) {
	if l == nil {
		return nil, errors.New("api: no ledger")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p, err := newPages()
	if err != nil {
		return nil, err
	}
	return &server{
		l: l, sessions: newSessions(l, o.Secure), log: o.Log, secure: o.Secure, pages: p,
		signInByPair:  newThrottle(pairInterval, pairBurst, o.Now),
		signInByLogin: newThrottle(loginInterval, loginBurst, o.Now),
		signInByAddr:  newThrottle(addrInterval, addrBurst, o.Now),
		checkByAddr:   newThrottle(checkInterval, checkBurst, o.Now),
	}, nil
}

// routes is every address of the site on one screen.
func (s *server) routes() (http.Handler, error) {
	m := muxes{json: http.NewServeMux(), pages: http.NewServeMux()}
	if err := s.jsonRoutes(m.json); err != nil {
		return nil, err
	}
	s.pageRoutes(m.pages)
	return s.around(m), nil
}

// muxes are the two halves of the site. The pages catch every address for a page of their own; programs get to
// hear what is wrong with theirs.
type muxes struct{ json, pages *http.ServeMux }

func (m muxes) of(r *http.Request) *http.ServeMux {
	if isJSON(r) {
		return m.json
	}
	return m.pages
}

func isJSON(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }
