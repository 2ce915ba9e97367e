package ledger_test

import (
	"encoding/json"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
)

// begin opens a transaction as a superuser that has an id of its own already, and so is older than what comes.
func begin(t *testing.T, f *ledgertest.Fixture, level pgx.TxIsoLevel) pgx.Tx {
	t.Helper()
	tx, err := connect(t, f.AdminDSN).BeginTx(t.Context(), pgx.TxOptions{IsoLevel: level})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT pg_current_xact_id(), (SELECT count(*) FROM entry)`); err != nil {
		t.Fatal(err)
	}
	return tx
}

// C11: 8 writers in two programs; elsewhere an old transaction lies idle and another keeps a snapshot, which hold back
// every xmin watermark. A reader that tails the entry numbers never sees n+1 before n, and what it sees is all there
// is below the head of the same snapshot.
func TestC11AReaderNeverSeesANumberBeforeTheOneBelowIt(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	second, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	f.Give(1_000)
	idle, long := begin(t, f, pgx.ReadCommitted), begin(t, f, pgx.RepeatableRead)

	const writers = 8
	var wg sync.WaitGroup
	for w := range writers {
		program := []*ledger.Ledger{f.Ledger, second}[w%2]
		wg.Go(func() {
			for range soak(25) {
				if _, err := program.RecordDonation(t.Context(), f.Recorder, f.Fund, f.Key(), small(1_000)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	stop := make(chan struct{})
	go func() { wg.Wait(); close(stop) }()
	total := int64(2 + writers*soak(25))
	reads := tail(t, connect(t, f.AdminDSN), f.Fund, total, stop)
	t.Logf("%d reads saw something new", reads)
	if reads < 5 {
		t.Errorf("only %d reads fell between the writes", reads)
	}
	var held int64
	if err := long.QueryRow(t.Context(), `SELECT count(*) FROM entry WHERE fund_id = $1`, f.Fund).Scan(&held); err != nil || held != 2 {
		t.Errorf("the long transaction sees %d entries, %v; want its own two", held, err)
	}
	for _, tx := range []pgx.Tx{idle, long} {
		if err := tx.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// tail reads what is new until everything was seen, and says how many reads saw something.
func tail(t *testing.T, c *pgx.Conn, fund ledger.FundID, total int64, stop <-chan struct{}) (reads int) {
	t.Helper()
	const query = `
		SELECT coalesce(array_agg(entry_no ORDER BY entry_no), '{}'),
		       (SELECT next_entry FROM fund_head WHERE fund_id = $1)
		  FROM entry
		 WHERE fund_id = $1 AND entry_no >= $2`
	next, ended := int64(0), false
	for next < total {
		var fresh []int64
		var head int64
		if err := c.QueryRow(t.Context(), query, fund, next).Scan(&fresh, &head); err != nil {
			t.Fatal(err)
		}
		for _, no := range fresh {
			if no != next {
				t.Fatalf("entry %d was seen before entry %d", no, next)
			}
			next++
		}
		if head != next {
			t.Fatalf("the head stands at %d, the entries end before %d", head, next)
		}
		if len(fresh) > 0 {
			reads++
		} else if ended {
			t.Fatalf("%d entries in the end, want %d", next, total)
		}
		select {
		case <-stop:
			ended = true
		default:
		}
	}
	return reads
}

// C12: a reversal is written by a transaction that began, and had its id, before the gift was there. The log's order
// is that of the commits: the reversal comes later, whatever the ids say.
func TestC12AReversalFromAnOlderTransactionStillComesLater(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	old := begin(t, f, pgx.ReadCommitted)
	gift := f.Give(1_000)
	number, err := reverseIn(t, f, old, gift)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wrote := transactions(t, f)
	older, err := strconv.Atoi(wrote[number])
	if err != nil {
		t.Fatal(err)
	}
	newer, err := strconv.Atoi(wrote[gift.EntryNo])
	if err != nil {
		t.Fatal(err)
	}
	if number <= gift.EntryNo || older >= newer {
		t.Errorf("gift %d by transaction %d, reversal %d by transaction %d: the test wants an older one",
			gift.EntryNo, newer, number, older)
	}
	again, err := f.Donation(t.Context(), f.Viewer, f.Fund, gift.EntryNo)
	if err != nil || again.ReversedBy != number {
		t.Errorf("reversed by %d, %v", again.ReversedBy, err)
	}
	next := f.Give(2_000) // the program's belief was overtaken by somebody else
	if next.EntryNo != number+1 || !next.RecordedAt.After(gift.RecordedAt) {
		t.Errorf("the next gift is entry %d, recorded %s", next.EntryNo, next.RecordedAt)
	}
}

// C12: a transaction whose snapshot is older than the gift cannot write to the fund at all.
func TestC12AnOlderSnapshotCannotWrite(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	for _, level := range []pgx.TxIsoLevel{pgx.RepeatableRead, pgx.Serializable} {
		old := begin(t, f, level)
		gift := f.Give(1_000)
		_, err := reverseIn(t, f, old, gift)
		var pg *pgconn.PgError
		if !errorsAs(err, &pg) || pg.Code != "40001" && pg.Code != "SV001" {
			t.Errorf("%s: %v, want a serialization failure", level, err)
		}
		_ = old.Rollback(t.Context())
	}
}

// reverseIn writes the reversal of a gift in a transaction, as a program of its own would, and gives its number.
func reverseIn(t *testing.T, f *ledgertest.Fixture, tx pgx.Tx, gift ledger.Donation) (int64, error) {
	t.Helper()
	secret, reason := []byte("0123456789abcdef"), "Ghi hai lần"
	number, at := gift.EntryNo+1, gift.RecordedAt.Add(time.Millisecond)
	of := uint64(gift.EntryNo)
	var debit, credit int32
	const posting = `SELECT debit_account, credit_account FROM posting WHERE fund_id = $1 AND entry_no = $2`
	if err := connect(t, f.AdminDSN).QueryRow(t.Context(), posting, f.Fund, gift.EntryNo).Scan(&debit, &credit); err != nil {
		t.Fatal(err)
	}
	entry := proof.Entry{Fund: "HD", Number: uint64(number), Kind: "donation.reverse", EffectiveOn: gift.PostedOn.String(),
		RecordedAt: at, Actor: int64(f.Accountant.ID), Key: f.Key(), Reverses: &of,
		Postings:    []proof.Posting{{Debit: debit, Credit: credit, Amount: gift.Amount.Int64(), Negative: true}},
		Facts:       []proof.Fact{{Name: "original_on", Value: gift.PostedOn.String()}},
		Commitments: []proof.Commitment{{Name: "reason", Sum: proof.Commit(secret, "reason", []byte(reason))}}}
	canonical, err := proof.Encode(entry)
	if err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal(map[string]string{"reason": reason})
	if err != nil {
		t.Fatal(err)
	}
	const post = `
		SELECT post_batch($1, $2, $3, ARRAY['donation.reverse'], ARRAY[$4::date], ARRAY[$5::timestamptz], ARRAY[$6::integer],
		                  ARRAY[$7::uuid], ARRAY[$8::bytea], ARRAY[$9::bigint], ARRAY[1], ARRAY[$10::bytea],
		                  ARRAY[$2::bigint], ARRAY[1], ARRAY[$11::integer], ARRAY[$12::integer], ARRAY[$4::date],
		                  ARRAY[0::bigint], ARRAY[$13::bigint], ARRAY[-1::smallint],
		                  '{}', '{}', '{}', '{}', '{}', '{}', ARRAY[$2::bigint], ARRAY[$14::bytea], ARRAY[$15::text])`
	if _, err := tx.Exec(t.Context(), post, f.Fund, number, gift.RecordedAt, gift.PostedOn, at, f.Accountant.ID,
		[16]byte(entry.Key), entry.Request[:], gift.EntryNo, canonical, debit, credit, gift.Amount.Int64(), secret, string(said)); err != nil {
		return 0, err
	}
	_, err = tx.Exec(t.Context(), `SELECT reversal_apply($1, $2)`, f.Fund, number)
	return number, err
}
