// Package definition computes the paper's quantities straight from their
// definitions: as sums over complete token sequences, without recursion over
// positions and without any statement that is to be verified. It is slow on purpose
// and shares no code with the solvers, whose results it judges.
//
// Every quantity is computed from model.Numbers: probabilities per edge and a harm per
// final state, taken from a process or chosen freely for a certificate. Functions
// that do not divide take a field.Ring, and do not branch on its values.
//
// What the paper conditions on a prefix y_≤t depends on it only through its final
// state in layer t. Conditional quantities are therefore indexed by state, and are
// sums over the continuations of that state: they need no division, and are defined
// at states that no prefix reaches.
package definition

import (
	"fmt"
	"math/big"
	"sync"

	"sounding/exact/field"
	"sounding/model"
)

// NumbersOf returns the numbers of a process in the field f: the probability of an
// edge is its weight over the sum of its row, harm the numerator over the common
// denominator. The error is field.ErrDivision if a denominator is zero in f.
func NumbersOf[E any](f field.Field[E], p *model.Process) (*model.Numbers[E], error) {
	m := &model.Numbers[E]{Process: p, Prob: make([][]E, p.Length()), Harm: make([]E, p.States(p.Length()))}
	for t := 1; t <= p.Length(); t++ {
		law, err := normalise(f, p.Layer(t), p.Layer(t).Weights())
		if err != nil {
			return nil, fmt.Errorf("position %d: %w", t, err)
		}
		m.Prob[t-1] = law
	}
	for x := range m.Harm {
		h, err := f.FromRat(p.HarmAt(x))
		if err != nil {
			return nil, fmt.Errorf("harm of state %d: %w", x, err)
		}
		m.Harm[x] = h
	}
	align(f, m.Harm)
	return m, nil
}

// normalise returns w over the sums of the rows of l.
func normalise[E any](f field.Field[E], l *model.Layer, w *model.Naturals) ([]E, error) {
	law := make([]E, l.Edges())
	for x := range l.States() {
		lo, hi := l.Row(x)
		sum := w.Sum(lo, hi)
		for e := lo; e < hi; e++ {
			p, err := f.FromRat(new(big.Rat).SetFrac(w.At(e), sum))
			if err != nil {
				return nil, fmt.Errorf("row %d: %w", x, err)
			}
			law[e] = p
		}
	}
	align(f, law)
	return law, nil
}

// align brings v over a common denominator, in a number system that gains by it.
func align[E any](r field.Ring[E], v []E) {
	if a, ok := r.(field.Aligner[E]); ok {
		a.Align(v)
	}
}

// Oracle computes the quantities of one process in one ring.
type Oracle[E any] struct {
	*Sequences
	ring     field.Ring[E]
	numbers  *model.Numbers[E]
	joint    []E          // P(y) per sequence
	mean     func() [][]E // h_t
	variance func() [][]E // Var(Harm|·)
}

// New enumerates the complete sequences of m. It panics unless the numbers fit the
// process, and returns an error if the process has more sequences than MaxSteps
// allows.
func New[E any](r field.Ring[E], m *model.Numbers[E]) (*Oracle[E], error) {
	p := m.Process
	checkShape(p, m.Prob, p.Length())
	if len(m.Harm) != p.States(p.Length()) {
		panic(fmt.Sprintf("definition: %d harm values: want one for each of %d states", len(m.Harm), p.States(p.Length())))
	}
	s, err := List(p)
	if err != nil {
		return nil, err
	}
	o := &Oracle[E]{Sequences: s, ring: r, numbers: m}
	o.joint = o.follow(m.Prob, 0, 0, p.Length()).prob
	o.mean = sync.OnceValue(o.computeMean)
	o.variance = sync.OnceValue(o.computeVariance)
	return o, nil
}

// checkShape panics unless law has one entry per edge of the first n layers.
func checkShape[E any](p *model.Process, law [][]E, n int) {
	if len(law) < n {
		panic(fmt.Sprintf("definition: probabilities of %d positions: want %d", len(law), n))
	}
	for t := 1; t <= n; t++ {
		if got, want := len(law[t-1]), p.Layer(t).Edges(); got != want {
			panic(fmt.Sprintf("definition: %d probabilities: want one for each of the %d edges of position %d", got, want, t))
		}
	}
}

