package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 5: which positions and tokens contribute to the gradient.

var contributionsStatements = []*Statement{remark2, xRemark2Converse, xTheorem8Boundary, ownTurns}

var remark2 = &Statement{
	ID: "rem-2", Title: "No contribution where tokens lead to equal harm", Section: "5",
	Sentence:   verify.Sentence{Says: "Where all tokens lead to the same expected harm, the position contributes no gradient."},
	Formula:    "h_t(y_<t a) constant in a ⇒ Cov(h_t, s_t | y_<t) = 0",
	Hypotheses: []string{"constant over the tokens of positive probability"},
	Claims:     []Claim{{Kernel: []string{"Horizon.equal_harm"}, Check: verify.Rational(rem2)}},
	NearMisses: []NearMiss{
		{Name: "constant harm in place of constant h_t: the contribution vanishes everywhere", Drops: "h_t constant", Check: verify.Rational(rem2Unconditional)},
		{Name: "h_{t+1} constant suffices", Check: verify.Rational(rem2Later), Looks: new(longer(needsHarmZeros))},
	},
	Looks: needsHarmShared,
}

// flat reports whether v is the same after every token of positive probability
// at state x of layer t−1.
func flat(w *World[rat], t, x int, v []rat, support bool) bool {
	row, after := w.Row(t, x), w.After(t, x, v)
	first := -1
	for k := range row {
		if support && w.IsZero(row[k]) {
			continue
		}
		if first < 0 {
			first = k
		} else if w.Ring.Equal(after[first], after[k]) != field.True {
			return false
		}
	}
	return true
}

// contributionVanishes claims C_t(x) = 0 at the states that the premise selects,
// by recursion and by enumeration.
func contributionVanishes(w *World[rat], claim string, premise func(t, x int) bool) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			if !premise(t, x) {
				w.Vacuous()
				continue
			}
			for _, c := range exact.HarmCovariance(w.Ring, w.Family, w.Solution(), t, x) {
				w.Equal(verify.At(t, x), claim, c, w.FromInt(0))
			}
			for _, c := range score.Local(t, x) {
				w.Equal(verify.At(t, x), claim+" by definition", c, w.FromInt(0))
			}
		}
	}
}

func rem2(w *World[rat]) {
	h := w.Oracle().Mean()
	contributionVanishes(w, "Cov(h_t, s_t|y_<t) = 0", func(t, x int) bool { return flat(w, t, x, h[t], true) })
}

func rem2Unconditional(w *World[rat]) {
	contributionVanishes(w, "Cov(h_t, s_t|y_<t) = 0 always", func(t, x int) bool { return true })
}

func rem2Later(w *World[rat]) {
	h := w.Oracle().Mean()
	contributionVanishes(w, "Cov(h_t, s_t|y_<t) = 0 where h_{t+1} is constant", func(t, x int) bool {
		if t == w.T() {
			return false
		}
		for e, hi := w.Layer(t).Row(x); e < hi; e++ {
			if !flat(w, t+1, w.Layer(t).Next(e), h[t+1], true) {
				return false
			}
		}
		return true
	})
}

var xRemark2Converse = &Statement{
	ID: "x-rem-2-converse", Title: "A vanishing contribution does not mean equal harm", Section: "5", Kind: verify.Needed, Twin: "rem-2",
	Formula: "Cov(h_t, s_t | y_<t) = 0 ⇏ h_t(y_<t a) constant in a",
	Refuted: &Falsehood{
		Wording: "If Cov(h_t, s_t | y_<t) = 0, for a score that is not zero, then h_t(y_<t a) is constant in a.",
		Check:   verify.Rational(rem2Converse),
		Source:  orthogonalSource(),
	},
	Reading: "The paper does not claim the converse.",
	Story:   xRemark2ConverseStory,
	Repair:  "For tabular policies the converse holds: C_a = P(a)(h_t(a) − h_{t−1}) vanishes only where h_t is constant on the support.",
	Claims: []Claim{{
		Formula:    "Cov(h_t, s_t|y_<t) = 0 ⇒ h_t(y_<t a) constant in a on the support",
		Hypotheses: []string{"tabular"},
		Check:      verify.Rational(rem2TabularConverse),
	}},
	NearMisses: []NearMiss{
		{Name: "the converse for log-linear policies", Drops: "tabular", Check: verify.Rational(rem2Converse), Source: orthogonalSource()},
		{Name: "constant on tokens of probability zero too", Drops: "on the support", Check: verify.Rational(rem2ConverseOffSupport), Looks: &needsHarmZeros, Source: impossibleTokenSource()},
	},
	Looks: needsHarmShared,
}

