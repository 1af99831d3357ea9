package training

import "math/big"

// valueMistakes are those of what is made of the outcomes of states and tokens.
func valueMistakes[E any](of func(c *calculation[E], o outcomes[E]) []E, more ...form[E]) []form[E] {
	right := func(c *calculation[E]) []E { return of(c, c.outcomes()) }
	at := func(c *calculation[E], γ *big.Rat, ending func(E) E) []E {
		state, edge := c.valuesEnding(γ, ending)
		return of(c, outcomes[E]{state, edge})
	}
	return append([]form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), right(c)) }},
		{"zero", func(c *calculation[E]) []E { return c.times(c.FromInt(0), right(c)) }},
		{"discount missing", func(c *calculation[E]) []E {
			return at(c, big.NewRat(1, 1), func(v E) E { return v })
		}},
		{"discount of padding", func(c *calculation[E]) []E {
			return at(c, c.discount(), func(v E) E { return c.Mul(c.FromRat(c.discount()), v) })
		}},
		{"reward on padding", func(c *calculation[E]) []E {
			return at(c, c.discount(), func(E) E { return c.FromInt(0) })
		}},
	}, more...)
}

// ofOutcomes is a form that is made of the right outcomes.
func ofOutcomes[E any](name string, of func(c *calculation[E], o outcomes[E]) []E) form[E] {
	return form[E]{name, func(c *calculation[E]) []E { return of(c, c.outcomes()) }}
}

func actionValueMistakes[E any]() []form[E] {
	return valueMistakes((*calculation[E]).actionValue,
		ofOutcomes("advantage for value", (*calculation[E]).advantage),
		ofOutcomes("value of the state", func(c *calculation[E], o outcomes[E]) []E {
			return c.action(o, func(state, _ E) E { return state })
		}))
}

func advantageMistakes[E any]() []form[E] {
	return valueMistakes((*calculation[E]).advantage,
		ofOutcomes("uncentred", (*calculation[E]).actionValue),
		form[E]{"value discounted once more", func(c *calculation[E]) []E {
			γ := c.FromRat(c.discount())
			return c.action(c.outcomes(), func(state, edge E) E { return c.Sub(edge, c.Mul(γ, state)) })
		}})
}

// returnMistakes are those of the returns of trajectories.
func returnMistakes[E any]() []form[E] {
	return append(trajectoryMistakes((*calculation[E]).returns),
		form[E]{"rewards for returns", func(c *calculation[E]) []E {
			return c.backward(func(τ *Trajectory, k, _ int, _ E) E { return c.FromRat(τ.Rewards[k]) })
		}},
		form[E]{"own reward left out", func(c *calculation[E]) []E {
			reward := c.backward(func(τ *Trajectory, k, _ int, _ E) E { return c.FromRat(τ.Rewards[k]) })
			return c.plus(c.returns(), c.FromInt(-1), reward)
		}},
		form[E]{"advantages for returns", (*calculation[E]).gae},
	)
}

