// Package exact solves layered processes over any number system of package
// field: conditional expectations, innovations, harm information, scores and
// gradients, Fisher information, the tilted optimum and the pointwise recovery
// problem. One backward and one forward pass over the transitions do the work.
//
// Tables are indexed [t][x] with the layer t = 0…T and its state x, or [t−1][e]
// with the position t = 1…T and an edge e of the layer that governs it.
package exact

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Point is a layered process with its numbers in a ring: what a solver solves.
// It comes from a model, whose probabilities are quotients of integers, or from
// free variables, which need no division and serve the certificates.
type Point[E any] struct {
	Process *model.Process
	Prob    [][]E // Prob[t−1][e] = P(a|x), for edge e of state x with token a
	Harm    []E   // Harm[x] for the states x of layer T
}

// NewPoint returns the numbers of p in the field f. The error is
// field.ErrDivision, with its place, where f divides by a row sum in vain.
func NewPoint[E any, F field.Field[E]](f F, p *model.Process) (*Point[E], error) {
	pt := &Point[E]{Process: p, Prob: make([][]E, p.Length()), Harm: make([]E, p.States(p.Length()))}
	done := make(map[*model.Layer][]E)
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		prob, ok := done[l]
		if !ok {
			var err error
			if prob, err = rows[E](f, l, l.Weights()); err != nil {
				return nil, fmt.Errorf("position %d: %w", t, err)
			}
			done[l] = prob
		}
		pt.Prob[t-1] = prob
	}
	den, err := f.FromRat(new(big.Rat).SetInt(p.HarmDenominator()))
	if err != nil {
		return nil, err
	}
	harm := make(map[string]E) // harm takes few values, and a quotient is dear
	for x := range pt.Harm {
		n := p.Harm().At(x)
		key := string(n.Bytes())
		h, ok := harm[key]
		if !ok {
			num, err := f.FromRat(new(big.Rat).SetInt(n))
			if err != nil {
				return nil, err
			}
			if h, err = f.Quo(num, den); err != nil {
				return nil, fmt.Errorf("harm denominator: %w", err)
			}
			harm[key] = h
		}
		pt.Harm[x] = h
	}
	align(f, pt.Harm)
	return pt, nil
}

// rows returns weight over row sum for every edge of l.
func rows[E any, F field.Field[E]](f F, l *model.Layer, w *model.Naturals) ([]E, error) {
	prob := make([]E, l.Edges())
	small, words := w.Int64s()
	number := func(n *big.Int) (E, error) { return f.FromRat(new(big.Rat).SetInt(n)) }
	for x := range l.States() {
		lo, hi := l.Row(x)
		sum, err := number(w.Sum(lo, hi))
		if err != nil {
			return nil, err
		}
		for e := lo; e < hi; e++ {
			var n E
			if words {
				n = f.FromInt(small[e])
			} else if n, err = number(w.At(e)); err != nil {
				return nil, err
			}
			if prob[e], err = f.Quo(n, sum); err != nil {
				return nil, fmt.Errorf("row of state %d: %w", x, err)
			}
		}
	}
	align(f, prob)
	return prob, nil
}

// align lets the number system bring v into one representation, if it has any
// use for that.
func align[E any](f any, v []E) {
	if a, ok := f.(field.Aligner[E]); ok {
		a.Align(v)
	}
}

// pull returns the values that the edges lo ≤ e < hi lead to: a part of v where
// they lie side by side, else a copy in scratch, which is never a part of v.
func pull[E any](l *model.Layer, v []E, scratch *[]E, lo, hi int) []E {
	if l.Tree() {
		return v[lo:hi]
	}
	*scratch = (*scratch)[:0]
	for e := lo; e < hi; e++ {
		*scratch = append(*scratch, v[l.Next(e)])
	}
	return *scratch
}

// Backward returns the table of a function of the state carried from layer T to
// layer 0 by conditional expectation, v_{t−1}(x) = Σ_a P(a|x)·v_t(xa), from its
// values on layer T.
func Backward[E any, R field.Ring[E]](r R, pt *Point[E], last []E) [][]E {
	T := pt.Process.Length()
	table := make([][]E, T+1)
	table[T] = last
	var scratch []E
	for t := T; t >= 1; t-- {
		l, p := pt.Process.Layer(t), pt.Prob[t-1]
		table[t-1] = make([]E, l.States())
		for x := range table[t-1] {
			lo, hi := l.Row(x)
			table[t-1][x] = r.Dot(p[lo:hi], pull(l, table[t], &scratch, lo, hi))
		}
	}
	return table
}

// Occupancy returns P(x), the probability that the process passes through state
// x of layer t, for t = 0…T: the law of prefixes, gathered by state.
func Occupancy[E any, R field.Ring[E]](r R, p *model.Process, prob [][]E) [][]E {
	occ := make([][]E, len(prob)+1)
	occ[0] = []E{r.FromInt(1)}
	for t := 1; t <= len(prob); t++ {
		l := p.Layer(t)
		next := make([]E, p.States(t))
		if !l.Tree() {
			zero := r.FromInt(0)
			for x := range next {
				next[x] = zero
			}
		}
		for x, px := range occ[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				q := r.Mul(px, prob[t-1][e])
				if y := l.Next(e); l.Tree() {
					next[y] = q
				} else {
					next[y] = r.Add(next[y], q)
				}
			}
		}
		occ[t] = next
	}
	return occ
}
