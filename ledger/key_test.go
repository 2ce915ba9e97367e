package ledger_test

import (
	"fmt"
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// C3: the same key from 16 callers of two programs at once.
func TestC3OneKeyFromManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	second, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	programs := []*ledger.Ledger{f.Ledger, second}
	const callers = 16
	for round := range soak(10) {
		before := receiptCount(t, f)
		key := f.Key()
		calls := make([]func() (ledger.Donation, error), callers)
		other := round%2 == 1 // each with an amount of its own
		for i := range calls {
			amount := int64(1_000)
			if other {
				amount += int64(i)
			}
			calls[i] = func() (ledger.Donation, error) {
				return programs[i%2].RecordDonation(t.Context(), f.Recorder, f.Fund, key, ledgertest.Cash(amount))
			}
		}
		answers := together(calls...)
		if other {
			oneWins(t, answers)
		} else {
			allHaveOne(t, answers)
		}
		if n := receiptCount(t, f) - before; n != 1 {
			t.Errorf("round %d wrote %d receipts", round, n)
		}
	}
}

// allHaveOne: every caller has the same gift, and exactly one heard it first.
func allHaveOne(t *testing.T, answers []answer) {
	t.Helper()
	firsts, want := 0, ""
	for i, a := range answers {
		if a.err != nil {
			t.Errorf("caller %d: %v", i, a.err)
			continue
		}
		if !a.gift.Replayed {
			firsts++
		}
		a.gift.Replayed = false
		got := fmt.Sprintf("%+v", a.gift)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("caller %d has %s, another %s", i, got, want)
		}
	}
	if firsts != 1 {
		t.Errorf("%d callers heard that their gift was the first", firsts)
	}
}

// oneWins: one caller has a gift, and every other is shown its entry.
func oneWins(t *testing.T, answers []answer) {
	t.Helper()
	won := int64(-1)
	for _, a := range answers {
		if a.err == nil {
			if won >= 0 {
				t.Errorf("entries %d and %d for one key", won, a.gift.EntryNo)
			}
			won = a.gift.EntryNo
		}
	}
	for i, a := range answers {
		if a.err != nil && (ledger.CodeOf(a.err) != ledger.CodeKeyReused || entryOf(a.err) != won) {
			t.Errorf("caller %d was told %v, entry %d; entry %d won", i, a.err, entryOf(a.err), won)
		}
	}
	if won < 0 {
		t.Error("nobody won")
	}
}

// C3: the same key twice in one batch.
func TestC3OneKeyTwiceInABatch(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	for _, tt := range []struct {
		name          string
		first, second ledger.NewDonation
		want          [2]ledger.Code
		written       int64
	}{
		{"the same content", small(1_000), small(1_000), [2]ledger.Code{"", ""}, 1},
		{"the same content with a donor", ledgertest.Cash(1_000), ledgertest.Cash(1_000), [2]ledger.Code{"", ""}, 1},
		{"other content", small(1_000), small(1_001), [2]ledger.Code{"", ledger.CodeKeyReused}, 1},
		{"a gift, then a gift of nothing", small(1_000), small(0), [2]ledger.Code{"", ledger.CodeKeyReused}, 1},
		{"a gift of nothing twice", small(0), small(0), [2]ledger.Code{ledger.CodeInvalid, ledger.CodeInvalid}, 0},
	} {
		for _, company := range []int{0, 3} {
			before := receiptCount(t, f)
			key := f.Key()
			items := []ledger.DonationItem{{Key: key, Donation: tt.first}}
			for range company {
				items = append(items, ledger.DonationItem{Key: f.Key(), Donation: small(1_000)})
			}
			items = append(items, ledger.DonationItem{Key: key, Donation: tt.second})
			results := f.RecordDonations(t.Context(), f.Recorder, f.Fund, items)
			one, two := results[0], results[len(results)-1]
			if got := [2]ledger.Code{ledger.CodeOf(one.Err), ledger.CodeOf(two.Err)}; got != tt.want {
				t.Errorf("%s, with %d others: codes %q, want %q", tt.name, company, got, tt.want)
			}
			if one.Err == nil && two.Err == nil && (one.Donation.EntryNo != two.Donation.EntryNo || !two.Donation.Replayed) {
				t.Errorf("%s, with %d others: entries %d and %d", tt.name, company, one.Donation.EntryNo, two.Donation.EntryNo)
			}
			if n := receiptCount(t, f) - before; n != tt.written+int64(company) {
				t.Errorf("%s, with %d others: %d receipts", tt.name, company, n)
			}
		}
	}
}

