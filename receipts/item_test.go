package receipts

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"sovang/ledger"
)

// kinds are the four sheets, each with the items of Điều 16 of the Law on Accounting that only it has.
func kinds() []struct {
	name  string
	r     ledger.Receipt
	items []string
	signs []string // rows of titles, from left to right
} {
	type kind = struct {
		name  string
		r     ledger.Receipt
		items []string
		signs []string
	}
	return []kind{
		{
			"Phiếu thu", with(full),
			[]string{
				"PHIẾU THU", "Mẫu số: C40-BB", "Quyển số: 3/2022", "Số: PT 128", "Nợ: 1111", "Có: 5118",
				"500.000 đồng", "Năm trăm nghìn đồng chẵn./.", "Đã nhận đủ số tiền: – Bằng số: 500.000 đồng",
				"– Bằng chữ: Năm trăm nghìn đồng chẵn./.", "Ủng hộ Quỹ Đền ơn đáp nghĩa năm 2022", "Kèm theo: 01 giấy đề nghị",
				"Vũ Đức Thịnh", "Lê Thị Ngọc Yến", "Đặng Thị Minh Khuê",
			},
			[]string{"Thủ trưởng đơn vị Kế toán trưởng Người lập", "Người nộp .*Thủ quỹ"},
		},
		{
			"Biên lai thu tiền", with(field, full),
			[]string{
				"BIÊN LAI THU TIỀN", "Mẫu số: C45-BB", "Quyển số: 1/2022", "Số: BL 12", "Ngày 09 tháng 02 năm 2022",
				"Ngày ủng hộ: 31/01/2022", "105.000 đồng", "Một trăm linh năm nghìn đồng chẵn./.",
				"Ủng hộ Quỹ Đền ơn đáp nghĩa năm 2022",
			},
			[]string{"Người nộp tiền .*Người thu tiền"},
		},
		{
			"Giấy xác nhận", with(transfer, full),
			[]string{
				"GIẤY XÁC NHẬN ỦNG HỘ", "Số: XN 51, quyển 2/2022", "11.232.000 đồng", "04/07/2022", "FT22185000123",
				"Mười một triệu hai trăm ba mươi hai nghìn đồng chẵn./.", "NGUYEN THI HOA ung ho quy den on dap nghia",
				"Giấy báo Có của ngân hàng", "Đặng Thị Minh Khuê",
			},
			[]string{"Người lập Thủ trưởng đơn vị"},
		},
		{
			"Phiếu nhập kho", with(goods, full),
			[]string{
				"PHIẾU NHẬP KHO", "(kiêm biên nhận hiện vật ủng hộ)", "Quyển số: 1/2022", "Số: NK 3",
				"Gạo tẻ thơm kg 1.250,5 18.000 22.509.000", "Túi quà (đường, sữa, bánh) túi 50 300.000 15.000.000",
				"Chăn bông đã qua sử dụng cái 12 chưa định giá", "37.509.000",
				"Ba mươi bảy triệu năm trăm linh chín nghìn đồng", "Căn cứ giá trị: Hoá đơn bán hàng của người ủng hộ",
				"Vũ Đức Thịnh", "Đặng Thị Minh Khuê",
			},
			[]string{"Thủ trưởng đơn vị Kế toán trưởng Người lập", "Người giao .*Người nhận"},
		},
	}
}

