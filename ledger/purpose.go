package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/money"
	"sovang/ledger/viet"
)

// Purpose is what money may be spent on: 0 is unrestricted, every other a donor's restriction.
type Purpose struct {
	ID       int64
	Name     string
	Received money.VND
	Spent    money.VND
	Held     money.VND // approved and not yet paid
}

// Left is what may still be spent under the restriction.
func (p Purpose) Left() money.VND { return p.Received.Sub(p.Spent).Sub(p.Held) }

// Purposes lists a fund's purposes, the unrestricted one first. The actor needs PermRead.
// Codes: not_found, unavailable.
func (l *Ledger) Purposes(ctx context.Context, a Actor, fund FundID) (list []Purpose, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		// What is unrestricted is what came in and went out in all, less the restrictions.
		const query = `
			SELECT p.purpose_id, p.name,
			       CASE WHEN p.restricted THEN p.received ELSE t.received - r.received END,
			       CASE WHEN p.restricted THEN p.spent ELSE t.spent - r.spent END, p.held
			  FROM purpose p
			 CROSS JOIN (SELECT coalesce(sum(CASE WHEN a.class = 'N' THEN b.credits - b.debits END), 0)::bigint AS received,
			                    coalesce(sum(CASE WHEN a.class = 'X' THEN b.debits - b.credits END), 0)::bigint AS spent
			               FROM balance b
			               JOIN account a ON a.fund_id = b.fund_id AND a.account_id = b.account_id
			              WHERE b.fund_id = $1) AS t
			 CROSS JOIN (SELECT sum(received)::bigint AS received, sum(spent)::bigint AS spent
			               FROM purpose
			              WHERE fund_id = $1) AS r
			 WHERE p.fund_id = $1
			 ORDER BY p.purpose_id`
		rows, err := tx.Query(ctx, query, fund)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Purpose, err error) {
			var received, spent, held int64
			err = row.Scan(&p.ID, &p.Name, &received, &spent, &held)
			p.Received, p.Spent, p.Held = money.Dong(received), money.Dong(spent), money.Dong(held)
			return p, err
		})
		return err
	})
	return list, err
}

// OpenPurpose opens a restriction: money given for it can be spent on nothing else. The name tells of a thing
// ("Sửa nhà tình nghĩa xã …"), not of a person: it stands in the log. The actor needs PermSetUp. It returns
// the purpose's id. Codes: invalid, forbidden, key_reused, fund_closed, unavailable, busy.
func (l *Ledger) OpenPurpose(ctx context.Context, a Actor, fund FundID, key Key, name string) (int64, error) {
	o := l.write(ctx, fund, command{actor: a, perm: PermSetUp, key: key, kind: kindPurposeOpen, input: name,
		fill: func(h *head, d *draft) error {
			clean := viet.Clean(name)
			if err := needText("name", clean, maxName); err != nil {
				return err
			}
			d.fact("name", clean)
			no := int64(d.entry.Number)
			d.call(`SELECT purpose_apply($1, $2, $3)`, fund, no, clean)
			h.purposes = named(h.purposes, no, clean)
			return nil
		}})
	return o.entryNo, o.err
}

// Campaign is a drive (đợt vận động) with its days.
type Campaign struct {
	ID       int64
	Name     string
	StartsOn Date
	EndsOn   Date
}

// Campaigns lists a fund's drives, the newest first. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Campaigns(ctx context.Context, a Actor, fund FundID) (list []Campaign, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		const query = `
			SELECT campaign_id, name, starts_on, ends_on
			  FROM campaign
			 WHERE fund_id = $1
			 ORDER BY starts_on DESC, campaign_id DESC`
		rows, err := tx.Query(ctx, query, fund)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Campaign])
		return err
	})
	return list, err
}

// OpenCampaign opens a drive. The actor needs PermSetUp. It returns the campaign's id.
// Codes: invalid, forbidden, key_reused, fund_closed, unavailable, busy.
func (l *Ledger) OpenCampaign(ctx context.Context, a Actor, fund FundID, key Key, c Campaign) (int64, error) {
	o := l.write(ctx, fund, command{actor: a, perm: PermSetUp, key: key, kind: kindCampaignOpen, input: c,
		fill: func(h *head, d *draft) error {
			name := viet.Clean(c.Name)
			if err := needText("name", name, maxName); err != nil {
				return err
			}
			if c.StartsOn.IsZero() || c.EndsOn.Before(c.StartsOn) {
				return invalid("ends_on", "before_start")
			}
			d.fact("name", name)
			d.fact("starts_on", c.StartsOn.String())
			d.fact("ends_on", c.EndsOn.String())
			no := int64(d.entry.Number)
			d.call(`SELECT campaign_apply($1, $2, $3, $4, $5)`, fund, no, name, c.StartsOn, c.EndsOn)
			h.campaigns = named(h.campaigns, no, name)
			return nil
		}})
	return o.entryNo, o.err
}
