package theorems

import (
	"fmt"
	"iter"
	"math/big"
	"math/bits"
	"slices"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// Section 9: the deep objective, recovery information and the recovery gradient.

func section9() []*Statement {
	return slices.Concat(section9Objective(), section9Pointwise(), section9Robustness())
}

func section9Objective() []*Statement {
	recovery := generators.Needs{Recovery: true}
	adversary := generators.Needs{Recovery: true, Adversary: true}
	family := generators.Needs{Recovery: true, Kind: model.Shared}
	penalty := generators.Needs{Recovery: true, Penalty: true}
	besides := policySource(penalty)
	return []*Statement{
		{
			ID: "def-16", Title: "Recovery failure", Section: "9",
			Formula: "P(y_t∉R|y_<t) = 1 − ρ_t(y_<t), ρ_t(y_<t) = Σ_{a∈R} P(a|y_<t)",
			Checks:  []Check{identity(def16[rat], def16[mod], def16[deg]), exactly(def16States)},
			NearMisses: []NearMiss{
				{Name: "R swapped with its complement", Check: exactly(def16Swapped), Looks: &recovery},
				{Name: "P in place of Q", Check: exactly(def16Policy)},
				{Name: "prefixes are not weighted by their probability", Check: exactly(def16Unweighted), Looks: &recovery},
			},
			Looks: adversary,
		},
		{
			ID: "def-17", Title: "Deep alignment objective", Section: "9",
			Formula: "L_deep(θ) = λE_θ[Harm] + KL(P_θ‖P_0) + Σ_t βγ^t·E_{y_<t∼Q}[P_θ(y_t∉R|y_<t)] = λE_θ[Harm] + Σ_t (KL_t + βγ^t·E_Q[1−ρ_t])",
			Reading: "Positions are counted from 1, η_t = βγ^t. The left side sums over all sequences and prefixes, the right side over states (eq. 66); the KL is that of a second policy beside the base model.",
			Checks:  []Check{identity(def17[rat], def17[mod], def17[deg]), enclosed(def17Divergence)},
			NearMisses: []NearMiss{
				{Name: "γ^{t−1} in place of γ^t", Check: exactly(def17Power)},
				{Name: "P in place of Q", Check: exactly(def17Policy), Source: policySource(generators.Needs{Recovery: true, Adversary: true})},
				{Name: "R swapped with its complement", Check: exactly(def17Swapped)},
				{Name: "KL(P_0‖P_θ)", Check: enclosed(def17Reversed)},
				{Name: "KL_t averages over the prefixes of P_0", Check: enclosed(def17BasePrefixes)},
			},
			Source: besides,
		},
		{
			ID: "def-18", Title: "Recovery information", Section: "9",
			Formula: "I_t^rec = E_{y_<t∼Q}[ρ_t(1−ρ_t)] = E_{y_<t∼Q}[Var(1[y_t∈R]|y_<t)]",
			Checks:  []Check{identity(def18[rat], def18[mod], def18[deg])},
			NearMisses: []NearMiss{
				{Name: "P in place of Q", Check: exactly(def18Policy)},
				{Name: "the variance of the mean: E_Q[ρ_t]·(1 − E_Q[ρ_t])", Check: exactly(def18Total), Looks: &recovery},
				{Name: "E_Q[ρ_t]", Check: exactly(def18Mean), Looks: &recovery},
			},
			Looks: adversary,
		},
		{
			ID: "rec-gradient", Title: "Recovery gradient", Section: "9",
			Formula:    "∇_θ Σ_t βγ^t·E_Q[P_θ(y_t∉R|y_<t)] = Σ_t βγ^t·G_t^rec, G_t^rec = E_{y_<t∼Q}[Cov(1[y_t∉R], s_t | y_<t)]",
			Hypotheses: []string{"Q does not depend on θ"},
			Checks:     []Check{identity(recGradient[rat], recGradient[mod], recGradient[deg]), exactly(recGradientScores)},
			NearMisses: []NearMiss{
				{Name: "γ^{t−1} in place of γ^t", Check: exactly(recGradientPower), Looks: &penalty},
				{Name: "P in place of Q", Check: exactly(recGradientPolicy), Looks: &generators.Needs{Recovery: true, Penalty: true, Adversary: true}},
				{Name: "sign: the covariance with 1[y_t∈R]", Check: exactly(recGradientSign), Looks: &penalty},
				{Name: "Q follows the policy", Drops: "Q does not depend on θ", Check: exactly(recGradientMoving), Looks: &recovery},
			},
			Looks: family,
		},
		{
			ID: "lem-28", Title: "Recovery gradient bound", Section: "B",
			Formula:    "‖G_t^rec‖² ≤ E_Q[ρ_t(1−ρ_t)·tr F_t] ≤ κ·I_t^rec; ‖G_t^rec‖² ≤ I_t^rec·tr F_t^Q and G_t^recᵀ(F_t^Q)⁺G_t^rec ≤ I_t^rec, F_t^Q = E_Q[F_t], with equality when tabular; each gap a sum of squares",
			Hypotheses: []string{"second form: tr F_t ≤ κ at every prefix that Q reaches", "equality: tabular"},
			Reading:    "Eq. 61 to 65. The bounds without κ are the suite's own sharpening.",
			Checks: []Check{
				identity(lem28[rat], lem28[mod], lem28[deg]).upTo(lem28Leaves), exactly(lem28Bound), exactly(lem28Tabular),
			},
			NearMisses: []NearMiss{
				{Name: "half the information", Check: exactly(lem28Half), Source: &Source{Smallest: penalised(family, 1)}},
				{Name: "tabular: equality with the information under P", Check: exactly(lem28Policy), Looks: &adversary},
				{Name: "the information squared: ‖G_t^rec‖² ≤ κ·(I_t^rec)²", Check: exactly(lem28Square), Source: &Source{Smallest: penalised(family, 1)}},
				{Name: "equality for every parameterisation", Drops: "tabular", Check: exactly(lem28Equality), Source: &Source{Smallest: penalised(family, 1)}},
			},
			Looks: family,
		},
		{
			ID: "rem-6", Title: "Aggregate recovery KL", Section: "B",
			Formula:    "γ < 1: Σ_{t>k} ½β²γ^{2t}g_t ≤ C·β²γ^{2(k+1)}/(2(1−γ²)), g_t = G_t^recᵀF̄_t⁻¹G_t^rec ≤ C; g_t ≥ c ⇒ ≥ ½cβ²·Σ_{t>k}γ^{2t}, and Σ_{t≤n} (1−1/2n)^{2t} ≥ n/4, unbounded",
			Hypotheses: []string{"γ < 1", "g_t ≤ C for all t", "unbounded: g_t ≥ c > 0"},
			Reading:    "Eq. 71 is a reconstruction. The leading order of thm-19 beyond the horizon, for every k; γ → 1 and T → ∞ together make the bound diverge.",
			Checks:     []Check{exactly(rem6), exactly(rem6Unbounded)},
			NearMisses: []NearMiss{
				{Name: "C the least factor", Drops: "g_t ≤ C", Check: exactly(rem6Least)},
				{Name: "without 1 − γ²: the first term alone", Check: exactly(rem6First)},
				{Name: "γ^{2k} for γ^{2(k+1)} in the sum", Check: exactly(rem6Index)},
				{Name: "bounded along γ = 1 − 1/2n by 2", Drops: "γ fixed", Check: exactly(rem6Bounded)},
			},
			Source: &Source{Draw: deepSource().Draw, Smallest: plainFamilies},
		},
		{
			ID: "rem-7", Title: "Non-degeneracy of the recovery gradient", Section: "B",
			Formula:    "I_t^rec > 0 ⇔ 0 < ρ_t < 1 at some prefix that Q reaches; G_t^rec ≠ 0 ⇒ I_t^rec > 0; tabular: G_t^rec ≠ 0 ⇔ I_t^rec > 0",
			Hypotheses: []string{"sufficient: tabular"},
			Checks:     []Check{exactly(rem7)},
			NearMisses: []NearMiss{
				{Name: "some prefix that P reaches", Check: exactly(rem7Policy), Source: certainSource(0, 1)},
				{Name: "0 < ρ_t ≤ 1", Check: exactly(rem7Closed), Looks: &recovery},
				{Name: "sufficient for log-linear policies with F_t^Q ≻ 0", Drops: "tabular", Check: exactly(rem7Sufficient), Source: halvesSource()},
				{Name: "G_t^rec = 0 only where every prefix contributes nothing", Check: exactly(rem7EveryPrefix), Source: &Source{
					Draw:     func(seed uint64, i int) *model.Case { return plainFamily(2, int(mix(seed, i, 0)%64)) },
					Smallest: plainFamilies,
				}},
			},
			Looks: adversary,
		},
		{
			ID: "x-rem-7", Title: "A recovery gradient that vanishes on all of parameter space", Section: "B",
			Formula: "G_t^rec(θ) = 0 for every θ, with I_t^rec > 0 and F_t^Q ≻ 0",
			Claim: &Claim{
				Wording: "G_t^rec = 0 despite I_t^rec > 0 is a condition of measure zero in parameter space.",
				Check:   exactly(rem7Generic),
			},
			Reading: "For a parameterisation with F_t^Q ≻ 0. G_t^rec is −∇E_Q[ρ_t]; in a log-linear family with one parameter E_Q[ρ_t] is a rational function of e^θ, and constant if it takes one value more often than its degree allows. The wording is true of families whose E_Q[ρ_t] is not constant, G_t^rec being analytic.",
			Repair:  "Tabular: G_t^rec = 0 ⇔ I_t^rec = 0, at every parameter.",
			Checks:  []Check{exactly(rem7Tabular)},
			NearMisses: []NearMiss{
				{Name: "the repair for log-linear policies", Drops: "tabular", Check: exactly(rem7Sufficient)},
				{Name: "tabular: G_t^rec = 0 ⇔ E_Q[ρ_t] ∈ {0, 1/2, 1}", Check: exactly(rem7Half)},
			},
			Source: halvesSource(),
		},
	}
}

// recoverySet returns the tokens of R.
func recoverySet[E any](w *World[E]) []int {
	var r []int
	for a := range w.V() {
		if w.Objective().Recovers(a) {
			r = append(r, a)
		}
	}
	return r
}

// recoveries returns ρ_t per state of layer t−1.
func recoveries[E any](w *World[E], t int) []E {
	return exact.Recovery(w.Ring, w.Family.Point, w.Objective().Recovers, t)
}

// complement returns 1 − v.
func complement[E any](w *World[E], v []E) []E {
	r := make([]E, len(v))
	for i := range v {
		r[i] = w.Sub(w.FromInt(1), v[i])
	}
	return r
}

// failureRates claims that E_Q[P(y_t∉R|y_<t)], by enumeration of the prefixes, is
// the given function of ρ_t.
func failureRates[E any](w *World[E], claim string, right func(t int, rho []E) E) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(At(t, 0), claim, w.Oracle().RecoveryFailure(recoverySet(w), w.Prefixes(), t), right(t, recoveries(w, t)))
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
		for x := range rho {
			w.Equal(At(t, x), "Σ_{a∉R} P(a|x) = 1 − ρ_t(x)", w.Dot(w.Row(t, x), failures(w, t, x)), w.Sub(w.FromInt(1), rho[x]))
		}
		w.Equal(At(t, 0), "Σ_y P(y)·1[y_t∈R] = Σ_x P(x)·ρ_t(x)", w.Oracle().RecoveryProbability(recoverySet(w), t),
			w.Dot(w.Solution().Occupancy[t-1], recoveries(w, t)))
	}
}

