package receipts

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden sheets anew; look at each page before committing")

// render is one sheet's document.
func render(t testing.TB, c sheetCase) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, c.r, c.o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run runs a tool on paper or pictures; a machine without it fails the test.
func run(t *testing.T, stdin []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out.String(), errs.String())
	}
	return out.String()
}

// textOf is what pdftotext reads from a document.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	return run(t, pdf, "pdftotext", "-layout", "-", "-")
}

// flat is text without its line breaks and columns.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestSheetsAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := render(t, c)
			text := textOf(t, got)
			path := filepath.Join("testdata", c.name)
			if *update {
				write(t, path+".pdf", got)
				write(t, path+".txt", []byte(text))
			}
			if err := golden(path, got, text); err != nil {
				t.Error(err)
			}
		})
	}
}

// golden compares a document, and what is read from it, with the two files at path. A file that is not there
// is a failure like any other.
func golden(path string, pdf []byte, text string) error {
	want, err := os.ReadFile(path + ".pdf")
	if err != nil {
		return fmt.Errorf("no golden sheet: %w; make it with -update and look at it", err)
	}
	wantText, err := os.ReadFile(path + ".txt")
	if err != nil {
		return err
	}
	if flat(text) != flat(string(wantText)) {
		return fmt.Errorf("%s.txt: pdftotext reads\n%s", path, text)
	}
	if !bytes.Equal(pdf, want) {
		return fmt.Errorf("%s.pdf: %d bytes, and not the golden %d", path, len(pdf), len(want))
	}
	return nil
}

func TestGoldenFailsWhenItsFileIsMissing(t *testing.T) {
	t.Parallel()
	pdf, err := os.ReadFile("testdata/cash-a5.pdf")
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, pdf)
	lone := filepath.Join(t.TempDir(), "lone")
	if err := golden(lone, pdf, text); err == nil {
		t.Error("no file at all passes as golden")
	}
	write(t, lone+".pdf", pdf)
	if err := golden(lone, pdf, text); err == nil {
		t.Error("a sheet without its text passes as golden")
	}
	write(t, lone+".txt", []byte(text))
	if err := golden(lone, pdf, text); err != nil {
		t.Error(err)
	}
	if err := golden(lone, pdf[1:], text); err == nil {
		t.Error("another sheet passes as golden")
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTestdataHasNoOrphan(t *testing.T) {
	t.Parallel()
	known := []string{filepath.Base(readmePicture)}
	for _, c := range cases() {
		known = append(known, c.name+".pdf", c.name+".txt")
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.Contains(known, f.Name()) {
			t.Errorf("testdata/%s belongs to no case", f.Name())
		}
	}
}

// readmePicture is the receipt in the README.
const readmePicture = "testdata/readme-receipt.png"

func TestReadmeShowsAGoldenReceipt(t *testing.T) {
	t.Parallel()
	if *update {
		pdf := render(t, cases()[0])
		run(t, pdf, "pdftoppm", "-r", "110", "-gray", "-png", "-singlefile", "-", strings.TrimSuffix(readmePicture, ".png"))
	}
	info, err := os.Stat(readmePicture)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() == 0 || info.Size() > 150<<10 {
		t.Errorf("%s has %d bytes, want at most 150 kB", readmePicture, info.Size())
	}
	want := cases()[0].r.PublicURL()
	if got := strings.TrimSpace(run(t, nil, "zbarimg", "--raw", "-q", readmePicture)); got != want {
		t.Errorf("the QR in %s says %q, want %q", readmePicture, got, want)
	}
}
