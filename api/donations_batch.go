package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"sovang/ledger"
)

// rawDonation is a gift of a batch before it is looked at: each is validated for itself.
type rawDonation json.RawMessage

// UnmarshalJSON keeps the bytes.
func (r *rawDonation) UnmarshalJSON(b []byte) error {
	*r = bytes.Clone(b)
	return nil
}

// Schema says that it is a gift.
func (rawDonation) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[newDonation](), true, "")
}

type batchItem struct {
	Key      string      `json:"key" doc:"1-200 bytes; the item's own Idempotency-Key"`
	Donation rawDonation `json:"donation"`
}

// batchBody refuses unknown fields by itself: the batch is not validated as a whole.
type batchBody struct {
	Items []batchItem `json:"items" minItems:"1" maxItems:"1000"`
}

// UnmarshalJSON is the strict form of the default.
func (b *batchBody) UnmarshalJSON(data []byte) error {
	type plain batchBody
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode((*plain)(b))
}

type batchInput struct {
	InFund
	Body batchBody
}

// batchAnswer has one result per item, in the order of the items.
type batchAnswer struct {
	Results []batchResult `json:"results"`
}

type batchResult struct {
	Status   int       `json:"status" doc:"What the gift alone would have answered" example:"201"`
	Replayed bool      `json:"replayed,omitempty" doc:"The key was used before and this is the first answer again"`
	Donation *donation `json:"donation,omitempty"`
	Problem  *problem  `json:"problem,omitempty"`
}

// giftSchemas is the schema of a gift with those it refers to, as the single operation has them.
var giftSchemas = sync.OnceValues(func() (huma.Registry, *huma.Schema) {
	r := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	return r, r.Schema(reflect.TypeFor[newDonation](), true, "")
})

// decodeDonation validates one gift and brings it to the ledger's form. Its problems point into the gift.
func decodeDonation(data []byte) (ledger.NewDonation, []fieldProblem) {
	if len(data) == 0 {
		return ledger.NewDonation{}, []fieldProblem{wrongField("donation", "required")}
	}
	var loose any
	if err := json.Unmarshal(data, &loose); err != nil {
		return ledger.NewDonation{}, []fieldProblem{fieldAt("body", "malformed")}
	}
	var found huma.ValidateResult
	at := huma.NewPathBuffer(nil, 0)
	at.Push("body")
	registry, schema := giftSchemas()
	huma.Validate(registry, schema, at, huma.ModeWriteToServer, loose, &found)
	if len(found.Errors) > 0 {
		return ledger.NewDonation{}, fieldsOf(found.Errors)
	}
	var n newDonation
	if err := json.Unmarshal(data, &n); err != nil {
		return ledger.NewDonation{}, []fieldProblem{fieldAt("body", "malformed")}
	}
	return n.read()
}

func (s *server) postDonations(ctx context.Context, in *batchInput) (*answer[batchAnswer], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	switch n := len(in.Body.Items); {
	case n == 0:
		return nil, refuseFields(wrongField("items", "too_few"))
	case n > maxBatch:
		return nil, refuseFields(wrongField("items", "too_many"))
	}
	results := make([]batchResult, len(in.Body.Items))
	var items []ledger.DonationItem
	var places []int // of items in results
	for i, item := range in.Body.Items {
		gift, wrong := decodeDonation(item.Donation)
		if reason := keyReason(item.Key); reason != "" {
			wrong = append(wrong, wrongField("key", reason))
		}
		if len(wrong) > 0 {
			results[i] = refusedItem(ctx, refuseFields(wrong[:min(len(wrong), maxWrong)]...))
			continue
		}
		items = append(items, ledger.DonationItem{Key: ledger.KeyOf(item.Key), Donation: gift})
		places = append(places, i)
	}
	for i, r := range s.l.RecordDonations(ctx, a, id, items) {
		results[places[i]] = itemResult(ctx, r)
	}
	return &answer[batchAnswer]{batchAnswer{results}}, nil
}

func itemResult(ctx context.Context, r ledger.DonationResult) batchResult {
	if r.Err != nil {
		return refusedItem(ctx, r.Err)
	}
	d := donationOf(r.Donation)
	return batchResult{Status: http.StatusCreated, Replayed: r.Donation.Replayed, Donation: &d}
}

func refusedItem(ctx context.Context, err error) batchResult {
	p := problemIn(ctx, err)
	return batchResult{Status: p.Status, Problem: &p}
}
