package training

import "math/big"

// discount returns γ_d.
func (c *calculation[E]) discount() *big.Rat {
	if r := c.in.Training; r != nil {
		return r.Discount
	}
	return big.NewRat(1, 1)
}

// values returns E[γ^{L−t}·Harm] from every state x of layer t−1, at [t−1][x], and
// from every edge, where the last token of a sequence is that which ends it. In
// states that are over it is the expected harm.
func (c *calculation[E]) values(γ *big.Rat) (state, edge [][]E) {
	return c.valuesEnding(γ, func(v E) E { return v })
}

// valuesEnding is values with ending applied to what a token before position T that
// leads to the end is worth.
func (c *calculation[E]) valuesEnding(γ *big.Rat, ending func(E) E) (state, edge [][]E) {
	factor := c.FromRat(γ)
	return c.backwardInduction(c.harm(), func(t, _, e int, v E) E {
		switch {
		case t == c.in.Length():
			return v
		case c.over[t][c.in.Layer(t).Next(e)]:
			return ending(v)
		}
		return c.Mul(factor, v)
	})
}

// gradient returns ∂E[γ_d^{L−1}·Harm]/∂z.
func (c *calculation[E]) gradient() []E {
	γ := c.discount()
	state, edge := c.values(γ)
	power := c.FromInt(1) // γ^{t−1}
	g := c.score(state, edge)
	at := c.tokens()
	for t := 1; t <= c.in.Length(); t++ {
		for i := at.start[t-1]; i < len(g) && (t == c.in.Length() || i < at.start[t]); i++ {
			g[i] = c.Mul(power, g[i])
		}
		power = c.Mul(power, c.FromRat(γ))
	}
	return g
}

// klGradient returns ∂KL(P‖P_0)/∂z.
func (c *calculation[E]) klGradient() []E { return c.score(c.toGo(c.ratio)) }

// frozenKLGradient returns Σ_t ∂KL_t/∂z at frozen prefixes.
func (c *calculation[E]) frozenKLGradient() []E { return c.frozen(c.ratio) }

// frozen returns P(x)·p(a|x)·(f(a) − Σ_b p(b|x)f(b)).
func (c *calculation[E]) frozen(f func(t, e int) E) []E {
	mean := c.perState(func(t, e int) E { return c.Mul(c.policy.p[t-1][e], f(t, e)) })
	return c.perEdge(func(t, x, e int) E {
		return c.Mul(c.Mul(c.policy.state[t-1][x], c.policy.p[t-1][e]), c.Sub(f(t, e), mean[t-1][x]))
	})
}

// perState returns Σ_e f(t, e) over the edges of positive weight of every acting
// state.
func (c *calculation[E]) perState(f func(t, e int) E) [][]E {
	var sum [][]E
	for t := 1; t <= c.in.Length(); t++ {
		sum = append(sum, c.zeros(c.in.States(t-1)))
	}
	c.each(func(t, x, e int) { sum[t-1][x] = c.Add(sum[t-1][x], f(t, e)) })
	return sum
}

// entropyGradient returns ∂Σ_t H_t/∂z.
func (c *calculation[E]) entropyGradient() []E { return c.score(c.toGo(c.surprise)) }

// harmGradient returns ∂E[Harm]/∂z.
func (c *calculation[E]) harmGradient() []E { return c.score(c.values(big.NewRat(1, 1))) }

// objectiveGradient returns ∂(λE[Harm] + KL)/∂z.
func (c *calculation[E]) objectiveGradient() []E {
	return c.plus(c.klGradient(), c.FromRat(c.in.Lambda), c.harmGradient())
}

// deepObjectiveGradient returns ∂L_deep/∂z.
func (c *calculation[E]) deepObjectiveGradient() []E {
	return c.plus(c.objectiveGradient(), c.FromInt(1), c.penaltyGradient(0, c.adversary()))
}

// adversary returns the probability of every state under Q.
func (c *calculation[E]) adversary() [][]E {
	var p [][]E
	for t := 1; t < c.in.Length(); t++ {
		l, w := c.in.Layer(t), c.in.AdversaryWeights(t)
		row := make([]E, l.Edges())
		for x := range l.States() {
			lo, hi := l.Row(x)
			for e := lo; e < hi; e++ {
				row[e] = c.FromRat(new(big.Rat).SetFrac(w.At(e), w.Sum(lo, hi)))
			}
		}
		p = append(p, row)
	}
	return c.states(append(p, c.policy.p[c.in.Length()-1]))
}

