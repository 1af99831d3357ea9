package theorems

import (
	"iter"
	"slices"

	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// Proposition 29: what the optimum looks like within the horizon.

var deepLawStatements = []*Statement{proposition29}

var proposition29 = &Statement{
	ID: "prop-29", Title: "The law of the optimum within the horizon", Section: "B.5",
	Sentence: verify.Sentence{
		Says:    "Within the horizon the optimum tilts the base model by exp(−λh_t + η_t·1[a∈R]).",
		Verdict: verify.Refuted,
		But:     "the tilt is exp(−J + η_t·w·1[a∈R]): J counts the KL still to be paid besides harm, and w = Q/P* weighs the prefix. At β = 0, J is the soft value −log E_0[e^{−λHarm}|y_≤t]",
	},
	Formula: "stationary and positive ⇔ P*(a|x) ∝ P_0(a|x)·exp(−J(xa) + η_t·w(x)·1[a∈R]), J(y_≤t) = E_{P*}[λHarm + Σ_{s>t} log(P*/P_0) | y_≤t], w = Q/P*; " +
		"β = 0: P*(a|x) = P_0(a|x)·E_0[e^{−λHarm}|xa]/E_0[e^{−λHarm}|x] at every t, and L(P) − L(P*) = KL(P‖P*)",
	Hypotheses: []string{"tabular: one row per prefix"},
	Reading: "This is what is true of Proposition 29. Its own display, with h_t in place of J and without w, " +
		"is refuted by x-prop-29. A policy P* is drawn, and a base model is made for it so that the law " +
		"holds. The gradient of eq. 43 at P*, from the definition over all sequences, must then vanish. This " +
		"checks ⇐. The direction ⇒ is argued: by the first variation and by rec-gradient, the gradient along " +
		"a row that P* reaches vanishes only if the row obeys the law. At β = 0, e^{−λ/m} = 1/2, 9/10 and " +
		"1/1000 for harm on the grid j/m.",
	Claims: []Claim{
		{
			Formula:    "Σ_y dP(y)·(Harm(y) + Σ_t ℓ_t(y)) = Σ_t Σ_x P(x)·Σ_a dP(a|x)·(ℓ_t + J)(xa), J(y_≤t) = E[Harm + Σ_{s>t} ℓ_s | y_≤t]",
			Hypotheses: []string{"ℓ_t any function of y_≤t, as log(P/P_0) is"},
			Kernel:     []string{"Directions.derivative_by_position", "Directions.slope_to_go"},
			Check:      verify.Identity(lawGradient[rat], lawGradient[mod]),
		},
		{
			Formula:    "P*(a|x) = P_0(a|x)·E_0[e^{−λHarm}|xa]/E_0[e^{−λHarm}|x]",
			Hypotheses: []string{"β = 0", "u for e^{−λHarm}, of any values; Z by recursion"},
			Kernel:     []string{"Optimum.optimal_conditional"},
			Check:      verify.Identity(softValueFree[rat], softValueFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Rational(softValue)},
		},
		{
			Formula:    "L(P) − L(P*) = KL(P‖P*) for every P",
			Hypotheses: []string{"β = 0", "P ≪ P_0", "log(P*/P_0)(a|x) = φ(xa) − φ(x), φ_T = −λHarm, as the claim before has it with φ = log E_0[e^{−λHarm}|·]"},
			Kernel:     []string{"Optimum.optimum_excess"},
			Check:      verify.Identity(optimumGapFree[rat], optimumGapFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(softOptimum)},
		},
		{
			Formula:    "P*(a|x) ∝ P_0(a|x)·exp(−J(xa) + η_t·w(x)·1[a∈R]) ⇒ ∇L_deep(P*) = 0",
			Hypotheses: []string{"P* positive"},
			Check:      verify.Identity(lawStationaryFree[rat], lawStationaryFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(lawStationary)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "η_t in place of w·η_t, in symbols", Check: verify.Identity(lawUnweightedFree[rat], lawUnweightedFree[mod]), Source: lawTrees.near(needsRecoveryAdversary)},
		{Name: "β = 0: KL(P‖P*) with prefixes weighted alike, in symbols", Check: verify.Identity(optimumGapAlike[rat], optimumGapAlike[mod]), Looks: &needsHarm},
		{Name: "β = 0: KL(P*‖P), in symbols", Check: verify.Identity(optimumGapReversed[rat], optimumGapReversed[mod]), Looks: &needsHarm},
		{Name: "the harm to come alone: the gradient forgets the KL still to be paid", Check: verify.Identity(lawGradientHarm[rat], lawGradientHarm[mod])},
		{Name: "the gradient without the weight P(x) of the prefix", Check: verify.Identity(lawGradientUnweighted[rat], lawGradientUnweighted[mod])},
		{Name: "β = 0: E_0[e^{−λHarm}|x] of the prefix in place of that of the token", Check: verify.Rational(softValueIndex), Looks: &needsHarm},
		{Name: "β = 0: KL(P‖P*) with the prefixes of a position weighted alike", Check: verify.Interval(softOptimumAlike), Looks: &needsHarm, Source: &Source{Smallest: smallestVaried(needsHarm)}},
		{Name: "β = 0: KL(P*‖P) in place of KL(P‖P*)", Check: verify.Interval(softOptimumReverse), Looks: &needsHarm, Source: &Source{Smallest: smallestVaried(needsHarm)}},
		{Name: "η_t in place of w·η_t", Check: verify.Interval(stationaryUnweighted), Source: lawTrees.near(longer(needsRecoveryAdversary))},
		{Name: "w = P*/Q", Check: verify.Interval(stationaryInverse), Source: lawTrees.near(longer(needsRecoveryAdversary))},
		{Name: "h_t in place of J", Check: verify.Interval(stationaryHarm), Source: lawTrees.near(longer(needsRecoveryAdversary))},
		{Name: "the recovery tilt with the other sign", Check: verify.Interval(stationarySign), Source: lawTrees.near(needsRecoveryAdversary)},
		{Name: "γ^{t−1} in place of γ^t", Check: verify.Interval(stationaryPower), Source: lawTrees.near(generators.Needs{Recovery: true, Penalty: true})},
	},
	Looks:  needsHarm,
	Source: lawTrees.source(),
}

var lawTrees = deepDraw{shapes: []Shape{shape(2, 2), shape(2, 3), shape(3, 2), shape(2, 1)}, horizon: 3}

// costTo returns J per layer for a policy given by the world's probabilities:
// J_T = Harm and J_{t−1}(x) = Σ_a P(a|x)·(ℓ(xa) + J_t(xa)), with ℓ an arbitrary
// function of the state reached.
func costTo[E any](w *World[E], ell [][]E) [][]E { return toGo(w, w.Family.Harm, ell) }

// toGo returns what costTo does, with last in place of Harm.
func toGo[E any](w *World[E], last []E, ell [][]E) [][]E {
	cost := make([][]E, w.T()+1)
	cost[w.T()] = last
	for t := w.T(); t >= 1; t-- {
		cost[t-1] = make([]E, w.Layer(t).States())
		for x := range cost[t-1] {
			after := w.After(t, x, cost[t])
			for k, l := range w.After(t, x, ell[t]) {
				after[k] = w.Add(after[k], l)
			}
			cost[t-1][x] = w.Dot(w.Row(t, x), after)
		}
	}
	return cost
}

// firstVariation compares, along every tangent, the derivative of Σ_y P(y)·(Harm(y) +
// Σ_t ℓ_t(y)) with Σ_t Σ_x P(x)·Σ_a dP(a|x)·(ℓ + J)(xa). With ℓ = log(P/P_0) this
// is the gradient of Harm + KL, because ℓ itself contributes Σ_y dP(y) = 0.
func firstVariation[E any](w *World[E], claim string, weight func(t, x int) E, token func(t, y int, ell, cost [][]E) E) {
	o, ell := w.Oracle(), w.Test()
	cost := costTo(w, ell)
	f := o.Harm()
	for i := range f {
		for t := 1; t <= w.T(); t++ {
			f[i] = w.Add(f[i], ell[t][o.State(i, t)])
		}
	}
	for _, tangent := range w.Tangents() {
		left, right := field.Sum(w.Ring, o.Derivative(f, tangent)), w.FromInt(0)
		for t := 1; t <= w.T(); t++ {
			l := w.Layer(t)
			for x := range l.States() {
				sum := w.FromInt(0)
				for e, hi := l.Row(x); e < hi; e++ {
					sum = w.Add(sum, w.Mul(tangent[t-1][e], token(t, l.Next(e), ell, cost)))
				}
				right = w.Add(right, w.Mul(weight(t, x), sum))
			}
		}
		w.Equal(Place{}, claim, left, right)
	}
}

func reach[E any](w *World[E]) func(t, x int) E {
	return func(t, x int) E { return w.Solution().Occupancy[t-1][x] }
}

func lawGradient[E any](w *World[E]) {
	firstVariation(w, "d(E[Harm] + KL) = Σ_t Σ_x P(x)·Σ_a dP(a|x)·(log(P/P_0) + J)(xa)", reach(w), func(t, y int, ell, cost [][]E) E {
		return w.Add(ell[t][y], cost[t][y])
	})
}

func lawGradientHarm[E any](w *World[E]) {
	firstVariation(w, "d(E[Harm] + KL) = Σ_t Σ_x P(x)·Σ_a dP(a|x)·(log(P/P_0) + h_t)(xa)", reach(w), func(t, y int, ell, _ [][]E) E {
		return w.Add(ell[t][y], w.Solution().H[t][y])
	})
}

func lawGradientUnweighted[E any](w *World[E]) {
	firstVariation(w, "d(E[Harm] + KL) = Σ_t Σ_x Σ_a dP(a|x)·(log(P/P_0) + J)(xa)", func(int, int) E { return w.FromInt(1) }, func(t, y int, ell, cost [][]E) E {
		return w.Add(ell[t][y], cost[t][y])
	})
}

// softRatio compares the conditionals of the tilted law, from its marginals over
// sequences, with P_0(a|x)·Z(top)/Z_{t−1}(x), Z the soft values by recursion.
func softRatio(w *World[rat], claim string, top func(z [][]rat, t, x, y int) rat) {
	f, o := rationals(w), w.Oracle()
	for _, u := range tilts(w) {
		law := defined(definition.Tilted(f, o, u)) // positive tilts make a positive sum
		conditionals(w, claim, law, u, 1, top)
	}
}

func softValue(w *World[rat]) {
	softRatio(w, "P*(a|x) = P_0(a|x)·Z_t(xa)/Z_{t−1}(x)", func(z [][]rat, t, _, y int) rat { return z[t][y] })
}

func softValueIndex(w *World[rat]) {
	softRatio(w, "P*(a|x) = P_0(a|x)·Z_{t−1}(x)/Z_{t−1}(x)", func(z [][]rat, t, x, _ int) rat { return z[t-1][x] })
}

// alikeGap compares L(P) − L(P*) at β = 0 with the sum over positions of the mean KL of the
// rows, prefixes weighted alike.
func alikeGap(w *World[enc], claim string) {
	s := softSolution(w)
	if s == nil {
		return
	}
	f, o, p := interval(w), w.Objective(), drawnRows(w)
	o.Beta = w.FromInt(0)
	here, best := deepAt(w, w.Family.Numbers, o, p), deepAt(w, w.Family.Numbers, o, s.Policy)
	if here == nil || best == nil || !positiveBase(w) {
		return
	}
	sum := w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		sum = f.Add(sum, alikeKL(w, s.Policy, p, t))
	}
	w.Meet(Place{}, claim, f.Sub(here.Total(f), best.Total(f)), sum)
}

func softOptimumAlike(w *World[enc]) {
	alikeGap(w, "β = 0: L(P) − L(P*) = Σ_t mean over prefixes of KL(P‖P*)")
}

func softOptimumReverse(w *World[enc]) {
	optimalityGap(w, "β = 0: L(P) − L(P*) = KL(P*‖P)", true)
}

// stationaryUnder claims that the gradient of L_deep, from the definition over all
// sequences, vanishes at P* for the base model that a law makes of it.
func stationaryUnder(w *World[enc], claim string, law func(t, x, e int, cost, weight enc) enc) {
	u := untilted(w, law)
	if u == nil {
		return
	}
	f, o := interval(w), w.Oracle()
	q := defined(definition.Adversary(f, w.Case.Instance)) // no row sum is zero
	value := make([]enc, o.Len())                          // λHarm(y) + log(P*(y)/P_0(y))
	for i, h := range o.Harm() {
		value[i] = w.Mul(w.Objective().Lambda, h)
		for t := 1; t <= w.T(); t++ {
			e := o.Edge(i, t)
			ratio, err := f.Quo(w.Family.Prob[t-1][e], u.Base.Prob[t-1][e])
			if err == nil {
				ratio, err = f.Log(ratio)
			}
			if err != nil {
				undecided(w, err)
				return
			}
			value[i] = w.Add(value[i], ratio)
		}
	}
	for tangent := range tabularTangents(w) {
		sum := field.Sum(w.Ring, o.Derivative(value, tangent))
		for t := 1; t <= w.T(); t++ {
			failing := make([]enc, w.Layer(t).States())
			for x := range failing {
				lo, hi := w.Layer(t).Row(x)
				failing[x] = w.Dot(tangent[t-1][lo:hi], failures(w, t, x))
			}
			sum = w.Add(sum, w.Mul(eta(w, t), o.OverPrefixes(q, t, failing)))
		}
		w.Meet(Place{}, claim, sum, w.FromInt(0))
	}
}

// tabularTangents yields, for each edge but the first of its row, the tangent that moves
// probability from the first edge to it. The next one overwrites it: all of them together
// would be as many numbers as there are pairs of edges.
func tabularTangents(w *World[enc]) iter.Seq[[][]enc] {
	return func(yield func([][]enc) bool) {
		zero, one := w.FromInt(0), w.FromInt(1)
		tangent := make([][]enc, w.T())
		for i := range tangent {
			tangent[i] = slices.Repeat([]enc{zero}, w.Layer(i+1).Edges())
		}
		for t := 1; t <= w.T(); t++ {
			row := tangent[t-1]
			for x := range w.States(t) {
				lo, hi := w.Layer(t).Row(x)
				for e := lo + 1; e < hi; e++ {
					row[e], row[lo] = one, w.Neg(one)
					if !yield(tangent) {
						return
					}
					row[e], row[lo] = zero, zero
				}
			}
		}
	}
}

func lawStationary(w *World[enc]) {
	stationaryUnder(w, "P* ∝ P_0·exp(−J + w·η_t·1[a∈R]) ⇒ ∇L_deep = 0", func(t, _, e int, cost, weight enc) enc {
		return w.Sub(recovering(w, t, e, w.Mul(eta(w, t), weight)), cost)
	})
}

func stationaryUnweighted(w *World[enc]) {
	stationaryUnder(w, "P* ∝ P_0·exp(−J + η_t·1[a∈R]) ⇒ ∇L_deep = 0", func(t, _, e int, cost, _ enc) enc {
		return w.Sub(recovering(w, t, e, eta(w, t)), cost)
	})
}

func stationaryInverse(w *World[enc]) {
	stationaryUnder(w, "P* ∝ P_0·exp(−J + η_t·1[a∈R]/w) ⇒ ∇L_deep = 0", func(t, _, e int, cost, weight enc) enc {
		tilt, err := interval(w).Quo(eta(w, t), weight)
		if err != nil { // Q(x) = 0: nothing is claimed of such a prefix
			tilt = w.FromInt(0)
		}
		return w.Sub(recovering(w, t, e, tilt), cost)
	})
}

func stationaryHarm(w *World[enc]) {
	h := w.Solution().H
	stationaryUnder(w, "P* ∝ P_0·exp(−λh_t + w·η_t·1[a∈R]) ⇒ ∇L_deep = 0", func(t, _, e int, _, weight enc) enc {
		harm := w.Mul(w.Objective().Lambda, h[t][w.Layer(t).Next(e)])
		return w.Sub(recovering(w, t, e, w.Mul(eta(w, t), weight)), harm)
	})
}

func stationarySign(w *World[enc]) {
	stationaryUnder(w, "P* ∝ P_0·exp(−J − w·η_t·1[a∈R]) ⇒ ∇L_deep = 0", func(t, _, e int, cost, weight enc) enc {
		return w.Neg(w.Add(recovering(w, t, e, w.Mul(eta(w, t), weight)), cost))
	})
}

func stationaryPower(w *World[enc]) {
	stationaryUnder(w, "P* ∝ P_0·exp(−J + w·βγ^{t−1}·1[a∈R]) ⇒ ∇L_deep = 0", func(t, _, e int, cost, weight enc) enc {
		return w.Sub(recovering(w, t, e, w.Mul(eta(w, t-1), weight)), cost)
	})
}
