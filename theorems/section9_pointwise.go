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

// Section 9.2: the pointwise recovery problem of one prefix,
//
//	min_p F(p) = KL(p‖p_0) + η·p(R^c),
//
// its Gibbs measure, recovery probability and cost. With a rational u = e^η all of
// it but the cost is rational.

func section9Pointwise() []*Statement {
	recovery := generators.Needs{Recovery: true}
	penalty := generators.Needs{Recovery: true, Penalty: true}
	odds := newScalar("u", "2", "3", "1", "3/2", "10", "1000/999", "1000000")
	root := newScalar("s", "2", "3", "3/2", "10", "1001/1000")
	return []*Statement{
		{
			ID: "thm-20", Title: "Exact recovery probability", Section: "9.2",
			Formula: "min_p KL(p‖p_0) + η·p(R^c) is attained at p* ∝ p_0·e^{η1[R]} alone; ρ* = σ(logit ρ_0 + η); KL(p*‖p_0) = ηρ* − log Z, Z = 1 − ρ_0 + ρ_0e^η",
			Reading: "The pointwise problem of eq. 72. Optimality two ways: stationarity, (p*(a)/p_0(a))·e^{η1[a∉R]} equal for all tokens of the support, exactly for u = e^η rational; and F(p) − F(p*) = KL(p‖p*) at a second policy p, enclosed for η = βγ^t. That the deep objective itself has this minimiser is another entry.",
			Checks:  []Check{verify.Rational(thm20), verify.Interval(thm20Cost), verify.Interval(thm20Optimal)},
			NearMisses: []NearMiss{
				{Name: "sign of η", Check: verify.Rational(thm20Sign)},
				{Name: "R swapped with its complement", Check: verify.Rational(thm20Swapped)},
				{Name: "Z = 1 + ρ_0e^η", Check: verify.Rational(thm20Normaliser)},
				{Name: "KL = ηρ*", Check: verify.Interval(thm20NoLog)},
				{Name: "F(p) − F(p*) = KL(p*‖p)", Check: verify.Interval(thm20Reversed)},
				{Name: "the minimiser of KL(p_0‖p) + η·p(R^c)", Check: verify.Interval(thm20Direction)},
			},
			Source: policySource(penalty, odds),
		},
		{
			ID: "rem-8", Title: "An additive shift in log-odds", Section: "B",
			Formula: "logit ρ* − logit ρ_0 = η; ρ_0 = 0 ⇒ ρ* = 0 and ρ_0 = 1 ⇒ ρ* = 1; ρ* − ρ_0 ≤ tanh(η/4), attained at ρ_0 = σ(−η/2) alone",
			Reading: "With s = e^{η/2} rational, tanh(η/4) = (s−1)/(s+1), σ(−η/2) = 1/(1+s), and the gap is (s−1)(1−ρ_0(1+s))²/((s+1)Z). The bound on the boost is the suite's own.",
			Checks:  []Check{verify.Rational(rem8), verify.Interval(rem8Largest)},
			NearMisses: []NearMiss{
				{Name: "an additive shift of the probability: ρ* − ρ_0 = ρ_0(e^η − 1)", Check: verify.Rational(rem8Additive)},
				{Name: "η/2 in place of η", Check: verify.Rational(rem8Half)},
				{Name: "the boost is at most tanh(η/8)", Check: verify.Interval(rem8Eighth), Source: recoverySource(penalty)},
				{Name: "the boost is largest at ρ_0 = ½", Check: verify.Rational(rem8Middle)},
				{Name: "ρ_0 = 0 can recover", Drops: "ρ_0 > 0", Check: verify.Rational(rem8Zero), Source: recoverySource(generators.Needs{Recovery: true, ZeroWeights: true}, root)},
			},
			Source: recoverySource(recovery, root),
		},
		{
			ID: "x-rem-8", Title: "A larger base probability is not boosted more", Section: "B",
			Formula: "ρ_0 < ρ_0' ⇏ boost(ρ_0) < boost(ρ_0'), boost(ρ_0) = ρ* − ρ_0",
			Claim: &Claim{
				Wording: "The larger of two base probabilities is boosted more in absolute terms by the same η.",
				Check:   verify.Rational(rem8Monotone),
			},
			Reading: "Read for every two base probabilities. The paper's own example of two small ones is true: the sigmoid is steepest at 0, which a base probability below σ(−η/2) does not pass half-way.",
			Repair:  "The boost increases in ρ_0 below σ(−η/2) and decreases above; 0 and 1 are not boosted.",
			Checks:  []Check{verify.Rational(rem8Unimodal)},
			NearMisses: []NearMiss{
				{Name: "increasing below ½", Drops: "ρ_0' ≤ σ(−η/2)", Check: verify.Rational(rem8BelowHalf)},
				{Name: "symmetric: 1 − ρ_0 is boosted like ρ_0", Check: verify.Rational(rem8Symmetric)},
			},
			Source: scalarSource(newScalar("rho", "0", "1/4", "1/3", "1/2", "1/10", "9/10", "1/1000000"),
				newScalar("rho2", "1/2", "1/3", "2/3", "3/4", "1", "1/5", "99/100"), root),
		},
		{
			ID: "rem-9", Title: "Importance weighting", Section: "B",
			Formula:    "min_p P(x)·KL(p‖p_0) + Q(x)·η·p(R^c) is attained at p* ∝ p_0·e^{wη1[R]}, w = Q(x)/P(x)",
			Hypotheses: []string{"P(x) > 0"},
			Reading:    "Eq. 79. Exactly for w = m/n with v = e^{η/n} rational; with the weights of the instance enclosed, against a second policy.",
			Checks:     []Check{verify.Rational(rem9), verify.Interval(rem9Optimal)},
			NearMisses: []NearMiss{
				{Name: "without w", Check: verify.Rational(rem9NoWeight)},
				{Name: "w = P/Q", Check: verify.Rational(rem9Inverse), When: otherPrefixes},
				{Name: "w on the odds: u·w in place of u^w", Check: verify.Rational(rem9Odds)},
			},
			Source: policySource(generators.Needs{Recovery: true, Adversary: true},
				newScalar("v", "2", "3", "3/2", "1001/1000"), newScalar("m", "1", "2", "3"), newScalar("n", "1", "2", "3")),
		},
		{
			ID: "own-kappa", Title: "The largest cost of a tilt", Section: "9.2",
			Formula:    "max over ρ_0 of KL(p*‖p_0) at tilt η > 0 is κ(η) = ηq − log((1−ρ_0)/(1−q)) at the one ρ_0 in (0,1) with ηq(1−q) = q − ρ_0, q = σ(logit ρ_0 + η); KL(p*‖p_0) ≤ log(1/ρ_0)",
			Hypotheses: []string{"η > 0"},
			Reading:    "The suite's own. The cost rises in ρ_0 up to that point and falls after it.",
			Checks:     []Check{verify.Interval(ownKappa)},
			NearMisses: []NearMiss{
				{Name: "largest at ρ_0 = ½", Check: verify.Interval(ownKappaMiddle)},
				{Name: "largest where the boost is, at ρ_0 = σ(−η/2)", Check: verify.Interval(ownKappaBoost)},
				{Name: "KL(p*‖p_0) ≤ log(1/ρ*)", Check: verify.Interval(ownKappaRecovered), Source: recoverySource(penalty)},
			},
			Source: recoverySource(penalty),
		},
	}
}

