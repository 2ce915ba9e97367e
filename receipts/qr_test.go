package receipts

import (
	"os/exec"
	"strings"
	"testing"

	"sovang/ledger"
)

// picture is the first page of a document, as a scanner of an office sees it.
func picture(t *testing.T, pdf []byte, dpi string) string {
	t.Helper()
	path := t.TempDir() + "/page"
	run(t, pdf, "pdftoppm", "-r", dpi, "-gray", "-png", "-singlefile", "-", path)
	return path + ".png"
}

func TestPhoneReadsTheAddressFromEverySheet(t *testing.T) {
	t.Parallel()
	longAddress := func(r *ledger.Receipt) {
		r.Heading.PublicURL, r.FundCode = "https://sovang.quydenondapnghia.haiphong-tayninh.example", "HD-01-30-293"
	}
	states := map[string]func(*ledger.Receipt){
		"valid": func(*ledger.Receipt) {}, "void": void, "replaced": replaced, "with a long address": longAddress,
	}
	for kind, change := range map[string]func(*ledger.Receipt){"cash": full, "transfer": transfer, "goods": goods, "field": field} {
		for state, then := range states {
			for name, o := range map[string]Options{
				"A5": {Paper: A5}, "A4": {Paper: A4}, "A5 letter": {Letter: true}, "A4 copy": {Paper: A4, Copy: 2},
			} {
				if kind != "cash" && (state != "void" || o.Copy > 0) {
					continue // the QR is drawn by the same code; its place differs with the kind
				}
				t.Run(kind+" "+state+" "+name, func(t *testing.T) {
					t.Parallel()
					r := with(change, then)
					page := picture(t, render(t, sheetCase{r: r, o: o}), "150")
					if got := strings.TrimSpace(run(t, nil, "zbarimg", "--raw", "-q", page)); got != r.PublicURL() {
						t.Errorf("the QR says %q, want %q", got, r.PublicURL())
					}
				})
			}
		}
	}
}

func TestTestPrintHasNoQR(t *testing.T) {
	t.Parallel()
	page := picture(t, render(t, sheetCase{r: with(), o: Options{Trial: true}}), "150")
	out, err := exec.CommandContext(t.Context(), "zbarimg", "--raw", "-q", page).Output()
	const nothingFound = 4 // zbarimg's exit status
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != nothingFound {
		t.Errorf("zbarimg: %v, %q; want that it finds nothing", err, out)
	}
}