// gaeMistakes are those of generalised advantage estimates.
func gaeMistakes[E any]() []form[E] {
	return append(trajectoryMistakes((*calculation[E]).gae),
		form[E]{"one step", func(c *calculation[E]) []E {
			return c.backward(func(τ *Trajectory, k, next int, _ E) E { return c.residual(τ, k, next) })
		}},
		form[E]{"lambda missing", func(c *calculation[E]) []E {
			return c.altered(func(τ *Trajectory) { τ.Lambda = big.NewRat(1, 1) }).gae()
		}},
		form[E]{"discount of the estimate missing", func(c *calculation[E]) []E {
			return c.backward(func(τ *Trajectory, k, next int, after E) E {
				return c.Add(c.residual(τ, k, next), c.Mul(c.FromRat(τ.Lambda), after))
			})
		}},
		form[E]{"returns for advantages", (*calculation[E]).returns},
		form[E]{"value not subtracted", func(c *calculation[E]) []E {
			value := c.backward(func(τ *Trajectory, k, _ int, _ E) E { return c.FromRat(τ.Values[k]) })
			return c.plus(c.gae(), c.FromInt(1), value)
		}},
		form[E]{"bootstrap from a masked value", func(c *calculation[E]) []E {
			return c.backward(func(τ *Trajectory, k, _ int, after E) E {
				next := k + 1
				if next == len(τ.Values) {
					next = -1
				}
				return c.Add(c.residual(τ, k, next), c.Mul(c.FromRat(new(big.Rat).Mul(τ.Discount, τ.Lambda)), after))
			})
		}},
		form[E]{"last value for the bootstrap", func(c *calculation[E]) []E {
			return c.backward(func(τ *Trajectory, k, next int, after E) E {
				if next < 0 {
					next = k
				}
				return c.Add(c.residual(τ, k, next), c.Mul(c.FromRat(new(big.Rat).Mul(τ.Discount, τ.Lambda)), after))
			})
		}},
	)
}

// trajectoryMistakes are those that returns and estimates share.
func trajectoryMistakes[E any](right func(c *calculation[E]) []E) []form[E] {
	return []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), right(c)) }},
		{"discount missing", func(c *calculation[E]) []E {
			return right(c.altered(func(τ *Trajectory) { τ.Discount = big.NewRat(1, 1) }))
		}},
		{"mask ignored", func(c *calculation[E]) []E {
			return c.masked(right(c.altered(func(τ *Trajectory) {
				τ.Mask = make([]bool, len(τ.Mask))
				for k := range τ.Mask {
					τ.Mask[k] = true
				}
			})))
		}},
		{"masked positions discount", func(c *calculation[E]) []E {
			return c.masked(right(c.altered(func(τ *Trajectory) {
				// A masked position without reward, whose value is what follows discounted.
				mask, next := make([]bool, len(τ.Mask)), -1
				τ.Rewards, τ.Values = append([]*big.Rat(nil), τ.Rewards...), append([]*big.Rat(nil), τ.Values...)
				for k := len(mask) - 1; k >= 0; k-- {
					mask[k] = τ.Mask[k] || next >= 0
					if !τ.Mask[k] && next >= 0 {
						τ.Rewards[k] = new(big.Rat)
						τ.Values[k] = new(big.Rat).Mul(τ.Discount, τ.Values[next])
					}
					if mask[k] {
						next = k
					}
				}
				τ.Mask = mask
			})))
		}},
		{"reset at masked positions", func(c *calculation[E]) []E {
			var list []E
			for _, τ := range c.q.Trajectories {
				for lo := 0; lo < len(τ.Mask); {
					hi := lo + 1
					for hi < len(τ.Mask) && τ.Mask[hi] == τ.Mask[lo] {
						hi++
					}
					part := Trajectory{τ.Rewards[lo:hi], τ.Values[lo:hi], τ.Mask[lo:hi], τ.Discount, τ.Lambda}
					own := *c
					own.q = &Question{Instance: c.in, Trajectories: []Trajectory{part}}
					list = append(list, right(&own)...)
					lo = hi
				}
			}
			return list
		}},
		{"shifted by one", func(c *calculation[E]) []E {
			v, i := right(c), 0
			var list []E
			for _, τ := range c.q.Trajectories {
				n := len(τ.Mask)
				list = append(append(list, v[i+1:i+n]...), c.FromInt(0))
				i += n
			}
			return list
		}},
	}
}

// altered returns the calculation with other trajectories.
func (c *calculation[E]) altered(change func(τ *Trajectory)) *calculation[E] {
	own, q := *c, *c.q
	own.q = &q
	q.Trajectories = append([]Trajectory(nil), q.Trajectories...)
	for i := range q.Trajectories {
		change(&q.Trajectories[i])
	}
	return &own
}

