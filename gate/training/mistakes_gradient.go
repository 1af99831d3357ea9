package training

import (
	"math/big"
	"slices"
)

// costMistakes are common to all gradients of an expected sum of costs: right is the
// gradient, toGo the costs to go, and each of rewards what may weigh the tokens of a path,
// with the same expectation on the policy's own samples.
func costMistakes(
	right answer,
	toGo func(c rough) (state, edge [][]float64),
	rewards ...loss,
) []form {
	list := []form{
		negative(right),
		{"uncentred", func(c rough) []float64 {
			_, edge := toGo(c)
			return c.perEdge(func(t, x, e int) float64 {
				return c.policy.state[t-1][x] * c.policy.p[t-1][e] * edge[t-1][e]
			})
		}},
		{"prefix probability missing", func(c rough) []float64 {
			state, edge := toGo(c)
			return c.perEdge(func(t, x, e int) float64 {
				return c.policy.p[t-1][e] * (edge[t-1][e] - state[t-1][x])
			})
		}},
		unmasked(right),
	}
	for _, reward := range rewards {
		list = append(list, sampleMistakes(reward)...)
	}
	return list
}

// sampleMistakes are those that show on samples alone.
func sampleMistakes(reward loss) []form {
	own := weighted(reward)
	return []form{
		{"last token dropped", sampled(without(own, last))},
		{"first token dropped", sampled(without(own, first))},
		{"labels shifted by one", shiftedLabels(own)},
		{"mean over tokens", sampled(scaled(own, rough.perOwnToken))},
		{"mean over padded length", sampled(scaled(own, rough.perPadded))},
		{"times the length", sampled(scaled(own, rough.timesTokens))},
		{"importance weight missing", sampled(reward)},
		{"token ratio for sequence ratio", sampled(func(c rough, p path) []float64 {
			v := reward(c, p)
			for k, s := range p.steps {
				v[k] *= c.weight(s)
			}
			return v
		})},
		{"geometric ratio for product", sampled(scaled(reward, rough.geometric))},
	}
}

// harmMistakes are those of the gradient of the (discounted) expected harm that do not
// concern the discount.
func harmMistakes() []form {
	list := costMistakes(
		rough.gradient,
		func(c rough) (state, edge [][]float64) { return c.values(c.discount()) },
		rough.harmReward,
		rough.centredReward,
	)
	return append(list,
		form{"rewards for returns", sampled(without(weighted(rough.harmReward), func(p path, k int) bool { return !last(p, k) }))},
		form{"reward on padding", sampled(scaled(weighted(rough.harmReward), func(c rough, p path) float64 {
			if len(p.steps) < c.in.Length() {
				return 0
			}
			return 1
		}))},
	)
}

// gradientMistakes are all of those.
func gradientMistakes() []form {
	return append(harmMistakes(),
		form{"discount of the position missing", func(c rough) []float64 { return c.score(c.values(c.discount())) }},
		form{"discount missing", rough.harmGradient},
		form{"discount of padding", func(c rough) []float64 {
			γ := big.NewRat(1, 1)
			for range c.in.Length() - 1 {
				γ.Mul(γ, c.discount())
			}
			return c.times(c.FromRat(γ), c.harmGradient())
		}},
	)
}

// klMistakes are those of the gradient of KL(P‖P_0).
func klMistakes() []form {
	list := costMistakes(
		rough.klGradient,
		func(c rough) (state, edge [][]float64) { return c.toGo(c.ratio) },
		rough.k1Reward,
		rough.k1Sum,
	)
	averaged := func(f loss, over func(c rough, p path) float64) answer { return sampled(weighted(scaled(f, over))) }
	return append(list,
		form{"no gradient", func(c rough) []float64 { return c.tokens().value }},
		form{"k1 as a loss", sampled(rough.k1Loss)},
		form{"frozen prefixes", rough.frozenKLGradient},
		form{"k2 off policy", sampled(rough.k2Loss)},
		form{"k3 as a loss", func(c rough) []float64 { return c.forwardGradient(c.policy.state) }},
		form{"k3 off policy", sampled(rough.k3Loss)},
		form{"ratio on k2", sampled(func(c rough, p path) []float64 {
			return c.perToken(p, func(s step) float64 { return c.weight(s) * (c.k1(s) + c.k2(s)) })
		})},
		form{"sequence ratio on token KL", sampled(func(c rough, p path) []float64 {
			shared := c.mean(p, c.sum(c.perToken(p, c.k3)))
			w := c.geometric(p)
			return c.perToken(p, func(s step) float64 { return w * (c.k3Slope(s) + shared) })
		})},
		form{"reference and policy exchanged", func(c rough) []float64 { return c.forwardGradient(c.reference.state) }},
		form{"probability counted twice", func(c rough) []float64 { return c.score(c.toGo(c.klTerm)) }},
		form{"own KL left out", func(c rough) []float64 { return c.plus(c.klGradient(), -1, c.frozenKLGradient()) }},
		form{"frozen prefixes, mean over tokens", averaged(rough.k2Loss, rough.perOwnToken)},
		form{"frozen prefixes, mean over padded length", averaged(rough.k2Loss, rough.perPadded)},
		form{"k3 as a loss, mean over tokens", averaged(rough.k3Loss, rough.perOwnToken)},
		form{"k3 as a loss, mean over padded length", averaged(rough.k3Loss, rough.perPadded)},
		padded(rough.klGradient),
	)
}

