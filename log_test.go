package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sovang/api"
	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/migrations/localpg/pgtest"
	"sovang/receipts"
)

// published is an installation's site.
func published(t *testing.T, l *ledger.Ledger) string {
	t.Helper()
	h, err := api.New(l, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func testKeys(t *testing.T, name string) *ledger.Keys {
	t.Helper()
	k, err := ledger.NewKeys(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// told runs the program on a database and gives its exit code and what it said.
func told(t *testing.T, dsn string, args ...string) (int, string) {
	t.Helper()
	m, stdout, stderr := program(args...)
	m.Getenv = databaseAt(t, dsn)
	code := m.Run(context.Background())
	return code, stdout.String() + stderr.String()
}

func TestC16AWitnessOverHTTPRefusesALogOfTwoFaces(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, "so-vang.test/log")
	one, two := ledgertest.NewWith(t, ledger.Options{Keys: keys}), ledgertest.NewWith(t, ledger.Options{Keys: keys})
	_, dsn := pgtest.New(t)
	keyPath := filepath.Join(t.TempDir(), "log.key")
	if _, err := ledger.LoadOrMakeKey(keyPath, "nhan-chung.test/log"); err != nil {
		t.Fatal(err)
	}
	sign := func(f *ledgertest.Fixture) {
		t.Helper()
		if _, _, err := f.Checkpoint(t.Context(), f.Fund); err != nil {
			t.Fatal(err)
		}
	}
	urlOne, urlTwo := published(t, one.Ledger), published(t, two.Ledger)
	vkey := keys.Verifiers("HD")[0]
	look := func(url string, want int, says string) {
		t.Helper()
		code, said := told(t, dsn, "witness", url, "--log-key", vkey, "--key", keyPath)
		if code != want || !strings.Contains(said, says) {
			t.Errorf("exit code %d, want %d with %q: %s", code, want, says, said)
		}
	}
	one.Give(100_000)
	two.Give(100_000)
	sign(one)
	sign(two)
	look(urlOne, exitDone, "đã chứng kiến")
	look(urlOne, exitDone, "— nhan-chung.test/log/witness ") // the same again is no wonder
	look(urlTwo, exitFailed, "SỔ CÓ HAI MẶT")
	for range 3 {
		one.Give(200_000)
		two.Give(300_000)
	}
	sign(one)
	sign(two)
	look(urlTwo, exitFailed, "SỔ KHÔNG NỐI TIẾP")
	look(urlOne, exitDone, "đã chứng kiến")
	building, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { one.BuildLogs(building); close(done) }()
	defer func() { stop(); <-done }()
	for range 200 { // the log over all funds follows within a second
		if _, err := one.Published(t.Context(), ""); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	code, said := told(t, dsn, "witness", urlOne, "--log-key", keys.Verifiers("")[0], "--key", keyPath)
	if code != exitDone || !strings.HasPrefix(said, "so-vang.test/log: đã chứng kiến") {
		t.Errorf("the log over all funds: exit code %d: %s", code, said)
	}
	look(urlOne+"/khong-co", exitFailed, "trả lời 404")
	look("ftp://a", exitUsage, "http")
	other := testKeys(t, "so-vang.test/log").Verifiers("HD")[0]
	if code, said := told(t, dsn, "witness", urlOne, "--log-key", other, "--key", keyPath); code != exitFailed || !strings.Contains(said, "khoá khác") {
		t.Errorf("another key: %d %s", code, said)
	}
	if code, said := told(t, dsn, "witness", urlOne, "--log-key", vkey); code != exitUsage || !strings.Contains(said, "--key") {
		t.Errorf("no key of its own: %d %s", code, said)
	}
}

func TestC15VerifyChecksASheetWithoutAnyServer(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, "so-vang.test/log")
	f := ledgertest.NewWith(t, ledger.Options{Keys: keys})
	d := f.Give(500_000)
	dir := t.TempDir()
	sheet := func(name string) string {
		t.Helper()
		r, err := f.Receipt(t.Context(), f.Viewer, f.Fund, d.Receipt.Series, d.Receipt.Year, d.Receipt.Number)
		if err != nil {
			t.Fatal(err)
		}
		p, err := receipts.ProofOf(t.Context(), f.Ledger, f.Viewer, r)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := receipts.Write(&b, r, receipts.Options{Proof: p}); err != nil {
			t.Fatal(err)
		}
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	valid := sheet("con-gia-tri.pdf")
	i, err := f.ProposeVoid(t.Context(), f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: d.Receipt.Series, Year: d.Receipt.Year,
		Number: d.Receipt.Number, Reason: "Ghi sai tên"})
	if err != nil {
		t.Fatal(err)
	}
	decision := ledger.Decision{IntentNo: i.EntryNo, Hash: i.Hash, Approve: true}
	if _, err := f.DecideVoid(t.Context(), f.Chief, f.Fund, f.Key(), decision); err != nil {
		t.Fatal(err)
	}
	void := sheet("da-huy.pdf")
	keyText := filepath.Join(dir, "khoa.txt")
	text := "# khoá niêm yết\n" + strings.Join(append(keys.Verifiers("HD"), keys.Verifiers("")...), "\n") + "\n"
	if err := os.WriteFile(keyText, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	vkey, other := keys.Verifiers("HD")[0], testKeys(t, "so-vang.test/log").Verifiers("HD")[0]
	for _, tt := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"good", []string{valid, "--key", vkey}, exitDone, []string{"ĐÃ CHỨNG MINH", fmt.Sprintf("dòng %d của sổ so-vang.test/log/HD", d.EntryNo),
			"500.000 đồng", "Phạm Thị Thử", "PT", "hãy tra mã"}},
		{"a file of keys", []string{valid, "--key", keyText}, exitDone, []string{"ĐÃ CHỨNG MINH"}},
		{"void", []string{void, "--key", vkey}, exitFailed, []string{"ĐÃ CHỨNG MINH", "Phiếu này ĐÃ HUỶ"}},
		{"another key", []string{valid, "--key", other}, exitFailed, []string{"CHƯA CHỨNG MINH ĐƯỢC", "khoá khác"}},
		{"another fund's key", []string{valid, "--key", keys.Verifiers("HP")[0]}, exitFailed, []string{"sổ khác với khoá"}},
		{"no key at all", []string{valid, "--data", dir}, exitUsage, []string{"cần khoá kiểm tra"}},
		{"a key that is none", []string{valid, "--key", "abc"}, exitFailed, []string{"Khoá kiểm tra không đúng dạng"}},
		{"no PDF", []string{keyText, "--key", vkey}, exitFailed, []string{"không phải tệp PDF"}},
		{"no file", []string{filepath.Join(dir, "khong-co.pdf"), "--key", vkey}, exitFailed, []string{"Không có tệp"}},
		{"with --json", []string{valid, "--key", vkey, "--json"}, exitUsage, []string{"--json"}},
	} {
		code, said := told(t, "", append([]string{"verify"}, tt.args...)...)
		if code != tt.code {
			t.Errorf("%s: exit code %d, want %d: %s", tt.name, code, tt.code, said)
		}
		for _, word := range tt.says {
			if !strings.Contains(said, word) {
				t.Errorf("%s: lacks %q: %s", tt.name, word, said)
			}
		}
	}
}

func TestC16VerifyComparesTheBooksWithACheckpoint(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, "so-vang.test/log")
	one, two := ledgertest.NewWith(t, ledger.Options{Keys: keys}), ledgertest.NewWith(t, ledger.Options{Keys: keys})
	one.Give(100_000)
	two.Give(100_000)
	signed, _, err := one.Checkpoint(t.Context(), one.Fund)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "checkpoint")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look := func(dsn string, want int, says string) {
		t.Helper()
		code, said := told(t, dsn, "verify", "--checkpoint", file, "--key", keys.Verifiers("HD")[0])
		if code != want || !strings.Contains(said, says) {
			t.Errorf("exit code %d, want %d with %q: %s", code, want, says, said)
		}
	}
	put(signed)
	look(one.AppDSN, exitDone, "Sổ khớp với mốc đã công bố")
	look(two.AppDSN, exitFailed, "SỔ KHÔNG KHỚP với mốc")
	put(strings.Replace(signed, "— ", "— x", 1))
	look(one.AppDSN, exitFailed, "khoá khác")
	put("mốc")
	look(one.AppDSN, exitFailed, "không phải một mốc đã ký")
}

