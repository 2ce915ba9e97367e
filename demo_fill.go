package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"sovang/ledger"
)

// demoChart is the illustrative chart: a database whose funds all use it, under the demonstration's codes, is a
// demonstration and nothing else.
const demoChart = "MINH-HOA"

// demoPassword signs everybody of the demonstration in. It is printed; it protects nothing.
const demoPassword = "minh-hoa-2023"

// demoBatch is how many gifts go into one transaction at most.
const demoBatch = 250

// demoUser is one person of the demonstration, with one role in every fund.
type demoUser struct {
	login, name string
	role        ledger.Role
	what        string // for the list of sign-ins
}

// demoUsers are one person for each role, invented. The administrator comes last: who is there with the role
// says that the demonstration is complete.
var demoUsers = []demoUser{
	{"canbo", "Nguyễn Thị Minh Hoạ", ledger.RoleRecorder, "cán bộ tiếp nhận: ghi khoản ủng hộ, in biên lai"},
	{"ketoan", "Trần Văn Thí Dụ", ledger.RoleAccountant, "kế toán: ghi, huỷ, ghi âm"},
	{"thuquy", "Lê Thị Mẫu", ledger.RoleTreasurer, "thủ quỹ"},
	{"ketoantruong", "Phạm Văn Mẫu", ledger.RoleChiefAccountant, "kế toán trưởng: duyệt huỷ biên lai"},
	{"chutaikhoan", "Vũ Thị Thí Dụ", ledger.RoleAccountHolder, "chủ tài khoản (Trưởng ban)"},
	{"banquanly", "Bùi Văn Minh Hoạ", ledger.RoleViewer, "thành viên Ban quản lý: chỉ xem"},
	{"thanhtra", "Đỗ Thị Thanh Mẫu", ledger.RoleInspector, "thanh tra, kiểm toán: chỉ xem"},
	{"quantri", "Ngô Văn Quản Mẫu", ledger.RoleAdmin, "quản trị hệ thống"},
}

// demoState says what a database holds.
type demoState int

const (
	demoEmpty demoState = iota
	demoPart            // a demonstration that was interrupted: its keys let it go on where it stopped
	demoFull
	demoReal // something else: not to be touched
)

func demoStateOf(ctx context.Context, l *ledger.Ledger) (demoState, error) {
	funds, err := l.Funds(ctx, ledger.Operator)
	if err != nil {
		return demoReal, err
	}
	users, err := l.Users(ctx, ledger.Operator)
	if err != nil {
		return demoReal, err
	}
	ours := map[string]bool{}
	for _, p := range places() {
		ours[p.code] = true
	}
	for _, f := range funds {
		if f.Chart != demoChart || !ours[f.Code] {
			return demoReal, nil
		}
	}
	admin := demoUsers[len(demoUsers)-1]
	for _, u := range users {
		if u.Login == admin.login && len(u.Roles[ledger.System]) > 0 {
			return demoFull, nil
		}
	}
	switch {
	case len(funds) > 0:
		return demoPart, nil
	case len(users) > 0:
		return demoReal, nil
	}
	return demoEmpty, nil
}

// clock gives one moment for each entry of the next write, so that each gift is written at its own time.
type clock struct {
	mu    sync.Mutex
	times []time.Time
}

func (c *clock) set(times ...time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.times = times
}

// now hands out the next moment, and the last one for ever.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.times[0]
	if len(c.times) > 1 {
		c.times = c.times[1:]
	}
	return t
}

// demo fills one database.
type demo struct {
	dsn       string
	places    []place
	publicURL string
	show      func(done, total int64)
	done      atomic.Int64
	total     int64
	funds     []ledger.Fund
	crew      map[ledger.Role]ledger.Actor
}

// open gives a ledger on the demonstration's clock. Receipt codes and salts come from the seed, so that a
// demonstration is the same everywhere; real books take theirs from the system.
func (d *demo) open(ctx context.Context, c *clock, index int, do func(*ledger.Ledger) error) error {
	seed := [32]byte{byte(index), 'd', 'e', 'm', 'o'}
	return openLedger(ctx, d.dsn, ledger.Options{Now: c.now, Random: rand.NewChaCha8(seed), MaxConns: 2}, do)
}

