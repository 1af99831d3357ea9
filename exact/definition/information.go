package definition

import "sounding/exact/field"

// ExpectedVariance returns E[Var(Harm|y_≤t)] = Σ_y P(y)·Var(Harm|y_≤t), 0 ≤ t ≤ T.
func (o *Oracle[E]) ExpectedVariance(t int) E {
	return o.Expectation(o.along(t, o.Variance()[t]))
}

// Increment returns Δ_t(y) = h_t(y_≤t) − h_{t−1}(y_<t) per complete sequence
// (definition 3), 1 ≤ t ≤ T.
func (o *Oracle[E]) Increment(t int) []E {
	d := make([]E, o.count)
	after, before := o.Mean()[t], o.Mean()[t-1]
	for i := range d {
		d[i] = o.ring.Sub(after[o.State(i, t)], before[o.State(i, t-1)])
	}
	return d
}

// IncrementProduct returns E[Δ_s·Δ_t] = Σ_y P(y)·Δ_s(y)·Δ_t(y) (proposition 4).
func (o *Oracle[E]) IncrementProduct(s, t int) E {
	product := o.Increment(s)
	for i, d := range o.Increment(t) {
		product[i] = o.ring.Mul(product[i], d)
	}
	return o.Expectation(product)
}

// Information returns the harm information I_t = E[Δ_t²] (definition 5), 1 ≤ t ≤ T.
func (o *Oracle[E]) Information(t int) E {
	square := o.Increment(t)
	for i, d := range square {
		square[i] = field.Square(o.ring, d)
	}
	return o.Expectation(square)
}

// StepVariance returns Var(h_t|x) = Σ_a p(a|x)·(h_t(xa) − Σ_b p(b|x)·h_t(xb))²
// per state x of layer t−1, the second form of definition 5.
func (o *Oracle[E]) StepVariance(t int) []E {
	l, p, h := o.process.Layer(t), o.numbers.Prob[t-1], o.Mean()[t]
	v := make([]E, l.States())
	for x := range v {
		lo, hi := l.Row(x)
		step := make([]E, hi-lo)
		for e := lo; e < hi; e++ {
			step[e-lo] = h[l.Next(e)]
		}
		v[x] = o.centralSquare(p[lo:hi], step)
	}
	return v
}

// centralSquare returns Σ_a p_a·(f_a − Σ_b p_b·f_b)².
func (o *Oracle[E]) centralSquare(p, f []E) E {
	mean := o.ring.Dot(p, f)
	square := make([]E, len(f))
	for a := range f {
		square[a] = field.Square(o.ring, o.ring.Sub(f[a], mean))
	}
	return o.ring.Dot(p, square)
}
