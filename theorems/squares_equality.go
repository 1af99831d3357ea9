package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Equality in the bounds: it holds where all squares of the gap vanish and nowhere
// else. Random families are seldom there, so families are built that are: their
// score is a multiple of d, c(y_<t)·d or c·d. What these constructions refute: c must
// not read y_t, nor, for the sharp bounds and the bounds by the mean, the prefix.

// inProportion returns the world with the log-linear family of one parameter whose score
// is factor(t, x)·d.
func inProportion[E any](w *World[E], pair pair[E], factor func(t, x int) E) *World[E] {
	f := exact.Family[E]{Numbers: w.Family.Numbers, Param: &model.Parameterisation{Kind: model.Shared, Parameters: 1}}
	for t := 1; t <= w.T(); t++ {
		features := make([]E, 0, w.Layer(t).Edges())
		for x, d := range pair(w, t).d {
			for _, v := range d {
				features = append(features, w.Mul(factor(t, x), v))
			}
		}
		f.Features = append(f.Features, features)
	}
	return inFamily(w, f)
}

// byPrefix is a factor that depends on the prefix alone, constant one that does not.
func byPrefix[E any](w *World[E]) func(t, x int) E {
	return func(t, x int) E { return w.Test()[t-1][x] }
}

func constant[E any](w *World[E]) func(t, x int) E {
	c := w.Arbitrary(1)[0]
	return func(int, int) E { return c }
}

// rowEquality claims that the pointwise bound is an equality where the score is a
// multiple of d at each prefix, and that then the variance of C(x) is all that is
// left of the mean bound.
func rowEquality[E any](w *World[E], pair pair[E], mean bool) {
	everyPairing(inProportion(w, pair, byPrefix(w)), pair, func(c *pairing[E]) {
		for x := range w.States(c.at.Position) {
			c.equalAt(x, "s_t = c(y_<t)·Δ_t ⇒ Var(h_t|y_<t)·tr F_t − ‖C_t‖² = 0", c.rowGap(x), w.FromInt(0))
		}
		if mean {
			c.equal("s_t = c(y_<t)·Δ_t ⇒ E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = E‖C_t − G_t‖²", c.meanGap(), c.deviation())
		}
	})
}

// sharpEquality claims that the sharp bound is an equality where the score is the
// same multiple of d at every prefix.
func sharpEquality[E any](w *World[E], pair pair[E]) {
	everyPairing(inProportion(w, pair, constant(w)), pair, func(c *pairing[E]) {
		c.equal("s_t = c·Δ_t ⇒ I_t·tr F̄_t − ‖G_t‖² = 0", c.sharpGap(), w.FromInt(0))
	})
}

func sharpReadsPrefix[E any](w *World[E], pair pair[E]) {
	everyPairing(inProportion(w, pair, byPrefix(w)), pair, func(c *pairing[E]) {
		c.equal("s_t = c(y_<t)·Δ_t ⇒ I_t·tr F̄_t − ‖G_t‖² = 0", c.sharpGap(), w.FromInt(0))
	})
}

// aligned reports whether d and every coordinate of s are proportional over the
// entries of positive weight: whether the squares of Lagrange's identity vanish.
func aligned(w *World[rat], weight, d []rat, s [][]rat) bool {
	for a := range weight {
		for b := range a {
			if w.IsZero(weight[a]) || w.IsZero(weight[b]) {
				continue
			}
			for i := range s {
				if w.Ring.Equal(w.Mul(d[a], s[i][b]), w.Mul(d[b], s[i][a])) != field.True {
					return false
				}
			}
		}
	}
	return true
}

// alignedAt reports the same of prefix x.
func alignedAt(c *pairing[rat], x int) bool { return aligned(c.w, c.p[x], c.d[x], c.s[x]) }

// everyReached reports whether f holds of the prefixes of positive weight.
func everyReached(c *pairing[rat], f func(x int) bool) bool {
	for x, q := range c.weight {
		if !c.w.IsZero(q) && !f(x) {
			return false
		}
	}
	return true
}

// alignedRows reports whether the pointwise bound is an equality at every prefix of
// positive weight.
func alignedRows(c *pairing[rat]) bool {
	return everyReached(c, func(x int) bool { return alignedAt(c, x) })
}

