package training

import (
	"math"
	"math/big"
	"slices"
)

// logMistakes are those of log-probabilities: of is the quantity made of a number
// per token.
func logMistakes(of func(c rough, f func(step) float64) []float64) []form {
	right := func(c rough) []float64 { return of(c, c.logp) }
	return []form{
		negative(right),
		{"reference for policy", func(c rough) []float64 { return of(c, c.logRef) }},
		{"behaviour for policy", func(c rough) []float64 {
			return of(c, func(s step) float64 { return c.logs(&c.behaviour)[s.t-1][s.e] })
		}},
		cold(right),
		{"temperature divides log-probabilities", func(c rough) []float64 {
			log := c.scaledLog(policyRows)
			return of(c, func(s step) float64 { return log[s.t-1][s.e] })
		}},
		unmasked(right),
		inBits(right),
	}
}

func logProbabilityMistakes() []form {
	list := logMistakes(func(c rough, f func(step) float64) []float64 { return c.along(0, f) })
	return append(list,
		form{"probability for its logarithm", func(c rough) []float64 {
			return c.along(0, func(s step) float64 { return c.policy.p[s.t-1][s.e] })
		}},
		form{"shifted by one", func(c rough) []float64 {
			v, i := c.logProbability(), 0
			var list []float64
			for _, y := range c.q.Sequences {
				list = append(append(list, v[i+1:i+len(y)]...), 0)
				i += len(y)
			}
			return list
		}},
		form{"labels shifted by one", func(c rough) []float64 {
			var list []float64
			for _, y := range c.q.Sequences {
				p, _ := c.walk(y)
				for k, s := range p.steps {
					v := 0.0
					if k+1 < len(y) && s.acting {
						if e, ok := c.in.Layer(s.t).Edge(s.x, y[k+1]); ok && !c.policy.weight[s.t-1].IsZero(e) {
							v = c.logs(&c.policy)[s.t-1][e]
						}
					}
					list = append(list, v)
				}
			}
			return list
		}},
	)
}

// endless returns a path without its last token.
func endless(p path) path { return path{p.steps[:max(len(p.steps)-1, 0)]} }

func logSumMistakes() []form {
	return append(logMistakes(rough.sums),
		form{"mean for sum", func(c rough) []float64 { return c.means(c.logp) }},
		form{"last token dropped", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 { return c.total(endless(p), c.logp) })
		}},
	)
}

func logMeanMistakes() []form {
	return append(logMistakes(rough.means),
		form{"sum for mean", func(c rough) []float64 { return c.sums(c.logp) }},
		form{"mean over padded length", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 { return c.perPadded(p) * c.total(p, c.logp) })
		}},
		form{"mean over all tokens of the sequence", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 {
				return c.total(p, c.logp) / float64(max(len(p.steps), 1))
			})
		}},
		form{"last token dropped, counted", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 { return c.mean(p, c.total(endless(p), c.logp)) })
		}},
		form{"last token dropped", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 { return c.mean(endless(p), c.total(endless(p), c.logp)) })
		}},
		form{"last token counted, not divided by", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 { return c.mean(endless(p), c.total(p, c.logp)) })
		}},
	)
}

// ratioMistakes are those of importance weights: of is the quantity made of a ratio
// per token.
func ratioMistakes(of func(c rough, f func(step) float64) []float64) []form {
	right := func(c rough) []float64 { return of(c, c.weight) }
	return []form{
		{"inverse", func(c rough) []float64 {
			return of(c, func(s step) float64 {
				if c.policy.weight[s.t-1].IsZero(s.e) {
					return 0
				}
				return c.behaviour.p[s.t-1][s.e] / c.policy.p[s.t-1][s.e]
			})
		}},
		{"one", func(c rough) []float64 { return of(c, func(step) float64 { return 1 }) }},
		{"reference for behaviour", func(c rough) []float64 {
			return of(c, func(s step) float64 {
				if c.reference.weight[s.t-1].IsZero(s.e) {
					return 0
				}
				return c.policy.p[s.t-1][s.e] / c.reference.p[s.t-1][s.e]
			})
		}},
		{"reference for policy", func(c rough) []float64 {
			return of(c, func(s step) float64 { return c.reference.p[s.t-1][s.e] / c.behaviour.p[s.t-1][s.e] })
		}},
		unmasked(right),
	}
}

