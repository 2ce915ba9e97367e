package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

// verifiedEntry is one entry with everything that hangs on it.
type verifiedEntry struct {
	no        int64
	at        time.Time
	reverses  *int64
	day       Date
	actor     int32
	lines     int32
	kind      string
	key       [16]byte
	request   []byte
	canonical []byte
	leaf      []byte

	entry    proof.Entry // decoded from canonical
	postings []proof.Posting
	days     []Date // of the postings
	document *proof.Document
	ofEntry  *int64
	secret   []byte // nil: nothing said, or erased
	said     string
}

func (e verifiedEntry) instant() *time.Time {
	if e.at.IsZero() {
		return nil
	}
	return &e.at
}

// chunk checks the entries from..to-1, and says whether there may be more.
func (v *verifier) chunk(from, to int64) (more bool, err error) {
	list, err := v.readEntries(from, to)
	if err != nil {
		return false, err
	}
	byNo := map[int64]*verifiedEntry{}
	for i := range list {
		byNo[list[i].no] = &list[i]
	}
	for _, read := range []func(map[int64]*verifiedEntry, int64, int64) error{v.readPostings, v.readDocuments, v.readPersons} {
		if err := read(byNo, from, to); err != nil {
			return false, err
		}
	}
	for i := range list {
		v.one(&list[i])
	}
	if err := v.nouns(byNo, from, to); err != nil {
		return false, err
	}
	v.tell(int64(len(list)))
	return to < v.fund.Entries || len(list) > 0, nil
}

func (v *verifier) readEntries(from, to int64) (list []verifiedEntry, err error) {
	const query = `
		SELECT entry_no, recorded_at, reverses, effective_on, actor, line_count, kind, key, request_hash, canonical, leaf_hash
		  FROM entry
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3
		 ORDER BY entry_no`
	err = v.each(query, func(row pgx.CollectableRow) error {
		var e verifiedEntry
		err := row.Scan(&e.no, &e.at, &e.reverses, &e.day, &e.actor, &e.lines, &e.kind, &e.key, &e.request, &e.canonical, &e.leaf)
		e.at = e.at.UTC()
		list = append(list, e)
		return err
	}, from, to)
	return list, err
}

