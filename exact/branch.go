package exact

import (
	"errors"
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Objective is L_deep (eq. 43) near the base model, along a line of its scalars:
// λ = Lambda·s and β = Beta·s for a formal s. Beta = 0 makes it the standard
// objective (eq. 2).
type Objective[E any] struct {
	Lambda, Beta, Gamma E
	Adversary           [][]E // Q(y_<t) summed per state: [t−1][x] for t = 1…T
	Recovers            func(token int) bool
}

// NewObjective returns the objective of an instance.
func NewObjective[E any](f field.Field[E], in *model.Instance) (Objective[E], error) {
	o := Objective[E]{Recovers: in.Recovers}
	var err error
	for _, s := range []struct {
		value *big.Rat
		set   *E
	}{{in.Lambda, &o.Lambda}, {in.Beta, &o.Beta}, {in.Gamma, &o.Gamma}} {
		if *s.set, err = f.FromRat(s.value); err != nil {
			return o, err
		}
	}
	o.Adversary, err = AdversaryLaw(f, in)
	return o, err
}

// tilt returns βγ^t/s.
func (o *Objective[E]) tilt(r field.Ring[E], t int) E {
	v := o.Beta
	for range t {
		v = r.Mul(v, o.Gamma)
	}
	return v
}

// Branch is a curve of policies P_{θ(s)} through the base model at s = 0, with
// every number a power series in s, truncated at one order.
type Branch[E any] struct {
	Theta     [][]E   // θ_i(s), θ_i(0) = 0
	Prob      [][][]E // P_θ(a|x): [t−1][e]
	LogRatio  [][][]E // log(P_θ(a|x)/P_0(a|x)): [t−1][e]
	Occupancy [][][]E // P_θ(y_≤t), summed per state: [t][x]
	KL        [][]E   // KL_t = E_{y_<t∼P_θ}[KL(P_θ(·|y_<t)‖P_0(·|y_<t))]: [t−1]
}

// ErrDegenerate reports a gradient outside the range of the Fisher information
// at θ = 0: no branch of stationary points in integer powers of s passes there.
var ErrDegenerate = errors.New("the gradient lies outside the range of the Fisher information")

// curve is a family of policies over power series, along θ(s).
type curve[E any] struct {
	field.SeriesField[E]
	Family[E]
	theta [][]E
}

// logit returns the series that θ(s) adds to the logit of edge e of state x of
// layer t−1, and its derivatives along the local coordinates.
func (c *curve[E]) logit(t, x, e int) (logit []E, slope [][]E) {
	logit = c.FromInt(0)
	n := c.Param.Width(c.Process, t, x)
	lo, _ := c.Process.Layer(t).Row(x)
	slope = make([][]E, n)
	for i := range n {
		theta := c.theta[c.Param.Index(c.Process, t, x, i)]
		switch {
		case c.Features != nil:
			slope[i] = c.Constant(c.Features[t-1][e*n+i])
			logit = c.Add(logit, c.Scale(c.Features[t-1][e*n+i], theta))
		case e-lo == i:
			slope[i] = c.FromInt(1)
			logit = c.Add(logit, theta)
		default:
			slope[i] = c.FromInt(0)
		}
	}
	if c.Powers != nil {
		power := c.theta[0] // θ^{k−1}
		for k, coefficient := range c.Powers[t-1][e] {
			slope[0] = c.Add(slope[0], c.Scale(c.Base.Mul(coefficient, c.Base.FromInt(int64(k+2))), power))
			power = c.Mul(power, c.theta[0])
			logit = c.Add(logit, c.Scale(coefficient, power))
		}
	}
	return logit, slope
}

// evaluate returns the policies along the curve, and the slopes of the logits.
func (c *curve[E]) evaluate() (*Branch[E], [][][][]E, error) {
	p := c.Process
	T := p.Length()
	b := &Branch[E]{Theta: c.theta, Prob: make([][][]E, T), LogRatio: make([][][]E, T), KL: make([][]E, T)}
	slopes := make([][][][]E, T)
	for t := 1; t <= T; t++ {
		l := p.Layer(t)
		b.Prob[t-1], b.LogRatio[t-1] = make([][]E, l.Edges()), make([][]E, l.Edges())
		slopes[t-1] = make([][][]E, l.Edges())
		for x := range l.States() {
			lo, hi := l.Row(x)
			z := c.FromInt(0)
			for e := lo; e < hi; e++ {
				logit, slope := c.logit(t, x, e)
				tilted, err := c.Exp(logit)
				if err != nil {
					return nil, nil, err
				}
				b.LogRatio[t-1][e], slopes[t-1][e] = logit, slope
				b.Prob[t-1][e] = c.Scale(c.Numbers.Prob[t-1][e], tilted)
				z = c.Add(z, b.Prob[t-1][e])
			}
			logZ, err := c.Log(z)
			if err != nil {
				return nil, nil, err
			}
			for e := lo; e < hi; e++ {
				if b.Prob[t-1][e], err = c.Quo(b.Prob[t-1][e], z); err != nil {
					return nil, nil, err
				}
				b.LogRatio[t-1][e] = c.Sub(b.LogRatio[t-1][e], logZ)
			}
		}
	}
	b.Occupancy = Occupancy(c, p, b.Prob)
	for t := 1; t <= T; t++ {
		row := make([][]E, p.States(t-1))
		for x := range row {
			lo, hi := p.Layer(t).Row(x)
			row[x] = c.Dot(b.Prob[t-1][lo:hi], b.LogRatio[t-1][lo:hi])
		}
		b.KL[t-1] = c.Dot(b.Occupancy[t-1], row)
	}
	return b, slopes, nil
}

// Along returns the policies of a family along a given curve θ(s) with θ(0) = 0,
// each coordinate a series of the given order.
func Along[E any](f field.Field[E], family Family[E], theta [][]E, order int) (*Branch[E], error) {
	c := &curve[E]{field.NewSeriesField(f, order), family, theta}
	b, _, err := c.evaluate()
	return b, err
}

// gradient returns ∇_θ L_deep at the curve, each coordinate a series:
//
//	Σ_t Σ_x P_θ(x)·Σ_a P_θ(a|x)·s_t(a)·(log(P_θ/P_0)(a|x) + J_t(xa)) + Σ_t βγ^t Σ_x Q(x)·Σ_{a∉R} P_θ(a|x)·s_t(a)
//
// with the cost still to come J_{t−1}(x) = Σ_a P_θ(a|x)·(log(P_θ/P_0)(a|x) + J_t(xa))
// and J_T = λHarm.
func (c *curve[E]) gradient(b *Branch[E], slopes [][][][]E, o *Objective[E]) [][]E {
	p := c.Process
	T := p.Length()
	g := make([][]E, c.Param.Total(p))
	for i := range g {
		g[i] = c.FromInt(0)
	}
	s := c.Dual(c.Base.FromInt(0), c.Base.FromInt(1))
	cost := make([][]E, p.States(T))
	for x := range cost {
		cost[x] = c.Scale(c.Base.Mul(o.Lambda, c.Harm[x]), s)
	}
	for t := T; t >= 1; t-- {
		l := p.Layer(t)
		eta := c.Scale(o.tilt(c.Base, t), s)
		before := make([][]E, l.States())
		for x := range before {
			lo, hi := l.Row(x)
			prob := b.Prob[t-1][lo:hi]
			// The cost of a token: its KL and the cost to come under P_θ, the penalty
			// under Q.
			token := make([][]E, hi-lo)
			before[x] = c.FromInt(0)
			for e := lo; e < hi; e++ {
				v := c.Add(b.LogRatio[t-1][e], cost[l.Next(e)])
				before[x] = c.Add(before[x], c.Mul(prob[e-lo], v))
				token[e-lo] = c.Mul(b.Occupancy[t-1][x], v)
				if !o.Recovers(l.Token(e)) {
					token[e-lo] = c.Add(token[e-lo], c.Scale(o.Adversary[t-1][x], eta))
				}
			}
			for i := range c.Param.Width(p, t, x) {
				mean := c.FromInt(0)
				for k, q := range prob {
					mean = c.Add(mean, c.Mul(q, slopes[t-1][lo+k][i]))
				}
				sum := c.FromInt(0)
				for k, q := range prob {
					sum = c.Add(sum, c.Mul(c.Mul(q, c.Sub(slopes[t-1][lo+k][i], mean)), token[k]))
				}
				j := c.Param.Index(p, t, x, i)
				g[j] = c.Add(g[j], sum)
			}
		}
		cost = before
	}
	return g
}

// SolveBranch returns the branch of stationary points of the objective that passes
// through the base model, up to the given order in s. It uses Newton's iteration with
// the Hessian at s = 0, F̄ = Σ_t F̄_t: each step fixes one more coefficient. If F̄ is
// singular, the step is any solution; in a log-linear family all give the same
// policies. It returns ErrDegenerate if there is none.
func SolveBranch[E any](f field.Field[E], family Family[E], o Objective[E], order int) (*Branch[E], error) {
	n := family.Param.Total(family.Process)
	theta := make([][]E, n) // as far as it is known, zero beyond
	for i := range theta {
		theta[i] = []E{f.FromInt(0)}
	}
	occ := Occupancy(f, family.Process, family.Prob)
	fisher := make([][]E, n)
	for i := range fisher {
		fisher[i] = make([]E, n)
		for j := range fisher[i] {
			fisher[i][j] = f.FromInt(0)
		}
	}
	for t := 1; t <= family.Process.Length(); t++ {
		for i, row := range MeanFisher(f, family, occ[t-1], t) {
			for j, v := range row {
				fisher[i][j] = f.Add(fisher[i][j], v)
			}
		}
	}
	// upTo returns the curve through order k, which is all that a coefficient of s^k reads.
	upTo := func(k int) *curve[E] {
		c := &curve[E]{field.NewSeriesField(f, k), family, make([][]E, n)}
		for i := range theta {
			c.theta[i] = c.FromInt(0)
			copy(c.theta[i], theta[i])
		}
		return c
	}
	for k := 1; k <= order; k++ {
		c := upTo(k)
		b, slopes, err := c.evaluate()
		if err != nil {
			return nil, err
		}
		rhs := make([]E, n)
		for i, g := range c.gradient(b, slopes, &o) {
			rhs[i] = f.Neg(g[k])
		}
		step, err := Solve(f, fisher, rhs)
		if errors.Is(err, ErrInconsistent) {
			return nil, fmt.Errorf("%w at order %d", ErrDegenerate, k)
		}
		if err != nil {
			return nil, err
		}
		for i, v := range step {
			theta[i] = append(theta[i], v)
		}
	}
	b, _, err := upTo(order).evaluate()
	return b, err
}
