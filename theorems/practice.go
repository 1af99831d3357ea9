package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// What is said of the objective in passing, and done with it in practice.

var practiceStatements = []*Statement{xTiltReduces, xPenaltyCost, xTokenKL}

var xTiltReduces = &Statement{
	ID: "x-tilt-reduces", Title: "The harm tilt can favour the token with the higher expected harm", Section: "B.5", Kind: verify.RefutedReading, Twin: "prop-29",
	Formula:    "β = 0: P*(a|x) < P_0(a|x) ⇔ Z(xa) < Z(x), Z(y_≤t) = E_0[e^{−λHarm}|y_≤t]",
	Hypotheses: []string{"tabular: the optimum over all policies", "λ > 0", "prefixes x of positive probability"},
	Reading: "This is a comment on Proposition 29 in Appendix B.5: within the horizon the tilt makes tokens " +
		"that lead to high expected harm less likely. It is read at the optimum for β = 0, where harm alone " +
		"tilts, and at finite λ: of two tokens, the one with the higher h_t under P_0 has no larger ratio " +
		"P*/P_0. At t = T it is true. It fails if the harm of one token is a gamble and that of the other is " +
		"certain, because the tilt rewards the chance of no harm. It is decided in ℚ, for e^{−λ/m} = 1/2, " +
		"9/10 and 1/1000 and harm on the grid j/m.",
	Refuted: &Falsehood{
		Wording: "The harm tilt lowers the probability of the tokens with high expected harm: h_t(xa) > h_t(xb) implies P*(a|x)/P_0(a|x) ≤ P*(b|x)/P_0(b|x).",
		Check:   verify.Rational(tiltByMean),
		Source:  &Source{Smallest: smallestVaried(longer(needsHarm))},
	},
	Story: xTiltReducesStory,
	Saving: "It is true if harm takes only two values. With the soft value in place of expected harm it is " +
		"true in general (the repair). To leading order in λ it is true by an argument that is not checked " +
		"here.",
	Repair: "It is true of the soft value Z in place of the expected harm: the tilt lowers the probability of " +
		"exactly those tokens whose Z is below that of the prefix. The expected harm decides where harm takes " +
		"two values alone.",
	Claims: []Claim{
		{
			Formula: "P*(a|x)·Z(x) = P_0(a|x)·Z(xa)",
			Kernel:  []string{"Optimum.optimal_conditional"},
			Check:   verify.Identity(softValueFree[rat], softValueFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:    []Check{verify.Rational(softValue)},
		},
		{
			Formula: "P*(a|x) < P_0(a|x) ⇔ Z(xa) < Z(x)",
			Check:   verify.Rational(tiltBySoftValue),
		},
		{
			Formula:    "P*(a|x) < P_0(a|x) ⇔ h_t(xa) > h_{t−1}(x)",
			Hypotheses: []string{"harm takes two values"},
			Check:      verify.Rational(tiltOfTwoValues),
		},
	},
	NearMisses: []NearMiss{
		{Name: "Z of the prefix in place of that of the token", Check: verify.Rational(softValueIndex), Looks: &needsHarm},
		{Name: "without the normalisation: P*(a|x) = P_0(a|x)·Z(xa)", Check: verify.Rational(tiltUnnormalised), Looks: &needsHarm},
		{Name: "the mean of the soft values, tokens weighted alike, in place of Z(x)", Check: verify.Rational(tiltByPlainMean), Source: &Source{Smallest: smallestVaried(needsHarm)}},
		{Name: "the expected harm decides whatever values harm takes", Drops: "harm takes two values", Check: verify.Rational(tiltByExpectedHarm), Source: &Source{Smallest: smallestVaried(needsHarm)}},
		{Name: "two values: h_t above the expected harm at the root", Check: verify.Rational(tiltByRoot), Source: &Source{Smallest: smallestVaried(longer(needsHarm))}},
	},
	Looks:  needsHarm,
	Source: gambleSource(),
}

// gambleSource draws prefix trees with positive weights and harm on the grid of
// quarters; on every other one, harm takes two values at most.
func gambleSource() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		shape := []Shape{shape(2, 2), shape(3, 2), shape(2, 3)}[i/2%3]
		var weights [][]int64
		edges := 1
		for range shape.Length {
			edges *= shape.Vocabulary
			weights = append(weights, integers(edges, 1, 4, r))
		}
		harm := integers(edges, 0, 4, r)
		if i%2 == 0 {
			low, high := r.Int64N(4), int64(4)
			for y := range harm {
				harm[y] = []int64{low, high}[harm[y]%2]
			}
		}
		return &model.Case{Instance: generators.Tree(shape.Vocabulary, weights, harm, 4)}
	}}
}

