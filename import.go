package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/ledger/roster"
)

// importCmd books lists.
type importCmd struct {
	Donations importDonationsCmd `cmd:"" help:"Ghi một danh sách ủng hộ (CSV hoặc XLSX) vào sổ, theo một số tổng kiểm tra."`
}

// importDonationsCmd books one list under one control total: all rows or none.
//
// "None": before anything is written the whole file is read, each row is checked against everything the ledger
// checks, and the rows are added up. One bad row, one open question or another total, and nothing is booked.
//
// "All": the rows then go to the ledger in slices of at most 1,000, each one transaction; a list of up to 1,000
// rows is one transaction. Each row has a key made of the file's bytes, the fund and its place in the file. So a
// longer list that a power cut stops after the third slice is completed by running the same command again: the
// rows that stand are answered from the books, the rest is written. Running it twice books nothing twice.
//
// Between the check and the booking another program may close the period. A row that the ledger refuses then is
// told at once, with how many rows stand, and the exit code is 1.
type importDonationsCmd struct {
	dataFlag
	File     string `arg:"" placeholder:"TỆP" help:"Tệp CSV hoặc XLSX."`
	Fund     string `required:"" placeholder:"MÃ" help:"Mã quỹ."`
	As       string `required:"" placeholder:"TÊN-ĐĂNG-NHẬP" help:"Người ghi sổ; phải có quyền ghi ở quỹ này."`
	Method   string `enum:"cash,transfer" default:"cash" help:"Hình thức: ${enum} (mặc định: tiền mặt). Cột hình thức trong tệp, nếu có, được ưu tiên."`
	Account  int32  `placeholder:"SỐ" help:"Mã tài khoản nhận tiền trong sổ (mặc định: tài khoản đầu tiên của hình thức)."`
	Date     string `placeholder:"NGÀY" help:"Ngày ủng hộ của các hàng không ghi ngày (dd/mm/yyyy). Mặc định: hôm nay."`
	Year     int    `placeholder:"NĂM" help:"Năm của các ngày không ghi năm."`
	Campaign int64  `placeholder:"SỐ" help:"Mã đợt vận động."`
	Total    string `placeholder:"SỐ-TIỀN" help:"Số tổng kiểm tra, ví dụ 1.234.567. Mặc định: dòng tổng cộng trong tệp."`
	Group    string `placeholder:"DẤU" help:"Dấu hàng nghìn trong tệp: dấu chấm hoặc dấu phẩy."`
	Unicode  string `enum:"ask,convert,keep" default:"ask" help:"Chữ TCVN3/VNI trong tệp: convert (đổi sang Unicode), keep (giữ nguyên), ask (hỏi)."`
	Sheet    string `placeholder:"TÊN" help:"Trang tính cần đọc."`
	DryRun   bool   `help:"Chỉ kiểm tra, không ghi."`
}

// importBatch is the ledger's limit of gifts in one call.
const importBatch = 1_000

// Run is kong's.
func (c *importDonationsCmd) Run(ctx context.Context, m *Main) error {
	if c.Group != "" && c.Group != "." && c.Group != "," {
		return misused("--group là dấu chấm hoặc dấu phẩy")
	}
	if c.Total != "" {
		if _, err := money.ParseGrouped(c.Total, '.'); err != nil {
			return misused("--total %q không phải là số tiền (ví dụ đúng: 1.234.567)", c.Total)
		}
	}
	day, err := c.day()
	if err != nil {
		return err
	}
	body, err := readList(c.File)
	if err != nil {
		return err
	}
	list, err := roster.Read(filepath.Base(c.File), bytes.NewReader(body), c.options())
	if err != nil {
		return listError(err)
	}
	return m.withLedger(ctx, c.Data, func(l *ledger.Ledger) error {
		i := &importer{importDonationsCmd: c, Main: m, l: l, list: list, day: day, file: sha256.Sum256(body), today: ledger.DateOf(time.Now())}
		return i.run(ctx)
	})
}

func (c *importDonationsCmd) day() (ledger.Date, error) {
	if c.Date == "" {
		return ledger.Date{}, nil
	}
	d, err := ledger.ParseDate(c.Date)
	if err != nil {
		return d, misused("--date %q không phải là ngày (ví dụ đúng: 27/07/2026)", c.Date)
	}
	return d, nil
}

func (c *importDonationsCmd) options() roster.Options {
	o := roster.Options{Sheet: c.Sheet, Year: c.Year, TrustRows: c.Total != ""}
	if c.Group != "" {
		o.Group = c.Group[0]
	}
	o.Legacy = map[string]roster.Reading{"ask": roster.ReadingAsk, "convert": roster.Convert, "keep": roster.Keep}[c.Unicode]
	return o
}

func readList(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fail("Không mở được tệp: %v", err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, roster.MaxFile+1)) // roster refuses what is larger
}

// importer is one list on its way into the books.
type importer struct {
	*importDonationsCmd
	*Main
	l     *ledger.Ledger
	list  *roster.List
	file  [32]byte
	day   ledger.Date // of rows without one; zero: none was told
	today ledger.Date

	fund    ledger.Fund
	actor   ledger.Actor
	account map[ledger.Method]bool // the methods that the account asked for can take in
	bad     int
	items   []ledger.DonationItem
	lines   []int // rows of the file, beside items
}

