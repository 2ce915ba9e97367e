package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"sovang/ledger"
)

// userCmd keeps accounts and roles. It acts as ledger.Operator: who has the machine has the database anyway, and
// every change is a line in the log of the installation.
type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Thêm tài khoản."`
	List     userListCmd     `cmd:"" help:"Liệt kê tài khoản và vai trò."`
	Password userPasswordCmd `cmd:"" help:"Đặt lại mật khẩu."`
	Disable  userDisableCmd  `cmd:"" help:"Ngừng một tài khoản (hoặc mở lại bằng --undo)."`
	Grant    userGrantCmd    `cmd:"" help:"Giao một vai trò ở một quỹ."`
	Revoke   userRevokeCmd   `cmd:"" help:"Thôi giao một vai trò."`
}

// passwordFlag says where a password is read from: never from the command line, which everybody on the machine
// can see.
type passwordFlag struct {
	PasswordFile string `placeholder:"TỆP" help:"Đọc mật khẩu từ dòng đầu của tệp; - là đầu vào chuẩn. Không có thì hỏi trên màn hình."`
}

type userAddCmd struct {
	dataFlag
	passwordFlag
	Login string `arg:"" help:"Tên đăng nhập."`
	Name  string `required:"" placeholder:"HỌ-TÊN" help:"Họ và tên, in trên chứng từ người này lập."`
}

// Run is kong's.
func (c *userAddCmd) Run(ctx context.Context, m *Main) error {
	password, err := c.read(m)
	if err != nil {
		return err
	}
	return m.withLedger(ctx, c.Data, func(l *ledger.Ledger) error {
		n := ledger.NewUser{Login: c.Login, Name: c.Name, Password: password}
		u, err := l.CreateUser(ctx, ledger.Operator, ledger.NewKey(), n)
		if ledger.CodeOf(err) == ledger.CodeWrongState {
			return fail("Tên đăng nhập %q đã có người dùng.", c.Login)
		}
		if err == nil {
			fmt.Fprintf(m.Stdout, "Đã thêm tài khoản %s. Giao vai trò: sovang user grant %s VAI-TRÒ --fund MÃ-QUỸ\n", u.Login, u.Login)
		}
		return err
	})
}

// read asks for the password twice on a terminal, without echo; elsewhere it takes the first line.
func (f passwordFlag) read(m *Main) (string, error) {
	in, ok := m.Stdin.(*os.File)
	switch {
	case f.PasswordFile == "-" || (f.PasswordFile == "" && (!ok || !term.IsTerminal(int(in.Fd())))):
		return firstLine(m.Stdin)
	case f.PasswordFile != "":
		file, err := os.Open(f.PasswordFile)
		if err != nil {
			return "", fail("Không mở được tệp mật khẩu: %v", err)
		}
		defer file.Close()
		return firstLine(file)
	}
	first, err := m.ask(in, "Mật khẩu (ít nhất 10 ký tự): ")
	if err != nil {
		return "", err
	}
	second, err := m.ask(in, "Gõ lại mật khẩu: ")
	if err == nil && first != second {
		err = fail("Hai lần gõ không giống nhau.")
	}
	return first, err
}

func (m *Main) ask(terminal *os.File, prompt string) (string, error) {
	fmt.Fprint(m.Stderr, prompt)
	typed, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(m.Stderr)
	return string(typed), err
}

// firstLine bounds what it reads: the longest password is 200 characters.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", fail("Không đọc được mật khẩu: dòng đầu trống.")
	}
	return line, nil
}

type userListCmd struct {
	dataFlag
}

// Run is kong's.
func (c *userListCmd) Run(ctx context.Context, m *Main) error {
	return m.withLedger(ctx, c.Data, func(l *ledger.Ledger) error {
		users, err := l.Users(ctx, ledger.Operator)
		if err != nil {
			return err
		}
		funds, err := l.Funds(ctx, ledger.Operator)
		if err != nil {
			return err
		}
		codes := map[ledger.FundID]string{ledger.System: "mọi quỹ"}
		for _, f := range funds {
			codes[f.ID] = f.Code
		}
		w := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "TÊN ĐĂNG NHẬP\tHỌ VÀ TÊN\tTRẠNG THÁI\tVAI TRÒ")
		for _, u := range users {
			state := "đang dùng"
			if u.Disabled {
				state = "đã ngừng"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Login, u.Name, state, rolesLine(u, codes))
		}
		return w.Flush()
	})
}

