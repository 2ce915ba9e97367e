package localpg

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	throwawayPrefix = "sovang-test-"
	sweepAge        = 5 * time.Minute // a younger folder may be somebody's who has not locked it yet
)

// Throwaway starts a cluster in a temporary folder for the life of this process: when the process ends,
// however it ends, the cluster stops and the folder goes. It is for tests, and always Fast.
func Throwaway(ctx context.Context, o Options) (*Server, error) {
	o.Fast = true
	return Scratch(ctx, os.TempDir(), o)
}

// Scratch is Throwaway below a folder of choice ("" is the system's temporary one) and as safe as real books: to
// measure a disk by.
func Scratch(ctx context.Context, parent string, o Options) (*Server, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	sweep(parent)
	dir, err := os.MkdirTemp(parent, throwawayPrefix)
	if err == nil {
		err = os.Chmod(dir, 0o711) // the user postgres must pass when we are root
	}
	if err != nil {
		return nil, badFolder(parent, err)
	}
	s, err := open(dir, o)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	s.doomed = s.folder
	if err := s.start(ctx); err != nil {
		s.Stop()
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

// sweep removes what throwaway clusters of ours left when process and watcher were both killed: their lock
// is free. In a folder open to all only what we made ourselves is ours to remove.
func sweep(temp string) {
	old, _ := filepath.Glob(filepath.Join(temp, throwawayPrefix+"*")) // the pattern is good
	for _, dir := range old {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()) ||
			time.Since(info.ModTime()) < sweepAge {
			continue
		}
		lock, err := takeLock(dir)
		if err != nil {
			continue
		}
		if stopLeftOver(filepath.Join(dir, "pg")) == nil {
			os.RemoveAll(dir)
		}
		lock.Close()
	}
}
