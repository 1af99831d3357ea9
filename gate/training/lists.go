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
func (c *calculation[E]) groupAdvantage() []E { return c.perGroup(c.advantages) }

func (c *calculation[E]) perGroup(f func(g Group) []E) []E {
	var list []E
	for _, g := range c.q.Groups {
		list = append(list, f(g)...)
	}
	return list
}

// advantages returns those of the rewards of a group.
func (c *calculation[E]) advantages(g Group) []E {
	n := int64(len(g.Rewards))
	mean := g.mean()
	list := make([]E, n)
	for j, r := range g.Rewards {
		baseline := mean
		if g.Method == "rloo" {
			baseline = r
			if n > 1 {
				others := new(big.Rat).Mul(mean, big.NewRat(n, 1))
				baseline = others.Quo(others.Sub(others, r), big.NewRat(n-1, 1))
			}
		}
		list[j] = c.FromRat(new(big.Rat).Sub(r, baseline))
	}
	if g.Method != "grpo" {
		return list
	}
	scale := c.deviation(g)
	for j := range list {
		list[j] = c.Quo(list[j], scale)
	}
	return list
}

// deviation returns the standard deviation of the rewards of a group, 0 of a single one, plus ε.
func (c *calculation[E]) deviation(g Group) E {
	deviation := c.FromInt(0)
	if v := g.variance(); v.Sign() > 0 {
		deviation = c.Sqrt(c.FromRat(v))
	}
	return c.Add(deviation, c.FromRat(g.Epsilon))
}

// variance returns that of the rewards of a group, 0 of a single one.
func (g Group) variance() *big.Rat {
	sum := new(big.Rat)
	if len(g.Rewards) == 1 {
		return sum
	}
	mean := g.mean()
	for _, r := range g.Rewards {
		d := new(big.Rat).Sub(r, mean)
		sum.Add(sum, d.Mul(d, d))
	}
	return sum.Quo(sum, big.NewRat(int64(len(g.Rewards)-g.DDoF), 1))
}

func (g Group) mean() *big.Rat {
	sum := new(big.Rat)
	for _, r := range g.Rewards {
		sum.Add(sum, r)
	}
	return sum.Quo(sum, big.NewRat(int64(len(g.Rewards)), 1))
}
