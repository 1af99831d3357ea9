package training

import (
	"math/big"
	"slices"
)

// termMistakes are common to divergences and entropies: right is the quantity per
// position, term what a token adds to it.
func termMistakes[E any](right func(c *calculation[E]) []E, term func(c *calculation[E], t, e int) E) []form[E] {
	own := func(c *calculation[E]) func(t, e int) E { return func(t, e int) E { return term(c, t, e) } }
	return []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), right(c)) }},
		{"zero", func(c *calculation[E]) []E { return c.zeros(c.in.Length()) }},
		{"prefix probability missing", func(c *calculation[E]) []E {
			return c.perPosition(func(int, int) E { return c.FromInt(1) }, own(c))
		}},
		{"prefixes of the reference", func(c *calculation[E]) []E {
			return c.perPosition(func(t, x int) E { return c.reference.state[t-1][x] }, own(c))
		}},
		{"prefixes of the behaviour policy", func(c *calculation[E]) []E {
			return c.perPosition(func(t, x int) E { return c.behaviour.state[t-1][x] }, own(c))
		}},
		{"probability counted twice", func(c *calculation[E]) []E {
			return c.perPosition(c.prefixes, func(t, e int) E { return c.Mul(c.policy.p[t-1][e], term(c, t, e)) })
		}},
		{"environment not masked", func(c *calculation[E]) []E { return right(c.seen(view{environment: true})) }},
		{"temperature ignored", func(c *calculation[E]) []E { return right(c.seen(view{cold: true})) }},
		{"base 2", func(c *calculation[E]) []E { return c.times(c.Quo(c.FromInt(1), c.Log(c.FromInt(2))), right(c)) }},
		{"mean over padded length", func(c *calculation[E]) []E { return c.times(c.perPadded(path{}), right(c)) }},
		{"first position dropped", func(c *calculation[E]) []E { return dropped(c, right(c), 0) }},
		{"last position dropped", func(c *calculation[E]) []E { return dropped(c, right(c), c.in.Length()-1) }},
		{"shifted by one", func(c *calculation[E]) []E { return append([]E{c.FromInt(0)}, right(c)[:c.in.Length()-1]...) }},
	}
}

// dropped returns v with 0 at i.
func dropped[E any](c *calculation[E], v []E, i int) []E {
	v[i] = c.FromInt(0)
	return v
}

// scaledLog is a log-probability that a solver divides by the temperature where it
// should have divided the logits: log p/τ of the policy at temperature 1.
func (c *calculation[E]) scaledLog(r func(c *calculation[E]) *rows[E]) [][]E {
	cold := c.seen(view{cold: true})
	logs := cold.logs(r(cold))
	if τ := c.temperature(); τ != nil {
		for i := range logs {
			logs[i] = c.times(c.FromRat(new(big.Rat).Inv(τ)), logs[i])
		}
	}
	return logs
}

func policyRows[E any](c *calculation[E]) *rows[E]    { return &c.policy }
func referenceRows[E any](c *calculation[E]) *rows[E] { return &c.reference }

// klValueMistakes are those of the KL per position.
func klValueMistakes[E any]() []form[E] {
	list := termMistakes((*calculation[E]).kl, (*calculation[E]).klTerm)
	return append(list,
		form[E]{"padding not masked", func(c *calculation[E]) []E { return c.seen(view{padding: true}).kl() }},
		form[E]{"reference and policy exchanged", (*calculation[E]).klForward},
		form[E]{"exchanged, prefixes too", func(c *calculation[E]) []E {
			return c.perPosition(func(t, x int) E { return c.reference.state[t-1][x] }, c.forwardTerm)
		}},
		form[E]{"square of the log-ratio", func(c *calculation[E]) []E {
			return c.perPosition(c.prefixes, func(t, e int) E {
				return c.Mul(c.policy.p[t-1][e], c.k2(step{t: t, e: e}))
			})
		}},
		form[E]{"k3 off policy", func(c *calculation[E]) []E {
			return c.perPosition(func(t, x int) E { return c.behaviour.state[t-1][x] }, func(t, e int) E {
				return c.Mul(c.behaviour.p[t-1][e], c.k3(step{t: t, e: e}))
			})
		}},
		form[E]{"importance weight missing", func(c *calculation[E]) []E {
			return c.perPosition(func(t, x int) E { return c.behaviour.state[t-1][x] }, func(t, e int) E {
				return c.Mul(c.behaviour.p[t-1][e], c.ratio(t, e))
			})
		}},
		form[E]{"temperature divides log-probabilities", func(c *calculation[E]) []E {
			p, p0 := c.scaledLog(policyRows), c.scaledLog(referenceRows)
			return c.perPosition(c.prefixes, func(t, e int) E {
				return c.Mul(c.policy.p[t-1][e], c.Sub(p[t-1][e], p0[t-1][e]))
			})
		}},
	)
}

