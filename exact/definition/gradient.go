package definition

import (
	"fmt"

	"sounding/exact/field"
	"sounding/model"
)

// Derivative returns the parts of the directional derivative of E[f] =
// Σ_y P(y)·f(y) along a tangent of the probabilities, by the product rule on
// each complete sequence: part t, at index t−1, is
//
//	Σ_y f(y)·dp(y_t|y_<t)·Π_{u≠t} p(y_u|y_<u),
//
// and their sum is the derivative. f is given per complete sequence, and
// tangent[t−1][e] is dp of edge e at position t. Nothing is assumed of the
// tangent.
func (o *Oracle[E]) Derivative(f []E, tangent [][]E) []E {
	part := o.moved(tangent)
	sum := make([]E, len(part))
	for t := range part {
		sum[t] = o.ring.Dot(part[t], f)
	}
	return sum
}

// PositionDerivatives returns the parts that Derivative does, with a function of
// its own for each position: f[t−1] is given per complete sequence, and part t is
// E[f[t−1]·s_t] along the tangent.
func (o *Oracle[E]) PositionDerivatives(f, tangent [][]E) []E {
	part := o.moved(tangent)
	if len(f) != len(part) {
		panic(fmt.Sprintf("definition: functions for %d positions: want %d", len(f), len(part)))
	}
	sum := make([]E, len(part))
	for t := range part {
		sum[t] = o.ring.Dot(part[t], f[t])
	}
	return sum
}

// moved returns dp(y_t|y_<t)·Π_{u≠t} p(y_u|y_<u) at [t−1][i] for sequence i: the
// part of the derivative of P(y) that position t has along the tangent.
func (o *Oracle[E]) moved(tangent [][]E) [][]E {
	n := o.process.Length()
	checkShape(o.process, tangent, n)
	part := make([][]E, n)
	for t := range part {
		part[t] = make([]E, o.count)
	}
	after := make([]E, n+1) // after[t] = Π_{u>t} p_u
	after[n] = o.ring.FromInt(1)
	for i := range o.count {
		for t := n; t >= 1; t-- {
			after[t-1] = o.ring.Mul(o.numbers.Prob[t-1][o.Edge(i, t)], after[t])
		}
		before := o.ring.FromInt(1)
		for t := 1; t <= n; t++ {
			e := o.Edge(i, t)
			part[t-1][i] = o.ring.Mul(o.ring.Mul(before, tangent[t-1][e]), after[t])
			before = o.ring.Mul(before, o.numbers.Prob[t-1][e])
		}
	}
	return part
}

// Score holds the scores s_t = ∇_θ log P_θ(y_t|y_<t) of a parameterisation at
// the point of an oracle:
//
//	s_{t,i}(a|x) = f_i(x,a) − Σ_b p(b|x)·f_i(x,b).
//
// At state x it has the local coordinates i that model.Parameterisation gives
// the row of x. A vector of position t has the coordinates of the block of
// parameters that the position reads.
type Score[E any] struct {
	oracle *Oracle[E]
	family model.Parameterisation
	at     [][][]E // at[t−1][e][i] for edge e and local coordinate i of its row
}

// Score returns the scores of the parameterisation q, which must fit the process.
func (o *Oracle[E]) Score(q model.Parameterisation) *Score[E] {
	return o.score(q, func(t, x, e, i int) E { return o.ring.FromInt(q.Feature(o.process, t, x, e, i)) })
}

// ScoreOf returns the scores of a log-linear family of the kind of q whose
// features are elements of the ring: features[t−1] holds those of the edges of
// position t, q.Parameters per edge. The features of q itself are not read.
func (o *Oracle[E]) ScoreOf(q model.Parameterisation, features [][]E) *Score[E] {
	return o.score(q, func(t, _, e, i int) E { return features[t-1][e*q.Parameters+i] })
}

// score builds the scores from f_i(x,a) = feature(t, x, e, i), e the edge of
// token a at state x of layer t−1.
func (o *Oracle[E]) score(q model.Parameterisation, feature func(t, x, e, i int) E) *Score[E] {
	p := o.process
	s := &Score[E]{oracle: o, family: q, at: make([][][]E, p.Length())}
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		s.at[t-1] = make([][]E, l.Edges())
		for x := range l.States() {
			lo, hi := l.Row(x)
			width := q.Width(p, t, x)
			for e := lo; e < hi; e++ {
				s.at[t-1][e] = make([]E, width)
			}
			f := make([]E, hi-lo)
			for i := range width {
				for e := lo; e < hi; e++ {
					f[e-lo] = feature(t, x, e, i)
				}
				mean := o.ring.Dot(o.numbers.Prob[t-1][lo:hi], f)
				for e := lo; e < hi; e++ {
					s.at[t-1][e][i] = o.ring.Sub(f[e-lo], mean)
				}
			}
		}
	}
	return s
}

// At returns s_t of edge e in the local coordinates of its row. The slice is the
// score's own.
func (s *Score[E]) At(t, e int) []E { return s.at[t-1][e] }