// impossibleTokenSource draws trees of one position with a token of probability zero. Its
// harm differs from that of the other tokens, which is the same for all of them.
func impossibleTokenSource() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		v := 3 + int(r.Int64N(2))
		weights, harm := integers(v, 1, 4, r), make([]int64, v)
		same, impossible := r.Int64N(5), int(r.Int64N(int64(v)))
		for a := range harm {
			harm[a] = same
		}
		weights[impossible], harm[impossible] = 0, (same+1+r.Int64N(4))%5
		return &model.Case{Instance: generators.Tree(v, [][]int64{weights}, harm, 4)}
	}}
}

// flatWhereZero claims that h_t is constant at every state where the covariance
// with the score of the family vanishes.
func flatWhereZero(w *World[rat], f exact.Family[rat], claim string, support bool) {
	h := w.Oracle().Mean()
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			if w.IsZero(exact.FisherTrace(w.Ring, f, t, x)) || !allZero(w, exact.HarmCovariance(w.Ring, f, w.Solution(), t, x)) {
				w.Vacuous()
				continue
			}
			w.Implies(verify.At(t, x), claim, true, flat(w, t, x, h[t], support))
		}
	}
}

func rem2Converse(w *World[rat]) {
	flatWhereZero(w, w.Family, "Cov(h_t, s_t|y_<t) = 0 ⇒ h_t constant", true)
}

func rem2TabularConverse(w *World[rat]) {
	flatWhereZero(w, tabular(w), "tabular: Cov(h_t, s_t|y_<t) = 0 ⇒ h_t constant on the support", true)
}

func rem2ConverseOffSupport(w *World[rat]) {
	flatWhereZero(w, tabular(w), "tabular: Cov(h_t, s_t|y_<t) = 0 ⇒ h_t constant off the support too", false)
}

var xTheorem8Boundary = &Statement{
	ID: "x-thm-8-boundary", Title: "The gradient formula at the boundary of a parameter domain", Section: "5", Kind: verify.Needed, Twin: "thm-8",
	Formula: "∇E[Harm] = Σ_t E_{y_<t}[Σ_{a: P(a)>0} P(a)·s_t(a)·Δ_t(a)] + Σ_t E_{y_<t}[Σ_{a: P(a)=0} dP(a)·Δ_t(a)]; the last sum is 0 where dP = 0 wherever P = 0",
	Reading: "The paper's log P presupposes P > 0, where the formula holds. The family is the segment P_θ = " +
		"(1−θ)·P_0 + θ·P_1 between the conditionals of the case and those of its second policy, 0 ≤ θ ≤ 1, at " +
		"its end θ = 0. The derivative is one-sided, by dual numbers; s_t = dP/P where P > 0, and 0·s counts as 0.",
	Refuted: &Falsehood{
		Wording: "∇E[Harm] = Σ_t E[Cov(h_t, s_t | y_<t)] for every differentiable parameterisation.",
		Check:   verify.Rational(boundaryWording),
	},
	Story: xTheorem8BoundaryStory,
	Repair: "On an open domain P ≥ 0 forces dP = 0 where P = 0, and the formula holds. At a boundary, tokens " +
		"whose probability starts to grow from zero add a term.",
	Claims: []Claim{
		{
			Formula: "d E[Harm] = Σ_t E_{y_<t}[Σ_{a: P(a)>0} dP(a)·Δ_t(a)] + Σ_t E_{y_<t}[Σ_{a: P(a)=0} dP(a)·Δ_t(a)]",
			Kernel:  []string{"Directions.boundary_terms"},
			Check:   verify.Rational(boundaryTerm),
		},
		{
			Formula:    "d E[Harm] = Σ_t E_{y_<t}[Cov(h_t, s_t|y_<t)]",
			Hypotheses: []string{"dP = 0 where P = 0, which an open domain of parameters forces"},
			Kernel:     []string{"Gradient.gradient_characterisation"},
			Check:      verify.Rational(boundaryOpen),
		},
	},
	NearMisses: []NearMiss{
		{Name: "without the boundary term", Drops: "dP = 0 where P = 0", Check: verify.Rational(boundaryWording)},
		{Name: "h_t in place of Δ_t in the boundary term", Check: verify.Rational(boundaryMean)},
		{Name: "sign of the boundary term", Check: verify.Rational(boundarySign)},
	},
	Source: boundarySource(),
}

