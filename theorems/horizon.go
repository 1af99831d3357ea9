package theorems

import (
	"slices"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 6: the harm horizon, and no gradient beyond it.

var horizonStatements = []*Statement{theorem9, theorem10, xTheorem10Converse, remark3, xTheorem10Support, xRemark3}

var theorem9 = &Statement{
	ID: "thm-9", Title: "Harm horizon", Section: "6",
	Sentence: verify.Sentence{Says: "There is no harm information beyond position k exactly if the first k " +
		"tokens decide harm.", But: "almost surely"},
	Formula: "I_t = 0 for all t > k ⇔ Harm = g(y_≤k) almost surely; the horizon is the least such k",
	Reading: "Almost surely: sequences of probability zero do not count. A side that holds for k holds for " +
		"k+1, so both directions amount to the equality of the two least k.",
	Claims: []Claim{
		{
			Formula: "least k with I_t = 0 for all t > k = least k with Harm = g(y_≤k) almost surely",
			Kernel:  []string{"Horizon.horizon"},
			Check:   verify.Rational(thm9),
		},
		{
			Formula: "Harm = g(y_≤k) ⇒ I_t = 0 for all t > k, for every g",
			Kernel:  []string{"Horizon.horizon"},
			Check:   verify.Identity(thm9Planted[rat], thm9Planted[mod]).Within(verify.Limits{Leaves: decidedLeaves}),
		},
		{
			Formula: "Σ_{t>k} I_t = E[(Harm − h_k)²], which is 0 only where Harm = h_k(y_≤k) almost surely",
			Kernel:  []string{"Horizon.distance_to_decided", "Horizon.decided_by_mean"},
			Check:   verify.Identity(thm9Squares[rat], thm9Squares[mod]).Within(verify.Limits{Leaves: decidedLeaves}),
		},
	},
	NearMisses: []NearMiss{
		{Name: "harm decided by k tokens: I_k = 0 too", Check: verify.Identity(thm9PlantedEarly[rat], thm9PlantedEarly[mod])},
		{Name: "Σ_{t>k} I_t = E[(Harm − h_{k+1})²]", Check: verify.Identity(thm9SquaresLate[rat], thm9SquaresLate[mod])},
		{Name: "Harm = g(y_≤k) on every sequence", Drops: "almost surely", Check: verify.Rational(thm9Surely)},
		{Name: "I_k = 0 at one position suffices", Check: verify.Rational(thm9OnePosition), Looks: new(longer(needsHarmZeros))},
		{Name: "the horizon is the number of positions with I_t > 0", Check: verify.Rational(thm9Count), Looks: new(longer(needsHarmZeros))},
	},
	Looks: needsHarmZeros,
}

// informationHorizon returns the least k with I_t = 0 for all t > k, for the
// given informations.
func informationHorizon(w *World[rat], information []rat) int {
	for k := len(information); k > 0; k-- {
		if !w.IsZero(information[k-1]) {
			return k
		}
	}
	return 0
}

func thm9(w *World[rat]) {
	k := informationHorizon(w, w.Solution().Information)
	w.Same(Place{}, "least k with I_t = 0 for t > k = least k with Harm = g(y_≤k) almost surely", k, w.Oracle().Horizon())
	w.Same(Place{}, "horizon from supports and integers = from I_t", exact.Horizon(w.Family.Process), k)
}

func thm9Surely(w *World[rat]) {
	w.Same(Place{}, "least k with I_t = 0 for t > k = least k with Harm = g(y_≤k) on every sequence",
		informationHorizon(w, w.Solution().Information), sureHorizon(w))
}

// sureHorizon returns the least k with Harm = g(y_≤k) on every sequence, those of
// probability zero too.
func sureHorizon(w *World[rat]) int {
	// The same process with every weight positive has the same sequences, all possible.
	p := w.Family.Process
	positive := make([]model.Naturals, p.Length())
	for t := range positive {
		positive[t] = model.NaturalsOf(slices.Repeat([]int64{1}, p.Layer(t+1).Edges())...)
	}
	s := defined(definition.List(mustModel(p.Under(positive))))
	return s.Horizon()
}

func thm9OnePosition(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Implies(verify.At(t, 0), "I_t = 0 ⇒ t beyond the horizon", w.IsZero(w.Solution().Information[t-1]), t > w.Oracle().Horizon())
	}
}

