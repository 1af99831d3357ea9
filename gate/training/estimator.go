package training

import "math/big"

// sampled returns Σ_y P_b(y)·Σ_t f(y)_t·∂log p(y_t|y_<t)/∂z over the sequences y of the
// behaviour policy and their acting tokens: the expected gradient of a loss on samples
// whose derivative by log p(y_t) is f(y)_t. f has an entry per token of a path.
func (c *calculation[E]) sampled(f func(p path) []E) []E {
	g := c.tokens()
	for _, p := range c.paths() {
		w := c.probability(p)
		for k, v := range f(p) {
			if s := p.steps[k]; s.acting && !c.policy.weight[s.t-1].IsZero(s.e) {
				c.addScore(g, s, c.Mul(w, v))
			}
		}
	}
	return g.value
}

// perToken returns f at every acting token of a path that the policy may take, 0 at
// the others.
func (c *calculation[E]) perToken(p path, f func(s step) E) []E {
	v := c.zeros(len(p.steps))
	for k, s := range p.steps {
		if s.acting && !c.policy.weight[s.t-1].IsZero(s.e) {
			v[k] = f(s)
		}
	}
	return v
}

// constant returns v at every token of a path.
func (c *calculation[E]) constant(p path, v E) []E {
	return c.perToken(p, func(step) E { return v })
}

// rest returns the sums of v from every token on.
func (c *calculation[E]) rest(v []E) []E {
	s := append([]E(nil), v...)
	for k := len(s) - 2; k >= 0; k-- {
		s[k] = c.Add(s[k], s[k+1])
	}
	return s
}

// The estimators of a KL per token, with ℓ = log(p/p_0): k1 = ℓ, k2 = ℓ²/2,
// k3 = p_0/p − 1 + ℓ.

func (c *calculation[E]) k1(s step) E { return c.logRatio(s) }

func (c *calculation[E]) k2(s step) E {
	ℓ := c.logRatio(s)
	return c.Mul(c.FromRat(big.NewRat(1, 2)), c.Mul(ℓ, ℓ))
}

func (c *calculation[E]) k3(s step) E { return c.Sub(c.logRatio(s), c.k3Slope(s)) }

// k3Slope is the derivative 1 − p_0/p of k3 by log p.
func (c *calculation[E]) k3Slope(s step) E {
	return c.Sub(c.FromInt(1), c.Quo(c.reference.p[s.t-1][s.e], c.policy.p[s.t-1][s.e]))
}

// k1Loss, k2Loss and k3Loss are the derivatives of the estimators as losses,
// k1Reward those of k1 as a reward: the sum from the token on.

func (c *calculation[E]) k1Loss(p path) []E { return c.constant(p, c.FromInt(1)) }
func (c *calculation[E]) k2Loss(p path) []E { return c.perToken(p, c.k1) }
func (c *calculation[E]) k3Loss(p path) []E { return c.perToken(p, c.k3Slope) }

func (c *calculation[E]) k1Reward(p path) []E { return c.rest(c.perToken(p, c.k1)) }

// k1Sum weighs every token by the sum over the whole sequence.
func (c *calculation[E]) k1Sum(p path) []E {
	return c.constant(p, c.sum(c.perToken(p, c.k1)))
}

// harmReward is the derivative of the loss that weighs every token by the harm of its
// sequence, discounted from the first token on.
func (c *calculation[E]) harmReward(p path) []E {
	return c.constant(p, c.FromRat(c.discounted(p)))
}

// centredReward is harmReward less its mean under the behaviour policy: a baseline that
// other samples give.
func (c *calculation[E]) centredReward(p path) []E {
	if c.baseline == nil {
		mean := c.FromInt(0)
		for _, other := range c.paths() {
			mean = c.Add(mean, c.Mul(c.probability(other), c.FromRat(c.discounted(other))))
		}
		c.baseline = &mean
	}
	return c.constant(p, c.Sub(c.FromRat(c.discounted(p)), *c.baseline))
}

// discounted returns γ_d^{L−1}·Harm.
func (c *calculation[E]) discounted(p path) *big.Rat {
	v := new(big.Rat).Set(c.final(p))
	for range len(p.steps) - 1 {
		v.Mul(v, c.discount())
	}
	return v
}

// scaled returns f with a factor per path.
func (c *calculation[E]) scaled(f func(path) []E, factor func(path) E) func(path) []E {
	return func(p path) []E { return c.times(factor(p), f(p)) }
}

// weighted returns f under the behaviour policy with the ratio p/p_b of its sequence.
func (c *calculation[E]) weighted(f func(path) []E) func(path) []E {
	return c.scaled(f, func(p path) E { return c.product(p, c.weight) })
}

// without returns f without the tokens that drop selects.
func (c *calculation[E]) without(f func(path) []E, drop func(p path, k int) bool) func(path) []E {
	return func(p path) []E {
		v := f(p)
		for k := range v {
			if drop(p, k) {
				v[k] = c.FromInt(0)
			}
		}
		return v
	}
}

// Factors of a path.

func (c *calculation[E]) perOwnToken(p path) E { return c.mean(p, c.FromInt(1)) }
func (c *calculation[E]) timesTokens(p path) E { return c.FromInt(p.acts()) }
func (c *calculation[E]) perPadded(path) E {
	return c.Quo(c.FromInt(1), c.FromInt(int64(c.in.Length())))
}

func last(p path, k int) bool  { return k == len(p.steps)-1 }
func first(_ path, k int) bool { return k == 0 }

// shiftedLabels is sampled with every token scored by the row before it: the
// derivative of log p(y_{t+1}) is taken at y_<t.
func (c *calculation[E]) shiftedLabels(f func(p path) []E) []E {
	g := c.tokens()
	for _, p := range c.paths() {
		w, v := c.probability(p), f(p)
		for k := range len(p.steps) - 1 {
			s := p.steps[k]
			e, ok := c.in.Layer(s.t).Edge(s.x, c.in.Layer(p.steps[k+1].t).Token(p.steps[k+1].e))
			if s.acting && ok {
				s.e = e
				c.addScore(g, s, c.Mul(w, v[k+1]))
			}
		}
	}
	return g.value
}
