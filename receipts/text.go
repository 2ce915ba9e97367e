package receipts

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger"
	"sovang/ledger/money"
)

// Every Vietnamese word on a sheet stands in this file. The texts of a published template never change; a new
// template brings its own beside them.

// Names of the sheets, as in "Phiếu thu số PT 12, quyển 1/2026".
var sheetNames = map[ledger.Series]string{
	ledger.SeriesCash:     "Phiếu thu",
	ledger.SeriesTransfer: "Giấy xác nhận ủng hộ",
	ledger.SeriesGoods:    "Phiếu nhập kho",
	ledger.SeriesField:    "Biên lai thu tiền",
}

// Titles.
const (
	titleCash      = "PHIẾU THU"
	titleTransfer  = "GIẤY XÁC NHẬN ỦNG HỘ"
	titleGoods     = "PHIẾU NHẬP KHO"
	titleGoodsToo  = "(kiêm biên nhận hiện vật ủng hộ)"
	titleField     = "BIÊN LAI THU TIỀN"
	titleLetter    = "THƯ CẢM ƠN"
	titleRoster    = "DANH SÁCH NGƯỜI ỦNG HỘ"
	titleGoodsList = "BẢNG KÊ HIỆN VẬT ỦNG HỘ"
)

// The head of a form.
const (
	labelUnit       = "Đơn vị: "
	labelUnitPlace  = "Địa chỉ: "
	labelBudgetCode = "Mã QHNS: "
	formCash        = "Mẫu số: C40-BB" // domain.md 4.3
	formField       = "Mẫu số: C45-BB"
	labelBook       = "Quyển số: "
	labelNumber     = "Số: "
	labelDebit      = "Nợ: "
	labelCredit     = "Có: "
	state1          = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" // Quốc hiệu and Tiêu ngữ: NĐ 30/2020
	state2          = "Độc lập - Tự do - Hạnh phúc"
)

// What is filled in.
const (
	labelPayer       = "Họ và tên người nộp tiền:"
	labelGiver       = "Họ và tên người giao:"
	labelSupporter   = "Người ủng hộ:"
	labelAddress     = "Địa chỉ:"
	labelMemo        = "Nội dung:"
	labelFieldMemo   = "Nội dung thu:"
	labelCampaign    = "Đợt vận động:"
	labelPurpose     = "Chỉ dùng vào việc:"
	labelDonatedOn   = "Ngày ủng hộ:"
	labelAmount      = "Số tiền:"
	labelFieldAmount = "Số tiền thu:"
	labelCurrency    = "(loại tiền):"
	labelWords       = "(Viết bằng chữ):"
	labelAttached    = "Kèm theo:"
	labelReceived    = "Đã nhận đủ số tiền: – Bằng số:"
	labelReceived2   = "– Bằng chữ:"
	labelRate        = "+ Tỷ giá ngoại tệ:"
	labelConverted   = "+ Số tiền quy đổi:"
	labelBankOn      = "Ngày ngân hàng ghi có:"
	labelBankRef     = "Số tham chiếu:"
	labelBankName    = "Tài khoản nhận:"
	labelBasis       = "Căn cứ giá trị:"
	labelValue       = "Tổng giá trị:"
	currency         = "Việt Nam đồng"
	dong             = " đồng"
)

// Sentences.
const (
	textPurged     = "(đã xoá theo thời hạn lưu trữ)"
	textNoName     = "Người ủng hộ không nêu tên"
	textUnvalued   = "chưa định giá"
	textPartly     = " (chưa kể hiện vật chưa định giá)"
	textUnitPlace  = " (địa chỉ: %s)"
	textTransfer   = " xác nhận đã nhận được khoản tiền ủng hộ bằng chuyển khoản như sau:"
	textAdvice     = "Giấy báo Có của ngân hàng (hoặc Kho bạc Nhà nước) là chứng từ kế toán của khoản tiền này. Giấy xác nhận này không thay cho chứng từ đó."
	textGoodsBelow = "Theo bảng kê kèm theo, gồm %d loại hiện vật."
	textTrial      = "THỬ"
	textTrialNote  = "Bản in thử: không có số, không có giá trị chứng từ."
	textVoid       = "ĐÃ HUỶ"
	textReplaced   = "ĐÃ THAY THẾ"
	textNoVoucher  = "Thư này là lời cảm ơn, không phải là chứng từ kế toán."
	textHonour     = "Tấm lòng của quý vị góp phần chăm lo đời sống người có công với cách mạng và thân nhân liệt sĩ, tiếp nối đạo lý “Uống nước nhớ nguồn”, “Đền ơn đáp nghĩa” của dân tộc."
	textWish       = "Kính chúc quý vị sức khoẻ, hạnh phúc và thành công."
	labelDear      = "Kính gửi: "
	labelFrom      = "Người nộp: "
	labelFromGoods = "Người giao: "
	textCheck      = "Quét mã QR hoặc tra mã này tại"
	labelCode      = "Mã tra cứu"
	brand          = "Sổ Vàng"
)

