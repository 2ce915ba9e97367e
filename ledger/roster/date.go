package roster

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sovang/ledger/viet"
)

// The years in which a gift of a list can have been given: the fund dates from 1998 (Nghị định 91/1998), and a
// year beyond is a slip (2562, 0206). Whether a day lies in the future is the ledger's to judge.
const (
	firstYear = 1998
	lastYear  = 2099
)

// days1904 is the distance between the two calendars of Excel.
const days1904 = 1462

var (
	dayForm   = regexp.MustCompile(`^([0-9]{1,2}) ?[/.\-] ?([0-9]{1,2}) ?[/.\-] ?([0-9]{2}|[0-9]{4})$`)
	shortForm = regexp.MustCompile(`^([0-9]{1,2}) ?[/\-] ?([0-9]{1,2})$`)
	isoForm   = regexp.MustCompile(`^([0-9]{4})[\-/]([0-9]{1,2})[\-/]([0-9]{1,2})$`)
	wordForm  = regexp.MustCompile(`^([0-9]{1,2}) thang ([0-9]{1,2})(?: nam ([0-9]{4}))?$`)
	clock     = regexp.MustCompile(`[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]+)?( ?[AaPp][Mm])?$`)
)

// readDate reads a day as ISO text; "" without a code is a day that was left blank.
func readDate(text string, number bool, base1904 bool, year int) (string, Code) {
	text = viet.Clean(text)
	if f, err := strconv.ParseFloat(text, 64); err == nil && (number || len(text) >= 5 && isDigits(text)) {
		return serialDate(f, base1904)
	}
	text = clock.ReplaceAllString(strings.TrimPrefix(text, "'"), "")
	words := viet.Fold(text)
	words = strings.TrimSpace(strings.TrimPrefix(words, "ngay"))
	switch {
	case strings.Trim(words, " 0thangm") == "" && !strings.ContainsAny(words, "123456789"):
		return "", "" // ngày … tháng … năm …, left blank
	case isLunar(words):
		return "", CodeLunar
	}
	body := text
	if strings.HasPrefix(viet.Fold(text), "ngay ") {
		_, body, _ = strings.Cut(text, " ")
	}
	body = strings.TrimSpace(body)
	if m := dayForm.FindStringSubmatch(body); m != nil {
		return civil(m[3], m[2], m[1])
	}
	if m := isoForm.FindStringSubmatch(body); m != nil {
		return civil(m[1], m[2], m[3])
	}
	m := shortForm.FindStringSubmatch(body)
	if m == nil {
		m = wordForm.FindStringSubmatch(words)
	}
	if m == nil {
		return "", CodeDate
	}
	return dayWithoutYear(m, year)
}

// dayWithoutYear completes 27-7 with the year that was answered; m may hold a year of its own.
func dayWithoutYear(m []string, year int) (string, Code) {
	if len(m) > 3 && m[3] != "" {
		return civil(m[3], m[2], m[1])
	}
	if year == 0 {
		if _, code := civil("2024", m[2], m[1]); code != "" { // a leap year: 29/2 is asked about too
			return "", code
		}
		return "", CodeDateYear
	}
	return civil(strconv.Itoa(year), m[2], m[1])
}

// isLunar knows the months of the lunar calendar that have names, and its mark.
func isLunar(folded string) bool {
	for _, w := range []string{"chap", "gieng", "am lich", " al"} {
		if strings.Contains(folded, w) {
			return true
		}
	}
	return false
}

// civil checks a day. Two figures of a year are of this century.
func civil(year, month, day string) (string, Code) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	if len(year) == 2 {
		y += 2000
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 || t.Day() != d || d < 1 {
		return "", CodeDate
	}
	if y < firstYear || y > lastYear {
		return "", CodeDateRange
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d), ""
}

// serialDate reads Excel's day number.
func serialDate(f float64, base1904 bool) (string, Code) {
	if base1904 {
		f += days1904
	}
	if math.IsNaN(f) || f < 1 || f > 100_000 {
		return "", CodeDate
	}
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(f))
	if t.Year() < firstYear || t.Year() > lastYear {
		return "", CodeDateRange
	}
	return t.Format(time.DateOnly), ""
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
