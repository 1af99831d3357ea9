package proofs

import (
	"fmt"
	"slices"
	"testing"

	"sounding/theorems"
)

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
			"a check":                         len(s.Checks()) > 0,
			"two near-misses":                 len(s.NearMisses) >= 2,
			"a repair if and only if refuted": (s.Repair != "") == (s.Refuted != nil),
		}
		if s.Refuted != nil {
			wants["the wording it refutes"] = s.Refuted.Wording != ""
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
