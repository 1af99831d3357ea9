package gate

import (
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"sounding/gate/training"
)

// A mistake is named where it matches every answer and differs from the truth of one.
func TestNamed(t *testing.T) {
	t.Parallel()
	type answer struct{ truth, wrong, given float64 } // at the tolerance 1
	for _, c := range []struct {
		reason  string
		answers []answer
		named   bool
	}{
		{"matches, and differs from the truth", []answer{{0, 8, 8}}, true},
		{"within twice the tolerance", []answer{{0, 8, 9.5}}, true},
		{"beyond twice the tolerance", []answer{{0, 8, 10.5}}, false},
		{"also where nothing differs", []answer{{0, 8, 8}, {0, 0, 0}}, true},
		{"right where the mistake would not be", []answer{{0, 8, 8}, {0, 8, 0}}, false},
		{"the same as the truth, which is missed by more than the tolerance", []answer{{0, 0, 1.5}}, false},
	} {
		s := newSuspects[Quantity]()
		for _, a := range c.answers {
			wrong := map[string][][]float64{"mistake": {{a.wrong}}}
			s.note("variance", newSieve([]float64{a.truth}, []*big.Rat{new(big.Rat).SetFloat64(a.given)}, []*big.Rat{big.NewRat(1, 1)}, []bool{true}).sift(wrong))
		}
		if named := len(s.named("variance", []training.Mistake{{Name: "mistake"}})) == 1; named != c.named {
			t.Errorf("%s: named %v, want %v", c.reason, named, c.named)
		}
	}
}

// Of the sets of mistakes that differ from the truth, those are named that contain no other.
func TestNamedTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shown, hidden string // sets of one-letter mistakes
		named         string
	}{
		{"", "", ""},
		{"a", "", "a"},
		{"a ab abc", "", "a"},
		{"ab bc abc", "", "ab bc"},
		{"b ac", "", "b ac"},
		{"ab", "a", "ab"},
		{"", "a b", ""},
	} {
		var l combinations
		for _, set := range strings.Fields(c.shown + " " + c.hidden) {
			own := &combination{shown: slices.Contains(strings.Fields(c.shown), set)}
			for _, name := range set {
				own.Mistakes = append(own.Mistakes, training.Mistake{Name: string(name)})
			}
			l = append(l, own)
		}
		var got []string
		for _, set := range l.named() {
			names := ""
			for _, m := range set {
				names += m.Name
			}
			got = append(got, names)
		}
		if want := strings.Fields(c.named); !slices.Equal(got, want) {
			t.Errorf("of %q shown and %q not: %q, want %q", c.shown, c.hidden, got, want)
		}
	}
}

// The page has every name, and every quantity but two has one.
func TestMistakesAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/gate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "The mistakes that have a name:")
	table, _, _ = strings.Cut(table, "have none")
	for _, m := range mistakes {
		if !strings.Contains(table, m.Name) {
			t.Errorf("docs/gate.md does not name %q", m.Name)
		}
	}
	for _, q := range Quantities() {
		none := slices.Contains([]Quantity{"expected_harm", horizonOf}, q)
		if known := knownMistakes(q); (len(known) == 0) != none {
			t.Errorf("%s: mistakes %v", q, known)
		}
	}
}
