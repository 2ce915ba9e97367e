package viet_test

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"sovang/ledger/viet"
)

// readLines reads a file of testdata; lines that begin with # are left out.
func readLines(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var lines []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if line := sc.Text(); !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return lines
}

func TestNFC(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"ASCII stays", "Nguyen Van A\n\t", "Nguyen Van A\n\t"},
		{"NFC stays", "Nguyễn Thị Hoà", "Nguyễn Thị Hoà"},
		{"NFD is joined", "Nguye\u0302\u0303n Thi\u0323 Hoa\u0300", "Nguyễn Thị Hoà"},
		{"Windows-1258: a letter with its shape, and the tone behind it", "Nguyê\u0303n Thi\u0323 Hoa\u0300", "Nguyễn Thị Hoà"},
		{"Windows-1258 with ơ, ư and ă", "Tr\u01b0\u01a1\u0300ng Đă\u0301c", "Trường Đắc"},
		{"the tone before the circumflex", "Nguye\u0303\u0302n", "Nguyễn"},
		{"a toned letter and the circumflex behind it", "Nguy\u1ebd\u0302n", "Nguyễn"},
		{"nặng before the circumflex", "Vie\u0323\u0302t", "Việt"},
		{"nặng behind ê", "Viê\u0323t", "Việt"},
		{"the horn behind the tone", "o\u0301\u031b", "ớ"},
		{"the breve behind the tone", "a\u0301\u0306", "ắ"},
		{"the old tone marks of Vietnamese", "a\u0340a\u0341", "àá"},
		{"a mark that is there twice", "Hoa\u0300\u0300", "Hoà"},
		{"a circumflex on both sides of the tone", "e\u0302\u0301\u0302", "ế"},
		{"two tones are nobody's to choose from", "a\u0300\u0301", "à\u0301"},
		{"Ð (U+00D0) is Đ", "\u00d0ỗ", "Đỗ"},
		{"Ɖ (U+0189) is Đ", "\u0189ỗ", "Đỗ"},
		{"ð and ɖ are đ", "\u00f0\u0256", "đđ"},
		{"no-break spaces", "a\u00a0b\u202fc\u2007d\u3000e", "a b c d e"},
		{"zero-width characters", "a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg", "abcdefg"},
		{"bidirectional marks", "\u200ea\u200fb\u202ec\u2066d\u2069", "abcd"},
		{"control characters", "a\x00b\x07c\x7fd\u0081e", "abcde"},
		{"ends of lines", "a\r\nb\rc\u2028d\u0085e", "a\nb\nc\nd\ne"},
		{"full-width ASCII", "\uff21\uff11\uff5e", "A1~"},
		{"variation selectors", "☎\ufe0f", "☎"},
		{"letters that are drawn as nothing", "a\u3164b\u2800c", "a b c"},
		{"an emoji and an en dash stay", "Hoà 🌸 –", "Hoà 🌸 –"},
		{"bytes that are no UTF-8", "Ho\xe0", "Ho\ufffd"},
		{"eight marks on one letter, and one past it", "q" + strings.Repeat("\u0300\u0301", 4) + "\u0300",
			"q" + strings.Repeat("\u0300\u0301", 4)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := viet.NFC(tt.in)
			if got != tt.want {
				t.Errorf("NFC(%+q) = %+q, want %+q", tt.in, got, tt.want)
			}
			if !viet.IsNFC(got) {
				t.Errorf("NFC(%+q) = %+q, which IsNFC refuses", tt.in, got)
			}
		})
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"white space alone", " \t\u00a0\n\u200b", ""},
		{"spaces at the ends and in runs", "  Nguyễn \u00a0 Thị\tHoà\n", "Nguyễn Thị Hoà"},
		{"a title", "Đ/c  Nguyễn Văn A", "Đ/c Nguyễn Văn A"},
		{"an ethnic-minority name", "H'Hen  Niê", "H'Hen Niê"},
		{"an en dash stays", "Nguyễn Văn A –", "Nguyễn Văn A –"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := viet.Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%+q) = %+q, want %+q", tt.in, got, tt.want)
			}
		})
	}
}

func TestIsNFC(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"": true, "Hoà": true, "Hoa\u0300": false, "Nguyê\u0303n": false, "\xff": false, "Đ": true,
	} {
		if got := viet.IsNFC(in); got != want {
			t.Errorf("IsNFC(%+q) = %v", in, got)
		}
	}
}

// Every way of cutting the marks of a name off its letters leads back to the name.
func TestNFCJoinsEveryMixture(t *testing.T) {
	t.Parallel()
	names := readLines(t, "given_names.txt")
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "name")
		var b strings.Builder
		for _, r := range name {
			switch rapid.IntRange(0, 2).Draw(t, "form") {
			case 0:
				b.WriteRune(r)
			case 1:
				b.WriteString(norm.NFD.String(string(r)))
			default:
				b.WriteString(shuffled(t, r))
			}
		}
		if got := viet.NFC(b.String()); got != name {
			t.Fatalf("NFC(%+q) = %q, want %q", b.String(), got, name)
		}
	})
}

// shuffled is r with its marks in any order.
func shuffled(t *rapid.T, r rune) string {
	rs := []rune(norm.NFD.String(string(r)))
	return string(rs[0]) + string(rapid.Permutation(rs[1:]).Draw(t, "marks"))
}

func checkNFC(t testing.TB, s string) {
	t.Helper()
	once := viet.NFC(s)
	if !viet.IsNFC(once) {
		t.Errorf("NFC(%+q) = %+q is not NFC", s, once)
	}
	if twice := viet.NFC(once); twice != once {
		t.Errorf("NFC(%+q) = %+q, and again %+q", s, once, twice)
	}
	clean := viet.Clean(s)
	if !viet.IsNFC(clean) || viet.Clean(clean) != clean || strings.TrimSpace(clean) != clean {
		t.Errorf("Clean(%+q) = %+q", s, clean)
	}
}

func TestNFCOfEveryCharacter(t *testing.T) {
	t.Parallel()
	for r := range rune(utf8.MaxRune + 1) {
		checkNFC(t, string(r))
	}
}

func FuzzNFC(f *testing.F) {
	for _, s := range []string{"", "Nguyê\u0303n", "e\u0302\u0301\u0302", "\xe0", "\r\r\n", strings.Repeat("\u0301", 40), "가\u11a8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkNFC(t, s) })
}
