package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/verify"
)

// Section 9: recovery failure, the deep objective and recovery information.

var recoveryStatements = []*Statement{definition16, definition17, definition18}

var definition16 = &Statement{
	ID: "def-16", Title: "Recovery failure", Section: "9",
	Sentence: verify.Sentence{Says: "A recovery failure is a token that is not a recovery token."},
	Formula:  "P(y_t∉R|y_<t) = 1 − ρ_t(y_<t), ρ_t(y_<t) = Σ_{a∈R} P(a|y_<t)",
	Claims: []Claim{
		{
			Formula: "E_Q[P(y_t∉R|y_<t)] = E_Q[1 − ρ_t]",
			Kernel:  []string{"Recovery.failure_probability"},
			Check:   verify.Identity(def16[rat], def16[mod]),
		},
		{
			Formula: "P(y_t∉R|y_<t) = 1 − ρ_t(y_<t); P(y_t∈R) = E_P[ρ_t]",
			Kernel:  []string{"Recovery.failure_probability", "Recovery.recovery_mean"},
			Check:   verify.Rational(def16States),
		},
	},
	NearMisses: []NearMiss{
		{Name: "R swapped with its complement", Check: verify.Identity(def16Swapped[rat], def16Swapped[mod]), Looks: &needsRecovery},
		{Name: "P in place of Q", Check: verify.Identity(def16Policy[rat], def16Policy[mod]), When: otherPrefixes, Looks: new(underAttack(needsRecoveryAdversary))},
		{Name: "prefixes are not weighted by their probability", Check: verify.Identity(def16Unweighted[rat], def16Unweighted[mod]), Looks: &needsRecovery},
	},
	Looks: needsRecoveryAdversary,
}

// failureRates claims that E_Q[P(y_t∉R|y_<t)], by enumeration of the prefixes, is the
// given function of ρ_t.
func failureRates[E any](w *World[E], claim string, right func(t int, rho []E) E) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), claim, w.Oracle().RecoveryFailure(recoverySet(w), w.Prefixes(), t), right(t, recoveries(w, t)))
	}
}

func def16[E any](w *World[E]) {
	failureRates(w, "E_Q[P(y_t∉R|y_<t)] = Σ_x Q(x)·(1−ρ_t(x))", func(t int, rho []E) E {
		return w.Dot(w.Objective().Adversary[t-1], complement(w, rho))
	})
}

func def16States(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		rho := w.Oracle().Recovery(recoverySet(w), t)
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "Σ_{a∉R} P(a|x) = 1 − ρ_t(x)", w.Dot(w.Row(t, x), failures(w, t, x)), w.Sub(w.FromInt(1), rho[x]))
		}
		w.Equal(verify.At(t, 0), "Σ_y P(y)·1[y_t∈R] = Σ_x P(x)·ρ_t(x)", w.Oracle().RecoveryProbability(recoverySet(w), t),
			w.Dot(w.Solution().Occupancy[t-1], recoveries(w, t)))
	}
}

func def16Swapped[E any](w *World[E]) {
	failureRates(w, "E_Q[P(y_t∉R|y_<t)] = E_Q[ρ_t]", func(t int, rho []E) E { return w.Dot(w.Objective().Adversary[t-1], rho) })
}

func def16Policy[E any](w *World[E]) {
	failureRates(w, "E_Q[P(y_t∉R|y_<t)] = E_P[1−ρ_t]", func(t int, rho []E) E {
		return w.Dot(w.Solution().Occupancy[t-1], complement(w, rho))
	})
}

func def16Unweighted[E any](w *World[E]) {
	failureRates(w, "E_Q[P(y_t∉R|y_<t)] = Σ_x (1−ρ_t(x))", func(t int, rho []E) E {
		return overStates(w, t, complement(w, rho))
	})
}

