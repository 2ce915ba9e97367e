package ledger_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
)

// cutter stands between the program and PostgreSQL and cuts the line at a chosen moment.
type cutter struct {
	listener net.Listener
	to       string
	mode     atomic.Int32
	cut      atomic.Int32 // how often it cut
}

// When the line is cut: never; when the write comes, before PostgreSQL sees it; after PostgreSQL has answered
// the write, before the program sees that.
const (
	cutNever = iota
	cutBefore
	cutAfter
)

// writes marks the message that carries the write.
const writes = "donation_marker"

func newCutter(t *testing.T, dsn string) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	dir, err := os.MkdirTemp("", "cut")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: listener, to: filepath.Join(q.Get("host"), ".s.PGSQL.5432")}
	t.Cleanup(func() { _ = listener.Close() })
	go c.serve()
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return c, u.String()
}

func (c *cutter) serve() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("unix", c.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		go c.join(near, far)
	}
}

func (c *cutter) join(near, far net.Conn) {
	var once sync.Once
	hang := func() { once.Do(func() { _ = near.Close(); _ = far.Close() }) }
	defer hang()
	var writing atomic.Bool
	go func() {
		defer hang()
		pump(near, far, func(b []byte) bool {
			if contains(b, writes) {
				if c.mode.Load() == cutBefore {
					c.cut.Add(1)
					return false
				}
				writing.Store(true)
			}
			return true
		})
	}()
	pump(far, near, func(b []byte) bool {
		// The answer to the whole pipeline ends in ReadyForQuery: by then the commit is on disk.
		if writing.Load() && c.mode.Load() == cutAfter && len(b) >= 6 && b[len(b)-6] == 'Z' {
			c.cut.Add(1)
			return false
		}
		return true
	})
}

func contains(b []byte, s string) bool {
	for i := 0; i+len(s) <= len(b); i++ {
		if string(b[i:i+len(s)]) == s {
			return true
		}
	}
	return false
}

// pump copies until a side ends or pass says no.
func pump(from io.Reader, to io.Writer, pass func([]byte) bool) {
	buffer := make([]byte, 1<<20)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if !pass(buffer[:n]) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// C4, C5: the line is cut before the write arrives, or after it was committed and before the answer came back. The
// caller is told that it is not known; asking again with the same key gives exactly one entry and one number.
func TestC5ALostAcknowledgementIsSettledByTheKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		mode    int32
		written int64 // receipts before anybody asked again
	}{
		{"cut before the write arrived", cutBefore, 0},
		{"cut after the commit, before the answer", cutAfter, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := ledgertest.New(t)
			line, dsn := newCutter(t, f.AppDSN)
			far, err := ledger.Open(t.Context(), dsn, ledger.Options{MaxConns: 2})
			if err != nil {
				t.Fatal(err)
			}
			defer far.Close()
			gift := ledgertest.Cash(50_000)
			gift.Memo = writes
			key := f.Key()

			line.mode.Store(tt.mode)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err = far.RecordDonation(ctx, f.Recorder, f.Fund, key, gift)
			if ledger.CodeOf(err) != ledger.CodeUnavailable || line.cut.Load() == 0 {
				t.Fatalf("cut %d times, and the answer was %v; want unavailable", line.cut.Load(), err)
			}
			if n := receiptCount(t, f); n != tt.written {
				t.Errorf("%d receipts before the retry, want %d", n, tt.written)
			}

			line.mode.Store(cutNever)
			again, err := far.RecordDonation(ctx, f.Recorder, f.Fund, key, gift)
			if err != nil || again.Receipt.Number != 1 || again.Replayed != (tt.written == 1) {
				t.Errorf("the retry gave %+v, %v", again.Receipt, err)
			}
			if n := receiptCount(t, f); n != 1 {
				t.Errorf("%d receipts in the end", n)
			}
			gift.Memo = writes + " khác"
			if _, err := far.RecordDonation(ctx, f.Recorder, f.Fund, key, gift); ledger.CodeOf(err) != ledger.CodeKeyReused {
				t.Errorf("other content with the key: %v", err)
			}
		})
	}
}
