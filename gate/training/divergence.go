package training

// perPosition returns Σ_x weight(x)·Σ_e f(t, e) for every position, over edges of
// positive weight of acting states.
func (c *calculation[E]) perPosition(weight func(t, x int) E, f func(t, e int) E) []E {
	v := c.zeros(c.in.Length())
	c.each(func(t, x, e int) { v[t-1] = c.Add(v[t-1], c.Mul(weight(t, x), f(t, e))) })
	return v
}

// prefixes weighs states by their probability under the policy.
func (c *calculation[E]) prefixes(t, x int) E { return c.policy.state[t-1][x] }

func (c *calculation[E]) kl() []E { return c.perPosition(c.prefixes, c.klTerm) }

// klTerm is p·log(p/p_0).
func (c *calculation[E]) klTerm(t, e int) E { return c.Mul(c.policy.p[t-1][e], c.ratio(t, e)) }

// klForward takes the tokens that the policy takes: where the reference takes
// others, the divergence is infinite.
func (c *calculation[E]) klForward() []E { return c.perPosition(c.prefixes, c.forwardTerm) }

// forwardTerm is p_0·log(p_0/p).
func (c *calculation[E]) forwardTerm(t, e int) E {
	return c.Neg(c.Mul(c.reference.p[t-1][e], c.ratio(t, e)))
}

func (c *calculation[E]) entropy() []E { return c.perPosition(c.prefixes, c.entropyTerm) }

// surprise is −log p.
func (c *calculation[E]) surprise(t, e int) E { return c.Neg(c.logs(&c.policy)[t-1][e]) }

// entropyTerm is −p·log p.
func (c *calculation[E]) entropyTerm(t, e int) E {
	return c.Mul(c.policy.p[t-1][e], c.surprise(t, e))
}

// jsd returns w·KL(p‖m) + (1−w)·KL(p_0‖m), m = w·p + (1−w)·p_0, per weight and
// position.
func (c *calculation[E]) jsd() []E {
	var list []E
	for _, w := range c.q.JSDWeights {
		weight := c.FromRat(w)
		list = append(list, c.skewed(weight, weight)...)
	}
	return list
}

// skewed is jsd with one weight in the mixture and one of the divergences.
func (c *calculation[E]) skewed(mix, outer E) []E {
	v := c.zeros(c.in.Length())
	other := func(w E) E { return c.Sub(c.FromInt(1), w) }
	for t := 1; t <= c.in.Length(); t++ {
		l := c.in.Layer(t)
		for x, acting := range c.acting[t-1] {
			for e, hi := l.Row(x); acting && e < hi; e++ {
				p, p0 := c.policy.p[t-1][e], c.reference.p[t-1][e]
				if c.reference.weight[t-1].IsZero(e) {
					continue // and the policy's with it
				}
				m := c.Log(c.Add(c.Mul(mix, p), c.Mul(other(mix), p0)))
				terms := c.Mul(c.Mul(other(outer), p0), c.Sub(c.logs(&c.reference)[t-1][e], m))
				if !c.policy.weight[t-1].IsZero(e) {
					terms = c.Add(terms, c.Mul(c.Mul(outer, p), c.Sub(c.logs(&c.policy)[t-1][e], m)))
				}
				v[t-1] = c.Add(v[t-1], c.Mul(c.policy.state[t-1][x], terms))
			}
		}
	}
	return v
}
