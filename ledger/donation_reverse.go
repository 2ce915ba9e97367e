package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
	"sovang/ledger/viet"
)

// reversalInput is what the key of a reversal is bound to.
type reversalInput struct {
	EntryNo int64
	Reason  string
}

// ReverseDonation takes a whole gift back in negative (ghi số âm, LKT Điều 27) and voids its receipt in the same
// entry. It counts for today, not for the gift's own day: corrections go into an open period and name what they
// correct. The actor needs PermReverseGift and is another than who recorded the gift. A reason is required,
// at most 500 characters.
// Codes: invalid, not_found, forbidden, same_person, wrong_state (already reversed), insufficient_balance,
// key_reused, fund_closed, period_closed, unavailable, busy.
func (l *Ledger) ReverseDonation(ctx context.Context, a Actor, fund FundID, key Key, entryNo int64, reason string) (Donation, error) {
	gift, lines, err := l.giftToReverse(ctx, a, fund, entryNo)
	if err != nil {
		return Donation{}, err
	}
	o := l.write(ctx, fund, command{actor: a, perm: PermReverseGift, key: key, kind: kindReverse,
		input: reversalInput{entryNo, reason},
		fill: func(h *head, d *draft) error {
			if gift.ActorID == a.ID {
				return &Error{Code: CodeSamePerson}
			}
			if gift.ReversedBy != 0 {
				return &Error{Code: CodeWrongState, Entry: gift.ReversedBy}
			}
			return l.fillReversal(d, gift, lines, reason)
		}})
	if o.err != nil {
		return Donation{}, o.err
	}
	return l.Donation(ctx, readerOf(fund), fund, entryNo)
}

// giftToReverse reads the gift and its postings. Who may not reverse learns nothing by it: the write door
// answers.
func (l *Ledger) giftToReverse(ctx context.Context, a Actor, fund FundID, entryNo int64) (Donation, []proof.Posting, error) {
	if !a.Can(fund, PermReverseGift) {
		l.note(ctx, fund, a, "refused."+string(PermReverseGift), "donation.reverse")
		return Donation{}, nil, &Error{Code: CodeForbidden}
	}
	gift, err := l.Donation(ctx, readerOf(fund), fund, entryNo)
	if err != nil {
		return gift, nil, err
	}
	var lines []proof.Posting
	err = l.readFund(ctx, readerOf(fund), fund, func(tx pgx.Tx) error {
		const query = `
			SELECT debit_account, credit_account, purpose_id, amount, sign = -1
			  FROM posting
			 WHERE fund_id = $1 AND entry_no = $2
			 ORDER BY line`
		rows, err := tx.Query(ctx, query, fund, entryNo)
		if err != nil {
			return err
		}
		lines, err = pgx.CollectRows(rows, pgx.RowToStructByPos[proof.Posting])
		return err
	})
	return gift, lines, err
}

func (l *Ledger) fillReversal(d *draft, gift Donation, lines []proof.Posting, reason string) error {
	clean := viet.Clean(reason)
	if err := needText("reason", clean, maxReason); err != nil {
		return err
	}
	number := uint64(gift.EntryNo)
	d.entry.Reverses = &number
	for _, p := range lines {
		p.Negative = !p.Negative
		d.entry.Postings = append(d.entry.Postings, p)
	}
	d.fact("original_on", gift.PostedOn.String())
	d.call(`SELECT reversal_apply($1, $2)`, d.fund, int64(d.entry.Number))
	return l.say(d, map[string]string{"reason": clean}, map[string]string{"reason": clean})
}
