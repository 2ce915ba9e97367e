package viet_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"sovang/ledger/viet"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		encoding viet.Encoding
		in, want string
	}{
		{"Unicode comes out as NFC", viet.Unicode, "Hoa\u0300", "Hoà"},
		{"nothing", viet.TCVN3, "", ""},
		{"ASCII is the same everywhere", viet.VNI, "Nguyen Van A, 12/3", "Nguyen Van A, 12/3"},
		{"TCVN3", viet.TCVN3, "NguyÔn V¨n A", "Nguyễn Văn A"},
		{"TCVN3 with đ and ư, which is a soft hyphen", viet.TCVN3, "§ç H\u00adng, D\u00ad¬ng ®øc", "Đỗ Hưng, Dương đức"},
		{"TCVN3 with letters that look right", viet.TCVN3, "Lý TiÕn Dòng", "Lý Tiến Dũng"},
		{"TCVN3 keeps what is Unicode already", viet.TCVN3, "NguyÔn Văn Độ", "Nguyễn Văn Độ"},
		{".VnTimeH", viet.TCVN3Capitals, "NguyÔn v¨n ®øc", "NGUYỄN VĂN ĐỨC"},
		{".VnTimeH with capitals in the file", viet.TCVN3Capitals, "NGUYÔN V¡N §øC", "NGUYỄN VĂN ĐỨC"},
		{"VNI", viet.VNI, "Nguyeãn Vaên A", "Nguyễn Văn A"},
		{"VNI, every tone of a", viet.VNI, "aù aø aû aõ aï", "á à ả ã ạ"},
		{"VNI, every tone of ă", viet.VNI, "aê aé aè aú aü aë", "ă ắ ằ ẳ ẵ ặ"},
		{"VNI, every tone of â", viet.VNI, "aâ aá aà aå aã aä", "â ấ ầ ẩ ẫ ậ"},
		{"VNI, every tone of ê", viet.VNI, "eâ eá eà eå eã eä", "ê ế ề ể ễ ệ"},
		{"VNI, every tone of o and ô", viet.VNI, "où oø oû oõ oï oâ oá oà oå oã oä", "ó ò ỏ õ ọ ô ố ồ ổ ỗ ộ"},
		{"VNI, every tone of ơ", viet.VNI, "ô ôù ôø ôû ôõ ôï", "ơ ớ ờ ở ỡ ợ"},
		{"VNI, every tone of u and ư", viet.VNI, "uù uø uû uõ uï ö öù öø öû öõ öï", "ú ù ủ ũ ụ ư ứ ừ ử ữ ự"},
		{"VNI, every tone of i and y", viet.VNI, "í ì æ ó ò yù yø yû yõ î", "í ì ỉ ĩ ị ý ỳ ỷ ỹ ỵ"},
		{"VNI capitals", viet.VNI, "NGUYEÃN THÒ HOAØ, ÑOÃ ÖÙNG", "NGUYỄN THỊ HOÀ, ĐỖ ỨNG"},
		{"VNI, a capital and a small mark", viet.VNI, "Ñaëng AÂu", "Đặng Âu"},
		{"VNI, no mark in capitals behind a small letter", viet.VNI, "XuyÕn", "XuyÕn"},
		{"UTF-8 read as Windows-1252", viet.Mojibake, "Nguyá»…n Thá»‹ HoÃ\u00a0", "Nguyễn Thị Hoà"},
		{"bytes that Windows-1252 lacks", viet.Mojibake, "Ä\u0090á»\u0097", "Đỗ"},
		{"no UTF-8 underneath", viet.Mojibake, "Müller", "Müller"},
		{"Unicode is not taken for mojibake", viet.Mojibake, "Nguyễn", "Nguyễn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.encoding.Decode(tt.in); got != tt.want {
				t.Errorf("%v.Decode(%q) = %q, want %q", tt.encoding, tt.in, got, tt.want)
			}
		})
	}
}

