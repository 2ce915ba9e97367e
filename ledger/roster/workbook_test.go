package roster_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"sovang/ledger/money"
	"sovang/ledger/roster"
	"sovang/ledger/viet"
)

// book writes a workbook of one sheet; edit may change it before it is written.
func book(t testing.TB, rows [][]any, edit func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(f, "Sheet1")
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBook(t *testing.T, body []byte, o roster.Options) *roster.List {
	t.Helper()
	l, err := roster.Read("ds.xlsx", bytes.NewReader(body), o)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return l
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var headRow = []any{"STT", "Họ và tên", "Địa chỉ", "Số tiền", "Ngày", "Điện thoại"}

func TestReadWorkbookCells(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 7, 5, 0, 0, 0, 0, time.UTC)
	body := book(t, [][]any{
		headRow,
		{1, "Lê Văn Mẫu", "Thôn Đông", 500000, day, 912345678},
		{2, "Lê Thị Thử", "Thôn Đông", 199999.99999997, "05/07/2026", "0912 345 678"},
		{3, "Lê Ba", "Thôn Đông", "1.500.000", 46208, 912345678.0},
		{4, "Lê Bốn", "Thôn Đông", "300.000", "", ""},
	}, nil)
	l := readBook(t, body, roster.Options{})
	sameCodes(t, l)
	if !l.Total.Equal(money.Dong(2_500_000)) || l.Sheet != "Sheet1" {
		t.Errorf("total %s of sheet %q", l.Total, l.Sheet)
	}
	for i, r := range l.Rows[:3] {
		if r.GivenOn != "2026-07-05" || strings.ReplaceAll(r.Phone, " ", "") != "0912345678" {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	if !has(l, roster.CodeNoise) {
		t.Error("no notice about the fraction that a formula left")
	}
}

func TestReadWorkbookAmounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		v    any
		want int64
		code roster.Code
	}{
		{"a number", 14, 14, ""}, {"a number with a fraction", 14.125, 0, roster.CodeFraction},
		{"a number within noise", 200000.0000009, 200000, ""}, {"a number just beyond it", 200000.0000011, 0, roster.CodeFraction},
		{"below zero", -5, 0, roster.CodeNegative}, {"nothing", 0, 0, roster.CodeZero}, {"the most", int64(1e15), 1e15, ""},
		{"one more", int64(1e15 + 1), 0, roster.CodeTooMuch}, {"a text that is open", "14.000", 0, roster.CodeGroup},
		{"a text in scientific form", "2E+05", 0, roster.CodeAmount}, {"a truth value", true, 0, roster.CodeAmount},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := readBook(t, book(t, [][]any{headRow, {1, "Lê Văn Mẫu", "", tt.v}}, nil), roster.Options{})
			switch r := l.Rows[0]; {
			case !r.Amount.Equal(money.Dong(tt.want)):
				t.Errorf("read as %s, want %d", r.Amount, tt.want)
			case tt.code == "" && !r.Good(), tt.code != "" && (r.Good() || r.Problems[0].Code != tt.code):
				t.Errorf("problems %+v, want %q", r.Problems, tt.code)
			}
		})
	}
}

func TestReadWorkbookMarks(t *testing.T) {
	t.Parallel()
	body := book(t, [][]any{
		headRow,
		{1, "Lê Văn Mẫu", "", 500000},
		{2, "Lê Thị Thử", "", 300000},
		{3, "Lê Ba", "", 200000},
		{4, "Lê Bốn", ""},
		{5, "Lê Năm", ""},
	}, func(f *excelize.File, sheet string) {
		struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
		must(t, err)
		must(t, f.SetCellStyle(sheet, "B2", "D2", struck))
		must(t, f.SetRowVisible(sheet, 3, false))
		must(t, f.SetCellRichText(sheet, "B4", []excelize.RichTextRun{{Text: "Lê "}, {Text: "Ba", Font: &excelize.Font{Strike: true}}}))
		must(t, f.SetCellFormula(sheet, "D5", "D2+D3"))
		must(t, f.SetCellStr(sheet, "D6", "#REF!"))
	})
	l := readBook(t, body, roster.Options{})
	sameCodes(t, l, roster.CodeStruck, roster.CodeStruck, roster.CodeNoValue, roster.CodeAmount)
	if !has(l, roster.CodeHidden) || !l.Total.Equal(money.Dong(300000)) {
		t.Errorf("total %s, problems %+v", l.Total, l.All())
	}
}

