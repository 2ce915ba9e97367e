package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOneBadTestOfEachKindFailsTheRun(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		body   string
		ok     bool
		says   []string
		hushes string
	}{
		{"a pass is one line", `t.Log("chatter")`, true,
			[]string{"ok  \t", "PASS: 1 tests in 1 packages, 0 failed, 0 skipped"}, "chatter"},
		{"a skip", `t.Skip("no database")`, false,
			[]string{"skipped: fixture TestIt: it_test.go:5: no database", "FAIL: 1 tests in 1 packages, 0 failed, 1 skipped"}, "--- SKIP"},
		{"a failure", `t.Error("two is three")`, false,
			[]string{"it_test.go:5: two is three", "--- FAIL: TestIt", "failed:  fixture TestIt"}, "=== RUN"},
		{"a failure below a test", `t.Run("sub", func(t *testing.T) { t.Error("deep") })`, false,
			[]string{"it_test.go:5: deep", "--- FAIL: TestIt/sub"}, "=== RUN"},
		{"a panic", `panic("out of paper")`, false, []string{"panic: out of paper", "failed:  fixture TestIt"}, "=== RUN"},
		{"an exit", `os.Exit(3)`, false, []string{"failed:  fixture TestIt: did not end", "FAIL: "}, "=== RUN"},
		{"an exit that claims success", `os.Exit(0)`, false, []string{"FAIL: "}, "=== RUN"},
		{"a broken build", `undefined()`, false, []string{"undefined: undefined", "build failed", "FAIL: 0 tests"}, "=== RUN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := fixture(t, "func TestIt(t *testing.T) { _ = os.Args\n"+tt.body+"\n}\n")
			var out strings.Builder
			ok, err := run(dir, []string{"./..."}, &out)
			if err != nil || ok != tt.ok {
				t.Errorf("run = %v, %v, want %v; it printed:\n%s", ok, err, tt.ok, out.String())
			}
			for _, want := range tt.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the output lacks %q:\n%s", want, out.String())
				}
			}
			if strings.Contains(out.String(), tt.hushes) {
				t.Errorf("the output has %q:\n%s", tt.hushes, out.String())
			}
		})
	}
}

func TestNoTestAtAllFailsTheRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	ok, err := run(fixture(t, "var _ = os.Args\nvar _ *testing.T\n"), []string{"./..."}, &out)
	if err != nil || ok {
		t.Errorf("run = %v, %v, want false; it printed:\n%s", ok, err, out.String())
	}
}

// fixture is a module with one test file of this content.
func fixture(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":     "module fixture\n\ngo 1.26.0\n",
		"it_test.go": "package fixture\n\nimport (\"os\"; \"testing\")\n" + content,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
