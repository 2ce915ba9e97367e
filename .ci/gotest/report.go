package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// event is one line of "go test -json"; "go doc test2json" describes it.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
	Elapsed    float64 // seconds
}

// pkg is what is known of one package while it runs.
type pkg struct {
	output map[string][]string // by test; "" is the package's own
	order  []string            // tests as they began
	ended  map[string]string   // action by test
	tests  int
}

type report struct {
	out     io.Writer
	start   time.Time
	running map[string]*pkg
	tests   int
	pkgs    int
	failed  []string
	skipped []string
}

func newReport(out io.Writer) *report {
	return &report{out: out, start: time.Now(), running: map[string]*pkg{}}
}

// read takes events until the end. A line that is no event is shown as it is: losing it would hide why
// a build broke.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
			r.add(e)
		} else if line != "" {
			fmt.Fprint(r.out, line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) add(e event) {
	if e.Action == "build-output" {
		fmt.Fprint(r.out, e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	p := r.running[e.Package]
	if p == nil {
		p = &pkg{output: map[string][]string{}, ended: map[string]string{}}
		r.running[e.Package] = p
	}
	switch {
	case e.Action == "output":
		p.output[e.Test] = append(p.output[e.Test], e.Output)
	case e.Action == "run":
		p.order = append(p.order, e.Test)
	case e.Test == "" && (e.Action == "pass" || e.Action == "fail" || e.Action == "skip"):
		r.endPackage(e, p)
	case e.Action == "pass" || e.Action == "fail" || e.Action == "skip":
		r.endTest(e, p)
	}
}

func (r *report) endTest(e event, p *pkg) {
	p.tests++
	name := e.Package + " " + e.Test
	p.ended[e.Test] = e.Action
	switch e.Action {
	case "pass":
		delete(p.output, e.Test)
	case "fail":
		r.failed = append(r.failed, name)
	case "skip":
		r.skipped = append(r.skipped, name+": "+reason(p.output[e.Test]))
		delete(p.output, e.Test)
	}
}

// endPackage prints the package. A test that never ended (an exit, a timeout) is printed like a failed one.
func (r *report) endPackage(e event, p *pkg) {
	delete(r.running, e.Package)
	r.pkgs++
	r.tests += p.tests
	last := ""
	own := p.output[""]
	if n := len(own); n > 0 {
		own, last = own[:n-1], own[n-1]
	}
	if e.Action == "fail" {
		for _, test := range p.order {
			switch p.ended[test] {
			case "fail":
				r.print(p.output[test])
			case "":
				r.print(p.output[test])
				r.failed = append(r.failed, e.Package+" "+test+": did not end")
			}
		}
		r.print(own)
		r.failed = append(r.failed, e.Package)
	}
	fmt.Fprint(r.out, last)
}

// print leaves out the lines that only say a test began, waited or went on.
func (r *report) print(lines []string) {
	for _, line := range lines {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(r.out, line)
		}
	}
}

// reason is what the test said when it skipped, in one line.
func reason(lines []string) string {
	var said []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "=== ") && !strings.Contains(line, "--- SKIP") {
			said = append(said, strings.TrimSpace(line))
		}
	}
	return strings.Join(said, " ")
}

// close prints the end of the report and says whether all is well.
func (r *report) close(goTestOK bool) bool {
	for name := range r.running {
		r.failed = append(r.failed, name+": never ended")
	}
	slices.Sort(r.failed)
	for _, name := range r.failed {
		fmt.Fprintln(r.out, "failed: ", name)
	}
	for _, name := range r.skipped {
		fmt.Fprintln(r.out, "skipped:", name)
	}
	ok := goTestOK && len(r.failed) == 0 && len(r.skipped) == 0 && r.tests > 0
	word := "PASS"
	if !ok {
		word = "FAIL"
	}
	fmt.Fprintf(r.out, "%s: %d tests in %d packages, %d failed, %d skipped, %s\n", word, r.tests, r.pkgs,
		len(r.failed), len(r.skipped), time.Since(r.start).Round(time.Second))
	return ok
}
