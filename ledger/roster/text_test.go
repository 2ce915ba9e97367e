package roster_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"sovang/ledger/money"
	"sovang/ledger/roster"
	"sovang/ledger/viet"
)

// inUTF16 writes text in UTF-16, little or big end first, with or without its mark.
func inUTF16(text string, big, mark bool) []byte {
	var b bytes.Buffer
	if mark {
		text = "\ufeff" + text
	}
	for _, u := range utf16.Encode([]rune(text)) {
		lo, hi := byte(u), byte(u>>8)
		if big {
			lo, hi = hi, lo
		}
		b.Write([]byte{lo, hi})
	}
	return b.Bytes()
}

func in1258(t *testing.T, text string) []byte {
	t.Helper()
	// Windows-1258 has â ê ô ă ơ ư đ whole and the tones as marks behind.
	marked := strings.NewReplacer("ọ", "o\u0323", "ễ", "ê\u0303", "ố", "ô\u0301", "ề", "ê\u0300", "ạ", "a\u0323",
		"ị", "i\u0323", "ầ", "â\u0300", "ỉ", "i\u0309", "ẫ", "â\u0303", "ử", "ư\u0309").Replace(text)
	b, err := charmap.Windows1258.NewEncoder().String(marked)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(b)
}

// misread is UTF-8 read as Windows-1252, the way Windows does: bytes without a letter stay as they are.
func misread(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		r := charmap.Windows1252.DecodeByte(c)
		if r == '\ufffd' {
			r = rune(c)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestReadEncodingsAndSeparators(t *testing.T) {
	t.Parallel()
	const text = "STT;Họ và tên;Địa chỉ;Số tiền\n1;Nguyễn Văn Mẫu;Thôn Đông;500000\n2;Trần Thị Thử;Thôn Đoài;300000\n"
	for _, tt := range []struct {
		name string
		body []byte
	}{
		{"UTF-8", []byte(text)},
		{"UTF-8 with its mark", []byte("\ufeff" + text)},
		{"UTF-16 little end first", inUTF16(text, false, true)},
		{"UTF-16 big end first", inUTF16(text, true, true)},
		{"UTF-16 without a mark", inUTF16(text, false, false)},
		{"Windows-1258", in1258(t, text)},
		{"tabs", []byte(strings.ReplaceAll(text, ";", "\t"))},
		{"commas", []byte(strings.ReplaceAll(text, ";", ","))},
		{"Excel's hint of the separator", []byte("sep=;\r\n" + text)},
		{"line ends of Windows", []byte(strings.ReplaceAll(text, "\n", "\r\n"))},
		{"decomposed letters", []byte(strings.ReplaceAll(text, "ễ", "e\u0302\u0303"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, err := roster.Read("ds", bytes.NewReader(tt.body), roster.Options{})
			if err != nil {
				t.Fatal(err)
			}
			sameCodes(t, l)
			if len(l.Rows) != 2 || l.Rows[0].Name != "Nguyễn Văn Mẫu" || !l.Total.Equal(money.Dong(800000)) {
				t.Errorf("rows %+v", l.Rows)
			}
		})
	}
}

func TestReadOldTextAsksOnce(t *testing.T) {
	t.Parallel()
	const tcvn3 = "Hä vµ tªn;Sè tiÒn\nNguyÔn V¨n MÉu;500000\nTrÇn ThÞ Thö;300000\nLª Dòng;100000\n"
	latin, err := charmap.Windows1252.NewEncoder().String(tcvn3)
	if err != nil {
		t.Fatal(err)
	}
	mojibake := misread("Tên;Số tiền\nLê Thị Thử;500000\nTrần Văn Bé;300000\nLê Dũng;100000\n")
	for _, tt := range []struct {
		name, body string
		want       viet.Encoding
		last       string
	}{
		{"TCVN3 saved as Unicode", tcvn3, viet.TCVN3, "Lê Dũng"},
		{"TCVN3 in its bytes", latin, viet.TCVN3, "Lê Dũng"},
		{"VNI", "Hoï vaø teân;Soá tieàn\nNguyeãn Vaên Maãu;500000\nTraàn Thò Thöû;300000\nLeâ Duõng;100000\n", viet.VNI, "Lê Dũng"},
		{"UTF-8 read as Windows-1252", mojibake, viet.Mojibake, "Lê Dũng"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			asked := read(t, tt.body, roster.Options{})
			sameCodes(t, asked, roster.CodeLegacy)
			if asked.Legacy != tt.want || asked.LegacyText == asked.LegacyRead || asked.Bookable() {
				t.Errorf("encoding %v, readings %q and %q", asked.Legacy, asked.LegacyText, asked.LegacyRead)
			}
			kept := read(t, tt.body, roster.Options{Legacy: roster.Keep})
			sameCodes(t, kept)
			if kept.Rows[2].Name == tt.last {
				t.Error("kept, yet converted")
			}
			l := read(t, tt.body, roster.Options{Legacy: roster.Convert})
			sameCodes(t, l)
			if l.Rows[2].Name != tt.last || !l.Bookable() {
				t.Errorf("rows %+v", l.Rows)
			}
		})
	}
}

func TestReadRefusesWholeFiles(t *testing.T) {
	t.Parallel()
	big := "Họ và tên,Số tiền\n" + strings.Repeat("Lê Văn Mẫu,1000\n", roster.MaxRows)
	for _, tt := range []struct {
		name, body string
		want       roster.Code
	}{
		{"nothing", "", roster.CodeEmpty},
		{"blanks", " \n\t\n", roster.CodeEmpty},
		{"a web page", "<html><body><table><tr><td>Họ và tên</td></tr></table>", roster.CodeHTML},
		{"a table without its page", "<table><tr><td>Họ và tên</td></tr></table>", roster.CodeHTML},
		{"Excel's XML of 2003", "<?xml version=\"1.0\"?><Workbook/>", roster.CodeHTML},
		{"a web page in UTF-16", string(inUTF16("<html><table>", false, true)), roster.CodeHTML},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), roster.CodeOldExcel},
		{"BIFF without a container", "\x09\x08\x10\x00\x00\x06\x05\x00", roster.CodeOldExcel},
		{"a PDF", "%PDF-1.7\n", roster.CodePDF},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", roster.CodePicture},
		{"bytes", "abc\x00\x01\x02defg", roster.CodeNotAList},
		{"a letter", "Kính gửi,\nQuỹ Đền ơn đáp nghĩa\n", roster.CodeNoHeader},
		{"an archive that is cut off", "PK\x03\x04xl/workbook.xml", roster.CodeBroken},
		{"one row too many", big, roster.CodeTooManyRows},
		{"a cell beyond the columns", "Họ và tên,Số tiền" + strings.Repeat(",", roster.MaxColumns-1) + "x\n", roster.CodeTooManyColumns},
		{"quotation marks that swallow lines", "Họ và tên,Số tiền\nCông ty \"A,5000\n\"B,6000\nC,7000\n", roster.CodeQuotes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := roster.Read("ds.xls", strings.NewReader(tt.body), roster.Options{})
			e, ok := errors.AsType[*roster.Error](err)
			if !ok || e.Code != tt.want {
				t.Fatalf("error %v, want %s", err, tt.want)
			}
			if e.Sentence() == "" || !strings.Contains(e.Sentence(), "ds.xls") {
				t.Errorf("sentence %q", e.Sentence())
			}
		})
	}
}

