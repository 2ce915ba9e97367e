package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAClusterOfAnotherVersionIsRefusedAndNotTouched(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"14", "9.6", "99", ""} {
		t.Run("version "+version, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			if err := os.MkdirAll(filepath.Join(dir, "pg/base"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "pg/PG_VERSION"), []byte(version+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			before := picture(t, filepath.Join(dir, "pg"))
			_, err := Start(t.Context(), dir, Options{})
			if !errors.Is(err, ErrVersion) || Sentence(err) == "" {
				t.Errorf("Start = %v, want ErrVersion and a sentence", err)
			}
			if diff := cmp.Diff(before, picture(t, filepath.Join(dir, "pg"))); diff != "" {
				t.Errorf("the folder changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestARealClusterMarkedAsAnotherVersionIsNotTouched(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	start(t, dir).Stop()
	if err := os.WriteFile(filepath.Join(dir, "pg/PG_VERSION"), []byte("14\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := picture(t, dir)
	if _, err := Start(t.Context(), dir, Options{}); !errors.Is(err, ErrVersion) {
		t.Errorf("Start = %v, want ErrVersion", err)
	}
	if diff := cmp.Diff(before, picture(t, dir)); diff != "" {
		t.Errorf("the folder changed (-before +after):\n%s", diff)
	}
}

func TestAFolderThatCannotWorkIsExplained(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "pg/photos"), 0o700); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(dir, "linked")
	if err := os.Mkdir(linked, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(linked, "lock")); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"a file":                   file,
		"below a file":             filepath.Join(file, "data"),
		"pg holds something else":  full,
		"the lock is a link":       linked,
		"where nobody makes files": "/proc/sovang",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Start(t.Context(), data, Options{})
			if !errors.Is(err, ErrFolder) || !strings.Contains(Sentence(err), data) {
				t.Errorf("Start = %v, want ErrFolder and a sentence that names %s", err, data)
			}
		})
	}
	if diff := cmp.Diff(1, len(picture(t, filepath.Join(full, "pg/photos")))); diff != "" {
		t.Error(diff)
	}
}

// normal is a user who is not root: the user postgres when we are, else ourselves.
func normal(t *testing.T) *syscall.Credential {
	t.Helper()
	cred, err := credential()
	if err != nil {
		t.Fatal(err)
	}
	return cred
}

func TestANormalUserRunsTheClusterAsHimself(t *testing.T) {
	t.Parallel()
	dir, cred := folder(t), normal(t)
	if cred != nil {
		if err := os.Chown(dir, int(cred.Uid), int(cred.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	p, said := runProgram(t, dir, cred)
	if said != "" {
		t.Fatal(said)
	}
	mine, _ := ownerOf(dir)
	if got, ok := ownerOf(fmt.Sprintf("/proc/%d", p.postgres)); !ok || got != mine {
		t.Errorf("postgres runs as user %d, want %d", got, mine)
	}
}

func TestAReadOnlyFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir, cred := folder(t), normal(t)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if _, said := runProgram(t, dir, cred); !strings.Contains(said, ErrFolder.Error()) {
		t.Errorf("on a read-only folder the program said %q, want %q", said, ErrFolder)
	}
}

func TestRootHandsTheClusterToPostgres(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	want := fmt.Sprint(os.Geteuid())
	if os.Geteuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		want = u.Uid
	}
	for _, name := range []string{s.data, s.socket, fmt.Sprintf("/proc/%d", s.PID())} {
		if got, ok := ownerOf(name); !ok || fmt.Sprint(got) != want {
			t.Errorf("%s belongs to user %d, want %s", name, got, want)
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	if err != nil || !strings.Contains(string(status), "\nGroups:\t \n") {
		if os.Geteuid() == 0 {
			t.Errorf("postgres kept groups of root: %v", err)
		}
	}
}

// A home of mode 0700 hides everything below it from other users: root's cluster cannot live there.
func TestRootsPrivateHomeIsRefusedAndTheOwnersIsNot(t *testing.T) {
	t.Parallel()
	home := folder(t)
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(home, "data")
	s, err := Start(t.Context(), data, Options{Fast: true})
	if os.Geteuid() != 0 {
		if err != nil {
			t.Fatal(err)
		}
		s.Stop()
		return
	}
	if !errors.Is(err, ErrFolder) || !strings.Contains(Sentence(err), "root") {
		t.Fatalf("Start = %v, want ErrFolder and a sentence about root", err)
	}
	for _, left := range []string{"pg", "pg.new"} {
		if _, err := os.Stat(filepath.Join(data, left)); err == nil {
			t.Errorf("%s was left behind", left)
		}
	}
}

func TestASocketPathHas107Bytes(t *testing.T) {
	t.Parallel()
	long := func(bytes int) string { return "/" + strings.Repeat("x", bytes-1) }
	const own = len("/run/.s.PGSQL.5432")
	const shared = len("/sovang-0123456789ab/.s.PGSQL.5432")
	for _, tt := range []struct {
		name         string
		folder, temp int // bytes
		want         string
	}{
		{"a short folder holds its socket", 10, 300, "folder"},
		{"the longest folder that does", maxSocket - own, 300, "folder"},
		{"one byte more", maxSocket - own + 1, 4, "temp"},
		{"the longest temporary folder", 300, maxSocket - shared, "temp"},
		{"one byte more of both", 300, maxSocket - shared + 1, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := socketDir(long(tt.folder), long(tt.temp))
			switch {
			case tt.want == "refused":
				if !errors.Is(err, ErrSocket) || Sentence(err) == "" {
					t.Errorf("socketDir = %q, %v, want ErrSocket", got, err)
				}
			case err != nil:
				t.Error(err)
			case (filepath.Dir(got) == long(tt.folder)) != (tt.want == "folder"):
				t.Errorf("the socket is in %s, want it in the %s folder", got, tt.want)
			}
		})
	}
}

func TestADeepFolderHasItsSocketInTheTemporaryOne(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("đền-ơn/", 12))
	s := start(t, dir)
	ask(t, s.AdminDSN("postgres"), `SELECT 1`)
	if filepath.Dir(s.socket) != filepath.Clean(os.TempDir()) {
		t.Errorf("the socket is in %s", s.socket)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.socket); err == nil {
		t.Errorf("%s was left behind", s.socket)
	}
	if err := os.Mkdir(s.socket, 0o777); err != nil { // as somebody might who wants to listen
		t.Fatal(err)
	}
	defer os.Remove(s.socket)
	if err := os.Chmod(s.socket, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), dir, Options{Fast: true}); !errors.Is(err, ErrSocket) {
		t.Errorf("Start with an open folder for the socket = %v, want ErrSocket", err)
	}
}

func TestFindKnowsWhatIsNotThere(t *testing.T) {
	t.Parallel()
	if bin, err := Find(); err != nil || majorOf(bin) < minMajor {
		t.Errorf("Find = %q, %v", bin, err)
	}
	if bin, err := find(minMajor - 1); !errors.Is(err, ErrNoPostgres) || Sentence(err) == "" {
		t.Errorf("find(%d) = %q, %v, want ErrNoPostgres", minMajor-1, bin, err)
	}
	if got := majorOf(t.TempDir()); got != 0 {
		t.Errorf("an empty folder holds version %d", got)
	}
}

func TestOnlyOurErrorsHaveASentence(t *testing.T) {
	t.Parallel()
	if got := Sentence(errors.New("x")); got != "" {
		t.Errorf("Sentence of another error = %q", got)
	}
	if got := Sentence(fmt.Errorf("main: %w", badFolder("/x", syscall.EACCES))); !strings.Contains(got, "/x") {
		t.Errorf("Sentence of a wrapped one = %q", got)
	}
}

func TestAThrowawayClusterGoesWithItsProgram(t *testing.T) {
	t.Parallel()
	p, said := runProgram(t, "throwaway", nil)
	if said != "" {
		t.Fatal(said)
	}
	p.kill(t)
	eventually(t, "postgres and its folder are gone", func() bool {
		_, err := os.Stat(p.folder)
		return err != nil && !isPostgresOf(p.postgres, filepath.Join(p.folder, "pg"))
	})
}

func TestAThrowawayClusterGoesWithStop(t *testing.T) {
	t.Parallel()
	s, err := Throwaway(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.folder); err == nil {
		t.Errorf("%s was left behind", s.folder)
	}
}

func TestSweepRemovesOnlyWhatNobodyUses(t *testing.T) {
	t.Parallel()
	temp := folder(t)
	old := time.Now().Add(-2 * sweepAge)
	for _, name := range []string{"left", "used", "young"} {
		dir := filepath.Join(temp, throwawayPrefix+name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if name == "used" {
			lock, err := takeLock(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Close()
		}
		if name != "young" {
			if err := os.Chtimes(dir, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	sweep(temp)
	got, _ := filepath.Glob(filepath.Join(temp, "*"))
	want := []string{filepath.Join(temp, throwawayPrefix+"used"), filepath.Join(temp, throwawayPrefix+"young")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}
