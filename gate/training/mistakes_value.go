package training

import (
	"math"
	"math/big"
	"slices"
)

// valueMistakes are those of what is made of the outcomes of states and tokens.
func valueMistakes(of func(c rough, o outcomes[float64]) []float64, more ...form) []form {
	right := func(c rough) []float64 { return of(c, c.outcomes()) }
	at := func(c rough, γ *big.Rat, ending func(float64) float64) []float64 {
		state, edge := c.valuesEnding(γ, ending)
		return of(c, outcomes[float64]{state, edge})
	}
	return append([]form{
		negative(right),
		{"zero", func(c rough) []float64 { return c.times(0, right(c)) }},
		{"discount missing", func(c rough) []float64 {
			return at(c, big.NewRat(1, 1), func(v float64) float64 { return v })
		}},
		{"discount of padding", func(c rough) []float64 {
			return at(c, c.discount(), func(v float64) float64 { return c.FromRat(c.discount()) * v })
		}},
		{"reward on padding", func(c rough) []float64 {
			return at(c, c.discount(), func(float64) float64 { return 0 })
		}},
	}, more...)
}

// ofOutcomes is a form that is made of the right outcomes.
func ofOutcomes(name string, of func(c rough, o outcomes[float64]) []float64) form {
	return form{name, func(c rough) []float64 { return of(c, c.outcomes()) }}
}

func actionValueMistakes() []form {
	return valueMistakes(rough.actionValue,
		ofOutcomes("advantage for value", rough.advantage),
		ofOutcomes("value of the state", func(c rough, o outcomes[float64]) []float64 {
			return c.action(o, func(state, _ float64) float64 { return state })
		}))
}

func advantageMistakes() []form {
	return valueMistakes(rough.advantage,
		ofOutcomes("uncentred", rough.actionValue),
		form{"value discounted once more", func(c rough) []float64 {
			γ := c.FromRat(c.discount())
			return c.action(c.outcomes(), func(state, edge float64) float64 { return edge - γ*state })
		}})
}

// returnMistakes are those of the returns of trajectories.
func returnMistakes() []form {
	return append(trajectoryMistakes(rough.returns),
		form{"rewards for returns", func(c rough) []float64 {
			return c.backward(func(τ *Trajectory, k, _ int, _ float64) float64 { return c.FromRat(τ.Rewards[k]) })
		}},
		form{"own reward left out", func(c rough) []float64 {
			reward := c.backward(func(τ *Trajectory, k, _ int, _ float64) float64 { return c.FromRat(τ.Rewards[k]) })
			return c.plus(c.returns(), -1, reward)
		}},
		form{"advantages for returns", rough.gae},
	)
}

// gaeMistakes are those of generalised advantage estimates.
func gaeMistakes() []form {
	return append(trajectoryMistakes(rough.gae),
		form{"one step", func(c rough) []float64 {
			return c.backward(func(τ *Trajectory, k, next int, _ float64) float64 { return c.residual(τ, k, next) })
		}},
		form{"lambda missing", func(c rough) []float64 {
			return c.altered(func(τ *Trajectory) { τ.Lambda = big.NewRat(1, 1) }).gae()
		}},
		form{"discount of the estimate missing", func(c rough) []float64 {
			return c.backward(func(τ *Trajectory, k, next int, after float64) float64 {
				return c.residual(τ, k, next) + c.FromRat(τ.Lambda)*after
			})
		}},
		form{"returns for advantages", rough.returns},
		form{"value not subtracted", func(c rough) []float64 {
			value := c.backward(func(τ *Trajectory, k, _ int, _ float64) float64 { return c.FromRat(τ.Values[k]) })
			return c.plus(c.gae(), 1, value)
		}},
		form{"bootstrap from a masked value", func(c rough) []float64 {
			return c.backward(func(τ *Trajectory, k, _ int, after float64) float64 {
				next := k + 1
				if next == len(τ.Values) {
					next = -1
				}
				return c.residual(τ, k, next) + c.FromRat(new(big.Rat).Mul(τ.Discount, τ.Lambda))*after
			})
		}},
		form{"last value for the bootstrap", func(c rough) []float64 {
			return c.backward(func(τ *Trajectory, k, next int, after float64) float64 {
				if next < 0 {
					next = k
				}
				return c.residual(τ, k, next) + c.FromRat(new(big.Rat).Mul(τ.Discount, τ.Lambda))*after
			})
		}},
	)
}

