package localpg

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain is also the other program: with a folder in the environment it serves that and waits to be killed.
func TestMain(m *testing.M) {
	switch folder := os.Getenv("LOCALPG_TEST_SERVE"); folder {
	case "":
		os.Exit(m.Run())
	case "throwaway":
		serve(Throwaway(context.Background(), Options{}))
	default:
		serve(Start(context.Background(), folder, Options{Fast: true}))
	}
}

func serve(s *Server, err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("ready", s.PID(), s.watch.cmd.Process.Pid, s.folder)
	time.Sleep(time.Hour)
}

// program is another program that serves a folder.
type program struct {
	cmd             *exec.Cmd
	postgres, watch int
	folder          string
}

// runProgram starts another program on a folder, as another user where cred says so, and gives what it said
// when it was refused.
func runProgram(t *testing.T, folder string, cred *syscall.Credential) (program, string) {
	t.Helper()
	cmd := exec.Command(publicCopy(t))
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "LOCALPG_TEST_SERVE="+folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	p := program{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the other program said %q: %v", line, err)
	}
	if _, err := fmt.Sscanf(line, "ready %d %d %s", &p.postgres, &p.watch, &p.folder); err != nil {
		return p, line
	}
	return p, ""
}

// publicCopy is this test's program where every user may run it: go test builds it in a private folder. Another
// program copies it: a file that this one had open for writing could not be run while a test beside it forks.
func publicCopy(t *testing.T) string {
	t.Helper()
	name := filepath.Join(folder(t), "program")
	if out, err := exec.Command("install", "-m", "0755", os.Args[0], name).CombinedOutput(); err != nil {
		t.Fatalf("install: %v: %s", err, out)
	}
	return name
}

func (p program) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
}

// folder is a temporary folder that also the user postgres may reach, as t.TempDir's is not.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "localpg-")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), dir, Options{Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask runs one statement and gives its first value as text.
func ask(t *testing.T, dsn, statement string) string {
	t.Helper()
	got, err := try(t.Context(), dsn, statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return got
}

func try(ctx context.Context, dsn, statement string) (string, error) {
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer c.Close(context.WithoutCancel(ctx))
	results, err := c.PgConn().Exec(ctx, statement).ReadAll()
	if err != nil {
		return "", err
	}
	last := results[len(results)-1]
	if len(last.Rows) == 0 {
		return "", nil
	}
	return string(last.Rows[0][0]), nil
}

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after 30 s still not: %s", what)
		}
	}
}

