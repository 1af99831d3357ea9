package theorems

import (
	"sounding/exact/field"
	"sounding/verify"
)

// Section 8, beyond the paper: the path of optimisation, and where it may be left.

var trainingPathStatements = []*Statement{ownTrainingPath}

var ownTrainingPath = &Statement{
	ID: "own-training-path", Title: "Training moves nothing beyond the horizon at any step", Section: "8", Kind: verify.Own,
	Formula: "Harm = g(y_≤k), P = P_0 at t > k ⇒ ∂_tL(P) = 0 for t > k; " +
		"P_n = argmin_P τ_n·E_P[λHarm + log(P_{n−1}/P_0)] + KL(P‖P_{n−1}) ⇒ P_n ∝ P_0·exp(−λ(1−Π_i(1−τ_i))·Harm)",
	Hypotheses: []string{"training starts at P_0"},
	Reading: ownReading + " The Limitations say that the paper describes the fixed point of optimisation and " +
		"not the path to it, and that training may stop early. If each position has its own parameters, the " +
		"first claim holds at every step: an optimiser that uses only gradients, with steps of any size, " +
		"momentum and preconditioning, leaves the positions beyond the horizon where they were. The steps " +
		"P_n are mirror descent over the laws of sequences, the natural gradient in the logits of whole " +
		"sequences. Stopping early then amounts to a smaller λ, and by rem-3 every P_n is P_0 beyond the " +
		"horizon.",
	Claims: []Claim{
		{
			Formula:    "∂_tL(P) = 0 for t > k in every direction dP",
			Hypotheses: []string{"Harm = g(y_≤k)", "P = P_0 at t > k; before that P is arbitrary", "each position has its own parameters", "P and P_0 positive"},
			Kernel:     []string{"Stationary.decided_objective", "Directions.decided_derivative"},
			Check:      verify.Identity(stepsBeyond[rat], stepsBeyond[mod]).Within(verify.Limits{Leaves: decidedLeaves}),
		},
		{
			Formula:    "L_n(P) − L_n(P_n) = KL(P‖P_n) for every P, L_n(P) = τ_n·E_P[λHarm + log(P_{n−1}/P_0)] + KL(P‖P_{n−1})",
			Hypotheses: []string{"log(P_n/P_{n−1})(y) = −τ_n·(λHarm + log(P_{n−1}/P_0))(y) − c, c any constant", "P ≪ P_0"},
			Kernel:     []string{"Training.mirror_step_excess"},
			Check:      verify.Identity(mirrorStep[rat], mirrorStep[mod]).Within(verify.Limits{Leaves: pathLeaves}),
		},
		{
			Formula:    "log(P_n/P_0)(y) − log(P_n/P_0)(y') = −λ(1−Π_i(1−τ_i))·(Harm(y) − Harm(y')), after up to four steps",
			Hypotheses: []string{"log(P_n/P_{n−1})(y) = −τ_n·(λHarm + log(P_{n−1}/P_0))(y) − c_n, c_n any constant"},
			Kernel:     []string{"Training.mirror_path_difference", "Training.mirror_path_optimum"},
			Check:      verify.Identity(mirrorPath[rat], mirrorPath[mod]).Within(verify.Limits{Leaves: pathLeaves}),
		},
		{
			Formula:    "log(P_n/P_0)(y) − log(P_n/P_0)(y') = −a'·(Harm(y) − Harm(y')), λ − a' = (1−τ_n)·(λ − a): after any number of steps from a = 0, λ − a' = λ·Π_i(1−τ_i)",
			Hypotheses: []string{"log(P_{n−1}/P_0)(y) = −a·Harm(y) − c, a and c any constants", "log(P_n/P_{n−1})(y) = −τ_n·(λHarm + log(P_{n−1}/P_0))(y) − c', c' any constant"},
			Check:      verify.Identity(mirrorInduction[rat], mirrorInduction[mod]).Within(verify.Limits{Leaves: pathLeaves}),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the position of the horizon itself: ∂_kL(P) = 0", Check: verify.Identity(stepsAt[rat], stepsAt[mod])},
		{Name: "from a policy that is not P_0 beyond the horizon", Drops: "training starts at P_0", Check: verify.Identity(stepsElsewhere[rat], stepsElsewhere[mod])},
		{Name: "parameters that positions share: Σ_t ∂_tL(P) = 0", Drops: "each position has its own parameters", Check: verify.Identity(stepsShared[rat], stepsShared[mod])},
		{Name: "the step without the pull of P_0: log(P_n/P_{n−1}) = −τ_nλHarm − c", Check: verify.Identity(mirrorStepFree[rat], mirrorStepFree[mod])},
		{Name: "the steps add up: λ·Σ_i τ_i", Check: verify.Identity(mirrorPathSum[rat], mirrorPathSum[mod])},
		{Name: "each step adds τ_nλ, whatever a is", Check: verify.Identity(mirrorInductionFree[rat], mirrorInductionFree[mod])},
		{Name: "Π_i(1−τ_i) in place of 1 − Π_i(1−τ_i)", Check: verify.Identity(mirrorPathRest[rat], mirrorPathRest[mod])},
		{Name: "steps in the logits of tokens reach the same law to second order: Var(Harm|x) = Var(h_t|x) + Var(Harm|xa)", Check: verify.Identity(tokenSteps[rat], tokenSteps[mod])},
	},
	Looks: needsHarm,
}

// pathSteps is the number of steps that are followed, pathLeaves bounds the shapes: all
// sequences take the same steps.
const (
	pathSteps  = 4
	pathLeaves = 8
)

// costDerivatives returns ∂_tL(P) along a tangent for t = 1…T at [t−1], over sequences, for
// arbitrary log(P/P_0) at the positions up to k and P = P_0 at those behind.
func costDerivatives[E any](w *World[E], k int, log, tangent [][]E) []E {
	o := w.Oracle()
	value := o.Harm()
	for i, h := range value {
		value[i] = w.Mul(w.Objective().Lambda, h)
		for t := 1; t <= k; t++ {
			value[i] = w.Add(value[i], log[t-1][o.Edge(i, t)])
		}
	}
	return o.Derivative(value, tangent)
}

// stepsFrom claims that ∂_tL(P) = 0 from position k + after on, where harm is decided by k
// tokens and P = P_0 behind the first away(k).
func stepsFrom[E any](w *World[E], claim string, after int, away func(k int) int) {
	eachDecided(w, func(v *World[E], k int) {
		log := anyEdges(v)
		for _, tangent := range v.Tangents() {
			slopes := costDerivatives(v, away(k), log, tangent)
			for t := max(1, k+after); t <= v.T(); t++ {
				v.Equal(verify.At(t, 0).Where("k = %d", k), claim, slopes[t-1], v.FromInt(0))
			}
		}
	})
}

func stepsBeyond[E any](w *World[E]) {
	stepsFrom(w, "Harm = g(y_≤k), P = P_0 at t > k ⇒ ∂_tL(P) = 0, t > k", 1, itself[int])
}

func stepsAt[E any](w *World[E]) {
	stepsFrom(w, "Harm = g(y_≤k), P = P_0 at t > k ⇒ ∂_tL(P) = 0, t ≥ k", 0, itself[int])
}

func stepsElsewhere[E any](w *World[E]) {
	stepsFrom(w, "Harm = g(y_≤k) ⇒ ∂_tL(P) = 0, t > k", 1, func(int) int { return w.T() })
}

func stepsShared[E any](w *World[E]) {
	eachDecided(w, func(v *World[E], k int) {
		log := anyEdges(v)
		for _, tangent := range v.Tangents() {
			slope := field.Sum(v.Ring, costDerivatives(v, k, log, tangent))
			v.Equal(Place{}.Where("k = %d", k), "Harm = g(y_≤k), P = P_0 at t > k ⇒ Σ_t ∂_tL(P) = 0", slope, v.FromInt(0))
		}
	})
}

// mirrorStepIs compares L_n(P) − L_n(P_n), over sequences, with KL(P‖P_n), by recursion, for
// log(P_n/P_{n−1}) = −τ·pull − c per final state, and arbitrary log(P_{n−1}/P_0) there.
func mirrorStepIs[E any](w *World[E], claim string, pull func(harm, before E) E) {
	tau, before := w.Arbitrary(1)[0], w.Test()[w.T()]
	value := make([]E, len(before)) // λHarm + log(P_{n−1}/P_0)
	phi := potential(w)
	for y, h := range w.Family.Harm {
		harm := w.Mul(w.Objective().Lambda, h)
		value[y] = w.Add(harm, before[y])
		phi[w.T()][y] = w.Neg(w.Mul(tau, pull(harm, before[y])))
	}
	p, next := drawn(w), softened(w, phi)
	v := withHarm(w, value)
	left := w.Sub(wholeCost(v, p, 0, tau), wholeCost(v, next, 0, tau))
	w.Equal(Place{}, claim, left, distance(w)(p, next))
}

func mirrorStep[E any](w *World[E]) {
	mirrorStepIs(w, "L_n(P) − L_n(P_n) = Σ_t Σ_x P(x)·Σ_a P(a|x)·log(P/P_n)(a|x)", w.Add)
}

func mirrorStepFree[E any](w *World[E]) {
	mirrorStepIs(w, "P_n ∝ P_{n−1}·e^{−τλHarm}: L_n(P) − L_n(P_n) = KL(P‖P_n)", func(harm, _ E) E { return harm })
}

// mirrorPathIs follows the steps from P_0 on, sequence by sequence, and compares the
// differences of log(P_n/P_0) between the final states with −λ·part·(Harm(y) − Harm(y')),
// part made of τ_1…τ_n.
func mirrorPathIs[E any](w *World[E], claim string, part func(tau []E) E) {
	symbols := w.Arbitrary(2 * pathSteps)
	tau, shift := symbols[:pathSteps], symbols[pathSteps:]
	lambda, harm := w.Objective().Lambda, w.Family.Harm
	log := constants(w, len(harm), 0)
	for n := range tau {
		for y := range log {
			step := w.Mul(tau[n], w.Add(w.Mul(lambda, harm[y]), log[y]))
			log[y] = w.Sub(log[y], w.Add(step, shift[n]))
		}
		factor := w.Neg(w.Mul(lambda, part(tau[:n+1])))
		for y := 1; y < len(log); y++ {
			w.Equal(Place{}.Where("%d steps", n+1), claim, w.Sub(log[y], log[0]), w.Mul(factor, w.Sub(harm[y], harm[0])))
		}
	}
}

// remains returns Π_i (1 − τ_i).
func remains[E any](w *World[E], tau []E) E {
	product := w.FromInt(1)
	for _, v := range tau {
		product = w.Mul(product, w.Sub(w.FromInt(1), v))
	}
	return product
}

func mirrorPath[E any](w *World[E]) {
	mirrorPathIs(w, "log(P_n/P_0)(y) − log(P_n/P_0)(y') = −λ(1−Π(1−τ_i))·(Harm(y) − Harm(y'))", func(tau []E) E {
		return w.Sub(w.FromInt(1), remains(w, tau))
	})
}

func mirrorPathSum[E any](w *World[E]) {
	mirrorPathIs(w, "log(P_n/P_0)(y) − log(P_n/P_0)(y') = −λ·Σ τ_i·(Harm(y) − Harm(y'))", func(tau []E) E {
		return field.Sum(w.Ring, tau)
	})
}

func mirrorPathRest[E any](w *World[E]) {
	mirrorPathIs(w, "log(P_n/P_0)(y) − log(P_n/P_0)(y') = −λ·Π(1−τ_i)·(Harm(y) − Harm(y'))", func(tau []E) E {
		return remains(w, tau)
	})
}

// mirrorInductionIs takes one step from log(P_{n−1}/P_0) = −a·Harm − c, sequence by sequence,
// and compares the differences of log(P_n/P_0) with those of the strength that next says.
func mirrorInductionIs[E any](w *World[E], claim string, next func(a, tau, lambda E) E) {
	symbols := w.Arbitrary(4)
	a, c, tau, shift := symbols[0], symbols[1], symbols[2], symbols[3]
	lambda, harm := w.Objective().Lambda, w.Family.Harm
	log := make([]E, len(harm))
	for y, h := range harm {
		before := w.Neg(w.Add(w.Mul(a, h), c))
		step := w.Mul(tau, w.Add(w.Mul(lambda, h), before))
		log[y] = w.Sub(before, w.Add(step, shift))
	}
	strength := next(a, tau, lambda)
	for y := 1; y < len(log); y++ {
		w.Equal(Place{}, claim, w.Sub(log[y], log[0]), w.Neg(w.Mul(strength, w.Sub(harm[y], harm[0]))))
	}
}

func mirrorInduction[E any](w *World[E]) {
	claim := "log(P_n/P_0)(y) − log(P_n/P_0)(y') = −a'·(Harm(y) − Harm(y')), λ − a' = (1−τ_n)·(λ − a)"
	mirrorInductionIs(w, claim, func(a, tau, lambda E) E {
		return w.Sub(lambda, w.Mul(w.Sub(w.FromInt(1), tau), w.Sub(lambda, a)))
	})
}

func mirrorInductionFree[E any](w *World[E]) {
	claim := "log(P_n/P_0)(y) − log(P_n/P_0)(y') = −(a + τ_nλ)·(Harm(y) − Harm(y'))"
	mirrorInductionIs(w, claim, func(a, tau, lambda E) E { return w.Add(a, w.Mul(tau, lambda)) })
}

// tokenSteps compares the second derivatives in λ of log(P/P_0)(a|x): of one step in the
// logits of tokens, that tilts them by h_t, and of the optimum.
func tokenSteps[E any](w *World[E]) {
	m := w.Solution()
	everyPrefix(w, func(t, x int) {
		for _, after := range w.After(t, x, m.CondVar[t]) {
			w.Equal(verify.At(t, x), "Var(Harm|x) = Var(h_t|x) + Var(Harm|xa)", w.Oracle().Variance()[t-1][x],
				w.Add(m.Step[t-1][x], after))
		}
	})
}
