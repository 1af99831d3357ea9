package generators

import (
	"fmt"
	"math/big"
	"testing"
)

// The increments of a state are the smallest non-negative integers in proportion to what harm
// is above its least, tokens without weight left out.
func TestIncrements(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		weights []int64
		harm    string // fractions
		want    string
	}{
		{[]int64{1, 1, 1}, "0 0 0", "[0 0 0]"},
		{[]int64{1, 1, 1}, "1 1 1", "[0 0 0]"},
		{[]int64{1, 2, 3}, "0 1/2 1", "[0 1 2]"},
		{[]int64{1, 2, 3}, "4/5 1/5 2/5", "[3 0 1]"},
		{[]int64{1, 2, 3}, "1/3 1/2 1", "[0 1 4]"},
		{[]int64{1, 2, 3}, "1/5 3/5 1", "[0 1 2]"},
		{[]int64{0, 2, 3}, "0 1/4 1", "[0 0 1]"},
	} {
		d := &draft{v: 3, layers: []*draftLayer{{}}}
		var h []*big.Rat
		for _, w := range c.weights {
			d.layers[0].weight = append(d.layers[0].weight, big.NewInt(w))
			h = append(h, new(big.Rat))
		}
		if _, err := fmt.Sscan(c.harm, h[0], h[1], h[2]); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(d.increments(1, 0, h)); got != c.want {
			t.Errorf("weights %v, harm %s: increments %s, want %s", c.weights, c.harm, got, c.want)
		}
	}
}
