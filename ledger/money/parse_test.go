package money_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"sovang/ledger/money"
)

// reasonOf is the reason of a *ParseError, and "" for nil.
func reasonOf(t testing.TB, err error) string {
	t.Helper()
	var refused *money.ParseError
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("%v is no *ParseError", err)
	}
	if refused == nil {
		return ""
	}
	if want := "money: " + refused.Reason; err.Error() != want {
		t.Errorf("the error says %q, want %q", err, want)
	}
	return refused.Reason
}

func TestParseReads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want  int64
		typed []string
	}{
		{0, []string{"0", "0đ", "0 đồng", "0k", "0,0", "0.000"}},
		{1, []string{"1", "1đ", "1 VND", "1 d"}},
		{500, []string{"500", "500đ", "0,5k", "0.5 nghìn"}},
		{1_500, []string{"1500", "1.500đ", "1,500 đồng", "1 500 VNĐ", "1.500 ₫", "VND 1.500", "1,5k", "1k5", "1.500,00", "1,500.00"}},
		{14_000, []string{"14.000", "14,000", "14 000", "14000", "14k", "14.000đ"}},
		{50_000, []string{"50.000", "50k", "50K", "50 nghìn", "50 ngàn", "50 nghin", "50ngan", "50 NGHÌN ĐỒNG"}},
		{500_000, []string{"500k", "500.000", "500,000", "500 000", "500.000đ", "500.000 đ", "500.000 VNĐ", "500.000vnđ",
			"500.000 VND", "500,000 dong", "500.000 Đồng", "500000", "500000.00", "500 nghìn đồng", "₫500.000", "vnđ 500.000",
			"0,5tr", "0.5 triệu", "0,500tr", "'500000", " 500.000 ", "' 500.000"}},
		{500_000, []string{"500.000\u00a0đ", "500\u00a0000", "500\u202f000", "\u200b500.000\u200e", "500.000\ufeff", "500.000\t",
			"５００．０００", "５００ｋ", "500.000 \u00d0", "500.000 VN\u00d0", "500.000 VN\u0189", "500.000 đo\u0302\u0300ng", "500.000\u3000đ"}},
		{1_000_000, []string{"1tr", "1 tr", "1TR", "1 triệu", "1 trieu", "1 triê\u0323u", "1.000.000", "1,000,000", "1 000 000",
			"1.000.000,00", "1,000,000.00 VND", "1 000 000,00", "1000k", "1.000.000đ", "1tr0", "1tr000"}},
		{1_200_000, []string{"1tr2", "1,2tr", "1.2 triệu", "1tr200", "1tr200k", "1 triệu 200 nghìn", "1 triệu 2"}},
		{1_250_000, []string{"1,25tr", "1tr250", "1 triệu 250 nghìn", "1 triệu 250"}},
		{1_500_000, []string{"1,5tr", "1.5tr", "1tr5", "1 tr 5", "1.500.000", "1,500,000", "1 500 000", "1,50 triệu", "1500k",
			"1,5000 tr", "1.500.000 VNĐ"}},
		{1_005_000, []string{"1.005.000", "1 triệu 5 nghìn", "1tr005"}},
		{2_000_000_000, []string{"2 tỷ", "2 tỉ", "2ty", "2 ti", "2TỶ", "2 tỷ đồng", "2.000.000.000", "2000tr"}},
		{2_900_000_000, []string{"2 tỷ 9", "2tỷ9", "2ty9", "2,9 tỷ", "2 tỷ 900 triệu", "2 tỷ 900tr", "2 tỷ 900"}},
		{2_900_500_000, []string{"2 tỷ 900 triệu 500 nghìn", "2 tỷ 900tr5", "2,9005 tỷ"}},
		{1_234_567, []string{"1.234.567", "1234567", "1,234567tr"}},
		{1_500_000_000, []string{"1.500.000k", "1.500.000 nghìn đồng"}},
		{money.MaxVND, []string{"1000000000000000", "1.000.000.000.000.000", "1000000 tỷ", "1.000.000 tỷ",
			"１．０００．０００．０００．０００．０００，００ VNĐ"}},
	} {
		for _, typed := range tt.typed {
			got, err := money.Parse(typed)
			if reason := reasonOf(t, err); reason != "" || !got.Equal(money.Dong(tt.want)) {
				t.Errorf("Parse(%+q) = %v, %q, want %d", typed, got, reason, tt.want)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want  string
		typed []string
	}{
		{money.ReasonEmpty, []string{"", " ", "\u00a0", "\u200b", "'", "đ", "VNĐ", " đồng "}},
		{money.ReasonAmbiguous, []string{"1.500", "1,500", "1 500", "5.000", "1.000", "1.500tr", "14.000k", "500.000 nghìn",
			"1 500k", "1500.000", "500.00", "5.0", "5,00", "500,0", "1.500,000", "1,500.000", "1tr25", "2 tỷ 90",
			"1tr5đ", "1 triệu 5 đồng"}},
		{money.ReasonFraction, []string{"1,5", "1.5", "0,5", "0.500", "0,125", "199999.99999997", "1.000,5", "1,0005k", "0,0000001tr",
			"1.500,5đ"}},
		{money.ReasonNegative, []string{"-1", "-150.000", "(150.000)", "150.000-", "\u2212150.000", "–150.000", "-150.000đ", "(1tr5)",
			"- 500k", "-0", "5--", "((5)", "\uff0d500"}},
		{money.ReasonTooLarge, []string{"1000000000000001", "1.000.000.000.000.001", "1000001 tỷ", "1000000 tỷ 1", "99999999999999999999999",
			"9223372036854775808", "9223372036854775807 tỷ"}},
		{money.ReasonNotANumber, []string{"abc", "năm trăm nghìn", "#REF!", "2E+05", "1e5", "0x10", "NaN", "Infinity", "+500", "500%", "$500",
			"500 USD", "500 usd", "100 000 eur", "27/7/2022", "27.7.2022", "27-7", "0912345678", "0912 345 678", "0912.345.678", "00", "007",
			"1.50.000", "1.5000.000", "1..000", ".500", "500.", "1,", ",", ".", "1.000.00", "1 00", "1 0000", "1.500 00", "1,000 00",
			"1 000.000 000", "k", "tr5", "5 5tr", "1tr5tr", "1k2tr", "1tr1000k", "1,5tr500k", "1tr5000", "1tr5,5", "1 triệu tỷ", "5kk",
			"1trx", "500 k đ đ", "500-1000", "1=1", "=1+1", "①", "٥٠٠", "500\x00", "\xff", "500 000 abc", "1,2,3",
			"một triệu", "triệu 5", strings.Repeat("1", 101), strings.Repeat("1.", 60)}},
	} {
		for _, typed := range tt.typed {
			got, err := money.Parse(typed)
			if reason := reasonOf(t, err); reason != tt.want || !got.IsZero() {
				t.Errorf("Parse(%+q) = %v, %q, want %q", typed, got, reason, tt.want)
			}
		}
	}
}

func TestParseGrouped(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typed string
		group byte
		want  int64
		why   string
	}{
		{"14.000", '.', 14_000, ""},
		{"14.000", ',', 14, ""},
		{"14,000", ',', 14_000, ""},
		{"14,000", '.', 14, ""},
		{"1.500", '.', 1_500, ""},
		{"1.500", ',', 0, money.ReasonFraction},
		{"1,500", ',', 1_500, ""},
		{"1.500.000", '.', 1_500_000, ""},
		{"1.500.000", ',', 0, money.ReasonNotANumber},
		{"1,000,000.00", ',', 1_000_000, ""},
		{"1.000.000,00", '.', 1_000_000, ""},
		{"1.000.000,00", ',', 0, money.ReasonNotANumber},
		{"500.00", ',', 500, ""},
		{"500.00", '.', 0, money.ReasonNotANumber},
		{"1 500", '.', 1_500, ""},
		{"1 000 000,00", '.', 1_000_000, ""},
		{"1 000 000.00", '.', 0, money.ReasonNotANumber},
		{"1.500tr", '.', 1_500_000_000, ""},
		{"1.500tr", ',', 1_500_000, ""},
		{"1,5tr", '.', 1_500_000, ""},
		{"1,5tr", ',', 0, money.ReasonNotANumber},
		{"1tr5", ',', 1_500_000, ""},
		{"500.000đ", '.', 500_000, ""},
		{"-14.000", '.', 0, money.ReasonNegative},
		{"(14,000)", ',', 0, money.ReasonNegative},
		{"0", '.', 0, ""},
		{"", '.', 0, money.ReasonEmpty},
		{"199999.99999997", ',', 0, money.ReasonFraction},
		{"1.000.000.000.000.000", '.', money.MaxVND, ""},
		{"1.000.000.000.000.001", '.', 0, money.ReasonTooLarge},
	} {
		got, err := money.ParseGrouped(tt.typed, tt.group)
		if reason := reasonOf(t, err); reason != tt.why || !got.Equal(money.Dong(tt.want)) {
			t.Errorf("ParseGrouped(%q, %q) = %v, %q, want %d, %q", tt.typed, tt.group, got, reason, tt.want, tt.why)
		}
	}
}

