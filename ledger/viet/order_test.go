package viet_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sovang/ledger/viet"
)

// order.txt and given_names.txt were put in order by PostgreSQL 15 (COLLATE "vi-x-icu", ties by "C"; names by tên,
// họ and đệm).
func TestOrderIsThatOfPostgreSQL(t *testing.T) {
	t.Parallel()
	lines := readLines(t, "order.txt")
	for i, b := range lines[1:] {
		if a := lines[i]; !viet.Less(a, b) || viet.Less(b, a) || viet.Compare(b, a) != 1 {
			t.Errorf("%q does not come before %q", a, b)
		}
	}
}

func TestNamesAreReadByGivenName(t *testing.T) {
	t.Parallel()
	lines := readLines(t, "given_names.txt")
	for i, b := range lines[1:] {
		if a := lines[i]; viet.GivenNameKey(a) >= viet.GivenNameKey(b) {
			t.Errorf("the key of %q is not below that of %q", a, b)
		}
	}
}

func TestGivenNameKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		order []string
	}{
		{"tên decides before họ", []string{"Vũ An", "Bùi Bình"}},
		{"the alphabet of tên: d before đ, o ô ơ, u ư", []string{"A Do", "A Dô", "A Dơ", "A Du", "A Dư", "A Đo"}},
		{"tones: ngang huyền hỏi ngã sắc nặng", []string{"Lê Hoa", "Lê Hòa", "Lê Hỏa", "Lê Hõa", "Lê Hóa", "Lê Họa"}},
		{"a tone in tên decides before họ", []string{"Vũ Hoa", "Bùi Hòa"}},
		{"a shorter tên first, whatever họ is", []string{"Vũ An", "Bùi Anh"}},
		{"no họ before any họ", []string{"An", "Bùi An"}},
		{"no đệm before any đệm", []string{"Bùi An", "Bùi Thị An"}},
		{"họ decides before đệm", []string{"Bùi Văn An", "Vũ Bá An"}},
		{"Đặng behind Dương", []string{"Dương An", "Đặng An"}},
		{"nothing before everything", []string{"", "A"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sorted := slices.SortedFunc(slices.Values(tt.order), func(a, b string) int {
				return strings.Compare(viet.GivenNameKey(a), viet.GivenNameKey(b))
			})
			reversed := slices.Clone(tt.order)
			slices.Reverse(reversed)
			slices.SortFunc(reversed, func(a, b string) int {
				return strings.Compare(viet.GivenNameKey(a), viet.GivenNameKey(b))
			})
			if !slices.Equal(sorted, tt.order) || !slices.Equal(reversed, tt.order) {
				t.Errorf("order is %q, want %q", sorted, tt.order)
			}
		})
	}
}

func TestGivenNameKeyKnowsOneNameInEveryForm(t *testing.T) {
	t.Parallel()
	want := viet.GivenNameKey("Nguyễn Thị Hoà")
	for _, s := range []string{" Nguyễn  Thị Hoà ", "Nguyê\u0303n Thi\u0323 Hoa\u0300", "Nguyễn\u00a0Thị Hoà\u200b"} {
		if viet.GivenNameKey(s) != want {
			t.Errorf("GivenNameKey(%+q) differs", s)
		}
	}
}

// Names in any order of words and letters: the key orders as comparing tên, họ, đệm one by one does.
func TestKeysOrderAsTheirPartsDo(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.StringMatching(`[aăâdđeêoôơuưAĐ]{1,3}[nmghtc'.-]?`), rapid.StringMatching(`[a-zàáảãạăằâấđèéẻẽẹêềíìỉĩịòóỏõọôốơờúùủũụưừýỳỷỹỵ0-9]{1,4}`))
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) [3]string { // tên, họ, đệm
			return [3]string{word.Draw(t, label+" tên"), word.Draw(t, label+" họ"), word.Draw(t, label+" đệm")}
		}
		a, b := draw("a"), draw("b")
		if rapid.Bool().Draw(t, "one tên") {
			b[0] = a[0]
		}
		key := func(p [3]string) string { return viet.GivenNameKey(p[1] + " " + p[2] + " " + p[0]) }
		got := strings.Compare(key(a), key(b))
		if want := comparePartByPart(a, b); got != want {
			t.Fatalf("%q and %q: keys say %d, parts say %d", a, b, got, want)
		}
	})
}

// comparePartByPart uses Compare, which PostgreSQL's order vouches for. Parts that only bytes tell apart are equal to
// the key.
func comparePartByPart(a, b [3]string) int {
	for i := range a {
		x, y := viet.Clean(a[i]), viet.Clean(b[i])
		if viet.GivenNameKey(x) == viet.GivenNameKey(y) {
			continue
		}
		if c := viet.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}

func TestComparingIsSafeForManyAtOnce(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("one of eight", func(t *testing.T) {
			t.Parallel()
			for range 200 {
				if !viet.Less("Dương", "Đặng") || viet.GivenNameKey("Vũ An") >= viet.GivenNameKey("Bùi Bình") {
					t.Fatal("another order when others compare too")
				}
			}
		})
	}
}

func BenchmarkGivenNameKey(b *testing.B) {
	for b.Loop() {
		viet.GivenNameKey("Nguyễn Thị Hoà")
	}
}
