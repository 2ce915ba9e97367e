package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"sovang/ledger"
	"sovang/ledger/roster"
)

// Limits of the ledger's texts that a list can exceed, in characters; the ledger checks them again.
const (
	importName    = 200
	importAddress = 300
	importMemo    = 500
)

// A telephone number is written with signs that the ledger does not keep.
var (
	importPhone = regexp.MustCompile(`^[0-9+ ]{0,20}$`)
	phoneSigns  = strings.NewReplacer(".", "", "-", "", "(", "", ")", "")
)

// listError is why a file could not be read at all.
func listError(err error) error {
	var e *roster.Error
	if errors.As(err, &e) {
		return fail("%s", e.Sentence())
	}
	return err
}

// check tells every problem of the file and makes the items of the good rows.
func (i *importer) check() {
	for _, p := range i.list.All() {
		mark := "Lưu ý"
		if p.Level != roster.Notice {
			mark = "PHẢI SỬA"
			i.bad++
		}
		fmt.Fprintf(i.Stderr, "%s: %s%s\n", mark, p.Sentence(), answerFlag(p.Code))
	}
	for n := range i.list.Rows {
		row := &i.list.Rows[n]
		if !row.Good() {
			continue
		}
		item, problem := i.item(row)
		if problem != "" {
			i.bad++
			fmt.Fprintf(i.Stderr, "PHẢI SỬA: Hàng %d: %s.\n", row.Line, problem)
			continue
		}
		i.items = append(i.items, item)
		i.lines = append(i.lines, row.Line)
	}
}

// answerFlag says how a question is answered on the command line.
func answerFlag(code roster.Code) string {
	switch code {
	case roster.CodeLegacy:
		return " (--unicode convert hoặc --unicode keep)"
	case roster.CodeGroup:
		return " (--group . hoặc --group ,)"
	case roster.CodeTotal:
		return " (--total)"
	case roster.CodeDateYear:
		return " (--year)"
	case roster.CodeSheets:
		return " (--sheet)"
	}
	return ""
}

// item is the gift of one row, or what keeps it from being one.
func (i *importer) item(row *roster.Row) (ledger.DonationItem, string) {
	g := ledger.NewDonation{
		Payer: row.Name, Address: row.Address, Memo: row.Memo, Amount: row.Amount,
		Method: ledger.Method(i.Method), AccountID: i.Account, CampaignID: i.Campaign, DonatedOn: i.day,
	}
	if row.Method != "" {
		g.Method = ledger.Method(row.Method)
	}
	if row.GivenOn != "" {
		day, err := ledger.ParseDate(row.GivenOn)
		if err != nil {
			return ledger.DonationItem{}, "ngày không hợp lệ"
		}
		g.DonatedOn = day
	}
	if row.Name == "" {
		g.Giver, g.Address = ledger.GiverUnknown, ""
	} else {
		g.Payer, g.Address = "", ""
		g.NewDonor = &ledger.NewDonor{Kind: ledger.DonorKind(row.Kind), Name: row.Name, Address: row.Address, Phone: phoneSigns.Replace(row.Phone)}
	}
	item := ledger.DonationItem{Key: i.key(row.Line), Donation: g}
	if problem := i.textProblem(row); problem != "" {
		return item, problem
	}
	return item, i.ruleProblem(g)
}

// key is a row's own: the file's bytes, the fund, the line. Lines of one file differ, so equal rows are two gifts.
func (i *importer) key(line int) ledger.Key {
	return ledger.KeyOf(fmt.Sprintf("import/%x/%s/%d", i.file, i.fund.Code, line))
}

func (i *importer) textProblem(row *roster.Row) string {
	for _, t := range []struct {
		what, text string
		limit      int
	}{{"tên", row.Name, importName}, {"địa chỉ", row.Address, importAddress}, {"nội dung", row.Memo, importMemo}} {
		if n := utf8.RuneCountInString(t.text); n > t.limit {
			return fmt.Sprintf("%s dài %d ký tự, quá %d", t.what, n, t.limit)
		}
	}
	if !importPhone.MatchString(phoneSigns.Replace(row.Phone)) {
		return "số điện thoại chỉ gồm chữ số, dấu + và dấu cách, nhiều nhất 20 ký tự"
	}
	return ""
}

// ruleProblem checks what the ledger will check of a gift: method, account, days.
func (i *importer) ruleProblem(g ledger.NewDonation) string {
	day := g.DonatedOn
	if day.IsZero() {
		day = i.today
	}
	switch {
	case g.Method == ledger.MethodGoods:
		return "hiện vật không nhập bằng danh sách này; hãy ghi trên trang web, có số lượng và đơn giá"
	case !i.account[g.Method]:
		return "tài khoản đã chọn không nhận hình thức này"
	case i.today.Before(day):
		return fmt.Sprintf("ngày %s ở tương lai", day.Format())
	case day.Before(i.fund.ValidFrom), !i.fund.ValidTo.IsZero() && i.fund.ValidTo.Before(day):
		return fmt.Sprintf("ngày %s nằm ngoài thời gian hoạt động của quỹ", day.Format())
	case !i.fund.ClosedThrough.IsZero() && !i.fund.ClosedThrough.Before(day):
		return fmt.Sprintf("ngày %s nằm trong kỳ đã khoá sổ (đến hết %s)", day.Format(), i.fund.ClosedThrough.Format())
	}
	return ""
}
