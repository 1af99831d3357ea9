package exact

import (
	"sounding/exact/field"
	"sounding/model"
)

// Tilted is the unrestricted optimum of the standard objective (eq. 2),
// P*(y) ∝ P_0(y)·u(y) with u = e^{−λHarm}. It is rational wherever u is.
type Tilted[E any] struct {
	Soft      [][]E // Z_t(x) = E_0[u | y_≤t], the soft value before its logarithm: [t][x]
	Policy    [][]E // P*(a|x) = P_0(a|x)·Z_t(xa)/Z_{t−1}(x): [t−1][e]
	Occupancy [][]E // P*(y_≤t), summed per state: [t][x]
}

// SolveTilted computes the optimum from the positive tilt u of each state of
// layer T.
func SolveTilted[E any](f field.Field[E], pt *model.Numbers[E], u []E) (*Tilted[E], error) {
	p := pt.Process
	s := &Tilted[E]{Soft: Backward(f, pt, u), Policy: make([][]E, p.Length())}
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		s.Policy[t-1] = make([]E, l.Edges())
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				q, err := f.Quo(f.Mul(pt.Prob[t-1][e], s.Soft[t][l.Next(e)]), s.Soft[t-1][x])
				if err != nil {
					return nil, err
				}
				s.Policy[t-1][e] = q
			}
		}
	}
	s.Occupancy = Occupancy(f, p, s.Policy)
	return s, nil
}
