package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// This file holds the house in order: who imports whom, how long things get, what is documented, what
// lies about. CONTRIBUTING.md says why.

// A room is one Go package: what of ours it may import, and which doors to the world stand open.
type room struct {
	may      string // packages of ours, relative to the module, divided by spaces
	database bool   // may import pgx, goose and database/sql
	web      bool   // may import net/http
	tests    bool   // is there for tests: only tests and its like import it
	also     string // one more import, for the reason beside it
}

const leaves = "ledger/money ledger/viet ledger/bankfile ledger/roster ledger/proof "

var rooms = map[string]room{
	".":               {may: "api ledger receipts migrations migrations/localpg " + leaves, database: true, web: true},
	"api":             {may: "receipts ledger " + leaves, web: true},
	"receipts":        {may: "ledger " + leaves},
	"ledger":          {may: leaves, database: true},
	"ledger/money":    {},
	"ledger/viet":     {},
	"ledger/proof":    {},
	"ledger/bankfile": {may: "ledger/money ledger/viet"},
	"ledger/roster": {
		may:  "ledger/money ledger/viet",
		also: "net/http", // DetectContentType tells a picture or a page from a list; no HTTP is spoken
	},
	"ledger/ledgertest":         {may: "ledger migrations migrations/localpg migrations/localpg/pgtest " + leaves, database: true, tests: true},
	"migrations":                {database: true},
	"migrations/localpg":        {database: true},
	"migrations/localpg/pgtest": {may: "migrations migrations/localpg", database: true, tests: true},
}

var (
	databaseImports = []string{"github.com/jackc/pgx", "github.com/pressly/goose", "database/sql"}
	webImports      = []string{"net/http", "html/template", "github.com/danielgtaylor/huma", "github.com/alexedwards/scs"}
	pdfImports      = []string{"github.com/go-pdf/fpdf"} // receipts only
)

// longFunctions and longFiles are the known exceptions, each with its reason. The lists only shrink: an
// entry that is no longer needed fails the test.
var (
	longFunctions = map[string]string{}
	longFiles     = map[string]string{}
)

const (
	functionLines = 70
	fileLines     = 500
)

func TestTidyImportsFollowTheHouse(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		for _, problem := range importProblems(relative(pkg.ImportPath), pkg.Imports) {
			t.Error(problem)
		}
	}
}

func TestTidyImportRulesBite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, imports, want string
	}{
		{"api", "sovang/ledger", ""},
		{"api", "sovang/migrations", "api may not import sovang/migrations"},
		{"api", "github.com/jackc/pgx/v5", "api may not import github.com/jackc/pgx/v5"},
		{"receipts", "github.com/jackc/pgx/v5/pgtype", "receipts may not import github.com/jackc/pgx/v5/pgtype"},
		{"receipts", "github.com/go-pdf/fpdf", ""},
		{"ledger", "github.com/go-pdf/fpdf", "ledger may not import github.com/go-pdf/fpdf"},
		{"ledger", "net/http", "ledger may not import net/http"},
		{"ledger", "html/template", "ledger may not import html/template"},
		{"ledger", "sovang/ledger/ledgertest", "ledger may not import sovang/ledger/ledgertest"},
		{"ledger", "testing", "ledger may not import testing"},
		{"ledger/proof", "database/sql", "ledger/proof may not import database/sql"},
		{"ledger/money", "sovang/ledger/viet", "ledger/money may not import sovang/ledger/viet"},
		{"ledger/viet", "net/httpx", ""},
		{"ledger/viet", "net/http", "ledger/viet may not import net/http"},
		{"ledger/roster", "net/http", ""},
		{"ledger/roster", "net/http/httptest", "ledger/roster may not import net/http/httptest"},
		{"utils", "fmt", "utils is no room of the house"},
	} {
		got := strings.Join(importProblems(tt.from, []string{tt.imports}), "; ")
		if got != tt.want {
			t.Errorf("%s importing %s = %q, want %q", tt.from, tt.imports, got, tt.want)
		}
	}
}

// importProblems says which imports of a package the house forbids.
func importProblems(from string, imports []string) []string {
	room, ok := rooms[from]
	if !ok {
		return []string{from + " is no room of the house"}
	}
	var problems []string
	for _, path := range imports {
		var refused bool
		switch {
		case path == room.also:
		case path == "sovang" || strings.HasPrefix(path, "sovang/"):
			refused = !slices.Contains(strings.Fields(room.may), relative(path))
		case path == "testing":
			refused = !room.tests
		case below(path, databaseImports):
			refused = !room.database
		case below(path, webImports):
			refused = !room.web
		case below(path, pdfImports):
			refused = from != "receipts"
		}
		if refused {
			problems = append(problems, from+" may not import "+path)
		}
	}
	return problems
}

