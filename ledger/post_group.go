package ledger

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// post writes a batch of commands of one fund as one transaction and fills in each ticket's outcome. It takes the
// belief about the head and gives back the new one, or nil when it no longer knows.
func (l *Ledger) post(ctx context.Context, fund FundID, h *head, tickets []*ticket) *head {
	for range maxAttempts {
		if h == nil {
			var err error
			if h, err = l.loadHead(ctx, fund); err != nil {
				failAll(tickets, err)
				return nil
			}
		}
		next := h.clone()
		drafts, drafted, refused := l.drafts(next, tickets)
		err := l.flush(ctx, next, drafts)
		switch {
		case err == nil:
			l.answer(ctx, fund, refused)
			return next
		case isState(err, stateStale):
			h = nil
		case isState(err, stateSeen):
			if tickets, err = l.replays(ctx, fund, tickets); err != nil {
				failAll(tickets, err)
				return nil
			}
			if len(tickets) == 0 {
				return nil
			}
			h = nil
		case rolledBack(err) && len(drafted) > 1: // one of them is at fault: each goes alone
			for _, t := range tickets {
				h = l.post(ctx, fund, h, []*ticket{t})
			}
			return h
		default:
			failAll(drafted, fromPg(err))
			l.answer(ctx, fund, tickets)
			return nil
		}
	}
	failAll(tickets, &Error{Code: CodeBusy})
	return nil
}

// drafts makes the entries of the commands. A command that is refused, or whose key another of the batch has, makes
// none; its ticket holds the refusal until answer has looked for its key.
func (l *Ledger) drafts(h *head, tickets []*ticket) (drafts []*draft, drafted, refused []*ticket) {
	keys := make(map[Key]bool, len(tickets))
	for _, t := range tickets {
		t.out = outcome{err: &Error{Code: CodeKeyReused}}
		if !keys[t.key] {
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
