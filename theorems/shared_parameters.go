package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// Appendix A: the equilibrium with shared parameters.

var sharedParametersStatements = []*Statement{proposition25, equation59, proposition26, theorem27}

var proposition25 = &Statement{
	ID: "prop-25", Title: "Equilibrium with shared parameters", Section: "A.2",
	Sentence: verify.Sentence{
		Says:    "With shared parameters the equilibrium is at −λF̄⁻¹Ḡ to leading order, and KL_t follows.",
		Verdict: verify.HoldsOf,
		But: "the stationary point near the base model. Under Assumption 1 alone the minimiser may lie " +
			"elsewhere. In an identifiable family it is that point, for small λ",
	},
	Formula:    "θ* − θ_0 = −λF̄⁻¹Ḡ + O(λ²), KL_t = (λ²/2)·ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ + O(λ³), F̄ = Σ_t F̄_t, Ḡ = Σ_t G_t",
	Hypotheses: []string{branchReading, "F̄ ≻ 0, or its pseudo-inverse"},
	Claims: []Claim{
		{
			Formula: "F̄·(θ* − θ_0) = −λḠ at order λ; KL_t = (λ²/2)·ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ at order λ²",
			Check:   verify.Series(prop25[rat], prop25[mod]),
		},
		{
			Formula: "∂L/∂θ_i = 0 along θ*(λ), order by order",
			Check:   verify.Series(stationary[rat], stationary[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "G_t and F̄_t alone, as if decoupled", Drops: "Ḡ, F̄", Check: verify.Series(prop25Decoupled[rat], prop25Decoupled[mod]), Source: everywhereShared},
		{Name: "F̄ in place of F̄_t in the middle", Check: verify.Series(prop25Middle[rat], prop25Middle[mod]), Source: everywhereShared},
		{Name: "missing ½", Check: verify.Series(prop25NoHalf[rat], prop25NoHalf[mod])},
		{Name: "sign of the shift", Check: verify.Series(prop25Sign[rat], prop25Sign[mod])},
	},
	Source: smoothFamilies,
}

// sharedKL compares the coefficient of λ² of KL_t with a formula.
func sharedKL[E any](w *World[E], claim string, right func(t int) E) {
	b := standard(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), claim, b.KL[t-1][2], right(t))
	}
}

func prop25[E any](w *World[E]) {
	b := standard(w)
	if b == nil {
		return
	}
	g, f := total(w)
	for i, v := range times(w, f, coefficients(b, 1)) {
		w.Equal(Place{}, "F̄·δθ = −λḠ, order 1", v, w.Neg(w.Mul(w.Objective().Lambda, g[i])))
	}
	z := solveFisher(w, f, g)
	sharedKL(w, "KL_t = (λ²/2)·ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ, order 2", func(t int) E { return halfSquare(w, form(w, meanFisher(w, t), z)) })
}

func prop25Decoupled[E any](w *World[E]) {
	sharedKL(w, "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t, order 2", func(t int) E { return halfSquare(w, quadraticForm(w, t)) })
}

func prop25Middle[E any](w *World[E]) {
	g, f := total(w)
	z := solveFisher(w, f, g)
	sharedKL(w, "KL_t = (λ²/2)·ḠᵀF̄⁻¹Ḡ, order 2", func(t int) E { return halfSquare(w, form(w, f, z)) })
}

func prop25NoHalf[E any](w *World[E]) {
	g, f := total(w)
	z := solveFisher(w, f, g)
	sharedKL(w, "KL_t = λ²·ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ, order 2", func(t int) E {
		v := halfSquare(w, form(w, meanFisher(w, t), z))
		return w.Add(v, v)
	})
}

func prop25Sign[E any](w *World[E]) {
	b := standard(w)
	if b == nil {
		return
	}
	g, f := total(w)
	for i, v := range times(w, f, coefficients(b, 1)) {
		w.Equal(Place{}, "F̄·δθ = +λḠ, order 1", v, w.Mul(w.Objective().Lambda, g[i]))
	}
}

