package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"sovang/ledger"
	"sovang/ledger/money"
)

// The scripts under testdata/script run the program as an operator does. They share one demonstration, filled
// once by the program itself; each that needs books takes a copy of the folder.

// place of the test run: a folder that the user postgres can pass through when root runs the tests.
var root string

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "sovang" { // testscript runs this binary again under that name
		var err error
		if root, err = os.MkdirTemp("", "sovang-cli-"); err == nil {
			err = os.Chmod(root, 0o711)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	testscript.Main(cleaning{m}, map[string]func(){"sovang": main})
}

// cleaning removes the folder behind the tests; testscript.Main never returns.
type cleaning struct{ *testing.M }

// Run is testscript's.
func (c cleaning) Run() int {
	code := c.M.Run()
	_ = os.RemoveAll(root) // what stays is in the system's temporary folder
	return code
}

// program is a run inside this process.
func program(args ...string) (m *Main, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return &Main{Args: args, Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr,
		Getenv: func(string) string { return "" }}, stdout, stderr
}

// filled is the folder of the shared demonstration, and what the program said when it had filled it.
var filled = sync.OnceValues(func() (said []byte, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "demo", "--once", "--json", "--data", filledFolder())
	cmd.Args[0] = "sovang"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/no-home"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	started := time.Now()
	if said, err = cmd.Output(); err != nil {
		return nil, fmt.Errorf("demo: %w: %s", err, stderr.String())
	}
	fmt.Fprintf(os.Stderr, "demo --once took %v\n", time.Since(started).Round(time.Millisecond))
	return said, nil
})

func filledFolder() string { return filepath.Join(root, "filled") }

// books copies the demonstration.
func books(to string) error {
	if _, err := filled(); err != nil {
		return err
	}
	out, err := exec.Command("cp", "-a", filledFolder(), to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("DATA", filepath.Join(root, strings.TrimPrefix(filepath.Base(e.WorkDir), "script-")))
			free, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			e.Setenv("ADDR", free.Addr().String())
			return free.Close()
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"books": func(ts *testscript.TestScript, neg bool, args []string) { ts.Check(books(ts.Getenv("DATA"))) },
			"exits": exits, "running": running, "summary": summaryCommand,
		},
	})
}