func thm9Count(w *World[rat]) {
	n := 0
	for _, i := range w.Solution().Information {
		if !w.IsZero(i) {
			n++
		}
	}
	w.Same(Place{}, "horizon = number of positions with I_t > 0", w.Oracle().Horizon(), n)
}

func thm9Planted[E any](w *World[E]) {
	eachDecided(w, func(v *World[E], k int) {
		for t := k + 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0).Where("k = %d", k), "Harm = g(y_≤k) ⇒ I_t = 0", v.Solution().Information[t-1], w.FromInt(0))
		}
	})
}

func thm9PlantedEarly[E any](w *World[E]) {
	eachDecided(w, func(v *World[E], k int) {
		for t := max(k, 1); t <= w.T(); t++ {
			w.Equal(verify.At(t, 0).Where("k = %d", k), "Harm = g(y_≤k) ⇒ I_t = 0 for t ≥ k", v.Solution().Information[t-1], w.FromInt(0))
		}
	})
}

// squaresFrom compares Σ_{t>k} I_t, by recursion, with E[(Harm − h_{k+shift})²], by
// enumeration.
func squaresFrom[E any](w *World[E], claim string, shift int) {
	o := w.Oracle()
	for k := range w.T() {
		square := make([]E, o.Len())
		for i, h := range o.Harm() {
			square[i] = field.Square(w.Ring, w.Sub(h, o.Mean()[k+shift][o.State(i, k+shift)]))
		}
		w.Equal(verify.At(k+1, 0), claim, field.Sum(w.Ring, w.Solution().Information[k:]), o.Expectation(square))
	}
}

func thm9Squares[E any](w *World[E]) { squaresFrom(w, "Σ_{t>k} I_t = E[(Harm − h_k)²]", 0) }

func thm9SquaresLate[E any](w *World[E]) { squaresFrom(w, "Σ_{t>k} I_t = E[(Harm − h_{k+1})²]", 1) }

var theorem10 = &Statement{
	ID: "thm-10", Title: "Zero gradient beyond the horizon", Section: "6",
	Sentence: verify.Sentence{
		Says: "Positions beyond the harm horizon contribute nothing to the gradient.",
		But:  "for every parameterisation, shared parameters included, at every prefix of positive probability",
	},
	Formula:    "t > k ⇒ Cov(h_t, s_t | y_<t) = 0 at every prefix of positive probability, hence G_t = 0",
	Hypotheses: []string{"the prefix has positive probability", "t > k"},
	Claims: []Claim{
		{
			Formula:    "t > k ⇒ Cov(h_t, s_t|y_<t) = 0, G_t = 0",
			Hypotheses: []string{"Harm = g(y_≤k) almost surely"},
			Kernel:     []string{"Horizon.zero_contribution", "Horizon.zero_gradient"},
			Check:      verify.Rational(thm10),
		},
		{
			Formula:    "Harm = g(y_≤k) ⇒ C_t = 0 at every prefix and G_t = 0 for all t > k, along every direction in which the policy may move, for every g",
			Hypotheses: []string{"Harm = g(y_≤k) on every sequence"},
			Kernel:     []string{"Directions.decided_slope", "Directions.decided_contribution"},
			Check:      verify.Identity(thm10Planted[rat], thm10Planted[mod]).Within(verify.Limits{Leaves: decidedLeaves}),
		},
	},
	NearMisses: []NearMiss{
		{Name: "harm decided by k tokens: G_k = 0 too", Check: verify.Identity(thm10PlantedEarly[rat], thm10PlantedEarly[mod]), Looks: new(moving(needsHarmSharedZeros))},
		{Name: "every prefix, those of probability zero too", Drops: "the prefix has positive probability", Check: verify.Rational(thm10Everywhere), Looks: new(longer(needsHarmZeros)), Source: impossibleSource()},
		{Name: "t ≥ k", Drops: "t > k", Check: verify.Rational(thm10AtHorizon)},
	},
	Looks: needsHarmSharedZeros,
}

