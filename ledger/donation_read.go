package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/money"
)

// queueDonations queues the set-wise function that writes the gifts' own rows.
func queueDonations(b *pgx.Batch, fund FundID, drafts []*draft) {
	var entry, donor, purpose, campaign []*int64
	var donated, bank []Date
	var method, giver, display []string
	var givers []int32
	var g goodsColumns
	var r giverColumns
	for _, d := range drafts {
		row := d.donation
		if row == nil {
			continue
		}
		entry, donor = append(entry, &row.entry), append(donor, orNull(int64(row.donor)))
		purpose, campaign = append(purpose, &row.purpose), append(campaign, orNull(row.campaign))
		donated, bank = append(donated, row.donatedOn), append(bank, row.bankOn)
		method, giver = append(method, string(row.method)), append(giver, string(row.giver))
		display, givers = append(display, string(row.display)), append(givers, int32(row.givenCount))
		g.add(row)
		r.add(row)
	}
	if len(entry) == 0 {
		return
	}
	const query = `
		SELECT donation_apply($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
		                      $12, $13, $14::text[]::numeric[], $15, $16, $17, $18, $19, $20, $21)`
	b.Queue(query, fund, entry, donor, purpose, campaign, donated, bank, method, giver, display, givers,
		g.entry, g.line, g.quantity, g.unit, g.value, r.entry, r.line, r.amount, r.name, r.note)
}

type goodsColumns struct {
	entry, unit, value []int64
	line               []int32
	quantity           []string
}

func (c *goodsColumns) add(row *donationRow) {
	for i, l := range row.goods {
		c.entry, c.line = append(c.entry, row.entry), append(c.line, int32(i+1))
		c.quantity = append(c.quantity, l.Quantity.Text('f'))
		c.unit, c.value = append(c.unit, l.UnitValue.Int64()), append(c.value, l.Value.Int64())
	}
}

type giverColumns struct {
	entry, amount []int64
	line          []int32
	name, note    []string
}

func (c *giverColumns) add(row *donationRow) {
	for i, g := range row.givers {
		c.entry, c.line = append(c.entry, row.entry), append(c.line, int32(i+1))
		c.amount, c.name, c.note = append(c.amount, g.Amount.Int64()), append(c.name, g.Name), append(c.note, g.Note)
	}
}

func orNull(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// donorsOf reads the donors that a batch names, once for all of it.
func (l *Ledger) donorsOf(ctx context.Context, fund FundID, items []DonationItem) (map[DonorID]Donor, error) {
	known := map[DonorID]Donor{}
	var ids []int64
	for _, it := range items {
		if id := it.Donation.DonorID; id != 0 {
			ids = append(ids, int64(id))
		}
	}
	if len(ids) == 0 {
		return known, nil
	}
	err := l.read(ctx, fmt.Sprint(int32(fund)), func(tx pgx.Tx) error {
		const query = `
			SELECT donor_id, kind, name, address, phone, display FROM donor WHERE fund_id = $1 AND donor_id = ANY ($2)`
		rows, err := tx.Query(ctx, query, fund, ids)
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Donor])
		for _, d := range list {
			known[d.ID] = d
		}
		return err
	})
	return known, err
}

// DonationFilter narrows a list of gifts. The zero filter is all of them.
type DonationFilter struct {
	DonorID    DonorID
	CampaignID int64
	Method     Method
	From, To   Date  // days of giving, both included; zero = open
	Before     int64 // cursor: only entries before this one; 0 = from the newest
	Limit      int   // 1..200; 0 = 200
}

const selectDonation = `
	SELECT g.entry_no, coalesce(g.donor_id, 0), coalesce(d.kind, 'person'), g.giver, g.display, g.method,
	       coalesce(p.amount, 0), g.purpose_id, coalesce(g.campaign_id, 0), g.donated_on, g.bank_on,
	       e.effective_on, e.recorded_at, e.actor, g.giver_count, coalesce(s.said, '{}'), coalesce(r.entry_no, 0),
	       c.series, c.year, c.number, c.code, v.entry_no IS NOT NULL, coalesce(v.replaced, false)
	  FROM donation g
	  JOIN entry e ON e.fund_id = g.fund_id AND e.entry_no = g.entry_no
	  JOIN document c ON c.fund_id = g.fund_id AND c.entry_no = g.entry_no
	  LEFT JOIN posting p ON p.fund_id = g.fund_id AND p.entry_no = g.entry_no AND p.line = 1
	  LEFT JOIN donor d ON d.fund_id = g.fund_id AND d.donor_id = g.donor_id
	  LEFT JOIN entry_person s ON s.fund_id = g.fund_id AND s.entry_no = g.entry_no
	  LEFT JOIN entry r ON r.fund_id = g.fund_id AND r.reverses = g.entry_no
	  LEFT JOIN receipt_void v ON v.fund_id = c.fund_id AND v.series = c.series AND v.year = c.year AND v.number = c.number
	 WHERE g.fund_id = $1 `

func scanDonation(row pgx.CollectableRow) (Donation, error) {
	var d Donation
	var amount int64
	var said string
	var gone, replaced bool
	err := row.Scan(&d.EntryNo, &d.DonorID, &d.DonorKind, &d.Giver, &d.Display, &d.Method, &amount, &d.PurposeID,
		&d.CampaignID, &d.DonatedOn, &d.BankOn, &d.PostedOn, &d.RecordedAt, &d.ActorID, &d.GiverCount, &said,
		&d.ReversedBy, &d.Receipt.Series, &d.Receipt.Year, &d.Receipt.Number, &d.Receipt.Code, &gone, &replaced)
	if err != nil {
		return d, err
	}
	d.Amount, d.State, d.RecordedAt = money.Dong(amount), stateOf(gone, replaced), d.RecordedAt.UTC()
	var p Printed
	if err := json.Unmarshal([]byte(said), &p); err != nil {
		return d, fmt.Errorf("printed texts of entry %d: %w", d.EntryNo, err)
	}
	d.Payer, d.Memo = p.Payer, p.Memo
	return d, nil
}

func stateOf(gone, replaced bool) ReceiptState {
	switch {
	case replaced:
		return ReceiptReplaced
	case gone:
		return ReceiptVoid
	}
	return ReceiptValid
}

// Donations lists gifts, newest first. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Donations(ctx context.Context, a Actor, fund FundID, f DonationFilter) ([]Donation, error) {
	var list []Donation
	err := l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		const query = selectDonation + `
			   AND ($2::bigint = 0 OR g.donor_id = $2)
			   AND ($3::bigint = 0 OR g.campaign_id = $3)
			   AND ($4::text = '' OR g.method = $4)
			   AND ($5::date IS NULL OR g.donated_on >= $5)
			   AND ($6::date IS NULL OR g.donated_on <= $6)
			   AND ($7::bigint = 0 OR g.entry_no < $7)
			 ORDER BY g.entry_no DESC
			 LIMIT $8`
		rows, err := tx.Query(ctx, query, fund, f.DonorID, f.CampaignID, string(f.Method), f.From, f.To, f.Before,
			clampPage(f.Limit))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanDonation)
		return err
	})
	for i := range list {
		list[i].FundID = fund
	}
	return list, err
}

// Donation reads one gift by its entry. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Donation(ctx context.Context, a Actor, fund FundID, entryNo int64) (Donation, error) {
	var d Donation
	err := l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectDonation+` AND g.entry_no = $2`, fund, entryNo)
		if err != nil {
			return err
		}
		d, err = pgx.CollectExactlyOneRow(rows, scanDonation)
		return none(err)
	})
	d.FundID = fund
	return d, err
}
