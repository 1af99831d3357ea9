package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Section 6 with parameters that positions share.

var xRemark3 = &Statement{
	ID: "x-rem-3", Title: "With shared parameters later positions leave the base model", Section: "6", Kind: verify.RefutedReading, Twin: "rem-3",
	Formula:    "log(P_θ*/P_0)(a|y_<t) = −λ·s_t(a|y_<t)ᵀF̄⁺Ḡ + O(λ²); decoupled parameters: P_θ* = P_0 for t > k, in every order",
	Hypotheses: []string{branchReading, "prefixes of positive probability"},
	Reading: "The remark is derived without mention of parameters. The first coefficients in λ refute the " +
		"reading: where one of them is not zero, P_θ* ≠ P_0 for all small λ > 0. That decoupled parameters " +
		"keep P_θ* = P_0 in every order follows from the second claim: if n is the first order at which a " +
		"position beyond k moves, order n of ∂L/∂θ_t = 0 says F̄_tθ_n = 0. Then s_tᵀθ_n = 0 almost surely, " +
		"and the position does not move at order n either. The third claim compares this with branches that " +
		"are solved for.",
	Refuted: &Falsehood{
		Wording: "Positions beyond the harm horizon remain at the base model distribution.",
		Check:   verify.Series(lateMoves, nil),
		Source:  lateFamilies,
	},
	Story: xRemark3Story,
	Saving: "It is true of the optimum over all policies (rem-3), and with decoupled parameters (the " +
		"repair). Appendix A of the paper concedes that late positions change through shared parameters " +
		"(Theorem 27).",
	Repair: "To first order a position stays at the base model exactly where its score is orthogonal to " +
		"F̄⁺Ḡ. With decoupled parameters this holds at every position beyond the horizon, and to every order.",
	Claims: []Claim{
		{
			Formula: "log(P_θ*/P_0)(a|y_<t) = −λ·s_t(a|y_<t)ᵀF̄⁺Ḡ + O(λ²)",
			Check:   verify.Series(lateShift[rat], lateShift[mod]),
		},
		{
			Formula:    "log(P_θ/P_0) = λⁿ·s_tᵀθ_n + O(λⁿ⁺¹) for all t > k ⇒ ∂L/∂θ_t = λⁿ·F̄_tθ_n + O(λⁿ⁺¹) and θ_nᵀF̄_tθ_n = E[(s_tᵀθ_n)²] for t > k, for every n ≥ 1",
			Hypotheses: []string{"decoupled parameters", "Harm = g(y_≤k) on every sequence", "P_θ arbitrary up to k"},
			// At T = 1, where alone it could be proved, no harm is decided but a constant.
			Check: verify.Identity(everyOrder[rat], everyOrder[mod]).Within(verify.Limits{Leaves: curveLeaves, CertificateOnly: true}),
		},
		{
			Formula:    "t > k ⇒ P_θ*(a|y_<t) = P_0(a|y_<t), orders 1 to 8 in λ",
			Hypotheses: []string{"decoupled parameters", "log-linear"},
			Check:      verify.Series(lateDecoupled, nil),
		},
	},
	NearMisses: []NearMiss{
		{Name: "sign of the shift", Check: verify.Series(lateShiftSign[rat], lateShiftSign[mod]), Source: lateFamilies},
		{Name: "G_t alone in place of Ḡ", Check: verify.Series(lateShiftOwn[rat], lateShiftOwn[mod]), Source: lateFamilies},
		{Name: "decoupled parameters, the position of the horizon itself", Drops: "t > k", Check: verify.Identity(everyOrderAtHorizon[rat], everyOrderAtHorizon[mod]), Source: everywhereDecoupled},
		{Name: "in every order, for shared parameters", Drops: "decoupled parameters", Check: verify.Series(lateMoves, nil), Source: lateFamilies},
	},
	Source: smoothFamilies,
}

