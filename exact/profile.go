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

func solveProfile[E any, F field.Field[E]](f F, in *model.Instance) (*profile[E], error) {
	pt, err := NewPoint[E](f, in.Process)
	if err != nil {
		return nil, err
	}
	q, err := AdversaryLaw[E](f, in)
	if err != nil {
		return nil, err
	}
	T := in.Length()
	p := &profile[E]{
		Martingale: SolveMartingale(f, pt),
		gradient:   make([]E, T), fisher: make([]E, T), recovery: make([]E, T), recoveryInformation: make([]E, T),
	}
	one := f.FromInt(1)
	var block []E
	for t := 1; t <= T; t++ {
		l, prob := in.Layer(t), pt.Prob[t-1]
		n := l.States()
		norm, trace, rho, variance, weight := make([]E, n), make([]E, n), make([]E, n), make([]E, n), make([]E, n)
		for x := range n {
			lo, hi := l.Row(x)
			block = block[:0]
			rho[x] = f.FromInt(0)
			for e := lo; e < hi; e++ {
				block = append(block, f.Mul(prob[e], f.Sub(p.H[t][l.Next(e)], p.H[t-1][x])))
				if in.Recovers(l.Token(e)) {
					rho[x] = f.Add(rho[x], prob[e])
				}
			}
			norm[x] = f.Dot(block, block)
			trace[x] = f.Sub(one, f.Dot(prob[lo:hi], prob[lo:hi]))
			variance[x] = f.Mul(rho[x], f.Sub(one, rho[x]))
			weight[x] = f.Mul(p.Occupancy[t-1][x], p.Occupancy[t-1][x])
		}
		p.gradient[t-1] = f.Dot(weight, norm)
		p.fisher[t-1] = f.Dot(p.Occupancy[t-1], trace)
		p.recovery[t-1] = f.Dot(p.Occupancy[t-1], rho)
		p.recoveryInformation[t-1] = f.Dot(q[t-1], variance)
	}
	return p, nil
}

// AdversaryLaw returns Q(y_≤t) gathered by state, for t = 0…T−1: [t][x].
func AdversaryLaw[E any, F field.Field[E]](f F, in *model.Instance) ([][]E, error) {
	T := in.Length()
	prob := make([][]E, T-1)
	done := make(map[*model.Layer][]E)
	for t := 1; t < T; t++ {
		l := in.Layer(t)
		law, ok := done[l]
		if !ok || in.Adversary.Kind == model.AdversaryRows {
			var err error
			if law, err = rows[E](f, l, in.AdversaryWeights(t)); err != nil {
				return nil, fmt.Errorf("adversary, position %d: %w", t, err)
			}
			done[l] = law
		}
		prob[t-1] = law
	}
	return Occupancy(f, in.Process, prob), nil
}
