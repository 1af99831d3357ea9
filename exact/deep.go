package exact

import (
	"errors"
	"fmt"

	"sounding/exact/field"
	"sounding/model"
)

// ErrInfinite reports a policy that takes a token of probability zero in the base
// model: its divergence from the base model is infinite.
var ErrInfinite = errors.New("the policy takes a token that the base model never takes")

// DeepTerms are the terms of the deep objective (eq. 43) at a policy P, for the base
// model P_0:
//
//	L_deep(P) = λE_P[Harm] + Σ_t KL_t + Σ_t βγ^t·E_{y_<t∼Q}[P(y_t∉R|y_<t)]
type DeepTerms[E any] struct {
	Harm    E   // λE_P[Harm]
	KL      []E // KL_t = E_{y_<t∼P}[KL(P(·|y_<t)‖P_0(·|y_<t))]: [t−1]
	Failure []E // βγ^t·E_{y_<t∼Q}[P(y_t∉R|y_<t)]: [t−1]
}

// Total returns the sum of the terms.
func (d *DeepTerms[E]) Total(r field.Ring[E]) E {
	sum := d.Harm
	for t := range d.KL {
		sum = r.Add(sum, r.Add(d.KL[t], d.Failure[t]))
	}
	return sum
}

// Deep returns the terms of the objective at the policy with probability
// policy[t−1][e] on edge e of position t, for the base model pt. The rows of states
// that the policy never reaches enter the penalty alone. The error is ErrInfinite,
// with its place, if the KL is infinite.
func Deep[E any](r field.Real[E], pt *model.Numbers[E], o Objective[E], policy [][]E) (*DeepTerms[E], error) {
	p := pt.Process
	T := p.Length()
	occ, zero := Occupancy(r, p, policy), r.FromInt(0)
	d := &DeepTerms[E]{Harm: r.Mul(o.Lambda, r.Dot(occ[T], pt.Harm)), KL: make([]E, T), Failure: make([]E, T)}
	for t := 1; t <= T; t++ {
		kl, failure := r.FromInt(0), r.FromInt(0)
		for x := range p.States(t - 1) {
			row, fail, err := deepRow(r, pt, &o, policy, t, x, r.Equal(occ[t-1][x], zero) != field.True)
			if err != nil {
				return nil, fmt.Errorf("position %d, state %d: %w", t, x, err)
			}
			kl = r.Add(kl, r.Mul(occ[t-1][x], row))
			failure = r.Add(failure, r.Mul(o.Adversary[t-1][x], fail))
		}
		d.KL[t-1], d.Failure[t-1] = kl, r.Mul(o.tilt(r, t), failure)
	}
	return d, nil
}

// deepRow returns KL(P(·|x)‖P_0(·|x)), or zero if x is not reached, and P(y_t∉R|x).
func deepRow[E any](r field.Real[E], pt *model.Numbers[E], o *Objective[E], policy [][]E, t, x int, reached bool) (kl, failure E, err error) {
	zero := r.FromInt(0)
	kl, failure = zero, zero
	l := pt.Process.Layer(t)
	for e, hi := l.Row(x); e < hi; e++ {
		p := policy[t-1][e]
		if !o.Recovers(l.Token(e)) {
			failure = r.Add(failure, p)
		}
		if !reached || r.Equal(p, zero) == field.True {
			continue
		}
		ratio, err := r.Quo(p, pt.Prob[t-1][e])
		if err != nil {
			return kl, failure, ErrInfinite
		}
		log, err := r.Log(ratio)
		if err != nil {
			return kl, failure, err
		}
		kl = r.Add(kl, r.Mul(p, log))
	}
	return kl, failure, nil
}

// PolicyRows returns the probabilities of a policy given by weights on the edges of
// a process.
func PolicyRows[E any](f field.Field[E], p *model.Process, policy []model.Naturals) ([][]E, error) {
	prob := make([][]E, len(policy))
	for i := range policy {
		var err error
		if prob[i], err = rows(f, p.Layer(i+1), &policy[i]); err != nil {
			return nil, fmt.Errorf("position %d: %w", i+1, err)
		}
	}
	return prob, nil
}

// LogTilt is a law that a policy obeys at every state: P(a|x) ∝ P_0(a|x)·e^ℓ, where it
// returns ℓ for edge e of state x of layer t−1. The cost to come after the edge is
//
//	J(y_≤t) = E_P[λHarm + Σ_{s>t} log(P/P_0) | y_≤t].
type LogTilt[E any] func(t, x, e int, cost E) E

// Untilted is a base model made for a given policy.
type Untilted[E any] struct {
	Base     *model.Numbers[E] // P_0, with the harm of the policy
	LogRatio [][]E             // log(P(a|x)/P_0(a|x)): [t−1][e]
	Cost     [][]E             // J(x): [t][x]
}

// Untilt returns the base model for which the policy obeys the law: from the last
// position to the first, P_0(a|x) = P(a|x)·e^{−ℓ}/N. The policy must be positive on
// every edge. It makes instances whose stationary point is known, without iteration.
func Untilt[E any](r field.Real[E], policy *model.Numbers[E], lambda E, law LogTilt[E]) (*Untilted[E], error) {
	p := policy.Process
	T := p.Length()
	u := &Untilted[E]{
		Base:     &model.Numbers[E]{Process: p, Prob: make([][]E, T), Harm: policy.Harm},
		LogRatio: make([][]E, T), Cost: make([][]E, T+1),
	}
	u.Cost[T] = make([]E, p.States(T))
	for x := range u.Cost[T] {
		u.Cost[T][x] = r.Mul(lambda, policy.Harm[x])
	}
	for t := T; t >= 1; t-- {
		l := p.Layer(t)
		base, ratio := make([]E, l.Edges()), make([]E, l.Edges())
		u.Cost[t-1] = make([]E, l.States())
		for x := range u.Cost[t-1] {
			lo, hi := l.Row(x)
			prob := policy.Prob[t-1][lo:hi]
			for e := lo; e < hi; e++ {
				ratio[e] = law(t, x, e, u.Cost[t][l.Next(e)])
				weight, err := r.Exp(r.Neg(ratio[e]))
				if err != nil {
					return nil, err
				}
				base[e] = r.Mul(prob[e-lo], weight)
			}
			n := field.Sum(r, base[lo:hi])
			log, err := r.Log(n)
			if err != nil {
				return nil, err
			}
			cost := r.FromInt(0)
			for e := lo; e < hi; e++ {
				if base[e], err = r.Quo(base[e], n); err != nil {
					return nil, err
				}
				ratio[e] = r.Add(ratio[e], log)
				cost = r.Add(cost, r.Mul(prob[e-lo], r.Add(ratio[e], u.Cost[t][l.Next(e)])))
			}
			u.Cost[t-1][x] = cost
		}
		u.Base.Prob[t-1], u.LogRatio[t-1] = base, ratio
	}
	return u, nil
}
