package viet_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"sovang/ledger/viet"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		alike []string
		want  string
	}{
		{"nothing", []string{"", " ", "--", "\u0301"}, ""},
		{"tones and shapes", []string{"Nguyễn Thị Hoà", "nguyễn thị hòa", "NGUYEN THI HOA", "Nguyê\u0303n-Thi\u0323 Hoa"}, "nguyen thi hoa"},
		{"every đ", []string{"Đỗ", "đỗ", "\u00d0ỗ", "\u0189ỗ", "\u00f0ỗ", "DO", "do"}, "do"},
		{"uy with the tone on either letter", []string{"thuý", "thúy", "Thùy", "THUY"}, "thuy"},
		{"uỷ", []string{"uỷ", "ủy", "Uy"}, "uy"},
		{"quý and quí", []string{"quý", "quí", "qúy", "QUY", "qui"}, "qui"},
		{"Lý and Lí", []string{"Lý", "Lí", "ly", "li"}, "li"},
		{"Mỹ and Mĩ", []string{"Mỹ", "Mĩ", "my"}, "mi"},
		{"Huy and Hui are two", []string{"Huy", "HUY"}, "huy"},
		{"y at the beginning stays", []string{"Yên", "yến"}, "yen"},
		{"y behind a vowel stays", []string{"hay", "Háy"}, "hay"},
		{"Nguyên keeps its y", []string{"Nguyên"}, "nguyen"},
		{"signs and runs of space are one space", []string{"  H'Hen – Niê, ", "h hen niê"}, "h hen nie"},
		{"figures stay", []string{"Lớp 5A1", "lop  5a1"}, "lop 5a1"},
		{"full-width and compatibility forms", []string{"\uff2c\uff4f\uff50", "lop", "ℓop"}, "lop"},
		{"foreign letters", []string{"Müller", "MULLER"}, "muller"},
		{"a raised ð", []string{"\u1d9e", "d"}, "d"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range tt.alike {
				if got := viet.Fold(s); got != tt.want {
					t.Errorf("Fold(%+q) = %q, want %q", s, got, tt.want)
				}
			}
		})
	}
}

func checkFold(t testing.TB, s string) {
	t.Helper()
	once := viet.Fold(s)
	if twice := viet.Fold(once); twice != once {
		t.Errorf("Fold(%+q) = %+q, and again %+q", s, once, twice)
	}
	if !viet.IsNFC(viet.NFC(once)) || !utf8.ValidString(once) {
		t.Errorf("Fold(%+q) = %+q is not valid", s, once)
	}
	if strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
		t.Errorf("Fold(%+q) = %+q has spaces to spare", s, once)
	}
}

func TestFoldOfEveryCharacter(t *testing.T) {
	t.Parallel()
	for r := range rune(utf8.MaxRune + 1) {
		checkFold(t, string(r))
	}
}

func TestFoldOfABeginningIsABeginningOfTheFold(t *testing.T) {
	t.Parallel()
	names := readLines(t, "given_names.txt")
	words := rapid.OneOf(rapid.SampledFrom(names), rapid.StringMatching(`[a-zđêôơưăâA-Z0-9 .'-]{1,12}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		rs := []rune(viet.Clean(words.Draw(t, "text")))
		cut := rapid.IntRange(0, len(rs)).Draw(t, "cut")
		beginning, whole := viet.Fold(string(rs[:cut])), viet.Fold(string(rs))
		if !strings.HasPrefix(whole, beginning) {
			t.Fatalf("Fold(%+q) = %q, and of its beginning %q", string(rs), whole, beginning)
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Nguyễn Thị Hoà", "\u1d9e", "quy", "ŉ ǆ ﬁ ½", "박민준", "\xff", "\u1e9e İ ϴ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkFold(t, s)
		if initials := viet.Initials(s); !viet.IsNFC(viet.NFC(initials)) {
			t.Errorf("Initials(%+q) = %+q", s, initials)
		}
	})
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"no letter", "123 – &", ""},
		{"three words", "Nguyễn Thị Hoà", "N. T. H."},
		{"one word", "Hiếu", "H."},
		{"six words", "Công Tằng Tôn Nữ Thị Hoà", "C. T. T. N. T. H."},
		{"small letters become capitals", "đỗ văn ơn", "Đ. V. Ơ."},
		{"the mark of the first letter stays", "A\u0302u Thị E\u0302\u0301n", "Â. T. Ế."},
		{"Ð is Đ", "\u00d0ỗ An", "Đ. A."},
		{"signs before a word", "(Bé) 'An", "B. A."},
		{"an ethnic-minority name", "H'Hen Niê", "H. N."},
		{"a hyphen does not part words", "Park Min-jun", "P. M."},
		{"figures are left out", "Nguyễn Văn A 2", "N. V. A."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := viet.Initials(tt.in); got != tt.want {
				t.Errorf("Initials(%+q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		viet.Fold("Nguyễn Thị Hoà, xã An Bình")
	}
}

func BenchmarkClean(b *testing.B) {
	for b.Loop() {
		viet.Clean("Nguyễn Thị  Hoà, xã An Bình")
	}
}