// walk holds paths from one state, one entry per path.
type walk[E any] struct {
	prob  []E   // the product of the probabilities of the edges
	first []int // the first edge; absent when the paths are empty
	end   []int // the state that the path ends in
}

// follow enumerates the paths from state x of layer from to layer to, with
// law[t−1][e] the probability of edge e at position t.
func (o *Oracle[E]) follow(law [][]E, from, x, to int) walk[E] {
	var w walk[E]
	product := make([]E, to-from+1) // product[k] is that of the first k edges
	product[0] = o.ring.FromInt(1)
	for y := range Paths(o.process, from, x, to) {
		for k := y.Shared; k < len(y.Edges); k++ {
			product[k+1] = o.ring.Mul(product[k], law[from+k][y.Edges[k]])
		}
		w.prob = append(w.prob, product[len(y.Edges)])
		w.end = append(w.end, y.States[len(y.Edges)])
		if len(y.Edges) > 0 {
			w.first = append(w.first, y.Edges[0])
		}
	}
	return w
}

// at returns v[w_i] for every i.
func at[E any](v []E, w []int) []E {
	r := make([]E, len(w))
	for i, x := range w {
		r[i] = v[x]
	}
	return r
}

// Joint returns P(y) = Π_t p(y_t|y_<t) per complete sequence (eq. 1). The slice
// is the oracle's own.
func (o *Oracle[E]) Joint() []E { return o.joint }

// Harm returns Harm(y) per complete sequence.
func (o *Oracle[E]) Harm() []E {
	n := o.process.Length()
	harm := make([]E, o.count)
	for i := range harm {
		harm[i] = o.numbers.Harm[o.State(i, n)]
	}
	return harm
}

// Total returns Σ_y P(y), which eq. 1 claims to be 1.
func (o *Oracle[E]) Total() E { return field.Sum(o.ring, o.joint) }

// Expectation returns E[f] = Σ_y P(y)·f(y) for f given per complete sequence.
func (o *Oracle[E]) Expectation(f []E) E { return o.ring.Dot(o.joint, f) }

// Mean returns h_t(x) = Σ_c P(c|x)·Harm(c), the sum over the continuations c of
// state x of layer t (definition 1), at [t][x] with 0 ≤ t ≤ T. The slices are
// the oracle's own.
func (o *Oracle[E]) Mean() [][]E { return o.mean() }

func (o *Oracle[E]) computeMean() [][]E {
	return o.perState(func(_, _ int, c walk[E]) E { return o.ring.Dot(c.prob, at(o.numbers.Harm, c.end)) })
}

// SecondMoment returns E[Harm²|x] = Σ_c P(c|x)·Harm(c)² at [t][x].
func (o *Oracle[E]) SecondMoment() [][]E {
	square := make([]E, len(o.numbers.Harm))
	for x, h := range o.numbers.Harm {
		square[x] = field.Square(o.ring, h)
	}
	return o.perState(func(_, _ int, c walk[E]) E { return o.ring.Dot(c.prob, at(square, c.end)) })
}

// Variance returns Var(Harm|x) = Σ_c P(c|x)·(Harm(c) − h_t(x))² at [t][x]; the
// variance of Harm is at [0][0]. The slices are the oracle's own.
func (o *Oracle[E]) Variance() [][]E { return o.variance() }

func (o *Oracle[E]) computeVariance() [][]E {
	mean := o.Mean()
	return o.perState(func(t, x int, c walk[E]) E {
		square := make([]E, len(c.end))
		for i, end := range c.end {
			square[i] = field.Square(o.ring, o.ring.Sub(o.numbers.Harm[end], mean[t][x]))
		}
		return o.ring.Dot(c.prob, square)
	})
}

// perState returns f of the continuations of every state, at [t][x].
func (o *Oracle[E]) perState(f func(t, x int, continuations walk[E]) E) [][]E {
	n := o.process.Length()
	v := make([][]E, n+1)
	for t := range v {
		v[t] = make([]E, o.process.States(t))
		for x := range v[t] {
			v[t][x] = f(t, x, o.follow(o.numbers.Prob, t, x, n))
		}
	}
	return v
}

// along returns v[x_t(y)] per complete sequence y, for v given per state of
// layer t.
func (o *Oracle[E]) along(t int, v []E) []E {
	r := make([]E, o.count)
	for i := range r {
		r[i] = v[o.State(i, t)]
	}
	return r
}
