package money_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sovang/ledger/money"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n               int64
		machine, people string
	}{
		{0, "0", "0"},
		{1, "1", "1"},
		{-1, "-1", "-1"},
		{999, "999", "999"},
		{1_000, "1000", "1.000"},
		{-999, "-999", "-999"},
		{-1_000, "-1000", "-1.000"},
		{1_234_567, "1234567", "1.234.567"},
		{-1_234_567, "-1234567", "-1.234.567"},
		{100_000, "100000", "100.000"},
		{money.MaxVND, "1000000000000000", "1.000.000.000.000.000"},
		{math.MaxInt64, "9223372036854775807", "9.223.372.036.854.775.807"},
		{math.MinInt64, "-9223372036854775808", "-9.223.372.036.854.775.808"},
	} {
		v := money.Dong(tt.n)
		if v.String() != tt.machine || v.Format() != tt.people || v.Int64() != tt.n {
			t.Errorf("%d is %q, %q, %d", tt.n, v.String(), v.Format(), v.Int64())
		}
		if got, want := fmt.Sprintf("%v %#v", v, v), tt.machine+" money.Dong("+tt.machine+")"; got != want {
			t.Errorf("%d is printed as %q, want %q", tt.n, got, want)
		}
	}
}

func TestTheZeroValueIsNoDong(t *testing.T) {
	t.Parallel()
	var v money.VND
	if !v.IsZero() || v.Sign() != 0 || !v.Equal(money.Dong(0)) || v.Format() != "0" || v.Words(money.Style{}) != "Không đồng" {
		t.Errorf("the zero VND is %#v", v)
	}
}

func TestSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(math.MinInt64/2, math.MaxInt64/2)
		a, b := n.Draw(t, "a"), n.Draw(t, "b")
		v, w := money.Dong(a), money.Dong(b)
		if v.Add(w).Int64() != a+b || v.Sub(w).Int64() != a-b || v.Neg().Int64() != -a {
			t.Fatalf("sums of %d and %d: %v, %v, %v", a, b, v.Add(w), v.Sub(w), v.Neg())
		}
		if v.Int64() != a || w.Int64() != b {
			t.Fatalf("a sum changed its parts")
		}
		if zero := v.Sub(v); zero.String() != "0" || zero.Neg().String() != "0" {
			t.Fatalf("%v - %v = %v", v, v, zero)
		}
		if v.Equal(w) != (a == b) || v.Cmp(w) < 0 != (a < b) || v.Sign() < 0 != (a < 0) {
			t.Fatalf("%v and %v compare wrongly", v, w)
		}
	})
}

func TestSumsBeyondInt64StayExact(t *testing.T) {
	t.Parallel()
	v := money.Dong(math.MaxInt64).Add(money.Dong(math.MaxInt64))
	if v.String() != "18446744073709551614" || v.Format() != "18.446.744.073.709.551.614" {
		t.Errorf("2 × MaxInt64 = %v, %s", v, v.Format())
	}
	if back := v.Sub(money.Dong(math.MaxInt64)); back.Int64() != math.MaxInt64 {
		t.Errorf("and less MaxInt64 again %v", back)
	}
	defer func() {
		if recover() == nil {
			t.Error("Int64 did not panic outside int64")
		}
	}()
	_ = v.Int64()
}

func TestUnmarshalText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, why string }{
		{"0", ""}, {"1", ""}, {"-1", ""}, {"1000000000000001", ""},
		{"9223372036854775807", ""}, {"-9223372036854775808", ""},
		{"9223372036854775808", money.ReasonTooLarge}, {"-9223372036854775809", money.ReasonTooLarge},
		{"", money.ReasonEmpty}, {"-", money.ReasonNotANumber}, {"-0", money.ReasonNotANumber}, {"00", money.ReasonNotANumber},
		{"01", money.ReasonNotANumber}, {"+1", money.ReasonNotANumber}, {" 1", money.ReasonNotANumber}, {"1.000", money.ReasonNotANumber},
		{"1_000", money.ReasonNotANumber}, {"1e3", money.ReasonNotANumber}, {"500k", money.ReasonNotANumber}, {"--1", money.ReasonNotANumber},
		{"١", money.ReasonNotANumber}, {"NaN", money.ReasonNotANumber},
	} {
		v := money.Dong(7)
		reason := reasonOf(t, v.UnmarshalText([]byte(tt.text)))
		if reason != tt.why || reason == "" && v.String() != tt.text || reason != "" && v.Int64() != 7 {
			t.Errorf("UnmarshalText(%q) = %v, %q, want %q", tt.text, v, reason, tt.why)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type sheet struct {
			Sum   money.VND
			Lines map[string]*money.VND
		}
		v := money.Dong(rapid.Int64().Draw(t, "đồng"))
		text, err := json.Marshal(sheet{v, map[string]*money.VND{"a": &v}})
		if want := fmt.Sprintf(`{"Sum":"%d","Lines":{"a":"%[1]d"}}`, v.Int64()); err != nil || string(text) != want {
			t.Fatalf("%s, %v, want %s", text, err, want)
		}
		var back sheet
		if err := json.Unmarshal(text, &back); err != nil || !back.Sum.Equal(v) || !back.Lines["a"].Equal(v) {
			t.Fatalf("%s read back is %v, %v", text, back, err)
		}
	})
	for _, text := range []string{`1500`, `1.5`, `"1.500"`, `"1500 "`, `true`, `[]`, `""`} {
		var v money.VND
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%s is read as %v", text, v)
		}
	}
}

func TestErrorsKeepWhatWasTypedToThemselves(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"1.500", "-987654", "987654 abc", "9876549876549876549"} {
		_, err := money.Parse(typed)
		if err == nil || strings.ContainsAny(err.Error(), "0123456789") {
			t.Errorf("Parse(%q) says %v", typed, err)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	v := money.Dong(1_234_567_890)
	b.ReportAllocs()
	for b.Loop() {
		_ = v.Format()
	}
}