func TestReadWorkbookSums(t *testing.T) {
	t.Parallel()
	body := book(t, [][]any{headRow, {1, "Lê Văn Mẫu", "", 500000}, {2, "Lê Thị Thử", "", 300000}, {nil, nil, nil, 800000}}, func(f *excelize.File, sheet string) {
		must(t, f.SetCellFormula(sheet, "D4", "SUM(D2:D3)"))
	})
	l := readBook(t, body, roster.Options{})
	sameCodes(t, l)
	if len(l.Rows) != 2 || !l.Total.Equal(money.Dong(800000)) {
		t.Errorf("rows %+v", l.Rows)
	}
}

func TestReadMergedCells(t *testing.T) {
	t.Parallel()
	body := book(t, [][]any{
		{"DANH SÁCH ỦNG HỘ QUỸ ĐỀN ƠN ĐÁP NGHĨA"},
		{"STT", "Họ và tên", nil, "Địa chỉ", "Số tiền", nil},
		{nil, nil, nil, nil, "Bằng số", "Bằng chữ"},
		{1, "Lê Văn", "Mẫu", "Thôn Đông", 500000, "năm trăm nghìn"},
		{2, "Lê Thị", "Thử", nil, 300000, "ba trăm nghìn"},
		{3, "Lê", "Ba", "Thôn Đoài", 200000, "hai trăm nghìn"},
		{"Tổng cộng", nil, nil, nil, 1000000, nil},
	}, func(f *excelize.File, sheet string) {
		for _, m := range [][2]string{{"A1", "F1"}, {"A2", "A3"}, {"B2", "C3"}, {"D2", "D3"}, {"E2", "F2"}, {"D4", "D5"}, {"A7", "D7"}} {
			must(t, f.MergeCell(sheet, m[0], m[1]))
		}
	})
	l := readBook(t, body, roster.Options{})
	sameCodes(t, l)
	if l.HeaderRow != 3 || len(l.Rows) != 3 || l.Stated == nil || !l.Total.Equal(money.Dong(1000000)) {
		t.Fatalf("header %d, rows %+v", l.HeaderRow, l.Rows)
	}
	if r := l.Rows[1]; r.Name != "Lê Thị Thử" || r.Address != "Thôn Đông" {
		t.Errorf("second row %+v", r)
	}
}

func TestRead1904Workbook(t *testing.T) {
	t.Parallel()
	body := book(t, [][]any{headRow, {1, "Lê Văn Mẫu", "", 500000, 46208 - 1462}}, func(f *excelize.File, _ string) {
		yes := true
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	})
	if l := readBook(t, body, roster.Options{}); l.Rows[0].GivenOn != "2026-07-05" {
		t.Errorf("given on %q", l.Rows[0].GivenOn)
	}
}

func TestReadFontsOfOldEncodings(t *testing.T) {
	t.Parallel()
	body := book(t, [][]any{
		headRow,
		{1, "Lª Dòng", "th«n §«ng", 500000},
		{2, "lª thÞ thö", "Thôn Đoài", 300000},
		{3, "Leâ Duõng", "Thôn Dòng", 200000},
	}, func(f *excelize.File, sheet string) {
		for cell, font := range map[string]string{"B2": ".VnTime", "C2": ".VnTime", "B3": ".VnTimeH", "B4": "VNI-Times", "C3": "Times New Roman", "C4": "Times New Roman"} {
			style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Family: font}})
			must(t, err)
			must(t, f.SetCellStyle(sheet, cell, cell, style))
		}
	})
	asked := readBook(t, body, roster.Options{})
	sameCodes(t, asked, roster.CodeLegacy)
	if asked.Legacy != viet.TCVN3 || asked.LegacyText != "Lª Dòng" || asked.LegacyRead != "Lê Dũng" || asked.Rows[0].Name != "Lª Dòng" {
		t.Errorf("%v: %q is %q; %+v", asked.Legacy, asked.LegacyText, asked.LegacyRead, asked.Rows[0])
	}
	l := readBook(t, body, roster.Options{Legacy: roster.Convert})
	sameCodes(t, l)
	for i, want := range [][2]string{{"Lê Dũng", "thôn Đông"}, {"LÊ THỊ THỬ", "Thôn Đoài"}, {"Lê Dũng", "Thôn Dòng"}} {
		if r := l.Rows[i]; r.Name != want[0] || r.Address != want[1] {
			t.Errorf("row %d: %q, %q, want %q", i, r.Name, r.Address, want)
		}
	}
}