func TestReadStopsAtTheLimits(t *testing.T) {
	t.Parallel()
	l := read(t, "Họ và tên,Số tiền\n"+strings.Repeat("Lê Văn Mẫu,1000\n", roster.MaxRows-1), roster.Options{})
	if len(l.Rows) != roster.MaxRows-1 {
		t.Errorf("%d rows", len(l.Rows))
	}
	wide := read(t, "Họ và tên,Số tiền"+strings.Repeat(",", roster.MaxColumns-2)+"x\nLê Văn Mẫu,1000\n", roster.Options{})
	sameCodes(t, wide)
	_, err := roster.Read("ds", bytes.NewReader(make([]byte, roster.MaxFile+1)), roster.Options{})
	if e, ok := errors.AsType[*roster.Error](err); !ok || e.Code != roster.CodeTooLarge {
		t.Errorf("one byte too many: %v", err)
	}
	long := strings.Repeat("ă", roster.MaxCell)
	sameCodes(t, read(t, "Họ và tên,Số tiền\n"+long+",1000\n", roster.Options{}))
	sameCodes(t, read(t, "Họ và tên,Số tiền\n"+long+"a,1000\n", roster.Options{}), roster.CodeTooLong)
}

func TestReadLenientQuotes(t *testing.T) {
	t.Parallel()
	l := read(t, "Họ và tên;Số tiền\nCông ty \"Thí Dụ\";500000\nLê Văn Mẫu;300000\n", roster.Options{})
	if len(l.Rows) != 2 || l.Rows[0].Name != "Công ty \"Thí Dụ\"" {
		t.Errorf("rows %+v", l.Rows)
	}
}

