package api

import "net/http"

// keysPage lists the keys; it works without a script and without signing in.
func (s *server) keysPage(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, http.StatusOK, "keys", view{Title: "Phím tắt"})
}
