package receipts

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sovang/ledger"
	"sovang/ledger/money"
)

var (
	pageBox = regexp.MustCompile(`<page width="([\d.]+)" height="([\d.]+)">`)
	wordBox = regexp.MustCompile(`<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)</word>`)
)

// keptFree is the edge of the paper that no printer reaches, in points.
const keptFree = 4 / mmPerPt

// inside reports each word of a document that comes too near the edge of its page.
func inside(t fataler, boxes string) {
	var w, h float64
	for line := range strings.Lines(boxes) {
		if page := pageBox.FindStringSubmatch(line); page != nil {
			w, h = number(page[1]), number(page[2])
		}
		b := wordBox.FindStringSubmatch(line)
		if b == nil {
			continue
		}
		if number(b[1]) < keptFree || number(b[2]) < keptFree || number(b[3]) > w-keptFree || number(b[4]) > h-keptFree {
			t.Errorf("%q stands at %v of a page of %v × %v points", b[5], b[1:5], w, h)
		}
	}
}

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return f
}

// pagesOf counts the pages of a document as fpdf writes it.
func pagesOf(pdf []byte) int { return bytes.Count(pdf, []byte("<</Type /Page\n")) }

// utmost fills every text to the ledger's limits: names 200, addresses 300, contents and reasons 500 characters.
func utmost(word string) func(*ledger.Receipt) {
	of := func(n int) string { return string([]rune(strings.Repeat(word, n))[:n]) }
	return func(r *ledger.Receipt) {
		replacement(r)
		r.Printed.Payer, r.Printed.Address, r.Printed.Memo = of(200), of(300), of(500)
		r.Printed.Campaign, r.Printed.Purpose, r.Printed.Preparer = of(200), of(200), of(120)
		r.Printed.Attached, r.Printed.ReplaceText = of(200), of(500)
		r.Printed.BankRef, r.Printed.BankName, r.Printed.GoodsBasis = of(100), of(200), of(200)
		r.Heading.Unit, r.Heading.Parent, r.Heading.Address = of(200), of(200), of(300)
		r.Heading.Head = ledger.Signer{Title: of(120), Name: of(120)}
		r.Heading.ChiefAccountant, r.Heading.Treasurer = r.Heading.Head, r.Heading.Head
	}
}

func TestStrangeAndLongTextsStayOnThePage(t *testing.T) {
	t.Parallel()
	payer := func(name string) func(*ledger.Receipt) {
		return func(r *ledger.Receipt) { r.Printed.Payer = name }
	}
	for name, change := range map[string]func(*ledger.Receipt){
		"one letter":             payer("Ý"),
		"Ê Đê":                   payer("Y Bhăm Niê Kdăm"),
		"an apostrophe":          payer("H'Hen Niê"),
		"German":                 payer("Jürgen Müller"),
		"Korean in Latin":        payer("Park Min-jun"),
		"Korean":                 payer("박민준"),
		"monastic":               payer("Thích Nữ Diệu Minh Hoạ"),
		"signs":                  payer(`Cty TNHH A&B / C <"D"> \E (F) 100% #1`),
		"200 characters":         payer(strings.Repeat("Nguyễn Thị ", 18) + "Hà"),
		"200 without a space":    payer(strings.Repeat("Ươ", 100)),
		"200 of the widest":      payer(strings.Repeat("W", 200)),
		"a tower of marks":       payer("Z" + strings.Repeat("\u0301", 40) + "algo"),
		"right to left":          payer("\u202eNguyễn \u200fHoà\u202c"),
		"words to every limit":   utmost("Nguyễn Thị Hoà "),
		"no space to the limits": utmost("Ườ"),
		"widest to the limits":   utmost("W"),
		"500 in the memo":        func(r *ledger.Receipt) { r.Printed.Memo = strings.Repeat("ủng hộ ", 71) + "Quỹ" },
	} {
		for i, k := range kinds() {
			if i > 0 && !strings.HasSuffix(name, "limits") && !strings.HasSuffix(name, "limit") {
				continue
			}
			for what, o := range map[string]Options{"A5": {}, "A4": {Paper: A4}, "letter": {Letter: true}} {
				t.Run(name+" "+k.name+" "+what, func(t *testing.T) {
					t.Parallel()
					r := k.r
					change(&r)
					pdf := render(t, sheetCase{r: r, o: o})
					if pagesOf(pdf) != 1 {
						t.Errorf("%d pages, want 1", pagesOf(pdf))
					}
					inside(t, run(t, pdf, "pdftotext", "-bbox", "-", "-"))
				})
			}
		}
	}
}

