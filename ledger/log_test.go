package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	tdlog "github.com/transparency-dev/formats/log"
	tdproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	our "sovang/ledger/proof"
)

// fullLog gives every table of the log a row of the fixture's fund.
func fullLog(t testing.TB, f *ledgertest.Fixture) {
	t.Helper()
	giveMany(t, f, f.Fund, 256) // a subtree root needs as many
	build(t, f)
	body, err := f.Growth(t.Context(), f.Fund, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Cosign(t.Context(), f.LogKeys().Verifiers("HD"), body); err != nil {
		t.Fatal(err)
	}
}

// giveMany records small gifts in one batch.
func giveMany(t testing.TB, f *ledgertest.Fixture, fund ledger.FundID, many int) {
	t.Helper()
	recorder := ledger.Actor{ID: 101, Roles: map[ledger.FundID][]ledger.Role{fund: {ledger.RoleRecorder}}}
	items := make([]ledger.DonationItem, many)
	for i := range items {
		items[i] = ledger.DonationItem{Key: f.Key(), Donation: ledger.NewDonation{
			Giver: ledger.GiverAnonymous, Method: ledger.MethodCash, Amount: ledgertest.Cash(1_000).Amount}}
	}
	for _, r := range f.RecordDonations(t.Context(), recorder, fund, items) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
}

// build runs the builder until every log's checkpoint covers what was there at the call.
func build(t testing.TB, f *ledgertest.Fixture) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { f.BuildLogs(ctx) })
	defer wg.Wait()
	defer cancel()
	c := connect(t, f.AdminDSN)
	deadline := time.Now().Add(time.Minute)
	for !built(t, f, c) {
		if time.Now().After(deadline) {
			t.Fatal("the logs were not built")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func built(t testing.TB, f *ledgertest.Fixture, c *pgx.Conn) bool {
	t.Helper()
	var behind int
	err := c.QueryRow(t.Context(), `
		SELECT count(*) FROM fund_head h
		 WHERE h.next_entry > 0 AND NOT EXISTS (SELECT FROM parent_leaf p WHERE p.of_fund = h.fund_id AND p.size = h.next_entry)`).Scan(&behind)
	if err != nil {
		t.Fatal(err)
	}
	c0, err := f.Published(t.Context(), "")
	if err != nil {
		return false
	}
	var leaves int64
	if err := c.QueryRow(t.Context(), `SELECT log_size(-1)`).Scan(&leaves); err != nil {
		t.Fatal(err)
	}
	over, err := our.PeekCheckpoint(c0)
	return err == nil && behind == 0 && over.Size == leaves
}

// provenBy checks a proof with ours and with the transparency-dev modules, and gives the entry.
func provenBy(t *testing.T, text, vkey string) our.Entry {
	t.Helper()
	entry, _, err := our.VerifyEntry(text, vkey)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var p tdproof.TLogProof
	if err := p.Unmarshal([]byte(text)); err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	c, _, _, err := tdlog.ParseCheckpoint(p.Checkpoint, v.Name(), v)
	if err != nil {
		t.Fatal(err)
	}
	var path [][]byte
	for _, h := range p.Hashes {
		path = append(path, h[:])
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(p.ExtraData)
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, c.Size, leaf, path, c.Hash); err != nil {
		t.Fatal(err)
	}
	return entry
}

func TestC15AReceiptIsProvableAtOnceAndItsProofStaysTheSame(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	vkey := f.LogKeys().Verifiers("HD")[0]
	proofs := map[int64]string{}
	for i := range 40 {
		gift := f.Give(10_000)
		if i%3 == 0 {
			continue
		}
		text, err := f.ProofOf(t.Context(), f.Fund, gift.EntryNo)
		if err != nil {
			t.Fatal(err)
		}
		entry := provenBy(t, text, vkey)
		if entry.Number != uint64(gift.EntryNo) || entry.Documents[0].Code != gift.Receipt.Code {
			t.Fatalf("proven: %+v, recorded: %+v", entry, gift)
		}
		proofs[gift.EntryNo] = text
	}
	for no, before := range proofs {
		again, err := f.ProofOf(t.Context(), f.Fund, no)
		if err != nil || again != before {
			t.Errorf("entry %d: the proof was\n%s\nand is\n%s %v", no, before, again, err)
		}
		fresh, err := f.Prove(t.Context(), f.Fund, no)
		if err != nil {
			t.Fatal(err)
		}
		provenBy(t, fresh, vkey)
	}
	fund, err := f.Ledger.Fund(t.Context(), f.Viewer, f.Fund)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		no   int64
	}{{"the next entry", fund.Entries}, {"a negative one", -1}, {"a far one", 1 << 40}} {
		if _, err := f.ProofOf(t.Context(), f.Fund, tt.no); ledger.CodeOf(err) != ledger.CodeNotFound {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestC15EveryEntryAndEveryPairOfSizesIsProven(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	ctx := t.Context()
	vkey := f.LogKeys().Verifiers("HD")[0]
	random := rand.New(rand.NewPCG(6962, 1))
	var kept []our.Checkpoint
	for range 14 { // past two full tiles
		giveMany(t, f, f.Fund, 1+random.IntN(90))
		signed, size, err := f.Checkpoint(ctx, f.Fund)
		if err != nil {
			t.Fatal(err)
		}
		c, err := our.ParseCheckpoint(signed, vkey)
		if err != nil || c.Size != size {
			t.Fatalf("%+v, %d, %v", c, size, err)
		}
		kept = append(kept, c)
		for range 8 {
			no := random.Int64N(size)
			for _, prove := range []func(context.Context, ledger.FundID, int64) (string, error){f.Prove, f.ProofOf} {
				text, err := prove(ctx, f.Fund, no)
				if err != nil {
					t.Fatal(err)
				}
				provenBy(t, text, vkey)
			}
		}
		for _, old := range kept {
			continued(t, f, old, c, vkey)
		}
	}
	if last := kept[len(kept)-1].Size; last < 2*256 {
		t.Errorf("only %d entries", last)
	}
}

// continued asks for the proof from one size to the newest and checks it twice.
func continued(t *testing.T, f *ledgertest.Fixture, old, c our.Checkpoint, vkey string) {
	t.Helper()
	body, err := f.Growth(t.Context(), f.Fund, old.Size)
	if err != nil {
		t.Fatal(err)
	}
	g, err := our.ParseGrowth(body)
	if err != nil {
		t.Fatal(err)
	}
	newest, err := our.ParseCheckpoint(g.Checkpoint, vkey)
	if err != nil || newest != c {
		t.Fatalf("%+v is not %+v, %v", newest, c, err)
	}
	if err := our.VerifyConsistency(old, c, g.Path); err != nil {
		t.Errorf("from %d to %d: %v", old.Size, c.Size, err)
	}
	var path [][]byte
	for _, h := range g.Path {
		path = append(path, h[:])
	}
	err = proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old.Size), uint64(c.Size), path, old.Root[:], c.Root[:])
	if err != nil {
		t.Errorf("from %d to %d: %v", old.Size, c.Size, err)
	}
	if old.Size < c.Size { // another history
		old.Root[0] ^= 1
		if err := our.VerifyConsistency(old, c, g.Path); !errors.Is(err, our.ErrRoot) {
			t.Errorf("another root at %d: %v", old.Size, err)
		}
	}
}

func TestTheBuilderFollowsWithinASecond(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { f.BuildLogs(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	for range 3 {
		gift := f.Give(1_000)
		began := time.Now()
		for {
			signed, err := f.Published(ctx, "HD")
			if err == nil {
				if c, err := our.PeekCheckpoint(signed); err == nil && c.Size > gift.EntryNo {
					break
				}
			}
			if time.Since(began) > 10*time.Second {
				t.Fatal("no checkpoint covers the gift")
			}
			time.Sleep(5 * time.Millisecond)
		}
		if took := time.Since(began); took > 3*time.Second { // a second, and a busy machine
			t.Errorf("the checkpoint came after %v", took)
		}
	}
}

func TestTheLogOverAllFundsHoldsEachFundsCheckpoint(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	f.OpenFund("HD-2", ledger.LevelDistrict)
	for range 3 {
		f.Give(1_000)
		build(t, f)
	}
	ctx := t.Context()
	key := f.LogKeys().Verifiers("")
	signed, err := f.Published(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := our.ParseCheckpoint(signed, key...)
	if err != nil || c.Origin != "so-vang.test/log" || c.Size != 4 {
		t.Fatalf("%+v, %v", c, err)
	}
	newest, err := f.Published(ctx, "HD")
	if err != nil {
		t.Fatal(err)
	}
	held := false
	for i := range c.Size {
		text, err := f.Prove(ctx, ledger.AllFunds, i)
		if err != nil {
			t.Fatal(err)
		}
		p, err := our.ParseProof(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := our.VerifyProof(text, our.Leaf(p.Extra), key...); err != nil {
			t.Error(err)
		}
		held = held || strings.HasPrefix(newest, string(p.Extra)+"\n")
	}
	if problems, err := f.VerifyAgainst(ctx, ledger.AllFunds, signed, nil); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	if !held {
		t.Errorf("the newest checkpoint of HD is in no leaf:\n%s", newest)
	}
}

func TestTwoProgramsAndManyCallersMakeOneRowOfCheckpoints(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	second, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{Keys: f.LogKeys(), MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	vkey := f.LogKeys().Verifiers("HD")[0]
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			l := []*ledger.Ledger{f.Ledger, second}[i%2]
			for range soak(15) {
				gift, err := l.RecordDonation(t.Context(), f.Recorder, f.Fund, ledger.NewKey(), ledgertest.Cash(1_000))
				if err != nil {
					t.Error(err)
					return
				}
				text, err := l.ProofOf(t.Context(), f.Fund, gift.EntryNo)
				if err != nil {
					t.Error(err)
					return
				}
				if _, _, err := our.VerifyEntry(text, vkey); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestWithoutKeysNothingIsSigned(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	l, err := ledger.Open(t.Context(), f.AppDSN, ledger.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.BuildLogs(t.Context()) // comes back at once
	if _, _, err := l.Checkpoint(t.Context(), f.Fund); ledger.CodeOf(err) != ledger.CodeWrongState {
		t.Error(err)
	}
	if _, err := l.ProofOf(t.Context(), f.Fund, 0); ledger.CodeOf(err) != ledger.CodeWrongState {
		t.Error(err)
	}
	if _, err := l.Cosign(t.Context(), nil, ""); ledger.CodeOf(err) != ledger.CodeWrongState {
		t.Error(err)
	}
	if _, err := l.Published(t.Context(), "HD"); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Error(err)
	}
	if _, _, err := f.Checkpoint(t.Context(), ledger.AllFunds); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("an empty log: %v", err)
	}
	build(t, f)
	if report, err := l.Verify(t.Context(), nil); err != nil || !report.OK {
		t.Errorf("without keys all but the signatures is verified: %v, %v", report.Problems, err)
	}
	if _, err := l.ProofOf(t.Context(), f.Fund, 0); err != nil {
		t.Errorf("what is signed already is proven: %v", err)
	}
	if _, _, err := f.Checkpoint(t.Context(), 4711); ledger.CodeOf(err) != ledger.CodeNotFound {
		t.Errorf("a log that is not there: %v", err)
	}
}

func TestProofsOfABatchAreTheProofsOfEach(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	ctx := t.Context()
	var entries []int64
	for i := range 30 {
		gift := f.Give(1_000)
		entries = append(entries, gift.EntryNo)
		if i%4 == 0 {
			if _, _, err := f.Checkpoint(ctx, f.Fund); err != nil {
				t.Fatal(err)
			}
		}
	}
	giveMany(t, f, f.Fund, 300)
	texts, err := f.ProofsOf(ctx, f.Fund, entries)
	if err != nil || len(texts) != len(entries) {
		t.Fatalf("%d texts, %v", len(texts), err)
	}
	for _, no := range entries {
		one, err := f.ProofOf(ctx, f.Fund, no)
		if err != nil || one != texts[no] {
			t.Errorf("entry %d: %v", no, err)
		}
		provenBy(t, one, f.LogKeys().Verifiers("HD")[0])
	}
	for _, tt := range []struct {
		name    string
		entries []int64
		want    ledger.Code
	}{
		{"none", nil, ""},
		{"a thousand", make([]int64, 1_000), ""},
		{"one too many", make([]int64, 1_001), ledger.CodeInvalid},
		{"one that is not there", []int64{1, 1 << 40}, ledger.CodeNotFound},
	} {
		if _, err := f.ProofsOf(ctx, f.Fund, tt.entries); ledger.CodeOf(err) != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// C6: the builder died between its steps; the next one goes on from there.
func TestC6TheBuilderGoesOnWhereAnotherStopped(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	giveMany(t, f, f.Fund, 700)
	f.Superuser(`SELECT tile_build($1, 1)`, int32(f.Fund)) // one root of two
	if _, size, err := f.Checkpoint(t.Context(), f.Fund); err != nil || size != 701 {
		t.Errorf("size %d, %v", size, err)
	}
	giveMany(t, f, f.Fund, 300)
	f.Superuser(`SELECT tile_build($1, 100)`, int32(f.Fund)) // all roots, and no checkpoint
	if _, err := f.ProofOf(t.Context(), f.Fund, 1_000); err != nil {
		t.Error(err)
	}
	build(t, f) // the log over all funds lacked them too
}

// What the application's login may call keeps the log in order by itself.
func TestTheDatabaseRefusesALogOutOfOrder(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	giveMany(t, f, f.Fund, 300)
	note := func(size int64) string { return fmt.Sprintf("o\n%d\nr\n\n", size) }
	fund := int32(f.Fund)
	c := connect(t, f.AppDSN)
	if _, err := c.Exec(t.Context(), `SET ROLE sovang_app`); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, sql string
		args      []any
		state     string
	}{
		{"a checkpoint ahead of its log", `SELECT checkpoint_apply($1, $2, $3)`, []any{fund, int64(302), note(302)}, "SV016"},
		{"a checkpoint ahead of its subtrees", `SELECT checkpoint_apply($1, $2, $3)`, []any{fund, int64(301), note(301)}, "SV016"},
		{"a checkpoint with another's text", `SELECT checkpoint_apply($1, $2, $3)`, []any{fund, int64(200), note(201)}, "23514"},
		{"a checkpoint of no fund", `SELECT checkpoint_apply($1, $2, $3)`, []any{int32(4711), int64(1), note(1)}, "SV004"},
		{"the lock alone", `SELECT log_lock($1)`, []any{fund}, "42501"},
		{"a hash of one's own", `SELECT tile_hash($1)`, []any{[][]byte{{1}}}, "42501"},
		{"a witness from a size that it has not", `SELECT witness_apply('o', 5, 6, $1)`, []any{note(6)}, "SV001"},
		{"a witness's first", `SELECT witness_apply('o', 0, 6, $1)`, []any{note(6)}, ""},
		{"a witness's first again", `SELECT witness_apply('o', 0, 7, $1)`, []any{note(7)}, "SV001"},
		{"a witness backwards", `SELECT witness_apply('o', 6, 5, $1)`, []any{note(5)}, "SV001"},
		{"a witness with another's text", `SELECT witness_apply('o', 6, 8, $1)`, []any{note(7)}, "23514"},
	} {
		tx, err := c.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = tx.Exec(t.Context(), tt.sql, tt.args...)
		var pg *pgconn.PgError
		if tt.state == "" && err != nil || tt.state != "" && (!errorsAs(err, &pg) || pg.Code != tt.state) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.state)
		}
		if tt.state != "" {
			err = tx.Rollback(t.Context())
		} else {
			err = tx.Commit(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f.Superuser(`ALTER TABLE witnessed DISABLE TRIGGER ALL`)
	f.Superuser(`DELETE FROM witnessed`) // what no witness signed
}

// A stranger with Python, the fund's key and the sheets' proofs needs nothing of ours.
func TestC15AStrangersPythonProvesReceipts(t *testing.T) {
	t.Parallel()
	f := ledgertest.New(t)
	dir := t.TempDir()
	args := []string{"proof/testdata/verify.py", f.LogKeys().Verifiers("HD")[0]}
	var want strings.Builder
	for i := range 6 {
		gift := f.Give(1_000)
		if i == 3 {
			giveMany(t, f, f.Fund, 260)
		}
		text, err := f.ProofOf(t.Context(), f.Fund, gift.EntryNo)
		if err != nil {
			t.Fatal(err)
		}
		e, c, err := our.VerifyEntry(text, args[1])
		if err != nil {
			t.Fatal(err)
		}
		canonical, err := our.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
		fmt.Fprintf(&want, "proven: entry %d of %d in so-vang.test/log/HD, leaf %x\n", gift.EntryNo, c.Size, our.Leaf(canonical))
	}
	out, err := exec.Command("python3", args...).CombinedOutput()
	if err != nil || string(out) != want.String() {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want.String())
	}
}
