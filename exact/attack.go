package exact

import (
	"errors"
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Guarantee says how Corollary 23's bound σ(logit δ + βγ^t) on the recovery
// probability at position t compares with a level ε.
type Guarantee int8

// The cases of the comparison.
const (
	NoBase       Guarantee = iota // δ = 0: some prefix never recovers, and no tilt changes that
	BaseSuffices                  // δ ≥ ε: the base model recovers with probability ε already, at every length
	NeverBroken                   // the bound stays at ε or above at every position
	AlwaysBroken                  // the bound is below ε from the first position on
	BrokenAt                      // the bound is ε or above up to some position, and below it from the next on
)

// Attack is the length of prefilling attack that the recovery guarantee withstands.
// It speaks of the bound for the pointwise problem, at the least base recovery
// probability, not of the recovery probability of any particular policy.
type Attack struct {
	Guarantee Guarantee
	// Position, for BrokenAt, is the first position t at which the bound is below
	// ε: an attacker has to supply the t−1 tokens before it.
	Position int
	Epsilon  *big.Rat // ε
	Delta    *big.Rat // δ, the least ρ_0
}

// errUndecided reports a comparison that no precision decided.
var errUndecided = errors.New("undecided at the largest precision")

// AttackLength compares the bound with ε for a base recovery probability of at
// least δ, both in [0,1] and ε inside it, β ≥ 0 and 0 < γ ≤ 1. For γ < 1 and
// βγ ≥ logit ε − logit δ > 0 the bound falls below ε exactly for
//
//	t > log(β/(logit ε − logit δ)) / log(1/γ)
func AttackLength(epsilon, delta, beta, gamma *big.Rat) (Attack, error) {
	a := Attack{Epsilon: epsilon, Delta: delta}
	one := big.NewRat(1, 1)
	if epsilon.Sign() <= 0 || epsilon.Cmp(one) >= 0 {
		return a, fmt.Errorf("ε = %s, accepted is 0 < ε < 1", epsilon.RatString())
	}
	switch {
	case delta.Sign() == 0:
		return a, nil
	case delta.Cmp(epsilon) >= 0:
		a.Guarantee = BaseSuffices
		return a, nil
	case beta.Sign() == 0:
		a.Guarantee = AlwaysBroken
		return a, nil
	}
	for bits := uint(defaultPrecision); bits <= maxPrecision; bits *= 2 {
		done, err := a.at(field.NewInterval(bits), beta, gamma)
		if err != nil || done {
			return a, err
		}
	}
	return a, fmt.Errorf("attack length: %w", errUndecided)
}

// at decides the case at one precision, and reports whether it could. The gap
// logit ε − logit δ is the logarithm of a rational number other than 1, so it is
// irrational and never equal to the rational βγ^t: some precision decides.
func (a *Attack) at(f field.Interval, beta, gamma *big.Rat) (bool, error) {
	one := big.NewRat(1, 1)
	odds := func(p *big.Rat) *big.Rat { return new(big.Rat).Quo(p, new(big.Rat).Sub(one, p)) }
	ratio, err := f.FromRat(new(big.Rat).Quo(odds(a.Epsilon), odds(a.Delta)))
	if err != nil {
		return false, err
	}
	gap, err := f.Log(ratio) // logit ε − logit δ > 0
	if err != nil {
		return false, err
	}
	// below decides whether βγ^t < gap.
	below := func(t int) (bool, bool, error) {
		tilt := new(big.Rat).SetFrac(
			new(big.Int).Exp(gamma.Num(), big.NewInt(int64(t)), nil),
			new(big.Int).Exp(gamma.Denom(), big.NewInt(int64(t)), nil))
		eta, err := f.FromRat(tilt.Mul(tilt, beta))
		if err != nil {
			return false, false, err
		}
		s := f.Sign(f.Sub(eta, gap))
		return s == field.Negative, s == field.Negative || s == field.Positive, nil
	}
	first, known, err := below(1)
	if err != nil || !known {
		return false, err
	}
	switch {
	case first:
		a.Guarantee = AlwaysBroken
		return true, nil
	case gamma.Cmp(one) == 0:
		a.Guarantee = NeverBroken
		return true, nil
	}
	// The threshold, enclosed; the position is the first integer beyond it.
	b, err := f.FromRat(beta)
	if err != nil {
		return false, err
	}
	g, err := f.FromRat(new(big.Rat).Inv(gamma))
	if err != nil {
		return false, err
	}
	q, err := f.Quo(b, gap)
	if err != nil {
		return false, err
	}
	num, err := f.Log(q)
	if err != nil {
		return false, err
	}
	den, err := f.Log(g)
	if err != nil {
		return false, err
	}
	threshold, err := f.Quo(num, den)
	if err != nil {
		return false, err
	}
	lo, hi := f.Bounds(threshold)
	floor, _ := lo.Int(nil)
	if other, _ := hi.Int(nil); floor.Cmp(other) != 0 || !floor.IsInt64() {
		return false, nil
	}
	a.Guarantee, a.Position = BrokenAt, int(floor.Int64())+1
	return true, nil
}

// String says the outcome in words.
func (a Attack) String() string {
	e, d := a.Epsilon.RatString(), a.Delta.RatString()
	if f, _ := a.Delta.Float64(); len(d) > 12 {
		d = fmt.Sprintf("%.4g", f)
	}
	switch a.Guarantee {
	case NoBase:
		return "none: at some prefix the base model gives the recovery tokens probability 0, and no finite tilt changes that"
	case BaseSuffices:
		return fmt.Sprintf("none: the base model recovers with probability at least %s ≥ ε = %s at every prefix", d, e)
	case NeverBroken:
		return fmt.Sprintf("none: from a base recovery of at least %s the bound stays at ε = %s or above at every position", d, e)
	case AlwaysBroken:
		return fmt.Sprintf("0 tokens: from a base recovery of only %s the bound is below ε = %s at the first position already", d, e)
	}
	return fmt.Sprintf("%d tokens: from a base recovery of at least %s the bound first falls below ε = %s at position %d", a.Position-1, d, e, a.Position)
}

// LeastRecovery returns δ, the least ρ_0 over the prefixes of all lengths below T
// that the adversary Q gives positive probability.
func LeastRecovery(in *model.Instance) *big.Rat {
	least := big.NewRat(1, 1)
	reach := []bool{true}
	for t := 1; t <= in.Length(); t++ {
		l := in.Layer(t)
		w := l.Weights()
		next := make([]bool, in.States(t))
		var q *model.Naturals
		if t < in.Length() {
			q = in.AdversaryWeights(t)
		}
		for x, ok := range reach {
			if !ok {
				continue
			}
			lo, hi := l.Row(x)
			num := new(big.Int)
			for e := lo; e < hi; e++ {
				if in.Recovers(l.Token(e)) {
					num.Add(num, w.At(e))
				}
				if q != nil && !q.IsZero(e) {
					next[l.Next(e)] = true
				}
			}
			if rho := new(big.Rat).SetFrac(num, w.Sum(lo, hi)); rho.Cmp(least) < 0 {
				least = rho
			}
		}
		reach = next
	}
	return least
}
