package main

import (
	"context"
	"crypto/rand"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// floorTables makes the tables of a gift once more, with their keys, and without balances, numbers, log or locks.
const floorTables = `
	CREATE SCHEMA floor;
	CREATE TABLE floor.entry (LIKE public.entry INCLUDING ALL) PARTITION BY HASH (fund_id);
	CREATE TABLE floor.posting (LIKE public.posting INCLUDING ALL) PARTITION BY HASH (fund_id);
	CREATE TABLE floor.document (LIKE public.document INCLUDING ALL) PARTITION BY HASH (fund_id);
	CREATE TABLE floor.entry_person (LIKE public.entry_person INCLUDING ALL) PARTITION BY HASH (fund_id);
	CREATE TABLE floor.donation (LIKE public.donation INCLUDING ALL) PARTITION BY HASH (fund_id);
	DO $$
	BEGIN
	    FOR n IN 0..7 LOOP
	        EXECUTE format('CREATE TABLE floor.entry_%1$s PARTITION OF floor.entry FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)', n);
	        EXECUTE format('CREATE TABLE floor.posting_%1$s PARTITION OF floor.posting FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)', n);
	        EXECUTE format('CREATE TABLE floor.document_%1$s PARTITION OF floor.document FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)', n);
	        EXECUTE format('CREATE TABLE floor.entry_person_%1$s PARTITION OF floor.entry_person FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)', n);
	        EXECUTE format('CREATE TABLE floor.donation_%1$s PARTITION OF floor.donation FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)', n);
	    END LOOP;
	END $$`

// floorRows are the inserts of one gift, as a program without a ledger would write them.
var floorRows = []string{
	`INSERT INTO floor.entry (fund_id, entry_no, kind, effective_on, recorded_at, actor, key, request_hash, line_count, canonical)
	 VALUES ($1, $2, 'donation', '2022-07-27', now(), 1, $3, $4, 1, $5)`,
	`INSERT INTO floor.posting (fund_id, entry_no, line, debit_account, credit_account, effective_on, purpose_id, amount, sign)
	 VALUES ($1, $2, 1, 1, 9, '2022-07-27', 0, 50000, 1)`,
	`INSERT INTO floor.document (fund_id, entry_no, series, year, number, code) VALUES ($1, $2, 'PT', 2022, $2::bigint + 1, $3)`,
	`INSERT INTO floor.entry_person (fund_id, entry_no, secret, said) VALUES ($1, $2, $3, $4)`,
	`INSERT INTO floor.donation (fund_id, entry_no, purpose_id, donated_on, method, giver, display, giver_count)
	 VALUES ($1, $2, 0, '2022-07-27', 'cash', 'named', 'initials', 0)`,
}

// newFloor is the same rows, one transaction each, in one round trip.
func (b *bench) newFloor(ctx context.Context) (job, error) {
	if _, err := b.admin.Exec(ctx, floorTables); err != nil {
		return nil, err
	}
	var next atomic.Int64
	return func(ctx context.Context, client, n int) error {
		random := make([]byte, 16+32+floorCanonical)
		_, _ = rand.Read(random) // crypto/rand does not fail
		fund, no, key := int32(b.fundOf(client, n)), next.Add(1), [16]byte(random[:16])
		var batch pgx.Batch
		batch.Queue(floorRows[0], fund, no, key, random[16:48], random[48:])
		batch.Queue(floorRows[1], fund, no)
		batch.Queue(floorRows[2], fund, no, crockfordOf(random[:10]))
		batch.Queue(floorRows[3], fund, no, random[:16], floorSaid)
		batch.Queue(floorRows[4], fund, no)
		return b.admin.SendBatch(ctx, &batch).Close()
	}, nil
}

// floorSaid is what a usual gift says of people.
const floorSaid = `{"payer":"Nguyễn Thị Hoa Mẫu","address":"Thôn Đông, xã Thử Nghiệm, huyện Mẫu","memo":"Ủng hộ Quỹ Đền ơn đáp nghĩa","preparer":"Người đo"}`

// floorCanonical is the size of a usual gift's canonical form, in bytes.
const floorCanonical = 640

func crockfordOf(random []byte) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	code := make([]byte, len(random))
	for i, r := range random {
		code[i] = letters[r%32]
	}
	return string(code)
}
