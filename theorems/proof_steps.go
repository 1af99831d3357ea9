package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/verify"
)

// Appendix B: the displayed steps of the proofs of Lemma 28 and Theorem 20, each on its own.

var proofStepsStatements = []*Statement{equation67, equation68, equation72, equation73, equation74, equation75}

var equation67 = &Statement{
	ID: "eq-67", Title: "Gradient of a recovery failure", Section: "B.2",
	Sentence:   verify.Sentence{Says: "The gradient of a recovery failure is its expectation times the score."},
	Formula:    "∇E_Q[P_θ(y_t∉R|y_<t)] = E_Q[E[1[y_t∉R]·s_t | y_<t]]",
	Hypotheses: []string{"Q does not depend on θ"},
	Reading:    lostDisplay,
	Claims: []Claim{{
		Kernel: []string{"Recovery.failure_gradient", "Recovery.penalty_gradient"},
		Check:  verify.Identity(eq67[rat], eq67[mod]),
		Also:   []Check{verify.Rational(eq67Scores)},
	}},
	NearMisses: []NearMiss{
		{Name: "the score is not weighted by the token's probability", Check: verify.Identity(eq67Unweighted[rat], eq67Unweighted[mod]), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
		{Name: "1[y_t∈R] for 1[y_t∉R]", Check: verify.Identity(eq67Swapped[rat], eq67Swapped[mod]), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
	},
	Looks: needsRecoveryShared,
}

// failureScore returns E[v·s_t|x] over the local coordinates of state x, with v a
// function of the tokens.
func failureScore[E any](w *World[E], t, x int, v []E) []E {
	var g []E
	for _, s := range scores(w, t, x) {
		g = append(g, triple(w, w.Row(t, x), v, s))
	}
	return g
}

// failureSlope compares the derivative of E_Q[P(y_t∉R|y_<t)] along each parameter,
// from the tangent of the softmax, with Σ_x Q(x)·part(t, x).
func failureSlope[E any](w *World[E], claim string, part func(t, x int) []E) {
	g := make([]E, w.Family.Param.Total(w.Family.Process))
	for t := 1; t <= w.T(); t++ {
		for i := range g {
			g[i] = w.FromInt(0)
		}
		q := w.Objective().Adversary[t-1]
		for x := range q {
			for i, v := range part(t, x) {
				j := w.Family.Param.Index(w.Family.Process, t, x, i)
				g[j] = w.Add(g[j], w.Mul(q[x], v))
			}
		}
		o := exact.Objective[E]{Beta: w.FromInt(1), Gamma: w.FromInt(1), Recovers: w.Objective().Recovers}
		for s := 1; s <= w.T(); s++ {
			weight := w.Objective().Adversary[s-1]
			if s != t {
				weight = scaled(w, w.FromInt(0), weight)
			}
			o.Adversary = append(o.Adversary, weight)
		}
		for _, i := range verify.Parameters(w.Family) {
			w.Equal(verify.At(t, 0), claim, exact.PenaltyDerivative(w.Ring, w.Family.Numbers, o, exact.Tangent(w.Ring, w.Family, i)), g[i])
		}
	}
}

func eq67[E any](w *World[E]) {
	failureSlope(w, "∂_i E_Q[P(y_t∉R|y_<t)] = E_Q[E[1[y_t∉R]·s_t|y_<t]]", func(t, x int) []E { return failureScore(w, t, x, failures(w, t, x)) })
}

func eq67Scores(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		g := make([]rat, w.Family.Param.Block(w.Family.Process, t))
		for i := range g {
			g[i] = w.FromInt(0)
		}
		for x, q := range w.Objective().Adversary[t-1] {
			for i, v := range failureCovariance(w, t, x) {
				g[i] = w.Add(g[i], w.Mul(q, v))
			}
		}
		for i, v := range score.RecoveryGradient(recoverySet(w), w.Prefixes(), t) {
			w.Equal(verify.At(t, 0), "E_Q[E[1[y_t∉R]·s_t|y_<t]], over prefixes = E_Q[Cov(1[y_t∉R], s_t|y_<t)], over states", v, g[i])
		}
	}
}

func eq67Unweighted[E any](w *World[E]) {
	failureSlope(w, "∂_i E_Q[P(y_t∉R|y_<t)] = E_Q[Σ_{a∉R} s_t(a)]", func(t, x int) []E {
		var g []E
		for _, s := range scores(w, t, x) {
			g = append(g, w.Dot(failures(w, t, x), s))
		}
		return g
	})
}

func eq67Swapped[E any](w *World[E]) {
	failureSlope(w, "∂_i E_Q[P(y_t∉R|y_<t)] = E_Q[E[1[y_t∈R]·s_t|y_<t]]", func(t, x int) []E {
		return failureScore(w, t, x, complement(w, failures(w, t, x)))
	})
}

var equation68 = &Statement{
	ID: "eq-68", Title: "The recovery gradient is a covariance", Section: "B.2",
	Sentence: verify.Sentence{Says: "The recovery gradient is a covariance."},
	Formula:  "E[1[y_t∉R]·s_t | y_<t] = Cov(1[y_t∉R], s_t | y_<t) = −Cov(1[y_t∈R], s_t | y_<t), since E[s_t|y_<t] = 0",
	Reading:  lostDisplay,
	Claims:   []Claim{{Kernel: []string{"Recovery.failure_covariance", "Recovery.failure_recovery"}, Check: verify.Identity(eq68[rat], eq68[mod])}},
	NearMisses: []NearMiss{
		{Name: "the same sign: +Cov(1[y_t∈R], s_t)", Check: verify.Identity(eq68Sign[rat], eq68Sign[mod]), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
		{Name: "features for scores, which have a mean", Drops: "E[s_t|y_<t] = 0", Check: verify.Identity(eq68Features[rat], eq68Features[mod]), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
	},
	Looks: needsRecoveryShared,
}

func eq68[E any](w *World[E]) {
	everyPrefix(w, func(t, x int) {
		v := failures(w, t, x)
		in := exact.Covariance(w.Ring, w.Family, t, x, complement(w, v))
		out := exact.Covariance(w.Ring, w.Family, t, x, v)
		for i, g := range failureScore(w, t, x, v) {
			w.Equal(verify.At(t, x), "E[1[y_t∉R]·s_t|y_<t] = Cov(1[y_t∉R], s_t|y_<t)", g, out[i])
			w.Equal(verify.At(t, x), "Cov(1[y_t∉R], s_t|y_<t) = −Cov(1[y_t∈R], s_t|y_<t)", out[i], w.Neg(in[i]))
		}
	})
}

func eq68Sign[E any](w *World[E]) {
	everyPrefix(w, func(t, x int) {
		v := failures(w, t, x)
		in := exact.Covariance(w.Ring, w.Family, t, x, complement(w, v))
		for i, g := range failureScore(w, t, x, v) {
			w.Equal(verify.At(t, x), "E[1[y_t∉R]·s_t|y_<t] = Cov(1[y_t∈R], s_t|y_<t)", g, in[i])
		}
	})
}

func eq68Features[E any](w *World[E]) {
	everyPrefix(w, func(t, x int) {
		v, p := failures(w, t, x), w.Row(t, x)
		for i, c := range exact.Covariance(w.Ring, w.Family, t, x, v) {
			f := exact.Feature(w.Ring, w.Family, t, x, i, nil)
			w.Equal(verify.At(t, x), "E[1[y_t∉R]·f(y_t)|y_<t] = Cov(1[y_t∉R], f(y_t)|y_<t)", triple(w, p, v, f), c)
		}
	})
}

var equation72 = &Statement{
	ID: "eq-72", Title: "The pointwise problem is strictly convex", Section: "B.3",
	Sentence: verify.Sentence{
		Says: "Beyond the horizon the deep objective is a strictly convex problem at each prefix.",
		But:  "as a problem of its own, in which the KL averages over the same prefixes as the penalty",
	},
	Formula: "F(p) = KL(p‖p_0) + η·p(R^c); Σ_{y_<t} Q(y_<t)·F(p) = E_Q[KL(p‖p_0)] + η·E_Q[p(R^c)]; F((p+p_0)/2) < (F(p)+F(p_0))/2 for p ≠ p_0",
	Reading: "Here the KL averages over Q, which makes the prefixes independent. Strict convexity is compared at one midpoint, that of p_0 and a second policy of the case.",
	Claims: []Claim{
		{
			Formula: "Σ_{y_<t} Q(y_<t)·F(p) = E_Q[KL(p‖p_0)] + η·E_Q[p(R^c)]",
			Check:   verify.Identity(pointwiseSumFree[rat], pointwiseSumFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:    []Check{verify.Agreement(eq72Sum)},
		},
		{
			Formula:    "F((p+p_0)/2) < (F(p)+F(p_0))/2 for p ≠ p_0",
			Hypotheses: []string{"p ≪ p_0"},
			Kernel:     []string{"Gibbs.strictly_convex", "Gibbs.pointwise_objective"},
			Check:      verify.Interval(eq72),
		},
	},
	NearMisses: []NearMiss{
		{Name: "η·p(R)", Check: verify.Interval(eq72Swapped)},
		{Name: "η·p(R), summed over Q", Check: verify.Identity(pointwiseSumSwapped[rat], pointwiseSumSwapped[mod])},
		{Name: "convex with modulus: the gap is KL(p‖p_0)/4", Check: verify.Interval(eq72Modulus)},
	},
	Source: policySource(needsRecovery),
}

// mixed returns (p + q)/2.
func mixed(f field.Interval, p, q []enc) []enc {
	half := defined(f.FromRat(big.NewRat(1, 2)))
	m := make([]enc, len(p))
	for a := range p {
		m[a] = f.Mul(half, f.Add(p[a], q[a]))
	}
	return m
}

// sameRow reports whether the second policy of the case is the base model at a
// state.
func sameRow(w *World[enc], c *contest) bool {
	lo, hi := w.Layer(c.Position).Row(c.State)
	return sameLaw(w.Layer(c.Position).Weights(), &w.Case.Policy[c.Position-1], lo, hi)
}

func eq72(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		if sameRow(w, c) {
			return
		}
		ends := f.Add(c.value(w, c.other), c.value(w, c.base))
		twice := f.Mul(f.FromInt(2), c.value(w, mixed(f, c.other, c.base)))
		w.Less(c.Place, "2F((p+p_0)/2) < F(p) + F(p_0)", twice, ends)
	})
}

func eq72Sum(w *World[enc]) {
	f, b := interval(w), newBeside(w)
	sums := make([]enc, w.T())
	for t := range sums {
		sums[t] = f.FromInt(0)
	}
	contests(w, func(c *contest) {
		t := c.Position
		sums[t-1] = f.Add(sums[t-1], f.Mul(w.Objective().Adversary[t-1][c.State], c.value(w, c.other)))
	})
	for t := 1; t <= w.T(); t++ {
		kl := defined(definition.RowKL(f, w.Oracle(), t, b.prob[t-1]))
		average := w.Oracle().OverPrefixes(w.Prefixes(), t, kl)
		failure := b.oracle.RecoveryFailure(recoverySet(w), w.Prefixes(), t)
		w.Meet(verify.At(t, 0), "E_Q[KL(p‖p_0)] + η·E_Q[p(R^c)] = Σ_x Q(x)·F(p)", f.Add(average, f.Mul(eta(w, t), failure)), sums[t-1])
	}
}

func eq72Swapped(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		swapped := f.Add(divergence(f, c.other, c.base), f.Mul(c.tilt, within(w, c.other, c.recovers)))
		w.Meet(c.Place, "F(p) = KL(p‖p_0) + η·p(R)", c.value(w, c.other), swapped)
	})
}

