package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"sovang/ledger"
	"sovang/migrations"
	"sovang/migrations/localpg"
)

// failure is an error that carries its sentence for the operator. An empty sentence: everything was said.
type failure struct {
	sentence string
	err      error
}

// Error is for logs.
func (f *failure) Error() string {
	if f.err != nil {
		return f.err.Error()
	}
	return "sovang: " + f.sentence
}

// Unwrap gives the cause.
func (f *failure) Unwrap() error { return f.err }

// fail makes an error of a Vietnamese sentence.
func fail(format string, args ...any) error { return &failure{sentence: fmt.Sprintf(format, args...)} }

// said is the error of a command that has told everything already.
func said() error { return &failure{} }

// misuse is a command line that parses and makes no sense: exit code 2.
type misuse struct{ sentence string }

// Error is for logs.
func (e *misuse) Error() string { return "sovang: " + e.sentence }

func misused(format string, args ...any) error { return &misuse{fmt.Sprintf(format, args...)} }

// sentence is what to tell the operator about err.
func sentence(err error) string {
	var f *failure
	var l *ledger.Error
	var n *net.OpError
	var c *pgconn.ConnectError
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &f):
		return f.sentence
	case localpg.Sentence(err) != "":
		return localpg.Sentence(err)
	case errors.As(err, &l):
		return refusalSentence(l)
	case errors.Is(err, ledger.ErrKeyFile):
		return "Tệp khoá ký sổ không đúng mẫu, hoặc tên sổ không hợp lệ (chỉ dùng chữ không dấu, số, dấu chấm và gạch chéo). Hãy lấy lại tệp khoá từ bản sao lưu."
	case errors.Is(err, ledger.ErrKeyMode):
		return "Người khác đọc được tệp khoá ký sổ. Hãy đặt quyền 0600 (chmod 600) rồi chạy lại; nếu tệp có thể đã lộ thì chạy sovang key rotate."
	case errors.Is(err, migrations.ErrNewer):
		return "Cơ sở dữ liệu do bản Sổ Vàng mới hơn tạo ra. Hãy dùng chương trình mới hơn; dữ liệu được giữ nguyên."
	case errors.Is(err, migrations.ErrChecksum):
		return "Cơ sở dữ liệu được tạo bằng các tệp khác với chương trình này. Dữ liệu được giữ nguyên; hãy dùng đúng bản chương trình."
	case errors.Is(err, context.Canceled):
		return "Đã dừng theo yêu cầu."
	case errors.As(err, &pg) && slices.Contains(notMigrated, pg.Code):
		return "Cơ sở dữ liệu này chưa được tạo bảng cho Sổ Vàng. Hãy chạy: sovang migrate"
	case errors.As(err, &c):
		return fmt.Sprintf("Không kết nối được cơ sở dữ liệu: %v", c)
	case errors.Is(err, syscall.EADDRINUSE):
		return "Cổng này đang có chương trình khác dùng. Hãy chọn cổng khác bằng --addr, ví dụ --addr 127.0.0.1:8081."
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("Không có quyền: %v", err)
	case errors.As(err, &n):
		return fmt.Sprintf("Không mở được địa chỉ mạng (%v). Hãy xem lại --addr.", n.Err)
	}
	return fmt.Sprintf("Lỗi ngoài dự kiến, không có gì được ghi thêm: %v", err)
}

// notMigrated are the SQLSTATEs that a database without our tables or roles answers with: undefined table,
// undefined function, invalid role name.
var notMigrated = []string{"42P01", "42883", "22023"}

// codeSentences say what the ledger refused, for the command line.
var codeSentences = map[ledger.Code]string{
	ledger.CodeNotFound:            "không tìm thấy",
	ledger.CodeForbidden:           "người này không có quyền làm việc đó ở quỹ này",
	ledger.CodeSamePerson:          "người duyệt phải khác người lập",
	ledger.CodeKeyReused:           "khoản này đã được ghi trước đây với nội dung hoặc người ghi khác; không ghi lần nữa",
	ledger.CodePeriodClosed:        "ngày nằm trong kỳ đã khoá sổ",
	ledger.CodeFundClosed:          "quỹ đã ngừng ghi sổ",
	ledger.CodeWrongState:          "đã có hoặc đã được xử lý trước đó",
	ledger.CodeInsufficientBalance: "số dư không đủ",
	ledger.CodeStale:               "dữ liệu vừa thay đổi, hãy chạy lại",
	ledger.CodeUnavailable:         "cơ sở dữ liệu không trả lời, hãy chạy lại",
	ledger.CodeBusy:                "quỹ đang có quá nhiều người ghi, hãy chạy lại",
}

// fieldSentences say which input was wrong, by Error.Field and Error.Reason.
var fieldSentences = map[string]string{
	"login/login_form":        "tên đăng nhập gồm 2–40 ký tự a-z, 0-9, dấu chấm, gạch dưới, gạch nối",
	"password/too_short":      "mật khẩu phải có ít nhất 10 ký tự",
	"password/too_long":       "mật khẩu dài quá 200 ký tự",
	"name/required":           "thiếu họ tên",
	"name/too_long":           "họ tên quá dài",
	"payer/required":          "thiếu tên người nộp",
	"payer/too_long":          "tên dài quá 200 ký tự",
	"address/too_long":        "địa chỉ dài quá 300 ký tự",
	"memo/too_long":           "nội dung dài quá 500 ký tự",
	"donated_on/in_future":    "ngày ủng hộ ở tương lai",
	"bank_on/in_future":       "ngày ngân hàng ghi có ở tương lai",
	"donated_on/outside_fund": "ngày nằm ngoài thời gian hoạt động của quỹ",
	"amount/not_positive":     "số tiền phải lớn hơn 0",
	"amount/too_large":        "số tiền quá lớn",
	"campaign/unknown":        "không có đợt vận động này ở quỹ",
	"account/unknown":         "không có tài khoản này cho hình thức nộp đó",
}

func refusalSentence(e *ledger.Error) string {
	if e.Code == ledger.CodeInvalid {
		field := strings.TrimPrefix(e.Field, "donor/")
		if s, ok := fieldSentences[field+"/"+e.Reason]; ok {
			return s
		}
		return fmt.Sprintf("dữ liệu không hợp lệ (%s: %s)", e.Field, e.Reason)
	}
	return codeSentences[e.Code]
}

// helpWords are the English words of kong's help page.
var helpWords = strings.NewReplacer("Usage: ", "Cách dùng: ", "Flags:\n", "Tham số:\n", "Commands:\n", "Lệnh:\n",
	"Arguments:\n", "Đối số:\n", "Show context-sensitive help.", "Xem hướng dẫn của lệnh này.", "[flags]", "[tham số]", "<command>", "<lệnh>",
	`" for more information on a command.`, `" để xem hướng dẫn từng lệnh.`, `Run "`, `Gõ "`)

// usageSentence turns what kong says into Vietnamese: its sentences begin in a few ways.
func usageSentence(english string) string {
	for _, p := range []struct{ begin, with string }{
		{"unknown flag ", "không có tham số "},
		{"unexpected argument ", "không hiểu "},
		{"missing flags: ", "thiếu tham số "},
		{"expected one of ", "thiếu lệnh; hãy chọn một trong: "},
		{"expected ", "thiếu "},
	} {
		if rest, ok := strings.CutPrefix(english, p.begin); ok {
			return p.with + strings.ReplaceAll(rest, ", did you mean ", "; có phải là ")
		}
	}
	return "dòng lệnh không đúng: " + english
}