func def16Swapped(w *World[rat]) {
	failureRates(w, "E_Q[P(y_t∉R|y_<t)] = E_Q[ρ_t]", func(t int, rho []rat) rat { return w.Dot(w.Objective().Adversary[t-1], rho) })
}

func def16Policy(w *World[rat]) {
	failureRates(w, "E_Q[P(y_t∉R|y_<t)] = E_P[1−ρ_t]", func(t int, rho []rat) rat {
		return w.Dot(w.Solution().Occupancy[t-1], complement(w, rho))
	})
}

func def16Unweighted(w *World[rat]) {
	failureRates(w, "E_Q[P(y_t∉R|y_<t)] = Σ_x (1−ρ_t(x))", func(_ int, rho []rat) rat {
		return field.Sum(w.Ring, complement(w, rho))
	})
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
		w.Add(w.Mul(o.Lambda, w.Solution().Expected), exact.Penalty(w.Ring, w.Family.Point, o)))
}

func def17Power(w *World[rat]) {
	w.Equal(Place{}, "the penalty with γ^{t−1} = with γ^t", definedPenalty(w, 1), exact.Penalty(w.Ring, w.Family.Point, w.Objective()))
}

func def17Policy(w *World[rat]) {
	o := w.Objective()
	o.Adversary = w.Solution().Occupancy[:w.T()]
	w.Equal(Place{}, "the penalty under Q = under P", definedPenalty(w, 0), exact.Penalty(w.Ring, w.Family.Point, o))
}