func TestTheKeyIsMadeShownAndRotated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code, said := told(t, "", "key", "show", "HD", "--data", dir); code != exitFailed || !strings.Contains(said, "Chưa có khoá") {
		t.Errorf("%d %s", code, said)
	}
	path := filepath.Join(dir, keyFile)
	if _, err := ledger.LoadOrMakeKey(path, "so-vang.test/log"); err != nil {
		t.Fatal(err)
	}
	_, old := told(t, "", "key", "show", "HD", "--data", dir)
	if !strings.HasPrefix(old, "so-vang.test/log/HD+") {
		t.Errorf("%s", old)
	}
	if code, said := told(t, "", "key", "rotate", "--data", dir); code != exitDone || !strings.Contains(said, "niêm yết khoá mới") {
		t.Errorf("%d %s", code, said)
	}
	_, both := told(t, "", "key", "show", "HD", "--data", dir)
	if lines := strings.Fields(both); len(lines) != 2 || lines[1] != strings.TrimSpace(old) {
		t.Errorf("%q after %q", both, old)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, said := told(t, "", "key", "show", "HD", "--data", dir); code != exitFailed || !strings.Contains(said, "chmod 600") {
		t.Errorf("%d %s", code, said)
	}
	if code, said := told(t, "postgres://nobody@127.0.0.1:1/x", "key", "rotate", "--data", dir); code != exitUsage || !strings.Contains(said, "--key") {
		t.Errorf("%d %s", code, said)
	}
}

func TestLogsAreKnownByTheirNames(t *testing.T) {
	t.Parallel()
	for origin, code := range map[string]string{"a.vn/log": "", "a.vn/log/HD": "HD", "log": "", "so": "", "so/HD-01": "HD-01"} {
		if got := logCode(origin); got != code {
			t.Errorf("logCode(%q) = %q, want %q", origin, got, code)
		}
	}
}
