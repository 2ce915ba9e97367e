package roster_test

import (
	"testing"

	"sovang/ledger/money"
	"sovang/ledger/roster"
)

const threeRows = "1,Lê Văn Mẫu,500000\n2,Lê Thị Thử,300000\n3,Lê Ba,200000\n"

func TestReadTotalsAreNoGivers(t *testing.T) {
	t.Parallel()
	const head = "STT,Họ và tên,Số tiền\n"
	for _, tt := range []struct {
		name, text string
		stated     int64 // 0: none
		codes      []roster.Code
	}{
		{"none", head + threeRows, 0, nil},
		{"tổng cộng", head + threeRows + ",Tổng cộng,1000000\n", 1000000, nil},
		{"tổng cộng, in the column STT", head + threeRows + "Tổng cộng:,,1000000\n", 1000000, nil},
		{"capitals without marks", head + threeRows + ",TONG CONG,1000000\n", 1000000, nil},
		{"cộng alone", head + threeRows + ",Cộng,1000000\n", 1000000, nil},
		{"the total as text", head + threeRows + "Tổng số tiền: 1.000.000 đồng,,\n", 1000000, nil},
		{"a total above the rows", head + ",Tổng cộng,1000000\n" + threeRows, 1000000, nil},
		{"a total above the header", "Tổng cộng: 1.000.000 đồng\n" + head + threeRows, 1000000, nil},
		{"a total without a label", head + threeRows + ",,1000000\n", 1000000, nil},
		{"a total that disagrees", head + threeRows + ",Tổng cộng,1200000\n", 1200000, []roster.Code{roster.CodeTotal}},
		{"one đồng off", head + threeRows + ",Tổng cộng,1000001\n", 1000001, []roster.Code{roster.CodeTotal}},
		{"pages", head + "1,Lê Văn Mẫu,500000\n,Cộng trang,500000\n,Mang sang,500000\n2,Lê Thị Thử,300000\n3,Lê Ba,200000\n,Cộng trang 2,500000\n,Tổng cộng,1000000\n", 1000000, nil},
		{"groups, STT restarting", head + "Tổ 1,,\n1,Lê Văn Mẫu,500000\n,Cộng tổ 1,500000\n\nTổ 2,,\n1,Lê Thị Thử,300000\n2,Lê Ba,200000\n,Cộng tổ 2,500000\nTổng cộng,,1000000\n", 1000000, nil},
		{"the header again on the next page", head + "1,Lê Văn Mẫu,500000\n" + head + "2,Lê Thị Thử,300000\n3,Lê Ba,200000\n", 0, nil},
		{"signatures", head + threeRows + ",Tổng cộng,1000000\n\"(Bằng chữ: Một triệu đồng)\",,\n,,\"Xã Ví Dụ, ngày 5 tháng 7 năm 2026\"\nNgười lập,,Kế toán\n", 1000000, []roster.Code{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := read(t, tt.text, roster.Options{})
			sameCodes(t, l, tt.codes...)
			if len(l.Rows) != 3 || !l.Total.Equal(money.Dong(1000000)) {
				t.Errorf("%d rows, total %s: %+v", len(l.Rows), l.Total, l.Rows)
			}
			if (l.Stated != nil) != (tt.stated != 0) || l.Stated != nil && !l.Stated.Equal(money.Dong(tt.stated)) {
				t.Errorf("stated %v, want %d", l.Stated, tt.stated)
			}
		})
	}
	trusted := read(t, head+threeRows+",Tổng cộng,1200000\n", roster.Options{TrustRows: true})
	if sameCodes(t, trusted); !trusted.Bookable() {
		t.Error("the rows were trusted, yet the list is not bookable")
	}
}

func TestReadNamesThatLookLikeTotals(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Tổng công ty Thí Dụ", "TONG CONG TY THI DU", "Tống Văn Mẫu", "Tống", "Công ty TNHH Mẫu", "Cộng đồng người Ví Dụ",
		"Công đoàn phường Mẫu", "Công Thị Thử", "Nguyễn Văn Cộng", "Tổng cục Mẫu",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, number := range []string{"1", ""} {
				l := read(t, "STT,Họ và tên,Số tiền\n"+number+","+name+",500000\n", roster.Options{})
				if len(l.Rows) != 1 || l.Rows[0].Name != name || l.Stated != nil {
					t.Errorf("rows %+v, stated %v", l.Rows, l.Stated)
				}
			}
		})
	}
}