// zeroBeyond claims C_t(x) = 0 and G_t = 0 for t > k + shift, by recursion and by
// enumeration.
func zeroBeyond(w *World[rat], claim string, shift int, everywhere bool) {
	score := w.Oracle().Score(*w.Family.Param)
	zero, m := w.FromInt(0), w.Solution()
	for t := max(1, w.Oracle().Horizon()+1+shift); t <= w.T(); t++ {
		for x := range w.States(t) {
			if !everywhere && w.IsZero(m.Occupancy[t-1][x]) {
				continue
			}
			for _, c := range exact.HarmCovariance(w.Ring, w.Family, m, t, x) {
				w.Equal(verify.At(t, x), claim, c, zero)
			}
			for _, c := range score.Local(t, x) {
				w.Equal(verify.At(t, x), claim+", by definition", c, zero)
			}
		}
		for _, g := range score.Position(t, w.Oracle().Harm()) {
			w.Equal(verify.At(t, 0), "G_t = 0", g, zero)
		}
	}
	if w.Oracle().Horizon() == w.T() {
		w.Vacuous()
	}
}

// silentFrom claims that where k tokens decide the harm nothing moves it at the positions
// from k + 1 + shift on.
func silentFrom[E any](w *World[E], shift int) {
	zero := w.FromInt(0)
	eachDecided(w, func(v *World[E], k int) {
		h := v.Solution().H
		for t := max(1, k+1+shift); t <= w.T(); t++ {
			at := verify.At(t, 0).Where("k = %d", k)
			for _, tangent := range w.Tangents() {
				w.Equal(at, "Harm = g(y_≤k) ⇒ G_t = 0 along dP", v.Oracle().Derivative(v.Oracle().Harm(), tangent)[t-1], zero)
				for x := range w.States(t) {
					lo, hi := w.Layer(t).Row(x)
					w.Equal(verify.At(t, x).Where("k = %d", k), "Harm = g(y_≤k) ⇒ C_t = 0 along dP", w.Dot(tangent[t-1][lo:hi], v.After(t, x, h[t])), zero)
				}
			}
		}
	})
}

func thm10Planted[E any](w *World[E]) { silentFrom(w, 0) }

func thm10PlantedEarly[E any](w *World[E]) { silentFrom(w, -1) }

func thm10(w *World[rat]) { zeroBeyond(w, "Cov(h_t, s_t|y_<t) = 0, t > k", 0, false) }

func thm10Everywhere(w *World[rat]) { zeroBeyond(w, "Cov(h_t, s_t|y_<t) = 0, t > k", 0, true) }

func thm10AtHorizon(w *World[rat]) { zeroBeyond(w, "Cov(h_t, s_t|y_<t) = 0, t ≥ k", -1, false) }

var xTheorem10Converse = &Statement{
	ID: "x-thm-10-converse", Title: "A zero gradient does not mean that there is no harm information", Section: "6", Kind: verify.Needed, Twin: "thm-10",
	Formula: "G_t = 0 ⇏ I_t = 0",
	Refuted: &Falsehood{
		Wording: "If F̄_t is positive definite and G_t = 0, then I_t = 0.",
		Check:   verify.Rational(thm10Converse),
		Source:  orthogonalSource(),
	},
	Reading: "The paper does not claim the converse.",
	Story:   xTheorem10ConverseStory,
	Repair:  "For tabular policies G_t = 0 ⇔ I_t = 0: the gradient blocks P(x)·P(a|x)·(h_t(xa) − h_{t−1}(x)) vanish together only without information.",
	Claims: []Claim{{
		Formula:    "G_t = 0 ⇔ I_t = 0",
		Hypotheses: []string{"tabular"},
		Check:      verify.Rational(thm10TabularConverse),
	}},
	NearMisses: []NearMiss{
		{Name: "the converse for log-linear policies", Drops: "tabular", Check: verify.Rational(thm10Converse), Source: orthogonalSource()},
		{Name: "tabular: G_t = 0 ⇔ t > k", Check: verify.Rational(thm10TabularHorizon), Looks: new(longer(needsHarmZeros))},
	},
	Looks: generators.Needs{Harm: true, Kind: model.Shared},
}