// tiltByMean claims that the token with the higher expected harm gains no more.
func tiltByMean(w *World[rat]) {
	h := w.Solution().H
	for k, u := range tilts(w) {
		s := solveTilted(w, u)
		everyPrefix(w, func(t, x int) {
			if w.IsZero(w.Solution().Occupancy[t-1][x]) {
				w.Vacuous()
				return
			}
			lo, hi := w.Layer(t).Row(x)
			p, q, harm := w.Row(t, x), s.Policy[t-1][lo:hi], w.After(t, x, h[t])
			for a := range p {
				for b := range p {
					if w.SignOf(w.Sub(harm[a], harm[b])) == field.Positive {
						w.AtMost(verify.At(t, x).Where("e^{−λ/m} = %s", tiltBases[k].RatString()),
							"h_t(xa) > h_t(xb) ⇒ P*(a|x)·P_0(b|x) ≤ P*(b|x)·P_0(a|x)", w.Mul(q[a], p[b]), w.Mul(q[b], p[a]))
					}
				}
			}
		})
	}
}

// A tilted token is a token of positive probability behind a prefix of positive
// probability, beside one of the tilted optima.
type tiltedToken struct {
	Place
	t, x, y    int // it leads from state x of layer t−1 to state y of layer t
	base, best rat // P_0(a|x), and P*(a|x) by enumeration of the tilted sequences
	soft       [][]rat
}

// everyTilt runs f at every tilted token, for each tilt.
func everyTilt(w *World[rat], f func(a *tiltedToken)) {
	q, o := rationals(w), w.Oracle()
	for k, u := range tilts(w) {
		law := defined(definition.Tilted(q, o, u))
		soft := exact.Backward(q, w.Family.Numbers, u)
		for t := 1; t <= w.T(); t++ {
			before, after := o.Marginals(law, t-1), o.Marginals(law, t)
			for i := range o.Len() {
				if !o.Opens(i, t) {
					continue
				}
				if w.IsZero(after[i]) {
					w.Vacuous()
					continue
				}
				x, e := o.State(i, t-1), o.Edge(i, t)
				f(&tiltedToken{
					Place: verify.At(t, x).Where("token %d, e^{−λ/m} = %s", w.Layer(t).Token(e), tiltBases[k].RatString()),
					t:     t, x: x, y: o.State(i, t),
					base: w.Family.Prob[t-1][e], best: defined(q.Quo(after[i], before[i])), soft: soft,
				})
			}
		}
	}
}

// lowers reports whether v is less than u.
func lowers(w *World[rat], v, u rat) bool { return rationals(w).Cmp(v, u) < 0 }

func tiltBySoftValue(w *World[rat]) {
	everyTilt(w, func(a *tiltedToken) {
		w.Iff(a.Place, "P*(a|x) < P_0(a|x) ⇔ Z(xa) < Z(x)", lowers(w, a.best, a.base), lowers(w, a.soft[a.t][a.y], a.soft[a.t-1][a.x]))
	})
}

func tiltByPlainMean(w *World[rat]) {
	everyTilt(w, func(a *tiltedToken) {
		after := w.After(a.t, a.x, a.soft[a.t])
		sum := field.Sum(w.Ring, after)
		w.Iff(a.Place, "P*(a|x) < P_0(a|x) ⇔ Z(xa) < mean over b of Z(xb)", lowers(w, a.best, a.base),
			lowers(w, w.Mul(w.FromInt(int64(len(after))), a.soft[a.t][a.y]), sum))
	})
}

func tiltUnnormalised(w *World[rat]) {
	everyTilt(w, func(a *tiltedToken) {
		w.Equal(a.Place, "P*(a|x) = P_0(a|x)·Z(xa)", a.best, w.Mul(a.base, a.soft[a.t][a.y]))
	})
}

