package api

import (
	"strconv"
	"strings"

	"sovang/ledger"
	"sovang/ledger/money"
)

// problemText is a code in words: what happened, and what was saved and is to be done.
type problemText struct {
	Title  string
	Detail string
}

// problemTexts has every code of the ledger and of this room.
var problemTexts = map[ledger.Code]problemText{
	ledger.CodeInvalid: {"Có chỗ chưa đúng",
		"Chưa ghi gì vào sổ. Sửa những chỗ được chỉ ra rồi gửi lại."},
	ledger.CodeNotFound: {"Không tìm thấy",
		"Không có mục này, hoặc mục này thuộc quỹ mà bạn không được xem. Kiểm tra lại địa chỉ hoặc số chứng từ."},
	ledger.CodeForbidden: {"Bạn không có quyền làm việc này",
		"Chưa ghi gì vào sổ. Vai trò của bạn ở quỹ này không bao gồm việc này; nhờ người có quyền, hoặc đề nghị người quản trị giao thêm vai trò."},
	ledger.CodeSamePerson: {"Việc này cần người thứ hai",
		"Chưa ghi gì vào sổ. Người đã ghi hoặc đã đề nghị không được tự duyệt, tự huỷ việc của mình; nhờ một người khác có quyền thực hiện."},
	ledger.CodeKeyReused: {"Lần gửi này trùng mã với một lần ghi khác",
		"Lần này chưa ghi gì; bút toán trước vẫn nguyên. Xem lại bút toán trước; nếu đây là việc mới, mở mẫu mới rồi nhập lại."},
	ledger.CodePeriodClosed: {"Kỳ kế toán đã khoá sổ",
		"Chưa ghi gì vào sổ. Ghi vào một ngày thuộc kỳ đang mở và nêu ngày gốc trong nội dung, hoặc hỏi kế toán trưởng."},
	ledger.CodeFundClosed: {"Quỹ không còn nhận ghi sổ",
		"Chưa ghi gì vào sổ. Quỹ này đã ngừng hoạt động hoặc đã bàn giao; sổ cũ vẫn xem được. Ghi vào quỹ tiếp nhận."},
	ledger.CodeWrongState: {"Không làm được ở tình trạng hiện tại",
		"Lần này chưa ghi gì. Mục này đã bị huỷ, đã ghi âm, đã có quyết định, hoặc đã có sẵn từ trước. Tải lại trang để xem tình trạng mới nhất."},
	ledger.CodeInsufficientBalance: {"Số dư không đủ",
		"Chưa ghi gì vào sổ. Tài khoản hoặc nguồn chỉ định không còn đủ số tiền này; xem lại số dư rồi lập lại."},
	ledger.CodeStale: {"Nội dung đã thay đổi",
		"Chưa ghi gì vào sổ. Có người đã thay đổi mục này sau khi bạn mở trang; tải lại trang, xem nội dung mới rồi quyết định."},
	ledger.CodeUnavailable: {"Cơ sở dữ liệu chưa trả lời",
		"Chưa rõ lần ghi này đã vào sổ hay chưa. Đợi một lát rồi gửi lại đúng mẫu này: nếu đã ghi, bạn nhận lại kết quả cũ, sổ không bị ghi hai lần."},
	ledger.CodeBusy: {"Nhiều người đang ghi sổ của quỹ này",
		"Lần này chưa ghi gì. Đợi vài giây rồi gửi lại đúng mẫu này; sổ không bị ghi hai lần."},
	codeUnauthenticated: {"Bạn chưa đăng nhập",
		"Chưa ghi gì vào sổ. Phiên làm việc đã hết hoặc bạn chưa đăng nhập; đăng nhập rồi làm lại."},
	codeSignInFailed: {"Chưa đăng nhập được",
		"Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đã ngừng. Kiểm tra bộ gõ và phím Caps Lock rồi nhập lại; nếu quên mật khẩu, liên hệ người quản trị."},
	codeTooManyRequests: {"Bạn thử quá nhiều lần",
		"Lần này hệ thống chưa xử lý gì. Đợi khoảng nửa phút rồi thử lại."},
	codeTooLarge: {"Nội dung gửi lên quá lớn",
		"Chưa ghi gì vào sổ. Chia thành nhiều lần gửi nhỏ hơn rồi gửi lại."},
	codeMalformed: {"Không đọc được nội dung gửi lên",
		"Chưa ghi gì vào sổ. Nội dung phải là JSON đúng cú pháp theo mô tả tại /api/v1/openapi.json; sửa rồi gửi lại."},
	codeUnsupportedMedia: {"Kiểu nội dung không được nhận",
		"Chưa ghi gì vào sổ. Gửi lại với Content-Type: application/json."},
	codeMethodNotAllowed: {"Địa chỉ này không nhận cách gọi đó",
		"Chưa ghi gì vào sổ. Xem cách gọi đúng trong mô tả tại /api/v1/openapi.json."},
	codeCrossOrigin: {"Yêu cầu đến từ một trang khác",
		"Chưa ghi gì vào sổ. Để an toàn, hệ thống chỉ nhận yêu cầu gửi từ chính trang này; mở lại trang rồi làm lại."},
	codeTimeout: {"Đường truyền quá chậm",
		"Chưa ghi gì vào sổ. Nội dung chưa đến đủ trong thời gian cho phép; kiểm tra đường truyền rồi gửi lại."},
	codeInternal: {"Hệ thống gặp lỗi",
		"Lỗi này không do bạn. Chưa chắc lần ghi này đã vào sổ: gửi lại đúng mẫu này, sổ không bị ghi hai lần. Nếu vẫn lỗi, báo người quản trị mã yêu cầu bên dưới."},
}

