package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"sovang/ledger"
)

// requestInfo goes with a request: its id, where it came from, and the ids that the log line shall have.
type requestInfo struct {
	id    string
	addr  string
	log   *slog.Logger
	actor int32
	fund  ledger.FundID
}

type infoKey struct{}

// infoOf is the request's info; outside of a request it is an empty one.
func infoOf(ctx context.Context) *requestInfo {
	if info, ok := ctx.Value(infoKey{}).(*requestInfo); ok {
		return info
	}
	return &requestInfo{log: slog.Default()}
}

func (i *requestInfo) ids() []slog.Attr {
	list := []slog.Attr{slog.String("request", i.id)}
	if i.actor != 0 {
		list = append(list, slog.Int("actor", int(i.actor)))
	}
	if i.fund != 0 {
		list = append(list, slog.Int("fund", int(i.fund)))
	}
	return list
}

// around puts what every request passes through around the routes, the outermost first: id and log line,
// headers, rescue from a panic, cross-origin guard, size limit, session.
func (s *server) around(m muxes) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, refuse(codeCrossOrigin))
	}))
	s.sessions.ErrorFunc = s.fail
	inner := s.sessions.LoadAndSave(s.known(m))
	inner = s.rescue(guard.Handler(limitBody(inner)))
	return s.logged(m, s.headers(inner))
}

// logged gives the request its info and writes one line when it is over: ids, never what was asked or answered.
func (s *server) logged(m muxes, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		info := &requestInfo{id: rand.Text()[:12], log: s.log,
			addr: addressOf(r.RemoteAddr, strings.Join(r.Header.Values("X-Forwarded-For"), ","))}
		_, pattern := m.of(r).Handler(r)
		if pattern == "" {
			pattern = "none"
		}
		seen := &statusWriter{ResponseWriter: w}
		w.Header().Set("X-Request-Id", info.id)
		defer func() {
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "request", append(info.ids(),
				slog.String("method", r.Method), slog.String("route", pattern), slog.Int("status", seen.status()),
				slog.Float64("ms", float64(time.Since(start).Microseconds())/1000))...)
		}()
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), infoKey{}, info)))
	})
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	code int
}

func (w *statusWriter) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}

// WriteHeader notes the first status.
func (w *statusWriter) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write notes the status that a bare Write stands for.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// contentPolicy lets a page load from this site alone, and be framed by nobody. Nothing inline.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// headers sets the answer's security headers. Nothing is stored by anybody unless a handler says otherwise.
func (s *server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // a receipt's code stands in its address
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// rescue answers a panic with a 500; its type and the stack go to the log, as its value may quote a person.
func (s *server) rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			info := infoOf(r.Context())
			s.log.LogAttrs(r.Context(), slog.LevelError, "panic",
				append(info.ids(), slog.String("type", fmt.Sprintf("%T", v)), slog.String("stack", string(debug.Stack())))...)
			if seen, ok := w.(*statusWriter); ok && seen.code != 0 {
				panic(http.ErrAbortHandler) // half an answer is out: break the connection, so that it is seen
			}
			s.fail(w, r, refuse(codeInternal))
		}()
		next.ServeHTTP(w, r)
	})
}

// limitBody bounds every body, whoever reads it; the JSON interface has smaller limits of its own.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := int64(maxFormBody)
		if isJSON(r) {
			limit = maxBatchBody
		}
		if r.URL.Path == "/tra-cuu/tep" {
			limit = maxSheetBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// known passes what has a route on, and answers the rest in our own words.
func (s *server) known(m muxes) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux := m.of(r)
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		silent := &silentWriter{header: http.Header{}}
		h.ServeHTTP(silent, r)
		if silent.code == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", silent.header.Get("Allow"))
			s.fail(w, r, refuse(codeMethodNotAllowed))
			return
		}
		s.fail(w, r, refuse(ledger.CodeNotFound))
	})
}

// silentWriter hears what the mux would have answered.
type silentWriter struct {
	header http.Header
	code   int
}

// Header is the header nobody sees.
func (w *silentWriter) Header() http.Header { return w.header }

// Write drops the text.
func (w *silentWriter) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader keeps the status.
func (w *silentWriter) WriteHeader(code int) { w.code = code }

// lastOf is the last name in a list of addresses: the one that our own proxy added.
func lastOf(list string) string {
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}
