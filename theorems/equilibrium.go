package theorems

import (
	"sounding/exact"
	"sounding/verify"
)

// Section 8: the equilibrium of the standard objective, as a power series in λ.

var equilibriumStatements = []*Statement{equation40, equation41, theorem14, theorem14Bound, corollary15}

var equation40 = &Statement{
	ID: "eq-40", Title: "First-order condition", Section: "8",
	Sentence:   verify.Sentence{Says: "At the equilibrium λ times the gradient contribution balances the gradient of the KL."},
	Formula:    "λG_t + ∇_{θ_t} KL = 0 at the equilibrium; to first order in λ: G_t + F̄_t·θ_t' = 0",
	Hypotheses: []string{branchReading, "decoupled parameters"},
	Reading: "∇_{θ_t}KL is the gradient of the whole KL: at higher order KL_s for s > t depends on θ_t " +
		"too. The condition is checked by differentiating L itself, with dual numbers over power series.",
	Claims: []Claim{
		{
			Formula: "∂(λE[Harm] + KL)/∂θ_i = 0 along the equilibrium, order by order in λ",
			Check:   verify.Series(stationary[rat], stationary[mod]),
		},
		{
			Formula: "λG_t + F̄_t·δθ_t = 0, order 1",
			Check:   verify.Series(eq40[rat], eq40[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "sign: G_t = F̄_t·θ_t'", Check: verify.Series(eq40Sign[rat], eq40Sign[mod])},
		{Name: "KL_t alone: λG_t + ∇_{θ_t} KL_t = 0 to second order", Drops: "KL_s for s > t", Check: verify.Series(eq40Alone[rat], eq40Alone[mod]), Source: everywhereDecoupled},
	},
	Source: decoupledFamilies,
}

func eq40[E any](w *World[E]) {
	condition(w, "λG_t + F̄_t·δθ_t = 0, order 1", func(g, shift E) (left, right E) { return w.Add(g, shift), w.FromInt(0) })
}

func eq40Sign[E any](w *World[E]) {
	condition(w, "λG_t = F̄_t·δθ_t, order 1", func(g, shift E) (left, right E) { return g, shift })
}

// condition compares λG_t with F̄_t·δθ_t, coordinate by coordinate.
func condition[E any](w *World[E], claim string, sides func(g, shift E) (left, right E)) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) {
		return
	}
	theta := coefficients(b, 1)
	for t := 1; t <= w.T(); t++ {
		g, shift := block(w, t, exact.Gradient(w.Ring, w.Family, w.Solution(), t)), block(w, t, times(w, meanFisher(w, t), theta))
		for i := range g {
			left, right := sides(w.Mul(w.Objective().Lambda, g[i]), shift[i])
			w.Equal(verify.At(t, 0), claim, left, right)
		}
	}
}

// eq40Alone leaves the KL of later positions out of the condition.
func eq40Alone[E any](w *World[E]) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) || w.Family.Features == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		o := w.Family.Param.Offset(w.Family.Process, t)
		for i := range w.Family.Param.Block(w.Family.Process, t) {
			for k, c := range dualObjective(w, b, o+i, t, false)[:3] {
				w.Equal(verify.At(t, 0).Where("order %d", k), "λG_t + ∇_{θ_t} KL_t = 0", c, w.FromInt(0))
			}
		}
	}
}

var equation41 = &Statement{
	ID: "eq-41", Title: "Parameter shift at equilibrium", Section: "8",
	Sentence:   verify.Sentence{Says: "To leading order the parameters of a position move by −λF̄_t⁻¹G_t."},
	Formula:    "δθ_t = −λ·F̄_t⁻¹G_t + O(λ²)",
	Hypotheses: []string{branchReading, "decoupled parameters", "F̄_t ≻ 0"},
	Claims:     []Claim{{Check: verify.Series(eq41[rat], eq41[mod])}},
	NearMisses: []NearMiss{
		{Name: "sign: +λ·F̄_t⁻¹G_t", Check: verify.Series(eq41Sign[rat], eq41Sign[mod])},
		{Name: "F̄_t in place of its inverse", Check: verify.Series(eq41Forward[rat], eq41Forward[mod])},
		{Name: "exact: no O(λ²)", Drops: "O(λ²)", Check: verify.Series(eq41Exact[rat], eq41Exact[mod])},
	},
	Source: decoupledFamilies,
}

