package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

// C30: callers that wait stand in the fund's line and not in the pool: with two connections and 200 callers at a
// locked fund a read still gets through; once the lock is free they share a handful of transactions.
func TestC30CallersThatWaitHoldNoConnectionAndShareTransactions(t *testing.T) {
	t.Parallel()
	f := ledgertest.NewWith(t, ledger.Options{MaxConns: 2})
	f.Give(1_000) // the head is read
	letGo := hold(t, f)
	defer letGo()
	calls := make([]func() (ledger.Donation, error), 200)
	for i := range calls {
		calls[i] = asked(t.Context(), f, f.Key(), small(1_000))
	}
	done := make(chan []answer)
	go func() { done <- together(calls...) }()
	posting(t, f)
	time.Sleep(inLine)

	began := time.Now()
	if _, err := f.Donations(t.Context(), f.Viewer, f.Fund, ledger.DonationFilter{}); err != nil {
		t.Errorf("a read while 200 wait: %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a read while 200 wait took %s", took)
	}

	before := len(transactions(t, f))
	letGo()
	for i, a := range <-done {
		if a.err != nil {
			t.Errorf("gift %d: %v", i, a.err)
		}
	}
	wrote := transactions(t, f)
	if len(wrote) != before+200 {
		t.Errorf("%d entries, want %d", len(wrote), before+200)
	}
	// One or more for those who came first, one for the rest; 200 when nobody shares.
	if n := distinct(wrote) - before; n > 20 {
		t.Errorf("200 gifts that waited took %d transactions", n)
	}
}

// C10, C30: without any arranged wait too, callers at one fund share: the next batch gathers while the last commits.
func TestC30TwoHundredGiftsAtOnceTakeFewTransactions(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	before := distinct(transactions(t, f))
	calls := make([]func() (ledger.Donation, error), soak(200))
	for i := range calls {
		calls[i] = asked(t.Context(), f, f.Key(), small(1_000))
	}
	for _, a := range together(calls...) {
		if a.err != nil {
			t.Fatal(a.err)
		}
	}
	n := distinct(transactions(t, f)) - before
	t.Logf("%d gifts in %d transactions", len(calls), n)
	if n > len(calls)/2 {
		t.Errorf("%d gifts took %d transactions", len(calls), n)
	}
}

// C3, C8: in one transaction's batch stand new gifts, replays, keys with other content, refusals by the program and
// refusals by the database. Each has its own answer.
func TestC3ReplaysAndRefusalsHarmNoNeighbourInTheBatch(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	spoil(f)
	first := map[ledger.Key]ledger.Donation{}
	var given []ledger.Key
	for range 5 {
		key := f.Key()
		d, err := asked(t.Context(), f, key, small(7_000))()
		if err != nil {
			t.Fatal(err)
		}
		first[key], given = d, append(given, key)
	}
	kinds := []struct {
		name string
		want ledger.Code
		call func(n int) func() (ledger.Donation, error)
	}{
		{"a new gift", "", func(int) func() (ledger.Donation, error) { return asked(t.Context(), f, f.Key(), small(1_000)) }},
		{"a replay", "", func(n int) func() (ledger.Donation, error) { return asked(t.Context(), f, given[n%5], small(7_000)) }},
		{"other content", ledger.CodeKeyReused, func(n int) func() (ledger.Donation, error) {
			return asked(t.Context(), f, given[n%5], small(7_001))
		}},
		{"a gift of nothing", ledger.CodeInvalid, func(int) func() (ledger.Donation, error) { return asked(t.Context(), f, f.Key(), small(0)) }},
		{"a gift that the database refuses", "internal", func(int) func() (ledger.Donation, error) {
			n := small(1_000)
			n.Memo = "HỎNG"
			return asked(t.Context(), f, f.Key(), n)
		}},
	}
	for _, company := range []int{4, 5} { // without and with one that spoils the whole transaction
		var calls []func() (ledger.Donation, error)
		for i := range company * soak(10) {
			calls = append(calls, kinds[i%company].call(i))
		}
		before := len(transactions(t, f))
		letGo := hold(t, f)
		done := make(chan []answer)
		go func() { done <- together(calls...) }()
		posting(t, f)
		time.Sleep(inLine)
		letGo()
		for i, a := range <-done {
			kind := kinds[i%company]
			if got := ledger.CodeOf(a.err); got != kind.want {
				t.Errorf("%s: code %q, want %q", kind.name, got, kind.want)
			}
			if kind.name == "a replay" && (a.gift.EntryNo != first[given[i%5]].EntryNo || !a.gift.Replayed) {
				t.Errorf("a replay answered with entry %d, replayed %v", a.gift.EntryNo, a.gift.Replayed)
			}
			if kind.name == "other content" && entryOf(a.err) != first[given[i%5]].EntryNo {
				t.Errorf("other content names entry %d", entryOf(a.err))
			}
		}
		if n := len(transactions(t, f)) - before; n != soak(10) {
			t.Errorf("%d entries were written, want the %d new gifts", n, soak(10))
		}
	}
}

