package training

import (
	"math/big"
	"slices"

	"sounding/model"
)

// calculation holds the tables of a question in one number system. Rows are indexed
// [t−1][e] by position and edge of its layer, states [t][x] by layer.
type calculation[E any] struct {
	Arithmetic[E]
	q      *Question
	in     *model.Instance
	view   view
	over   [][]bool
	acting [][]bool // [t−1][x]

	policy, reference, behaviour rows[E]

	sequences []path // of the behaviour policy; nil before they are asked for
	baseline  *E     // the mean of the discounted harm under it, likewise
}

// view says what of an instance is seen. The zero view is the right one, each field
// a mistake.
type view struct {
	environment bool // environment positions count as the policy's
	padding     bool // states that are over count
	cold        bool // temperature 1
}

// rows are the conditional probabilities of a policy where they are in force: at
// environment positions and in states that are over, those of the process.
type rows[E any] struct {
	weight []*model.Naturals // per position, for the sign of a probability
	p      [][]E
	log    [][]E // of what is positive, else 0; nil before it is asked for
	state  [][]E // probability of every state
}

func calculate[E any](a Arithmetic[E], q *Question, v view) *calculation[E] {
	in := q.Instance
	c := &calculation[E]{Arithmetic: a, q: q, in: in, view: v, over: in.Over()}
	environment := make([]bool, in.Length()+1)
	if r := in.Training; r != nil && !v.environment {
		for _, t := range r.Environment {
			environment[t] = true
		}
	}
	for t := 1; t <= in.Length(); t++ {
		acting := make([]bool, in.States(t-1))
		for x := range acting {
			acting[x] = !environment[t] && (v.padding || !c.over[t-1][x])
		}
		c.acting = append(c.acting, acting)
	}
	c.policy = c.rows(nil)
	c.reference, c.behaviour = c.policy, c.policy
	if r := in.Training; r != nil {
		if r.Reference != nil {
			c.reference = c.rows(r.Reference)
		}
		if r.Behaviour != nil {
			c.behaviour = c.rows(r.Behaviour)
		}
	}
	return c
}

// temperature returns τ, nil for 1.
func (c *calculation[E]) temperature() *big.Rat {
	if r := c.in.Training; r != nil && !c.view.cold && r.Temperature.Cmp(big.NewRat(1, 1)) != 0 {
		return r.Temperature
	}
	return nil
}

// rows returns the rows with the given weights, those of the process where nil.
func (c *calculation[E]) rows(weights []model.Naturals) rows[E] {
	var r rows[E]
	for t := 1; t <= c.in.Length(); t++ {
		l := c.in.Layer(t)
		own := l.Weights()
		given := own
		if weights != nil {
			given = &weights[t-1]
		}
		p := make([]E, l.Edges())
		merged := new(model.Naturals)
		for x := range l.States() {
			w := own
			if c.acting[t-1][x] {
				w = given
			}
			lo, hi := l.Row(x)
			sum := w.Sum(lo, hi)
			for e := lo; e < hi; e++ {
				p[e] = c.FromRat(new(big.Rat).SetFrac(w.At(e), sum))
				merged.AppendFrom(w, e)
			}
		}
		r.weight, r.p = append(r.weight, merged), append(r.p, p)
		if τ := c.temperature(); τ != nil {
			c.heat(t, merged, p, τ)
		}
	}
	r.state = c.states(r.p)
	return r
}

// heat replaces the acting rows p of position t by p^{1/τ} over its sum.
func (c *calculation[E]) heat(t int, w *model.Naturals, p []E, τ *big.Rat) {
	l, power := c.in.Layer(t), c.FromRat(new(big.Rat).Inv(τ))
	for x, acting := range c.acting[t-1] {
		if !acting {
			continue
		}
		lo, hi := l.Row(x)
		sum := c.FromInt(0)
		for e := lo; e < hi; e++ {
			if !w.IsZero(e) {
				p[e] = c.Exp(c.Mul(power, c.Log(p[e])))
				sum = c.Add(sum, p[e])
			}
		}
		for e := lo; e < hi; e++ {
			p[e] = c.Quo(p[e], sum)
		}
	}
}

// states returns the probability of every state under rows p.
func (c *calculation[E]) states(p [][]E) [][]E {
	state := [][]E{{c.FromInt(1)}}
	for t := 1; t <= c.in.Length(); t++ {
		l, next := c.in.Layer(t), c.zeros(c.in.States(t))
		for x, mass := range state[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				y := l.Next(e)
				next[y] = c.Add(next[y], c.Mul(mass, p[t-1][e]))
			}
		}
		state = append(state, next)
	}
	return state
}

