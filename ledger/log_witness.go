package ledger

import (
	"context"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

// Cosign is the work of a witness: it looks at another installation's checkpoint, sees that it continues everything
// cosigned of that log before, and says so with a cosignature/v1, which it returns as a line to put below the
// checkpoint. logKeys are the log's verifier keys as this installation got to know them, by another way than the
// request. body is that of add-checkpoint (c2sp.org/tlog-witness), as Growth writes it.
//
// Codes: invalid (Reason "malformed", "wrong_key", "other_log", "signature", "index"), stale (Entry is the size seen
// last: ask again from there), wrong_state (Reason "split_view": another root at a size cosigned before; "fork": it
// does not continue what was cosigned; "missing": no keys), unavailable. The two of wrong_state on field
// "checkpoint" mean that the log has shown two faces: the checkpoint refused and the one kept are the evidence.
func (l *Ledger) Cosign(ctx context.Context, logKeys []string, body string) (line string, err error) {
	if l.logs.keys == nil {
		return "", &Error{Code: CodeWrongState, Field: "key", Reason: "missing"}
	}
	g, err := proof.ParseGrowth(body)
	if err != nil {
		return "", refusedProof("checkpoint", err)
	}
	c, err := proof.ParseCheckpoint(g.Checkpoint, logKeys...)
	if err != nil {
		return "", refusedProof("checkpoint", err)
	}
	if g.Old > c.Size {
		return "", invalid("old", "index")
	}
	last, err := l.Witnessed(ctx, c.Origin)
	if err != nil {
		return "", err
	}
	if err := continues(last, c, g); err != nil {
		if CodeOf(err) == CodeWrongState { // keep both: each is signed by the log
			slog.ErrorContext(ctx, "a log shows two faces", "origin", c.Origin, "seen", last.Size, "shown", c.Size, "refused", g.Checkpoint)
		}
		return "", err
	}
	cosigned, line, err := proof.Cosign(g.Checkpoint, l.logs.keys.witnessName(), l.logs.keys.witness, l.now())
	if err != nil {
		return "", refusedProof("checkpoint", err)
	}
	_, err = l.pool.Exec(ctx, `SELECT witness_apply($1, $2, $3, $4)`, c.Origin, g.Old, c.Size, cosigned)
	if err := fromPg(err); err != nil {
		return "", err
	}
	return line, nil
}

// continues says whether a checkpoint may follow the last one seen.
func continues(last, c proof.Checkpoint, g proof.Growth) error {
	if g.Old != last.Size {
		return &Error{Code: CodeStale, Field: "old", Reason: "other_size", Entry: last.Size}
	}
	if last.Origin != "" && last.Size == c.Size && last.Root != c.Root {
		return &Error{Code: CodeWrongState, Field: "checkpoint", Reason: "split_view"}
	}
	last.Origin = c.Origin
	err := proof.VerifyConsistency(last, c, g.Path)
	if errors.Is(err, proof.ErrRoot) {
		return &Error{Code: CodeWrongState, Field: "checkpoint", Reason: "fork", err: err}
	}
	if err != nil {
		return refusedProof("proof", err)
	}
	return nil
}

// Witnessed is the newest checkpoint cosigned of another's log; without one its size is 0 and it has no origin.
// Codes: unavailable.
func (l *Ledger) Witnessed(ctx context.Context, origin string) (last proof.Checkpoint, err error) {
	err = l.readLog(ctx, System, func(tx pgx.Tx) error {
		var signed string
		err := tx.QueryRow(ctx, `SELECT note FROM witnessed WHERE fund_id = 0 AND origin = $1`, origin).Scan(&signed)
		if err == pgx.ErrNoRows {
			return nil
		}
		if err != nil {
			return err
		}
		last, err = proof.PeekCheckpoint(signed)
		return err
	})
	return last, err
}

// refusedProof gives what package proof refused as a refusal of the ledger.
func refusedProof(field string, err error) error {
	for _, why := range []struct {
		is     error
		reason string
	}{
		{proof.ErrKey, "key"}, {proof.ErrMalformed, "malformed"}, {proof.ErrOtherLog, "other_log"},
		{proof.ErrWrongKey, "wrong_key"}, {proof.ErrSignature, "signature"}, {proof.ErrIndex, "index"},
		{proof.ErrRoot, "root"},
	} {
		if errors.Is(err, why.is) {
			return &Error{Code: CodeInvalid, Field: field, Reason: why.reason, err: err}
		}
	}
	return err
}
