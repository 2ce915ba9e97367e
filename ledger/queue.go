package ledger

import (
	"context"
	"sync"
	"time"
)

// queue is one fund's line of waiting commands in this program. They wait without a connection. One drain at a time
// takes what waits, posts it as one transaction, answers each, and looks again: the next batch gathers while the
// last one commits, and nobody waits for company.
type queue struct {
	mu       sync.Mutex
	waiting  []*ticket
	draining bool
	head     *head // the drain's belief; nil: read it anew
}

// ticket is one command in line. Its answer comes through done, once.
type ticket struct {
	command
	done   chan outcome
	out    outcome
	double bool // another of its batch has the same key
}

// postLimit is how long one batch may take before its outcome counts as unknown.
const postLimit = 2 * statementLimit

func (l *Ledger) queueOf(fund FundID) *queue {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.queues[fund]
	if q == nil {
		q = &queue{}
		l.queues[fund] = q
	}
	return q
}

// enter puts commands in line and sees to it that somebody drains. More than maxWaiting are told that it is busy; a bulk, which
// holds one slice in memory anyway, always enters.
func (l *Ledger) enter(ctx context.Context, fund FundID, q *queue, tickets []*ticket) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() != nil {
		return &Error{Code: CodeUnavailable, err: ctx.Err()}
	}
	if len(q.waiting) > 0 && len(q.waiting)+len(tickets) > maxWaiting && !tickets[0].bulk {
		return &Error{Code: CodeBusy}
	}
	if !l.begin(!q.draining) {
		return &Error{Code: CodeUnavailable}
	}
	if !q.draining {
		q.draining = true
		go l.drain(fund, q)
	}
	q.waiting = append(q.waiting, tickets...)
	return nil
}

// begin says whether one may still enter, and counts one more drain where one is needed.
func (l *Ledger) begin(drain bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return false
	}
	if drain {
		l.drains.Add(1)
	}
	return true
}

// leave takes the tickets of a caller that gave up out of the line; those that are being posted go on.
func (q *queue) leave(tickets []*ticket) {
	gone := map[*ticket]bool{}
	for _, t := range tickets {
		gone[t] = true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	kept := q.waiting[:0]
	for _, t := range q.waiting {
		if !gone[t] {
			kept = append(kept, t)
		}
	}
	clear(q.waiting[len(kept):])
	q.waiting = kept
}

// next takes what may share one transaction: commands that lower no floor share, any other goes by itself, so that
// netting hides nothing and one refusal harms no neighbour.
func (q *queue) next() []*ticket {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, most := 0, maxShared
	if len(q.waiting) > 0 && q.waiting[0].bulk {
		most = maxBulk
	}
	for n < len(q.waiting) && n < most && (n == 0 || q.waiting[n].goesWith(q.waiting[0])) {
		n++
	}
	if n == 0 {
		q.draining = false
		return nil
	}
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return batch
}

// goesWith says that two commands may share a transaction.
func (t *ticket) goesWith(first *ticket) bool {
	return t.shares && first.shares && t.bulk == first.bulk
}

// drain posts until nobody waits. It belongs to no caller: one that gives up does not stop its neighbours.
func (l *Ledger) drain(fund FundID, q *queue) {
	defer l.drains.Done()
	for batch := q.next(); batch != nil; batch = q.next() {
		ctx, cancel := context.WithTimeout(context.Background(), postLimit)
		q.head = l.post(ctx, fund, q.head, batch)
		cancel()
		for _, t := range batch {
			t.done <- t.out
		}
	}
}

// wait collects the answers of a caller's tickets.
func (q *queue) wait(ctx context.Context, tickets []*ticket) []outcome {
	out := make([]outcome, len(tickets))
	for i, t := range tickets {
		select {
		case out[i] = <-t.done:
		case <-ctx.Done():
			q.leave(tickets[i:])
			for j, late := range tickets[i:] {
				select {
				case out[i+j] = <-late.done:
				default:
					out[i+j].err = &Error{Code: CodeUnavailable, err: ctx.Err()}
				}
			}
			return out
		}
	}
	return out
}

// settle waits at most this long for what is being posted when the ledger closes.
const settle = 30 * time.Second

// finish lets every line run empty; nobody enters any more.
func (l *Ledger) finish() {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	empty := make(chan struct{})
	go func() {
		l.drains.Wait()
		close(empty)
	}()
	select {
	case <-empty:
	case <-time.After(settle):
	}
}