var equation59 = &Statement{
	ID: "eq-59", Title: "Functional and incidental change", Section: "A.3",
	Sentence: verify.Sentence{
		Says:    "With shared parameters KL_t splits into a functional and an incidental part.",
		Verdict: verify.Refuted,
		But:     "there is a third, mixed term, and it can cancel the other two",
	},
	Formula:    "KL_t = ½δ_fᵀF̄_tδ_f + ½δ_iᵀF̄_tδ_i + δ_fᵀF̄_tδ_i + O(λ³), δ_f = −λF̄⁻¹G_t, δ_i = −λF̄⁻¹Σ_{s≠t}G_s; the functional part vanishes where I_t = 0",
	Hypotheses: []string{branchReading},
	Reading: "The first claim covers every smooth parameterisation: the logits may have any terms of order " +
		"λ². Where ∂L/∂θ vanishes to order λ, as on the branch, F̄(δ_f + δ_i) = −λḠ. A second check compares " +
		"the claim with the branch itself, in log-linear and polynomial families.",
	Claims: []Claim{
		{
			Formula: "at θ_0 + δ_f + δ_i + O(λ²), δ_f and δ_i arbitrary of order λ: ∂L/∂θ = λΣ_tG_t + F̄(δ_f + δ_i) + O(λ²), KL_t = ½δ_fᵀF̄_tδ_f + ½δ_iᵀF̄_tδ_i + δ_fᵀF̄_tδ_i + O(λ³)",
			Check:   verify.Identity(eq59Free[rat], eq59Free[mod]).Within(verify.Limits{Leaves: curveLeaves}),
			Also:    []Check{verify.Series(eq59[rat], eq59[mod])},
		},
		{
			Formula:    "δ_fᵀF̄_tδ_f = 0",
			Hypotheses: []string{"I_t = 0"},
			Kernel:     []string{"Horizon.no_information_no_gradient"},
			Check:      verify.Series(eq59Silent, nil),
		},
	},
	NearMisses: []NearMiss{
		{Name: "no cross term", Check: verify.Series(eq59NoCross[rat], eq59NoCross[mod]), Source: everywhereShared},
		{Name: "half the cross term", Check: verify.Series(eq59HalfCross[rat], eq59HalfCross[mod]), Source: everywhereShared},
		{Name: "half the cross term, for arbitrary δ_f and δ_i", Check: verify.Identity(eq59FreeHalf[rat], eq59FreeHalf[mod])},
		{Name: "the incidental part vanishes where I_t = 0", Check: verify.Series(eq59Incidental, nil), Source: everywhereShared},
	},
	Source: smoothFamilies,
}

// parts returns δ_f and δ_i at position t, for λ = 1.
func parts[E any](w *World[E], t int) (functional, incidental []E) {
	g, f := total(w)
	own := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
	for i := range g {
		g[i] = w.Sub(g[i], own[i])
	}
	return solveFisher(w, f, own), solveFisher(w, f, g)
}

// split compares KL_t with the three terms, the cross term taken cross/2 times.
func split[E any](w *World[E], claim string, cross int64) {
	sharedKL(w, claim, func(t int) E {
		a, i := parts(w, t)
		f := meanFisher(w, t)
		sum := w.Add(form(w, f, a), form(w, f, i))
		return halfSquare(w, w.Add(sum, w.Mul(w.FromInt(cross), w.Dot(a, times(w, f, i)))))
	})
}

func eq59[E any](w *World[E]) { split(w, "KL_t = functional + incidental + cross term, order 2", 2) }

func eq59NoCross[E any](w *World[E]) { split(w, "KL_t = functional + incidental, order 2", 0) }

func eq59HalfCross[E any](w *World[E]) { split(w, "KL_t with half the cross term, order 2", 1) }

// silentPart claims that one of the two parts vanishes where I_t = 0.
func silentPart(w *World[rat], claim string, part func(t int) []rat) {
	for t := 1; t <= w.T(); t++ {
		if !w.IsZero(w.Oracle().Information(t)) {
			w.Vacuous()
			continue
		}
		w.Equal(verify.At(t, 0), claim, form(w, meanFisher(w, t), part(t)), w.FromInt(0))
	}
}

