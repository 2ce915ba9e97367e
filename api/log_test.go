package api

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
	"sovang/receipts"
)

// tiles reads a published log as any client would.
type tiles struct {
	t   *testing.T
	url string // ends in "/log/CODE/"
}

func (c tiles) fetch(path string) []byte {
	c.t.Helper()
	r, err := http.Get(c.url + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %s, %v", path, r.Status, err)
	}
	if r.Header.Get("Set-Cookie") != "" || r.Header.Get("Vary") != "" || !strings.HasPrefix(r.Header.Get("Cache-Control"), "public") {
		c.t.Errorf("%s cannot be cached: %v", path, r.Header)
	}
	return body
}

func (c tiles) Height() int { return 8 }

func (c tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (c tiles) ReadTiles(list []tlog.Tile) (data [][]byte, err error) {
	for _, t := range list {
		data = append(data, c.fetch(strings.Replace(t.Path(), "tile/8/", "tile/", 1)))
	}
	return data, nil
}

func TestC15AStrangerReadsTheLogOverHTTP(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	items := make([]ledger.DonationItem, 300) // more than a tile
	for i := range items {
		items[i] = ledger.DonationItem{Key: s.Key(), Donation: ledgertest.Cash(100_000)}
	}
	for _, r := range s.RecordDonations(t.Context(), s.Recorder, s.Fund, items) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	if _, _, err := s.Checkpoint(t.Context(), s.Fund); err != nil {
		t.Fatal(err)
	}
	c := tiles{t, s.http.URL + "/log/HD/"}
	keys := strings.Fields(string(c.fetch("key")))
	point, err := proof.ParseCheckpoint(string(c.fetch("checkpoint")), keys...)
	if err != nil || point.Size < 300 {
		t.Fatalf("%+v, %v", point, err)
	}
	hashes := tlog.TileHashReader(tlog.Tree{N: point.Size, Hash: point.Root}, c)
	if root, err := tlog.TreeHash(point.Size, hashes); err != nil || root != point.Root {
		t.Errorf("the tiles add up to %x, %v", root, err)
	}
	bundle := c.fetch("tile/entries/000")
	for i := range int64(256) {
		n := int(bundle[0])<<8 | int(bundle[1])
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
		if err != nil || proof.Leaf(bundle[2:2+n]) != leaf[0] {
			t.Fatalf("entry %d of the bundle is not the log's: %v", i, err)
		}
		bundle = bundle[2+n:]
	}
	growth, err := proof.ParseGrowth(string(c.fetch("add-checkpoint/3")))
	if err != nil || growth.Old != 3 {
		t.Errorf("%+v, %v", growth, err)
	}
	for _, path := range []string{"/log/HD/tile/0/002", "/log/KHAC/checkpoint", "/log/KHAC/key", "/log/HD/", "/log/", "/log/HD/add-checkpoint/x",
		"/log/HD/add-checkpoint/999999", "/log/KHAC/add-checkpoint/0", "/log/HD/tile/../checkpoint/x"} {
		r, err := http.Get(s.http.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}

func TestC15TheLogOverAllFundsIsServed(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	s.Give(100_000)
	building, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.BuildLogs(building); close(done) }()
	defer func() { stop(); <-done }()
	var parent string
	for deadline := time.Now().Add(20 * time.Second); parent == "" && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		parent, _ = s.Published(t.Context(), "")
	}
	c := tiles{t, s.http.URL + "/log/"}
	keys := strings.Fields(string(c.fetch("key")))
	point, err := proof.ParseCheckpoint(string(c.fetch("checkpoint")), keys...)
	if err != nil || point.Size == 0 {
		t.Fatalf("%+v, %v", point, err)
	}
	root, err := tlog.TreeHash(point.Size, tlog.TileHashReader(tlog.Tree{N: point.Size, Hash: point.Root}, c))
	if err != nil || root != point.Root {
		t.Errorf("the tiles add up to %x, %v", root, err)
	}
}

// upload drops a file on the page.
func (v *visitor) upload(name string, data []byte) seen {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("phieu", name)
	if err != nil {
		v.t.Fatal(err)
	}
	_, _ = part.Write(data)
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	return v.read(v.http.Post(v.site.http.URL+"/tra-cuu/tep", form.FormDataContentType(), &body))
}

// bomb is a document whose attachment inflates to 64 MB.
func bomb(t *testing.T) []byte {
	t.Helper()
	b := bytes.NewBufferString("%PDF-1.3\n1 0 obj\n<< /Type /EmbeddedFile /Filter /FlateDecode >>\nstream\n")
	z := zlib.NewWriter(b)
	for range 64 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b.WriteString("\nendstream\nendobj\n%%EOF\n")
	return b.Bytes()
}

func uploads(t *testing.T, p *pageSite) {
	t.Parallel()
	clerk, v := p.visitor(t, "ketoan"), p.visitor(t, "")
	sheet := func(what string) []byte {
		return []byte(clerk.get("/quy/HDT/bien-lai/" + p.sheets[what].Receipt.String() + "/in").body)
	}
	for what, words := range map[string][]string{
		"valid":      {"HỢP LỆ", "Nguyễn Thị Hoà", "còn giá trị hôm nay"},
		"void":       {"ĐÃ HUỶ", "không còn giá trị", "Phiếu này ĐÃ HUỶ"},
		"replaced":   {"ĐÃ THAY THẾ", "ĐÃ THAY THẾ bằng phiếu"},
		"goods":      {"Gạo tẻ, tính bằng kg"},
		"collective": {"Số người góp", "900.000"},
	} {
		got := v.upload("phieu.pdf", sheet(what))
		for _, word := range words {
			v.want(got, http.StatusOK, word)
		}
		v.light(what, got)
		if strings.Contains(got.body, "<script") || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie or a script", what)
		}
	}
	valid := sheet("valid")
	if !bytes.Contains(valid, []byte("/EmbeddedFile ")) {
		t.Fatalf("the sheet carries no proof: %.300s", valid)
	}
	cut := bytes.Replace(valid, []byte("/EmbeddedFile "), []byte("/EmbeddedFilf "), -1)
	for _, tt := range []struct {
		name, says string
		data       []byte
		status     int
	}{
		{"nothing", "không phải tệp PDF", nil, 422},
		{"a picture", "không phải tệp PDF", []byte("\x89PNG\r\n"), 422},
		{"garbage that calls itself PDF", "không có bằng chứng", append([]byte("%PDF-1.3\n"), bytes.Repeat([]byte{0xff, 0x00}, 5000)...), 422},
		{"a sheet whose attachments are gone", "không có bằng chứng", cut, 422},
		{"6 MB", "lớn quá 5 MB", append([]byte("%PDF-1.3\n"), make([]byte, 6<<20)...), 413},
		{"5 MB and a byte", "lớn quá 5 MB", append([]byte("%PDF-1.3\n"), make([]byte, 5<<20-8)...), 413},
		{"a bomb", "bị hỏng", bomb(t), 422},
		{"cut off in the proof", "bị hỏng", valid[:bytes.Index(valid, []byte("/EmbeddedFile "))+200], 422},
	} {
		if got := v.upload("phieu.pdf", tt.data); got.status != tt.status || !strings.Contains(got.body, tt.says) {
			t.Errorf("%s: status %d, want %d with %q:\n%.800s", tt.name, got.status, tt.status, tt.says, got.body)
		}
	}
	v.want(v.post("/tra-cuu/tep", nil), 422, "không phải tệp PDF")
	proofs(t, p, v)
}

