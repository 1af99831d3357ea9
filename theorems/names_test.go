package theorems

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSelect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ list, want string }{
		{"thm-8", "thm-8"},
		{"THM-8", "thm-8"},
		{"thm8", "thm-8"},
		{"Theorem 8", "thm-8"},
		{"theorem-8", "thm-8"},
		{"Thm. 8", "thm-8"},
		{"8", "thm-8"},
		{"7", "cor-7"},
		{"Lemma 12", "lem-12"},
		{"Cor 15", "cor-15"},
		{"remark 3", "rem-3"},
		{"Definitions 17", "def-17"},
		{"eq 18", "thm-8"},
		{"Eq. (33)", "thm-13"},
		{"equation 40", "eq-40"},
		{"eqn 52", "cor-23"},
		{"X-Thm-22", "x-thm-22"},
		{"x-thm 22", "x-thm-22"},
		{"thm-13-sharp", "thm-13-sharp"},
		{"thm-9 , thm-8", "thm-8 thm-9"},
		{"Theorem 9 thm8 eq 18", "thm-8 thm-9"},
		{"eq-7?", "eq-72 eq-73 eq-74 eq-75 eq-76 eq-77 eq-78"},
		{"x-rem-[13]", "x-rem-1 x-rem-3"},
		{"Theorems 8 and 9", "thm-8 thm-9"},
		{"Remarks 1, 4 and 7", "rem-1 rem-4 rem-7"},
		{"Remarks 1, thm-9, 8", "rem-1 thm-8 thm-9"},
		{"eqs. (33) and (18), thm 9", "thm-8 thm-9 thm-13"},
		{"Theorems 20, and 22", "thm-20 thm-22"},
		{"Sections 10.1 and 10.3", "x-tradeoff x-penalty-cost own-dpo"},
		{"Assumption 1", "x-assumption-1"},
		{"Section 3", "eq-1 own-lumping eq-2 own-harm-scale"},
		{"eq-2, Section 10.3", "eq-2 own-dpo"},
		{"§10.3", "own-dpo"},
		{"Sec. 10.3 thm 8", "thm-8 own-dpo"},
		{"A.4", "thm-27 x-a4"},
		{"app. A.4", "thm-27 x-a4"},
		{"Section 99", "unknown Section 99"},
		{"and", "unknown and"},
		{"thm-99", "unknown thm-99"},
		{"Theorem 7", "unknown Theorem 7"},
		{"thm-8,", "unknown "},
		{"", "unknown "},
		{"x-nothing*", "unknown x-nothing*"},
		{"[", "unknown ["},
		{"eq 99999999999999999999", "unknown eq 99999999999999999999"},
	} {
		chosen, unknown := Select(c.list)
		var ids []string
		for _, s := range chosen {
			ids = append(ids, s.ID)
		}
		got := strings.Join(ids, " ")
		if chosen == nil {
			got = "unknown " + unknown
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.list, diff)
		}
	}
}

// TestDisplayedIn: of the names in a list, the equations without an entry of their own.
func TestDisplayedIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ list, want string }{
		{"Theorem 8, eq. 33", "eq. 33 in thm-13"},
		{"eqs. (33) and (18), thm 9", "eqs. (33) in thm-13, eqs. (18) in thm-8"},
		{"eq-40", ""}, // which has one
		{"eq-4?, Section 9, 33", ""},
		{"eq 99", ""},
		{"", ""},
	} {
		var found []string
		for _, d := range DisplayedIn(c.list) {
			found = append(found, d.Name+" in "+d.Entry.ID)
		}
		if got := strings.Join(found, ", "); got != c.want {
			t.Errorf("%q: %q, want %q", c.list, got, c.want)
		}
	}
}

// TestSections: a section has all that its parts have.
func TestSections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		section string
		parts   []string
	}{
		{"Section 9", []string{"9.1", "§9.2"}},
		{"Appendix A", []string{"A.1", "A.2", "A.3", "A.4"}},
	} {
		chosen, _ := Select(c.section)
		for _, part := range c.parts {
			some, _ := Select(part)
			if some == nil {
				t.Errorf("%s is unknown", part)
			}
			for _, s := range some {
				if !slices.Contains(chosen, s) {
					t.Errorf("%s is in %s, and not in %s", s.ID, part, c.section)
				}
			}
		}
	}
}

// TestEquations: every displayed equation of the paper is found under its number.
func TestEquations(t *testing.T) {
	t.Parallel()
	const last = 84
	for n := 1; n <= last; n++ {
		if chosen, _ := Select(fmt.Sprint("eq ", n)); len(chosen) != 1 {
			t.Errorf("equation %d: %d entries, want 1", n, len(chosen))
		}
	}
	if chosen, _ := Select(fmt.Sprint("eq ", last+1)); chosen != nil {
		t.Errorf("equation %d is found, and the paper has none", last+1)
	}
}
