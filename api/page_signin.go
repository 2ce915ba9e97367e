package api

import (
	"net/http"
	"net/url"
	"strings"
)

// signInForm is the sign-in page's content.
type signInForm struct {
	To    string // where to go afterwards, a path of ours
	Login string
	Wrong string
}

// signInAddress is the sign-in page that leads back to what was asked for. Only a page that was read is worth
// going back to: a form that was sent is not sent again.
func signInAddress(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return "/dang-nhap"
	}
	return "/dang-nhap?toi=" + url.QueryEscape(r.URL.RequestURI())
}

// ourPath keeps a way back inside this site; anything else leads home.
func ourPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") ||
		strings.Contains(to, `\`) {
		return "/"
	}
	return to
}

func (s *server) signInPage(w http.ResponseWriter, r *http.Request) error {
	if _, ok := s.actor(r); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	return s.showSignIn(w, http.StatusOK, signInForm{To: r.FormValue("toi")})
}

func (s *server) showSignIn(w http.ResponseWriter, status int, f signInForm) error {
	return s.render(w, status, "signin", view{Title: "Đăng nhập", Bare: true, Body: f})
}

// signInPost answers a wrong name and a wrong password alike.
func (s *server) signInPost(w http.ResponseWriter, r *http.Request) error {
	f := signInForm{To: r.PostFormValue("toi"), Login: strings.TrimSpace(r.PostFormValue("login"))}
	err := s.signIn(r.Context(), f.Login, r.PostFormValue("password"))
	if err == nil {
		http.Redirect(w, r, ourPath(f.To), http.StatusSeeOther)
		return nil
	}
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		return err
	}
	f.Wrong = p.Detail
	return s.showSignIn(w, p.Status, f)
}

func (s *server) signOutPost(w http.ResponseWriter, r *http.Request) error {
	if err := s.signOut(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/dang-nhap", http.StatusSeeOther)
	return nil
}
