package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// The gaps of the bounds as sums of squares, at a cost linear in the prefixes.

// rowGaps claims the pointwise gap at every prefix.
func rowGaps[E any](c *pairing[E]) {
	for x := range c.w.States(c.at.Position) {
		c.equalAt(x, "Var(h_t|y_<t)·tr F_t − ‖C_t‖² = Σ_{a<b} p_a p_b ‖Δ_t(a)s(b) − Δ_t(b)s(a)‖²", c.rowGap(x), c.within(x))
	}
}

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

func thm13Linear[E any](w *World[E]) { everyPairing(w, harmPairing, meanGap) }

func thm13BothForms[E any](w *World[E]) { everyPairing(w, harmPairing, pairsOfPrefixes) }

func thm13SharpLinear[E any](w *World[E]) { everyPairing(w, harmPairing, sharpGap) }

func thm13SharpBothForms[E any](w *World[E]) { everyPairing(w, harmPairing, pairsOfEdges) }

func thm13SharpResidual[E any](w *World[E]) { fits(w, harmPairing, anyCombination) }

func thm13SharpBest[E any](w *World[E]) { fits(w, harmPairing, bestCombination) }

func thm13SharpTabular[E any](w *World[E]) { tabularForms(w, harmPairing) }

func lem28Linear[E any](w *World[E]) {
	everyPairing(w, failurePairing, func(c *pairing[E]) {
		rowGaps(c)
		meanGap(c)
		sharpGap(c)
	})
}

func lem28BothForms[E any](w *World[E]) {
	everyPairing(w, failurePairing, func(c *pairing[E]) {
		pairsOfPrefixes(c)
		pairsOfEdges(c)
	})
}

func lem28Residual[E any](w *World[E]) { fits(w, failurePairing, anyCombination) }

func lem28Best[E any](w *World[E]) { fits(w, failurePairing, bestCombination) }

func lem28TabularForm[E any](w *World[E]) { tabularForms(w, failurePairing) }

// combined returns C(x)ᵀs over the edges of prefix x.
func (c *pairing[E]) combined(x int) []E {
	v := zeros(c.w, len(c.d[x]))
	for i, cov := range c.covariance(x) {
		for a, s := range c.s[x][i] {
			v[a] = c.w.Add(v[a], c.w.Mul(cov, s))
		}
	}
	return v
}

// rayleigh returns Var(d|x)·CᵀFC − ‖C‖⁴ at prefix x.
func (c *pairing[E]) rayleigh(x int) E {
	w, cov := c.w, c.covariance(x)
	f := exact.Fisher(w.Ring, w.Family, c.at.Position, x)
	return w.Sub(w.Mul(c.variance[x], form(w, f, cov)), field.Square(w.Ring, norm2(w, cov)))
}

// everyRow runs f at every prefix.
func everyRow[E any](w *World[E], f func(c *pairing[E], at Place, x int)) {
	everyPairing(w, harmPairing, func(c *pairing[E]) {
		for x := range w.States(c.at.Position) {
			f(c, verify.At(c.at.Position, x), x)
		}
	})
}

func pointwiseSquares[E any](w *World[E]) {
	everyRow(w, func(c *pairing[E], at Place, x int) {
		f := c.ofRow(x)
		z := w.Arbitrary(len(f.s))
		w.Equal(at, "Var(h_t|y_<t) − 2zᵀC_t + zᵀF_tz = E[(Δ_t − s_tᵀz)²|y_<t] for arbitrary z", f.unfitted(z), f.left(w.FromInt(1), z))
	})
}

func pointwiseBest[E any](w *World[E]) {
	everyRow(w, func(c *pairing[E], at Place, x int) {
		if f := c.ofRow(x); f.rank > 0 {
			det, z := f.cramer(-1)
			w.Equal(at, "det F_t·(Var(h_t|y_<t)·det F_t − C_tᵀ adj(F_t) C_t) = E[(det F_t·Δ_t − s_tᵀ adj(F_t) C_t)²|y_<t]",
				w.Mul(det, f.cleared(det, z)), f.left(det, z))
		}
		w.Equal(at, "Var(h_t|y_<t)·C_tᵀF_tC_t − ‖C_t‖⁴ = Σ_{a<b} p_a p_b (Δ(a)·C_tᵀs(b) − Δ(b)·C_tᵀs(a))²",
			c.rayleigh(x), squares(w, c.p[x], c.d[x], [][]E{c.combined(x)}))
	})
}

