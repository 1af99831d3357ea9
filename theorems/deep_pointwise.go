package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/generators"
	"sounding/verify"
)

// Theorem 20 as a claim about eq. 43: its minimiser is not made prefix by prefix.

var deepPointwiseStatements = []*Statement{xTheorem20}

var xTheorem20 = &Statement{
	ID: "x-thm-20", Title: "The minimiser of eq. 43 is not the per-prefix Gibbs measure", Section: "9.2", Kind: verify.RefutedReading, Twin: "thm-20",
	Formula: "p*(a|y_<t) ∝ P_0(a|y_<t)·e^{η_t·1[a∈R]} solves the problem of each prefix, not eq. 43",
	Reading: "Beyond the horizon the paper solves min_p KL(p‖p_0) + η_t·p(R^c) at each prefix (eq. 72). In " +
		"eq. 43 the KL averages over the policy's own prefixes and the penalty over those of Q. The " +
		"counterexample refutes the reading for every minimiser: a lower bound on L_deep, over all policies " +
		"whose recovery probabilities beyond the horizon are those of the Gibbs measure on the prefixes that " +
		"Q reaches, lies above L_deep of a policy. Constant harm is not essential: a near-miss shows that " +
		"the reading also fails where the first token decides harm. The repair is proved with the whole " +
		"objective, for harm that any k tokens decide, with log(P/P_0), log Z and η_t as symbols. Enclosures " +
		"are computed only of the terms beyond the horizon, because the two policies agree up to it.",
	Refuted: &Falsehood{
		Wording: "Beyond the horizon the minimiser of eq. 43 is P*(·|y_<t) ∝ P_0(·|y_<t)·exp(βγ^t·1[·∈R]).",
		Check:   verify.Interval(gibbsBeyondHorizon),
		Source:  &Source{Draw: drawRecoverable, Smallest: smallestDeep(generators.Needs{Recovery: true})},
	},
	Story:  xTheorem20Story,
	Saving: "It is true of eq. 72, the problem at each prefix (thm-20).",
	Repair: "True of the pointwise problem (thm-20), and of eq. 43 with the KL beyond the horizon averaged over " +
		"Q, where Harm = g(y_≤k) on every sequence: the objective exceeds that of the policy with Gibbs rows " +
		"beyond k by Σ_{t>k} E_Q[KL(P(·|y_<t)‖p*(·|y_<t))] ≥ 0.",
	Claims: []Claim{
		{
			Formula:    "L(P) − L(P up to k, p* after) = Σ_{t>k} E_Q[KL(P‖p*)]",
			Hypotheses: []string{"in L the KL beyond k averages over Q", "Harm = g(y_≤k)"},
			Check:      verify.Identity(gibbsUnderQFree[rat], gibbsUnderQFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(gibbsUnderQ)},
		},
		{
			Formula:    "F(P) − F(p*) = KL(P‖p*), F(p) = KL(p‖p_0) + η_t·p(R^c)",
			Hypotheses: []string{"P ≪ p_0"},
			Kernel:     []string{"Gibbs.pointwise_gap", "Gibbs.pointwise_objective"},
			Check:      verify.Identity(plainOptimumFree[rat], plainOptimumFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Agreement(gibbsPointwise)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "the Gibbs measure beyond a horizon that is not 0: the first token decides harm", Check: verify.Interval(gibbsBeyondHorizon), Source: decidedPairs()},
		{Name: "the KL beyond the horizon averages over the policy", Drops: "averaged over Q", Check: verify.Interval(gibbsUnderP), Source: pointwiseTrees.near(needsRecoveryAdversary)},
		{Name: "the KL beyond any k averages over the policy, in symbols", Drops: "averaged over Q", Check: verify.Identity(gibbsUnderPFree[rat], gibbsUnderPFree[mod]), Source: pointwiseTrees.near(needsRecoveryAdversary)},
		{Name: "the excess is Σ E_Q[KL(p*‖P)]", Check: verify.Interval(gibbsReverse), Source: pointwiseTrees.near(needsRecoveryAdversary)},
		{Name: "the tilt counts from t = 0: γ^{t−1}", Check: verify.Interval(gibbsPower), Source: pointwiseTrees.near(generators.Needs{Recovery: true, Penalty: true})},
	},
	Source: pointwiseTrees.source(),
}

var pointwiseTrees = deepDraw{shapes: []Shape{shape(2, 2), shape(2, 3), shape(3, 2), shape(2, 1)}}

// gibbsBeyond returns the given policy with the rows beyond position k replaced by
// P_0·e^{tilt(t)·1[a∈R]}/Z; nil where they cannot be enclosed.
func gibbsBeyond(w *World[enc], policy [][]enc, k int, tilt func(t int) enc) [][]enc {
	moved := make([][]enc, w.T())
	copy(moved, policy)
	for t := k + 1; t <= w.T(); t++ {
		moved[t-1] = nil
		for x := range w.Layer(t).States() {
			row, err := tilted(w, t, x, func(e int) enc { return recovering(w, t, e, tilt(t)) })
			if err != nil {
				undecided(w, err)
				return nil
			}
			moved[t-1] = append(moved[t-1], row...)
		}
	}
	return moved
}

// gibbsBeyondHorizon claims that a policy with the recovery probabilities of the Gibbs measure
// beyond the horizon, on the prefixes that Q reaches, may be a minimiser.
func gibbsBeyondHorizon(w *World[enc]) {
	k := exact.Horizon(w.Family.Process)
	if !properRecovery(w, k) {
		return
	}
	f := interval(w)
	gibbs := attackedBeyond(w.Case, k, func(t, x int) exact.Range {
		rho, _, err := boosted(f, defined(f.FromRat(w.Case.BaseRecovery(t, x))), eta(w, t))
		if err != nil {
			undecided(w, err)
			return exact.Range{}
		}
		lo, hi := ends(w, rho)
		return exact.Range{Lo: lo, Hi: hi}
	})
	costsMore(w, "a lower bound on L_deep over policies with the ρ of the Gibbs measure beyond k where Q goes ≤ L_deep of every policy", gibbs)
}

// rowDivergences encloses KL(policy(·|x)‖base(·|x)) per state x of layer t−1, with
// the failure probability policy(R^c|x).
func rowDivergences(w *World[enc], base, policy [][]enc, t int) (kl, failing []enc) {
	f := interval(w)
	o := defined(definition.New(f, w.Family.WithProb(base)))
	kl = defined(definition.RowKL(f, o, t, policy[t-1])) // both are positive on the same edges
	failing = make([]enc, w.Layer(t).States())
	for x := range failing {
		lo, hi := w.Layer(t).Row(x)
		failing[x] = w.Dot(policy[t-1][lo:hi], failures(w, t, x))
	}
	return kl, failing
}

// gibbsExcess compares L(P) − L(P up to the horizon, Gibbs rows after), for a drawn
// policy P, with a sum of divergences. Beyond the horizon L averages the KL over Q, or
// over the policy.
func gibbsExcess(w *World[enc], claim string, tilt func(t int) enc, underPolicy, reverse bool) {
	f := interval(w)
	k, p := w.Oracle().Horizon(), drawnRows(w)
	if k == w.T() || !positiveBase(w) {
		w.Vacuous()
	}
	g := gibbsBeyond(w, p, k, tilt)
	if g == nil || !positiveBase(w) {
		return
	}
	q := w.Objective().Adversary
	tail := func(policy [][]enc) enc {
		sum := w.FromInt(0)
		law := q
		if underPolicy {
			law = exact.Occupancy(w.Ring, w.Family.Process, policy)
		}
		for t := k + 1; t <= w.T(); t++ {
			kl, failing := rowDivergences(w, w.Family.Prob, policy, t)
			sum = f.Add(sum, f.Add(f.Dot(law[t-1], kl), f.Mul(eta(w, t), f.Dot(q[t-1], failing))))
		}
		return sum
	}
	// Up to k both policies are one, and so are harm, KL and penalty.
	excess, from, of := w.FromInt(0), g, p
	if reverse {
		from, of = p, g
	}
	for t := k + 1; t <= w.T(); t++ {
		kl, _ := rowDivergences(w, from, of, t)
		excess = f.Add(excess, f.Dot(q[t-1], kl))
	}
	w.Meet(Place{}, claim, f.Sub(tail(p), tail(g)), excess)
}

func gibbsUnderQ(w *World[enc]) {
	gibbsExcess(w, "KL under Q: L(P) − L(p*) = Σ_{t>k} E_Q[KL(P‖p*)]", func(t int) enc { return eta(w, t) }, false, false)
}

func gibbsUnderP(w *World[enc]) {
	gibbsExcess(w, "L_deep(P) − L_deep(p*) = Σ_{t>k} E_Q[KL(P‖p*)]", func(t int) enc { return eta(w, t) }, true, false)
}

func gibbsReverse(w *World[enc]) {
	gibbsExcess(w, "KL under Q: L(P) − L(p*) = Σ_{t>k} E_Q[KL(p*‖P)]", func(t int) enc { return eta(w, t) }, false, true)
}

func gibbsPower(w *World[enc]) {
	gibbsExcess(w, "KL under Q, p* with γ^{t−1}: L(P) − L(p*) = Σ_{t>k} E_Q[KL(P‖p*)]", func(t int) enc { return eta(w, t-1) }, false, false)
}

// gibbsPointwise checks F(P) − F(p*) = KL(P‖p*) at every prefix, for the problem
// F(p) = KL(p‖p_0) + η_t·p(R^c) of eq. 72.
func gibbsPointwise(w *World[enc]) {
	if !positiveBase(w) {
		w.Vacuous()
		return
	}
	f, p := interval(w), drawnRows(w)
	g := gibbsBeyond(w, nil, 0, func(t int) enc { return eta(w, t) })
	if g == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		here, failing := rowDivergences(w, w.Family.Prob, p, t)
		best, least := rowDivergences(w, w.Family.Prob, g, t)
		between, _ := rowDivergences(w, g, p, t)
		for x := range w.States(t) {
			left := f.Add(f.Sub(here[x], best[x]), f.Mul(eta(w, t), f.Sub(failing[x], least[x])))
			w.Meet(verify.At(t, x), "F(P) − F(p*) = KL(P‖p*)", left, between[x])
		}
	}
}