// Tables.
const (
	columnNo        = "STT"
	columnName      = "Họ và tên"
	columnNote      = "Ghi chú"
	columnSum       = "Số tiền (đồng)"
	columnGoods     = "Tên hiện vật"
	columnUnit      = "Đơn vị tính"
	columnQuantity  = "Số lượng"
	columnUnitValue = "Đơn giá (đồng)"
	columnValue     = "Thành tiền (đồng)"
	rowPage         = "Cộng trang"
	rowCarried      = "Cộng mang sang trang sau"
	rowBrought      = "Trang trước mang sang"
	rowGoodsTotal   = "Cộng"
	labelTotalWords = "Tổng số tiền viết bằng chữ: "
)

// Signatures.
const (
	signHead       = "Thủ trưởng đơn vị"
	signAccountant = "Kế toán trưởng"
	signTreasurer  = "Thủ quỹ"
	signPreparer   = "Người lập"
	signPayer      = "Người nộp"
	signFieldPayer = "Người nộp tiền"
	signCollector  = "Người thu tiền"
	signGiver      = "Người giao"
	signStore      = "Người nhận"
	signList       = "Người lập danh sách"
	hintSeal       = "(Ký, họ tên, đóng dấu)"
	hintSign       = "(Ký, họ tên)"
)

// numberOf is how a sheet is named everywhere: "PT 12, quyển 1/2026".
func numberOf(s ledger.Series, year int, number int64) string {
	book := (number-1)/ledger.LeavesPerBook + 1
	return fmt.Sprintf("%s %d, quyển %d/%d", s, number, book, year)
}

// nameOf is the sheet's full name, "Phiếu thu số PT 12, quyển 1/2026": also the title of its document.
func nameOf(r ledger.Receipt, trial bool) string {
	name := sheetNames[r.Series]
	if trial {
		return name + " (bản in thử)"
	}
	return name + " số " + numberOf(r.Series, r.Year, r.Number)
}

// titleOfAll is the title of a document of many sheets.
func titleOfAll(sheets int) string { return "Tập biên lai (" + grouped(sheets) + " tờ)" }

// titleOfLetter is the title of a letter that goes with a sheet.
func titleOfLetter(sheet string) string { return "Thư cảm ơn kèm theo " + sheet }

// bookOf and numberIn are the two halves of numberOf, for forms that print them on lines of their own.
func bookOf(r ledger.Receipt) string   { return fmt.Sprintf("%d/%d", r.Book(), r.Year) }
func numberIn(r ledger.Receipt) string { return fmt.Sprintf("%s %d", r.Series, r.Number) }

// dayOf writes a day as on forms: a zero before days below 10 and months below 3 (domain.md 7.1), dots for a
// day that was not given.
func dayOf(d ledger.Date) string {
	if d.IsZero() {
		return "ngày …… tháng …… năm ………"
	}
	month := strconv.Itoa(int(d.Month))
	if d.Month < 3 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", d.Day, month, d.Year)
}

// onDay is dayOf at the beginning of a line.
func onDay(d ledger.Date) string { return "N" + strings.TrimPrefix(dayOf(d), "n") }

// placeAndDay stands at the head of letters: "Hải Dương, ngày 05 tháng 02 năm 2026".
func placeAndDay(place string, d ledger.Date) string {
	if place == "" {
		return onDay(d)
	}
	return place + ", " + dayOf(d)
}

// figures writes an amount: "1.234.567 đồng".
func figures(v money.VND) string { return v.Format() + dong }

// words writes the amount in the fund's own way of speaking.
func words(v money.VND, h ledger.Heading) string {
	return v.Words(money.Style{Linh: h.Linh, Nghin: h.Nghin, Chan: h.Chan})
}

// spelled is words as a form wants them: closed, so that nothing can be written behind.
func spelled(v money.VND, h ledger.Heading) string { return words(v, h) + "./." }

// quantityOf writes a quantity: dots between thousands, a comma before decimals, no empty decimals.
func quantityOf(d apd.Decimal) string {
	whole, fraction, _ := strings.Cut(d.Text('f'), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		fraction = "," + fraction
	}
	return sign + whole + fraction
}

// grouped writes a count with dots between thousands.
func grouped(n int) string { return money.Dong(int64(n)).Format() }

// codeOf writes the ten characters of a code in two groups, easier to read over the telephone.
func codeOf(code string) string {
	if len(code) != 10 {
		return code
	}
	return code[:5] + "-" + code[5:]
}

