package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"

	"sounding/generators"
	"sounding/model"
)

// Families with one parameter whose logits are polynomials in it, which vanish at the
// base model and again elsewhere.

// generalSource draws two shared families in general position to one with polynomial logits.
func generalSource() *Source {
	general, shared := generalPosition(), familySource(model.Shared, needsHarmShared)
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			if i%3 == 2 {
				return bent(shared.Draw(seed, i))
			}
			return general.Draw(seed, i)
		},
		Smallest: shared.Smallest,
	}
}

// polynomialCase returns the case whose first token carries harm-free logits a and
// whose harmful token carries logits b: over three tokens and one position tokens 1
// and 2, over two tokens and two positions token 1 of either position. Harm is 1
// where the harmful token is drawn. Logits are given by their coefficients.
func polynomialCase(shape Shape, weights []int64, a, b []*big.Rat, lambda *big.Rat) *model.Case {
	layers := make([]*model.Layer, shape.Length)
	logits := make([][][]*big.Rat, shape.Length)
	var harm model.Naturals
	n := 1
	for t := range layers {
		n *= shape.Vocabulary
		var row model.Naturals
		for e := range n {
			row.AppendInt64(weights[e%shape.Vocabulary])
			var logit []*big.Rat
			switch token, last := e%shape.Vocabulary, t == shape.Length-1; {
			case last && token == shape.Vocabulary-1:
				logit = b
			case token == 1:
				logit = a
			}
			logits[t] = append(logits[t], logit)
		}
		l := mustModel(model.TreeLayer(shape.Vocabulary, row))
		layers[t] = l
	}
	for y := range n {
		h := int64(0)
		if y%shape.Vocabulary == shape.Vocabulary-1 {
			h = 1
		}
		harm.AppendInt64(h)
	}
	p := mustModel(model.NewProcess(shape.Vocabulary, layers, harm, big.NewInt(1)))
	in := model.NewInstance(p)
	in.Lambda = lambda
	return &model.Case{Instance: in, Parameterisation: model.Parameterisation{Kind: model.Polynomial, Parameters: 1, Logits: logits}}
}

// returningCase has the logits a = i·θ(1−θ)² and b = j·θ²(1−θ), which vanish at 0
// and 1: at 0 the family moves along a alone, at 1 along b alone. The scalars are
// θ_1 = 1, to which it returns, and for j ≥ 3 a parameter beyond it where harm is rarer: by
// so much that its policy costs less than all with |θ| ≤ ½.
func returningCase(shape Shape, weights []int64, i, j int64, lambda *big.Rat) *model.Case {
	r := func(v int64) *big.Rat { return big.NewRat(v, 1) }
	c := polynomialCase(shape, weights, []*big.Rat{r(0), r(i), r(-2 * i), r(i)}, []*big.Rat{r(0), r(0), r(j), r(-j)}, lambda)
	one := r(1)
	c.Scalars = map[string]*big.Rat{"return": one}
	if j >= 3 {
		beyond := new(big.Rat).Mul(lambda, big.NewRat(4, 5*j))
		c.Scalars["theta"] = beyond.Add(beyond, one)
	}
	return c
}

var returningShapes = []Shape{shape(3, 1), shape(2, 2)}

// drawReturning draws returning families, and one log-linear family in five.
func drawReturning(seed uint64, i int) *model.Case {
	if i%5 == 4 {
		return asLogLinear(generators.Example(familyLimits, seed, i), model.Shared, i)
	}
	g := rand.New(rand.NewPCG(seed, uint64(i)))
	shape := returningShapes[(i/2)%2]
	weights := []int64{1 + g.Int64N(3), 1 + g.Int64N(2), 1 + g.Int64N(2)}
	return returningCase(shape, weights, 1+g.Int64N(2), 3+g.Int64N(3), big.NewRat(1+g.Int64N(2), 2))
}

// smallestReturning runs through the returning families over uniform tokens by the
// number of nodes, and then by i + j.
func smallestReturning() iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for _, shape := range returningShapes {
			for size := int64(2); size < 10; size++ {
				for i := int64(1); i < size; i++ {
					if !yield(returningCase(shape, []int64{1, 1, 1}, i, size-i, big.NewRat(1, 1))) {
						return
					}
				}
			}
		}
	}
}

func drawVanishing(seed uint64, i int) *model.Case {
	g := rand.New(rand.NewPCG(seed, uint64(i)))
	return cubicCase([]int64{1 + g.Int64N(4), 1 + g.Int64N(4)}, 1+g.Int64N(4), big.NewRat(1+g.Int64N(4), 2))
}

func smallestVanishing() iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for j := int64(1); yield(cubicCase([]int64{1, 1}, j, big.NewRat(1, 1))); j++ {
		}
	}
}
