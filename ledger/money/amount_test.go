package money_test

import (
	"errors"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"sovang/ledger/money"
)

func dec(t testing.TB, s string) apd.Decimal {
	t.Helper()
	d, _, err := apd.NewFromString(s)
	if err != nil {
		t.Fatal(err)
	}
	return *d
}

func TestNewAmount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code, value, want, why string
	}{
		{"USD", "0", "0 USD", ""},
		{"USD", "100.50", "100,50 USD", ""},
		{"JPY", "1234567", "1.234.567 JPY", ""},
		{"USD", "0.0001", "0,0001 USD", ""},
		{"USD", "0.00001", "", money.ReasonFraction},
		{"USD", "1.5E+3", "1.500 USD", ""},
		{"USD", "0E+99999", "0 USD", ""},
		{"USD", "1E+15", "1.000.000.000.000.000 USD", ""},
		{"USD", "1000000000000000.0001", "", money.ReasonTooLarge},
		{"USD", "1E+100000", "", money.ReasonTooLarge},
		{"USD", "-0.01", "", money.ReasonNegative},
		{"USD", "NaN", "", "not finite"},
		{"USD", "sNaN", "", "not finite"},
		{"USD", "Infinity", "", "not finite"},
		{"USD", "-Infinity", "", "not finite"},
		{"VND", "1", "", money.ReasonUnknownCurrency},
		{"usd", "1", "", money.ReasonUnknownCurrency},
		{"US", "1", "", money.ReasonUnknownCurrency},
		{"QQQ", "1", "", money.ReasonUnknownCurrency},
		{"XXX", "1", "", money.ReasonUnknownCurrency},
		{"XTS", "1", "", money.ReasonUnknownCurrency},
		{"", "1", "", money.ReasonUnknownCurrency},
	} {
		a, err := money.NewAmount(tt.code, dec(t, tt.value))
		if tt.why == "not finite" {
			if !errors.Is(err, money.ErrNotFinite) {
				t.Errorf("NewAmount(%s, %s): %v", tt.code, tt.value, err)
			}
			continue
		}
		if reason := reasonOf(t, err); reason != tt.why || err == nil && a.Format() != tt.want {
			t.Errorf("NewAmount(%s, %s) = %s, %q, want %s, %q", tt.code, tt.value, a.Format(), reason, tt.want, tt.why)
		}
	}
}

func TestParseAmount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ typed, want, why string }{
		{"1500", "1.500 USD", ""},
		{"100.50", "100,50 USD", ""},
		{"100,5", "100,5 USD", ""},
		{"100.00", "100,00 USD", ""},
		{"1.500,50", "1.500,50 USD", ""},
		{"1,500.50", "1.500,50 USD", ""},
		{"1 500 000", "1.500.000 USD", ""},
		{"1.500.000", "1.500.000 USD", ""},
		{"100 USD", "100 USD", ""},
		{"100usd", "100 USD", ""},
		{"１００．５０", "100,50 USD", ""},
		{"1\u00a0500,25 USD", "1.500,25 USD", ""},
		{"0.125", "0,125 USD", ""},
		{"0", "0 USD", ""},
		{"1000000000000000", "1.000.000.000.000.000 USD", ""},
		{"1000000000000001", "", money.ReasonTooLarge},
		{"0.0001", "0,0001 USD", ""},
		{"0.00001", "", money.ReasonFraction},
		{"1.500", "", money.ReasonAmbiguous},
		{"14,000", "", money.ReasonAmbiguous},
		{"1 500", "", money.ReasonAmbiguous},
		{"1.500,000", "", money.ReasonAmbiguous},
		{"-5", "", money.ReasonNegative},
		{"(5)", "", money.ReasonNegative},
		{"", "", money.ReasonEmpty},
		{"USD", "", money.ReasonEmpty},
		{"100 EUR", "", money.ReasonNotANumber},
		{"NaN", "", money.ReasonNotANumber},
		{"Infinity", "", money.ReasonNotANumber},
		{"1e3", "", money.ReasonNotANumber},
		{"100k", "", money.ReasonNotANumber},
		{"007", "", money.ReasonNotANumber},
	} {
		a, err := money.ParseAmount("USD", tt.typed)
		if reason := reasonOf(t, err); reason != tt.why || err == nil && a.Format() != tt.want {
			t.Errorf("ParseAmount(%q) = %s, %q, want %s, %q", tt.typed, a.Format(), reason, tt.want, tt.why)
		}
	}
	if _, err := money.ParseAmount("VND", "100"); reasonOf(t, err) != money.ReasonUnknownCurrency {
		t.Errorf("VND as foreign money: %v", err)
	}
}