func def17Swapped(w *World[rat]) {
	o := w.Objective()
	o.Recovers = func(a int) bool { return !w.Objective().Recovers(a) }
	w.Equal(Place{}, "the penalty of R = of its complement", definedPenalty(w, 0), exact.Penalty(w.Ring, w.Family.Point, o))
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
	prob, err := exact.PolicyRows[enc](f, w.Family.Process, w.Case.Policy)
	if err != nil {
		panic(err) // rows of a policy have positive sums
	}
	oracle, err := definition.New[enc](f, definition.Model[enc]{Process: w.Family.Process, Prob: prob, Harm: w.Family.Harm})
	if err != nil {
		panic(err)
	}
	terms, err := exact.Deep(f, w.Family.Point, w.Objective(), prob)
	if err != nil {
		panic(err) // the supports agree
	}
	return beside{prob, oracle, terms}
}

// defined panics on an error of the definitions, which finite sums of positive
// terms do not have.
func defined[V any](v V, err error) V {
	if err != nil {
		panic(fmt.Sprintf("theorems: %v", err))
	}
	return v
}

func def17Divergence(w *World[enc]) {
	f, p, o := interval(w), newBeside(w), w.Objective()
	kl := defined(definition.KL(f, w.Oracle(), p.oracle.Joint()))
	total := f.Add(f.Mul(o.Lambda, p.oracle.Expectation(p.oracle.Harm())), kl)
	for t, position := range defined(definition.PositionKL(f, w.Oracle(), p.oracle.Joint())) {
		w.Meet(At(t+1, 0), "KL_t over prefixes = over states", position, p.terms.KL[t])
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
		w.Meet(At(t, 0), "KL_t = E_{y_<t∼P_0}[KL(P_θ(·|y_<t)‖P_0(·|y_<t))]", f.Dot(w.Solution().Occupancy[t-1], rows), p.terms.KL[t-1])
	}
}

// recoveryInformation claims that E_Q[Var(1[y_t∈R]|y_<t)], by enumeration, is the
// given number.
func recoveryInformation[E any](w *World[E], claim string, right func(t int) E) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(At(t, 0), claim, w.Oracle().RecoveryInformation(recoverySet(w), w.Prefixes(), t), right(t))
	}
}

func def18[E any](w *World[E]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = Σ_x Q(x)·ρ_t(1−ρ_t)", func(t int) E {
		return exact.RecoveryInformation(w.Ring, w.Family.Point, w.Objective(), t)
	})
}

func def18Policy(w *World[rat]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = E_P[ρ_t(1−ρ_t)]", func(t int) rat {
		o := w.Objective()
		o.Adversary = w.Solution().Occupancy
		return exact.RecoveryInformation(w.Ring, w.Family.Point, o, t)
	})
}

func def18Total(w *World[rat]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = E_Q[ρ_t]·(1 − E_Q[ρ_t])", func(t int) rat {
		mean := w.Dot(w.Objective().Adversary[t-1], recoveries(w, t))
		return w.Mul(mean, w.Sub(w.FromInt(1), mean))
	})
}

func def18Mean(w *World[rat]) {
	recoveryInformation(w, "E_Q[Var(1[y_t∈R]|y_<t)] = E_Q[ρ_t]", func(t int) rat {
		return w.Dot(w.Objective().Adversary[t-1], recoveries(w, t))
	})
}

// failureAlong returns Σ_x weight(x)·Cov(v, d log P|x) along a tangent dP, v the
// indicator of a recovery failure.
func failureAlong[E any](w *World[E], t int, tangent [][]E, weight []E) E {
	sum := w.FromInt(0)
	for x, q := range weight {
		lo, hi := w.Layer(t).Row(x)
		v := failures(w, t, x)
		mean := w.Dot(w.Row(t, x), v)
		for k := range v {
			v[k] = w.Sub(v[k], mean)
		}
		sum = w.Add(sum, w.Mul(q, w.Dot(tangent[t-1][lo:hi], v)))
	}
	return sum
}

// penaltySlope compares the derivative of the penalty by dual numbers with a sum
// over positions, along every tangent of the world.
func penaltySlope[E any](w *World[E], claim string, part func(t int, tangent [][]E) E) {
	for _, tangent := range w.Tangents() {
		sum := w.FromInt(0)
		for t := 1; t <= w.T(); t++ {
			sum = w.Add(sum, part(t, tangent))
		}
		w.Equal(Place{}, claim, exact.PenaltyDerivative(w.Ring, w.Family.Point, w.Objective(), tangent), sum)
	}
}

func recGradient[E any](w *World[E]) {
	o := w.Objective()
	penaltySlope(w, "d Σ_t βγ^t·E_Q[P(y_t∉R|y_<t)] = Σ_t βγ^t·E_Q[Cov(1[y_t∉R], s_t|y_<t)]", func(t int, tangent [][]E) E {
		return w.Mul(eta(w, t), failureAlong(w, t, tangent, o.Adversary[t-1]))
	})
	sum := make([]E, w.Family.Param.Total(w.Family.Process))
	for i := range sum {
		sum[i] = w.FromInt(0)
	}
	for t := 1; t <= w.T(); t++ {
		for i, g := range recoveryGradient(w, t, o.Adversary[t-1]) {
			sum[i] = w.Add(sum[i], w.Mul(eta(w, t), g))
		}
	}
	for _, i := range parameters(w.Family) {
		w.Equal(Place{}, "∂_i Σ_t βγ^t·E_Q[P(y_t∉R|y_<t)] = Σ_t βγ^t·(G_t^rec)_i",
			exact.PenaltyDerivative(w.Ring, w.Family.Point, o, exact.Tangent(w.Ring, w.Family, i)), sum[i])
	}
}