func pointwiseTabularSquares[E any](w *World[E]) {
	tabularForms(w, harmPairing)
	everyRow(inFamily(w, tabular(w)), func(c *pairing[E], at Place, x int) {
		w.Equal(at, "tabular: Var(h_t|y_<t)·tr F_t − ‖C_t‖² = Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖²", c.rowGap(x), c.within(x))
		if len(c.p[x]) == 2 {
			w.Equal(at, "tabular, two tokens: ‖C_t‖² = Var(h_t|y_<t)·tr F_t", c.rowGap(x), w.FromInt(0))
		}
	})
}

// What the forms above refute.

func thm13SecondMoment[E any](w *World[E]) {
	everyPairing(w, harmPairing, func(c *pairing[E]) {
		c.equal("E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = E[pointwise gap] + E‖C_t‖²",
			c.meanGap(), w.Add(c.expected(c.within), c.expected(func(x int) E { return norm2(w, c.covariance(x)) })))
	})
}

func thm13SharpUnscaled[E any](w *World[E]) { unscaled(w, harmPairing) }

func lem28Unscaled[E any](w *World[E]) { unscaled(w, failurePairing) }

func unscaled[E any](w *World[E], pair pair[E]) {
	everyPairing(w, pair, func(c *pairing[E]) {
		c.equal("I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖s_t − Δ_t·G_t‖²", w.Mul(c.information, c.sharpGap()), c.residual(w.FromInt(1)))
	})
}

func thm13SharpWithin[E any](w *World[E]) {
	everyPairing(w, harmPairing, func(c *pairing[E]) {
		sum := w.FromInt(0)
		for x, q := range c.weight {
			sum = w.Add(sum, w.Mul(w.Mul(q, q), c.within(x)))
		}
		c.equal("I_t·tr F̄_t − ‖G_t‖² = Σ_x P(x)²·(pointwise gap)", c.sharpGap(), sum)
	})
}

func thm13SharpOnce[E any](w *World[E]) {
	fits(w, harmPairing, func(f *fit[E], c *pairing[E]) {
		z := w.Arbitrary(len(f.s))
		c.equal("I_t − zᵀG_t = E[(Δ_t − s_tᵀz)²] for arbitrary z", w.Sub(c.information, w.Dot(z, f.gradient)), f.left(w.FromInt(1), z))
	})
}

func thm13SharpSign[E any](w *World[E]) {
	fits(w, harmPairing, func(f *fit[E], c *pairing[E]) {
		det, z := f.cramer(1)
		c.equal("the adjugate of F̄_t without its signs", w.Mul(det, f.cleared(det, z)), f.left(det, z))
	})
}

func lem28Undetermined[E any](w *World[E]) {
	fits(w, failurePairing, func(f *fit[E], c *pairing[E]) {
		det, z := f.cramer(-1)
		c.equal("I_t·det F̄_t − G_tᵀ adj(F̄_t) G_t = E[(det F̄_t·Δ_t − s_tᵀ adj(F̄_t) G_t)²]", f.cleared(det, z), f.left(det, z))
	})
}

func lem28UnderPolicy[E any](w *World[E]) {
	everyPairing(w, failurePairing, func(c *pairing[E]) {
		under := *c
		under.weight = w.Solution().Occupancy[c.at.Position-1]
		c.equal("E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = Σ of squares over prefixes under P", c.meanGap(), w.Add(under.expected(under.within), under.deviation()))
	})
}

func pointwiseSign[E any](w *World[E]) {
	everyRow(w, func(c *pairing[E], at Place, x int) {
		f := c.ofRow(x)
		det, z := f.cramer(1)
		w.Equal(at, "the adjugate of F_t without its signs", w.Mul(det, f.cleared(det, z)), f.left(det, z))
	})
}

func pointwiseRayleighHalf[E any](w *World[E]) {
	everyRow(w, func(c *pairing[E], at Place, x int) {
		gap := squares(w, c.p[x], c.d[x], [][]E{c.combined(x)})
		w.Equal(at, "Var(h_t|y_<t)·C_tᵀF_tC_t − ‖C_t‖⁴ = Σ_{a,b} p_a p_b (Δ(a)·C_tᵀs(b) − Δ(b)·C_tᵀs(a))²", c.rayleigh(x), w.Add(gap, gap))
	})
}

func pointwiseOwnInverse[E any](w *World[E]) {
	w = inFamily(w, tabular(w))
	everyRow(w, func(c *pairing[E], at Place, x int) {
		cov := c.covariance(x)
		for i, row := range exact.Fisher(w.Ring, w.Family, at.Position, x) {
			w.Equal(at, "tabular: F_t·C_t = C_t", w.Dot(row, cov), cov[i])
		}
	})
}
