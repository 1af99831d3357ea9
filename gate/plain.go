package gate

import (
	"math/big"
	"math/rand/v2"

	"sounding/generators"
	"sounding/model"
)

// plainInstance returns random instance i of a seed at the level Plain: a prefix
// tree with two or three tokens and one to three positions, weights of one digit and
// none 0, harm in tenths, and every other component small. Where Q has rows of its
// own, it has them for every position.
func plainInstance(seed uint64, i int) *model.Instance {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	v, length := 2+r.IntN(2), 1+r.IntN(3)
	weights := plainWeights(r, v, length)
	harm := make([]int64, power(v, length))
	for x := range harm {
		harm[x] = r.Int64N(11)
	}
	in := generators.Tree(v, weights, harm, 10)
	for a := range v {
		if r.IntN(v) == 0 {
			in.Recovery = append(in.Recovery, a)
		}
	}
	in.Lambda = big.NewRat(1+r.Int64N(6), 2)
	in.Beta = big.NewRat(r.Int64N(7), 2)
	in.Gamma = big.NewRat(1+r.Int64N(4), 4)
	switch r.IntN(3) {
	case 1:
		in.Adversary.Kind = model.AdversaryUniform
	case 2:
		in.Adversary.Kind = model.AdversaryRows
		for _, layer := range plainWeights(r, v, length) {
			in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(layer...))
		}
	}
	return in
}

// plainWeights returns positive weights of one digit for the layers of a tree.
func plainWeights(r *rand.Rand, v, length int) [][]int64 {
	layers := make([][]int64, length)
	for t := range layers {
		layers[t] = make([]int64, power(v, t+1))
		for e := range layers[t] {
			layers[t][e] = 1 + r.Int64N(9)
		}
	}
	return layers
}

// power returns v^n.
func power(v, n int) int {
	p := 1
	for range n {
		p *= v
	}
	return p
}
