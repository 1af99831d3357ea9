package theorems

import (
	"fmt"
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Claims about shared parameters.

func contestedShared() []*Statement {
	looks := generators.Needs{Harm: true, Kind: model.Shared}
	smooth := smoothSource()
	late := lateSource()
	branch := "the branch of stationary points through θ_0"
	return []*Statement{
		{
			ID: "x-rem-3", Title: "With shared parameters later positions leave the base model", Section: "6",
			Formula:    "log(P_θ*/P_0)(a|y_<t) = −λ·s_t(a|y_<t)ᵀF̄⁺Ḡ + O(λ²); decoupled parameters: P_θ* = P_0 for t > k, in every order",
			Hypotheses: []string{branch, "prefixes of positive probability", "P_θ* = P_0: decoupled parameters"},
			Reading:    "The paper derives it without a word on parameters; over all policies it is true (rem-3). Refuted by the first coefficients in λ: where one of them is not zero, P_θ* ≠ P_0 for all small λ > 0.",
			Claim: &Claim{
				Wording: "Positions beyond the harm horizon remain at the base model distribution.",
				Check:   verify.Series(lateMoves, nil),
				Source:  late,
			},
			Repair: "To first order a position stays at the base model exactly where its score is orthogonal to F̄⁺Ḡ; beyond the horizon that is so for decoupled parameters, and then in every order.",
			Checks: []Check{verify.Series(lateShift[rat], lateShift[mod]), verify.Series(lateDecoupled, nil)},
			NearMisses: []NearMiss{
				{Name: "sign of the shift", Check: verify.Series(lateShiftSign[rat], lateShiftSign[mod]), Source: late},
				{Name: "G_t alone in place of Ḡ", Check: verify.Series(lateShiftOwn[rat], lateShiftOwn[mod]), Source: late},
				{Name: "in every order, for shared parameters", Drops: "P_θ* = P_0: decoupled parameters", Check: verify.Series(lateMoves, nil), Source: late},
			},
			Source: smooth,
		},
		{
			ID: "x-a4", Title: "A late change can be increased recovery capability", Section: "A",
			Formula:    "ρ*(y_<t) − ρ_0(y_<t) = −λ·Cov(1[y_t∈R], s_t | y_<t)ᵀF̄⁺Ḡ + O(λ²)",
			Hypotheses: []string{branch, "prefixes of positive probability"},
			Reading:    "The optimum is that of the standard objective; recovery capability at a prefix is the probability of R there. Refuted by the first coefficient in λ: where it is positive, ρ* > ρ_0 for all small λ > 0.",
			Claim: &Claim{
				Wording: "Beyond the harm horizon the difference from the base model does not manifest as increased recovery capability.",
				Check:   verify.Series(lateRecovery, nil),
				Source:  late,
			},
			Repair: "A late recovery probability moves with the parameters that other positions move. To first order it does not rise exactly where Cov(1_R, s_t|y_<t)ᵀF̄⁺Ḡ is not negative.",
			Checks: []Check{verify.Series(recoveryShift[rat], recoveryShift[mod])},
			NearMisses: []NearMiss{
				{Name: "sign of the shift", Check: verify.Series(recoverySign[rat], recoverySign[mod]), Source: late},
				{Name: "the functional part alone, G_t for Ḡ", Check: verify.Series(recoveryOwn[rat], recoveryOwn[mod]), Source: late},
				{Name: "F̄_t in place of F̄", Check: verify.Series(recoveryLocal[rat], recoveryLocal[mod]), Source: late},
			},
			Source: smooth,
		},
		{
			ID: "x-eq-59", Title: "Functional and incidental change are no parts of a whole", Section: "A",
			Formula:    "KL_t = ½δ_fᵀF̄_tδ_f + ½δ_iᵀF̄_tδ_i + δ_fᵀF̄_tδ_i + O(λ³); (δ_fᵀF̄_tδ_i)² ≤ δ_fᵀF̄_tδ_f · δ_iᵀF̄_tδ_i",
			Hypotheses: []string{branch, "the cross term"},
			Reading:    "As two components that add up to KL_t: where KL_t vanishes both vanish. Where Ḡ = 0 the base model itself is stationary, so that KL_t is zero in every order along the branch.",
			Claim: &Claim{
				Wording: "KL_t decomposes into a functional and an incidental component: where KL_t = 0, in every order of λ, the functional one is 0.",
				Check:   verify.Series(wholeVanishes, nil),
				Source:  cancellingSource(),
			},
			Repair: "There are three terms, and the cross term can cancel the other two: it is bounded by them, by Cauchy and Schwarz, and no better.",
			Checks: []Check{verify.Series(eq59[rat], eq59[mod]), verify.Series(wholeCross, nil)},
			NearMisses: []NearMiss{
				{Name: "no cross term", Drops: "the cross term", Check: verify.Series(eq59NoCross[rat], eq59NoCross[mod]), Source: movingShared()},
				{Name: "half of the bound on the cross term", Check: verify.Series(wholeCrossHalf, nil), Source: cancellingSource()},
				{Name: "KL_t is at least its functional part", Check: verify.Series(wholeFunctional, nil), Source: movingShared()},
			},
			Source: familySource(model.Shared, looks),
		},
	}
}

// lateSource supplies shared families with a position beyond the horizon: harm is
// a function of the first token, and both tokens of two have features.
func lateSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			c := smallTree(2, 2, r)
			c.Recovery = []int{int(r.Int64N(2))}
			first := integers(2, 0, 3, r)
			c.Instance.Process = mustModel(c.WithHarm(model.NaturalsOf(first[0], first[0], first[1], first[1]), big.NewInt(4)))
			c.Parameterisation = model.Parameterisation{Kind: model.Shared, Parameters: 1 + i%2}
			for t := 1; t <= 2; t++ {
				c.Parameterisation.Features = append(c.Parameterisation.Features, integers(c.Layer(t).Edges()*c.Parameterisation.Parameters, -2, 2, r))
			}
			return c
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				// All tokens equally likely, the first decides, and one parameter: the
				// size is the sum of the absolute features.
				for size := int64(1); ; size++ {
					for features := range absolute(6, size) {
						for _, harm := range [][]int64{{0, 0, 1, 1}, {1, 1, 0, 0}} {
							for a := range 2 {
								c := &model.Case{Instance: model.NewInstance(mustModel(shape(2, 2).Tree().WithHarm(model.NaturalsOf(harm...), big.NewInt(1))))}
								c.Recovery = []int{a}
								c.Parameterisation = model.Parameterisation{
									Kind: model.Shared, Parameters: 1, Features: [][]int64{slices.Clone(features[:2]), slices.Clone(features[2:])},
								}
								if !yield(c) {
									return
								}
							}
						}
					}
				}
			}
		},
	}
}

