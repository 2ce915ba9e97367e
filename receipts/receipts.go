// Package receipts turns a frozen fact, a ledger.Receipt, into the same PDF bytes every time: today, after a
// restart, in another time zone, and in every release that keeps the receipt's template.
//
// # What decides the bytes
//
// The receipt (with its state: a void sheet prints "ĐÃ HUỶ"), the template version frozen in its heading, and
// the Options, with the stored proof. Nothing else: no clock, no locale, no map order. Both dates of the document are the moment the
// entry was written. The fonts and the compression come with the program, so that the toolchain line of
// go.mod and the version of the font module belong to what is frozen; golden files under testdata hold them.
//
// # Templates
//
// A template is a version of all printed forms. Template 1 is everything that template1 reaches. A change of
// look is a template 2: new functions and new texts beside the old ones, which stay as they are, because a
// sheet printed again years later must equal the first print.
//
// # Which sheet
//
// Series PT prints a Phiếu thu in the look of C40-BB, BL a Biên lai thu tiền in the look of C45-BB, XN a Giấy
// xác nhận ủng hộ (the bank's advice is the voucher), NK a Phiếu nhập kho that is also the giver's receipt. A
// collective donation brings its roster as an annex over as many pages as it needs. Options.Letter prints the
// thank-you letter instead, which says that it is no voucher.
//
// # Proof
//
// A sheet carries files (Proof) with which Prove checks it without our database and without any server: proofs that
// its entries stand in the fund's log, and the salts that open the log's commitments to the texts printed on it. Who
// holds the sheet sees these texts anyhow; the salts open nothing else, and once the names are erased none are given
// out. What is proved is what the log holds, and Prove names it. The ink is not hashed: a person compares it with
// that. Sources: domain.md 4.3 and 4.4, D14, D15, D18,
// D19. All printed Vietnamese stands in text.go.
package receipts

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/go-pdf/fpdf"

	"sovang/ledger"
)

// Paper is a size of paper.
type Paper string

// The papers: A5 across, as receipts are cut in offices; A4 upright.
const (
	A5 Paper = "A5"
	A4 Paper = "A4"
)

// Options say how a receipt is printed. The zero Options print the original on A5.
type Options struct {
	Paper  Paper // "" is A5; a sheet with more text than A5 holds at the smallest type comes on A4
	Copy   int   // 0 the original, n ≥ 1 prints "BẢN SAO lần n"
	Letter bool  // the thank-you letter instead of the sheet
	Trial  bool  // a test print: "THỬ", without number, code and QR
	Proof  Proof // attached as files to the sheet that Write prints; letters and test prints have none
}

// MaxSheets is how many receipts WriteAll puts into one document: a document is built in memory, about 20 kB
// a sheet.
const MaxSheets = 10_000

// ErrNothing is returned by WriteAll when there is no receipt to print: a PDF without pages does not exist.
var ErrNothing = errors.New("receipts: no sheet to print")

// ErrTooMany is returned by WriteAll for more than MaxSheets receipts.
var ErrTooMany = fmt.Errorf("receipts: more than %d sheets in one document", MaxSheets)

// templates are all versions of the printed forms that were ever in use.
var templates = map[int]func(*document, ledger.Receipt, Options) error{
	1: template1,
}

// Write writes one receipt, with its annex if it has one, as a PDF document.
//
// It fails on an unknown template, series or paper, on a negative copy number, when the lines of a roster or
// of goods do not add up to the amount, and when texts far beyond the ledger's limits fill more than a page;
// then nothing was written to w. Errors hold no personal data.
func Write(w io.Writer, r ledger.Receipt, o Options) error {
	d := newDocument()
	if err := d.add(r, o); err != nil {
		return err
	}
	title := nameOf(r, o.Trial)
	switch {
	case o.Letter:
		title = titleOfLetter(title)
	case !o.Trial:
		d.attach(o.Proof)
	}
	return d.writeTo(w, title)
}

// WriteAll writes many receipts, each beginning on a page of its own, as one PDF document that embeds the
// fonts once. It takes one receipt at a time from seq, stops at the first error that seq yields, and writes to
// w only when all have been drawn. Errors: as Write, ErrNothing, ErrTooMany, and those of seq.
func WriteAll(w io.Writer, seq iter.Seq2[ledger.Receipt, error], o Options) error {
	return writeAll(w, seq, o, MaxSheets)
}

// writeAll is WriteAll with a limit of its own.
func writeAll(w io.Writer, seq iter.Seq2[ledger.Receipt, error], o Options, limit int) error {
	d, sheets := newDocument(), 0
	for r, err := range seq {
		if err != nil {
			return err
		}
		if sheets++; sheets > limit {
			return ErrTooMany
		}
		if err := d.add(r, o); err != nil {
			return err
		}
	}
	if sheets == 0 {
		return ErrNothing
	}
	return d.writeTo(w, titleOfAll(sheets))
}

// document is a PDF in the making.
type document struct {
	canvas
	latest time.Time // when the newest of the entries in it was written
}

// newDocument opens an empty document with our fonts in it.
func newDocument() *document {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true) // else fpdf writes its objects in the order of a map
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetLang("vi")
	pdf.SetProducer(brand, true)
	for _, s := range []style{regular, bold, italic} {
		pdf.AddUTF8FontFromBytes(family, string(s), faces()[s].ttf)
	}
	return &document{canvas: canvas{pdf: pdf}}
}

// add draws one receipt by the template it was issued with.
func (d *document) add(r ledger.Receipt, o Options) error {
	draw, ok := templates[r.Heading.Template]
	switch {
	case !ok:
		return fmt.Errorf("receipts: fund %d has no template %d", r.FundID, r.Heading.Template)
	case o.Copy < 0:
		return fmt.Errorf("receipts: copy %d", o.Copy)
	}
	if r.RecordedAt.After(d.latest) {
		d.latest = r.RecordedAt
	}
	if err := draw(d, r, o); err != nil {
		return fmt.Errorf("receipts: fund %d, %s %d/%d: %w", r.FundID, r.Series, r.Number, r.Year, err)
	}
	return d.pdf.Error()
}

// page begins a new page.
func (d *document) page(m metrics) {
	d.pdf.AddPageFormat("P", fpdf.SizeType{Wd: m.w, Ht: m.h})
	d.pen = pen{} // a page forgets the font of the page before
}

// writeTo closes the document. fpdf would take the clock for a zero time, so a receipt without a moment of
// writing is dated to the first second of 1970.
func (d *document) writeTo(w io.Writer, title string) error {
	if d.latest.IsZero() {
		d.latest = time.Unix(0, 0)
	}
	d.pdf.SetTitle(title, true)
	d.pdf.SetCreationDate(d.latest.In(ledger.Zone))
	d.pdf.SetModificationDate(d.latest.In(ledger.Zone))
	return d.pdf.Output(w)
}
