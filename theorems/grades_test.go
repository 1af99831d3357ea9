package theorems

import (
	"slices"
	"strings"
	"testing"

	"sounding/verify"
)

// TestLeastGrades: every claim of a numbered statement of Sections 3 to 7, of Definitions 16
// to 18, Theorem 20, Lemma 28 and equations 72 to 78 is proved, here or in Coq; no claim rests on
// enclosures that merely agree; and Coq proves 45 claims at least.
func TestLeastGrades(t *testing.T) {
	t.Parallel()
	named := []string{"def-16", "def-17", "def-18", "thm-20", "lem-28", "eq-72", "eq-73", "eq-74", "eq-75", "eq-76", "eq-77", "eq-78"}
	kernel := 0
	for _, s := range All() {
		core := strings.Contains("34567", s.Section) || slices.Contains(named, s.ID)
		for i := range s.Claims {
			grade := s.Claims[i].Grade()
			if grade == verify.Kernel {
				kernel++
			}
			if core && s.Relation() == verify.Paper && grade < verify.Proved {
				t.Errorf("%s, claim %d (%s): grade %s, want proved", s.ID, i+1, s.ClaimFormula(i), grade)
			}
			if grade == verify.Agrees {
				t.Errorf("%s, claim %d (%s): grade %s, want one that is decided", s.ID, i+1, s.ClaimFormula(i), grade)
			}
		}
	}
	if kernel < 45 {
		t.Errorf("Coq proves %d claims, want at least 45", kernel)
	}
	t.Logf("Coq proves %d claims", kernel)
}
