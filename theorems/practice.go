package theorems

import (
	"math/rand/v2"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// What is said of the objective in passing, and done with it in practice.

var practiceStatements = []*Statement{xTiltReduces}

var xTiltReduces = &Statement{
	ID: "x-tilt-reduces", Title: "The harm tilt can favour the token with the higher expected harm", Section: "9.3", Kind: verify.RefutedReading,
	Formula:    "β = 0: P*(a|x) < P_0(a|x) ⇔ Z(xa) < Z(x), Z(y_≤t) = E_0[e^{−λHarm}|y_≤t]",
	Hypotheses: []string{"tabular: the optimum over all policies", "λ > 0", "prefixes x of positive probability"},
	Reading:    "The comment on Proposition 29 in Section 9.3, on the tilt within the horizon: tokens that lead to high expected harm become less likely. It is read of the optimum at β = 0, where harm alone tilts, at a finite λ: of two tokens, the one with the higher h_t under P_0 gains no more by P*/P_0. To leading order in λ that is true, and it is true at every λ where harm takes two values alone, as it is at t = T. It fails where the harm of one token is a gamble and that of the other is certain: the tilt rewards the chance of no harm. It is decided in ℚ, for e^{−λ/m} = 1/2, 9/10 and 1/1000 and harm on the grid j/m.",
	Refuted: &Falsehood{
		Wording: "The harm tilt lowers the probability of the tokens with high expected harm: h_t(xa) > h_t(xb) implies P*(a|x)/P_0(a|x) ≤ P*(b|x)/P_0(b|x).",
		Check:   verify.Rational(tiltByMean),
		Source:  &Source{Smallest: smallestWhere(needsHarm, varied)},
	},
	Repair: "It is true of the soft value Z in place of the expected harm: the tilt lowers the probability of exactly those tokens whose Z is below that of the prefix. The expected harm decides where harm takes two values alone.",
	Claims: []Claim{
		{
			Formula: "P*(a|x)·Z(x) = P_0(a|x)·Z(xa)",
			Check:   verify.Rational(softValue),
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
		{Name: "the mean of the soft values, tokens weighted alike, in place of Z(x)", Check: verify.Rational(tiltByPlainMean), Source: &Source{Smallest: smallestWhere(needsHarm, varied)}},
		{Name: "the expected harm decides whatever values harm takes", Drops: "harm takes two values", Check: verify.Rational(tiltByExpectedHarm), Source: &Source{Smallest: smallestWhere(needsHarm, varied)}},
		{Name: "two values: h_t above the expected harm at the root", Check: verify.Rational(tiltByRoot), Source: &Source{Smallest: smallestWhere(needsHarm, varied)}},
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
		sum := w.FromInt(0)
		for _, z := range after {
			sum = w.Add(sum, z)
		}
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