// twoValued reports whether harm takes two values at most.
func twoValued(w *World[rat]) bool {
	first, second := w.Family.Harm[0], w.Family.Harm[0]
	for _, h := range w.Family.Harm {
		switch q := rationals(w); {
		case q.Cmp(h, first) == 0 || q.Cmp(h, second) == 0:
		case q.Cmp(first, second) == 0:
			second = h
		default:
			return false
		}
	}
	return true
}

func tiltOfTwoValues(w *World[rat]) {
	if !twoValued(w) {
		w.Vacuous()
		return
	}
	h := w.Oracle().Mean()
	everyTilt(w, func(a *tiltedToken) {
		w.Iff(a.Place, "two values: P*(a|x) < P_0(a|x) ⇔ h_t(xa) > h_{t−1}(x)", lowers(w, a.best, a.base), lowers(w, h[a.t-1][a.x], h[a.t][a.y]))
	})
}

func tiltByExpectedHarm(w *World[rat]) {
	h := w.Oracle().Mean()
	everyTilt(w, func(a *tiltedToken) {
		w.Iff(a.Place, "P*(a|x) < P_0(a|x) ⇔ h_t(xa) > h_{t−1}(x)", lowers(w, a.best, a.base), lowers(w, h[a.t-1][a.x], h[a.t][a.y]))
	})
}

func tiltByRoot(w *World[rat]) {
	if !twoValued(w) {
		w.Vacuous()
		return
	}
	h := w.Oracle().Mean()
	everyTilt(w, func(a *tiltedToken) {
		w.Iff(a.Place, "two values: P*(a|x) < P_0(a|x) ⇔ h_t(xa) > h_0", lowers(w, a.best, a.base), lowers(w, h[0][0], h[a.t][a.y]))
	})
}

var xPenaltyCost = &Statement{
	ID: "x-penalty-cost", Title: "A recovery penalty can lower the KL", Section: "10.1", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Section 10.1",
		Says:    "Recovery penalties increase the total KL divergence.",
		Verdict: verify.Refuted,
		But: "they never lower the cost λE[Harm] + KL. The KL alone may fall, because the penalty may pull " +
			"the policy back towards the base model",
	},
	Formula:    "T = 1: KL(P_η‖P_0) falls as η grows to η* and rises from there on, η* = λ(E_η[Harm|R] − E_η[Harm|not R]); λE_η[Harm] + KL(P_η‖P_0) rises throughout",
	Hypotheses: []string{"T = 1", "P_0 positive, R neither empty nor everything", "λ, β ≥ 0; P_η the minimiser of eq. 43, η = βγ"},
	Reading: "Section 10.1 says in passing that reaching later positions by recovery penalties adds to the " +
		"total divergence. It is read for one instance: the minimiser with the penalty has no smaller KL " +
		"from P_0 than that without. If it is read of the cost λE[Harm] + KL, with which the penalty " +
		"competes, it is true at every T: comparing each minimiser in the objective of the other shows that " +
		"a larger β leaves no more failures, and so no less of that cost. The claims are decided at T = 1, " +
		"where the minimiser has the closed form P_η ∝ P_0·exp(−λHarm + η·1[R]). Given whether the token is " +
		"in R, its law is the same for every η, so η* is a single number.",
	Refuted: &Falsehood{
		Wording: "Recovery penalties increase the total KL: that of the minimiser of eq. 43 is no smaller at β > 0 than at β = 0.",
		Check:   verify.Interval(penaltyRaisesKL),
		Source:  &Source{Smallest: penaltyCases(needsHarmRecovery)},
	},
	Story: xPenaltyCostStory,
	Saving: "It is true of the cost λE[Harm] + KL (the repair), and of the positions beyond the horizon by " +
		"themselves, which have no KL without a penalty (rem-3).",
	Repair: "λE[Harm] + KL of the minimiser does not fall as β grows. With harm that does not vary, that is a " +
		"claim about the KL alone. Otherwise the penalty may give back what the harm had paid for, and the KL " +
		"falls: at T = 1 exactly while η < η*.",
	Claims: []Claim{
		{
			Formula: "L(P) − L(P_η) = KL(P‖P_η) for every P, L = λE[Harm] + KL + η·P(y∉R)",
			Kernel:  []string{"Training.one_position_excess", "Training.penalty_optimum_form"},
			Check:   verify.Identity(uniqueAtOneFree[rat], uniqueAtOneFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:    []Check{verify.Agreement(uniqueAtOne)},
		},
		{
			Formula: "0 ≤ η' < η ⇒ λE[Harm] + KL at P_η' < λE[Harm] + KL at P_η",
			Kernel:  []string{"Training.penalty_costs", "Training.penalty_optimum_form"},
			Check:   verify.Interval(penaltyCost),
		},
		{
			Formula:    "0 ≤ η' < η ⇒ KL(P_η‖P_0) < KL(P_η'‖P_0)",
			Hypotheses: []string{"η < η*"},
			Check:      verify.Interval(penaltySaves),
		},
		{
			Formula:    "0 ≤ η' < η ⇒ KL(P_η'‖P_0) < KL(P_η‖P_0)",
			Hypotheses: []string{"η' > η*"},
			Check:      verify.Interval(penaltyCosts),
		},
	},
	NearMisses: []NearMiss{
		{Name: "L(P) − L(P_η) = KL(P_η‖P)", Check: verify.Identity(uniqueAtOneReversed[rat], uniqueAtOneReversed[mod])},
		{Name: "λE[Harm] alone does not fall", Check: verify.Interval(penaltyHarm), Source: &Source{Smallest: penaltyCases(needsHarmRecovery)}},
		{Name: "harm without its weight λ: E[Harm] + KL", Check: verify.Interval(penaltyUnweighted), Source: &Source{Smallest: penaltyCases(generators.Needs{Harm: true, Recovery: true, Lambda: true})}},
		{Name: "λE[Harm] + KL stays the same", Check: verify.Interval(penaltyFree), Source: &Source{Smallest: penaltyCases(needsRecovery)}},
		{Name: "the KL falls at every η, if η* > 0", Drops: "η < η*", Check: verify.Interval(penaltySavesAlways), Source: &Source{Smallest: penaltyCases(generators.Needs{Harm: true, Recovery: true, Lambda: true, Penalty: true})}},
		{Name: "the KL falls until η = 2η*", Check: verify.Interval(penaltySavesTwice), Source: &Source{Smallest: penaltyCases(generators.Needs{Harm: true, Recovery: true, Penalty: true})}},
	},
	Source: &Source{Draw: drawPenalty},
}