// problemTextOf is a code in words, and whether there is such a code.
func problemTextOf(code string) (problemText, bool) {
	t, ok := problemTexts[ledger.Code(code)]
	return t, ok
}

// reasonTexts has every reason for which a field is refused. "{}" stands for the field's label.
var reasonTexts = map[string]string{
	"required":         "{}: chưa điền.",
	"too_long":         "{}: dài quá mức cho phép. Rút ngắn lại.",
	"too_short":        "{}: ngắn quá. Nhập dài hơn.",
	"unknown":          "{}: không có trong danh sách. Chọn lại.",
	"too_many":         "{}: quá nhiều dòng cho một lần gửi. Chia thành nhiều lần.",
	"too_many_refused": "{}: quá nhiều dòng bị từ chối nên đã dừng lại. Những dòng đã ghi vẫn còn trong sổ; sửa danh sách rồi gửi lại cả danh sách, dòng đã ghi không bị ghi hai lần.",
	"log_is_shorter":   "{}: sổ chưa có đến dòng đó.",
	"too_few":          "{}: chưa có dòng nào.",
	"has_a_name":       "{}: đã chọn là không nêu tên thì không ghi tên. Xoá tên hoặc chọn lại.",
	"two_donors":       "{}: vừa chọn người có sẵn vừa nhập người mới. Chỉ giữ một.",
	"in_future":        "{}: là ngày chưa đến. Nhập ngày từ hôm nay trở về trước.",
	"not_a_transfer":   "{}: chỉ điền khi chuyển khoản. Bỏ trống ô này.",
	"outside_fund":     "{}: nằm ngoài thời gian hoạt động của quỹ. Xem lại ngày hoặc chọn quỹ khác.",
	"not_goods":        "{}: chỉ điền khi ủng hộ bằng hiện vật. Xoá các dòng này hoặc đổi hình thức.",
	"not_money":        "{}: chỉ dùng cho tiền, không dùng cho hiện vật. Xoá danh sách hoặc đổi hình thức.",
	"not_positive":     "{}: phải lớn hơn 0 đồng.",
	"not_a_quantity":   "{}: phải là số lớn hơn 0, tối đa 6 chữ số thập phân.",
	"not_a_value":      "{}: phải là số đồng từ 0 trở lên.",
	"sum_differs":      "{}: tổng các dòng không bằng số tiền. Cộng lại rồi sửa một bên.",
	"phone_form":       "{}: chỉ gồm chữ số, dấu + và khoảng trắng, tối đa 20 ký tự.",
	"date_form":        "{}: không phải ngày hợp lệ. Nhập theo mẫu ngày/tháng/năm, ví dụ 27/07/2026 (trong JSON: 2026-07-27).",
	"login_form":       "{}: gồm 2-40 ký tự a-z, 0-9, dấu chấm, gạch nối, gạch dưới; bắt đầu bằng chữ hoặc số.",
	"not_an_address":   "{}: phải là địa chỉ web đầy đủ, bắt đầu bằng http:// hoặc https://.",
	"before_start":     "{}: phải từ ngày bắt đầu trở đi.",
	"not_nfc":          "{}: có ký tự không đúng chuẩn Unicode dựng sẵn. Gõ lại phần này.",
	"not_encodable":    "{}: dài hoặc phức tạp quá mức một bút toán chứa được. Rút ngắn lại hoặc chia thành nhiều khoản.",
	"taken":            "{}: đã có người dùng. Chọn tên khác.",
	"changed":          "{}: đã thay đổi so với bản đã công bố. Dừng lại và báo người kiểm tra.",
	"fork":             "{}: không nối tiếp mốc đã ký trước đây. Dừng lại và báo người kiểm tra.",
	"split_view":       "{}: cùng kích thước nhưng khác gốc với mốc đã ký trước đây. Dừng lại và báo người kiểm tra.",
	"root":             "{}: gốc cây băm không khớp với các bút toán.",
	"index":            "{}: vị trí không hợp lệ.",
	"missing":          "{}: chưa có.",
	"other_log":        "{}: thuộc sổ của quỹ khác.",
	"other_size":       "{}: không bằng mốc ghi nhận gần nhất. Làm lại từ mốc đó.",
	"signature":        "{}: chữ ký không khớp.",
	"wrong_key":        "{}: được ký bằng khoá khác.",
	"unknown_field":    "{}: không có trường này. Kiểm tra lại tên trường.",
	"wrong_type":       "{}: sai kiểu dữ liệu. Số tiền và số lượng viết trong dấu nháy, ví dụ \"500000\".",
	"out_of_range":     "{}: nằm ngoài khoảng cho phép.",
	"malformed":        "{}: không đọc được. Nhập lại.",
	"not_hex":          "{}: phải là 64 chữ số thập lục phân, đúng như khi xem đề nghị.",

	money.ReasonEmpty:           "{}: chưa điền.",
	money.ReasonAmbiguous:       "{}: có thể hiểu theo hai cách. Viết đủ số, ví dụ 1.500.000.",
	money.ReasonNotANumber:      "{}: không phải số tiền. Viết ví dụ 500.000 hoặc 500k (trong JSON: \"500000\").",
	money.ReasonNegative:        "{}: không được là số âm.",
	money.ReasonTooLarge:        "{}: lớn quá mức cho phép. Kiểm tra lại số chữ số.",
	money.ReasonFraction:        "{}: phải là số đồng chẵn, không có phần lẻ.",
	money.ReasonUnknownCurrency: "{}: không rõ loại tiền. Nhập số đồng.",
}

