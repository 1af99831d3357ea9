package exact

import (
	"math/big"
	"testing"

	"sounding/exact/field"
	"sounding/generators"
)

// TestDeepFaults plants faults in the bounds below the first token, for which the minimum is no
// longer enclosed to the width asked for, or not at all.
func TestDeepFaults(t *testing.T) {
	t.Parallel()
	const width = 1e-4
	in := generators.Tree(2, [][]int64{{1, 1}, {1, 1, 1, 1}}, make([]int64, 4), 1)
	in.Recovery, in.Beta = []int{1}, big.NewRat(1, 1)
	// The minimum, from its closed form in the first token.
	f := field.NewInterval(field.DefaultPrecision)
	g, err := NewFirstToken(f, in)
	if err != nil {
		t.Fatal(err)
	}
	zeros, err := g.Stationary()
	if err != nil || len(zeros) != 1 {
		t.Fatal(zeros, err)
	}
	least, most := f.Bounds(zeros[0].Value)
	for _, test := range []struct {
		fault string
		plant func(b *DeepBound)
	}{
		{"", func(*DeepBound) {}},
		{"a missing η", func(b *DeepBound) { b.root.next[0].penalty = 0 }},
		{"η twice", func(b *DeepBound) { b.root.next[0].penalty *= 2 }},
		{"a chord taken as an upper bound", func(b *DeepBound) {
			for _, child := range b.root.next {
				chord := *child.plans[0]
				chord.penalty, chord.unit = child.lines[0].intercept, child.lines[0].slope
				child.plans = append(child.plans, &chord)
			}
		}},
		{"a policy taken as a lower bound", func(b *DeepBound) {
			for _, child := range b.root.next {
				child.knots[0].lower = child.plans[0].penalty
			}
		}},
		{"a knot at 1 that is too high", func(b *DeepBound) {
			for _, child := range b.root.next {
				child.knots[1].lower += 0.1
				child.draw(b.d)
			}
		}},
	} {
		b, err := NewDeepBound(in, DeepOptions{})
		if err != nil {
			t.Fatal(err)
		}
		test.plant(b)
		m, err := b.Minimise(width, 1000)
		if err != nil {
			t.Fatal(err)
		}
		noticed := m.Width() > width || m.Lower.Cmp(most) > 0 || m.Upper.Cmp(least) < 0
		if noticed != (test.fault != "") {
			t.Errorf("fault %q: noticed %v, minimum in [%v, %v]", test.fault, noticed, m.Lower, m.Upper)
		}
	}
}