// fill writes the whole demonstration through the ledger's own door. Every write has a key of its own: run again
// after an interruption it goes on where it stopped.
func (d *demo) fill(ctx context.Context) error {
	c := &clock{}
	plans := make([]*plan, len(d.places))
	for i, p := range d.places {
		plans[i] = newPlan(p, i)
		d.total += int64(len(plans[i].events))
	}
	return d.open(ctx, c, 255, func(l *ledger.Ledger) error {
		c.set(demoFrom.Add(7 * time.Hour))
		if err := d.openFunds(ctx, l); err != nil {
			return err
		}
		if err := d.hire(ctx, l, demoUsers[:len(demoUsers)-1]); err != nil {
			return err
		}
		if err := d.fillFunds(ctx, plans); err != nil {
			return err
		}
		c.set(demoTo.Add(17 * time.Hour))
		if err := d.hire(ctx, l, demoUsers[len(demoUsers)-1:]); err != nil {
			return err
		}
		return l.RefreshStatistics(ctx)
	})
}

func (d *demo) openFunds(ctx context.Context, l *ledger.Ledger) error {
	for _, p := range d.places {
		f, err := l.OpenFund(ctx, ledger.Operator, ledger.KeyOf("demo/fund/"+p.code), p.newFund(d.publicURL))
		if err != nil {
			return fmt.Errorf("demo: open fund %s: %w", p.code, err)
		}
		d.funds = append(d.funds, f)
	}
	return nil
}

// hire makes accounts with their role in each fund, or in the whole system for an administrator.
func (d *demo) hire(ctx context.Context, l *ledger.Ledger, users []demoUser) error {
	if d.crew == nil {
		d.crew = map[ledger.Role]ledger.Actor{}
	}
	for _, n := range users {
		key := "demo/user/" + n.login
		u, err := l.CreateUser(ctx, ledger.Operator, ledger.KeyOf(key), ledger.NewUser{Login: n.login, Name: n.name, Password: demoPassword})
		if err != nil {
			return fmt.Errorf("demo: user %s: %w", n.login, err)
		}
		in := []ledger.FundID{ledger.System}
		if n.role != ledger.RoleAdmin {
			in = in[:0]
			for _, f := range d.funds {
				in = append(in, f.ID)
			}
		}
		for _, fund := range in {
			change := ledger.RoleChange{UserID: u.ID, Fund: fund, Role: n.role, Grant: true}
			if err := l.ChangeRole(ctx, ledger.Operator, ledger.KeyOf(fmt.Sprintf("%s/%d", key, fund)), change); err != nil {
				return fmt.Errorf("demo: role of user %s in fund %d: %w", n.login, fund, err)
			}
		}
		if d.crew[n.role], err = l.ActorOf(ctx, u.ID); err != nil {
			return err
		}
	}
	return nil
}

// fillFunds fills the funds side by side: they never wait for each other.
func (d *demo) fillFunds(ctx context.Context, plans []*plan) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wait sync.WaitGroup
	for range max(runtime.NumCPU(), 2) {
		wait.Go(func() {
			for i := range next {
				if err := d.fillFund(ctx, plans[i], i); err != nil {
					cancel(fmt.Errorf("demo: fund %s: %w", plans[i].code, err))
				}
			}
		})
	}
	for i := range plans {
		next <- i
	}
	close(next)
	wait.Wait()
	return context.Cause(ctx)
}

func (d *demo) fillFund(ctx context.Context, p *plan, index int) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	c := &clock{}
	c.set(demoFrom.Add(7*time.Hour + 30*time.Minute))
	return d.open(ctx, c, index, func(l *ledger.Ledger) error {
		f := &filler{Ledger: l, demo: d, plan: p, clock: c, fund: d.funds[index].ID, campaigns: map[int]int64{}}
		return f.run(ctx)
	})
}

// filler writes one fund's plan.
type filler struct {
	*ledger.Ledger
	*plan
	demo      *demo
	clock     *clock
	fund      ledger.FundID
	aims      []int64 // purposes in the order of place.purposes
	campaigns map[int]int64
	batch     []*event
}

func (f *filler) key(what string, n int) ledger.Key {
	return ledger.KeyOf(fmt.Sprintf("demo/%s/%s/%d", f.code, what, n))
}