func klForwardMistakes[E any]() []form[E] {
	list := termMistakes((*calculation[E]).klForward, (*calculation[E]).forwardTerm)
	return append(list,
		form[E]{"reference and policy exchanged", (*calculation[E]).kl},
		form[E]{"padding not masked", func(c *calculation[E]) []E { return c.seen(view{padding: true}).klForward() }},
	)
}

func entropyMistakes[E any]() []form[E] {
	list := termMistakes((*calculation[E]).entropy, (*calculation[E]).entropyTerm)
	return append(list,
		form[E]{"temperature divides log-probabilities", func(c *calculation[E]) []E {
			log := c.scaledLog(policyRows)
			return c.perPosition(c.prefixes, func(t, e int) E { return c.Neg(c.Mul(c.policy.p[t-1][e], log[t-1][e])) })
		}},
		form[E]{"entropy of the reference", func(c *calculation[E]) []E {
			return c.perPosition(c.prefixes, func(t, e int) E {
				return c.Neg(c.Mul(c.reference.p[t-1][e], c.logs(&c.reference)[t-1][e]))
			})
		}},
	)
}

// klSumMistakes are those of KL(P‖P_0) of whole sequences.
func klSumMistakes[E any]() []form[E] {
	var list []form[E]
	for _, f := range klValueMistakes[E]() {
		if f.mistake != "shifted by one" {
			list = append(list, form[E]{f.mistake, func(c *calculation[E]) []E { return []E{c.sum(f.of(c))} }})
		}
	}
	return append(list,
		form[E]{"mean over all tokens", func(c *calculation[E]) []E {
			tokens := c.FromInt(0)
			c.each(func(t, x, e int) {
				tokens = c.Add(tokens, c.Mul(c.policy.state[t-1][x], c.policy.p[t-1][e]))
			})
			if !slices.ContainsFunc(c.acting, func(x []bool) bool { return slices.Contains(x, true) }) {
				return c.zeros(1)
			}
			return []E{c.Quo(c.sum(c.kl()), tokens)}
		}},
		form[E]{"mean over tokens", func(c *calculation[E]) []E {
			sum := c.FromInt(0)
			for _, p := range c.paths() {
				w := c.Mul(c.probability(p), c.product(p, c.weight))
				sum = c.Add(sum, c.Mul(w, c.mean(p, c.sum(c.perToken(p, c.k1)))))
			}
			return []E{sum}
		}},
	)
}

