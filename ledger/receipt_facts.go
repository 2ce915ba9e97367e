package ledger

import (
	"time"

	"github.com/cockroachdb/apd/v3"

	"sovang/ledger/money"
)

// Series is a book of numbered papers (ký hiệu): its numbers run 1, 2, 3 … in each fund and year without a gap.
type Series string

// The series of receipts. Source: domain.md 4.3 and the design's "Which sheet".
const (
	SeriesCash     Series = "PT" // Phiếu thu: cash paid in at the counter
	SeriesTransfer Series = "XN" // Giấy xác nhận ủng hộ: the bank's advice is the voucher
	SeriesGoods    Series = "NK" // Phiếu nhập kho / biên nhận hiện vật
	SeriesField    Series = "BL" // Biên lai thu tiền: collected in the field
)

// LeavesPerBook is how many numbers one book (quyển) holds: quyển = (số-1)/50 + 1.
const LeavesPerBook = 50

// ReceiptState says whether a receipt still stands.
type ReceiptState string

// The states of a receipt; a void or replaced one never verifies as good.
const (
	ReceiptValid    ReceiptState = "valid"    // HỢP LỆ
	ReceiptVoid     ReceiptState = "void"     // ĐÃ HUỶ
	ReceiptReplaced ReceiptState = "replaced" // ĐÃ THAY THẾ
)

// Method is how a gift came in.
type Method string

// The methods of giving.
const (
	MethodCash     Method = "cash"     // tiền mặt
	MethodTransfer Method = "transfer" // chuyển khoản
	MethodGoods    Method = "goods"    // hiện vật
)

// Receipt is what one numbered sheet says, frozen when its number was taken. Everything but State and
// ReplacedBy is bound by the entry's leaf hash: sums and days stand in the canonical entry itself, texts
// about people through their salted commitments.
type Receipt struct {
	FundID     FundID
	FundCode   string // in the public address: "HD"
	EntryNo    int64
	Series     Series
	Year       int
	Number     int64
	Code       string // 10 characters of Crockford base32, unique in its fund
	State      ReceiptState
	StateOn    Date  // the day of the void or replacement
	VoidedBy   int64 // the entry that voided or replaced it; 0: it stands
	Replaces   *ReceiptRef
	ReplacedBy *ReceiptRef

	Heading    Heading
	Method     Method
	Amount     money.VND // for goods: the value; goods without a value have 0
	Foreign    string    // "100 USD, tỷ giá 24.500" when money came in another currency, else ""
	DonatedOn  Date      // the day of giving
	BankOn     Date      // the day on the bank's advice; zero for cash and goods
	IssuedOn   Date      // the day of the voucher
	RecordedAt time.Time // when the entry was written
	Debit      string    // account code, printed only where Heading.ChartConfirmed
	Credit     string
	Printed    Printed
	Givers     []Giver // the roster of a collective donation, in order; their sum is Amount
	Leaf       [32]byte
	Purged     bool // names erased after retention: Printed and Givers' names are empty

	giftNo int64 // the gift's entry: another than EntryNo for a replacement
}

// ReceiptRef names another sheet of the same fund.
type ReceiptRef struct {
	Series Series
	Year   int
	Number int64
	Code   string
}

// Book is the quyển in which the number stands.
func (r Receipt) Book() int64 { return (r.Number-1)/LeavesPerBook + 1 }

// PublicURL is the address that the QR opens: who holds the sheet can check it there.
func (r Receipt) PublicURL() string { return r.Heading.PublicURL + "/b/" + r.FundCode + "/" + r.Code }

// Printed holds the texts of a sheet as printed. They may be about a person: they stand in entry_person,
// which only the purge role can delete, and enter the log as commitments.
type Printed struct {
	Payer       string      `json:"payer"`             // "Người ủng hộ không nêu tên" when no name was given
	Address     string      `json:"address,omitempty"` //
	Memo        string      `json:"memo"`              // Nội dung
	Purpose     string      `json:"purpose,omitempty"` // the restriction in words; "" = no restriction
	Campaign    string      `json:"campaign,omitempty"`
	Preparer    string      `json:"preparer"`              // Người lập
	Attached    string      `json:"attached,omitempty"`    // Kèm theo
	BankRef     string      `json:"bank_ref,omitempty"`    // the bank's reference, for transfers
	BankName    string      `json:"bank_name,omitempty"`   // the fund's receiving account in words
	GoodsBasis  string      `json:"goods_basis,omitempty"` // hoá đơn, biên bản định giá, người tặng khai
	Goods       []GoodsLine `json:"goods,omitempty"`
	ReplaceText string      `json:"replace_text,omitempty"` // why it replaces another sheet
}

// GoodsLine is one kind of goods: Value is Quantity × UnitValue, or 0 when nobody valued it.
type GoodsLine struct {
	Description string      `json:"description"`
	Unit        string      `json:"unit"` // kg, túi, cái, ngày công
	Quantity    apd.Decimal `json:"quantity"`
	UnitValue   money.VND   `json:"unit_value"`
	Value       money.VND   `json:"value"`
}

// Giver is one line of the roster (danh sách ủng hộ) of a collective donation.
type Giver struct {
	Name   string    `json:"name"`
	Amount money.VND `json:"amount"`
	Note   string    `json:"note,omitempty"` // tổ, phòng, lớp
}

// Heading is what stands on every sheet of a fund for a while: stored once, by its hash, and frozen into
// each receipt through it.
type Heading struct {
	Template        int    `json:"template"`    // version of the printed form, from 1
	Parent          string `json:"parent"`      // cơ quan chủ quản: "UBND tỉnh Hải Dương"
	Unit            string `json:"unit"`        // "Quỹ Đền ơn đáp nghĩa tỉnh Hải Dương"
	BudgetCode      string `json:"budget_code"` // Mã QHNS; "" prints dots to fill in
	Address         string `json:"address"`
	Place           string `json:"place"` // địa danh before the date
	PublicURL       string `json:"public_url"`
	Head            Signer `json:"head"`             // Thủ trưởng đơn vị
	ChiefAccountant Signer `json:"chief_accountant"` // Kế toán trưởng
	Treasurer       Signer `json:"treasurer"`        // Thủ quỹ
	FormBasis       string `json:"form_basis"`       // "(Ban hành kèm theo Thông tư …)" when confirmed, else ""
	ChartConfirmed  bool   `json:"chart_confirmed"`  // Nợ/Có are printed only then
	Linh            string `json:"linh"`             // "linh" or "lẻ"
	Nghin           string `json:"nghin"`            // "nghìn" or "ngàn"
	Chan            bool   `json:"chan"`             // ends round sums with "chẵn"
}

// Signer is one signature block of a sheet.
type Signer struct {
	Title string `json:"title"`
	Name  string `json:"name"` // "" leaves the name to the pen
}
