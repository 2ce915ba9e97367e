package api

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle is a token bucket per key. It remembers at most two generations of maxThrottled keys: when the young
// one is full it becomes the old one, and what nobody asked for since is forgotten. Who wants to be forgotten
// needs 10,000 other keys first, and the throttle by address stands before that.
type throttle struct {
	every time.Duration
	burst int
	now   func() time.Time

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newThrottle(every time.Duration, burst int, now func() time.Time) *throttle {
	return &throttle{every: every, burst: burst, now: now, young: map[string]*rate.Limiter{}}
}

// allow takes one token of the key's bucket and says whether there was one.
func (t *throttle) allow(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.young[key]
	if l == nil {
		if l = t.old[key]; l == nil {
			l = rate.NewLimiter(rate.Every(t.every), t.burst)
		}
		if len(t.young) >= maxThrottled {
			t.old, t.young = t.young, map[string]*rate.Limiter{}
		}
		t.young[key] = l
	}
	return l.AllowN(t.now(), 1)
}

// addressOf is what a throttle knows a caller by: an IPv4 address, or the /64 that one IPv6 subscriber has. A
// proxy on this machine speaks for the caller that it names last.
func addressOf(remote, forwarded string) string {
	from, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	addr := from.Addr().Unmap()
	if addr.IsLoopback() && forwarded != "" {
		if named, err := netip.ParseAddr(lastOf(forwarded)); err == nil {
			addr = named.Unmap()
		}
	}
	if addr.Is4() {
		return addr.String()
	}
	net, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return addr.String()
	}
	return net.String()
}