// cancellingSource supplies shared families with one parameter whose gradients at
// two positions cancel: the features of each are multiplied by the gradient of the
// other.
func cancellingSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			c := smallTree(2, 2, r)
			c.Parameterisation = model.Parameterisation{
				Kind: model.Shared, Parameters: 1, Features: [][]int64{integers(2, -2, 2, r), integers(4, -2, 2, r)},
			}
			w := verify.NewCaseWorld(field.NewRational(), c)
			g := [2]*big.Rat{gradient(w, 1)[0].Rat(), gradient(w, 2)[0].Rat()}
			if g[0].Sign() == 0 || g[1].Sign() == 0 {
				return c
			}
			// Weights up to 4 and harm in quarters: |numerators| and denominators stay small.
			ratio := new(big.Rat).Quo(g[1], g[0])
			for k := range c.Parameterisation.Features[0] {
				c.Parameterisation.Features[0][k] *= -ratio.Num().Int64()
			}
			for k := range c.Parameterisation.Features[1] {
				c.Parameterisation.Features[1][k] *= ratio.Denom().Int64()
			}
			return c
		},
		Smallest: smallestWhere(generators.Needs{Harm: true, Kind: model.Shared}, movesEverywhere),
	}
}

// reached runs f at the prefixes of positive probability of position t.
func reached[E any](w *World[E], t int, f func(x int)) {
	for x, p := range w.Solution().Occupancy[t-1] {
		if !w.IsZero(p) {
			f(x)
		}
	}
}

