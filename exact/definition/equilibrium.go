package definition

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
)

// Tilted returns the law P*(y) = P(y)·u(y) / Σ_z P(z)·u(z) per complete
// sequence, where u(y) = tilt[x_T(y)] is given per state of layer T. With
// u = e^{−λHarm} it is the unrestricted optimum of eq. 2 (remark 3); harm on a
// grid j/m and a rational e^{−λ/m} keep it rational.
func Tilted[E any](f field.Field[E], o *Oracle[E], tilt []E) ([]E, error) {
	law := o.along(o.process.Length(), tilt)
	for i, p := range o.joint {
		law[i] = f.Mul(p, law[i])
	}
	sum := field.Sum(f, law)
	for i := range law {
		var err error
		if law[i], err = f.Quo(law[i], sum); err != nil {
			return nil, fmt.Errorf("normalising the tilted law: %w", err)
		}
	}
	return law, nil
}

// HarmTilt returns e^{−λ·Harm} per state of layer T, for the harm of the process.
func HarmTilt[E any](r field.Real[E], o *Oracle[E], lambda *big.Rat) ([]E, error) {
	tilt := make([]E, len(o.numbers.Harm))
	known := make(map[string]E) // one exponential per distinct harm
	for x := range tilt {
		harm := o.process.HarmAt(x)
		u, ok := known[harm.String()]
		if !ok {
			exponent, err := r.FromRat(new(big.Rat).Neg(new(big.Rat).Mul(lambda, harm)))
			if err != nil {
				return nil, err
			}
			if u, err = r.Exp(exponent); err != nil {
				return nil, fmt.Errorf("e^(−λ·Harm) at state %d: %w", x, err)
			}
			known[harm.String()] = u
		}
		tilt[x] = u
	}
	return tilt, nil
}

// Marginals returns Σ_{z: z_≤t = y_≤t} law(z) per complete sequence y: the
// probability of its prefix of t tokens, 0 ≤ t ≤ T, for a law given per complete
// sequence. Sequences with the same prefix get the same sum; other prefixes that end
// in the same state do not count.
func (o *Oracle[E]) Marginals(law []E, t int) []E {
	m := make([]E, o.count)
	for i := 0; i < o.count; {
		end := i + 1
		for end < o.count && !o.Opens(end, t) {
			end++
		}
		sum := field.Sum(o.ring, law[i:end])
		for ; i < end; i++ {
			m[i] = sum
		}
	}
	return m
}

// KL returns KL(P*‖P) = Σ_y P*(y)·log(P*(y)/P(y)) for a law P* per complete
// sequence that is positive exactly where the weights of the process are.
func KL[E any](r field.Real[E], o *Oracle[E], law []E) (E, error) {
	sum := r.FromInt(0)
	for i, q := range law {
		if !o.Reached(i, o.process.Length()) {
			continue
		}
		term, err := relative(r, q, o.joint[i])
		if err != nil {
			return sum, fmt.Errorf("sequence %d: %w", i, err)
		}
		sum = r.Add(sum, term)
	}
	return sum, nil
}

// PositionKL returns, at index t−1,
//
//	KL_t = Σ_{y_≤t} P*(y_≤t)·log( P*(y_t|y_<t) / p(y_t|y_<t) ),  1 ≤ t ≤ T,
//
// with the marginals and conditionals of a law P* per complete sequence that is
// positive exactly where the weights of the process are. The sum is over
// prefixes, not states.
func PositionKL[E any](r field.Real[E], o *Oracle[E], law []E) ([]E, error) {
	kl := make([]E, o.process.Length())
	before := o.Marginals(law, 0)
	for t := 1; t <= len(kl); t++ {
		after := o.Marginals(law, t)
		sum := r.FromInt(0)
		for i := range law {
			if !o.Opens(i, t) || !o.Reached(i, t) {
				continue
			}
			term, err := relative(r, after[i], r.Mul(before[i], o.numbers.Prob[t-1][o.Edge(i, t)]))
			if err != nil {
				return nil, fmt.Errorf("position %d, the prefix of sequence %d: %w", t, i, err)
			}
			sum = r.Add(sum, term)
		}
		kl[t-1], before = sum, after
	}
	return kl, nil
}

// RowKL returns Σ_a q(a|x)·log(q(a|x)/p(a|x)) per state x of layer t−1, for
// conditionals q per edge that are positive exactly where the weights of the
// layer are.
func RowKL[E any](r field.Real[E], o *Oracle[E], t int, q []E) ([]E, error) {
	l := o.process.Layer(t)
	kl := zeros(r, l.States())
	for x := range kl {
		for e, hi := l.Row(x); e < hi; e++ {
			if l.Weights().IsZero(e) {
				continue
			}
			term, err := relative(r, q[e], o.numbers.Prob[t-1][e])
			if err != nil {
				return nil, fmt.Errorf("position %d, edge %d: %w", t, e, err)
			}
			kl[x] = r.Add(kl[x], term)
		}
	}
	return kl, nil
}

// relative returns a·log(a/b).
func relative[E any](r field.Real[E], a, b E) (E, error) {
	ratio, err := r.Quo(a, b)
	if err != nil {
		return a, err
	}
	log, err := r.Log(ratio)
	if err != nil {
		return a, err
	}
	return r.Mul(a, log), nil
}
