package receipts

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"strings"
)

// Limits of what is read from a document that anybody may have made.
const (
	MaxPDF      = 5 << 20   // bytes of a document; a roster of 10,000 givers takes 2 MB
	maxAttached = 256 << 10 // bytes of one attached file: the largest entry in base64, its path, a cosigned checkpoint
	maxFiles    = 8         // attached files that are looked at; a sheet has four
	maxDict     = 1 << 10   // bytes between a file's name for itself and its stream; fpdf writes 150
	maxTexts    = 40        // lines of the file of openings; a sheet has eleven texts
)

// Why a document proves nothing before a proof was looked at. Test with errors.Is.
var (
	ErrNotPDF   = errors.New("receipts: not a PDF document")
	ErrNoProof  = errors.New("receipts: no proof in the document")
	ErrDamaged  = errors.New("receipts: the attached proof is damaged")
	ErrLargePDF = errors.New("receipts: the document is too large")
)

// attached gives the files attached to a document, as far as they are ours. It reads no PDF: it looks for streams
// that call themselves an embedded file and inflates them, whatever wrote the rest, so that a sheet that another
// program saved again still proves itself. Errors: ErrNotPDF, ErrLargePDF, ErrNoProof, ErrDamaged.
func attached(pdf []byte) (files []string, err error) {
	if len(pdf) > MaxPDF {
		return nil, ErrLargePDF
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return nil, ErrNotPDF
	}
	mark := []byte("/EmbeddedFile")
	for tries := 0; tries < 2*maxFiles && len(files) < maxFiles; tries++ {
		at := bytes.Index(pdf, mark)
		if at < 0 {
			break
		}
		pdf = pdf[at+len(mark):]
		data, ok := streamAfter(pdf)
		if !ok {
			continue // "/EmbeddedFiles" of the catalog, which says where they are
		}
		text, inflated := inflate(data)
		switch {
		case !inflated:
			err = ErrDamaged
		case ours(text):
			files = append(files, text)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case len(files) == 0:
		return nil, ErrNoProof
	}
	return files, nil
}

// ours knows our files by their first lines.
func ours(text string) bool {
	return strings.HasPrefix(text, "c2sp.org/tlog-proof@") || strings.HasPrefix(text, "sovang/texts@")
}

// streamAfter is what follows the keyword "stream" of the dictionary in which b begins. A stream's end is known by
// its compression.
func streamAfter(b []byte) ([]byte, bool) {
	head := b[:min(len(b), maxDict)]
	at := bytes.Index(head, []byte("stream"))
	if end := bytes.Index(head, []byte("endobj")); at < 0 || (end >= 0 && end < at) {
		return nil, false
	}
	b = b[at+len("stream"):]
	b = bytes.TrimPrefix(b, []byte("\r"))
	return bytes.TrimPrefix(b, []byte("\n")), true
}

// inflate undoes FlateDecode up to maxAttached bytes: what would become more is no file of ours. Some programs store
// small files as they are.
func inflate(data []byte) (string, bool) {
	if end := bytes.Index(data[:min(len(data), maxAttached)], []byte("endstream")); end > 0 && ours(string(data[:end])) {
		return string(data[:end]), true
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", false
	}
	text, err := io.ReadAll(io.LimitReader(r, maxAttached+1))
	return string(text), err == nil && len(text) <= maxAttached
}
