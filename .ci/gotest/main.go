// Gotest runs "go test" in the repository's root and fails when a test was skipped.
//
// A skipped database test reads like a pass, so a skip is a failure here. The arguments are those of
// "go test". The output is what "go test" prints without -v: one line per package, and everything a
// failing test and its package said; then what was skipped, and one closing line. The exit status is 1
// when go test failed, when a test was skipped, or when no test ran at all.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	// "go run -C .ci" starts us in .ci.
	ok, err := run("..", os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

// run runs go test in dir with the arguments and says whether all is well.
func run(dir string, args []string, out io.Writer) (bool, error) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	r := newReport(out)
	readErr := r.read(events)
	waitErr := cmd.Wait()
	return r.close(waitErr == nil), readErr
}
