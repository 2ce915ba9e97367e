package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/migrations"
)

// demoCmd fills a folder of its own with the Hải Dương demonstration and serves it.
type demoCmd struct {
	dataFlag
	signFlag
	Addr      string `default:"127.0.0.1:8080" placeholder:"ĐỊA-CHỈ:CỔNG" help:"Địa chỉ và cổng (mặc định: ${default})."`
	PublicURL string `name:"public-url" placeholder:"URL" help:"Địa chỉ trang web in trong mã QR của biên lai minh hoạ (mặc định theo --addr)."`
	Once      bool   `help:"Dựng dữ liệu, in một biên lai, kiểm tra sổ rồi thoát."`
	JSON      bool   `name:"json" help:"Với --once: chỉ in kết quả dạng JSON."`
}

// demoLog is the name of the demonstration's log.
const demoLog = "sovang-minh-hoa/log"

// demoMark says in a data folder that it holds a demonstration: for people, and for the next run.
const demoMark = "DU-LIEU-MINH-HOA.txt"

const demoMarkText = `Thư mục này chứa dữ liệu minh hoạ của Sổ Vàng (sovang demo): số liệu và tên người đều được dựng ra.
Không ghi sổ thật vào đây. Có thể xoá cả thư mục khi không dùng nữa.
`

// Run is kong's.
func (c *demoCmd) Run(ctx context.Context, m *Main) error {
	if c.JSON && !c.Once {
		return misused("--json chỉ dùng cùng với --once")
	}
	folder, err := m.folder(c.Data, "-demo")
	if err != nil {
		return err
	}
	var listener net.Listener
	if !c.Once { // a port that is taken is told before the work, not after it
		if listener, err = net.Listen("tcp", c.Addr); err != nil {
			return err
		}
		defer listener.Close()
	}
	public, err := c.publicURL(listener)
	if err != nil {
		return err
	}
	d, err := m.startDemo(ctx, folder)
	if err != nil {
		return err
	}
	err = c.run(ctx, m, d, folder, public, listener)
	if stopErr := d.close(); err == nil {
		err = stopErr
	}
	return err
}

// publicURL is what the receipts' QR opens.
func (c *demoCmd) publicURL(listener net.Listener) (string, error) {
	if c.PublicURL == "" {
		if listener != nil {
			return "http://" + listener.Addr().String(), nil
		}
		return "http://" + c.Addr, nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", misused("--public-url phải có dạng http://… hoặc https://…")
	}
	return strings.TrimRight(c.PublicURL, "/"), nil
}

// startDemo starts the database of a demonstration. A folder with books that no demonstration made is refused
// before it is opened.
func (m *Main) startDemo(ctx context.Context, folder string) (*database, error) {
	if m.Getenv("DATABASE_URL") == "" {
		_, noBooks := os.Stat(filepath.Join(folder, "pg"))
		_, noMark := os.Stat(filepath.Join(folder, demoMark))
		if noBooks == nil && errors.Is(noMark, fs.ErrNotExist) {
			return nil, realBooks(folder)
		}
	}
	d, err := m.start(ctx, folder)
	if err != nil {
		return nil, err
	}
	if err = os.MkdirAll(folder, 0o755); err == nil {
		err = os.WriteFile(filepath.Join(folder, demoMark), []byte(demoMarkText), 0o644)
	}
	if err == nil && d.server == nil {
		err = migrations.Up(ctx, d.admin)
	}
	if err != nil {
		_ = d.close() // the first error is the one to tell
		return nil, err
	}
	return d, nil
}

func realBooks(where string) error {
	return fail("%s đã có sổ sách không phải của bản minh hoạ nên không dựng dữ liệu minh hoạ vào đó. Hãy chọn thư mục khác bằng --data.", where)
}