// tcvn3.txt is another program's table.
func tcvn3Table(t testing.TB) map[rune]rune {
	t.Helper()
	table := map[rune]rune{}
	for _, line := range readLines(t, "tcvn3.txt") {
		code, letter, _ := strings.Cut(line, " ")
		n, err := strconv.ParseUint(code, 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := utf8.DecodeRuneInString(letter)
		table[rune(n)] = r
	}
	return table
}

func TestTCVN3IsTheStandardsTable(t *testing.T) {
	t.Parallel()
	table := tcvn3Table(t)
	for code := rune(0xA1); code <= 0xFE; code++ {
		want, known := table[code]
		if !known {
			want = code
		}
		if got := viet.TCVN3.Decode(string(code)); known && got != string(want) || !known && got != viet.NFC(string(code)) {
			t.Errorf("byte %X is %q, want %q", code, got, want)
		}
	}
}

func TestEncodingOfFont(t *testing.T) {
	t.Parallel()
	for font, want := range map[string]viet.Encoding{
		"": viet.Unicode, "Times New Roman": viet.Unicode, "Calibri": viet.Unicode, "Vn": viet.Unicode,
		".VnTime": viet.TCVN3, ".vntime": viet.TCVN3, " .VnArial Narrow ": viet.TCVN3, ".VnTimeh": viet.TCVN3,
		".VnTimeH": viet.TCVN3Capitals, ".VnArial NarrowH": viet.TCVN3Capitals, ".VnBahamasBH": viet.TCVN3Capitals,
		"VNI-Times": viet.VNI, "vni-helve": viet.VNI,
	} {
		if got := viet.EncodingOfFont(font); got != want {
			t.Errorf("EncodingOfFont(%q) = %v, want %v", font, got, want)
		}
	}
}

func TestDetectLegacy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     viet.Encoding
	}{
		{"nothing", "", viet.Unicode},
		{"ASCII", "NGUYEN VAN A", viet.Unicode},
		{"Unicode", "Nguyễn Thị Hoà", viet.Unicode},
		{"Unicode in Latin-1 letters alone, which VNI and TCVN3 read too", "Hà Sôn Thò Dòng Lý Tú", viet.Unicode},
		{"a German name", "Hans Müller, Jörg Weiß", viet.Unicode},
		{"French names", "René Noël, Zoé", viet.Unicode},
		{"ethnic-minority names", "H'Hen Niê, Y Krông Kdăm", viet.Unicode},
		{"a tone on the wrong letter", "Hòang Thị Túyêt, Tòan, Gía, Hùynh", viet.Unicode},
		{"capitals that slipped", "HÀ NộI", viet.Unicode},
		{"signs of Latin-1 that are letters in TCVN3", "Xã An Bình · 5 m² © 2022 » ½", viet.Unicode},
		{"emoji", "Hoà 🌸 «Hòa»", viet.Unicode},
		{"a no-break space", "Trần\u00a0Thị\u00a0Hà", viet.Unicode},
		{"TCVN3", "NguyÔn V¨n A", viet.TCVN3},
		{"TCVN3, one word", "Hoµ", viet.TCVN3},
		{"TCVN3 in the font of capitals", "nguyÔn thÞ hoµ", viet.TCVN3},
		{"TCVN3 with ASCII capitals", "NGUYÔN THÞ HOµ", viet.TCVN3},
		{"TCVN3 beside words that look right", "Lý TiÕn Dòng", viet.TCVN3},
		{"TCVN3 with a soft hyphen for ư", "L\u00adu", viet.TCVN3},
		{"a run of TCVN3 and a run of Unicode", "NguyÔn Văn Độ", viet.TCVN3},
		{"TCVN3 whose vowels VNI could join", "XuyÕn, YÕn", viet.TCVN3},
		{"VNI", "Nguyeãn Vaên A", viet.VNI},
		{"VNI, one word", "Ñoã", viet.VNI},
		{"VNI in capitals", "TRAÀN THÒ HOAØ", viet.VNI},
		{"UTF-8 read as Windows-1252", "Nguyá»…n Thá»‹ HoÃ\u00a0", viet.Mojibake},
		{"a heading in TCVN3", "Danh s¸ch ñng hé QuÜ §Òn ¬n ®¸p nghÜa", viet.TCVN3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, legacy := viet.DetectLegacy(tt.in); got != tt.want || legacy != (tt.want != viet.Unicode) {
				t.Errorf("DetectLegacy(%q) = %v, %v, want %v", tt.in, got, legacy, tt.want)
			}
		})
	}
}

var (
	families = strings.Fields(`Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh
		Mạc Lương Lưu Mai Tô Hà Phùng Tạ Cao Chu Thái Đinh Lâm Kiều Quách Nghiêm Khổng Giàng Lò Sùng Vàng Cầm Hứa Tòng Quàng`)
	middles = strings.Fields(`Văn Thị Hữu Đức Minh Quốc Xuân Thu Ngọc Thanh Hồng Kim Công Đình Bá Quang Tiến Mạnh Thuỳ Thùy
		Tuấn Bảo Gia Diệu Mỹ Như Khánh Phương Bích Hoài A Seo`)
	givens = strings.Fields(`An Ánh Ân Bảo Bé Bình Bưởi Cảnh Chiến Chuyên Cúc Cường Dũng Duyên Dương Đạt Điệp Đông Đức Gấm Giang
		Giỏi Hà Hải Hạnh Hằng Hiền Hiếu Hoa Hòa Hoà Hoàn Hoè Hồng Huệ Huy Huyền Hưng Hương Hường Khải Khoa Khuê Kiên Lan Lài Lành
		Liên Linh Loan Long Lộc Luyến Lượng Lý Mai Mận Mẫn Mịch Mừng Mỹ Nga Ngà Ngát Ngân Nghĩa Ngoan Ngọc Nguyệt Nhàn Nhung Nhật
		Oanh Phong Phúc Phượng Quân Quyên Quyết Quý Quỳnh Sáng Sen Sơn Sự Tài Tám Tâm Tấn Thảo Thắm Thắng Thoa Thoan Thơ Thơm Thuận
		Thuý Thúy Thuỷ Thủy Thư Tiến Tịnh Toàn Trang Trinh Trúc Tú Tuyết Từ Tước Uyên Út Vẻ Viễn Vinh Vượng Xoan Xuyến Ý Yến`)
)