// Gradient returns ∇_θ E[f] = Σ_y P(y)·f(y)·∇_θ log P(y) with ∇_θ log P(y) =
// Σ_t s_t(y) (eq. 19), for f given per complete sequence. It has the length and
// order of θ.
func (s *Score[E]) Gradient(f []E) []E {
	p := s.oracle.process
	total := zeros(s.oracle.ring, s.family.Total(p))
	for t := 1; t <= p.Length(); t++ {
		offset := s.family.Offset(p, t)
		for i, g := range s.Position(t, f) {
			total[offset+i] = s.oracle.ring.Add(total[offset+i], g)
		}
	}
	return total
}

// Position returns E[f·s_t] = Σ_y P(y)·f(y)·s_t(y) in the coordinates of
// position t: for f = Harm this is the contribution G_t of position t to
// ∇E[Harm], before any covariance is subtracted (theorem 8).
func (s *Score[E]) Position(t int, f []E) []E {
	o := s.oracle
	sum := zeros(o.ring, s.family.Block(o.process, t))
	for i, p := range o.joint {
		s.addMultiple(sum, t, o.State(i, t-1), o.Edge(i, t), o.ring.Mul(p, f[i]))
	}
	return sum
}

// Local returns C_t(x) = Σ_{a,c} P(a,c|x)·Harm(c)·s_t(a|x), the sum over tokens
// a at state x of layer t−1 and the continuations c after them, in the local
// coordinates of x.
func (s *Score[E]) Local(t, x int) []E {
	o := s.oracle
	c := o.follow(o.numbers.Prob, t-1, x, o.process.Length())
	sum := zeros(o.ring, s.family.Width(o.process, t, x))
	for k, p := range c.prob {
		addScaled(o.ring, sum, o.ring.Mul(p, o.numbers.Harm[c.end[k]]), s.At(t, c.first[k]))
	}
	return sum
}

// Fisher returns F_t(x) = E[s_t s_tᵀ|x] = Σ_a p(a|x)·s_t(a|x)·s_t(a|x)ᵀ
// (definition 11) at state x of layer t−1: a square matrix in the local
// coordinates of x, row by row.
func (s *Score[E]) Fisher(t, x int) []E {
	o := s.oracle
	n := s.family.Width(o.process, t, x)
	f := zeros(o.ring, n*n)
	for e, hi := o.process.Layer(t).Row(x); e < hi; e++ {
		for i, si := range s.At(t, e) {
			addScaled(o.ring, f[i*n:(i+1)*n], o.ring.Mul(o.numbers.Prob[t-1][e], si), s.At(t, e))
		}
	}
	return f
}

// FisherTrace returns tr F_t(x) = Σ_a p(a|x)·‖s_t(a|x)‖² at state x of layer t−1.
func (s *Score[E]) FisherTrace(t, x int) E {
	o := s.oracle
	lo, hi := o.process.Layer(t).Row(x)
	norm := make([]E, hi-lo)
	for e := lo; e < hi; e++ {
		norm[e-lo] = o.ring.Dot(s.At(t, e), s.At(t, e))
	}
	return o.ring.Dot(o.numbers.Prob[t-1][lo:hi], norm)
}

// MeanFisher returns F̄_t = E[s_t s_tᵀ] = Σ_y P(y)·s_t(y)·s_t(y)ᵀ, a square
// matrix in the coordinates of position t, row by row. In the tabular family it
// has a row per edge: large, and zero off the blocks of the states.
func (s *Score[E]) MeanFisher(t int) []E {
	o := s.oracle
	n := s.family.Block(o.process, t)
	f := zeros(o.ring, n*n)
	for k, p := range o.joint {
		s.addOuter(f, n, t, o.State(k, t-1), o.Edge(k, t), p)
	}
	return f
}

// MeanFisherTrace returns tr F̄_t = Σ_y P(y)·‖s_t(y)‖².
func (s *Score[E]) MeanFisherTrace(t int) E {
	o := s.oracle
	norm := make([]E, o.count)
	for i := range norm {
		v := s.At(t, o.Edge(i, t))
		norm[i] = o.ring.Dot(v, v)
	}
	return o.Expectation(norm)
}

// origin returns where the local coordinates of state x of layer t−1 begin among
// those of position t.
func (s *Score[E]) origin(t, x int) int {
	p := s.oracle.process
	return s.family.Index(p, t, x, 0) - s.family.Offset(p, t)
}

// addMultiple adds w·s_t(e), for edge e of state x, to the vector v of position t.
func (s *Score[E]) addMultiple(v []E, t, x, e int, w E) {
	addScaled(s.oracle.ring, v[s.origin(t, x):], w, s.At(t, e))
}

// addOuter adds w·s_t(e)·s_t(e)ᵀ, for edge e of state x, to the n×n matrix f of
// position t.
func (s *Score[E]) addOuter(f []E, n, t, x, e int, w E) {
	o := s.origin(t, x)
	for i, si := range s.At(t, e) {
		addScaled(s.oracle.ring, f[(o+i)*n+o:], s.oracle.ring.Mul(w, si), s.At(t, e))
	}
}

// addScaled adds w·v to the first entries of sum.
func addScaled[E any](r field.Ring[E], sum []E, w E, v []E) {
	for i := range v {
		sum[i] = r.Add(sum[i], r.Mul(w, v[i]))
	}
}

func zeros[E any](r field.Ring[E], n int) []E {
	v := make([]E, n)
	for i := range v {
		v[i] = r.FromInt(0)
	}
	return v
}
