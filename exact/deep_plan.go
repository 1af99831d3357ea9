package exact

import (
	"math"
	"math/big"

	"sounding/model"
)

// plan is a policy on what follows a prefix. It costs about penalty + unit·p, p the
// probability of reaching the prefix: these two guide the search, and no more.
type plan struct {
	row           []*big.Rat // nil after position T
	next          []*plan
	penalty, unit float64
}

func (c *plan) cost(p float64) float64 { return c.penalty + c.unit*p }

// rowBits is the number of binary digits that the probabilities of a plan are rounded to.
const rowBits = 40

// offer adds the policy with about the given row to the list of the prefix, p the
// probability of reaching it. Below, it is the cheapest that is known there.
func (n *prefix) offer(prob []float64, p float64) {
	c := &plan{row: n.rational(prob), next: make([]*plan, len(n.next))}
	fail := 0.0
	for e, child := range n.next {
		q, _ := c.row[e].Float64()
		c.next[e] = child.cheapest(p * q)
		c.penalty += c.next[e].penalty
		if !n.recovers[e] {
			fail += q
		}
		if q > 0 {
			c.unit += q * (c.next[e].unit + n.scale*math.Log(q/child.prob))
		}
	}
	c.penalty += n.scale * n.penalty * fail
	n.plans = append(n.plans, c)
}

// rational returns a row of rational numbers near the given one, with zeros where the base
// model has them and within the range of the prefix.
func (n *prefix) rational(prob []float64) []*big.Rat {
	row := make([]*big.Rat, len(prob))
	rho, sum := new(big.Rat), new(big.Rat)
	unit := new(big.Rat).SetFrac64(1, 1<<rowBits)
	for e, q := range prob {
		row[e] = new(big.Rat)
		if n.next[e].prob > 0 {
			row[e].SetInt64(max(1, int64(q*(1<<rowBits))))
			row[e].Mul(row[e], unit)
		}
		sum.Add(sum, row[e])
		if n.recovers[e] {
			rho.Add(rho, row[e])
		}
	}
	goal := new(big.Rat).Quo(rho, sum)
	if n.within.Lo != nil && goal.Cmp(n.within.Lo) < 0 {
		goal.Set(n.within.Lo)
	}
	if n.within.Hi != nil && goal.Cmp(n.within.Hi) > 0 {
		goal.Set(n.within.Hi)
	}
	n.spread(row, goal)
	return row
}

// spread scales the entries of a row in R to the sum goal and the others to 1 − goal.
func (n *prefix) spread(row []*big.Rat, goal *big.Rat) {
	var sum [2]big.Rat
	side := func(e int) int {
		if n.recovers[e] {
			return 1
		}
		return 0
	}
	for e, q := range row {
		sum[side(e)].Add(&sum[side(e)], q)
	}
	part := [2]*big.Rat{new(big.Rat).Sub(big.NewRat(1, 1), goal), goal}
	for e := range row {
		if s := side(e); sum[s].Sign() > 0 {
			row[e].Mul(row[e], new(big.Rat).Quo(part[s], &sum[s]))
		}
	}
}

// unreached returns a policy of least penalty for a prefix that is not reached.
func (n *prefix) unreached() *plan {
	c := &plan{penalty: n.knots[0].lower}
	if len(n.next) == 0 {
		return c
	}
	goal := new(big.Rat)
	for e, child := range n.next {
		c.row = append(c.row, big.NewRat(1, 1))
		c.next = append(c.next, child.unreached())
		if n.recovers[e] {
			goal.SetInt64(1)
		}
	}
	if goal.Sign() > 0 && n.within.Hi != nil {
		goal = n.within.Hi
	}
	n.spread(c.row, goal)
	return c
}

// weigh writes the rows of the policy c below prefix n, as integer weights per edge, into
// rows.
func (n *prefix) weigh(c *plan, weights [][]*big.Int, edge func(t, x, i int) int) {
	if c.row == nil {
		return
	}
	common := big.NewInt(1)
	for _, q := range c.row {
		g := new(big.Int).GCD(nil, nil, common, q.Denom())
		common.Mul(common, new(big.Int).Quo(q.Denom(), g))
	}
	for i, q := range c.row {
		w := new(big.Int).Quo(common, q.Denom())
		weights[n.t-1][edge(n.t, n.x, i)] = w.Mul(w, q.Num())
		n.next[i].weigh(c.next[i], weights, edge)
	}
}

// policy returns the policy c as integer weights per edge.
func (b *DeepBound) policy(c *plan) []model.Naturals {
	p := b.in.Process
	weights := make([][]*big.Int, p.Length())
	for t := range weights {
		weights[t] = make([]*big.Int, p.Layer(t+1).Edges())
	}
	b.root.weigh(c, weights, func(t, x, i int) int {
		lo, _ := p.Layer(t).Row(x)
		return lo + i
	})
	list := make([]model.Naturals, len(weights))
	for t := range weights {
		for _, w := range weights[t] {
			list[t].Append(w)
		}
	}
	return list
}