// rolesLine is each role with the funds it is held in: "recorder: HD, HD-CL".
func rolesLine(u ledger.User, codes map[ledger.FundID]string) string {
	var parts []string
	for _, role := range ledger.Roles() {
		var in []string
		for fund, roles := range u.Roles {
			if slices.Contains(roles, role) {
				in = append(in, codes[fund])
			}
		}
		if slices.Sort(in); len(in) > 0 {
			parts = append(parts, string(role)+": "+strings.Join(in, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

type userPasswordCmd struct {
	dataFlag
	passwordFlag
	Login string `arg:"" help:"Tên đăng nhập."`
}

// Run is kong's.
func (c *userPasswordCmd) Run(ctx context.Context, m *Main) error {
	password, err := c.read(m)
	if err != nil {
		return err
	}
	return m.changeUser(ctx, c.Data, c.Login, ledger.UserChange{Password: &password}, "Đã đặt mật khẩu mới.")
}

type userDisableCmd struct {
	dataFlag
	Login string `arg:"" help:"Tên đăng nhập."`
	Undo  bool   `help:"Mở lại tài khoản đã ngừng."`
}

// Run is kong's.
func (c *userDisableCmd) Run(ctx context.Context, m *Main) error {
	stop, done := !c.Undo, "Đã ngừng tài khoản."
	if c.Undo {
		done = "Đã mở lại tài khoản."
	}
	return m.changeUser(ctx, c.Data, c.Login, ledger.UserChange{Disabled: &stop}, done)
}

func (m *Main) changeUser(ctx context.Context, data, login string, change ledger.UserChange, done string) error {
	return m.withLedger(ctx, data, func(l *ledger.Ledger) error {
		u, err := userByLogin(ctx, l, login)
		if err != nil {
			return err
		}
		change.UserID = u.ID
		if err := l.ChangeUser(ctx, ledger.Operator, ledger.NewKey(), change); err != nil {
			return err
		}
		_, err = fmt.Fprintln(m.Stdout, done)
		return err
	})
}

// roleArgs name a role in one fund or in all.
type roleArgs struct {
	dataFlag
	Login string `arg:"" help:"Tên đăng nhập."`
	Role  string `arg:"" enum:"recorder,accountant,treasurer,chief_accountant,account_holder,viewer,inspector,admin" help:"Vai trò: ${enum}."`
	Fund  string `placeholder:"MÃ" xor:"where" help:"Mã quỹ."`
	All   bool   `xor:"where" help:"Ở mọi quỹ (bắt buộc với admin)."`
}

type userGrantCmd struct{ roleArgs }

// Run is kong's.
func (c *userGrantCmd) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, true, "Đã giao vai trò.")
}

type userRevokeCmd struct{ roleArgs }

// Run is kong's.
func (c *userRevokeCmd) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, false, "Đã thôi giao vai trò.")
}

func (c *roleArgs) change(ctx context.Context, m *Main, grant bool, done string) error {
	if (c.Fund == "") != c.All {
		return misused("hãy cho biết quỹ bằng --fund MÃ, hoặc --all cho mọi quỹ")
	}
	return m.withLedger(ctx, c.Data, func(l *ledger.Ledger) error {
		u, err := userByLogin(ctx, l, c.Login)
		if err != nil {
			return err
		}
		change := ledger.RoleChange{UserID: u.ID, Fund: ledger.System, Role: ledger.Role(c.Role), Grant: grant}
		if !c.All {
			fund, err := fundByCode(ctx, l, c.Fund)
			if err != nil {
				return err
			}
			change.Fund = fund.ID
		}
		err = l.ChangeRole(ctx, ledger.Operator, ledger.NewKey(), change)
		if ledger.CodeOf(err) == ledger.CodeWrongState {
			return fail("Không giao được: kế toán và thủ quỹ của một quỹ phải là hai người khác nhau, và một vai trò chỉ giao một lần.")
		}
		if err == nil {
			_, err = fmt.Fprintln(m.Stdout, done)
		}
		return err
	})
}
