package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"sovang/ledger"
)

// The codes of this room, beside the ledger's.
const (
	codeUnauthenticated  ledger.Code = "unauthenticated"    // nobody is signed in
	codeSignInFailed     ledger.Code = "sign_in_failed"     // login or password is wrong
	codeTooManyRequests  ledger.Code = "too_many_requests"  // throttled
	codeTooLarge         ledger.Code = "too_large"          // the body is larger than its limit
	codeMalformed        ledger.Code = "malformed"          // the body cannot be read at all
	codeUnsupportedMedia ledger.Code = "unsupported_media"  // another content type than JSON
	codeMethodNotAllowed ledger.Code = "method_not_allowed" // the address exists, the method does not
	codeCrossOrigin      ledger.Code = "cross_origin"       // a browser sent it from a foreign page
	codeTimeout          ledger.Code = "timeout"            // the body did not arrive in time
	codeInternal         ledger.Code = "internal"           // our fault; the log knows
)

// statusOf is the status of each code; a code that is not here is a 500.
var statusOf = map[ledger.Code]int{
	ledger.CodeInvalid:             http.StatusUnprocessableEntity,
	ledger.CodeNotFound:            http.StatusNotFound,
	ledger.CodeForbidden:           http.StatusForbidden,
	ledger.CodeSamePerson:          http.StatusForbidden,
	ledger.CodeKeyReused:           http.StatusUnprocessableEntity,
	ledger.CodePeriodClosed:        http.StatusConflict,
	ledger.CodeFundClosed:          http.StatusConflict,
	ledger.CodeWrongState:          http.StatusConflict,
	ledger.CodeInsufficientBalance: http.StatusConflict,
	ledger.CodeStale:               http.StatusConflict,
	ledger.CodeUnavailable:         http.StatusServiceUnavailable,
	ledger.CodeBusy:                http.StatusServiceUnavailable,
	codeUnauthenticated:            http.StatusUnauthorized,
	codeSignInFailed:               http.StatusUnauthorized,
	codeTooManyRequests:            http.StatusTooManyRequests,
	codeTooLarge:                   http.StatusRequestEntityTooLarge,
	codeMalformed:                  http.StatusBadRequest,
	codeUnsupportedMedia:           http.StatusUnsupportedMediaType,
	codeMethodNotAllowed:           http.StatusMethodNotAllowed,
	codeCrossOrigin:                http.StatusForbidden,
	codeTimeout:                    http.StatusRequestTimeout,
	codeInternal:                   http.StatusInternalServerError,
}

// retryAfter is how many seconds a caller does well to wait.
var retryAfter = map[ledger.Code]string{
	codeTooManyRequests:    "20",
	ledger.CodeUnavailable: "5",
	ledger.CodeBusy:        "1",
}

// problem is an error as a caller sees it: application/problem+json of RFC 9457, or a page.
type problem struct {
	Type      string         `json:"type" doc:"/problems/<code>, a page that explains the code" example:"/problems/invalid"`
	Title     string         `json:"title" doc:"What happened, in Vietnamese"`
	Status    int            `json:"status" example:"422"`
	Detail    string         `json:"detail" doc:"What was saved and what to do now, in Vietnamese"`
	Code      string         `json:"code" doc:"A stable word for programs" example:"invalid"`
	Errors    []fieldProblem `json:"errors,omitempty" doc:"Each field that is wrong"`
	Entry     int64          `json:"entry,omitempty" doc:"For key_reused and wrong_state: the earlier entry"`
	RequestID string         `json:"request_id,omitempty" doc:"Names the request in our log"`
}

// fieldProblem says what is wrong with one field.
type fieldProblem struct {
	Pointer   string `json:"pointer,omitempty" doc:"JSON pointer (RFC 6901) into the body" example:"/amount"`
	Parameter string `json:"parameter,omitempty" doc:"Name of a header, path or query parameter"`
	Reason    string `json:"reason" doc:"A stable word for programs" example:"not_positive"`
	Detail    string `json:"detail" doc:"A sentence in Vietnamese"`
}

