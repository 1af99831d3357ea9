package verify

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact/field"
	"sounding/model"
)

// TestTryModularTakesTurns: the points with consecutive numbers lie in every shape, and
// at each number another.
func TestTryModularTakesTurns(t *testing.T) {
	t.Parallel()
	seen := make(map[Shape]int)
	points := make(map[uint64]bool)
	check := Check{Modular: func(w *World[uint64]) {
		seen[Shape{w.V(), w.T()}]++
		points[w.Family.Harm[0]] = true
	}}
	const n = 12
	for i := range n {
		if err := check.TryModular("x", 1, i); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(map[Shape]int{{2, 2}: n / 3, {3, 2}: n / 3, {2, 3}: n / 3}, seen); d != "" {
		t.Errorf("shapes (-want +got):\n%s", d)
	}
	if len(points) != n {
		t.Errorf("%d different points, want %d", len(points), n)
	}
}

// TestFalsehoodsKnowTheirCases: cases of the entry's or of the falsehood's own making
// are no random cases of all classes, which rapid could shrink.
func TestFalsehoodsKnowTheirCases(t *testing.T) {
	t.Parallel()
	own := &Source{Draw: func(uint64, int) *model.Case { return nil }}
	check := Rational(func(*World[field.Rat]) {})
	owns := func(statement, claim, miss *Source) []bool {
		s := &Statement{Source: statement, Refuted: &Falsehood{Check: check, Source: claim}, NearMisses: []Falsehood{{Name: "x", Check: check, Source: miss}}}
		var list []bool
		for _, f := range s.Falsehoods() {
			list = append(list, s.OwnCases(f))
		}
		return list
	}
	for _, test := range []struct {
		statement, claim, miss *Source
		want                   []bool
	}{
		{nil, nil, nil, []bool{false, false}},
		{own, nil, nil, []bool{true, true}},
		{nil, own, nil, []bool{true, false}},
		{nil, nil, own, []bool{false, true}},
	} {
		if d := cmp.Diff(test.want, owns(test.statement, test.claim, test.miss)); d != "" {
			t.Errorf("cases of their own (-want +got):\n%s", d)
		}
	}
}
