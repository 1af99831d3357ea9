package theorems

import (
	"iter"
	"testing"

	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/verify"
)

// TestNarrowedSearches: what a search is told that every counterexample has leaves the first
// one in its place. The whole order is looked at as far as the effort allows: at 120, as far
// as any search goes.
func TestNarrowedSearches(t *testing.T) {
	if testing.Short() {
		t.Skip("searches anew for some thirty smallest counterexamples")
	}
	t.Parallel()
	narrowed := 0
	for _, s := range All() {
		for _, f := range s.Falsehoods() {
			if f.Looks == nil || f.Source != nil && f.Source.Smallest != nil {
				continue
			}
			whole := *f.Looks
			whole.Length, whole.Varied, whole.Moves, whole.ProperSubset, whole.Penalised, whole.Attacked = 0, false, generators.Anywhere, false, false, false
			if whole == *f.Looks {
				continue
			}
			narrowed++
			t.Run(s.ID+" "+f.Name, func(t *testing.T) {
				t.Parallel()
				cases := verify.Source{Smallest: func() iter.Seq[*model.Case] { return first(smallest(whole)(), 500*testenv.Effort()) }}
				found := verify.Smallest(t.Context(), s.ID, f.Check, cases)
				if found == nil {
					return
				}
				if want := verify.Smallest(t.Context(), s.ID, f.Check, s.CasesOf(f)); want == nil || want.Case.GoString() != found.Case.GoString() {
					t.Errorf("the search passes over %#v, and finds %v", found.Case, want)
				}
			})
		}
	}
	if narrowed == 0 {
		t.Error("no search is narrowed")
	}
}

// first returns the first n of the cases.
func first(cases iter.Seq[*model.Case], n int) iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for c := range cases {
			if n--; n < 0 || !yield(c) {
				return
			}
		}
	}
}
