package theorems

import (
	"sounding/exact"
)

// The terms of the deep objective: recovery, its failures and their gradient.

// eta returns η_t = βγ^t.
func eta[E any](w *World[E], t int) E { return w.Mul(w.Objective().Beta, power(w, t)) }

// recoverySet returns the tokens of R.
func recoverySet[E any](w *World[E]) []int {
	var r []int
	for a := range w.V() {
		if w.Objective().Recovers(a) {
			r = append(r, a)
		}
	}
	return r
}

// recoveries returns ρ_t per state of layer t−1.
func recoveries[E any](w *World[E], t int) []E {
	return exact.Recovery(w.Ring, w.Family.Numbers, w.Objective().Recovers, t)
}

// complement returns 1 − v.
func complement[E any](w *World[E], v []E) []E {
	r := make([]E, len(v))
	for i := range v {
		r[i] = w.Sub(w.FromInt(1), v[i])
	}
	return r
}

// failures returns 1[a∉R] over the edges of state x of layer t−1.
func failures[E any](w *World[E], t, x int) []E {
	recovers := w.Objective().Recovers
	lo, hi := w.Layer(t).Row(x)
	v := make([]E, 0, hi-lo)
	for e := lo; e < hi; e++ {
		if recovers(w.Layer(t).Token(e)) {
			v = append(v, w.FromInt(0))
		} else {
			v = append(v, w.FromInt(1))
		}
	}
	return v
}

// recoveryGradient returns Σ_x weight(x)·Cov(v, s_t|x) over all of θ, with v the
// indicator of a recovery failure: G_t^rec where the weights are Q's.
func recoveryGradient[E any](w *World[E], t int, weight []E) []E {
	g := make([]E, w.Family.Param.Total(w.Family.Process))
	for i := range g {
		g[i] = w.FromInt(0)
	}
	for x, q := range weight {
		p, v := w.Row(t, x), failures(w, t, x)
		for i, s := range scores(w, t, x) {
			j := w.Family.Param.Index(w.Family.Process, t, x, i)
			g[j] = w.Add(g[j], w.Mul(q, triple(w, p, v, s)))
		}
	}
	return g
}

// power returns γ^n.
func power[E any](w *World[E], n int) E {
	v := w.FromInt(1)
	for range n {
		v = w.Mul(v, w.Objective().Gamma)
	}
	return v
}

// failureCovariance returns Cov(1[y_t∉R], s_t|x) over the parameters that position
// t reads.
func failureCovariance[E any](w *World[E], t, x int) []E {
	c := make([]E, w.Family.Param.Block(w.Family.Process, t))
	for i := range c {
		c[i] = w.FromInt(0)
	}
	origin := w.Family.Param.Index(w.Family.Process, t, x, 0) - w.Family.Param.Offset(w.Family.Process, t)
	for i, v := range exact.Covariance(w.Ring, w.Family, t, x, failures(w, t, x)) {
		c[origin+i] = v
	}
	return c
}

// adversarialFisher returns F_t^Q = E_Q[F_t] over all of θ.
func adversarialFisher(w *World[rat], t int) [][]rat {
	return w.MeanFisher(w.Objective().Adversary[t-1], t)
}
