package ledger_test

import (
	"fmt"
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/migrations/localpg/pgtest"
)

// BenchmarkLog measures a proof and a checkpoint in logs of two sizes: the cost must not grow with the log.
//
//	go test ./ledger -run '^$' -bench Log -benchtime 300x
func BenchmarkLog(b *testing.B) {
	for _, entries := range []int{1_000, 100_000} {
		admin, app := pgtest.New(b)
		f := books(b, app, logKeys(b))
		f.Fund = f.OpenFund("HD", ledger.LevelProvince)
		ledgertest.Exec(b, admin, stuff, entries)
		b.Run(fmt.Sprintf("build/%d", entries), func(b *testing.B) {
			for range b.N { // once; afterwards there is nothing to build
				if _, _, err := f.Checkpoint(b.Context(), f.Fund); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("prove/%d", entries), func(b *testing.B) {
			for i := range b.N {
				if _, err := f.ProofOf(b.Context(), f.Fund, int64(i*7919%entries)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("prove_1000/%d", entries), func(b *testing.B) {
			list := make([]int64, 1_000)
			for i := range list {
				list[i] = int64(entries - 1_000 + i)
			}
			for range b.N {
				if _, err := f.ProofsOf(b.Context(), f.Fund, list); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("give/%d", entries), func(b *testing.B) {
			for range b.N {
				oneGift(b, f)
			}
		})
		b.Run(fmt.Sprintf("give_and_prove/%d", entries), func(b *testing.B) {
			for range b.N {
				if _, err := f.ProofOf(b.Context(), f.Fund, oneGift(b, f)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// stuff fills the log of fund 1 with entries that are nothing but leaves.
const stuff = `
	WITH filled AS (
	    INSERT INTO entry (fund_id, entry_no, recorded_at, effective_on, actor, line_count, kind, key, request_hash, canonical)
	    SELECT 1, n, h.last_at + n * interval '1 microsecond', '2022-07-27', 1, 0, 'note', gen_random_uuid(),
	           sha256('x'), convert_to(repeat('canonical ' || n, 40), 'UTF8')
	      FROM fund_head h, generate_series(1, $1) AS t (n)
	     WHERE h.fund_id = 1
	    RETURNING recorded_at
	)
	UPDATE fund_head SET next_entry = $1 + 1, last_at = (SELECT max(recorded_at) FROM filled) WHERE fund_id = 1`

func oneGift(b *testing.B, f *ledgertest.Fixture) int64 {
	recorder := ledger.Actor{ID: 101, Roles: map[ledger.FundID][]ledger.Role{f.Fund: {ledger.RoleRecorder}}}
	d, err := f.RecordDonation(b.Context(), recorder, f.Fund, f.Key(), ledgertest.Cash(1_000))
	if err != nil {
		b.Fatal(err)
	}
	return d.EntryNo
}