// shiftClaim compares F̄_t·δθ_t, order 1, with F̄_t·right(t, G_t). Multiplied by F̄_t, a
// formula for δθ_t says the same whether or not F̄_t is singular.
func shiftClaim[E any](w *World[E], claim string, right func(t int, g []E) []E) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) {
		return
	}
	for t := 1; t <= w.T(); t++ {
		f := meanFisher(w, t)
		left := times(w, f, coefficients(b, 1))
		g := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
		for i, v := range block(w, t, times(w, f, right(t, g))) {
			w.Equal(verify.At(t, 0), claim, block(w, t, left)[i], v)
		}
	}
}

func eq41[E any](w *World[E]) {
	shiftClaim(w, "δθ_t = −λF̄_t⁻¹G_t, order 1", func(t int, g []E) []E {
		return scaled(w, w.Neg(w.Objective().Lambda), solveFisher(w, meanFisher(w, t), g))
	})
}

func eq41Sign[E any](w *World[E]) {
	shiftClaim(w, "δθ_t = +λF̄_t⁻¹G_t, order 1", func(t int, g []E) []E {
		return scaled(w, w.Objective().Lambda, solveFisher(w, meanFisher(w, t), g))
	})
}

func eq41Forward[E any](w *World[E]) {
	shiftClaim(w, "δθ_t = −λF̄_t·G_t, order 1", func(t int, g []E) []E {
		return scaled(w, w.Neg(w.Objective().Lambda), times(w, meanFisher(w, t), g))
	})
}

func eq41Exact[E any](w *World[E]) {
	if b := standard(w); b != nil {
		for _, v := range coefficients(b, 2) {
			w.Equal(Place{}, "δθ has no term of order λ²", v, w.FromInt(0))
		}
	}
}

var theorem14 = &Statement{
	ID: "thm-14", Title: "Equilibrium characterisation", Section: "8",
	Sentence: verify.Sentence{
		Says:    "For small λ the KL of a position is (λ²/2)·G_tᵀF̄_t⁻¹G_t, which is O(λ²I_t).",
		Verdict: verify.HoldsIf,
		But:     "O(λ²I_t) is read as an order in λ: KL_t ≤ (λ²/2)·I_t + O(λ³). The remainder does not carry the factor I_t",
	},
	Formula:    "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t + O(λ³) ≤ (λ²/2)·I_t + O(λ³), with equality for tabular policies",
	Hypotheses: []string{branchReading, "decoupled parameters"},
	Claims: []Claim{
		{
			Formula:    "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t + O(λ³)",
			Hypotheses: []string{"F̄_t ≻ 0, or its pseudo-inverse"},
			Check:      verify.Series(thm14[rat], thm14[mod]),
		},
		{
			Formula: "KL_t ≤ (λ²/2)·I_t, order 2",
			Check:   verify.Series(thm14Bound, nil),
		},
		{
			Formula:    "KL_t = (λ²/2)·I_t, orders 1 and 2",
			Hypotheses: []string{"tabular"},
			Check:      verify.Identity(tabularLeadingFree[rat], tabularLeadingFree[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
			Also:       []Check{verify.Series(thm14Tabular, nil)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "λ in place of λ²: a term of first order", Check: verify.Series(thm14FirstOrder[rat], thm14FirstOrder[mod])},
		{Name: "missing ½", Check: verify.Series(thm14NoHalf[rat], thm14NoHalf[mod])},
		{Name: "F̄_t in place of its inverse", Check: verify.Series(thm14Forward[rat], thm14Forward[mod])},
		{Name: "no O(λ³): the coefficient of λ³ is zero", Check: verify.Series(thm14Cubic[rat], thm14Cubic[mod])},
		{Name: "tabular: KL_t = λ²·I_t", Check: verify.Identity(tabularLeadingTwice[rat], tabularLeadingTwice[mod])},
		{Name: "equality with I_t for every decoupled family", Drops: "tabular", Check: verify.Series(thm14Equality, nil)},
		{Name: "at most (λ²/2)·I_t for shared parameters", Drops: "decoupled parameters", Check: verify.Series(thm14SharedBound, nil), Source: movingShared()},
	},
	Source: decoupledFamilies,
}

func thm14[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		w.Equal(verify.At(t, 0), "KL_t, order 0", kl[0], w.FromInt(0))
		w.Equal(verify.At(t, 0), "KL_t, order 1", kl[1], w.FromInt(0))
		w.Equal(verify.At(t, 0), "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t, order 2", kl[2], halfSquare(w, quadraticForm(w, t)))
	})
}

func thm14Bound(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		w.AtMost(verify.At(t, 0), "KL_t ≤ (λ²/2)·I_t, order 2", kl[2], halfSquare(w, w.Oracle().Information(t)))
	})
}

