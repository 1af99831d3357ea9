package numeric

import (
	"math/big"
	"testing"

	"sounding/model"
)

// TestConditions: the facts of an instance that its error bounds rest on are those of
// its worst layer, whether layers repeat or not.
func TestConditions(t *testing.T) {
	t.Parallel()
	in := model.NewInstance(tree(t, 3, 10,
		[]int64{0, 3, 9, 5, 10, 1, 2, 8, 4},
		[]int64{2, 3, 4}, []int64{1, 2, 3, 5, 2, 1, 3, 3, 1}))
	c := newConditions(in)
	if c.row != 3 || c.length != 2 || !(c.surprise > 0) || len(c.mass) != 3 || !(c.mass[2] > c.mass[1]) {
		t.Errorf("conditions of a tree with rows of three tokens: %+v", c)
	}
}

// TestNoBoundIsZero: every quantity can underflow, where a bound relative to its terms
// says nothing.
func TestNoBoundIsZero(t *testing.T) {
	t.Parallel()
	in := example(t)
	in.Lambda, in.Beta = new(big.Rat), new(big.Rat)
	b := Bound(in)
	for i := range b.Positions {
		for k, v := range b.Positions[i].fields() {
			if !(*v > 0) {
				t.Errorf("position %d, quantity %d: the error is bounded by %g", i+1, k, *v)
			}
		}
	}
	if !(b.ExpectedHarm > 0 && b.Variance > 0) {
		t.Errorf("the errors of mean and variance are bounded by %g and %g", b.ExpectedHarm, b.Variance)
	}
}
