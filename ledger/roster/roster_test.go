package roster_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"sovang/ledger/money"
	"sovang/ledger/roster"
)

// read reads a text file that must be readable.
func read(t *testing.T, text string, o roster.Options) *roster.List {
	t.Helper()
	l, err := roster.Read("ds.csv", strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return l
}

// codes are the codes of all problems that hold the list up.
func codes(l *roster.List) []roster.Code {
	var all []roster.Code
	for _, p := range l.All() {
		if p.Level != roster.Notice {
			all = append(all, p.Code)
		}
	}
	return all
}

func sameCodes(t *testing.T, l *roster.List, want ...roster.Code) {
	t.Helper()
	if got := codes(l); !slices.Equal(got, want) {
		t.Errorf("problems %v, want %v", got, want)
		for _, p := range l.All() {
			t.Log(p.Sentence())
		}
	}
}

func has(l *roster.List, code roster.Code) bool {
	return slices.ContainsFunc(l.All(), func(p roster.Problem) bool { return p.Code == code })
}

const plainList = "STT,Họ và tên,Địa chỉ,Số tiền,Ngày ủng hộ,Ghi chú\n" +
	"1,Nguyễn Văn Mẫu,Thôn Đông,200000,05/07/2026,\n" +
	"2,Trần Thị Thử,Thôn Đoài,\"1.500.000\",6/7/26,con liệt sĩ\n"

func TestReadPlainList(t *testing.T) {
	t.Parallel()
	l := read(t, plainList, roster.Options{})
	sameCodes(t, l)
	if !l.Bookable() || l.HeaderRow != 1 || len(l.Rows) != 2 || !l.Total.Equal(money.Dong(1_700_000)) {
		t.Fatalf("bookable %v, header %d, rows %d, total %s", l.Bookable(), l.HeaderRow, len(l.Rows), l.Total)
	}
	r := l.Rows[0]
	if r.Line != 2 || r.Name != "Nguyễn Văn Mẫu" || r.Address != "Thôn Đông" || r.GivenOn != "2026-07-05" || r.Kind != "person" {
		t.Errorf("first row %+v", r)
	}
	if l.Rows[1].GivenOn != "2026-07-06" || l.Rows[1].Note != "con liệt sĩ" {
		t.Errorf("second row %+v", l.Rows[1])
	}
}

func TestSampleIsReadable(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := roster.WriteSample(&b); err != nil {
		t.Fatal(err)
	}
	l, err := roster.Read("mau.xlsx", &b, roster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sameCodes(t, l)
	if len(l.Rows) != 2 || len(l.Columns) != 9 || !l.Total.Equal(money.Dong(1_700_000)) || !l.Bookable() {
		t.Fatalf("rows %+v, columns %+v, total %s", l.Rows, l.Columns, l.Total)
	}
	if r := l.Rows[1]; r.Kind != "organisation" || r.Method != "transfer" || r.GivenOn != "2026-07-27" {
		t.Errorf("second row %+v", r)
	}
}
