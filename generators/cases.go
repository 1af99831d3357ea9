package generators

import (
	"cmp"
	"fmt"

	"pgregory.net/rapid"

	"sounding/model"
)

// Limits bounds the shapes that are drawn. A field that is 0 has its default.
type Limits struct {
	Vocabulary int // largest V, default 4
	Length     int // largest T, default 4
	Leaves     int // largest V^T, the number of complete sequences, default 81
}

// length returns the largest T that the limits allow over v tokens.
func (l Limits) length(v int) int {
	t := 0
	for leaves := 1; t < l.Length && leaves <= l.Leaves/v; t++ {
		leaves *= v
	}
	return t
}

// A structure is what a case is built to have beyond its edits.
type structure int8

const (
	anything    structure = iota // harm that is not constant
	horizon                      // a planted horizon
	silence                      // a position without information before the horizon
	unequalRisk                  // the same, where its token still tells the law of harm
	proportion                   // log-linear scores proportional to the harm increments
)

// Cases draws cases of every class of [Classes].
//
// Weights are small integers, now and then 0 or as far apart as 1 and 10²⁴; harm
// values are fractions with small denominators; R, Q, λ, β, γ, the
// parameterisation and its integer features vary with them. Prefix trees and
// layered processes with few states both occur, with at most Leaves complete
// sequences either way.
func Cases(l Limits) *rapid.Generator[*model.Case] {
	return generator(l, 0, func(t *rapid.T, length int) (structure, int) {
		s := structure(choose(t, "structure", 8, 5, 2, 2, 3))
		if length == 1 && (s == silence || s == unequalRisk) {
			s = anything
		}
		// Counted from the end, T−1 first, so that it stays in place when T shrinks.
		return s, (2*length - index(t, "horizon")%(length+1)) % (length + 1)
	})
}

// WithHorizon draws cases whose horizon is k: harm is decided by the first k
// tokens with probability one, and not by the first k−1. Harm may differ on
// sequences of probability 0. It panics when the limits leave no room for k.
func WithHorizon(l Limits, k int) *rapid.Generator[*model.Case] {
	if k < 0 {
		panic(fmt.Sprintf("generators: horizon %d: must be 0 or more", k))
	}
	return generator(l, max(k, 1), func(*rapid.T, int) (structure, int) { return horizon, k })
}

// WithSilence draws cases with a position t before the horizon that carries no
// information, I_t = 0. In about half of them the law of Harm still depends on the
// token at t, though its mean does not.
func WithSilence(l Limits) *rapid.Generator[*model.Case] {
	return generator(l, 2, func(t *rapid.T, _ int) (structure, int) {
		return []structure{silence, unequalRisk}[choose(t, "structure", 1, 1)], 0
	})
}

// WithProportion draws log-linear cases in which every coordinate of the score
// is proportional to the harm increment at each state, s_t = c(y_<t)·Δ_t on the
// support, so that Cauchy–Schwarz holds with equality there. c may be 0.
func WithProportion(l Limits) *rapid.Generator[*model.Case] {
	return generator(l, 1, func(*rapid.T, int) (structure, int) { return proportion, 0 })
}

// Example returns case i of a seed, the same each time: what Cases draws outside
// of a test. It is safe for concurrent use.
func Example(l Limits, seed uint64, i int) *model.Case {
	// The finaliser of splitmix64 keeps the cases of neighbouring seeds apart.
	z := seed + 0x9e3779b97f4a7c15*(uint64(i)+1)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return Cases(l).Example(int(z ^ z>>31))
}

// generator draws cases built to the structure that plan draws, with the position
// it names where that structure has one. The length is shortest at least; where
// shortest is 0, any shape will do, one with a single token included.
func generator(l Limits, shortest int, plan func(t *rapid.T, length int) (structure, int)) *rapid.Generator[*model.Case] {
	if l.Vocabulary < 0 || l.Length < 0 || l.Leaves < 0 {
		panic(fmt.Sprintf("generators: limits %+v: must be positive, or 0 for the default", l))
	}
	l = Limits{cmp.Or(l.Vocabulary, 4), cmp.Or(l.Length, 4), cmp.Or(l.Leaves, 81)}
	if l.Vocabulary < 2 || l.length(2) < max(shortest, 1) {
		panic(fmt.Sprintf("generators: limits %+v leave no room for two tokens and length %d", l, max(shortest, 1)))
	}
	return rapid.Custom(func(t *rapid.T) *model.Case {
		v, length := dimensions(t, l, shortest)
		s, k := anything, 0
		if v > 1 {
			s, k = plan(t, length)
		}
		return draw(t, v, length, s, k)
	})
}

// dimensions draws V and T. One token is the last and least likely choice: with
// one token nothing is ever open.
func dimensions(t *rapid.T, l Limits, shortest int) (v, length int) {
	odds := make([]int, l.Vocabulary) // of 2, 3, …, largest, 1
	for i := range odds {
		odds[i] = 16
	}
	odds[len(odds)-1] = 1
	v = (choose(t, "V", odds...)+1)%l.Vocabulary + 1
	if l.length(v) < shortest || v == 1 && shortest > 0 {
		v = 2
	}
	longest := make([]int, l.length(v)) // of 1, 2, …
	for i := range longest {
		longest[i] = 3
	}
	longest[0] = 1
	return v, max(shortest, choose(t, "T", longest...)+1)
}

// choose draws one of the numbers 0, 1, … with the given odds. Shrinking leads
// towards 0.
func choose(t *rapid.T, label string, odds ...int) int {
	total := 0
	for _, o := range odds {
		total += o
	}
	u := index(t, label) % total
	for i, o := range odds {
		if u -= o; u < 0 {
			return i
		}
	}
	panic("generators: no odds")
}

// index draws a number to be taken modulo the length of a list, so that it stays
// meaningful whatever shrinking does to the list. The range is a full number of
// bits: rapid draws a number of bits first and redraws what exceeds the range, and
// shrinking gets stuck where lowering the one would make the other too large.
func index(t *rapid.T, label string) int { return rapid.IntRange(0, 1<<12-1).Draw(t, label) }
