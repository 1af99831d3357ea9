package theorems

import (
	"sounding/exact/definition"
	"sounding/verify"
)

// Section 3: the standard objective.

var objectiveStatements = []*Statement{equation2}

var equation2 = &Statement{
	ID: "eq-2", Title: "Standard alignment objective", Section: "3",
	Sentence:   verify.Sentence{Says: "The standard objective is expected harm, weighted by λ, plus the KL divergence from the base model."},
	Formula:    "L(θ) = λE[Harm] + KL(P_θ‖P_0), KL(P_θ‖P_0) = Σ_t KL_t, KL_t = E_{y_<t∼P_θ}[KL(P_θ(·|y_<t)‖P_0(·|y_<t))]",
	Hypotheses: []string{"P_θ ≪ P_0", "prefixes under P_θ"},
	Reading: "The chain rule of the KL divergence. It is an identity in the log-ratios ℓ_t = " +
		"log(P_θ/P_0)(y_t|y_<t), whatever they are, and is proved for free ℓ. It is also compared in " +
		"enclosures of logarithms, for a policy P_θ drawn on the support of P_0.",
	Claims: []Claim{
		{
			Formula: "E[λHarm + Σ_t ℓ_t(y_≤t)] = λE[Harm] + Σ_t E_{y_<t}[Σ_a P(a|y_<t)·ℓ_t(y_<t a)] for arbitrary ℓ",
			Kernel:  []string{"Directions.objective_terms"},
			Check:   verify.Identity(chainRule[rat], chainRule[mod]),
			Also:    []Check{verify.Agreement(chainRuleKL)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "prefixes weighted alike", Check: verify.Identity(chainRuleAlike[rat], chainRuleAlike[mod])},
		{Name: "tokens weighted alike", Check: verify.Identity(chainRuleTokens[rat], chainRuleTokens[mod])},
		{Name: "the log-ratio of the previous position", Check: verify.Identity(chainRulePrevious[rat], chainRulePrevious[mod])},
		{Name: "prefixes under P_0", Drops: "prefixes under P_θ", Check: verify.Interval(chainRuleBase), Source: &Source{Smallest: smallestVaried(needsHarm)}},
	},
	Looks: needsHarm,
}

// objective compares E[λHarm + Σ_t ℓ_t], by enumeration, with λh_0 and a sum over
// positions, states and edges, Σ weight(t, x)·token(t, e)·ratio(t, x, e), ℓ arbitrary.
func objective[E any](w *World[E], claim string, weight func(t, x int) E, token func(t, e int) E, ratio func(ell [][]E, t, x, e int) E) {
	o, ell, lambda := w.Oracle(), w.Test(), w.Objective().Lambda
	f := o.Harm()
	for i, h := range f {
		f[i] = w.Mul(lambda, h)
		for t := 1; t <= w.T(); t++ {
			f[i] = w.Add(f[i], ell[t][o.State(i, t)])
		}
	}
	right := w.Mul(lambda, w.Solution().Expected)
	everyPrefix(w, func(t, x int) {
		sum := w.FromInt(0)
		for e, hi := w.Layer(t).Row(x); e < hi; e++ {
			sum = w.Add(sum, w.Mul(token(t, e), ratio(ell, t, x, e)))
		}
		right = w.Add(right, w.Mul(weight(t, x), sum))
	})
	w.Equal(Place{}, claim, o.Expectation(f), right)
}

// conditional returns the probability of edge e at position t.
func conditional[E any](w *World[E]) func(t, e int) E {
	return func(t, e int) E { return w.Family.Prob[t-1][e] }
}

// ownRatio returns ℓ_t(xa) for edge e of position t.
func ownRatio[E any](w *World[E]) func(ell [][]E, t, x, e int) E {
	return func(ell [][]E, t, _, e int) E { return ell[t][w.Layer(t).Next(e)] }
}

func chainRule[E any](w *World[E]) {
	objective(w, "E[λHarm + Σ_t ℓ_t] = λh_0 + Σ_t Σ_x P(x)·Σ_a P(a|x)·ℓ_t(xa)", reach(w), conditional(w), ownRatio(w))
}

func chainRuleAlike[E any](w *World[E]) {
	one := func(int, int) E { return w.FromInt(1) }
	objective(w, "E[λHarm + Σ_t ℓ_t] = λh_0 + Σ_t Σ_x Σ_a P(a|x)·ℓ_t(xa)", one, conditional(w), ownRatio(w))
}

func chainRuleTokens[E any](w *World[E]) {
	one := func(int, int) E { return w.FromInt(1) }
	objective(w, "E[λHarm + Σ_t ℓ_t] = λh_0 + Σ_t Σ_x P(x)·Σ_a ℓ_t(xa)", reach(w), one, ownRatio(w))
}

func chainRulePrevious[E any](w *World[E]) {
	objective(w, "E[λHarm + Σ_t ℓ_t] = λh_0 + Σ_t Σ_x P(x)·Σ_a P(a|x)·ℓ_{t−1}(x)", reach(w), conditional(w), func(ell [][]E, t, x, _ int) E {
		return ell[t-1][x]
	})
}

// wholeKL encloses Σ_y P(y)·log(P(y)/P_0(y)) over the sequences, for a policy P and a base
// model that are positive; false, and the world told of it, where that fails.
func wholeKL(w *World[enc], policy [][]enc) (enc, bool) {
	f, base := interval(w), w.Oracle().Joint()
	joint := defined(definition.New(f, w.Family.WithProb(policy))).Joint()
	sum := w.FromInt(0)
	for y, p := range joint {
		ratio, err := f.Quo(p, base[y])
		if err == nil {
			ratio, err = f.Log(ratio)
		}
		if err != nil {
			undecided(w, err)
			return sum, false
		}
		sum = f.Add(sum, f.Mul(p, ratio))
	}
	return sum, true
}

// chainKL compares KL(P‖P_0) over the sequences, for a drawn policy P, with Σ_t KL_t, the
// prefixes under the given policy.
func chainKL(w *World[enc], claim string, policy, prefixes [][]enc) {
	if !positiveBase(w) {
		w.Vacuous()
		return
	}
	left, ok := wholeKL(w, policy)
	if !ok {
		return
	}
	o := defined(definition.New(interval(w), w.Family.WithProb(prefixes)))
	right := w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		kl, _ := rowDivergences(w, w.Family.Prob, policy, t)
		right = w.Add(right, o.OverPrefixes(prefixes, t, kl))
	}
	w.Meet(Place{}, claim, left, right)
}

func chainRuleKL(w *World[enc]) {
	p := drawnRows(w)
	chainKL(w, "Σ_y P(y)·log(P(y)/P_0(y)) = Σ_t KL_t", p, p)
}

func chainRuleBase(w *World[enc]) {
	chainKL(w, "KL(P‖P_0) = Σ_t E_{y_<t∼P_0}[KL(P‖P_0 at y_<t)]", drawnRows(w), w.Family.Prob)
}
