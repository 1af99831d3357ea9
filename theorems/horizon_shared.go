package theorems

import (
	"sounding/exact"
	"sounding/verify"
)

// Section 6 with parameters that positions share.

var xRemark3 = &Statement{
	ID: "x-rem-3", Title: "With shared parameters later positions leave the base model", Section: "6", Kind: verify.RefutedReading, Twin: "rem-3",
	Formula:    "log(P_θ*/P_0)(a|y_<t) = −λ·s_t(a|y_<t)ᵀF̄⁺Ḡ + O(λ²); decoupled parameters: P_θ* = P_0 for t > k, in every order",
	Hypotheses: []string{branchReading, "prefixes of positive probability"},
	Reading:    "The remark is derived without a word on parameters. The wording is refuted by the first coefficients in λ: where one of them is not zero, P_θ* ≠ P_0 for all small λ > 0.",
	Refuted: &Falsehood{
		Wording: "Positions beyond the harm horizon remain at the base model distribution.",
		Check:   verify.Series(lateMoves, nil),
		Source:  lateFamilies,
	},
	Story:  xRemark3Story,
	Saving: "Over all policies it is true (rem-3), and with decoupled parameters (the repair). Appendix A of the paper concedes the point: late positions change incidentally through shared parameters (Theorem 27).",
	Repair: "To first order a position stays at the base model exactly where its score is orthogonal to F̄⁺Ḡ. With decoupled parameters that is so beyond the horizon, and in every order.",
	Claims: []Claim{
		{
			Formula: "log(P_θ*/P_0)(a|y_<t) = −λ·s_t(a|y_<t)ᵀF̄⁺Ḡ + O(λ²)",
			Check:   verify.Series(lateShift[rat], lateShift[mod]),
		},
		{
			Formula:    "t > k ⇒ P_θ*(a|y_<t) = P_0(a|y_<t), order by order in λ",
			Hypotheses: []string{"decoupled parameters"},
			Check:      verify.Series(lateDecoupled, nil),
		},
	},
	NearMisses: []NearMiss{
		{Name: "sign of the shift", Check: verify.Series(lateShiftSign[rat], lateShiftSign[mod]), Source: lateFamilies},
		{Name: "G_t alone in place of Ḡ", Check: verify.Series(lateShiftOwn[rat], lateShiftOwn[mod]), Source: lateFamilies},
		{Name: "in every order, for shared parameters", Drops: "decoupled parameters", Check: verify.Series(lateMoves, nil), Source: lateFamilies},
	},
	Source: smoothFamilies,
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
					w.Equal(verify.At(t, x).Where("order %d", k), "P_θ*(a|y_<t) = P_0(a|y_<t), t > k", b.Prob[t-1][e][k], w.FromInt(0))
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
	// A branch takes long to solve for: what makes it needless is asked first.
	if !decoupledFamily(w) {
		return
	}
	if w.Oracle().Horizon() == w.T() {
		w.Vacuous()
		return
	}
	if b := standard(w); b != nil {
		stays(w, b)
	}
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