// nameOf draws an invented name.
func nameOf(t *rapid.T) string {
	words := []string{rapid.SampledFrom(families).Draw(t, "họ")}
	words = append(words, rapid.SliceOfN(rapid.SampledFrom(middles), 0, 3).Draw(t, "đệm")...)
	return strings.Join(append(words, rapid.SampledFrom(givens).Draw(t, "tên")), " ")
}

func TestProperNamesAreNeverTakenForLegacy(t *testing.T) {
	t.Parallel()
	forms := map[string]func(string) string{
		"as it is": func(s string) string { return s }, "capitals": strings.ToUpper, "small": strings.ToLower,
		"no-break spaces": func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
	}
	rapid.Check(t, func(t *rapid.T) {
		name := nameOf(t)
		for form, change := range forms {
			if e, legacy := viet.DetectLegacy(change(name)); legacy {
				t.Fatalf("%q (%s) is taken for %v", name, form, e)
			}
		}
	})
}

// legacyWriter writes Unicode as an encoding would have, by turning the encoding's own reading round. TCVN3 has no
// capitals with tones; people typed small ones.
func legacyWriter(t testing.TB, e viet.Encoding) *strings.Replacer {
	t.Helper()
	var pairs []string
	for _, small := range "áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđ" {
		s, ok := unread(e, small)
		if !ok {
			t.Fatalf("%v cannot write %q", e, small)
		}
		capital, ok := unread(e, unicode.ToUpper(small))
		if !ok {
			capital = s
		}
		pairs = append(pairs, string(small), s, string(unicode.ToUpper(small)), capital)
	}
	return strings.NewReplacer(pairs...)
}

// unread finds the one or two characters that e reads as r; two where there is a choice, as VNI's keyboard wrote.
func unread(e viet.Encoding, r rune) (string, bool) {
	bases := []string{""}
	if e == viet.VNI {
		bases = strings.Split("aeoôuöyAEOÔUÖY", "")
		bases = append(bases, "")
	}
	for _, base := range bases {
		for c := rune(0xA1); c <= 0xFF; c++ {
			lookAlike := e == viet.VNI && (c == 'Ð' || c == 'ð') // which Decode's NFC reads as đ, not VNI
			if s := base + string(c); !lookAlike && e.Decode(s) == string(r) {
				return s, true
			}
		}
	}
	return "", false
}

// misread is UTF-8 as Windows reads it when it takes it for Windows-1252: bytes without a letter stay as they are.
func misread(s string) string {
	var b strings.Builder
	for i := range len(s) {
		r := charmap.Windows1252.DecodeByte(s[i])
		if r == utf8.RuneError {
			r = rune(s[i])
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Each list of ten names gives itself away, as a column of a spreadsheet does, and decodes to what it was.
func TestListsInLegacyEncodingsAreRecognised(t *testing.T) {
	t.Parallel()
	tcvn3, vni := legacyWriter(t, viet.TCVN3), legacyWriter(t, viet.VNI)
	rapid.Check(t, func(t *rapid.T) {
		var names []string
		for range 10 {
			names = append(names, nameOf(t))
		}
		list := strings.Join(names, "\n")
		for e, text := range map[viet.Encoding]string{
			viet.TCVN3: tcvn3.Replace(list), viet.VNI: vni.Replace(list), viet.Mojibake: misread(list),
		} {
			if got, legacy := viet.DetectLegacy(text); got != e || !legacy {
				t.Fatalf("%q is taken for %v, want %v", text, got, e)
			}
			if got := e.Decode(text); got != list && (e != viet.TCVN3 || !strings.EqualFold(got, list)) {
				t.Fatalf("%v.Decode(%q) = %q, want %q", e, text, got, list)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "NguyÔn V¨n A", "Nguyeãn", "Nguyá»…n", "\xe0\xff", "ôûö", "D\u00ad¬ng", "·ẽe\u0302"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for e := viet.Unicode; e <= viet.Mojibake; e++ {
			if got := e.Decode(s); !viet.IsNFC(got) {
				t.Errorf("%v.Decode(%+q) = %+q is not NFC", e, s, got)
			}
		}
		if e, legacy := viet.DetectLegacy(s); legacy != (e != viet.Unicode) || e.String() == "" {
			t.Errorf("DetectLegacy(%+q) = %v, %v", s, e, legacy)
		}
	})
}

func BenchmarkDetectLegacy(b *testing.B) {
	for b.Loop() {
		viet.DetectLegacy("Nguyễn Thị Hoà")
	}
}
