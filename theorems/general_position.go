package theorems

import (
	"math/rand/v2"

	"sounding/model"
)

// generalPosition draws what random cases of all classes often lack: trees of two
// positions over three tokens of positive probability, with harm, two parameters and
// Q all of them free of structure. The first token is the only recovery token.
func generalPosition() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		const v, parameters = 3, 2
		c := dense(v, [][]int64{integers(v, 1, 5, r), integers(v*v, 1, 5, r)}, integers(v*v, 0, 9, r), 9)
		c.Recovery = []int{0}
		c.Adversary = model.Adversary{Kind: model.AdversaryUniform}
		c.Parameterisation = model.Parameterisation{
			Kind: model.Shared, Parameters: parameters,
			Features: [][]int64{integers(v*parameters, -4, 4, r), integers(v*v*parameters, -4, 4, r)},
		}
		return c
	}}
}
