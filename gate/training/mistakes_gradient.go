package training

import "math/big"

// form is what a known mistake makes of a quantity. A mistake may have several forms.
type form[E any] struct {
	mistake string // its name in the catalogue
	of      func(c *calculation[E]) []E
}

// costMistakes are common to all gradients of an expected sum of costs: right is the
// gradient, toGo the costs to go, and each of rewards what may weigh the tokens of a path,
// with the same expectation on the policy's own samples.
func costMistakes[E any](
	right func(c *calculation[E]) []E,
	toGo func(c *calculation[E]) (state, edge [][]E),
	rewards ...func(c *calculation[E], p path) []E,
) []form[E] {
	list := []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), right(c)) }},
		{"uncentred", func(c *calculation[E]) []E {
			_, edge := toGo(c)
			return c.perEdge(func(t, x, e int) E {
				return c.Mul(c.Mul(c.policy.state[t-1][x], c.policy.p[t-1][e]), edge[t-1][e])
			})
		}},
		{"prefix probability missing", func(c *calculation[E]) []E {
			state, edge := toGo(c)
			return c.perEdge(func(t, x, e int) E {
				return c.Mul(c.policy.p[t-1][e], c.Sub(edge[t-1][e], state[t-1][x]))
			})
		}},
		{"environment not masked", func(c *calculation[E]) []E { return right(c.seen(view{environment: true})) }},
	}
	for _, reward := range rewards {
		list = append(list, sampleMistakes(reward)...)
	}
	return list
}

// sampleMistakes are those that show on samples alone.
func sampleMistakes[E any](reward func(c *calculation[E], p path) []E) []form[E] {
	on := func(c *calculation[E]) func(path) []E { return func(p path) []E { return reward(c, p) } }
	own := func(c *calculation[E]) func(path) []E { return c.weighted(on(c)) }
	return []form[E]{
		{"last token dropped", func(c *calculation[E]) []E { return c.sampled(c.without(own(c), last)) }},
		{"first token dropped", func(c *calculation[E]) []E { return c.sampled(c.without(own(c), first)) }},
		{"labels shifted by one", func(c *calculation[E]) []E { return c.shiftedLabels(own(c)) }},
		{"mean over tokens", func(c *calculation[E]) []E { return c.sampled(c.scaled(own(c), c.perOwnToken)) }},
		{"mean over padded length", func(c *calculation[E]) []E { return c.sampled(c.scaled(own(c), c.perPadded)) }},
		{"times the length", func(c *calculation[E]) []E { return c.sampled(c.scaled(own(c), c.timesTokens)) }},
		{"importance weight missing", func(c *calculation[E]) []E { return c.sampled(on(c)) }},
		{"token ratio for sequence ratio", func(c *calculation[E]) []E {
			return c.sampled(func(p path) []E {
				v := reward(c, p)
				for k, s := range p.steps {
					v[k] = c.Mul(v[k], c.weight(s))
				}
				return v
			})
		}},
		{"geometric ratio for product", func(c *calculation[E]) []E {
			return c.sampled(c.scaled(on(c), c.geometric))
		}},
	}
}

// harmMistakes are those of the gradient of the (discounted) expected harm that do not
// concern the discount.
func harmMistakes[E any]() []form[E] {
	list := costMistakes(
		(*calculation[E]).gradient,
		func(c *calculation[E]) (state, edge [][]E) { return c.values(c.discount()) },
		(*calculation[E]).harmReward,
		(*calculation[E]).centredReward,
	)
	return append(list,
		form[E]{"rewards for returns", func(c *calculation[E]) []E {
			return c.sampled(c.without(c.weighted(c.harmReward), func(p path, k int) bool { return !last(p, k) }))
		}},
		form[E]{"reward on padding", func(c *calculation[E]) []E {
			return c.sampled(c.scaled(c.weighted(c.harmReward), func(p path) E {
				if len(p.steps) < c.in.Length() {
					return c.FromInt(0)
				}
				return c.FromInt(1)
			}))
		}},
	)
}

// gradientMistakes are all of those.
func gradientMistakes[E any]() []form[E] {
	return append(harmMistakes[E](),
		form[E]{"discount of the position missing", func(c *calculation[E]) []E { return c.score(c.values(c.discount())) }},
		form[E]{"discount missing", func(c *calculation[E]) []E { return c.harmGradient() }},
		form[E]{"discount of padding", func(c *calculation[E]) []E {
			γ := big.NewRat(1, 1)
			for range c.in.Length() - 1 {
				γ.Mul(γ, c.discount())
			}
			return c.times(c.FromRat(γ), c.harmGradient())
		}},
	)
}

