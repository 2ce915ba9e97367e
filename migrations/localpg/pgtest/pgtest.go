// Package pgtest gives a test a migrated database of its own.
//
// The first call in a test binary starts one private cluster and migrates one template; each call clones the
// template. When the test binary ends, in whatever way, the cluster stops and its folder goes.
package pgtest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sovang/migrations"
	"sovang/migrations/localpg"
)

const (
	template = "template_sovang"
	limit    = 2 * time.Minute // to start, migrate or clone on a busy machine
)

var (
	number atomic.Int64

	// Server is this test binary's cluster, started at the first call.
	Server = sync.OnceValues(func() (*localpg.Server, error) {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		s, err := localpg.Throwaway(ctx, localpg.Options{MaxConnections: 400})
		if err != nil {
			return nil, err
		}
		if err := s.Create(ctx, template); err != nil {
			return nil, err
		}
		if err := migrations.Up(ctx, s.AdminDSN(template)); err != nil {
			return nil, err
		}
		return s, nil
	})
)

// New makes a database with every migration applied and gives its addresses: for the superuser, and for the
// program, whose login may become sovang_app. It is dropped when the test ends, whoever is still connected.
// A machine without PostgreSQL fails the test.
func New(t testing.TB) (adminDSN, appDSN string) {
	t.Helper()
	return clone(t, template)
}

// Empty is New without migrations.
func Empty(t testing.TB) (adminDSN, appDSN string) {
	t.Helper()
	return clone(t, "template1")
}

func clone(t testing.TB, from string) (adminDSN, appDSN string) {
	t.Helper()
	s, err := Server()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	name := fmt.Sprintf("test_%d", number.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := s.Clone(ctx, from, name); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := s.Drop(ctx, name); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return s.AdminDSN(name), s.DSN(name)
}
