package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/generators"
	"sounding/verify"
)

// Appendix B: the displayed steps of the proofs of Theorem 22 and Corollary 23, each on its own.

var proofStepsRobustnessStatements = []*Statement{equation76, equation77, equation78, equation80, equation81, equation82, equation83}

var equation76 = &Statement{
	ID: "eq-76", Title: "Recovery probability of the Gibbs measure", Section: "B.3",
	Sentence: verify.Sentence{Says: "The recovery probability of the Gibbs measure."},
	Formula:  "ρ* = Σ_{a∈R} p*(a) = ρ_0e^η/(1 − ρ_0 + ρ_0e^η)",
	Claims:   []Claim{{Kernel: []string{"Gibbs.recovery_probability"}, Check: verify.Rational(eq76)}},
	NearMisses: []NearMiss{
		{Name: "ρ_0e^η, not normalised", Check: verify.Rational(eq76Numerator)},
		{Name: "the failure probability (1−ρ_0)e^η/Z", Check: verify.Rational(eq76Failure)},
	},
	Source: recoverySource(needsRecovery, tiltOdds),
}

func eq76(w *World[rat]) {
	gibbsRows(w, func(at Place, _, p []rat, recovers []bool, rho, u, z rat) {
		w.Equal(at, "ρ* = ρ_0u/Z", within(w, p, recovers), defined(rationals(w).Quo(w.Mul(rho, u), z)))
	})
}

func eq76Numerator(w *World[rat]) {
	gibbsRows(w, func(at Place, _, p []rat, recovers []bool, rho, u, _ rat) {
		w.Equal(at, "ρ* = ρ_0u", within(w, p, recovers), w.Mul(rho, u))
	})
}

func eq76Failure(w *World[rat]) {
	gibbsRows(w, func(at Place, _, p []rat, recovers []bool, rho, u, z rat) {
		w.Equal(at, "ρ* = (1−ρ_0)u/Z", w.Mul(within(w, p, recovers), z), w.Mul(w.Sub(w.FromInt(1), rho), u))
	})
}