// stays claims that the policies of a branch are those of the base model beyond the
// horizon, in every order.
func stays(w *World[rat], b *exact.Branch[rat]) {
	k := w.Oracle().Horizon()
	if k == w.T() {
		w.Vacuous()
	}
	for t := k + 1; t <= w.T(); t++ {
		reached(w, t, func(x int) {
			lo, hi := w.Layer(t).Row(x)
			for e := lo; e < hi; e++ {
				for k := 1; k <= verify.SeriesOrder; k++ {
					w.Equal(verify.At(t, x), fmt.Sprintf("P_θ*(a|y_<t) = P_0(a|y_<t), t > k, order %d", k), b.Prob[t-1][e][k], w.FromInt(0))
				}
			}
		})
	}
}

func lateMoves(w *World[rat]) {
	if b := standard(w); b != nil {
		stays(w, b)
	}
}

func lateDecoupled(w *World[rat]) {
	if b := standard(w); b != nil && decoupledFamily(w) {
		stays(w, b)
	}
}

// direction returns −λ·s_t(a|x)ᵀz for the edges a of state x.
func direction[E any](w *World[E], t, x int, z []E) []E {
	d := make([]E, len(w.Row(t, x)))
	for a := range d {
		d[a] = w.FromInt(0)
	}
	for i, s := range scores(w, t, x) {
		c := w.Mul(w.Objective().Lambda, z[w.Family.Param.Index(w.Family.Process, t, x, i)])
		for a := range d {
			d[a] = w.Sub(d[a], w.Mul(c, s[a]))
		}
	}
	return d
}

// firstOrder compares the coefficient of λ of the log ratio at every reached prefix
// with what a direction z(t) of the parameters makes of it.
func firstOrder[E any](w *World[E], claim string, z func(t int) []E) {
	b := standard(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		shift := z(t)
		reached(w, t, func(x int) {
			lo, _ := w.Layer(t).Row(x)
			for a, v := range direction(w, t, x, shift) {
				if !w.IsZero(w.Row(t, x)[a]) {
					w.Equal(verify.At(t, x), claim, b.LogRatio[t-1][lo+a][1], v)
				}
			}
		})
	}
}

// wholeShift returns F̄⁺Ḡ.
func wholeShift[E any](w *World[E]) []E {
	g, f := total(w)
	return solveFisher(w, f, g)
}

// ownShift returns F̄⁺G_t.
func ownShift[E any](w *World[E], t int) []E {
	_, f := total(w)
	return solveFisher(w, f, exact.Gradient(w.Ring, w.Family, w.Solution(), t))
}

func lateShift[E any](w *World[E]) {
	firstOrder(w, "log(P_θ*/P_0)(a|y_<t) = −λ·s_tᵀF̄⁺Ḡ, order 1", func(int) []E { return wholeShift(w) })
}

func lateShiftSign[E any](w *World[E]) {
	firstOrder(w, "log(P_θ*/P_0)(a|y_<t) = +λ·s_tᵀF̄⁺Ḡ, order 1", func(int) []E { return scaled(w, w.FromInt(-1), wholeShift(w)) })
}

func lateShiftOwn[E any](w *World[E]) {
	firstOrder(w, "log(P_θ*/P_0)(a|y_<t) = −λ·s_tᵀF̄⁺G_t, order 1", func(t int) []E { return ownShift(w, t) })
}

// recovery returns Σ_{a∈R} v_a at state x of layer t−1.
func recovery[E any](w *World[E], t, x int, v []E) E {
	lo, _ := w.Layer(t).Row(x)
	sum := w.FromInt(0)
	for a := range v {
		if w.Objective().Recovers(w.Layer(t).Token(lo + a)) {
			sum = w.Add(sum, v[a])
		}
	}
	return sum
}

// recoverySlope returns the coefficient of λ of ρ*(x).
func recoverySlope[E any](w *World[E], b *exact.Branch[E], t, x int) E {
	lo, hi := w.Layer(t).Row(x)
	v := make([]E, 0, hi-lo)
	for e := lo; e < hi; e++ {
		v = append(v, b.Prob[t-1][e][1])
	}
	return recovery(w, t, x, v)
}

