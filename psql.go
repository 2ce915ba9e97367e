package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"sovang/migrations/localpg"
)

// psqlCmd opens the books with the system's psql, beside a running server or alone. As the reader it sees every
// fund's rows and can change nothing; as the owner it can do what no program of ours may: a trace of that
// remains in the log only as far as sovang verify finds it.
type psqlCmd struct {
	dataFlag
	Owner bool     `help:"Mở với toàn quyền. Chỉ dùng để sửa chữa; sovang verify sẽ thấy mọi thay đổi vào sổ."`
	Args  []string `arg:"" optional:"" passthrough:"" help:"Tham số chuyển cho psql, đặt sau dấu --."`
}

// Run is kong's.
func (c *psqlCmd) Run(ctx context.Context, m *Main) error {
	folder, err := m.folder(c.Data, "")
	if err != nil {
		return err
	}
	d, err := m.reach(ctx, folder)
	if err != nil {
		return err
	}
	dsn, options := d.reader, "-c role=sovang_reader -c sovang.funds=*"
	if c.Owner {
		dsn, options = d.admin, ""
	}
	err = m.psql(dsn, options, c.Args)
	if stopErr := d.close(); err == nil {
		err = stopErr
	}
	return err
}

// psql runs as a child, for the cluster may be ours to stop afterwards. Ctrl-C reaches both: psql cancels its
// query, and this program waits for it to end.
func (m *Main) psql(dsn, options string, args []string) error {
	program := "psql"
	if bin, err := localpg.Find(); err == nil {
		if _, err := os.Stat(filepath.Join(bin, "psql")); err == nil {
			program = filepath.Join(bin, "psql")
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	cmd := exec.Command(program, append([]string{"--dbname=" + dsn}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = m.Stdin, m.Stdout, m.Stderr
	cmd.Env = append(os.Environ(), "PGOPTIONS="+options, "PGAPPNAME=sovang psql")
	err := cmd.Run()
	if _, failed := err.(*exec.ExitError); failed {
		return said() // psql has told why
	}
	if err != nil {
		return fail("Không chạy được psql. Trên Debian: apt-get install postgresql-client. (%v)", err)
	}
	return nil
}