// recGradientScores compares G_t^rec with E_Q[E[1[y_t∉R]·s_t|y_<t]] over all
// prefixes, coordinate by coordinate.
func recGradientScores(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		g := block(w, t, recoveryGradient(w, t, w.Objective().Adversary[t-1]))
		for i, v := range score.RecoveryGradient(recoverySet(w), w.Prefixes(), t) {
			w.Equal(At(t, 0), "E_Q[E[1[y_t∉R]·s_t|y_<t]] = G_t^rec", v, g[i])
		}
	}
}

func recGradientPower(w *World[rat]) {
	penaltySlope(w, "d penalty = Σ_t βγ^{t−1}·G_t^rec", func(t int, tangent [][]rat) rat {
		return w.Mul(eta(w, t-1), failureAlong(w, t, tangent, w.Objective().Adversary[t-1]))
	})
}

func recGradientPolicy(w *World[rat]) {
	penaltySlope(w, "d penalty = Σ_t βγ^t·E_P[Cov(1[y_t∉R], s_t|y_<t)]", func(t int, tangent [][]rat) rat {
		return w.Mul(eta(w, t), failureAlong(w, t, tangent, w.Solution().Occupancy[t-1]))
	})
}

func recGradientSign(w *World[rat]) {
	penaltySlope(w, "d penalty = Σ_t βγ^t·E_Q[Cov(1[y_t∈R], s_t|y_<t)]", func(t int, tangent [][]rat) rat {
		return w.Neg(w.Mul(eta(w, t), failureAlong(w, t, tangent, w.Objective().Adversary[t-1])))
	})
}

// recGradientMoving lets Q be the policy itself: the derivative of
// Σ_y P(y)·1[y_t∉R] along a tangent moves the prefixes too.
func recGradientMoving(w *World[rat]) {
	o := w.Oracle()
	for _, tangent := range w.Tangents() {
		for t := 1; t <= w.T(); t++ {
			f := make([]rat, o.Len())
			for i := range f {
				f[i] = w.FromInt(1)
				if w.Objective().Recovers(w.Layer(t).Token(o.Edge(i, t))) {
					f[i] = w.FromInt(0)
				}
			}
			w.Equal(At(t, 0), "d E_P[P(y_t∉R|y_<t)] = E_P[Cov(1[y_t∉R], s_t|y_<t)]",
				field.Sum(w.Ring, o.Derivative(f, tangent)), failureAlong(w, t, tangent, w.Solution().Occupancy[t-1]))
		}
	}
}

// lem28Leaves bounds the shapes that lem-28 is certified for: it compares every
// two prefixes.
const lem28Leaves = 128

// centredFailures returns 1[a∉R] − (1−ρ_t(x)) over the edges of state x.
func centredFailures[E any](w *World[E], t, x int) []E {
	v := failures(w, t, x)
	mean := w.Dot(w.Row(t, x), v)
	for k := range v {
		v[k] = w.Sub(v[k], mean)
	}
	return v
}

// failureCovariance returns Cov(1[y_t∉R], s_t|x) over the parameters that position
// t reads.
func failureCovariance[E any](w *World[E], t, x int) []E {
	c := make([]E, w.Family.Param.Block(w.Family.Process, t))
	for i := range c {
		c[i] = w.FromInt(0)
	}
	origin := w.Family.Param.Index(w.Family.Process, t, x, 0) - w.Family.Param.Offset(w.Family.Process, t)
	for i, v := range exact.Covariance(w.Ring, w.Family, t, x, failures(w, t, x)) {
		c[origin+i] = v
	}
	return c
}

// recoveryVariance returns ρ_t(x)·(1−ρ_t(x)) per state of layer t−1.
func recoveryVariance[E any](w *World[E], t int) []E {
	v := recoveries(w, t)
	for x, rho := range v {
		v[x] = w.Mul(rho, w.Sub(w.FromInt(1), rho))
	}
	return v
}

// traces returns tr F_t per state of layer t−1.
func traces[E any](w *World[E], t int) []E {
	v := make([]E, w.Layer(t).States())
	for x := range v {
		v[x] = trace(w, t, x)
	}
	return v
}

func lem28[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		q, variance, tr := w.Objective().Adversary[t-1], recoveryVariance(w, t), traces(w, t)
		mean, gap := w.FromInt(0), w.FromInt(0)
		c := make([][]E, len(q))
		var weight, centred []E
		s := make([][]E, w.Family.Param.Width(w.Family.Process, t, 0))
		for x := range q {
			p, d, score := w.Row(t, x), centredFailures(w, t, x), scores(w, t, x)
			c[x] = failureCovariance(w, t, x)
			bound, square := w.Mul(variance[x], tr[x]), squares(w, p, d, score)
			w.Equal(At(t, x), "ρ(1−ρ)·tr F − ‖Cov(1[y_t∉R], s_t)‖² = Σ_{a<b} p_a p_b ‖d(a)s(b) − d(b)s(a)‖²",
				w.Sub(bound, norm2(w, c[x])), square)
			mean, gap = w.Add(mean, w.Mul(q[x], bound)), w.Add(gap, w.Mul(q[x], square))
			for y := range x {
				diff := make([]E, len(c[x]))
				for i := range diff {
					diff[i] = w.Sub(c[x][i], c[y][i])
				}
				gap = w.Add(gap, w.Mul(w.Mul(q[x], q[y]), norm2(w, diff)))
			}
			for _, pa := range p {
				weight = append(weight, w.Mul(q[x], pa))
			}
			centred = append(centred, d...)
			for i := range s {
				if !w.Family.Param.Tabular() {
					s[i] = append(s[i], score[i]...)
				}
			}
		}
		g := norm2(w, recoveryGradient(w, t, q))
		w.Equal(At(t, 0), "E_Q[ρ(1−ρ)·tr F_t] − ‖G_t^rec‖² = Σ of squares", w.Sub(mean, g), gap)
		if !w.Family.Param.Tabular() {
			w.Equal(At(t, 0), "I_t^rec·tr F_t^Q − ‖G_t^rec‖² = Σ of squares over pairs of prefixes",
				w.Sub(w.Mul(w.Dot(q, variance), w.Dot(q, tr)), g), squares(w, weight, centred, s))
		}
	}
}

// adversarialFisher returns F_t^Q = E_Q[F_t] over all of θ.
func adversarialFisher(w *World[rat], t int) [][]rat {
	return exact.MeanFisher(w.Ring, w.Family, w.Objective().Adversary[t-1], t)
}

