package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/verify"
)

// Remark 1 in general, proved: mutual information above and below harm information.

// stateLaws returns P(z|x) for every final state z at [z][t][x], by recursion.
func stateLaws[E any](w *World[E]) [][][]E {
	final := w.Family.Process.States(w.T())
	laws := make([][][]E, final)
	for z := range laws {
		itself := constants(w, final, 0)
		itself[z] = w.FromInt(1)
		laws[z] = exact.Backward(w.Ring, w.Family.Numbers, itself)
	}
	return laws
}

// informationGap proves MI − 2·Var(h_t|x) = Σ_a P(a|x)·(KL(μ_a‖ν_a) + τ_a²/8 − log Z_a), where MI is
// Σ_a P(a|x)·Σ_z μ_a(z)·ℓ_a(z), μ_a the law behind the token a and ν_a that behind x, tilted by
// e^{τ_a(Harm − h)}/Z_a with τ_a = tilt·(h_t(xa) − h_{t−1}(x)). The ℓ_a stand for the logarithms of
// μ_a beside that behind x, which depend on the harm of z alone.
func informationGap[E any](w *World[E], claim string, tilt int64) {
	final := w.Family.Process.States(w.T())
	if final > informationLeaves {
		w.Vacuous()
		return
	}
	laws, h := stateLaws(w), w.Oracle().Mean()
	everyPrefix(w, func(t, x int) {
		left, right := w.Neg(w.Mul(w.FromInt(2), w.Solution().Step[t-1][x])), w.FromInt(0)
		lo, hi := w.Layer(t).Row(x)
		symbols := w.Arbitrary((hi - lo) * (final + 1))
		for e := lo; e < hi; e++ {
			y, p := w.Layer(t).Next(e), w.Family.Prob[t-1][e]
			ratio, logZ := symbols[:final], symbols[final]
			symbols = symbols[final+1:]
			step := w.Sub(h[t][y], h[t-1][x])
			information, apart := w.FromInt(0), w.FromInt(0)
			for z, law := range laws {
				moved := w.Sub(w.Mul(w.Mul(w.FromInt(tilt), step), w.Sub(w.Family.Harm[z], h[t-1][x])), logZ)
				information = w.Add(information, w.Mul(law[t][y], ratio[z]))
				apart = w.Add(apart, w.Mul(law[t][y], w.Sub(ratio[z], moved)))
			}
			rest := w.Sub(w.Mul(w.FromInt(2), w.Mul(step, step)), logZ) // τ²/8 is 2·step² for τ = 4·step
			left, right = w.Add(left, w.Mul(p, information)), w.Add(right, w.Mul(p, w.Add(apart, rest)))
		}
		w.Equal(verify.At(t, x), claim, left, right)
	})
}

// varianceBelowFree proves Var(h_t|x) ≤ ½·MI: the gap above, and log Z ≤ τ²/8 in [tiltedSpread].
func varianceBelowFree[E any](w *World[E]) {
	informationGap(w, "MI − 2·Var(h_t|x) = Σ_a P(a|x)·(KL(μ_a‖ν_a) + τ_a²/8 − log Z_a), τ_a = 4·(h_t(xa) − h_{t−1}(x))", 4)
	tiltedSpread(w, "d²(τ²/2 − 4·log Z)/dτ² = (1 − 2M)² + 4·E_τ[Harm(1 − Harm)], M = E_τ[Harm]", 4)
}

func informationGapHalf[E any](w *World[E]) {
	informationGap(w, "MI − 2·Var(h_t|x) = Σ_a P(a|x)·(KL(μ_a‖ν_a) + 2·(h_t(xa) − h_{t−1}(x))² − log Z_a), τ_a = 2·(h_t(xa) − h_{t−1}(x))", 2)
}

