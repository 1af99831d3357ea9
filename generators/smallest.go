package generators

import (
	"iter"
	"slices"

	"sounding/model"
)

// Needs says what a claim looks at beyond the conditional probabilities. What it
// does not look at stays at its base: no harm, positive weights, R empty, Q the
// policy, λ = 1, β = 0 and γ = 1, one logit per edge.
type Needs struct {
	Harm        bool
	ZeroWeights bool       // tokens of probability 0
	Recovery    bool       // R
	Adversary   bool       // Q
	Lambda      bool       // λ
	Penalty     bool       // β and γ
	Kind        model.Kind // features, when log-linear

	// What every counterexample has. Cases without it are left out before they are made.
	Length       int    // so many positions at least
	Varied       bool   // two values of harm
	Moves        Extent // features other than 0
	ProperSubset bool   // R neither empty nor of all tokens
	Penalised    bool   // β > 0
	Attacked     bool   // Q other than the policy
}

// Extent says at how many positions something is found.
type Extent int8

// The extents.
const (
	Anywhere   Extent = iota // or nowhere
	Somewhere                // at one position at least
	Everywhere               // at all positions, which are two or more
)

// Smallest runs through the prefix-tree cases over two tokens or more, each with
// its size, in the order of [Size]. It never ends by itself.
//
// Cases of one size are ordered by the number of nodes, then V; then by the
// component that comes first in the list
//
//	R, λ, (β, γ), Q, features, harm, weights
//
// each by its own cost, and then lexicographically: entries of a list in their
// stored order, each by cost, a positive change before a negative one. Every case
// appears once, written in lowest terms: the weights of a row, and the harm values
// with their denominator, have no common factor.
func Smallest(needs Needs) iter.Seq2[int, *model.Case] {
	return func(yield func(int, *model.Case) bool) {
		for size := 3; ; size++ {
			for nodes := 3; nodes <= size; nodes++ {
				for v := 2; v < nodes; v++ {
					t, ok := heightOf(v, nodes)
					if !ok || t < needs.Length {
						continue
					}
					s := newSketch(needs, v, t)
					if !s.spend(0, size-nodes, func() bool { return yield(size, s.build()) }) {
						return
					}
				}
			}
		}
	}
}

// heightOf returns the T of the prefix tree with the given number of nodes over v
// tokens, and false where there is none.
func heightOf(v, nodes int) (t int, ok bool) {
	total, level := 1, 1
	for total < nodes {
		level *= v
		total += level
		t++
	}
	return t, total == nodes
}

// A sketch is a prefix-tree case in plain integers, changed in place while the
// components of the enumeration run through their values.
type sketch struct {
	v, t        int
	kind        model.Kind
	parts       []part
	smallest    int64   // weight of an edge
	weights     []int64 // of all edges, position by position
	harm        []int64
	denominator int64
	recovery    []int
	adversary   model.AdversaryKind
	rows        []int64 // Q's weights on the edges of positions 1…T−1
	lambda      fraction
	beta, gamma fraction
	n           int
	features    []int64 // n per edge
	needs       Needs
}

type fraction struct{ num, den int64 }

// A part runs through the values of one component of exactly the given cost. It
// calls yield after each and stops, reporting false, as soon as yield does.
type part func(s *sketch, cost int, yield func() bool) bool

func newSketch(needs Needs, v, t int) *sketch {
	edges, leaves := 0, 1
	for range t {
		leaves *= v
		edges += leaves
	}
	s := &sketch{
		v: v, t: t, needs: needs, kind: model.Tabular, smallest: 1,
		weights: make([]int64, edges), harm: make([]int64, leaves), denominator: 1,
		rows:   make([]int64, edges-leaves),
		lambda: fraction{1, 1}, beta: fraction{0, 1}, gamma: fraction{1, 1},
	}
	if needs.ZeroWeights {
		s.smallest = 0
	}
	include := func(wanted bool, p part) {
		if wanted {
			s.parts = append(s.parts, p)
		}
	}
	include(needs.Recovery, (*sketch).eachRecovery)
	include(needs.Lambda, (*sketch).eachLambda)
	include(needs.Penalty, (*sketch).eachPenalty)
	include(needs.Adversary, (*sketch).eachAdversary)
	if needs.Kind != "" && needs.Kind != model.Tabular {
		s.kind = needs.Kind
		include(true, (*sketch).eachFeatures)
	}
	include(needs.Harm, (*sketch).eachHarm)
	include(true, (*sketch).eachWeights) // last, because it can spend any amount
	return s
}