// recoveryForm returns G_t^recᵀ(F_t^Q)⁺G_t^rec of a log-linear family.
func recoveryForm(w *World[rat], t int) rat {
	g := recoveryGradient(w, t, w.Objective().Adversary[t-1])
	return w.Dot(g, solveFisher(w, adversarialFisher(w, t), g)) // moments of one vector under Q
}

// lem28Bound checks the inequalities with every quantity by enumeration.
func lem28Bound(w *World[rat]) {
	o, law := w.Oracle(), w.Prefixes()
	score := o.Score(*w.Family.Param)
	f := rationals(w)
	for t := 1; t <= w.T(); t++ {
		rho, q := o.Recovery(recoverySet(w), t), w.Objective().Adversary[t-1]
		bound, fisher := make([]rat, len(rho)), make([]rat, len(rho))
		kappa := w.FromInt(0)
		for x := range rho {
			fisher[x] = score.FisherTrace(t, x)
			bound[x] = w.Mul(w.Mul(rho[x], w.Sub(w.FromInt(1), rho[x])), fisher[x])
			if !w.IsZero(q[x]) && f.Cmp(fisher[x], kappa) > 0 {
				kappa = fisher[x]
			}
		}
		g := norm2(w, score.RecoveryGradient(recoverySet(w), law, t))
		middle, information := o.OverPrefixes(law, t, bound), o.RecoveryInformation(recoverySet(w), law, t)
		w.AtMost(At(t, 0), "‖G_t^rec‖² ≤ E_Q[ρ(1−ρ)·tr F_t]", g, middle)
		w.AtMost(At(t, 0), "E_Q[ρ(1−ρ)·tr F_t] ≤ κ·I_t^rec", middle, w.Mul(kappa, information))
		w.AtMost(At(t, 0), "‖G_t^rec‖² ≤ I_t^rec·tr F_t^Q", g, w.Mul(information, o.OverPrefixes(law, t, fisher)))
		if !w.Family.Param.Tabular() {
			w.AtMost(At(t, 0), "G_t^recᵀ (F_t^Q)⁺ G_t^rec ≤ I_t^rec", recoveryForm(w, t), information)
		}
	}
}

func lem28Tabular(w *World[rat]) {
	tabularForm(w, "tabular: G_t^recᵀ (F_t^Q)⁺ G_t^rec = I_t^rec", func(t int) rat {
		return w.Oracle().RecoveryInformation(recoverySet(w), w.Prefixes(), t)
	})
}

// tabularForm claims that G_t^recᵀ(F_t^Q)⁺G_t^rec for one logit per edge, block by
// block, is the given number.
func tabularForm(w *World[rat], claim string, right func(t int) rat) {
	f := tabular(w)
	for t := 1; t <= w.T(); t++ {
		sum := w.FromInt(0)
		for x, q := range w.Objective().Adversary[t-1] {
			c := exact.Covariance(w.Ring, f, t, x, failures(w, t, x))
			sum = w.Add(sum, w.Mul(q, w.Dot(c, solveFisher(w, exact.Fisher(w.Ring, f, t, x), c))))
		}
		w.Equal(At(t, 0), claim, sum, right(t))
	}
}

// recoveryFormBound compares the form with the information, at every position of a
// log-linear family.
func recoveryFormBound(w *World[rat], compare func(at Place, form, information rat)) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		compare(At(t, 0), recoveryForm(w, t), exact.RecoveryInformation(w.Ring, w.Family.Point, w.Objective(), t))
	}
}

func lem28Half(w *World[rat]) {
	recoveryFormBound(w, func(at Place, form, information rat) {
		w.AtMost(at, "2·G_t^recᵀ (F_t^Q)⁺ G_t^rec ≤ I_t^rec", w.Mul(w.FromInt(2), form), information)
	})
}

func lem28Equality(w *World[rat]) {
	recoveryFormBound(w, func(at Place, form, information rat) {
		w.Equal(at, "G_t^recᵀ (F_t^Q)⁺ G_t^rec = I_t^rec", form, information)
	})
}

func lem28Policy(w *World[rat]) {
	o := w.Objective()
	o.Adversary = w.Solution().Occupancy
	tabularForm(w, "tabular: G_t^recᵀ (F_t^Q)⁺ G_t^rec = E_P[ρ(1−ρ)]", func(t int) rat {
		return exact.RecoveryInformation(w.Ring, w.Family.Point, o, t)
	})
}

func lem28Square(w *World[rat]) {
	f := rationals(w)
	for t := 1; t <= w.T(); t++ {
		kappa := w.FromInt(0)
		for _, v := range traces(w, t) {
			if f.Cmp(v, kappa) > 0 {
				kappa = v
			}
		}
		i := exact.RecoveryInformation(w.Ring, w.Family.Point, w.Objective(), t)
		w.AtMost(At(t, 0), "‖G_t^rec‖² ≤ κ·(I_t^rec)²", norm2(w, recoveryGradient(w, t, w.Objective().Adversary[t-1])), w.Mul(kappa, w.Mul(i, i)))
	}
}

// leadingFactors returns g_t = G_t^recᵀF̄_t⁻¹G_t^rec for t = 1…T, and nil where one
// of them is infinite because Q reaches what the base model does not.
func leadingFactors(w *World[rat]) []rat {
	var factors []rat
	for t := 1; t <= w.T(); t++ {
		g := recoveryGradient(w, t, w.Objective().Adversary[t-1])
		z, err := exact.Solve(rationals(w), meanFisher(w, t), g)
		if err != nil {
			w.Vacuous()
			return nil
		}
		factors = append(factors, w.Dot(g, z))
	}
	return factors
}

// extreme returns the largest (or least) of a list.
func extreme(w *World[rat], v []rat, largest bool) rat {
	r := v[0]
	for _, e := range v {
		if (rationals(w).Cmp(e, r) > 0) == largest {
			r = e
		}
	}
	return r
}

// geometric returns Σ_{t=k+1…T} γ^{2t} term by term.
func geometric(w *World[rat], k int) rat {
	sum := w.FromInt(0)
	for t := k + 1; t <= w.T(); t++ {
		sum = w.Add(sum, power(w, 2*t))
	}
	return sum
}

