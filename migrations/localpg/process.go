package localpg

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgres dies seldom; one that dies again and again is broken. A life of healthyLife forgives earlier deaths.
const (
	maxDeaths   = 10
	firstPause  = 50 * time.Millisecond // doubled at each death: while orphans of a killed one still hold its
	maxPause    = 2 * time.Second       // memory, a new one ends at once; in all they have 9 s to go
	healthyLife = time.Minute
)

// settings are given on the command line: they are the program's, not the folder's.
func (s *Server) settings() []string {
	conns := s.o.MaxConnections
	if conns == 0 {
		conns = 100
	}
	set := []string{
		"listen_addresses=", "unix_socket_directories=" + s.socket, "unix_socket_permissions=0700", "port=5432",
		fmt.Sprintf("max_connections=%d", conns), "shared_buffers=128MB", "max_wal_size=512MB",
		"jit=off", "timezone=UTC", "log_timezone=UTC", "lc_messages=C",
		// The log never quotes rows or statements: they hold names.
		"log_error_verbosity=terse", "log_min_error_statement=panic", "log_parameter_max_length_on_error=0",
		"logging_collector=off", "log_destination=stderr", "log_min_messages=warning",
	}
	if s.o.Fast {
		// Commits still reach the system before they are answered: a killed postgres loses nothing.
		set = append(set, "fsync=off", "shared_buffers=32MB", "wal_level=minimal", "max_wal_senders=0",
			"autovacuum=off", // its workers would sit in the template that is to be cloned
			"shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=all")
	}
	return set
}

// spawn starts postgres unless Stop was called.
func (s *Server) spawn() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil
	}
	args := []string{"-D", s.data}
	for _, set := range s.settings() {
		args = append(args, "-c", set)
	}
	cmd := s.command(context.Background(), s.data, "postgres", args...)
	if err := cmd.Start(); err != nil {
		return s.unreachable(err)
	}
	s.child = cmd
	if s.doomed != "" {
		s.watch.follow(cmd.Process.Pid, "QUIT") // at once
	} else {
		s.watch.follow(cmd.Process.Pid, "INT") // in good order
	}
	return nil
}

// supervise waits for postgres and starts it again when it dies, until Stop or too many deaths.
func (s *Server) supervise() {
	defer close(s.gone)
	pause := firstPause
	for deaths := 1; ; deaths++ {
		born := time.Now()
		s.mu.Lock()
		child := s.child
		s.mu.Unlock()
		ended := child.Wait()
		if time.Since(born) > healthyLife {
			deaths, pause = 1, firstPause
		}
		if s.isStopping() {
			return
		}
		if deaths >= s.deaths {
			s.err = fault(ErrStart, "it ended %d times: %v (see %s)", "PostgreSQL dừng %d lần liền: %v (xem %s).",
				deaths, ended, s.log.Name())
			return
		}
		slog.Warn("localpg: postgres ended, starting it again", "deaths", deaths, "error", ended)
		time.Sleep(pause)
		pause = min(2*pause, maxPause)
		if s.err = s.spawn(); s.err != nil {
			return
		}
	}
}