// forwardGradient returns the derivative of Σ_t KL(P_0‖P) at prefixes of the given
// probability, over the tokens that the policy takes: prefix(x)·(p(a)·P_0(tokens) − p_0(a)).
func (c rough) forwardGradient(prefix [][]float64) []float64 {
	taken := c.perState(func(t, e int) float64 { return c.reference.p[t-1][e] })
	return c.perEdge(func(t, x, e int) float64 {
		d := taken[t-1][x]*c.policy.p[t-1][e] - c.reference.p[t-1][e]
		return prefix[t-1][x] * d
	})
}

// entropyGradientMistakes are those of the gradient of the entropy.
func entropyGradientMistakes() []form {
	list := costMistakes(
		rough.entropyGradient,
		func(c rough) (state, edge [][]float64) { return c.toGo(c.surprise) },
		func(c rough, p path) []float64 {
			return c.rest(c.perToken(p, func(s step) float64 { return -c.logp(s) }))
		},
	)
	return append(list,
		form{"no gradient", func(c rough) []float64 { return c.tokens().value }},
		form{"frozen prefixes", func(c rough) []float64 { return c.frozen(c.surprise) }},
	)
}

// objectiveMistakes are those of λE[Harm] + KL: the mistakes that both terms know are
// made in both, the others in one.
func objectiveMistakes() []form {
	join := func(name string, harm, kl answer) form {
		return form{name, func(c rough) []float64 { return c.plus(kl(c), c.FromRat(c.in.Lambda), harm(c)) }}
	}
	var list []form
	both := make(map[string]bool)
	for _, k := range klMistakes() {
		for _, h := range harmMistakes() {
			if h.mistake == k.mistake {
				list = append(list, join(k.mistake, h.of, k.of))
				both[k.mistake] = true
			}
		}
		if !both[k.mistake] && k.mistake != "no gradient" {
			list = append(list, join(k.mistake, rough.gradient, k.of))
		}
	}
	for _, h := range harmMistakes() {
		if !both[h.mistake] {
			list = append(list, join(h.mistake, h.of, rough.klGradient))
		}
	}
	λ := func(c rough) float64 { return c.FromRat(c.in.Lambda) }
	return append(list,
		form{"KL missing", func(c rough) []float64 { return c.times(λ(c), c.gradient()) }},
		form{"KL maximised", func(c rough) []float64 {
			return c.plus(c.times(λ(c), c.gradient()), -1, c.klGradient())
		}},
		form{"harm maximised", func(c rough) []float64 {
			return c.plus(c.klGradient(), -λ(c), c.gradient())
		}},
		form{"harm missing", rough.klGradient},
		form{"weight missing", func(c rough) []float64 { return c.plus(c.klGradient(), 1, c.gradient()) }},
		form{"weight on the KL", func(c rough) []float64 { return c.plus(c.gradient(), λ(c), c.klGradient()) }},
	)
}

// deepMistakes are those of the deep objective.
func deepMistakes() []form {
	penalty := func(c rough) []float64 { return c.penaltyGradient(0, c.adversary()) }
	var list []form
	for _, f := range objectiveMistakes() {
		if f.mistake != "sign" {
			list = append(list, form{f.mistake, func(c rough) []float64 { return c.plus(f.of(c), 1, penalty(c)) }})
		}
	}
	with := func(name string, of answer) form {
		return form{name, func(c rough) []float64 { return c.plus(c.objectiveGradient(), 1, of(c)) }}
	}
	return append(list,
		negative(rough.deepObjectiveGradient),
		form{"penalty missing", rough.objectiveGradient},
		with("recovery penalised", func(c rough) []float64 { return c.times(-1, penalty(c)) }),
		with("power of gamma", func(c rough) []float64 { return c.penaltyGradient(-1, c.adversary()) }),
		with("policy's prefixes for Q", func(c rough) []float64 { return c.penaltyGradient(0, c.policy.state) }),
		with("prefix probability missing in the penalty", func(c rough) []float64 {
			ones := make([][]float64, c.in.Length()+1)
			for t := range ones {
				ones[t] = slices.Repeat([]float64{1}, c.in.States(t))
			}
			return c.penaltyGradient(0, ones)
		}),
	)
}
