package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Section 10.3, beyond the paper: direct preference optimisation.

var preferencesStatements = []*Statement{ownDPO}

var ownDPO = &Statement{
	ID: "own-dpo", Title: "Preference optimisation has the same optimum, but may move positions beyond the " +
		"horizon on its way", Section: "10.3",
	Sentence: verify.Sentence{
		Place:   "Section 10.3",
		Says:    "The framework applies to output-level alignment: to RLHF and to DPO.",
		Verdict: verify.HoldsIf,
		But: "pairs of responses are drawn from the base model, preferences follow Bradley and Terry's " +
			"model, and training starts at the base model with separate parameters for every position. Then " +
			"DPO has the optimum of RLHF, and no gradient beyond the horizon. Elsewhere on the way, or with " +
			"other pairs, late positions may have a gradient",
	},
	Formula: "L_DPO(P) = −E_{y,y'∼P_0}[p(y≻y')·log σ(ℓ(y) − ℓ(y'))], ℓ = log(P/P_0), p(y≻y') = σ(−λ(Harm(y) − Harm(y'))); its only minimiser is P* ∝ P_0·e^{−λHarm}; " +
		"∂_tL_DPO = −E_{y,y'∼P_0}[(p − σ(ℓ(y) − ℓ(y')))·s_t(y)], which is 0 for t > k where Harm = g(y_≤k) and P = P_0 at t > k",
	Hypotheses: []string{"pairs y, y' drawn from P_0, independently", "preferences by Bradley and Terry's model for the reward −λHarm", "P_0 positive"},
	Reading: "Section 10.3 claims this in passing, without a formula. The formulas here are ours. The claim " +
		"is true of the optimum over all policies: the population loss has the optimum of eq. 2, which by " +
		"rem-3 is P_0 beyond the horizon. For gradients more is needed. The implicit reward log(P/P_0) " +
		"contains late tokens, so a policy that has left P_0 there is pulled back, and pairs that are not " +
		"drawn from P_0 push late tokens even where these decide nothing. If training starts at P_0, with " +
		"pairs from P_0 and separate parameters for each position, a position beyond the horizon never " +
		"moves. A pair of twice the same sequence adds a constant to the loss, and is left out.",
	Claims: []Claim{
		{
			Formula:    "log(P*/P_0)(y) − log(P*/P_0)(y') = −λ(Harm(y) − Harm(y')), so that σ of it is p(y≻y')",
			Hypotheses: []string{"log(P*/P_0)(a|x) = φ(xa) − φ(x), φ_T = −λHarm: P* is the optimum of eq. 2"},
			Kernel:     []string{"Training.log_ratio_difference"},
			Check:      verify.Identity(implicitReward[rat], implicitReward[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
		},
		{
			Formula:    "L_DPO(P*) < L_DPO(P)",
			Hypotheses: []string{"P ≠ P*"},
			Check:      verify.Interval(preferenceOptimum),
		},
		{
			Formula: "∂_tL_DPO = −E_{y,y'∼P_0}[(p − σ(ℓ(y) − ℓ(y')))·s_t(y)] in every direction dP",
			Check:   verify.Rational(preferenceGradient),
		},
		{
			Formula:    "Σ_{y'} P_0(y')·Σ_y r(y_≤k, y'_≤k)·∂_tP_0(y) = 0 for t > k and arbitrary r, in every direction dP",
			Hypotheses: []string{"r for p − σ, a function of y_≤k and y'_≤k where Harm = g(y_≤k) and P = P_0 at t > k"},
			Kernel:     []string{"Directions.decided_derivative"},
			Check:      verify.Identity(preferenceBeyond[rat], preferenceBeyond[mod]).Within(verify.Limits{Leaves: preferenceLeaves}),
			Also:       []Check{verify.Rational(preferenceSteps)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "the implicit reward of the last token alone", Check: verify.Identity(implicitRewardLast[rat], implicitRewardLast[mod])},
		{Name: "the base model is as good", Check: verify.Interval(preferenceBase), Source: &Source{Smallest: smallestVaried(needsHarm)}},
		{Name: "p in place of p − σ", Check: verify.Rational(preferenceUnweighted), Source: lateChoice},
		{Name: "no gradient at position k either", Check: verify.Identity(preferenceAt[rat], preferenceAt[mod])},
		{Name: "no gradient beyond the horizon, wherever the policy stands", Drops: "P = P_0 at t > k", Check: verify.Rational(preferenceElsewhere), Source: lateChoice},
		{Name: "no gradient beyond the horizon, whatever pairs are drawn", Drops: "pairs y, y' drawn from P_0, independently", Check: verify.Rational(preferenceOtherPairs), Source: lateChoice},
	},
	Looks:  needsHarm,
	Source: &Source{Draw: preferenceCase},
}

// preferenceLeaves bounds the shapes of the claim about two prefixes at once.
const preferenceLeaves = 16

// preferenceCase draws trees whose harm the first token decides, or all.
func preferenceCase(seed uint64, i int) *model.Case {
	d := deepTrees
	d.horizon = 1 + i%2*d.shapes[i%3].Length
	return d.draw(seed, i)
}

// lateChoice supplies small cases with a position beyond the horizon.
var lateChoice = &Source{
	Draw: deepDraw{shapes: deepTrees.shapes, horizon: 1}.draw,
	Smallest: smallestWhere(needsHarm, func(c *model.Case) bool {
		return varied(c) && c.Length() > 1 && exact.Horizon(c.Process) < c.Length()
	}),
}

// implicitRewardIs compares the sum of log(P*/P_0) over the positions from `from` on, for
// every two sequences of which one is the first, with −λ times the difference of their harm.
func implicitRewardIs[E any](w *World[E], claim string, from int) {
	log, o := increments(w, potential(w)), w.Oracle()
	harm, factor := o.Harm(), w.Neg(w.Objective().Lambda)
	reward := func(i int) E {
		sum := w.FromInt(0)
		for t := from; t <= w.T(); t++ {
			sum = w.Add(sum, log[t-1][o.Edge(i, t)])
		}
		return sum
	}
	for i := 1; i < o.Len(); i++ {
		w.Equal(Place{}.Where("sequence %d", i), claim, w.Sub(reward(i), reward(0)), w.Mul(factor, w.Sub(harm[i], harm[0])))
	}
}

func implicitReward[E any](w *World[E]) {
	implicitRewardIs(w, "log(P*/P_0)(y) − log(P*/P_0)(y') = −λ(Harm(y) − Harm(y'))", 1)
}

func implicitRewardLast[E any](w *World[E]) {
	implicitRewardIs(w, "log(P*/P_0)(y_T|y_<T) − log(P*/P_0)(y'_T|y'_<T) = −λ(Harm(y) − Harm(y'))", w.T())
}

// everyPair runs f over the pairs of different sequences, with u(y)/(u(y) + u(y')): σ of the
// difference of the logarithms of u. Pairs of one sequence have ½ everywhere.
func everyPair[E any](w *World[E], u []E, f func(i, j int, sigma E)) {
	for i := range u {
		for j := range u {
			if i != j {
				f(i, j, defined(fieldOf(w).Quo(u[i], w.Add(u[i], u[j]))))
			}
		}
	}
}

// ratios returns P(y)/P_0(y) per sequence.
func ratios[E any](w *World[E], policy [][]E) []E {
	r, base := under(w, policy).Joint(), w.Oracle().Joint()
	u := make([]E, len(r))
	for i := range u {
		u[i] = defined(fieldOf(w).Quo(r[i], base[i]))
	}
	return u
}

// preferred returns e^{−λHarm(y)} per sequence, for e^{−λHarm} per final state.
func preferred[E any](w *World[E], tilt []E) []E {
	o := w.Oracle()
	v := make([]E, o.Len())
	for i := range v {
		v[i] = tilt[o.State(i, w.T())]
	}
	return v
}

// preferenceLoss encloses the loss L_DPO of a policy, the pairs of one sequence aside.
func preferenceLoss(w *World[enc], policy [][]enc) (enc, bool) {
	f, joint := interval(w), w.Oracle().Joint()
	tilt := defined(definition.HarmTilt(f, w.Oracle(), w.Case.Lambda))
	weight := make(map[[2]int]enc)
	everyPair(w, preferred(w, tilt), func(i, j int, p enc) { weight[[2]int{i, j}] = f.Mul(p, f.Mul(joint[i], joint[j])) })
	sum, ok := w.FromInt(0), true
	everyPair(w, ratios(w, policy), func(i, j int, sigma enc) {
		log, err := f.Log(sigma)
		if err != nil {
			ok = false
			return
		}
		sum = f.Sub(sum, f.Mul(weight[[2]int{i, j}], log))
	})
	return sum, ok
}

// preferenceLess claims that the loss at P* is less than at another policy.
func preferenceLess(w *World[enc], claim string, best, other [][]enc) {
	left, ok := preferenceLoss(w, best)
	right, alsoOK := preferenceLoss(w, other)
	if ok && alsoOK {
		w.Less(Place{}, claim, left, right)
	}
}

// preferenceWorld reports whether there is something to prefer.
func preferenceWorld[E any](w *World[E]) bool {
	if !positiveBase(w) || !varied(w.Case) || w.Case.Lambda.Sign() == 0 {
		w.Vacuous()
		return false
	}
	return true
}

func preferenceOptimum(w *World[enc]) {
	if !preferenceWorld(w) {
		return
	}
	if s := softSolution(w); s != nil {
		preferenceLess(w, "L_DPO(P*) < L_DPO(P)", s.Policy, drawnRows(w))
	}
}

func preferenceBase(w *World[enc]) {
	if !preferenceWorld(w) {
		return
	}
	if s := softSolution(w); s != nil {
		preferenceLess(w, "L_DPO(P_0) < L_DPO(P*)", w.Family.Prob, s.Policy)
	}
}

// A preference holds what the gradient of L_DPO is made of, at e^{−λ/m} = ½.
type preference struct {
	policy [][]rat // P
	pairs  []rat   // the law that y and y' are drawn from, per sequence
	push   [][]rat // p − σ at [y][y'], or p alone
}

func newPreference(w *World[rat], policy, pairs [][]rat, plain bool) *preference {
	d := &preference{policy: policy, pairs: under(w, pairs).Joint()}
	d.push = make([][]rat, len(d.pairs))
	for i := range d.push {
		d.push[i] = constants(w, len(d.pairs), 0)
	}
	everyPair(w, preferred(w, tilts(w)[0]), func(i, j int, p rat) { d.push[i][j] = p })
	if !plain {
		everyPair(w, ratios(w, policy), func(i, j int, sigma rat) { d.push[i][j] = w.Sub(d.push[i][j], sigma) })
	}
	return d
}

// gradient returns −Σ_{y,y'} (p − σ)·s_t(y), the pairs weighted by their law.
func (d *preference) gradient(w *World[rat], tangent [][]rat, t int) rat {
	o, sum := w.Oracle(), w.FromInt(0)
	for i, p := range d.pairs {
		e := o.Edge(i, t)
		score := defined(rationals(w).Quo(tangent[t-1][e], d.policy[t-1][e]))
		sum = w.Sub(sum, w.Mul(w.Mul(p, score), w.Dot(d.pairs, d.push[i])))
	}
	return sum
}

// preferenceSlope returns ∂_tL_DPO by dual numbers: P(y) moves with the row of position t,
// and of log σ only the quotient rule is used.
func preferenceSlope(w *World[rat], policy, tangent [][]rat, t int) rat {
	o, base := w.Oracle(), w.Oracle().Joint()
	law, d := under(w, policy).Joint(), field.NewSeries(w.Ring, 1)
	u := make([][]rat, len(law))
	for i, p := range law {
		e := o.Edge(i, t)
		move := defined(rationals(w).Quo(w.Mul(p, tangent[t-1][e]), policy[t-1][e]))
		u[i] = d.Dual(defined(rationals(w).Quo(p, base[i])), defined(rationals(w).Quo(move, base[i])))
	}
	slope := w.FromInt(0)
	everyPair(w, preferred(w, tilts(w)[0]), func(i, j int, p rat) {
		both := d.Add(u[i], u[j])
		log := w.Sub(defined(rationals(w).Quo(u[i][1], u[i][0])), defined(rationals(w).Quo(both[1], both[0])))
		slope = w.Sub(slope, w.Mul(w.Mul(w.Mul(base[i], base[j]), p), log))
	})
	return slope
}

// preferenceGradientIs compares the slope by dual numbers with that of the formula.
func preferenceGradientIs(w *World[rat], claim string, plain bool) {
	if !preferenceWorld(w) {
		return
	}
	policy := drawnRows(w)
	d := newPreference(w, policy, w.Family.Prob, plain)
	for _, tangent := range w.Tangents() {
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), claim, preferenceSlope(w, policy, tangent, t), d.gradient(w, tangent, t))
		}
	}
}

