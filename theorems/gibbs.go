package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/verify"
)

// Section 9.2: the pointwise recovery problem of one prefix,
//
//	min_p F(p) = KL(p‖p_0) + η·p(R^c),
//
// its Gibbs measure, recovery probability and cost. With a rational u = e^η all of
// it but the cost is rational.

var gibbsStatements = []*Statement{theorem20, ownKappaStatement}

var theorem20 = &Statement{
	ID: "thm-20", Title: "Exact recovery probability", Section: "9.2",
	Sentence: verify.Sentence{
		Says:    "Beyond the horizon the optimum of the deep objective is the Gibbs measure, which shifts the log-odds of recovery by η_t.",
		Verdict: verify.HoldsOf,
		But:     "the pointwise problem of eq. 72, where each prefix pays for its own KL. In eq. 43 the KL averages over the policy and the penalty over Q, and the minimiser is another",
	},
	Formula: "min_p KL(p‖p_0) + η·p(R^c) is attained at p* ∝ p_0·e^{η1[R]} alone; ρ* = σ(logit ρ_0 + η); KL(p*‖p_0) = ηρ* − log Z, Z = 1 − ρ_0 + ρ_0e^η",
	Reading: "This is about the pointwise problem of eq. 72, F(p) = KL(p‖p_0) + η·p(R^c). Optimality is " +
		"checked in two ways. Stationarity, which says that (p*(a)/p_0(a))·e^{η1[a∉R]} is the same for all " +
		"tokens of the support, is exact for rational u = e^η. F(p) − F(p*) = KL(p‖p*) is proved with " +
		"log(p/p_0), η and log Z as symbols, and compared in enclosures for η = βγ^t, at a second policy p " +
		"of the case. Whether the deep objective itself has this minimiser is the question of x-thm-20.",
	Claims: []Claim{
		{
			Formula:    "p*(a) = p_0(a)·u^{1[a∈R]}/Z; (p*(a)/p_0(a))·u^{1[a∉R]} = u/Z; ρ* = ρ_0·u/Z",
			Hypotheses: []string{"u = e^η rational"},
			Kernel:     []string{"Gibbs.gibbs_measure", "Gibbs.recovery_probability"},
			Check:      verify.Rational(thm20),
		},
		{
			Formula: "KL(p*‖p_0) = ηρ* − log Z",
			Kernel:  []string{"Gibbs.kl_cost"},
			Check:   verify.Identity(gibbsCostFree[rat], gibbsCostFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:    []Check{verify.Agreement(thm20Cost)},
		},
		{
			Formula:    "ρ* = σ(logit ρ_0 + η)",
			Hypotheses: []string{"0 < ρ_0 < 1"},
			Kernel:     []string{"Gibbs.sigmoid_form"},
			Check:      verify.Identity(sigmoidFree[rat], sigmoidFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Agreement(eq77Sigmoid)},
		},
		{
			Formula:    "F(p) − F(p*) = KL(p‖p*), F(p) = KL(p‖p_0) + η·p(R^c)",
			Hypotheses: []string{"p ≪ p_0"},
			Kernel:     []string{"Gibbs.pointwise_gap", "Gibbs.pointwise_objective"},
			Check:      verify.Identity(plainOptimumFree[rat], plainOptimumFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Agreement(thm20Gap)},
		},
		{
			Formula: "F(p*) < F(p) for p ≠ p*",
			Kernel:  []string{"Gibbs.pointwise_unique", "Gibbs.pointwise_optimum"},
			Check:   verify.Interval(thm20Optimal),
		},
	},
	NearMisses: []NearMiss{
		{Name: "sign of η", Check: verify.Rational(thm20Sign)},
		{Name: "R swapped with its complement", Check: verify.Rational(thm20Swapped)},
		{Name: "Z = 1 + ρ_0e^η", Check: verify.Rational(thm20Normaliser)},
		{Name: "KL(p*‖p_0) = ηρ_0 − log Z", Check: verify.Identity(gibbsCostBase[rat], gibbsCostBase[mod])},
		{Name: "F(p) − F(p*) = KL(p‖p*) for p* tilted by 2η", Check: verify.Identity(plainOptimumHalf[rat], plainOptimumHalf[mod])},
		{Name: "KL = ηρ*", Check: verify.Interval(thm20NoLog)},
		{Name: "F(p) − F(p*) = KL(p*‖p)", Check: verify.Interval(thm20Reversed)},
		{Name: "the minimiser of KL(p_0‖p) + η·p(R^c)", Check: verify.Interval(thm20Direction)},
	},
	Source: policySource(needsRecoveryPenalty, tiltOdds),
}

func thm20(w *World[rat]) {
	f, u := rationals(w), rational(w, "u")
	for t := 1; t <= w.T(); t++ {
		byDefinition := defined(definition.Gibbs[rat](f, w.Oracle(), recoverySet(w), t, u))
		for x := range w.States(t) {
			base, recovers := w.Row(t, x), recoveryTokens(w, t, x)
			rho := within(w, base, recovers)
			z := normaliser(w, rho, u)
			lo, _ := w.Layer(t).Row(x)
			p := defined(exact.GibbsPolicy(f, base, recovers, u))
			w.Equal(verify.At(t, x), "Σ_a p*(a) = 1", field.Sum(f, p), f.FromInt(1))
			w.Equal(verify.At(t, x), "ρ*·Z = ρ_0·u", w.Mul(within(w, p, recovers), z), w.Mul(rho, u))
			for a, q := range p {
				w.Equal(verify.At(t, x), "p* by formula = by normalising p_0·u^{1[a∈R]}", q, byDefinition[lo+a])
				// Off the support both sides are zero: p* stays on it.
				slope := w.Mul(byDefinition[lo+a], z)
				if !recovers[a] {
					slope = w.Mul(slope, u)
				}
				w.Equal(verify.At(t, x), "(p*(a)/p_0(a))·u^{1[a∉R]} = u/Z", slope, w.Mul(base[a], u))
			}
		}
	}
}

// recoveryAfter compares ρ*, from the Gibbs measure by definition, with a formula
// of ρ_0 and u given as a fraction.
func recoveryAfter(w *World[rat], claim string, fraction func(rho, u rat) (num, den rat)) {
	f, u := rationals(w), rational(w, "u")
	for t := 1; t <= w.T(); t++ {
		p := defined(definition.Gibbs[rat](f, w.Oracle(), recoverySet(w), t, u))
		for x := range w.States(t) {
			lo, hi := w.Layer(t).Row(x)
			recovers := recoveryTokens(w, t, x)
			num, den := fraction(within(w, w.Row(t, x), recovers), u)
			w.Equal(verify.At(t, x), claim, w.Mul(within(w, p[lo:hi], recovers), den), num)
		}
	}
}

func thm20Sign(w *World[rat]) {
	recoveryAfter(w, "ρ*·(u − ρ_0u + ρ_0) = ρ_0: σ(logit ρ_0 − η)", func(rho, u rat) (num, den rat) {
		return rho, w.Add(rho, w.Mul(u, w.Sub(w.FromInt(1), rho)))
	})
}

func thm20Swapped(w *World[rat]) {
	recoveryAfter(w, "ρ*·Z' = (1−ρ_0)·u, Z' = ρ_0 + (1−ρ_0)u", func(rho, u rat) (num, den rat) {
		out := w.Sub(w.FromInt(1), rho)
		return w.Mul(out, u), w.Add(rho, w.Mul(out, u))
	})
}

func thm20Normaliser(w *World[rat]) {
	recoveryAfter(w, "ρ*·(1 + ρ_0u) = ρ_0u", func(rho, u rat) (num, den rat) {
		return w.Mul(rho, u), w.Add(w.FromInt(1), w.Mul(rho, u))
	})
}

// gibbsCost compares KL(p*‖p_0), summed over tokens, with a formula.
func gibbsCost(w *World[enc], claim string, right func(p *prefixProblem) enc) {
	f := interval(w)
	for t, row := range pointwiseProblems(w) {
		law := defined(definition.Gibbs[enc](f, w.Oracle(), recoverySet(w), t+1, row[0].odds))
		kl := defined(definition.RowKL(f, w.Oracle(), t+1, law))
		for x := range w.States(t + 1) {
			w.Meet(verify.At(t+1, x), claim, kl[x], right(&row[x]))
		}
	}
}

func thm20Cost(w *World[enc]) {
	gibbsCost(w, "KL(p*‖p_0) = ηρ* − log Z", func(p *prefixProblem) enc { return p.kl })
}

func thm20NoLog(w *World[enc]) {
	gibbsCost(w, "KL(p*‖p_0) = ηρ*", func(p *prefixProblem) enc { return w.Mul(p.tilt, p.recovery) })
}

func thm20Gap(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		w.Meet(c.Place, "F(p) − F(p*) = KL(p‖p*)", f.Sub(c.value(w, c.other), c.value(w, c.optimum)), divergence(f, c.other, c.optimum))
	})
}

