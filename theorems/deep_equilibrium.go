package theorems

import (
	"sounding/exact"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 9.1: the equilibrium of the deep objective to leading order.

var deepEquilibriumStatements = []*Statement{theorem19}

var theorem19 = &Statement{
	ID: "thm-19", Title: "Deep equilibrium", Section: "9.1",
	Sentence: verify.Sentence{
		Says: "For small λ and β the KL of a position is a quadratic form in the harm gradient plus the recovery gradient.",
		But:  "on the branch of stationary points that starts at the base model",
	},
	Formula:    "λ = aε, β = bε: KL_t = ½(λG_t + βγ^tG_t^rec)ᵀF̄_t⁻¹(λG_t + βγ^tG_t^rec) + O(ε³); (i) t > k: only the recovery part; (ii) β = 0: thm-14",
	Hypotheses: []string{branchReading, "decoupled parameters", "F̄_t ≻ 0, or G_t^rec in its range", "Q does not depend on θ"},
	Reading: "η_t = βγ^t with t counted from 1. Eq. 69 and 70, δθ_t = −F̄_t⁻¹(λG_t + βγ^tG_t^rec) + O(ε²), " +
		"are checked on the way. The equilibrium is a power series in ε that starts at θ_0 and is " +
		"stationary. Dual numbers over the series show this for the whole objective, penalty included. " +
		"Whether it minimises the objective is not examined. Where Q gives weight to a prefix that P_0 never " +
		"reaches, the penalty may have a slope in a direction in which F̄_t is singular. There is no branch " +
		"then, and nothing is claimed.",
	Claims: []Claim{
		{
			Formula: "KL_t = ½(λG_t + βγ^tG_t^rec)ᵀF̄_t⁻¹(λG_t + βγ^tG_t^rec) + O(ε³); F̄_t·δθ_t = −(λG_t + βγ^tG_t^rec) + O(ε²)",
			Check:   verify.Series(thm19[rat], thm19[mod]),
		},
		{
			Formula: "∂L_deep/∂θ_i = 0 along the branch, in every order through 4",
			Check:   verify.Series(deepStationary, nil),
		},
		{
			Formula:    "KL_t = ½β²γ^{2t}·G_t^recᵀF̄_t⁻¹G_t^rec at order ε²",
			Hypotheses: []string{"t > k"},
			Check:      verify.Series(thm19Beyond, nil),
		},
		{
			Formula:    "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t + O(λ³)",
			Hypotheses: []string{"β = 0"},
			Check:      verify.Series(thm19NoPenalty[rat], thm19NoPenalty[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "γ^{t−1} in place of γ^t", Check: verify.Series(thm19Power[rat], thm19Power[mod])},
		{Name: "P in place of Q in G_t^rec", Check: verify.Series(thm19Policy[rat], thm19Policy[mod]), Source: &Source{Smallest: penalised(underAttack(generators.Needs{Kind: model.Decoupled, Recovery: true, Adversary: true}), 2)}},
		{Name: "the recovery part alone, before the horizon too", Drops: "t > k", Check: verify.Series(thm19RecoveryOnly[rat], thm19RecoveryOnly[mod]), Source: &Source{Smallest: penalised(generators.Needs{Harm: true, Kind: model.Decoupled, Recovery: true}, 1)}},
		{Name: "sign of the recovery gradient", Check: verify.Series(thm19Sign[rat], thm19Sign[mod]), Source: &Source{Smallest: penalised(generators.Needs{Harm: true, Kind: model.Decoupled, Recovery: true}, 1)}},
		{Name: "the branch is stationary without the penalty too", Check: verify.Series(deepStationaryUnpenalised, nil), Source: &Source{Smallest: penalised(generators.Needs{Harm: true, Kind: model.Decoupled, Recovery: true}, 1)}},
		{Name: "missing ½", Check: verify.Series(thm19NoHalf[rat], thm19NoHalf[mod])},
	},
	Source: deepSource(),
}

// deep returns the branch of the deep objective of a decoupled family, or nil.
func deep[E any](w *World[E]) *exact.Branch[E] {
	if !decoupledFamily(w) {
		return nil
	}
	b := w.Deep()
	if b == nil {
		w.Vacuous()
	}
	return b
}

// slope returns λG_t + c·g, the slope of the objective at the base model.
func slope[E any](w *World[E], t int, c E, g []E) []E {
	v := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
	for i := range v {
		v[i] = w.Add(w.Mul(w.Objective().Lambda, v[i]), w.Mul(c, g[i]))
	}
	return v
}

// deepSlope returns λG_t + βγ^tG_t^rec.
func deepSlope[E any](w *World[E], t int) []E {
	o := w.Objective()
	return slope(w, t, w.Mul(o.Beta, power(w, t)), recoveryGradient(w, t, o.Adversary[t-1]))
}

// deepKL compares the coefficient of ε² of KL_t with ½·vᵀF̄_t⁻¹v. Where v lies
// outside the range of F̄_t, which only a wrong v can where a branch exists, the
// form is infinite and the sides differ.
func deepKL[E any](w *World[E], claim string, half int64, slope func(t int) []E) {
	b := deep(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		v := slope(t)
		z, err := exact.Solve(fieldOf(w), meanFisher(w, t), v)
		if err != nil {
			w.Fail(verify.At(t, 0), claim, "=", b.KL[t-1][2], "infinite")
		}
		w.Equal(verify.At(t, 0), claim, b.KL[t-1][2], w.Mul(fraction(w, 1, half), w.Dot(v, z)))
	}
}

func thm19[E any](w *World[E]) {
	b := deep(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "KL_t, order 0", b.KL[t-1][0], w.FromInt(0))
		w.Equal(verify.At(t, 0), "KL_t, order 1", b.KL[t-1][1], w.FromInt(0))
		v := block(w, t, deepSlope(w, t))
		for i, f := range block(w, t, times(w, meanFisher(w, t), coefficients(b, 1))) {
			w.Equal(verify.At(t, 0), "F̄_t·δθ_t = −(λG_t + βγ^tG_t^rec), order 1", f, w.Neg(v[i]))
		}
	}
	deepKL(w, "KL_t = ½(λG_t + βγ^tG_t^rec)ᵀF̄_t⁻¹(…), order 2", 2, func(t int) []E { return deepSlope(w, t) })
}

// thm19Beyond is part (i): beyond the horizon the harm gradient does not enter.
func thm19Beyond(w *World[rat]) {
	b := deep(w)
	if b == nil {
		return
	}
	o := w.Objective()
	for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
		v := scaled(w, w.Mul(o.Beta, power(w, t)), recoveryGradient(w, t, o.Adversary[t-1]))
		w.Equal(verify.At(t, 0), "t > k: KL_t = ½β²γ^{2t}·G_t^recᵀF̄_t⁻¹G_t^rec, order 2", b.KL[t-1][2],
			w.Mul(fraction(w, 1, 2), w.Dot(v, solveFisher(w, meanFisher(w, t), v))))
	}
}

// thm19NoPenalty is part (ii): with β = 0 the branch is that of thm-14.
func thm19NoPenalty[E any](w *World[E]) {
	if decoupledFamily(w) {
		thm14(w)
	}
}

func thm19Power[E any](w *World[E]) {
	deepKL(w, "KL_t with γ^{t−1}, order 2", 2, func(t int) []E {
		o := w.Objective()
		return slope(w, t, w.Mul(o.Beta, power(w, t-1)), recoveryGradient(w, t, o.Adversary[t-1]))
	})
}

func thm19Policy[E any](w *World[E]) {
	deepKL(w, "KL_t with prefixes under P, order 2", 2, func(t int) []E {
		return slope(w, t, w.Mul(w.Objective().Beta, power(w, t)), recoveryGradient(w, t, w.Solution().Occupancy[t-1]))
	})
}

func thm19RecoveryOnly[E any](w *World[E]) {
	deepKL(w, "KL_t = ½β²γ^{2t}·G_t^recᵀF̄_t⁻¹G_t^rec, order 2", 2, func(t int) []E {
		o := w.Objective()
		return scaled(w, w.Mul(o.Beta, power(w, t)), recoveryGradient(w, t, o.Adversary[t-1]))
	})
}

func thm19Sign[E any](w *World[E]) {
	deepKL(w, "KL_t with λG_t − βγ^tG_t^rec, order 2", 2, func(t int) []E {
		o := w.Objective()
		return slope(w, t, w.Neg(w.Mul(o.Beta, power(w, t))), recoveryGradient(w, t, o.Adversary[t-1]))
	})
}

func thm19NoHalf[E any](w *World[E]) {
	deepKL(w, "KL_t without ½, order 2", 1, func(t int) []E { return deepSlope(w, t) })
}
