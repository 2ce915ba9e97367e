package api

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"testing"

	"sovang/ledger"
)

// printedCodes prints sheets of every state, reads the QR from the picture of the paper, and opens what it says. A
// program that starts anew prints the same bytes.
func printedCodes(t *testing.T, p *pageSite) {
	t.Parallel()
	again := restarted(t, p)
	for what, says := range map[string]string{
		"valid": "HỢP LỆ", "transfer": "HỢP LỆ", "goods": "HỢP LỆ", "nameless": "HỢP LỆ",
		"void": "ĐÃ HUỶ", "replaced": "ĐÃ THAY THẾ",
	} {
		path := "/quy/HDT/bien-lai/" + p.sheets[what].Receipt.String() + "/in"
		pdf := p.visitor(t, "canbo").get(path)
		p.visitor(t, "").want(p.visitor(t, "").get(readQR(t, pdf.body)), 200, says)
		if other := again.get(path); other.body != pdf.body || pdf.status != 200 {
			t.Errorf("%s: status %d; after a restart %d bytes, before %d, and not the same", what, pdf.status, len(other.body), len(pdf.body))
		}
	}
}

// restarted is a second program on the same database, and somebody signed in at the first.
func restarted(t *testing.T, p *pageSite) *visitor {
	t.Helper()
	l, err := ledger.Open(t.Context(), p.AppDSN, ledger.Options{MaxConns: 2, Keys: p.LogKeys()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	handler, err := New(l, Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	site := *p
	site.http = server
	return site.visitor(t, "canbo")
}

// readQR is the path in the address that the QR on the first page says.
func readQR(t *testing.T, pdf string) string {
	t.Helper()
	png := tool(t, []byte(pdf), "pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-gray", "-png", "-singlefile", "-")
	address, err := url.Parse(string(bytes.TrimSpace(tool(t, png, "zbarimg", "--raw", "-q", "-"))))
	if err != nil {
		t.Fatal(err)
	}
	return address.Path
}

// tool runs a program of the system; a machine without it fails the test.
func tool(t *testing.T, stdin []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}
