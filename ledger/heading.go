package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/url"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/viet"
)

func headingHash(body []byte) [32]byte { return sha256.Sum256(body) }

// clean brings the texts of a heading to their stored form and fills what has a usual value.
func (h *Heading) clean() error {
	for _, s := range []*string{&h.Parent, &h.Unit, &h.BudgetCode, &h.Address, &h.Place, &h.PublicURL, &h.FormBasis,
		&h.Head.Title, &h.Head.Name, &h.ChiefAccountant.Title, &h.ChiefAccountant.Name, &h.Treasurer.Title,
		&h.Treasurer.Name, &h.Linh, &h.Nghin} {
		*s = viet.Clean(*s)
		if err := shortText("heading", *s, maxAddress); err != nil {
			return err
		}
	}
	if h.Template == 0 {
		h.Template = 1
	}
	if h.Linh == "" {
		h.Linh = "linh"
	}
	if h.Nghin == "" {
		h.Nghin = "nghìn"
	}
	if (h.Linh != "linh" && h.Linh != "lẻ") || (h.Nghin != "nghìn" && h.Nghin != "ngàn") {
		return invalid("heading/words", "unknown")
	}
	if u, err := url.Parse(h.PublicURL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return invalid("heading/public_url", "not_an_address")
	}
	return needText("heading/unit", h.Unit, maxName)
}

// Heading reads the heading in use. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Heading(ctx context.Context, a Actor, fund FundID) (h Heading, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		const query = `
			SELECT g.body
			  FROM fund_head h
			  JOIN heading g ON g.fund_id = h.fund_id AND g.hash = h.heading
			 WHERE h.fund_id = $1`
		var body string
		if err := tx.QueryRow(ctx, query, fund).Scan(&body); err != nil {
			return none(err)
		}
		return json.Unmarshal([]byte(body), &h)
	})
	return h, err
}

// SetHeading puts another heading on the sheets issued from now on; those that stand keep theirs. The actor
// needs PermAdmin. Codes: invalid, forbidden, key_reused, fund_closed, unavailable, busy.
func (l *Ledger) SetHeading(ctx context.Context, a Actor, fund FundID, key Key, n Heading) error {
	o := l.write(ctx, fund, command{actor: a, perm: PermAdmin, key: key, kind: kindHeading, input: n,
		fill: func(h *head, d *draft) error {
			next := n
			if err := next.clean(); err != nil {
				return err
			}
			if err := d.heading(next); err != nil {
				return err
			}
			body, _ := json.Marshal(next) // it was written a line ago
			hash := headingHash(body)
			h.heading, h.hash = next, hash[:]
			return nil
		}})
	return o.err
}
