package ledger

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Zone is Asia/Ho_Chi_Minh: UTC+7 the whole year, in every year that the fund has existed.
var Zone = time.FixedZone("+07", 7*60*60)

// Date is a day of the civil calendar, without a clock and without a zone. The zero Date means "not given".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day on which t falls in Vietnam.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return Date{y, m, d}
}

// ParseDate reads 2026-07-27 (ISO) or 27/07/2026, 27/7/2026 (as people write it).
// Years run from 1945 to 2199. Code: invalid.
func ParseDate(s string) (Date, error) {
	for _, layout := range []string{"2006-01-02", "2/1/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			d := Date{t.Year(), t.Month(), t.Day()}
			if d.Year < 1945 || d.Year > 2199 {
				break
			}
			return d, nil
		}
	}
	return Date{}, &Error{Code: CodeInvalid, Field: "date", Reason: "date_form"}
}

// IsZero says that no day was given.
func (d Date) IsZero() bool { return d == Date{} }

// Time is midnight UTC of the day: the form in which pgx carries a date.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Before says that d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Time().Before(e.Time()) }

// AddDays is the day n days later.
func (d Date) AddDays(n int) Date {
	t := d.Time().AddDate(0, 0, n)
	return Date{t.Year(), t.Month(), t.Day()}
}

// String is the ISO form 2006-01-02, and "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Format is the form people read: 27/07/2026.
func (d Date) Format() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, int(d.Month), d.Year)
}

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads; an empty text is the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(b))
	*d = parsed
	return err
}

// DateValue gives the day to pgx; the zero Date is NULL.
func (d Date) DateValue() (pgtype.Date, error) {
	return pgtype.Date{Time: d.Time(), Valid: !d.IsZero()}, nil
}

// ScanDate takes the day from pgx; NULL is the zero Date.
func (d *Date) ScanDate(v pgtype.Date) error {
	if !v.Valid {
		*d = Date{}
		return nil
	}
	*d = Date{v.Time.Year(), v.Time.Month(), v.Time.Day()}
	return nil
}
