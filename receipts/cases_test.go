package receipts

import (
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger"
	"sovang/ledger/money"
)

// A sheetCase is one golden sheet. The people in it are invented.
type sheetCase struct {
	name string
	r    ledger.Receipt
	o    Options
}

// heading is the fund's heading in all cases.
func heading() ledger.Heading {
	return ledger.Heading{
		Template:        1,
		Parent:          "UBND tỉnh Hải Dương",
		Unit:            "Quỹ Đền ơn đáp nghĩa tỉnh Hải Dương",
		Address:         "Số 12 phố Minh Hoạ, thành phố Hải Dương",
		Place:           "Hải Dương",
		PublicURL:       "https://sovang.haiduong.example",
		Head:            ledger.Signer{Title: "Thủ trưởng đơn vị", Name: "Đặng Thị Minh Khuê"},
		ChiefAccountant: ledger.Signer{Title: "Kế toán trưởng", Name: "Vũ Đức Thịnh"},
		Treasurer:       ledger.Signer{Title: "Thủ quỹ", Name: "Lê Thị Ngọc Yến"},
		Linh:            "linh",
		Nghin:           "nghìn",
	}
}

// cash is a plain gift of cash.
func cash() ledger.Receipt {
	day := ledger.Date{Year: 2022, Month: time.July, Day: 5}
	return ledger.Receipt{
		FundID: 1, FundCode: "HD", EntryNo: 128, Series: ledger.SeriesCash, Year: 2022, Number: 128,
		Code: "7K3M9Q2XYZ", State: ledger.ReceiptValid, Heading: heading(), Method: ledger.MethodCash,
		Amount: money.Dong(500_000), DonatedOn: day, IssuedOn: day,
		RecordedAt: time.Date(2022, time.July, 5, 2, 14, 7, 0, time.UTC),
		Printed: ledger.Printed{
			Payer: "Nguyễn Thị Hoà", Address: "Thôn Đông, xã Thanh Hải, huyện Thanh Hà, tỉnh Hải Dương",
			Memo: "Ủng hộ Quỹ Đền ơn đáp nghĩa năm 2022", Preparer: "Phạm Quỳnh Trang",
		},
	}
}

// with is cash after changes.
func with(change ...func(*ledger.Receipt)) ledger.Receipt {
	r := cash()
	for _, f := range change {
		f(&r)
	}
	return r
}

func full(r *ledger.Receipt) {
	r.Heading.BudgetCode = "1098765"
	r.Heading.FormBasis = "(Ban hành kèm theo Thông tư số 107/2017/TT-BTC ngày 10/10/2017 của Bộ Tài chính)"
	r.Heading.ChartConfirmed, r.Debit, r.Credit = true, "1111", "5118"
	r.Heading.Chan = true
	r.Printed.Campaign = "Tháng cao điểm 27/7 năm 2022"
	r.Printed.Purpose = "Sửa nhà thân nhân liệt sĩ xã Thanh Hải"
	r.Printed.Attached = "01 giấy đề nghị"
}

func bare(r *ledger.Receipt) {
	r.Printed = ledger.Printed{}
	r.Heading.Parent, r.Heading.Address, r.Heading.Place = "", "", ""
	r.Heading.Head, r.Heading.ChiefAccountant, r.Heading.Treasurer = ledger.Signer{}, ledger.Signer{}, ledger.Signer{}
}

func long(r *ledger.Receipt) {
	full(r)
	r.Amount = money.Dong(1_000_000_000_000_000)
	r.Printed.Payer = "Công ty Trách nhiệm hữu hạn Một thành viên Thương mại Dịch vụ Xuất nhập khẩu Nông sản Thực phẩm Đồng bằng Phương Đông"
	r.Printed.Address = "Lô đất số 27, đường nội bộ số 9, khu công nghiệp Minh Hoạ mở rộng giai đoạn 2, xã Thanh Hải, huyện Thanh Hà, tỉnh Hải Dương"
	r.Printed.Memo = "Cán bộ, công nhân viên chức và người lao động toàn công ty ủng hộ Quỹ Đền ơn đáp nghĩa nhân kỷ niệm 75 năm ngày Thương binh – Liệt sĩ (27/7/1947 – 27/7/2022), mỗi người một ngày lương, cùng phần góp thêm của công đoàn, hội phụ nữ và đoàn thanh niên, theo công văn vận động của Ban Quản lý Quỹ tỉnh gửi các doanh nghiệp"
	r.Heading.Head.Title = "Phó Chủ tịch UBND tỉnh, Trưởng ban Quản lý Quỹ"
}

