package theorems

import (
	"sounding/exact/field"
)

// Proofs of inequalities in one line: the difference of both sides, cleared of denominators
// that are positive, is a sum of products of numbers that are not negative. Written with
// symbols for all parameters they are identities, and prove the inequality for every
// parameter; so do derivatives, for a function that is 0 at 0.

// A curve is a function of η with its derivative, by dual numbers. Its parts obey
// q' = q(1−q), (log Z)' = q and u' = u, with q = σ(logit ρ_0 + η) = ρ_0u/Z.
type curve[E any] struct {
	field.Series[E]
	tilt, odds, recovery, logZ []E // η, u, q and log Z
	start                      E   // q as a number
}

// anyCurve returns the parts at an arbitrary point, which is all that q, u and log Z depend
// on: their laws of derivation are all that is used of them.
func anyCurve[E any](w *World[E]) *curve[E] {
	d, symbols := field.NewSeries(w.Ring, 1), w.Arbitrary(4)
	q := symbols[2]
	return &curve[E]{
		Series: d, start: q,
		tilt: d.Dual(symbols[0], w.FromInt(1)), odds: d.Dual(symbols[1], symbols[1]),
		recovery: d.Dual(q, w.Mul(q, w.Sub(w.FromInt(1), q))), logZ: d.Dual(symbols[3], q),
	}
}

// cost returns KL(p*‖p_0) = ηq − log Z.
func (c *curve[E]) cost() []E { return c.Sub(c.Mul(c.tilt, c.recovery), c.logZ) }

// quadraticCost proves KL ≤ η²/8, which is an equality at η = 0.
func quadraticCost[E any](w *World[E]) {
	c := anyCurve(w)
	variance := w.Mul(c.start, w.Sub(w.FromInt(1), c.start))
	w.Equal(Place{}, "dKL/dη = η·q(1−q), so that KL = ∫_0^η a·Var_a(1[R]) da", c.cost()[1], w.Mul(c.tilt[0], variance))
	gap := c.Sub(c.Mul(c.tilt, c.tilt), c.Mul(c.FromInt(8), c.cost()))
	root := w.Sub(w.FromInt(1), w.Add(c.start, c.start))
	w.Equal(Place{}, "d(η² − 8·KL)/dη = 2η(1−2q)² ≥ 0", gap[1], w.Mul(w.Mul(w.FromInt(2), c.tilt[0]), w.Mul(root, root)))
}

// quadraticCostTenth is what would prove KL ≤ η²/10.
func quadraticCostTenth[E any](w *World[E]) {
	c := anyCurve(w)
	gap := c.Sub(c.Mul(c.tilt, c.tilt), c.Mul(c.FromInt(10), c.cost()))
	root := w.Sub(w.FromInt(1), w.Add(c.start, c.start))
	w.Equal(Place{}, "d(η² − 10·KL)/dη = 2η(1−2q)²", gap[1], w.Mul(w.Mul(w.FromInt(2), c.tilt[0]), w.Mul(root, root)))
}

// stepsFree proves the two steps of the robustness bound, for the failures (1−r)/Z(r, u) of
// Z(r, u) = 1 − r + r·u: at ρ_0 and δ with one u, and at δ with u and v.
func stepsFree[E any](w *World[E]) {
	symbols := w.Arbitrary(4)
	rho, delta, u, v := symbols[0], symbols[1], symbols[2], symbols[3]
	one := w.FromInt(1)
	lost, kept := w.Sub(one, rho), w.Sub(one, delta)
	w.Equal(Place{}, "((1−δ)/Z(δ,u_t) − (1−ρ_0)/Z(ρ_0,u_t))·Z·Z = (ρ_0−δ)·u_t",
		w.Sub(w.Mul(kept, normaliser(w, rho, u)), w.Mul(lost, normaliser(w, delta, u))), w.Mul(w.Sub(rho, delta), u))
	w.Equal(Place{}, "((1−δ)/Z(δ,u_d) − (1−δ)/Z(δ,u_t))·Z·Z = (1−δ)·δ·(u_t−u_d)",
		w.Sub(w.Mul(kept, normaliser(w, delta, u)), w.Mul(kept, normaliser(w, delta, v))), w.Mul(w.Mul(kept, delta), w.Sub(u, v)))
	w.Equal(Place{}, "((1−δ)/Z(δ,u_d) − (1−ρ_0)/Z(ρ_0,u_t))·Z·Z = (ρ_0−δ)·u_d + ρ_0(1−δ)·(u_t−u_d)",
		w.Sub(w.Mul(kept, normaliser(w, rho, u)), w.Mul(lost, normaliser(w, delta, v))),
		w.Add(w.Mul(w.Sub(rho, delta), v), w.Mul(w.Mul(rho, kept), w.Sub(u, v))))
}