func thm20Optimal(w *World[enc]) {
	contests(w, func(c *contest) {
		if !c.same {
			w.Less(c.Place, "p ≠ p* ⇒ F(p*) < F(p)", c.value(w, c.optimum), c.value(w, c.other))
		}
	})
}

func thm20Reversed(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		w.Meet(c.Place, "F(p) − F(p*) = KL(p*‖p)", f.Sub(c.value(w, c.other), c.value(w, c.optimum)), divergence(f, c.optimum, c.other))
	})
}

// thm20Direction takes the optimum for that of the reversed divergence, which the
// base model itself can beat.
func thm20Direction(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		reversed := func(p []enc) enc {
			return f.Add(divergence(f, c.base, p), f.Mul(c.tilt, f.Sub(f.FromInt(1), within(w, p, c.recovers))))
		}
		w.AtMost(c.Place, "KL(p_0‖p*) + η·p*(R^c) ≤ KL(p_0‖p) + η·p(R^c)", reversed(c.optimum), reversed(c.other))
	})
}

var ownKappaStatement = &Statement{
	ID: "own-kappa", Title: "The largest cost of a tilt", Section: "9.2", Kind: verify.Own,
	Formula:    "max over ρ_0 of KL(p*‖p_0) at tilt η > 0 is κ(η) = ηq − log((1−ρ_0)/(1−q)) at the one ρ_0 in (0,1) with ηq(1−q) = q − ρ_0, q = σ(logit ρ_0 + η); KL(p*‖p_0) ≤ log(1/ρ_0)",
	Hypotheses: []string{"η > 0"},
	Reading: "Our own. That the cost is largest there alone is sampled: at the ρ_0 of the case the cost is " +
		"less than half-way to that point, and there it is less than κ(η). That this is so for every ρ_0 is " +
		"proved in Coq.",
	Claims: []Claim{
		{
			Formula: "∂KL(p*‖p_0)/∂ρ_0 = (ηu − (u−1)Z)/Z², u = e^η, falling in ρ_0 but for the factor 1/Z²; it is 0 where ηq(1−q) = q − ρ_0, 0 < ρ_0 < 1; Z = (1−ρ_0)/(1−q)",
			Kernel:  []string{"Attack.cost_slope", "Attack.cost_slope_falls", "Attack.cost_largest_where"},
			Check:   verify.Identity(kappaFree[rat], kappaFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:    []Check{verify.Identity(kappaSlope[rat], kappaSlope[mod]).Within(verify.Limits{Leaves: prefixLeaves}), verify.Agreement(ownKappaForm)},
		},
		{
			Formula: "KL(p*‖p_0) ≤ κ(η), with equality at that ρ_0 alone; KL(p*‖p_0) ≤ log(1/ρ_0)",
			Kernel:  []string{"Attack.cost_largest", "Attack.cost_largest_only", "Attack.cost_largest_where", "Attack.cost_le_log"},
			Check:   verify.Interval(ownKappa),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the derivative is ηu − u·Z, over Z²", Check: verify.Identity(kappaSlopeWrong[rat], kappaSlopeWrong[mod])},
		{Name: "largest at ρ_0 = ½", Check: verify.Interval(ownKappaMiddle)},
		{Name: "largest where the boost is, at ρ_0 = σ(−η/2)", Check: verify.Interval(ownKappaBoost)},
		{Name: "KL(p*‖p_0) ≤ log(1/ρ*)", Check: verify.Interval(ownKappaRecovered), Source: recoverySource(needsRecoveryPenalty)},
	},
	Source: recoverySource(needsRecoveryPenalty),
}

// largestCosts calls compare at every state where η > 0, with κ(η) and where it is
// attained.
func largestCosts(w *World[enc], compare func(p *prefixProblem, at, largest enc)) {
	everyProblem(w, func(p *prefixProblem) {
		if p.eta.Sign() == 0 {
			w.Vacuous()
			return
		}
		at, largest, err := exact.LargestGibbsKL(interval(w), p.tilt, p.odds)
		if err != nil {
			w.Undecided(p.Place, "κ(η)") // too few bits to tell e^η from 1
			return
		}
		compare(p, at, largest)
	})
}

// costAt returns KL(p*‖p_0) at a base recovery probability.
func costAt(f field.Interval, p *prefixProblem, rho enc) enc {
	_, kl := gibbsAt(f, rho, p.tilt, p.odds)
	return kl
}

// maxKappaTilt bounds the tilts at which the costs are told apart: at ρ_0 the cost
// stays below log(1/ρ_0) by about e^{−η}, which at 1000 takes 1443 bits to see.
var maxKappaTilt = big.NewRat(1000, 1)

// ownKappa also takes the middle between ρ_0 and the place of the maximum, where
// the cost is between the two. ρ_0 is rational and that place is not.
func ownKappa(w *World[enc]) {
	f := interval(w)
	half := defined(f.FromRat(big.NewRat(1, 2)))
	largestCosts(w, func(p *prefixProblem, at, largest enc) {
		if p.eta.Cmp(maxKappaTilt) > 0 {
			w.Vacuous()
			return
		}
		one := f.FromInt(1)
		w.Less(p.Place, "0 < ρ_0", f.FromInt(0), at)
		w.Less(p.Place, "ρ_0 < 1", at, one)
		if f.Sign(at) != field.Positive || f.Sign(f.Sub(one, at)) != field.Positive {
			return // undecided above
		}
		middle := costAt(f, p, f.Mul(half, f.Add(p.base, at)))
		w.Less(p.Place, "KL(ρ_0) < KL at half the way to the maximum", p.kl, middle)
		w.Less(p.Place, "KL at half the way to the maximum < κ(η)", middle, largest)
		if p.rho.Sign() > 0 && p.rho.Cmp(big.NewRat(1, 1)) < 0 {
			w.Less(p.Place, "KL(p*‖p_0) < log(1/ρ_0)", p.kl, f.Neg(defined(f.Log(p.base))))
		}
	})
}

// ownKappaForm compares κ(η), and where it is attained, with their equations.
func ownKappaForm(w *World[enc]) {
	f := interval(w)
	largestCosts(w, func(p *prefixProblem, at, largest enc) {
		if p.eta.Cmp(maxKappaTilt) > 0 {
			w.Vacuous()
			return
		}
		one := f.FromInt(1)
		q, _, err := exact.Gibbs(f, at, p.tilt, p.odds)
		if f.Sign(at) != field.Positive || f.Sign(f.Sub(one, at)) != field.Positive || err != nil {
			w.Undecided(p.Place, "0 < ρ_0 < 1")
			return
		}
		w.Meet(p.Place, "ηq(1−q) = q − ρ_0", f.Mul(p.tilt, f.Mul(q, f.Sub(one, q))), f.Sub(q, at))
		log, err := f.Log(defined(f.Quo(f.Sub(one, at), f.Sub(one, q))))
		if err != nil {
			w.Undecided(p.Place, "log((1−ρ_0)/(1−q))")
			return
		}
		w.Meet(p.Place, "κ(η) = ηq − log((1−ρ_0)/(1−q))", largest, f.Sub(f.Mul(p.tilt, q), log))
	})
}

func ownKappaMiddle(w *World[enc]) {
	f := interval(w)
	half := defined(f.FromRat(big.NewRat(1, 2)))
	largestCosts(w, func(p *prefixProblem, _, _ enc) { w.AtMost(p.Place, "KL(ρ_0) ≤ KL(½)", p.kl, costAt(f, p, half)) })
}

func ownKappaBoost(w *World[enc]) {
	f := interval(w)
	largestCosts(w, func(p *prefixProblem, _, largest enc) {
		at := defined(f.Sigmoid(defined(f.FromRat(new(big.Rat).Mul(p.eta, big.NewRat(-1, 2))))))
		w.AtMost(p.Place, "κ(η) ≤ KL at σ(−η/2)", largest, costAt(f, p, at))
	})
}

func ownKappaRecovered(w *World[enc]) {
	f := interval(w)
	everyProblem(w, func(p *prefixProblem) {
		if p.rho.Sign() > 0 {
			w.AtMost(p.Place, "KL(p*‖p_0) ≤ log(1/ρ*)", p.kl, f.Neg(defined(f.Log(p.recovery))))
		}
	})
}
