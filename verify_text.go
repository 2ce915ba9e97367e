package main

import (
	"fmt"
	"strings"

	"sovang/ledger"
)

// tableWords name the ledger's tables to an accountant.
var tableWords = map[string]string{
	"account": "tài khoản", "account_day": "số phát sinh ngày", "app_user": "tài khoản người dùng", "approval": "quyết định duyệt",
	"balance": "số dư", "purpose_balance": "số dư theo mục đích", "campaign": "đợt vận động", "document": "số chứng từ",
	"donation": "khoản ủng hộ", "donation_goods": "hiện vật", "donor": "người ủng hộ", "entry": "bút toán",
	"entry_person": "nội dung in", "fund": "quỹ", "fund_head": "dòng khoá sổ", "giver": "danh sách ủng hộ",
	"heading": "phần đầu biểu mẫu", "intent": "đề nghị", "posting": "định khoản", "purpose": "mục đích",
	"receipt_void": "huỷ biên lai", "series": "ký hiệu chứng từ", "user_role": "vai trò",
}

// ruleWords say what is broken. The rule's own word stands behind them, for whoever reads the program.
var ruleWords = map[string]string{
	"not_the_log":                "không khớp với sổ bút toán",
	"not_the_entry":              "khác với bản gốc của bút toán đã băm",
	"not_hashed":                 "khác với nội dung đã băm",
	"key_twice":                  "một khoá chống ghi trùng đứng hai lần",
	"gap":                        "thiếu số bút toán ngay trước đó",
	"recorded_at_not_rising":     "thời điểm ghi không tăng dần",
	"leaf_hash":                  "mã băm không đúng",
	"canonical":                  "bản gốc không đọc được",
	"number_gap_or_double":       "số chứng từ bị nhảy hoặc bị trùng",
	"missing":                    "bị mất",
	"said":                       "nội dung in không đọc được",
	"commitment":                 "nội dung đã bị sửa sau khi ghi",
	"hash":                       "mã băm không đúng",
	"purpose_not_posted":         "mục đích khác với định khoản",
	"sum":                        "cộng lại không khớp",
	"root":                       "danh sách khác với bản đã băm",
	"search_text":                "chữ để tìm kiếm không khớp tên",
	"same_person":                "người duyệt cũng là người lập",
	"reversal":                   "bút toán ghi âm không khớp khoản gốc",
	"floor":                      "mất ràng buộc không âm",
	"class":                      "loại tài khoản không đúng",
	"closed":                     "tài khoản đóng hay mở không khớp với sổ",
	"below_zero":                 "âm",
	"debits_differ_from_credits": "tổng Nợ khác tổng Có",
	"held_without_approval":      "giữ tiền không có quyết định duyệt",
	"next_no":                    "số kế tiếp không khớp chứng từ đã cấp",
	"removed":                    "đã mất so với bản công bố: bị xoá, hoặc phục hồi bản sao lưu cũ",
	"changed":                    "khác với bản đã công bố: bị sửa, hoặc ghi lại sau khi phục hồi bản sao lưu cũ",
	"moved":                      "đứng sai chỗ so với bản đã công bố: bị đảo thứ tự",
	"stray_rows":                 "có dòng không thuộc bút toán nào",
}

// rowWords put the rows' own words into Vietnamese: "entry 12", "account 3 purpose 0".
var rowWords = strings.NewReplacer("entries ", "các bút toán ", "entry ", "bút toán ", " to ", " đến ", "account ", "tài khoản ", "purpose ", "mục đích ", "day ", "ngày ",
	"user ", "người dùng ", "donor ", "người ủng hộ ", "campaign ", "đợt ", "heading", "phần đầu biểu mẫu", "all", "cả quỹ",
	" rows, ", " dòng, ", " in the log", " trong sổ")

// finding is one problem in a sentence: "Quỹ HD: định khoản (bút toán 12) khác với bản gốc … [not_the_entry]".
func finding(p ledger.Problem) string {
	table, rule := tableWords[p.Table], ruleWords[p.Rule]
	if table == "" {
		table = p.Table
	}
	if rule == "" && strings.HasSuffix(p.Rule, "_not_hashed") {
		rule = ruleWords["not_hashed"]
	}
	return fmt.Sprintf("Quỹ %s: %s (%s) %s [%s.%s]", p.Fund, table, rowWords.Replace(p.Row), rule, p.Table, p.Rule)
}
