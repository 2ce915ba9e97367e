package ledger_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/proof"
)

// growth asks a log for the body with which a witness is asked.
func growth(t *testing.T, f *ledgertest.Fixture, old int64) string {
	t.Helper()
	if _, _, err := f.Checkpoint(t.Context(), f.Fund); err != nil {
		t.Fatal(err)
	}
	body, err := f.Growth(t.Context(), f.Fund, old)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// sizeOf is the size of the checkpoint in a body.
func sizeOf(t *testing.T, body string) int64 {
	t.Helper()
	g, err := proof.ParseGrowth(body)
	if err != nil {
		t.Fatal(err)
	}
	c, err := proof.PeekCheckpoint(g.Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	return c.Size
}

// refused says with which code and reason a body was refused.
func refused(t *testing.T, w *ledgertest.Fixture, keys []string, body string) string {
	t.Helper()
	_, err := w.Cosign(t.Context(), keys, body)
	var e *ledger.Error
	if !errors.As(err, &e) {
		t.Errorf("not refused: %v", err)
		return ""
	}
	return string(e.Code) + " " + e.Reason
}

func TestC15AWitnessCosignsWhatContinuesAndNothingElse(t *testing.T) {
	t.Parallel()
	f, w := ledgertest.New(t), ledgertest.New(t)
	keys := f.LogKeys().Verifiers("HD")
	f.Give(1_000)
	first := growth(t, f, 0)
	line, err := w.Cosign(t.Context(), keys, first)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := proof.ParseGrowth(first)
	cosignedByOthersToo(t, g.Checkpoint+line, w.LogKeys().WitnessKey())

	size := sizeOf(t, first)
	if _, err := w.Cosign(t.Context(), keys, growth(t, f, size)); err != nil {
		t.Errorf("the same checkpoint again: %v", err)
	}
	giveMany(t, f, f.Fund, 300)
	second := growth(t, f, size)
	for _, tt := range []struct {
		name, body, want string
		keys             []string
	}{
		{"from another size than seen last", growth(t, f, 0), "stale other_size", keys},
		{"a path from elsewhere", strings.Replace(second, "\n\n", "\n"+strings.Repeat("A", 43)+"=\n\n", 1), "wrong_state fork", keys},
		{"a key that did not sign", second, "invalid wrong_key", otherKeys(t, "so-vang.test/log", "HD")},
		{"another log's key", second, "invalid other_log", f.LogKeys().Verifiers("HP")},
		{"no body", "", "invalid malformed", keys},
		{"no key", second, "invalid wrong_key", nil},
		{"a text for a key", second, "invalid key", []string{"x"}},
		{"a size that was touched", strings.Replace(second, "HD\n", "HD\n9", 1), "invalid signature", keys},
	} {
		if got := refused(t, w, tt.keys, tt.body); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if _, err := w.Cosign(t.Context(), keys, second); err != nil {
		t.Errorf("what continues: %v", err)
	}
	if got := refused(t, w, keys, first); got != "stale other_size" {
		t.Errorf("a smaller checkpoint afterwards: %q", got)
	}
	if last, err := w.Witnessed(t.Context(), "so-vang.test/log/HD"); err != nil || last.Size != sizeOf(t, second) {
		t.Errorf("witnessed: %+v, %v", last, err)
	}
}

func otherKeys(t *testing.T, origin, code string) []string {
	t.Helper()
	k, err := ledger.NewKeys(origin)
	if err != nil {
		t.Fatal(err)
	}
	return k.Verifiers(code)
}

// cosignedByOthersToo reads the last line as c2sp.org/tlog-cosignature has it, without our code.
func cosignedByOthersToo(t *testing.T, signed, witnessKey string) {
	t.Helper()
	at, err := proof.Cosigned(signed, witnessKey)
	if err != nil {
		t.Fatal(err)
	}
	text, sigs, _ := strings.Cut(signed, "\n\n")
	lines := strings.Split(strings.TrimSuffix(sigs, "\n"), "\n")
	words := strings.Split(lines[len(lines)-1], " ")
	parts := strings.SplitN(witnessKey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || key[0] != 4 || words[0] != "—" || words[1] != parts[0] {
		t.Fatalf("%v, %q, %v", words, witnessKey, err)
	}
	sig, err := base64.StdEncoding.DecodeString(words[2])
	if err != nil || len(sig) != 4+8+64 || hex.EncodeToString(sig[:4]) != parts[1] {
		t.Fatalf("%x, %v", sig, err)
	}
	if id := sha256.Sum256([]byte(parts[0] + "\n" + string(key))); !bytes.Equal(id[:4], sig[:4]) {
		t.Errorf("key id %x, want %x", sig[:4], id[:4])
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s\n", binary.BigEndian.Uint64(sig[4:]), text)
	if !ed25519.Verify(key[1:], []byte(message), sig[12:]) || at.Unix() != int64(binary.BigEndian.Uint64(sig[4:])) {
		t.Errorf("the cosignature at %v does not verify", at)
	}
}

// Two logs that call themselves the same and are signed with the same key: what a fund's keeper would have to run to
// show two faces.
func TestC15AWitnessRefusesASplitView(t *testing.T) {
	t.Parallel()
	one, two, w := ledgertest.New(t), ledgertest.New(t), ledgertest.New(t)
	keys := one.LogKeys().Verifiers("HD")
	one.Give(1_000)
	two.Give(2_000)
	if _, err := w.Cosign(t.Context(), keys, growth(t, one, 0)); err != nil {
		t.Fatal(err)
	}
	same := growth(t, two, 0)
	size := sizeOf(t, same)
	if got := refused(t, w, keys, growth(t, two, size)); got != "wrong_state split_view" {
		t.Errorf("another root at the same size: %q", got)
	}
	giveMany(t, two, two.Fund, 20)
	if got := refused(t, w, keys, growth(t, two, size)); got != "wrong_state fork" {
		t.Errorf("a longer log with another beginning: %q", got)
	}
	if got := refused(t, w, keys, same); got != "stale other_size" {
		t.Errorf("pretending that nothing was seen: %q", got)
	}
	giveMany(t, one, one.Fund, 20)
	if _, err := w.Cosign(t.Context(), keys, growth(t, one, size)); err != nil {
		t.Errorf("the log that it knows: %v", err)
	}
}

func TestC15TwoRequestsAtOnceNeverTakeAWitnessBack(t *testing.T) {
	t.Parallel()
	f, w := ledgertest.New(t), ledgertest.New(t)
	keys := f.LogKeys().Verifiers("HD")
	f.Give(1_000)
	if _, err := w.Cosign(t.Context(), keys, growth(t, f, 0)); err != nil {
		t.Fatal(err)
	}
	for range soak(5) {
		last, err := w.Witnessed(t.Context(), "so-vang.test/log/HD")
		if err != nil {
			t.Fatal(err)
		}
		var bodies []string
		for range 4 {
			f.Give(1_000)
			bodies = append(bodies, growth(t, f, last.Size))
		}
		var wg sync.WaitGroup
		done := make([]error, len(bodies))
		for i, body := range bodies {
			wg.Go(func() { _, done[i] = w.Cosign(t.Context(), keys, body) })
		}
		wg.Wait()
		accepted := 0
		for i, err := range done {
			switch ledger.CodeOf(err) {
			case "":
				accepted++
				if now, err := w.Witnessed(t.Context(), "so-vang.test/log/HD"); err != nil || now.Size != sizeOf(t, bodies[i]) {
					t.Errorf("cosigned %d and keeps %d, %v", sizeOf(t, bodies[i]), now.Size, err)
				}
			case ledger.CodeStale:
			default:
				t.Error(err)
			}
		}
		if accepted != 1 {
			t.Errorf("%d of 4 were cosigned from one size", accepted)
		}
	}
}

// Another installation follows a log by what is published of it alone.
func TestC15AnotherInstallationFollowsThePublishedLog(t *testing.T) {
	t.Parallel()
	f, two, w := ledgertest.New(t), ledgertest.New(t), ledgertest.New(t)
	keys := f.LogKeys().Verifiers("HD")
	address := func(f *ledgertest.Fixture) func(context.Context, string) ([]byte, error) {
		return func(ctx context.Context, path string) ([]byte, error) {
			if path == "checkpoint" {
				signed, err := f.Published(ctx, "HD")
				return []byte(signed), err
			}
			return f.Tile(ctx, "HD", path)
		}
	}
	for _, many := range []int{1, 0, 10, 250, 400} {
		if many > 0 {
			giveMany(t, f, f.Fund, many)
		}
		if _, _, err := f.Checkpoint(t.Context(), f.Fund); err != nil {
			t.Fatal(err)
		}
		signed, line, err := w.Follow(t.Context(), keys, address(f))
		if err != nil {
			t.Fatal(err)
		}
		cosignedByOthersToo(t, signed+line, w.LogKeys().WitnessKey())
	}
	giveMany(t, two, two.Fund, 700)
	if _, _, err := two.Checkpoint(t.Context(), two.Fund); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.Follow(t.Context(), keys, address(two))
	var e *ledger.Error
	if !errors.As(err, &e) || e.Reason != "fork" {
		t.Errorf("another log under the same name: %v", err)
	}
	lying := func(ctx context.Context, path string) ([]byte, error) {
		data, err := address(f)(ctx, path)
		if path != "checkpoint" && err == nil {
			data[5] ^= 1
		}
		return data, err
	}
	f.Give(1_000)
	if _, _, err := f.Checkpoint(t.Context(), f.Fund); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Follow(t.Context(), keys, lying); err == nil {
		t.Error("tiles that do not come to the root were believed")
	}
	if _, _, err := w.Follow(t.Context(), keys, address(f)); err != nil {
		t.Error(err)
	}
}
