package ledger

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how often a program tries with the head that it believes in. After that it takes the fund's lock first
// and reads the head under it: slower by two round trips, and sure, however busy another program is.
const patience = 3

// post writes a batch of commands of one fund as one transaction and fills in each ticket's outcome. It takes the
// belief about the head and gives back the new one, or nil when it no longer knows.
func (l *Ledger) post(ctx context.Context, fund FundID, h *head, tickets []*ticket) *head {
	var err error
	for n := range maxAttempts {
		if n >= patience {
			h, tickets, err = l.postLocked(ctx, fund, tickets)
		} else {
			h, tickets, err = l.postBelieving(ctx, fund, h, tickets)
		}
		switch {
		case err != nil:
			failAll(tickets, err)
			return nil
		case len(tickets) == 0:
			return h
		}
	}
	failAll(tickets, &Error{Code: CodeBusy})
	return nil
}

// postBelieving tries once from the belief. It gives back the tickets that must be tried again.
func (l *Ledger) postBelieving(ctx context.Context, fund FundID, h *head, tickets []*ticket) (*head, []*ticket, error) {
	if h == nil {
		var err error
		if h, err = l.loadHead(ctx, fund); err != nil {
			return nil, tickets, err
		}
	}
	return l.round(ctx, h, tickets, l.pool.SendBatch, func() {})
}

// postLocked tries once with the fund's lock in hand.
func (l *Ledger) postLocked(ctx context.Context, fund FundID, tickets []*ticket) (*head, []*ticket, error) {
	tx, err := l.pool.Begin(ctx)
	if err != nil {
		return nil, tickets, fromPg(err)
	}
	release := func() { _ = tx.Rollback(context.WithoutCancel(ctx)) } // a second time, or after a commit, it does nothing
	defer release()
	if _, err := tx.Exec(ctx, `SELECT fund_lock($1)`, fund); err != nil {
		return nil, tickets, fromPg(err)
	}
	h, err := headIn(ctx, tx, fund)
	if err != nil {
		return nil, tickets, fromPg(err)
	}
	send := func(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
		b.Queue(`COMMIT`)
		return tx.SendBatch(ctx, b)
	}
	return l.round(ctx, h, tickets, send, release)
}

// round drafts the tickets from a head and sends them as one transaction. release gives the connection back before
// others are asked for.
func (l *Ledger) round(ctx context.Context, h *head, tickets []*ticket, send sendBatch, release func()) (*head, []*ticket, error) {
	next := h.clone()
	drafts, drafted, refused := l.drafts(next, tickets)
	err := l.flush(ctx, send, next, drafts)
	release()
	switch {
	case err == nil:
		l.answer(ctx, h.fund, refused)
		return next, nil, nil
	case isState(err, stateStale):
		return nil, tickets, nil
	case isState(err, stateSeen):
		again, err := l.replays(ctx, h.fund, tickets)
		return nil, again, err
	case rolledBack(err) && len(tickets) > 1: // one of them is at fault: each goes alone
		h = nil
		for _, t := range tickets {
			h = l.post(ctx, next.fund, h, []*ticket{t})
		}
		return h, nil, nil
	}
	if !rolledBack(err) { // nobody knows what was written, nor what a second use of its key would be told
		failAll(drafted, fromPg(err))
		failAll(doubles(refused), fromPg(err))
		return nil, nil, nil
	}
	failAll(drafted, fromPg(err))
	l.answer(ctx, h.fund, tickets)
	return nil, nil, nil
}

// doubles are the tickets whose key another of the batch has.
func doubles(refused []*ticket) (list []*ticket) {
	for _, t := range refused {
		if t.double {
			list = append(list, t)
		}
	}
	return list
}

// drafts makes the entries of the commands. A command that is refused, or whose key another of the batch has, makes
// none; its ticket holds the refusal until answer has looked for its key.
func (l *Ledger) drafts(h *head, tickets []*ticket) (drafts []*draft, drafted, refused []*ticket) {
	keys := make(map[Key]bool, len(tickets))
	for _, t := range tickets {
		t.out, t.double = outcome{err: &Error{Code: CodeKeyReused}}, keys[t.key]
		if !t.double {
			d, err := l.draft(h, t.command)
			t.out = outcome{err: err}
			if err == nil {
				keys[t.key] = true
				t.out = outcome{entryNo: int64(d.entry.Number), draft: d}
				drafts, drafted = append(drafts, d), append(drafted, t)
				continue
			}
		}
		refused = append(refused, t)
	}
	// One refused for itself keeps its refusal when a later one of the batch uses the key: it came first.
	refused = slices.DeleteFunc(refused, func(t *ticket) bool { return !t.double && keys[t.key] })
	return drafts, drafted, refused
}

func failAll(tickets []*ticket, err error) {
	for _, t := range tickets {
		t.out = outcome{err: err}
	}
}

func isState(err error, state string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == state
}

// rolledBack says that the database answered, and that for certain nothing was written.
func rolledBack(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && CodeOf(fromPg(err)) != CodeUnavailable
}

// answer looks for the keys of refused commands: one that succeeded before gives its first answer, whatever rule the
// retry tripped over. Where nothing is known (the line broke) the tickets stay as they are.
func (l *Ledger) answer(ctx context.Context, fund FundID, refused []*ticket) {
	var asked []*ticket
	for _, t := range refused {
		switch CodeOf(t.out.err) {
		case "", "internal", CodeUnavailable, CodeBusy:
		default:
			asked = append(asked, t)
		}
	}
	if len(asked) == 0 {
		return
	}
	if _, err := l.replays(ctx, fund, asked); err != nil {
		failAll(asked, err)
	}
}

// replays fills in the tickets whose keys were used before, each compared with its own content, and gives back the
// others.
func (l *Ledger) replays(ctx context.Context, fund FundID, tickets []*ticket) (fresh []*ticket, err error) {
	seen, err := l.seen(ctx, fund, tickets)
	if err != nil {
		return tickets, err
	}
	for _, t := range tickets {
		first, ok := seen[t.key]
		switch {
		case !ok:
			fresh = append(fresh, t)
		case requestHash(first.secret, requestBody(t.actor, t.kind, t.input)) != first.request:
			t.out = outcome{err: &Error{Code: CodeKeyReused, Entry: first.entryNo}}
		default:
			t.out = outcome{entryNo: first.entryNo, replayed: true}
		}
	}
	return fresh, nil
}

// used is what a key was used for.
type used struct {
	entryNo int64
	request [32]byte
	secret  []byte // nil: the entry says nothing of people, or they were erased
}

// seen looks up the keys of tickets.
func (l *Ledger) seen(ctx context.Context, fund FundID, tickets []*ticket) (map[Key]used, error) {
	keys := make([][16]byte, len(tickets))
	for i, t := range tickets {
		keys[i] = t.key
	}
	found := map[Key]used{}
	err := l.readFund(ctx, readerOf(fund), fund, func(tx pgx.Tx) error {
		const query = `
			SELECT e.key, e.entry_no, e.request_hash, p.secret
			  FROM entry e
			  LEFT JOIN entry_person p ON p.fund_id = e.fund_id AND p.entry_no = e.entry_no
			 WHERE e.fund_id = $1 AND e.key = ANY ($2)`
		rows, err := tx.Query(ctx, query, fund, keys)
		if err != nil {
			return err
		}
		var key [16]byte
		var no int64
		var request, secret []byte
		_, err = pgx.ForEachRow(rows, []any{&key, &no, &request, &secret}, func() error {
			found[key] = used{no, [32]byte(request), secret}
			return nil
		})
		return err
	})
	return found, err
}
