package definition

import (
	"fmt"
	"slices"

	"sounding/exact/field"
	"sounding/model"
)

// A prefix law is the law of a process that moves on the edges of the model with
// probabilities of its own: law[t−1][e] is that of edge e at position t. The
// longest prefixes that anything is averaged over have T−1 tokens, so T−1
// positions are enough. The model's own probabilities are a prefix law too.

// Adversary returns the prefix law Q of the instance, over its T−1 first
// positions. The error is field.ErrDivision, where a denominator is zero in f.
func Adversary[E any](f field.Field[E], in *model.Instance) ([][]E, error) {
	law := make([][]E, in.Length()-1)
	for t := 1; t < in.Length(); t++ {
		q, err := normalise(f, in.Layer(t), in.AdversaryWeights(t))
		if err != nil {
			return nil, fmt.Errorf("adversary, position %d: %w", t, err)
		}
		law[t-1] = q
	}
	return law, nil
}

// OverPrefixes returns E[f(y_<t)] = Σ_{y_<t} law(y_<t)·f(x_{t−1}(y_<t)), the sum
// over all prefixes of t−1 tokens, for f given per state of layer t−1.
func (o *Oracle[E]) OverPrefixes(law [][]E, t int, f []E) E {
	y := o.prefixes(law, t)
	return o.ring.Dot(y.prob, at(f, y.end))
}

// prefixes returns the prefixes of t−1 tokens with their probabilities under law.
func (o *Oracle[E]) prefixes(law [][]E, t int) walk[E] {
	checkShape(o.process, law, t-1)
	return o.follow(law, 0, 0, t-1)
}

// Recovery returns ρ_t(x) = Σ_{a∈R} p(a|x) per state x of layer t−1, where
// recovery lists the tokens of R.
func (o *Oracle[E]) Recovery(recovery []int, t int) []E {
	return o.recovering(recovery, t, o.numbers.Prob[t-1])
}

// recovering returns Σ_{a∈R} p(a|x) per state x of layer t−1, for p given per
// edge of the layer.
func (o *Oracle[E]) recovering(recovery []int, t int, p []E) []E {
	l := o.process.Layer(t)
	rho := make([]E, l.States())
	for x := range rho {
		lo, hi := l.Row(x)
		rho[x] = o.ring.Dot(p[lo:hi], o.recovers(recovery, t, x))
	}
	return rho
}

// recovers returns 1[a∈R] per edge of state x of layer t−1.
func (o *Oracle[E]) recovers(recovery []int, t, x int) []E {
	l := o.process.Layer(t)
	lo, hi := l.Row(x)
	in := zeros(o.ring, hi-lo)
	for e := lo; e < hi; e++ {
		if slices.Contains(recovery, l.Token(e)) {
			in[e-lo] = o.ring.FromInt(1)
		}
	}
	return in
}

// RecoveryProbability returns E[ρ_t] = Σ_y P(y)·1[y_t∈R].
func (o *Oracle[E]) RecoveryProbability(recovery []int, t int) E {
	in := zeros(o.ring, o.count)
	for i := range in {
		if slices.Contains(recovery, o.process.Layer(t).Token(o.Edge(i, t))) {
			in[i] = o.ring.FromInt(1)
		}
	}
	return o.Expectation(in)
}

// RecoveryInformation returns I_t^rec = E_Q[Var(1[y_t∈R]|y_<t)] (definition 18),
// the variance as Σ_a p(a|y_<t)·(1[a∈R] − ρ_t(y_<t))², for the prefix law Q.
func (o *Oracle[E]) RecoveryInformation(recovery []int, law [][]E, t int) E {
	l := o.process.Layer(t)
	v := make([]E, l.States())
	for x := range v {
		lo, hi := l.Row(x)
		v[x] = o.centralSquare(o.numbers.Prob[t-1][lo:hi], o.recovers(recovery, t, x))
	}
	return o.OverPrefixes(law, t, v)
}

// RecoveryFailure returns E_{y_<t∼Q}[P(y_t∉R|y_<t)] for the prefix law Q: the penalty
// of eq. 43 weighs it by βγ^t.
func (o *Oracle[E]) RecoveryFailure(recovery []int, law [][]E, t int) E {
	l := o.process.Layer(t)
	y := o.prefixes(law, t)
	sum := o.ring.FromInt(0)
	for k, x := range y.end {
		for e, hi := l.Row(x); e < hi; e++ {
			if !slices.Contains(recovery, l.Token(e)) {
				sum = o.ring.Add(sum, o.ring.Mul(y.prob[k], o.numbers.Prob[t-1][e]))
			}
		}
	}
	return sum
}

// RecoveryGradient returns G_t^rec = E_{y_<t∼Q}[E[1[y_t∉R]·s_t|y_<t]], before any
// covariance is subtracted, in the coordinates of position t, for the prefix law Q.
func (s *Score[E]) RecoveryGradient(recovery []int, law [][]E, t int) []E {
	o := s.oracle
	l := o.process.Layer(t)
	sum := zeros(o.ring, s.family.Block(o.process, t))
	y := o.prefixes(law, t)
	for k, x := range y.end {
		for e, hi := l.Row(x); e < hi; e++ {
			if !slices.Contains(recovery, l.Token(e)) {
				s.addMultiple(sum, t, x, e, o.ring.Mul(y.prob[k], o.numbers.Prob[t-1][e]))
			}
		}
	}
	return sum
}

// FisherUnder returns F_t^Q = E_{y_<t∼Q}[F_t(y_<t)], a square matrix in the
// coordinates of position t, row by row, for the prefix law Q.
func (s *Score[E]) FisherUnder(law [][]E, t int) []E {
	o := s.oracle
	n := s.family.Block(o.process, t)
	f := zeros(o.ring, n*n)
	y := o.prefixes(law, t)
	for k, x := range y.end {
		for e, hi := o.process.Layer(t).Row(x); e < hi; e++ {
			s.addOuter(f, n, t, x, e, o.ring.Mul(y.prob[k], o.numbers.Prob[t-1][e]))
		}
	}
	return f
}

// Gibbs returns the solution of the pointwise problem min_p KL(p‖p_0) +
// η·p(R^c) per state of layer t−1 (theorem 20), token by token: with
// p*(a) ∝ p_0(a)·u^{1[a∈R]} and u = e^η, it is p* per edge of the layer. A
// rational u keeps it rational.
func Gibbs[E any](f field.Field[E], o *Oracle[E], recovery []int, t int, u E) ([]E, error) {
	l := o.process.Layer(t)
	tilted := slices.Clone(o.numbers.Prob[t-1])
	for e := range tilted {
		if slices.Contains(recovery, l.Token(e)) {
			tilted[e] = f.Mul(tilted[e], u)
		}
	}
	for x := range l.States() {
		lo, hi := l.Row(x)
		row := tilted[lo:hi]
		sum := field.Sum(f, row)
		for a := range row {
			var err error
			if row[a], err = f.Quo(row[a], sum); err != nil {
				return nil, fmt.Errorf("normalising the tilted row %d of position %d: %w", x, t, err)
			}
		}
	}
	return tilted, nil
}
