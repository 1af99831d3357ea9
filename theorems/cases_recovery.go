package theorems

import (
	"iter"
	"math/big"

	"sounding/generators"
	"sounding/model"
)

// Where the cases of the statements on recovery come from: instances with a penalty
// and a recovery set, the scalars that a statement names, a second policy.

// penalised runs through small cases with features and a recovery set that is
// neither empty nor everything, over at least the given length. Where the needs
// leave the penalty at its base, β is 1.
func penalised(needs generators.Needs, length int) func() iter.Seq[*model.Case] {
	needs.Length = length
	return smallestDeep(moving(needs))
}

// deepSource draws decoupled families with a penalty and a discount below 1.
func deepSource() *Source {
	base := familySource(model.Decoupled, generators.Needs{})
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := *base.Draw(seed, i)
			in := *c.Instance
			if in.Beta.Sign() == 0 {
				in.Beta = big.NewRat(int64(1+i%3), 2)
			}
			if in.Gamma.Cmp(big.NewRat(1, 1)) == 0 {
				in.Gamma = big.NewRat(1, int64(2+i%3))
			}
			if len(in.Recovery) == 0 || len(in.Recovery) == in.Vocabulary() {
				in.Recovery = []int{i % in.Vocabulary()}
			}
			c.Instance = &in
			return &c
		},
		Smallest: penalised(generators.Needs{Kind: model.Decoupled, Recovery: true, Penalty: true}, 1),
	}
}

// A scalar is a number that a statement names, with the values that it takes,
// simplest first.
type scalar struct {
	name   string
	values []*big.Rat
}

// newScalar returns the scalar with the values that are written in a list.
func newScalar(name string, list ...string) scalar {
	s := scalar{name: name}
	for _, v := range list {
		q, ok := new(big.Rat).SetString(v)
		if !ok {
			panic("theorems: " + v)
		}
		s.values = append(s.values, q)
	}
	return s
}

// withScalars returns the case with the value of each scalar k that choose picks
// from its n.
func withScalars(c *model.Case, scalars []scalar, choose func(k, n int) int) *model.Case {
	d := *c
	d.Scalars = make(map[string]*big.Rat)
	for k, s := range scalars {
		d.Scalars[s.name] = s.values[choose(k, len(s.values))]
	}
	return &d
}

// eachScalar yields the case with every combination of the scalars, by the sum of
// the indices of their values.
func eachScalar(c *model.Case, scalars []scalar, yield func(*model.Case) bool) bool {
	most := 0
	for _, s := range scalars {
		most += len(s.values) - 1
	}
	index := make([]int, len(scalars))
	var spend func(k, budget int) bool
	spend = func(k, budget int) bool {
		if k == len(scalars) {
			return budget > 0 || yield(withScalars(c, scalars, func(k, _ int) int { return index[k] }))
		}
		for index[k] = 0; index[k] < min(budget+1, len(scalars[k].values)); index[k]++ {
			if !spend(k+1, budget-index[k]) {
				return false
			}
		}
		return true
	}
	for sum := range most + 1 {
		if !spend(0, sum) {
			return false
		}
	}
	return true
}

// largestPenalty bounds β where a difference of order e^{−β} has to be seen by
// enclosures.
const largestPenalty = 60

// unlikelyRecovery returns a case whose base model recovers with a probability of
// about e^{−β}: there the penalty's tilt just suffices, and the costs of recovery come
// near to their bounds.
func unlikelyRecovery(seed uint64, i int) *model.Case {
	draw := func(k int, n uint64) int64 { return int64(generators.Hash(seed, i, k) % n) }
	length, digits := 1+int(draw(-2, 2)), 5+draw(-3, 20)
	rare := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
	var layers []*model.Layer
	states := 1
	for range length {
		var w model.Naturals
		for range states {
			w.AppendInt64(1)
			w.Append(rare)
		}
		layers, states = append(layers, mustModel(model.TreeLayer(2, w))), 2*states
	}
	harm := make([]int64, states)
	for x := range harm {
		harm[x] = draw(x, 3)
	}
	in := model.NewInstance(mustModel(model.NewProcess(2, layers, model.NaturalsOf(harm...), big.NewInt(2))))
	// log 10 is a little more than 23/10.
	in.Recovery, in.Beta = []int{0}, big.NewRat(23*digits+10*draw(-4, 5), 10)
	return &model.Case{Instance: in}
}

