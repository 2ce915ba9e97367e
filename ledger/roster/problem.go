package roster

import "errors"

// Code names a problem; it never changes its meaning.
type Code string

// Problems of a file as a whole: *Error.
const (
	CodeTooLarge       Code = "file_too_large"   // more than MaxFile
	CodeUnzip          Code = "unzip_limit"      // more than MaxUnzip when unzipped
	CodeTooManyRows    Code = "too_many_rows"    // more than MaxRows
	CodeTooManyColumns Code = "too_many_columns" // something stands beyond MaxColumns
	CodeEmpty          Code = "empty"            // nothing in it
	CodeNoHeader       Code = "no_header"        // no row with a name and an amount
	CodeNoSheet        Code = "no_sheet"         // Options.Sheet is not there
	CodeHTML           Code = "html"             // a web page under the name of a spreadsheet
	CodeOldExcel       Code = "old_excel"        // BIFF, .xls of Excel 97–2003
	CodeEncrypted      Code = "encrypted"        // a password
	CodePDF            Code = "pdf"
	CodePicture        Code = "picture"
	CodeNotAList       Code = "not_a_list" // neither text nor a workbook
	CodeBroken         Code = "broken"     // a workbook or text that cannot be read to its end
	CodeQuotes         Code = "quotes"     // a text file whose quotation marks do not pair
)

// Problems of the list.
const (
	CodeLegacy      Code = "legacy_text"    // question: Options.Legacy
	CodeEncoding    Code = "encoding"       // notice: read as Windows-1258
	CodeGroup       Code = "group"          // question: Options.Group
	CodeTotal       Code = "total_differs"  // question: Options.TrustRows
	CodeUnitTotal   Code = "unit_total"     // notice: the total of the names beneath, counted once
	CodeUnitDoubt   Code = "unit_doubt"     // perhaps the total of the names beneath, but the sum differs
	CodeThousands   Code = "in_thousands"   // the list counts in nghìn or triệu đồng
	CodeTwoColumns  Code = "two_columns"    // two columns of names or amounts: lists side by side
	CodeSheets      Code = "other_sheets"   // notice: other sheets hold lists too
	CodeIgnored     Code = "ignored"        // notice: a line below the header that is no giver
	CodeHidden      Code = "hidden_row"     // notice: read although hidden
	CodeStruck      Code = "struck"         // struck through: cancelled
	CodeTwice       Code = "twice"          // notice: the same name, address and amount stood above
	CodeTooLong     Code = "too_long"       // a cell of more than MaxCell characters
	CodeUnreadable  Code = "unreadable"     // characters that no encoding explains
	CodeCellError   Code = "cell_error"     // #REF! and its kin
	CodeNoValue     Code = "formula_empty"  // a formula without a stored value
	CodeNameMissing Code = "name_missing"   // notice beside an STT, else refused
	CodeName        Code = "name"           // no letter in it
	CodeAmountNone  Code = "amount_missing" // nothing in the column of amounts
	CodeZero        Code = "amount_zero"
	CodeNegative    Code = "amount_negative"
	CodeAmount      Code = "amount_text"      // not an amount
	CodeFraction    Code = "amount_fraction"  // not whole đồng
	CodeTooMuch     Code = "amount_too_large" // more than money.MaxVND
	CodeAmbiguous   Code = "amount_ambiguous" // two readings, whatever the sign of thousands
	CodeNoise       Code = "amount_noise"     // notice: taken as the whole đồng beside it
	CodeTwoAmounts  Code = "two_amounts"      // two amounts in one row
	CodeDate        Code = "date"             // not a day
	CodeDateRange   Code = "date_range"       // a year that cannot be
	CodeDateYear    Code = "date_year"        // question: Options.Year
	CodeLunar       Code = "date_lunar"       // a day of the lunar calendar
)

// Level says how much a problem holds up.
type Level int

// How much a problem holds up.
const (
	Notice   Level = iota // to be seen
	Question              // to be answered through Options
	Refused               // to be put right in the file
)

// Problem is one thing that is wrong, doubtful or to be known. Text quotes the file: it is for the person who
// brought it, never for a log.
type Problem struct {
	Code   Code
	Level  Level
	Line   int    // row, from 1; 0 is the whole file
	Column string // letter; "" is the whole row
	Text   string // what stands in the cell, at most 60 characters
	// Stated and Summed are amounts as people read them, of CodeTotal and CodeUnitDoubt.
	Stated, Summed string
}

func (p Problem) blocks() bool { return p.Level != Notice }

// Error says why a file could not be read at all.
type Error struct {
	Code Code
	Name string // of the file, as the caller gave it
	Line int    // where it was seen; 0 is nowhere in particular
	err  error
}

// Error is for logs: the code alone, since names of files hold names of people.
func (e *Error) Error() string { return "roster: " + string(e.Code) }

// Unwrap is what the library underneath said.
func (e *Error) Unwrap() error { return e.err }

func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: CodeBroken, err: err}
}
