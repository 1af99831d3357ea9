package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// Section 3, beyond the paper: harm on another scale.

var harmScaleStatements = []*Statement{ownHarmScale}

var ownHarmScale = &Statement{
	ID: "own-harm-scale", Title: "Harm on another scale, and outside [0, 1]", Section: "3", Kind: verify.Own,
	Formula: "Harm' = c + r·Harm: h_t' = c + r·h_t, I_t' = r²·I_t, C_t' = r·C_t, G_t' = r·G_t, the same horizon for r ≠ 0, " +
		"and under the weight λ the objective, optimum and KL_t that Harm has under λ·r",
	Reading: ownReading + " Primes mark what belongs to Harm'. A reward is harm with r < 0. The instances of " +
		"the other entries have harm from 0 to 1; where the numbers of an identity are free, harm is any " +
		"real number. Claims that need 0 ≤ Harm ≤ 1 say so in their hypotheses: the bounds of rem-1-general, " +
		"of own-approximate-horizon by a probability, of rem-4 where rows concentrate, of own-prefill by " +
		"tanh(λ/4), and of x-assumption-1-global by λ²/2.",
	Claims: []Claim{
		{
			Formula: "h_t' = c + r·h_t, Δ_t' = r·Δ_t, I_t' = r²·I_t and Var(Harm') = r²·Var(Harm) for arbitrary r and c",
			Check:   verify.Identity(scaledInformation[rat], scaledInformation[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
		},
		{
			Formula: "C_t' = r·C_t at every prefix and G_t' = r·G_t along every direction dP, for arbitrary r and c",
			Check:   verify.Identity(scaledGradient[rat], scaledGradient[mod]),
		},
		{
			Formula: "λ·E[Harm'] + Σ_t (KL_t + η_tE_Q[1−ρ_t]) = λ·c + λ·r·E[Harm] + Σ_t (KL_t + η_tE_Q[1−ρ_t]), the " +
				"objective L_deep of eq. 43 and, for β = 0, that of eq. 2, for arbitrary r and c, every P and every log(P/P_0)",
			Check: verify.Identity(scaledObjective[rat], scaledObjective[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
		},
		{
			Formula:    "KL_t of Harm' = c + r·Harm, order n = rⁿ·KL_t of Harm, order n, n ≤ 4, for arbitrary r and c",
			Hypotheses: []string{"tabular"},
			Check:      verify.Identity(scaledExpansion[rat], scaledExpansion[mod]).Within(verify.Limits{Leaves: scaleLeaves}),
		},
		{
			Formula:    "KL_t', order n = rⁿ·KL_t, order n, n ≤ 4",
			Hypotheses: []string{branchReading},
			Check:      verify.Series(scaledBranch, nil),
		},
		{
			Formula:    "least k with I_t' = 0 for all t > k = least k with Harm = g(y_≤k) almost surely; Cov(h_t', s_t|y_<t) = 0, t > k",
			Hypotheses: []string{"r ≠ 0", "Harm' is outside [0, 1] somewhere"},
			Check:      verify.Rational(scaledHorizon),
		},
		{
			Formula:    "‖C_t'‖² ≤ Var(h_t'|y_<t)·tr F_t; ‖G_t'‖² ≤ κ·I_t'; ‖G_t'‖² ≤ I_t'·tr F̄_t; G_t'ᵀF̄_t⁺G_t' ≤ I_t'",
			Hypotheses: []string{"Harm' is outside [0, 1] somewhere"},
			Check:      verify.Rational(scaledBounds),
		},
		{
			Formula:    "4·Var(Harm') ≤ r²",
			Hypotheses: []string{"0 ≤ Harm ≤ 1"},
			Check:      verify.Rational(scaledVariance),
		},
	},
	NearMisses: []NearMiss{
		{Name: "I_t' = r·I_t", Check: verify.Identity(scaledInformationOnce[rat], scaledInformationOnce[mod])},
		{Name: "G_t' = r²·G_t", Check: verify.Identity(scaledGradientTwice[rat], scaledGradientTwice[mod])},
		{Name: "the same objective, c and all", Check: verify.Identity(scaledObjectiveSame[rat], scaledObjectiveSame[mod])},
		{Name: "KL_t' = r²·KL_t beyond the leading order too", Check: verify.Identity(scaledExpansionSquare[rat], scaledExpansionSquare[mod])},
		{Name: "the same KL_t under the same λ", Check: verify.Series(scaledBranchSame, nil)},
		{Name: "the same horizon for r = 0", Drops: "r ≠ 0", Check: verify.Rational(flatHorizon)},
		{Name: "4·Var(Harm') ≤ 1 whatever r is", Check: verify.Rational(scaledVarianceUnit)},
	},
	Looks:  needsHarmShared,
	Source: sharedFamilies,
}

// scaleLeaves bounds the shapes of the claim about expansions: the world has two of them.
const scaleLeaves = 4

// onScale returns the world with harm Harm' = c + r·Harm, for arbitrary r and c.
func onScale[E any](w *World[E]) (v *World[E], r, c E) {
	symbols := w.Arbitrary(2)
	r, c = symbols[0], symbols[1]
	return withHarm(w, affine(w, r, c, w.Family.Harm)), r, c
}

// affine returns c + r·v, entry by entry.
func affine[E any](w *World[E], r, c E, v []E) []E {
	list := scaled(w, r, v)
	for x := range list {
		list[x] = w.Add(c, list[x])
	}
	return list
}

// informationOnScale compares what the recursion makes of Harm' with r and c times what the
// definitions make of Harm; of is what the information is multiplied by.
func informationOnScale[E any](w *World[E], claim string, of func(r E) E) {
	v, r, c := onScale(w)
	m, o := v.Solution(), w.Oracle()
	for t := range w.T() + 1 {
		means := affine(w, r, c, o.Mean()[t])
		for x := range w.States(t + 1) {
			w.Equal(verify.At(t+1, x), "h_t' = c + r·h_t", m.H[t][x], means[x])
		}
	}
	everyPrefix(w, func(t, x int) {
		before := o.Mean()[t-1][x]
		plain := w.After(t, x, o.Mean()[t])
		for a, d := range innovation(v, t, x) {
			w.Equal(verify.At(t, x), "Δ_t' = r·Δ_t", d, w.Mul(r, w.Sub(plain[a], before)))
		}
	})
	for t, i := range m.Information {
		w.Equal(verify.At(t+1, 0), claim, i, w.Mul(of(r), o.Information(t+1)))
	}
	w.Equal(Place{}, "Var(Harm') = r²·Var(Harm)", m.Variance, w.Mul(field.Square(w.Ring, r), o.Variance()[0][0]))
}

func scaledInformation[E any](w *World[E]) {
	informationOnScale(w, "I_t' = r²·I_t", func(r E) E { return field.Square(w.Ring, r) })
}

func scaledInformationOnce[E any](w *World[E]) { informationOnScale(w, "I_t' = r·I_t", itself[E]) }

// gradientOnScale compares C_t and G_t of Harm', by recursion, with a multiple of those of
// Harm, by enumeration.
func gradientOnScale[E any](w *World[E], claim string, of func(r E) E) {
	v, r, _ := onScale(w)
	h, o := w.Oracle().Mean(), w.Oracle()
	for _, tangent := range w.Tangents() {
		everyPrefix(w, func(t, x int) {
			lo, hi := w.Layer(t).Row(x)
			d := tangent[t-1][lo:hi]
			w.Equal(verify.At(t, x), "C_t' = r·C_t along dP", w.Dot(d, v.After(t, x, v.Solution().H[t])), w.Mul(r, w.Dot(d, w.After(t, x, h[t]))))
		})
		for t, g := range o.Derivative(o.Harm(), tangent) {
			w.Equal(verify.At(t+1, 0), claim, along(v, t+1, tangent), w.Mul(of(r), g))
		}
	}
}

func scaledGradient[E any](w *World[E]) { gradientOnScale(w, "G_t' = r·G_t along dP", itself[E]) }

func scaledGradientTwice[E any](w *World[E]) {
	gradientOnScale(w, "G_t' = r²·G_t along dP", func(r E) E { return field.Square(w.Ring, r) })
}

// objectiveOnScale compares the objective of Harm' over sequences with that of Harm under
// λ·r, by recursion, shifted.
func objectiveOnScale[E any](w *World[E], claim string, shift func(lambda, c E) E) {
	v, r, c := onScale(w)
	o, p := w.Objective(), drawn(w)
	left := w.Add(wholeCost(v, p, 0, o.Lambda), definedPenalty(w, 0))
	right := w.Add(shift(o.Lambda, c), w.Mul(w.Mul(o.Lambda, r), w.Solution().Expected))
	right = w.Add(right, field.Sum(w.Ring, positionMeans(w, p.prob, p.log)))
	w.Equal(Place{}, claim, left, w.Add(right, exact.Penalty(w.Ring, w.Family.Numbers, o)))
}

func scaledObjective[E any](w *World[E]) {
	objectiveOnScale(w, "λ·E[Harm'] + Σ_t (KL_t + η_tE_Q[1−ρ_t]) = λ·c + λ·r·E[Harm] + Σ_t (KL_t + η_tE_Q[1−ρ_t])", w.Mul)
}

func scaledObjectiveSame[E any](w *World[E]) {
	objectiveOnScale(w, "λ·E[Harm'] + Σ_t (KL_t + η_tE_Q[1−ρ_t]) = λ·r·E[Harm] + Σ_t (KL_t + η_tE_Q[1−ρ_t])", func(E, E) E { return w.FromInt(0) })
}

// scaledCoefficients compares the coefficients of KL_t' with power(r, n) times those of KL_t.
func scaledCoefficients[E any](w *World[E], claim string, r E, other, kl [][]E, power func(r E, n int) E) {
	for t := range kl {
		for n := 1; n <= taylorOrder; n++ {
			w.Equal(verify.At(t+1, 0).Where("order %d", n), claim, other[t][n], w.Mul(power(r, n), kl[t][n]))
		}
	}
}

// toThe returns rⁿ.
func toThe[E any](w *World[E]) func(r E, n int) E {
	return func(r E, n int) E {
		p := w.FromInt(1)
		for range n {
			p = w.Mul(p, r)
		}
		return p
	}
}

func scaledExpansion[E any](w *World[E]) {
	v, r, _ := onScale(w)
	scaledCoefficients(w, "tabular: KL_t', order n = rⁿ·KL_t, order n", r, newExpansion(v).kl(), newExpansion(w).kl(), toThe(w))
}

func scaledExpansionSquare[E any](w *World[E]) {
	v, r, _ := onScale(w)
	square := func(r E, _ int) E { return field.Square(w.Ring, r) }
	scaledCoefficients(w, "tabular: KL_t', order n = r²·KL_t, order n", r, newExpansion(v).kl(), newExpansion(w).kl(), square)
}

// branchOnScale compares the branches of the two harms in the family of the world.
func branchOnScale(w *World[rat], claim string, power func(r rat, n int) rat) {
	b := standard(w)
	if b == nil {
		return
	}
	v, r, _ := onScale(w)
	o := w.Objective()
	o.Beta = w.FromInt(0)
	other := defined(exact.SolveBranch(rationals(w), v.Family, o, verify.SeriesOrder)) // F̄ is that of b
	scaledCoefficients(w, claim, r, other.KL, b.KL, power)
}

func scaledBranch(w *World[rat]) {
	branchOnScale(w, "KL_t', order n = rⁿ·KL_t, order n", toThe(w))
}

func scaledBranchSame(w *World[rat]) {
	branchOnScale(w, "KL_t', order n = KL_t, order n", func(rat, int) rat { return w.FromInt(1) })
}

// outside returns the world with harm Harm' = c + r·Harm, r ≠ 0, and nil where that stays
// within [0, 1].
func outside(w *World[rat]) *World[rat] {
	v, _, _ := onScale(w)
	for _, h := range v.Family.Harm {
		if w.SignOf(h) == field.Negative || w.SignOf(w.Sub(w.FromInt(1), h)) == field.Negative {
			return v
		}
	}
	w.Vacuous()
	return nil
}

func scaledHorizon(w *World[rat]) {
	if v := outside(w); v != nil {
		thm9(v)
		thm10(v)
	}
}

func scaledBounds(w *World[rat]) {
	if v := outside(w); v != nil {
		lem12Bound(v)
		thm13Bound(v)
		thm13SharpBound(v)
	}
}

func flatHorizon(w *World[rat]) {
	v := withHarm(w, affine(w, w.FromInt(0), w.FromInt(1), w.Family.Harm))
	w.Same(Place{}, "r = 0: least k with I_t' = 0 for all t > k = least k with Harm = g(y_≤k) almost surely",
		informationHorizon(w, v.Solution().Information), w.Oracle().Horizon())
}

// spreadOnScale claims that 4·Var(Harm') is at most a bound.
func spreadOnScale(w *World[rat], claim string, bound func(r rat) rat) {
	v, r, _ := onScale(w)
	w.AtMost(Place{}, claim, w.Mul(w.FromInt(4), v.Oracle().Variance()[0][0]), bound(r))
}

func scaledVariance(w *World[rat]) {
	spreadOnScale(w, "4·Var(Harm') ≤ r²", func(r rat) rat { return field.Square(w.Ring, r) })
}

func scaledVarianceUnit(w *World[rat]) {
	spreadOnScale(w, "4·Var(Harm') ≤ 1", func(rat) rat { return w.FromInt(1) })
}