// anyReceipt draws a receipt that the ledger could have frozen.
func anyReceipt(t *rapid.T) ledger.Receipt {
	change := rapid.SampledFrom([]func(*ledger.Receipt){full, bare, transfer, goods, unvaluedGoods, field, foreign}).Draw(t, "kind")
	then := rapid.SampledFrom([]func(*ledger.Receipt){
		func(*ledger.Receipt) {}, void, replaced, replacement, purged, manyGoods(5), manyGoods(50),
	}).Draw(t, "state")
	r := with(change, then)
	text := func(limit int, label string) string {
		return rapid.StringOfN(rapid.RuneFrom([]rune("  aăâđeêơưỹẮỘW'&\u0301\u200b박🌻\n")), 0, limit, -1).Draw(t, label)
	}
	p := &r.Printed
	p.Payer, p.Address, p.Memo, p.Purpose = text(200, "payer"), text(300, "address"), text(500, "memo"), text(200, "purpose")
	r.Number = rapid.Int64Range(1, 999_999).Draw(t, "number")
	if len(p.Goods) == 0 {
		r.Amount = money.Dong(rapid.Int64Range(1, 1_000_000_000_000_000).Draw(t, "amount"))
	}
	if n := rapid.IntRange(0, 100).Draw(t, "givers"); n > 0 && len(p.Goods) == 0 && rapid.Bool().Draw(t, "collective") {
		payer := p.Payer
		roster(n)(&r)
		p.Payer = payer
		r.Givers[n/2].Name, r.Givers[n-1].Note = text(200, "giver"), text(200, "note")
	}
	return r
}

func TestAnyReceiptPrintsTheSameTwiceOnItsPages(t *testing.T) {
	t.Parallel()
	ofPages := regexp.MustCompile(`Trang 1/(\d+)`)
	rapid.Check(t, func(rt *rapid.T) {
		r := anyReceipt(rt)
		o := Options{
			Paper:  rapid.SampledFrom([]Paper{"", A5, A4}).Draw(rt, "paper"),
			Copy:   rapid.IntRange(0, 12).Draw(rt, "copy"),
			Letter: rapid.IntRange(0, 4).Draw(rt, "letter") == 0,
			Trial:  rapid.IntRange(0, 9).Draw(rt, "trial") == 0,
		}
		var pdf, again bytes.Buffer
		if err := Write(&pdf, r, o); err != nil {
			rt.Fatalf("%v", err)
		}
		if err := Write(&again, r, o); err != nil || !bytes.Equal(pdf.Bytes(), again.Bytes()) {
			rt.Fatalf("printed again: %v, or other bytes", err)
		}
		boxes := run(t, pdf.Bytes(), "pdftotext", "-bbox", "-", "-")
		inside(rt, boxes)
		want := 1
		words := flat(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(boxes, " "))
		if m := ofPages.FindStringSubmatch(words); m != nil {
			want += int(number(m[1]))
		}
		if got := pagesOf(pdf.Bytes()); got != want {
			rt.Errorf("%d pages, and the sheets count %d", got, want)
		}
		if n := len(r.Givers); n > 0 && !o.Letter && !strings.Contains(words, " ("+strconv.Itoa(want-1)+" trang)") {
			rt.Errorf("the sheet does not say that its list has %d pages", want-1)
		}
	})
}
