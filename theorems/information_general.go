package theorems

import (
	"math/big"

	"sounding/exact/definition"
	"sounding/verify"
)

// Remark 1 in general: variance-based information beside mutual information.

var informationGeneralStatements = []*Statement{remark1General}

var remark1General = &Statement{
	ID: "rem-1-general", Title: "Harm information is at most half the mutual information", Section: "4", Twin: "rem-1",
	Formula: "MI(Harm; y_1…y_T) = Σ_t MI(Harm; y_t|y_<t); I_t ≤ ½·MI(Harm; y_t|y_<t) in nats; I_t = 0 < MI(Harm; y_t|y_<t) is possible; " +
		"two values: Var(Harm|y_<t)·MI(Harm; y_t|y_<t) ≤ Var(h_t|y_<t) at each prefix",
	Reading: "Remark 1 calls the general relation more subtle, because variance measures only the second " +
		"moment. This much can be said: harm information bounds mutual information from below, by Pinsker's " +
		"inequality, but not from above, because a token may change the spread of harm and leave its mean " +
		"alone. If harm takes only two values, its mean says everything, and the two vanish together. At a " +
		"prefix MI is the mean over tokens of the divergence of the law of harm after the token from that " +
		"after the prefix; I_t and MI_t are the means over prefixes.",
	Claims: []Claim{
		{
			Formula:    "E[ψ_T − ψ_0] = Σ_t E[ψ_t(y_≤t) − ψ_{t−1}(y_<t)], ψ_t = log P(Harm|y_≤t) at the harm of the whole sequence",
			Hypotheses: []string{"ψ arbitrary functions of the state and the sequence, of which the logarithms are special ones"},
			Check:      verify.Identity(informationChain[rat], informationChain[mod]).Within(verify.Limits{Leaves: informationLeaves}),
		},
		{
			Formula: "Var(h_t|y_<t) ≤ ½·MI(Harm; y_t|y_<t) at every prefix: MI − 2·Var = Σ_a P(a|y_<t)·(KL(μ_a‖ν_a) + τ_a²/8 − log Z(τ_a)), d²(τ²/2 − 4·log Z)/dτ² = (1 − 2·E_τ[Harm])² + 4·E_τ[Harm(1 − Harm)] ≥ 0",
			Hypotheses: []string{
				"0 ≤ Harm ≤ 1",
				"μ_a is the law of harm after the token a, ν_a that after y_<t tilted by e^{τ_a(Harm − " +
					"h_{t−1})}/Z(τ_a), τ_a = 4·(h_t(a) − h_{t−1})",
				"τ²/2 − 4·log Z and its derivative are 0 at τ = 0: (log Z)' = E_τ[Harm] − h_{t−1}, whose derivative is Var_τ(Harm), E_τ and Var_τ under the tilted law",
			},
			Check: verify.Identity(varianceBelowFree[rat], varianceBelowFree[mod]).Within(verify.Limits{Leaves: informationLeaves}),
			Also:  []Check{verify.Interval(varianceBelowInformation)},
		},
		{
			Formula:    "Var(Harm|y_<t)·MI(Harm; y_t|y_<t) ≤ Var(h_t|y_<t) at every prefix: the difference is Var(Harm|y_<t)·Σ_a P(a|y_<t)·(h_t·g(h_t/h_{t−1}) + (1−h_t)·g((1−h_t)/(1−h_{t−1}))), g(r) = r − 1 − log r ≥ 0",
			Hypotheses: []string{"harm takes two values, 0 and 1: others scale both sides alike"},
			Check:      verify.Identity(twoValuesFree[rat], twoValuesFree[mod]).Within(verify.Limits{Leaves: informationLeaves}),
			Also:       []Check{verify.Interval(informationOfTwoValues)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "the chain rule with the law of harm behind the prefix as weight", Check: verify.Identity(informationChainEarly[rat], informationChainEarly[mod]).Within(verify.Limits{Leaves: informationLeaves})},
		{Name: "the tilt 2·(h_t − h_{t−1}) in the gap", Check: verify.Identity(informationGapHalf[rat], informationGapHalf[mod]).Within(verify.Limits{Leaves: informationLeaves})},
		{Name: "a variance of at most a fifth", Check: verify.Identity(tiltedSpreadFifth[rat], tiltedSpreadFifth[mod])},
		{Name: "a third of the mutual information", Check: verify.Interval(varianceBelowThird)},
		{Name: "harm from 0 to 2", Drops: "0 ≤ Harm ≤ 1", Check: verify.Interval(varianceOfDouble)},
		{Name: "no harm information means no mutual information", Check: verify.Rational(silentInformation), Source: silentTrees},
		{Name: "the bound from above whatever values harm takes", Drops: "harm takes two values", Check: verify.Interval(informationOfMoreValues), Source: &Source{Smallest: smallestVaried(needsHarm)}},
	},
	Looks:  needsHarm,
	Source: gambleSource(),
}

// informationLeaves bounds the shapes of claims with a free variable for every state and
// sequence.
const informationLeaves = 9

// informationChainIs compares E[ψ_T − ψ_0] at the sequence itself, by enumeration, with
// Σ_t Σ_x P(x)·Σ_a P(a|x)·Σ_z weight(z)·(ψ_t(xa, z) − ψ_{t−1}(x, z)) over the final states
// z, whose probabilities behind x and xa the weight is told, by recursion.
func informationChainIs[E any](w *World[E], claim string, weight func(behindPrefix, behindToken E) E) {
	final := w.Family.Process.States(w.T())
	if final > informationLeaves {
		w.Vacuous()
		return
	}
	psi, reach := make([][][]E, w.T()+1), stateLaws(w)
	states := 0
	for t := range psi {
		states += w.Family.Process.States(t)
	}
	symbols := w.Arbitrary(states * final)
	for t := range psi {
		for range w.Family.Process.States(t) {
			psi[t], symbols = append(psi[t], symbols[:final]), symbols[final:]
		}
	}
	o := w.Oracle()
	gained := make([]E, o.Len())
	for i := range gained {
		z := o.State(i, w.T())
		gained[i] = w.Sub(psi[w.T()][z][z], psi[0][0][z])
	}
	right := w.FromInt(0)
	everyPrefix(w, func(t, x int) {
		for e, hi := w.Layer(t).Row(x); e < hi; e++ {
			y, sum := w.Layer(t).Next(e), w.FromInt(0)
			for z := range final {
				sum = w.Add(sum, w.Mul(weight(reach[z][t-1][x], reach[z][t][y]), w.Sub(psi[t][y][z], psi[t-1][x][z])))
			}
			right = w.Add(right, w.Mul(w.Mul(w.Solution().Occupancy[t-1][x], w.Family.Prob[t-1][e]), sum))
		}
	})
	w.Equal(Place{}, claim, o.Expectation(gained), right)
}

func informationChain[E any](w *World[E]) {
	informationChainIs(w, "E[ψ_T − ψ_0] = Σ_t Σ_x P(x)·Σ_a P(a|x)·Σ_z P(z|xa)·(ψ_t(xa, z) − ψ_{t−1}(x, z))", func(_, token E) E { return token })
}

func informationChainEarly[E any](w *World[E]) {
	informationChainIs(w, "E[ψ_T − ψ_0] = Σ_t Σ_x P(x)·Σ_a P(a|x)·Σ_z P(z|x)·(ψ_t(xa, z) − ψ_{t−1}(x, z))", func(prefix, _ E) E { return prefix })
}

// harmLaws returns P(Harm = v|x) for each of the values v of harm at [v][t][x], by enumeration.
func harmLaws(w *World[rat]) [][][]rat {
	var values []rat
	laws := make([][][]rat, 0)
	for _, v := range w.Family.Harm {
		known := false
		for _, u := range values {
			known = known || w.IsZero(w.Sub(u, v))
		}
		if known {
			continue
		}
		values = append(values, v)
		indicator := make([]rat, len(w.Family.Harm))
		for y, h := range w.Family.Harm {
			indicator[y] = w.FromInt(int64(truth(w.IsZero(w.Sub(h, v)))))
		}
		laws = append(laws, defined(definition.New(w.Ring, w.Family.Numbers.WithHarm(indicator))).Mean())
	}
	return laws
}

// everyInformation runs f at every prefix with its variances in ℚ, by recursion, and
// MI(Harm; y_t|x), enclosed. Logarithms are of quotients in ℚ, so that what does not change
// contributes zero.
func everyInformation(w *World[enc], f func(at Place, step, open, information enc)) {
	i, q := interval(w), verify.NewCaseWorld(w.Rationals(), w.Case)
	laws, m := harmLaws(q), q.Solution()
	enclosed := func(v *big.Rat) enc { return defined(i.FromRat(v)) }
	everyPrefix(q, func(t, x int) {
		sum := w.FromInt(0)
		for e, hi := q.Layer(t).Row(x); e < hi; e++ {
			y, p := q.Layer(t).Next(e), q.Family.Prob[t-1][e]
			for _, law := range laws {
				before, after := law[t-1][x], law[t][y]
				mass := q.Mul(p, after)
				if q.IsZero(mass) || q.IsZero(q.Sub(before, after)) {
					continue
				}
				log, err := i.Log(enclosed(new(big.Rat).Quo(after.Rat(), before.Rat())))
				if err != nil {
					undecided(w, err)
					return
				}
				sum = i.Add(sum, i.Mul(enclosed(mass.Rat()), log))
			}
		}
		f(verify.At(t, x), enclosed(m.Step[t-1][x].Rat()), enclosed(m.CondVar[t-1][x].Rat()), sum)
	})
}

// varianceBelow compares Var(h_t|x), times a factor, with a fraction of MI(Harm; y_t|x).
func varianceBelow(w *World[enc], claim string, times, n, d int64) {
	everyInformation(w, func(at Place, step, _, information enc) {
		w.AtMost(at, claim, w.Mul(w.FromInt(times), step), w.Mul(fraction(w, n, d), information))
	})
}

func varianceBelowInformation(w *World[enc]) {
	varianceBelow(w, "Var(h_t|x) ≤ ½·MI(Harm; y_t|x)", 1, 1, 2)
}

func varianceBelowThird(w *World[enc]) {
	varianceBelow(w, "Var(h_t|x) ≤ ⅓·MI(Harm; y_t|x)", 1, 1, 3)
}

func varianceOfDouble(w *World[enc]) {
	varianceBelow(w, "Var(2h_t|x) ≤ ½·MI(Harm; y_t|x)", 4, 1, 2)
}

// informationBelow compares Var(Harm|x)·MI(Harm; y_t|x) with Var(h_t|x).
func informationBelow(w *World[enc], claim string) {
	everyInformation(w, func(at Place, step, open, information enc) {
		w.AtMost(at, claim, w.Mul(open, information), step)
	})
}

func informationOfTwoValues(w *World[enc]) {
	if !twoValued(verify.NewCaseWorld(w.Rationals(), w.Case)) {
		w.Vacuous()
		return
	}
	informationBelow(w, "two values: Var(Harm|x)·MI(Harm; y_t|x) ≤ Var(h_t|x)")
}

func informationOfMoreValues(w *World[enc]) {
	informationBelow(w, "Var(Harm|x)·MI(Harm; y_t|x) ≤ Var(h_t|x)")
}

// silentInformation claims that the law of harm does not depend on the token where its
// mean does not.
func silentInformation(w *World[rat]) {
	laws := harmLaws(w)
	everyPrefix(w, func(t, x int) {
		same := true
		for e, hi := w.Layer(t).Row(x); e < hi; e++ {
			for _, law := range laws {
				same = same && (w.IsZero(w.Family.Prob[t-1][e]) || w.IsZero(w.Sub(law[t-1][x], law[t][w.Layer(t).Next(e)])))
			}
		}
		w.Implies(verify.At(t, x), "Var(h_t|x) = 0 ⇒ MI(Harm; y_t|x) = 0", w.IsZero(w.Solution().Step[t-1][x]), same)
	})
}