func eq72Modulus(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		ends := f.Add(c.value(w, c.other), c.value(w, c.base))
		twice := f.Mul(f.FromInt(2), c.value(w, mixed(f, c.other, c.base)))
		w.Meet(c.Place, "2(F(p) + F(p_0)) − 4F((p+p_0)/2) = KL(p‖p_0)", f.Mul(f.FromInt(2), f.Sub(ends, twice)), divergence(f, c.other, c.base))
	})
}

var equation73 = &Statement{
	ID: "eq-73", Title: "The Lagrange condition", Section: "B.3",
	Sentence: verify.Sentence{Says: "The Lagrange condition of eq. 72."},
	Formula:  "log(p*(a)/p_0(a)) + 1 + η1[a∉R] + ν = 0 for every token of the support, ν = log Z − η − 1",
	Reading:  "Exponentiated, the condition is a polynomial identity: (p*(a)/p_0(a))·e^{η1[a∉R]}·Z·e^{−η} = 1, with Z by its formula on the left and by its sum in p*.",
	Claims: []Claim{{
		Kernel: []string{"Gibbs.stationary"},
		Check:  verify.Identity(lagrangeFree[rat], lagrangeFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
		Also:   []Check{verify.Agreement(eq73)},
	}},
	NearMisses: []NearMiss{
		{Name: "η1[a∈R]", Check: verify.Interval(eq73Swapped)},
		{Name: "ν = log Z − 1", Check: verify.Interval(eq73NoTilt)},
		{Name: "without the 1 of the derivative of p·log p", Check: verify.Interval(eq73NoOne)},
	},
	Source: recoverySource(needsRecoveryPenalty),
}

// multiplier compares the slope of the Lagrange function in p(a), at the Gibbs
// measure by definition, with zero; nu returns ν for log Z, and one is the derivative
// of p·log p less log p.
func multiplier(w *World[enc], claim string, one int64, penalised bool, nu func(p *prefixProblem, logZ enc) enc) {
	f := interval(w)
	for t, row := range pointwiseProblems(w) {
		law := defined(definition.Gibbs[enc](f, w.Oracle(), recoverySet(w), t+1, row[0].odds))
		for x := range w.States(t + 1) {
			p := &row[x]
			logZ := defined(f.Log(normaliser(w, p.base, p.odds)))
			recovers := recoveryTokens(w, t+1, x)
			lo, _ := w.Layer(t + 1).Row(x)
			for a, base := range w.Row(t+1, x) {
				if w.Layer(t + 1).Weights().IsZero(lo + a) {
					continue
				}
				slope := f.Add(defined(f.Log(defined(f.Quo(law[lo+a], base)))), f.FromInt(one))
				if recovers[a] != penalised {
					slope = f.Add(slope, p.tilt)
				}
				w.Meet(p.Place, claim, f.Add(slope, nu(p, logZ)), f.FromInt(0))
			}
		}
	}
}

func eq73(w *World[enc]) {
	multiplier(w, "log(p*(a)/p_0(a)) + 1 + η1[a∉R] + ν = 0, ν = log Z − η − 1", 1, true, nu(w))
}

// nu returns ν = log Z − η − 1.
func nu(w *World[enc]) func(p *prefixProblem, logZ enc) enc {
	return func(p *prefixProblem, logZ enc) enc { return w.Sub(w.Sub(logZ, p.tilt), w.FromInt(1)) }
}

func eq73Swapped(w *World[enc]) {
	multiplier(w, "log(p*(a)/p_0(a)) + 1 + η1[a∈R] + ν = 0, ν = log Z − η − 1", 1, false, nu(w))
}

func eq73NoTilt(w *World[enc]) {
	multiplier(w, "log(p*(a)/p_0(a)) + 1 + η1[a∉R] + ν = 0, ν = log Z − 1", 1, true,
		func(_ *prefixProblem, logZ enc) enc { return w.Sub(logZ, w.FromInt(1)) })
}

func eq73NoOne(w *World[enc]) {
	multiplier(w, "log(p*(a)/p_0(a)) + η1[a∉R] + ν = 0, ν = log Z − η − 1", 0, true, nu(w))
}

var equation74 = &Statement{
	ID: "eq-74", Title: "The Gibbs measure", Section: "B.3",
	Sentence: verify.Sentence{Says: "The solution of eq. 72 is the Gibbs measure."},
	Formula:  "p*(a) = p_0(a)·e^{η1[a∈R]}/Z = p_0(a)·e^{−η1[a∉R]}/(Z·e^{−η})",
	Claims:   []Claim{{Kernel: []string{"Gibbs.gibbs_measure"}, Check: verify.Rational(eq74)}},
	NearMisses: []NearMiss{
		{Name: "e^{η1[a∉R]}", Check: verify.Rational(eq74Swapped)},
		{Name: "e^{−η1[a∉R]} over Z", Check: verify.Rational(eq74Mixed)},
	},
	Source: recoverySource(needsRecovery, tiltOdds),
}

// gibbsRows calls compare at every state with the base row, the Gibbs measure by
// definition at odds u, the tokens of R, ρ_0 and Z.
func gibbsRows(w *World[rat], compare func(at Place, base, p []rat, recovers []bool, rho, u, z rat)) {
	f, u := rationals(w), rational(w, "u")
	for t := 1; t <= w.T(); t++ {
		law := defined(definition.Gibbs[rat](f, w.Oracle(), recoverySet(w), t, u))
		for x := range w.States(t) {
			lo, hi := w.Layer(t).Row(x)
			base, recovers := w.Row(t, x), recoveryTokens(w, t, x)
			rho := within(w, base, recovers)
			compare(verify.At(t, x), base, law[lo:hi], recovers, rho, u, normaliser(w, rho, u))
		}
	}
}

func eq74(w *World[rat]) {
	gibbsRows(w, func(at Place, base, p []rat, recovers []bool, _, u, z rat) {
		for a := range p {
			up, down := base[a], w.Mul(base[a], u) // down: e^{−η1[a∉R]}, over e^{−η}
			if recovers[a] {
				up = w.Mul(up, u)
			} else {
				down = base[a]
			}
			w.Equal(at, "p*(a) = p_0(a)·e^{η1[a∈R]}/Z", w.Mul(p[a], z), up)
			w.Equal(at, "p*(a) = p_0(a)·e^{−η1[a∉R]}/(Z·e^{−η})", w.Mul(p[a], z), down)
		}
	})
}

func eq74Swapped(w *World[rat]) {
	gibbsRows(w, func(at Place, base, p []rat, recovers []bool, rho, u, _ rat) {
		z := w.Add(rho, w.Mul(u, w.Sub(w.FromInt(1), rho)))
		for a := range p {
			up := base[a]
			if !recovers[a] {
				up = w.Mul(up, u)
			}
			w.Equal(at, "p*(a) = p_0(a)·e^{η1[a∉R]}/Z'", w.Mul(p[a], z), up)
		}
	})
}

func eq74Mixed(w *World[rat]) {
	gibbsRows(w, func(at Place, base, p []rat, recovers []bool, _, u, z rat) {
		for a := range p {
			left := w.Mul(p[a], z)
			if !recovers[a] {
				left = w.Mul(left, u)
			}
			w.Equal(at, "p*(a) = p_0(a)·e^{−η1[a∉R]}/Z", left, base[a])
		}
	})
}

var equation75 = &Statement{
	ID: "eq-75", Title: "The normaliser", Section: "B.3",
	Sentence: verify.Sentence{Says: "The normaliser of the Gibbs measure."},
	Formula:  "Z = Σ_a p_0(a)·e^{η1[a∈R]} = 1 − ρ_0 + ρ_0e^η",
	Claims:   []Claim{{Kernel: []string{"Gibbs.normalisation"}, Check: verify.Identity(eq75[rat], eq75[mod])}},
	NearMisses: []NearMiss{
		{Name: "ρ_0 + (1−ρ_0)e^η", Check: verify.Identity(eq75Swapped[rat], eq75Swapped[mod])},
		{Name: "1 + ρ_0e^η", Check: verify.Identity(eq75One[rat], eq75One[mod])},
	},
	Reading: "A polynomial in u = e^η, which is 1 + β at a case and free at a free point.",
	Looks:   needsRecoveryPenalty,
}

// anyOdds returns a number that stands for u = e^η: 1 + β, free at a free point.
func anyOdds[E any](w *World[E]) E { return w.Add(w.FromInt(1), w.Objective().Beta) }

// normalisers compares Σ_a p_0(a)·u^{1[a∈R]} with a formula of ρ_0 and u.
func normalisers[E any](w *World[E], claim string, right func(rho, u E) E) {
	u := anyOdds(w)
	for t := 1; t <= w.T(); t++ {
		rho := w.Oracle().Recovery(recoverySet(w), t)
		for x := range w.States(t) {
			sum := w.FromInt(0)
			recovers := recoveryTokens(w, t, x)
			for a, p := range w.Row(t, x) {
				if recovers[a] {
					p = w.Mul(p, u)
				}
				sum = w.Add(sum, p)
			}
			w.Equal(verify.At(t, x), claim, sum, right(rho[x], u))
		}
	}
}

func eq75[E any](w *World[E]) {
	normalisers(w, "Σ_a p_0(a)·u^{1[a∈R]} = 1 − ρ_0 + ρ_0u", func(rho, u E) E { return normaliser(w, rho, u) })
}

func eq75Swapped[E any](w *World[E]) {
	normalisers(w, "Σ_a p_0(a)·u^{1[a∈R]} = ρ_0 + (1−ρ_0)u", func(rho, u E) E { return normaliser(w, w.Sub(w.FromInt(1), rho), u) })
}

func eq75One[E any](w *World[E]) {
	normalisers(w, "Σ_a p_0(a)·u^{1[a∈R]} = 1 + ρ_0u", func(rho, u E) E { return w.Add(w.FromInt(1), w.Mul(rho, u)) })
}