// stays claims that the policies of a branch are those of the base model beyond the
// horizon, in every order that was solved for.
func stays(w *World[rat], b *exact.Branch[rat]) {
	for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
		reached(w, t, func(x int) {
			lo, hi := w.Layer(t).Row(x)
			for e := lo; e < hi; e++ {
				for n, c := range b.Prob[t-1][e][1:] {
					w.Equal(verify.At(t, x).Where("order %d", n+1), "P_θ*(a|y_<t) = P_0(a|y_<t), t > k", c, w.FromInt(0))
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

// lateDecoupled looks at the family of the case with parameters of their own for every
// position, and at more orders than the branches of other claims have.
func lateDecoupled(w *World[rat]) {
	// A branch takes long to solve for: what makes it needless is asked first.
	if w.Oracle().Horizon() == w.T() {
		w.Vacuous()
		return
	}
	o := w.Objective()
	o.Beta = w.FromInt(0)
	b, err := exact.SolveBranch(rationals(w), decoupledAlike(w).Family, o, lateOrder)
	if err != nil {
		panic(err) // G_t lies in the range of F̄_t
	}
	stays(w, b)
}

// lateOrder is the order in λ through which late positions are looked at.
const lateOrder = 8

// everyOrder claims, where k tokens decide harm and log(P_θ/P_0) = ε·s_tᵀθ at t > k, that
// ∂L/∂θ_t = ε·F̄_tθ there, ε² = 0, and what F̄_tθ = 0 means. Up to k, P_θ and log(P_θ/P_0) are
// arbitrary. These are identities in any ring, so that ε may be λⁿ in that of the power series
// up to order n.
func everyOrder[E any](w *World[E]) { decidedSlopes(w, 1) }

func everyOrderAtHorizon[E any](w *World[E]) { decidedSlopes(w, 0) }

// decidedSlopes claims it from position k + after on.
func decidedSlopes[E any](w *World[E], after int) {
	eachDecided(w, func(v *World[E], k int) {
		v = decoupledAlike(v)
		d, first := field.NewSeries(w.Ring, 1), max(1, k+after)
		theta := v.Arbitrary(v.Family.Param.Total(v.Family.Process))
		step := centred(v, slopesAlong(v, theta))
		family, o, cost := displaced(v, d, step, first)
		for t := first; t <= w.T(); t++ {
			at, fisher, reached := verify.At(t, 0).Where("k = %d", k), meanFisher(v, t), v.Solution().Occupancy[t-1]
			offset := v.Family.Param.Offset(v.Family.Process, t)
			for i, shift := range block(v, t, times(v, fisher, theta)) {
				slope := o.Derivative(cost, exact.Tangent(d, family, offset+i))[t-1]
				w.Equal(at, "∂L/∂θ_t = O(λⁿ), below order n = 0", slope[0], w.FromInt(0))
				w.Equal(at, "∂L/∂θ_t = λⁿ·F̄_tθ_n, order n", slope[1], shift)
			}
			square := w.FromInt(0)
			for x, p := range reached {
				lo, hi := w.Layer(t).Row(x)
				square = w.Add(square, w.Mul(p, triple(w, w.Row(t, x), step[t-1][lo:hi], step[t-1][lo:hi])))
			}
			w.Equal(at, "θ_nᵀF̄_tθ_n = E[(s_tᵀθ_n)²]", form(v, fisher, theta), square)
		}
	})
}

// displaced returns the family at P_θ over dual numbers, P_θ(a|x) = P_0(a|x)·(1 + ε·step(xa))
// from position first on, and λHarm + log(P_θ/P_0) per complete sequence. Up to then
// log(P_θ/P_0) is arbitrary, and so is the change of every feature with ε.
func displaced[E any](w *World[E], d field.Series[E], step [][]E, first int) (family exact.Family[[]E], o *definition.Oracle[[]E], cost [][]E) {
	zero, log := w.FromInt(0), logits(anyEdges(w), step, func(before, _ E) []E { return d.Constant(before) })
	policy := &model.Numbers[[]E]{Process: w.Family.Process, Prob: logits(w.Family.Prob, step, func(p, _ E) []E { return d.Constant(p) })}
	for t := first; t <= w.T(); t++ {
		for e, s := range step[t-1] {
			log[t-1][e] = d.Dual(zero, s)
			policy.Prob[t-1][e][1] = w.Mul(policy.Prob[t-1][e][0], s)
		}
	}
	for _, h := range w.Family.Harm {
		policy.Harm = append(policy.Harm, d.Constant(w.Mul(w.Objective().Lambda, h)))
	}
	family.Numbers, family.Param = policy, w.Family.Param
	for _, features := range w.Family.Features {
		family.Features = append(family.Features, logits([][]E{features}, [][]E{w.Arbitrary(len(features))}, func(f, bend E) []E { return d.Dual(f, bend) })[0])
	}
	o, err := definition.New(d, policy)
	if err != nil {
		panic(err) // the process is that of the world
	}
	cost = o.Harm()
	for j := range cost {
		for t := 1; t <= w.T(); t++ {
			cost[j] = d.Add(cost[j], log[t-1][o.Edge(j, t)])
		}
	}
	return family, o, cost
}

// firstOrder compares the coefficient of λ of the log ratio at every reached prefix with
// s_tᵀz(t).
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

func lateShift[E any](w *World[E]) {
	firstOrder(w, "log(P_θ*/P_0)(a|y_<t) = −λ·s_tᵀF̄⁺Ḡ, order 1", func(int) []E { return wholeShift(w) })
}

func lateShiftSign[E any](w *World[E]) {
	firstOrder(w, "log(P_θ*/P_0)(a|y_<t) = +λ·s_tᵀF̄⁺Ḡ, order 1", func(int) []E { return scaled(w, w.FromInt(-1), wholeShift(w)) })
}

func lateShiftOwn[E any](w *World[E]) {
	firstOrder(w, "log(P_θ*/P_0)(a|y_<t) = −λ·s_tᵀF̄⁺G_t, order 1", func(t int) []E { return ownShift(w, t) })
}
