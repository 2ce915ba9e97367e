package ledger

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Our SQLSTATEs. A refusal is raised with one of them; constraint names are the second guard.
const (
	stateStale   = "SV001" // the head has moved: look again
	stateSeen    = "SV002" // a key was seen: answer the replay
	stateMissing = "SV004"
)

var codeByState = map[string]Code{
	stateStale:   CodeStale,
	stateMissing: CodeNotFound,
	"SV005":      CodeFundClosed,
	"SV006":      CodePeriodClosed,
	"SV007":      CodeWrongState,
	"SV008":      CodeSamePerson,
	"SV014":      CodeWrongState,
	"SV015":      CodeInvalid,
}

var codeByConstraint = map[string]Code{
	"balance_enough":          CodeInsufficientBalance,
	"purpose_enough":          CodeInsufficientBalance,
	"purpose_balance_purpose": CodeNotFound,
	"donation_campaign":       CodeNotFound,
	"entry_reversed_once":     CodeWrongState,
	"receipt_void_once":       CodeWrongState,
	"approval_once":           CodeWrongState,
	"approval_two_persons":    CodeSamePerson,
	"user_role_cash_or_books": CodeWrongState,
	"app_user_login":          CodeWrongState,
	"fund_code":               CodeWrongState,
	"fund_key":                CodeStale,
}

// fromPg gives a database refusal the ledger code that its state or constraint stands for. Nothing of the
// database's own text reaches a person: PgError.Detail quotes whole rows.
func fromPg(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if lost(err) {
			return &Error{Code: CodeUnavailable, err: err}
		}
		return err
	}
	if code, ok := codeByState[pg.Code]; ok {
		return &Error{Code: code, err: err}
	}
	if code, ok := codeByConstraint[constraintOf(pg)]; ok {
		return &Error{Code: code, err: err}
	}
	if pg.Code[:2] == "57" || pg.Code[:2] == "53" || pg.Code[:2] == "08" || pg.Code == "40001" || pg.Code == "40P01" {
		return &Error{Code: CodeUnavailable, err: err} // shut down, out of resources, connection, deadlock
	}
	return err
}

// constraintOf is the rule's name: a partition's copy of an index is called "entry_once_3".
func constraintOf(pg *pgconn.PgError) string {
	name := pg.ConstraintName
	if n := len(name); n > 2 && name[n-2] == '_' && name[n-1] >= '0' && name[n-1] <= '7' {
		return name[:n-2]
	}
	return name
}

// lost says that the connection broke: the outcome is unknown until the key is asked again.
func lost(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		pgconn.SafeToRetry(err) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgx.ErrTxClosed)
}
