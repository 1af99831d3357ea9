package gate

import (
	"os"
	"slices"
	"strings"
	"testing"
)

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