// drawPenalty draws a single token of two to four, with R neither empty nor everything;
// the penalty is often smaller than what the harm of R makes up for.
func drawPenalty(seed uint64, i int) *model.Case {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	v := 2 + i%3
	in := generators.Tree(v, [][]int64{integers(v, 1, 5, r)}, integers(v, 0, 8, r), 8)
	for a := range v {
		if a == 0 || a+1 < v && r.IntN(2) == 0 {
			in.Recovery = append(in.Recovery, a)
		}
	}
	in.Lambda = big.NewRat(1+r.Int64N(12), 2)
	in.Beta, in.Gamma = big.NewRat(1+r.Int64N(8), 4), big.NewRat(2, 2+r.Int64N(3))
	return &model.Case{Instance: in}
}

// penaltyCases runs through the small cases of one token.
func penaltyCases(needs generators.Needs) func() iter.Seq[*model.Case] {
	return mapped(smallestDeep(needs), func(c *model.Case) *model.Case {
		if c.Length() > 1 {
			return nil
		}
		return c
	})
}

// A penalised optimum is the minimiser of the objective of one token.
type penalisedOptimum struct {
	eta      enc
	harm, kl enc // λE[Harm] and KL(P_η‖P_0)
	plain    enc // E[Harm]
	worth    enc // η* = λ(E_η[Harm|R] − E_η[Harm|not R])
}

// penalties are the fractions of the η of a case at which its minimisers are compared.
var penalties = []int64{0, 1, 2, 4}

