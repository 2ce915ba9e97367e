package api

import (
	"fmt"
	"testing"
	"time"
)

func TestAThrottleLetsABurstThroughAndThenOnePerInterval(t *testing.T) {
	t.Parallel()
	clock := &fakeClock{t: time.Unix(0, 0)}
	th := newThrottle(10*time.Second, 2, clock.now)
	for i, want := range []bool{true, true, false} {
		if got := th.allow("a"); got != want {
			t.Errorf("attempt %d: %v", i, got)
		}
	}
	if !th.allow("b") {
		t.Error("another key pays for the first")
	}
	clock.move(9 * time.Second)
	if th.allow("a") {
		t.Error("allowed a second too early")
	}
	clock.move(time.Second)
	if !th.allow("a") {
		t.Error("refused after the interval")
	}
}

func TestAThrottleRemembersABoundedNumberOfKeys(t *testing.T) {
	t.Parallel()
	clock := &fakeClock{t: time.Unix(0, 0)}
	th := newThrottle(time.Hour, 1, clock.now)
	th.allow("kept")
	for i := range maxThrottled {
		th.allow(fmt.Sprint(i))
	}
	if th.allow("kept") {
		t.Error("one generation of other keys made it forget")
	}
	for i := range 5 * maxThrottled {
		th.allow(fmt.Sprint("x", i))
	}
	if n := len(th.young) + len(th.old); n > 2*maxThrottled {
		t.Errorf("remembers %d keys", n)
	}
}

func TestAddressOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, remote, forwarded, want string }{
		{"an IPv4 address", "198.51.100.7:4711", "", "198.51.100.7"},
		{"a stranger's claim is not believed", "198.51.100.7:4711", "203.0.113.9", "198.51.100.7"},
		{"our proxy names the caller last", "127.0.0.1:4711", "10.0.0.1, 203.0.113.9", "203.0.113.9"},
		{"our proxy over IPv6", "[::1]:4711", "203.0.113.9", "203.0.113.9"},
		{"our proxy names nonsense", "127.0.0.1:4711", "unknown", "127.0.0.1"},
		{"IPv6 counts as its /64", "[2001:db8:1:2:3:4:5:6]:4711", "", "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:198.51.100.7]:4711", "", "198.51.100.7"},
		{"a zone does not make another", "[fe80::1%eth0]:4711", "", "fe80::/64"},
		{"no address at all", "@", "", "@"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := addressOf(tt.remote, tt.forwarded); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
