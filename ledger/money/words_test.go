package money_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sovang/ledger/money"
)

// The rows of domain.md §7.1 and of Q46, and the numbers around them.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n    int64
		want string
	}{
		{0, "Không đồng"},
		{1, "Một đồng"},
		{4, "Bốn đồng"},
		{5, "Năm đồng"},
		{10, "Mười đồng"},
		{11, "Mười một đồng"},
		{14, "Mười bốn đồng"},
		{15, "Mười lăm đồng"},
		{20, "Hai mươi đồng"},
		{21, "Hai mươi mốt đồng"},
		{24, "Hai mươi tư đồng"},
		{25, "Hai mươi lăm đồng"},
		{31, "Ba mươi mốt đồng"},
		{99, "Chín mươi chín đồng"},
		{100, "Một trăm đồng"},
		{101, "Một trăm linh một đồng"},
		{104, "Một trăm linh bốn đồng"},
		{105, "Một trăm linh năm đồng"},
		{110, "Một trăm mười đồng"},
		{111, "Một trăm mười một đồng"},
		{115, "Một trăm mười lăm đồng"},
		{121, "Một trăm hai mươi mốt đồng"},
		{1_000, "Một nghìn đồng"},
		{1_001, "Một nghìn không trăm linh một đồng"},
		{1_010, "Một nghìn không trăm mười đồng"},
		{1_021, "Một nghìn không trăm hai mươi mốt đồng"},
		{1_100, "Một nghìn một trăm đồng"},
		{10_005, "Mười nghìn không trăm linh năm đồng"},
		{15_000, "Mười lăm nghìn đồng"},
		{21_000, "Hai mươi mốt nghìn đồng"},
		{105_000, "Một trăm linh năm nghìn đồng"},
		{500_000, "Năm trăm nghìn đồng"},
		{1_000_000, "Một triệu đồng"},
		{1_000_001, "Một triệu không trăm linh một đồng"},
		{1_005_000, "Một triệu không trăm linh năm nghìn đồng"},
		{1_050_000, "Một triệu không trăm năm mươi nghìn đồng"},
		{1_123_200, "Một triệu một trăm hai mươi ba nghìn hai trăm đồng"},
		{2_000_005, "Hai triệu không trăm linh năm đồng"},
		{11_232_000, "Mười một triệu hai trăm ba mươi hai nghìn đồng"},
		{1_000_000_005, "Một tỷ không trăm linh năm đồng"},
		{2_900_000_000, "Hai tỷ chín trăm triệu đồng"},
		{135_055_960_736, "Một trăm ba mươi lăm tỷ không trăm năm mươi lăm triệu chín trăm sáu mươi nghìn bảy trăm ba mươi sáu đồng"},
		{1_000_000_000_000, "Một nghìn tỷ đồng"},
		{1_000_000_000_001, "Một nghìn tỷ không trăm linh một đồng"},
		{1_005_000_000_000, "Một nghìn không trăm linh năm tỷ đồng"},
		{money.MaxVND, "Một triệu tỷ đồng"},
		{1_234_567_000_000_000, "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy tỷ đồng"},
		{1_000_000_000_000_000_000, "Một tỷ tỷ đồng"},
		{-1, "Âm một đồng"},
		{-500_000, "Âm năm trăm nghìn đồng"},
	} {
		if got := money.Dong(tt.n).Words(money.North); got != tt.want {
			t.Errorf("%d is %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestWordsInOtherStyles(t *testing.T) {
	t.Parallel()
	round, southRound := money.North, money.South
	round.Chan, southRound.Chan = true, true
	for _, tt := range []struct {
		name  string
		style money.Style
		n     int64
		want  string
	}{
		{"the empty style is the North's", money.Style{}, 101_001, "Một trăm linh một nghìn không trăm linh một đồng"},
		{"lẻ and ngàn in the South", money.South, 101_001, "Một trăm lẻ một ngàn không trăm lẻ một đồng"},
		{"lẻ beside nghìn", money.Style{Linh: "lẻ"}, 101_001, "Một trăm lẻ một nghìn không trăm lẻ một đồng"},
		{"linh beside ngàn", money.Style{Nghin: "ngàn"}, 101_001, "Một trăm linh một ngàn không trăm linh một đồng"},
		{"ngàn tỷ", money.South, 1_000_000_000_000, "Một ngàn tỷ đồng"},
		{"chẵn behind a multiple of a thousand", round, 500_000, "Năm trăm nghìn đồng chẵn"},
		{"chẵn at the least of them", round, 1_000, "Một nghìn đồng chẵn"},
		{"no chẵn one short of it", round, 999, "Chín trăm chín mươi chín đồng"},
		{"no chẵn one past it", round, 1_001, "Một nghìn không trăm linh một đồng"},
		{"no chẵn behind hundreds", round, 1_500, "Một nghìn năm trăm đồng"},
		{"no chẵn behind nothing", round, 0, "Không đồng"},
		{"chẵn in the South", southRound, 1_005_000, "Một triệu không trăm lẻ năm ngàn đồng chẵn"},
		{"chẵn behind a reversal", round, -2_000_000, "Âm hai triệu đồng chẵn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := money.Dong(tt.n).Words(tt.style); got != tt.want {
				t.Errorf("%d is %q, want %q", tt.n, got, tt.want)
			}
		})
	}
}