// boundarySource supplies cases with a second policy of positive weights, towards
// which the segment leads; its small cases lead to the uniform policy.
func boundarySource() *Source {
	towards := func(c *model.Case, weight func(t, e int) int64) *model.Case {
		d := *c
		for t := 1; t <= c.Length(); t++ {
			list := make([]int64, c.Layer(t).Edges())
			for e := range list {
				list[e] = weight(t, e)
			}
			d.Policy = append(d.Policy, model.NaturalsOf(list...))
		}
		return &d
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			return towards(generators.Example(generators.Limits{}, seed, i), func(t, e int) int64 { return 1 + int64((e*e+3*t+e*i+i)%4) })
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for _, c := range generators.Smallest(generators.Needs{Harm: true, ZeroWeights: true}) {
					if !yield(towards(c, func(int, int) int64 { return 1 })) {
						return
					}
				}
			}
		},
	}
}

// segment returns dP = P_1 − P_0 along the segment to the second policy of the case. If
// open is set, that policy leaves out the tokens with P_0 = 0.
func segment(w *World[rat], open bool) [][]rat {
	f := rationals(w)
	d := make([][]rat, w.T())
	for t := 1; t <= w.T(); t++ {
		l := w.Layer(t)
		weights := &w.Case.Policy[t-1]
		d[t-1] = make([]rat, l.Edges())
		for x := range l.States() {
			lo, hi := l.Row(x)
			sum := f.FromInt(0)
			row := make([]rat, hi-lo)
			for e := lo; e < hi; e++ {
				if !open || !l.Weights().IsZero(e) {
					row[e-lo], _ = f.FromRat(new(big.Rat).SetInt(weights.At(e)))
					sum = f.Add(sum, row[e-lo])
				}
			}
			for k, v := range row {
				q := defined(f.Quo(v, sum)) // the second policy is positive
				d[t-1][lo+k] = f.Sub(q, w.Family.Prob[t-1][lo+k])
			}
		}
	}
	return d
}

// scoreForm returns Σ_t E[Σ_a dP(a|y_<t)·Δ_t(a)] in two parts. The one over the tokens of
// positive probability is Σ_t E[Cov(h_t, s_t|y_<t)]; the other, over the tokens of
// probability zero, has h_t in place of Δ_t if mean is set.
func scoreForm(w *World[rat], d [][]rat, mean bool) (inside, boundary rat) {
	inside, boundary = w.FromInt(0), w.FromInt(0)
	everyPrefix(w, func(t, x int) {
		lo, _ := w.Layer(t).Row(x)
		after := w.After(t, x, w.Solution().H[t])
		for a, step := range innovation(w, t, x) {
			at := w.Solution().Occupancy[t-1][x]
			switch {
			case !w.IsZero(w.Row(t, x)[a]):
				inside = w.Add(inside, w.Mul(at, w.Mul(d[t-1][lo+a], step)))
			case mean:
				boundary = w.Add(boundary, w.Mul(at, w.Mul(d[t-1][lo+a], after[a])))
			default:
				boundary = w.Add(boundary, w.Mul(at, w.Mul(d[t-1][lo+a], step)))
			}
		}
	})
	return inside, boundary
}

// oneSided claims that the derivative of E[Harm] along the segment is right(inside,
// boundary).
func oneSided(w *World[rat], claim string, open, mean bool, right func(inside, boundary rat) rat) {
	d := segment(w, open)
	w.Equal(Place{}, claim, exact.Derivative(w.Ring, w.Family.Numbers, d), right(scoreForm(w, d, mean)))
}

func boundaryTerm(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)] + boundary term", false, false, func(i, b rat) rat { return w.Add(i, b) })
	// By definition: the product rule on each sequence needs no score.
	w.Equal(Place{}, "d E[Harm] by the product rule = Σ_t E[Cov(h_t, s_t|y_<t)] + boundary term",
		field.Sum(w.Ring, w.Oracle().Derivative(w.Oracle().Harm(), segment(w, false))), w.Add(scoreForm(w, segment(w, false), false)))
}

func boundaryOpen(w *World[rat]) {
	oneSided(w, "dP = 0 where P = 0 ⇒ d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)]", true, false, func(i, _ rat) rat { return i })
}

func boundaryWording(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)]", false, false, func(i, _ rat) rat { return i })
}

