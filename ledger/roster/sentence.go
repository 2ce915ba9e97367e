package roster

import "fmt"

// sentences say each problem of a list to the person who brought it.
var sentences = map[Code]string{
	CodeEncoding:    "Tệp ghi theo bảng mã Windows-1258; đã đổi sang Unicode.",
	CodeThousands:   "Danh sách tính theo nghìn đồng hoặc triệu đồng. Hãy ghi số tiền bằng đồng rồi nạp lại.",
	CodeTwoColumns:  "Có hai cột cùng ghi tên hoặc số tiền (có thể là hai danh sách đặt cạnh nhau). Hãy để mỗi danh sách một trang.",
	CodeIgnored:     "Không có số tiền, không đọc là người ủng hộ.",
	CodeHidden:      "Hàng này đang bị ẩn trong tệp nhưng vẫn được đọc.",
	CodeStruck:      "Chữ bị gạch ngang, coi như đã huỷ. Hãy xoá hàng này hoặc bỏ gạch ngang.",
	CodeTwice:       "Trùng cả tên, địa chỉ và số tiền với một hàng ở trên. Hãy xem có phải ghi hai lần không.",
	CodeUnreadable:  "Có chữ không đọc được.",
	CodeCellError:   "Ô báo lỗi của Excel.",
	CodeNoValue:     "Ô là công thức nhưng tệp không lưu kết quả. Hãy mở tệp bằng Excel, lưu lại rồi nạp.",
	CodeName:        "Ô họ tên không có chữ nào.",
	CodeAmountNone:  "Thiếu số tiền.",
	CodeZero:        "Số tiền bằng 0.",
	CodeNegative:    "Số tiền âm. Khoản trả lại được ghi bằng bút toán huỷ, không ghi trong danh sách.",
	CodeAmount:      "Không phải là số tiền. Hiện vật được ghi riêng.",
	CodeFraction:    "Số tiền lẻ dưới một đồng.",
	CodeTooMuch:     "Số tiền lớn quá mức cho phép (một triệu tỷ đồng).",
	CodeAmbiguous:   "Số tiền có thể hiểu hai cách. Hãy ghi đủ chữ số.",
	CodeNoise:       "Số tiền lẻ do công thức tính, đã lấy tròn đồng.",
	CodeTwoAmounts:  "Một hàng có hai số tiền. Hãy tách thành hai hàng.",
	CodeDate:        "Không phải là ngày. Hãy ghi ngày/tháng/năm, ví dụ 27/07/2026.",
	CodeDateRange:   "Năm không hợp lý.",
	CodeDateYear:    "Ngày không ghi năm. Danh sách này của năm nào?",
	CodeLunar:       "Ngày âm lịch. Hãy ghi ngày dương lịch.",
	CodeNameMissing: "Không ghi tên người ủng hộ.",
}

// Sentence says the problem in Vietnamese, with its row, its column and what stands there.
func (p Problem) Sentence() string {
	return p.where() + p.what()
}

// where is the beginning of a sentence: Hàng 12, cột C, “abc”:
func (p Problem) where() string {
	if p.Line == 0 {
		return ""
	}
	s := fmt.Sprintf("Hàng %d", p.Line)
	if p.Column != "" {
		s += ", cột " + p.Column
	}
	if p.Text != "" {
		s += ", “" + p.Text + "”"
	}
	return s + ": "
}

func (p Problem) what() string {
	switch p.Code {
	case CodeLegacy:
		return fmt.Sprintf("Chữ trong tệp theo bảng mã cũ. “%s” có phải là “%s” không? Hãy chọn đổi sang Unicode hay giữ nguyên.", p.Text, p.Summed)
	case CodeGroup:
		if p.Line > 0 {
			return "Chưa rõ dấu trong số tiền là dấu hàng nghìn hay dấu thập phân."
		}
		return fmt.Sprintf("Trong tệp có số tiền như “%s”. Dấu chấm hay dấu phẩy là dấu hàng nghìn?", p.Text)
	case CodeTotal:
		return fmt.Sprintf("Dòng tổng cộng trong tệp là %s đồng, cộng các hàng được %s đồng.", p.Stated, p.Summed)
	case CodeUnitTotal:
		return "Là số cộng của các tên ở dưới, chỉ tính một lần."
	case CodeUnitDoubt:
		return fmt.Sprintf("Số tiền %s đồng có vẻ là số cộng của các tên ở dưới, nhưng cộng lại được %s đồng.", p.Stated, p.Summed)
	case CodeSheets:
		return fmt.Sprintf("Tệp có nhiều trang danh sách; chỉ đọc trang “%s”.", p.Text)
	case CodeTooLong:
		return fmt.Sprintf("Ô dài quá %d chữ.", MaxCell)
	case CodeNameMissing:
		if p.Level == Notice {
			return "Không ghi tên; sẽ ghi sổ là người ủng hộ không nêu tên."
		}
	}
	return sentences[p.Code]
}

// fileSentences say why a file cannot be read.
var fileSentences = map[Code]string{
	CodeTooLarge:       fmt.Sprintf("Tệp lớn quá %d MB.", MaxFile>>20),
	CodeUnzip:          "Tệp giải nén ra quá lớn, không mở.",
	CodeTooManyRows:    "Danh sách dài quá 50.000 hàng. Hãy chia thành nhiều tệp.",
	CodeTooManyColumns: fmt.Sprintf("Có ô nằm ngoài %d cột đầu. Hãy xoá các ô thừa rồi nạp lại.", MaxColumns),
	CodeEmpty:          "Tệp không có gì.",
	CodeNoHeader:       "Không tìm thấy hàng tiêu đề có cột họ tên và cột số tiền. Hãy tải danh sách mẫu về so.",
	CodeNoSheet:        "Tệp không có trang mang tên đã chọn.",
	CodeHTML:           "Tệp thật ra là một trang web hoặc XML. Hãy mở bằng Excel, chọn Lưu thành, kiểu Excel (.xlsx), rồi nạp lại.",
	CodeOldExcel:       "Tệp theo kiểu Excel cũ (.xls). Hãy mở bằng Excel, chọn Lưu thành, kiểu Excel (.xlsx), rồi nạp lại.",
	CodeEncrypted:      "Tệp đặt mật khẩu. Hãy bỏ mật khẩu rồi nạp lại.",
	CodePDF:            "Đây là tệp PDF, không phải bảng tính.",
	CodePicture:        "Đây là tệp ảnh. Ảnh chụp danh sách phải gõ lại vào bảng tính.",
	CodeNotAList:       "Đây không phải là tệp bảng tính (.xlsx) hay tệp chữ (.csv).",
	CodeBroken:         "Tệp hỏng, không đọc được đến hết.",
	CodeQuotes:         "Dấu ngoặc kép trong tệp không khớp, các dòng có thể bị dính vào nhau.",
}

// Sentence says in Vietnamese why the file cannot be read.
func (e *Error) Sentence() string {
	s := fileSentences[e.Code]
	if e.Line > 0 {
		s = fmt.Sprintf("Hàng %d: %s", e.Line, s)
	}
	if e.Name != "" {
		s = "“" + short(e.Name) + "”: " + s
	}
	return s
}