// logs returns the logarithms of rows.
func (c *calculation[E]) logs(r *rows[E]) [][]E {
	if r.log != nil {
		return r.log
	}
	for i := range r.p {
		log := c.zeros(len(r.p[i]))
		for e := range log {
			if !r.weight[i].IsZero(e) {
				log[e] = c.Log(r.p[i][e])
			}
		}
		r.log = append(r.log, log)
	}
	return r.log
}

func (c *calculation[E]) zeros(n int) []E {
	return slices.Repeat([]E{c.FromInt(0)}, n)
}

// each calls f for every edge of positive weight in acting states.
func (c *calculation[E]) each(f func(t, x, e int)) {
	for t := 1; t <= c.in.Length(); t++ {
		l := c.in.Layer(t)
		for x, acting := range c.acting[t-1] {
			for e, hi := l.Row(x); acting && e < hi; e++ {
				if !l.Weights().IsZero(e) {
					f(t, x, e)
				}
			}
		}
	}
}

// tokens are the numbers of a shape [t][x][a].
type tokens[E any] struct {
	start []int // of position t at [t−1]
	v     int
	value []E
}

func (c *calculation[E]) tokens() *tokens[E] {
	g := &tokens[E]{v: c.in.Vocabulary()}
	n := 0
	for t := 1; t <= c.in.Length(); t++ {
		g.start = append(g.start, n)
		n += c.in.States(t-1) * g.v
	}
	g.value = c.zeros(n)
	return g
}

// at returns where the number of token a in state x stands.
func (g *tokens[E]) at(t, x, a int) int { return g.start[t-1] + x*g.v + a }

// perEdge returns the numbers of f per token, 0 in states that do not act and at
// tokens of weight 0.
func (c *calculation[E]) perEdge(f func(t, x, e int) E) []E {
	g := c.tokens()
	c.each(func(t, x, e int) { g.value[g.at(t, x, c.in.Layer(t).Token(e))] = f(t, x, e) })
	return g.value
}

// toGo returns the expected sum of a cost per edge from every state and every edge on.
func (c *calculation[E]) toGo(cost func(t, e int) E) (state, edge [][]E) {
	final := c.zeros(c.in.States(c.in.Length()))
	return c.backwardInduction(final, func(t, x, e int, rest E) E {
		if c.acting[t-1][x] && !c.in.Layer(t).Weights().IsZero(e) {
			return c.Add(rest, cost(t, e))
		}
		return rest
	})
}

// backwardInduction returns the value of every edge, which f makes of that of the state it leads to,
// and of every state of layers T…0: final, or else the mean over its edges.
func (c *calculation[E]) backwardInduction(final []E, f func(t, x, e int, next E) E) (state, edge [][]E) {
	T := c.in.Length()
	state, edge = make([][]E, T+1), make([][]E, T)
	state[T] = final
	for t := T; t >= 1; t-- {
		l := c.in.Layer(t)
		state[t-1], edge[t-1] = c.zeros(l.States()), make([]E, l.Edges())
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				v := f(t, x, e, state[t][l.Next(e)])
				edge[t-1][e] = v
				state[t-1][x] = c.Add(state[t-1][x], c.Mul(c.policy.p[t-1][e], v))
			}
		}
	}
	return state, edge
}

// score returns P(x)·p(a|x)·(C(x,a) − C(x)), the derivative of an expected cost
// from its costs to go.
func (c *calculation[E]) score(state, edge [][]E) []E {
	return c.perEdge(func(t, x, e int) E {
		return c.Mul(c.Mul(c.policy.state[t-1][x], c.policy.p[t-1][e]), c.Sub(edge[t-1][e], state[t-1][x]))
	})
}

// harm returns Harm per state of layer T.
func (c *calculation[E]) harm() []E {
	h := make([]E, c.in.States(c.in.Length()))
	for x := range h {
		h[x] = c.FromRat(c.in.HarmAt(x))
	}
	return h
}

// ratio returns log(p/p_0) of an edge.
func (c *calculation[E]) ratio(t, e int) E {
	return c.Sub(c.logs(&c.policy)[t-1][e], c.logs(&c.reference)[t-1][e])
}

// sum returns Σ v.
func (c *calculation[E]) sum(v []E) E {
	s := c.FromInt(0)
	for _, x := range v {
		s = c.Add(s, x)
	}
	return s
}

// plus returns a + f·b, entry by entry.
func (c *calculation[E]) plus(a []E, f E, b []E) []E {
	s := make([]E, len(a))
	for i := range s {
		s[i] = c.Add(a[i], c.Mul(f, b[i]))
	}
	return s
}

// times returns f·a.
func (c *calculation[E]) times(f E, a []E) []E { return c.plus(c.zeros(len(a)), f, a) }
