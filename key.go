package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sovang/ledger"
)

// keyFile is the key file's name in the data folder.
const keyFile = "log.key"

// signFlag says where the key is that signs the log.
type signFlag struct {
	Key string `placeholder:"TỆP" help:"Tệp khoá ký sổ (mặc định: log.key trong thư mục dữ liệu; với DATABASE_URL thì phải nêu)."`
}

// path is where the key file is; "" when nobody said and there is no data folder.
func (f signFlag) path(m *Main, folder string) string {
	switch {
	case f.Key != "":
		return f.Key
	case m.Getenv("DATABASE_URL") != "":
		return ""
	}
	return filepath.Join(folder, keyFile)
}

// make reads the keys, or makes them for a log of this name. Without a place for them the program signs nothing.
func (f signFlag) make(m *Main, folder, name string) (*ledger.Keys, error) {
	path := f.path(m, folder)
	if path == "" {
		fmt.Fprintln(m.Stderr, "sovang: chưa ký sổ, biên lai không kèm bằng chứng. Hãy cho biết tệp khoá bằng --key.")
		return nil, nil
	}
	return ledger.LoadOrMakeKey(path, name)
}

// have reads keys that must be there already.
func (f signFlag) have(m *Main, folder string) (*ledger.Keys, error) {
	path := f.path(m, folder)
	if path == "" {
		return nil, misused("hãy cho biết tệp khoá ký sổ bằng --key")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fail("Chưa có khoá ký sổ ở %s. Khoá được tạo khi chạy sovang serve lần đầu.", path)
	}
	return ledger.LoadOrMakeKey(path, "") // it is there: no name is needed
}

// logName is what a new log is called for ever: the flag's, else by the machine's name.
func logName(flag string) string {
	if flag != "" {
		return flag
	}
	host, err := os.Hostname()
	if err != nil || host == "" || strings.ContainsAny(host, "+ ") {
		host = "so-vang"
	}
	return host + "/log"
}

// keyCmd shows and rotates the key that signs the log.
type keyCmd struct {
	Show   keyShowCmd   `cmd:"" help:"In khoá kiểm tra (phần công khai) của sổ chung và của từng quỹ."`
	Rotate keyRotateCmd `cmd:"" help:"Tạo khoá ký mới; khoá cũ vẫn kiểm tra được biên lai cũ."`
}

// keyShowCmd prints verifier keys, a line each: for posters, for the public page, for sovang verify --key.
type keyShowCmd struct {
	dataFlag
	signFlag
	Funds []string `arg:"" optional:"" name:"mã-quỹ" help:"Chỉ in khoá của các quỹ này, không cần mở cơ sở dữ liệu."`
}

// Run is kong's.
func (c *keyShowCmd) Run(ctx context.Context, m *Main) error {
	folder, err := m.folder(c.Data, "")
	if err != nil {
		return err
	}
	keys, err := c.have(m, folder)
	if err != nil {
		return err
	}
	if len(c.Funds) == 0 {
		c.Funds = []string{""}
		err = m.withLedger(ctx, c.Data, func(l *ledger.Ledger) error {
			funds, err := l.Funds(ctx, ledger.Operator)
			for _, f := range funds {
				c.Funds = append(c.Funds, f.Code)
			}
			return err
		})
	}
	for _, code := range c.Funds {
		for _, key := range keys.Verifiers(code) {
			fmt.Fprintln(m.Stdout, key)
		}
	}
	return err
}

// keyRotateCmd makes a new signing key.
type keyRotateCmd struct {
	dataFlag
	signFlag
}

// Run is kong's.
func (c *keyRotateCmd) Run(m *Main) error {
	folder, err := m.folder(c.Data, "")
	if err != nil {
		return err
	}
	if _, err := c.have(m, folder); err != nil {
		return err
	}
	keys, err := ledger.RotateKey(c.path(m, folder))
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, `Đã tạo khoá ký mới. Khoá kiểm tra mới của sổ chung:
%s
Việc cần làm: chạy lại sovang serve, rồi niêm yết khoá mới cạnh khoá cũ (sovang key show).
`, keys.Verifiers("")[0])
	return nil
}

// keyTexts reads verifier keys as people give them: the key itself, or a file with a key on each line.
func keyTexts(given []string) (vkeys []string, err error) {
	const maxFile = 1 << 20 // bytes; 680 funds with ten keys each
	for _, text := range given {
		info, err := os.Stat(text)
		if err == nil && info.Size() <= maxFile {
			data, err := os.ReadFile(text)
			if err != nil {
				return nil, err
			}
			text = string(data)
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				vkeys = append(vkeys, line)
			}
		}
	}
	return vkeys, nil
}
