package training

import "math/big"

// returns is gae without a critic and with λ = 1.
func (c *calculation[E]) returns() []E {
	return c.backward(func(τ *Trajectory, k, next int, after E) E {
		return c.Add(c.FromRat(τ.Rewards[k]), c.Mul(c.FromRat(τ.Discount), after))
	})
}

// gae returns the generalised advantage estimates.
func (c *calculation[E]) gae() []E {
	return c.backward(func(τ *Trajectory, k, next int, after E) E {
		return c.Add(c.residual(τ, k, next), c.Mul(c.FromRat(new(big.Rat).Mul(τ.Discount, τ.Lambda)), after))
	})
}

// residual returns δ_k = r_k + γ·v_next − v_k, with v = 0 where next is −1.
func (c *calculation[E]) residual(τ *Trajectory, k, next int) E {
	δ := new(big.Rat).Sub(τ.Rewards[k], τ.Values[k])
	if next >= 0 {
		δ.Add(δ, new(big.Rat).Mul(τ.Discount, τ.Values[next]))
	}
	return c.FromRat(δ)
}

// backward runs through the positions that count of every trajectory, from the last:
// f gives the number of position k from that of the next, 0 after the last.
func (c *calculation[E]) backward(f func(τ *Trajectory, k, next int, after E) E) []E {
	var list []E
	for i := range c.q.Trajectories {
		τ := &c.q.Trajectories[i]
		v := c.zeros(len(τ.Rewards))
		next, after := -1, c.FromInt(0)
		for k := len(v) - 1; k >= 0; k-- {
			if τ.Mask[k] {
				after = f(τ, k, next, after)
				v[k], next = after, k
			}
		}
		list = append(list, v...)
	}
	return list
}

// groupAdvantage returns the advantages of the rewards of every group.
func (c *calculation[E]) groupAdvantage() []E {
	return c.perGroup(func(g *Group) []E { return c.advantages(g.Method, g.Rewards, g.DDoF, g.Epsilon) })
}

func (c *calculation[E]) perGroup(f func(g *Group) []E) []E {
	var list []E
	for i := range c.q.Groups {
		list = append(list, f(&c.q.Groups[i])...)
	}
	return list
}

// advantages returns those of rewards by one of the methods.
func (c *calculation[E]) advantages(method string, rewards []*big.Rat, ddof int, ε *big.Rat) []E {
	n := int64(len(rewards))
	mean := meanOf(rewards)
	list := make([]E, n)
	for j, r := range rewards {
		baseline := mean
		if method == "rloo" {
			baseline = r
			if n > 1 {
				others := new(big.Rat).Mul(mean, big.NewRat(n, 1))
				baseline = others.Quo(others.Sub(others, r), big.NewRat(n-1, 1))
			}
		}
		list[j] = c.FromRat(new(big.Rat).Sub(r, baseline))
	}
	if method != "grpo" {
		return list
	}
	scale := c.Add(c.deviation(rewards, mean, ddof), c.FromRat(ε))
	for j := range list {
		list[j] = c.Quo(list[j], scale)
	}
	return list
}

// deviation returns the standard deviation of rewards, 0 of a single one.
func (c *calculation[E]) deviation(rewards []*big.Rat, mean *big.Rat, ddof int) E {
	squares := variance(rewards, mean, ddof)
	if squares.Sign() == 0 {
		return c.FromInt(0)
	}
	return c.Sqrt(c.FromRat(squares))
}

func variance(rewards []*big.Rat, mean *big.Rat, ddof int) *big.Rat {
	sum := new(big.Rat)
	if len(rewards) == 1 {
		return sum
	}
	for _, r := range rewards {
		d := new(big.Rat).Sub(r, mean)
		sum.Add(sum, d.Mul(d, d))
	}
	return sum.Quo(sum, big.NewRat(int64(len(rewards)-ddof), 1))
}

func meanOf(rewards []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, r := range rewards {
		sum.Add(sum, r)
	}
	return sum.Quo(sum, big.NewRat(int64(len(rewards)), 1))
}
