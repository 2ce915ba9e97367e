package receipts

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-pdf/fpdf"

	"sovang/ledger"
)

// Proof is what a sheet carries so that it can be checked without any server; see Prove. The first three are texts
// of c2sp.org/tlog-proof with the entry in them (package ledger/proof); "" is left out. The zero Proof attaches nothing.
type Proof struct {
	Entry string // of the entry that issued the sheet: bien-lai.tlog-proof
	Gift  string // of the gift's entry, when that is another: the sheet replaces an earlier one
	Void  string // of the entry that voided or replaced the sheet
	Texts string // from Texts: which entry the sheet is, and the salts of its texts
}

// Names of the attached files. They are for people; Prove knows the files by what stands in them.
const (
	fileEntry = "bien-lai.tlog-proof"
	fileGift  = "khoan-ung-ho.tlog-proof"
	fileVoid  = "huy.tlog-proof"
	fileTexts = "noi-dung.txt"
)

// attach adds the files of a proof to the document.
func (d *document) attach(p Proof) {
	var list []fpdf.Attachment
	for _, f := range []struct{ name, text string }{
		{fileEntry, p.Entry}, {fileGift, p.Gift}, {fileVoid, p.Void}, {fileTexts, p.Texts},
	} {
		if f.text != "" {
			list = append(list, fpdf.Attachment{Content: []byte(f.text), Filename: f.name, Description: attachedText})
		}
	}
	if len(list) > 0 {
		d.pdf.SetAttachments(list)
	}
}

// textsHead is the first line of the file of openings; another form comes with another line.
const textsHead = "sovang/texts@v1"

// Texts writes the file of openings: a line that names it, "entry N" with the number of the sheet's entry, and for
// each text "open FIELD SALT VALUE", salt and value in base64 with padding.
func Texts(entryNo int64, list []ledger.Opening) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nentry %d\n", textsHead, entryNo)
	for _, o := range list {
		fmt.Fprintf(&b, "open %s %s %s\n", o.Field, encode(o.Salt[:]), encode([]byte(o.Value)))
	}
	return b.String()
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// parseTexts reads what Texts writes, in its one form.
func parseTexts(text string) (entryNo int64, list []ledger.Opening, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) < 3 || len(lines) > maxTexts || lines[0] != textsHead || !strings.HasPrefix(lines[1], "entry ") {
		return 0, nil, false
	}
	entryNo, err := strconv.ParseInt(lines[1][len("entry "):], 10, 64)
	if err != nil {
		return 0, nil, false
	}
	for _, line := range lines[2 : len(lines)-1] {
		parts := strings.Split(line, " ")
		if len(parts) != 4 || parts[0] != "open" {
			return 0, nil, false
		}
		salt, err1 := base64.StdEncoding.DecodeString(parts[2])
		value, err2 := base64.StdEncoding.DecodeString(parts[3])
		if err1 != nil || err2 != nil || len(salt) != 32 {
			return 0, nil, false
		}
		list = append(list, ledger.Opening{Field: parts[1], Value: string(value), Salt: [32]byte(salt)})
	}
	return entryNo, list, Texts(entryNo, list) == text
}

// ProofOf gathers what a sheet carries: proofs of its entries, made now when none was made before, and the salts of
// its texts. It is the same each time until the sheet is voided or its names are erased. Where no proof can be had,
// because this program signs nothing or because the log was tampered with, it is the zero Proof: the sheet is printed
// nevertheless, since the money is on the table. The actor needs PermRead. Codes: not_found, unavailable.
func ProofOf(ctx context.Context, l *ledger.Ledger, a ledger.Actor, r ledger.Receipt) (Proof, error) {
	want := []int64{r.EntryNo}
	if r.GiftNo() != r.EntryNo {
		want = append(want, r.GiftNo())
	}
	if r.VoidedBy != 0 {
		want = append(want, r.VoidedBy)
	}
	openings, err := l.Openings(ctx, a, r.FundID, r.EntryNo)
	if err != nil {
		return Proof{}, err
	}
	made, err := l.ProofsOf(ctx, r.FundID, want)
	if ledger.CodeOf(err) == ledger.CodeWrongState {
		return Proof{}, nil
	}
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Entry: made[r.EntryNo], Texts: Texts(r.EntryNo, openings)}
	if r.GiftNo() != r.EntryNo {
		p.Gift = made[r.GiftNo()]
	}
	if r.VoidedBy != 0 {
		p.Void = made[r.VoidedBy]
	}
	return p, nil
}
