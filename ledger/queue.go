package ledger

import (
	"context"
	"errors"
)

// queue is one fund's line of waiting writers in this program. They wait without a connection; the one whose
// turn it is holds the belief about the head.
type queue struct {
	turn    chan *head    // holds the belief while nobody writes; nil: read it anew
	waiting chan struct{} // bounds the line
}

func (l *Ledger) queueOf(fund FundID) *queue {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.queues[fund]
	if q == nil {
		q = &queue{turn: make(chan *head, 1), waiting: make(chan struct{}, maxWaiting)}
		q.turn <- nil
		l.queues[fund] = q
	}
	return q
}

// inTurn runs do as the only writer of the fund in this program. do gets the belief and gives back the new
// one, or nil when it no longer knows. A caller that gives up while waiting has written nothing.
func (l *Ledger) inTurn(ctx context.Context, fund FundID, do func(*head) *head) error {
	q := l.queueOf(fund)
	select {
	case q.waiting <- struct{}{}:
	default:
		return &Error{Code: CodeBusy}
	}
	defer func() { <-q.waiting }()
	select {
	case h := <-q.turn:
		defer func() { q.turn <- h }()
		h = do(h)
		return nil
	case <-ctx.Done():
		return &Error{Code: CodeUnavailable, err: ctx.Err()}
	}
}

// attempts looks at the head and tries, again and again while the head moves under it.
func (l *Ledger) attempts(ctx context.Context, fund FundID, do func(*head) error) error {
	var result error
	err := l.inTurn(ctx, fund, func(h *head) *head {
		for range maxAttempts {
			if h == nil {
				if h, result = l.loadHead(ctx, fund); result != nil {
					return nil
				}
			}
			next := h.clone()
			if result = do(next); result == nil {
				return next
			}
			var e *Error
			if !errors.As(result, &e) {
				return nil
			}
			if e.Code != CodeStale {
				if e.err == nil {
					return h // refused before the database was asked
				}
				return nil
			}
			h = nil
		}
		return nil
	})
	if err != nil {
		return err
	}
	return result
}