// masked returns v with 0 at the positions that do not count.
func (c *calculation[E]) masked(v []E) []E {
	i := 0
	for _, τ := range c.q.Trajectories {
		for _, counts := range τ.Mask {
			if !counts {
				v[i] = c.FromInt(0)
			}
			i++
		}
	}
	return v
}

// groupMistakes are those of the advantages of a group.
func groupMistakes[E any]() []form[E] {
	with := func(name string, change func(c *calculation[E], g Group) []E) form[E] {
		return form[E]{name, func(c *calculation[E]) []E {
			return c.perGroup(func(g *Group) []E { return change(c, *g) })
		}}
	}
	right := func(c *calculation[E], g Group) []E { return c.advantages(g.Method, g.Rewards, g.DDoF, g.Epsilon) }
	return []form[E]{
		{"sign", func(c *calculation[E]) []E { return c.times(c.FromInt(-1), c.groupAdvantage()) }},
		with("the other ddof", func(c *calculation[E], g Group) []E { g.DDoF = 1 - g.DDoF; return right(c, g) }),
		with("epsilon missing", func(c *calculation[E], g Group) []E {
			if g.Method == "grpo" && variance(g.Rewards, meanOf(g.Rewards), g.DDoF).Sign() > 0 {
				g.Epsilon = new(big.Rat)
			}
			return right(c, g)
		}),
		with("deviation missing", func(c *calculation[E], g Group) []E {
			if g.Method == "grpo" {
				g.Method = "dr_grpo"
			}
			return right(c, g)
		}),
		with("uncentred", func(c *calculation[E], g Group) []E {
			scale := c.FromInt(1)
			if g.Method == "grpo" {
				scale = c.Add(c.deviation(g.Rewards, meanOf(g.Rewards), g.DDoF), c.FromRat(g.Epsilon))
			}
			list := make([]E, len(g.Rewards))
			for j, r := range g.Rewards {
				list[j] = c.Quo(c.FromRat(r), scale)
			}
			return list
		}),
		with("first answer alone", func(c *calculation[E], g Group) []E {
			if g.Method != "grpo" {
				return right(c, g)
			}
			list := make([]E, len(g.Rewards))
			for j, r := range g.Rewards {
				list[j] = c.Quo(c.FromRat(new(big.Rat).Sub(r, g.Rewards[0])), c.FromRat(g.Epsilon))
			}
			return list
		}),
		with("group mean for the others'", func(c *calculation[E], g Group) []E {
			if g.Method == "rloo" {
				g.Method = "dr_grpo"
			}
			return right(c, g)
		}),
		with("the others' mean for the group's", func(c *calculation[E], g Group) []E {
			others := g
			others.Method = "rloo"
			list := right(c, others)
			if g.Method == "grpo" {
				scale := c.Add(c.deviation(g.Rewards, meanOf(g.Rewards), g.DDoF), c.FromRat(g.Epsilon))
				list = c.times(c.Quo(c.FromInt(1), scale), list)
			}
			return list
		}),
		with("variance for deviation", func(c *calculation[E], g Group) []E {
			if g.Method != "grpo" {
				return right(c, g)
			}
			m := meanOf(g.Rewards)
			scale := new(big.Rat).Add(variance(g.Rewards, m, g.DDoF), g.Epsilon)
			g.Method = "dr_grpo"
			return c.times(c.FromRat(scale.Inv(scale)), right(c, g))
		}),
		with("epsilon under the root", func(c *calculation[E], g Group) []E {
			if g.Method != "grpo" {
				return right(c, g)
			}
			m := meanOf(g.Rewards)
			scale := c.Sqrt(c.FromRat(new(big.Rat).Add(variance(g.Rewards, m, g.DDoF), g.Epsilon)))
			g.Method = "dr_grpo"
			return c.times(c.Quo(c.FromInt(1), scale), right(c, g))
		}),
	}
}