// recoverySource draws cases of all classes with given scalars and, most of the time,
// a recovery set that is neither empty nor everything and a penalty; one in eight is a
// case of unlikelyRecovery. Its small cases all have them, and run through the values
// of the scalars each.
func recoverySource(needs generators.Needs, scalars ...scalar) *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := *generators.Example(generators.Limits{}, seed, i)
			if i/4%8 == 3 { // of the cases that enclosures look at, too
				c = *unlikelyRecovery(seed, i)
			}
			in := *c.Instance
			if i%8 != 0 {
				if len(in.Recovery) == 0 || len(in.Recovery) == in.Vocabulary() {
					in.Recovery = []int{i % in.Vocabulary()}
				}
				if in.Beta.Sign() == 0 {
					in.Beta = big.NewRat(int64(1+i%3), 2)
				}
			}
			if in.Beta.Cmp(big.NewRat(largestPenalty, 1)) > 0 {
				in.Beta = big.NewRat(largestPenalty, 1)
			}
			c.Instance = &in
			return withScalars(&c, scalars, func(k, n int) int { return int(generators.Hash(seed, i, k) % uint64(n)) })
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for _, c := range generators.Smallest(needs) {
					if !proper(c) || needs.Penalty && c.Beta.Sign() == 0 {
						continue
					}
					if !needs.Penalty {
						in := *c.Instance
						in.Beta = big.NewRat(1, 1)
						c.Instance = &in
					}
					if !eachScalar(c, scalars, yield) {
						return
					}
				}
			}
		},
	}
}

// proper reports whether R is neither empty nor everything.
func proper(c *model.Case) bool { return len(c.Recovery) > 0 && len(c.Recovery) < c.Vocabulary() }

// policySource draws the cases of recoverySource with a second policy of the same
// support.
func policySource(needs generators.Needs, scalars ...scalar) *Source {
	s := recoverySource(needs, scalars...)
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := s.Draw(seed, i)
			c.Policy = alternative(c, int(generators.Hash(seed, i, -1)%1000))
			return c
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for c := range s.Smallest() {
					c.Policy = alternative(c, 0)
					if !yield(c) {
						return
					}
				}
			}
		},
	}
}

// alternative returns small weights on the edges that have a positive one.
func alternative(c *model.Case, k int) []model.Naturals {
	policy := make([]model.Naturals, c.Length())
	for t := 1; t <= c.Length(); t++ {
		weights := make([]int64, c.Layer(t).Edges())
		for e := range weights {
			if !c.Layer(t).Weights().IsZero(e) {
				weights[e] = 1 + int64((e*(1+k%5)+t*(k/5)+k)%4)
			}
		}
		policy[t-1] = model.NaturalsOf(weights...)
	}
	return policy
}

// deeper draws the cases of recoverySource; its small ones have length 2 or more,
// β = 1 and γ = ½.
func deeper(scalars ...scalar) *Source {
	s := recoverySource(generators.Needs{Recovery: true}, scalars...)
	return &Source{Draw: s.Draw, Smallest: func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			for c := range s.Smallest() {
				if c.Length() < 2 {
					continue
				}
				in := *c.Instance
				in.Gamma = big.NewRat(1, 2)
				c.Instance = &in
				if !yield(c) {
					return
				}
			}
		}
	}}
}

// attackSource draws instances with a penalty, and δ and ε. Its small cases are one
// fair token, β and γ simple.
func attackSource() *Source {
	base := newScalar("delta", "1/3", "1/2", "1/10", "1/1000000", "2/3", "1/1000", "9/10")
	level := newScalar("epsilon", "1/2", "2/3", "1/3", "9/10", "1/10", "999/1000", "1/100000")
	depth := newScalar("n", "2", "1", "3", "7")
	s := recoverySource(generators.Needs{Recovery: true}, base, level, depth)
	return &Source{
		Draw: s.Draw,
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for _, beta := range []int64{1, 2, 3} {
					for _, gamma := range []int64{1, 2, 3} {
						in := model.NewInstance(shape(2, 1).Tree())
						in.Recovery, in.Beta, in.Gamma = []int{0}, big.NewRat(beta, 1), big.NewRat(1, gamma)
						if !eachScalar(&model.Case{Instance: in}, []scalar{base, level, depth}, yield) {
							return
						}
					}
				}
			}
		},
	}
}

// certainSource runs through cases of two tokens with a fair first one, of which Q
// takes one for certain, and a second one that recovers with weight 1 against
// either of two after each.
func certainSource(against ...int64) *Source {
	build := func(k int) *model.Case {
		q := int64(k & 1)
		in := generators.Tree(2, [][]int64{{1, 1}, {1, against[k>>1&1], 1, against[k>>2&1]}}, make([]int64, 4), 1)
		in.Recovery = []int{0}
		in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{model.NaturalsOf(1-q, q)}}
		return &model.Case{Instance: in}
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case { return build(int(generators.Hash(seed, i, 0) % 8)) },
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for k := range 8 {
					if !yield(build(k)) {
						return
					}
				}
			}
		},
	}
}

// decidedPairs supplies uniform trees of two tokens and two positions on which the first token
// decides harm, the second may recover, and the penalty is a few wholes.
func decidedPairs() *Source {
	decided := func(beta int64) *model.Case {
		in := generators.Tree(2, [][]int64{{1, 1}, {1, 1, 1, 1}}, []int64{0, 0, 1, 1}, 1)
		in.Recovery, in.Beta = []int{0}, big.NewRat(beta, 1)
		return &model.Case{Instance: in}
	}
	return &Source{
		Draw: func(_ uint64, i int) *model.Case { return decided(1 + int64(i)%3) },
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for beta := int64(1); yield(decided(beta)); beta++ {
				}
			}
		},
	}
}
