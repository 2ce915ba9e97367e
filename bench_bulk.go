package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
)

const bulkTurns = 4 // figure and floor take turns here too

// bulk books a large list, beside COPY of as many rows into the same tables without triggers.
func (b *bench) bulk(ctx context.Context) (r benchResult, err error) {
	r = benchResult{Workload: "bulk", Clients: 1, unit: "khoản"}
	if _, err := b.admin.Exec(ctx, floorTables); err != nil {
		return r, err
	}
	part := b.cmd.Gifts / bulkTurns
	var ours, floor time.Duration
	var meters meter
	for turn := range bulkTurns {
		before, err := b.measure(ctx)
		if err != nil {
			return r, err
		}
		began := time.Now()
		done, err := b.ledger.RecordBulk(ctx, b.actor, b.funds[0], benchGifts(part), nil)
		if err != nil || done.Recorded != part {
			return r, fmt.Errorf("bulk recorded %d of %d: %w", done.Recorded, part, err)
		}
		ours += time.Since(began)
		after, err := b.measure(ctx)
		if err != nil {
			return r, err
		}
		meters = meters.plus(after.minus(before))
		began = time.Now()
		if err := b.copyIn(ctx, turn*part, part); err != nil {
			return r, err
		}
		floor += time.Since(began)
	}
	all := float64(part * bulkTurns)
	r.Figure, r.Floor = all/ours.Seconds(), all/floor.Seconds()
	r.Ratio, r.WAL, r.Memory = r.Figure/r.Floor, float64(meters.wal)/all, peakMemory()
	r.relations, err = b.sizes(ctx)
	for _, x := range r.relations {
		r.Bytes += x.bytes
	}
	return r, err
}

func benchGifts(n int) iter.Seq[ledger.DonationItem] {
	return func(yield func(ledger.DonationItem) bool) {
		for i := range n {
			if !yield(ledger.DonationItem{Key: ledger.NewKey(), Donation: benchGift(i)}) {
				return
			}
		}
	}
}

// copyIn copies the rows of n gifts into the floor's tables, in slices as large as ours.
func (b *bench) copyIn(ctx context.Context, from, n int) error {
	const slice = 5_000
	for at := 0; at < n; at += slice {
		err := pgx.BeginFunc(ctx, b.admin, func(tx pgx.Tx) error {
			return copySlice(ctx, tx, int32(b.funds[0]), from+at, min(slice, n-at))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func copySlice(ctx context.Context, tx pgx.Tx, fund int32, from, n int) error {
	random := make([]byte, n*(16+32+floorCanonical))
	_, _ = rand.Read(random) // crypto/rand does not fail
	day, now := time.Date(2022, 7, 27, 0, 0, 0, 0, time.UTC), time.Now()
	cut := func(i, start, length int) []byte {
		at := i*(16+32+floorCanonical) + start
		return random[at : at+length]
	}
	for _, t := range []struct {
		table, columns string
		row            func(i int, no int64) []any
	}{
		{"entry", "fund_id entry_no kind effective_on recorded_at actor key request_hash line_count canonical", func(i int, no int64) []any {
			return []any{fund, no, "donation", day, now, int32(1), [16]byte(cut(i, 0, 16)), cut(i, 16, 32), int32(1), cut(i, 48, floorCanonical)}
		}},
		{"posting", "fund_id entry_no line debit_account credit_account effective_on purpose_id amount sign", func(i int, no int64) []any {
			return []any{fund, no, int32(1), int32(1), int32(9), day, int64(0), int64(50_000), int16(1)}
		}},
		{"document", "fund_id entry_no series year number code", func(i int, no int64) []any {
			return []any{fund, no, "PT", int32(2022), no + 1, crockfordOf(cut(i, 0, 10))}
		}},
		{"entry_person", "fund_id entry_no secret said", func(i int, no int64) []any {
			return []any{fund, no, cut(i, 0, 16), floorSaid}
		}},
		{"donation", "fund_id entry_no purpose_id donated_on method giver display giver_count", func(i int, no int64) []any {
			return []any{fund, no, int64(0), day, "cash", "named", "initials", int32(0)}
		}},
	} {
		rows := pgx.CopyFromSlice(n, func(i int) ([]any, error) { return t.row(i, int64(from+i)), nil })
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"floor", t.table}, strings.Fields(t.columns), rows); err != nil {
			return err
		}
	}
	return nil
}

// peakMemory is the most that this process had in memory, in MB, as Linux counts it.
func peakMemory() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kb); err == nil {
			return kb / 1024
		}
	}
	return 0
}
