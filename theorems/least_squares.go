package theorems

import (
	"sounding/exact/field"
)

// fit is what least squares makes of d by the scores: the weights, d and the scores
// of edges, and by other means I, G and F̄ there.
type fit[E any] struct {
	w           *World[E]
	weight, d   []E
	s           [][]E
	information E
	gradient    []E
	fisher      [][]E
	rank        int // an upper bound on that of F̄
}

// left returns E[(scale·d − sᵀz)²], z over the first coordinates.
func (f *fit[E]) left(scale E, z []E) E {
	w := f.w
	square := make([]E, len(f.d))
	for a, d := range f.d {
		r := w.Mul(scale, d)
		for i, v := range z {
			r = w.Sub(r, w.Mul(f.s[i][a], v))
		}
		square[a] = field.Square(w.Ring, r)
	}
	return w.Dot(f.weight, square)
}

// unfitted returns I − 2zᵀG + zᵀF̄z.
func (f *fit[E]) unfitted(z []E) E {
	once := f.w.Dot(z, f.gradient)
	return f.w.Add(f.w.Sub(f.information, f.w.Add(once, once)), form(f.w, f.fisher, z))
}

// cramer returns det F̄ and adj(F̄)·G for the first one or two coordinates, as many
// as F̄ can be regular on: at z = adj(F̄)·G/det F̄ the scores leave least of d. The
// sign of the entries off the diagonal of the adjugate is given.
func (f *fit[E]) cramer(sign int64) (det E, z []E) {
	w, m, g := f.w, f.fisher, f.gradient
	if min(f.rank, len(g)) < 2 {
		return m[0][0], g[:1]
	}
	off := w.FromInt(sign)
	det = w.Sub(w.Mul(m[0][0], m[1][1]), w.Mul(m[0][1], m[1][0]))
	return det, []E{
		w.Add(w.Mul(m[1][1], g[0]), w.Mul(off, w.Mul(m[0][1], g[1]))),
		w.Add(w.Mul(m[0][0], g[1]), w.Mul(off, w.Mul(m[1][0], g[0]))),
	}
}

// cleared returns I·det F̄ − Gᵀz for z = adj(F̄)·G, of the first coordinates.
func (f *fit[E]) cleared(det E, z []E) E {
	return f.w.Sub(f.w.Mul(f.information, det), f.w.Dot(f.gradient[:len(z)], z))
}
