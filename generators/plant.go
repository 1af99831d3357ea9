package generators

import (
	"math/big"
	"slices"
)

// What a draft is made to have that random numbers seldom do.

// plantUnequalRisk makes position t < T of a prefix tree carry no information
// although the law of harm depends on its token: behind one token the harms of
// two equally likely futures are replaced by their mean.
func (d *draft) plantUnequalRisk(t int) {
	x := d.walk(0, 0, t-1)
	e, f := d.fork(t + 1)
	w := d.layers[t].weight
	w[f] = w[e]
	d.copyWeights(t+1, f, e)
	y, z := d.walk(t+1, e, d.length()), d.walk(t+1, f, d.length())
	if d.harm[y] == d.harm[z] {
		d.harm[z] = d.other(d.harm[y])
	}
	tame := x*d.v + (e/d.v+1)%d.v // a second state behind x, beside e/V
	if w := d.layers[t-1].weight; w[tame].Sign() == 0 {
		w[tame] = one
	}
	d.copyFuture(t, tame, e/d.v)
	d.silence(t)
	for i := range d.harm {
		d.harm[i] *= 2
	}
	d.den *= 2
	leaves := len(d.harm) / d.states(t+1)
	y, z = (tame*d.v+e%d.v)*leaves, (tame*d.v+f%d.v)*leaves
	for i := range leaves {
		mean := (d.harm[y+i] + d.harm[z+i]) / 2
		d.harm[y+i], d.harm[z+i] = mean, mean
	}
}

// plantProportion makes every coordinate of the score proportional to the harm
// increment at each state: f_i(x,a) = multiplier·(h_t(xa) − min h_t(x·)), cleared
// of denominators and common factors per state, for tokens of positive weight. The
// multiplier, small itself, becomes 0 where the increments exceed 32 bits.
func (d *draft) plantProportion(multiplier func(t, x, i int) int64) {
	h := make([]*big.Rat, len(d.harm))
	for x, j := range d.harm {
		h[x] = big.NewRat(j, d.den)
	}
	for t := d.length(); t >= 1; t-- {
		before := make([]*big.Rat, d.states(t-1))
		for x := range before {
			before[x] = d.mean(t, x, h)
			steps := d.increments(t, x, h)
			for i := range d.n {
				m := multiplier(t, x, i)
				if bits := slices.MaxFunc(steps, (*big.Int).Cmp).BitLen(); bits > 32 {
					m = 0
				}
				for a, step := range steps {
					if e := x*d.v + a; d.positive(t, e) {
						d.features[t-1][e*d.n+i] = m * step.Int64()
					}
				}
			}
		}
		h = before
	}
}

// mean returns the mean of h over the row of state x of layer t−1.
func (d *draft) mean(t, x int, h []*big.Rat) *big.Rat {
	sum, total := new(big.Rat), new(big.Int)
	for e := x * d.v; e < (x+1)*d.v; e++ {
		w := d.layers[t-1].weight[e]
		total.Add(total, w)
		sum.Add(sum, new(big.Rat).Mul(new(big.Rat).SetInt(w), h[d.next(t, e)]))
	}
	return sum.Quo(sum, new(big.Rat).SetInt(total))
}

// increments returns the smallest non-negative integers in proportion to h less
// its least value over the tokens of positive weight at state x of layer t−1.
func (d *draft) increments(t, x int, h []*big.Rat) []*big.Int {
	least := h[d.next(t, d.first(t, x))]
	for e := x * d.v; e < (x+1)*d.v; e++ {
		if y := d.next(t, e); d.positive(t, e) && h[y].Cmp(least) < 0 {
			least = h[y]
		}
	}
	steps := make([]*big.Rat, d.v)
	common, divisor := big.NewInt(1), new(big.Int)
	for a := range steps {
		steps[a] = new(big.Rat)
		if e := x*d.v + a; d.positive(t, e) {
			steps[a].Sub(h[d.next(t, e)], least)
		}
		g := new(big.Int).GCD(nil, nil, common, steps[a].Denom())
		common.Mul(common, new(big.Int).Quo(steps[a].Denom(), g))
	}
	whole := make([]*big.Int, d.v)
	for a, s := range steps {
		whole[a] = new(big.Int).Mul(s.Num(), new(big.Int).Quo(common, s.Denom()))
		divisor.GCD(nil, nil, divisor, whole[a])
	}
	if divisor.Sign() > 0 {
		for _, w := range whole {
			w.Quo(w, divisor)
		}
	}
	return whole
}
