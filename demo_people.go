package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"sovang/ledger"
)

// Words of which the demonstration's names are made. They are common and are put together by chance: whoever
// bears such a name is not meant.
var (
	familyNames = []string{"Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Phạm", "Hoàng",
		"Vũ", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Đào", "Đoàn", "Mai", "Lương", "Trịnh", "Tạ", "An", "Khúc"}
	menMiddle = []string{"Văn", "Văn", "Văn", "Đức", "Hữu", "Quang", "Đình", "Xuân", "Minh", "Công", "Bá", "Tiến", "Ngọc"}
	menGiven  = []string{"Hùng", "Dũng", "Tuấn", "Thắng", "Cường", "Hải", "Sơn", "Long", "Minh", "Hiếu", "Nam", "Quân", "Tùng",
		"Khánh", "Phúc", "Bình", "Chiến", "Đạt", "Giang", "Hoà", "Kiên", "Lâm", "Mạnh", "Nghĩa", "Oánh", "Phương", "Quyết", "Thuỷ", "Toàn", "Vinh"}
	womenMiddle = []string{"Thị", "Thị", "Thị", "Thị", "Thu", "Thanh", "Ngọc", "Bích", "Kim", "Minh", "Hồng", "Thuỳ", "Phương"}
	womenGiven  = []string{"Hoa", "Hương", "Lan", "Mai", "Hà", "Hằng", "Hạnh", "Hiền", "Huệ", "Huyền", "Liên", "Loan", "Nga",
		"Ngân", "Nhung", "Oanh", "Phượng", "Quyên", "Thảo", "Thoa", "Thu", "Thuý", "Thuỷ", "Trang", "Vân", "Xuân", "Yến", "Ánh", "Đào", "Dung"}
	hamlets  = []string{"thôn Đông", "thôn Đoài", "thôn Trung", "thôn Thượng", "thôn Hạ", "thôn Nội", "thôn Ngoại", "xóm Mới", "xóm Đình"}
	firmKind = []string{"Công ty TNHH", "Công ty TNHH", "Công ty TNHH MTV", "Công ty cổ phần", "Hợp tác xã", "Doanh nghiệp tư nhân"}
	firmWork = []string{"May mặc", "Xây dựng", "Vận tải", "Thương mại", "Cơ khí", "Nông sản", "Bao bì", "Vật liệu", "Điện tử", "Thực phẩm"}
	firmName = []string{"Minh Hoạ", "Thí Dụ", "Bình Minh Mẫu", "Hoa Sen Mẫu", "Đồng Tâm Mẫu", "Sao Mai Mẫu", "Phù Sa Mẫu", "Tre Xanh Mẫu",
		"Sông Quê Mẫu", "Lúa Vàng Mẫu", "Ban Mai Mẫu", "Đoàn Kết Mẫu"}
	bodyKind = []string{"Trường Tiểu học", "Trường THCS", "Trường Mầm non", "Trạm Y tế", "Chi hội Cựu chiến binh", "Chi hội Phụ nữ",
		"Công đoàn cơ sở", "Hội Người cao tuổi", "Đoàn Thanh niên"}
	bodyName = []string{"Minh Hoạ", "Thí Dụ", "Mẫu Một", "Mẫu Hai", "Mẫu Ba", "Mẫu Bốn", "Mẫu Năm", "Mẫu Sáu"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// person is an invented full name.
func person(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return man(r)
	}
	return pick(r, familyNames) + " " + pick(r, womenMiddle) + " " + pick(r, womenGiven)
}

func man(r *rand.Rand) string {
	return pick(r, familyNames) + " " + pick(r, menMiddle) + " " + pick(r, menGiven)
}

// address is a part of a place that has such parts; no commune is named.
func (p place) address(r *rand.Rand) string {
	for p.level != ledger.LevelDistrict { // who gives to the province lives somewhere in it
		p = pick(r, places())
	}
	if strings.HasPrefix(p.name, "huyện ") {
		return pick(r, hamlets) + ", " + p.name
	}
	return fmt.Sprintf("khu %d, %s", 1+r.IntN(9), p.name)
}

// firm is an invented company; body an agency, school or association whose members give together.
func firm(r *rand.Rand) string {
	return pick(r, firmKind) + " " + pick(r, firmWork) + " " + pick(r, firmName)
}

func (p place) body(r *rand.Rand) string {
	return pick(r, bodyKind) + " " + pick(r, bodyName) + ", " + p.name
}

// bankMemo is a transfer's content as banks deliver it: no marks, the sender's name in capitals, a wrapper around
// a third of them (domain.md Q19, 11).
func bankMemo(r *rand.Rand, name string, year int) string {
	plain := strings.ToUpper(bare(name))
	wish := pick(r, []string{"ung ho quy den on dap nghia", "ung ho Quy DODN nam " + itoa(year), "ung ho 27/7",
		"gop quy den on dap nghia tri an cac anh hung liet si"})
	memo := strings.TrimSpace(plain + " " + wish)
	switch r.IntN(6) {
	case 0:
		return fmt.Sprintf("MBVCB.%d.%s", 1_000_000_000+r.IntN(900_000_000), memo)
	case 1:
		return fmt.Sprintf("IBFT %s-CHUYEN TIEN-FT%d%06d", memo, year%100, r.IntN(1_000_000))
	}
	return memo
}

// bare takes the marks off and nothing else: search folds more than a bank does (Lý is found as Lí).
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(s))
}

func itoa(n int) string { return fmt.Sprint(n) }