func TestInDong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, value, rate string
		want              int64
		exact             error  // of InDong
		why               string // of both, when refused
	}{
		{"a whole rate", "100", "25400", 2_540_000, nil, ""},
		{"decimals that come out even", "100.50", "25400", 2_552_700, nil, ""},
		{"a rate with decimals", "200", "166.05", 33_210, nil, ""},
		{"a trailing zero is no fraction", "1.0", "25400.00", 25_400, nil, ""},
		{"nothing", "0.00", "25400.5", 0, nil, ""},
		{"half a đồng rounds up", "1", "166.5", 167, money.ErrInexact, ""},
		{"less than half rounds down", "1", "166.4999999999", 166, money.ErrInexact, ""},
		{"the limit", "1000000000000000", "1", money.MaxVND, nil, ""},
		{"one past it", "1000000000000000", "1.000000000000001", 0, nil, money.ReasonTooLarge},
		{"far past it", "1000000000000000", "1E+30", 0, nil, money.ReasonTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, err := money.NewAmount("USD", dec(t, tt.value))
			if err != nil {
				t.Fatal(err)
			}
			got, err := a.InDong(dec(t, tt.rate))
			if tt.exact != nil && !errors.Is(err, tt.exact) {
				t.Errorf("InDong = %v, %v, want %v", got, err, tt.exact)
			}
			if tt.exact == nil && (reasonOf(t, err) != tt.why || !got.Equal(money.Dong(tt.want))) {
				t.Errorf("InDong = %v, %v, want %d", got, err, tt.want)
			}
			got, err = a.InDongRounded(dec(t, tt.rate), apd.RoundHalfUp)
			if reasonOf(t, err) != tt.why || !got.Equal(money.Dong(tt.want)) {
				t.Errorf("InDongRounded = %v, %v, want %d", got, err, tt.want)
			}
		})
	}
}

func TestRatesThatAreNone(t *testing.T) {
	t.Parallel()
	a, err := money.NewAmount("USD", dec(t, "100"))
	if err != nil {
		t.Fatal(err)
	}
	for _, rate := range []string{"0", "-1", "NaN", "sNaN", "Infinity", "-Infinity", "1E+31", "1E-31", "1E+100000",
		"1.234567890123456789012345678901"} {
		if _, err := a.InDong(dec(t, rate)); !errors.Is(err, money.ErrNotFinite) {
			t.Errorf("InDong at %s: %v", rate, err)
		}
		if _, err := a.InDongRounded(dec(t, rate), apd.RoundHalfUp); !errors.Is(err, money.ErrNotFinite) {
			t.Errorf("InDongRounded at %s: %v", rate, err)
		}
	}
	for _, value := range []string{"NaN", "Infinity"} { // made without NewAmount
		if _, err := (money.Amount{Currency: "USD", Value: dec(t, value)}).InDong(dec(t, "1")); !errors.Is(err, money.ErrNotFinite) {
			t.Errorf("InDong of %s: %v", value, err)
		}
	}
}

// Cents times hundredths of a đồng, redone in whole numbers.
func TestConversionIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cents, hundredths := rapid.Int64Range(0, 1_000_000_000).Draw(t, "cents"), rapid.Int64Range(1, 5_000_000).Draw(t, "rate")
		a, err := money.NewAmount("USD", *apd.New(cents, -2))
		if err != nil {
			t.Fatal(err)
		}
		product := cents * hundredths // in 1/10.000 đồng
		got, err := a.InDong(*apd.New(hundredths, -2))
		if whole := product%10_000 == 0; whole != (err == nil) || whole && got.Int64() != product/10_000 || !whole && !errors.Is(err, money.ErrInexact) {
			t.Fatalf("%d × %d = %v, %v", cents, hundredths, got, err)
		}
		rounded, err := a.InDongRounded(*apd.New(hundredths, -2), apd.RoundHalfUp)
		if err != nil || rounded.Int64() != (product+5_000)/10_000 {
			t.Fatalf("%d × %d rounded = %v, %v", cents, hundredths, rounded, err)
		}
	})
}

func TestParseAmountReadsBackItsFormat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]int32{0, 1, 2, 4}).Draw(t, "scale")
		a, err := money.NewAmount("EUR", *apd.New(amounts().Draw(t, "coefficient"), -scale))
		if err != nil {
			t.Fatal(err)
		}
		text := a.Format()
		again, err := money.ParseAmount("EUR", text)
		if n := a.Value.Coeff.Int64(); scale == 0 && n >= 1_000 && n < 1_000_000 { // 1.500 EUR could be one and a half
			if err == nil || err.Error() != "money: "+money.ReasonAmbiguous {
				t.Fatalf("ParseAmount(%q) = %s, %v", text, again.Format(), err)
			}
			return
		}
		if err != nil || again.Format() != text || again.Value.Cmp(&a.Value) != 0 {
			t.Fatalf("ParseAmount(%q) = %s, %v", text, again.Format(), err)
		}
	})
}