// aggregate compares the leading recovery KL beyond each k with a bound; c stands
// for the sum's common factor β²/2.
func aggregate(w *World[rat], compare func(k int, factors []rat, sum, c rat)) {
	factors := leadingFactors(w)
	if factors == nil || w.Objective().Gamma == w.FromInt(1) {
		return
	}
	c := w.Mul(fraction(w, 1, 2), w.Mul(w.Objective().Beta, w.Objective().Beta))
	for k := range w.T() {
		sum := w.FromInt(0)
		for t := k + 1; t <= w.T(); t++ {
			sum = w.Add(sum, w.Mul(power(w, 2*t), factors[t-1]))
		}
		compare(k, factors[k:], w.Mul(c, sum), c)
	}
}

// over returns a/(1−γ²).
func over(w *World[rat], a rat) rat {
	q, err := rationals(w).Quo(a, w.Sub(w.FromInt(1), power(w, 2)))
	if err != nil {
		panic(err) // γ < 1
	}
	return q
}

func rem6(w *World[rat]) {
	aggregate(w, func(k int, factors []rat, sum, c rat) {
		w.Equal(At(k+1, 0), "Σ_{t>k} γ^{2t} = (γ^{2(k+1)} − γ^{2(T+1)})/(1−γ²)", geometric(w, k),
			over(w, w.Sub(power(w, 2*(k+1)), power(w, 2*(w.T()+1)))))
		w.AtMost(At(k+1, 0), "Σ_{t>k} ½β²γ^{2t}g_t ≤ C·β²γ^{2(k+1)}/(2(1−γ²))", sum,
			w.Mul(extreme(w, factors, true), w.Mul(c, over(w, power(w, 2*(k+1))))))
		w.AtMost(At(k+1, 0), "½cβ²·Σ_{t>k} γ^{2t} ≤ Σ_{t>k} ½β²γ^{2t}g_t", w.Mul(extreme(w, factors, false), w.Mul(c, geometric(w, k))), sum)
	})
}

// plainFamilies runs through the families with one parameter per position and
// features 0 and 1 on the uniform trees over two tokens of length 1 and 2, with
// β = 1 and γ = ½, by the number of features that are 1.
func plainFamilies() iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for T := 1; T <= 2; T++ {
			edges := 1<<(T+1) - 2
			for ones := range edges + 1 {
				for mask := range 1 << edges {
					if bits.OnesCount(uint(mask)) == ones && !yield(plainFamily(T, mask)) {
						return
					}
				}
			}
		}
	}
}

// plainFamily returns the family whose features are the bits of a mask.
func plainFamily(T, mask int) *model.Case {
	in := model.NewInstance(Shape{2, T}.tree())
	in.Recovery, in.Beta, in.Gamma = []int{0}, big.NewRat(1, 1), big.NewRat(1, 2)
	q := model.Parameterisation{Kind: model.Decoupled, Parameters: 1}
	for t := 1; t <= T; t++ {
		f := make([]int64, in.Layer(t).Edges())
		for e := range f {
			f[e] = int64(mask & 1)
			mask >>= 1
		}
		q.Features = append(q.Features, f)
	}
	return &model.Case{Instance: in, Parameterisation: q}
}

// unboundedSteps are the n at which the geometric sum is compared with n/4.
var unboundedSteps = []int64{1, 2, 3, 8, 21, 55}

// slowSums calls compare with Σ_{t=1…n} (1−1/2n)^{2t} for several n. The factor of
// a process that repeats one row is the same at every position, so that the sum is
// its recovery KL up to a constant.
func slowSums(w *World[rat], compare func(n int64, sum rat)) {
	for _, n := range unboundedSteps {
		square := w.Mul(fraction(w, 2*n-1, 2*n), fraction(w, 2*n-1, 2*n))
		sum, term := w.FromInt(0), w.FromInt(1)
		for range n {
			term = w.Mul(term, square)
			sum = w.Add(sum, term)
		}
		compare(n, sum)
	}
}

func rem6Unbounded(w *World[rat]) {
	slowSums(w, func(n int64, sum rat) {
		w.AtMost(Place{}, fmt.Sprintf("n/4 ≤ Σ_{t≤n} (1−1/2n)^{2t}, n = %d", n), fraction(w, n, 4), sum)
	})
}

func rem6Bounded(w *World[rat]) {
	slowSums(w, func(n int64, sum rat) {
		w.AtMost(Place{}, fmt.Sprintf("Σ_{t≤n} (1−1/2n)^{2t} ≤ 2, n = %d", n), sum, w.FromInt(2))
	})
}

func rem6Least(w *World[rat]) {
	factors := leadingFactors(w)
	for t := 1; t <= len(factors); t++ {
		w.AtMost(At(t, 0), "g_t ≤ min_s g_s", factors[t-1], extreme(w, factors, false))
	}
}

func rem6First(w *World[rat]) {
	aggregate(w, func(k int, factors []rat, sum, c rat) {
		w.AtMost(At(k+1, 0), "Σ_{t>k} ½β²γ^{2t}g_t ≤ C·β²γ^{2(k+1)}/2", sum, w.Mul(extreme(w, factors, true), w.Mul(c, power(w, 2*(k+1)))))
	})
}

func rem6Index(w *World[rat]) {
	aggregate(w, func(k int, _ []rat, _, _ rat) {
		w.Equal(At(k+1, 0), "Σ_{t>k} γ^{2t} = (γ^{2k} − γ^{2T})/(1−γ²)", geometric(w, k), over(w, w.Sub(power(w, 2*k), power(w, 2*w.T()))))
	})
}

// truth returns 1 for true and 0 for false.
func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// openPrefix reports whether prefixes of t−1 tokens with 0 < ρ_t < 1, or ρ_t ≤ 1
// where closed, have positive probability under the law.
func openPrefix(w *World[rat], law [][]rat, t int, closed bool) bool {
	rho := w.Oracle().Recovery(recoverySet(w), t)
	open := make([]rat, len(rho))
	for x := range rho {
		certain := w.IsZero(w.Sub(w.FromInt(1), rho[x]))
		open[x] = w.FromInt(int64(truth(!w.IsZero(rho[x]) && (closed || !certain))))
	}
	return !w.IsZero(w.Oracle().OverPrefixes(law, t, open))
}

