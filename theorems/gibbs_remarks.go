package theorems

import (
	"iter"
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Appendix B: the boost of recovery, and the comparison of policies.

var gibbsRemarksStatements = []*Statement{remark8, xRemark8, remark9}

var remark8 = &Statement{
	ID: "rem-8", Title: "An additive shift in log-odds", Section: "B.3",
	Sentence: verify.Sentence{
		Says:    "The penalty shifts log-odds by η; a larger base probability is boosted more in absolute terms; zero is never boosted.",
		Verdict: verify.HoldsIf,
		But: "both base probabilities are at most σ(−η/2), which the claim about the boost needs. The " +
			"shift of log-odds, and that zero stays zero, hold as they stand",
	},
	Formula: "logit ρ* − logit ρ_0 = η; ρ_0 = 0 ⇒ ρ* = 0 and ρ_0 = 1 ⇒ ρ* = 1; ρ* − ρ_0 ≤ tanh(η/4), attained at ρ_0 = σ(−η/2) alone",
	Reading: "For rational s = e^{η/2}: tanh(η/4) = (s−1)/(s+1), σ(−η/2) = 1/(1+s), and the gap is " +
		"(s−1)(1−ρ_0(1+s))²/((s+1)Z). The paper does not state the bound on the boost.",
	Claims: []Claim{
		{
			Formula: "ρ*/(1−ρ*) = e^η·ρ_0/(1−ρ_0); (ρ* − ρ_0)·Z = (e^η − 1)·ρ_0(1−ρ_0), which is 0 at ρ_0 ∈ {0, 1}",
			Kernel:  []string{"Attack.boost_form", "Attack.recovered_ends"},
			Check:   verify.Identity(shiftFree[rat], shiftFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
		},
		{
			Formula:    "(tanh(η/4) − (ρ* − ρ_0))·(s+1)·Z = (s−1)(1−ρ_0(1+s))² ≥ 0, s = e^{η/2}: at most tanh(η/4), attained at ρ_0 = 1/(1+s) = σ(−η/2) alone",
			Hypotheses: []string{"η > 0"},
			Kernel:     []string{"Attack.boost_gap", "Attack.boost_bound", "Attack.boost_attained_only"},
			Check:      verify.Identity(largestBoostFree[rat], largestBoostFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Rational(rem8), verify.Agreement(rem8Largest)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "an additive shift of the probability: ρ* − ρ_0 = ρ_0(e^η − 1)", Check: verify.Rational(rem8Additive)},
		{Name: "η/2 in place of η", Check: verify.Rational(rem8Half)},
		{Name: "the square is that of 1 − 2ρ_0", Check: verify.Identity(largestBoostMiddle[rat], largestBoostMiddle[mod])},
		{Name: "the boost is at most tanh(η/8)", Check: verify.Interval(rem8Eighth), Source: recoverySource(needsRecoveryPenalty)},
		{Name: "the boost is largest at ρ_0 = ½", Check: verify.Rational(rem8Middle)},
		{Name: "ρ_0 = 0 can recover", Drops: "ρ_0 > 0", Check: verify.Rational(rem8Zero), Source: recoverySource(generators.Needs{Recovery: true, ZeroWeights: true}, tiltRoots)},
	},
	Source: recoverySource(needsRecovery, tiltRoots),
}

// boosts calls compare at every state with ρ_0 and ρ* at tilt u = s².
func boosts(w *World[rat], compare func(at Place, rho, recovery, s rat)) {
	f, s := rationals(w), rational(w, "s")
	for t := 1; t <= w.T(); t++ {
		p := defined(definition.Gibbs[rat](f, w.Oracle(), recoverySet(w), t, w.Mul(s, s)))
		for x := range w.States(t) {
			lo, hi := w.Layer(t).Row(x)
			recovers := recoveryTokens(w, t, x)
			compare(verify.At(t, x), within(w, w.Row(t, x), recovers), within(w, p[lo:hi], recovers), s)
		}
	}
}

func rem8(w *World[rat]) {
	one := w.FromInt(1)
	boosts(w, func(at Place, rho, recovery, s rat) {
		u := w.Mul(s, s)
		w.Equal(at, "ρ*/(1−ρ*) = u·ρ_0/(1−ρ_0)", w.Mul(recovery, w.Sub(one, rho)), w.Mul(w.Mul(u, rho), w.Sub(one, recovery)))
		if w.IsZero(rho) || w.IsZero(w.Sub(one, rho)) {
			w.Equal(at, "ρ_0 ∈ {0, 1} ⇒ ρ* = ρ_0", recovery, rho)
		}
		// (s−1)/(s+1) − boost = (s−1)(1−ρ_0(1+s))²/((s+1)Z)
		root := w.Sub(one, w.Mul(rho, w.Add(one, s)))
		gap := w.Sub(w.Sub(s, one), w.Mul(w.Add(s, one), w.Sub(recovery, rho)))
		w.Equal(at, "((s−1) − (s+1)(ρ*−ρ_0))·Z = (s−1)(1−ρ_0(1+s))²", w.Mul(gap, normaliser(w, rho, u)), w.Mul(w.Sub(s, one), w.Mul(root, root)))
		w.AtMost(at, "ρ* − ρ_0 ≤ (s−1)/(s+1)", w.FromInt(0), gap)
	})
}

// rem8Largest compares the boost of every state with tanh(η/4), which it stays
// below because σ(−η/2) is irrational, and takes the boost there.
func rem8Largest(w *World[enc]) {
	f := interval(w)
	everyProblem(w, func(p *prefixProblem) {
		if p.eta.Sign() == 0 {
			return
		}
		largest := tanh(f, new(big.Rat).Mul(p.eta, big.NewRat(1, 4)))
		w.Less(p.Place, "ρ* − ρ_0 < tanh(η/4)", f.Sub(p.recovery, p.base), largest)
		at := defined(f.Sigmoid(defined(f.FromRat(new(big.Rat).Mul(p.eta, big.NewRat(-1, 2))))))
		boosted, _ := gibbsAt(f, at, p.tilt, p.odds)
		w.Meet(p.Place, "ρ_0 = σ(−η/2) ⇒ ρ* − ρ_0 = tanh(η/4)", f.Sub(boosted, at), largest)
	})
}

// tanh returns tanh q = (e^{2q} − 1)/(e^{2q} + 1).
func tanh(f field.Interval, q *big.Rat) enc {
	e := defined(f.Expm1(defined(f.FromRat(new(big.Rat).Add(q, q)))))
	return defined(f.Quo(e, f.Add(e, f.FromInt(2))))
}

func rem8Eighth(w *World[enc]) {
	f := interval(w)
	everyProblem(w, func(p *prefixProblem) {
		w.AtMost(p.Place, "ρ* − ρ_0 ≤ tanh(η/8)", f.Sub(p.recovery, p.base), tanh(f, new(big.Rat).Mul(p.eta, big.NewRat(1, 8))))
	})
}

func rem8Additive(w *World[rat]) {
	boosts(w, func(at Place, rho, recovery, s rat) {
		w.Equal(at, "ρ* − ρ_0 = ρ_0(e^η − 1)", w.Sub(recovery, rho), w.Mul(rho, w.Sub(w.Mul(s, s), w.FromInt(1))))
	})
}

func rem8Half(w *World[rat]) {
	boosts(w, func(at Place, rho, recovery, s rat) {
		one := w.FromInt(1)
		w.Equal(at, "ρ*/(1−ρ*) = e^{η/2}·ρ_0/(1−ρ_0)", w.Mul(recovery, w.Sub(one, rho)), w.Mul(w.Mul(s, rho), w.Sub(one, recovery)))
	})
}

func rem8Middle(w *World[rat]) {
	boosts(w, func(at Place, rho, recovery, s rat) {
		u := w.Mul(s, s)
		most := w.Sub(defined(rationals(w).Quo(u, w.Add(u, w.FromInt(1)))), fraction(w, 1, 2))
		w.AtMost(at, "ρ* − ρ_0 ≤ the boost of ½", w.Sub(recovery, rho), most)
	})
}

func rem8Zero(w *World[rat]) {
	boosts(w, func(at Place, rho, recovery, _ rat) {
		if !w.IsZero(w.Sub(w.FromInt(1), rho)) {
			w.Less(at, "ρ_0 < 1 ⇒ ρ_0 < ρ*", rho, recovery)
		}
	})
}

var xRemark8 = &Statement{
	ID: "x-rem-8", Title: "A larger base probability is not boosted more", Section: "B.3", Kind: verify.RefutedReading, Twin: "rem-8",
	Formula: "ρ_0 < ρ_0' ⇏ boost(ρ_0) < boost(ρ_0'), boost(ρ_0) = ρ* − ρ_0",
	Refuted: &Falsehood{
		Wording: "The larger of two base probabilities is boosted more in absolute terms by the same η.",
		Check:   verify.Rational(rem8Monotone),
	},
	Reading: "Read for every two base probabilities. The paper's example has two small ones, 0.1 and 0.001 " +
		"as reconstructed. It is true exactly for 0 < η < log 8991, which lies between 9.10 and 9.11. Remark " +
		"10 works at η ≈ 13.8.",
	Story:  xRemark8Story,
	Saving: "It is true of base probabilities below σ(−η/2) (the repair).",
	Repair: "The boost increases in ρ_0 below σ(−η/2) and decreases above it. 0 and 1 are not boosted.",
	Claims: []Claim{
		{
			Formula: "(boost(ρ') − boost(ρ))·Z·Z' = (u−1)(ρ'−ρ)(1−ρ−ρ'−ρρ'(u−1)), u = s² = e^η, and (1+s)·(the last " +
				"factor) = s·b + a·(s − (s−1)·b), a = 1−ρ(1+s), b = 1−ρ'(1+s): positive for 0 ≤ a, b ≤ 1 not both 0, " +
				"negative for a, b ≤ 0 not both 0",
			Kernel: []string{"Attack.boost_difference", "Attack.boost_sign"},
			Check:  verify.Identity(twoBoostsFree[rat], twoBoostsFree[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
			Also:   []Check{verify.Rational(rem8Unimodal)},
		},
		{
			Formula: "ρ = 1/1000, ρ' = 1/10: boost(ρ) < boost(ρ') at η = 9.10, boost(ρ') < boost(ρ) at η = 9.11; e^{9.10} " +
				"< 8991 < e^{9.11}, where 1−ρ−ρ' = ρρ'(8991−1): by the identity boost(ρ) < boost(ρ') at every 0 < η ≤ " +
				"9.10, and boost(ρ') < boost(ρ) at every η ≥ 9.11",
			Check: verify.Interval(rem8Example),
		},
	},
	NearMisses: []NearMiss{
		{Name: "1/10 is boosted more than 1/1000 at η = 9.11 too", Check: verify.Interval(rem8ExampleLate)},
		{Name: "1/1000 is boosted more than 1/10 at η = 9.10 already", Check: verify.Interval(rem8ExampleEarly)},
		{Name: "increasing below ½", Drops: "ρ_0' ≤ σ(−η/2)", Check: verify.Rational(rem8BelowHalf)},
		{Name: "symmetric: 1 − ρ_0 is boosted like ρ_0", Check: verify.Rational(rem8Symmetric)},
	},
	Source: scalarSource(newScalar("rho", "0", "1/4", "1/3", "1/2", "1/10", "9/10", "1/1000000"),
		newScalar("rho2", "1/2", "1/3", "2/3", "3/4", "1", "1/5", "99/100"), tiltRoots),
}

// twoBoosts calls compare with the base probabilities ρ < ρ' of the case, their
// boosts at u = s², and the place 1/(1+s) of the largest one.
func twoBoosts(w *World[rat], compare func(rho, rho2, boost, boost2, top rat)) {
	f, s := rationals(w), rational(w, "s")
	rho, rho2 := rational(w, "rho"), rational(w, "rho2")
	if f.Cmp(rho, rho2) > 0 {
		rho, rho2 = rho2, rho
	}
	if f.Cmp(rho, rho2) == 0 {
		w.Vacuous()
		return
	}
	compare(rho, rho2, boost(f, rho, s), boost(f, rho2, s), defined(f.Quo(f.FromInt(1), f.Add(f.FromInt(1), s))))
}

// boost returns ρ* − ρ_0 at u = s².
func boost(f *field.Rational, rho, s rat) rat {
	p := defined(exact.GibbsPolicy(f, []rat{rho, f.Sub(f.FromInt(1), rho)}, []bool{true, false}, f.Mul(s, s)))
	return f.Sub(p[0], rho)
}

func rem8Monotone(w *World[rat]) {
	twoBoosts(w, func(_, _, boost, boost2, _ rat) {
		w.Less(Place{}, "ρ_0 < ρ_0' ⇒ boost(ρ_0) < boost(ρ_0')", boost, boost2)
	})
}

func rem8Unimodal(w *World[rat]) {
	f := rationals(w)
	twoBoosts(w, func(rho, rho2, boost, boost2, top rat) {
		switch {
		case f.Cmp(rho2, top) <= 0:
			w.Less(Place{}, "ρ_0 < ρ_0' ≤ σ(−η/2) ⇒ boost(ρ_0) < boost(ρ_0')", boost, boost2)
		case f.Cmp(rho, top) >= 0:
			w.Less(Place{}, "σ(−η/2) ≤ ρ_0 < ρ_0' ⇒ boost(ρ_0') < boost(ρ_0)", boost2, boost)
		}
		for _, r := range []rat{rho, rho2} {
			if w.IsZero(r) || w.IsZero(w.Sub(w.FromInt(1), r)) {
				b := boost
				if f.Cmp(r, rho2) == 0 {
					b = boost2
				}
				w.Equal(Place{}, "ρ_0 ∈ {0, 1} ⇒ boost = 0", b, w.FromInt(0))
			}
		}
	})
}

// exampleBoosts returns the boosts of 1/1000 and 1/10, the paper's example, at η = percent/100.
func exampleBoosts(w *World[enc], percent int64) (at Place, small, large enc) {
	f, eta := interval(w), fraction(w, percent, 100)
	boost := func(n, d int64) enc {
		rho := fraction(w, n, d)
		recovery, _ := gibbsAt(f, rho, eta, defined(f.Exp(eta)))
		return f.Sub(recovery, rho)
	}
	return Place{}.Where("η = %d.%02d", percent/100, percent%100), boost(1, 1000), boost(1, 10)
}

func rem8Example(w *World[enc]) {
	f := interval(w)
	early, small, large := exampleBoosts(w, 910)
	w.Less(early, "boost(1/1000) < boost(1/10) at η = 9.10", small, large)
	late, small, large := exampleBoosts(w, 911)
	w.Less(late, "boost(1/10) < boost(1/1000) at η = 9.11", large, small)
	w.Less(early, "e^{9.10} < 8991", defined(f.Exp(fraction(w, 910, 100))), w.FromInt(8991))
	w.Less(late, "8991 < e^{9.11}", w.FromInt(8991), defined(f.Exp(fraction(w, 911, 100))))
	w.True(Place{}, "1−ρ−ρ' = ρρ'(8991−1), ρ = 1/1000, ρ' = 1/10",
		new(big.Rat).Sub(big.NewRat(1, 1), big.NewRat(101, 1000)).Cmp(new(big.Rat).Mul(big.NewRat(1, 10_000), big.NewRat(8990, 1))) == 0)
}

func rem8ExampleLate(w *World[enc]) {
	at, small, large := exampleBoosts(w, 911)
	w.Less(at, "boost(1/1000) < boost(1/10) at η = 9.11", small, large)
}

func rem8ExampleEarly(w *World[enc]) {
	at, small, large := exampleBoosts(w, 910)
	w.Less(at, "boost(1/10) < boost(1/1000) at η = 9.10", large, small)
}

func rem8BelowHalf(w *World[rat]) {
	f := rationals(w)
	twoBoosts(w, func(_, rho2, boost, boost2, _ rat) {
		if f.Cmp(rho2, fraction(w, 1, 2)) <= 0 {
			w.Less(Place{}, "ρ_0 < ρ_0' ≤ ½ ⇒ boost(ρ_0) < boost(ρ_0')", boost, boost2)
		}
	})
}

func rem8Symmetric(w *World[rat]) {
	f, s := rationals(w), rational(w, "s")
	for _, name := range []string{"rho", "rho2"} {
		rho := rational(w, name)
		w.Equal(Place{}, "boost(ρ_0) = boost(1−ρ_0)", boost(f, rho, s), boost(f, f.Sub(f.FromInt(1), rho), s))
	}
}

// scalarSource draws statements that are about scalars alone: the case is one
// token, the first in R.
func scalarSource(scalars ...scalar) *Source {
	plain := func() *model.Case {
		in := model.NewInstance(shape(2, 1).Tree())
		in.Recovery, in.Beta = []int{0}, big.NewRat(1, 1)
		return &model.Case{Instance: in}
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			return withScalars(plain(), scalars, func(k, n int) int { return int(generators.Hash(seed, i, k) % uint64(n)) })
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) { eachScalar(plain(), scalars, yield) }
		},
	}
}

var remark9 = &Statement{
	ID: "rem-9", Title: "Importance weighting", Section: "B.3",
	Sentence:   verify.Sentence{Says: "Where Q and the policy weigh a prefix differently, η is multiplied by their ratio."},
	Formula:    "min_p P(x)·KL(p‖p_0) + Q(x)·η·p(R^c) is attained at p* ∝ p_0·e^{wη1[R]}, w = Q(x)/P(x)",
	Hypotheses: []string{"P(x) > 0"},
	Reading:    "Eq. 79. Stationarity is exact for w = m/n and rational e^{η/n}. The minimum is compared, in enclosures, with the value at a second policy, for the weights of the instance.",
	Claims: []Claim{
		{
			Formula:    "P·log(p*(a)/p_0(a)) + Q·η·1[a∉R] the same for all a with p_0(a) > 0; p_0(a) = 0 ⇒ p*(a) = 0",
			Hypotheses: []string{"w = m/n", "e^{η/n} rational"},
			Kernel:     []string{"Gibbs.importance_stationary", "Gibbs.gibbs_measure"},
			Check:      verify.Rational(rem9),
		},
		{
			Formula:    "G(p) − G(p*) = P·KL(p‖p*), G(p) = P·KL(p‖p_0) + Q·η·p(R^c)",
			Hypotheses: []string{"p ≪ p_0"},
			Kernel:     []string{"Gibbs.importance_gap"},
			Check:      verify.Identity(weightedOptimumFree[rat], weightedOptimumFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Agreement(rem9Optimal)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "without w", Check: verify.Rational(rem9NoWeight)},
		{Name: "G(p) − G(p*) = P·KL(p‖p*) without w in p*", Check: verify.Identity(weightedOptimumPlain[rat], weightedOptimumPlain[mod])},
		{Name: "w = P/Q", Check: verify.Rational(rem9Inverse), When: otherPrefixes},
		{Name: "w on the odds: u·w in place of u^w", Check: verify.Rational(rem9Odds)},
	},
	Source: policySource(generators.Needs{Recovery: true, Adversary: true},
		newScalar("v", "2", "3", "3/2", "1001/1000"), newScalar("m", "1", "2", "3"), newScalar("n", "1", "2", "3")),
}

// powerOf returns v^n.
func powerOf(w *World[rat], v rat, n int64) rat {
	r := w.FromInt(1)
	for range n {
		r = w.Mul(r, v)
	}
	return r
}

// weighted compares, at weights P = n and Q = m and e^η = v^n, the two sides of the
// first-order condition P·log(p/p_0) + Q·η·1[a∉R] = constant, exponentiated:
// (p(a)/p_0(a))^n·v^{nm·1[a∉R]} is the same for all tokens of the support. The
// policy is the Gibbs measure of the tilt that odds returns.
func weighted(w *World[rat], claim string, odds func(v rat, m, n int64) rat) {
	f, v := rationals(w), rational(w, "v")
	m, n := w.Case.Scalar("m").Num().Int64(), w.Case.Scalar("n").Num().Int64()
	everyPrefix(w, func(t, x int) {
		base, recovers := w.Row(t, x), recoveryTokens(w, t, x)
		p := defined(exact.GibbsPolicy(f, base, recovers, odds(v, m, n)))
		first := -1
		slope := make([]rat, len(p))
		for a := range p {
			if w.IsZero(base[a]) {
				w.Equal(verify.At(t, x), "p_0(a) = 0 ⇒ p*(a) = 0", p[a], w.FromInt(0))
				continue
			}
			slope[a] = powerOf(w, defined(f.Quo(p[a], base[a])), n)
			if !recovers[a] {
				slope[a] = w.Mul(slope[a], powerOf(w, v, n*m))
			}
			if first < 0 {
				first = a
			}
			w.Equal(verify.At(t, x), claim, slope[a], slope[first])
		}
	})
}

func rem9(w *World[rat]) {
	weighted(w, "P·log(p*(a)/p_0(a)) + Q·η·1[a∉R] constant, p* tilted by wη", func(v rat, m, _ int64) rat { return powerOf(w, v, m) })
}

func rem9NoWeight(w *World[rat]) {
	weighted(w, "the same constant, p* tilted by η", func(v rat, _, n int64) rat { return powerOf(w, v, n) })
}

func rem9Inverse(w *World[rat]) {
	weighted(w, "the same constant, p^m tilted by n²η/m", func(v rat, m, n int64) rat {
		if n%m != 0 {
			return powerOf(w, v, m) // the tilt is irrational: nothing to compare with
		}
		return powerOf(w, v, n*n/m)
	})
}

func rem9Odds(w *World[rat]) {
	weighted(w, "the same constant, p* with odds e^η·w", func(v rat, m, n int64) rat { return w.Mul(powerOf(w, v, n), fraction(w, m, n)) })
}

// largestTilt bounds the tilts wη whose exponential is taken: the weight of a prefix
// that Q takes and the base model almost never takes is unbounded.
const largestTilt = 1000

// rem9Optimal takes P and Q of the instance: at the Gibbs measure of wη the
// weighted problem is below its value at the second policy.
func rem9Optimal(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		if !c.reached {
			w.Vacuous()
			return
		}
		t, x := c.Position, c.State
		p, q := w.Solution().Occupancy[t-1][x], w.Objective().Adversary[t-1][x]
		tilt := f.Mul(defined(f.Quo(q, p)), c.tilt)
		if f.Sign(f.Sub(f.FromInt(largestTilt), tilt)) != field.Positive {
			w.Vacuous()
			return
		}
		u := defined(f.Exp(tilt))
		optimum := defined(exact.GibbsPolicy(f, c.base, c.recovers, u))
		value := func(policy []enc) enc {
			failure := f.Sub(f.FromInt(1), within(w, policy, c.recovers))
			return f.Add(f.Mul(p, divergence(f, policy, c.base)), f.Mul(f.Mul(q, c.tilt), failure))
		}
		w.Meet(c.Place, "P·KL(p‖p_0) + Qη·p(R^c) − its value at p* = P·KL(p‖p*)",
			f.Sub(value(c.other), value(optimum)), f.Mul(p, divergence(f, c.other, optimum)))
	})
}