// unvarying reports whether C(x) = G at every prefix of positive weight.
func unvarying(c *pairing[rat]) bool {
	return everyReached(c, func(x int) bool {
		g := c.block(x)
		for i, v := range c.covariance(x) {
			g[i] = c.w.Sub(g[i], v)
		}
		return allZero(c.w, g) && c.w.IsZero(c.outside(x))
	})
}

// alignedThroughout reports whether I·s = d·G on every edge of positive weight.
func alignedThroughout(c *pairing[rat]) bool {
	w := c.w
	return everyReached(c, func(x int) bool {
		g, outside := c.block(x), c.outside(x)
		for a, p := range c.p[x] {
			if w.IsZero(p) {
				continue
			}
			if !w.IsZero(w.Mul(c.d[x][a], outside)) {
				return false
			}
			for i, s := range c.s[x] {
				if w.Ring.Equal(w.Mul(c.information, s[a]), w.Mul(c.d[x][a], g[i])) != field.True {
					return false
				}
			}
		}
		return true
	})
}

// exactFit returns I − GᵀF̄⁺G and whether d = sᵀF̄⁺G on every edge of positive weight.
func exactFit(f *fit[rat]) (gap rat, fitted bool) {
	w := f.w
	z := solveFisher(w, f.fisher, f.gradient)
	for a, d := range f.d {
		for i, s := range f.s {
			d = w.Sub(d, w.Mul(s[a], z[i]))
		}
		if !w.IsZero(f.weight[a]) && !w.IsZero(d) {
			return w.Sub(f.information, w.Dot(f.gradient, z)), false
		}
	}
	return w.Sub(f.information, w.Dot(f.gradient, z)), true
}

// vanishes claims that the gap is zero exactly where its squares are.
func vanishes(w *World[rat], at Place, claim string, gap rat, squares bool) {
	w.Iff(at, claim, w.IsZero(gap), squares)
}

func tightRows(c *pairing[rat]) {
	for x := range c.w.States(c.at.Position) {
		vanishes(c.w, verify.At(c.at.Position, x), c.names.Replace("‖C_t‖² = Var(h_t|y_<t)·tr F_t ⇔ every Δ_t(a)s(b) = Δ_t(b)s(a) where p_a p_b > 0"), c.rowGap(x), alignedAt(c, x))
	}
}

func tightMean(c *pairing[rat]) {
	vanishes(c.w, c.at, c.names.Replace("‖G_t‖² = E[Var(h_t|y_<t)·tr F_t] ⇔ equality at every prefix, and C_t = G_t there"), c.meanGap(), alignedRows(c) && unvarying(c))
}

func tightSharp(c *pairing[rat]) {
	vanishes(c.w, c.at, c.names.Replace("‖G_t‖² = I_t·tr F̄_t ⇔ I_t·s_t = Δ_t·G_t almost surely"), c.sharpGap(), alignedThroughout(c))
}

func tightForm(c *pairing[rat]) {
	if c.w.Family.Param.Tabular() {
		return
	}
	gap, fitted := exactFit(c.ofPosition())
	vanishes(c.w, c.at, c.names.Replace("G_tᵀF̄_t⁺G_t = I_t ⇔ Δ_t = s_tᵀF̄_t⁺G_t almost surely"), gap, fitted)
}

// perVariance is a factor that makes C(x) the same at all prefixes where d varies,
// and the score vanish at the others.
func perVariance(w *World[rat], pair pair[rat]) func(t, x int) rat {
	variance := make([][]rat, w.T())
	for i := range variance {
		variance[i] = pair(w, i+1).variance
	}
	return func(t, x int) rat {
		v, err := rationals(w).Quo(w.FromInt(1), variance[t-1][x])
		if err != nil {
			return w.FromInt(0)
		}
		return v
	}
}

// tight runs the claims on the family of the case and on families built to reach
// equality: with a score c(y_<t)·d, c·d and d/Var(d|y_<t).
func tight(w *World[rat], pair pair[rat], claims ...func(c *pairing[rat])) {
	for _, f := range []*World[rat]{
		w, inProportion(w, pair, byPrefix(w)), inProportion(w, pair, constant(w)), inProportion(w, pair, perVariance(w, pair)),
	} {
		everyPairing(f, pair, func(c *pairing[rat]) {
			if w.IsZero(c.information) {
				w.Vacuous() // d vanishes, and every gap with it
			}
			for _, claim := range claims {
				claim(c)
			}
		})
	}
}
