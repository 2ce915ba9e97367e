package roster_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"sovang/ledger/money"
	"sovang/ledger/roster"
	"sovang/ledger/viet"
)

// holds checks what is true of every list: the total is the sum of the good rows, good amounts are in their
// range, texts are in normal form, and every problem has a sentence.
func holds(t *testing.T, l *roster.List, err error) {
	t.Helper()
	if err != nil {
		if e, ok := errors.AsType[*roster.Error](err); !ok || e.Sentence() == "" {
			t.Fatalf("error without a sentence: %v", err)
		}
		return
	}
	var sum money.VND
	for _, r := range l.Rows {
		if r.Good() {
			sum = sum.Add(r.Amount)
			if r.Amount.Sign() <= 0 || r.Amount.Cmp(money.Dong(money.MaxVND)) > 0 {
				t.Errorf("good row with %s", r.Amount)
			}
		}
		for _, text := range []string{r.Name, r.Address, r.Phone, r.Memo, r.Note} {
			if !viet.IsNFC(text) {
				t.Errorf("%q is not in normal form", text)
			}
		}
	}
	if !sum.Equal(l.Total) {
		t.Errorf("total %s, rows add up to %s", l.Total, sum)
	}
	for _, p := range l.All() {
		if strings.TrimSpace(p.Sentence()) == "" || strings.HasSuffix(p.Sentence(), ": ") {
			t.Errorf("problem without a sentence: %+v", p)
		}
	}
}

func FuzzReadText(f *testing.F) {
	for _, seed := range []string{
		plainList, "\ufeffTên;Số tiền\nLê Ba;14.000\n", "Hä vµ tªn\tSè tiÒn\nLª Dòng\t500k\n", "sep=,\nTên,Tiền\n",
		"STT,Đơn vị,Số tiền\nI,A,3\n1,B,1\n2,C,2\nTổng cộng,,3\n", "<table>", "PK\x03\x04", "T\x00\xea\x00n\x00;\x00",
	} {
		f.Add([]byte(seed), byte('.'), 2026, 1)
	}
	f.Fuzz(func(t *testing.T, body []byte, group byte, year, legacy int) {
		o := roster.Options{Year: year, Legacy: roster.Reading(legacy), Group: group}
		l, err := roster.Read("ds", bytes.NewReader(body), o)
		holds(t, l, err)
	})
}

func FuzzReadWorkbookCells(f *testing.F) {
	f.Add("Họ và tên", "Số tiền", "Lê Văn Mẫu", "500.000đ", "SUM(B2:B3)", 200000.5, "27/7/2026")
	f.Add("STT", "Số tiền", "Tổng cộng", "14.000", "", 2e5, "ngày … tháng …")
	f.Fuzz(func(t *testing.T, head, head2, name, amount, formula string, number float64, day string) {
		x := excelize.NewFile()
		defer x.Close()
		rows := [][]any{{"STT", head, head2, "Ngày"}, {"TT", "Tên", "Tiền", "Ngày nộp"}, {1, name, amount, day}, {name, "Lê Ba", number, number}}
		for i, row := range rows {
			if x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row) != nil {
				return // longer than a cell may be
			}
		}
		if formula != "" && x.SetCellFormula("Sheet1", "C4", formula) != nil {
			return
		}
		var b bytes.Buffer
		if x.Write(&b) != nil {
			return
		}
		l, err := roster.Read("ds", &b, roster.Options{})
		holds(t, l, err)
	})
}

// FuzzReadSheet gives the stream of cells any XML.
func FuzzReadSheet(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Tên</t></is></c><c t="inlineStr"><is><r><rPr><strike/></rPr><t>Tiền</t></r></is></c></row></sheetData><mergeCells><mergeCell ref="A1:A9"/></mergeCells></worksheet>`)
	good := book(f, [][]any{headRow, {1, "Lê Ba", "", 500000}}, nil)
	f.Fuzz(func(t *testing.T, part string) {
		x, err := excelize.OpenReader(bytes.NewReader(good))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		x.Pkg.Store("xl/worksheets/sheet1.xml", []byte(part))
		var b bytes.Buffer
		if x.Write(&b) != nil {
			return
		}
		l, err := roster.Read("ds", &b, roster.Options{})
		holds(t, l, err)
	})
}

// BenchmarkReadWorkbook reads 10.000 givers.
func BenchmarkReadWorkbook(b *testing.B) {
	rows := [][]any{headRow}
	for i := range 10_000 {
		rows = append(rows, []any{i + 1, fmt.Sprintf("Nguyễn Thị Mẫu %d", i), "Thôn Đông, xã Ví Dụ", 50000 * (i%20 + 1), "27/07/2026", ""})
	}
	body := book(b, rows, nil)
	b.SetBytes(int64(len(body)))
	b.ResetTimer()
	for b.Loop() {
		if _, err := roster.Read("ds.xlsx", bytes.NewReader(body), roster.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
