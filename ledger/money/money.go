// Package money holds amounts: whole đồng (VND) and, beside it, foreign money (Amount).
//
// Nothing here rounds by itself. Every sum runs through one decimal context whose traps turn rounding into an
// error; where rounding is unavoidable (a rate of exchange) the caller names it. What people type is read by
// Parse, which refuses what can be read in two ways; what people read is written by VND.Format and VND.Words.
//
// The package knows no database: the codecs live in package ledger. Errors never hold the text that was typed.
package money

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// MaxVND is the largest amount of one gift or one line, in đồng: 10^15, a million tỷ, several times what the
// whole country collects in a year. Whatever is larger is a slip of the keyboard or an account number in the
// wrong field. The limit is far enough below 2^63 that the sum of nine thousand such lines still fits the
// database's bigint. Sums are not bound by it.
const MaxVND = 1_000_000_000_000_000

// exact is the only context of this package. 60 digits hold the product of any two bigints, and the traps make
// an operation that would lose a digit fail instead.
var exact = apd.Context{
	Precision:   60,
	MaxExponent: apd.MaxExponent,
	MinExponent: apd.MinExponent,
	Traps:       apd.DefaultTraps | apd.Rounded | apd.Inexact,
}

// must stops the program when exact arithmetic on whole đồng failed: only a sum beyond 60 digits can do that.
func must(_ apd.Condition, err error) {
	if err != nil {
		panic("money: " + err.Error())
	}
}

// VND is an exact amount in whole đồng, of any sign. The zero VND is 0 đ. A VND is a value: copying it is safe,
// and no method changes its receiver but UnmarshalText. Compare with Cmp or Equal, not with ==.
type VND struct {
	// d has exponent 0 and is never a negative zero.
	d apd.Decimal
}

// Dong is n đồng.
func Dong(n int64) VND {
	var v VND
	v.d.SetInt64(n)
	return v
}

// Int64 is the amount in đồng. It panics outside the range of int64, which no amount up to MaxVND and no sum
// that the database could store reaches: to get there is a programmer's mistake.
func (v VND) Int64() int64 {
	n, err := v.d.Int64()
	if err != nil {
		panic("money: an amount outside int64")
	}
	return n
}

// Add is v + w, exactly.
func (v VND) Add(w VND) VND {
	var sum VND
	must(exact.Add(&sum.d, &v.d, &w.d))
	return sum.plusZero()
}

// Sub is v − w, exactly.
func (v VND) Sub(w VND) VND {
	var difference VND
	must(exact.Sub(&difference.d, &v.d, &w.d))
	return difference.plusZero()
}

// Neg is −v.
func (v VND) Neg() VND {
	var negated VND
	must(exact.Neg(&negated.d, &v.d))
	return negated.plusZero()
}

// plusZero takes the sign from a zero, so that equal amounts have equal texts.
func (v VND) plusZero() VND {
	if v.d.IsZero() {
		v.d.Negative = false
	}
	return v
}

// Cmp is −1, 0 or +1 as v is below, equal to or above w.
func (v VND) Cmp(w VND) int { return v.d.Cmp(&w.d) }

// Equal says that v and w are the same amount.
func (v VND) Equal(w VND) bool { return v.Cmp(w) == 0 }

// Sign is −1, 0 or +1.
func (v VND) Sign() int { return v.d.Sign() }

// IsZero says that v is 0 đ.
func (v VND) IsZero() bool { return v.d.IsZero() }

// String is the machine form: digits, and a minus sign before a negative amount.
func (v VND) String() string {
	if n, err := v.d.Int64(); err == nil {
		return strconv.FormatInt(n, 10)
	}
	return v.d.Text('f')
}

// Format is the form people read, with a dot after thousands and without the unit: 1.234.567, -1.234.567
// (Luật Kế toán, Điều 11).
func (v VND) Format() string { return dotted(v.String()) }

// dotted puts a dot between each three digits, counted from the end.
func dotted(digits string) string {
	sign, digits := cutMinus(digits)
	var b strings.Builder
	b.Grow(len(sign) + len(digits) + len(digits)/3)
	b.WriteString(sign)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// cutMinus takes a leading minus sign off.
func cutMinus(s string) (sign, digits string) {
	if strings.HasPrefix(s, "-") {
		return "-", s[1:]
	}
	return "", s
}

// MarshalText writes the machine form, so that amounts are strings in JSON.
func (v VND) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the machine form and nothing else: -?digits, without a leading zero, within int64, so
// that one amount has one text. Errors are *ParseError.
func (v *VND) UnmarshalText(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	switch {
	case len(b) == 0:
		return refuse(ReasonEmpty)
	case !isMachineForm(string(b)):
		return refuse(ReasonNotANumber)
	case err != nil:
		return refuse(ReasonTooLarge)
	}
	*v = Dong(n)
	return nil
}

// isMachineForm says that s is what String could have written.
func isMachineForm(s string) bool {
	sign, digits := cutMinus(s)
	return isDigits(digits) && (digits[0] != '0' || s == "0" && sign == "")
}

// isDigits says that s is one or more of 0-9.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// GoString shows an amount in a failing test: money.Dong(500000).
func (v VND) GoString() string { return fmt.Sprintf("money.Dong(%s)", v) }
