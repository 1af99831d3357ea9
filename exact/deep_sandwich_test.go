package exact

import (
	"slices"
	"testing"
)

// TestSandwichSort: rounding may leave lines out of their order; sorting lowers intercepts
// and raises weights until they grow.
func TestSandwichSort(t *testing.T) {
	t.Parallel()
	s := sandwich{lines: []line{{3, 8, 2}, {1, 4, 1}, {5, 2, 7}, {2, 1, 6}}}
	s.sort()
	if want := []line{{1, 8, 2}, {1, 4, 2}, {2, 2, 7}, {2, 1, 7}}; !slices.Equal(s.lines, want) {
		t.Errorf("sorted lines %v, want %v", s.lines, want)
	}
}
