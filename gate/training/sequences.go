package training

import "math/big"

// step is a token of a sequence.
type step struct {
	t, x, e int
	acting  bool
}

// path is a sequence, cut after its end.
type path struct{ steps []step }

// walk returns the path of a sequence, and false where the process has none.
func (c *calculation[E]) walk(sequence []int) (p path, ok bool) {
	x := 0
	for i, a := range sequence {
		if i >= c.in.Length() || a < 0 || a >= c.in.Vocabulary() {
			return p, false
		}
		l := c.in.Layer(i + 1)
		e, ok := l.Edge(x, a)
		if !ok {
			return p, false
		}
		p.steps = append(p.steps, step{i + 1, x, e, c.acting[i][x]})
		x = l.Next(e)
	}
	return p, true
}

// acts returns how many tokens of a path are the policy's.
func (p path) acts() int64 {
	n := int64(0)
	for _, s := range p.steps {
		if s.acting {
			n++
		}
	}
	return n
}

// along returns f at the acting tokens of every sequence that is asked for, and
// other at the others.
func (c *calculation[E]) along(other int64, f func(s step) E) []E {
	var list []E
	for _, y := range c.q.Sequences {
		p, _ := c.walk(y)
		for _, s := range p.steps {
			if s.acting {
				list = append(list, f(s))
			} else {
				list = append(list, c.FromInt(other))
			}
		}
	}
	return list
}

// perSequence returns f of every sequence that is asked for.
func (c *calculation[E]) perSequence(f func(p path) E) []E {
	var list []E
	for _, y := range c.q.Sequences {
		p, _ := c.walk(y)
		list = append(list, f(p))
	}
	return list
}

// total returns Σ f over the acting tokens of a path.
func (c *calculation[E]) total(p path, f func(s step) E) E {
	sum := c.FromInt(0)
	for _, s := range p.steps {
		if s.acting {
			sum = c.Add(sum, f(s))
		}
	}
	return sum
}

// mean returns a sum over the n acting tokens of a path, 0 without any.
func (c *calculation[E]) mean(p path, sum E) E {
	return c.Quo(sum, c.FromInt(max(p.acts(), 1)))
}

func (c *calculation[E]) logp(s step) E     { return c.logs(&c.policy)[s.t-1][s.e] }
func (c *calculation[E]) logRef(s step) E   { return c.logs(&c.reference)[s.t-1][s.e] }
func (c *calculation[E]) logRatio(s step) E { return c.ratio(s.t, s.e) }

func (c *calculation[E]) logProbability() []E { return c.along(0, c.logp) }

// sums returns the sums of f over the acting tokens of every sequence that is asked for.
func (c *calculation[E]) sums(f func(s step) E) []E {
	return c.perSequence(func(p path) E { return c.total(p, f) })
}

// means returns their means.
func (c *calculation[E]) means(f func(s step) E) []E {
	return c.perSequence(func(p path) E { return c.mean(p, c.total(p, f)) })
}

// weight returns p/p_b of a token.
func (c *calculation[E]) weight(s step) E {
	return c.Quo(c.policy.p[s.t-1][s.e], c.behaviour.p[s.t-1][s.e])
}

func (c *calculation[E]) importanceWeight() []E { return c.along(1, c.weight) }

// product returns Π f over the acting tokens of a path.
func (c *calculation[E]) product(p path, f func(s step) E) E {
	w := c.FromInt(1)
	for _, s := range p.steps {
		if s.acting {
			w = c.Mul(w, f(s))
		}
	}
	return w
}

// products returns the products of f over the acting tokens of every sequence that is asked for.
func (c *calculation[E]) products(f func(s step) E) []E {
	return c.perSequence(func(p path) E { return c.product(p, f) })
}

// geometric returns the geometric mean of p/p_b over the acting tokens of a path,
// 0 where the policy never takes one of them.
func (c *calculation[E]) geometric(p path) E {
	for _, s := range p.steps {
		if s.acting && c.policy.weight[s.t-1].IsZero(s.e) {
			return c.FromInt(0)
		}
	}
	sum := c.total(p, func(s step) E { return c.Sub(c.logp(s), c.logs(&c.behaviour)[s.t-1][s.e]) })
	return c.Exp(c.mean(p, sum))
}

func (c *calculation[E]) importanceWeightGeometric() []E { return c.perSequence(c.geometric) }

// paths returns every sequence of positive probability under the behaviour policy,
// cut after its end.
func (c *calculation[E]) paths() []path {
	if c.sequences != nil {
		return c.sequences
	}
	var list []path
	var extend func(p path, t, x int)
	extend = func(p path, t, x int) {
		if t > c.in.Length() || c.over[t-1][x] {
			list = append(list, p)
			return
		}
		l := c.in.Layer(t)
		for e, hi := l.Row(x); e < hi; e++ {
			if !c.behaviour.weight[t-1].IsZero(e) {
				steps := append(p.steps[:len(p.steps):len(p.steps)], step{t, x, e, c.acting[t-1][x]})
				extend(path{steps}, t+1, l.Next(e))
			}
		}
	}
	extend(path{}, 1, 0)
	c.sequences = list
	return list
}

// probability returns that of a path under the behaviour policy.
func (c *calculation[E]) probability(p path) E {
	w := c.FromInt(1)
	for _, s := range p.steps {
		w = c.Mul(w, c.behaviour.p[s.t-1][s.e])
	}
	return w
}

// final returns the harm of a path.
func (c *calculation[E]) final(p path) *big.Rat {
	last := p.steps[len(p.steps)-1]
	x := c.in.Layer(last.t).Next(last.e)
	for t := last.t + 1; t <= c.in.Length(); t++ {
		l := c.in.Layer(t)
		e, _ := l.Edge(x, c.in.Training.End)
		x = l.Next(e)
	}
	return c.in.HarmAt(x)
}