// thm14Tabular expands the tabular optimum P* ∝ P_0·e^{−λHarm} itself in λ, with no
// use of Newton's iteration: its coefficient of λ² is I_t/2.
func thm14Tabular(w *World[rat]) {
	for t, kl := range tabularKL(w) {
		w.Equal(verify.At(t+1, 0), "tabular: KL_t = (λ²/2)·I_t, order 2", kl[2], w.Mul(fraction(w, 1, 2), w.Oracle().Information(t+1)))
		w.Equal(verify.At(t+1, 0), "tabular: KL_t, order 1", kl[1], w.FromInt(0))
	}
}

func thm14FirstOrder[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		w.Equal(verify.At(t, 0), "KL_t = (λ/2)·G_tᵀF̄_t⁻¹G_t, order 1", kl[1], w.Mul(w.Mul(fraction(w, 1, 2), w.Objective().Lambda), quadraticForm(w, t)))
	})
}

func thm14NoHalf[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		v := halfSquare(w, quadraticForm(w, t))
		w.Equal(verify.At(t, 0), "KL_t = λ²·G_tᵀF̄_t⁻¹G_t, order 2", kl[2], w.Add(v, v))
	})
}

func thm14Forward[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		g := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
		w.Equal(verify.At(t, 0), "KL_t = (λ²/2)·G_tᵀF̄_tG_t, order 2", kl[2], halfSquare(w, w.Dot(g, times(w, meanFisher(w, t), g))))
	})
}

func thm14Cubic[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) { w.Equal(verify.At(t, 0), "KL_t, order 3", kl[3], w.FromInt(0)) })
}

func thm14Equality(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		w.Equal(verify.At(t, 0), "KL_t = (λ²/2)·I_t, order 2", kl[2], halfSquare(w, w.Oracle().Information(t)))
	})
}

var theorem14Bound = &Statement{
	ID: "thm-14-bound", Title: "Equilibrium bound under bounded Fisher information", Section: "8", Twin: "thm-14",
	Formula:    "tr F_t ≤ κ, F̄_t ⪰ μ·Id ⇒ KL_t ≤ (λ²/2)(κ/μ)·I_t + O(λ³)",
	Hypotheses: []string{branchReading, "decoupled parameters", "F̄_t ⪰ μ·Id with μ > 0"},
	Reading: "Along the branch the first claim gives F̄_tδ_t = −λG_t, and KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t to " +
		"second order; the second bounds that. The first covers every smooth parameterisation: the logits " +
		"may have any terms of order λ². In the checks μ is 1/tr F̄_t⁻¹, a rational lower bound on the least " +
		"eigenvalue, and κ is the largest trace over the prefixes of positive probability.",
	Claims: []Claim{
		{
			Formula: "at θ_0 + δ + O(λ²), δ arbitrary of order λ: ∂L/∂θ_t = λG_t + F̄_tδ_t + O(λ²), KL_t = ½δ_tᵀF̄_tδ_t + O(λ³)",
			Check:   verify.Identity(thm14Free[rat], thm14Free[mod]).Within(verify.Limits{Leaves: curveLeaves}),
		},
		{
			Formula:    "μ·G_tᵀF̄_t⁻¹G_t ≤ κ·I_t",
			Hypotheses: []string{"tr F_t ≤ κ at every prefix of positive probability"},
			Kernel:     []string{"Bounds.eigenvalue_bound"},
			Check:      verify.Rational(thm14KappaForm),
			Also:       []Check{verify.Series(thm14Kappa, nil)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "for arbitrary δ: KL_t = δ_tᵀF̄_tδ_t, missing ½", Check: verify.Identity(thm14FreeTwice[rat], thm14FreeTwice[mod])},
		{Name: "without κ and μ and half the information: KL_t ≤ (λ²/4)·I_t", Check: verify.Series(thm14Quarter, nil)},
		{Name: "the least trace for κ and the largest eigenvalue's bound tr F̄_t for μ", Drops: "tr F_t ≤ κ, F̄_t ⪰ μ·Id", Check: verify.Series(thm14Swapped, nil), Source: longDecoupled},
	},
	Source: decoupledFamilies,
}

// leastEigenvalue returns 1/tr F̄_t⁻¹, which is at most the least eigenvalue of F̄_t
// in the parameters of position t, and whether F̄_t is positive definite there.
func leastEigenvalue(w *World[rat], t int) (rat, bool) {
	if w.Family.Param.Tabular() || !definite(w, t) {
		return rat{}, false
	}
	n, o := w.Family.Param.Block(w.Family.Process, t), w.Family.Param.Offset(w.Family.Process, t)
	sum := w.FromInt(0)
	f := meanFisher(w, t)
	for i := range n {
		unit := make([]rat, len(f))
		for j := range unit {
			unit[j] = w.FromInt(0)
		}
		unit[o+i] = w.FromInt(1)
		sum = w.Add(sum, solveFisher(w, f, unit)[o+i])
	}
	mu := defined(rationals(w).Quo(w.FromInt(1), sum)) // a positive definite matrix has a positive inverse trace
	return mu, true
}

// thm14KappaForm bounds the form itself.
func thm14KappaForm(w *World[rat]) {
	if !decoupledFamily(w) {
		return
	}
	for t := 1; t <= w.T(); t++ {
		mu, ok := leastEigenvalue(w, t)
		if !ok {
			w.Vacuous()
			continue
		}
		w.AtMost(verify.At(t, 0), "μ·G_tᵀF̄_t⁻¹G_t ≤ κ·I_t", w.Mul(mu, quadraticForm(w, t)), w.Mul(extremeTrace(w, t, true), w.Oracle().Information(t)))
	}
}

// thm14Kappa bounds KL_t on the branch.
func thm14Kappa(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		mu, ok := leastEigenvalue(w, t)
		if !ok {
			w.Vacuous()
			return
		}
		w.AtMost(verify.At(t, 0), "μ·KL_t ≤ (λ²/2)·κ·I_t, order 2", w.Mul(mu, kl[2]),
			halfSquare(w, w.Mul(extremeTrace(w, t, true), w.Oracle().Information(t))))
	})
}

