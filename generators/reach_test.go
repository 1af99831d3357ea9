package generators

import (
	"math/big"
	"slices"
	"testing"

	"sounding/model"
)

// TestUnreachableRowsDoNotCount: what stands at a state that no sequence reaches makes a
// case nothing.
func TestUnreachableRowsDoNotCount(t *testing.T) {
	t.Parallel()
	layer := func(to []int32, weights ...int64) *model.Layer {
		l, err := model.DenseLayer(2, model.NaturalsOf(weights...), to)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	p, err := model.NewProcess(2, []*model.Layer{
		layer([]int32{0, 0}, 1, 1),                      // both tokens lead to state 0
		layer([]int32{0, 1, 0, 1}, 1, 1, 1, 10_000_000), // state 1 is nearly certain of its second token
	}, model.NaturalsOf(0, 1), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	classes := Classify(&model.Case{Instance: model.NewInstance(p)})
	if slices.Contains(classes, NearlyCertain) {
		t.Error("a weight ratio at an unreachable state counts")
	}
	if !slices.Contains(classes, Unreachable) {
		t.Errorf("classes %v, want %v among them", classes, Unreachable)
	}
}