// spend runs through the values of parts i… that cost budget together.
func (s *sketch) spend(i, budget int, yield func() bool) bool {
	if i == len(s.parts)-1 {
		return s.parts[i](s, budget, yield)
	}
	for cost := range budget + 1 {
		if !s.parts[i](s, cost, func() bool { return s.spend(i+1, budget-cost, yield) }) {
			return false
		}
	}
	return true
}

// An alphabet gives the values of one entry that have the given cost, and the
// largest cost that any has, or a negative number where there is no largest.
type alphabet struct {
	values func(cost int) []int64
	most   int
}

// each runs through the lists of entries i… of the given total cost, in
// lexicographic order. accept is asked after entry i is set.
func (a alphabet) each(list []int64, i, cost int, accept func(i int) bool, yield func() bool) bool {
	if i == len(list) {
		return cost > 0 || yield()
	}
	first := 0
	if i == len(list)-1 {
		first = cost
	}
	last := cost
	if a.most >= 0 {
		last = min(last, a.most)
		first = max(first, cost-a.most*(len(list)-1-i))
	}
	for c := first; c <= last; c++ {
		for _, value := range a.values(c) {
			list[i] = value
			if accept(i) && !a.each(list, i+1, cost-c, accept, yield) {
				return false
			}
		}
	}
	return true
}

// weightAlphabet holds the weights from least on, a weight w costing |w−1|.
func weightAlphabet(least int64) alphabet {
	return alphabet{most: -1, values: func(cost int) []int64 {
		if cost == 1 && least == 0 {
			return []int64{2, 0}
		}
		return []int64{int64(cost) + 1}
	}}
}

// primitive reports whether the row that ends with entry i, if one does, has no
// common factor. A row of zeros has every factor in common.
func (s *sketch) primitive(list []int64, i int) bool {
	return i%s.v < s.v-1 || divisor(0, list[i+1-s.v:i+1]) == 1
}

// divisor returns the greatest common divisor of g and the entries of a list.
func divisor(g int64, list []int64) int64 {
	for _, v := range list {
		for v != 0 {
			g, v = v, g%v
		}
	}
	return g
}

func (s *sketch) eachWeights(cost int, yield func() bool) bool {
	return weightAlphabet(s.smallest).each(s.weights, 0, cost,
		func(i int) bool { return s.primitive(s.weights, i) }, yield)
}

// eachHarm spends one on every value above 0, and m − 1 on the denominator m.
func (s *sketch) eachHarm(cost int, yield func() bool) bool {
	for m := 1; m <= max(cost, 1); m++ {
		s.denominator = int64(m)
		numerators := make([]int64, m)
		for i := range numerators {
			numerators[i] = int64(i) + 1
		}
		values := alphabet{most: 1, values: func(cost int) []int64 {
			if cost == 0 {
				return []int64{0}
			}
			return numerators
		}}
		if !values.each(s.harm, 0, cost-(m-1),
			func(i int) bool { return i < len(s.harm)-1 || s.acceptsHarm() }, yield) {
			return false
		}
	}
	return true
}

// acceptsHarm reports whether the harm values and their denominator have no common factor,
// and differ where they need to.
func (s *sketch) acceptsHarm() bool {
	if divisor(s.denominator, s.harm) != 1 {
		return false
	}
	return !s.needs.Varied || slices.ContainsFunc(s.harm, func(v int64) bool { return v != s.harm[0] })
}

// eachRecovery spends one per token of R.
func (s *sketch) eachRecovery(cost int, yield func() bool) bool {
	if s.needs.ProperSubset && (cost == 0 || cost == s.v) {
		return true
	}
	var extend func(a int) bool
	extend = func(a int) bool {
		if len(s.recovery) == cost {
			return yield()
		}
		for ; a < s.v; a++ {
			s.recovery = append(s.recovery, a)
			more := extend(a + 1)
			s.recovery = s.recovery[:len(s.recovery)-1]
			if !more {
				return false
			}
		}
		return true
	}
	return extend(0)
}

// eachAdversary spends nothing on the policy, one on the uniform Q, and one more
// than the changes to it on rows of weights. At T = 1 there is no prefix for Q to
// speak of.
func (s *sketch) eachAdversary(cost int, yield func() bool) bool {
	switch {
	case cost == 0:
		s.adversary = model.AdversaryPolicy
		return s.needs.Attacked || yield()
	case s.t == 1:
		return true
	case cost == 1:
		s.adversary = model.AdversaryUniform
		return yield()
	}
	s.adversary = model.AdversaryRows
	return weightAlphabet(0).each(s.rows, 0, cost-1,
		func(i int) bool { return s.primitive(s.rows, i) }, yield)
}