var equation77 = &Statement{
	ID: "eq-77", Title: "The sigmoid form", Section: "B.3",
	Sentence: verify.Sentence{Says: "The recovery probability is a sigmoid of the log-odds plus the tilt."},
	Formula:  "ρ* = 1/(1 + ((1−ρ_0)/ρ_0)·e^{−η}) = σ(logit ρ_0 + η)",
	Claims: []Claim{
		{
			Formula:    "ρ* = 1/(1 + ((1−ρ_0)/ρ_0)·e^{−η})",
			Hypotheses: []string{"ρ_0 > 0"},
			Kernel:     []string{"Gibbs.odds_form"},
			Check:      verify.Rational(eq77),
		},
		{
			Formula:    "ρ* = σ(logit ρ_0 + η)",
			Hypotheses: []string{"0 < ρ_0 < 1"},
			Kernel:     []string{"Gibbs.sigmoid_form"},
			Check:      verify.Identity(sigmoidFree[rat], sigmoidFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Agreement(eq77Sigmoid)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "e^{η}", Check: verify.Rational(eq77Sign)},
		{Name: "σ(ρ_0 + η)", Check: verify.Interval(eq77NoLogit)},
		{Name: "σ(log ρ_0 + η)", Check: verify.Interval(eq77Log)},
	},
	Source: recoverySource(needsRecoveryPenalty, tiltOdds),
}

// divided compares ρ* with 1/(1 + ((1−ρ_0)/ρ_0)·factor) where ρ_0 > 0.
func divided(w *World[rat], claim string, factor func(u rat) rat) {
	f := rationals(w)
	gibbsRows(w, func(at Place, _, p []rat, recovers []bool, rho, u, _ rat) {
		if w.IsZero(rho) {
			w.Vacuous()
			return
		}
		odds := defined(f.Quo(f.Sub(f.FromInt(1), rho), rho))
		w.Equal(at, claim, within(w, p, recovers), defined(f.Quo(f.FromInt(1), f.Add(f.FromInt(1), f.Mul(odds, factor(u))))))
	})
}

func eq77(w *World[rat]) {
	divided(w, "ρ* = 1/(1 + ((1−ρ_0)/ρ_0)·e^{−η})", func(u rat) rat { return defined(rationals(w).Quo(w.FromInt(1), u)) })
}

func eq77Sign(w *World[rat]) {
	divided(w, "ρ* = 1/(1 + ((1−ρ_0)/ρ_0)·e^{η})", func(u rat) rat { return u })
}

// sigmoids compares ρ* of the Gibbs measure, token by token, with the sigmoid of a
// number, where 0 < ρ_0 < 1.
func sigmoids(w *World[enc], claim string, argument func(p *prefixProblem) enc) {
	f := interval(w)
	everyProblem(w, func(p *prefixProblem) {
		if p.rho.Sign() == 0 || p.rho.Cmp(big.NewRat(1, 1)) == 0 {
			w.Vacuous()
			return
		}
		recovers := recoveryTokens(w, p.Position, p.State)
		law := defined(exact.GibbsPolicy(f, w.Row(p.Position, p.State), recovers, p.odds))
		w.Meet(p.Place, claim, within(w, law, recovers), defined(f.Sigmoid(argument(p))))
	})
}

func eq77Sigmoid(w *World[enc]) {
	sigmoids(w, "ρ* = σ(logit ρ_0 + η)", func(p *prefixProblem) enc { return w.Add(logit(interval(w), p.rho), p.tilt) })
}

func eq77NoLogit(w *World[enc]) {
	sigmoids(w, "ρ* = σ(ρ_0 + η)", func(p *prefixProblem) enc { return w.Add(p.base, p.tilt) })
}

func eq77Log(w *World[enc]) {
	sigmoids(w, "ρ* = σ(log ρ_0 + η)", func(p *prefixProblem) enc { return w.Add(defined(interval(w).Log(p.base)), p.tilt) })
}

var equation78 = &Statement{
	ID: "eq-78", Title: "The KL cost", Section: "B.3",
	Sentence: verify.Sentence{Says: "The KL cost of the Gibbs measure."},
	Formula:  "KL(p*‖p_0) = Σ_a p*(a)·(η1[a∈R] − log Z) = ηρ* − log Z",
	Claims: []Claim{{
		Kernel: []string{"Gibbs.kl_cost"},
		Check:  verify.Identity(gibbsCostFree[rat], gibbsCostFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
		Also:   []Check{verify.Agreement(eq78)},
	}},
	NearMisses: []NearMiss{
		{Name: "+ log Z", Check: verify.Interval(eq78Sign)},
		{Name: "ηρ_0 − log Z", Check: verify.Interval(eq78Base)},
		{Name: "ηρ_0 − log Z, in symbols", Check: verify.Identity(gibbsCostBase[rat], gibbsCostBase[mod])},
	},
	Source: recoverySource(needsRecoveryPenalty),
}

func eq78(w *World[enc]) {
	f := interval(w)
	gibbsCost(w, "KL(p*‖p_0) = Σ_a p*(a)·(η1[a∈R] − log Z)", func(p *prefixProblem) enc {
		recovers := recoveryTokens(w, p.Position, p.State)
		law := defined(exact.GibbsPolicy(f, w.Row(p.Position, p.State), recovers, p.odds))
		logZ := defined(f.Log(normaliser(w, p.base, p.odds)))
		sum := f.FromInt(0)
		for a, q := range law {
			gain := f.Neg(logZ)
			if recovers[a] {
				gain = f.Add(gain, p.tilt)
			}
			sum = f.Add(sum, f.Mul(q, gain))
		}
		return sum
	})
	gibbsCost(w, "KL(p*‖p_0) = ηρ* − log Z", func(p *prefixProblem) enc { return p.kl })
}

func eq78Sign(w *World[enc]) {
	gibbsCost(w, "KL(p*‖p_0) = ηρ* + log Z", func(p *prefixProblem) enc {
		return w.Sub(w.Mul(w.FromInt(2), w.Mul(p.tilt, p.recovery)), p.kl)
	})
}

func eq78Base(w *World[enc]) {
	gibbsCost(w, "KL(p*‖p_0) = ηρ_0 − log Z", func(p *prefixProblem) enc {
		return w.Sub(p.kl, w.Mul(p.tilt, w.Sub(p.recovery, p.base)))
	})
}

var equation80 = &Statement{
	ID: "eq-80", Title: "The two steps of the robustness bound", Section: "B.4",
	Sentence:   verify.Sentence{Says: "The two monotone steps to the robustness bound."},
	Formula:    "σ(logit ρ_0 + βγ^t) ≥ σ(logit δ + βγ^t) ≥ σ(logit δ + βγ^d) for ρ_0 ≥ δ, t ≤ d, with equality only where ρ_0 = δ, and βγ^t = βγ^d",
	Hypotheses: []string{"ρ_0 ≥ δ > 0", "t ≤ d", "γ ≤ 1"},
	Reading: "Both steps compare failure probabilities. With Z(r, u) = 1 − r + r·u and u_t = e^{βγ^t}, " +
		"their differences, times both normalisers, are (ρ_0−δ)·u_t and (1−δ)·δ·(u_t−u_d).",
	Claims: []Claim{
		{
			Formula: "((1−δ)/Z(δ,u_t) − (1−ρ_0)/Z(ρ_0,u_t))·Z·Z = (ρ_0−δ)·u_t; ((1−δ)/Z(δ,u_d) − (1−δ)/Z(δ,u_t))·Z·Z = (1−δ)·δ·(u_t−u_d)",
			Kernel:  []string{"Robustness.robustness_gaps"},
			Check:   verify.Identity(stepsFree[rat], stepsFree[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
		},
		{
			Formula: "σ(logit ρ_0 + βγ^t) ≥ σ(logit δ + βγ^t) ≥ σ(logit δ + βγ^d)",
			Kernel:  []string{"Robustness.robustness_steps"},
			Check:   verify.Interval(eq80),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the second product with u_d − u_t", Check: verify.Identity(stepsReversed[rat], stepsReversed[mod])},
		{Name: "t ≥ d", Drops: "t ≤ d", Check: verify.Interval(eq80After), Source: deeper()},
		{Name: "the first step reversed", Check: verify.Interval(eq80Reversed), Source: deeper()},
	},
	Source: recoverySource(needsRecoveryPenalty),
}

// steps compares the failure probabilities σ(−logit ρ_0 − η_t), σ(−logit δ − η_t)
// and σ(−logit δ − η_d) at every state that Q reaches, for the pairs t, d that
// choose selects; δ is the least ρ_0 over positions up to d.
func steps(w *World[enc], choose func(t, d int) bool, compare func(p *prefixProblem, delta, eta *big.Rat, first, second enc)) {
	f := interval(w)
	all := pointwiseProblems(w)
	one := big.NewRat(1, 1)
	for d := 1; d <= w.T(); d++ {
		for t := 1; t <= w.T(); t++ {
			least := w.Case.LeastRecovery(1, max(t, d))
			if !choose(t, d) {
				continue
			}
			if least.Sign() == 0 || least.Cmp(one) >= 0 {
				w.Vacuous()
				continue
			}
			at := func(eta *big.Rat) enc {
				return defined(f.Sigmoid(f.Neg(f.Add(logit(f, least), defined(f.FromRat(eta))))))
			}
			for x := range all[t-1] {
				if p := &all[t-1][x]; p.attacked {
					compare(p, least, w.Case.Eta(d), at(p.eta), at(w.Case.Eta(d)))
				}
			}
		}
	}
}

func eq80(w *World[enc]) {
	steps(w, func(t, d int) bool { return t <= d }, func(p *prefixProblem, delta, eta *big.Rat, first, second enc) {
		if p.rho.Cmp(delta) != 0 {
			w.Less(p.Place, "σ(logit ρ_0 + βγ^t) > σ(logit δ + βγ^t), both from 1", p.failure, first)
		}
		if p.eta.Cmp(eta) != 0 {
			w.Less(p.Place, "σ(logit δ + βγ^t) > σ(logit δ + βγ^d), both from 1", first, second)
		}
	})
}

func eq80After(w *World[enc]) {
	steps(w, func(t, d int) bool { return t > d }, func(p *prefixProblem, _, _ *big.Rat, first, second enc) {
		w.AtMost(p.Place, "t > d: σ(logit δ + βγ^t) ≥ σ(logit δ + βγ^d), both from 1", first, second)
	})
}

func eq80Reversed(w *World[enc]) {
	steps(w, func(t, d int) bool { return t <= d }, func(p *prefixProblem, delta, _ *big.Rat, first, _ enc) {
		if p.rho.Cmp(delta) != 0 {
			w.AtMost(p.Place, "σ(logit ρ_0 + βγ^t) ≤ σ(logit δ + βγ^t), both from 1", first, p.failure)
		}
	})
}

var equation81 = &Statement{
	ID: "eq-81", Title: "The cost of one prefix", Section: "B.4",
	Sentence: verify.Sentence{Says: "The cost of a prefix is at most its tilt."},
	Formula:  "KL_t = η_tρ* − log Z ≤ η_tρ* ≤ η_t, since Z ≥ 1; strict where ρ_0 > 0, and where ρ_0 < 1",
	Reading:  lostDisplay,
	Claims: []Claim{
		{
			Formula: "KL_t = η_tρ* − log Z",
			Kernel:  []string{"Gibbs.kl_cost"},
			Check:   verify.Identity(gibbsCostFree[rat], gibbsCostFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:    []Check{verify.Agreement(thm20Cost)},
		},
		{
			Formula: "Z − 1 = ρ_0·(e^η − 1), so that log Z = 0 only at ρ_0 = 0 or η = 0; (η − ηρ*)·Z = η(1−ρ_0)",
			Kernel:  []string{"Robustness.cost_steps", "Robustness.log_normaliser_zero"},
			Check:   verify.Identity(spentFree[rat], spentFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
		},
		{
			Formula: "KL_t < η_tρ* where ρ_0 > 0 and η > 0; η_tρ* < η_t where ρ_0 < 1 and η > 0",
			Kernel:  []string{"Robustness.cost_strict"},
			Check:   verify.Interval(eq81),
		},
	},
	NearMisses: []NearMiss{
		{Name: "strict at ρ_0 = 0 too", Drops: "ρ_0 > 0", Check: verify.Rational(eq81Strict), Source: recoverySource(generators.Needs{Recovery: true, ZeroWeights: true}, tiltOdds)},
		{Name: "KL_t ≤ η_tρ*/4", Check: verify.Interval(eq81Quarter)},
	},
	Source: recoverySource(needsRecoveryPenalty),
}

func eq81(w *World[enc]) {
	f := interval(w)
	one := big.NewRat(1, 1)
	everyProblem(w, func(p *prefixProblem) {
		spent := f.Mul(p.tilt, p.recovery)
		if p.rho.Sign() != 0 && p.eta.Sign() != 0 {
			w.Less(p.Place, "1 < Z", f.FromInt(1), normaliser(w, p.base, p.odds))
			w.Less(p.Place, "KL_t < η_tρ*", p.kl, spent)
		}
		if p.rho.Cmp(one) != 0 && p.eta.Sign() != 0 {
			w.Less(p.Place, "0 < η_t(1−ρ*) = η_t − η_tρ*", f.FromInt(0), f.Mul(p.tilt, p.failure))
		}
	})
}

// eq81Strict claims log Z > 0 at every state, that is Z > 1.
func eq81Strict(w *World[rat]) {
	gibbsRows(w, func(at Place, _, _ []rat, _ []bool, _, _, z rat) { w.Less(at, "1 < Z", w.FromInt(1), z) })
}

func eq81Quarter(w *World[enc]) {
	quarter := defined(interval(w).FromRat(big.NewRat(1, 4)))
	everyProblem(w, func(p *prefixProblem) {
		w.AtMost(p.Place, "KL_t ≤ η_tρ*/4", p.kl, w.Mul(quarter, w.Mul(p.tilt, p.recovery)))
	})
}

var equation82 = &Statement{
	ID: "eq-82", Title: "The sum of the tilts", Section: "B.4",
	Sentence:   verify.Sentence{Says: "The tilts beyond the horizon add up to a geometric sum."},
	Formula:    "γ < 1: Σ_{k<t≤T} βγ^t = β(γ^{k+1} − γ^{T+1})/(1−γ) ≤ βγ^{k+1}/(1−γ); γ = 1: β(T−k)",
	Hypotheses: []string{"γ < 1, for the first form"},
	Reading:    lostDisplay,
	Claims:     []Claim{{Kernel: []string{"Robustness.tilts_sum_exact", "Robustness.tilts_sum", "Robustness.tilts_sum_undiscounted"}, Check: verify.Rational(eq82)}},
	NearMisses: []NearMiss{
		{Name: "from t = k: γ^k", Check: verify.Rational(eq82Early)},
		{Name: "γ² for γ in the denominator", Check: verify.Rational(eq82Square)},
	},
	Looks: needsRecoveryPenalty,
}

// tiltSums calls compare for every k with Σ_{k<t≤T} βγ^t, term by term.
func tiltSums(w *World[rat], compare func(at Place, k int, sum rat)) {
	for k := range w.T() {
		sum := w.FromInt(0)
		for t := k + 1; t <= w.T(); t++ {
			sum = w.Add(sum, eta(w, t))
		}
		compare(verify.At(k+1, 0), k, sum)
	}
}

func eq82(w *World[rat]) {
	o := w.Objective()
	rest := w.Sub(w.FromInt(1), o.Gamma)
	tiltSums(w, func(at Place, k int, sum rat) {
		if w.IsZero(rest) {
			w.Equal(at, "γ = 1: Σ_{k<t≤T} βγ^t = β(T−k)", sum, w.Mul(o.Beta, w.FromInt(int64(w.T()-k))))
			return
		}
		w.Equal(at, "(1−γ)·Σ_{k<t≤T} βγ^t = β(γ^{k+1} − γ^{T+1})", w.Mul(rest, sum), w.Sub(eta(w, k+1), eta(w, w.T()+1)))
		w.AtMost(at, "(1−γ)·Σ_{k<t≤T} βγ^t ≤ βγ^{k+1}", w.Mul(rest, sum), eta(w, k+1))
	})
}

func eq82Early(w *World[rat]) {
	rest := w.Sub(w.FromInt(1), w.Objective().Gamma)
	tiltSums(w, func(at Place, k int, sum rat) {
		w.Equal(at, "(1−γ)·Σ_{k<t≤T} βγ^t = β(γ^k − γ^T)", w.Mul(rest, sum), w.Sub(eta(w, k), eta(w, w.T())))
	})
}

func eq82Square(w *World[rat]) {
	rest := w.Sub(w.FromInt(1), power(w, 2))
	tiltSums(w, func(at Place, k int, sum rat) {
		w.Equal(at, "(1−γ²)·Σ_{k<t≤T} βγ^t = β(γ^{k+1} − γ^{T+1})", w.Mul(rest, sum), w.Sub(eta(w, k+1), eta(w, w.T()+1)))
	})
}

var equation83 = &Statement{
	ID: "eq-83", Title: "The steps to the attack length", Section: "B.4",
	Sentence:   verify.Sentence{Says: "The steps to the attack length."},
	Formula:    "σ(logit δ + βγ^t) < ε ⇔ βγ^t < Δ ⇔ t·log(1/γ) > log(β/Δ) ⇔ t > log(β/Δ)/log(1/γ), Δ = logit ε − logit δ",
	Hypotheses: []string{"Δ > 0", "γ < 1"},
	Claims:     []Claim{{Kernel: []string{"Attack.attack_steps"}, Check: verify.Interval(eq83)}},
	NearMisses: []NearMiss{
		{Name: "log(Δ/β)", Check: verify.Interval(eq83Inverse)},
		{Name: "Δ = logit δ − logit ε, in absolute value, and ε ≤ δ", Drops: "Δ > 0", Check: verify.Interval(cor23Distance)},
	},
	Source: attackSource(),
}

func eq83(w *World[enc]) {
	a := discounted(w)
	if a == nil {
		return
	}
	f := interval(w)
	beta := defined(f.FromRat(a.beta))
	logGamma := defined(f.Log(defined(f.FromRat(a.gamma))))
	logRatio := defined(f.Log(defined(f.Quo(beta, a.distance))))
	a.compare("σ(logit δ + βγ^t) < ε ⇔ βγ^t < Δ", func(t int64) (int, bool) {
		tilt := f.Mul(beta, defined(f.Exp(f.Mul(f.FromInt(t), logGamma))))
		return signOf(w, verify.At(int(t), 0), "βγ^t < Δ", f.Sub(a.distance, tilt))
	})
	a.compare("σ(logit δ + βγ^t) < ε ⇔ t·log(1/γ) > log(β/Δ)", func(t int64) (int, bool) {
		return signOf(w, verify.At(int(t), 0), "t·log(1/γ) > log(β/Δ)", f.Sub(f.Neg(f.Mul(f.FromInt(t), logGamma)), logRatio))
	})
	a.compare("σ(logit δ + βγ^t) < ε ⇔ t > log(β/Δ)/log(1/γ)", func(t int64) (int, bool) { return a.past(t, a.threshold) })
}

func eq83Inverse(w *World[enc]) {
	if a := discounted(w); a != nil {
		a.compare("σ(logit δ + βγ^t) < ε ⇔ t > log(Δ/β)/log(1/γ)", func(t int64) (int, bool) { return a.past(t, w.Neg(a.threshold)) })
	}
}