// tiltedSpread proves times·Var_τ(Harm) ≤ 1 in the form of its claim, for a law q ∝ P·e^{τHarm} over the
// final states at the point τ, which is arbitrary: its parts obey q' = q·(Harm − M), and
// (log Z)' = M − h is 0 at τ = 0.
func tiltedSpread[E any](w *World[E], claim string, times int64) {
	one := w.FromInt(1)
	law := w.Arbitrary(len(w.Family.Harm) - 1)
	law = append(law, w.Sub(one, field.Sum(w.Ring, law)))
	d := field.NewSeries(w.Ring, 1)
	mean, start := d.FromInt(0), w.Dot(law, w.Family.Harm)
	open := w.FromInt(0) // E_τ[Harm(1 − Harm)]
	for z, harm := range w.Family.Harm {
		q := d.Dual(law[z], w.Mul(law[z], w.Sub(harm, start)))
		mean = d.Add(mean, d.Mul(q, d.Constant(harm)))
		open = w.Add(open, w.Mul(law[z], w.Mul(harm, w.Sub(one, harm))))
	}
	bend := w.Sub(one, w.Mul(w.FromInt(times), mean[1])) // (log Z)'' = M'
	root := w.Sub(one, w.Add(start, start))
	w.Equal(Place{}, claim, bend, w.Add(w.Mul(root, root), w.Mul(w.FromInt(4), open)))
}

func tiltedSpreadFifth[E any](w *World[E]) {
	tiltedSpread(w, "1 − 5·Var_τ(Harm) = (1 − 2M)² + 4·E_τ[Harm(1 − Harm)], M = E_τ[Harm]", 5)
}

// twoValuesFree proves Var(Harm|x)·MI ≤ Var(h_t|x) for harm of 0 and 1, with arbitrary ℓ_a and ℓ'_a
// for the logarithms of h_t(xa)/h_{t−1}(x) and of the same for 1 − h, of which log r ≤ r − 1.
func twoValuesFree[E any](w *World[E]) {
	one, h := w.FromInt(1), w.Oracle().Mean()
	between := make([]E, len(w.Family.Harm))
	for z, v := range w.Family.Harm {
		between[z] = w.Mul(v, w.Sub(one, v))
	}
	open := defined(definition.New(w.Ring, w.Family.Numbers.WithHarm(between))).Mean()
	everyPrefix(w, func(t, x int) {
		before, variance := h[t-1][x], w.Mul(h[t-1][x], w.Sub(one, h[t-1][x]))
		w.Equal(verify.At(t, x), "h(1−h) − Var(Harm|x) = E[Harm(1−Harm)|x], which is 0 for harm of 0 and 1", w.Sub(variance, w.Solution().CondVar[t-1][x]), open[t-1][x])
		lo, hi := w.Layer(t).Row(x)
		symbols := w.Arbitrary(2 * (hi - lo))
		information, gaps := w.FromInt(0), w.FromInt(0)
		for e := lo; e < hi; e++ {
			p, after := w.Family.Prob[t-1][e], h[t][w.Layer(t).Next(e)]
			up, down := symbols[2*(e-lo)], symbols[2*(e-lo)+1]
			step := w.Sub(after, before)
			information = w.Add(information, w.Mul(p, w.Add(w.Mul(after, up), w.Mul(w.Sub(one, after), down))))
			// h(1−h)·(r − 1 − log r) for r = h_t/h and for r = (1−h_t)/(1−h)
			above := w.Sub(w.Mul(w.Sub(one, before), step), w.Mul(variance, up))
			below := w.Sub(w.Neg(w.Mul(before, step)), w.Mul(variance, down))
			gaps = w.Add(gaps, w.Mul(p, w.Add(w.Mul(after, above), w.Mul(w.Sub(one, after), below))))
		}
		w.Equal(verify.At(t, x), "Var(h_t|x) − h(1−h)·MI = h(1−h)·Σ_a P(a|x)·(h_t·g(h_t/h) + (1−h_t)·g((1−h_t)/(1−h))), g(r) = r − 1 − log r",
			w.Sub(w.Solution().Step[t-1][x], w.Mul(variance, information)), gaps)
	})
}
