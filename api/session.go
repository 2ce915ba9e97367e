package api

import (
	"context"
	"net/http"

	"github.com/alexedwards/scs/v2"

	"sovang/ledger"
	"sovang/ledger/viet"
)

// What a session holds: the user's id, and under which password it was opened. Roles are asked for at each request.
const (
	sessionUser     = "user"
	sessionPassword = "password" // the entry that set it, not the password
)

func newSessions(l *ledger.Ledger, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = l.Sessions()
	m.Lifetime = sessionTime
	m.Cookie.Name = "sovang"
	m.Cookie.SameSite = http.SameSiteLaxMode // a link in a mail opens the page; a foreign form does not write
	m.Cookie.Secure = secure
	m.Cookie.Persist = false // the cookie ends with the browser: offices share computers
	if secure {
		m.Cookie.Name = "__Host-sovang" // then no other host of the domain can set it
	}
	return m
}

// actor is who asks, with the roles of this moment: a stopped user is out at once. False: nobody is signed in.
func (s *server) actor(r *http.Request) (ledger.Actor, bool) {
	a, err := s.who(r.Context())
	return a, err == nil
}

// who is actor for handlers that answer with an error. Codes: unauthenticated, unavailable.
func (s *server) who(ctx context.Context) (ledger.Actor, error) {
	id := s.sessions.GetInt32(ctx, sessionUser)
	if id == 0 {
		return ledger.Actor{}, refuse(codeUnauthenticated)
	}
	a, err := s.l.ActorOf(ctx, id)
	if ledger.CodeOf(err) == ledger.CodeNotFound {
		return a, refuse(codeUnauthenticated)
	}
	if err == nil && a.Password != s.sessions.GetInt64(ctx, sessionPassword) {
		return ledger.Actor{}, refuse(codeUnauthenticated) // the password was changed since
	}
	if err == nil {
		infoOf(ctx).actor = a.ID
	}
	return a, err
}

// signIn checks a login and a password and ties the session of this request to the user. Attempts are throttled
// by address, by login and address, and by login, in this order, before the password is looked at: guesses from
// one address use up their own bucket before that of the login, so that they do not keep its owner out. The
// session gets a new token, so that one planted before is worth nothing.
// Codes: too_many_requests, sign_in_failed, unavailable.
func (s *server) signIn(ctx context.Context, login, password string) error {
	addr := infoOf(ctx).addr
	if !s.signInByAddr.allow(addr) {
		return refuse(codeTooManyRequests)
	}
	if len(login) > maxLogin { // nobody has it, and a throttle would remember it
		return refuse(codeSignInFailed)
	}
	login = viet.Clean(login)
	if !s.signInByPair.allow(addr+" "+login) || !s.signInByLogin.allow(login) {
		return refuse(codeTooManyRequests)
	}
	a, err := s.l.SignIn(ctx, login, password)
	if ledger.CodeOf(err) == ledger.CodeForbidden || ledger.CodeOf(err) == ledger.CodeNotFound {
		return refuse(codeSignInFailed)
	}
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionUser, a.ID)
	s.sessions.Put(ctx, sessionPassword, a.Password)
	infoOf(ctx).actor = a.ID
	return nil
}

// signOut ends the session here and in the store.
func (s *server) signOut(ctx context.Context) error { return s.sessions.Destroy(ctx) }