// klMistakes are those of the gradient of KL(P‖P_0).
func klMistakes[E any]() []form[E] {
	list := costMistakes(
		(*calculation[E]).klGradient,
		func(c *calculation[E]) (state, edge [][]E) {
			return c.toGo(func(t, _, e int) E { return c.ratio(t, e) }, c.zeros(c.in.States(c.in.Length())))
		},
		(*calculation[E]).k1Reward,
		(*calculation[E]).k1Sum,
	)
	sampled := func(f func(c *calculation[E], p path) []E) func(c *calculation[E]) []E {
		return func(c *calculation[E]) []E { return c.sampled(func(p path) []E { return f(c, p) }) }
	}
	return append(list,
		form[E]{"no gradient", func(c *calculation[E]) []E { return c.tokens().value }},
		form[E]{"k1 as a loss", sampled((*calculation[E]).k1Loss)},
		form[E]{"frozen prefixes", (*calculation[E]).frozenKLGradient},
		form[E]{"k2 off policy", sampled((*calculation[E]).k2Loss)},
		form[E]{"k3 as a loss", func(c *calculation[E]) []E { return c.forwardGradient(c.policy.state) }},
		form[E]{"k3 off policy", sampled((*calculation[E]).k3Loss)},
		form[E]{"ratio on k2", sampled(func(c *calculation[E], p path) []E {
			return c.perToken(p, func(s step) E { return c.Mul(c.weight(s), c.Add(c.k1(s), c.k2(s))) })
		})},
		form[E]{"sequence ratio on token KL", sampled(func(c *calculation[E], p path) []E {
			shared := c.mean(p, c.sum(c.perToken(p, c.k3)))
			w := c.geometric(p)
			return c.perToken(p, func(s step) E { return c.Mul(w, c.Add(c.k3Slope(s), shared)) })
		})},
		form[E]{"reference and policy exchanged", func(c *calculation[E]) []E { return c.forwardGradient(c.reference.state) }},
		form[E]{"probability counted twice", func(c *calculation[E]) []E {
			return c.score(c.toGo(func(t, _, e int) E { return c.klTerm(t, e) }, c.zeros(c.in.States(c.in.Length()))))
		}},
		form[E]{"own KL left out", func(c *calculation[E]) []E {
			return c.plus(c.klGradient(), c.FromInt(-1), c.frozenKLGradient())
		}},
		form[E]{"frozen prefixes, mean over tokens", sampled(func(c *calculation[E], p path) []E {
			return c.weighted(c.scaled(c.k2Loss, c.perOwnToken))(p)
		})},
		form[E]{"frozen prefixes, mean over padded length", sampled(func(c *calculation[E], p path) []E {
			return c.weighted(c.scaled(c.k2Loss, c.perPadded))(p)
		})},
		form[E]{"k3 as a loss, mean over tokens", sampled(func(c *calculation[E], p path) []E {
			return c.weighted(c.scaled(c.k3Loss, c.perOwnToken))(p)
		})},
		form[E]{"k3 as a loss, mean over padded length", sampled(func(c *calculation[E], p path) []E {
			return c.weighted(c.scaled(c.k3Loss, c.perPadded))(p)
		})},
		form[E]{"padding not masked", func(c *calculation[E]) []E { return c.seen(view{padding: true}).klGradient() }},
	)
}

// forwardGradient returns the derivative of Σ_t KL(P_0‖P) at prefixes of the given
// probability, over the tokens that the policy takes: prefix(x)·(p(a)·P_0(tokens) − p_0(a)).
func (c *calculation[E]) forwardGradient(prefix [][]E) []E {
	taken := c.perState(func(t, e int) E { return c.reference.p[t-1][e] })
	return c.perEdge(func(t, x, e int) E {
		d := c.Sub(c.Mul(taken[t-1][x], c.policy.p[t-1][e]), c.reference.p[t-1][e])
		return c.Mul(prefix[t-1][x], d)
	})
}

