package ledger

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"sovang/ledger/proof"
	"sovang/ledger/viet"
)

// command is one write as its caller asks it, before it has a number.
type command struct {
	actor Actor
	perm  Perm
	key   Key
	kind  string
	input any // what the key is bound to
	// shares says that the command lowers no floor (money in, or no money), so that it may share a transaction.
	shares bool
	bulk   bool // one of thousands: it shares with its like only, in larger transactions
	// fill completes the draft from the head: it validates, takes numbers, adds rows. It runs again when
	// the head has moved, and must not look at the database.
	fill func(h *head, d *draft) error
}

// draft is one entry with everything that goes into the transaction with it.
type draft struct {
	fund      FundID
	entry     proof.Entry
	canonical []byte // of entry
	at        time.Time
	secret    []byte             // nil: the entry says nothing about people
	said      string             // JSON of what it says
	ofEntry   *int64             // the gift, when its document replaces an earlier one
	seenAt    pgtype.Timestamptz // the head's last instant before this entry
	code      string             // for a document, should the entry take one
	donor     *donorRow
	donation  *donationRow
	calls     []call // functions of nouns that are written one at a time
}

// call is one function of the database, run after post_batch in the same transaction.
type call struct {
	sql  string
	args []any
}

// call has one function of the database run in the entry's transaction, after post_batch.
func (d *draft) call(sql string, args ...any) { d.calls = append(d.calls, call{sql, args}) }

// outcome is what became of one command.
type outcome struct {
	entryNo  int64
	replayed bool
	draft    *draft // nil when replayed or refused
	err      error
}

// write is the one write door for a single command.
func (l *Ledger) write(ctx context.Context, fund FundID, c command) outcome {
	return l.writeAll(ctx, fund, []command{c})[0]
}

// writeAll is the write door: permission, then the fund's line, where commands may share a transaction with others
// that wait. One that is refused leaves the others whole. A caller that gives up hears "unavailable": what became
// of its command is settled by asking again with the same key.
func (l *Ledger) writeAll(ctx context.Context, fund FundID, cmds []command) []outcome {
	out := make([]outcome, len(cmds))
	tickets := make([]*ticket, 0, len(cmds))
	place := make([]int, 0, len(cmds))
	for i, c := range cmds {
		if !c.actor.Can(fund, c.perm) {
			out[i].err = &Error{Code: CodeForbidden}
			l.note(ctx, fund, c.actor, "refused."+string(c.perm), c.kind)
			continue
		}
		tickets, place = append(tickets, &ticket{command: c, done: make(chan outcome, 1)}), append(place, i)
	}
	if len(tickets) == 0 {
		return out
	}
	q := l.queueOf(fund)
	if err := l.enter(ctx, fund, q, tickets); err != nil {
		for _, i := range place {
			out[i].err = err
		}
		return out
	}
	for n, o := range q.wait(ctx, tickets) {
		out[place[n]] = o
	}
	return out
}

// draft makes the entry of one command on the head. On a refusal the head is as it was.
func (l *Ledger) draft(h *head, c command) (*draft, error) {
	before := *h
	before.series = maps.Clone(h.series)
	d := &draft{fund: h.fund, at: h.next(l.now()), seenAt: h.lastAt}
	d.entry = proof.Entry{
		Fund: h.code, Number: uint64(h.nextEntry), Kind: c.kind, RecordedAt: d.at,
		EffectiveOn: DateOf(d.at).String(), Actor: int64(c.actor.ID), Key: c.key,
	}
	var err error
	if d.code, err = l.receiptCode(); err != nil {
		return nil, err
	}
	if err := c.fill(h, d); err != nil {
		*h = before
		return nil, err
	}
	if err := d.seal(c); err != nil {
		*h = before
		return nil, err
	}
	h.nextEntry++
	h.lastAt.Time, h.lastAt.InfinityModifier, h.lastAt.Valid = d.at, 0, true
	return d, nil
}

func (l *Ledger) rand(b []byte) error {
	_, err := io.ReadFull(l.random, b)
	return err
}

// say makes the entry speak about people: texts enter the log as commitments, one per field, and stand in
// entry_person as they were said.
func (l *Ledger) say(d *draft, said any, fields map[string]string) error {
	d.secret = make([]byte, 16)
	if err := l.rand(d.secret); err != nil {
		return err
	}
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	d.said = string(body)
	d.entry.Commitments = commitments(d.secret, fields)
	return nil
}

// commitments binds each field that says something.
func commitments(secret []byte, fields map[string]string) []proof.Commitment {
	var list []proof.Commitment
	for name, value := range fields {
		if value != "" {
			list = append(list, proof.Commitment{Name: name, Sum: proof.Commit(secret, name, []byte(value))})
		}
	}
	sortCommitments(list)
	return list
}

// seal finishes the entry: the request's hash, facts in order.
func (d *draft) seal(c command) error {
	d.entry.Request = requestHash(d.secret, requestBody(c.actor, c.kind, c.input))
	sortFacts(d.entry.Facts)
	if d.said != "" && !viet.IsNFC(d.said) {
		return invalid("text", "not_nfc")
	}
	canonical, err := proof.Encode(d.entry)
	if err != nil {
		return &Error{Code: CodeInvalid, Field: "text", Reason: "not_encodable", err: err}
	}
	d.canonical = canonical
	return nil
}

// fact adds one named text to the entry; empty ones are left out.
func (d *draft) fact(name, value string) {
	if value != "" {
		d.entry.Facts = append(d.entry.Facts, proof.Fact{Name: name, Value: value})
	}
}

// sendBatch sends a pipeline: on a connection of the pool, or in a transaction that holds the fund's lock.
type sendBatch func(context.Context, *pgx.Batch) pgx.BatchResults

// flush writes the drafts in one round trip: what must stand before them, post_batch, the nouns' set-wise
// functions, the commit.
func (l *Ledger) flush(ctx context.Context, send sendBatch, h *head, drafts []*draft, before ...call) error {
	if len(drafts) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	if len(drafts) == 1 && drafts[0].plain() {
		queueGift(b, h, drafts[0])
		return send(ctx, b).Close()
	}
	for _, c := range before {
		b.Queue(c.sql, c.args...)
	}
	if err := queuePost(b, h, drafts); err != nil {
		return err
	}
	queueDonors(b, h.fund, drafts)
	queueDonations(b, h.fund, drafts)
	for _, d := range drafts {
		for _, c := range d.calls {
			b.Queue(c.sql, c.args...)
		}
	}
	return send(ctx, b).Close() // without BEGIN the pipeline is one transaction, up to its end
}