func eq59Silent(w *World[rat]) {
	silentPart(w, "I_t = 0 ⇒ δ_fᵀF̄_tδ_f = 0", func(t int) []rat {
		f, _ := parts(w, t)
		return f
	})
}

func eq59Incidental(w *World[rat]) {
	silentPart(w, "I_t = 0 ⇒ δ_iᵀF̄_tδ_i = 0", func(t int) []rat {
		_, i := parts(w, t)
		return i
	})
}

var proposition26 = &Statement{
	ID: "prop-26", Title: "Incidental change is uncorrelated with harm", Section: "A.3",
	Sentence:   verify.Sentence{Says: "Beyond the horizon the incidental change is uncorrelated with expected harm."},
	Formula:    "t > k ⇒ Cov(h_t, f(y_t) | y_<t) = 0 for every f; so E[Cov(h_t, log P_θ* − log P_0 | y_<t)] = 0 for every θ*",
	Hypotheses: []string{"t > k, the harm horizon", "prefixes of positive probability"},
	Reading: "The first claim takes each indicator 1[y_t = a] for f, because every f is a combination of " +
		"them. The second takes the change at the equilibrium, order by order in λ: it repeats for one θ* " +
		"what the first says for all.",
	Claims: []Claim{
		{
			Formula: "Cov(h_t, 1[y_t = a] | y_<t) = 0 for every token a",
			Kernel:  []string{"Horizon.uncorrelated_beyond"},
			Check:   verify.Rational(prop26),
		},
		{
			Formula:    "Cov(h_t, log P_θ* − log P_0 | y_<t) = 0, under P_0 and under P_θ*",
			Hypotheses: []string{branchReading},
			Kernel:     []string{"Horizon.uncorrelated_beyond"},
			Check:      verify.Series(prop26Equilibrium, nil),
		},
	},
	NearMisses: []NearMiss{
		{Name: "t ≥ k", Drops: "t > k", Check: verify.Rational(prop26AtHorizon)},
		{Name: "every prefix, those of probability zero too", Drops: "prefixes of positive probability", Check: verify.Rational(prop26Everywhere), Source: &Source{Draw: impossibleSource().Draw, Smallest: smallestVaried(longer(needsHarmZeros))}},
	},
	Source: sharedFamilies,
}

// uncorrelated claims Cov(h_t, f(y_t)|y_<t) = 0 for t > k + shift, with h_t by
// enumeration and f the indicator of each token: every f is a sum of these.
func uncorrelated(w *World[rat], claim string, shift int, everywhere bool) {
	o := w.Oracle()
	if o.Horizon() == w.T() {
		w.Vacuous()
	}
	for t := max(1, o.Horizon()+1+shift); t <= w.T(); t++ {
		for x := range w.States(t) {
			if !everywhere && w.IsZero(w.Solution().Occupancy[t-1][x]) {
				continue
			}
			p, h := w.Row(t, x), w.After(t, x, o.Mean()[t])
			mean := w.Dot(p, h)
			for a := range p {
				w.Equal(verify.At(t, x), claim, w.Mul(p[a], w.Sub(h[a], mean)), w.FromInt(0))
			}
		}
	}
}

func prop26(w *World[rat]) { uncorrelated(w, "Cov(h_t, 1[y_t = a]|y_<t) = 0, t > k", 0, false) }

func prop26AtHorizon(w *World[rat]) {
	uncorrelated(w, "Cov(h_t, 1[y_t = a]|y_<t) = 0, t ≥ k", -1, false)
}

func prop26Everywhere(w *World[rat]) {
	uncorrelated(w, "Cov(h_t, 1[y_t = a]|y_<t) = 0, t > k, everywhere", 0, true)
}

