package localpg

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// open checks the folder without changing anything in it but making it, and takes its lock.
func open(dataDir string, o Options) (*Server, error) {
	folder, err := makeFolder(dataDir)
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, data: filepath.Join(folder, "pg"), o: o, deaths: maxDeaths, gone: make(chan struct{})}
	if s.lock, err = takeLock(folder); err != nil {
		return nil, err
	}
	if err := s.look(); err != nil {
		s.lock.Close()
		return nil, err
	}
	return s, nil
}

// makeFolder gives the folder's one true name, so that two names of a folder meet at one lock and socket.
func makeFolder(dataDir string) (string, error) {
	folder, err := filepath.Abs(dataDir)
	if _, missing := os.Stat(folder); err == nil && errors.Is(missing, fs.ErrNotExist) {
		if err = os.MkdirAll(folder, 0o755); err == nil {
			err = os.Chmod(folder, 0o711) // root's postgres must pass, whatever the umask
		}
	}
	if err == nil {
		folder, err = filepath.EvalSymlinks(folder)
	}
	if err != nil {
		return "", badFolder(dataDir, err)
	}
	return folder, nil
}

func badFolder(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOTDIR):
		return fault(ErrFolder, "%s, or something above it, is a file and not a folder",
			"%s (hoặc một phần của đường dẫn) là tập tin, không phải thư mục. Hãy chọn thư mục khác bằng --data.", dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault(ErrFolder, "no right to write in %s",
			"Không có quyền ghi vào %s. Hãy cấp quyền hoặc chọn thư mục khác bằng --data.", dir)
	}
	return fault(ErrFolder, "%s: %v", "Không dùng được thư mục %s: %v.", dir, err)
}

// takeLock locks a folder for this process. The system releases the lock when the process ends.
func takeLock(folder string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, badFolder(folder, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fault(ErrInUse, "another program is working in %s",
			"Một chương trình Sổ Vàng khác đang dùng thư mục %s. Hãy tắt chương trình kia, hoặc chọn thư mục khác bằng --data.", folder)
	}
	return f, nil
}

// look decides with what, as whom and where the cluster will run. It changes nothing.
func (s *Server) look() error {
	major, err := clusterMajor(s.data)
	if err != nil {
		return err
	}
	if s.bin, err = find(major); err != nil {
		if newest, other := find(0); major != 0 && other == nil {
			return fault(ErrVersion, "%s was made by PostgreSQL %d, this machine has %d",
				"Dữ liệu trong %s do PostgreSQL %d tạo, máy này chỉ có bản %d. Dữ liệu được giữ nguyên; hãy cài đúng bản đó rồi chạy lại.",
				s.data, major, majorOf(newest))
		}
		return err
	}
	if s.cred, err = credential(); err != nil {
		return err
	}
	if owner, ok := ownerOf(s.data); ok && major != 0 && owner != s.uid() {
		return fault(ErrFolder, "%s belongs to user %d, the cluster would run as user %d",
			"%s thuộc về người dùng số %d, còn chương trình sẽ chạy cơ sở dữ liệu bằng người dùng số %d. Hãy chạy bằng đúng người dùng đã tạo dữ liệu.",
			s.data, owner, s.uid())
	}
	s.socket, err = socketDir(s.folder, os.TempDir())
	return err
}

// clusterMajor reads which PostgreSQL made the cluster; 0 when there is none. What is neither empty nor a
// cluster is not ours to fill.
func clusterMajor(data string) (int, error) {
	entries, err := os.ReadDir(data)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(entries) == 0) {
		return 0, nil
	}
	if err != nil {
		return 0, badFolder(data, err)
	}
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fault(ErrFolder, "%s is neither empty nor a PostgreSQL cluster",
			"Thư mục %s đã có nội dung nhưng không phải dữ liệu PostgreSQL. Hãy chọn thư mục khác bằng --data.", data)
	}
	if err != nil {
		return 0, badFolder(data, err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || major < 1 {
		return 0, fault(ErrVersion, "%s says version %q", "Thư mục %s ghi phiên bản PostgreSQL lạ: %q. Dữ liệu được giữ nguyên.",
			data, strings.TrimSpace(string(text)))
	}
	return major, nil
}

// credential is the user postgres when we are root, for postgres refuses to run as root; else nobody new.
func credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fault(ErrNoPostgres, "run by root, and there is no user postgres to hand the cluster to",
			"Chương trình chạy bằng root nhưng máy không có người dùng postgres. Trên Debian: apt-get install postgresql.")
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32) // numbers on every unix
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// socketDir is folder/run where that is short enough, else a folder of the temporary one, named by a hash.
func socketDir(folder, temp string) (string, error) {
	inside := filepath.Join(folder, "run")
	if fits(inside) {
		return inside, nil
	}
	sum := sha256.Sum256([]byte(folder))
	outside := filepath.Join(temp, fmt.Sprintf("sovang-%x", sum[:6]))
	if fits(outside) {
		return outside, nil
	}
	return "", fault(ErrSocket, "no short path for a socket: %s and %s are both longer than %d bytes; choose a shorter data folder or TMPDIR",
		"Đường dẫn quá dài cho socket: cả %s và %s đều vượt %d byte. Hãy chọn thư mục dữ liệu hoặc TMPDIR có đường dẫn ngắn hơn.",
		inside, outside, maxSocket)
}