// informed reports whether I_t^rec > 0, by recursion.
func informed(w *World[rat], t int) bool {
	return !w.IsZero(exact.RecoveryInformation(w.Ring, w.Family.Point, w.Objective(), t))
}

func rem7(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		w.Same(At(t, 0), "I_t^rec > 0 ⇔ 0 < ρ_t < 1 at some prefix that Q reaches (1: yes, 0: no)",
			truth(informed(w, t)), truth(openPrefix(w, w.Prefixes(), t, false)))
		if !allZero(w, score.RecoveryGradient(recoverySet(w), w.Prefixes(), t)) {
			w.Same(At(t, 0), "G_t^rec ≠ 0 ⇒ I_t^rec > 0 (1: yes, 0: no)", truth(informed(w, t)), 1)
		}
	}
	rem7Tabular(w)
}

// tabularSilent reports whether G_t^rec = 0 for one logit per edge.
func tabularSilent(w *World[rat], t int) bool {
	g := w.Oracle().Score(model.Parameterisation{}).RecoveryGradient(recoverySet(w), w.Prefixes(), t)
	return allZero(w, g)
}

func rem7Tabular(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Same(At(t, 0), "tabular: G_t^rec = 0 ⇔ I_t^rec = 0 (1: yes, 0: no)", truth(tabularSilent(w, t)), truth(!informed(w, t)))
	}
}

func rem7Half(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		mean := w.Dot(w.Objective().Adversary[t-1], recoveries(w, t))
		settled := false
		for j := range int64(3) {
			settled = settled || w.IsZero(w.Sub(mean, fraction(w, j, 2)))
		}
		w.Same(At(t, 0), "tabular: G_t^rec = 0 ⇔ E_Q[ρ_t] ∈ {0, 1/2, 1} (1: yes, 0: no)", truth(tabularSilent(w, t)), truth(settled))
	}
}

func rem7Policy(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Same(At(t, 0), "I_t^rec > 0 ⇔ 0 < ρ_t < 1 at some prefix that P reaches (1: yes, 0: no)",
			truth(informed(w, t)), truth(openPrefix(w, w.Family.Prob, t, false)))
	}
}

func rem7Closed(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Same(At(t, 0), "I_t^rec > 0 ⇔ 0 < ρ_t ≤ 1 at some prefix that Q reaches (1: yes, 0: no)",
			truth(informed(w, t)), truth(openPrefix(w, w.Prefixes(), t, true)))
	}
}

// identifiable reports whether F_t^Q is positive definite in the parameters that
// position t reads, for a log-linear family.
func identifiable(w *World[rat], t int) bool {
	if w.Family.Param.Tabular() {
		return false
	}
	rank, err := exact.Rank(rationals(w), adversarialFisher(w, t))
	if err != nil {
		panic(err) // ℚ divides by every pivot
	}
	return rank == w.Family.Param.Block(w.Family.Process, t)
}

func rem7Sufficient(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if !identifiable(w, t) || !informed(w, t) {
			w.Vacuous()
			continue
		}
		silent := allZero(w, recoveryGradient(w, t, w.Objective().Adversary[t-1]))
		w.Same(At(t, 0), "F_t^Q ≻ 0 and I_t^rec > 0 ⇒ G_t^rec ≠ 0 (1: yes, 0: no)", truth(!silent), 1)
	}
}

func rem7EveryPrefix(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		q := w.Objective().Adversary[t-1]
		if !allZero(w, recoveryGradient(w, t, q)) {
			w.Vacuous()
			continue
		}
		for x := range q {
			if !w.IsZero(q[x]) {
				w.Same(At(t, x), "G_t^rec = 0 ⇒ Cov(1[y_t∉R], s_t|y_<t) = 0 (1: yes, 0: no)", truth(allZero(w, failureCovariance(w, t, x))), 1)
			}
		}
	}
}

// rem7Generic claims that E_Q[ρ_t] is not constant along a log-linear family with
// one parameter, F_t^Q ≻ 0 and I_t^rec > 0, whose support does not change.
func rem7Generic(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if !identifiable(w, t) || w.Family.Param.Parameters != 1 || !informed(w, t) {
			w.Vacuous()
			continue
		}
		w.Same(At(t, 0), "G_t^rec(θ) = 0 for all θ (1: yes, 0: no)", truth(constantRecovery(w, t)), 0)
	}
}

// constantRecovery reports whether E_Q[ρ_t] is the same for all θ, for a log-linear
// family with one parameter. With z = e^θ,
//
//	ρ_t(x) = Σ_{a∈R} P_0(a|x)·z^{f(a)} / Σ_a P_0(a|x)·z^{f(a)}
//
// where f may be counted from its least value at x, so that numerator and
// denominator are polynomials of degree at most the range of f at x. Over the
// common denominator E_Q[ρ_t] − c is then a polynomial of degree at most the sum of
// the ranges, and zero if it vanishes at one point more.
func constantRecovery(w *World[rat], t int) bool {
	l, f := w.Layer(t), rationals(w)
	features := w.Family.Param.Features[t-1]
	degree := int64(0)
	for x := range l.States() {
		lo, hi := l.Row(x)
		degree += slices.Max(features[lo:hi]) - slices.Min(features[lo:hi])
	}
	var first rat
	for z := int64(1); z <= degree+1; z++ {
		mean := w.FromInt(0)
		for x, q := range w.Objective().Adversary[t-1] {
			lo, hi := l.Row(x)
			least := slices.Min(features[lo:hi])
			in, total := w.FromInt(0), w.FromInt(0)
			for e := lo; e < hi; e++ {
				p := w.Family.Prob[t-1][e]
				for range features[e] - least {
					p = w.Mul(p, w.FromInt(z))
				}
				total = w.Add(total, p)
				if w.Objective().Recovers(l.Token(e)) {
					in = w.Add(in, p)
				}
			}
			rho, err := f.Quo(in, total)
			if err != nil {
				panic(err) // a row has a token of positive probability
			}
			mean = w.Add(mean, w.Mul(q, rho))
		}
		if z == 1 {
			first = mean
		}
		if f.Cmp(mean, first) != 0 {
			return false
		}
	}
	return true
}

