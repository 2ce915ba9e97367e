package api

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"sovang/ledger"
	"sovang/ledger/money"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages holds every page's template, parsed once.
type pages struct {
	byName map[string]*template.Template
	assets map[string]string // file name to its address with a fingerprint
}

// newPages parses the templates: layout and parts are shared, every other file is one page.
func newPages() (*pages, error) {
	p := &pages{byName: map[string]*template.Template{}, assets: map[string]string{}}
	files, err := fs.Glob(staticFiles, "static/*")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		body, err := staticFiles.ReadFile(f)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		p.assets[path.Base(f)] = fmt.Sprintf("/static/%s?v=%x", path.Base(f), sum[:6])
	}
	shared, err := template.New("").Funcs(p.funcs()).ParseFS(templateFiles, "templates/layout.html", "templates/part_*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, f := range names {
		name := strings.TrimSuffix(path.Base(f), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		t, err := template.Must(shared.Clone()).ParseFS(templateFiles, f)
		if err != nil {
			return nil, err
		}
		p.byName[name] = t
	}
	return p, nil
}

// funcs are what templates may call beside the methods of their data.
func (p *pages) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":   p.asset,
		"words":   func(v money.VND) string { return v.Words(money.North) },
		"moment":  func(t time.Time) string { return t.In(ledger.Zone).Format("02/01/2006, 15:04") },
		"method":  func(m ledger.Method) string { return methodWords[m] },
		"series":  func(s ledger.Series) string { return seriesWords[s] },
		"state":   func(s ledger.ReceiptState) stateLook { return stateLooks[s] },
		"no":      sheetNumber,
		"kind":    func(k ledger.DonorKind) string { return kindWords[k] },
		"display": func(d ledger.Display) string { return displayWords[d] },
		"add":     func(a, b int) int { return a + b },
		"quantity": func(l ledger.GoodsLine) string {
			return strings.Replace(l.Quantity.Text('f'), ".", ",", 1)
		},
	}
}

// asset is the address of a file of static with its fingerprint; an unknown name is a programmer's mistake.
func (p *pages) asset(name string) (string, error) {
	if address, ok := p.assets[name]; ok {
		return address, nil
	}
	return "", fmt.Errorf("api: no static file %q", name)
}

// view is what the layout needs of every page.
type view struct {
	Title   string
	Section string // the entry of the rail that is the current place
	Visit   *visit // nil on pages that anybody may open
	Bare    bool   // no rail and no bar: the sign-in page
	Body    any
}

// render writes a page. It is built in memory first, so that a broken template never sends half a page.
func (s *server) render(w http.ResponseWriter, status int, name string, v view) error {
	return s.write(w, status, name, "layout", v)
}

// fragment writes a part of a page, for a script that asked for it.
func (s *server) fragment(w http.ResponseWriter, name, part string, body any) error {
	return s.write(w, http.StatusOK, name, part, body)
}

func (s *server) write(w http.ResponseWriter, status int, name, part string, data any) error {
	t, ok := s.pages.byName[name]
	if !ok {
		return fmt.Errorf("api: no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return fmt.Errorf("api: page %q: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a browser that has gone away is nobody's fault
	return nil
}

// static serves the embedded files. An address with a fingerprint may be kept for a year.
func (s *server) static(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "" || strings.HasSuffix(r.URL.Path, ".woff2") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "public, max-age=3600")
	}
	if strings.HasSuffix(r.URL.Path, "/") {
		http.NotFound(w, r)
		return
	}
	http.FileServerFS(staticFiles).ServeHTTP(w, r)
}

// methodWords are the methods of giving as an office says them.
var methodWords = map[ledger.Method]string{
	ledger.MethodCash: "Tiền mặt", ledger.MethodTransfer: "Chuyển khoản", ledger.MethodGoods: "Hiện vật",
}

// seriesWords are the titles of the sheets.
var seriesWords = map[ledger.Series]string{
	ledger.SeriesCash: "Phiếu thu", ledger.SeriesTransfer: "Giấy xác nhận ủng hộ",
	ledger.SeriesGoods: "Phiếu nhập kho", ledger.SeriesField: "Biên lai thu tiền",
}

// stateLook is how a state of a receipt is shown: a word, a shape and a tint, never the tint alone.
type stateLook struct {
	Word  string
	Loud  string // as the verification page says it
	Tint  string
	Shape string // "tick", "cross" or "turn"
}

var stateLooks = map[ledger.ReceiptState]stateLook{
	ledger.ReceiptValid:    {"Hợp lệ", "HỢP LỆ", "good", "tick"},
	ledger.ReceiptVoid:     {"Đã huỷ", "ĐÃ HUỶ", "bad", "cross"},
	ledger.ReceiptReplaced: {"Đã thay thế", "ĐÃ THAY THẾ", "warn", "turn"},
}

// sheetNumber is a sheet's number as people write it: PT 128/2026.
func sheetNumber(s ledger.Series, year int, number int64) string {
	return fmt.Sprintf("%s %d/%d", s, number, year)
}