// jsdMistakes are those of the generalised Jensen–Shannon divergence.
func jsdMistakes[E any]() []form[E] {
	each := func(f func(c *calculation[E], w E) []E) func(c *calculation[E]) []E {
		return func(c *calculation[E]) []E {
			var list []E
			for _, w := range c.q.JSDWeights {
				list = append(list, f(c, c.FromRat(w))...)
			}
			return list
		}
	}
	other := func(c *calculation[E], w E) E { return c.Sub(c.FromInt(1), w) }
	return []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), c.jsd()) }},
		{"zero", func(c *calculation[E]) []E { return c.times(c.FromInt(0), c.jsd()) }},
		{"mixture weights exchanged", each(func(c *calculation[E], w E) []E { return c.skewed(other(c, w), w) })},
		{"reference and policy exchanged", each(func(c *calculation[E], w E) []E { return c.skewed(other(c, w), other(c, w)) })},
		{"mixture of log-probabilities", each(func(c *calculation[E], w E) []E {
			// log m = w·log p + (1−w)·log p_0 without its norm.
			// w·KL(p‖m) = w(1−w)·KL(p‖p_0), likewise the other.
			return c.times(c.Mul(w, other(c, w)), c.plus(c.kl(), c.FromInt(1), c.klForward()))
		})},
		{"divided by its limit", each(func(c *calculation[E], w E) []E {
			return c.times(c.Quo(c.FromInt(1), c.Mul(w, other(c, w))), c.skewed(w, w))
		})},
		{"KL at the limits", each(func(c *calculation[E], w E) []E { return c.kl() })},
		{"half of each", each(func(c *calculation[E], w E) []E {
			half := c.FromRat(big.NewRat(1, 2))
			return c.skewed(w, half)
		})},
		{"environment not masked", func(c *calculation[E]) []E { return c.seen(view{environment: true}).jsd() }},
		{"padding not masked", func(c *calculation[E]) []E { return c.seen(view{padding: true}).jsd() }},
		{"temperature ignored", func(c *calculation[E]) []E { return c.seen(view{cold: true}).jsd() }},
	}
}

// optimumMistakes are those of the rows of P*.
func optimumMistakes[E any]() []form[E] {
	tilt := func(c *calculation[E], λ *big.Rat) []E {
		u := make([]E, c.in.States(c.in.Length()))
		for x := range u {
			u[x] = c.Exp(c.FromRat(new(big.Rat).Mul(λ, c.in.HarmAt(x))))
		}
		return u
	}
	return []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.tilted(tilt(c, c.in.Lambda)) }},
		{"base for tilted", func(c *calculation[E]) []E { return c.tilted(tilt(c, new(big.Rat))) }},
		{"weight missing", func(c *calculation[E]) []E { return c.tilted(tilt(c, big.NewRat(-1, 1))) }},
		{"policy for reference", func(c *calculation[E]) []E {
			own := *c
			own.reference = c.policy
			return own.optimum()
		}},
		{"mean harm for log-mean-exp", func(c *calculation[E]) []E {
			base := *c
			base.policy = c.reference
			_, edge := base.values(big.NewRat(1, 1))
			λ := c.Neg(c.FromRat(c.in.Lambda))
			g := c.tokens()
			for t := 1; t <= c.in.Length(); t++ {
				l := c.in.Layer(t)
				for x := range l.States() {
					sum := c.FromInt(0)
					lo, hi := l.Row(x)
					v := make([]E, hi-lo)
					for e := lo; e < hi; e++ {
						v[e-lo] = c.Mul(c.reference.p[t-1][e], c.Exp(c.Mul(λ, edge[t-1][e])))
						sum = c.Add(sum, v[e-lo])
					}
					for e := lo; e < hi; e++ {
						g.value[g.at(t, x, l.Token(e))] = c.Quo(v[e-lo], sum)
					}
				}
			}
			return g.value
		}},
	}
}

// fisherMistakes are those of the Fisher matrices.
func fisherMistakes[E any]() []form[E] {
	zero := func(c *calculation[E]) E { return c.FromInt(0) }
	return []form[E]{
		{"square of the mean", func(c *calculation[E]) []E {
			return c.matrices(func(p, q E, same bool) E { return zero(c) })
		}},
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), c.fisher()) }},
		{"uncentred", func(c *calculation[E]) []E {
			return c.matrices(func(p, q E, same bool) E {
				if same {
					return p
				}
				return zero(c)
			})
		}},
		{"diagonal alone", func(c *calculation[E]) []E {
			return c.matrices(func(p, q E, same bool) E {
				if same {
					return c.Mul(p, c.Sub(c.FromInt(1), p))
				}
				return zero(c)
			})
		}},
		{"weighted by the prefix", func(c *calculation[E]) []E {
			m, v := c.fisher(), c.in.Vocabulary()
			i := 0
			for t := 1; t <= c.in.Length(); t++ {
				for x := range c.in.States(t - 1) {
					for range v * v {
						m[i] = c.Mul(c.policy.state[t-1][x], m[i])
						i++
					}
				}
			}
			return m
		}},
		{"environment not masked", func(c *calculation[E]) []E { return c.seen(view{environment: true}).fisher() }},
	}
}