// C4: who gives up while waiting leaves the line, and nothing of theirs is written; who gives up while being posted
// is told "unavailable" and learns by the key what became of it: neither lost nor doubled.
func TestC4WhoGivesUpNeitherLosesNorDoubles(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	f.Give(1_000)
	letGo := hold(t, f)
	defer letGo()
	ctx, giveUp := context.WithCancel(t.Context())
	posted, waits := f.Key(), f.Key()
	left := make(chan []answer, 2)
	go func() { left <- together(asked(ctx, f, posted, small(2_000))) }()
	posting(t, f)
	go func() { left <- together(asked(ctx, f, waits, small(3_000)), asked(ctx, f, f.Key(), small(3_000))) }()
	time.Sleep(inLine)
	began := time.Now()
	giveUp()
	for range 2 {
		for _, a := range <-left {
			if ledger.CodeOf(a.err) != ledger.CodeUnavailable {
				t.Errorf("who gave up was told %v", a.err)
			}
		}
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("giving up took %s", took)
	}
	letGo()

	again, err := asked(t.Context(), f, posted, small(2_000))()
	if err != nil || !again.Replayed {
		t.Errorf("the gift that was being posted: replayed %v, %v", again.Replayed, err)
	}
	if n := receiptCount(t, f); n != 2 {
		t.Errorf("%d receipts, want those of the first gift and of the one being posted", n)
	}
	late, err := asked(t.Context(), f, waits, small(3_000))()
	if err != nil || late.Replayed || late.Receipt.Number != 3 {
		t.Errorf("the gift that left the line: %s, replayed %v, %v", late.Receipt, late.Replayed, err)
	}
}

// C9: a command that lowers a floor or decides has a transaction of its own, so that netting hides nothing.
func TestC9AReversalAndAnApprovalShareNoTransaction(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	ctx := t.Context()
	gifts := []ledger.Donation{f.Give(1_000), f.Give(1_000), f.Give(1_000), f.Give(1_000)}
	var intents []ledger.Intent
	for _, d := range gifts[:2] {
		r := d.Receipt
		i, err := f.ProposeVoid(ctx, f.Recorder, f.Fund, f.Key(), ledger.Proposal{Series: r.Series, Year: r.Year, Number: r.Number, Reason: "in hỏng"})
		if err != nil {
			t.Fatal(err)
		}
		intents = append(intents, i)
	}
	letGo := hold(t, f)
	defer letGo()
	var wg sync.WaitGroup
	must := func(do func() error) {
		wg.Go(func() {
			if err := do(); err != nil {
				t.Error(err)
			}
		})
	}
	for range 20 {
		must(func() error { _, err := asked(ctx, f, f.Key(), small(1_000))(); return err })
	}
	for i := range 2 {
		must(func() error {
			_, err := f.ReverseDonation(ctx, f.Accountant, f.Fund, f.Key(), gifts[2+i].EntryNo, "Ghi hai lần")
			return err
		})
		must(func() error {
			_, err := f.DecideVoid(ctx, f.Chief, f.Fund, f.Key(), ledger.Decision{IntentNo: intents[i].EntryNo, Hash: intents[i].Hash, Approve: true})
			return err
		})
	}
	posting(t, f)
	time.Sleep(inLine)
	for range 20 {
		must(func() error { _, err := asked(ctx, f, f.Key(), small(1_000))(); return err })
	}
	time.Sleep(inLine)
	letGo()
	wg.Wait()

	wrote := transactions(t, f)
	many := map[string]int{}
	for _, transaction := range wrote {
		many[transaction]++
	}
	alone := entriesOfKind(t, f, "donation.reverse", "receipt.void")
	for _, no := range alone {
		if many[wrote[no]] != 1 {
			t.Errorf("entry %d shares its transaction with %d others", no, many[wrote[no]]-1)
		}
	}
	if len(alone) != 4 || distinct(wrote) > len(wrote)-20 {
		t.Errorf("%d entries stand alone, and %d entries took %d transactions: nobody shared", len(alone), len(wrote), distinct(wrote))
	}
}