// picture is every file below a folder with its mode and content.
func picture(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		got[name] = info.Mode().String()
		if d.Type().IsRegular() {
			text, err := os.ReadFile(name)
			got[name] += fmt.Sprintf(" %x", sha256.Sum256(text))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestStartMakesAVietnameseClusterOnAPrivateSocket(t *testing.T) {
	t.Parallel()
	s := start(t, filepath.Join(folder(t), "data"))
	admin := s.AdminDSN("postgres")
	for statement, want := range map[string]string{
		`SELECT datlocprovider::text || ' ' || daticulocale FROM pg_database WHERE datname = 'template1'`: "i vi-VN",
		`SHOW server_encoding`:         "UTF8",
		`SHOW data_checksums`:          "on",
		`SHOW listen_addresses`:        "",
		`SHOW TimeZone`:                "UTC",
		`SHOW jit`:                     "off",
		`SHOW log_error_verbosity`:     "terse",
		`SHOW unix_socket_permissions`: "0700",
		`SELECT string_agg(w, ' ' ORDER BY w) FROM unnest('{đ,d,ê,e,ơ,ô,o,â,ă,a,ư,u}'::text[]) AS t (w)`: "a ă â d đ e ê o ô ơ u ư",
	} {
		if got := ask(t, admin, statement); got != want {
			t.Errorf("%s = %q, want %q", statement, got, want)
		}
	}
	info, err := os.Stat(s.socket)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder: %v, %v", info, err)
	}
}

func TestRealBooksAreWrittenToTheDisk(t *testing.T) {
	t.Parallel()
	s := &Server{}
	for _, set := range s.settings() {
		if name, _, _ := strings.Cut(set, "="); name == "fsync" || name == "synchronous_commit" || name == "full_page_writes" {
			t.Errorf("without Fast the program sets %s", set)
		}
	}
}

func TestEachLoginMayBecomeWhatItIsForAndNoMore(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	ask(t, s.AdminDSN("postgres"), `CREATE ROLE sovang_owner; CREATE ROLE sovang_purge`)
	for _, tt := range []struct {
		login, dsn, role string
		may              bool
	}{
		{"sovang", s.DSN("postgres"), "sovang_app", true},
		{"sovang", s.DSN("postgres"), "sovang_reader", false},
		{"sovang", s.DSN("postgres"), "sovang_purge", false},
		{"sovang", s.DSN("postgres"), "sovang_owner", false},
		{"sovang", s.DSN("postgres"), "postgres", false},
		{"sovang_read", s.ReaderDSN("postgres"), "sovang_reader", true},
		{"sovang_read", s.ReaderDSN("postgres"), "sovang_app", false},
		{"sovang_read", s.ReaderDSN("postgres"), "sovang_owner", false},
		{"sovang_read", s.ReaderDSN("postgres"), "postgres", false},
		{"postgres", s.AdminDSN("postgres"), "sovang_owner", true},
	} {
		if got := ask(t, tt.dsn, `SELECT current_user`); got != tt.login {
			t.Errorf("signed in as %s, want %s", got, tt.login)
		}
		if _, err := try(t.Context(), tt.dsn, `SET ROLE `+tt.role); (err == nil) != tt.may {
			t.Errorf("%s becoming %s: %v, want it to be possible: %t", tt.login, tt.role, err, tt.may)
		}
	}
}

func TestTheBooksAreThereAfterStopAndStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "sổ vàng & cũ")
	s := start(t, dir)
	for range 2 { // the second time there is nothing to do
		if err := s.Create(t.Context(), "sovang"); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, s.AdminDSN("sovang"), `CREATE TABLE book (line integer); INSERT INTO book VALUES (7)`)
	if _, err := Running(dir); err != nil {
		t.Errorf("Running beside it: %v", err)
	}
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Err(); err != nil {
		t.Errorf("after Stop, Err = %v", err)
	}
	if _, err := Running(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after Stop, Running = %v, want ErrNotRunning", err)
	}
	start(t, dir)
	beside, err := Running(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, beside.AdminDSN("sovang"), `SELECT line FROM book`); got != "7" {
		t.Errorf("the book says %q, want 7", got)
	}
}

func TestAnAddressSaysAllThereIsToSay(t *testing.T) {
	for _, name := range []string{"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSSLMODE"} {
		t.Setenv(name, map[string]string{"PGPORT": "1", "PGSSLMODE": "require"}[name])
	}
	cfg, err := pgx.ParseConfig(Address{socket: "/tmp/sổ vàng?&"}.DSN("quỹ/1"))
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(cfg.Host, cfg.Port, cfg.User, cfg.Database, cfg.TLSConfig == nil)
	if want := fmt.Sprint("/tmp/sổ vàng?&", 5432, "sovang", "quỹ/1", true); got != want {
		t.Errorf("the address says %s, want %s", got, want)
	}
}

func TestPsqlUnderstandsTheAddress(t *testing.T) {
	t.Parallel()
	s := start(t, filepath.Join(folder(t), "sổ & vàng"))
	out, err := exec.Command(filepath.Join(s.bin, "psql"), "-XAtc", "SELECT current_user", s.ReaderDSN("postgres")).CombinedOutput()
	if err != nil || string(out) != "sovang_read\n" {
		t.Errorf("psql said %q, %v", out, err)
	}
}

// Ctrl-C goes to every process of the terminal's group: it must not reach postgres before the program says so.
func TestPostgresIsInASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	if group, err := syscall.Getpgid(s.PID()); err != nil || group != s.PID() {
		t.Errorf("postgres %d is in group %d, %v", s.PID(), group, err)
	}
}

func TestASecondProgramIsRefused(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	if _, err := Start(t.Context(), dir+"/./", Options{}); !errors.Is(err, ErrInUse) {
		t.Errorf("a second Start = %v, want ErrInUse", err)
	}
	if _, said := runProgram(t, dir, nil); !strings.Contains(said, ErrInUse.Error()) {
		t.Errorf("another program said %q, want %q", said, ErrInUse)
	}
	ask(t, s.AdminDSN("postgres"), `SELECT 1`)
}

