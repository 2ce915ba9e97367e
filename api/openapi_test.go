package api

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sovang/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// described is what the tests read of an OpenAPI document.
type described struct {
	OpenAPI string                            `json:"openapi"`
	Paths   map[string]map[string]describedOp `json:"paths"`
	Parts   struct {
		Schemas map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

type describedOp struct {
	ID         string `json:"operationId"`
	Summary    string `json:"summary"`
	Parameters []struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
	} `json:"parameters"`
	Body      json.RawMessage `json:"requestBody"`
	Responses map[string]struct {
		Description string                     `json:"description"`
		Content     map[string]json.RawMessage `json:"content"`
	} `json:"responses"`
	Security []map[string][]string `json:"security"`
}

// lines is every operation, "GET /api/v1/funds", in order; open ones are marked.
func (d described) lines() []string {
	var list []string
	for path, ops := range d.Paths {
		for method, op := range ops {
			line := strings.ToUpper(method) + " " + path + " " + op.ID
			if len(op.Security) == 0 {
				line += " (open)"
			}
			list = append(list, line)
		}
	}
	slices.Sort(list)
	return list
}

func TestTheDescriptionIsTheInterface(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	got := s.nobody(t).get("/openapi.json").want(200)
	doc := into[described](got)
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Errorf("openapi %q", doc.OpenAPI)
	}
	text := strings.Join(doc.lines(), "\n") + "\n"
	const golden = "testdata/openapi.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("operations (-golden +now):\n%s", diff)
	}
	ids := map[string]bool{}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if ids[op.ID] || op.ID == "" || op.Summary == "" {
				t.Errorf("%s %s: id %q, summary %q", method, path, op.ID, op.Summary)
			}
			ids[op.ID] = true
			checkParameters(t, path, op)
			checkResponses(t, path, op)
		}
	}
	for _, ref := range regexp.MustCompile(`"\$ref": "([^"]*)"`).FindAllStringSubmatch(string(got.Body), -1) {
		if name, ok := strings.CutPrefix(ref[1], "#/components/schemas/"); !ok || doc.Parts.Schemas[name] == nil {
			t.Errorf("%s leads nowhere", ref[1])
		}
	}
}

func checkParameters(t *testing.T, path string, op describedOp) {
	t.Helper()
	for _, m := range regexp.MustCompile(`{(\w+)}`).FindAllStringSubmatch(path, -1) {
		if !slices.ContainsFunc(op.Parameters, func(p struct {
			Name     string `json:"name"`
			In       string `json:"in"`
			Required bool   `json:"required"`
		}) bool {
			return p.Name == m[1] && p.In == "path" && p.Required
		}) {
			t.Errorf("%s: {%s} is not described", op.ID, m[1])
		}
	}
}

func checkResponses(t *testing.T, path string, op describedOp) {
	t.Helper()
	if len(op.Responses) < 2 || op.Responses["default"].Content["application/problem+json"] == nil {
		t.Errorf("%s: responses %v, want a good one and a problem", op.ID, op.Responses)
	}
	for code, r := range op.Responses {
		if r.Description == "" {
			t.Errorf("%s %s: no description", op.ID, code)
		}
	}
	if strings.HasSuffix(path, ".pdf") && op.Responses["200"].Content["application/pdf"] == nil {
		t.Errorf("%s: no PDF", op.ID)
	}
}

var pathValues = strings.NewReplacer("{fund}", "HD", "{entry}", "1", "{series}", "PT", "{year}", "2026", "{number}", "1", "{code}", "0000000000")

// bodies are well-formed bodies of the writes: what is refused is refused for who asks.
var bodies = map[string]string{
	"createDonor": `{"name":"A"}`, "recordDonation": oneGift, "recordDonations": `{"items":[{"key":"k","donation":` + oneGift + `}]}`,
	"reverseDonation": `{"reason":"x"}`, "proposeVoid": `{"reason":"x"}`,
	"decideIntent": `{"approve":true,"hash":"` + strings.Repeat("0", 64) + `"}`,
}

func TestNoOperationOfAFundAnswersAStranger(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder, ledger.RoleAdmin)
	s.Give(500000)
	other := s.OpenFund("TM", ledger.LevelDistrict)
	s.users[ledger.RoleChiefAccountant] = s.addUser(t, "elsewhere", other, ledger.RoleChiefAccountant)
	stranger, admin, nobody := s.as(t, ledger.RoleChiefAccountant), s.as(t, ledger.RoleAdmin), s.nobody(t)
	doc := into[described](nobody.get("/openapi.json").want(200))
	seen := 0
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if len(op.Security) == 0 {
				continue
			}
			seen++
			send := func(c caller, address string) reply {
				return c.do(strings.ToUpper(method), address, bodies[op.ID], "Idempotency-Key: k")
			}
			address := pathValues.Replace(path)
			send(nobody, address).problem(401, codeUnauthenticated)
			if strings.Contains(path, "{fund}") {
				send(stranger, address).problem(404, ledger.CodeNotFound)
				send(admin, address).problem(404, ledger.CodeNotFound)
				send(stranger, strings.Replace(address, "HD", "XX", 1)).problem(404, ledger.CodeNotFound)
			}
		}
	}
	if seen != len(doc.lines())-2 {
		t.Errorf("%d operations ask who one is, of %d", seen, len(doc.lines()))
	}
	if l := into[list[fund]](stranger.get("/funds").want(200)); len(l.Items) != 1 || l.Items[0].Code != "TM" {
		t.Errorf("a stranger's funds: %+v", l)
	}
}

func TestWhatARoleMayNotDo(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleTreasurer, ledger.RoleViewer, ledger.RoleInspector)
	s.Give(500000)
	for role := range s.users {
		for _, w := range []struct{ path, body string }{
			{"/funds/HD/donors", bodies["createDonor"]},
			{"/funds/HD/donations", oneGift},
			{"/funds/HD/donations/1/reversal", bodies["reverseDonation"]},
			{"/funds/HD/receipts/PT/2026/1/void-proposals", bodies["proposeVoid"]},
		} {
			t.Run(string(role)+" "+w.path, func(t *testing.T) {
				s.as(t, role).post(w.path, "k", w.body).problem(http.StatusForbidden, ledger.CodeForbidden)
			})
		}
	}
}