// proofs downloads proofs as anybody may, and looks at the page of keys.
func proofs(t *testing.T, p *pageSite, v *visitor) {
	t.Helper()
	keys := strings.Fields(v.get("/log/HDT/key").body)
	for what, file := range map[string]string{"valid": "bien-lai", "void": "huy", "replaced": "huy"} {
		page := v.get("/b/HDT/" + p.sheets[what].Receipt.Code)
		v.want(page, http.StatusOK, fmt.Sprintf("Đã ghi vào sổ, dòng %d, kiểm chứng được", p.sheets[what].EntryNo))
		got := v.get("/b/HDT/" + p.sheets[what].Receipt.Code + "/" + file + ".tlog-proof")
		e, _, err := proof.VerifyEntry(got.body, keys...)
		if err != nil || (file == "huy") != strings.HasPrefix(e.Kind, "receipt.") {
			t.Errorf("%s: %s, %v", what, e.Kind, err)
		}
	}
	v.want(v.get("/b/HDT/"+p.sheets["valid"].Receipt.Code+"/huy.tlog-proof"), http.StatusNotFound, "Không tìm thấy")
	v.want(v.get("/b/HDT/"+p.sheets["valid"].Receipt.Code+"/khac"), http.StatusNotFound, "Không tìm thấy")
	v.light("khoa", v.get("/khoa?quy=HDT"))
	v.light("tra-cuu", v.get("/tra-cuu"))
	v.want(v.get("/khoa?quy=HDT"), http.StatusOK, strings.ReplaceAll(keys[0], "+", "&#43;"))
}