// rational returns the scalar of the case with the given name.
func rational(w *World[rat], name string) rat {
	return defined(rationals(w).FromRat(w.Case.Scalar(name)))
}

// recoveryTokens returns 1[a∈R] over the edges of state x of layer t−1.
func recoveryTokens[E any](w *World[E], t, x int) []bool {
	lo, hi := w.Layer(t).Row(x)
	r := make([]bool, 0, hi-lo)
	for e := lo; e < hi; e++ {
		r = append(r, w.Objective().Recovers(w.Layer(t).Token(e)))
	}
	return r
}

// within returns Σ_{a∈R} p(a).
func within[E any](w *World[E], p []E, recovers []bool) E {
	sum := w.FromInt(0)
	for k := range p {
		if recovers[k] {
			sum = w.Add(sum, p[k])
		}
	}
	return sum
}

// normaliser returns Z = 1 − ρ_0 + ρ_0·u.
func normaliser[E any](w *World[E], rho, u E) E {
	return w.Add(w.FromInt(1), w.Mul(rho, w.Sub(u, w.FromInt(1))))
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

// prefixProblem is the recovery problem at one state with tilt η_t = βγ^t: its numbers
// exactly, which decide where sides are equal, and its solution enclosed.
type prefixProblem struct {
	Place
	rho, eta *big.Rat // ρ_0 and η_t
	// attacked and reached say whether Q and the base model give the state
	// positive probability.
	attacked, reached bool

	tilt, odds            enc // η_t and e^{η_t}
	base                  enc // ρ_0
	recovery, failure, kl enc // ρ*, 1 − ρ* and KL(p*‖p_0)
}

// settled reports whether the tilt changes nothing: η_t = 0 or ρ_0 ∈ {0, 1}.
func (p *prefixProblem) settled() bool {
	return p.eta.Sign() == 0 || p.rho.Sign() == 0 || p.rho.Cmp(big.NewRat(1, 1)) == 0
}

// pointwiseProblems solves the problem of every state, indexed [t−1][x].
func pointwiseProblems(w *World[enc]) [][]prefixProblem {
	f, in := interval(w), w.Case.Instance
	attacked, reached := attackedStates(in), in.Reachable()
	all := make([][]prefixProblem, w.T())
	for t := 1; t <= w.T(); t++ {
		eta := in.Eta(t)
		tilt := defined(f.FromRat(eta))
		u := defined(f.Exp(tilt))
		all[t-1] = make([]prefixProblem, w.Layer(t).States())
		for x := range all[t-1] {
			p := prefixProblem{Place: verify.At(t, x), rho: baseRecovery(w.Case, t, x), eta: eta, tilt: tilt, odds: u, attacked: attacked[t-1][x], reached: reached[t-1][x]}
			p.base = defined(f.FromRat(p.rho))
			var err error
			if p.recovery, p.kl, err = exact.Gibbs(f, p.base, tilt, u); err != nil {
				panic(err) // Z ≥ 1
			}
			lost := defined(f.FromRat(new(big.Rat).Sub(big.NewRat(1, 1), p.rho)))
			p.failure = defined(f.Quo(lost, normaliser(w, p.base, u)))
			all[t-1][x] = p
		}
	}
	return all
}

// attackedStates reports which states of layers 0…T−1 prefixes drawn from Q end in.
func attackedStates(in *model.Instance) [][]bool {
	reach := make([][]bool, in.Length())
	reach[0] = []bool{true}
	for t := 1; t < in.Length(); t++ {
		reach[t] = make([]bool, in.States(t))
		weights := in.AdversaryWeights(t)
		for x, ok := range reach[t-1] {
			for e, hi := in.Layer(t).Row(x); ok && e < hi; e++ {
				if !weights.IsZero(e) {
					reach[t][in.Layer(t).Next(e)] = true
				}
			}
		}
	}
	return reach
}

// everyProblem runs f over the problems of all prefixes.
func everyProblem(w *World[enc], f func(p *prefixProblem)) {
	for t, row := range pointwiseProblems(w) {
		for x := range w.States(t + 1) {
			f(&row[x])
		}
	}
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
	f := interval(w)
	everyProblem(w, func(p *prefixProblem) {
		if p.rho.Sign() == 0 || p.rho.Cmp(big.NewRat(1, 1)) == 0 {
			return // logit ρ_0 is infinite; rem-8 has these
		}
		w.Meet(p.Place, "ρ* = σ(logit ρ_0 + η)", p.recovery, defined(f.Sigmoid(f.Add(logit(f, p.rho), p.tilt))))
	})
}

// logit returns log(q/(1−q)) for 0 < q < 1.
func logit(f field.Interval, q *big.Rat) enc {
	odds := new(big.Rat).Sub(big.NewRat(1, 1), q)
	return defined(f.Log(defined(f.FromRat(odds.Quo(q, odds)))))
}

func thm20NoLog(w *World[enc]) {
	gibbsCost(w, "KL(p*‖p_0) = ηρ*", func(p *prefixProblem) enc { return w.Mul(p.tilt, p.recovery) })
}

// divergence returns KL(p‖q) = Σ_a p(a)·log(p(a)/q(a)), where p(a) > 0 only if
// q(a) > 0, and a zero is known as such.
func divergence(f field.Interval, p, q []enc) enc {
	sum := f.FromInt(0)
	for a := range p {
		if f.Sign(p[a]) != field.Zero {
			sum = f.Add(sum, f.Mul(p[a], defined(f.Log(defined(f.Quo(p[a], q[a]))))))
		}
	}
	return sum
}

// contest is a policy p beside the optimum at one state.
type contest struct {
	*prefixProblem
	base, other, optimum []enc
	same                 bool // p = p*, which happens where p = p_0 and nothing is changed
	recovers             []bool
}

// value returns F(p) = KL(p‖p_0) + η·p(R^c).
func (c *contest) value(w *World[enc], p []enc) enc {
	f := interval(w)
	return f.Add(divergence(f, p, c.base), f.Mul(c.tilt, f.Sub(f.FromInt(1), within(w, p, c.recovers))))
}

// contests sets the second policy of the case against the optimum at every state.
func contests(w *World[enc], compare func(c *contest)) {
	f := interval(w)
	other := defined(exact.PolicyRows[enc](f, w.Family.Process, w.Case.Policy))
	everyProblem(w, func(p *prefixProblem) {
		lo, hi := w.Layer(p.Position).Row(p.State)
		c := &contest{prefixProblem: p, base: w.Row(p.Position, p.State), other: other[p.Position-1][lo:hi], recovers: recoveryTokens(w, p.Position, p.State)}
		c.optimum = defined(exact.GibbsPolicy(f, c.base, c.recovers, p.odds))
		c.same = p.settled() && sameLaw(w.Layer(p.Position).Weights(), &w.Case.Policy[p.Position-1], lo, hi)
		compare(c)
	})
}

// sameLaw reports whether two rows of weights are the same law.
func sameLaw(a, b *model.Naturals, lo, hi int) bool {
	sumA, sumB := a.Sum(lo, hi), b.Sum(lo, hi)
	for e := lo; e < hi; e++ {
		if new(big.Int).Mul(a.At(e), sumB).Cmp(new(big.Int).Mul(b.At(e), sumA)) != 0 {
			return false
		}
	}
	return true
}

func thm20Optimal(w *World[enc]) {
	f := interval(w)
	contests(w, func(c *contest) {
		least, other := c.value(w, c.optimum), c.value(w, c.other)
		w.Meet(c.Place, "F(p) − F(p*) = KL(p‖p*)", f.Sub(other, least), divergence(f, c.other, c.optimum))
		if c.same {
			return
		}
		w.Less(c.Place, "p ≠ p* ⇒ F(p*) < F(p)", least, other)
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
		boosted, _, err := exact.Gibbs(f, at, p.tilt, p.odds)
		if err != nil {
			panic(err)
		}
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

// largestTilt bounds the tilts wη whose exponential is taken: a prefix that Q
// takes and the base model all but never has a weight without bound.
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
	_, kl, err := exact.Gibbs(f, rho, p.tilt, p.odds)
	if err != nil {
		panic(err)
	}
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
		q, _, err := exact.Gibbs(f, at, p.tilt, p.odds)
		if f.Sign(at) != field.Positive || f.Sign(f.Sub(one, at)) != field.Positive || err != nil {
			return // undecided above
		}
		w.Meet(p.Place, "ηq(1−q) = q − ρ_0", f.Mul(p.tilt, f.Mul(q, f.Sub(one, q))), f.Sub(q, at))
		log, err := f.Log(defined(f.Quo(f.Sub(one, at), f.Sub(one, q))))
		if err != nil {
			w.Undecided(p.Place, "log((1−ρ_0)/(1−q))")
			return
		}
		w.Meet(p.Place, "κ(η) = ηq − log((1−ρ_0)/(1−q))", largest, f.Sub(f.Mul(p.tilt, q), log))
		middle := costAt(f, p, f.Mul(half, f.Add(p.base, at)))
		w.Less(p.Place, "KL(ρ_0) < KL at half the way to the maximum", p.kl, middle)
		w.Less(p.Place, "KL at half the way to the maximum < κ(η)", middle, largest)
		if p.rho.Sign() > 0 && p.rho.Cmp(big.NewRat(1, 1)) < 0 {
			w.Less(p.Place, "KL(p*‖p_0) < log(1/ρ_0)", p.kl, f.Neg(defined(f.Log(p.base))))
		}
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
