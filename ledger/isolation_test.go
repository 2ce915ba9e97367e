package ledger_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// A gift appends to its fund's log, and a read sees a list: that is what Elle needs to find the order of transactions.
// Amounts are positive, so that a balance too names the one prefix of the log that it is the sum of.

// seen is what one reader saw in one read: entries, the oldest first, or the sum on the cash account.
type seen struct {
	entries []int64
	balance int64
	isSum   bool
}

// C25: 6 writers in two programs append, 4 readers read lists and balances. In the end the order of the log is known;
// recorded_at gives the same one; every read is a prefix of it, a balance is the sum of a prefix, both sides of the
// books are of one moment, and no reader goes back in time.
func TestC25EveryReadIsAPrefixOfTheLog(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	second, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	programs := []*ledger.Ledger{f.Ledger, second}
	for round := range soak(1) {
		code := fmt.Sprintf("L-%d", round)
		fund := f.OpenFund(code, ledger.LevelCommune)
		clerk := ledger.Actor{ID: 101, Name: "Người thử", Roles: map[ledger.FundID][]ledger.Role{fund: {ledger.RoleRecorder}}}
		stop := make(chan struct{})
		var writers, readers sync.WaitGroup
		logs := make([][]seen, 4)
		for i := range logs {
			readers.Go(func() { logs[i] = readUntil(t, programs[i%2], clerk, fund, stop) })
		}
		for w := range 6 {
			dice := rand.New(rand.NewPCG(uint64(round), uint64(w)))
			writers.Go(func() {
				for range 30 { // 180 gifts: one page of a list holds them all
					if _, err := programs[w%2].RecordDonation(t.Context(), clerk, fund, f.Key(), small(1+dice.Int64N(900))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		readers.Wait()
		order, err := f.Donations(t.Context(), clerk, fund, ledger.DonationFilter{})
		if err != nil || len(order) != 180 {
			t.Fatalf("%d gifts in the end, %v", len(order), err)
		}
		slices.Reverse(order)
		prefixes(t, order, logs)
	}
}

// readUntil reads lists and balances in turns until it is told to stop, and once after that.
func readUntil(t *testing.T, l *ledger.Ledger, a ledger.Actor, fund ledger.FundID, stop <-chan struct{}) (saw []seen) {
	for last := false; ; {
		list, err := l.Donations(t.Context(), a, fund, ledger.DonationFilter{})
		if err != nil {
			t.Error(err)
			return saw
		}
		s := seen{}
		for _, d := range slices.Backward(list) {
			s.entries = append(s.entries, d.EntryNo)
		}
		saw = append(saw, s)
		balance, err := cashAndIncome(t.Context(), l, a, fund)
		if err != nil {
			t.Error(err)
			return saw
		}
		saw = append(saw, seen{balance: balance, isSum: true})
		if last {
			return saw
		}
		select {
		case <-stop:
			last = true
		default:
		}
	}
}

// cashAndIncome reads the cash account, and fails when the other side of the books is of another moment.
func cashAndIncome(ctx context.Context, l *ledger.Ledger, a ledger.Actor, fund ledger.FundID) (int64, error) {
	list, err := l.Balances(ctx, a, fund, ledger.Date{})
	if err != nil {
		return 0, err
	}
	at := map[string]int64{}
	for _, b := range list {
		at[b.Role] += b.Balance().Int64()
	}
	if at["CASH"] != at["INCOME.CONTRIBUTION"] {
		return 0, fmt.Errorf("cash %d, income %d in one read", at["CASH"], at["INCOME.CONTRIBUTION"])
	}
	return at["CASH"], nil
}

// prefixes checks every read against the order of the log.
func prefixes(t *testing.T, order []ledger.Donation, logs [][]seen) {
	t.Helper()
	entries, sums := make([]int64, len(order)), map[int64]int{0: 0}
	total := int64(0)
	for i, d := range order {
		entries[i] = d.EntryNo
		total += d.Amount.Int64()
		sums[total] = i + 1
		if i > 0 && (d.EntryNo != order[i-1].EntryNo+1 || !d.RecordedAt.After(order[i-1].RecordedAt)) {
			t.Errorf("entry %d, recorded %s, follows entry %d, recorded %s", d.EntryNo, d.RecordedAt, order[i-1].EntryNo, order[i-1].RecordedAt)
		}
	}
	between := 0
	for reader, reads := range logs {
		last := 0
		for n, s := range reads {
			length := len(s.entries)
			if s.isSum {
				known := false
				if length, known = sums[s.balance]; !known {
					t.Fatalf("reader %d, read %d: %d is the sum of no prefix", reader, n, s.balance)
				}
			} else if !slices.Equal(s.entries, entries[:length]) {
				t.Fatalf("reader %d, read %d: %v is no prefix", reader, n, s.entries)
			}
			if length < last {
				t.Fatalf("reader %d, read %d: saw %d gifts after %d", reader, n, length, last)
			}
			if last = length; length > 0 && length < len(order) {
				between++
			}
		}
		if last != len(order) {
			t.Errorf("reader %d ended with %d of %d gifts", reader, last, len(order))
		}
	}
	t.Logf("%d reads fell between the writes", between)
	if between < 10 {
		t.Errorf("only %d reads fell between the writes", between)
	}
}

// did is one operation as the model sees it: a gift of an amount, or a read of the balance (amount 0).
type did struct{ amount int64 }

// till is the state of the model: the next number of a receipt, and what the cash account holds.
type till struct{ next, cash int64 }

// tillModel is a fund as a single thread would keep it: a gift answers with its number, a read with the balance.
var tillModel = porcupine.Model{
	Init: func() any { return till{next: 1} },
	Step: func(state, input, output any) (bool, any) {
		s, in, out := state.(till), input.(did), output.(int64)
		if in.amount == 0 {
			return out == s.cash, s
		}
		return out == s.next, till{s.next + 1, s.cash + in.amount}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %d", input, output) },
}

// C4, C25: gifts and reads by 8 clients of two programs, a fifth of them out of patience, are linearizable: they went
// as if one after another, each between its call and its answer. A gift whose caller gave up is settled by its key:
// it may have happened at any time after its call, or never.
func TestC25GiftsAndBalancesAreLinearizable(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	second, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	for round := range soak(1) {
		h := &history{f: f, fund: f.OpenFund(fmt.Sprintf("P-%d", round), ledger.LevelCommune), began: time.Now()}
		h.clerk = ledger.Actor{ID: 101, Name: "Người thử", Roles: map[ledger.FundID][]ledger.Role{h.fund: {ledger.RoleRecorder}}}
		var wg sync.WaitGroup
		for client := range 8 {
			program := []*ledger.Ledger{f.Ledger, second}[client%2]
			wg.Go(func() { h.client(t, program, client, rand.New(rand.NewPCG(uint64(round), uint64(client)))) })
		}
		wg.Wait()
		unsure := h.settle(t)
		result, _ := porcupine.CheckOperationsVerbose(tillModel, h.done, time.Minute)
		t.Logf("%d operations, %d of them given up and yet written: %s", len(h.done), unsure, result)
		if result != porcupine.Ok {
			t.Errorf("round %d: the history is not linearizable: %s", round, result)
		}
	}
}

// history is what clients did and when, in nanoseconds since it began.
type history struct {
	f     *ledgertest.Fixture
	fund  ledger.FundID
	clerk ledger.Actor
	began time.Time

	mu     sync.Mutex
	done   []porcupine.Operation
	unsure []gaveUp
}

// gaveUp is a gift whose caller did not wait for the answer.
type gaveUp struct {
	key    ledger.Key
	amount int64
	op     porcupine.Operation
}

func (h *history) client(t *testing.T, l *ledger.Ledger, client int, dice *rand.Rand) {
	for range 40 {
		op := porcupine.Operation{ClientId: client, Call: time.Since(h.began).Nanoseconds()}
		if dice.IntN(2) == 0 {
			balance, err := cashAndIncome(t.Context(), l, h.clerk, h.fund)
			if err != nil {
				t.Error(err)
			}
			op.Input, op.Output, op.Return = did{}, balance, time.Since(h.began).Nanoseconds()
			h.note(op)
			continue
		}
		h.give(t, l, op, dice)
	}
}

func (h *history) give(t *testing.T, l *ledger.Ledger, op porcupine.Operation, dice *rand.Rand) {
	ctx := t.Context()
	if dice.IntN(5) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(dice.IntN(8_000))*time.Microsecond)
		defer cancel()
	}
	key, amount := h.f.Key(), 1+dice.Int64N(900)
	op.Input = did{amount}
	d, err := l.RecordDonation(ctx, h.clerk, h.fund, key, small(amount))
	switch ledger.CodeOf(err) {
	case "":
		op.Output, op.Return = d.Receipt.Number, time.Since(h.began).Nanoseconds()
		h.note(op)
	case ledger.CodeUnavailable:
		h.mu.Lock()
		h.unsure = append(h.unsure, gaveUp{key, amount, op})
		h.mu.Unlock()
	default:
		t.Error(err)
	}
}

func (h *history) note(op porcupine.Operation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, op)
}

// settle asks for every gift that was given up, with its key, and says how many had been written. One that had not
// is written now, as a gift of this moment.
func (h *history) settle(t *testing.T) (written int) {
	t.Helper()
	for i, u := range h.unsure {
		call := time.Since(h.began).Nanoseconds()
		d, err := h.f.RecordDonation(t.Context(), h.clerk, h.fund, u.key, small(u.amount))
		if err != nil {
			t.Fatal(err)
		}
		u.op.ClientId, u.op.Output = 100+i, d.Receipt.Number // its own client: the caller went on meanwhile
		if d.Replayed {
			written++
			u.op.Return = math.MaxInt64
		} else {
			u.op.Call, u.op.Return = call, time.Since(h.began).Nanoseconds()
		}
		h.done = append(h.done, u.op)
	}
	return written
}

// The model bites: a read that began after a gift was answered and does not see it is no history of a till.
func TestC25TheModelRefusesAStaleRead(t *testing.T) {
	t.Parallel()
	gift := porcupine.Operation{ClientId: 0, Input: did{5}, Output: int64(1), Call: 0, Return: 10}
	for _, tt := range []struct {
		name        string
		call, total int64
		want        bool
	}{
		{"a read during the gift that does not see it", 9, 0, true},
		{"a read during the gift that sees it", 9, 5, true},
		{"a read after the gift that sees it", 11, 5, true},
		{"a read after the gift that does not see it", 11, 0, false},
		{"a read of what nobody gave", 11, 4, false},
	} {
		read := porcupine.Operation{ClientId: 1, Input: did{}, Output: tt.total, Call: tt.call, Return: 20}
		if got := porcupine.CheckOperations(tillModel, []porcupine.Operation{gift, read}); got != tt.want {
			t.Errorf("%s: linearizable %v, want %v", tt.name, got, tt.want)
		}
	}
}