// labels are the fields as people call them, by their names in the ledger and in JSON, without row numbers.
var labels = map[string]string{
	"account": "Tài khoản nhận", "account_id": "Tài khoản nhận",
	"address": "Địa chỉ",
	"after":   "Vị trí tiếp theo (after)",
	"amount":  "Số tiền", "approve": "Quyết định",
	"attached": "Kèm theo",
	"bank_on":  "Ngày ngân hàng ghi có", "bank_ref": "Số tham chiếu ngân hàng",
	"before":   "Vị trí tiếp theo (before)",
	"campaign": "Đợt vận động", "campaign_id": "Đợt vận động",
	"chart": "Hệ thống tài khoản", "code": "Mã",
	"copy":       "Bản sao lần",
	"correction": "Nội dung thay thế", "correction/payer": "Người ủng hộ (nội dung thay thế)",
	"correction/address": "Địa chỉ (nội dung thay thế)", "correction/memo": "Nội dung (nội dung thay thế)",
	"date": "Ngày", "donation": "Khoản ủng hộ", "display": "Cách công khai tên", "donated_on": "Ngày ủng hộ",
	"donor": "Người ủng hộ", "donor_id": "Người ủng hộ",
	"donor/address": "Địa chỉ", "donor/display": "Cách công khai tên", "donor/kind": "Loại người ủng hộ",
	"donor/name": "Tên người ủng hộ", "donor/phone": "Số điện thoại",
	"ends_on": "Ngày kết thúc", "entry": "Số bút toán",
	"checkpoint": "Mốc kiểm tra", "entries": "Các dòng của sổ", "old": "Kích thước mốc trước", "published": "Dữ liệu đã công bố",
	"from": "Từ ngày", "fund": "Quỹ", "size": "Số dòng của sổ",
	"giver": "Người ủng hộ", "givers": "Danh sách ủng hộ", "givers/amount": "Số tiền", "givers/name": "Họ tên",
	"givers/note": "Ghi chú",
	"goods":       "Hiện vật", "goods/description": "Tên hiện vật", "goods/quantity": "Số lượng", "goods/unit": "Đơn vị tính",
	"goods/unit_value": "Đơn giá", "goods_basis": "Căn cứ giá trị",
	"hash":    "Mã nội dung đề nghị",
	"heading": "Phần đầu biểu mẫu", "heading/public_url": "Địa chỉ trang tra cứu", "heading/unit": "Tên đơn vị",
	"heading/words":   "Cách đọc số",
	"Idempotency-Key": "Mã chống ghi trùng (Idempotency-Key)",
	"items":           "Các khoản ủng hộ", "key": "Mã chống ghi trùng (key)",
	"kind": "Loại người ủng hộ", "letter": "Thư cảm ơn", "level": "Cấp quỹ", "limit": "Số dòng mỗi trang",
	"login": "Tên đăng nhập", "memo": "Nội dung", "method": "Hình thức ủng hộ", "name": "Tên", "number": "Số",
	"on": "Ngày", "paper": "Khổ giấy", "password": "Mật khẩu", "payer": "Tên người ủng hộ",
	"phone": "Số điện thoại", "purpose": "Mục đích chỉ định", "purpose_id": "Mục đích chỉ định",
	"q": "Nội dung tìm", "reason": "Lý do", "role": "Vai trò", "series": "Ký hiệu", "state": "Tình trạng",
	"text": "Nội dung", "to": "Đến ngày",
	"valid_from": "Ngày bắt đầu hoạt động", "year": "Năm",
}

// label is a field as people call it, with the number of its row: "givers/3/name" is "Họ tên, dòng 4". A field
// that has no label is shown by its own name.
func label(field string) string {
	var words []string
	row := ""
	for _, word := range strings.Split(field, "/") {
		if n, err := strconv.Atoi(word); err == nil {
			row = ", dòng " + strconv.Itoa(n+1)
			continue
		}
		words = append(words, word)
	}
	name := strings.Join(words, "/")
	if text, ok := labels[name]; ok {
		return text + row
	}
	if text, ok := labels[name[strings.LastIndexByte(name, '/')+1:]]; ok {
		return text + row
	}
	if name == "" { // a name of figures: somebody's own field
		return field
	}
	return name + row
}

// reasonText is the sentence beside a field.
func reasonText(field, reason string) string {
	text, ok := reasonTexts[reason]
	if !ok {
		text = reasonTexts["malformed"]
	}
	return strings.Replace(text, "{}", label(field), 1)
}
