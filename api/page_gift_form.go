package api

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger"
	"sovang/ledger/money"
)

// Limits of the form.
const (
	goodsLinesAtFirst = 3
	maxGoodsLines     = 50 // the ledger's own limit
)

// giftForm is Thu nhanh as typed: nothing in it is changed until it is booked.
type giftForm struct {
	Key        string
	Giver      ledger.GiverKind
	Name       string
	Donor      string // "", "new" or a donor's id
	Kind       ledger.DonorKind
	Address    string
	Phone      string
	Display    ledger.Display
	Method     ledger.Method
	Field      bool // cash collected in the field: a Biên lai
	Amount     string
	Purpose    int64
	Campaign   int64
	DonatedOn  string
	BankOn     string
	BankRef    string
	Memo       string
	Attached   string
	GoodsBasis string
	GoodsLines []goodsForm
	Roster     string
}

// goodsForm is one line of goods as typed.
type goodsForm struct{ Description, Unit, Quantity, UnitValue string }

func (g goodsForm) empty() bool {
	return strings.TrimSpace(g.Description+g.Unit+g.Quantity+g.UnitValue) == ""
}

// named says that the gift has a giver with a name.
func (f giftForm) named() bool {
	return f.Giver == ledger.GiverNamed || f.Giver == ledger.GiverPublicAnonymous
}