// eachRatio runs through the positive fractions in lowest terms whose numerator and
// denominator add up to sum, those up to 1 where proper, the smallest numerator
// first.
func eachRatio(f *fraction, sum int, proper bool, yield func() bool) bool {
	for num := int64(1); num < int64(sum); num++ {
		den := int64(sum) - num
		if proper && num > den {
			break
		}
		if divisor(num, []int64{den}) == 1 {
			*f = fraction{num, den}
			if !yield() {
				return false
			}
		}
	}
	return true
}

// eachLambda spends the distance of numerator and denominator from 1; λ = 0 costs
// one.
func (s *sketch) eachLambda(cost int, yield func() bool) bool {
	if cost == 1 {
		s.lambda = fraction{0, 1}
		if !yield() {
			return false
		}
	}
	return eachRatio(&s.lambda, cost+2, false, yield)
}

// eachPenalty spends on β = p/q the distance p + (q − 1) from 0, and on γ that of
// numerator and denominator from 1. Without a penalty there is nothing to discount.
func (s *sketch) eachPenalty(cost int, yield func() bool) bool {
	s.beta, s.gamma = fraction{0, 1}, fraction{1, 1}
	if cost == 0 {
		return s.needs.Penalised || yield()
	}
	for c := 1; c <= cost; c++ {
		if !eachRatio(&s.beta, c+1, false, func() bool {
			return eachRatio(&s.gamma, cost-c+2, true, yield)
		}) {
			return false
		}
	}
	return true
}

// eachFeatures spends |f| per feature, and n − 1 on the number n of parameters.
func (s *sketch) eachFeatures(cost int, yield func() bool) bool {
	values := alphabet{most: -1, values: func(cost int) []int64 {
		if cost == 0 {
			return []int64{0}
		}
		return []int64{int64(cost), -int64(cost)}
	}}
	for s.n = 1; s.n-1 <= cost; s.n++ {
		s.features = make([]int64, len(s.weights)*s.n)
		if !values.each(s.features, 0, cost-(s.n-1), func(int) bool { return true }, func() bool {
			return !s.moves() || yield()
		}) {
			return false
		}
	}
	return true
}

// moves reports whether the features differ from 0 where they need to.
func (s *sketch) moves() bool {
	positions := 0
	eachLevel(s.v, s.t, func(_, lo, hi int) {
		if slices.ContainsFunc(s.features[lo*s.n:hi*s.n], func(f int64) bool { return f != 0 }) {
			positions++
		}
	})
	switch s.needs.Moves {
	case Somewhere:
		return positions > 0
	case Everywhere:
		return positions == s.t && s.t > 1
	}
	return true
}

// build returns the case, sharing nothing with the sketch.
func (s *sketch) build() *model.Case {
	weights := make([][]int64, s.t)
	eachLevel(s.v, s.t, func(i, lo, hi int) { weights[i] = s.weights[lo:hi] })
	in := Tree(s.v, weights, s.harm, s.denominator)
	in.Recovery = slices.Clone(s.recovery)
	if s.lambda != (fraction{1, 1}) {
		in.Lambda.SetFrac64(s.lambda.num, s.lambda.den)
	}
	if s.beta.num != 0 {
		in.Beta.SetFrac64(s.beta.num, s.beta.den)
		in.Gamma.SetFrac64(s.gamma.num, s.gamma.den)
	}
	in.Adversary.Kind = s.adversary
	if s.adversary == model.AdversaryRows {
		eachLevel(s.v, s.t-1, func(_, lo, hi int) {
			in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(s.rows[lo:hi]...))
		})
	}
	c := &model.Case{Instance: in, Parameterisation: model.Parameterisation{Kind: s.kind}}
	if s.kind != model.Tabular {
		c.Parameterisation.Parameters = s.n
		eachLevel(s.v, s.t, func(_, lo, hi int) {
			c.Parameterisation.Features = append(c.Parameterisation.Features, slices.Clone(s.features[lo*s.n:hi*s.n]))
		})
	}
	return c
}

// eachLevel calls f for the levels i = 0…t−1 of the edges of a prefix tree, with
// the range lo ≤ e < hi that each has among all edges.
func eachLevel(v, t int, f func(i, lo, hi int)) {
	lo, width := 0, 1
	for i := range t {
		width *= v
		f(i, lo, lo+width)
		lo += width
	}
}
