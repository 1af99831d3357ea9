package theorems

import (
	"sounding/exact"
	"sounding/verify"
)

// The gaps of the bounds as sums of squares, at a cost linear in the prefixes, and what
// these forms refute.

// meanGap claims the gap of the bound by the mean of the pointwise bounds.
func meanGap[E any](c *pairing[E]) {
	c.equal("E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = E[Σ_{a<b} p_a p_b ‖Δ_t(a)s(b) − Δ_t(b)s(a)‖²] + E‖C_t − G_t‖²",
		c.meanGap(), c.w.Add(c.expected(c.within), c.deviation()))
}

// sharpGap claims the gap of the bound by I and the mean trace in two ways.
func sharpGap[E any](c *pairing[E]) {
	gap := c.sharpGap()
	c.equal("I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖I_t·s_t − Δ_t·G_t‖²", c.w.Mul(c.information, gap), c.residual(c.information))
	if !c.w.Family.Param.Tabular() {
		c.equal("I_t·tr F̄_t − ‖G_t‖² = Σ of squares, prefix by prefix", gap, c.nested())
	}
}

// pairsOfPrefixes and pairsOfEdges claim that the forms of quadratic cost are those
// of linear cost.
func pairsOfPrefixes[E any](c *pairing[E]) {
	c.equal("½ Σ_{x,y} P(x)P(y)·‖C_t(x) − C_t(y)‖² = E‖C_t − G_t‖²", c.spread(), c.deviation())
}

func pairsOfEdges[E any](c *pairing[E]) {
	if c.w.Family.Param.Tabular() {
		return
	}
	pairs := c.pairs()
	c.equal("Σ of squares over pairs of prefixes = Σ of squares, prefix by prefix", pairs, c.nested())
	c.equal("I_t·(Σ of squares over pairs of prefixes) = E‖I_t·s_t − Δ_t·G_t‖²", c.w.Mul(c.information, pairs), c.residual(c.information))
}

// fits runs f on the fit of every position, of a log-linear family.
func fits[E any](w *World[E], pair pair[E], f func(fit *fit[E], c *pairing[E])) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	everyPairing(w, pair, func(c *pairing[E]) { f(c.ofPosition(), c) })
}

// anyCombination claims what any combination of the scores leaves of d, which at
// F̄z = G is I − GᵀF̄⁺G.
func anyCombination[E any](f *fit[E], c *pairing[E]) {
	z := f.w.Arbitrary(len(f.s))
	c.equal("I_t − 2zᵀG_t + zᵀF̄_tz = E[(Δ_t − s_tᵀz)²] for arbitrary z", f.unfitted(z), f.left(f.w.FromInt(1), z))
}

// bestCombination claims it of the best one, of two parameters.
func bestCombination[E any](f *fit[E], c *pairing[E]) {
	if f.rank == 0 {
		return
	}
	det, z := f.cramer(-1)
	c.equal("det F̄_t·(I_t·det F̄_t − G_tᵀ adj(F̄_t) G_t) = E[(det F̄_t·Δ_t − s_tᵀ adj(F̄_t) G_t)²]", f.w.Mul(det, f.cleared(det, z)), f.left(det, z))
}

// inFamily returns the world with another family of policies on its model.
func inFamily[E any](w *World[E], f exact.Family[E]) *World[E] {
	v := *w
	v.Family = f
	return &v
}

// tabularForms claims that d itself solves F̄·z = G for one logit per edge, block by
// block, with GᵀF̄⁺G = zᵀG = I.
func tabularForms[E any](w *World[E], pair pair[E]) {
	w = inFamily(w, tabular(w))
	for t := 1; t <= w.T(); t++ {
		c := pair(w, t)
		for x := range w.States(t) {
			cov := c.covariance(x)
			for i, row := range exact.Fisher(w.Ring, w.Family, t, x) {
				c.equalAt(x, "tabular: F_t·Δ_t = C_t", w.Dot(row, c.d[x]), cov[i])
			}
			c.equalAt(x, "tabular: C_tᵀΔ_t = Var(h_t|y_<t)", w.Dot(cov, c.d[x]), c.variance[x])
		}
		c.equal("tabular: E[C_tᵀΔ_t] = I_t", c.expected(func(x int) E { return w.Dot(c.covariance(x), c.d[x]) }), c.information)
	}
}

// everyPairing runs f at every position.
func everyPairing[E any](w *World[E], pair pair[E], f func(c *pairing[E])) {
	for t := 1; t <= w.T(); t++ {
		f(pair(w, t))
	}
}

// everyRow runs f at every prefix.
func everyRow[E any](w *World[E], f func(c *pairing[E], at Place, x int)) {
	everyPairing(w, harmPairing, func(c *pairing[E]) {
		for x := range w.States(c.at.Position) {
			f(c, verify.At(c.at.Position, x), x)
		}
	})
}

func unscaled[E any](w *World[E], pair pair[E]) {
	everyPairing(w, pair, func(c *pairing[E]) {
		c.equal("I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖s_t − Δ_t·G_t‖²", w.Mul(c.information, c.sharpGap()), c.residual(w.FromInt(1)))
	})
}