func (v *verifier) readPostings(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT entry_no, line, debit_account, credit_account, effective_on, purpose_id, amount, sign
		  FROM posting
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3
		 ORDER BY entry_no, line`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no int64
		var line int32
		var day Date
		var p proof.Posting
		var sign int16
		if err := row.Scan(&no, &line, &p.Debit, &p.Credit, &day, &p.Purpose, &p.Amount, &sign); err != nil {
			return err
		}
		v.report.Postings++
		v.rows["posting"]++
		p.Negative = sign == -1
		v.sides.add(p, day, int64(sign))
		e := byNo[no]
		if e == nil || int(line) != len(e.postings)+1 {
			v.problem("posting", entryRow(no), "not_the_entry")
			return nil
		}
		e.postings, e.days = append(e.postings, p), append(e.days, day)
		return nil
	}, from, to)
}

func (v *verifier) readDocuments(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT entry_no, series, year, number, code, of_entry
		  FROM document
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no int64
		var of *int64
		var d proof.Document
		if err := row.Scan(&no, &d.Series, &d.Year, &d.Number, &d.Code, &of); err != nil {
			return err
		}
		v.rows["document"]++
		ref := ReceiptRef{Series(d.Series), d.Year, d.Number, d.Code}
		e := byNo[no]
		if e == nil || e.document != nil {
			v.problem("document", ref.String(), "not_the_entry")
			return nil
		}
		e.document, e.ofEntry = &d, of
		return nil
	}, from, to)
}

func (v *verifier) readPersons(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT entry_no, secret, said
		  FROM entry_person
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no int64
		var secret []byte
		var said string
		if err := row.Scan(&no, &secret, &said); err != nil {
			return err
		}
		e := byNo[no]
		if e == nil {
			return nil // a stray row
		}
		v.rows["entry_person"]++
		e.secret, e.said = secret, said
		return nil
	}, from, to)
}

// one checks an entry against itself and the one before it.
func (v *verifier) one(e *verifiedEntry) {
	row := entryRow(e.no)
	v.report.Entries++
	v.rows["entry"]++
	if e.no != v.next {
		v.problem("entry", row, "gap")
	}
	if v.next > 0 && !e.at.After(v.last.at) {
		v.problem("entry", row, "recorded_at_not_rising")
	}
	v.next, v.last = e.no+1, *e
	if leaf := proof.Leaf(e.canonical); !bytes.Equal(leaf[:], e.leaf) {
		v.problem("entry", row, "leaf_hash")
	}
	decoded, err := proof.Decode(e.canonical)
	if err != nil {
		v.problem("entry", row, "canonical")
		return
	}
	e.entry = decoded
	v.columns(e, row)
	v.lines(e, row)
	v.paper(e, row)
	v.texts(e, row)
}

// columns compares what the row says with what was hashed.
func (v *verifier) columns(e *verifiedEntry, row string) {
	c := &e.entry
	for _, check := range []struct {
		column string
		same   bool
	}{
		{"fund_id", c.Fund == v.fund.Code},
		{"entry_no", c.Number == uint64(e.no)},
		{"kind", c.Kind == e.kind},
		{"effective_on", c.EffectiveOn == e.day.String()},
		{"recorded_at", c.RecordedAt.Equal(e.at)},
		{"actor", c.Actor == int64(e.actor)},
		{"key", c.Key == e.key},
		{"request_hash", bytes.Equal(c.Request[:], e.request)},
		{"reverses", sameNumber(c.Reverses, e.reverses)},
		{"line_count", len(c.Postings) == int(e.lines)},
	} {
		if !check.same {
			v.problem("entry", row, check.column+"_not_hashed")
		}
	}
}

func sameNumber(a *uint64, b *int64) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return *a == uint64(*b)
}

// lines compares the postings with what was hashed.
func (v *verifier) lines(e *verifiedEntry, row string) {
	if !slices.Equal(e.entry.Postings, e.postings) {
		v.problem("posting", row, "not_the_entry")
	}
	for _, day := range e.days {
		if day != e.day {
			v.problem("posting", row, "effective_on_not_hashed")
		}
	}
}

// paper compares the document with what was hashed, and its number with the one before it.
func (v *verifier) paper(e *verifiedEntry, row string) {
	switch {
	case e.document == nil && len(e.entry.Documents) == 0:
		return
	case e.document == nil || len(e.entry.Documents) != 1 || e.entry.Documents[0] != *e.document:
		v.problem("document", row, "not_the_entry")
	}
	if gift := factOf(e.entry, "gift"); e.ofEntry != nil && someNumber(*e.ofEntry) != gift || e.ofEntry == nil && gift != "" {
		v.problem("document", row, "of_entry_not_hashed")
	}
	for _, d := range e.entry.Documents {
		s := seriesYear{Series(d.Series), d.Year}
		if d.Number != v.numbers[s]+1 {
			v.problem("document", ReceiptRef{s.series, s.year, d.Number, ""}.String(), "number_gap_or_double")
		}
		v.numbers[s] = d.Number
	}
	if hash := factOf(e.entry, "heading"); !v.headings[hash] {
		v.problem("heading", row, "missing")
	}
}

// texts opens every commitment with what was said. An entry whose texts were erased cannot be opened, and its log
// stays whole.
func (v *verifier) texts(e *verifiedEntry, row string) {
	if len(e.entry.Commitments) == 0 {
		if e.secret != nil {
			v.problem("entry_person", row, "not_the_entry")
		}
		return
	}
	if e.secret == nil {
		v.report.Erased++
		return
	}
	fields, err := saidFields(e.kind, e.said)
	if err != nil {
		v.problem("entry_person", row, "said")
		return
	}
	bound := e.entry.Commitments
	if e.kind == kindDonation { // a donor made with the gift is compared with the donor's own row
		bound = slices.DeleteFunc(slices.Clone(bound), func(c proof.Commitment) bool { return strings.HasPrefix(c.Name, "donor.") })
	}
	if !slices.Equal(commitments(e.secret, fields), bound) {
		v.problem("entry_person", row, "commitment")
	}
}

// saidFields are the texts that an entry of a kind binds, read from what it said.
func saidFields(kind, said string) (map[string]string, error) {
	switch kind {
	case kindDonation, kindReplace:
		var p Printed
		err := json.Unmarshal([]byte(said), &p)
		return p.fields(), err
	case kindDonorCreate:
		var n NewDonor
		err := json.Unmarshal([]byte(said), &n)
		return donorFields(n), err
	case kindIntent:
		return map[string]string{"proposal": said}, nil
	}
	fields := map[string]string{}
	err := json.Unmarshal([]byte(said), &fields)
	return fields, err
}

func (v *verifier) readHeadings() error {
	const query = `SELECT hash, body, entry_no FROM heading WHERE fund_id = $1`
	return v.each(query, func(row pgx.CollectableRow) error {
		var hash []byte
		var body string
		var no int64
		if err := row.Scan(&hash, &body, &no); err != nil {
			return err
		}
		if sum := headingHash([]byte(body)); !bytes.Equal(sum[:], hash) {
			v.problem("heading", entryRow(no), "hash")
		}
		v.headings[hex.EncodeToString(hash)] = true
		v.headingRows[no] = hex.EncodeToString(hash)
		return nil
	})
}