// exits CODE PROGRAM ARGS… runs a program and wants its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	code := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		code = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// running waits until a program in the background answers on $ADDR.
func running(ts *testscript.TestScript, neg bool, args []string) {
	for range 600 {
		if r, err := http.Get("http://" + ts.Getenv("ADDR") + "/dang-nhap"); err == nil {
			ts.Check(r.Body.Close())
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("nobody answers on %s", ts.Getenv("ADDR"))
}

// summary FILE wants the same JSON as the first run of the demonstration said, but for the folder.
func summaryCommand(ts *testscript.TestScript, neg bool, args []string) {
	first, err := filled()
	ts.Check(err)
	want := strings.ReplaceAll(string(first), filledFolder(), ts.Getenv("DATA"))
	if diff := cmp.Diff(want, ts.ReadFile(args[0])); diff != "" {
		ts.Fatalf("the summary differs (-first +now):\n%s", diff)
	}
}

func TestDemoOncePrintsTheSumsOfTheIssue(t *testing.T) {
	t.Parallel()
	said, err := filled()
	if err != nil {
		t.Fatal(err)
	}
	var s summary
	d := json.NewDecoder(bytes.NewReader(said))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		t.Fatalf("%v in %s", err, said)
	}
	if s.Raised.Province.String() != "2915000000" || s.Raised.District.String() != "7800000000" {
		t.Errorf("raised %s and %s", s.Raised.Province, s.Raised.District)
	}
	if !s.Verify.OK || s.Verify.Entries < 6_000 || s.Verify.Postings < 6_000 || len(s.Verify.Problems) != 0 {
		t.Errorf("verify = %+v", s.Verify)
	}
	levels := map[ledger.Level]int{}
	for _, f := range s.Funds {
		levels[f.Level]++
		if !f.Raised.Equal(f.Balance) { // nothing has been spent
			t.Errorf("fund %s raised %s and holds %s", f.Code, f.Raised, f.Balance)
		}
		if f.Donations == 0 || f.Receipts < f.Donations {
			t.Errorf("fund %s: %d gifts, %d receipts", f.Code, f.Donations, f.Receipts)
		}
	}
	if want := map[ledger.Level]int{ledger.LevelProvince: 1, ledger.LevelDistrict: 12}; !cmp.Equal(want, levels) {
		t.Errorf("levels %v", levels)
	}
	checkReceipt(t, s.ReceiptPDF)
	m, stdout, _ := program()
	if m.printSums(s); !strings.Contains(stdout.String(), "Quỹ cấp tỉnh: 2.915.000.000 đ; các quỹ cấp huyện: 7.800.000.000 đ") {
		t.Errorf("for people: %s", stdout)
	}
}

// checkReceipt reads the sheet with other people's programs.
func checkReceipt(t *testing.T, name string) {
	t.Helper()
	if out, err := exec.Command("qpdf", "--check", name).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v: %s", err, out)
	}
	out, err := exec.Command("pdftotext", "-layout", name, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	_, number, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".pdf"), "PT-2022-")
	_, after, _ := strings.Cut(text, "Số tiền: ")
	figures, _, _ := strings.Cut(after, " đồng")
	amount, err := money.ParseGrouped(figures, '.')
	if err != nil {
		t.Fatalf("no amount in %q", text)
	}
	_, payer, _ := strings.Cut(text, "Họ và tên người nộp tiền: ")
	if payer, _, _ = strings.Cut(payer, " Địa chỉ"); len(strings.Fields(payer)) < 3 {
		t.Errorf("payer %q", payer)
	}
	for _, want := range []string{"Số: PT " + number, amount.Format() + " đồng", amount.Words(money.North)} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet lacks %q: %s", want, text)
		}
	}
}

func TestDemoServesTheFilledFolderUntilItIsTold(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(root, "served")
	if err := books(folder); err != nil {
		t.Fatal(err)
	}
	m, stdout, stderr := program("demo", "--data", folder, "--addr", "127.0.0.1:0")
	address := make(chan string, 1)
	m.Serving = func(a string) { address <- a }
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	code := make(chan int, 1)
	go func() { code <- m.Run(ctx) }()
	select {
	case a := <-address:
		if page := get(t, "http://"+a+"/dang-nhap"); !strings.Contains(page, "Đăng nhập") {
			t.Errorf("sign-in page: %s", page)
		}
		_, check, _ := strings.Cut(stdout.String(), "http://"+a+"/b/")
		check, _, _ = strings.Cut(check, "\n")
		if page := get(t, "http://"+a+"/b/"+check); !strings.Contains(page, "HỢP LỆ") {
			t.Errorf("the receipt of the message is not good: %s", page)
		}
	case c := <-code:
		t.Fatalf("exit code %d: %s", c, stderr)
	case <-time.After(time.Minute):
		t.Fatal("it does not serve")
	}
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("exit code %d after a stop: %s", c, stderr)
	}
	for _, u := range demoUsers {
		if !strings.Contains(stdout.String(), u.login) {
			t.Errorf("no sign-in for %s in %s", u.login, stdout)
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, r.Status, err)
	}
	return string(body)
}

func TestServeSaysThatAPortIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, command := range []string{"serve", "demo"} {
		folder := filepath.Join(root, "port-"+command)
		m, _, stderr := program(command, "--data", folder, "--addr", taken.Addr().String())
		if code := m.Run(t.Context()); code != exitFailed || !strings.Contains(stderr.String(), "--addr") {
			t.Errorf("%s: exit code %d: %s", command, code, stderr)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%s made %s before it knew the port", command, folder)
		}
	}
}