func preferenceGradient(w *World[rat]) {
	preferenceGradientIs(w, "∂_tL_DPO = −E[(p − σ)·s_t(y)]", false)
}

func preferenceUnweighted(w *World[rat]) {
	preferenceGradientIs(w, "∂_tL_DPO = −E[p·s_t(y)]", true)
}

// preferenceZero claims that Σ_{y'} P_0(y')·Σ_y r(y_≤k, y'_≤k)·∂_tP_0(y) = 0 from position
// k + after on, for arbitrary r.
func preferenceZero[E any](w *World[E], claim string, after int) {
	o := w.Oracle()
	for k := range w.T() {
		n := w.Family.Process.States(k)
		r, weight := w.Arbitrary(n*n), w.Solution().Occupancy[k]
		value := make([]E, o.Len())
		for i := range value {
			x := o.State(i, k)
			value[i] = w.Dot(weight, r[x*n:(x+1)*n])
		}
		for _, tangent := range w.Tangents() {
			moved := o.Derivative(value, tangent)
			for t := max(1, k+after); t <= w.T(); t++ {
				w.Equal(verify.At(t, 0).Where("k = %d", k), claim, moved[t-1], w.FromInt(0))
			}
		}
	}
}

func preferenceBeyond[E any](w *World[E]) {
	preferenceZero(w, "Σ_{y'} P_0(y')·Σ_y r(y_≤k, y'_≤k)·∂_tP_0(y) = 0, t > k", 1)
}