// stepsReversed takes u_d for u_t in the last product.
func stepsReversed[E any](w *World[E]) {
	symbols := w.Arbitrary(4)
	rho, delta, u, v := symbols[0], symbols[1], symbols[2], symbols[3]
	one := w.FromInt(1)
	lost, kept := w.Sub(one, rho), w.Sub(one, delta)
	w.Equal(Place{}, "((1−δ)/Z(δ,u_d) − (1−ρ_0)/Z(ρ_0,u_t))·Z·Z = (ρ_0−δ)·u_d + ρ_0(1−δ)·(u_d−u_t)",
		w.Sub(w.Mul(kept, normaliser(w, rho, u)), w.Mul(lost, normaliser(w, delta, v))),
		w.Add(w.Mul(w.Sub(rho, delta), v), w.Mul(w.Mul(rho, kept), w.Sub(v, u))))
}

// spendingFree compares Σ_{t>k} η_tE[ρ] + Σ_{t>k} η_tE[1−ρ] with Σ_{t>k} η_t, for every k.
func spendingFree[E any](w *World[E]) {
	for k := range w.T() {
		sum, all := w.FromInt(0), w.FromInt(0)
		for t := k + 1; t <= w.T(); t++ {
			rho, reached := recoveries(w, t), w.Solution().Occupancy[t-1]
			each := w.Add(w.Dot(reached, rho), w.Dot(reached, complement(w, rho)))
			sum, all = w.Add(sum, w.Mul(eta(w, t), each)), w.Add(all, eta(w, t))
		}
		w.Equal(Place{Position: k + 1}, "Σ_{t>k} η_tE[ρ] + Σ_{t>k} η_tE[1−ρ] = Σ_{t>k} η_t", sum, all)
	}
}

// lengthFree are the equations of the attack length L = (log β − log Δ)/log(1/γ).
func lengthFree[E any](w *World[E]) {
	symbols := w.Arbitrary(3)
	beta, step, distance := symbols[0], symbols[1], symbols[2] // log β, log(1/γ) and log Δ
	length := func(beta E) E { return w.Sub(beta, distance) }  // L·log(1/γ)
	w.Equal(Place{}, "(L(β/γ) − L(β))·log(1/γ) = log(1/γ)", w.Sub(length(w.Add(beta, step)), length(beta)), step)
	grown := distance
	for n := int64(1); n <= 4; n++ {
		grown = w.Add(grown, step)
		w.Equal(Place{}, "β = Δ/γ^n ⇒ L·log(1/γ) = n·log(1/γ)", length(grown), w.Mul(w.FromInt(n), step))
	}
}

// thresholdFree claims σ(logit δ + logit ε − logit δ) = ε, cleared of δ(1−ε).
func thresholdFree[E any](w *World[E]) {
	symbols := w.Arbitrary(2)
	delta, level := symbols[0], symbols[1]
	one := w.FromInt(1)
	up, down := w.Mul(level, w.Sub(one, delta)), w.Mul(delta, w.Sub(one, level)) // e^Δ = up/down
	w.Equal(Place{}, "e^Δ = ε(1−δ)/(δ(1−ε)) ⇒ δe^Δ/(1 − δ + δe^Δ) = ε", w.Mul(delta, up),
		w.Mul(level, w.Add(w.Mul(w.Sub(one, delta), down), w.Mul(delta, up))))
}

// decayFree claims, with log ρ_0 = log c − αt, that η = logit ε − logit ρ_0 differs from
// logit ε + αt − log c by log(1−ρ_0).
func decayFree[E any](w *World[E]) {
	symbols := w.Arbitrary(4)
	constant, slope, rest, level := symbols[0], symbols[1], symbols[2], symbols[3] // log c, αt, log(1−ρ_0), logit ε
	base := w.Sub(w.Sub(constant, slope), rest)                                    // logit ρ_0
	w.Equal(Place{}, "η − (logit ε + αt − log c) = log(1−ρ_0)", w.Sub(w.Sub(level, base), w.Sub(w.Add(level, slope), constant)), rest)
}
