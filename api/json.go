package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"sovang/ledger"
)

// jsonRoutes registers the JSON interface and its description, every operation on one screen.
func (s *server) jsonRoutes(mux *http.ServeMux) error {
	api := humago.New(&sheetMux{ServeMux: mux}, describedAs())

	huma.Register(api, write("POST", "/session", "signIn", "Sign in: sets the cookie", maxSmallBody), s.postSession)
	huma.Register(api, s.own(gone("/session", "signOut", "Sign out")), s.deleteSession)
	huma.Register(api, s.own(read("/me", "showMe", "Who is signed in, and in which roles")), s.getMe)
	huma.Register(api, read("/check/{fund}/{code}", "checkReceipt", "Check a receipt by its code; no sign-in"), s.getCheck)

	huma.Register(api, s.own(read("/funds", "listFunds", "Funds that you may read")), s.getFunds)
	huma.Register(api, s.own(read(inFund, "showFund", "One fund")), s.getFund)
	huma.Register(api, s.own(read(inFund+"/balances", "listBalances", "Balances of every account at the end of a day")), s.getBalances)
	huma.Register(api, s.own(read(inFund+"/purposes", "listPurposes", "Purposes that gifts may be restricted to")), s.getPurposes)
	huma.Register(api, s.own(read(inFund+"/campaigns", "listCampaigns", "Drives, the newest first")), s.getCampaigns)

	huma.Register(api, s.own(read(inFund+"/donors", "findDonors", "Find donors, without regard to marks or case")), s.getDonors)
	huma.Register(api, s.own(write("POST", inFund+"/donors", "createDonor", "Put a donor on record", maxSmallBody)), s.postDonor)

	huma.Register(api, s.own(read(inFund+"/donations", "listDonations", "Gifts, the newest first")), s.getDonations)
	huma.Register(api, s.own(write("POST", inFund+"/donations", "recordDonation", "Record a gift and take the number of its receipt", maxGiftBody)), s.postDonation)
	huma.Register(api, s.own(batch(inFund+"/donations/batch", "recordDonations", "Record up to 1,000 gifts, each for itself")), s.postDonations)
	huma.Register(api, s.own(read(inFund+"/donations/{entry}", "showDonation", "One gift")), s.getDonation)
	huma.Register(api, s.own(write("POST", inFund+"/donations/{entry}/reversal", "reverseDonation", "Take a gift back in negative; its receipt is void", maxSmallBody)), s.postReversal)

	huma.Register(api, s.own(read(inFund+"/receipts", "listReceipts", "The register of receipts, the newest first")), s.getReceipts)
	huma.Register(api, s.own(read(sheet, "showReceipt", "One receipt, as it was frozen")), s.getReceipt)
	huma.Register(api, s.own(pdf(sheet+".pdf", "printReceipt", "The sheet: the same bytes each time")), s.getSheet)
	huma.Register(api, s.own(write("POST", sheet+"/void-proposals", "proposeVoid", "Ask a second person to void or replace a receipt", maxSmallBody)), s.postProposal)

	huma.Register(api, s.own(read(inFund+"/intents", "listIntents", "Proposals that wait for a second person")), s.getIntents)
	huma.Register(api, s.own(write("POST", inFund+"/intents/{entry}/decision", "decideIntent", "Approve or refuse, as the second person", maxSmallBody)), s.postDecision)

	api.OpenAPI().Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: s.sessions.Cookie.Name},
	}
	return serveDescription(mux, api.OpenAPI())
}

const (
	root   = "/api/v1"
	inFund = "/funds/{fund}"
	sheet  = inFund + "/receipts/{series}/{year}/{number}"
)

func describedAs() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Sổ Vàng", Version: "1",
				Description: "The open ledger of Vietnam's Đền ơn đáp nghĩa (Gratitude) funds. Amounts are strings of " +
					"whole đồng, days are ISO dates. Errors are application/problem+json (RFC 9457).",
			},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

// serveDescription answers the OpenAPI description, written once.
func serveDescription(mux *http.ServeMux, doc *huma.OpenAPI) error {
	body, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return fmt.Errorf("api: description: %w", err)
	}
	mux.HandleFunc("GET "+root+"/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(body) // who has gone away needs no answer
	})
	return nil
}

func operation(method, path, id, summary string) huma.Operation {
	return huma.Operation{Method: method, Path: root + path, OperationID: id, Summary: summary, BodyReadTimeout: readTime}
}

func read(path, id, summary string) huma.Operation { return operation("GET", path, id, summary) }

func write(method, path, id, summary string, limit int64) huma.Operation {
	op := operation(method, path, id, summary)
	op.MaxBodyBytes, op.DefaultStatus = limit, http.StatusCreated
	return op
}

