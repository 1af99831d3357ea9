package exact

import (
	"slices"

	"sounding/exact/field"
	"sounding/model"
)

// Family is a parameterised family of policies: the base model at θ = 0, and the
// features that move it.
type Family[E any] struct {
	*model.Numbers[E]
	Param *model.Parameterisation
	// Features[t−1] holds n features per edge, as Param.Features does; nil for the
	// tabular family. For a polynomial family it holds the coefficients of θ.
	Features [][]E
	// Powers[t−1][e] holds the coefficients of θ², θ³, … of an edge of a polynomial
	// family.
	Powers [][][]E
}

// NewPolynomialFamily returns the family of policies with one parameter whose
// logits are polynomials in it.
func NewPolynomialFamily[E any](f field.Field[E], pt *model.Numbers[E], param *model.Parameterisation) (Family[E], error) {
	family := Family[E]{Numbers: pt, Param: param}
	for _, logits := range param.Logits {
		linear, powers := make([]E, len(logits)), make([][]E, len(logits))
		for e, coefficients := range logits {
			linear[e] = f.FromInt(0)
			for k, q := range coefficients {
				c, err := f.FromRat(q)
				if err != nil {
					return family, err
				}
				switch {
				case k == 1:
					linear[e] = c
				case k > 1:
					powers[e] = append(powers[e], c)
				}
			}
		}
		family.Features = append(family.Features, linear)
		family.Powers = append(family.Powers, powers)
	}
	return family, nil
}

// NewFamily returns the family that param describes, around the base model pt.
func NewFamily[E any](r field.Ring[E], pt *model.Numbers[E], param *model.Parameterisation) Family[E] {
	f := Family[E]{Numbers: pt, Param: param}
	if param.Tabular() {
		return f
	}
	f.Features = make([][]E, len(param.Features))
	for i, features := range param.Features {
		f.Features[i] = make([]E, len(features))
		for k, v := range features {
			f.Features[i][k] = r.FromInt(v)
		}
	}
	return f
}

// Feature returns column i of the local logit Jacobian at state x of layer t−1,
// ∂logit(a|x)/∂θ_i for the edges of x. It reuses the memory of column.
func Feature[E any](r field.Ring[E], f Family[E], t, x, i int, column []E) []E {
	lo, hi := f.Process.Layer(t).Row(x)
	column = column[:0]
	for e := lo; e < hi; e++ {
		switch {
		case f.Features != nil:
			column = append(column, f.Features[t-1][e*f.Param.Parameters+i])
		case e-lo == i:
			column = append(column, r.FromInt(1))
		default:
			column = append(column, r.FromInt(0))
		}
	}
	return column
}

// Score returns s_t = ∇_θ log P_θ(a|x) at θ = 0 for state x of layer t−1, one row
// per local coordinate i and one column per edge of x:
//
//	s_i(a) = f_i(a) − Σ_b P(b|x)·f_i(b)
//
// Param.Index says where in θ coordinate i lies.
func Score[E any](r field.Ring[E], f Family[E], t, x int) [][]E {
	lo, hi := f.Process.Layer(t).Row(x)
	s := make([][]E, f.Param.Width(f.Process, t, x))
	for i := range s {
		s[i] = Feature(r, f, t, x, i, make([]E, 0, hi-lo))
		mean := r.Dot(f.Prob[t-1][lo:hi], s[i])
		for k := range s[i] {
			s[i][k] = r.Sub(s[i][k], mean)
		}
	}
	return s
}

// Covariance returns C_t(x) = Cov(v(y_t), s_t | x) for a function v of the edges
// of state x of layer t−1, one entry per local coordinate:
//
//	C_i = Σ_a P(a|x)·(v(a) − v̄)·f_i(a)
//
// The score may be replaced by f_i here, from which it differs by a constant.
func Covariance[E any](r field.Ring[E], f Family[E], t, x int, v []E) []E {
	lo, hi := f.Process.Layer(t).Row(x)
	p := f.Prob[t-1][lo:hi]
	mean := r.Dot(p, v)
	centred := make([]E, len(v))
	for k := range v {
		centred[k] = r.Mul(p[k], r.Sub(v[k], mean))
	}
	if f.Param.Tabular() {
		return centred
	}
	c := make([]E, f.Param.Width(f.Process, t, x))
	var column []E
	for i := range c {
		column = Feature(r, f, t, x, i, column)
		c[i] = r.Dot(centred, column)
	}
	return c
}

// HarmCovariance returns C_t(x) = Cov(h_t, s_t | x), the pointwise gradient
// contribution of Theorem 8, one entry per local coordinate.
func HarmCovariance[E any](r field.Ring[E], f Family[E], m *Martingale[E], t, x int) []E {
	l := f.Process.Layer(t)
	lo, hi := l.Row(x)
	var scratch []E
	return Covariance(r, f, t, x, pull(l, m.H[t], &scratch, lo, hi))
}

// Gradient returns G_t = E_{y_<t}[Cov(h_t, s_t | y_<t)] as a vector of the length
// of θ, the contribution of position t to ∇E[Harm] (Theorem 8).
func Gradient[E any](r field.Ring[E], f Family[E], m *Martingale[E], t int) []E {
	return average(r, f, m.Occupancy[t-1], t, func(x int) []E { return HarmCovariance(r, f, m, t, x) })
}

