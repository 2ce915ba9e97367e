package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// head is what the program believes about a fund: it numbers from here, and post_batch refuses if the
// belief is out of date. Names of purposes and campaigns ride along: a change of them moves the head too.
type head struct {
	fund      FundID
	code      string
	nextEntry int64
	lastAt    pgtype.Timestamptz // -infinity before the first entry
	closed    pgtype.Date
	state     string
	validFrom Date
	validTo   Date
	heading   Heading
	hash      []byte // of the heading
	accounts  []Account
	purposes  map[int64]string
	campaigns map[int64]string
	series    map[seriesYear]int64 // next number
}

type seriesYear struct {
	series Series
	year   int
}

// clone lets one attempt count on without touching the belief. Purposes and campaigns are shared: who adds a name
// makes new maps (named).
func (h *head) clone() *head {
	c := *h
	c.series = maps.Clone(h.series)
	return &c
}

// named is names with one more.
func named(names map[int64]string, id int64, name string) map[int64]string {
	more := maps.Clone(names)
	more[id] = name
	return more
}

// next is the instant for the next entry: the clock's, but later than the one before.
func (h *head) next(now time.Time) time.Time {
	now = now.UTC().Truncate(time.Microsecond)
	if h.lastAt.InfinityModifier == pgtype.Finite && !now.After(h.lastAt.Time) {
		return h.lastAt.Time.UTC().Add(time.Microsecond)
	}
	return now
}

// take hands out the next number of a series.
func (h *head) take(s Series, year int) int64 {
	n := max(h.series[seriesYear{s, year}], 1)
	h.series[seriesYear{s, year}] = n + 1
	return n
}

// account is the first open account of a role, or the one asked for if it has one of the roles.
func (h *head) account(id int32, roles ...string) (Account, error) {
	for _, a := range h.accounts {
		for _, role := range roles {
			if a.Role == role && !a.Closed && (id == 0 || a.ID == id) {
				return a, nil
			}
		}
	}
	return Account{}, invalid("account", "unknown")
}

// loadHead reads the head in one snapshot.
func (l *Ledger) loadHead(ctx context.Context, fund FundID) (h *head, err error) {
	err = l.read(ctx, fmt.Sprint(int32(fund)), func(tx pgx.Tx) error {
		h, err = readHead(ctx, tx, fund)
		return err
	})
	return h, err
}

// headIn reads the head in a transaction that holds the fund's lock, where nobody can move it.
func headIn(ctx context.Context, tx pgx.Tx, fund FundID) (*head, error) {
	if _, err := tx.Exec(ctx, `SELECT set_config('sovang.funds', $1, true)`, fmt.Sprint(int32(fund))); err != nil {
		return nil, err
	}
	return readHead(ctx, tx, fund)
}

func readHead(ctx context.Context, tx pgx.Tx, fund FundID) (*head, error) {
	h := &head{fund: fund, purposes: map[int64]string{}, campaigns: map[int64]string{}, series: map[seriesYear]int64{}}
	var body *string
	const query = `
		SELECT f.code, f.valid_from, f.valid_to, h.next_entry, h.last_at, h.closed_through, h.state, h.heading, g.body
		  FROM fund f
		  JOIN fund_head h ON h.fund_id = f.fund_id
		  LEFT JOIN heading g ON g.fund_id = h.fund_id AND g.hash = h.heading
		 WHERE f.fund_id = $1`
	err := tx.QueryRow(ctx, query, fund).Scan(&h.code, &h.validFrom, &h.validTo, &h.nextEntry, &h.lastAt,
		&h.closed, &h.state, &h.hash, &body)
	if err != nil {
		return nil, none(err)
	}
	if body != nil {
		if err := json.Unmarshal([]byte(*body), &h.heading); err != nil {
			return nil, fmt.Errorf("heading of fund %d: %w", fund, err)
		}
	}
	return h, h.loadLists(ctx, tx)
}

func (h *head) loadLists(ctx context.Context, tx pgx.Tx) (err error) {
	if h.accounts, err = accountsOf(ctx, tx, h.fund); err != nil {
		return err
	}
	if err := scanNames(ctx, tx, h.purposes, `SELECT purpose_id, name FROM purpose WHERE fund_id = $1`, h.fund); err != nil {
		return err
	}
	if err := scanNames(ctx, tx, h.campaigns, `SELECT campaign_id, name FROM campaign WHERE fund_id = $1`, h.fund); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT series, year, next_no FROM series WHERE fund_id = $1`, h.fund)
	if err != nil {
		return err
	}
	var key seriesYear
	var next int64
	_, err = pgx.ForEachRow(rows, []any{&key.series, &key.year, &next}, func() error {
		h.series[key] = next
		return nil
	})
	return err
}

func scanNames(ctx context.Context, tx pgx.Tx, into map[int64]string, query string, fund FundID) error {
	rows, err := tx.Query(ctx, query, fund)
	if err != nil {
		return err
	}
	var id int64
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		into[id] = name
		return nil
	})
	return err
}
