package localpg

import (
	"errors"
	"fmt"
)

// The kinds of what Start and Running refuse; test with errors.Is.
var (
	ErrInUse      = errors.New("localpg: data folder in use")
	ErrVersion    = errors.New("localpg: cluster of another major version")
	ErrFolder     = errors.New("localpg: data folder cannot work")
	ErrSocket     = errors.New("localpg: socket cannot work")
	ErrNoPostgres = errors.New("localpg: no PostgreSQL")
	ErrNotRunning = errors.New("localpg: no running cluster")
	ErrStart      = errors.New("localpg: postgres does not run")
)

// Error is a refusal of one kind, told twice: Error in English for the log, Sentence for the operator.
type Error struct {
	Kind     error
	english  string
	sentence string
}

// Error says the kind and the reason.
func (e *Error) Error() string { return e.Kind.Error() + ": " + e.english }

// Unwrap gives the kind.
func (e *Error) Unwrap() error { return e.Kind }

// Sentence is the reason in Vietnamese, and what to do about it.
func (e *Error) Sentence() string { return e.sentence }

// Sentence is what to tell the operator about err in Vietnamese; "" when err is none of ours.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.sentence
	}
	return ""
}

// fault fills both texts with the same arguments.
func fault(kind error, english, vietnamese string, args ...any) *Error {
	return &Error{Kind: kind, english: fmt.Sprintf(english, args...), sentence: fmt.Sprintf(vietnamese, args...)}
}