// halvesSource draws random cases and, every other time, one position over
// four tokens whose halves R and its complement are alike, so that a parameter
// moves probability within each half alone.
func halvesSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			if i%2 == 0 {
				return generators.Example(generators.Limits{}, seed, i)
			}
			n := int64(mix(seed, i, 0) % 1000)
			a, b, m, f := 1+n%7, 1+n/7%5, 1+n/35%3, 1+n%4
			l := mustModel(model.TreeLayer(4, model.NaturalsOf(a, b, m*a, m*b)))
			in := model.NewInstance(mustModel(model.NewProcess(4, []*model.Layer{l}, model.NaturalsOf(0, 0, 0, 0), big.NewInt(1))))
			in.Recovery = []int{0, 1}
			return &model.Case{Instance: in, Parameterisation: model.Parameterisation{
				Kind: model.Decoupled, Parameters: 1, Features: [][]int64{{f, -1, f, -1}},
			}}
		},
		Smallest: penalised(generators.Needs{Recovery: true, Kind: model.Decoupled}, 1),
	}
}

// certainSource runs through cases of two tokens with a fair first one, of which Q
// takes one for certain, and a second one that recovers with weight 1 against
// either of two after each.
func certainSource(against ...int64) *Source {
	build := func(k int) *model.Case {
		q := int64(k & 1)
		first := mustModel(model.TreeLayer(2, model.NaturalsOf(1, 1)))
		second := mustModel(model.TreeLayer(2, model.NaturalsOf(1, against[k>>1&1], 1, against[k>>2&1])))
		in := model.NewInstance(mustModel(model.NewProcess(2, []*model.Layer{first, second}, model.NaturalsOf(0, 0, 0, 0), big.NewInt(1))))
		in.Recovery = []int{0}
		in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{model.NaturalsOf(1-q, q)}}
		return &model.Case{Instance: in}
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case { return build(int(mix(seed, i, 0) % 8)) },
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for k := range 8 {
					if !yield(build(k)) {
						return
					}
				}
			}
		},
	}
}

// mix returns a number that depends on seed, i and k alone, evenly spread.
func mix(seed uint64, i, k int) uint64 {
	z := seed*0x9e3779b97f4a7c15 + uint64(i)*0xbf58476d1ce4e5b9 + uint64(k)*0x94d049bb133111eb
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// A scalar is a number that a statement names, with the values that it takes,
// simplest first.
type scalar struct {
	name   string
	values []*big.Rat
}

// newScalar returns the scalar with the values that are written in a list.
func newScalar(name string, list ...string) scalar {
	s := scalar{name: name}
	for _, v := range list {
		q, ok := new(big.Rat).SetString(v)
		if !ok {
			panic("theorems: " + v)
		}
		s.values = append(s.values, q)
	}
	return s
}

// largestPenalty bounds β where a difference of order e^{−β} has to be seen by
// enclosures.
const largestPenalty = 60

// recoverySource draws cases of all classes with given scalars and, seven times
// out of eight, a recovery set that is neither empty nor everything and a penalty.
// Its small cases all have them, and run through the values of the scalars each.
func recoverySource(needs generators.Needs, scalars ...scalar) *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := *generators.Example(generators.Limits{}, seed, i)
			in := *c.Instance
			if i%8 != 0 {
				if len(in.Recovery) == 0 || len(in.Recovery) == in.Vocabulary() {
					in.Recovery = []int{i % in.Vocabulary()}
				}
				if in.Beta.Sign() == 0 {
					in.Beta = big.NewRat(int64(1+i%3), 2)
				}
			}
			if in.Beta.Cmp(big.NewRat(largestPenalty, 1)) > 0 {
				in.Beta = big.NewRat(largestPenalty, 1)
			}
			c.Instance = &in
			return withScalars(&c, scalars, func(k, n int) int { return int(mix(seed, i, k) % uint64(n)) })
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for _, c := range generators.Smallest(needs) {
					if !proper(c) || needs.Penalty && c.Beta.Sign() == 0 {
						continue
					}
					if !needs.Penalty {
						in := *c.Instance
						in.Beta = big.NewRat(1, 1)
						c.Instance = &in
					}
					if !eachScalar(c, scalars, yield) {
						return
					}
				}
			}
		},
	}
}

// proper reports whether R is neither empty nor everything.
func proper(c *model.Case) bool { return len(c.Recovery) > 0 && len(c.Recovery) < c.Vocabulary() }

// withScalars returns the case with the value of each scalar k that choose picks
// from its n.
func withScalars(c *model.Case, scalars []scalar, choose func(k, n int) int) *model.Case {
	d := *c
	d.Scalars = make(map[string]*big.Rat)
	for k, s := range scalars {
		d.Scalars[s.name] = s.values[choose(k, len(s.values))]
	}
	return &d
}

// eachScalar yields the case with every combination of the scalars, by the sum of
// the indices of their values.
func eachScalar(c *model.Case, scalars []scalar, yield func(*model.Case) bool) bool {
	most := 0
	for _, s := range scalars {
		most += len(s.values) - 1
	}
	index := make([]int, len(scalars))
	var spend func(k, budget int) bool
	spend = func(k, budget int) bool {
		if k == len(scalars) {
			return budget > 0 || yield(withScalars(c, scalars, func(k, _ int) int { return index[k] }))
		}
		for index[k] = 0; index[k] < min(budget+1, len(scalars[k].values)); index[k]++ {
			if !spend(k+1, budget-index[k]) {
				return false
			}
		}
		return true
	}
	for sum := range most + 1 {
		if !spend(0, sum) {
			return false
		}
	}
	return true
}

// policySource draws the cases of recoverySource with a second policy of the same
// support.
func policySource(needs generators.Needs, scalars ...scalar) *Source {
	s := recoverySource(needs, scalars...)
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := s.Draw(seed, i)
			c.Policy = alternative(c, int(mix(seed, i, -1)%1000))
			return c
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for c := range s.Smallest() {
					c.Policy = alternative(c, 0)
					if !yield(c) {
						return
					}
				}
			}
		},
	}
}

// alternative returns small weights on the edges that have a positive one.
func alternative(c *model.Case, k int) []model.Naturals {
	policy := make([]model.Naturals, c.Length())
	for t := 1; t <= c.Length(); t++ {
		weights := make([]int64, c.Layer(t).Edges())
		for e := range weights {
			if !c.Layer(t).Weights().IsZero(e) {
				weights[e] = 1 + int64((e*(1+k%5)+t*(k/5)+k)%4)
			}
		}
		policy[t-1] = model.NaturalsOf(weights...)
	}
	return policy
}
