package api

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sovang/ledger"
	"sovang/ledger/money"
)

func TestARosterIsReadLineByLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		givers     int
		sum        int64
		wrong      string
	}{
		{"nothing", "", 0, 0, ""},
		{"one line from a spreadsheet", "Ngô Thị Thảo\t300.000\tTổ Văn", 1, 300_000, ""},
		{"running numbers, empty lines and Windows line ends", "1\tNgô Thị Thảo\t300k\r\n\r\n2\tLại Văn Kiên\t1tr5\r\n", 2, 1_800_000, ""},
		{"semicolons", "Ngô Thị Thảo; 50.000\nLại Văn Kiên; 100.000; thôn Đoài", 2, 150_000, ""},
		{"a name without an amount", "Ngô Thị Thảo", 0, 0, "Dòng 1"},
		{"an amount that reads in two ways", "Ngô Thị Thảo\t300k\nLại Văn Kiên\t1.500", 0, 0, "Dòng 2"},
		{"nothing given", "Ngô Thị Thảo\t0", 0, 0, "lớn hơn 0"},
		{"the longest list", strings.Repeat("A;1000đ\n", maxRosterLines), maxRosterLines, 1000 * maxRosterLines, ""},
		{"one line too many", strings.Repeat("A;1000đ\n", maxRosterLines+1), 0, 0, "10.000 dòng"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			givers, wrong := parseRoster(tt.text)
			if len(givers) != tt.givers || !strings.Contains(wrong, tt.wrong) || (wrong == "") != (tt.wrong == "") {
				t.Fatalf("%d givers, %q; want %d, %q", len(givers), wrong, tt.givers, tt.wrong)
			}
			if got := rosterDifference(givers, money.Dong(tt.sum)); got != "" {
				t.Error(got)
			}
		})
	}
}

func TestARosterThatDoesNotAddUpSaysByHowMuch(t *testing.T) {
	t.Parallel()
	givers := []ledger.Giver{{Name: "A", Amount: money.Dong(300_000)}}
	for payment, want := range map[int64]string{299_999: "thừa 1 đ", 300_000: "", 300_001: "thiếu 1 đ"} {
		if got := rosterDifference(givers, money.Dong(payment)); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("paid %d: %q, want %q", payment, got, want)
		}
	}
}

func FuzzParseRoster(f *testing.F) {
	for _, seed := range []string{"", "A\t1k", "1\tA\t1k\tB", "A;;", "\t\t", "A\t-5", "1.\tA", "\xff\t1k"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		givers, wrong := parseRoster(text)
		if wrong != "" && givers != nil {
			t.Error("refused, and yet some of it was taken")
		}
		for _, g := range givers {
			if g.Name == "" || g.Amount.Sign() <= 0 {
				t.Errorf("took %+v", g)
			}
		}
	})
}

func TestAQuantityIsReadInOneWayOnly(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ typed, want string }{
		{"20", "20"}, {" 12,5 ", "12.5"}, {"0,25", "0.25"}, {"12.5", "12.5"}, {"999999999", "999999999"},
		{"", ""}, {"0", ""}, {"-1", ""}, {"1.500", ""}, {"1,500", ""}, {"1.000.000", ""}, {"1e3", ""}, {"5,", ""}, {",5", ""}, {"1000000000", ""},
	} {
		t.Run(tt.typed, func(t *testing.T) {
			t.Parallel()
			d, wrong := parseQuantity(tt.typed)
			if (wrong == "") != (tt.want != "") || (wrong == "" && d.Text('f') != tt.want) {
				t.Errorf("%q, %q; want %q", d.Text('f'), wrong, tt.want)
			}
		})
	}
}

func FuzzParseQuantity(f *testing.F) {
	for _, seed := range []string{"", "1", "1,5", "1.500", "1e9", "NaN", "１２"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, wrong := parseQuantity(text); wrong == "" && (d.Sign() <= 0 || d.Exponent > 0 || d.Exponent < -2) {
			t.Errorf("%q is read as %s", text, d.String())
		}
	})
}

func TestASheetIsFoundByItsNumberAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"PT 12": "PT-2026-12", "pt12": "PT-2026-12", "PT-12/2024": "PT-2024-12", "xn 3.2025": "XN-2025-3", "PT-2024-12": "PT-2024-12",
		" NK 1 / 2026": "NK-2026-1", "AB 1": "", "PT": "", "PT 1234567890123": "", "Nguyễn Thị Hoà": "", "PT 1/20266": "",
	} {
		ref, ok := sheetTyped(typed, 2026)
		if ok != (want != "") || (ok && ref.String() != want) {
			t.Errorf("%q is %s (%v), want %q", typed, ref, ok, want)
		}
	}
}

func TestTheWayBackAfterSigningInStaysHere(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/quy/HD/thu?ten=a": "/quy/HD/thu?ten=a", "": "/", "https://xa.example/": "/", "//xa.example": "/", `/\xa.example`: "/",
		"javascript:alert(1)": "/", "quy/HD": "/",
	} {
		if got := ourPath(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

func TestBarsStayInsideTheDrawing(t *testing.T) {
	t.Parallel()
	last := ledger.Date{Year: 2026, Month: 7, Day: 27}
	rapid.Check(t, func(t *rapid.T) {
		var days []ledger.DayTotal
		for i := range deskDays {
			sum := rapid.Int64Range(-1_000_000, money.MaxVND)
			days = append(days, ledger.DayTotal{On: last.AddDays(i + 1 - deskDays), In: money.Dong(sum.Draw(t, "in") / 100),
				Out: money.Dong(sum.Draw(t, "out") / 100)})
		}
		b := newBars(last, deskDays, days)
		for _, d := range []drawing{b.Wide, b.Slim} {
			for _, bar := range d.Bars {
				if strings.HasPrefix(bar.Y, "-") || strings.HasPrefix(bar.H, "-") || len(bar.Y) > 5 || len(bar.H) > 5 {
					t.Fatalf("a bar at %s, %s high", bar.Y, bar.H)
				}
			}
		}
	})
	for top, want := range map[int64]int64{0: 100_000, 100_000: 100_000, 100_001: 200_000, 5_000_000: 10_000_000, 4_000_001: 10_000_000} {
		if got := roundUp(top); got != want {
			t.Errorf("the axis for %d ends at %d, want %d", top, got, want)
		}
	}
}
