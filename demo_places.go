package main

import (
	"strings"
	"time"

	"sovang/ledger"
)

// The demonstration's days, and what the funds raised in them. Source of the sums: press report of April 2023,
// the provincial fund "trên 2,9 tỷ đồng", the district funds 7,8 tỷ since 2021. How the districts share theirs,
// and every gift, is invented.
var (
	demoFrom = time.Date(2021, time.January, 4, 0, 0, 0, 0, ledger.Zone) // the first working day
	demoTo   = time.Date(2023, time.March, 31, 0, 0, 0, 0, ledger.Zone)
)

// demoGifts is how many gifts the provincial fund gets, and the district funds together, before corrections.
const (
	provinceGifts = 2_000
	districtGifts = 4_000
)

// place is one fund of the demonstration.
type place struct {
	code   string
	unit   string // official code of the unit, as it was until 30/6/2025
	name   string // "tỉnh Hải Dương", "huyện Nam Sách"
	seat   string // địa danh before the date
	level  ledger.Level
	raised int64 // đồng, less reversals
	gifts  int
}

// million is đồng in a triệu.
const million = 1_000_000

// places are the provincial fund and the 12 district funds that existed in those years. Units' codes: QĐ
// 124/2004/QĐ-TTg as kept by the Tổng cục Thống kê.
func places() []place {
	list := []place{
		{"HD", "30", "tỉnh Hải Dương", "Hải Dương", ledger.LevelProvince, 2_915 * million, provinceGifts},
		{"HD-TP", "288", "thành phố Hải Dương", "", ledger.LevelDistrict, 1_120 * million, 0},
		{"HD-CL", "290", "thành phố Chí Linh", "", ledger.LevelDistrict, 860 * million, 0},
		{"HD-KM", "292", "thị xã Kinh Môn", "", ledger.LevelDistrict, 790 * million, 0},
		{"HD-BG", "296", "huyện Bình Giang", "", ledger.LevelDistrict, 520 * million, 0},
		{"HD-CG", "295", "huyện Cẩm Giàng", "", ledger.LevelDistrict, 720 * million, 0},
		{"HD-GL", "297", "huyện Gia Lộc", "", ledger.LevelDistrict, 560 * million, 0},
		{"HD-KT", "293", "huyện Kim Thành", "", ledger.LevelDistrict, 600 * million, 0},
		{"HD-NS", "291", "huyện Nam Sách", "", ledger.LevelDistrict, 610 * million, 0},
		{"HD-NG", "299", "huyện Ninh Giang", "", ledger.LevelDistrict, 470 * million, 0},
		{"HD-TH", "294", "huyện Thanh Hà", "", ledger.LevelDistrict, 540 * million, 0},
		{"HD-TM", "300", "huyện Thanh Miện", "", ledger.LevelDistrict, 450 * million, 0},
		{"HD-TK", "298", "huyện Tứ Kỳ", "", ledger.LevelDistrict, 560 * million, 0},
	}
	for i := range list {
		p := &list[i]
		if p.level == ledger.LevelDistrict {
			p.gifts = int(districtGifts * p.raised / (7_800 * million))
			p.seat = p.short()
		}
	}
	return list
}

// short is the name without its kind of unit: Nam Sách.
func (p place) short() string {
	for _, kind := range []string{"tỉnh ", "thành phố ", "thị xã ", "huyện "} {
		if rest, ok := strings.CutPrefix(p.name, kind); ok {
			return rest
		}
	}
	return p.name
}

// newFund is what the ledger is told of a fund. The chart is the illustrative one and is not marked confirmed:
// no Nợ/Có numbers are printed. Nobody's name stands under a signature.
func (p place) newFund(publicURL string) ledger.NewFund {
	unit := "Quỹ Đền ơn đáp nghĩa " + p.name
	return ledger.NewFund{
		Code: p.code, Name: unit, Level: p.level, UnitCode: p.unit, Chart: demoChart,
		ValidFrom: ledger.Date{Year: 2021, Month: time.January, Day: 1},
		Bank:      "Ngân hàng minh hoạ, tài khoản 0000 0000 " + p.unit,
		Treasury:  "Kho bạc minh hoạ, tài khoản 0000 0001 " + p.unit,
		Heading: ledger.Heading{
			Template: 1, Parent: "UBND " + p.name, Unit: unit, Place: p.seat, PublicURL: publicURL,
			Head:            ledger.Signer{Title: "Trưởng ban"},
			ChiefAccountant: ledger.Signer{Title: "Kế toán trưởng"},
			Treasurer:       ledger.Signer{Title: "Thủ quỹ"},
		},
	}
}

// purposes are the restrictions that donors of the fund have set: things, no persons.
func (p place) purposes() []string {
	return []string{
		"Xây dựng, sửa chữa nhà ở cho người có công " + p.name,
		"Tu bổ nghĩa trang liệt sĩ " + p.name,
	}
}

// drives are the campaigns of those years (NĐ 131/2021 Điều 175.2: the peak month is 28/6–27/7).
func (p place) drives() []ledger.Campaign {
	var list []ledger.Campaign
	for _, year := range []int{2021, 2022} {
		list = append(list, ledger.Campaign{
			Name:     "Tháng cao điểm vận động " + p.name + " (28/6–27/7) năm " + itoa(year),
			StartsOn: ledger.Date{Year: year, Month: time.June, Day: 28},
			EndsOn:   ledger.Date{Year: year, Month: time.July, Day: 27},
		})
	}
	return list
}