func tokenRatioMistakes() []form {
	return append(ratioMistakes(func(c rough, f func(step) float64) []float64 { return c.along(1, f) }),
		form{"sequence ratio for token ratio", func(c rough) []float64 {
			var list []float64
			for _, y := range c.q.Sequences {
				p, _ := c.walk(y)
				w := c.product(p, c.weight)
				for _, s := range p.steps {
					if s.acting {
						list = append(list, w)
					} else {
						list = append(list, 1)
					}
				}
			}
			return list
		}},
	)
}

// meanRatio is the arithmetic mean of the token ratios of every sequence.
func (c rough) meanRatio() []float64 {
	return c.perSequence(func(p path) float64 {
		if p.acts() == 0 {
			return 1
		}
		return c.mean(p, c.total(p, c.weight))
	})
}

func productMistakes() []form {
	return append(ratioMistakes(rough.products),
		form{"geometric ratio for product", rough.importanceWeightGeometric},
		form{"arithmetic mean of ratios", rough.meanRatio},
		form{"last token dropped", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 { return c.product(endless(p), c.weight) })
		}},
	)
}

func geometricMistakes() []form {
	return []form{
		{"product for geometric ratio", func(c rough) []float64 { return c.products(c.weight) }},
		{"arithmetic mean of ratios", rough.meanRatio},
		{"one", func(c rough) []float64 { return c.perSequence(func(path) float64 { return 1 }) }},
		{"inverse", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 {
				w := c.geometric(p)
				for _, s := range p.steps {
					if c.policy.weight[s.t-1].IsZero(s.e) {
						return w
					}
				}
				return 1 / w
			})
		}},
		{"mean over padded length", func(c rough) []float64 {
			return c.perSequence(func(p path) float64 {
				for _, s := range p.steps {
					if s.acting && c.policy.weight[s.t-1].IsZero(s.e) {
						return 0
					}
				}
				return math.Exp(c.perPadded(p) * c.total(p, func(s step) float64 {
					return c.logp(s) - c.logs(&c.behaviour)[s.t-1][s.e]
				}))
			})
		}},
		unmasked(rough.importanceWeightGeometric),
	}
}

// preferenceMistakes are those of a preference loss or of its gradient.
func preferenceMistakes(of answer) []form {
	with := func(name string, change func(p *Pair)) form {
		return form{name, func(c rough) []float64 {
			return of(c.with(func(q *Question) {
				q.Pairs = slices.Clone(q.Pairs)
				for i := range q.Pairs {
					change(&q.Pairs[i])
				}
			}))
		}}
	}
	return []form{
		negative(of),
		with("mean for sum", func(p *Pair) { p.Mean = true }),
		with("sum for mean", func(p *Pair) { p.Mean = false }),
		with("mean and sum exchanged", func(p *Pair) { p.Mean = !p.Mean }),
		with("loss type ignored", func(p *Pair) { p.Loss = "dpo" }),
		with("pair exchanged", func(p *Pair) { p.Chosen, p.Rejected = p.Rejected, p.Chosen }),
		with("margin ignored", func(p *Pair) { p.Margin = new(big.Rat) }),
		with("margin added", func(p *Pair) { p.Margin = new(big.Rat).Neg(p.Margin) }),
		with("1/β for 1/(2β)", func(p *Pair) {
			if p.Loss == "ipo" {
				p.Beta = new(big.Rat).Quo(p.Beta, big.NewRat(2, 1))
			}
		}),
		with("beta missing", func(p *Pair) {
			if p.Loss != "ipo" {
				p.Beta = big.NewRat(1, 1)
			}
		}),
		with("reference ignored", func(p *Pair) {
			if p.Loss == "dpo" {
				p.Loss, p.Margin = "simpo", new(big.Rat)
			}
		}),
		unmasked(of),
	}
}
