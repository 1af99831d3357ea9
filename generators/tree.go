package generators

import (
	"math/big"

	"sounding/model"
)

// Tree returns the instance on a prefix tree over v tokens with the given weights,
// weights[t−1] holding the rows of position t one after the other, and harm per
// sequence over a denominator. It panics where they do not fit together: it is for
// trees that a program spells out.
func Tree(v int, weights [][]int64, harm []int64, denominator int64) *model.Instance {
	layers := make([]*model.Layer, len(weights))
	for i, list := range weights {
		layers[i] = must(model.TreeLayer(v, model.NaturalsOf(list...)))
	}
	return model.NewInstance(must(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(denominator))))
}
