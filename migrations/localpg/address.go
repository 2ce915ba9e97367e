package localpg

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Address is where a running cluster answers.
type Address struct {
	socket string // the directory of the socket
}

// DSN is the address of a database for the program: it may become sovang_app and nothing else.
func (a Address) DSN(database string) string { return a.of("sovang", database) }

// ReaderDSN is the address for a person with psql: it reads, and no more.
func (a Address) ReaderDSN(database string) string { return a.of("sovang_read", database) }

// AdminDSN is the address for migrations and for the operator: the superuser.
func (a Address) AdminDSN(database string) string { return a.of("postgres", database) }

// of is a URL that pgx and libpq both read: in it "+" is a plus sign. It names the port, for PGPORT may be
// set to another.
func (a Address) of(login, database string) string {
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=5432&sslmode=disable", login, url.PathEscape(database),
		strings.ReplaceAll(url.QueryEscape(a.socket), "+", "%20"))
}

// Running finds the cluster that another program runs in dataDir, so that psql can work beside it. Nothing
// is started or locked. It answers ErrNotRunning, or ErrFolder where dataDir cannot be read.
func Running(dataDir string) (Address, error) {
	folder, err := filepath.Abs(dataDir)
	if err == nil {
		folder, err = filepath.EvalSymlinks(folder)
	}
	data := filepath.Join(folder, "pg")
	var note []byte
	if err == nil {
		note, err = os.ReadFile(filepath.Join(data, "postmaster.pid"))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Address{}, badFolder(dataDir, err)
	}
	// Lines: process, folder, start, port, directory of the socket, … The last ones come when it is up.
	lines := strings.Split(string(note), "\n")
	if len(lines) < 6 || lines[4] == "" || !isPostgresOf(number(lines[0]), data) {
		return Address{}, fault(ErrNotRunning, "no cluster runs in %s", "Không có cơ sở dữ liệu nào đang chạy trong %s.", dataDir)
	}
	return Address{socket: lines[4]}, nil
}