func TestReadChoosesTheSheet(t *testing.T) {
	t.Parallel()
	body := book(t, [][]any{{"Kế hoạch vận động"}}, func(f *excelize.File, _ string) {
		for i, name := range []string{"Thôn Đông", "Thôn Đoài", "Ẩn"} {
			_, err := f.NewSheet(name)
			must(t, err)
			must(t, f.SetSheetRow(name, "A1", &headRow))
			must(t, f.SetSheetRow(name, "A2", &[]any{1, "Lê Văn Mẫu", "", (i + 1) * 100000}))
		}
		must(t, f.SetSheetVisible("Ẩn", false))
	})
	l := readBook(t, body, roster.Options{})
	if l.Sheet != "Thôn Đông" || len(l.Sheets) != 2 || !has(l, roster.CodeSheets) {
		t.Errorf("sheet %q of %q", l.Sheet, l.Sheets)
	}
	if l := readBook(t, body, roster.Options{Sheet: "Thôn Đoài"}); !l.Total.Equal(money.Dong(200000)) || has(l, roster.CodeSheets) {
		t.Errorf("sheet %q, total %s", l.Sheet, l.Total)
	}
	if l := readBook(t, body, roster.Options{Sheet: "Ẩn"}); !l.Total.Equal(money.Dong(300000)) {
		t.Errorf("hidden sheet: total %s", l.Total)
	}
	for sheet, want := range map[string]roster.Code{"Thôn Nam": roster.CodeNoSheet, "Sheet1": roster.CodeNoHeader} {
		_, err := roster.Read("", bytes.NewReader(body), roster.Options{Sheet: sheet})
		if e, ok := errors.AsType[*roster.Error](err); !ok || e.Code != want {
			t.Errorf("sheet %q: %v, want %s", sheet, err, want)
		}
	}
}

func TestReadRefusesWorkbooks(t *testing.T) {
	t.Parallel()
	good := book(t, [][]any{headRow, {1, "Lê Văn Mẫu", "", 500000}}, nil)
	locked, err := excelize.Encrypt(good, &excelize.Options{Password: "matkhau"})
	must(t, err)
	for _, tt := range []struct {
		name string
		body []byte
		want roster.Code
	}{
		{"with a password", locked, roster.CodeEncrypted},
		{"cut off", good[:len(good)-100], roster.CodeBroken},
		{"an archive of something else", archive(t, map[string]int{"readme.txt": 10}), roster.CodeNotAList},
		{"one that unzips to too much", archive(t, map[string]int{"xl/worksheets/sheet1.xml": roster.MaxUnzip + 1}), roster.CodeUnzip},
		{"a cell far to the right", book(t, [][]any{headRow, {1, "Lê Văn Mẫu", "", 500000}}, func(f *excelize.File, s string) { must(t, f.SetCellInt(s, "XFD2", 1)) }), roster.CodeTooManyColumns},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := roster.Read("ds.xlsx", bytes.NewReader(tt.body), roster.Options{})
			if e, ok := errors.AsType[*roster.Error](err); !ok || e.Code != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// archive zips files of so many spaces.
func archive(t *testing.T, files map[string]int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, size := range files {
		f, err := w.Create(name)
		must(t, err)
		_, err = f.Write(bytes.Repeat([]byte(" "), size))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func TestNeutralLeavesNoFormula(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "Lê Văn Mẫu": "Lê Văn Mẫu", "=1+1": "'=1+1", "+84": "'+84", "-5": "'-5", "@a": "'@a", "\t=1": "'\t=1", " =1": "' =1", "＝1": "'＝1", "5-3": "5-3",
	} {
		if got := roster.Neutral(in); got != want {
			t.Errorf("Neutral(%q) = %q, want %q", in, got, want)
		}
	}
}
