package money

import (
	"errors"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"golang.org/x/text/currency"
)

// ErrInexact says that an amount does not come to whole đồng, and that the caller named no rounding.
var ErrInexact = errors.New("money: the amount does not come to whole đồng")

// ErrNotFinite says that a value or a rate is NaN, infinite, a rate not above zero, or one that no bank quotes
// (more than 30 figures, or an exponent beyond 30).
var ErrNotFinite = errors.New("money: not a finite number, or no rate of exchange")

const (
	// maxScale is the largest number of decimals of a foreign amount: that of the UYW, which has most.
	maxScale = 4
	// maxRate bounds the figures and the exponent of a rate, so that its product with any amount is exact.
	maxRate = 30
)

// Amount is foreign money, which stands beside the đồng it came to. Đồng themselves are VND.
type Amount struct {
	// Currency is a code of ISO 4217 in capitals: USD, JPY.
	Currency string
	// Value keeps its scale: 100.50 stays 100.50.
	Value apd.Decimal
}

// NewAmount checks what came from elsewhere: the code of the currency (neither VND nor the codes for "none" and
// for tests), a finite value from 0 to 10^15, at most four decimals. Errors are *ParseError or ErrNotFinite.
func NewAmount(code string, value apd.Decimal) (Amount, error) {
	unit, err := currency.ParseISO(code)
	switch {
	case err != nil || unit.String() != code || code == "VND" || unit == currency.XXX || unit == currency.XTS:
		return Amount{}, refuse(ReasonUnknownCurrency)
	case value.Form != apd.Finite:
		return Amount{}, ErrNotFinite
	case value.Negative:
		return Amount{}, refuse(ReasonNegative)
	case value.Exponent < -maxScale:
		return Amount{}, refuse(ReasonFraction)
	case value.Cmp(apd.New(MaxVND, 0)) > 0:
		return Amount{}, refuse(ReasonTooLarge)
	case value.Exponent > 0: // 1.5E+3, or a zero with a thousand zeros behind it
		value = spelledOut(value)
	}
	return Amount{Currency: code, Value: value}, nil
}

// spelledOut is a value of at most 10^15 without an exponent. Zero is apart: its exponent has no bound.
func spelledOut(value apd.Decimal) apd.Decimal {
	if value.IsZero() {
		return apd.Decimal{}
	}
	must(exact.Quantize(&value, &value, 0))
	return value
}

// ParseAmount reads an amount of the currency code: 1500, 100.50, 100,5, 1.500,50, 1,500.50, 1 500 000. A
// single separator before three figures (1.500, 14.000) is refused as ambiguous, because foreign money has
// decimals; only behind a lone 0 it is a decimal sign (0.125). The code may stand behind the number. The value is from 0 to 10^15, with at most four decimals. Errors are *ParseError.
func ParseAmount(code, s string) (Amount, error) {
	text, err := tidy(s)
	if err != nil {
		return Amount{}, err
	}
	text = strings.TrimSpace(strings.TrimSuffix(text, strings.ToLower(code)))
	switch {
	case text == "":
		return Amount{}, refuse(ReasonEmpty)
	case isNegative(text):
		return Amount{}, refuse(ReasonNegative)
	}
	f, err := reading{counted: true}.figures(text)
	if err != nil {
		return Amount{}, err
	}
	value, _, err := apd.NewFromString(f.plain())
	if err != nil {
		return Amount{}, refuse(ReasonTooLarge)
	}
	return NewAmount(code, *value)
}

// plain is the number with a decimal dot and no groups.
func (f figures) plain() string {
	if f.decimals == "" {
		return f.whole
	}
	return f.whole + "." + f.decimals
}

// Format is the form people read, with the code behind: 1.234,50 USD.
func (a Amount) Format() string {
	whole, decimals, cut := strings.Cut(a.Value.Text('f'), ".")
	if cut {
		decimals = "," + decimals
	}
	return dotted(whole) + decimals + " " + a.Currency
}

// InDong is the amount in đồng at rate đồng for one unit of its currency. It does not round: when the product
// is not whole the error is ErrInexact, and the caller decides with InDongRounded. Rates are above zero; other
// errors are ErrNotFinite and *ParseError (too_large).
func (a Amount) InDong(rate apd.Decimal) (VND, error) {
	product, err := a.times(rate)
	if err != nil {
		return VND{}, err
	}
	var whole, rest apd.Decimal
	product.Modf(&whole, &rest)
	if !rest.IsZero() {
		return VND{}, ErrInexact
	}
	return wholeDong(whole)
}

// InDongRounded is InDong with the rounding named by the caller, apd.RoundHalfUp for one; the voucher names it
// too. Errors are ErrNotFinite and *ParseError (too_large).
func (a Amount) InDongRounded(rate apd.Decimal, rounding apd.Rounder) (VND, error) {
	product, err := a.times(rate)
	if err != nil {
		return VND{}, err
	}
	if product.Cmp(apd.New(MaxVND+1, 0)) >= 0 {
		return VND{}, refuse(ReasonTooLarge)
	}
	named := exact
	named.Rounding = rounding
	named.Traps &^= apd.Rounded | apd.Inexact
	var whole apd.Decimal
	if _, err := named.Quantize(&whole, &product, 0); err != nil {
		return VND{}, err
	}
	return wholeDong(whole)
}

// times is the exact product of the amount and a rate.
func (a Amount) times(rate apd.Decimal) (product apd.Decimal, err error) {
	if a.Value.Form != apd.Finite || rate.Form != apd.Finite || rate.Sign() <= 0 ||
		rate.NumDigits() > maxRate || max(rate.Exponent, -rate.Exponent) > maxRate {
		return product, ErrNotFinite
	}
	_, err = exact.Mul(&product, &a.Value, &rate)
	return product, err
}

// wholeDong is a whole decimal as đồng, up to MaxVND.
func wholeDong(d apd.Decimal) (VND, error) {
	n, err := d.Int64()
	if err != nil {
		return VND{}, refuse(ReasonTooLarge)
	}
	return bounded(Dong(n))
}