func thm14Quarter(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		w.AtMost(verify.At(t, 0), "2·KL_t ≤ (λ²/2)·I_t, order 2", w.Add(kl[2], kl[2]), halfSquare(w, w.Oracle().Information(t)))
	})
}

func thm14Swapped(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		if _, ok := leastEigenvalue(w, t); ok {
			w.AtMost(verify.At(t, 0), "tr F̄_t·KL_t ≤ (λ²/2)·min tr F_t·I_t, order 2", w.Mul(meanTrace(w, t), kl[2]),
				halfSquare(w, w.Mul(extremeTrace(w, t, false), w.Oracle().Information(t))))
		}
	})
}

var corollary15 = &Statement{
	ID: "cor-15", Title: "KL tracks harm information", Section: "8",
	Sentence: verify.Sentence{
		Says:    "Positions without harm information have no KL: they remain close to the base model.",
		Verdict: verify.Refuted,
		But:     "to leading order it holds, KL_t = o(λ²). There may be a term of order λ⁴. KL_t is zero at all positions beyond k exactly if k is at or beyond the horizon",
	},
	Formula:    "I_t = 0 ⇒ KL_t has no term of order λ²",
	Hypotheses: []string{"decoupled parameters"},
	Reading:    "To leading order. KL_t itself need not vanish (x-cor-15).",
	Claims:     []Claim{{Check: verify.Series(cor15, nil)}},
	NearMisses: []NearMiss{
		{Name: "no term of order λ⁴ either", Check: verify.Series(cor15Fourth, nil), Source: silentSource()},
		{Name: "shared parameters", Drops: "decoupled parameters", Check: verify.Series(cor15Second, nil), Source: movingSharedFamilies},
	},
	Source: decoupledFamilies,
}

// silentKL claims that the coefficient of order k of KL_t vanishes where I_t = 0.
func silentKL(w *World[rat], t int, kl []rat, k int) {
	if !w.IsZero(w.Oracle().Information(t)) {
		w.Vacuous()
		return
	}
	w.Equal(verify.At(t, 0).Where("order %d", k), "I_t = 0 ⇒ KL_t = 0 to the order", kl[k], w.FromInt(0))
}

func cor15(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) { silentKL(w, t, kl, 2) })
	for t, kl := range tabularKL(w) {
		silentKL(w, t+1, kl, 2)
		silentKL(w, t+1, kl, 3)
	}
}

func cor15Fourth(w *World[rat]) {
	for t, kl := range tabularKL(w) {
		silentKL(w, t+1, kl, 4)
	}
}

func cor15Second(w *World[rat]) {
	if b := standard(w); b != nil {
		for t, kl := range b.KL {
			silentKL(w, t+1, kl, 2)
		}
	}
}
