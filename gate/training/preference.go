package training

import "math/big"

// preferenceLoss returns the loss of every pair.
func (c *calculation[E]) preferenceLoss() []E {
	list := make([]E, len(c.q.Pairs))
	for i, p := range c.q.Pairs {
		list[i], _ = c.preference(p)
	}
	return list
}

// preferenceGradient returns the derivative of each.
func (c *calculation[E]) preferenceGradient() []E {
	var list []E
	for _, p := range c.q.Pairs {
		_, slope := c.preference(p)
		list = append(list, c.plus(c.zeros(len(c.tokens().value)), slope, c.marginGradient(p))...)
	}
	return list
}

// preference returns the loss of a pair and its derivative by ℓ(chosen) −
// ℓ(rejected).
func (c *calculation[E]) preference(p Pair) (loss, slope E) {
	β := c.FromRat(p.Beta)
	Δ := c.Sub(c.level(p, p.Chosen, c.logp), c.level(p, p.Rejected, c.logp))
	if p.Loss != "simpo" {
		Δ = c.Sub(Δ, c.Sub(c.level(p, p.Chosen, c.logRef), c.level(p, p.Rejected, c.logRef)))
	}
	switch p.Loss {
	case "ipo":
		half := new(big.Rat).Inv(new(big.Rat).Mul(big.NewRat(2, 1), p.Beta))
		d := c.Sub(Δ, c.FromRat(half))
		return c.Mul(d, d), c.Mul(c.FromInt(2), d)
	case "simpo":
		return c.logistic(c.Sub(c.Mul(β, Δ), c.FromRat(p.Margin)), β)
	}
	return c.logistic(c.Mul(β, Δ), β)
}

// logistic returns −log σ(u) and its derivative −β·σ(−u), for u of slope β.
func (c *calculation[E]) logistic(u, β E) (loss, slope E) {
	one := c.FromInt(1)
	loss = c.Log(c.Add(one, c.Exp(c.Neg(u))))
	return loss, c.Neg(c.Quo(β, c.Add(one, c.Exp(u))))
}

// level returns the sum or the mean of f over the acting tokens of a sequence.
func (c *calculation[E]) level(p Pair, sequence []int, f func(step) E) E {
	y, _ := c.walk(sequence)
	sum := c.total(y, f)
	if p.Mean {
		sum = c.mean(y, sum)
	}
	return sum
}

// marginGradient returns ∂(ℓ(chosen) − ℓ(rejected))/∂z.
func (c *calculation[E]) marginGradient(p Pair) []E {
	g := c.tokens()
	for i, sequence := range [][]int{p.Chosen, p.Rejected} {
		y, _ := c.walk(sequence)
		w := c.FromInt(int64(1 - 2*i))
		if p.Mean {
			w = c.mean(y, w)
		}
		for _, s := range y.steps {
			if s.acting {
				c.addScore(g, s, w)
			}
		}
	}
	return g.value
}

// addScore adds w·∂log p(y_t)/∂z = w·(e_{y_t} − p) at a token.
func (c *calculation[E]) addScore(g *tokens[E], s step, w E) {
	l := c.in.Layer(s.t)
	for e, hi := l.Row(s.x); e < hi; e++ {
		if c.policy.weight[s.t-1].IsZero(e) {
			continue
		}
		d := c.Neg(c.policy.p[s.t-1][e])
		if e == s.e {
			d = c.Add(d, c.FromInt(1))
		}
		i := g.at(s.t, s.x, l.Token(e))
		g.value[i] = c.Add(g.value[i], c.Mul(w, d))
	}
}