func (f *filler) run(ctx context.Context) error {
	chief := f.demo.crew[ledger.RoleChiefAccountant]
	for i, name := range f.purposes() {
		id, err := f.OpenPurpose(ctx, chief, f.fund, f.key("purpose", i), name)
		if err != nil {
			return err
		}
		f.aims = append(f.aims, id)
	}
	drives := f.drives()
	for _, e := range f.events {
		if len(drives) > 0 && !e.at.Before(drives[0].StartsOn.Time().AddDate(0, 0, -7)) {
			if err := f.openDrive(ctx, drives[0]); err != nil {
				return err
			}
			drives = drives[1:]
		}
		if err := f.happen(ctx, e); err != nil {
			return err
		}
	}
	return f.flush(ctx)
}

// openDrive opens a campaign a week before its first day.
func (f *filler) openDrive(ctx context.Context, c ledger.Campaign) error {
	if err := f.flush(ctx); err != nil {
		return err
	}
	year := c.StartsOn.Year
	f.clock.set(c.StartsOn.Time().AddDate(0, 0, -7).Add(time.Hour)) // 8:00 in Vietnam
	id, err := f.OpenCampaign(ctx, f.demo.crew[ledger.RoleChiefAccountant], f.fund, f.key("drive", year), c)
	f.campaigns[year] = id
	return err
}

// happen queues a gift, and does what is no gift at once.
func (f *filler) happen(ctx context.Context, e *event) error {
	if e.kind != eventGift {
		if err := f.flush(ctx); err != nil {
			return err
		}
		f.clock.set(e.at)
		defer f.tell(1)
		if e.kind == eventReverse {
			_, err := f.ReverseDonation(ctx, f.demo.crew[ledger.RoleAccountant], f.fund, f.key("reverse", e.order),
				e.of.booked.EntryNo, "Ghi thừa một số 0 ở số tiền; ghi lại khoản đúng ngay sau")
			return err
		}
		return f.void(ctx, e)
	}
	if len(f.batch) == demoBatch || (e.donor != nil && e.donor.queued) {
		if err := f.flush(ctx); err != nil {
			return err
		}
	}
	if e.donor != nil {
		if e.gift.DonorID = e.donor.id; e.donor.id == 0 {
			e.gift.NewDonor, e.donor.queued = &e.donor.said, true
		}
	}
	e.gift.CampaignID = f.campaigns[e.drive]
	if e.aim > 0 {
		e.gift.PurposeID = f.aims[e.aim-1]
	}
	f.batch = append(f.batch, e)
	return nil
}

// flush books the gifts that wait, in one transaction.
func (f *filler) flush(ctx context.Context) error {
	if len(f.batch) == 0 {
		return nil
	}
	items := make([]ledger.DonationItem, len(f.batch))
	times := make([]time.Time, len(f.batch))
	for i, e := range f.batch {
		items[i] = ledger.DonationItem{Key: f.key("gift", e.order), Donation: e.gift}
		times[i] = e.at
	}
	f.clock.set(times...)
	for i, r := range f.RecordDonations(ctx, f.demo.crew[ledger.RoleRecorder], f.fund, items) {
		if r.Err != nil {
			return fmt.Errorf("gift %d: %w", f.batch[i].order, r.Err)
		}
		e := f.batch[i]
		e.booked = r.Donation
		if e.donor != nil {
			e.donor.id, e.donor.queued = r.Donation.DonorID, false
		}
	}
	f.tell(len(f.batch))
	f.batch = f.batch[:0]
	return nil
}

// void has the recorder propose, and the chief accountant decide.
func (f *filler) void(ctx context.Context, e *event) error {
	sheet := e.of.booked.Receipt
	p := ledger.Proposal{Series: sheet.Series, Year: sheet.Year, Number: sheet.Number, Reason: "Người ủng hộ đề nghị không nhận biên lai"}
	if e.kind != eventVoid {
		p.Reason = "Ghi thiếu địa chỉ của người ủng hộ"
		p.Correction = &ledger.Correction{Address: "Xóm mới, " + e.of.gift.Address}
	}
	i, err := f.ProposeVoid(ctx, f.demo.crew[ledger.RoleRecorder], f.fund, f.key("propose", e.order), p)
	if err != nil || e.kind == eventPropose {
		return err
	}
	f.clock.set(e.at.Add(20 * time.Minute))
	_, err = f.DecideVoid(ctx, f.demo.crew[ledger.RoleChiefAccountant], f.fund, f.key("decide", e.order),
		ledger.Decision{IntentNo: i.EntryNo, Hash: i.Hash, Approve: true})
	return err
}

func (f *filler) tell(n int) { f.demo.show(f.demo.done.Add(int64(n)), f.demo.total) }
