package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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
	// fill completes the draft from the head: it validates, takes numbers, adds rows. It runs again when
	// the head has moved, and must not look at the database.
	fill func(h *head, d *draft) error
}

// draft is one entry with everything that goes into the transaction with it.
type draft struct {
	fund     FundID
	entry    proof.Entry
	at       time.Time
	secret   []byte             // nil: the entry says nothing about people
	said     string             // JSON of what it says
	ofEntry  *int64             // the gift, when its document replaces an earlier one
	seenAt   pgtype.Timestamptz // the head's last instant before this entry
	code     string             // for a document, should the entry take one
	donor    *donorRow
	donation *donationRow
	calls    []call // functions of nouns that are written one at a time
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

// writeAll is the write door: permission, then in the fund's turn the drafts, then one round trip. Commands
// share the transaction; one that is refused leaves the others whole.
func (l *Ledger) writeAll(ctx context.Context, fund FundID, cmds []command) []outcome {
	out := make([]outcome, len(cmds))
	var allowed []int
	for i, c := range cmds {
		if c.actor.Can(fund, c.perm) {
			allowed = append(allowed, i)
			continue
		}
		out[i].err = &Error{Code: CodeForbidden}
		l.note(ctx, fund, c.actor, "refused."+string(c.perm), c.kind)
	}
	if len(allowed) == 0 {
		return out
	}
	err := l.attempts(ctx, fund, func(h *head) error { return l.try(ctx, h, cmds, allowed, out) })
	if err == nil {
		return out
	}
	if len(allowed) > 1 && refusal(err) { // one of them is at fault: each goes alone
		for _, i := range allowed {
			out[i] = l.write(ctx, fund, cmds[i])
		}
		return out
	}
	for _, i := range allowed {
		out[i] = l.resolve(ctx, fund, cmds[i], err)
	}
	return out
}

// refusal says that the database answered, and said no.
func refusal(err error) bool {
	switch CodeOf(err) {
	case "internal", CodeUnavailable, CodeBusy, CodeStale:
		return false
	}
	return true
}

// resolve answers a refused command: a key that already succeeded gives its first answer, whatever rule the
// retry tripped over.
func (l *Ledger) resolve(ctx context.Context, fund FundID, c command, refused error) outcome {
	if code := CodeOf(refused); code == CodeUnavailable || code == CodeBusy || code == "internal" {
		return outcome{err: refused}
	}
	seen, err := l.seen(ctx, fund, []command{c})
	if err != nil {
		return outcome{err: err}
	}
	if o, ok := seen[c.key]; ok {
		return o
	}
	return outcome{err: refused}
}

// try drafts the commands on a copy of the head and posts them. It gives a *Error with CodeStale when the
// head has moved; refusals of single commands stay in out.
func (l *Ledger) try(ctx context.Context, h *head, cmds []command, allowed []int, out []outcome) error {
	var drafts []*draft
	var posted, refused []int
	for _, i := range allowed {
		if repeats(cmds, posted, i) {
			refused = append(refused, i) // the same key twice in one batch: answered from the first
			out[i] = outcome{err: &Error{Code: CodeKeyReused}}
			continue
		}
		d, err := l.draft(h, cmds[i])
		if err != nil {
			refused = append(refused, i)
			out[i] = outcome{err: err}
			continue
		}
		drafts, posted = append(drafts, d), append(posted, i)
		out[i] = outcome{entryNo: int64(d.entry.Number), draft: d}
	}
	err := l.flush(ctx, h, drafts)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == stateSeen {
		return l.tryRest(ctx, h, cmds, allowed, out)
	}
	if err != nil {
		return fromPg(err)
	}
	for _, i := range refused {
		out[i] = l.resolve(ctx, h.fund, cmds[i], out[i].err)
	}
	return nil
}

// tryRest answers the replays among the commands and has the others go again.
func (l *Ledger) tryRest(ctx context.Context, h *head, cmds []command, allowed []int, out []outcome) error {
	seen, err := l.seen(ctx, h.fund, pick(cmds, allowed))
	if err != nil {
		return err
	}
	var rest []int
	for _, i := range allowed {
		if o, ok := seen[cmds[i].key]; ok {
			out[i] = l.replay(ctx, h.fund, cmds[i], o)
			continue
		}
		rest = append(rest, i)
	}
	fresh, err := l.loadHead(ctx, h.fund)
	if err != nil {
		return err
	}
	*h = *fresh
	if len(rest) == 0 {
		return nil
	}
	return l.try(ctx, h, cmds, rest, out)
}

// replay compares a seen key with this very command: two commands of a batch may share a key and not their
// content.
func (l *Ledger) replay(ctx context.Context, fund FundID, c command, o outcome) outcome {
	again, err := l.seen(ctx, fund, []command{c})
	if err != nil {
		return outcome{err: err}
	}
	if one, ok := again[c.key]; ok {
		return one
	}
	return o
}

func pick(cmds []command, which []int) []command {
	var some []command
	for _, i := range which {
		some = append(some, cmds[i])
	}
	return some
}

func repeats(cmds []command, before []int, i int) bool {
	for _, j := range before {
		if cmds[j].key == cmds[i].key {
			return true
		}
	}
	return false
}

// seen looks keys up: an outcome for each that was used, with key_reused where the content was another.
func (l *Ledger) seen(ctx context.Context, fund FundID, cmds []command) (map[Key]outcome, error) {
	byKey := map[Key]command{}
	var keys [][16]byte
	for _, c := range cmds {
		byKey[c.key] = c
		keys = append(keys, c.key)
	}
	found := map[Key]outcome{}
	err := l.read(ctx, Actor{Roles: map[FundID][]Role{fund: {RoleInspector}}}.funds(), func(tx pgx.Tx) error {
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
		var hash, secret []byte
		_, err = pgx.ForEachRow(rows, []any{&key, &no, &hash, &secret}, func() error {
			c := byKey[key]
			o := outcome{entryNo: no, replayed: true}
			if requestHash(secret, requestBody(c.actor, c.kind, c.input)) != [32]byte(hash) {
				o = outcome{err: &Error{Code: CodeKeyReused, Entry: no}}
			}
			found[key] = o
			return nil
		})
		return err
	})
	return found, err
}

// draft makes the entry of one command on the head. On a refusal the head is as it was.
func (l *Ledger) draft(h *head, c command) (*draft, error) {
	before := h.clone()
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
		*h = *before
		return nil, err
	}
	if err := d.seal(c); err != nil {
		*h = *before
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
	return nil
}

// fact adds one named text to the entry; empty ones are left out.
func (d *draft) fact(name, value string) {
	if value != "" {
		d.entry.Facts = append(d.entry.Facts, proof.Fact{Name: name, Value: value})
	}
}

// flush writes the drafts in one round trip: what must stand before them, post_batch, the nouns' set-wise
// functions, the commit.
func (l *Ledger) flush(ctx context.Context, h *head, drafts []*draft, before ...call) error {
	if len(drafts) == 0 {
		return nil
	}
	b := &pgx.Batch{}
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
	return l.pool.SendBatch(ctx, b).Close() // without BEGIN the pipeline is one transaction, up to its end
}