func entriesOfKind(t *testing.T, f *ledgertest.Fixture, kinds ...string) (list []int64) {
	t.Helper()
	const query = `SELECT coalesce(array_agg(entry_no ORDER BY entry_no), '{}') FROM entry WHERE fund_id = $1 AND kind = ANY ($2)`
	if err := connect(t, f.AdminDSN).QueryRow(t.Context(), query, f.Fund, kinds).Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// C30: closing posts what waits and answers each; afterwards nobody else is let in.
func TestC30ClosingAnswersAllWhoWait(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	f.Give(1_000)
	program, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 3})
	if err != nil {
		t.Fatal(err)
	}
	letGo := hold(t, f)
	defer letGo()
	give := func(key ledger.Key) func() (ledger.Donation, error) {
		return func() (ledger.Donation, error) {
			return program.RecordDonation(t.Context(), f.Recorder, f.Fund, key, small(1_000))
		}
	}
	calls := make([]func() (ledger.Donation, error), 100)
	for i := range calls {
		calls[i] = give(f.Key())
	}
	done := make(chan []answer)
	go func() { done <- together(calls...) }()
	posting(t, f)
	time.Sleep(inLine)

	closed := make(chan struct{})
	go func() { program.Close(); close(closed) }()
	time.Sleep(inLine)
	letGo()
	for i, a := range <-done {
		if a.err != nil {
			t.Errorf("gift %d, which waited when it closed: %v", i, a.err)
		}
	}
	<-closed
	if n := receiptCount(t, f); n != 101 {
		t.Errorf("%d receipts, want 101", n)
	}
	if _, err := give(f.Key())(); ledger.CodeOf(err) != ledger.CodeUnavailable {
		t.Errorf("after closing: %v", err)
	}
}

// C30: the line has an end. 4,000 may wait; one more is told "busy" at once. Those who then give up leave it empty.
func TestC30TheLineIsBounded(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	f.Give(1_000)
	letGo := hold(t, f)
	defer letGo()
	first := make(chan []answer)
	go func() { first <- together(asked(t.Context(), f, f.Key(), small(1_000))) }()
	posting(t, f)
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	var wg sync.WaitGroup
	for range 4 {
		items := make([]ledger.DonationItem, 1_000)
		for i := range items {
			items[i] = ledger.DonationItem{Key: f.Key(), Donation: small(1_000)}
		}
		wg.Go(func() {
			for _, r := range f.RecordDonations(ctx, f.Recorder, f.Fund, items) {
				if ledger.CodeOf(r.Err) != ledger.CodeUnavailable {
					t.Errorf("who gave up was told %v", r.Err)
					return
				}
			}
		})
	}
	time.Sleep(2 * inLine)
	began := time.Now()
	if _, err := asked(t.Context(), f, f.Key(), small(1_000))(); ledger.CodeOf(err) != ledger.CodeBusy {
		t.Errorf("one past the limit was told %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("being told so took %s", took)
	}
	giveUp()
	wg.Wait()
	letGo()
	<-first
	f.Give(1_000)
	if n := receiptCount(t, f); n != 3 {
		t.Errorf("%d receipts, want 3", n)
	}
	if n := money.Dong(cashOf(t, f)); !n.Equal(money.Dong(3_000)) {
		t.Errorf("the cash account holds %s", fmt.Sprint(n))
	}
}
