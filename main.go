// Command sovang is Sổ Vàng: the open ledger of the Đền ơn đáp nghĩa (Gratitude) funds, in one program.
//
//	sovang demo              fill a folder with the Hải Dương demonstration and serve it
//	sovang serve             serve the books
//	sovang migrate           bring the database to this program's version
//	sovang verify            derive everything again from entries and postings, and name what differs
//	sovang verify FILE.pdf   check one receipt by the proof that it carries, without database or server
//	sovang key …             the key that signs the log: show it, change it
//	sovang witness URL       cosign another installation's log
//	sovang user …            accounts and roles
//	sovang psql              the database itself, to read
//	sovang import donations  book a list of gifts under one control total
//	sovang bench             size a machine before a drive, on a scratch database
//
// Exit codes: 0 done, 1 refused or failed, 2 called in a way it does not know.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	_ "github.com/anishathalye/porcupine"
	_ "go.uber.org/goleak"

	"github.com/alecthomas/kong"
)

// Exit codes of the command.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Main is one run of the command. Tests start the same program as a person does, on port 0, and learn through
// Serving where it listens.
type Main struct {
	Args    []string // without the program's own name
	Stdin   io.Reader
	Stdout  io.Writer // what was asked for
	Stderr  io.Writer // messages, progress, the log
	Getenv  func(string) string
	Serving func(address string) // called once pages can be asked for; may be nil
}

// cli is the whole surface of the command.
type cli struct {
	Demo    demoCmd    `cmd:"" help:"Dựng dữ liệu minh hoạ Hải Dương (1/2021–3/2023) và mở trang web để xem."`
	Serve   serveCmd   `cmd:"" help:"Chạy máy chủ trang web và API."`
	Migrate migrateCmd `cmd:"" help:"Tạo cơ sở dữ liệu hoặc nâng lên đúng phiên bản của chương trình."`
	Verify  verifyCmd  `cmd:"" help:"Tính lại toàn bộ sổ từ các bút toán và nêu mọi chỗ sai lệch."`
	User    userCmd    `cmd:"" help:"Tài khoản người dùng và vai trò."`
	Psql    psqlCmd    `cmd:"" help:"Mở cơ sở dữ liệu bằng psql (chỉ đọc, trừ khi có --owner)."`
	Import  importCmd  `cmd:"" help:"Nhập danh sách từ tệp."`
	Key     keyCmd     `cmd:"" help:"Khoá ký sổ: xem, thay khoá."`
	Witness witnessCmd `cmd:"" help:"Chứng kiến sổ của nơi khác: ký nhận mốc của họ, từ chối sổ hai mặt."`
	Bench   benchCmd   `cmd:"" help:"Đo xem máy này ghi được bao nhiêu khoản mỗi giây (dùng cơ sở dữ liệu tạm)."`
}

// dataFlag is where the books are; every command that opens them has it.
type dataFlag struct {
	Data string `placeholder:"THƯ-MỤC" help:"Thư mục dữ liệu (root: /var/lib/sovang; người dùng thường: ~/.local/share/sovang). Biến DATABASE_URL, nếu có, thay cho cơ sở dữ liệu trong thư mục này."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	m := &Main{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
	code := m.Run(ctx)
	stop()
	os.Exit(code)
}

// Run does what Args say and gives the exit code. When ctx ends it stops in good order.
func (m *Main) Run(ctx context.Context) int {
	slog.SetDefault(slog.New(slog.NewJSONHandler(m.Stderr, nil)))
	var c cli
	exited := -1 // kong "exits" for --help
	parser, err := kong.New(&c, kong.Name("sovang"), kong.Writers(m.Stdout, m.Stderr),
		kong.Description("Sổ Vàng: sổ sách mở của Quỹ Đền ơn đáp nghĩa."), kong.Help(helpInVietnamese),
		kong.Exit(func(code int) { exited = code }), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(m))
	if err != nil {
		panic(err) // the struct above is wrong
	}
	args := m.Args
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	switch {
	case exited >= 0 && len(m.Args) == 0:
		return exitUsage
	case exited >= 0:
		return exited
	}
	if err == nil {
		err = parsed.Run()
	}
	return m.tell(err)
}

// tell explains an error to the person at the terminal and chooses the exit code.
func (m *Main) tell(err error) int {
	var usage *kong.ParseError
	var misuse *misuse
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(m.Stderr, "sovang: %s\nXem cách dùng: sovang --help\n", usageSentence(err.Error()))
		return exitUsage
	case errors.As(err, &misuse):
		fmt.Fprintf(m.Stderr, "sovang: %s\n", misuse.sentence)
		return exitUsage
	}
	if s := sentence(err); s != "" {
		fmt.Fprintf(m.Stderr, "sovang: %s\n", s)
	}
	return exitFailed
}

// helpInVietnamese prints kong's help with its few English words changed.
func helpInVietnamese(o kong.HelpOptions, c *kong.Context) error {
	out := c.Stdout
	var page strings.Builder
	c.Stdout = &page
	err := kong.DefaultHelpPrinter(o, c)
	c.Stdout = out
	_, writeErr := io.WriteString(out, helpWords.Replace(page.String()))
	return errors.Join(err, writeErr)
}