var definition17 = &Statement{
	ID: "def-17", Title: "Deep alignment objective", Section: "9",
	Sentence: verify.Sentence{Says: "The deep objective adds a penalty on recovery failure, at prefixes that an adversary draws."},
	Formula:  "L_deep(θ) = λE_θ[Harm] + KL(P_θ‖P_0) + Σ_t βγ^t·E_{y_<t∼Q}[P_θ(y_t∉R|y_<t)] = λE_θ[Harm] + Σ_t (KL_t + βγ^t·E_Q[1−ρ_t])",
	Reading:  "Positions are counted from 1, η_t = βγ^t. The left side sums over all sequences and prefixes, the right side over states (eq. 66). Where the KL enters, P_θ is a second policy of the case.",
	Claims: []Claim{
		{
			Formula: "λE[Harm] + Σ_t βγ^t·E_Q[P(y_t∉R|y_<t)] = λh_0 + Σ_t βγ^t·E_Q[1−ρ_t]",
			Kernel:  []string{"Recovery.penalty_terms", "Martingale.h_first", "Recovery.failure_probability"},
			Check:   verify.Identity(def17[rat], def17[mod]),
		},
		{
			Formula:    "L_deep(θ) = λE_θ[Harm] + Σ_t (KL_t + βγ^t·E_Q[1−ρ_t]); KL(P_θ‖P_0) = Σ_t KL_t, KL_t over prefixes = over states",
			Hypotheses: []string{"log(P_θ/P_0) any number at each token"},
			Check:      verify.Identity(deepTermsFree[rat], deepTermsFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(def17Divergence)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "γ^{t−1} in place of γ^t", Check: verify.Identity(def17Power[rat], def17Power[mod])},
		{Name: "P in place of Q", Check: verify.Identity(def17Policy[rat], def17Policy[mod]), When: otherPrefixes, Source: policySource(underAttack(needsRecoveryAdversary))},
		{Name: "R swapped with its complement", Check: verify.Identity(def17Swapped[rat], def17Swapped[mod])},
		{Name: "KL(P_0‖P_θ)", Check: verify.Interval(def17Reversed)},
		{Name: "KL_t averages over the prefixes of P_0", Check: verify.Interval(def17BasePrefixes)},
	},
	Source: policySource(needsRecoveryPenalty),
}

// definedPenalty returns Σ_t βγ^{t−shift}·E_Q[P(y_t∉R|y_<t)] by enumeration of the
// prefixes.
func definedPenalty[E any](w *World[E], shift int) E {
	sum := w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		failure := w.Oracle().RecoveryFailure(recoverySet(w), w.Prefixes(), t)
		sum = w.Add(sum, w.Mul(w.Mul(w.Objective().Beta, power(w, t-shift)), failure))
	}
	return sum
}

func def17[E any](w *World[E]) {
	o := w.Objective()
	w.Equal(Place{}, "λΣ_y P(y)·Harm(y) + Σ_t βγ^t·Σ_{y_<t} Q(y_<t)·P(y_t∉R|y_<t) = λh_0 + Σ_t βγ^t·Σ_x Q(x)·(1−ρ_t(x))",
		w.Add(w.Mul(o.Lambda, w.Oracle().Expectation(w.Oracle().Harm())), definedPenalty(w, 0)),
		w.Add(w.Mul(o.Lambda, w.Solution().Expected), exact.Penalty(w.Ring, w.Family.Numbers, o)))
}

func def17Power[E any](w *World[E]) {
	w.Equal(Place{}, "the penalty with γ^{t−1} = with γ^t", definedPenalty(w, 1), exact.Penalty(w.Ring, w.Family.Numbers, w.Objective()))
}

func def17Policy[E any](w *World[E]) {
	o := w.Objective()
	o.Adversary = w.Solution().Occupancy[:w.T()]
	w.Equal(Place{}, "the penalty under Q = under P", definedPenalty(w, 0), exact.Penalty(w.Ring, w.Family.Numbers, o))
}

func def17Swapped[E any](w *World[E]) {
	o := w.Objective()
	o.Recovers = func(a int) bool { return !w.Objective().Recovers(a) }
	w.Equal(Place{}, "the penalty of R = of its complement", definedPenalty(w, 0), exact.Penalty(w.Ring, w.Family.Numbers, o))
}

// beside is the second policy of a case, which is positive exactly where the base
// model is.
type beside struct {
	prob   [][]enc
	oracle *definition.Oracle[enc]
	terms  *exact.DeepTerms[enc]
}

func newBeside(w *World[enc]) beside {
	f := interval(w)
	prob := defined(exact.PolicyRows[enc](f, w.Family.Process, w.Case.Policy)) // rows of a policy have positive sums
	oracle := defined(definition.New(f, w.Family.WithProb(prob)))
	terms := defined(exact.Deep(f, w.Family.Numbers, w.Objective(), prob)) // the supports agree
	return beside{prob, oracle, terms}
}

