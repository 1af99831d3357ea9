package training

import "math/big"

// loss is the derivative of a loss on samples by log p(y_t), per token of a path.
type loss = func(c rough, p path) []float64

// sampled returns Σ_y P_b(y)·Σ_t f(y)_t·∂log p(y_t|y_<t)/∂z over the sequences y of the
// behaviour policy and their acting tokens: the expected gradient of a loss f.
func sampled(f loss) answer {
	return func(c rough) []float64 {
		g := c.tokens()
		for _, p := range c.paths() {
			w := c.probability(p)
			for k, v := range f(c, p) {
				if s := p.steps[k]; s.acting && !c.policy.weight[s.t-1].IsZero(s.e) {
					c.addScore(g, s, w*v)
				}
			}
		}
		return g.value
	}
}

// perToken returns f at every acting token of a path that the policy may take, 0 at
// the others.
func (c rough) perToken(p path, f func(s step) float64) []float64 {
	v := c.zeros(len(p.steps))
	for k, s := range p.steps {
		if s.acting && !c.policy.weight[s.t-1].IsZero(s.e) {
			v[k] = f(s)
		}
	}
	return v
}

// constant returns v at every token of a path.
func (c rough) constant(p path, v float64) []float64 {
	return c.perToken(p, func(step) float64 { return v })
}

// rest returns the sums of v from every token on.
func (c rough) rest(v []float64) []float64 {
	s := append([]float64(nil), v...)
	for k := len(s) - 2; k >= 0; k-- {
		s[k] += s[k+1]
	}
	return s
}

// The estimators of a KL per token, with ℓ = log(p/p_0): k1 = ℓ, k2 = ℓ²/2,
// k3 = p_0/p − 1 + ℓ.

func (c rough) k1(s step) float64 { return c.logRatio(s) }

func (c rough) k2(s step) float64 {
	ℓ := c.logRatio(s)
	return ℓ * ℓ / 2
}

func (c rough) k3(s step) float64 { return c.logRatio(s) - c.k3Slope(s) }

// k3Slope is the derivative 1 − p_0/p of k3 by log p.
func (c rough) k3Slope(s step) float64 {
	return 1 - c.reference.p[s.t-1][s.e]/c.policy.p[s.t-1][s.e]
}

// k1Loss, k2Loss and k3Loss are the derivatives of the estimators as losses,
// k1Reward those of k1 as a reward: the sum from the token on.

func (c rough) k1Loss(p path) []float64 { return c.constant(p, 1) }
func (c rough) k2Loss(p path) []float64 { return c.perToken(p, c.k1) }
func (c rough) k3Loss(p path) []float64 { return c.perToken(p, c.k3Slope) }

func (c rough) k1Reward(p path) []float64 { return c.rest(c.perToken(p, c.k1)) }

// k1Sum weighs every token by the sum over the whole sequence.
func (c rough) k1Sum(p path) []float64 {
	return c.constant(p, c.sum(c.perToken(p, c.k1)))
}

// harmReward is the derivative of the loss that weighs every token by the harm of its
// sequence, discounted from the first token on.
func (c rough) harmReward(p path) []float64 {
	return c.constant(p, c.FromRat(c.discounted(p)))
}

// centredReward is harmReward less its mean under the behaviour policy: a baseline that
// other samples give.
func (c rough) centredReward(p path) []float64 {
	if c.baseline == nil {
		mean := 0.0
		for _, other := range c.paths() {
			mean += c.probability(other) * c.FromRat(c.discounted(other))
		}
		c.baseline = &mean
	}
	return c.constant(p, c.FromRat(c.discounted(p))-*c.baseline)
}

// discounted returns γ_d^{L−1}·Harm.
func (c rough) discounted(p path) *big.Rat {
	v := new(big.Rat).Set(c.final(p))
	for range len(p.steps) - 1 {
		v.Mul(v, c.discount())
	}
	return v
}

// scaled returns a loss with a factor per path.
func scaled(f loss, factor func(c rough, p path) float64) loss {
	return func(c rough, p path) []float64 { return c.times(factor(c, p), f(c, p)) }
}

// weighted returns a loss with the ratio p/p_b of the sequence.
func weighted(f loss) loss {
	return scaled(f, func(c rough, p path) float64 { return c.product(p, c.weight) })
}

// without returns a loss without the tokens that drop selects.
func without(f loss, drop func(p path, k int) bool) loss {
	return func(c rough, p path) []float64 {
		v := f(c, p)
		for k := range v {
			if drop(p, k) {
				v[k] = 0
			}
		}
		return v
	}
}

// Factors of a path.

func (c rough) perOwnToken(p path) float64 { return c.mean(p, 1) }
func (c rough) timesTokens(p path) float64 { return float64(p.acts()) }
func (c rough) perPadded(path) float64     { return 1 / float64(c.in.Length()) }

func last(p path, k int) bool  { return k == len(p.steps)-1 }
func first(_ path, k int) bool { return k == 0 }

// shiftedLabels is sampled with every token scored by the row before it: the
// derivative of log p(y_{t+1}) is taken at y_<t.
func shiftedLabels(f loss) answer {
	return func(c rough) []float64 {
		g := c.tokens()
		for _, p := range c.paths() {
			w, v := c.probability(p), f(c, p)
			for k := range len(p.steps) - 1 {
				s := p.steps[k]
				e, ok := c.in.Layer(s.t).Edge(s.x, c.in.Layer(p.steps[k+1].t).Token(p.steps[k+1].e))
				if s.acting && ok {
					s.e = e
					c.addScore(g, s, w*v[k+1])
				}
			}
		}
		return g.value
	}
}
