package training

import "math/big"

// logMistakes are those of log-probabilities: of is the quantity made of a number
// per token.
func logMistakes[E any](of func(c *calculation[E], f func(step) E) []E) []form[E] {
	right := func(c *calculation[E]) []E { return of(c, c.logp) }
	return []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), right(c)) }},
		{"reference for policy", func(c *calculation[E]) []E { return of(c, c.logRef) }},
		{"behaviour for policy", func(c *calculation[E]) []E {
			return of(c, func(s step) E { return c.logs(&c.behaviour)[s.t-1][s.e] })
		}},
		{"temperature ignored", func(c *calculation[E]) []E { return right(c.seen(view{cold: true})) }},
		{"temperature divides log-probabilities", func(c *calculation[E]) []E {
			log := c.scaledLog(policyRows)
			return of(c, func(s step) E { return log[s.t-1][s.e] })
		}},
		{"environment not masked", func(c *calculation[E]) []E { return right(c.seen(view{environment: true})) }},
		{"base 2", func(c *calculation[E]) []E { return c.times(c.Quo(c.FromInt(1), c.Log(c.FromInt(2))), right(c)) }},
	}
}

func logProbabilityMistakes[E any]() []form[E] {
	list := logMistakes(func(c *calculation[E], f func(step) E) []E { return c.along(0, f) })
	return append(list,
		form[E]{"probability for its logarithm", func(c *calculation[E]) []E {
			return c.along(0, func(s step) E { return c.policy.p[s.t-1][s.e] })
		}},
		form[E]{"shifted by one", func(c *calculation[E]) []E {
			v, i := c.logProbability(), 0
			var list []E
			for _, y := range c.q.Sequences {
				list = append(append(list, v[i+1:i+len(y)]...), c.FromInt(0))
				i += len(y)
			}
			return list
		}},
		form[E]{"labels shifted by one", func(c *calculation[E]) []E {
			var list []E
			for _, y := range c.q.Sequences {
				p, _ := c.walk(y)
				for k, s := range p.steps {
					v := c.FromInt(0)
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

// sums returns the sums of f over the acting tokens of every sequence.
func (c *calculation[E]) sums(f func(step) E) []E {
	return c.perSequence(func(p path) E { return c.total(p, f) })
}

// means returns their means.
func (c *calculation[E]) means(f func(step) E) []E {
	return c.perSequence(func(p path) E { return c.mean(p, c.total(p, f)) })
}

// endless returns a path without its last token.
func endless(p path) path { return path{p.steps[:max(len(p.steps)-1, 0)]} }

func logSumMistakes[E any]() []form[E] {
	return append(logMistakes((*calculation[E]).sums),
		form[E]{"mean for sum", (*calculation[E]).logProbabilityMean},
		form[E]{"last token dropped", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E { return c.total(endless(p), c.logp) })
		}},
	)
}

func logMeanMistakes[E any]() []form[E] {
	return append(logMistakes((*calculation[E]).means),
		form[E]{"sum for mean", (*calculation[E]).logProbabilitySum},
		form[E]{"mean over padded length", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E { return c.Mul(c.perPadded(p), c.total(p, c.logp)) })
		}},
		form[E]{"mean over all tokens of the sequence", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E {
				return c.Quo(c.total(p, c.logp), c.FromInt(int64(max(len(p.steps), 1))))
			})
		}},
		form[E]{"last token dropped, counted", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E { return c.mean(p, c.total(endless(p), c.logp)) })
		}},
		form[E]{"last token dropped", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E { return c.mean(endless(p), c.total(endless(p), c.logp)) })
		}},
		form[E]{"last token counted, not divided by", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E { return c.mean(endless(p), c.total(p, c.logp)) })
		}},
	)
}