// below tells whether path is one of the roots or a package under one.
func below(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+"/")
	})
}

func relative(importPath string) string {
	if importPath == "sovang" {
		return "."
	}
	return strings.TrimPrefix(importPath, "sovang/")
}

func TestTidyFunctionsAndFilesStayShort(t *testing.T) {
	t.Parallel()
	functions, files := map[string]int{}, map[string]int{}
	for path, source := range goSources(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		if n := source.lines(source.file.FileStart, source.file.FileEnd); n > fileLines {
			files[path] = n
		}
		for _, decl := range source.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				if n := source.lines(fn.Pos(), fn.End()); n > functionLines {
					functions[filepath.Dir(path)+" "+functionName(fn)] = n
				}
			}
		}
	}
	compareWithExceptions(t, "function", functionLines, functions, longFunctions)
	compareWithExceptions(t, "file", fileLines, files, longFiles)
}

func compareWithExceptions(t *testing.T, what string, limit int, found map[string]int, exceptions map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if exceptions[name] == "" {
			t.Errorf("%s %s has %d lines, at most %d are allowed", what, name, found[name], limit)
		}
	}
	for name := range exceptions {
		if found[name] == 0 {
			t.Errorf("%s %s is short enough now: take it off the list of exceptions", what, name)
		}
	}
}

func TestTidyExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	documented, packages := map[string]bool{}, map[string]bool{}
	for path, source := range goSources(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		dir := filepath.Dir(path)
		packages[dir] = true
		documented[dir] = documented[dir] || source.file.Doc != nil
		for _, decl := range source.file.Decls {
			for _, name := range undocumented(decl) {
				t.Errorf("%s: %s is exported and has no comment", path, name)
			}
		}
	}
	for dir := range packages {
		if !documented[dir] {
			t.Errorf("package %s has no comment", dir)
		}
	}
}

