package theorems

import (
	"fmt"

	"sounding/exact"
)

// Vectors and matrices over a ring.

// form returns vᵀMv.
func form[E any](w *World[E], m [][]E, v []E) E { return w.Dot(v, times(w, m, v)) }

// allZero reports whether every entry of v is zero.
func allZero(w *World[rat], v []rat) bool {
	for _, c := range v {
		if !w.IsZero(c) {
			return false
		}
	}
	return true
}

// triple returns Σ_a p_a·u_a·v_a.
func triple[E any](w *World[E], p, u, v []E) E {
	sum := w.FromInt(0)
	for k := range p {
		sum = w.Add(sum, w.Mul(w.Mul(p[k], u[k]), v[k]))
	}
	return sum
}

// trace returns tr F_t(x) = Σ_i E[s_i²|x], from the scores.
func trace[E any](w *World[E], t, x int) E {
	sum := w.FromInt(0)
	for _, s := range scores(w, t, x) {
		sum = w.Add(sum, triple(w, w.Row(t, x), s, s))
	}
	return sum
}

func norm2[E any](w *World[E], v []E) E { return w.Dot(v, v) }

// squares returns Σ_{a<b} p_a p_b Σ_i (d_a·s_i(b) − d_b·s_i(a))², the sum of
// squares that Lagrange's identity leaves of Cauchy–Schwarz.
func squares[E any](w *World[E], p, d []E, s [][]E) E {
	sum := w.FromInt(0)
	for a := range p {
		for b := a + 1; b < len(p); b++ {
			pair := w.FromInt(0)
			for i := range s {
				minor := w.Sub(w.Mul(d[a], s[i][b]), w.Mul(d[b], s[i][a]))
				pair = w.Add(pair, w.Mul(minor, minor))
			}
			sum = w.Add(sum, w.Mul(w.Mul(p[a], p[b]), pair))
		}
	}
	return sum
}

// solveFisher returns F⁻¹·v, or a solution on the range of a singular F.
func solveFisher[E any](w *World[E], fisher [][]E, v []E) []E {
	z, err := exact.Solve(fieldOf(w), fisher, v)
	if err != nil {
		panic(fmt.Sprintf("theorems: a gradient outside the range of its Fisher information: %v", err))
	}
	return z
}

func times[E any](w *World[E], m [][]E, v []E) []E {
	r := make([]E, len(m))
	for i, row := range m {
		r[i] = w.Dot(row, v)
	}
	return r
}

func scaled[E any](w *World[E], c E, v []E) []E {
	r := make([]E, len(v))
	for i := range v {
		r[i] = w.Mul(c, v[i])
	}
	return r
}

// traces returns tr F_t per state of layer t−1.
func traces[E any](w *World[E], t int) []E {
	v := make([]E, w.Layer(t).States())
	for x := range v {
		v[x] = trace(w, t, x)
	}
	return v
}
