package roster

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sampleRows are the header and two invented givers.
var sampleRows = [][]any{
	{"STT", "Họ và tên", "Địa chỉ", "Số tiền (đồng)", "Ngày ủng hộ", "Hình thức", "Nội dung", "Điện thoại", "Ghi chú"},
	{1, "Nguyễn Văn Mẫu", "Thôn Đông, xã Ví Dụ", 200000, "27/07/2026", "Tiền mặt", "Ủng hộ Quỹ Đền ơn đáp nghĩa", "", ""},
	{2, "Công ty TNHH Thí Dụ", "Số 1 phố Mẫu, phường Ví Dụ", 1500000, "27/07/2026", "Chuyển khoản", "Ủng hộ Quỹ Đền ơn đáp nghĩa", "", ""},
}

// WriteSample writes a workbook to download and fill in: the header that Read knows best and two invented
// givers. The columns of days and telephones are text, so that Excel leaves them as they are typed.
func WriteSample(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "Danh sách"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	for i, row := range sampleRows {
		for j, v := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if text, ok := v.(string); ok {
				v = Neutral(text)
			}
			if err := f.SetCellValue(sheet, at, v); err != nil {
				return err
			}
		}
	}
	if err := styleSample(f, sheet); err != nil {
		return err
	}
	return f.Write(w)
}

// styleSample makes the header bold and the columns wide enough to read.
func styleSample(f *excelize.File, sheet string) error {
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // @
	if err != nil {
		return err
	}
	amount, err := f.NewStyle(&excelize.Style{NumFmt: 3}) // #,##0
	if err != nil {
		return err
	}
	for columns, style := range map[string]int{"E": text, "H": text, "D": amount} {
		if err := f.SetColStyle(sheet, columns, style); err != nil {
			return err
		}
	}
	if err := f.SetCellStyle(sheet, "A1", "I1", bold); err != nil {
		return err
	}
	return f.SetColWidth(sheet, "B", "I", 24)
}

// Neutral makes a text safe to write into a cell: one that begins with = + - @ or a control character would be
// run as a formula by the program that opens the file, and gets an apostrophe before it.
func Neutral(s string) string {
	if t := strings.TrimLeft(s, " \u00a0"); t != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}
