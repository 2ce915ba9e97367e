package ci

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestNeedInstallsOrSaysWhatToInstall(t *testing.T) {
	for _, tt := range []struct {
		name   string
		uid    int
		apt    string // the script that plays apt-get; "" is a machine without it
		here   []string
		tools  []string
		status int
		says   string
	}{
		{"all there", 1000, "", []string{"qpdf", "zbarimg"}, []string{"qpdf", "zbarimg"}, 0, ""},
		{"nothing asked", 1000, "", nil, nil, 0, ""},
		{"root installs", 0, `echo "$@" >>"$0.log"; touch "${0%/*}/pdftotext"; chmod +x "${0%/*}/pdftotext"`,
			[]string{"qpdf"}, []string{"qpdf", "pdftotext"}, 0, "need: installing poppler-utils\n"},
		{"root, and apt fails", 0, `echo "E: no network"; exit 100`, nil, []string{"qpdf"}, 1, "E: no network"},
		{"root, and apt lies", 0, "exit 0", nil, []string{"qpdf"}, 1, "qpdf is still missing"},
		{"not root", 1000, "exit 0", nil, []string{"qpdf", "zbarimg"}, 1,
			"sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends qpdf zbar-tools'"},
		{"no apt", 0, "", nil, []string{"chromium", "pdftotext"}, 1, "the packages chromium poppler-utils"},
		{"an unknown tool", 0, "", nil, []string{"abacus"}, 2, "no package is known for abacus"},
		{"no Go", 0, "", nil, []string{"go"}, 1, "Go is not in the PATH"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bin := machine(t, tt.uid, tt.apt, tt.here)
			status, out := need(t, bin, tt.tools)
			if status != tt.status || !strings.Contains(out, tt.says) || (tt.says == "" && out != "") {
				t.Errorf("need %v = %d, %q, want %d, %q", tt.tools, status, out, tt.status, tt.says)
			}
		})
	}
}

func TestNeedNamesTheGoItMisses(t *testing.T) {
	for _, tt := range []struct {
		version string
		status  int
	}{
		{"go1.19.8", 1}, {"go1.25.9", 1}, {"go1.26", 0}, {"go1.26rc1", 0}, {"go1.26.8", 0}, {"go1.30.1", 0},
	} {
		t.Run(tt.version, func(t *testing.T) {
			bin := machine(t, 0, "", nil)
			script(t, filepath.Join(bin, "go"), "echo "+tt.version)
			status, out := need(t, bin, []string{"go"})
			if status != tt.status || (status != 0 && !strings.Contains(out, "this is "+tt.version)) {
				t.Errorf("need go with %s = %d, %q, want %d", tt.version, status, out, tt.status)
			}
		})
	}
}

// machine is a PATH that holds a few tools of the shell, an id and perhaps an apt-get.
func machine(t *testing.T, uid int, apt string, here []string) string {
	t.Helper()
	bin := t.TempDir()
	for _, tool := range []string{"sh", "cat", "rm", "mktemp", "touch", "chmod", "sed"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	script(t, filepath.Join(bin, "id"), fmt.Sprintf("echo %d", uid))
	if apt != "" {
		script(t, filepath.Join(bin, "apt-get"), apt)
	}
	for _, tool := range here {
		script(t, filepath.Join(bin, tool), "exit 0")
	}
	return bin
}

func script(t *testing.T, path, body string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func need(t *testing.T, path string, tools []string) (int, string) {
	t.Helper()
	cmd := exec.Command("./need", tools...)
	cmd.Env = []string{"PATH=" + path, "TMPDIR=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}
