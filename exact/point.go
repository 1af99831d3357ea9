// Package exact solves layered processes over any number system of package
// field. It computes conditional expectations, innovations, harm information,
// scores, gradients, Fisher information, the tilted optimum and the pointwise
// recovery problem, in one backward and one forward pass over the transitions.
//
// Tables are indexed [t][x] by layer t = 0…T and its state x, or [t−1][e] by
// position t = 1…T and an edge e of its layer.
package exact

import (
	"encoding/binary"
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
	den := p.HarmDenominator()
	harm := make([]E, p.States(p.Length()))
	known := make(map[string]E)
	small, words := p.Harm().Int64s()
	var scratch [8]byte
	for x := range harm {
		key := scratch[:]
		if words {
			binary.LittleEndian.PutUint64(key, uint64(small[x]))
		} else {
			key = p.Harm().At(x).Bytes()
		}
		h, ok := known[string(key)]
		if !ok {
			var err error
			if h, err = f.FromRat(new(big.Rat).SetFrac(p.Harm().At(x), den)); err != nil {
				return nil, fmt.Errorf("harm of state %d: %w", x, err)
			}
			known[string(key)] = h
		}
		harm[x] = h
	}
	align(f, harm)
	return harm, nil
}

// rows returns the weight over the row sum, for every edge of l.
func rows[E any](f field.Field[E], l *model.Layer, w *model.Naturals) ([]E, error) {
	prob, err := integers(f, w)
	if err != nil {
		return nil, err
	}
	sum, err := rowSums(f, l, w)
	if err != nil {
		return nil, err
	}
	for x := range sum {
		for e, hi := l.Row(x); e < hi; e++ {
			if prob[e], err = f.Quo(prob[e], sum[x]); err != nil {
				return nil, fmt.Errorf("row of state %d: %w", x, err)
			}
		}
	}
	align(f, prob)
	return prob, nil
}

// integers returns the entries of w.
func integers[E any](f field.Field[E], w *model.Naturals) ([]E, error) {
	v := make([]E, w.Len())
	small, words := w.Int64s()
	for e := range v {
		if words {
			v[e] = f.FromInt(small[e])
			continue
		}
		var err error
		if v[e], err = f.FromRat(new(big.Rat).SetInt(w.At(e))); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// rowSums returns the sum of the weights w of every state of l.
func rowSums[E any](f field.Field[E], l *model.Layer, w *model.Naturals) ([]E, error) {
	sum := make([]E, l.States())
	small, words := w.Int64s()
	for x := range sum {
		lo, hi := l.Row(x)
		total, fits := int64(0), words
		for e := lo; e < hi && fits; e++ {
			total += small[e]
			fits = total >= 0
		}
		if fits {
			sum[x] = f.FromInt(total)
			continue
		}
		var err error
		if sum[x], err = f.FromRat(new(big.Rat).SetInt(w.Sum(lo, hi))); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// align brings v into one representation, in a number system that gains by it.
func align[E any](f any, v []E) {
	if a, ok := f.(field.Aligner[E]); ok {
		a.Align(v)
	}
}