func TestParseGroupedPanicsOnAnotherSign(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic for a space as the sign of thousands")
		}
	}()
	_, _ = money.ParseGrouped("1 500", ' ')
}

// amounts are from 0 to MaxVND, of every length.
func amounts() *rapid.Generator[int64] {
	return rapid.Custom(func(t *rapid.T) int64 {
		limit := int64(1)
		for range rapid.IntRange(0, 15).Draw(t, "figures") {
			limit *= 10
		}
		return rapid.Int64Range(0, limit).Draw(t, "amount")
	})
}

// However an amount is written, it is read back; what is not read is refused as ambiguous and nothing else.
func TestParseReadsBackEveryWriting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := amounts().Draw(t, "đồng")
		dotted, digits := money.Dong(n).Format(), strconv.FormatInt(n, 10)
		commas := strings.ReplaceAll(dotted, ".", ",")
		for _, typed := range []string{digits, digits + "đ", dotted + " đồng", commas + " VND", strings.ReplaceAll(dotted, ".", " ") + "đ"} {
			if got, err := money.Parse(typed); err != nil || !got.Equal(money.Dong(n)) {
				t.Fatalf("Parse(%q) = %v, %v", typed, got, err)
			}
		}
		for typed, group := range map[string]byte{dotted: '.', commas: ',', dotted + ",00": '.', commas + ".0": ','} {
			if got, err := money.ParseGrouped(typed, group); err != nil || !got.Equal(money.Dong(n)) {
				t.Fatalf("ParseGrouped(%q) = %v, %v", typed, got, err)
			}
		}
		got, err := money.Parse(dotted)
		if ambiguous := n >= 1000 && n < 10_000; err == nil && !got.Equal(money.Dong(n)) || (err != nil) != ambiguous {
			t.Fatalf("Parse(%q) = %v, %v", dotted, got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "500k", "1,5tr", "1tr5", "2 tỷ 9", "500.000đ", "1.500.000", "1.500", "-1", "(1)", "2E+05", "５００",
		"1,000,000.00 VND", "0912345678", "1 500 00", "\xff", "vnđ 1", "1tr250", "'1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := money.Parse(s)
		if reasonOf(t, err) != "" {
			if !v.IsZero() {
				t.Errorf("Parse(%+q) refuses and still answers %v", s, v)
			}
			return
		}
		if v.Sign() < 0 || v.Cmp(money.Dong(money.MaxVND)) > 0 || !utf8.ValidString(s) {
			t.Errorf("Parse(%+q) = %v", s, v)
		}
		if again, err := money.Parse(v.Format() + "đ"); err != nil || !again.Equal(v) {
			t.Errorf("Parse(%+q) = %v, and written again %v, %v", s, v, again, err)
		}
		for _, group := range []byte{'.', ','} {
			if told, err := money.ParseGrouped(s, group); err == nil && !told.Equal(v) && !strings.ContainsAny(s, ".,．，") {
				t.Errorf("Parse(%+q) = %v, and with %q for thousands %v", s, v, group, told)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, typed := range []string{"500000", "1.500.000đ", "2 tỷ 900 triệu"} {
		b.Run(typed, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := money.Parse(typed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