// stateOf is the mark across a sheet that no longer stands and the sentence that explains it; both empty for
// a valid one.
func stateOf(r ledger.Receipt) (mark, sentence string) {
	on := ""
	if !r.StateOn.IsZero() {
		on = " ngày " + r.StateOn.Format()
	}
	switch r.State {
	case ledger.ReceiptVoid:
		return textVoid, "Đã huỷ" + on
	case ledger.ReceiptReplaced:
		sentence = "Đã thay thế" + on
		if by := r.ReplacedBy; by != nil {
			sentence += " bởi số " + numberOf(by.Series, by.Year, by.Number)
		}
		return textReplaced, sentence
	}
	return "", ""
}

// replacing is the sentence of a sheet that stands in place of another.
func replacing(r ledger.Receipt) string {
	if r.Replaces == nil {
		return ""
	}
	old := *r.Replaces
	s := "Thay thế và huỷ " + sheetNames[old.Series] + " số " + numberOf(old.Series, old.Year, old.Number)
	if r.Printed.ReplaceText != "" {
		s += ". Lý do: " + r.Printed.ReplaceText
	}
	return s
}

// copyMark is the mark of a copy; "" for the original.
func copyMark(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("BẢN SAO lần %d", n)
}

// marksOf is the mark of a copy and the sentence about the state on one line.
func marksOf(r ledger.Receipt, n int) string {
	_, sentence := stateOf(r)
	if mark := copyMark(n); mark != "" && sentence != "" {
		return mark + " – " + sentence
	}
	return copyMark(n) + sentence
}

// enclosed is what comes with the sheet: its annex, then what the clerk noted.
func enclosed(r ledger.Receipt, pages int) string {
	parts := []string{}
	if n := len(r.Givers); n > 0 {
		parts = append(parts, fmt.Sprintf("Danh sách %s người ủng hộ (%d trang)", grouped(n), pages))
	}
	if r.Printed.Attached != "" {
		parts = append(parts, r.Printed.Attached)
	}
	return strings.Join(parts, "; ")
}

// pageOf counts the pages of an annex.
func pageOf(page, pages int) string { return fmt.Sprintf("Trang %d/%d", page, pages) }

// annexed says which sheet an annex belongs to.
func annexed(r ledger.Receipt, trial bool) string {
	return "Kèm theo " + nameOf(r, trial) + ", " + dayOf(r.IssuedOn)
}

// footOf stands below each page of an annex.
func footOf(r ledger.Receipt, trial bool) string {
	if trial {
		return nameOf(r, trial)
	}
	return nameOf(r, trial) + " – " + labelCode + " " + codeOf(r.Code)
}

// fromOf stands before the payer's name on an annex.
func fromOf(r ledger.Receipt) string {
	if r.Series == ledger.SeriesGoods {
		return labelFromGoods
	}
	return labelFrom
}

// confirms is the sentence that opens a Giấy xác nhận: who it is, where, and what it confirms.
func confirms(h ledger.Heading) string {
	place := ""
	if h.Address != "" {
		place = fmt.Sprintf(textUnitPlace, h.Address)
	}
	return h.Unit + place + textTransfer
}

// totalOfRoster stands before the sum of a roster.
func totalOfRoster(givers int) string { return "Tổng cộng: " + grouped(givers) + " người" }

// dear is whom a letter thanks.
func dear(r ledger.Receipt) string {
	if n := len(r.Givers); n > 0 {
		return r.Printed.Payer + " cùng " + grouped(n) + " người ủng hộ"
	}
	return r.Printed.Payer
}

// letterText is what the letter says, by paragraphs.
func letterText(r ledger.Receipt, trial bool) []string {
	on := r.DonatedOn
	if on.IsZero() {
		on = r.IssuedOn
	}
	thanks := onDay(on) + ", " + r.Heading.Unit + " đã nhận được của quý vị " + gift(r)
	if r.Printed.Campaign != "" {
		thanks += ", trong đợt vận động: " + r.Printed.Campaign
	}
	if r.Printed.Purpose != "" {
		thanks += ". Khoản này chỉ dùng vào việc: " + r.Printed.Purpose
	}
	booked := "Khoản ủng hộ đã được ghi vào sổ của Quỹ"
	if !trial {
		booked += " theo " + nameOf(r, false) + "; quý vị có thể tự kiểm tra bằng mã bên dưới"
	}
	return []string{thanks + ". Quỹ trân trọng cảm ơn quý vị.", textHonour, booked + ".", textWish}
}

// gift is what was given, in the words of a letter.
func gift(r ledger.Receipt) string {
	if r.Series != ledger.SeriesGoods {
		return "số tiền ủng hộ " + figures(r.Amount) + " (" + words(r.Amount, r.Heading) + ")"
	}
	goods := []string{}
	for _, g := range r.Printed.Goods {
		goods = append(goods, strings.TrimSpace(g.Description+": "+quantityOf(g.Quantity)+" "+g.Unit))
	}
	if len(goods) == 0 || len(goods) > goodsInLetter {
		return "hiện vật ủng hộ"
	}
	return "hiện vật ủng hộ gồm " + strings.Join(goods, "; ")
}

// goodsInLetter is how many kinds of goods a letter names.
const goodsInLetter = 5