func thm10Converse(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if !definite(w, t) || !allZero(w, exact.Gradient(w.Ring, w.Family, w.Solution(), t)) {
			w.Vacuous()
			continue
		}
		w.Equal(verify.At(t, 0), "F̄_t ≻ 0 and G_t = 0 ⇒ I_t = 0", w.Oracle().Information(t), w.FromInt(0))
	}
}

// definite reports whether F̄_t is positive definite in the parameters that
// position t reads. That of the tabular family never is: logits are defined up
// to a constant.
func definite(w *World[rat], t int) bool {
	if w.Family.Param.Tabular() {
		return false
	}
	return rankOf(w, w.MeanFisher(w.Solution().Occupancy[t-1], t)) == w.Family.Param.Block(w.Family.Process, t)
}

func thm10TabularConverse(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		silent := allZero(w, exact.Gradient(w.Ring, tabular(w), w.Solution(), t))
		w.Iff(verify.At(t, 0), "tabular: G_t = 0 ⇔ I_t = 0", silent, w.IsZero(w.Oracle().Information(t)))
	}
}

func thm10TabularHorizon(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		silent := allZero(w, exact.Gradient(w.Ring, tabular(w), w.Solution(), t))
		w.Iff(verify.At(t, 0), "tabular: G_t = 0 ⇔ t > k", silent, t > w.Oracle().Horizon())
	}
}