func transfer(r *ledger.Receipt) {
	r.Series, r.Method, r.Number, r.Code = ledger.SeriesTransfer, ledger.MethodTransfer, 51, "M4T8W0C6VN"
	r.Amount = money.Dong(11_232_000)
	r.BankOn = ledger.Date{Year: 2022, Month: time.July, Day: 4}
	r.DonatedOn = r.BankOn
	r.Printed.Memo = "NGUYEN THI HOA ung ho quy den on dap nghia"
	r.Printed.BankRef = "FT22185000123"
	r.Printed.BankName = "3761.0.0000000.91049 tại Kho bạc Nhà nước Hải Dương"
}

func goods(r *ledger.Receipt) {
	r.Series, r.Method, r.Number, r.Code = ledger.SeriesGoods, ledger.MethodGoods, 3, "0G5RS1ABCD"
	r.Printed.Memo = "Ủng hộ hiện vật nhân ngày 27/7"
	r.Printed.GoodsBasis = "Hoá đơn bán hàng của người ủng hộ"
	r.Printed.Goods = []ledger.GoodsLine{
		line("Gạo tẻ thơm", "kg", "1250.50", 18_000, 22_509_000),
		line("Túi quà (đường, sữa, bánh)", "túi", "50", 300_000, 15_000_000),
		line("Chăn bông đã qua sử dụng", "cái", "12", 0, 0),
	}
	r.Amount = money.Dong(37_509_000)
}

func line(name, unit, quantity string, each, value int64) ledger.GoodsLine {
	q, _, err := apd.NewFromString(quantity)
	if err != nil {
		panic(err)
	}
	return ledger.GoodsLine{Description: name, Unit: unit, Quantity: *q, UnitValue: money.Dong(each), Value: money.Dong(value)}
}

func unvaluedGoods(r *ledger.Receipt) {
	goods(r)
	r.Amount, r.Printed.GoodsBasis = money.Dong(0), ""
	r.Printed.Goods = []ledger.GoodsLine{line("Ngày công sửa nhà", "ngày công", "4.5", 0, 0)}
}

func manyGoods(n int) func(*ledger.Receipt) {
	return func(r *ledger.Receipt) {
		goods(r)
		r.Printed.Goods, r.Amount = nil, money.Dong(0)
		for i := range n {
			each := int64(10_000 + 1_500*(i%7))
			g := line(fmt.Sprintf("Vật liệu sửa nhà loại %d", i+1), "bộ", "3", each, 3*each)
			r.Printed.Goods, r.Amount = append(r.Printed.Goods, g), r.Amount.Add(g.Value)
		}
	}
}

func field(r *ledger.Receipt) {
	r.Series, r.Number, r.Code = ledger.SeriesField, 12, "B1E2H3J4K5"
	r.Amount = money.Dong(105_000)
	r.IssuedOn = ledger.Date{Year: 2022, Month: time.February, Day: 9}
	r.DonatedOn = ledger.Date{Year: 2022, Month: time.January, Day: 31}
	r.RecordedAt = time.Date(2022, time.February, 9, 9, 40, 0, 0, time.UTC)
}

// roster makes r collective, of n givers.
func roster(n int) func(*ledger.Receipt) {
	return func(r *ledger.Receipt) {
		family := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô"}
		middle := []string{"Văn", "Thị", "Đức", "Ngọc", "Minh", "Quỳnh", "Hữu"}
		given := []string{"An", "Bình", "Chuẩn", "Dậu", "Đĩnh", "Ế", "Giỏi", "Hoà", "Ưởng", "Khuê", "Lữ", "Mỵ", "Nghĩa"}
		r.Printed.Payer = "Trường Trung học cơ sở Minh Hoạ"
		r.Printed.Memo = "Cán bộ, giáo viên và nhân viên nhà trường ủng hộ mỗi người một ngày lương"
		r.Amount = money.Dong(0)
		for i := range n {
			g := ledger.Giver{
				Name:   family[i%10] + " " + middle[i%7] + " " + given[i%13],
				Amount: money.Dong(int64(50_000 + 10_000*(i%17))),
				Note:   fmt.Sprintf("Tổ %d", i%9+1),
			}
			r.Givers, r.Amount = append(r.Givers, g), r.Amount.Add(g.Amount)
		}
	}
}