func (s *Server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// ready waits until postgres answers, or cannot be made to run.
func (s *Server) ready(ctx context.Context) error {
	for {
		dial, cancel := context.WithTimeout(ctx, oneDial)
		c, err := pgx.Connect(dial, s.AdminDSN("postgres"))
		cancel()
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-s.gone:
			return s.Err()
		case <-ctx.Done():
			return fault(ErrStart, "it does not answer: %v (see %s)", "PostgreSQL không trả lời: %v (xem %s).", ctx.Err(), s.log.Name())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// end stops our child: in good order, and if that takes too long without asking.
func (s *Server) end(child *exec.Cmd) error {
	child.Process.Signal(syscall.SIGINT)
	select {
	case <-s.gone:
		return nil
	case <-time.After(stopLimit):
	}
	child.Process.Signal(syscall.SIGQUIT) // nothing committed is lost: the next start recovers
	select {
	case <-s.gone:
		return nil
	case <-time.After(killLimit):
		return fault(ErrStart, "postgres %d does not stop", "PostgreSQL (tiến trình %d) không dừng được.", child.Process.Pid)
	}
}

// stopLeftOver ends the postgres that a killed program left running in data, and clears the note of one that
// is no more. The folder's lock must be held: no living program owns what it finds.
func stopLeftOver(data string) error {
	note := filepath.Join(data, "postmaster.pid")
	pid := notedPID(note)
	if pid <= 0 {
		return nil
	}
	if !isPostgresOf(pid, data) {
		if !isPostgres(pid) {
			os.Remove(note) // the number may be another program's by now, and postgres would refuse to start
		}
		return nil
	}
	slog.Warn("localpg: stopping the postgres that an ended program left", "pid", pid)
	for _, try := range []struct {
		signal syscall.Signal
		limit  time.Duration
	}{{syscall.SIGINT, stopLimit}, {syscall.SIGQUIT, killLimit}} {
		syscall.Kill(pid, try.signal)
		for end := time.Now().Add(try.limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if !isPostgresOf(pid, data) {
				return nil
			}
		}
	}
	return fault(ErrInUse, "postgres %d still works in %s and does not stop",
		"PostgreSQL (tiến trình %d) còn chạy trong %s và không dừng được.", pid, data)
}

// notedPID reads the first line of postmaster.pid; 0 when there is none.
func notedPID(note string) int {
	text, err := os.ReadFile(note)
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return number(first)
}

// number reads a process number; 0 when it is none.
func number(text string) int {
	pid, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return pid
}

// cmdline reads a process's arguments from /proc, which also a root without ptrace rights may; nil: no such process.
func cmdline(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(string(bytes.TrimRight(text, "\x00")), "\x00")
}

func isPostgres(pid int) bool {
	args := cmdline(pid)
	if len(args) == 0 {
		return false
	}
	name := filepath.Base(args[0])
	return name == "postgres" || name == "postmaster"
}

// isPostgresOf says that the process is the postmaster of just this cluster.
func isPostgresOf(pid int, data string) bool {
	if !isPostgres(pid) {
		return false
	}
	args := cmdline(pid)
	for i := 1; i < len(args); i++ {
		if args[i-1] == "-D" && args[i] == data {
			return true
		}
	}
	return false
}

// watch is a shell at the other end of a pipe. When our end closes, by Stop or by our death of whatever
// kind, it stops the postgres (or initdb) that it was told of last, if that still runs, and removes the doomed folder.
// (A parent-death signal would not do: it follows the thread that started the child, not the program.)
type watch struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// $1 cluster ("pg" is part of initdb's "pg.new"), $2 folder to remove or nothing. The check of the arguments keeps it from a number that has
// become another program's.
const watchScript = `
pid=0
while read -r next how; do pid=$next signal=$how; done
runs() { grep -qaF -- "$1" "/proc/$pid/cmdline" 2>/dev/null; }
runs "$1" && kill "-$signal" "$pid"
[ -n "$2" ] || exit 0
tries=0
while runs "$1" && [ $tries -lt 200 ]; do tries=$((tries+1)); sleep 0.05; done
rm -rf -- "$2" || { sleep 1; rm -rf -- "$2"; }
`

func startWatch(data, doomed string) (*watch, error) {
	cmd := exec.Command("/bin/sh", "-c", watchScript, "sovang-watch", data, doomed)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fault(ErrStart, "%v", "Không chạy được tiến trình trông coi: %v.", err)
	}
	return &watch{cmd: cmd, pipe: pipe}, nil
}

// follow tells which process to stop, and by which signal. A watcher that is gone watches no more; the next Start will see to it.
func (w *watch) follow(pid int, signal string) { fmt.Fprintln(w.pipe, pid, signal) }

func (w *watch) close() {
	w.pipe.Close()
	if err := w.cmd.Wait(); err != nil {
		slog.Warn("localpg: watcher", "error", err)
	}
}