func TestEverySheetHoldsTheItemsOfTheLaw(t *testing.T) {
	t.Parallel()
	common := []string{ // who makes it and where, who gives and where, what for, who wrote it, where to check it
		"Quỹ Đền ơn đáp nghĩa tỉnh Hải Dương", "Số 12 phố Minh Hoạ, thành phố Hải Dương",
		"Nguyễn Thị Hoà", "Thôn Đông, xã Thanh Hải, huyện Thanh Hà, tỉnh Hải Dương",
		"Tháng cao điểm 27/7 năm 2022", "Sửa nhà thân nhân liệt sĩ xã Thanh Hải",
		"Phạm Quỳnh Trang", "Việt Nam đồng", "sovang.haiduong.example",
	}
	for _, k := range kinds() {
		for _, paper := range []Paper{A5, A4} {
			t.Run(k.name+" "+string(paper), func(t *testing.T) {
				t.Parallel()
				pdf := render(t, sheetCase{r: k.r, o: Options{Paper: paper}})
				checked(t, pdf)
				text := flat(textOf(t, pdf))
				for _, item := range slices.Concat(common, k.items, []string{codeOf(k.r.Code), dayOf(k.r.IssuedOn)[1:]}) {
					if item == "Việt Nam đồng" && k.r.Series == ledger.SeriesGoods {
						continue // each column of money names its unit
					}
					if !strings.Contains(text, item) {
						t.Errorf("no %q in\n%s", item, text)
					}
				}
				at := 0
				for _, row := range k.signs {
					place := regexp.MustCompile(row).FindStringIndex(text[at:])
					if place == nil {
						t.Fatalf("the signatures %q do not follow in\n%s", row, text)
					}
					at += place[1]
				}
			})
		}
	}
}

func TestMarksOfASheetThatIsNotTheOriginal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		r         ledger.Receipt
		o         Options
		says      []string
		saysNever []string
	}{
		{"the original", with(), Options{}, nil, []string{"BẢN SAO", "HUỶ", "THỬ", "huỷ", "thay thế"}},
		{"the first copy", with(), Options{Copy: 1}, []string{"BẢN SAO lần 1"}, []string{"HUỶ"}},
		{"a void one", with(void), Options{}, []string{"ĐÃ HUỶ", "Đã huỷ ngày 05/08/2022"}, []string{"BẢN SAO"}},
		{
			"a copy of a replaced one", with(replaced), Options{Copy: 12},
			[]string{"BẢN SAO lần 12", "ĐÃ THAY THẾ", "Đã thay thế ngày 05/08/2022", "số PT 151, quyển 4/2022"}, nil,
		},
		{
			"the replacement", with(replacement), Options{},
			[]string{"Thay thế và huỷ Phiếu thu số PT 128, quyển 3/2022. Lý do: ghi nhầm địa chỉ người nộp"}, []string{"ĐÃ HUỶ"},
		},
		{
			"a test print", with(), Options{Trial: true},
			[]string{"THỬ", "Bản in thử"}, []string{"PT 128", "3/2022", "7K3M9", "Mã tra cứu"},
		},
		{
			"the list of a void copy", with(roster(120), void), Options{Copy: 3, Paper: A4},
			[]string{"BẢN SAO lần 3 – Đã huỷ ngày 05/08/2022", "Danh sách 120 người ủng hộ (4 trang)", "Trang 4/4"}, nil,
		},
		{
			"a letter", with(), Options{Letter: true},
			[]string{"THƯ CẢM ƠN", "không phải là chứng từ kế toán", "Phiếu thu số PT 128, quyển 3/2022"}, []string{"Kế toán trưởng", "Nợ:"},
		},
		{
			"a sheet whose names were erased", with(roster(40), purged), Options{Paper: A4},
			[]string{"(đã xoá theo thời hạn lưu trữ)", "PT 128"}, []string{"Nguyễn", "Thanh Hải"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pdf := render(t, sheetCase{r: tt.r, o: tt.o})
			text := flat(textOf(t, pdf)) + flat(run(t, pdf, "pdftotext", "-raw", "-", "-")) // raw keeps slanted words whole
			for _, s := range tt.says {
				if !strings.Contains(text, s) {
					t.Errorf("no %q in\n%s", s, text)
				}
			}
			for _, s := range tt.saysNever {
				if strings.Contains(text, s) {
					t.Errorf("%q in\n%s", s, text)
				}
			}
		})
	}
}
