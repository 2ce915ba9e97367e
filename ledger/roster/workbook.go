package roster

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"sovang/ledger/viet"
)

// workbook is an opened XLSX file: excelize unzips it within the limit and reads its parts and styles. Its cells
// are streamed here (cells.go), because excelize's row iterator leaves out the font and the kind of a cell, and
// its whole-sheet form fills every row up to its last column, 16.384 cells for a file of a few bytes.
type workbook struct {
	file    *excelize.File
	strings []sharedText
	styles  []cellStyle
}

// cellStyle is what of a style matters here.
type cellStyle struct {
	font   viet.Encoding
	struck bool
}

// openWorkbook gives the visible sheets that hold a list, and which of them to read.
func openWorkbook(body []byte, o Options) (sheets []*sheet, first int, err error) {
	defer func() { // excelize is given what strangers send
		if p := recover(); p != nil {
			err = &Error{Code: CodeBroken, err: fmt.Errorf("opening the workbook: %v", p)}
		}
	}()
	w, err := newWorkbook(body)
	if err != nil {
		return nil, 0, err
	}
	defer w.file.Close()
	first = -1
	for i, part := range w.sheetParts() {
		if o.Sheet == "" && part.hidden || o.Sheet != "" && part.name != o.Sheet && part.hidden {
			continue
		}
		whole := part.name == o.Sheet || o.Sheet == "" && first < 0
		s, err := w.readSheet(part, whole)
		if err != nil && whole && (s.header.found() || part.name == o.Sheet || asError(err).Code == CodeBroken) {
			return nil, 0, err
		}
		if !s.header.found() {
			if part.name == o.Sheet {
				return nil, 0, &Error{Code: CodeNoHeader}
			}
			continue
		}
		if whole {
			first = len(sheets)
		}
		sheets = append(sheets, s)
		if i >= maxSheets {
			break
		}
	}
	if first < 0 && o.Sheet != "" {
		return nil, 0, &Error{Code: CodeNoSheet}
	}
	if first < 0 {
		return nil, 0, &Error{Code: CodeNoHeader}
	}
	return sheets, first, nil
}

// maxSheets bounds how many sheets are looked at.
const maxSheets = 50

func newWorkbook(body []byte) (*workbook, error) {
	file, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: MaxUnzip, UnzipXMLSizeLimit: MaxUnzip,
	})
	if err != nil {
		code := CodeBroken
		if !bytes.Contains(body, []byte("xl/")) { // names stand in an archive as they are
			code = CodeNotAList
		}
		if strings.Contains(err.Error(), "unzip size exceeds") { // excelize has no value for it
			code = CodeUnzip
		}
		return nil, &Error{Code: code, err: err}
	}
	w := &workbook{file: file}
	if file.WorkBook == nil || len(file.WorkBook.Sheets.Sheet) == 0 {
		file.Close()
		return nil, &Error{Code: CodeNotAList} // a document or an archive
	}
	w.readStyles()
	if w.strings, err = readStrings(w.part("xl/sharedStrings.xml")); err != nil {
		file.Close()
		return nil, err
	}
	return w, nil
}

func (w *workbook) part(name string) []byte {
	if b, ok := w.file.Pkg.Load(name); ok {
		return b.([]byte)
	}
	return nil
}

// readStyles keeps of each cell style the encoding of its font and whether it strikes through.
func (w *workbook) readStyles() {
	st := w.file.Styles
	if st == nil || st.CellXfs == nil || st.Fonts == nil {
		return
	}
	for _, xf := range st.CellXfs.Xf {
		var s cellStyle
		if xf.FontID != nil && *xf.FontID >= 0 && *xf.FontID < len(st.Fonts.Font) {
			if f := st.Fonts.Font[*xf.FontID]; f != nil {
				s.struck = f.Strike != nil && (f.Strike.Val == nil || *f.Strike.Val)
				if f.Name != nil && f.Name.Val != nil {
					s.font = viet.EncodingOfFont(*f.Name.Val)
				}
			}
		}
		w.styles = append(w.styles, s)
	}
}

// sheetPart is a worksheet and where its XML stands.
type sheetPart struct {
	name, part string
	hidden     bool
}

func (w *workbook) sheetParts() []sheetPart {
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Type   string `xml:"Type,attr"`
		}
	}
	_ = xml.Unmarshal(w.part("xl/_rels/workbook.xml.rels"), &rels) // broken: no target is found below
	target := map[string]string{}
	for _, r := range rels.Relationship {
		if strings.HasSuffix(r.Type, "/worksheet") {
			target[r.ID] = partName(r.Target)
		}
	}
	var parts []sheetPart
	for _, s := range w.file.WorkBook.Sheets.Sheet {
		if p := target[s.ID]; p != "" {
			parts = append(parts, sheetPart{s.Name, p, s.State != "" && s.State != "visible"})
		}
	}
	return parts
}

// partName makes a target of the workbook a name in the archive.
func partName(target string) string {
	if abs, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(abs)
	}
	return path.Join("xl", target)
}

// readSheet reads a sheet, or only as much of it as may hold the header. With an error it gives what came before.
func (w *workbook) readSheet(p sheetPart, whole bool) (*sheet, error) {
	c := &cellReader{book: w, sheet: &sheet{name: p.name}, whole: whole}
	if pr := w.file.WorkBook.WorkbookPr; pr != nil {
		c.sheet.date1904 = pr.Date1904
	}
	err := eachToken(w.part(p.part), c.token)
	if errors.Is(err, errEnough) {
		err = nil
	}
	c.sheet.header = findHeader(c.sheet)
	return c.sheet, err
}

// errEnough stops a stream that was read far enough.
var errEnough = errors.New("roster: enough")

// eachToken streams the tokens of a part. RawToken: prefixes do not matter here, and it is the faster one.
func eachToken(part []byte, f func(xml.Token) error) error {
	d := xml.NewDecoder(bytes.NewReader(part))
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return &Error{Code: CodeBroken, err: err}
		}
		if err := f(t); err != nil {
			return err
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
