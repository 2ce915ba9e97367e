package ledger

import (
	"context"
	"fmt"
	"log/slog"
)

// note writes one line of the access log. It holds ids only. A line that cannot be written does not stop the
// reader at the counter, but it is told to the operator.
func (l *Ledger) note(ctx context.Context, fund FundID, a Actor, action, object string) {
	var id [16]byte
	if err := l.rand(id[:]); err != nil {
		slog.ErrorContext(ctx, "access log: no random id", "fund", int(fund), "actor", a.ID)
		return
	}
	_, err := l.pool.Exec(context.WithoutCancel(ctx), `SELECT access_note($1, $2, $3, $4, $5, $6)`,
		fund, l.now(), id, a.ID, action, object)
	if err != nil {
		slog.ErrorContext(ctx, "access log: not written", "fund", int(fund), "actor", a.ID, "action", action)
	}
}

// NotePrint writes into the access log that a person took a receipt's sheet; copy 0 is the original. The
// actor needs PermRead. Codes: not_found.
func (l *Ledger) NotePrint(ctx context.Context, a Actor, fund FundID, ref ReceiptRef, copy int) error {
	if !a.Can(fund, PermRead) {
		return &Error{Code: CodeNotFound}
	}
	action := "receipt.print"
	if copy > 0 {
		action = "receipt.copy"
	}
	l.note(ctx, fund, a, action, ref.String())
	return nil
}

// String names the sheet in logs and addresses: "PT-2022-12".
func (r ReceiptRef) String() string { return fmt.Sprintf("%s-%d-%d", r.Series, r.Year, r.Number) }
