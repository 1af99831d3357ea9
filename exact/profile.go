package exact

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// solveExact sets the rational quantities of p, and the horizon, exactly.
func solveExact[R any](in *model.Instance, p *model.Profile[*big.Rat, R]) error {
	if weights, ok := treeWeights(in); ok {
		return solveTree(in, weights, p)
	}
	q := model.NewProfile[field.Rat, R](in)
	if err := solveRationals(field.NewRational(), in, q); err != nil {
		return err
	}
	p.Horizon = q.Horizon
	to := rationalsOf(p)
	for i, from := range rationalsOf(q) {
		*to[i] = from.Rat()
	}
	return nil
}

// solveRationals sets the rational quantities of p, and the horizon.
func solveRationals[Q, R any](f field.Field[Q], in *model.Instance, p *model.Profile[Q, R]) error {
	T := in.Length()
	w, err := newLaw(f, in.Process, T, true, func(t int) *model.Naturals { return in.Layer(t).Weights() })
	if err != nil {
		return err
	}
	harm, err := harmValues(f, in.Process)
	if err != nil {
		return err
	}
	q, err := AdversaryLaw(f, in)
	if err != nil {
		return err
	}
	m := solveMartingale(f, &model.Numbers[Q]{Process: in.Process, Harm: harm}, w)
	p.ExpectedHarm, p.Variance, p.Horizon = m.Expected, m.Variance, Horizon(in.Process)
	one := f.FromInt(1)
	var block, scratch []Q
	for t := 1; t <= T; t++ {
		l, weight := in.Layer(t), w.weight[t-1]
		n := l.States()
		norm, same, rho, variance, square := make([]Q, n), make([]Q, n), make([]Q, n), make([]Q, n), make([]Q, n)
		for x := range n {
			lo, hi := l.Row(x)
			block = w.innovations(f, l, t, x, m.H[t], m.H[t-1][x], &scratch, block[:0])
			recovering := f.FromInt(0)
			for e := lo; e < hi; e++ {
				block[e-lo] = f.Mul(weight[e], block[e-lo])
				if in.Recovers(l.Token(e)) {
					recovering = f.Add(recovering, weight[e])
				}
			}
			norm[x] = w.divide(f, t, x, 4, f.Dot(block, block))
			same[x] = w.divide(f, t, x, 2, f.Dot(weight[lo:hi], weight[lo:hi]))
			rho[x] = w.divide(f, t, x, 1, recovering)
			variance[x] = f.Mul(rho[x], f.Sub(one, rho[x]))
			square[x] = f.Mul(m.Occupancy[t-1][x], m.Occupancy[t-1][x])
		}
		at := &p.Positions[t-1]
		at.Information = m.Information[t-1]
		at.GradientNormSquared = f.Dot(square, norm)
		at.FisherTrace = f.Sub(one, f.Dot(m.Occupancy[t-1], same)) // tr F_t(x) = 1 − Σ_a P(a|x)²
		at.RecoveryProbability = f.Dot(m.Occupancy[t-1], rho)
		at.RecoveryInformation = f.Dot(q[t-1], variance)
	}
	return nil
}

// AdversaryLaw returns Q(y_≤t) summed per state, for t = 0…T−1: [t][x].
func AdversaryLaw[E any](f field.Field[E], in *model.Instance) ([][]E, error) {
	// Q may have different weights at the positions of one layer.
	shared := in.Adversary.Kind != model.AdversaryRows
	w, err := newLaw(f, in.Process, in.Length()-1, shared, in.AdversaryWeights)
	if err != nil {
		return nil, fmt.Errorf("adversary: %w", err)
	}
	return occupancy(f, in.Process, w), nil
}
