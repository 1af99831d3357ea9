package theorems

import (
	"sounding/exact"
	"sounding/model"
)

// Scores, covariances and Fisher matrices of the family of a world.

// total returns Ḡ = Σ_t G_t and F̄ = Σ_t F̄_t.
func total[E any](w *World[E]) (gradient []E, fisher [][]E) {
	for t := 1; t <= w.T(); t++ {
		g, f := exact.Gradient(w.Ring, w.Family, w.Solution(), t), meanFisher(w, t)
		if t == 1 {
			gradient, fisher = g, f
			continue
		}
		for i := range g {
			gradient[i] = w.Add(gradient[i], g[i])
			for j := range f[i] {
				fisher[i][j] = w.Add(fisher[i][j], f[i][j])
			}
		}
	}
	return gradient, fisher
}

// tabular returns the family with one logit per edge on the world's model.
func tabular[E any](w *World[E]) exact.Family[E] {
	return exact.Family[E]{Numbers: w.Family.Numbers, Param: &model.Parameterisation{}}
}

// contribution returns Σ_x weight(x)·Σ_a dP(a|x)·v(xa), which for tangents that
// sum to zero is E_{y_<t}[Cov(v, s_t | y_<t)] along the tangent.
func contribution[E any](w *World[E], t int, tangent [][]E, weight, v []E) E {
	sum := w.FromInt(0)
	for x := range w.States(t) {
		lo, hi := w.Layer(t).Row(x)
		c := w.Dot(tangent[t-1][lo:hi], w.After(t, x, v))
		sum = w.Add(sum, w.Mul(weight[x], c))
	}
	return sum
}

// scores returns s_t at state x of layer t−1 for the family of the world: one row
// per local coordinate.
func scores[E any](w *World[E], t, x int) [][]E { return exact.Score(w.Ring, w.Family, t, x) }

// innovation returns h_t(xa) − h_{t−1}(x) over the edges of state x of layer t−1.
func innovation[E any](w *World[E], t, x int) []E {
	m := w.Solution()
	d := w.After(t, x, m.H[t])
	for k := range d {
		d[k] = w.Sub(d[k], m.H[t-1][x])
	}
	return d
}

// covariance returns Cov(h_t, s_t|x) as E[(h_t − h_{t−1})·s_t|x], from the scores.
func covariance[E any](w *World[E], t, x int) []E {
	p, d := w.Row(t, x), innovation(w, t, x)
	c := make([]E, 0, len(d))
	for _, s := range scores(w, t, x) {
		c = append(c, triple(w, p, d, s))
	}
	return c
}

// gradient returns G_t = Σ_x P(x)·C_t(x) over all of θ.
func gradient[E any](w *World[E], t int) []E {
	g := make([]E, w.Family.Param.Total(w.Family.Process))
	for i := range g {
		g[i] = w.FromInt(0)
	}
	for x, p := range w.Solution().Occupancy[t-1] {
		for i, c := range covariance(w, t, x) {
			j := w.Family.Param.Index(w.Family.Process, t, x, i)
			g[j] = w.Add(g[j], w.Mul(p, c))
		}
	}
	return g
}

// extremeTrace returns the largest (or least) tr F_t over the prefixes of
// positive probability.
func extremeTrace(w *World[rat], t int, largest bool) rat {
	f := rationals(w)
	var k rat
	first := true
	for x, p := range w.Solution().Occupancy[t-1] {
		if w.IsZero(p) {
			continue
		}
		if v := trace(w, t, x); first || (f.Cmp(v, k) > 0) == largest {
			k, first = v, false
		}
	}
	return k
}

// meanTrace returns tr F̄_t.
func meanTrace[E any](w *World[E], t int) E {
	sum := w.FromInt(0)
	for x, p := range w.Solution().Occupancy[t-1] {
		sum = w.Add(sum, w.Mul(p, trace(w, t, x)))
	}
	return sum
}

// meanFisher returns F̄_t over all of θ.
func meanFisher[E any](w *World[E], t int) [][]E {
	return w.MeanFisher(w.Solution().Occupancy[t-1], t)
}

// block returns the coordinates of v that position t reads.
func block[E any](w *World[E], t int, v []E) []E {
	o := w.Family.Param.Offset(w.Family.Process, t)
	return v[o : o+w.Family.Param.Block(w.Family.Process, t)]
}
