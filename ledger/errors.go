package ledger

import (
	"errors"
	"fmt"
)

// Code names why the ledger refused. Codes never change their meaning; package api holds the Vietnamese
// sentence and the HTTP status for each.
type Code string

// The codes. Every exported write says which of them it can return.
const (
	CodeInvalid             Code = "invalid"              // a field is wrong; Error.Field and Error.Reason say which and why
	CodeNotFound            Code = "not_found"            // not there, or not in the actor's funds
	CodeForbidden           Code = "forbidden"            // the actor's role does not allow it
	CodeSamePerson          Code = "same_person"          // four eyes: the maker may not be the approver
	CodeKeyReused           Code = "key_reused"           // the idempotency key was used for other content
	CodePeriodClosed        Code = "period_closed"        // the day lies in a closed period
	CodeFundClosed          Code = "fund_closed"          // the fund is frozen or merged
	CodeWrongState          Code = "wrong_state"          // already reversed, already voided, already decided
	CodeInsufficientBalance Code = "insufficient_balance" // an account or a restriction does not hold that much
	CodeStale               Code = "stale"                // what was shown has changed since
	CodeUnavailable         Code = "unavailable"          // the database did not answer; try again with the same key
	CodeBusy                Code = "busy"                 // too many wait for this fund; try again with the same key
)

// Error is a refusal of the ledger: a machine code, and for CodeInvalid the field and the reason.
// It never holds a name, an account number or an amount.
type Error struct {
	Code   Code
	Field  string // JSON pointer-like: "amount", "givers/3/name"
	Reason string // a stable word for the sentence: "required", "too_long", "sum_differs", …
	Entry  int64  // the earlier entry for key_reused, wrong_state; -1 or 0 when there is none
	err    error  // what the database said; never shown
}

// Error is for logs: code, field and reason only.
func (e *Error) Error() string {
	if e.Field != "" {
		return fmt.Sprintf("ledger: %s: %s: %s", e.Code, e.Field, e.Reason)
	}
	return "ledger: " + string(e.Code)
}

// Unwrap gives the cause, for errors.Is; it may quote a row and is never shown to a person.
func (e *Error) Unwrap() error { return e.err }

// CodeOf is the code of a refusal, "" for nil, and "internal" for an error that is not a refusal.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}

func invalid(field, reason string) *Error {
	return &Error{Code: CodeInvalid, Field: field, Reason: reason}
}