// undocumented gives the exported names of one declaration that lack a comment. In a group the comment of
// the group speaks for its constants and variables, not for its types.
func undocumented(decl ast.Decl) []string {
	var names []string
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Name.IsExported() && receiverExported(decl) && decl.Doc == nil {
			names = append(names, functionName(decl))
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				alone := !decl.Lparen.IsValid() && decl.Doc != nil
				if spec.Name.IsExported() && spec.Doc == nil && !alone {
					names = append(names, spec.Name.Name)
				}
			case *ast.ValueSpec:
				if decl.Doc != nil || spec.Doc != nil || spec.Comment != nil {
					continue
				}
				for _, name := range spec.Names {
					if name.IsExported() {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

func receiverExported(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	return ast.IsExported(strings.Trim(receiver(fn), "(*)"))
}

func functionName(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	return receiver(fn) + "." + fn.Name.Name
}

// receiver is T or (*T), without type parameters.
func receiver(fn *ast.FuncDecl) string {
	typ, form := fn.Recv.List[0].Type, "%s"
	if star, ok := typ.(*ast.StarExpr); ok {
		typ, form = star.X, "(*%s)"
	}
	switch generic := typ.(type) {
	case *ast.IndexExpr:
		typ = generic.X
	case *ast.IndexListExpr:
		typ = generic.X
	}
	return fmt.Sprintf(form, typ.(*ast.Ident).Name)
}

func TestTidyPostBatchIsCalledFromOneFile(t *testing.T) {
	t.Parallel()
	callers := map[string]bool{}
	for path, source := range goSources(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		ast.Inspect(source.file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && strings.Contains(text.Value, "post_batch(") {
				callers[path] = true
			}
			return true
		})
	}
	if len(callers) != 1 {
		t.Errorf("post_batch is called from %v, want exactly one file", slices.Sorted(maps.Keys(callers)))
	}
}

func TestTidyMigrationsHaveNoGap(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^(\d{5})_[a-z][a-z_]*\.sql$`)
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v, %d files", err, len(files))
	}
	for i, file := range files { // Glob sorts
		parts := name.FindStringSubmatch(filepath.Base(file))
		if parts == nil {
			t.Errorf("%s is not called 00000_noun.sql", file)
			continue
		}
		if n, _ := strconv.Atoi(parts[1]); n != i+1 {
			t.Errorf("%s has number %d, want %d", file, n, i+1)
		}
	}
}

func TestTidyTopLevelHoldsTheRooms(t *testing.T) {
	t.Parallel()
	dirs := strings.Fields("ledger receipts api migrations testdata tmp")
	files := strings.Fields("README.md CONTRIBUTING.md LICENSE Makefile go.mod go.sum sovang")
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case strings.HasPrefix(name, "."): // .ci, git's own, an editor's
		case entry.IsDir() && !slices.Contains(dirs, name):
			t.Errorf("%s/ is no room of the house", name)
		case entry.IsDir() || slices.Contains(files, name):
		case !slices.Contains([]string{".go", ".test", ".prof"}, filepath.Ext(name)):
			t.Errorf("%s does not belong on the top level", name)
		}
	}
}

func TestTidyNothingIsLeftToDoOrTiedToOneMachine(t *testing.T) {
	t.Parallel()
	// Put together here, so that this file does not find itself.
	undone := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	machine := regexp.MustCompile(`(^|[^\w.-])/(wo` + `rk|ro` + `ot)/`)
	walk(t, func(path string) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if found := machine.Find(content); found != nil {
			t.Errorf("%s speaks of a path of one machine: %q", path, found)
		}
		foreign := strings.Contains(path, "testdata/") || strings.Contains(path, ".min.") || bytes.IndexByte(content, 0) >= 0
		if found := undone.Find(content); found != nil && !foreign {
			t.Errorf("%s has a %s: do it, or file an issue and say what holds today", path, found)
		}
	})
}

// Packages whose test data has a test of its own, which knows more than names, are left to it.
func TestTidyTestdataHasNoOrphan(t *testing.T) {
	t.Parallel()
	ownTest := map[string]bool{}
	text := map[string]string{} // what the Go files of a folder say
	for path, source := range goSources(t) {
		dir := filepath.Dir(path)
		text[dir] += source.text
		ownTest[dir] = ownTest[dir] || path != "tidy_test.go" && strings.Contains(source.text, "HasNoOrphan(")
	}
	readme, err := os.ReadFile("README.md") // it shows pictures of pages and receipts
	if err != nil {
		t.Fatal(err)
	}
	walk(t, func(path string) {
		dir, name, ok := strings.Cut(path, "testdata/")
		dir = filepath.Clean(dir)
		if !ok || bytes.Contains(readme, []byte("]("+path+")")) || ownTest[dir] || orphanAllowed(name, text[dir]) {
			return
		}
		t.Errorf("%s: no Go file of its package speaks of it", path)
	})
}

// orphanAllowed looks for the file's name, its name without what follows the first dot, or a folder on its
// way; a fuzz corpus needs its fuzz test, and what rapid leaves behind after a failure has no business here.
// The licence of something vendored stays with it.
func orphanAllowed(name, text string) bool {
	parts := strings.Split(name, "/")
	switch {
	case parts[0] == "fuzz" && len(parts) > 1:
		return strings.Contains(text, "func "+parts[1]+"(")
	case parts[0] == "rapid":
		return false
	case strings.Contains(name, "LICENSE"):
		return true
	}
	stem, _, _ := strings.Cut(parts[len(parts)-1], ".")
	for _, word := range append(parts, stem) {
		if strings.Contains(text, `"`+word+`"`) || strings.Contains(text, "testdata/"+word) ||
			strings.Contains(text, "/"+word) {
			return true
		}
	}
	extension := filepath.Ext(name)
	return extension != "" && strings.Contains(text, "*"+extension)
}

// source is one Go file, parsed.
type source struct {
	text string
	fset *token.FileSet
	file *ast.File
}

func (s source) lines(from, to token.Pos) int {
	return s.fset.Position(to).Line - s.fset.Position(from).Line + 1
}

// parseOnce keeps the parsed files for all tests here; they only read them.
var parseOnce = sync.OnceValues(func() (map[string]source, error) {
	sources := map[string]source{}
	err := eachFile(func(path string) error {
		if filepath.Ext(path) != ".go" || strings.Contains(path, "testdata/") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		sources[path] = source{string(text), fset, file}
		return err
	})
	return sources, err
})

func goSources(t *testing.T) map[string]source {
	t.Helper()
	sources, err := parseOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 10 {
		t.Fatalf("found %d Go files only: the walk is wrong", len(sources))
	}
	return sources
}

func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	if err := eachFile(func(path string) error { visit(path); return nil }); err != nil {
		t.Fatal(err)
	}
}

// eachFile visits the files of the repository with slashed paths, without git's own and without what
// .gitignore names: it must not matter what is committed, nor whether git is there.
func eachFile(visit func(path string) error) error {
	return filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			hidden := strings.HasPrefix(path, ".") && path != "." && path != ".ci"
			if hidden || path == "tmp" {
				return fs.SkipDir
			}
			return nil
		}
		extension := filepath.Ext(path)
		if path == "sovang" || extension == ".test" || extension == ".prof" || !entry.Type().IsRegular() {
			return nil
		}
		return visit(filepath.ToSlash(path))
	})
}