// trajectoryMistakes are those that returns and estimates share.
func trajectoryMistakes(right answer) []form {
	return []form{
		negative(right),
		{"discount missing", func(c rough) []float64 {
			return right(c.altered(func(τ *Trajectory) { τ.Discount = big.NewRat(1, 1) }))
		}},
		{"mask ignored", func(c rough) []float64 {
			return c.masked(right(c.altered(func(τ *Trajectory) {
				τ.Mask = slices.Repeat([]bool{true}, len(τ.Mask))
			})))
		}},
		{"masked positions discount", func(c rough) []float64 {
			return c.masked(right(c.altered(func(τ *Trajectory) {
				// A masked position without reward, whose value is what follows discounted.
				mask, next := make([]bool, len(τ.Mask)), -1
				τ.Rewards, τ.Values = slices.Clone(τ.Rewards), slices.Clone(τ.Values)
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
		{"reset at masked positions", func(c rough) []float64 {
			var list []float64
			for _, τ := range c.q.Trajectories {
				for lo := 0; lo < len(τ.Mask); {
					hi := lo + 1
					for hi < len(τ.Mask) && τ.Mask[hi] == τ.Mask[lo] {
						hi++
					}
					part := Trajectory{τ.Rewards[lo:hi], τ.Values[lo:hi], τ.Mask[lo:hi], τ.Discount, τ.Lambda}
					list = append(list, right(c.with(func(q *Question) { q.Trajectories = []Trajectory{part} }))...)
					lo = hi
				}
			}
			return list
		}},
		{"shifted by one", func(c rough) []float64 {
			v, i := right(c), 0
			var list []float64
			for _, τ := range c.q.Trajectories {
				n := len(τ.Mask)
				list = append(append(list, v[i+1:i+n]...), 0)
				i += n
			}
			return list
		}},
	}
}

// altered returns the calculation with other trajectories.
func (c rough) altered(change func(τ *Trajectory)) rough {
	return c.with(func(q *Question) {
		q.Trajectories = slices.Clone(q.Trajectories)
		for i := range q.Trajectories {
			change(&q.Trajectories[i])
		}
	})
}

// masked returns v with 0 at the positions that do not count.
func (c rough) masked(v []float64) []float64 {
	i := 0
	for _, τ := range c.q.Trajectories {
		for _, counts := range τ.Mask {
			if !counts {
				v[i] = 0
			}
			i++
		}
	}
	return v
}

// groupMistakes are those of the advantages of a group.
func groupMistakes() []form {
	with := func(name string, of func(c rough, g Group) []float64) form {
		return form{name, func(c rough) []float64 {
			return c.perGroup(func(g Group) []float64 { return of(c, g) })
		}}
	}
	method := func(name, from, to string) form {
		return with(name, func(c rough, g Group) []float64 {
			if g.Method == from {
				g.Method = to
			}
			return c.advantages(g)
		})
	}
	return []form{
		negative(rough.groupAdvantage),
		with("the other ddof", func(c rough, g Group) []float64 { g.DDoF = 1 - g.DDoF; return c.advantages(g) }),
		with("epsilon missing", func(c rough, g Group) []float64 {
			if g.Method == "grpo" && g.variance().Sign() > 0 {
				g.Epsilon = new(big.Rat)
			}
			return c.advantages(g)
		}),
		method("deviation missing", "grpo", "dr_grpo"),
		with("uncentred", func(c rough, g Group) []float64 {
			scale := 1.0
			if g.Method == "grpo" {
				scale = c.deviation(g)
			}
			list := make([]float64, len(g.Rewards))
			for j, r := range g.Rewards {
				list[j] = c.FromRat(r) / scale
			}
			return list
		}),
		with("first answer alone", func(c rough, g Group) []float64 {
			if g.Method != "grpo" {
				return c.advantages(g)
			}
			list := make([]float64, len(g.Rewards))
			for j, r := range g.Rewards {
				list[j] = c.FromRat(new(big.Rat).Sub(r, g.Rewards[0])) / c.FromRat(g.Epsilon)
			}
			return list
		}),
		method("group mean for the others'", "rloo", "dr_grpo"),
		with("the others' mean for the group's", func(c rough, g Group) []float64 {
			own := g.Method
			g.Method = "rloo"
			list := c.advantages(g)
			if own == "grpo" {
				list = c.times(1/c.deviation(g), list)
			}
			return list
		}),
		scaledBy("variance for deviation", func(v float64) float64 { return v }),
		scaledBy("epsilon under the root", math.Sqrt),
	}
}

// scaledBy is a form of GRPO that divides the rewards by f of their variance plus ε.
func scaledBy(name string, f func(v float64) float64) form {
	return form{name, func(c rough) []float64 {
		return c.perGroup(func(g Group) []float64 {
			scale := 1.0
			if g.Method == "grpo" {
				scale = 1 / f(c.FromRat(new(big.Rat).Add(g.variance(), g.Epsilon)))
				g.Method = "dr_grpo"
			}
			return c.times(scale, c.advantages(g))
		})
	}}
}
