package localpg

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// minMajor is the oldest PostgreSQL that the migrations run on.
const minMajor = 15

// debianBin is where Debian and Ubuntu keep each major version's programs.
const debianBin = "/usr/lib/postgresql/*/bin"

// Find gives the folder of the newest PostgreSQL on this machine that is at least 15: Debian's folders
// first, then PATH. It answers ErrNoPostgres.
func Find() (bindir string, err error) { return find(0) }

// find is Find for one major version; 0 is the newest.
func find(major int) (string, error) {
	best, bin := 0, ""
	for _, dir := range candidates() {
		got := majorOf(dir)
		if got >= minMajor && got > best && (major == 0 || got == major) {
			best, bin = got, dir
		}
	}
	if bin == "" {
		return "", fault(ErrNoPostgres, "no initdb and postgres of version %d or newer (wanted: %d); on Debian: apt-get install postgresql",
			"Máy này chưa có PostgreSQL %d trở lên (cần bản: %d). Trên Debian: apt-get install postgresql.", minMajor, max(major, minMajor))
	}
	return bin, nil
}

func candidates() []string {
	dirs, _ := filepath.Glob(debianBin)
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	return slices.Compact(dirs)
}

var versionText = regexp.MustCompile(`\(PostgreSQL\) ([0-9]+)`)

// majorOf asks the programs themselves; 0 when the pair is not there.
func majorOf(bindir string) int {
	if _, err := os.Stat(filepath.Join(bindir, "initdb")); err != nil {
		return 0
	}
	out, err := exec.Command(filepath.Join(bindir, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	m := versionText.FindSubmatch(out)
	if m == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(m[1]))
	return major
}