func (i *importer) run(ctx context.Context) error {
	if err := i.look(ctx); err != nil {
		return err
	}
	i.check()
	if i.bad > 0 {
		return fail("Có %d chỗ phải sửa hoặc trả lời; chưa ghi khoản nào. Sửa tệp rồi chạy lại.", i.bad)
	}
	if len(i.items) == 0 {
		return fail("Danh sách không có hàng nào để ghi.")
	}
	if err := i.control(); err != nil {
		return err
	}
	if i.DryRun {
		_, err := fmt.Fprintf(i.Stdout, "Danh sách hợp lệ: %d khoản, tổng %s đ. Chưa ghi (--dry-run).\n", len(i.items), i.list.Total.Format())
		return err
	}
	return i.book(ctx)
}

// look finds the fund, the person and what they may use.
func (i *importer) look(ctx context.Context) (err error) {
	if i.fund, err = fundByCode(ctx, i.l, i.Fund); err != nil {
		return err
	}
	u, err := userByLogin(ctx, i.l, i.As)
	if err != nil {
		return err
	}
	if i.actor, err = i.l.ActorOf(ctx, u.ID); err != nil {
		return fail("Tài khoản %q đã ngừng.", i.As)
	}
	if !i.actor.Can(i.fund.ID, ledger.PermRecordGift) {
		return fail("Tài khoản %q không có quyền ghi khoản ủng hộ ở quỹ %s.", i.As, i.fund.Code)
	}
	if i.fund.State != "open" {
		return fail("Quỹ %s đã ngừng ghi sổ.", i.fund.Code)
	}
	if err := i.lookCampaign(ctx); err != nil {
		return err
	}
	return i.lookAccount(ctx)
}

func (i *importer) lookCampaign(ctx context.Context) error {
	if i.Campaign == 0 {
		return nil
	}
	list, err := i.l.Campaigns(ctx, i.actor, i.fund.ID)
	if err != nil {
		return err
	}
	var known []string
	for _, c := range list {
		if c.ID == i.Campaign {
			return nil
		}
		known = append(known, fmt.Sprintf("%d (%s)", c.ID, c.Name))
	}
	return fail("Quỹ %s không có đợt vận động số %d. Các đợt: %s.", i.fund.Code, i.Campaign, strings.Join(known, "; "))
}

// lookAccount finds what the account asked for can take in; the ledger chooses where none was asked for.
func (i *importer) lookAccount(ctx context.Context) error {
	i.account = map[ledger.Method]bool{ledger.MethodCash: true, ledger.MethodTransfer: true}
	if i.Account == 0 {
		return nil
	}
	list, err := i.l.Accounts(ctx, i.actor, i.fund.ID)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.ID == i.Account && !a.Closed {
			i.account[ledger.MethodCash] = a.Role == "CASH"
			i.account[ledger.MethodTransfer] = a.Role == "BANK" || a.Role == "TREASURY"
			return nil
		}
	}
	return fail("Quỹ %s không có tài khoản số %d đang dùng.", i.fund.Code, i.Account)
}

// control holds the sum of the rows against the one total: the typed one, or the file's own.
func (i *importer) control() error {
	want := i.list.Stated
	if i.Total != "" {
		typed, err := money.ParseGrouped(i.Total, '.')
		if err != nil {
			return err
		}
		want = &typed
	}
	switch {
	case want == nil && i.DryRun:
		return nil
	case want == nil:
		return fail("Tệp không có dòng tổng cộng. Hãy cho số tổng kiểm tra: --total (cộng các hàng được %s đ).", i.list.Total.Format())
	case !want.Equal(i.list.Total):
		return fail("Số tổng kiểm tra là %s đ nhưng cộng %d hàng được %s đ. Chưa ghi khoản nào.",
			want.Format(), len(i.items), i.list.Total.Format())
	}
	return nil
}

// book writes the rows and tells what became of them.
func (i *importer) book(ctx context.Context) error {
	bar := i.bar("Đang ghi sổ")
	defer bar.done()
	var booked, before, refused int
	for from := 0; from < len(i.items); from += importBatch {
		slice := i.items[from:min(from+importBatch, len(i.items))]
		for n, r := range i.l.RecordDonations(ctx, i.actor, i.fund.ID, slice) {
			switch {
			case r.Err != nil:
				refused++
				fmt.Fprintf(i.Stderr, "Hàng %d: %s.\n", i.lines[from+n], sentence(r.Err))
			case r.Donation.Replayed:
				before++
			default:
				booked++
			}
		}
		bar.show(int64(from+len(slice)), int64(len(i.items)))
	}
	if refused > 0 {
		return fail("CHƯA GHI HẾT: %d khoản bị từ chối; %d khoản vừa ghi và %d khoản đã có từ trước vẫn nằm trong sổ. Xử lý xong hãy chạy lại đúng lệnh này: không khoản nào bị ghi hai lần.",
			refused, booked, before)
	}
	_, err := fmt.Fprintf(i.Stdout, "Đã ghi %d khoản, đã có từ trước %d khoản; tổng danh sách %s đ.\n", booked, before, i.list.Total.Format())
	return err
}
