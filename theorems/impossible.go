package theorems

import (
	"math/big"
	"math/rand/v2"

	"sounding/model"
)

// Cases for what fails on tokens and prefixes of probability zero alone.

// impossibleSource draws prefix trees on which the first token decides harm, and one
// first token has probability zero: behind it harm is open to the end.
func impossibleSource() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		v, length := 2+int(r.Int64N(2)), 2+int(r.Int64N(2))
		impossible := int(r.Int64N(int64(v)))
		var weights [][]int64
		rows := 1
		for t := range length {
			list := integers(rows*v, 1, 4, r)
			if t == 0 {
				list[impossible] = 0
			}
			weights, rows = append(weights, list), rows*v
		}
		first := integers(v, 0, 4, r)
		harm := make([]int64, rows)
		for y := range harm {
			a := y / (rows / v)
			harm[y] = first[a]
			if a == impossible {
				// The last token makes a difference.
				harm[y] = (first[a] + int64(y%v)) % 5
			}
		}
		return dense(v, weights, harm, 4)
	}}
}

// impossibleTokenSource draws trees of one position with a token of probability zero
// whose harm differs from that of the others, which is the same for all.
func impossibleTokenSource() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		v := 3 + int(r.Int64N(2))
		weights, harm := integers(v, 1, 4, r), make([]int64, v)
		same, impossible := r.Int64N(5), int(r.Int64N(int64(v)))
		for a := range harm {
			harm[a] = same
		}
		weights[impossible], harm[impossible] = 0, (same+1+r.Int64N(4))%5
		return dense(v, [][]int64{weights}, harm, 4)
	}}
}

// dense returns the tabular case on a prefix tree over v tokens: weights[t−1] per
// edge, and harm over a denominator.
func dense(v int, weights [][]int64, harm []int64, denominator int64) *model.Case {
	var layers []*model.Layer
	for _, list := range weights {
		layers = append(layers, mustModel(model.TreeLayer(v, model.NaturalsOf(list...))))
	}
	return &model.Case{Instance: model.NewInstance(mustModel(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(denominator))))}
}