// Error is for logs: the code only. Huma asks for it and for the status.
func (p *problem) Error() string { return "api: " + p.Code }

// GetStatus gives huma the status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType gives huma the content type of RFC 9457.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// refusal is a refusal of this room on its way to whoever presents it. It is no *problem: huma would send that
// as it is, without the request's id.
type refusal struct{ problem problem }

// Error is for logs: the code only.
func (r *refusal) Error() string { return "api: " + r.problem.Code }

// refuse is a refusal of this room.
func refuse(code ledger.Code) error { return &refusal{newProblem(code)} }

// refuseFields is the refusal of input with its wrong fields.
func refuseFields(fields ...fieldProblem) error {
	p := newProblem(ledger.CodeInvalid)
	p.Errors = fields
	return &refusal{p}
}

func newProblem(code ledger.Code) problem {
	text := problemTexts[code]
	return problem{Type: "/problems/" + string(code), Title: text.Title, Status: statusOf[code],
		Detail: text.Detail, Code: string(code)}
}

// wrongField is a field of a body that is wrong, by its name in the ledger.
func wrongField(field, reason string) fieldProblem {
	return fieldProblem{Pointer: pointerOf(field, reason), Reason: reason, Detail: reasonText(field, reason)}
}

// problemOf is the one place where an error gets its status and its words. What is no refusal is a 500 that says
// nothing of its cause.
func problemOf(err error) problem {
	var ours *refusal
	var theirs *ledger.Error
	var large *http.MaxBytesError // of a form
	switch {
	case errors.As(err, &ours):
		return ours.problem
	case errors.As(err, &theirs) && statusOf[theirs.Code] != 0:
		return refusedBy(theirs)
	case errors.As(err, &large):
		return newProblem(codeTooLarge)
	case errors.Is(err, context.Canceled): // nobody reads the answer; the ledger wrote all of it or nothing
		return newProblem(ledger.CodeUnavailable)
	}
	return newProblem(codeInternal)
}

func refusedBy(e *ledger.Error) problem {
	p := newProblem(e.Code)
	if e.Code == ledger.CodeInvalid && e.Field != "" {
		p.Errors = []fieldProblem{wrongField(e.Field, e.Reason)}
	}
	if e.Entry > 0 && (e.Code == ledger.CodeKeyReused || e.Code == ledger.CodeWrongState) {
		p.Entry = e.Entry
	}
	return p
}

// pointerOf is where a field of the ledger stands in the JSON of a request.
func pointerOf(field, reason string) string {
	switch field {
	case "purpose", "campaign", "account":
		field += "_id"
	case "donor":
		if reason == "unknown" {
			field = "donor_id"
		}
	}
	return "/" + field
}

// problemIn is problemOf with the request's id, and with a line in the log for what is our fault.
func problemIn(ctx context.Context, err error) problem {
	p, info := problemOf(err), infoOf(ctx)
	p.RequestID = info.id
	if p.Status == http.StatusInternalServerError {
		info.log.LogAttrs(ctx, slog.LevelError, "request failed", append(info.ids(), slog.String("error", describe(err)))...)
	}
	return p
}

// describe tells an error to the log. What a database says may quote a row: then only its SQLSTATE is told.
func describe(err error) string {
	var sql interface{ SQLState() string }
	if errors.As(err, &sql) {
		return fmt.Sprintf("%T, SQLSTATE %s", sql, sql.SQLState())
	}
	return err.Error()
}

// fail answers a request with an error: a problem document under /api/, a page everywhere else.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if !isJSON(r) {
		s.failPage(w, r, err)
		return
	}
	p := problemIn(r.Context(), err)
	if after := retryAfter[ledger.Code(p.Code)]; after != "" {
		w.Header().Set("Retry-After", after)
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		infoOf(r.Context()).log.DebugContext(r.Context(), "answer not delivered", "request", p.RequestID)
	}
}