// entropyGradientMistakes are those of the gradient of the entropy.
func entropyGradientMistakes[E any]() []form[E] {
	cost := func(c *calculation[E]) func(t, e int) E {
		log := c.logs(&c.policy)
		return func(t, e int) E { return c.Neg(log[t-1][e]) }
	}
	list := costMistakes(
		(*calculation[E]).entropyGradient,
		func(c *calculation[E]) (state, edge [][]E) {
			of := cost(c)
			return c.toGo(func(t, _, e int) E { return of(t, e) }, c.zeros(c.in.States(c.in.Length())))
		},
		func(c *calculation[E], p path) []E {
			return c.rest(c.perToken(p, func(s step) E { return c.Neg(c.logp(s)) }))
		},
	)
	return append(list,
		form[E]{"no gradient", func(c *calculation[E]) []E { return c.tokens().value }},
		form[E]{"frozen prefixes", func(c *calculation[E]) []E { return c.frozen(cost(c)) }},
	)
}

// objectiveMistakes are those of λE[Harm] + KL: the mistakes that both terms know are
// made in both, the others in one.
func objectiveMistakes[E any]() []form[E] {
	right := form[E]{"", (*calculation[E]).gradient}
	rightKL := form[E]{"", (*calculation[E]).klGradient}
	join := func(name string, harm, kl form[E]) form[E] {
		return form[E]{name, func(c *calculation[E]) []E {
			return c.plus(kl.of(c), c.FromRat(c.in.Lambda), harm.of(c))
		}}
	}
	var list []form[E]
	both := make(map[string]bool)
	for _, k := range klMistakes[E]() {
		alone := true
		for _, h := range harmMistakes[E]() {
			if h.mistake == k.mistake {
				list = append(list, join(k.mistake, h, k))
				alone, both[k.mistake] = false, true
			}
		}
		if alone && k.mistake != "no gradient" {
			list = append(list, join(k.mistake, right, k))
		}
	}
	for _, h := range harmMistakes[E]() {
		if !both[h.mistake] {
			list = append(list, join(h.mistake, h, rightKL))
		}
	}
	λ := func(c *calculation[E]) E { return c.FromRat(c.in.Lambda) }
	return append(list,
		form[E]{"KL missing", func(c *calculation[E]) []E { return c.times(λ(c), c.gradient()) }},
		form[E]{"KL maximised", func(c *calculation[E]) []E {
			return c.plus(c.times(λ(c), c.gradient()), c.FromInt(-1), c.klGradient())
		}},
		form[E]{"harm maximised", func(c *calculation[E]) []E {
			return c.plus(c.klGradient(), c.Neg(λ(c)), c.gradient())
		}},
		form[E]{"harm missing", (*calculation[E]).klGradient},
		form[E]{"weight missing", func(c *calculation[E]) []E { return c.plus(c.klGradient(), c.FromInt(1), c.gradient()) }},
		form[E]{"weight on the KL", func(c *calculation[E]) []E { return c.plus(c.gradient(), λ(c), c.klGradient()) }},
	)
}

// deepMistakes are those of the deep objective.
func deepMistakes[E any]() []form[E] {
	penalty := func(c *calculation[E]) []E { return c.penaltyGradient(0, c.adversary()) }
	var list []form[E]
	for _, f := range objectiveMistakes[E]() {
		if f.mistake != "sign" {
			list = append(list, form[E]{f.mistake, func(c *calculation[E]) []E { return c.plus(f.of(c), c.FromInt(1), penalty(c)) }})
		}
	}
	with := func(name string, of func(c *calculation[E]) []E) form[E] {
		return form[E]{name, func(c *calculation[E]) []E { return c.plus(c.objectiveGradient(), c.FromInt(1), of(c)) }}
	}
	return append(list,
		form[E]{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), c.deepObjectiveGradient()) }},
		form[E]{"penalty missing", (*calculation[E]).objectiveGradient},
		with("recovery penalised", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), penalty(c)) }),
		with("power of gamma", func(c *calculation[E]) []E { return c.penaltyGradient(-1, c.adversary()) }),
		with("policy's prefixes for Q", func(c *calculation[E]) []E { return c.penaltyGradient(0, c.policy.state) }),
		with("prefix probability missing in the penalty", func(c *calculation[E]) []E {
			ones := make([][]E, c.in.Length()+1)
			for t := range ones {
				ones[t] = make([]E, c.in.States(t))
				for x := range ones[t] {
					ones[t][x] = c.FromInt(1)
				}
			}
			return c.penaltyGradient(0, ones)
		}),
	)
}