// prop26Equilibrium takes for f the change log P_θ* − log P_0 of the equilibrium,
// coefficient by coefficient, under P_0 and under P_θ*.
func prop26Equilibrium(w *World[rat]) {
	b := standard(w)
	if b == nil {
		return
	}
	s := field.NewSeries[rat](w.Ring, verify.SeriesOrder)
	for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			if w.IsZero(w.Solution().Occupancy[t-1][x]) {
				continue
			}
			lo, hi := w.Layer(t).Row(x)
			h := w.After(t, x, w.Oracle().Mean()[t])
			mean := w.Dot(w.Row(t, x), h)
			base, tilted := s.FromInt(0), s.FromInt(0)
			for e := lo; e < hi; e++ {
				d := s.Mul(s.Constant(w.Sub(h[e-lo], mean)), b.LogRatio[t-1][e])
				base = s.Add(base, s.Mul(s.Constant(w.Family.Prob[t-1][e]), d))
				tilted = s.Add(tilted, s.Mul(b.Prob[t-1][e], d))
			}
			for k := range base {
				w.Equal(verify.At(t, x).Where("order %d", k), "Cov(h_t, log P_θ* − log P_0|y_<t) = 0", base[k], w.FromInt(0))
				w.Equal(verify.At(t, x).Where("order %d", k), "Cov_{P_θ*}(h_t, log P_θ* − log P_0|y_<t) = 0", tilted[k], w.FromInt(0))
			}
		}
	}
}

var theorem27 = &Statement{
	ID: "thm-27", Title: "Equilibrium with shared parameters, refined", Section: "A.4",
	Sentence: verify.Sentence{
		Says: "With shared parameters KL_t = O(λ²); beyond the horizon it may be positive, without correlation with harm; with decoupled parameters it is that of Theorem 14.",
	},
	Formula:    "1: KL_t = O(λ²). 2: for t > k KL_t may be positive, with no covariance with harm. 3: decoupled: KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t + O(λ³)",
	Hypotheses: []string{branchReading, "Assumption 1: twice differentiable, F̄ ≻ 0 or its pseudo-inverse"},
	Reading:    "The counterexample to the first near-miss shows that KL_t may be positive for t > k.",
	Claims: []Claim{
		{
			Formula: "KL_t = O(λ²)",
			Check:   verify.Series(thm27[rat], thm27[mod]),
		},
		{
			Formula:    "Cov(h_t, log P_θ* − log P_0 | y_<t) = 0, under P_0 and under P_θ*",
			Hypotheses: []string{"t > k", "prefixes of positive probability"},
			Kernel:     []string{"Horizon.uncorrelated_beyond"},
			Check:      verify.Series(prop26Equilibrium, nil),
		},
		{
			Formula:    "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t + O(λ³)",
			Hypotheses: []string{"decoupled parameters"},
			Check:      verify.Series(thm27Decoupled[rat], thm27Decoupled[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "beyond the horizon KL_t has no term of order λ²: part 2 exhibits that it may", Drops: "decoupled", Check: verify.Series(thm27Beyond, nil), Source: everywhereShared},
		{Name: "KL_t = O(λ³)", Check: verify.Series(thm27Cubic[rat], thm27Cubic[mod])},
		{Name: "part 3 for shared parameters", Drops: "decoupled", Check: verify.Series(prop25Decoupled[rat], prop25Decoupled[mod]), Source: everywhereShared},
	},
	Source: smoothFamilies,
}

func thm27[E any](w *World[E]) {
	b := standard(w)
	if b == nil {
		return
	}
	for t, kl := range b.KL {
		w.Equal(verify.At(t+1, 0), "KL_t = O(λ²), order 0", kl[0], w.FromInt(0))
		w.Equal(verify.At(t+1, 0), "KL_t = O(λ²), order 1", kl[1], w.FromInt(0))
	}
}

func thm27Decoupled[E any](w *World[E]) {
	if decoupledFamily(w) {
		thm14(w)
	}
}

func thm27Cubic[E any](w *World[E]) {
	sharedKL(w, "KL_t = O(λ³), order 2", func(int) E { return w.FromInt(0) })
}

func thm27Beyond(w *World[rat]) {
	if b := standard(w); b != nil {
		for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "t > k ⇒ KL_t = O(λ³), order 2", b.KL[t-1][2], w.FromInt(0))
		}
	}
}
