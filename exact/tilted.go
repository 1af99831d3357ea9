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

// softEntropy returns A_t = Σ_x P_0(x)·Z_t(x)·log Z_t(x) for t = 0…T. With it
//
//	KL_t = E_{P*}[log Z_t − log Z_{t−1}] = (A_t − A_{t−1}) / Z_0
//
// because P*(x) = P_0(x)·Z_t(x)/Z_0. So one logarithm per inner state suffices; at
// layer T it is −λHarm, given as logLast.
func softEntropy[E any](r field.Real[E], occupancy, soft [][]E, logLast []E) ([]E, error) {
	T := len(soft) - 1
	a := make([]E, T+1)
	for t, z := range soft {
		terms := make([]E, len(z))
		err := split(len(z), func(lo, hi int) error {
			for x := lo; x < hi; x++ {
				var l E
				if t == T {
					l = logLast[x]
				} else {
					var err error
					if l, err = r.Log(z[x]); err != nil {
						return err
					}
				}
				terms[x] = r.Mul(z[x], l)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		a[t] = r.Dot(occupancy[t], terms)
	}
	return a, nil
}

// EquilibriumKL returns KL_t = E_{y_<t∼P*}[KL(P*(·|y_<t) ‖ P_0(·|y_<t))] of the
// tilted optimum for t = 1…T, from the occupancy of the base model, the soft
// values and the logarithms −λHarm of the tilt on layer T.
func EquilibriumKL[E any](r field.Real[E], occupancy, soft [][]E, logLast []E) ([]E, error) {
	a, err := softEntropy(r, occupancy, soft, logLast)
	if err != nil {
		return nil, err
	}
	kl := make([]E, len(a)-1)
	for t := range kl {
		if kl[t], err = r.Quo(r.Sub(a[t+1], a[t]), soft[0][0]); err != nil {
			return nil, err
		}
	}
	return kl, nil
}