func TestReadUnitTotalsCountOnce(t *testing.T) {
	t.Parallel()
	const head = "STT,Đơn vị/Cá nhân,Số tiền\n"
	for _, tt := range []struct {
		name, text string
		rows       int
		total      int64
		codes      []roster.Code
		notice     roster.Code
	}{
		{"roman numbers above figures", head + "I,Khối cơ quan,800000\n1,Lê Văn Mẫu,500000\n2,Lê Thị Thử,300000\nII,Khối trường học,200000\n1,Lê Ba,200000\n,Tổng cộng,1000000\n",
			3, 1000000, nil, roster.CodeUnitTotal},
		{"figures above names without", head + "1,Chi bộ Đông,800000\n,Lê Văn Mẫu,500000\n,Lê Thị Thử,300000\n2,Lê Ba,200000\n", 3, 1000000, nil, roster.CodeUnitTotal},
		{"letters, roman numbers and figures", head + "A,Toàn xã,1000000\nI,Khối cơ quan,800000\n1,Lê Văn Mẫu,500000\n2,Lê Thị Thử,300000\nII,Khác,200000\n1,Lê Ba,200000\n",
			3, 1000000, nil, roster.CodeUnitTotal},
		{"a unit that does not add up", head + "I,Khối cơ quan,900000\n1,Lê Văn Mẫu,500000\n2,Lê Thị Thử,300000\n", 3, 800000, []roster.Code{roster.CodeUnitDoubt}, ""},
		{"figures that do not add up are givers", head + "1,Lê Văn Mẫu,500000\n,Lê Thị Thử,300000\n,Lê Ba,200001\n", 3, 1000001, nil, ""},
		{"one name beneath is a coincidence", head + "1,Lê Văn Mẫu,500000\n,Lê Thị Thử,500000\n", 2, 1000000, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := read(t, tt.text, roster.Options{})
			sameCodes(t, l, tt.codes...)
			if len(l.Rows) != tt.rows || !l.Total.Equal(money.Dong(tt.total)) {
				t.Errorf("%d rows, total %s: %+v", len(l.Rows), l.Total, l.Rows)
			}
			if tt.notice != "" && !has(l, tt.notice) {
				t.Errorf("no notice %s", tt.notice)
			}
		})
	}
}

func TestReadRowsWithoutANameOrAnAmount(t *testing.T) {
	t.Parallel()
	const head = "STT,Họ và tên,Địa chỉ,Số tiền\n"
	for _, tt := range []struct {
		name, row string
		rows      int
		codes     []roster.Code
	}{
		{"a number and an amount: a giver who gave no name", "1,,,500000\n", 1, nil},
		{"an amount alone", ",,,500000\n", 1, []roster.Code{roster.CodeNameMissing}},
		{"a numbered name without an amount", "1,Lê Văn Mẫu,,\n", 1, []roster.Code{roster.CodeAmountNone}},
		{"a name of figures", "1,123,,500000\n", 1, []roster.Code{roster.CodeName}},
		{"a name that cannot be read", "1,L\ufffd V\u0103n,,500000\n", 1, []roster.Code{roster.CodeUnreadable}},
		{"all that is wrong", "1,#N/A,,-5\n", 1, []roster.Code{roster.CodeCellError, roster.CodeNegative}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := read(t, head+tt.row+"2,Lê Thị Thử,,1\n", roster.Options{})
			sameCodes(t, l, tt.codes...)
			if len(l.Rows) != tt.rows+1 {
				t.Errorf("rows %+v", l.Rows)
			}
		})
	}
	l := read(t, "Họ và tên,Số tiền\nLê Văn Mẫu,500000\nLê Thị Thử,\nLê Ba,200000\nNguyễn Văn Ký\n", roster.Options{})
	sameCodes(t, l, roster.CodeAmountNone) // the second row; the last is a signature, and named
	if !has(l, roster.CodeIgnored) || len(l.Rows) != 3 {
		t.Errorf("rows %+v", l.Rows)
	}
	twice := read(t, head+"1,Lê Ba,Thôn Đông,500000\n2,Lê Ba,Thôn Đông,500000\n", roster.Options{})
	if sameCodes(t, twice); !has(twice, roster.CodeTwice) || !twice.Total.Equal(money.Dong(1000000)) {
		t.Error("the same row twice is income twice, and is pointed out")
	}
}