func preferenceAt[E any](w *World[E]) {
	preferenceZero(w, "Σ_{y'} P_0(y')·Σ_y r(y_≤k, y'_≤k)·∂_tP_0(y) = 0, t ≥ k", 0)
}

// preferenceStays claims that the gradient of L_DPO vanishes beyond the horizon, for a policy
// and a law of the pairs that are made of the horizon.
func preferenceStays(w *World[rat], claim string, choose func(k int) (policy, pairs [][]rat)) {
	k := w.Oracle().Horizon()
	if !preferenceWorld(w) || k == w.T() {
		w.Vacuous()
		return
	}
	policy, pairs := choose(k)
	d := newPreference(w, policy, pairs, false)
	for _, tangent := range w.Tangents() {
		for t := k + 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), claim, d.gradient(w, tangent, t), w.FromInt(0))
		}
	}
}

// movedUpTo returns drawn rows at the first k positions and those of P_0 behind.
func movedUpTo(w *World[rat], k int) [][]rat {
	return append(drawnRows(w)[:k:k], w.Family.Prob[k:]...)
}

func preferenceSteps(w *World[rat]) {
	preferenceStays(w, "Harm = g(y_≤k), P = P_0 at t > k ⇒ E[(p − σ)·s_t(y)] = 0, t > k", func(k int) (policy, pairs [][]rat) {
		return movedUpTo(w, k), w.Family.Prob
	})
}

func preferenceElsewhere(w *World[rat]) {
	preferenceStays(w, "Harm = g(y_≤k) ⇒ E[(p − σ)·s_t(y)] = 0, t > k", func(int) (policy, pairs [][]rat) {
		return drawnRows(w), w.Family.Prob
	})
}

func preferenceOtherPairs(w *World[rat]) {
	preferenceStays(w, "Harm = g(y_≤k), P = P_0 at t > k, pairs of any law ⇒ E[(p − σ)·s_t(y)] = 0, t > k", func(k int) (policy, pairs [][]rat) {
		return movedUpTo(w, k), drawnRows(w)
	})
}
