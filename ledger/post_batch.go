package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

func sortFacts(list []proof.Fact) {
	slices.SortFunc(list, func(a, b proof.Fact) int { return cmp.Compare(a.Name, b.Name) })
}

func sortCommitments(list []proof.Commitment) {
	slices.SortFunc(list, func(a, b proof.Commitment) int { return cmp.Compare(a.Name, b.Name) })
}

// batch holds the columns of one post_batch call: the core's rows turned on their side.
type batch struct {
	kinds      []string
	days       []Date
	ats        []time.Time
	actors     []int32
	keys       [][16]byte
	requests   [][]byte
	reversed   []*int64
	lineCounts []int32
	canonicals [][]byte

	pEntry, pPurpose, pAmount []int64
	pLine, pDebit, pCredit    []int32
	pDay                      []Date
	pSign                     []int16

	dEntry, dNumber []int64
	dOf             []*int64
	dSeries, dCode  []string
	dYear           []int32

	sEntry  []int64
	sSecret [][]byte
	sSaid   []string
}

// plain says that the draft is a single gift of money and nothing else, which post_gift writes.
func (d *draft) plain() bool {
	r := d.donation
	return r != nil && d.donor == nil && len(r.goods) == 0 && len(r.givers) == 0 && len(d.calls) == 0 &&
		len(d.entry.Postings) == 1 && !d.entry.Postings[0].Negative && d.entry.Reverses == nil
}

// queueGift queues the plain path of a gift that comes alone.
func queueGift(b *pgx.Batch, h *head, d *draft) {
	e, r, p, doc := &d.entry, d.donation, d.entry.Postings[0], d.entry.Documents[0]
	const query = `
		SELECT post_gift($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		                 $21, $22, $23, $24, $25, $26)`
	b.Queue(query, h.fund, int64(e.Number), d.seenAt, r.postedOn(), d.at, int32(e.Actor), [16]byte(e.Key), e.Request[:],
		d.canonical, p.Debit, p.Credit, r.purpose, p.Amount,
		doc.Series, doc.Year, doc.Number, doc.Code, d.secret, d.said,
		orNull(int64(r.donor)), orNull(r.campaign), r.donatedOn, r.bankOn, string(r.method), string(r.giver), string(r.display))
}

// queuePost encodes the drafts and queues the one call that writes them. SQL: the only caller of post_batch.
func queuePost(b *pgx.Batch, h *head, drafts []*draft) error {
	var rows batch
	for _, d := range drafts {
		if err := rows.add(d); err != nil {
			return err
		}
	}
	first := int64(drafts[0].entry.Number)
	const query = `
		SELECT post_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		                  $21, $22, $23, $24, $25, $26, $27, $28, $29)`
	b.Queue(query, h.fund, first, drafts[0].seenAt,
		rows.kinds, rows.days, rows.ats, rows.actors, rows.keys, rows.requests, rows.reversed, rows.lineCounts,
		rows.canonicals,
		rows.pEntry, rows.pLine, rows.pDebit, rows.pCredit, rows.pDay, rows.pPurpose, rows.pAmount, rows.pSign,
		rows.dEntry, rows.dOf, rows.dSeries, rows.dYear, rows.dNumber, rows.dCode,
		rows.sEntry, rows.sSecret, rows.sSaid)
	return nil
}

func (r *batch) add(d *draft) error {
	e := &d.entry
	day, err := ParseDate(e.EffectiveOn)
	if err != nil {
		return err
	}
	no := int64(e.Number)
	r.kinds, r.days, r.ats = append(r.kinds, e.Kind), append(r.days, day), append(r.ats, d.at)
	r.actors, r.keys = append(r.actors, int32(e.Actor)), append(r.keys, e.Key)
	r.requests = append(r.requests, e.Request[:])
	r.reversed = append(r.reversed, signedNo(e.Reverses))
	r.lineCounts = append(r.lineCounts, int32(len(e.Postings)))
	r.canonicals = append(r.canonicals, d.canonical)
	for i, p := range e.Postings {
		r.addPosting(no, int32(i+1), day, p)
	}
	for _, doc := range e.Documents {
		r.dEntry, r.dOf = append(r.dEntry, no), append(r.dOf, d.ofEntry)
		r.dSeries, r.dYear = append(r.dSeries, doc.Series), append(r.dYear, int32(doc.Year))
		r.dNumber, r.dCode = append(r.dNumber, doc.Number), append(r.dCode, doc.Code)
	}
	if d.secret != nil {
		r.sEntry, r.sSecret, r.sSaid = append(r.sEntry, no), append(r.sSecret, d.secret), append(r.sSaid, d.said)
	}
	return nil
}

func (r *batch) addPosting(no int64, line int32, day Date, p proof.Posting) {
	sign := int16(1)
	if p.Negative {
		sign = -1
	}
	r.pEntry, r.pLine, r.pDay = append(r.pEntry, no), append(r.pLine, line), append(r.pDay, day)
	r.pDebit, r.pCredit = append(r.pDebit, p.Debit), append(r.pCredit, p.Credit)
	r.pPurpose, r.pAmount = append(r.pPurpose, int64(p.Purpose)), append(r.pAmount, p.Amount)
	r.pSign = append(r.pSign, sign)
}

func signedNo(n *uint64) *int64 {
	if n == nil {
		return nil
	}
	no := int64(*n)
	return &no
}