func gone(path, id, summary string) huma.Operation {
	op := operation("DELETE", path, id, summary)
	op.DefaultStatus = http.StatusNoContent
	return op
}

// batch validates its items one by one, in the handler: a wrong one harms no other.
func batch(path, id, summary string) huma.Operation {
	op := write("POST", path, id, summary, maxBatchBody)
	op.DefaultStatus, op.SkipValidateBody = http.StatusOK, true
	return op
}

func pdf(path, id, summary string) huma.Operation {
	op := operation("GET", path, id, summary)
	op.Responses = map[string]*huma.Response{
		"200": {Description: "The sheet", Content: map[string]*huma.MediaType{
			"application/pdf": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
	}
	return op
}

// own is an operation for signed-in people: who has no session is refused before the body is read.
func (s *server) own(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{{"session": {}}}
	op.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if s.sessions.GetInt32(ctx.Context(), sessionUser) != 0 {
			next(ctx)
			return
		}
		r, w := humago.Unwrap(ctx)
		s.fail(w, r, refuse(codeUnauthenticated))
	}}
	return op
}

// sheetMux lets "{number}" and "{number}.pdf" be two operations, where ServeMux knows whole segments only.
type sheetMux struct {
	*http.ServeMux
	sheets map[string]http.HandlerFunc
}

// HandleFunc is ServeMux's, but for a pattern that ends in .pdf: it is kept for its sister.
func (m *sheetMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	if sister, ok := strings.CutSuffix(pattern, ".pdf"); ok {
		m.sheets[sister] = h
		return
	}
	if m.sheets == nil {
		m.sheets = map[string]http.HandlerFunc{}
	}
	m.ServeMux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		number, ok := strings.CutSuffix(r.PathValue("number"), ".pdf")
		if sheet := m.sheets[pattern]; ok && sheet != nil {
			r.SetPathValue("number", number)
			sheet(w, r)
			return
		}
		h(w, r)
	})
}

// InFund is the fund that an operation is about. It is exported, as the other parts of inputs are, because huma
// looks into exported embedded structs only.
type InFund struct {
	Fund string `path:"fund" doc:"The fund's code" example:"HD"`
}

// enter says who asks and in which fund. What the actor may not read is not found.
func (s *server) enter(ctx context.Context, in InFund) (ledger.Actor, ledger.FundID, error) {
	a, err := s.who(ctx)
	if err != nil {
		return a, 0, err
	}
	fund, err := s.l.FundID(ctx, a, in.Fund)
	if err == nil {
		infoOf(ctx).fund = fund
	}
	return a, fund, err
}

// Keyed is a write that is safe to repeat.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" doc:"1-200 bytes; the same for every try of one write"`
}

// key is the ledger's key for the caller's text.
func (k Keyed) key() (ledger.Key, error) {
	reason := keyReason(k.Key)
	if reason == "" {
		return ledger.KeyOf(k.Key), nil
	}
	return ledger.Key{}, refuseFields(fieldProblem{Parameter: "Idempotency-Key", Reason: reason,
		Detail: reasonText("Idempotency-Key", reason)})
}

func keyReason(text string) string {
	switch {
	case text == "":
		return "required"
	case len(text) > maxKey:
		return "too_long"
	}
	return ""
}

// list is one page of a list.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
}

// Slice is which page of a list is wanted.
type Slice struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" doc:"Rows of the page; 50 when not given"`
	After string `query:"after" maxLength:"40" doc:"The cursor next of the page before"`
}

// limit is the number of rows wanted.
func (p Slice) limit() int {
	if p.Limit == 0 {
		return pageSize
	}
	return p.Limit
}

// page cuts one page out of a whole list; cursor names a row by what never changes of it.
func page[T, B any](all []T, p Slice, cursor func(T) string, body func(T) B) *list[B] {
	if p.After != "" {
		for i := range all {
			if cursor(all[i]) == p.After {
				all = all[i+1:]
				break
			}
		}
	}
	out := &list[B]{Items: []B{}}
	for i, row := range all {
		if i == p.limit() {
			out.Next = cursor(all[i-1])
			break
		}
		out.Items = append(out.Items, body(row))
	}
	return out
}

// answer is a body and nothing beside it.
type answer[T any] struct{ Body T }

func init() {
	huma.DefaultArrayNullable = false // a list without rows is [], never null
	huma.ErrorFormatter = formatOf
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		p := problemOf(fromHuma(status, msg, errs))
		return &p
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		p := problemIn(ctx.Context(), fromHuma(status, msg, errs))
		if after := retryAfter[ledger.Code(p.Code)]; after != "" {
			ctx.SetHeader("Retry-After", after)
		}
		return &p
	}
}
