// Package roster reads a spreadsheet of people who gave, as it comes from a village, a school or a company: the
// bytes of a CSV or XLSX file become rows, each with what is wrong in it. It knows no database and books nothing.
//
// Read guesses as little as it can. What the file settles is read; what two people would read in two ways is
// asked once per file (a Question, answered through Options); what is wrong is refused with its row, its column
// and the reason. All problems are collected, not only the first. Lines that are no givers (totals, the
// letterhead, signatures) are left out, and every line left out that holds text below the header is named.
//
// Not read: lists side by side, goods without a value, comments, colours, photographs of lists.
package roster

import (
	"cmp"
	"io"
	"slices"

	"sovang/ledger/money"
	"sovang/ledger/viet"
)

// The limits of one file. Beyond them Read answers with a *Error.
const (
	MaxFile    = 20 << 20 // bytes of the file
	MaxUnzip   = 96 << 20 // bytes of a workbook when unzipped: 50.000 rows of 20 cells take about 40 MB
	MaxRows    = 50_000   // rows that hold anything
	MaxColumns = 60       // a bank's export has been seen to spread its columns to 59 (domain.md Q35)
	MaxCell    = 1000     // characters of a cell that is read; a longer one is a problem of its row
	MaxHeader  = 120      // rows in which the header is looked for
)

// Reading is the answer to the question whether the text of an old list is to be turned into Unicode.
type Reading int

// The answers about old encodings.
const (
	ReadingAsk Reading = iota // read as written, and ask
	Convert                   // turn into Unicode
	Keep                      // read as written; the person has seen both readings
)

// Options answer the questions of a file. The zero Options answer none.
type Options struct {
	// Sheet is the name of the sheet to read; empty is the first visible one that holds a list.
	Sheet string
	// Group is '.' or ',': the sign of thousands in this file. 0: not answered.
	Group byte
	// Year completes days without one (27-7). 0: not answered.
	Year int
	// Legacy says what to do with TCVN3, VNI and UTF-8 that was read as Windows-1252.
	Legacy Reading
	// TrustRows says that the typed total is known to disagree, and that the rows count.
	TrustRows bool
}

// Use is what a column holds.
type Use string

// What columns hold.
const (
	UseNumber  Use = "number" // STT
	UseName    Use = "name"
	UseUnit    Use = "unit" // the giver's unit, beside a name; becomes the address where there is none
	UseAddress Use = "address"
	UsePhone   Use = "phone"
	UseAmount  Use = "amount"
	UseDate    Use = "date"
	UseMemo    Use = "memo"
	UseNote    Use = "note"
	UseMethod  Use = "method"
)

// Column is a column that was recognised.
type Column struct {
	Letter string // A, B, …
	Header string // as it stands in the file, in Unicode
	Use    Use
}

// Row is one giver.
type Row struct {
	Line    int // row of the sheet, or line of the text file, from 1
	Name    string
	Address string
	Phone   string
	Memo    string // Nội dung
	Note    string // Ghi chú
	Amount  money.VND
	GivenOn string // 2026-07-27, or "" where the file gives no day
	Method  string // hint from the list: cash, transfer, goods or ""
	Kind    string // hint from the name: person, organisation, household, group; "" without a name

	Problems []Problem
}

// Good says that nothing is refused in the row and nothing open.
func (r Row) Good() bool { return !slices.ContainsFunc(r.Problems, Problem.blocks) }

// List is what a file holds.
type List struct {
	Sheet     string   // the sheet that was read; "" of a text file
	Sheets    []string // the visible sheets that hold a list
	HeaderRow int      // the last row of the header, from 1
	Columns   []Column
	Rows      []Row      // in the order of the file, good and bad
	Total     money.VND  // the sum of the good rows
	Stated    *money.VND // the typed total, if there is one

	// Legacy is the encoding in which the file was found to be written; Unicode when nothing is to be asked.
	// LegacyText and LegacyRead are one text of the file as written and as Convert reads it, to show both.
	Legacy                 viet.Encoding
	LegacyText, LegacyRead string

	// Problems are those of the file as a whole; the rows have their own.
	Problems []Problem
}

// Bookable says that every row is good and no question is open: the list may be booked as a whole.
func (l *List) Bookable() bool {
	return len(l.Rows) > 0 && !slices.ContainsFunc(l.All(), Problem.blocks)
}

// All is every problem of the file and of its rows, by line.
func (l *List) All() []Problem {
	all := slices.Clone(l.Problems)
	for _, r := range l.Rows {
		all = append(all, r.Problems...)
	}
	slices.SortStableFunc(all, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return all
}

// Read reads the list in r. The kind of file is seen from its content; name is only repeated in sentences.
//
// Amounts are whole đồng above zero, at most money.MaxVND. A cell that Excel holds as a number is read as that
// number: within a millionth of a whole đồng it is that đồng (199999.99999997 is what a formula leaves of
// 200.000), otherwise it is a fraction and refused. A text is read by money.Parse; 14.000 or 14,000 only when
// something settles which sign groups: Options.Group, a currency word in the cell or the header, or another
// amount of the file that can be read in one way only.
//
// Days are dd/mm/yyyy as people here write them, never mm/dd; real date cells and serial numbers count from 1900
// or 1904 as the workbook says. A telephone number kept as a number gets back the zero that Excel took.
//
// Errors are *Error. What is wrong in rows is no error: it stands in the List.
func Read(name string, r io.Reader, o Options) (*List, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, &Error{Code: CodeBroken, Name: name, err: err}
	}
	sheets, first, err := open(body, o)
	if err != nil {
		e := asError(err)
		e.Name = name
		return nil, e
	}
	s := sheets[first]
	l := build(s, o)
	for _, each := range sheets {
		if each.name != "" {
			l.Sheets = append(l.Sheets, each.name)
		}
	}
	if len(sheets) > 1 && o.Sheet == "" {
		l.Problems = append(l.Problems, Problem{Code: CodeSheets, Level: Notice, Text: s.name})
	}
	return l, nil
}
