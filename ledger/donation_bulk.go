package ledger

import (
	"context"
	"iter"
)

// BulkRefusal is one gift of a bulk that was refused: its place in the sequence, from 0, and why.
type BulkRefusal struct {
	Place int
	Err   error
}

// BulkResult is what became of a bulk.
type BulkResult struct {
	Recorded int // new on the books
	Replayed int // were there already, under the same key
	Refused  []BulkRefusal
}

// maxRefused is how many refusals a bulk names before it stops: a list like that needs mending, not booking.
const maxRefused = 1_000

// RecordBulk books any number of gifts of one fund, taken one by one from items, in transactions of up to 5,000, with
// the statements of any other batch: COPY into a staging table and posting from there was no faster (6,000 against
// 5,800 gifts/s on the same loaded machine) and left a table to be swept. Each has its own key: a bulk that stopped half-way is finished by running it again. Memory holds one slice at a time.
// progress, if not nil, hears after each slice how many are settled. The actor needs PermRecordGift.
// It answers an error only when it had to stop; what was settled until then stands in the result.
// Codes of refusals: as RecordDonation. Codes of the error: forbidden, invalid (too many refusals), unavailable, busy.
func (l *Ledger) RecordBulk(ctx context.Context, a Actor, fund FundID, items iter.Seq[DonationItem], progress func(done int)) (r BulkResult, err error) {
	if !a.Can(fund, PermRecordGift) {
		l.note(ctx, fund, a, "refused."+string(PermRecordGift), kindDonation)
		return r, &Error{Code: CodeForbidden}
	}
	slice := make([]DonationItem, 0, maxBulk)
	done := 0
	for item := range items {
		if slice = append(slice, item); len(slice) < maxBulk {
			continue
		}
		if err := l.bulkSlice(ctx, a, fund, slice, done, &r); err != nil {
			return r, err
		}
		done += len(slice)
		slice = slice[:0]
		if progress != nil {
			progress(done)
		}
	}
	if len(slice) > 0 {
		err = l.bulkSlice(ctx, a, fund, slice, done, &r)
		if err == nil && progress != nil {
			progress(done + len(slice))
		}
	}
	return r, err
}

// bulkSlice books one slice. An outcome that is not known stops the bulk: the next run settles it by the key.
func (l *Ledger) bulkSlice(ctx context.Context, a Actor, fund FundID, items []DonationItem, place int, r *BulkResult) error {
	donors, err := l.donorsOf(ctx, fund, items)
	if err != nil {
		return err
	}
	cmds := make([]command, len(items))
	for i := range items {
		cmds[i] = l.donationCommand(a, items[i], donors)
		cmds[i].bulk = true
	}
	for i, o := range l.writeAll(ctx, fund, cmds) {
		switch code := CodeOf(o.err); code {
		case "":
			if o.replayed {
				r.Replayed++
			} else {
				r.Recorded++
			}
		case CodeUnavailable, CodeBusy, "internal":
			return o.err
		default:
			r.Refused = append(r.Refused, BulkRefusal{place + i, o.err})
		}
	}
	if len(r.Refused) > maxRefused {
		return invalid("items", "too_many_refused")
	}
	return nil
}
