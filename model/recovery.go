package model

import "math/big"

// Attacked returns, per layer 0…T−1, the states in which prefixes drawn from Q
// end with positive probability.
func (in *Instance) Attacked() [][]bool {
	weights := make([]*Naturals, in.Length())
	for t := 1; t < in.Length(); t++ {
		weights[t-1] = in.AdversaryWeights(t)
	}
	return in.visited(in.Length()-1, func(t, e int) bool { return !weights[t-1].IsZero(e) })
}

// BaseRecovery returns ρ_0(x) = P_0(y_t∈R|x) at state x of layer t−1.
func (in *Instance) BaseRecovery(t, x int) *big.Rat {
	l := in.Layer(t)
	lo, hi := l.Row(x)
	sum := new(big.Int)
	for e := lo; e < hi; e++ {
		if in.Recovers(l.Token(e)) {
			sum.Add(sum, l.weight.At(e))
		}
	}
	return new(big.Rat).SetFrac(sum, l.weight.Sum(lo, hi))
}

// LeastRecovery returns the least ρ_0 over the prefixes of positions first…last
// that Q gives positive probability, 1 ≤ first and last ≤ T; 1 where there are none.
// Over all positions it is the δ of Corollary 23.
func (in *Instance) LeastRecovery(first, last int) *big.Rat {
	least := big.NewRat(1, 1)
	attacked := in.Attacked()
	for t := first; t <= last; t++ {
		for x, ok := range attacked[t-1] {
			if !ok {
				continue
			}
			if rho := in.BaseRecovery(t, x); rho.Cmp(least) < 0 {
				least = rho
			}
		}
	}
	return least
}