var remark3 = &Statement{
	ID: "rem-3", Title: "The optimum stays at the base model beyond the horizon", Section: "6",
	Sentence: verify.Sentence{
		Says:    "Later positions remain at the base model distribution, and that is optimal.",
		Verdict: verify.HoldsIf,
		But:     "no parameters are shared between positions. With shared parameters later positions move, as the paper's Appendix A concedes",
	},
	Formula:    "P* ∝ P_0·e^{−λHarm} ⇒ P*(·|y_<t) = P_0(·|y_<t) for t > k at every prefix that P_0 reaches, for every λ",
	Hypotheses: []string{"P_0(y_<t) > 0", "tabular: the optimum over all policies"},
	Reading:    "Checked at e^{−λ/m} = 1/2, 9/10 and 1/1000 for harm on the grid j/m, where P* is rational.",
	Claims: []Claim{
		{
			Formula:    "P*(a|y_<t) = P_0(a|y_<t) for t > k at every prefix that P_0 reaches",
			Hypotheses: []string{"Harm = g(y_≤k) almost surely"},
			Kernel:     []string{"Optimum.base_beyond_horizon", "Optimum.optimum_least", "Optimum.optimum_unique"},
			Check:      verify.Rational(rem3),
		},
		{
			Formula:    "P*(y_≤t)·Z(x) = P*(y_<t)·P_0(a|x)·Z(x) for t > k, P* ∝ P_0·u(y_≤k), for every u = e^{−λg}",
			Hypotheses: []string{"Harm = g(y_≤k) on every sequence"},
			Kernel:     []string{"Optimum.decided_marginal", "Optimum.optimal_marginal"},
			Check:      verify.Identity(baseBeyondFree[rat], baseBeyondFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
		},
	},
	NearMisses: []NearMiss{
		{Name: "harm decided by k tokens: P* = P_0 at t = k too", Check: verify.Identity(baseBeyondFreeEarly[rat], baseBeyondFreeEarly[mod])},
		{Name: "t ≥ k", Drops: "t > k", Check: verify.Rational(rem3AtHorizon)},
		{Name: "every prefix, those of probability zero too", Drops: "P_0(y_<t) > 0", Check: verify.Rational(rem3Everywhere), Source: impossibleSource(), Looks: new(longer(needsHarmZeros))},
	},
	Looks: needsHarmZeros,
}

// baseBeyond claims P* = P_0 for t > k + shift.
func baseBeyond(w *World[rat], shift int, everywhere bool) {
	f, o, m := rationals(w), w.Oracle(), w.Solution()
	k := o.Horizon()
	for i, u := range tilts(w) {
		s := defined(exact.SolveTilted(f, w.Family.Numbers, u)) // positive tilts make positive soft values
		law := defined(definition.Tilted(f, o, u))
		tilt := "e^{−λ/m} = " + tiltBases[i].RatString()
		for t := max(1, k+1+shift); t <= w.T(); t++ {
			for x := range w.States(t) {
				if !everywhere && w.IsZero(m.Occupancy[t-1][x]) {
					continue
				}
				lo, _ := w.Layer(t).Row(x)
				for j, p := range w.Row(t, x) {
					w.Equal(verify.At(t, x).Where("%s", tilt), "P*(a|y_<t) = P_0(a|y_<t)", s.Policy[t-1][lo+j], p)
				}
			}
			// By definition: P*(y_≤t) = P*(y_<t)·P_0(y_t|y_<t) for the marginals of
			// the tilted law.
			before, after := o.Marginals(law, t-1), o.Marginals(law, t)
			for j := range o.Len() {
				if o.Opens(j, t) && (everywhere || o.Reached(j, t-1)) {
					w.Equal(verify.At(t, o.State(j, t-1)).Where("%s", tilt), "P*(a|y_<t) = P_0(a|y_<t), by definition", after[j], f.Mul(before[j], w.Family.Prob[t-1][o.Edge(j, t)]))
				}
			}
		}
	}
	if k == w.T() {
		w.Vacuous()
	}
}

func rem3(w *World[rat]) { baseBeyond(w, 0, false) }

func rem3AtHorizon(w *World[rat]) { baseBeyond(w, -1, false) }

func rem3Everywhere(w *World[rat]) { baseBeyond(w, 0, true) }

var xTheorem10Support = &Statement{
	ID: "x-thm-10-support", Title: "Off the support harm may still be open", Section: "6", Kind: verify.Needed, Twin: "thm-10",
	Formula:    "t > k ⇒ Cov(h_t, s_t|y_<t) = 0 at every prefix of positive probability; at every prefix where k is the horizon on all sequences",
	Hypotheses: []string{"t > k"},
	Reading: "The paper's proofs say almost surely. Read in this way the theorem holds (thm-10). The horizon " +
		"of thm-9 is almost sure: it says nothing about sequences of probability zero. If harm is a function " +
		"of the first k tokens on every sequence, the theorem holds at every prefix.",
	Refuted: &Falsehood{
		Wording: "t > k implies Cov(h_t, s_t | y_<t) = 0 for every prefix y_<t.",
		Check:   verify.Rational(thm10Everywhere),
		Source:  impossibleSource(),
	},
	Story:  xTheorem10SupportStory,
	Repair: "It holds almost surely. With a horizon that counts sequences of probability zero too, it holds at every prefix.",
	Claims: []Claim{
		{
			Formula:    "t > k ⇒ Cov(h_t, s_t|y_<t) = 0, G_t = 0",
			Hypotheses: []string{"the prefix has positive probability"},
			Check:      verify.Rational(thm10),
		},
		{
			Formula:    "t > k ⇒ Cov(h_t, s_t|y_<t) = 0 at every prefix",
			Hypotheses: []string{"Harm = g(y_≤k) on every sequence"},
			Check:      verify.Rational(supportSure),
		},
	},
	NearMisses: []NearMiss{
		{Name: "every prefix, with the almost sure horizon", Drops: "the prefix has positive probability", Check: verify.Rational(thm10Everywhere), Source: impossibleSource(), Looks: new(longer(needsHarmZeros))},
		{Name: "t ≥ k, with the sure horizon", Drops: "t > k", Check: verify.Rational(supportSureAt)},
	},
	Looks: needsHarmZeros,
}

// sureZero claims C_t(x) = 0 at every prefix for t > k + shift, k the horizon on
// every sequence.
func sureZero(w *World[rat], claim string, shift int) {
	score := w.Oracle().Score(*w.Family.Param)
	k := sureHorizon(w)
	if k == w.T() {
		w.Vacuous()
	}
	for t := max(1, k+1+shift); t <= w.T(); t++ {
		for x := range w.States(t) {
			for _, c := range score.Local(t, x) {
				w.Equal(verify.At(t, x), claim, c, w.FromInt(0))
			}
		}
	}
}

func supportSure(w *World[rat]) {
	sureZero(w, "Cov(h_t, s_t|y_<t) = 0, t > k on every sequence", 0)
}

func supportSureAt(w *World[rat]) {
	sureZero(w, "Cov(h_t, s_t|y_<t) = 0, t ≥ k on every sequence", -1)
}
