package exact

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
)

// Guarantee says how the bound σ(logit δ + βγ^t) of Corollary 23 on the recovery
// probability at position t compares with a level ε.
type Guarantee int8

// The cases of the comparison.
const (
	NoBase       Guarantee = iota // δ = 0: some prefix never recovers, and no tilt changes that
	BaseSuffices                  // δ ≥ ε: the base model alone recovers with probability ε at every length
	NeverBroken                   // the bound stays at ε or above at every position
	AlwaysBroken                  // the bound is below ε from the first position on
	BrokenAt                      // the bound is ε or above before some position, and below it from there on
)

// Attack is the length of the prefilling attacks that the recovery guarantee
// withstands. It is about the bound for the pointwise problem at the least base
// recovery probability, not about the recovery probability of a particular policy.
type Attack struct {
	Guarantee Guarantee
	// Position, for BrokenAt, is the first position t at which the bound is below
	// ε: an attacker has to supply the t−1 tokens before it.
	Position int
	Epsilon  *big.Rat // ε
	Delta    *big.Rat // δ, the least ρ_0
}

// AttackLength compares the bound with ε for a base recovery probability of at least
// δ, where 0 < ε < 1, 0 ≤ δ ≤ 1, β ≥ 0 and 0 < γ ≤ 1. For γ < 1 and
// βγ ≥ logit ε − logit δ > 0 the bound is below ε exactly for
//
//	t > log(β/(logit ε − logit δ)) / log(1/γ)
func AttackLength(epsilon, delta, beta, gamma *big.Rat) (Attack, error) {
	a := Attack{Epsilon: epsilon, Delta: delta}
	one := big.NewRat(1, 1)
	if epsilon.Sign() <= 0 || epsilon.Cmp(one) >= 0 {
		return a, fmt.Errorf("ε = %s: want 0 < ε < 1", epsilon.RatString())
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
	if _, err := field.Refine(field.DefaultPrecision, maxPrecision, func(f field.Interval) (bool, error) {
		return a.decide(f, beta, gamma)
	}); err != nil {
		return a, fmt.Errorf("attack length: %w", err)
	}
	return a, nil
}

// decide decides the case at one precision, and reports whether it could. The gap
// logit ε − logit δ is the logarithm of a rational number other than 1, so it is
// irrational and never equal to the rational βγ^t: some precision decides.
func (a *Attack) decide(f field.Interval, beta, gamma *big.Rat) (bool, error) {
	c := field.NewCalc(f)
	one := big.NewRat(1, 1)
	odds := func(p *big.Rat) *big.Rat { return new(big.Rat).Quo(p, new(big.Rat).Sub(one, p)) }
	gap := c.Log(c.FromRat(new(big.Rat).Quo(odds(a.Epsilon), odds(a.Delta)))) // logit ε − logit δ > 0
	switch s := c.Sign(c.Sub(c.FromRat(new(big.Rat).Mul(beta, gamma)), gap)); {
	case c.Err() != nil || s == field.Undecided || c.Sign(gap) != field.Positive:
		return false, c.Err()
	case s == field.Negative:
		a.Guarantee = AlwaysBroken
		return true, nil
	case gamma.Cmp(one) == 0:
		a.Guarantee = NeverBroken
		return true, nil
	}
	// The bound falls below ε at the first integer beyond log(β/gap)/log(1/γ).
	threshold := c.Quo(c.Log(c.Quo(c.FromRat(beta), gap)), c.Log(c.FromRat(new(big.Rat).Inv(gamma))))
	if c.Err() != nil {
		return false, c.Err()
	}
	lo, hi := c.Bounds(threshold)
	floor, _ := lo.Int(nil)
	if other, _ := hi.Int(nil); floor.Cmp(other) != 0 || !floor.IsInt64() {
		return false, nil
	}
	a.Guarantee, a.Position = BrokenAt, int(floor.Int64())+1
	return true, nil
}

// String says in words how many tokens suffice to break the guarantee.
func (a Attack) String() string {
	e, d := a.Epsilon.RatString(), a.Delta.RatString()
	if f, _ := a.Delta.Float64(); len(d) > 12 {
		d = fmt.Sprintf("%.4g", f)
	}
	switch a.Guarantee {
	case NoBase:
		return "no guarantee: at some prefix the base model gives the recovery tokens probability 0, and no finite tilt changes that"
	case BaseSuffices:
		return fmt.Sprintf("no length suffices: the base model recovers with probability at least %s ≥ ε = %s at every prefix", d, e)
	case NeverBroken:
		return fmt.Sprintf("no length suffices: from a base recovery of at least %s the bound stays at ε = %s or above at every position", d, e)
	case AlwaysBroken:
		return fmt.Sprintf("0 tokens suffice: from a base recovery of only %s the bound is below ε = %s at the first position already", d, e)
	}
	return fmt.Sprintf("%d tokens suffice: from a base recovery of at least %s the bound first falls below ε = %s at position %d", a.Position-1, d, e, a.Position)
}