func fits(dir string) bool { return len(filepath.Join(dir, ".s.PGSQL.5432")) <= maxSocket }

// prepare brings folder, log, socket directory and cluster into being, and ends what a killed program left.
func (s *Server) prepare(ctx context.Context) error {
	if err := s.openLog(); err != nil {
		return err
	}
	if err := s.privateDir(s.socket); err != nil {
		return err
	}
	if err := stopLeftOver(s.data); err != nil {
		return err
	}
	if major, err := clusterMajor(s.data); err != nil || major != 0 {
		return err
	}
	return s.initdb(ctx)
}

// openLog keeps what postgres says beside the data, and starts a new page when the last one is long.
func (s *Server) openLog() error {
	name := filepath.Join(s.folder, "postgres.log")
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(name); err == nil && info.Size() > maxLog {
		flags |= os.O_TRUNC
	}
	var err error
	if s.log, err = os.OpenFile(name, flags, 0o600); err != nil {
		return badFolder(s.folder, err)
	}
	return nil
}

// privateDir makes a directory that only the cluster's user may enter, or checks that it is just that: in a
// folder open to all somebody else may have made it.
func (s *Server) privateDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err == nil {
		return s.handOver(dir)
	} else if !errors.Is(err, fs.ErrExist) {
		return badFolder(filepath.Dir(dir), err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return badFolder(dir, err)
	}
	owner, _ := ownerOf(dir)
	if !info.IsDir() || info.Mode().Perm() != 0o700 || (owner != s.uid() && int(owner) != os.Geteuid()) {
		return fault(ErrSocket, "%s is not a private folder of this program",
			"%s không phải thư mục riêng của chương trình này. Hãy xoá nó rồi chạy lại.", dir)
	}
	return s.handOver(dir)
}

func (s *Server) uid() uint32 {
	if s.cred != nil {
		return s.cred.Uid
	}
	return uint32(os.Geteuid())
}

// ownerOf is the user that a folder belongs to.
func ownerOf(dir string) (uid uint32, ok bool) {
	info, err := os.Lstat(dir)
	if err != nil {
		return 0, false
	}
	return info.Sys().(*syscall.Stat_t).Uid, true
}

func (s *Server) handOver(dir string) error {
	if s.cred == nil {
		return nil
	}
	if err := os.Chown(dir, int(s.cred.Uid), int(s.cred.Gid)); err != nil {
		return badFolder(dir, err)
	}
	return nil
}

// initdb makes the cluster beside its place and moves it there when it is whole, so that a program killed
// meanwhile leaves nothing that looks like one.
func (s *Server) initdb(ctx context.Context) error {
	fresh := s.data + ".new"
	err := os.RemoveAll(fresh)
	if err == nil {
		err = os.Mkdir(fresh, 0o700)
	}
	if err != nil {
		return badFolder(s.folder, err)
	}
	if err := s.handOver(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu",
		"--icu-locale=vi-VN", "--data-checksums", "--auth-local=trust", "--auth-host=reject", "--no-instructions"}
	if s.o.Fast {
		args = append(args, "--no-sync")
	}
	cmd := s.command(ctx, fresh, "initdb", args...)
	if err := s.runWatched(cmd); err != nil {
		os.RemoveAll(fresh)
		return s.unreachable(err)
	}
	if err := os.Remove(s.data); err != nil && !errors.Is(err, fs.ErrNotExist) { // only an empty one goes
		return badFolder(s.data, err)
	}
	if err := os.Rename(fresh, s.data); err != nil {
		return badFolder(s.folder, err)
	}
	return nil
}

// runWatched runs initdb so that it ends with us. It cleans up behind itself on SIGTERM; at times it is deaf
// to SIGINT.
func (s *Server) runWatched(cmd *exec.Cmd) error {
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = killLimit
	if err := cmd.Start(); err != nil {
		return err
	}
	s.watch.follow(cmd.Process.Pid, "TERM")
	return cmd.Wait()
}

// unreachable explains why a PostgreSQL program did not run.
func (s *Server) unreachable(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fault(ErrFolder, "the user postgres cannot reach %s; use a folder outside root's home, like /var/lib/sovang",
			"Người dùng postgres không vào được %s. Hãy chọn thư mục ngoài thư mục riêng của root, ví dụ --data /var/lib/sovang.", s.folder)
	}
	return fault(ErrStart, "%v (see %s)", "Không chạy được PostgreSQL: %v (xem %s).", err, s.log.Name())
}

// command is a PostgreSQL program with the cluster's user, our log and nothing of our environment. Its
// working folder is the cluster, so that a folder which that user cannot reach fails at once, by name.
func (s *Server) command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = s.log, s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred, Setsid: true}
	return cmd
}