// donorID is the chosen donor on record, 0 when none is.
func (f giftForm) donorID() ledger.DonorID {
	n, err := strconv.ParseInt(f.Donor, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return ledger.DonorID(n)
}

func donorKey(d ledger.Donor) string { return strconv.FormatInt(int64(d.ID), 10) }

// readGiftForm takes the form as it was sent.
func readGiftForm(r *http.Request) giftForm {
	f := giftForm{
		Key: r.PostFormValue("key"), Giver: ledger.GiverKind(r.PostFormValue("giver")), Name: strings.TrimSpace(r.PostFormValue("name")),
		Donor: r.PostFormValue("donor"), Kind: ledger.DonorKind(r.PostFormValue("kind")), Address: r.PostFormValue("address"),
		Phone: r.PostFormValue("phone"), Display: ledger.Display(r.PostFormValue("display")),
		Method: ledger.Method(r.PostFormValue("method")), Field: r.PostFormValue("field") != "", Amount: r.PostFormValue("amount"),
		Purpose: number(r.PostFormValue("purpose")), Campaign: number(r.PostFormValue("campaign")),
		DonatedOn: strings.TrimSpace(r.PostFormValue("donated_on")), BankOn: strings.TrimSpace(r.PostFormValue("bank_on")),
		BankRef: r.PostFormValue("bank_ref"), Memo: r.PostFormValue("memo"), Attached: r.PostFormValue("attached"),
		GoodsBasis: r.PostFormValue("goods_basis"), Roster: r.PostFormValue("roster"),
	}
	at := func(name string, i int) string {
		if list := r.PostForm[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range min(len(r.PostForm["goods_description"]), maxGoodsLines) {
		f.GoodsLines = append(f.GoodsLines, goodsForm{at("goods_description", i), at("goods_unit", i),
			at("goods_quantity", i), at("goods_value", i)})
	}
	if len(f.GoodsLines) == 0 {
		f.GoodsLines = make([]goodsForm, goodsLinesAtFirst)
	}
	return f
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// parseKey reads the key that a form was drawn with.
func parseKey(s string) (k ledger.Key, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(k) {
		return k, false
	}
	return ledger.Key(b), true
}

// donation turns the form into a command. Every field that cannot be read is named.
func (f giftForm) donation() (n ledger.NewDonation, key ledger.Key, wrong fieldErrors) {
	miss := func(id, text string) { wrong = append(wrong, fieldError{id, text}) }
	key, ok := parseKey(f.Key)
	if !ok {
		miss("", "Biểu mẫu đã hỏng. Mở lại trang Thu nhanh rồi ghi lại.")
	}
	n = ledger.NewDonation{
		Giver: f.Giver, Display: f.Display, Method: f.Method, PurposeID: f.Purpose, CampaignID: f.Campaign,
		Memo: f.Memo, Attached: f.Attached,
	}
	f.giver(&n, miss)
	n.DonatedOn = readDate(f.DonatedOn, "donated_on", miss)
	switch f.Method {
	case ledger.MethodCash:
		if f.Field {
			n.Series = ledger.SeriesField
		}
	case ledger.MethodTransfer:
		n.BankOn, n.BankRef = readDate(f.BankOn, "bank_on", miss), f.BankRef
	case ledger.MethodGoods:
		n.GoodsBasis = f.GoodsBasis
		n.Goods = f.goods(miss)
		return n, key, wrong
	}
	sum, err := money.Parse(f.Amount)
	if err != nil {
		miss("amount", amountProblem(err))
	}
	n.Amount = sum
	if strings.TrimSpace(f.Roster) != "" {
		givers, problem := parseRoster(f.Roster)
		if problem == "" && err == nil {
			problem = rosterDifference(givers, sum)
		}
		if problem != "" {
			miss("roster", problem)
		}
		n.Givers = givers
	}
	return n, key, wrong
}

// giver says who gave: somebody on record, somebody new, or nobody with a name.
func (f giftForm) giver(n *ledger.NewDonation, miss func(id, text string)) {
	if !f.named() {
		n.Display = ""
		return
	}
	switch id := f.donorID(); {
	case id != 0:
		n.DonorID = id
	case f.Name == "":
		miss("name", "Ghi tên người ủng hộ, hoặc chọn một trong hai cách ghi không có tên.")
	default:
		n.NewDonor = &ledger.NewDonor{Kind: f.Kind, Name: f.Name, Address: f.Address, Phone: f.Phone, Display: f.Display}
	}
}

// readDate reads a day as people write it; an empty field is no day.
func readDate(s, id string, miss func(id, text string)) ledger.Date {
	if s == "" {
		return ledger.Date{}
	}
	d, err := ledger.ParseDate(s)
	if err != nil {
		miss(id, "Ghi ngày theo dạng ngày/tháng/năm, ví dụ 27/07/2026.")
	}
	return d
}

// goods reads the lines of goods; an empty line is none.
func (f giftForm) goods(miss func(id, text string)) (list []ledger.GoodsLine) {
	for i, g := range f.GoodsLines {
		if g.empty() {
			continue
		}
		line := ledger.GoodsLine{Description: g.Description, Unit: g.Unit, UnitValue: money.Dong(0)}
		q, problem := parseQuantity(g.Quantity)
		if problem != "" {
			miss(fmt.Sprintf("goods-%d", i), fmt.Sprintf("Dòng hiện vật %d: %s", i+1, problem))
		}
		line.Quantity = q
		if strings.TrimSpace(g.UnitValue) != "" {
			value, err := money.Parse(g.UnitValue)
			if err != nil {
				miss(fmt.Sprintf("goods-%d", i), fmt.Sprintf("Dòng hiện vật %d, đơn giá: %s", i+1, amountProblem(err)))
			}
			line.UnitValue = value
		}
		if strings.TrimSpace(g.Description) == "" || strings.TrimSpace(g.Unit) == "" {
			miss(fmt.Sprintf("goods-%d", i), fmt.Sprintf("Dòng hiện vật %d: ghi tên hiện vật và đơn vị tính.", i+1))
		}
		list = append(list, line)
	}
	if len(list) == 0 {
		miss("goods-0", "Ghi ít nhất một dòng hiện vật.")
	}
	return list
}

// parseQuantity reads 12, 12,5 or 12.5. A dot or comma before exactly three figures reads in two ways and is
// refused. It returns what is wrong, "" when nothing is.
func parseQuantity(s string) (apd.Decimal, string) {
	const unread = "số lượng là một số lớn hơn 0, ví dụ 20 hoặc 12,5."
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	whole, part, split := strings.Cut(s, ".")
	if whole == "" || len(whole) > 9 || len(part) > 3 || (split && part == "") || strings.Trim(whole+part, "0123456789") != "" {
		return apd.Decimal{}, unread
	}
	if len(part) == 3 {
		return apd.Decimal{}, "số lượng này đọc được hai cách. Viết 1500 nếu là một nghìn năm trăm, 1,5 nếu là một rưỡi."
	}
	d, _, err := apd.NewFromString(s)
	if err != nil || d.Sign() <= 0 {
		return apd.Decimal{}, unread
	}
	return *d, ""
}

// amountProblem is the sentence for a text that is not an amount.
func amountProblem(err error) string {
	var p *money.ParseError
	if !errors.As(err, &p) {
		return "Số tiền chưa đọc được."
	}
	if text, ok := amountSentences[p.Reason]; ok {
		return text
	}
	return "Số tiền chưa đọc được."
}

var amountSentences = map[string]string{
	money.ReasonEmpty:      "Ghi số tiền, ví dụ 500k, 1tr5 hoặc 1.500.000.",
	money.ReasonAmbiguous:  "Số tiền này đọc được hai cách. Viết đủ số, ví dụ 1.500.000, hoặc 1500đ.",
	money.ReasonNotANumber: "Số tiền chưa đọc được. Viết như 500k, 1tr5, 2 tỷ 9 hoặc 1.500.000.",
	money.ReasonNegative:   "Số tiền phải lớn hơn 0. Trả lại tiền thì ghi âm phiếu đã thu.",
	money.ReasonTooLarge:   "Số tiền quá lớn. Kiểm tra lại số số 0.",
	money.ReasonFraction:   "Đồng không có số lẻ. Viết tròn đồng.",
}