func TestPostgresKilledIsStartedAgain(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	admin := s.AdminDSN("postgres")
	ask(t, admin, `CREATE TABLE book (line integer); INSERT INTO book VALUES (7)`)
	for range 2 {
		before := s.PID()
		if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a new postgres answers", func() bool {
			got, err := try(t.Context(), admin, `SELECT line FROM book`)
			return err == nil && got == "7" && s.PID() != before
		})
	}
}

func TestAPostgresThatCannotRunIsGivenUp(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	start(t, dir).Stop()
	if err := os.Remove(filepath.Join(dir, "pg/global/pg_control")); err != nil {
		t.Fatal(err)
	}
	s, err := open(dir, Options{Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	s.deaths = 3
	if err := s.start(t.Context()); !errors.Is(err, ErrStart) || Sentence(err) == "" || s.Err() == nil {
		t.Errorf("start = %v, Err = %v, want ErrStart", err, s.Err())
	}
	if err := s.Stop(); err != nil {
		t.Errorf("Stop after it: %v", err)
	}
	if again, err := open(dir, Options{}); err != nil {
		t.Errorf("the folder is still locked: %v", err)
	} else {
		again.lock.Close()
	}
}

func TestPostgresStopsWhenTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	p, _ := runProgram(t, dir, nil)
	data := filepath.Join(p.folder, "pg")
	p.kill(t)
	eventually(t, "postgres has stopped", func() bool { return !isPostgresOf(p.postgres, data) })
	start(t, dir)
}

func TestAPostgresLeftOverIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		also syscall.Signal // to postgres
	}{
		{"still running", 0},
		{"stopped in the middle", syscall.SIGSTOP},
		{"killed too", syscall.SIGKILL},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			p, said := runProgram(t, dir, nil)
			beside, err := Running(dir)
			if err != nil {
				t.Fatal(err, said)
			}
			ask(t, beside.AdminDSN("postgres"), `CREATE TABLE book (line integer); INSERT INTO book VALUES (7)`)
			syscall.Kill(p.watch, syscall.SIGKILL)
			p.kill(t)
			if !isPostgresOf(p.postgres, filepath.Join(p.folder, "pg")) {
				t.Fatal("postgres went with its program: nothing is left over to test")
			}
			if tt.also == syscall.SIGSTOP {
				time.AfterFunc(time.Second, func() { syscall.Kill(p.postgres, syscall.SIGCONT) })
			}
			if tt.also != 0 {
				syscall.Kill(p.postgres, tt.also)
			}
			s := start(t, dir)
			if s.PID() == p.postgres {
				t.Error("the postgres of the dead program serves on")
			}
			if got := ask(t, s.AdminDSN("postgres"), `SELECT line FROM book`); got != "7" {
				t.Errorf("the book says %q, want 7", got)
			}
		})
	}
}

func TestTheNoteOfADeadPostgresMayNameALivingProgram(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	start(t, dir).Stop()
	note := fmt.Sprintf("%d\n%s\n", os.Getpid(), filepath.Join(dir, "pg")) // this test
	if err := os.WriteFile(filepath.Join(dir, "pg/postmaster.pid"), []byte(note), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
}

func TestAKilledInitdbLeavesNothingInTheWay(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "pg.new/base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "pg"), 0o700); err != nil { // empty: ours to fill
		t.Fatal(err)
	}
	start(t, dir)
}

func TestAProgramKilledWhileItMakesTheClusterCanStartAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCALPG_TEST_SERVE="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "initdb is at work", func() bool {
		_, err := os.Stat(filepath.Join(dir, "pg.new/PG_VERSION"))
		return err == nil
	})
	program{cmd: cmd}.kill(t)
	eventually(t, "initdb has gone with its program", func() bool {
		_, err := os.Stat(filepath.Join(dir, "pg.new/PG_VERSION"))
		return err != nil
	})
	start(t, dir)
}

func TestWhoGivesUpWaitingHearsThatAndMayTryAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for _, patience := range []time.Duration{0, 300 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if _, err := Start(ctx, dir, Options{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Start with a patience of %s = %v", patience, err)
		}
	}
	start(t, dir)
}
