package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	const first, second = "2026-01-02, at commit abc", "2026-01-03, at commit abd"
	d := document{sites: 90, chosen: 9, results: []result{
		{ID: "exact/law.go:Law:ring:1", Made: first, Folder: "exact", Original: "Add", Mutated: "Sub", Sign: fails, Statements: []string{"prop-1", "x-1"}},
		{ID: "exact/law.go:Law:drop:1", Made: first, Folder: "exact", Original: "x = y", Sign: tests, Test: "exact"},
		{ID: "exact/law.go:Law:index:1", Made: first, Folder: "exact", Original: "i", Mutated: "i+1", Sign: panics, Statements: []string{"x-1"}},
		{ID: "exact/martingale.go:innovations count from h_0:fault:1", Made: first, Folder: "exact", Sign: fails, Statements: []string{"def-3"}},
		{ID: "numeric/soft.go:Soft:comparison:1", Made: first, Folder: "numeric", Original: "<", Mutated: "<=", Equivalent: "Two equal values change places."},
		{ID: "numeric/soft.go:Soft:drop:2", Made: first, Folder: "numeric", Original: "s := `a`"},
		{ID: "numeric/soft.go:Soft:drop:3", Made: second, Folder: "numeric", Original: "i++", Sign: timesOut},
	}}
	var b bytes.Buffer
	d.write(&b)
	for _, want := range []string{
		"\n- 6 of the mutants on 2026-01-02, at commit abc\n- 1 of the mutants on 2026-01-03, at commit abd\n\nThose of a later commit had survived",
		"\n7 mutants: 3 killed, 1 panic, 1 time out, 1 equivalent, 1 survive.\nThey were chosen from 90 that could be made.\nThe campaign was stopped: another 2 that were chosen have not been run.\n",
		"\n| exact | 4 | 2 | 0 | 0 | 1 | 1 | 0 | 0 | 0 |\n| numeric | 3 | 0 | 0 | 0 | 0 | 0 | 1 | 1 | 1 |\n| all | 7 | 2 | 0 | 0 | 1 | 1 | 1 | 1 | 1 |\n",
		"\n| innovations count from h_0 | def-3 | yes | 1 |\n",
		"\n## Survivors\n\n- `numeric/soft.go:Soft:drop:2`: left out: `` s := `a` ``\n",
		"\n## Equivalent mutants\n\n- `numeric/soft.go:Soft:comparison:1`: `<=` for `<`. Two equal values change places.\n",
		"\nx-1 2,\ndef-3 1,\nprop-1 1.\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the document has no\n%s", want)
		}
	}
	if t.Failed() {
		t.Logf("but is\n%s", b.String())
	}
}
