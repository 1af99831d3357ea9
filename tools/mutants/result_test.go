package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/tools/mutation"
)

// A later campaign runs what survived an earlier one, what is new, and what has the id of
// another mutant.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	mutant := func(function, original string) *mutation.Mutant {
		return &mutation.Mutant{File: "exact/law.go", Function: function, Operator: "drop", Ordinal: 1, Original: original}
	}
	noticed, explained, survived, changed, added := mutant("a", "x++"), mutant("b", "x++"), mutant("c", "x++"), mutant("d", "x++"), mutant("e", "x++")
	name := filepath.Join(t.TempDir(), "results")
	if err := writeJSON(name, []result{
		{ID: noticed.ID(), Original: "x++", Sign: fails},
		{ID: explained.ID(), Original: "x++"},
		{ID: survived.ID(), Original: "x++"},
		{ID: changed.ID(), Original: "y++", Sign: fails},
	}); err != nil {
		t.Fatal(err)
	}
	earlier, err := readResults(name)
	if err != nil {
		t.Fatal(err)
	}
	taken, rest := takeOver(earlier, []*mutation.Mutant{noticed, explained, survived, changed, added}, map[string]string{explained.ID(): "a reason"})
	want := []result{{ID: noticed.ID(), Original: "x++", Sign: fails}, {ID: explained.ID(), Original: "x++", Equivalent: "a reason"}}
	if diff := cmp.Diff(want, taken); diff != "" {
		t.Errorf("taken over (-want +got):\n%s", diff)
	}
	if len(rest) != 3 || rest[0] != survived || rest[1] != changed || rest[2] != added {
		t.Errorf("run again: %v", rest)
	}
}