func foreign(r *ledger.Receipt) {
	r.Amount, r.Foreign = money.Dong(2_450_000), "100 USD, tỷ giá 24.500"
	r.Printed.Payer, r.Printed.Address = "Jürgen Müller", "Hamburg, Cộng hoà Liên bang Đức"
}

func void(r *ledger.Receipt) {
	r.State, r.StateOn = ledger.ReceiptVoid, ledger.Date{Year: 2022, Month: time.August, Day: 5}
}

func replaced(r *ledger.Receipt) {
	r.State, r.StateOn = ledger.ReceiptReplaced, ledger.Date{Year: 2022, Month: time.August, Day: 5}
	r.ReplacedBy = &ledger.ReceiptRef{Series: ledger.SeriesCash, Year: 2022, Number: 151, Code: "N3W0R1G1N4"}
}

func replacement(r *ledger.Receipt) {
	r.Replaces = &ledger.ReceiptRef{Series: ledger.SeriesCash, Year: 2022, Number: 128, Code: "7K3M9Q2XYZ"}
	r.Number, r.Code = 151, "N3W0R1G1N4"
	r.Printed.ReplaceText = "ghi nhầm địa chỉ người nộp"
}

func purged(r *ledger.Receipt) {
	r.Purged, r.Printed = true, ledger.Printed{}
	r.Givers = append([]ledger.Giver(nil), r.Givers...)
	for i := range r.Givers {
		r.Givers[i].Name, r.Givers[i].Note = "", ""
	}
}

func strange(r *ledger.Receipt) {
	r.Printed.Payer = "Y Kdăm Niê 🌻 & H'Hen Êban (गीता, 山田)"
	r.Printed.Address = "Tổ 4\u00a0–\u200b phố \"Mới\"\r\n  (gần chợ) \\ số 7/2; đường Ⅳ"
	r.Printed.Memo = "Nguyễn Thị Hoà " + strings.Repeat("khôngcócáchnào", 20) + " 👨‍👩‍👧 hết"
}

// cases are the golden sheets.
func cases() []sheetCase {
	a4 := Options{Paper: A4}
	return []sheetCase{
		{"cash-a5", with(), Options{Paper: A5}},
		{"cash-a4", with(full), a4},
		{"cash-full-a5", with(full), Options{}},
		{"cash-bare", with(bare), Options{}},
		{"cash-long-a5", with(long), Options{}},
		{"cash-long-a4", with(long), a4},
		{"cash-strange", with(strange), Options{}},
		{"cash-foreign", with(full, foreign), Options{}},
		{"cash-void", with(void), Options{}},
		{"cash-proof", with(), Options{Proof: goldenProof()}},
		{"cash-replaced-copy", with(replaced), Options{Copy: 2}},
		{"cash-replacement", with(replacement), Options{}},
		{"cash-trial", with(), Options{Trial: true}},
		{"cash-purged", with(purged), Options{}},
		{"field-a5", with(field), Options{}},
		{"field-a4", with(field, full), a4},
		{"transfer-a5", with(transfer), Options{}},
		{"transfer-a4", with(transfer, full), a4},
		{"transfer-void", with(transfer, void), Options{}},
		{"goods-a5", with(goods), Options{}},
		{"goods-a4", with(goods, full), a4},
		{"goods-unvalued", with(unvaluedGoods), Options{}},
		{"goods-list", with(manyGoods(45)), a4},
		{"roster-1", with(roster(1)), a4},
		{"roster-120-a4", with(roster(120)), a4},
		{"roster-120-a5-void", with(roster(120), void), Options{Copy: 1}},
		{"roster-1000", with(transfer, roster(1000)), a4},
		{"roster-purged", with(roster(40), purged), a4},
		{"letter-a5", with(), Options{Letter: true}},
		{"letter-a4", with(full), Options{Letter: true, Paper: A4}},
		{"letter-goods", with(goods, full), Options{Letter: true, Paper: A4}},
		{"letter-roster", with(roster(120)), Options{Letter: true, Paper: A4}},
	}
}

// goldenProof is attached to one golden sheet.
func goldenProof() Proof {
	p, _ := someProof()
	return p
}
