package roster

import (
	"strings"

	"sovang/ledger/viet"
)

// dropTail takes the end of a list without STT for signatures: names without an amount behind the last amount.
// They are named in a notice, so that nothing is lost unseen.
func (b *builder) dropTail() {
	for i := len(b.lines) - 1; i >= 0; i-- {
		r := &b.lines[i]
		if r.what == isTotal || r.what == isGiver && !r.onlyName() {
			return
		}
		if r.what == isGiver {
			r.what, r.label = isIgnored, r.row.Name
		}
	}
}

// onlyName says that a line holds a name and nothing that makes a giver.
func (r *read) onlyName() bool {
	if r.number != "" || r.row.Phone != "" || r.row.GivenOn != "" || r.row.Address != "" {
		return false
	}
	return len(r.row.Problems) > 0 && r.row.Problems[0].Code == CodeAmountNone
}

// collect puts the givers into the list and names what was left out.
func (b *builder) collect() {
	seen := map[string]bool{}
	for _, r := range b.lines {
		switch r.what {
		case isUnitTotal:
			b.file(Problem{Code: CodeUnitTotal, Level: Notice, Line: r.row.Line, Text: short(r.row.Name)})
		case isIgnored:
			if r.label != "" {
				b.file(Problem{Code: CodeIgnored, Level: Notice, Line: r.row.Line, Text: short(r.label)})
			}
		case isGiver:
			key := strings.Join([]string{r.row.Name, r.row.Address, r.row.Phone, r.row.GivenOn, r.row.Memo, r.row.Amount.String()}, "\x00")
			if seen[key] && r.row.Name != "" {
				r.row.problem(CodeTwice, Notice, nil)
			}
			seen[key] = true
			if r.row.Good() {
				b.l.Total = b.l.Total.Add(r.row.Amount)
			}
			b.l.Rows = append(b.l.Rows, r.row)
		}
	}
}

// phone gives a number kept as a number its zero back, and keeps every other text as it is.
func phone(c *cell, text string) string {
	if c == nil || !c.number {
		return text
	}
	digits, _, _ := strings.Cut(wholeText(c.text), ".")
	if len(digits) == 9 && digits[0] >= '2' {
		return "0" + digits
	}
	return digits
}

// methods are the words for each method, folded.
var methods = []struct{ word, method string }{
	{"chuyen khoan", "transfer"}, {"ck", "transfer"}, {"ngan hang", "transfer"}, {"vietqr", "transfer"}, {"qr", "transfer"},
	{"tien mat", "cash"}, {"tm", "cash"}, {"hien vat", "goods"},
}

func methodOf(text string) string {
	words := " " + viet.Fold(text) + " "
	for _, m := range methods {
		if strings.Contains(words, " "+m.word+" ") {
			return m.method
		}
	}
	return ""
}

// kinds are the beginnings of names that are no person's, in small letters, with their marks: tổ is a group and
// Tô a family. What is unmistakable without marks stands there without them too.
var kinds = []struct{ prefix, kind string }{
	{"gđ ", "household"}, {"gđ. ", "household"}, {"gia đình ", "household"}, {"gia dinh ", "household"}, {"hộ gia đình ", "household"},
	{"hộ ông ", "household"}, {"hộ bà ", "household"}, {"vợ chồng ", "household"}, {"vo chong ", "household"},
	{"lớp ", "group"}, {"lop ", "group"}, {"tổ ", "group"}, {"nhóm ", "group"}, {"nhom ", "group"}, {"tập thể ", "group"}, {"tap the ", "group"},
	{"chi hội ", "group"}, {"chi bộ ", "group"}, {"chi bo ", "group"}, {"chi đoàn ", "group"}, {"khu dân cư ", "group"}, {"thôn ", "group"},
	{"câu lạc bộ ", "group"}, {"clb ", "group"}, {"cán bộ ", "group"}, {"nhân dân ", "group"}, {"các cháu ", "group"},
	{"công ty ", "organisation"}, {"cong ty ", "organisation"}, {"cty ", "organisation"}, {"c.ty ", "organisation"}, {"tổng công ty ", "organisation"},
	{"ubnd ", "organisation"}, {"ủy ban ", "organisation"}, {"uỷ ban ", "organisation"}, {"hđnd ", "organisation"}, {"trường ", "organisation"}, {"truong thcs ", "organisation"},
	{"ngân hàng ", "organisation"}, {"ngan hang ", "organisation"}, {"bệnh viện ", "organisation"}, {"benh vien ", "organisation"},
	{"hội ", "organisation"}, {"hợp tác xã ", "organisation"}, {"htx ", "organisation"}, {"doanh nghiệp ", "organisation"}, {"doanh nghiep ", "organisation"},
	{"dntn ", "organisation"}, {"tập đoàn ", "organisation"}, {"tap doan ", "organisation"}, {"sở ", "organisation"}, {"phòng ", "organisation"},
	{"chi cục ", "organisation"}, {"cục ", "organisation"}, {"mttq ", "organisation"}, {"trung tâm ", "organisation"}, {"trung tam ", "organisation"},
	{"xí nghiệp ", "organisation"}, {"công an ", "organisation"}, {"đảng ủy ", "organisation"}, {"đảng uỷ ", "organisation"}, {"đoàn thanh niên ", "organisation"},
	{"trạm ", "organisation"}, {"chùa ", "organisation"}, {"giáo xứ ", "organisation"}, {"ban quản lý ", "organisation"}, {"kho bạc ", "organisation"}, {"quỹ ", "organisation"},
}

// kindOf proposes what kind of giver a name stands for.
func kindOf(name string) string {
	if name == "" {
		return ""
	}
	lower := strings.ToLower(name) + " "
	for _, k := range kinds {
		if strings.HasPrefix(lower, k.prefix) {
			return k.kind
		}
	}
	return "person"
}
