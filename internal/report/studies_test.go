package report

import (
	"strings"
	"testing"

	"sounding/internal/study"
)

func TestStudies(t *testing.T) {
	t.Parallel()
	s := &Studies{
		Sources:      true,
		PowerChanged: []string{"exact/law.go", "theorems/world.go"},
		Power: &study.Power{Falsehoods: []study.Falsehood{
			{Statement: "prop-1", Name: "half", Kind: "identity", Exact: study.Trials{Seeds: 1000, Mean: 1.25, Max: 4}, Modular: &study.Trials{Seeds: 1000, Mean: 1, Max: 1}, Starts: 100, Ends: 1},
			{Statement: "prop-1", Name: "double", Kind: "identity", When: "three tokens", Met: 0.5, Exact: study.Trials{Seeds: 1000, Mean: 1.75, Max: 9}, Modular: &study.Trials{Seeds: 1000, Mean: 1, Max: 2}, Starts: 100, Ends: 1},
			{Statement: "x-1", Kind: "other", Exact: study.Trials{Seeds: 1000, Mean: 7, Max: 30}, Starts: 100, Ends: 3},
		}},
		Kills: &study.Kills{Sites: 90, Mutants: []study.Mutant{
			{ID: "exact/law.go:Law:ring:1", Folder: "exact", Original: "Add", Mutated: "Sub", Sign: "fails", Statements: []string{"prop-1", "x-1"}},
			{ID: "exact/law.go:Law:drop:1", Folder: "exact", Original: "x = y", Sign: "test", Test: "exact"},
			{ID: "numeric/soft.go:Soft:comparison:1", Folder: "numeric", Original: "<", Mutated: "<=", Equivalent: "Two equal values change places."},
			{ID: "numeric/soft.go:Soft:drop:2", Folder: "numeric", Original: "s := `a`"},
		}},
	}
	var b strings.Builder
	if err := Markdown(&b, example(t), s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"**Stale**: since then changed: exact/law.go, theorems/world.go.",
		"\n| identity | 2 | 1.50 | 1.75 | 9 | 1.00 | 1.00 | 2 |\n",
		"\n| asymptotic | 0 | | | | | | |\n",
		"\n| other | 1 | 7.00 | 7.00 | 30 | | | |\n",
		"1 of the 3 say what an\ninstance has to have",
		"From 100 seeds each, 2 of the 3 falsehoods end in one counterexample, the same from every seed.",
		"4 small faults in the suite's own code, of the 90 that its operators can make",
		"2 are\nnoticed, 1 can be noticed by nothing that the code promises, and **1 survive**. It was made from the present sources.",
		"\n| exact | 2 | 1 | 0 | 0 | 0 | 1 | 0 | 0 | 0 |\n",
		"\n| numeric | 2 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 1 |\n",
		"\n| all | 4 | 1 | 0 | 0 | 0 | 1 | 0 | 1 | 1 |\n",
		"\n- `numeric/soft.go:Soft:drop:2`: left out: `` s := `a` ``\n",
		"\n- `numeric/soft.go:Soft:comparison:1`: `<=` for `<`. Two equal values change places.\n",
		"\n- Mutants of the suite's own code that show on it: 1.\n",
		"\n- The wording is refuted after 7.00 random instances on average and 30 at most, over 1000 seeds.\n",
		"\n   Study: after 1.75 random instances on average and 9 at most, of those with three tokens (50 %); 1.00 points of 𝔽_p, 2 at most, over 1000 seeds.\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report has no\n%s", want)
		}
	}
	if t.Failed() {
		t.Logf("but is\n%s", b.String())
	}
}
