package receipts

import (
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"
	"golang.org/x/text/unicode/norm"

	"sovang/ledger"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"only what prints as nothing", " \t\u200b🌻\u2028 ", ""},
		{"composed Vietnamese", "Nguyễn Thị Hoà", "Nguyễn Thị Hoà"},
		{"decomposed Vietnamese", norm.NFD.String("Nguyễn Thị Hoà Ườn"), "Nguyễn Thị Hoà Ườn"},
		{"half decomposed, as Windows-1258 gives it", "Nguyê\u0303n Hơ\u0300", "Nguyễn Hờ"},
		{"a mark behind something invisible", "e\u200b\u0301", "é"},
		{"white space of all kinds", "\r\n a\t\u00a0 b\u3000c ", "a \u00a0 b c"},
		{"a family in emoji", "Hoà 👨‍👩‍👧!", "Hoà !"},
		{"a script without glyphs", "박 Min", "□ Min"},
		{"broken UTF-8", "a\xffb", "a□b"},
		{"ethnic-minority names", "H'Hen Niê, Y Bhăm Niê Kdăm, Müller", "H'Hen Niê, Y Bhăm Niê Kdăm, Müller"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := printable(tt.in); got != tt.want {
				t.Errorf("printable(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"", "Nguyễn", "e\u200b\u0301", "a \u0301", "\xff\xfe", "한글 ﬁ 𝔄", "q\u0303\u0323"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := printable(s)
		if !norm.NFC.IsNormalString(got) {
			t.Errorf("printable(%q) = %q is not NFC", s, got)
		}
		if again := printable(got); again != got {
			t.Errorf("printable(%q) = %q, and of that %q", s, got, again)
		}
		if n := utf8.RuneCountInString(got); n > maxText+1 {
			t.Errorf("printable gives %d characters", n)
		}
		for _, r := range got {
			if !within(repertoire, r) {
				t.Errorf("printable(%q) holds %q", s, r)
			}
		}
	})
}

func TestEveryCharacterHasAGlyphInEveryFace(t *testing.T) {
	t.Parallel()
	for s, f := range faces() {
		for _, span := range repertoire {
			for r := span[0]; r <= span[1]; r++ {
				if f.widths[r] == 0 && !unicode.In(r, unicode.Mn, unicode.Me) { // marks stand on the letter before
					t.Errorf("face %q draws nothing for %U %q", s, r, r)
				}
			}
		}
	}
}

func TestEveryWordOfOurOwnIsPrintable(t *testing.T) {
	t.Parallel()
	for _, c := range cases() {
		for _, s := range append(letterText(c.r, false), nameOf(c.r, true), annexed(c.r, false), confirms(c.r.Heading), replacing(c.r)) {
			if s != norm.NFC.String(s) {
				t.Errorf("%q is not NFC", s)
			}
		}
	}
}

func TestDatesOnForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		day  ledger.Date
		want string
	}{
		{ledger.Date{}, "ngày …… tháng …… năm ………"},
		{ledger.Date{Year: 2026, Month: time.January, Day: 1}, "ngày 01 tháng 01 năm 2026"},
		{ledger.Date{Year: 2026, Month: time.February, Day: 9}, "ngày 09 tháng 02 năm 2026"},
		{ledger.Date{Year: 2026, Month: time.March, Day: 10}, "ngày 10 tháng 3 năm 2026"},
		{ledger.Date{Year: 2026, Month: time.December, Day: 31}, "ngày 31 tháng 12 năm 2026"},
	} {
		if got := dayOf(tt.day); got != tt.want {
			t.Errorf("dayOf = %q, want %q", got, tt.want)
		}
	}
}

func TestQuantities(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "1": "1", "4.50": "4,5", "999": "999", "1000": "1.000", "1234567.125": "1.234.567,125", "-1250.0": "-1.250",
		"1E+3": "1.000", "0.001": "0,001",
	} {
		d, _, err := apd.NewFromString(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := quantityOf(*d); got != want {
			t.Errorf("quantityOf(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestBooksHoldFiftyLeaves(t *testing.T) {
	t.Parallel()
	for number, want := range map[int64]string{
		1: "PT 1, quyển 1/2026", 50: "PT 50, quyển 1/2026", 51: "PT 51, quyển 2/2026", 100: "PT 100, quyển 2/2026", 101: "PT 101, quyển 3/2026",
	} {
		if got := numberOf(ledger.SeriesCash, 2026, number); got != want {
			t.Errorf("numberOf(%d) = %q, want %q", number, got, want)
		}
	}
}

func TestPagesBreakBeforeTheSignaturesStandAlone(t *testing.T) {
	t.Parallel()
	rows := func(n int) []float64 {
		h := make([]float64, n)
		for i := range h {
			h[i] = 1
		}
		return h
	}
	for _, tt := range []struct {
		name       string
		rows       int
		from       int
		room, last float64
		want       int
	}{
		{"one row", 1, 0, 10, 6, 1},
		{"all fit with the signatures", 6, 0, 10, 6, 6},
		{"all fit but for the signatures", 7, 0, 10, 6, 5},
		{"exactly a page", 10, 0, 10, 6, 8},
		{"one more than a page", 11, 0, 10, 6, 9},
		{"two more than a page", 12, 0, 10, 6, 10},
		{"many pages", 100, 0, 10, 6, 10},
		{"the last page", 100, 94, 10, 6, 100},
		{"a row higher than the page", 3, 0, 0.5, 0.2, 1},
	} {
		if got := breakAt(rows(tt.rows), tt.from, tt.room, tt.last); got != tt.want {
			t.Errorf("%s: breakAt = %d, want %d", tt.name, got, tt.want)
		}
	}
}
