package theorems

import (
	"sounding/exact"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Proposition 29 as it is displayed: a tilt by the expected harm.

var deepLawDisplayStatements = []*Statement{xProposition29}

var xProposition29 = &Statement{
	ID: "x-prop-29", Title: "The optimum within the horizon is not a tilt by the expected harm", Section: "B.5", Kind: verify.RefutedReading, Twin: "prop-29",
	Formula: "the minimiser of eq. 43 ≠ P_0·exp(−λh_t + η_t·1[a∈R])/Z",
	Reading: "h_t = E[Harm|y_≤t] under the optimum itself. The display determines it, from the last position " +
		"back to the first. Another policy of the case has a lower objective, which refutes the reading. For " +
		"β = 0 a near-miss refutes it in ℚ.",
	Refuted: &Falsehood{
		Wording: "The minimiser of eq. 43 is P*(a|y_<t) ∝ P_0(a|y_<t)·exp(−λh_t(y_≤t) + βγ^t·1[a∈R]), with h_t the expected harm under P*.",
		Check:   verify.Interval(displayed),
		Source:  &Source{Draw: lawTrees.search, Smallest: mapped(smallestDeep(needsHarmRecovery), decidedLast)},
	},
	Story: xProposition29Story,
	Saving: "It is true of a single prefix, where h_t is a given function of the token and no later KL " +
		"counts. That is the display at t = T and w = 1 (the repair).",
	Repair: "J in place of λh_t and w(x)·η_t in place of η_t: P*(a|x) ∝ P_0(a|x)·exp(−J(xa) + η_t·w(x)·1[a∈R]) at " +
		"every positive stationary point, where J includes the KL that is still to be paid. The display " +
		"itself is true at t = T where w = 1. At β = 0, J is the soft value −log E_0[e^{−λHarm}|y_≤t].",
	Claims: []Claim{
		{
			Formula:    "P*(a|x) ∝ P_0(a|x)·exp(−J(xa) + η_t·w(x)·1[a∈R]) ⇒ ∇L_deep(P*) = 0",
			Hypotheses: []string{"P* positive"},
			Check:      verify.Identity(lawStationaryFree[rat], lawStationaryFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(lawStationary)},
		},
		{
			Formula:    "J(y_≤t) = −log E_0[e^{−λHarm}|y_≤t]",
			Hypotheses: []string{"β = 0", "log(P*/P_0)(a|x) = φ(xa) − φ(x), φ_T = −λHarm"},
			Kernel:     []string{"Tilted.optimal_to_go"},
			Check:      verify.Identity(softCostFree[rat], softCostFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(softCost)},
		},
		{
			Formula:    "P*(a|x)/P_0(a|x) ∝ exp(−λHarm + η_T·1[a∈R]) ⇒ ∇L_deep(P*) = 0 in the rows of position T",
			Hypotheses: []string{"t = T", "w = 1"},
			Check:      verify.Identity(lastVerbatimFree[rat], lastVerbatimFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(lastVerbatim)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "with w, but h_t in place of J", Check: verify.Interval(stationaryHarm), Source: lawTrees.near(longer(needsHarmRecovery))},
		{Name: "at t = T the display holds whatever Q is", Drops: "w = 1", Check: verify.Interval(lastUnweighted), Source: lawTrees.near(longer(needsRecoveryAdversary))},
		{Name: "β = 0: tokens with the same h_t under P* keep their proportion, as the display has it, exactly", Check: verify.Rational(displayedWithoutPenalty), Source: levelOptima()},
		{Name: "β = 0: λh_t is the soft value", Check: verify.Interval(softCostMean), Source: &Source{Smallest: smallestVaried(generators.Needs{Harm: true})}},
	},
	Source: lawTrees.source(),
}

// decidedLast gives a case a candidate where every position lies within the
// horizon, and drops it elsewhere. At T = 1, where w = 1 and J = λHarm, the display
// is exact.
func decidedLast(c *model.Case) *model.Case {
	if c.Length() == 1 || exact.Horizon(c.Process) < c.Length() {
		return nil
	}
	return withCandidate(c)
}

// displayed claims that the policy of the paper's display is a minimiser, where
// every position lies within the horizon. Its h_t is its own expected harm, from
// the last position on.
func displayed(w *World[enc]) {
	if !positiveBase(w) || exact.Horizon(w.Family.Process) < w.T() {
		w.Vacuous()
		return
	}
	policy := make([][]enc, w.T())
	h := w.Family.Harm
	for t := w.T(); t >= 1; t-- {
		before := make([]enc, w.Layer(t).States())
		for x := range before {
			row, err := tilted(w, t, x, func(e int) enc {
				harm := w.Mul(w.Objective().Lambda, h[w.Layer(t).Next(e)])
				return w.Sub(recovering(w, t, e, eta(w, t)), harm)
			})
			if err != nil {
				undecided(w, err)
				return
			}
			before[x] = w.Dot(row, w.After(t, x, h))
			policy[t-1] = append(policy[t-1], row...)
		}
		h = before
	}
	minimal(w, "L_deep(P_0·exp(−λh_t + η_t·1[a∈R])/Z) ≤ L_deep of every policy", policy)
}

// displayedWithoutPenalty claims what the display says in ℚ at β = 0: where two tokens have the
// same expected harm under P*, the tilt by e^{−λh_t} leaves their proportion as it is.
func displayedWithoutPenalty(w *World[rat]) {
	for i, u := range tilts(w) {
		s := solveTilted(w, u)
		h := exact.Backward(w.Ring, w.Family.WithProb(s.Policy), w.Family.Harm)
		everyPrefix(w, func(t, x int) {
			lo, hi := w.Layer(t).Row(x)
			p, best, harm := w.Row(t, x), s.Policy[t-1][lo:hi], w.After(t, x, h[t])
			for a := range p {
				for b := range a {
					if w.IsZero(w.Sub(harm[a], harm[b])) {
						w.Equal(verify.At(t, x).Where("e^{−λ/m} = %s", tiltBases[i].RatString()),
							"h_t(xa) = h_t(xb) ⇒ P*(a|x)·P_0(b|x) = P*(b|x)·P_0(a|x)", w.Mul(best[a], p[b]), w.Mul(best[b], p[a]))
					}
				}
			}
		})
	}
}

// costAtOptimum compares the cost to come at the optimum of β = 0, Σ over its own
// continuations, with another number per state.
func costAtOptimum(w *World[enc], claim string, of func(s *exact.Tilted[enc], t, x int) (enc, error)) {
	s := softSolution(w)
	if s == nil || !positiveBase(w) {
		w.Vacuous()
		return
	}
	f := interval(w)
	u, err := exact.Untilt(f, w.Family.WithProb(s.Policy), w.Objective().Lambda,
		func(t, _, e int, _ enc) enc {
			return defined(f.Log(defined(f.Quo(s.Policy[t-1][e], w.Family.Prob[t-1][e])))) // both are positive
		})
	if err != nil {
		undecided(w, err)
		return
	}
	for t := 0; t < w.T(); t++ {
		for x := range w.States(t + 1) {
			right, err := of(s, t, x)
			if err != nil {
				undecided(w, err)
				return
			}
			w.Meet(verify.At(t+1, x), claim, u.Cost[t][x], right)
		}
	}
}

func softCost(w *World[enc]) {
	f := interval(w)
	costAtOptimum(w, "β = 0: J(y_≤t) = −log E_0[e^{−λHarm}|y_≤t]", func(s *exact.Tilted[enc], t, x int) (enc, error) {
		log, err := f.Log(s.Soft[t][x])
		return f.Neg(log), err
	})
}

func softCostMean(w *World[enc]) {
	costAtOptimum(w, "β = 0: J(y_≤t) = λE_{P*}[Harm|y_≤t]", func(s *exact.Tilted[enc], t, x int) (enc, error) {
		h := exact.Backward(w.Ring, w.Family.WithProb(s.Policy), w.Family.Harm)
		return w.Mul(w.Objective().Lambda, h[t][x]), nil
	})
}

// lastRows compares, at position T of a stationary point, the probability ratios
// P*/P_0 of two tokens with those of the display, exp(−λHarm + η_T·1[a∈R]).
func lastRows(w *World[enc], claim string, holds func(weight enc) bool) {
	f := interval(w)
	T := w.T()
	weights := make([]enc, w.Layer(T).States())
	u := untilted(w, func(t, x, e int, cost, weight enc) enc {
		if t == T {
			weights[x] = weight
		}
		return w.Sub(recovering(w, t, e, w.Mul(eta(w, t), weight)), cost)
	})
	if u == nil {
		return
	}
	shown := func(e int) enc {
		return w.Sub(recovering(w, T, e, eta(w, T)), w.Mul(w.Objective().Lambda, w.Family.Harm[w.Layer(T).Next(e)]))
	}
	for x := range w.States(T) {
		if !holds(weights[x]) {
			w.Vacuous()
			continue
		}
		lo, hi := w.Layer(T).Row(x)
		for e := lo + 1; e < hi; e++ {
			w.Meet(verify.At(T, x), claim, f.Sub(u.LogRatio[T-1][e], u.LogRatio[T-1][lo]), f.Sub(shown(e), shown(lo)))
		}
	}
}

// lastVerbatim checks the display where Q is the policy's own law, so that w = 1.
func lastVerbatim(w *World[enc]) {
	own := w.Case.Adversary.Kind == model.AdversaryPolicy || w.T() == 1
	lastRows(w, "t = T and w = 1: P*/P_0 ∝ exp(−λHarm + η_T·1[a∈R])", func(enc) bool { return own })
}

func lastUnweighted(w *World[enc]) {
	lastRows(w, "t = T: P*/P_0 ∝ exp(−λHarm + η_T·1[a∈R])", func(enc) bool { return true })
}