// C15, within a second: the sheet is recorded, printed at once and proven without the server; Python agrees.
func TestC15AReceiptIsProvableWithinASecondOfBeingPrinted(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	s.Give(100_000) // the cluster and the fonts are warm
	c.get(fmt.Sprintf("/funds/HD/receipts/PT/%d/1.pdf", time.Now().In(ledger.Zone).Year())).want(200)
	keys := s.LogKeys().Verifiers("HD")
	d := s.Give(500_000)
	start := time.Now()
	pdf := c.get(fmt.Sprintf("/funds/HD/receipts/PT/%d/%d.pdf", d.Receipt.Year, d.Receipt.Number)).want(200).Body
	p, err := receipts.Prove(pdf, keys...)
	took := time.Since(start)
	if err != nil || p.EntryNo != d.EntryNo || p.Gift.Amount.Int64() != 500_000 || p.Ref != d.Receipt {
		t.Fatalf("%+v, %v", p, err)
	}
	if took > time.Second {
		t.Errorf("proven after %v, want a second", took)
	}
	t.Logf("printed and proven in %v", took)
	r, err := s.Receipt(t.Context(), s.Viewer, s.Fund, d.Receipt.Series, d.Receipt.Year, d.Receipt.Number)
	if err != nil {
		t.Fatal(err)
	}
	attached, err := receipts.ProofOf(t.Context(), s.Ledger, s.Viewer, r)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bien-lai.tlog-proof")
	sheet := filepath.Join(t.TempDir(), "phieu.pdf")
	if err := os.WriteFile(sheet, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdfdetach", "-save", "1", "-o", file, sheet).CombinedOutput(); err != nil {
		t.Fatalf("pdfdetach: %v %s", err, out)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != attached.Entry {
		t.Errorf("attached is another proof: %v", err)
	}
	out, err := exec.Command("python3", "../ledger/proof/testdata/verify.py", keys[0], file).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), fmt.Sprintf("proven: entry %d of", d.EntryNo)) {
		t.Errorf("the second verifier: %v %s", err, out)
	}
}

func TestAServerThatSignsNothingPrintsAndSaysSo(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	d := f.Give(100_000)
	l, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h, err := New(l, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	v := &visitor{t, &pageSite{http: server}, http.DefaultClient}
	v.want(v.get("/khoa"), http.StatusOK, "chưa ký sổ")
	v.want(v.get("/b/HD/"+d.Receipt.Code), http.StatusOK, "HỢP LỆ")
	v.want(v.get("/log/key"), http.StatusNotFound, "Không tìm thấy")
	v.want(v.get("/log/HD/checkpoint"), http.StatusNotFound, "Không tìm thấy")
	r, err := l.Receipt(t.Context(), f.Viewer, f.Fund, d.Receipt.Series, d.Receipt.Year, d.Receipt.Number)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	p, err := receipts.ProofOf(t.Context(), l, f.Viewer, r)
	if err != nil || p != (receipts.Proof{}) {
		t.Errorf("%+v, %v", p, err)
	}
	if err := receipts.Write(&b, r, receipts.Options{Proof: p}); err != nil {
		t.Fatal(err)
	}
	if _, err := receipts.Prove(b.Bytes(), f.LogKeys().Verifiers("HD")...); err != receipts.ErrNoProof {
		t.Errorf("a sheet without proof: %v", err)
	}
}