// C3: the key is answered before any rule is asked: a safe retry does not trip over what came after the first try.
func TestC3ARetryIsAnsweredWhateverClosedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		close, open string // by a superuser, as no operation closes anything yet
		want        ledger.Code
	}{
		{"the period", `UPDATE fund_head SET closed_through = current_date + 1 WHERE fund_id = 1`, ``, ledger.CodePeriodClosed},
		{"the fund", `UPDATE fund_head SET state = 'frozen' WHERE fund_id = 1`,
			`UPDATE fund_head SET state = 'open' WHERE fund_id = 1`, ledger.CodeFundClosed},
		{"the account, as its balance says", `UPDATE balance b SET closed = true FROM account a
			WHERE a.fund_id = b.fund_id AND a.account_id = b.account_id AND a.role = 'CASH'`,
			`UPDATE balance SET closed = false`, ledger.CodeWrongState},
		{"the account", `WITH a AS (UPDATE account SET closed_on = current_date WHERE role = 'CASH' RETURNING fund_id, account_id)
			UPDATE balance b SET closed = true FROM a WHERE a.fund_id = b.fund_id AND a.account_id = b.account_id`, ``, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := ledgertest.New(t)
			alone, batched := f.Key(), f.Key()
			if _, err := asked(t.Context(), f, alone, small(1_000))(); err != nil {
				t.Fatal(err)
			}
			results := f.RecordDonations(t.Context(), f.Recorder, f.Fund, []ledger.DonationItem{{Key: batched, Donation: ledgertest.Cash(2_000)}})
			if results[0].Err != nil {
				t.Fatal(results[0].Err)
			}
			f.Superuser(tt.close)
			retries(t, f, f.Ledger, alone, batched, tt.want)
			fresh, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 2}) // it believes nothing yet
			if err != nil {
				t.Fatal(err)
			}
			defer fresh.Close()
			retries(t, f, fresh, alone, batched, tt.want)
			if tt.open != "" {
				f.Superuser(tt.open)
				if _, err := asked(t.Context(), f, f.Key(), small(1_000))(); err != nil {
					t.Errorf("after it opened again: %v", err)
				}
			}
		})
	}
}

// retries asks again for two gifts, alone and in the company of a new one and of other content.
func retries(t *testing.T, f *ledgertest.Fixture, l *ledger.Ledger, alone, batched ledger.Key, want ledger.Code) {
	t.Helper()
	before := receiptCount(t, f)
	again, err := l.RecordDonation(t.Context(), f.Recorder, f.Fund, alone, small(1_000))
	if err != nil || !again.Replayed || again.Receipt.Number != 1 {
		t.Errorf("the retry gave %s, replayed %v, %v", again.Receipt, again.Replayed, err)
	}
	results := l.RecordDonations(t.Context(), f.Recorder, f.Fund, []ledger.DonationItem{
		{Key: f.Key(), Donation: small(5_000)}, {Key: batched, Donation: ledgertest.Cash(2_000)}, {Key: alone, Donation: small(1_001)}})
	if r := results[1]; r.Err != nil || !r.Donation.Replayed || r.Donation.Receipt.Number != 2 {
		t.Errorf("the retry in a batch gave %s, %v", r.Donation.Receipt, r.Err)
	}
	if code := ledger.CodeOf(results[2].Err); code != ledger.CodeKeyReused {
		t.Errorf("other content: code %q", code)
	}
	code := ledger.CodeOf(results[0].Err)
	if want == "" { // the program that has heard of it asks for another account, one that has not is refused
		if code != ledger.CodeWrongState && code != ledger.CodeInvalid {
			t.Errorf("a new gift: code %q", code)
		}
	} else if code != want {
		t.Errorf("a new gift: code %q, want %q", code, want)
	}
	if n := receiptCount(t, f) - before; n != 0 {
		t.Errorf("%d receipts were written", n)
	}
}