// recoveryFirst compares the coefficient of λ of ρ* with −λ·Cov(1_R, s_t|x)ᵀz(t).
func recoveryFirst[E any](w *World[E], claim string, z func(t int) []E) {
	b := standard(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		shift := z(t)
		reached(w, t, func(x int) {
			d := direction(w, t, x, shift)
			for a, p := range w.Row(t, x) {
				d[a] = w.Mul(p, d[a])
			}
			w.Equal(verify.At(t, x), claim, recoverySlope(w, b, t, x), recovery(w, t, x, d))
		})
	}
}

func recoveryShift[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = −λ·Cov(1_R, s_t|y_<t)ᵀF̄⁺Ḡ, order 1", func(int) []E { return wholeShift(w) })
}

func recoverySign[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = +λ·Cov(1_R, s_t|y_<t)ᵀF̄⁺Ḡ, order 1", func(int) []E { return scaled(w, w.FromInt(-1), wholeShift(w)) })
}

func recoveryOwn[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = −λ·Cov(1_R, s_t|y_<t)ᵀF̄⁺G_t, order 1", func(t int) []E { return ownShift(w, t) })
}

func recoveryLocal[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = −λ·Cov(1_R, s_t|y_<t)ᵀF̄_t⁺G_t, order 1", func(t int) []E {
		return solveFisher(w, meanFisher(w, t), exact.Gradient(w.Ring, w.Family, w.Solution(), t))
	})
}

func lateRecovery(w *World[rat]) {
	b := standard(w)
	if b == nil {
		return
	}
	for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
		reached(w, t, func(x int) {
			w.AtMost(verify.At(t, x), "ρ*(y_<t) ≤ ρ_0(y_<t), t > k, order 1", recoverySlope(w, b, t, x), w.FromInt(0))
		})
	}
}

// wholeVanishes looks at the formula for the λ² coefficient before it solves for
// the branch, which settles the matter.
func wholeVanishes(w *World[rat]) {
	z := wholeShift(w)
	for t := 1; t <= w.T(); t++ {
		if !w.IsZero(form(w, meanFisher(w, t), z)) {
			w.Vacuous()
			continue
		}
		zero := true
		for _, c := range w.Standard().KL[t-1] {
			zero = zero && w.IsZero(c)
		}
		if !zero {
			w.Vacuous()
			continue
		}
		functional, _ := parts(w, t)
		w.Equal(verify.At(t, 0), "KL_t = 0 ⇒ ½δ_fᵀF̄_tδ_f = 0, order 2", halfSquare(w, form(w, meanFisher(w, t), functional)), w.FromInt(0))
	}
}

// crossBound compares scale times the square of the cross term with the product of
// the two parts.
func crossBound(w *World[rat], claim string, scale int64) {
	for t := 1; t <= w.T(); t++ {
		f := meanFisher(w, t)
		a, b := parts(w, t)
		cross := w.Dot(a, times(w, f, b))
		w.AtMost(verify.At(t, 0), claim, w.Mul(w.FromInt(scale), w.Mul(cross, cross)), w.Mul(form(w, f, a), form(w, f, b)))
	}
}

func wholeCross(w *World[rat]) {
	crossBound(w, "(δ_fᵀF̄_tδ_i)² ≤ δ_fᵀF̄_tδ_f·δ_iᵀF̄_tδ_i", 1)
}

func wholeCrossHalf(w *World[rat]) {
	crossBound(w, "2·(δ_fᵀF̄_tδ_i)² ≤ δ_fᵀF̄_tδ_f·δ_iᵀF̄_tδ_i", 2)
}

func wholeFunctional(w *World[rat]) {
	if b := standard(w); b != nil {
		for t := 1; t <= w.T(); t++ {
			functional, _ := parts(w, t)
			w.AtMost(verify.At(t, 0), "½δ_fᵀF̄_tδ_f ≤ KL_t, order 2", halfSquare(w, form(w, meanFisher(w, t), functional)), b.KL[t-1][2])
		}
	}
}
