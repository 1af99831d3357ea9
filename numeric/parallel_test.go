package numeric

import (
	"slices"
	"testing"

	"sounding/model"
)

// TestBlocks: blocks cover the states of a layer, and none is empty.
func TestBlocks(t *testing.T) {
	t.Parallel()
	const size = blockStates
	for _, test := range []struct{ states, blocks int }{{1, 1}, {size - 1, 1}, {size, 1}, {size + 1, 2}, {2 * size, 2}, {3*size - 1, 3}} {
		l, err := model.TreeLayer(2, model.NaturalsOf(slices.Repeat([]int64{1}, 2*test.states)...))
		if err != nil {
			t.Fatal(err)
		}
		v := &level{layer: l, longest: 2}
		if v.blockStates() != size {
			t.Fatalf("%d states per block of rows of two, want %d", v.blockStates(), size)
		}
		if n := v.blocks(); n != test.blocks {
			t.Errorf("%d states are %d blocks, want %d", test.states, n, test.blocks)
		}
	}
}