// average returns Σ_x weight(x)·v(x) over the states x of layer t−1, where v(x)
// has one entry per local coordinate, as a vector of the length of θ.
func average[E any](r field.Ring[E], f Family[E], weight []E, t int, v func(x int) []E) []E {
	g := make([]E, f.Param.Total(f.Process))
	for i := range g {
		g[i] = r.FromInt(0)
	}
	for x, w := range weight {
		for i, c := range v(x) {
			j := f.Param.Index(f.Process, t, x, i)
			g[j] = r.Add(g[j], r.Mul(w, c))
		}
	}
	return g
}

// Fisher returns F_t(x) = E[s_t s_tᵀ | x] at state x of layer t−1, Definition 11,
// as a square matrix over the local coordinates, row by row:
//
//	F_ij = Σ_a P(a|x)·s_i(a)·f_j(a)
func Fisher[E any](r field.Ring[E], f Family[E], t, x int) [][]E {
	lo, hi := f.Process.Layer(t).Row(x)
	s := Score(r, f, t, x)
	m := make([][]E, len(s))
	weighted := make([]E, hi-lo)
	var column []E
	for i := range s {
		for k := range weighted {
			weighted[k] = r.Mul(f.Prob[t-1][lo+k], s[i][k])
		}
		m[i] = make([]E, len(s))
		for j := range m[i] {
			column = Feature(r, f, t, x, j, column)
			m[i][j] = r.Dot(weighted, column)
		}
	}
	return m
}

// FisherTrace returns tr F_t(x), which for the tabular family is 1 − Σ_a P(a|x)².
func FisherTrace[E any](r field.Ring[E], f Family[E], t, x int) E {
	if f.Param.Tabular() {
		lo, hi := f.Process.Layer(t).Row(x)
		p := f.Prob[t-1][lo:hi]
		return r.Sub(r.FromInt(1), r.Dot(p, p))
	}
	trace := r.FromInt(0)
	for i, row := range Fisher(r, f, t, x) {
		trace = r.Add(trace, row[i])
	}
	return trace
}

// MeanFisher returns F̄_t = Σ_x weight(x)·F_t(x) over the states x of layer t−1,
// as a square matrix over all of θ. It is dense: for families with few
// parameters.
func MeanFisher[E any](r field.Ring[E], f Family[E], weight []E, t int) [][]E {
	n := f.Param.Total(f.Process)
	mean := make([][]E, n)
	for i := range mean {
		mean[i] = make([]E, n)
		for j := range mean[i] {
			mean[i][j] = r.FromInt(0)
		}
	}
	for x, w := range weight {
		for i, row := range Fisher(r, f, t, x) {
			gi := f.Param.Index(f.Process, t, x, i)
			for j, v := range row {
				gj := f.Param.Index(f.Process, t, x, j)
				mean[gi][gj] = r.Add(mean[gi][gj], r.Mul(w, v))
			}
		}
	}
	return mean
}

// Tangent returns dP(a|x) along parameter i of θ, for every position and edge:
// the derivative of the softmax, P(a|x)·(f_i(a) − Σ_b P(b|x)·f_i(b)).
func Tangent[E any](r field.Ring[E], f Family[E], i int) [][]E {
	p := f.Process
	d := make([][]E, p.Length())
	var column []E
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		d[t-1] = make([]E, l.Edges())
		for x := range l.States() {
			lo, hi := l.Row(x)
			prob := f.Prob[t-1][lo:hi]
			local := -1
			for j := range f.Param.Width(p, t, x) {
				if f.Param.Index(p, t, x, j) == i {
					local = j
				}
			}
			if local < 0 {
				for e := lo; e < hi; e++ {
					d[t-1][e] = r.FromInt(0)
				}
				continue
			}
			column = Feature(r, f, t, x, local, column)
			mean := r.Dot(prob, column)
			for k, pk := range prob {
				d[t-1][lo+k] = r.Mul(pk, r.Sub(column[k], mean))
			}
		}
	}
	return d
}

// Derivative returns the derivative of E[Harm] along a tangent dP of the
// conditionals, by the backward recursion over dual numbers P + s·dP and h + s·dh,
// s² = 0:
//
//	dh_{t−1}(x) = Σ_a P(a|x)·dh_t(xa) + dP(a|x)·h_t(xa)
//
// The coefficient of s knows nothing of scores or covariances.
func Derivative[E any](r field.Ring[E], pt *model.Numbers[E], tangent [][]E) E {
	w := lawOf(r, pt.Prob)
	return derivative(r, pt.Process, w, backward(r, pt.Process, w, pt.Harm), tangent)
}

// derivative is Derivative for a law in probabilities, given h_t.
func derivative[E any](r field.Ring[E], p *model.Process, w *law[E], h, tangent [][]E) E {
	dh := make([]E, p.States(p.Length()))
	zero := r.FromInt(0)
	for x := range dh {
		dh[x] = zero
	}
	var moved, scratch []E
	for t := p.Length(); t >= 1; t-- {
		l := p.Layer(t)
		if rows := w.rowsOf(l); rows != nil {
			after := dh
			dh = dh[:l.States()]
			rows.DotRows(dh, w.weight[t-1], after, p.Vocabulary())
			moved = slices.Grow(moved[:0], len(dh))[:len(dh)]
			rows.DotRows(moved, tangent[t-1], h[t], p.Vocabulary())
			for x, s := range moved {
				dh[x] = r.Add(dh[x], s)
			}
			continue
		}
		before := make([]E, l.States())
		for x := range before {
			lo, hi := l.Row(x)
			kept := r.Dot(w.weight[t-1][lo:hi], pull(l, dh, &scratch, lo, hi))
			before[x] = r.Add(kept, r.Dot(tangent[t-1][lo:hi], pull(l, h[t], &scratch, lo, hi)))
		}
		dh = before
	}
	return dh[0]
}
