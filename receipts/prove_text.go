package receipts

import (
	"errors"
	"strings"
	"time"

	"sovang/ledger"
	"sovang/ledger/money"
	"sovang/ledger/proof"
)

// attachedText describes the attached files to a reader of the PDF.
const attachedText = "Bằng chứng phiếu đã ghi vào sổ; kiểm tra bằng lệnh: sovang verify"

// Fact is one thing that the log holds of a sheet, to be compared with the paper.
type Fact struct{ Label, Value string }

// methodNames are the ways of giving.
var methodNames = map[ledger.Method]string{
	ledger.MethodCash: "Tiền mặt", ledger.MethodTransfer: "Chuyển khoản", ledger.MethodGoods: "Hiện vật",
}

// textNames are the texts of a sheet, by the names of their commitments, in the order in which people read them.
var textNames = []struct{ field, label string }{
	{"payer", "Người nộp"}, {"address", "Địa chỉ"}, {"memo", "Nội dung"}, {"purpose", "Mục đích"}, {"campaign", "Đợt vận động"},
	{"goods", "Hiện vật"}, {"goods_basis", "Căn cứ giá trị"}, {"bank_name", "Nơi nhận"}, {"bank_ref", "Số tham chiếu"},
	{"attached", "Kèm theo"}, {"replace_text", "Lý do thay thế"}, {"preparer", "Người lập"},
}

// Facts are what was proven, as it stands on the sheet: number, sum and days from the log itself, then the texts.
func (p Proven) Facts() []Fact {
	list := []Fact{
		{"Phiếu", sheetNames[p.Ref.Series] + " " + numberOf(p.Ref.Series, p.Ref.Year, p.Ref.Number)},
		{"Mã tra cứu", codeOf(p.Ref.Code)},
	}
	if g := p.Gift; g != nil {
		sum := figures(g.Amount) + " (" + g.Amount.Words(money.North) + ")"
		if g.Amount.IsZero() {
			sum = "Hiện vật chưa định giá"
		}
		list = append(list, Fact{"Số tiền", sum})
		if g.Givers != "" {
			list = append(list, Fact{"Số người góp", g.Givers})
		}
		list = append(list, Fact{"Cách nộp", methodNames[g.Method]}, Fact{"Ngày ủng hộ", g.DonatedOn.Format()})
	}
	list = append(list, Fact{"Ghi vào sổ lúc", momentOf(p.RecordedAt)})
	texts := map[string]string{}
	for _, t := range p.Texts {
		texts[t.Field] = strings.NewReplacer("\x1f", ", tính bằng ", "\x1e", "; ").Replace(t.Value)
	}
	for _, n := range textNames {
		if texts[n.field] != "" {
			list = append(list, Fact{n.label, texts[n.field]})
		}
	}
	return list
}

func momentOf(t time.Time) string { return t.In(ledger.Zone).Format("02/01/2006, 15:04") }

// VoidText says that an attached proof shows the sheet void, and since when; "" when none does.
func (p Proven) VoidText() string {
	switch {
	case p.Void == nil:
		return ""
	case p.Void.ReplacedBy != nil:
		r := p.Void.ReplacedBy
		return "Phiếu này ĐÃ THAY THẾ bằng phiếu " + numberOf(r.Series, r.Year, r.Number) + " lúc " + momentOf(p.Void.At) +
			" (dòng " + grouped(int(p.Void.EntryNo)) + " của sổ)."
	}
	return "Phiếu này ĐÃ HUỶ lúc " + momentOf(p.Void.At) + " (dòng " + grouped(int(p.Void.EntryNo)) + " của sổ)."
}

// whyNot has a sentence for each refusal of Prove.
var whyNot = []struct {
	err      error
	sentence string
}{
	{ErrNotPDF, "Tệp này không phải tệp PDF. Hãy chọn đúng tệp biên lai đã tải về, đuôi .pdf."},
	{ErrLargePDF, "Tệp lớn quá 5 MB. Biên lai của quỹ nhỏ hơn nhiều; hãy chọn đúng tệp."},
	{ErrNoProof, "Trong tệp không có bằng chứng. Có thể đây là bản chụp, bản quét, thư cảm ơn hoặc tệp đã bị in lại; hãy tra bằng mã trên phiếu."},
	{ErrDamaged, "Bằng chứng kèm trong tệp bị hỏng, không mở được. Hãy xin quỹ tệp gốc."},
	{ErrNotSheet, "Bằng chứng trong tệp là của một việc khác trong sổ, không phải của một phiếu. Đừng tin tờ phiếu này."},
	{proof.ErrKey, "Khoá kiểm tra không đúng dạng. Hãy chép nguyên cả dòng khoá niêm yết tại trụ sở hoặc trên trang của quỹ."},
	{proof.ErrMalformed, "Bằng chứng trong tệp sai mẫu: đã bị sửa hoặc bị cắt. Đừng tin tờ phiếu này nếu chưa hỏi quỹ."},
	{proof.ErrOtherLog, "Bằng chứng thuộc sổ khác với khoá kiểm tra. Hãy xem có dùng đúng khoá của quỹ ghi trên phiếu không."},
	{proof.ErrWrongKey, "Bằng chứng được ký bằng khoá khác, không phải khoá của quỹ. Đừng tin tờ phiếu này nếu chưa hỏi quỹ."},
	{proof.ErrSignature, "Chữ ký của sổ không khớp: mốc đã ký bị sửa. Đừng tin tờ phiếu này."},
	{proof.ErrIndex, "Số dòng trong bằng chứng không khớp với sổ. Đừng tin tờ phiếu này."},
	{proof.ErrRoot, "Bằng chứng dẫn đến chỗ khác: nội dung phiếu không đúng với sổ đã ký. Đừng tin tờ phiếu này."},
}

// WhyNot is the sentence for a refusal of Prove; "" for an error that is none.
func WhyNot(err error) string {
	var text *TextError
	if errors.As(err, &text) {
		for _, n := range textNames {
			if n.field == text.Field {
				return "Mục “" + n.label + "” kèm trong tệp không đúng với sổ. Đừng tin tờ phiếu này."
			}
		}
		return "Một mục kèm trong tệp không có trong sổ. Đừng tin tờ phiếu này."
	}
	for _, w := range whyNot {
		if errors.Is(err, w.err) {
			return w.sentence
		}
	}
	return ""
}
