package exact

import (
	"fmt"

	"sounding/exact/field"
	"sounding/model"
)

// profile holds the quantities that are rational, in any field.
type profile[E any] struct {
	*Martingale[E]
	gradient, fisher, recovery, recoveryInformation []E // per position
}

func solveProfile[E any](f field.Field[E], in *model.Instance) (*profile[E], error) {
	T := in.Length()
	w, err := newLaw(f, in.Process, T, true, func(t int) *model.Naturals { return in.Layer(t).Weights() })
	if err != nil {
		return nil, err
	}
	harm, err := harmValues(f, in.Process)
	if err != nil {
		return nil, err
	}
	q, err := AdversaryLaw(f, in)
	if err != nil {
		return nil, err
	}
	p := &profile[E]{
		Martingale: solveMartingale(f, &model.Numbers[E]{Process: in.Process, Harm: harm}, w),
		gradient:   make([]E, T), fisher: make([]E, T), recovery: make([]E, T), recoveryInformation: make([]E, T),
	}
	one := f.FromInt(1)
	var block, scratch []E
	for t := 1; t <= T; t++ {
		l, weight := in.Layer(t), w.weight[t-1]
		n := l.States()
		norm, same, rho, variance, square := make([]E, n), make([]E, n), make([]E, n), make([]E, n), make([]E, n)
		for x := range n {
			lo, hi := l.Row(x)
			block = w.innovations(f, l, t, x, p.H[t], p.H[t-1][x], &scratch, block[:0])
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
			square[x] = f.Mul(p.Occupancy[t-1][x], p.Occupancy[t-1][x])
		}
		p.gradient[t-1] = f.Dot(square, norm)
		p.fisher[t-1] = f.Sub(one, f.Dot(p.Occupancy[t-1], same)) // tr F_t(x) = 1 − Σ_a P(a|x)²
		p.recovery[t-1] = f.Dot(p.Occupancy[t-1], rho)
		p.recoveryInformation[t-1] = f.Dot(q[t-1], variance)
	}
	return p, nil
}

// AdversaryLaw returns Q(y_≤t) gathered by state, for t = 0…T−1: [t][x].
func AdversaryLaw[E any](f field.Field[E], in *model.Instance) ([][]E, error) {
	// The weights of Q may differ where a layer of the model stands again.
	again := in.Adversary.Kind != model.AdversaryRows
	w, err := newLaw(f, in.Process, in.Length()-1, again, in.AdversaryWeights)
	if err != nil {
		return nil, fmt.Errorf("adversary: %w", err)
	}
	return occupancy(f, in.Process, w), nil
}
