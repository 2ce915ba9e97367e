package ledgertest_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	question = regexp.MustCompile(`(?m)^//\t(C[0-9]+) `)
	testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z][A-Za-z0-9]*`)
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)\(`)
)

// examined reads the list in this package's comment: the tests of each question, and whether it waits for something.
func examined(t *testing.T) (tests map[string][]string, order []string, waits map[string]bool) {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	tests, waits = map[string][]string{}, map[string]bool{}
	places := question.FindAllSubmatchIndex(text, -1)
	for i, place := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		name, body := string(text[place[2]:place[3]]), string(text[place[0]:end])
		order = append(order, name)
		tests[name] = testName.FindAllString(body, -1)
		waits[name] = strings.Contains(body, "\n//\t     waits: ")
	}
	return tests, order, waits
}

// written are all tests of the tree.
func written(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range testFunc.FindAllSubmatch(text, -1) {
			names[string(found[1])] = true
		}
		return err
	})
	if err != nil || len(names) < 100 {
		t.Fatalf("%d tests in the tree, %v", len(names), err)
	}
	return names
}

func TestTheListOfQuestionsNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	tests, order, waits := examined(t)
	there := written(t)
	for i := range 30 {
		if want := fmt.Sprintf("C%d", i+1); i >= len(order) || order[i] != want {
			t.Fatalf("the list is %v: %s is missing or out of its place", order, want)
		}
	}
	if len(order) != 30 {
		t.Errorf("%d questions, want 30", len(order))
	}
	for _, name := range order {
		if len(tests[name]) == 0 && !waits[name] {
			t.Errorf("%s has no test and waits for nothing", name)
		}
		for _, test := range tests[name] {
			if !there[test] {
				t.Errorf("%s names %s, which is nowhere", name, test)
			}
		}
	}
}

// A test that has a question's number in its name is in the list: under that question, or named there by its kin.
func TestEveryQuestionInTheNameOfATestIsInTheList(t *testing.T) {
	t.Parallel()
	tests, _, _ := examined(t)
	numbered := regexp.MustCompile(`^Test(C[0-9]+)[A-Z]`)
	for test := range written(t) {
		if found := numbered.FindStringSubmatch(test); found != nil && len(tests[found[1]]) == 0 {
			t.Errorf("%s answers %s, which has no test in the list", test, found[1])
		}
	}
}
