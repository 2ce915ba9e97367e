package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

// soak is how much longer the long forms run: SOAK=1 takes twenty times the work.
func soak(n int) int {
	if os.Getenv("SOAK") != "" {
		return 20 * n
	}
	return n
}

// spoil has the database refuse, after the numbers were taken, whatever gift says so in its memo.
func spoil(f *ledgertest.Fixture) {
	f.Superuser(`
		CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
		    IF NEW.said LIKE '%HỎNG%' THEN
		        RAISE EXCEPTION 'a failure by order of the test';
		    END IF;
		    RETURN NEW;
		END $$;
		GRANT EXECUTE ON FUNCTION spoil() TO PUBLIC;
		CREATE TRIGGER spoil BEFORE INSERT ON entry_person FOR EACH ROW EXECUTE FUNCTION spoil()`)
}

// C10: 8 clients, 4,000 gifts to one fund, three in ten forced to fail in every way there is. Numbers run 1..n, and
// the order of issue is the order of numbers; what was acknowledged is there, and Check finds the books exact.
func TestC10NumbersRunWithoutGapUnderForcedFailures(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	spoil(f)
	const clients = 8
	each := soak(4_000) / clients
	var mu sync.Mutex
	var given int64
	numbers := map[int64]int64{} // number -> entry
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(7, uint64(client)))
			for i := range each {
				amount := 1_000 * (1 + dice.Int64N(500))
				d, err := giveOrFail(t.Context(), f, ledger.KeyOf(fmt.Sprintf("%d/%d", client, i)), amount, dice)
				if err != nil {
					continue
				}
				mu.Lock()
				given += amount
				numbers[d.Receipt.Number] = d.EntryNo
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	sheets := receiptCount(t, f)
	if int64(len(numbers)) > sheets {
		t.Errorf("%d acknowledged, %d on the books", len(numbers), sheets)
	}
	if len(numbers) < clients*each/2 {
		t.Errorf("only %d of %d gifts went through", len(numbers), clients*each)
	}
	last := int64(-1)
	for n := int64(1); n <= sheets; n++ {
		entry, ok := numbers[n]
		if !ok {
			continue // written, and the answer lost with its caller's patience
		}
		if entry <= last {
			t.Errorf("number %d stands in entry %d, after entry %d", n, entry, last)
		}
		last = entry
	}
	if cash := cashOf(t, f); int64(len(numbers)) == sheets && cash != given {
		t.Errorf("the cash account holds %d, acknowledged were %d", cash, given)
	}
}

// giveOrFail records a gift, or in three of ten times something that cannot be recorded or an impatient caller.
func giveOrFail(ctx context.Context, f *ledgertest.Fixture, key ledger.Key, amount int64, dice *rand.Rand) (ledger.Donation, error) {
	n := ledgertest.Cash(amount)
	switch dice.IntN(20) {
	case 0, 1:
		n.Memo = "HỎNG giữa chừng" // fails in the database, after the number was taken
	case 2:
		n.Amount = money.Dong(0)
	case 3:
		n.PurposeID = 999_999
	case 4, 5:
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(dice.IntN(3_000))*time.Microsecond)
		defer cancel()
	}
	return f.RecordDonation(ctx, f.Recorder, f.Fund, key, n)
}

func receiptCount(t testing.TB, f *ledgertest.Fixture) (n int64) {
	t.Helper()
	counts, err := f.SeriesCounts(context.WithoutCancel(t.Context()), f.Viewer, f.Fund)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Sheets != c.Last {
			t.Errorf("series %s %d: %d sheets, last number %d", c.Series, c.Year, c.Sheets, c.Last)
		}
		n += c.Sheets
	}
	return n
}

func cashOf(t testing.TB, f *ledgertest.Fixture) int64 {
	t.Helper()
	list, err := f.Balances(t.Context(), f.Viewer, f.Fund, ledger.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		if b.Role == "CASH" {
			return b.Balance().Int64()
		}
	}
	t.Fatal("no cash account")
	return 0
}

// Two programs on one database: the database's lock decides, not the queue of either.
func TestTwoProgramsOnOneFundStayCorrect(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	second, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	var wg sync.WaitGroup
	for i, program := range []*ledger.Ledger{f.Ledger, second, f.Ledger, second} {
		wg.Go(func() {
			for n := range 60 {
				key := ledger.KeyOf(strconv.Itoa(i/2) + "/" + strconv.Itoa(n)) // two clients share each key
				if _, err := program.RecordDonation(t.Context(), f.Recorder, f.Fund, key, ledgertest.Cash(1_000)); err != nil {
					t.Errorf("gift %d: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	if n := receiptCount(t, f); n != 120 {
		t.Errorf("%d receipts, want one for each of 120 keys", n)
	}
}

// C10: the year rolls over at midnight in Vietnam, which is 17:00 of the day before in UTC.
func TestC10TheYearRollsOverAtMidnightInVietnam(t *testing.T) {
	t.Parallel()
	at := time.Date(2022, 12, 31, 16, 59, 59, 0, time.UTC)
	f := ledgertest.NewWith(t, ledger.Options{Now: func() time.Time { return at }})
	for range 3 {
		f.Give(1_000)
	}
	at = at.Add(time.Second)
	first := f.Give(1_000)
	if r := first.Receipt; r.Year != 2023 || r.Number != 1 {
		t.Errorf("the first receipt after midnight is %s", r)
	}
}

// C29: whatever the clock says, recorded_at rises.
func TestC29TheClockMayJumpBackwards(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 29, 5, 0, 0, 0, time.UTC)
	f := ledgertest.NewWith(t, ledger.Options{Now: func() time.Time { return at }})
	before := f.Give(1_000)
	at = at.Add(-48 * time.Hour)
	after := f.Give(1_000)
	if !after.RecordedAt.After(before.RecordedAt) {
		t.Errorf("recorded at %s after %s", after.RecordedAt, before.RecordedAt)
	}
	if after.PostedOn != (ledger.Date{Year: 2024, Month: time.February, Day: 29}) {
		t.Errorf("posted on %s", after.PostedOn)
	}
}
