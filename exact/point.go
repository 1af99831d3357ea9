// Package exact solves layered processes over any number system of package
// field. It computes conditional expectations, innovations, harm information,
// scores, gradients, Fisher information, the tilted optimum and the pointwise
// recovery problem, in one backward and one forward pass over the transitions.
//
// Tables are indexed [t][x] by layer t = 0…T and its state x, or [t−1][e] by
// position t = 1…T and an edge e of its layer.
package exact

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// NumbersOf returns the numbers of p in the field f. The error is field.ErrDivision,
// with its place, if a row sum is zero in f.
func NumbersOf[E any](f field.Field[E], p *model.Process) (*model.Numbers[E], error) {
	prob, err := eachLayer(p, p.Length(), true, func(t int) ([]E, error) { return rows(f, p.Layer(t), p.Layer(t).Weights()) })
	if err != nil {
		return nil, err
	}
	harm, err := harmValues(f, p)
	if err != nil {
		return nil, err
	}
	return &model.Numbers[E]{Process: p, Prob: prob, Harm: harm}, nil
}

// eachLayer calls of(t) for t = 1…n and returns the results. If shared is set, the
// positions of one layer share the result of the first of them.
func eachLayer[E any](p *model.Process, n int, shared bool, of func(t int) (E, error)) ([]E, error) {
	list := make([]E, n)
	first := make(map[*model.Layer]int)
	for t := 1; t <= n; t++ {
		if s, ok := first[p.Layer(t)]; ok && shared {
			list[t-1] = list[s-1]
			continue
		}
		first[p.Layer(t)] = t
		var err error
		if list[t-1], err = of(t); err != nil {
			return nil, fmt.Errorf("position %d: %w", t, err)
		}
	}
	return list, nil
}

// harmValues returns Harm for the states of layer T, with one quotient per distinct
// value.
func harmValues[E any](f field.Field[E], p *model.Process) ([]E, error) {
	first, of := harmKinds(p)
	values := make([]E, len(first))
	for k, x := range first {
		var err error
		if values[k], err = f.FromRat(p.HarmAt(x)); err != nil {
			return nil, fmt.Errorf("harm of state %d: %w", x, err)
		}
	}
	harm := make([]E, len(of))
	for x, k := range of {
		harm[x] = values[k]
	}
	align(f, harm)
	return harm, nil
}

// harmKinds numbers the values that harm takes: it returns the first state of layer T with
// each, and of each state the number of its value.
func harmKinds(p *model.Process) (first, of []int) {
	of = make([]int, p.States(p.Length()))
	if small, words := p.Harm().Int64s(); words {
		return kinds(of, func(x int) int64 { return small[x] })
	}
	return kinds(of, func(x int) string { return string(p.Harm().At(x).Bytes()) })
}

// kinds sets of_x to a number of key(x), and returns the first x of each number, and of.
func kinds[K comparable](of []int, key func(x int) K) (first, _ []int) {
	number := make(map[K]int)
	for x := range of {
		k := key(x)
		n, ok := number[k]
		if !ok {
			n = len(first)
			number[k], first = n, append(first, x)
		}
		of[x] = n
	}
	return first, of
}

// rows returns the weight over the row sum, for every edge of l.
func rows[E any](f field.Field[E], l *model.Layer, w *model.Naturals) ([]E, error) {
	prob := make([]E, w.Len())
	if err := quotients(f, l, w, prob, 0, l.States()); err != nil {
		return nil, err
	}
	align(f, prob)
	return prob, nil
}

// quotients sets prob to the weight over the row sum, for the edges of the states
// first ≤ x < last of l.
func quotients[E any](f field.Field[E], l *model.Layer, w *model.Naturals, prob []E, first, last int) error {
	for x := first; x < last; x++ {
		sum, err := rowSum(f, l, w, x)
		if err != nil {
			return err
		}
		for e, hi := l.Row(x); e < hi; e++ {
			weight, err := integer(f, w, e)
			if err != nil {
				return err
			}
			if prob[e], err = f.Quo(weight, sum); err != nil {
				return fmt.Errorf("row of state %d: %w", x, err)
			}
		}
	}
	return nil
}

// integers returns the entries of w.
func integers[E any](f field.Field[E], w *model.Naturals) ([]E, error) {
	v := make([]E, w.Len())
	for e := range v {
		var err error
		if v[e], err = integer(f, w, e); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// integer returns entry e of w.
func integer[E any](f field.Field[E], w *model.Naturals, e int) (E, error) {
	if small, words := w.Int64s(); words {
		return f.FromInt(small[e]), nil
	}
	return f.FromRat(new(big.Rat).SetInt(w.At(e)))
}

// rowSums returns the sum of the weights w of every state of l.
func rowSums[E any](f field.Field[E], l *model.Layer, w *model.Naturals) ([]E, error) {
	sum := make([]E, l.States())
	for x := range sum {
		var err error
		if sum[x], err = rowSum(f, l, w, x); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// rowSum returns the sum of the weights w of state x of l.
func rowSum[E any](f field.Field[E], l *model.Layer, w *model.Naturals, x int) (E, error) {
	lo, hi := l.Row(x)
	small, fits := w.Int64s()
	total := int64(0)
	for e := lo; e < hi && fits; e++ {
		total += small[e]
		fits = total >= 0
	}
	if fits {
		return f.FromInt(total), nil
	}
	return f.FromRat(new(big.Rat).SetInt(w.Sum(lo, hi)))
}

// align brings v into one representation, in a number system that gains by it.
func align[E any](f any, v []E) {
	if a, ok := f.(field.Aligner[E]); ok {
		a.Align(v)
	}
}
