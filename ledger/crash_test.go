package ledger_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/migrations"
	"sovang/migrations/localpg"
)

// crashDSN tells a copy of this test binary that it is the program to be killed.
const crashDSN = "SOVANG_TEST_CRASH_DSN"

// TestMain lets the binary be the program under the axe.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(crashDSN); dsn != "" {
		giveUntilKilled(dsn, os.Getenv(crashDSN+"_ROUND"))
		return
	}
	if os.Getenv("SOAK") == "" {
		_ = flag.Set("rapid.checks", "15") // each is a fund's life on a real database; -rapid.checks still decides
	}
	os.Exit(m.Run())
}

var crashRecorder = ledger.Actor{ID: 101, Login: "canbo", Name: "Người thử canbo",
	Roles: map[ledger.FundID][]ledger.Role{1: {ledger.RoleRecorder, ledger.RoleViewer}}}

// giveUntilKilled records gifts with 8 clients and says on its output which were acknowledged.
func giveUntilKilled(dsn, round string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := ledger.Open(ctx, dsn, ledger.Options{})
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for client := range 8 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				key := fmt.Sprintf("%s/%d/%d", round, client, i)
				d, err := l.RecordDonation(ctx, crashRecorder, 1, ledger.KeyOf(key), ledgertest.Cash(1_000))
				if err != nil {
					continue
				}
				mu.Lock()
				fmt.Printf("ack %s %d %d\n", key, d.EntryNo, d.Receipt.Number)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// ack is what the killed program had been told.
type ack struct {
	key    string
	entry  int64
	number int64
}

// C1: kill -9 of the program, kill -9 of PostgreSQL, and its immediate stop, under 8 writers. What was acknowledged
// is there, once, after the restart; the same key gives the same gift; the books balance.
func TestC1WhatWasAcknowledgedSurvivesKills(t *testing.T) {
	t.Parallel()
	server, dsn := crashCluster(t)
	rounds := []string{"program", "postgres", "immediate"}
	for i := range soak(len(rounds)) {
		way := rounds[i%len(rounds)]
		acks := crash(t, server, dsn, way, fmt.Sprint(i))
		if len(acks) < 20 {
			t.Errorf("round %d (%s): only %d gifts before the kill", i, way, len(acks))
		}
		afterCrash(t, dsn, acks)
	}
}

func crashCluster(t *testing.T) (*localpg.Server, string) {
	t.Helper()
	ctx := t.Context()
	folder, err := os.MkdirTemp("", "sovang-crash") // t.TempDir stands in a folder that the user postgres cannot enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	server, err := localpg.Start(ctx, folder, localpg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := server.Create(ctx, "crash"); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(ctx, server.AdminDSN("crash")); err != nil {
		t.Fatal(err)
	}
	dsn := server.DSN("crash")
	l, err := ledger.Open(ctx, dsn, ledger.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = l.OpenFund(ctx, ledger.Operator, ledger.NewKey(), ledger.NewFund{Code: "HD", Name: "Quỹ thử", Level: ledger.LevelProvince,
		Chart: "MINH-HOA", ValidFrom: ledger.Date{Year: 2021, Month: time.January, Day: 1}, Heading: ledgertest.Heading("HD")})
	if err != nil {
		t.Fatal(err)
	}
	return server, dsn
}

// crash lets a program give for a while, kills, and returns what it had acknowledged.
func crash(t *testing.T, server *localpg.Server, dsn, way, round string) (acks []ack) {
	t.Helper()
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), crashDSN+"="+dsn, crashDSN+"_ROUND="+round)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	killed := false
	for lines.Scan() {
		var a ack
		if _, err := fmt.Sscanf(lines.Text(), "ack %s %d %d", &a.key, &a.entry, &a.number); err != nil {
			t.Fatalf("the program said %q", lines.Text())
		}
		acks = append(acks, a)
		if len(acks) >= 200 && !killed {
			killed = true
			kill(t, program.Process, server.PID(), way)
		}
	}
	if err := program.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("the program ended with %v", err)
	}
	return acks
}

// kill strikes while the writers are at work; a program whose database died lives on for a moment, then dies too.
func kill(t *testing.T, program *os.Process, postmaster int, way string) {
	t.Helper()
	switch way {
	case "postgres":
		_ = syscall.Kill(postmaster, syscall.SIGKILL)
	case "immediate":
		_ = syscall.Kill(postmaster, syscall.SIGQUIT)
	}
	if way != "program" {
		time.Sleep(1500 * time.Millisecond) // the writers meet the dead, then the new server
	}
	if err := program.Kill(); err != nil {
		t.Fatal(err)
	}
}

// afterCrash asks again for every gift that was acknowledged, and checks the books.
func afterCrash(t *testing.T, dsn string, acks []ack) {
	t.Helper()
	l := reopen(t, dsn)
	defer l.Close()
	for _, a := range acks {
		d, err := l.RecordDonation(t.Context(), crashRecorder, 1, ledger.KeyOf(a.key), ledgertest.Cash(1_000))
		if err != nil || !d.Replayed || d.EntryNo != a.entry || d.Receipt.Number != a.number {
			t.Fatalf("%s was acknowledged as entry %d, number %d; now it is entry %d, number %d (replayed %v), %v",
				a.key, a.entry, a.number, d.EntryNo, d.Receipt.Number, d.Replayed, err)
		}
	}
	ledgertest.Check(t, l)
}

// reopen waits for the database to be back.
func reopen(t *testing.T, dsn string) *ledger.Ledger {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		l, err := ledger.Open(t.Context(), dsn, ledger.Options{MaxConns: 2})
		if err == nil {
			return l
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
