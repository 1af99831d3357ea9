package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Appendix B: the displayed steps of the proofs of Section 9, each on its own.

func appendixB() []*Statement {
	recovery := generators.Needs{Recovery: true}
	penalty := generators.Needs{Recovery: true, Penalty: true}
	family := generators.Needs{Recovery: true, Kind: model.Shared}
	odds := newScalar("u", "2", "3", "1", "3/2", "10", "1000/999", "1000000")
	lost := "The display itself is lost in the text at hand: this is the step that the proof takes there."
	return []*Statement{
		{
			ID: "eq-67", Title: "Gradient of a recovery failure", Section: "B",
			Formula:    "∇E_Q[P_θ(y_t∉R|y_<t)] = E_Q[E[1[y_t∉R]·s_t | y_<t]]",
			Hypotheses: []string{"Q does not depend on θ"},
			Reading:    lost,
			Checks:     []Check{verify.Identity(eq67[rat], eq67[mod]), verify.Rational(eq67Scores)},
			NearMisses: []NearMiss{
				{Name: "the score is not weighted by the token's probability", Check: verify.Identity(eq67Unweighted[rat], eq67Unweighted[mod]), Source: &Source{Smallest: penalised(family, 1)}},
				{Name: "1[y_t∈R] for 1[y_t∉R]", Check: verify.Identity(eq67Swapped[rat], eq67Swapped[mod]), Source: &Source{Smallest: penalised(family, 1)}},
			},
			Looks: family,
		},
		{
			ID: "eq-68", Title: "The recovery gradient is a covariance", Section: "B",
			Formula: "E[1[y_t∉R]·s_t | y_<t] = Cov(1[y_t∉R], s_t | y_<t) = −Cov(1[y_t∈R], s_t | y_<t), since E[s_t|y_<t] = 0",
			Reading: lost,
			Checks:  []Check{verify.Identity(eq68[rat], eq68[mod])},
			NearMisses: []NearMiss{
				{Name: "the same sign: +Cov(1[y_t∈R], s_t)", Check: verify.Identity(eq68Sign[rat], eq68Sign[mod]), Source: &Source{Smallest: penalised(family, 1)}},
				{Name: "features for scores, which have a mean", Drops: "E[s_t|y_<t] = 0", Check: verify.Identity(eq68Features[rat], eq68Features[mod]), Source: &Source{Smallest: penalised(family, 1)}},
			},
			Looks: family,
		},
		{
			ID: "eq-72", Title: "The pointwise problem is strictly convex", Section: "B",
			Formula: "F(p) = KL(p‖p_0) + η·p(R^c); Σ_{y_<t} Q(y_<t)·F(p) = E_Q[KL(p‖p_0)] + η·E_Q[p(R^c)]; F((p+p_0)/2) < (F(p)+F(p_0))/2 for p ≠ p_0",
			Reading: "The KL averages over Q here, which is what makes the prefixes independent.",
			Checks:  []Check{verify.Interval(eq72)},
			NearMisses: []NearMiss{
				{Name: "η·p(R)", Check: verify.Interval(eq72Swapped)},
				{Name: "convex with modulus: the gap is KL(p‖p_0)/4", Check: verify.Interval(eq72Modulus)},
			},
			Source: policySource(recovery),
		},
		{
			ID: "eq-73", Title: "The Lagrange condition", Section: "B",
			Formula: "log(p*(a)/p_0(a)) + 1 + η1[a∉R] + ν = 0 for every token of the support, ν = log Z − η − 1",
			Checks:  []Check{verify.Interval(eq73)},
			NearMisses: []NearMiss{
				{Name: "η1[a∈R]", Check: verify.Interval(eq73Swapped)},
				{Name: "ν = log Z − 1", Check: verify.Interval(eq73NoTilt)},
				{Name: "without the 1 of the derivative of p·log p", Check: verify.Interval(eq73NoOne)},
			},
			Source: recoverySource(penalty),
		},
		{
			ID: "eq-74", Title: "The Gibbs measure", Section: "B",
			Formula: "p*(a) = p_0(a)·e^{η1[a∈R]}/Z = p_0(a)·e^{−η1[a∉R]}/(Z·e^{−η})",
			Checks:  []Check{verify.Rational(eq74)},
			NearMisses: []NearMiss{
				{Name: "e^{η1[a∉R]}", Check: verify.Rational(eq74Swapped)},
				{Name: "e^{−η1[a∉R]} over Z", Check: verify.Rational(eq74Mixed)},
			},
			Source: recoverySource(recovery, odds),
		},
		{
			ID: "eq-75", Title: "The normaliser", Section: "B",
			Formula: "Z = Σ_a p_0(a)·e^{η1[a∈R]} = 1 − ρ_0 + ρ_0e^η",
			Checks:  []Check{verify.Identity(eq75[rat], eq75[mod])},
			NearMisses: []NearMiss{
				{Name: "ρ_0 + (1−ρ_0)e^η", Check: verify.Identity(eq75Swapped[rat], eq75Swapped[mod])},
				{Name: "1 + ρ_0e^η", Check: verify.Identity(eq75One[rat], eq75One[mod])},
			},
			Reading: "A polynomial in u = e^η, which is 1 + β at a case and free at a free point.",
			Looks:   penalty,
		},
		{
			ID: "eq-76", Title: "Recovery probability of the Gibbs measure", Section: "B",
			Formula: "ρ* = Σ_{a∈R} p*(a) = ρ_0e^η/(1 − ρ_0 + ρ_0e^η)",
			Checks:  []Check{verify.Rational(eq76)},
			NearMisses: []NearMiss{
				{Name: "ρ_0e^η, not normalised", Check: verify.Rational(eq76Numerator)},
				{Name: "the failure probability (1−ρ_0)e^η/Z", Check: verify.Rational(eq76Failure)},
			},
			Source: recoverySource(recovery, odds),
		},
		{
			ID: "eq-77", Title: "The sigmoid form", Section: "B",
			Formula:    "ρ* = 1/(1 + ((1−ρ_0)/ρ_0)·e^{−η}) = σ(logit ρ_0 + η)",
			Hypotheses: []string{"ρ_0 > 0; ρ_0 < 1 for the logit"},
			Checks:     []Check{verify.Rational(eq77), verify.Interval(eq77Sigmoid)},
			NearMisses: []NearMiss{
				{Name: "e^{η}", Check: verify.Rational(eq77Sign)},
				{Name: "σ(ρ_0 + η)", Check: verify.Interval(eq77NoLogit)},
				{Name: "σ(log ρ_0 + η)", Check: verify.Interval(eq77Log)},
			},
			Source: recoverySource(penalty, odds),
		},
		{
			ID: "eq-78", Title: "The KL cost", Section: "B",
			Formula: "KL(p*‖p_0) = Σ_a p*(a)·(η1[a∈R] − log Z) = ηρ* − log Z",
			Checks:  []Check{verify.Interval(eq78)},
			NearMisses: []NearMiss{
				{Name: "+ log Z", Check: verify.Interval(eq78Sign)},
				{Name: "ηρ_0 − log Z", Check: verify.Interval(eq78Base)},
			},
			Source: recoverySource(penalty),
		},
		{
			ID: "eq-80", Title: "The two steps of the robustness bound", Section: "B",
			Formula:    "σ(logit ρ_0 + βγ^t) ≥ σ(logit δ + βγ^t) ≥ σ(logit δ + βγ^d) for ρ_0 ≥ δ, t ≤ d, with equality only where ρ_0 = δ, and βγ^t = βγ^d",
			Hypotheses: []string{"ρ_0 ≥ δ > 0", "t ≤ d", "γ ≤ 1"},
			Checks:     []Check{verify.Interval(eq80)},
			NearMisses: []NearMiss{
				{Name: "t ≥ d", Drops: "t ≤ d", Check: verify.Interval(eq80After), Source: deeper()},
				{Name: "the first step reversed", Check: verify.Interval(eq80Reversed), Source: deeper()},
			},
			Source: recoverySource(penalty),
		},
		{
			ID: "eq-81", Title: "The cost of one prefix", Section: "B",
			Formula: "KL_t = η_tρ* − log Z ≤ η_tρ* ≤ η_t, since Z ≥ 1; strict where ρ_0 > 0, and where ρ_0 < 1",
			Reading: lost,
			Checks:  []Check{verify.Interval(eq81)},
			NearMisses: []NearMiss{
				{Name: "strict at ρ_0 = 0 too", Drops: "ρ_0 > 0", Check: verify.Rational(eq81Strict), Source: recoverySource(generators.Needs{Recovery: true, ZeroWeights: true}, odds)},
				{Name: "KL_t ≤ η_tρ*/4", Check: verify.Interval(eq81Quarter)},
			},
			Source: recoverySource(penalty),
		},
		{
			ID: "eq-82", Title: "The sum of the tilts", Section: "B",
			Formula:    "γ < 1: Σ_{k<t≤T} βγ^t = β(γ^{k+1} − γ^{T+1})/(1−γ) ≤ βγ^{k+1}/(1−γ); γ = 1: β(T−k)",
			Hypotheses: []string{"γ < 1, for the first form"},
			Reading:    lost,
			Checks:     []Check{verify.Rational(eq82)},
			NearMisses: []NearMiss{
				{Name: "from t = k: γ^k", Check: verify.Rational(eq82Early)},
				{Name: "γ² for γ in the denominator", Check: verify.Rational(eq82Square)},
			},
			Looks: penalty,
		},
		{
			ID: "eq-83", Title: "The steps to the attack length", Section: "B",
			Formula:    "σ(logit δ + βγ^t) < ε ⇔ βγ^t < Δ ⇔ t·log(1/γ) > log(β/Δ) ⇔ t > log(β/Δ)/log(1/γ), Δ = logit ε − logit δ",
			Hypotheses: []string{"Δ > 0", "γ < 1"},
			Checks:     []Check{verify.Interval(eq83)},
			NearMisses: []NearMiss{
				{Name: "log(Δ/β)", Check: verify.Interval(eq83Inverse)},
				{Name: "Δ = logit δ − logit ε, in absolute value, and ε ≤ δ", Drops: "Δ > 0", Check: verify.Interval(cor23Distance)},
			},
			Source: attackSource(),
		},
	}
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
			w.Equal(verify.At(t, 0), claim, exact.PenaltyDerivative(w.Ring, w.Family.Point, o, exact.Tangent(w.Ring, w.Family, i)), g[i])
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
	f, b := interval(w), newBeside(w)
	sums := make([]enc, w.T())
	for t := range sums {
		sums[t] = f.FromInt(0)
	}
	contests(w, func(c *contest) {
		t := c.Position
		here := c.value(w, c.other)
		sums[t-1] = f.Add(sums[t-1], f.Mul(w.Objective().Adversary[t-1][c.State], here))
		if sameRow(w, c) {
			return
		}
		ends := f.Add(here, c.value(w, c.base))
		twice := f.Mul(f.FromInt(2), c.value(w, mixed(f, c.other, c.base)))
		w.Less(c.Place, "2F((p+p_0)/2) < F(p) + F(p_0)", twice, ends)
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

// multiplier compares the slope of the Lagrange function in p(a), at the Gibbs
// measure by definition, with zero; nu is ν of a log Z, and one the derivative of
// p·log p beyond log p.
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

// steps compares the failure probabilities σ(−logit ρ_0 − η_t), σ(−logit δ − η_t)
// and σ(−logit δ − η_d) at every state that Q reaches, for the pairs t, d that
// choose selects; δ is the least ρ_0 over positions up to d.
func steps(w *World[enc], choose func(t, d int) bool, compare func(p *prefixProblem, delta, eta *big.Rat, first, second enc)) {
	f := interval(w)
	all := pointwiseProblems(w)
	one := big.NewRat(1, 1)
	for d := 1; d <= w.T(); d++ {
		for t := 1; t <= w.T(); t++ {
			least := delta(w, max(t, d))
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
		if p.rho.Cmp(delta) == 0 {
			w.Meet(p.Place, "ρ_0 = δ ⇒ σ(logit ρ_0 + βγ^t) = σ(logit δ + βγ^t), both from 1", p.failure, first)
		} else {
			w.Less(p.Place, "σ(logit ρ_0 + βγ^t) > σ(logit δ + βγ^t), both from 1", p.failure, first)
		}
		if p.eta.Cmp(eta) == 0 {
			w.Meet(p.Place, "βγ^t = βγ^d ⇒ σ(logit δ + βγ^t) = σ(logit δ + βγ^d), both from 1", first, second)
		} else {
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

func eq81(w *World[enc]) {
	f := interval(w)
	one := big.NewRat(1, 1)
	everyProblem(w, func(p *prefixProblem) {
		spent := f.Mul(p.tilt, p.recovery)
		if p.rho.Sign() == 0 || p.eta.Sign() == 0 {
			w.Meet(p.Place, "ρ_0 = 0 or η = 0 ⇒ KL_t = η_tρ*", p.kl, spent)
		} else {
			w.Less(p.Place, "1 < Z", f.FromInt(1), normaliser(w, p.base, p.odds))
			w.Less(p.Place, "KL_t < η_tρ*", p.kl, spent)
		}
		if p.rho.Cmp(one) == 0 || p.eta.Sign() == 0 {
			w.Meet(p.Place, "ρ_0 = 1 or η = 0 ⇒ η_tρ* = η_t", spent, p.tilt)
		} else {
			w.Less(p.Place, "0 < η_t(1−ρ*) = η_t − η_tρ*", f.FromInt(0), f.Mul(p.tilt, p.failure))
			w.Meet(p.Place, "η_t(1−ρ*) = η_t − η_tρ*", f.Mul(p.tilt, p.failure), f.Sub(p.tilt, spent))
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