func TestReadHeaderWhereverItStands(t *testing.T) {
	t.Parallel()
	const row = "1,Lê Văn Mẫu,500000\n"
	for _, tt := range []struct {
		name, text string
		row        int
	}{
		{"first", "STT,Họ và tên,Số tiền\n" + row, 1},
		{"without marks, in capitals", "STT,HO VA TEN,SO TIEN\n" + row, 1},
		{"below a letterhead", "UBND XÃ VÍ DỤ,,CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\n,,Độc lập\nDANH SÁCH ỦNG HỘ,,\n\nTT,Người ủng hộ,Số tiền ủng hộ (đồng)\n" + row, 5},
		{"in the last row looked at", strings.Repeat("x\n", roster.MaxHeader-1) + "TT,Tên đơn vị,Thành tiền\n" + row, roster.MaxHeader},
		{"of two rows", "STT,Họ và tên,Đóng góp\n,,Số tiền\n" + row, 2},
		{"with its columns numbered", "STT,Họ và tên,Số tiền\nA,B,1\n" + row, 1},
		{"with a label over two lines", "STT,\"Họ và\ntên\",\"Số tiền\n(đồng)\"\n" + row, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := read(t, tt.text, roster.Options{})
			sameCodes(t, l)
			if l.HeaderRow != tt.row || len(l.Rows) != 1 || l.Rows[0].Name != "Lê Văn Mẫu" || !l.Total.Equal(money.Dong(500000)) {
				t.Errorf("header %d, want %d; rows %+v", l.HeaderRow, tt.row, l.Rows)
			}
		})
	}
	_, err := roster.Read("ds", strings.NewReader(strings.Repeat("x\n", roster.MaxHeader)+"TT,Tên,Số tiền\n"+row), roster.Options{})
	if e, ok := errors.AsType[*roster.Error](err); !ok || e.Code != roster.CodeNoHeader {
		t.Errorf("one row further down: %v", err)
	}
}

func TestReadHeaderWarnings(t *testing.T) {
	t.Parallel()
	sameCodes(t, read(t, "STT,Họ và tên,Số tiền (nghìn đồng)\n1,Lê Văn Mẫu,500\n", roster.Options{}), roster.CodeThousands)
	sameCodes(t, read(t, "ĐVT: 1.000 đồng\nSTT,Họ và tên,Số tiền\n1,Lê Văn Mẫu,500\n", roster.Options{}), roster.CodeThousands)
	sameCodes(t, read(t, "ĐVT: đồng\nSTT,Họ và tên,Số tiền\n1,Lê Văn Mẫu,500\n", roster.Options{}))
	side := read(t, "STT,Họ và tên,Số tiền,STT,Họ và tên,Số tiền\n1,Lê Văn Mẫu,500,2,Lê Thị Thử,600\n", roster.Options{})
	if !slices.Contains(codes(side), roster.CodeTwoColumns) || side.Bookable() {
		t.Errorf("side by side: %v", codes(side))
	}
}

func TestReadCashAndTransferColumns(t *testing.T) {
	t.Parallel()
	l := read(t, "STT,Họ và tên,Số tiền,Số tiền\n,,Tiền mặt,Chuyển khoản\n1,Lê Văn Mẫu,500000,\n2,Lê Thị Thử,-,600000\n3,Lê Hai,1000,2000\n", roster.Options{})
	sameCodes(t, l, roster.CodeTwoAmounts)
	if l.Rows[0].Method != "cash" || l.Rows[1].Method != "transfer" || !l.Total.Equal(money.Dong(1_100_000)) {
		t.Errorf("rows %+v, total %s", l.Rows, l.Total)
	}
}

// oneAmount reads a list of one row whose amount is quoted in text.
func oneAmount(t *testing.T, amount string, more string, o roster.Options) *roster.List {
	t.Helper()
	return read(t, fmt.Sprintf("STT;Họ và tên;Số tiền\n1;Lê Văn Mẫu;%s\n%s", amount, more), o)
}

func TestReadAmounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want int64
		code roster.Code
	}{
		{"500000", 500000, ""}, {"'500000", 500000, ""}, {"500.000đ", 500000, ""}, {"500.000 VNĐ", 500000, ""},
		{"500 000", 500000, ""}, {"1.000.000,00", 1000000, ""}, {"500k", 500000, ""}, {"1tr2", 1200000, ""}, {"1", 1, ""},
		{"1000000000000000", 1e15, ""}, {"1000000000000001", 0, roster.CodeTooMuch},
		{"0", 0, roster.CodeZero}, {"(150.000)", 0, roster.CodeNegative}, {"150.000-", 0, roster.CodeNegative},
		{"-150000", 0, roster.CodeNegative}, {"2E+05", 0, roster.CodeAmount}, {"199999.99999997", 0, roster.CodeFraction},
		{"#REF!", 0, roster.CodeCellError}, {"20 kg gạo", 0, roster.CodeAmount}, {"", 0, roster.CodeAmountNone},
		{"1tr25", 0, roster.CodeAmbiguous},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			l := oneAmount(t, tt.text, "", roster.Options{})
			if tt.code == "" {
				sameCodes(t, l)
			} else {
				sameCodes(t, l, tt.code)
			}
			if !l.Rows[0].Amount.Equal(money.Dong(tt.want)) {
				t.Errorf("read %s as %s, want %d", tt.text, l.Rows[0].Amount, tt.want)
			}
		})
	}
}

