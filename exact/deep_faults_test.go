package exact

import (
	"math/big"
	"testing"

	"sounding/exact/field"
	"sounding/model"
)

// TestDeepFaults plants faults in the bounds below the first token, for which the minimum is no
// longer enclosed to the width asked for, or not at all.
func TestDeepFaults(t *testing.T) {
	t.Parallel()
	const width = 1e-4
	ones := func(n int) model.Naturals { return model.NaturalsOf(make([]int64, n)...) }
	var layers []*model.Layer
	for _, n := range []int{2, 4} {
		var w model.Naturals
		for range n {
			w.AppendInt64(1)
		}
		l, err := model.TreeLayer(2, w)
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, l)
	}
	p, err := model.NewProcess(2, layers, ones(4), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	in := model.NewInstance(p)
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
