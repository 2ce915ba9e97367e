package roster

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"
)

var (
	magicZip = []byte("PK\x03\x04")
	magicCFB = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // the container of BIFF and of encrypted workbooks
	magicPDF = []byte("%PDF-")
)

// open sees from its content what the file is, and gives the sheets that hold a list and which of them to read.
func open(body []byte, o Options) ([]*sheet, int, error) {
	switch {
	case len(body) > MaxFile:
		return nil, 0, &Error{Code: CodeTooLarge}
	case len(bytes.TrimSpace(body)) == 0:
		return nil, 0, &Error{Code: CodeEmpty}
	case bytes.HasPrefix(body, magicZip):
		return openWorkbook(body, o)
	case bytes.HasPrefix(body, magicCFB):
		return nil, 0, &Error{Code: cfbKind(body)}
	case bytes.HasPrefix(body, magicPDF):
		return nil, 0, &Error{Code: CodePDF}
	case len(body) > 3 && body[0] == 0x09 && (body[1] == 0x08 || body[1] == 0x04 || body[1] == 0x02 || body[1] == 0x00) && body[3] == 0:
		return nil, 0, &Error{Code: CodeOldExcel} // a BIFF stream without its container
	}
	kind := http.DetectContentType(body)
	switch {
	case strings.HasPrefix(kind, "text/html"), isMarkup(body):
		return nil, 0, &Error{Code: CodeHTML}
	case strings.HasPrefix(kind, "image/"):
		return nil, 0, &Error{Code: CodePicture}
	}
	return openText(body)
}

// cfbKind tells a password from an old workbook by the stream that only the former has.
func cfbKind(body []byte) Code {
	if bytes.Contains(body, utf16le("EncryptedPackage")) {
		return CodeEncrypted
	}
	return CodeOldExcel
}

func utf16le(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

// isMarkup knows what programs write under the name .xls: HTML without its opening, and Excel's XML of 2003.
func isMarkup(body []byte) bool {
	head := body[:min(len(body), 2048)]
	if text, ok := fromUTF16(head); ok {
		head = []byte(text)
	}
	head = bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))))
	if !bytes.HasPrefix(head, []byte("<")) || !utf8.Valid(head[:min(len(head), 5)]) {
		return false
	}
	return bytes.Contains(head, []byte("<table")) || bytes.Contains(head, []byte("<html")) ||
		bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<meta"))
}