func TestReadAsksForTheSignOfThousandsOnce(t *testing.T) {
	t.Parallel()
	l := oneAmount(t, "14.000", "2;Lê Thị Thử;50.000\n", roster.Options{})
	sameCodes(t, l, roster.CodeGroup, roster.CodeGroup, roster.CodeGroup) // the file, and each row that waits
	if n := len(l.Problems); n != 1 || !l.Total.IsZero() {
		t.Errorf("%d questions, total %s", n, l.Total)
	}
	for _, tt := range []struct {
		name, amount, more string
		o                  roster.Options
		want               int64 // of the first row; 0 is asked or refused
	}{
		{"the answer is dots", "14.000", "", roster.Options{Group: '.'}, 14000},
		{"the answer is commas, then a dot is decimal", "14.000", "", roster.Options{Group: ','}, 0},
		{"commas answered", "14,000", "", roster.Options{Group: ','}, 14000},
		{"a longer amount settles it", "1.500", "2;Lê Thị Thử;1.500.000\n", roster.Options{}, 1500},
		{"a currency word settles it", "1.500", "2;Lê Thị Thử;50.000 đồng\n", roster.Options{}, 1500},
		{"another sign settles the other way", "14.000", "2;Lê Thị Thử;1,500,000\n", roster.Options{}, 0},
		{"both signs settle nothing", "14.000", "2;Lê Thị Thử;1,500,000\n3;Lê Ba;1.500.000\n", roster.Options{}, 0},
		{"plain figures settle nothing", "14.000", "2;Lê Thị Thử;500000\n", roster.Options{}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := oneAmount(t, tt.amount, tt.more, tt.o)
			if !l.Rows[0].Amount.Equal(money.Dong(tt.want)) || l.Rows[0].Good() != (tt.want > 0) {
				t.Errorf("read as %s, want %d, problems %v", l.Rows[0].Amount, tt.want, codes(l))
			}
		})
	}
	dong := read(t, "Họ và tên;Số tiền (đồng)\nLê Văn Mẫu;14.000\n", roster.Options{})
	if sameCodes(t, dong); !dong.Total.Equal(money.Dong(14000)) {
		t.Errorf("with đồng in the header: %s", dong.Total)
	}
}

func TestReadDays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		year int
		want string
		code roster.Code
	}{
		{"05/07/2026", 0, "2026-07-05", ""}, {"7/5/26", 0, "2026-05-07", ""}, {"27-07-2026", 0, "2026-07-27", ""},
		{"27.7.2026", 0, "2026-07-27", ""}, {"2026-07-27", 0, "2026-07-27", ""}, {"27/07/2026 08:30", 0, "2026-07-27", ""},
		{"46208", 0, "2026-07-05", ""}, {"ngày 5 tháng 7 năm 2026", 0, "2026-07-05", ""}, {"Ngày 5/7/2026", 0, "2026-07-05", ""},
		{"27-7", 2026, "2026-07-27", ""}, {"27/7", 0, "", roster.CodeDateYear}, {"29/2", 2023, "", roster.CodeDate},
		{"29/02/2024", 0, "2024-02-29", ""}, {"30/02/2024", 0, "", roster.CodeDate}, {"07/13/2026", 0, "", roster.CodeDate},
		{"23 tháng Chạp", 2026, "", roster.CodeLunar}, {"ngày … tháng … năm …", 0, "", ""}, {"", 0, "", ""}, {"…/…/2026", 0, "", roster.CodeDate},
		{"05/07/2562", 0, "", roster.CodeDateRange}, {"05/07/0206", 0, "", roster.CodeDateRange}, {"hôm qua", 0, "", roster.CodeDate},
		{"31/12/1997", 0, "", roster.CodeDateRange}, {"01/01/1998", 0, "1998-01-01", ""}, {"31/12/2099", 0, "2099-12-31", ""},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			l := read(t, "STT,Họ và tên,Số tiền,Ngày\n1,Lê Văn Mẫu,500000,"+tt.text+"\n", roster.Options{Year: tt.year})
			if tt.code == "" {
				sameCodes(t, l)
			} else {
				sameCodes(t, l, tt.code)
			}
			if l.Rows[0].GivenOn != tt.want {
				t.Errorf("read %q as %q, want %q", tt.text, l.Rows[0].GivenOn, tt.want)
			}
		})
	}
}