// penaltyGradient returns ∂Σ_t βγ^{t+shift}·E_Q[P(y_t∉R|y_<t)]/∂z for prefix
// probabilities Q: βγ^{t+shift}·Q(x)·p(a)·(1[a∉R] − P(y_t∉R|x)).
func (c *calculation[E]) penaltyGradient(shift int, prefix [][]E) []E {
	fails := func(t, e int) E {
		if c.in.Recovers(c.in.Layer(t).Token(e)) {
			return c.FromInt(0)
		}
		return c.FromInt(1)
	}
	mean := c.perState(func(t, e int) E { return c.Mul(c.policy.p[t-1][e], fails(t, e)) })
	return c.perEdge(func(t, x, e int) E {
		weight := c.Mul(c.FromRat(c.in.Eta(t+shift)), prefix[t-1][x])
		return c.Mul(c.Mul(weight, c.policy.p[t-1][e]), c.Sub(fails(t, e), mean[t-1][x]))
	})
}

// optimum returns the rows of P* ∝ P_0·e^{−λHarm}.
func (c *calculation[E]) optimum() []E {
	λ := new(big.Rat).Neg(c.in.Lambda)
	tilt := make([]E, c.in.States(c.in.Length()))
	for x := range tilt {
		tilt[x] = c.Exp(c.FromRat(new(big.Rat).Mul(λ, c.in.HarmAt(x))))
	}
	return c.tilted(tilt)
}

// tilted returns the rows of P_0·u over its sum, for u per state of layer T.
func (c *calculation[E]) tilted(u []E) []E {
	g := c.tokens()
	for t := c.in.Length(); t >= 1; t-- {
		l := c.in.Layer(t)
		mean := c.zeros(l.States())
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				mean[x] = c.Add(mean[x], c.Mul(c.reference.p[t-1][e], u[l.Next(e)]))
			}
			for e, hi := l.Row(x); e < hi; e++ {
				g.value[g.at(t, x, l.Token(e))] = c.Quo(c.Mul(c.reference.p[t-1][e], u[l.Next(e)]), mean[x])
			}
		}
		u = mean
	}
	return g.value
}

// fisher returns diag p − p·pᵀ per state.
func (c *calculation[E]) fisher() []E {
	return c.matrices(func(p, q E, same bool) E {
		m := c.Neg(c.Mul(p, q))
		if same {
			m = c.Add(m, p)
		}
		return m
	})
}

// matrices returns f(p_a, p_b, a = b) per state and pair of tokens, 0 where either
// has no probability.
func (c *calculation[E]) matrices(f func(p, q E, same bool) E) []E {
	g := c.tokens()
	m := c.zeros(len(g.value) * g.v)
	c.each(func(t, x, e int) {
		l := c.in.Layer(t)
		for d, hi := l.Row(x); d < hi; d++ {
			if !l.Weights().IsZero(d) {
				m[g.at(t, x, l.Token(e))*g.v+l.Token(d)] = f(c.policy.p[t-1][e], c.policy.p[t-1][d], d == e)
			}
		}
	})
	return m
}

// outcomes are costs to go of every state and edge.
type outcomes[E any] struct{ state, edge [][]E }

func (c *calculation[E]) outcomes() outcomes[E] {
	state, edge := c.values(c.discount())
	return outcomes[E]{state, edge}
}

// value returns the outcome per state, 0 where a sequence is over.
func (c *calculation[E]) value(o outcomes[E]) []E {
	var list []E
	for t := range c.in.Length() {
		for x, v := range o.state[t] {
			if c.over[t][x] {
				v = c.FromInt(0)
			}
			list = append(list, v)
		}
	}
	return list
}

// actionValue returns the outcome per token, 0 where a sequence is over.
func (c *calculation[E]) actionValue(o outcomes[E]) []E {
	return c.action(o, func(_, edge E) E { return edge })
}

// advantage returns what a token is worth beyond its state.
func (c *calculation[E]) advantage(o outcomes[E]) []E {
	return c.action(o, func(state, edge E) E { return c.Sub(edge, state) })
}

func (c *calculation[E]) action(o outcomes[E], f func(state, edge E) E) []E {
	g := c.tokens()
	for t := 1; t <= c.in.Length(); t++ {
		l := c.in.Layer(t)
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi && !c.over[t-1][x]; e++ {
				g.value[g.at(t, x, l.Token(e))] = f(o.state[t-1][x], o.edge[t-1][e])
			}
		}
	}
	return g.value
}
