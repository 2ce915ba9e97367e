package ledgertest

import (
	"context"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/migrations/localpg/pgtest"
)

// Fixture is one installation with one fund, and a person of each role in it.
type Fixture struct {
	*ledger.Ledger
	T        testing.TB
	AdminDSN string // the superuser's, who can do what no program may
	AppDSN   string // the program's login
	Fund     ledger.FundID

	Recorder, Second, Accountant, Chief, Treasurer, Holder, Viewer, Inspector, Admin, Stranger ledger.Actor
}

var keyNumber atomic.Uint64

// keys sign the logs of all fixtures of a test binary.
var keys = sync.OnceValue(func() *ledger.Keys {
	k, err := ledger.NewKeys("so-vang.test/log")
	if err != nil {
		panic(err)
	}
	return k
})

// New makes a fixture. When the test ends its books are checked and its database dropped.
func New(t testing.TB) *Fixture {
	t.Helper()
	return NewWith(t, ledger.Options{})
}

// NewWith is New with seams of the ledger set: a clock, a source of random bytes.
func NewWith(t testing.TB, o ledger.Options) *Fixture {
	t.Helper()
	admin, app := pgtest.New(t)
	if o.MaxConns == 0 {
		o.MaxConns = 8 // many fixtures share one cluster
	}
	if o.Keys == nil {
		o.Keys = keys()
	}
	l, err := ledger.Open(t.Context(), app, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	f := &Fixture{Ledger: l, T: t, AdminDSN: admin, AppDSN: app}
	f.Fund = f.OpenFund("HD", ledger.LevelProvince)
	f.people()
	t.Cleanup(func() { Check(t, l) })
	return f
}

func (f *Fixture) people() {
	in := func(id int32, name string, roles ...ledger.Role) ledger.Actor {
		return ledger.Actor{ID: id, Login: name, Name: "Người thử " + name, Roles: map[ledger.FundID][]ledger.Role{f.Fund: roles}}
	}
	f.Recorder, f.Second = in(101, "canbo", ledger.RoleRecorder), in(102, "canbo2", ledger.RoleRecorder)
	f.Accountant, f.Chief = in(103, "ketoan", ledger.RoleAccountant), in(104, "ketoantruong", ledger.RoleChiefAccountant)
	f.Treasurer, f.Holder = in(105, "thuquy", ledger.RoleTreasurer), in(106, "chutaikhoan", ledger.RoleAccountHolder)
	f.Viewer, f.Inspector = in(107, "banquanly", ledger.RoleViewer), in(108, "thanhtra", ledger.RoleInspector)
	f.Admin = ledger.Actor{ID: 109, Login: "quantri", Name: "Người thử quantri",
		Roles: map[ledger.FundID][]ledger.Role{ledger.System: {ledger.RoleAdmin}}}
	f.Stranger = ledger.Actor{ID: 110, Login: "nguoila", Name: "Người thử ở quỹ khác",
		Roles: map[ledger.FundID][]ledger.Role{f.Fund + 1000: {ledger.RoleRecorder, ledger.RoleAccountant, ledger.RoleChiefAccountant}}}
}

// OpenFund opens one more fund, from 2021 on.
func (f *Fixture) OpenFund(code string, level ledger.Level) ledger.FundID {
	f.T.Helper()
	fund, err := f.Ledger.OpenFund(f.T.Context(), ledger.Operator, f.Key(), ledger.NewFund{
		Code: code, Name: "Quỹ Đền ơn đáp nghĩa thử nghiệm " + code, Level: level, Chart: "MINH-HOA",
		ValidFrom: ledger.Date{Year: 2021, Month: time.January, Day: 1}, Heading: Heading(code),
		Bank: "Ngân hàng thử nghiệm, tài khoản 0000", Treasury: "Kho bạc thử nghiệm, tài khoản 0001",
	})
	if err != nil {
		f.T.Fatal(err)
	}
	return fund.ID
}

// Heading is a heading with every line filled.
func Heading(code string) ledger.Heading {
	return ledger.Heading{
		Template: 1, Parent: "UBND tỉnh thử nghiệm", Unit: "Quỹ Đền ơn đáp nghĩa thử nghiệm " + code,
		BudgetCode: "1234567", Address: "Số 1 đường Thử Nghiệm", Place: "Hải Dương", PublicURL: "http://127.0.0.1:8080",
		Head:            ledger.Signer{Title: "Trưởng ban", Name: "Nguyễn Văn Thử"},
		ChiefAccountant: ledger.Signer{Title: "Kế toán trưởng", Name: "Trần Thị Mẫu"},
		Treasurer:       ledger.Signer{Title: "Thủ quỹ", Name: "Lê Văn Giả"},
	}
}

// Key is a key that no other test uses.
func (f *Fixture) Key() ledger.Key {
	var k ledger.Key
	binary.BigEndian.PutUint64(k[8:], keyNumber.Add(1))
	return k
}

// Cash is a named gift of cash.
func Cash(amount int64) ledger.NewDonation {
	return ledger.NewDonation{
		NewDonor: &ledger.NewDonor{Name: "Phạm Thị Thử", Address: "Xã Mẫu, huyện Thử"},
		Method:   ledger.MethodCash, Amount: money.Dong(amount),
	}
}

// Give records a gift of cash by the recorder and fails the test when it is refused.
func (f *Fixture) Give(amount int64) ledger.Donation {
	f.T.Helper()
	d, err := f.RecordDonation(f.T.Context(), f.Recorder, f.Fund, f.Key(), Cash(amount))
	if err != nil {
		f.T.Fatal(err)
	}
	return d
}

// Superuser runs a statement as nobody but a superuser could.
func (f *Fixture) Superuser(sql string, args ...any) {
	f.T.Helper()
	Exec(f.T, f.AdminDSN, sql, args...)
}

// Exec runs one statement on an address and fails the test when it is refused.
func Exec(t testing.TB, dsn, sql string, args ...any) {
	t.Helper()
	if err := TryExec(t, dsn, sql, args...); err != nil {
		t.Fatal(err)
	}
}

// TryExec runs one statement on an address and gives what the database said.
func TryExec(t testing.TB, dsn, sql string, args ...any) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql, args...)
	return err
}

// Check fails the test for every invariant that does not hold, over all funds.
func Check(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	report, err := l.Verify(ctx, nil)
	if err != nil {
		t.Errorf("check: %v", err)
		return
	}
	for _, p := range report.Problems {
		t.Errorf("check: %s", p)
	}
}
