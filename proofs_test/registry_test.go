package proofs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sounding/internal/words"
	"sounding/theorems"
)

// testName returns the name of the test of a statement: TestThm13Sharp for
// thm-13-sharp.
func testName(id string) string { return "Test" + words.Name(id) }

// TestEveryStatementHasATest reads this package's own source: each statement has its
// test and its fuzz target.
func TestEveryStatementHasATest(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct{ prefix, callee, file, parameter string }{
		{"Test", "prove", "statements_test.go", "t *testing.T"},
		{"Fuzz", "fuzz", "targets_test.go", "f *testing.F"},
	} {
		named(t, kind.prefix, kind.callee, kind.file, kind.parameter)
	}
}

// named holds the functions with a prefix that hand a statement to callee against the
// registry.
func named(t *testing.T, prefix, callee, file, parameter string) {
	t.Helper()
	tests := calling(t, prefix, callee)
	want := make(map[string]string) // name → id
	for _, s := range theorems.All() {
		name := prefix + words.Name(s.ID)
		if other, taken := want[name]; taken {
			t.Errorf("%s and %s share the name %s", other, s.ID, name)
		}
		want[name] = s.ID
		switch id, found := tests[name]; {
		case !found:
			t.Errorf("%s has no %s; add to %s:\n\nfunc %s(%s) { %s(%.1s, %q) }", s.ID, name, file, name, parameter, callee, parameter, s.ID)
		case id != s.ID:
			t.Errorf("%s is about %q, want %q", name, id, s.ID)
		}
	}
	for name, id := range tests {
		if _, known := want[name]; !known {
			t.Errorf("%s is about %q, which is not in the registry or has another name; remove it", name, id)
		}
	}
}

// calling returns the statement that each top-level function with a prefix hands to
// another function.
func calling(t *testing.T, prefix, callee string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the source of the tests is not here: %q, %v", files, err)
	}
	tests := make(map[string]string)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, prefix) {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != callee || len(call.Args) != 2 {
					return true
				}
				id, ok := call.Args[1].(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: the statement is not a literal", f.Name.Name)
					return false
				}
				if tests[f.Name.Name], err = strconv.Unquote(id.Value); err != nil {
					t.Errorf("%s: %v", f.Name.Name, err)
				}
				return false
			})
		}
	}
	return tests
}

// numbering is the paper's own: one count for all kinds, and one for the remarks.
var numbering = map[string][]int{
	"def":  {1, 3, 5, 11, 16, 17, 18, 21},
	"prop": {2, 4, 6, 25, 26, 29},
	"thm":  {8, 9, 10, 13, 14, 19, 20, 22, 27},
	"cor":  {7, 15, 23},
	"lem":  {12, 24, 28},
	"rem":  {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
}

// TestNumbering: every numbered statement of the paper has an entry, under its
// number or as a refuted wording.
func TestNumbering(t *testing.T) {
	t.Parallel()
	var count []int
	for kind, numbers := range numbering {
		if kind != "rem" {
			count = append(count, numbers...)
		}
		for _, n := range numbers {
			id := fmt.Sprintf("%s-%d", kind, n)
			_, plain := theorems.Find(id)
			_, contested := theorems.Find("x-" + id)
			if !plain && !contested {
				t.Errorf("%s has no entry in the registry", id)
			}
		}
	}
	slices.Sort(count)
	for i, n := range count {
		if n != i+1 || len(count) != 29 {
			t.Fatalf("the table has the numbers %v, the paper 1 to 29", count)
		}
	}
}

// TestEntries: an entry says what a reader needs to judge it.
func TestEntries(t *testing.T) {
	t.Parallel()
	for _, s := range theorems.All() {
		wants := map[string]bool{
			"a title":                         s.Title != "",
			"a section":                       s.Section != "",
			"a formula":                       s.Formula != "",
			"a check":                         len(s.Checks) > 0,
			"two near-misses":                 len(s.NearMisses) >= 2,
			"a repair if and only if refuted": (s.Repair != "") == (s.Claim != nil),
		}
		if s.Claim != nil {
			wants["the wording it refutes"] = s.Claim.Wording != ""
		}
		for what, is := range wants {
			if !is {
				t.Errorf("%s lacks %s", s.ID, what)
			}
		}
		names := make(map[string]bool)
		for _, m := range s.NearMisses {
			if m.Name == "" || names[m.Name] {
				t.Errorf("%s: the name %q of a near-miss is empty or taken", s.ID, m.Name)
			}
			names[m.Name] = true
		}
	}
}