func def17Divergence(w *World[enc]) {
	f, p, o := interval(w), newBeside(w), w.Objective()
	kl := defined(definition.KL(f, w.Oracle(), p.oracle.Joint()))
	total := f.Add(f.Mul(o.Lambda, p.oracle.Expectation(p.oracle.Harm())), kl)
	for t, position := range defined(definition.PositionKL(f, w.Oracle(), p.oracle.Joint())) {
		w.Meet(verify.At(t+1, 0), "KL_t over prefixes = over states", position, p.terms.KL[t])
		failure := p.oracle.RecoveryFailure(recoverySet(w), w.Prefixes(), t+1)
		total = f.Add(total, f.Mul(f.Mul(o.Beta, power(w, t+1)), failure))
	}
	w.Meet(Place{}, "KL(P_θ‖P_0) = Σ_t KL_t", kl, field.Sum(f, p.terms.KL))
	w.Meet(Place{}, "L_deep over sequences and prefixes = Σ of the terms of the positions", total, p.terms.Total(f))
}

func def17Reversed(w *World[enc]) {
	p := newBeside(w)
	kl := defined(definition.KL(interval(w), p.oracle, w.Oracle().Joint()))
	w.Meet(Place{}, "KL(P_0‖P_θ) = Σ_t KL_t", kl, field.Sum(w.Ring, p.terms.KL))
}

func def17BasePrefixes(w *World[enc]) {
	f, p := interval(w), newBeside(w)
	for t := 1; t <= w.T(); t++ {
		rows := defined(definition.RowKL(f, w.Oracle(), t, p.prob[t-1]))
		w.Meet(verify.At(t, 0), "KL_t = E_{y_<t∼P_0}[KL(P_θ(·|y_<t)‖P_0(·|y_<t))]", f.Dot(w.Solution().Occupancy[t-1], rows), p.terms.KL[t-1])
	}
}

var definition18 = &Statement{
	ID: "def-18", Title: "Recovery information", Section: "9",
	Sentence: verify.Sentence{Says: "The recovery information is the variance of recovery at the adversary's prefixes."},
	Formula:  "I_t^rec = E_{y_<t∼Q}[ρ_t(1−ρ_t)] = E_{y_<t∼Q}[Var(1[y_t∈R]|y_<t)]",
	Claims:   []Claim{{Kernel: []string{"Recovery.success_variance"}, Check: verify.Identity(def18[rat], def18[mod])}},
	NearMisses: []NearMiss{
		{Name: "P in place of Q", Check: verify.Identity(def18Policy[rat], def18Policy[mod]), When: otherPrefixes, Looks: new(underAttack(needsRecoveryAdversary))},
		{Name: "the variance of the mean: E_Q[ρ_t]·(1 − E_Q[ρ_t])", Check: verify.Identity(def18Total[rat], def18Total[mod]), Looks: &needsRecovery, When: unequalRecovery},
		{Name: "E_Q[ρ_t]", Check: verify.Identity(def18Mean[rat], def18Mean[mod]), Looks: &needsRecovery},
	},
	Looks: needsRecoveryAdversary,
}

// recoveryInformation claims that E_Q[Var(1[y_t∈R]|y_<t)], by enumeration, is the
// given number.
func recoveryInformation[E any](w *World[E], claim string, right func(t int) E) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), claim, w.Oracle().RecoveryInformation(recoverySet(w), w.Prefixes(), t), right(t))
	}
}

func def18[E any](w *World[E]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = Σ_x Q(x)·ρ_t(1−ρ_t)", func(t int) E {
		return exact.RecoveryInformation(w.Ring, w.Family.Numbers, w.Objective(), t)
	})
}

func def18Policy[E any](w *World[E]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = E_P[ρ_t(1−ρ_t)]", func(t int) E {
		o := w.Objective()
		o.Adversary = w.Solution().Occupancy
		return exact.RecoveryInformation(w.Ring, w.Family.Numbers, o, t)
	})
}

func def18Total[E any](w *World[E]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = E_Q[ρ_t]·(1 − E_Q[ρ_t])", func(t int) E {
		mean := w.Dot(w.Objective().Adversary[t-1], recoveries(w, t))
		return w.Mul(mean, w.Sub(w.FromInt(1), mean))
	})
}

func def18Mean[E any](w *World[E]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = E_Q[ρ_t]", func(t int) E {
		return w.Dot(w.Objective().Adversary[t-1], recoveries(w, t))
	})
}
