package roster

import (
	"maps"
	"slices"
	"strings"

	"sovang/ledger/viet"
)

// labels are the headers of lists, best first within each use: the rank is the place in its line. What is
// separated by '|' has the same rank.
var labels = map[Use][]string{
	UseNumber: {"STT", "Số TT", "TT", "Số thứ tự", "No", "#"},
	UseName: {
		"Họ và tên|Họ tên|Họ & tên|Họ, tên|Họ và tên người ủng hộ|Họ tên người ủng hộ|Người ủng hộ|Tên người ủng hộ|" +
			"Họ và tên người nộp|Người nộp|Người đóng góp|Người nộp tiền|Họ và tên người đóng góp|Nhà hảo tâm|Nhà tài trợ|" +
			"Tên tổ chức, cá nhân|Tổ chức, cá nhân|Cá nhân, tổ chức|Tên đơn vị, cá nhân|Đơn vị, cá nhân|" +
			"Cá nhân, đơn vị|Họ tên cá nhân, đơn vị|Tên cơ quan, đơn vị, cá nhân|Cơ quan, đơn vị, cá nhân|" +
			"Họ và tên chủ hộ|Chủ hộ|Họ tên chủ hộ|Hộ gia đình|Họ và tên cán bộ|Họ và tên công chức, viên chức|" +
			"Đơn vị ủng hộ|Tên đơn vị ủng hộ|Tên người|Họ và tên/Đơn vị|Tên đơn vị/cá nhân|Người gửi|Danh sách ủng hộ",
		"Tên|Tên gọi|Đơn vị/Cá nhân",
	},
	UseUnit: {"Tên đơn vị|Tên cơ quan|Tên cơ quan, đơn vị|Cơ quan, đơn vị|Đơn vị|Cơ quan|Tổ chức|Đơn vị công tác|Phòng ban|Bộ phận|Chi bộ|Lớp"},
	UseAddress: {
		"Địa chỉ|Địa chỉ thường trú|Nơi ở|Chỗ ở|Nơi cư trú|Địa chỉ liên hệ|Địa chỉ, đơn vị|Địa chỉ/Đơn vị",
		"Thôn|Xóm|Tổ dân phố|Khu dân cư|Thôn, xóm|Thôn, khu dân cư|Thôn/Khu dân cư|Quê quán",
	},
	UsePhone: {"Điện thoại|Số điện thoại|SĐT|ĐT|Số ĐT|Di động|Điện thoại liên hệ|Số máy"},
	UseAmount: {
		"Số tiền ủng hộ|Số tiền đã ủng hộ|Số tiền thực nộp|Thực nộp|Số tiền đã nộp|Đã nộp|Số tiền đóng góp|Số tiền nộp|Mức ủng hộ|Số tiền thu",
		"Thành tiền|Số tiền|Số tiền VNĐ|Số tiền đồng|Tiền ủng hộ|Số tiền bằng số|Số tiền mặt",
		"Ủng hộ|Đóng góp|Tiền|Mức đóng góp|Tổng tiền|Tổng số tiền",
	},
	UseDate:   {"Ngày ủng hộ|Ngày nộp|Ngày nộp tiền|Ngày đóng góp", "Ngày|Ngày tháng|Ngày, tháng|Ngày tháng năm|Ngày, tháng, năm|Thời gian"},
	UseMemo:   {"Nội dung|Nội dung ủng hộ|Nội dung chuyển khoản|Diễn giải|Lý do|Nội dung nộp"},
	UseNote:   {"Ghi chú|Chú thích|Ghi chú thêm"},
	UseMethod: {"Hình thức|Hình thức ủng hộ|Hình thức nộp|Hình thức đóng góp|Phương thức"},
}

type useRank struct {
	use  Use
	rank int
}

var labelUses = func() map[string]useRank {
	m := map[string]useRank{}
	for use, ranks := range labels {
		for rank, group := range ranks {
			for _, label := range strings.Split(group, "|") {
				m[labelFold(label)] = useRank{use, rank}
			}
		}
	}
	delete(m, "")
	return m
}()

// looseLabels are beginnings that are enough when no label is equal; what must not be taken for them stands in
// notLabels.
var (
	looseLabels = []struct {
		prefix string
		useRank
	}{
		{"ho va ten ", useRank{UseName, 0}}, {"ho ten ", useRank{UseName, 0}}, {"ten nguoi ", useRank{UseName, 0}},
		{"nguoi ung ho", useRank{UseName, 0}}, {"nguoi nop", useRank{UseName, 0}}, {"dia chi ", useRank{UseAddress, 0}},
		{"so dien thoai ", useRank{UsePhone, 0}}, {"so tien ", useRank{UseAmount, 1}}, {"ngay nop ", useRank{UseDate, 0}},
		{"ngay ung ho ", useRank{UseDate, 0}}, {"noi dung ", useRank{UseMemo, 0}}, {"hinh thuc ", useRank{UseMethod, 0}},
		{"ghi chu ", useRank{UseNote, 0}},
	}
	notLabels = []string{"bang chu", "dang ki", "ki nhan", "chu ki", "du kien", "con thieu", "chua nop", "giao", "ke hoach", "sinh", "con lai", "nguoi nhan", "nguoi lap"}
)

// useOf looks a folded label up.
func useOf(key string) (Use, int, bool) {
	if u, ok := labelUses[key]; ok {
		return u.use, u.rank, true
	}
	if key == "" || len(key) > 40 || slices.ContainsFunc(notLabels, func(n string) bool { return strings.Contains(key, n) }) {
		return "", 0, false
	}
	for _, l := range looseLabels {
		if strings.HasPrefix(key, l.prefix) {
			return l.use, l.rank, true
		}
	}
	return "", 0, false
}

// foldKeys folds the keys of a table.
func foldKeys(m map[string]string) map[string]string {
	folded := make(map[string]string, len(m))
	for k, v := range maps.All(m) {
		folded[viet.Fold(k)] = v
	}
	return folded
}