// ratioMistakes are those of importance weights: of is the quantity made of a ratio
// per token.
func ratioMistakes[E any](of func(c *calculation[E], f func(step) E) []E) []form[E] {
	right := func(c *calculation[E]) []E { return of(c, c.weight) }
	return []form[E]{
		{"inverse", func(c *calculation[E]) []E {
			return of(c, func(s step) E {
				if c.policy.weight[s.t-1].IsZero(s.e) {
					return c.FromInt(0)
				}
				return c.Quo(c.behaviour.p[s.t-1][s.e], c.policy.p[s.t-1][s.e])
			})
		}},
		{"one", func(c *calculation[E]) []E { return of(c, func(step) E { return c.FromInt(1) }) }},
		{"reference for behaviour", func(c *calculation[E]) []E {
			return of(c, func(s step) E {
				if c.reference.weight[s.t-1].IsZero(s.e) {
					return c.FromInt(0)
				}
				return c.Quo(c.policy.p[s.t-1][s.e], c.reference.p[s.t-1][s.e])
			})
		}},
		{"reference for policy", func(c *calculation[E]) []E {
			return of(c, func(s step) E { return c.Quo(c.reference.p[s.t-1][s.e], c.behaviour.p[s.t-1][s.e]) })
		}},
		{"environment not masked", func(c *calculation[E]) []E { return right(c.seen(view{environment: true})) }},
	}
}

func tokenRatioMistakes[E any]() []form[E] {
	return append(ratioMistakes(func(c *calculation[E], f func(step) E) []E { return c.along(1, f) }),
		form[E]{"sequence ratio for token ratio", func(c *calculation[E]) []E {
			var list []E
			for _, y := range c.q.Sequences {
				p, _ := c.walk(y)
				w := c.product(p, c.weight)
				for _, s := range p.steps {
					if s.acting {
						list = append(list, w)
					} else {
						list = append(list, c.FromInt(1))
					}
				}
			}
			return list
		}},
	)
}

// products returns the products of f over the acting tokens of every sequence.
func (c *calculation[E]) products(f func(step) E) []E {
	return c.perSequence(func(p path) E { return c.product(p, f) })
}

// meanRatio is the arithmetic mean of the token ratios of every sequence.
func (c *calculation[E]) meanRatio() []E {
	return c.perSequence(func(p path) E {
		if p.acts() == 0 {
			return c.FromInt(1)
		}
		return c.mean(p, c.total(p, c.weight))
	})
}

func productMistakes[E any]() []form[E] {
	return append(ratioMistakes((*calculation[E]).products),
		form[E]{"geometric ratio for product", (*calculation[E]).importanceWeightGeometric},
		form[E]{"arithmetic mean of ratios", (*calculation[E]).meanRatio},
		form[E]{"last token dropped", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E { return c.product(endless(p), c.weight) })
		}},
	)
}

func geometricMistakes[E any]() []form[E] {
	return []form[E]{
		{"product for geometric ratio", (*calculation[E]).importanceWeightSequence},
		{"arithmetic mean of ratios", (*calculation[E]).meanRatio},
		{"one", func(c *calculation[E]) []E { return c.perSequence(func(path) E { return c.FromInt(1) }) }},
		{"inverse", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E {
				w := c.geometric(p)
				for _, s := range p.steps {
					if c.policy.weight[s.t-1].IsZero(s.e) {
						return w
					}
				}
				return c.Quo(c.FromInt(1), w)
			})
		}},
		{"mean over padded length", func(c *calculation[E]) []E {
			return c.perSequence(func(p path) E {
				for _, s := range p.steps {
					if s.acting && c.policy.weight[s.t-1].IsZero(s.e) {
						return c.FromInt(0)
					}
				}
				return c.Exp(c.Mul(c.perPadded(p), c.total(p, func(s step) E {
					return c.Sub(c.logp(s), c.logs(&c.behaviour)[s.t-1][s.e])
				})))
			})
		}},
		{"environment not masked", func(c *calculation[E]) []E {
			return c.seen(view{environment: true}).importanceWeightGeometric()
		}},
	}
}

// preferenceMistakes are those of a preference loss or of its gradient.
func preferenceMistakes[E any](of func(c *calculation[E]) []E) []form[E] {
	with := func(name string, change func(p *Pair)) form[E] {
		return form[E]{name, func(c *calculation[E]) []E {
			own, q := *c, *c.q
			own.q = &q
			q.Pairs = append([]Pair(nil), q.Pairs...)
			for i := range q.Pairs {
				change(&q.Pairs[i])
			}
			return of(&own)
		}}
	}
	return []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), of(c)) }},
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
		{"environment not masked", func(c *calculation[E]) []E { return of(c.seen(view{environment: true})) }},
	}
}