var spoken = map[string]int64{
	"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
}

// readWords reads an amount as a person does, word by word from left to right, knowing nothing of how it was
// spelled: three running values, for the group of three, for what stands before tỷ, and in all.
func readWords(words, linh, nghin string) (int64, error) {
	var all, billions, group, digit int64
	fields := strings.Fields(words)
	if len(fields) < 2 || fields[len(fields)-1] != "đồng" {
		return 0, fmt.Errorf("%q does not end in đồng", words)
	}
	for _, word := range fields[:len(fields)-1] {
		value, isDigit := spoken[strings.ToLower(word)]
		switch strings.ToLower(word) {
		case "trăm":
			group, digit = group+100*digit, 0
		case "mươi":
			group, digit = group+10*digit, 0
		case "mười":
			group, digit = group+10, 0
		case linh:
			digit = 0
		case nghin:
			billions, group, digit = billions+1_000*(group+digit), 0, 0
		case "triệu":
			billions, group, digit = billions+1_000_000*(group+digit), 0, 0
		case "tỷ":
			all, billions, group, digit = 1_000_000_000*(all+billions+group+digit), 0, 0, 0
		default:
			if !isDigit {
				return 0, fmt.Errorf("%q is no number", word)
			}
			digit = value
		}
	}
	return all + billions + group + digit, nil
}

func TestEveryNumberIsReadBackFromItsWords(t *testing.T) {
	t.Parallel()
	check := func(t interface{ Fatalf(string, ...any) }, n int64, s money.Style) {
		words := money.Dong(n).Words(s)
		if got, err := readWords(words, s.Linh, s.Nghin); err != nil || got != n {
			t.Fatalf("%d is %q, which is read as %d, %v", n, words, got, err)
		}
		if strings.Contains(words, "  ") || strings.TrimSpace(words) != words {
			t.Fatalf("%d is %q, with spaces to spare", n, words)
		}
	}
	for n := range int64(20_000) {
		check(t, n, money.North)
		check(t, n*1_000_000_007%(money.MaxVND+1), money.South)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, amounts().Draw(t, "đồng"), rapid.SampledFrom([]money.Style{money.North, money.South}).Draw(t, "style"))
	})
	check(t, money.MaxVND, money.North)
}

// Numbers with empty groups are where spelling goes wrong: each of five groups is empty, small or full.
func TestNumbersWithEmptyGroupsAreReadBack(t *testing.T) {
	t.Parallel()
	groups := []int64{0, 1, 4, 5, 10, 15, 21, 100, 101, 110, 555, 999}
	for i := range len(groups) * len(groups) * len(groups) * len(groups) * len(groups) {
		n, rest := int64(0), i
		for range 5 {
			n, rest = n*1_000+groups[rest%len(groups)], rest/len(groups)
		}
		words := money.Dong(n).Words(money.North)
		if got, err := readWords(words, "linh", "nghìn"); err != nil || got != n {
			t.Fatalf("%d is %q, which is read as %d, %v", n, words, got, err)
		}
	}
}

func BenchmarkWords(b *testing.B) {
	v := money.Dong(135_055_960_736)
	b.ReportAllocs()
	for b.Loop() {
		_ = v.Words(money.North)
	}
}