func boundaryMean(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)] + boundary term with h_t", false, true, func(i, b rat) rat { return w.Add(i, b) })
}

func boundarySign(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)] − boundary term", false, false, func(i, b rat) rat { return w.Sub(i, b) })
}

var ownTurns = &Statement{
	ID: "own-turns", Title: "Tokens of the environment carry information and no gradient", Section: "5", Kind: verify.Own,
	Formula:    "with the scores of every second position zero: ∇E[Harm] = Σ_{t odd} E_{y_<t}[Cov(h_t, s_t|y_<t)], while Var(Harm) = Σ_{t odd} I_t + Σ_{t even} I_t",
	Hypotheses: []string{"the tokens of the environment follow a fixed policy"},
	Reading:    ownReading + " Turns alternate, and the policy speaks first.",
	Claims:     []Claim{{Kernel: []string{"Gradient.environment_turn", "Gradient.gradient_characterisation", "Martingale.variance_decomposition"}, Check: verify.Identity(turns[rat], turns[mod])}},
	NearMisses: []NearMiss{
		{Name: "the environment's tokens have gradients", Drops: "the tokens of the environment follow a fixed policy", Check: verify.Identity(turnsFree[rat], turnsFree[mod]), When: twoPositions, Looks: new(longer(moving(needsHarmShared)))},
		{Name: "the variance over the policy's tokens alone", Check: verify.Identity(turnsVariance[rat], turnsVariance[mod]), Looks: new(longer(needsHarmShared))},
		{Name: "no gradient, no information", Check: verify.Rational(turnsSilent), Looks: new(longer(needsHarmShared))},
	},
	Looks: generators.Needs{Harm: true, Kind: model.Shared},
}

// spoken reports whether the policy speaks at position t; the environment speaks
// at the others.
func spoken(t int) bool { return t%2 == 1 }

// fixed returns the tangent with the environment's positions held fixed.
func fixed[E any](w *World[E], tangent [][]E) [][]E {
	d := make([][]E, len(tangent))
	for t := range d {
		d[t] = tangent[t]
		if !spoken(t + 1) {
			d[t] = make([]E, len(tangent[t]))
			for e := range d[t] {
				d[t][e] = w.FromInt(0)
			}
		}
	}
	return d
}

// along returns E[Cov(h_t, s_t|y_<t)], by recursion, along a tangent dP = P·s_t.
func along[E any](w *World[E], t int, tangent [][]E) E {
	return contribution(w, t, tangent, w.Solution().Occupancy[t-1], w.Solution().H[t])
}

// turnsGradient compares the derivative with the environment fixed, by dual
// numbers, with the contributions of the positions that count.
func turnsGradient[E any](w *World[E], claim string, counts func(t int) bool) {
	for _, tangent := range w.Tangents() {
		right := w.FromInt(0)
		for t := 1; t <= w.T(); t++ {
			if counts(t) {
				right = w.Add(right, along(w, t, tangent))
			}
		}
		w.Equal(Place{}, claim, exact.Derivative(w.Ring, w.Family.Numbers, fixed(w, tangent)), right)
	}
}

// turnsInformation compares Var(Harm), by enumeration, with the informations of the
// positions that count.
func turnsInformation[E any](w *World[E], claim string, counts func(t int) bool) {
	right := w.FromInt(0)
	for t, i := range w.Solution().Information {
		if counts(t + 1) {
			right = w.Add(right, i)
		}
	}
	w.Equal(Place{}, claim, w.Oracle().Variance()[0][0], right)
}

func everyTurn(int) bool { return true }

func turns[E any](w *World[E]) {
	turnsGradient(w, "d E[Harm] with fixed environment = Σ_{t odd} E[Cov(h_t, s_t|y_<t)]", spoken)
	turnsInformation(w, "Var(Harm) = Σ_{t odd} I_t + Σ_{t even} I_t", everyTurn)
}

func turnsFree[E any](w *World[E]) {
	turnsGradient(w, "d E[Harm] with fixed environment = Σ_t E[Cov(h_t, s_t|y_<t)]", everyTurn)
}

func turnsVariance[E any](w *World[E]) {
	turnsInformation(w, "Var(Harm) = Σ_{t odd} I_t", spoken)
}

func turnsSilent(w *World[rat]) {
	for t := 2; t <= w.T(); t += 2 {
		w.Equal(verify.At(t, 0), "a position of the environment: G_t = 0 ⇒ I_t = 0", w.Solution().Information[t-1], w.FromInt(0))
	}
}
