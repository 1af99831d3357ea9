package theorems

import (
	"fmt"
	"math"
	"math/big"

	"sounding/exact"
	"sounding/model"
)

// Given returns the case of an instance on which statements are checked, with the numbers that
// some of them are about:
//
//	epsilon  ε, 0 < ε < 1
//	delta    δ, the least ρ_0 over the prefixes of Q, where 0 < δ < 1
//	u        e^η of the pointwise problem, by any η ≥ 0: e^β to a thousandth, at most e^10
//	s        e^{η/2}, of another η > 0: e^{β/2} likewise
//	n        a length of attacks, any: T, at most 7
func Given(in *model.Instance, epsilon *big.Rat) (*model.Case, error) {
	one := big.NewRat(1, 1)
	if epsilon.Sign() <= 0 || epsilon.Cmp(one) >= 0 {
		return nil, fmt.Errorf("ε = %s: want 0 < ε < 1", epsilon.RatString())
	}
	beta, _ := in.Beta.Float64()
	c := &model.Case{Instance: in, Scalars: map[string]*big.Rat{
		"epsilon": epsilon,
		"u":       thousandths(math.Exp(min(beta, 10))),
		"s":       thousandths(max(math.Exp(min(beta, 10)/2), 1.001)),
		"n":       big.NewRat(int64(min(in.Length(), 7)), 1),
	}}
	if delta := in.LeastRecovery(1, in.Length()); delta.Sign() > 0 && delta.Cmp(one) < 0 {
		c.Scalars["delta"] = delta
	}
	return c, nil
}

// GivePolicy gives a case the weights of a second policy, those of an instance on the same
// process and with the same support.
func GivePolicy(c *model.Case, second *model.Instance) error {
	if err := exact.SameProcess(c.Process, second.Process); err != nil {
		return err
	}
	c.Policy = nil
	for t := 1; t <= c.Length(); t++ {
		base, weights := c.Layer(t), second.Layer(t).Weights()
		for x := range base.States() {
			for e, hi := base.Row(x); e < hi; e++ {
				if weights.IsZero(e) != base.Weights().IsZero(e) {
					return fmt.Errorf("position %d, state %d: of two weights of token %d one is 0: want both policies to take the same tokens", t, x, base.Token(e))
				}
			}
		}
		c.Policy = append(c.Policy, *weights)
	}
	return nil
}

// thousandths returns the nearest multiple of a thousandth.
func thousandths(x float64) *big.Rat { return big.NewRat(int64(math.Round(1000*x)), 1000) }
