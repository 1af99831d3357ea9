package theorems

import (
	"sounding/exact"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 7: the pointwise bound with the largest eigenvalue.

var boundsPointwiseStatements = []*Statement{ownPointwise}

var ownPointwise = &Statement{
	ID: "own-pointwise", Title: "The pointwise bound with the largest eigenvalue", Section: "7", Kind: verify.Own,
	Formula: "C_tᵀF_t⁺C_t ≤ Var(h_t|y_<t), with equality when tabular; ‖C_t‖⁴ ≤ Var(h_t|y_<t)·C_tᵀF_tC_t, hence " +
		"‖C_t‖² ≤ Var(h_t|y_<t)·λ_max(F_t). Tabular: lem-12 is an equality for two tokens, strict for three or more",
	Reading: ownReading + " λ_max is irrational in general. The Rayleigh quotient of F_t at C_t is rational, " +
		"and no larger. Only tokens of positive probability are counted. The gaps are sums of squares: " +
		"Var(h_t|y_<t) − 2zᵀC_t + zᵀF_tz = E[(Δ_t − s_tᵀz)²|y_<t], at z = F_t⁺C_t or, cleared of det F_t for " +
		"two parameters, at z = adj(F_t)C_t; and Lagrange's identity for Δ_t and C_tᵀs_t.",
	Claims: []Claim{
		{
			Formula: "C_tᵀF_t⁺C_t ≤ Var(h_t|y_<t); ‖C_t‖⁴ ≤ Var(h_t|y_<t)·C_tᵀF_tC_t",
			Kernel:  []string{"Pairing.best_bound", "Bounds.pointwise_along", "Pairing.innovation_pairing", "Pairing.prefix_pairing"},
			Check:   verify.Rational(pointwiseEigenvalue),
		},
		{
			Formula:    "C_tᵀF_t⁺C_t = Var(h_t|y_<t); ‖C_t‖² = Var(h_t|y_<t)·tr F_t for two tokens, ‖C_t‖² < Var(h_t|y_<t)·tr F_t for three or more",
			Hypotheses: []string{"tabular", "strictness: three tokens of positive probability, Var(h_t|y_<t) > 0"},
			Kernel:     []string{"Tabular.logit_tangent", "Tabular.tabular_innovation", "Pairing.spanned", "Tabular.two_tokens", "Tabular.tabular_strict", "Pairing.innovation_pairing", "Pairing.prefix_pairing"},
			Check:      verify.Rational(pointwiseTabular),
		},
		{
			Formula: "Var(h_t|y_<t) − 2zᵀC_t + zᵀF_tz = E[(Δ_t − s_tᵀz)²|y_<t] for arbitrary z",
			Kernel:  []string{"Pairing.projection_form", "Pairing.innovation_pairing", "Pairing.prefix_pairing"},
			Check:   verify.Identity(pointwiseSquares[rat], pointwiseSquares[mod]),
		},
		{
			Formula: "det F_t·(Var(h_t|y_<t)·det F_t − C_tᵀ adj(F_t) C_t) = E[(det F_t·Δ_t − s_tᵀ adj(F_t) C_t)²|y_<t] for " +
				"the first one or two parameters; Var(h_t|y_<t)·C_tᵀF_tC_t − ‖C_t‖⁴ = Σ_{a<b} p_a p_b (Δ(a)·C_tᵀs(b) " +
				"− Δ(b)·C_tᵀs(a))²",
			Kernel: []string{"Pairing.projection_scaled", "Pairing.gap_along", "Pairing.innovation_pairing", "Pairing.prefix_pairing"},
			Check:  verify.Identity(pointwiseBest[rat], pointwiseBest[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula:    "F_t·Δ_t = C_t; C_tᵀΔ_t = Var(h_t|y_<t); E[C_tᵀΔ_t] = I_t; Var(h_t|y_<t)·tr F_t − ‖C_t‖² = Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖², 0 for two tokens",
			Hypotheses: []string{"tabular"},
			Kernel:     []string{"Tabular.logit_tangent", "Tabular.tabular_innovation", "Pairing.spanned", "Pairing.gap_at", "Tabular.two_tokens", "Pairing.innovation_pairing", "Pairing.prefix_pairing", "Martingale.information_variance"},
			Check:      verify.Identity(pointwiseTabularSquares[rat], pointwiseTabularSquares[mod]),
		},
		{
			Formula: "C_tᵀF_t⁺C_t = Var(h_t|y_<t) ⇔ Δ_t = s_tᵀF_t⁺C_t where p > 0; ‖C_t‖⁴ = Var(h_t|y_<t)·C_tᵀF_tC_t ⇔ every Δ(a)·C_tᵀs(b) = Δ(b)·C_tᵀs(a) where p_a p_b > 0",
			Kernel:  []string{"Pairing.best_equality", "Pairing.equality_along", "Pairing.innovation_pairing", "Pairing.prefix_pairing"},
			Check:   verify.Rational(pointwiseSquaresTight),
		},
	},
	NearMisses: []NearMiss{
		{Name: "equality for every parameterisation", Drops: "tabular", Check: verify.Rational(pointwiseEquality)},
		{Name: "half the variance", Check: verify.Rational(pointwiseHalf)},
		{Name: "lem-12 is an equality for three tokens too", Check: verify.Rational(pointwiseTight), Looks: &needsHarm},
		{Name: "strict without variance", Drops: "strictness: three tokens of positive probability, Var(h_t|y_<t) > 0", Check: verify.Rational(pointwiseStrict), Looks: &generators.Needs{}},
		{Name: "the adjugate of F_t without its signs", Check: verify.Identity(pointwiseSign[rat], pointwiseSign[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition(), Looks: new(moving(generators.Needs{Harm: true, Kind: model.Shared, ZeroWeights: true}))},
		{Name: "the gap of ‖C_t‖⁴ ≤ Var(h_t|y_<t)·C_tᵀF_tC_t without its factor ½", Check: verify.Identity(pointwiseRayleighHalf[rat], pointwiseRayleighHalf[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition()},
		{Name: "tabular: C_t itself solves F_t·z = C_t", Check: verify.Identity(pointwiseOwnInverse[rat], pointwiseOwnInverse[mod])},
		{Name: "C_tᵀF_t⁺C_t = Var(h_t|y_<t) only where s_t = c·Δ_t", Check: verify.Rational(pointwiseTightAligned)},
	},
	Looks: generators.Needs{Harm: true, Kind: model.Shared, ZeroWeights: true},
}

// square returns a matrix given row by row.
func square(m []rat, n int) [][]rat {
	rows := make([][]rat, n)
	for i := range rows {
		rows[i] = m[i*n : (i+1)*n]
	}
	return rows
}

// pointwiseClaim runs a claim on C_t, F_t and Var(h_t|y_<t) by enumeration, at
// every prefix.
func pointwiseClaim(w *World[rat], param model.Parameterisation, claim func(at Place, support int, c []rat, f [][]rat, variance rat)) {
	score := w.Oracle().Score(param)
	for t := 1; t <= w.T(); t++ {
		variance := w.Oracle().StepVariance(t)
		for x := range w.States(t) {
			support := 0
			for _, p := range w.Row(t, x) {
				if !w.IsZero(p) {
					support++
				}
			}
			c := score.Local(t, x)
			claim(verify.At(t, x), support, c, square(score.Fisher(t, x), len(c)), variance[x])
		}
	}
}

// projected returns CᵀF⁺C.
func projected(w *World[rat], f [][]rat, c []rat) rat { return w.Dot(c, solveFisher(w, f, c)) }

func pointwiseEigenvalue(w *World[rat]) {
	pointwiseClaim(w, *w.Family.Param, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.AtMost(at, "C_tᵀF_t⁺C_t ≤ Var(h_t|y_<t)", projected(w, f, c), v)
		n := norm2(w, c)
		w.AtMost(at, "‖C_t‖⁴ ≤ Var(h_t|y_<t)·C_tᵀF_tC_t", w.Mul(n, n), w.Mul(v, form(w, f, c)))
	})
}

func pointwiseTabular(w *World[rat]) {
	pointwiseClaim(w, model.Parameterisation{}, func(at Place, support int, c []rat, f [][]rat, v rat) {
		w.Equal(at, "tabular: C_tᵀF_t⁺C_t = Var(h_t|y_<t)", projected(w, f, c), v)
		bound := w.Mul(v, diagonal(w, f))
		switch {
		case support <= 2:
			w.Equal(at, "tabular, two tokens: ‖C_t‖² = Var(h_t|y_<t)·tr F_t", norm2(w, c), bound)
		case w.IsZero(v):
			w.Vacuous()
		default:
			w.Less(at, "tabular, three tokens and more: ‖C_t‖² < Var(h_t|y_<t)·tr F_t", norm2(w, c), bound)
		}
	})
}

// diagonal returns tr F.
func diagonal(w *World[rat], f [][]rat) rat {
	sum := w.FromInt(0)
	for i := range f {
		sum = w.Add(sum, f[i][i])
	}
	return sum
}

func pointwiseEquality(w *World[rat]) {
	pointwiseClaim(w, *w.Family.Param, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.Equal(at, "C_tᵀF_t⁺C_t = Var(h_t|y_<t)", projected(w, f, c), v)
	})
}

func pointwiseHalf(w *World[rat]) {
	pointwiseClaim(w, *w.Family.Param, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.AtMost(at, "2·C_tᵀF_t⁺C_t ≤ Var(h_t|y_<t)", w.Mul(w.FromInt(2), projected(w, f, c)), v)
	})
}

func pointwiseTight(w *World[rat]) {
	pointwiseClaim(w, model.Parameterisation{}, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.Equal(at, "tabular: ‖C_t‖² = Var(h_t|y_<t)·tr F_t", norm2(w, c), w.Mul(v, diagonal(w, f)))
	})
}

func pointwiseStrict(w *World[rat]) {
	pointwiseClaim(w, model.Parameterisation{}, func(at Place, support int, c []rat, f [][]rat, v rat) {
		if support > 2 {
			w.Less(at, "tabular, three tokens and more: ‖C_t‖² < Var(h_t|y_<t)·tr F_t", norm2(w, c), w.Mul(v, diagonal(w, f)))
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

func tightPointwise(c *pairing[rat]) {
	for x := range c.w.States(c.at.Position) {
		at := verify.At(c.at.Position, x)
		gap, fitted := exactFit(c.ofRow(x))
		vanishes(c.w, at, "C_tᵀF_t⁺C_t = Var(h_t|y_<t) ⇔ Δ_t = s_tᵀF_t⁺C_t where p > 0", gap, fitted)
		vanishes(c.w, at, "‖C_t‖⁴ = Var(h_t|y_<t)·C_tᵀF_tC_t ⇔ every Δ(a)·C_tᵀs(b) = Δ(b)·C_tᵀs(a) where p_a p_b > 0",
			c.rayleigh(x), aligned(c.w, c.p[x], c.d[x], [][]rat{c.combined(x)}))
	}
}

func pointwiseSquaresTight(w *World[rat]) { tight(w, harmPairing, tightPointwise) }

func pointwiseTightAligned(w *World[rat]) {
	everyRow(w, func(c *pairing[rat], at Place, x int) {
		gap, _ := exactFit(c.ofRow(x))
		vanishes(w, at, "C_tᵀF_t⁺C_t = Var(h_t|y_<t) ⇔ every Δ(a)s(b) = Δ(b)s(a) where p_a p_b > 0", gap, alignedAt(c, x))
	})
}
