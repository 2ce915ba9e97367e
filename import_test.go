package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/migrations/localpg/pgtest"
)

// A list of one row more than a slice, behind DATABASE_URL: what a crash left half booked is completed, and
// nothing is booked twice.
func TestImportCompletesWhatACrashLeft(t *testing.T) {
	t.Parallel()
	admin, dsn := pgtest.New(t)
	l, err := ledger.Open(t.Context(), dsn, ledger.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := &demo{dsn: dsn, places: places()[12:], publicURL: "http://127.0.0.1:8080", show: func(done, total int64) {}}
	if err := d.openFunds(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if err := d.hire(t.Context(), l, demoUsers[:1]); err != nil {
		t.Fatal(err)
	}
	name, body := longList(t, importBatch+1)
	fund, clerk := d.funds[0], d.crew[ledger.RoleRecorder]

	left := &importer{importDonationsCmd: &importDonationsCmd{}, fund: fund, file: sha256.Sum256(body)}
	var half []ledger.DonationItem
	for line := 2; line < 500; line++ {
		half = append(half, ledger.DonationItem{Key: left.key(line), Donation: ledger.NewDonation{
			NewDonor: &ledger.NewDonor{Kind: ledger.DonorPerson, Name: giverName(line), Address: "Thôn Đông"},
			Method:   ledger.MethodCash, Amount: money.Dong(int64(line) * 1_000), DonatedOn: ledger.Date{Year: 2022, Month: 7, Day: 27},
		}})
	}
	for i, r := range l.RecordDonations(t.Context(), clerk, fund.ID, half) {
		if r.Err != nil {
			t.Fatalf("item %d: %v", i, r.Err)
		}
	}
	for _, want := range []string{"Đã ghi 503 khoản, đã có từ trước 498 khoản", "Đã ghi 0 khoản, đã có từ trước 1001 khoản"} {
		m, stdout, stderr := program("import", "donations", name, "--fund", fund.Code, "--as", clerk.Login, "--group", ".")
		m.Getenv = databaseAt(t, dsn)
		if code := m.Run(t.Context()); code != exitDone || !strings.Contains(stdout.String(), want) {
			t.Fatalf("exit code %d, said %q, want %q: %s", code, stdout, want, stderr)
		}
	}
	m, stdout, stderr := program("verify")
	m.Getenv = databaseAt(t, admin)
	if code := m.Run(t.Context()); code != exitDone {
		t.Errorf("verify: %s %s", stdout, stderr)
	}
}

func giverName(line int) string { return fmt.Sprintf("Nguyễn Văn Mẫu %d", line) }

// longList is a list whose row on line n gives n thousand đồng.
func longList(t *testing.T, rows int) (name string, body []byte) {
	t.Helper()
	var b strings.Builder
	b.WriteString("Họ và tên;Địa chỉ;Số tiền;Ngày\n")
	sum := 0
	for line := 2; line < rows+2; line++ {
		sum += line * 1_000
		fmt.Fprintf(&b, "%s;Thôn Đông;%d;27/07/2022\n", giverName(line), line*1_000)
	}
	fmt.Fprintf(&b, "Tổng cộng;;%d;\n", sum)
	name = filepath.Join(t.TempDir(), "danh-sach.csv")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name, []byte(b.String())
}

func TestADatabaseWithoutTablesIsNamed(t *testing.T) {
	t.Parallel()
	admin, _ := pgtest.Empty(t)
	for _, tt := range []struct{ name, dsn, want string }{
		{"no tables", admin, "sovang migrate"},
		{"no server", "postgres://sovang@127.0.0.1:1/sovang?sslmode=disable", "Không kết nối được cơ sở dữ liệu"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _, stderr := program("user", "list")
			m.Getenv = databaseAt(t, tt.dsn)
			if code := m.Run(t.Context()); code != exitFailed || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("exit code %d: %s", code, stderr)
			}
		})
	}
	m, stdout, stderr := program("migrate")
	m.Getenv = databaseAt(t, admin)
	if code := m.Run(t.Context()); code != exitDone || !strings.Contains(stdout.String(), "phiên bản") {
		t.Errorf("migrate: exit code %d: %s", code, stderr)
	}
}

// databaseAt is an environment with a database and a home: without a home only root has a default folder.
func databaseAt(t *testing.T, dsn string) func(string) string {
	home := t.TempDir()
	return func(key string) string { return map[string]string{"DATABASE_URL": dsn, "HOME": home}[key] }
}
