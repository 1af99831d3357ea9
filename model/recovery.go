package model

import "math/big"

// Attacked returns, per layer 0…T−1, the states in which prefixes drawn from Q
// end with positive probability.
func (in *Instance) Attacked() [][]bool {
	q := &in.Adversary
	switch q.Kind {
	case AdversaryPolicy:
		return in.visited(in.Length()-1, in.again, func(t, e int) bool { return !in.Layer(t).weight.IsZero(e) })
	case AdversaryUniform:
		return in.visited(in.Length()-1, in.again, func(int, int) bool { return true })
	}
	again := func(t int) bool { return in.again(t) && q.again(t-1) }
	return in.visited(in.Length()-1, again, func(t, e int) bool { return !q.Rows[t-1].IsZero(e) })
}

// BaseRecovery returns ρ_0(x) = P_0(y_t∈R|x) at state x of layer t−1.
func (in *Instance) BaseRecovery(t, x int) *big.Rat {
	recovering, total := in.RecoveryWeights(in.Layer(t), x)
	return new(big.Rat).SetFrac(recovering, total)
}

// RecoveryWeights returns the sum of the weights of the recovery tokens in the row of
// state x of l, and of all its weights.
func (in *Instance) RecoveryWeights(l *Layer, x int) (recovering, total *big.Int) {
	lo, hi := l.Row(x)
	recovering = new(big.Int)
	for _, a := range in.Recovery {
		if e, ok := l.Edge(x, a); ok {
			recovering.Add(recovering, l.weight.At(e))
		}
	}
	return recovering, l.weight.Sum(lo, hi)
}

// LeastRecovery returns the least ρ_0 over the prefixes of positions first…last
// that Q gives positive probability, 1 ≤ first and last ≤ T; 1 where there are none.
// Over all positions it is the δ of Corollary 23.
func (in *Instance) LeastRecovery(first, last int) *big.Rat {
	least := big.NewRat(1, 1)
	attacked := in.Attacked()
	somewhere := make(map[*Layer][]bool) // whether a state of the layer is, at one of its positions
	for t := first; t <= last; t++ {
		l := in.Layer(t)
		if somewhere[l] == nil {
			somewhere[l] = make([]bool, l.States())
		}
		for x, ok := range attacked[t-1] {
			somewhere[l][x] = somewhere[l][x] || ok
		}
	}
	for l, attacked := range somewhere {
		for x, ok := range attacked {
			if !ok {
				continue
			}
			recovering, total := in.RecoveryWeights(l, x)
			if rho := new(big.Rat).SetFrac(recovering, total); rho.Cmp(least) < 0 {
				least = rho
			}
		}
	}
	return least
}
