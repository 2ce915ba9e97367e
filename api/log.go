package api

import (
	"net/http"
	"strconv"
	"strings"

	"sovang/ledger"
)

// The log is for anybody: no sign-in, no cookie, no name in it. It is laid out as c2sp.org/tlog-tiles asks, under
// /log/CODE/ for a fund and /log/ for the log over all funds:
//
//	checkpoint               the newest signed checkpoint
//	tile/L/N, tile/entries/N hashes, and what they are hashes of; these never change
//	key                      verifier keys, a line each; /log/key has every fund's
//	add-checkpoint/SIZE      the body with which a witness is asked that saw SIZE last (c2sp.org/tlog-witness)
//
// One pattern takes them all: the mux cannot tell a fund's code from "tile".

// logGet serves everything under /log/.
func (s *server) logGet(w http.ResponseWriter, r *http.Request) error {
	fund, file := "", r.PathValue("path")
	if head, rest, ok := strings.Cut(file, "/"); ok && head != "tile" && head != "add-checkpoint" {
		fund, file = head, rest
	}
	var data []byte
	var err error
	kind, keep := "text/plain; charset=utf-8", "public, max-age=2"
	old, asked := strings.CutPrefix(file, "add-checkpoint/")
	switch {
	case file == "checkpoint":
		var signed string
		signed, err = s.l.Published(r.Context(), fund)
		data = []byte(signed)
	case file == "key":
		data, err = s.logKeys(r, fund)
		keep = "public, max-age=300"
	case asked:
		data, err = s.growth(r, fund, old)
	default:
		data, err = s.l.Tile(r.Context(), fund, file)
		kind, keep = "application/octet-stream", "public, max-age=31536000, immutable"
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Del("Vary") // nothing here depends on a cookie
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", keep)
	h.Set("Access-Control-Allow-Origin", "*") // a stranger's page may check it too
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, _ = w.Write(data) // a reader that has gone away is nobody's fault
	return nil
}

// logKeys are the verifier keys of a fund's log; "" gives the log over all funds first, then every fund's.
func (s *server) logKeys(r *http.Request, code string) ([]byte, error) {
	keys := s.l.LogKeys()
	if keys == nil {
		return nil, refuse(ledger.CodeNotFound)
	}
	funds, err := s.l.PublicFunds(r.Context())
	if err != nil {
		return nil, err
	}
	var lines []string
	if code == "" {
		lines = keys.Verifiers("")
	}
	for _, f := range funds {
		if code == "" || f.Code == code {
			lines = append(lines, keys.Verifiers(f.Code)...)
		}
	}
	if len(lines) == 0 {
		return nil, refuse(ledger.CodeNotFound)
	}
	return []byte(strings.Join(lines, "\n") + "\n"), nil
}

func (s *server) growth(r *http.Request, code, old string) ([]byte, error) {
	size, err := strconv.ParseInt(old, 10, 64)
	if err != nil {
		return nil, refuse(ledger.CodeNotFound)
	}
	log := ledger.AllFunds
	if code != "" {
		funds, err := s.l.PublicFunds(r.Context())
		if err != nil {
			return nil, err
		}
		found := false
		for _, f := range funds {
			if f.Code == code {
				log, found = f.ID, true
			}
		}
		if !found {
			return nil, refuse(ledger.CodeNotFound)
		}
	}
	text, err := s.l.Growth(r.Context(), log, size)
	return []byte(text), err
}

// keyView is the page of verifier keys.
type keyView struct {
	Funds  []ledger.Fund
	Fund   ledger.Fund
	Keys   []string // the fund's, the one in use first
	Parent []string // of the log over all funds
	Signs  bool     // this server signs
}

// keyPage shows what a receipt is checked with. It stands on posters too: who controls this page alone cannot change
// the key unseen.
func (s *server) keyPage(w http.ResponseWriter, r *http.Request) error {
	funds, err := s.l.PublicFunds(r.Context())
	if err != nil {
		return err
	}
	d := keyView{Funds: funds}
	for i, f := range funds {
		if f.Code == r.FormValue("quy") || i == 0 {
			d.Fund = f
		}
	}
	if keys := s.l.LogKeys(); keys != nil && len(funds) > 0 {
		d.Signs, d.Parent, d.Keys = true, keys.Verifiers(""), keys.Verifiers(d.Fund.Code)
	}
	return s.render(w, http.StatusOK, "logkey", view{Title: "Khoá kiểm tra sổ", Body: d})
}