// penalisedOptima returns the minimisers for η·n/4, n in penalties; nil where nothing is claimed.
func penalisedOptima(w *World[enc]) []*penalisedOptimum {
	if w.T() > 1 || !positiveBase(w) || !proper(w.Case) || w.Case.Beta.Sign() == 0 {
		w.Vacuous()
		return nil
	}
	f, o := interval(w), w.Objective()
	var list []*penalisedOptimum
	for _, n := range penalties {
		p := &penalisedOptimum{eta: f.Mul(fraction(w, n, 4), eta(w, 1))}
		row, err := tilted(w, 1, 0, func(e int) enc {
			return w.Sub(recovering(w, 1, e, p.eta), w.Mul(o.Lambda, w.Family.Harm[w.Layer(1).Next(e)]))
		})
		if err != nil {
			undecided(w, err)
			return nil
		}
		d := deepAt(w, w.Family.Numbers, o, [][]enc{row})
		if d == nil {
			return nil
		}
		harm, fails := w.After(1, 0, w.Family.Harm), failures(w, 1, 0)
		p.harm, p.kl, p.plain = d.Harm, d.KL[0], w.Dot(row, harm)
		p.worth = f.Mul(o.Lambda, f.Sub(meanWhere(w, row, harm, complement(w, fails)), meanWhere(w, row, harm, fails)))
		list = append(list, p)
	}
	return list
}

// meanWhere returns Σ_a p_a·v_a·c_a / Σ_a p_a·c_a.
func meanWhere(w *World[enc], p, v, c []enc) enc {
	return defined(interval(w).Quo(triple(w, p, v, c), w.Dot(p, c)))
}

// everyPenalty runs f for every two of the penalties, the smaller first.
func everyPenalty(w *World[enc], f func(at Place, less, more *penalisedOptimum)) {
	list := penalisedOptima(w)
	for i := range list {
		for j := range i {
			f(verify.At(1, 0).Where("η' = %d/4 of η_1, η = %d/4 of η_1", penalties[j], penalties[i]), list[j], list[i])
		}
	}
}

func penaltyRaisesKL(w *World[enc]) {
	if list := penalisedOptima(w); list != nil {
		last := list[len(list)-1]
		w.AtMost(verify.At(1, 0), "KL(P_0*‖P_0) ≤ KL(P_η‖P_0), η = βγ", list[0].kl, last.kl)
	}
}

func penaltyCost(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		w.Less(at, "η' < η ⇒ λE[Harm] + KL at P_η' < at P_η", w.Add(less.harm, less.kl), w.Add(more.harm, more.kl))
	})
}

func penaltyHarm(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		w.AtMost(at, "η' < η ⇒ λE[Harm] at P_η' ≤ at P_η", less.harm, more.harm)
	})
}

func penaltyUnweighted(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		w.AtMost(at, "η' < η ⇒ E[Harm] + KL at P_η' ≤ at P_η", w.Add(less.plain, less.kl), w.Add(more.plain, more.kl))
	})
}

func penaltyFree(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		w.Meet(at, "η' < η ⇒ λE[Harm] + KL at P_η' = at P_η", w.Add(less.harm, less.kl), w.Add(more.harm, more.kl))
	})
}

// surely reports whether v < u for certain.
func surely(w *World[enc], v, u enc) bool { return w.SignOf(w.Sub(u, v)) == field.Positive }

func penaltySaves(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		if !surely(w, more.eta, more.worth) {
			w.Vacuous()
			return
		}
		w.Less(at, "η' < η < η* ⇒ KL(P_η‖P_0) < KL(P_η'‖P_0)", more.kl, less.kl)
	})
}

func penaltyCosts(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		if !surely(w, less.worth, less.eta) {
			w.Vacuous()
			return
		}
		w.Less(at, "η* < η' < η ⇒ KL(P_η'‖P_0) < KL(P_η‖P_0)", less.kl, more.kl)
	})
}

func penaltySavesAlways(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		if !surely(w, w.FromInt(0), more.worth) {
			w.Vacuous()
			return
		}
		w.AtMost(at, "η* > 0, η' < η ⇒ KL(P_η‖P_0) ≤ KL(P_η'‖P_0)", more.kl, less.kl)
	})
}

func penaltySavesTwice(w *World[enc]) {
	everyPenalty(w, func(at Place, less, more *penalisedOptimum) {
		if !surely(w, more.eta, w.Mul(w.FromInt(2), more.worth)) {
			w.Vacuous()
			return
		}
		w.AtMost(at, "η' < η < 2η* ⇒ KL(P_η‖P_0) ≤ KL(P_η'‖P_0)", more.kl, less.kl)
	})
}
