package exact

import (
	"sounding/exact/field"
	"sounding/model"
)

// Recovery returns ρ_t(x) = P(y_t∈R|x) for the states x of layer t−1.
func Recovery[E any](r field.Ring[E], pt *model.Numbers[E], recovers func(token int) bool, t int) []E {
	l := pt.Process.Layer(t)
	rho := make([]E, l.States())
	for x := range rho {
		rho[x] = r.FromInt(0)
		for e, hi := l.Row(x); e < hi; e++ {
			if recovers(l.Token(e)) {
				rho[x] = r.Add(rho[x], pt.Prob[t-1][e])
			}
		}
	}
	return rho
}

// RecoveryInformation returns I_t^rec = Σ_x Q(x)·ρ_t(x)·(1 − ρ_t(x)) over the
// states x of layer t−1, Definition 18.
func RecoveryInformation[E any](r field.Ring[E], pt *model.Numbers[E], o Objective[E], t int) E {
	v := Recovery(r, pt, o.Recovers, t)
	for x, rho := range v {
		v[x] = r.Mul(rho, r.Sub(r.FromInt(1), rho))
	}
	return r.Dot(o.Adversary[t-1], v)
}

// Penalty returns the third term of the deep objective (eq. 43), without divisions:
//
//	Σ_t βγ^t·Σ_x Q(x)·(1 − ρ_t(x))
func Penalty[E any](r field.Ring[E], pt *model.Numbers[E], o Objective[E]) E {
	sum := r.FromInt(0)
	for t := 1; t <= pt.Process.Length(); t++ {
		failure := Recovery(r, pt, o.Recovers, t)
		for x, rho := range failure {
			failure[x] = r.Sub(r.FromInt(1), rho)
		}
		sum = r.Add(sum, r.Mul(o.tilt(r, t), r.Dot(o.Adversary[t-1], failure)))
	}
	return sum
}

// PenaltyDerivative returns the derivative of the penalty along a tangent dP of the
// conditionals, Q held fixed, by evaluating it over dual numbers P + s·dP.
func PenaltyDerivative[E any](r field.Ring[E], pt *model.Numbers[E], o Objective[E], tangent [][]E) E {
	s := field.NewSeries(r, 1)
	dual := &model.Numbers[[]E]{Process: pt.Process, Prob: make([][][]E, len(pt.Prob))}
	for i, prob := range pt.Prob {
		dual.Prob[i] = make([][]E, len(prob))
		for e := range prob {
			dual.Prob[i][e] = s.Dual(prob[e], tangent[i][e])
		}
	}
	lifted := Objective[[]E]{Beta: s.Constant(o.Beta), Gamma: s.Constant(o.Gamma), Recovers: o.Recovers}
	for _, q := range o.Adversary {
		row := make([][]E, len(q))
		for x := range q {
			row[x] = s.Constant(q[x])
		}
		lifted.Adversary = append(lifted.Adversary, row)
	}
	return Penalty(s, dual, lifted)[1]
}

// LargestGibbsKL returns the base recovery probability ρ_0 at which the KL cost of the
// pointwise optimum is largest, and that cost, at tilt η ≠ 0 with u = e^η:
//
//	ρ_0 = (Z − 1)/(u − 1),  Z = ηu/(u − 1),  κ(η) = ηρ* − log Z
//
// The derivative of the cost in ρ_0 is (ηu − (u − 1)Z)/Z², positive below and
// negative above.
func LargestGibbsKL[E any](r field.Real[E], eta, u E) (rho, kl E, err error) {
	one := r.FromInt(1)
	z, err := r.Quo(r.Mul(eta, u), r.Sub(u, one))
	if err != nil {
		return rho, kl, err
	}
	if rho, err = r.Quo(r.Sub(z, one), r.Sub(u, one)); err != nil {
		return rho, kl, err
	}
	_, kl, err = Gibbs(r, rho, eta, u)
	return rho, kl, err
}