func (c *demoCmd) run(ctx context.Context, m *Main, d *database, folder, public string, listener net.Listener) error {
	keys, err := c.make(m, folder, demoLog)
	if err != nil {
		return err
	}
	return openLedger(ctx, d.app, ledger.Options{Keys: keys}, func(l *ledger.Ledger) error {
		state, err := demoStateOf(ctx, l)
		if err != nil {
			return err
		}
		switch state {
		case demoReal:
			return realBooks("Cơ sở dữ liệu này")
		case demoEmpty, demoPart:
			if err := m.fillDemo(ctx, d.app, public); err != nil {
				return err
			}
		}
		if c.Once {
			return c.once(ctx, m, l, folder)
		}
		if err := m.printDemo(ctx, l, listener.Addr().String(), state); err != nil {
			return err
		}
		m.printKey(keys, listener.Addr().String())
		return m.serve(ctx, listener, l, d, strings.HasPrefix(public, "https:"))
	})
}

func (m *Main) fillDemo(ctx context.Context, dsn, public string) error {
	bar := m.bar("Đang dựng dữ liệu minh hoạ")
	defer bar.done()
	return (&demo{dsn: dsn, places: places(), publicURL: public, show: bar.show}).fill(ctx)
}

// once prints a receipt, verifies and tells.
func (c *demoCmd) once(ctx context.Context, m *Main, l *ledger.Ledger, folder string) error {
	s, err := summarise(ctx, l)
	if err != nil {
		return err
	}
	r, err := sampleReceipt(ctx, l)
	if err != nil {
		return err
	}
	if s.ReceiptPDF, err = writeReceipt(ctx, l, folder, r); err != nil {
		return err
	}
	report, err := m.verify(ctx, l)
	if err != nil {
		return err
	}
	s.Verify = verdictOf(report)
	s.Verify.Problems = append(s.Verify.Problems, s.differ...)
	s.Verify.OK = len(s.Verify.Problems) == 0
	if c.JSON {
		err = json.NewEncoder(m.Stdout).Encode(s)
	} else {
		m.printSums(s)
		fmt.Fprintf(m.Stdout, "Một biên lai: %s\n", s.ReceiptPDF)
		m.printReport(report)
	}
	if err == nil && !s.Verify.OK {
		return said()
	}
	return err
}

func (m *Main) printSums(s summary) {
	w := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "Mã quỹ\tSố khoản\tSố chứng từ\tĐã thu (đ)\t")
	for _, f := range s.Funds {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t\n", f.Code, f.Donations, f.Receipts, f.Raised.Format())
	}
	_ = w.Flush() // a terminal that is gone is told by the next write
	fmt.Fprintf(m.Stdout, "Quỹ cấp tỉnh: %s đ; các quỹ cấp huyện: %s đ\n", s.Raised.Province.Format(), s.Raised.District.Format())
}

// printDemo tells where to look and how to sign in.
func (m *Main) printDemo(ctx context.Context, l *ledger.Ledger, address string, state demoState) error {
	r, err := sampleReceipt(ctx, l)
	if err != nil {
		return err
	}
	sums := ""
	if state != demoFull { // visitors may have added gifts to a demonstration of an earlier day
		sums = fmt.Sprintf("Đã thu: quỹ cấp tỉnh %s đ, 12 quỹ cấp huyện %s đ.\n", money.Dong(2_915*million).Format(), money.Dong(7_800*million).Format())
	}
	site := "http://" + address
	fmt.Fprintf(m.Stdout, `
SỔ VÀNG — BẢN MINH HOẠ
Quỹ Đền ơn đáp nghĩa tỉnh Hải Dương và 12 quỹ cấp huyện, tháng 1/2021 – tháng 3/2023.
Tên người, đơn vị và từng khoản ủng hộ đều được dựng ra.
%s
Trang chủ            %s/
Đăng nhập            %[2]s/dang-nhap
Tra cứu biên lai     %[2]s/tra-cuu
Một biên lai         %[2]s/b/%[3]s/%[4]s
API (OpenAPI 3.1)    %[2]s/api/v1/openapi.json

Đăng nhập, mật khẩu của mọi tài khoản là: %[5]s
`, sums, site, r.FundCode, r.Code, demoPassword)
	for _, u := range demoUsers {
		fmt.Fprintf(m.Stdout, "  %-14s %s\n", u.login, u.what)
	}
	_, err = fmt.Fprint(m.Stdout, "\nDừng bằng Ctrl-C.\n")
	return err
}
