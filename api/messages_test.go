package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"sovang/ledger"
	"sovang/ledger/money"
)

// sources parses the product code of a folder.
func sources(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(names), err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// refusals are the fields and reasons of the ledger's refusals, as its source has them. A field that is put
// together there is given with a row number in the gap, or not at all when it begins with a variable.
func refusals(t *testing.T) (fields, reasons map[string]bool) {
	t.Helper()
	fields, reasons = map[string]bool{}, map[string]bool{}

	place := map[string]bool{"invalid": true, "needText": true, "shortText": true}
	for _, f := range sources(t, "../ledger") {
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.CallExpr:
				name, ok := x.Fun.(*ast.Ident)
				if !place[nameOf(name, ok)] || len(x.Args) < 2 {
					return true
				}
				if s := textOf(x.Args[0]); s != "" {
					fields[strings.ReplaceAll(s, "%d", "0")] = true
				}
				if s := textOf(x.Args[1]); s != "" && name.Name == "invalid" {
					reasons[s] = true
				}
			case *ast.KeyValueExpr:
				if key, ok := x.Key.(*ast.Ident); ok && key.Name == "Reason" && textOf(x.Value) != "" {
					reasons[textOf(x.Value)] = true
				}
			}
			return true
		})
	}
	return fields, reasons
}

func nameOf(id *ast.Ident, ok bool) string {
	if !ok {
		return ""
	}
	return id.Name
}

// textOf is a string literal, or the first literal of a call like fmt.Sprintf, else "".
func textOf(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(x.Value); err == nil {
			return s
		}
	case *ast.CallExpr:
		if len(x.Args) > 0 {
			return textOf(x.Args[0])
		}
	case *ast.BinaryExpr: // field+"name": where it stands is not known, but the last part is
		return textOf(x.Y)
	}
	return ""
}

func TestEveryReasonOfTheLedgerHasItsSentence(t *testing.T) {
	t.Parallel()
	fields, reasons := refusals(t)
	if len(fields) < 20 || len(reasons) < 20 {
		t.Fatalf("found %d fields and %d reasons only: the ledger refuses in another way now", len(fields), len(reasons))
	}
	for _, r := range []string{money.ReasonEmpty, money.ReasonAmbiguous, money.ReasonNotANumber, money.ReasonNegative,
		money.ReasonTooLarge, money.ReasonFraction, money.ReasonUnknownCurrency} {
		reasons[r] = true
	}
	for _, r := range reasonOfHuma {
		reasons[r] = true
	}
	for r := range reasons {
		if reasonTexts[r] == "" {
			t.Errorf("reason %q has no sentence", r)
		}
	}
	for f := range fields {
		if l := label(f); !isVietnamese(l) {
			t.Errorf("field %q has no label: %q", f, l)
		}
	}
}

// isVietnamese says that a text is more than the name of a field.
func isVietnamese(s string) bool { return regexp.MustCompile(`\p{Lu}`).MatchString(s) }

// codes are the values of the constants of type Code in a folder.
func codes(t *testing.T, folder string) map[ledger.Code]bool {
	t.Helper()
	found := map[ledger.Code]bool{}
	for _, f := range sources(t, folder) {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				id, _ := v.Type.(*ast.Ident)
				sel, _ := v.Type.(*ast.SelectorExpr)
				if id != nil && id.Name == "Code" || sel != nil && sel.Sel.Name == "Code" {
					found[ledger.Code(textOf(v.Values[0]))] = true
				}
			}
		}
	}
	return found
}

func TestEveryCodeHasItsStatusItsWordsAndItsPage(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	all := codes(t, "../ledger")
	if len(all) < 12 {
		t.Fatalf("found %d codes of the ledger only", len(all))
	}
	for c := range codes(t, ".") {
		all[c] = true
	}
	for c := range all {
		text := problemTexts[c]
		if statusOf[c] == 0 || text.Title == "" || text.Detail == "" {
			t.Errorf("code %q: status %d, words %+v", c, statusOf[c], text)
			continue
		}
		page := s.nobody(t).do("GET", "/problems/"+string(c), "")
		if page.Status != 200 || !strings.Contains(string(page.Body), text.Title) {
			t.Errorf("code %q: its page is %d: %s", c, page.Status, page.Body)
		}
	}
	if len(problemTexts) != len(all) || len(statusOf) != len(all) {
		t.Errorf("%d codes, %d with words, %d with a status", len(all), len(problemTexts), len(statusOf))
	}
	s.nobody(t).do("GET", "/problems/no_such_code", "").want(404)
}

func TestEveryFieldOfTheJSONHasItsLabel(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	doc := into[described](s.nobody(t).get("/openapi.json").want(200))
	for _, ops := range doc.Paths {
		for _, op := range ops {
			for _, p := range op.Parameters {
				if _, ok := labels[p.Name]; !ok && p.In != "header" {
					t.Errorf("%s: parameter %q has no label", op.ID, p.Name)
				}
			}
		}
	}
}

func TestAllWordsAreNFC(t *testing.T) {
	t.Parallel()
	check := func(s string) {
		if !norm.NFC.IsNormalString(s) {
			t.Errorf("%q is not NFC", s)
		}
	}
	for _, p := range problemTexts {
		check(p.Title)
		check(p.Detail)
	}
	for _, s := range reasonTexts {
		check(s)
	}
	for _, s := range labels {
		check(s)
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"amount": "Số tiền", "givers/0/name": "Họ tên, dòng 1", "goods/49/unit_value": "Đơn giá, dòng 50",
		"donor/phone": "Số điện thoại", "mystery": "mystery", "": "", "0": "0", "0/1": "0/1",
	} {
		if got := label(field); got != want {
			t.Errorf("%q: %q, want %q", field, got, want)
		}
	}
}
