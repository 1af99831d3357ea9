package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// Section 5: the gradient of expected harm.

var gradientStatements = []*Statement{equation19, equation22, equation23, theorem8}

var equation19 = &Statement{
	ID: "eq-19", Title: "Policy gradient identity", Section: "5",
	Sentence:   verify.Sentence{Says: "The gradient of an expectation is the expectation of the function times the score."},
	Formula:    "∇E[f] = E[f·∇log P_θ(y)]",
	Hypotheses: []string{"f does not depend on θ"},
	Reading:    "Along a tangent dP of the conditionals, P·∇log P is Σ_t dP_t·Π_{u≠t}P_u: no division, and every smooth parameterisation at once.",
	Claims: []Claim{
		{
			Formula: "∇E[f] = E[f·∇log P_θ(y)]",
			Kernel:  []string{"Gradient.policy_gradient"},
			Check:   verify.Identity(eq19[rat], eq19[mod]),
			Also:    []Check{verify.Rational(eq19Scores)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "f depends on θ: f = P(y)·Harm(y)", Drops: "f does not depend on θ", Check: verify.Identity(eq19Dependent[rat], eq19Dependent[mod])},
		{Name: "the score of the last position alone", Check: verify.Identity(eq19Last[rat], eq19Last[mod]), Looks: new(longer(moving(needsHarmShared)))},
	},
	Looks: needsHarmShared,
}

// testAlong returns the test function of the last layer per complete sequence.
func testAlong[E any](w *World[E]) []E {
	o := w.Oracle()
	f := make([]E, o.Len())
	for i := range f {
		f[i] = w.Test()[w.T()][o.State(i, w.T())]
	}
	return f
}

func eq19[E any](w *World[E]) {
	pt := w.Family.WithHarm(w.Test()[w.T()])
	for _, tangent := range w.Tangents() {
		w.Equal(Place{}, "d E[f] = E[f·d log P]",
			exact.Derivative(w.Ring, pt, tangent), field.Sum(w.Ring, w.Oracle().Derivative(testAlong(w), tangent)))
	}
}

// eq19Scores compares with the scores of the case's own parameterisation.
func eq19Scores(w *World[rat]) {
	pt := w.Family.WithHarm(w.Test()[w.T()])
	g := w.Oracle().Score(*w.Family.Param).Gradient(testAlong(w))
	for k, i := range verify.Parameters(w.Family) {
		w.Equal(Place{}, "∂_i E[f] = E[f·∂_i log P]", exact.Derivative(w.Ring, pt, w.Tangents()[k]), g[i])
	}
}

func eq19Dependent[E any](w *World[E]) {
	// ∇E[P·Harm] is twice E[P·Harm·∇log P], because P itself moves.
	o := w.Oracle()
	f := o.Harm()
	for i, p := range o.Joint() {
		f[i] = w.Mul(f[i], p)
	}
	for _, tangent := range w.Tangents() {
		once := field.Sum(w.Ring, o.Derivative(f, tangent))
		w.Equal(Place{}, "d E[f_θ] = E[f_θ·d log P]", w.Add(once, once), once)
	}
}

func eq19Last[E any](w *World[E]) {
	pt := w.Family.WithHarm(w.Test()[w.T()])
	for _, tangent := range w.Tangents() {
		w.Equal(Place{}, "d E[f] = E[f·s_T]", exact.Derivative(w.Ring, pt, tangent), w.Oracle().Derivative(testAlong(w), tangent)[w.T()-1])
	}
}

var equation22 = &Statement{
	ID: "eq-22", Title: "Earlier innovations do not see later scores", Section: "5",
	Sentence: verify.Sentence{Says: "An earlier innovation has no correlation with a later score."},
	Formula:  "E[Δ_s·s_t] = 0 for s < t; all pairs at once: Σ_{s<t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
	Claims: []Claim{
		{
			Formula: "E[Δ_s·s_t] = 0 for s < t",
			Kernel:  []string{"Gradient.earlier_innovations"},
			Check:   verify.Identity(eq22[rat], eq22[mod]),
		},
		{
			Formula: "Σ_{s<t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
			Kernel:  []string{"Gradient.earlier_innovations"},
			Check:   verify.Identity(eq22AllPairs[rat], eq22AllPairs[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "s ≤ t", Check: verify.Identity(eq22Diagonal[rat], eq22Diagonal[mod])},
		{Name: "a tangent that does not sum to zero", Drops: "Σ_a dP(a|x) = 0", Check: verify.Identity(eq22Tangent[rat], eq22Tangent[mod]), Looks: new(longer(needsHarmShared))},
		{Name: "all pairs at once, with the diagonal term of T among them", Check: verify.Identity(eq22OneDiagonal[rat], eq22OneDiagonal[mod])},
		{Name: "all pairs at once, along a tangent that does not sum to zero", Drops: "Σ_a dP(a|x) = 0", Check: verify.Identity(eq22AllTangent[rat], eq22AllTangent[mod]), Looks: &generators.Needs{Harm: true}},
	},
	Looks: needsHarmShared,
}

// allCrossTerms claims Σ_t Σ_s r_s·q_t·E[part_s·s_t] = 0 for arbitrary r and q, over
// the positions s of the range that belongs to t.
func allCrossTerms[E any](w *World[E], claim string, positions func(t int) (first, last int), tangents [][][]E, part func(s int) []E) {
	r, q := w.Arbitrary(w.T()), w.Arbitrary(w.T())
	f := make([][]E, w.T())
	for t := 1; t <= w.T(); t++ {
		first, last := positions(t)
		f[t-1] = combination(w, r, part, first, last)
		for i, v := range f[t-1] {
			f[t-1][i] = w.Mul(q[t-1], v)
		}
	}
	for _, tangent := range tangents {
		w.Equal(Place{}, claim, field.Sum(w.Ring, w.Oracle().PositionDerivatives(f, tangent)), w.FromInt(0))
	}
}

func eq22AllPairs[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s<t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
		func(t int) (int, int) { return 1, t - 1 }, w.Tangents(), w.Oracle().Increment)
}

func eq22OneDiagonal[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s<t} r_s·q_t·E[Δ_s·s_t] + r_T·q_T·E[Δ_T·s_T] = 0 for arbitrary r and q",
		func(t int) (int, int) {
			if t == w.T() {
				return 1, t
			}
			return 1, t - 1
		}, w.Tangents(), w.Oracle().Increment)
}

func eq22AllTangent[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s<t} r_s·q_t·E[Δ_s²·s_t] = 0 for arbitrary r and q",
		func(t int) (int, int) { return 1, t - 1 }, skewed(w), func(s int) []E { return squaredIncrement(w, s) })
}

// crossTerms claims E[Δ_s·s_t] = 0 for the pairs that choose selects.
func crossTerms[E any](w *World[E], claim string, choose func(s, t int) bool, tangents [][][]E, f func(s int) []E) {
	for _, tangent := range tangents {
		for s := 1; s <= w.T(); s++ {
			part := w.Oracle().Derivative(f(s), tangent)
			for t := 1; t <= w.T(); t++ {
				if choose(s, t) {
					w.Equal(verify.At(t, 0), claim, part[t-1], w.FromInt(0))
				}
			}
		}
	}
}

func eq22[E any](w *World[E]) {
	crossTerms(w, "E[Δ_s·s_t] = 0, s < t", func(s, t int) bool { return s < t }, w.Tangents(), w.Oracle().Increment)
}

func eq22Diagonal[E any](w *World[E]) {
	crossTerms(w, "E[Δ_s·s_t] = 0, s ≤ t", func(s, t int) bool { return s <= t }, w.Tangents(), w.Oracle().Increment)
}

// skewed returns a direction that violates Σ_a dP(a|x) = 0: each probability
// itself.
func skewed[E any](w *World[E]) [][][]E { return [][][]E{w.Family.Prob} }

// squaredIncrement returns Δ_s² per complete sequence.
func squaredIncrement[E any](w *World[E], s int) []E {
	d := w.Oracle().Increment(s)
	for i, v := range d {
		d[i] = w.Mul(v, v)
	}
	return d
}

func eq22Tangent[E any](w *World[E]) {
	// One innovation squared, so that the term does not vanish by E[Δ_s] = 0.
	crossTerms(w, "E[Δ_s²·s_t] = 0, s < t", func(s, t int) bool { return s < t }, skewed(w), func(s int) []E { return squaredIncrement(w, s) })
}

var equation23 = &Statement{
	ID: "eq-23", Title: "Later innovations do not see earlier scores", Section: "5",
	Sentence: verify.Sentence{Says: "A later innovation has no correlation with an earlier score."},
	Formula:  "E[Δ_s·s_t] = 0 for s > t; all pairs at once: Σ_{s>t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
	Claims: []Claim{
		{
			Formula: "E[Δ_s·s_t] = 0 for s > t",
			Kernel:  []string{"Gradient.later_innovations"},
			Check:   verify.Identity(eq23[rat], eq23[mod]),
		},
		{
			Formula: "Σ_{s>t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
			Kernel:  []string{"Gradient.later_innovations"},
			Check:   verify.Identity(eq23AllPairs[rat], eq23AllPairs[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "s ≥ t", Check: verify.Identity(eq23Diagonal[rat], eq23Diagonal[mod])},
		{Name: "h_s in place of Δ_s", Check: verify.Identity(eq23Mean[rat], eq23Mean[mod]), Looks: new(longer(moving(needsHarmShared)))},
		{Name: "all pairs at once, with the diagonal term of 1 among them", Check: verify.Identity(eq23OneDiagonal[rat], eq23OneDiagonal[mod])},
		{Name: "all pairs at once, with h_T in place of Δ_T", Check: verify.Identity(eq23OneUncentred[rat], eq23OneUncentred[mod]), Looks: &generators.Needs{Harm: true}},
	},
	Looks: needsHarmShared,
}

func eq23AllPairs[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s>t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
		func(t int) (int, int) { return t + 1, w.T() }, w.Tangents(), w.Oracle().Increment)
}

func eq23OneDiagonal[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s>t} r_s·q_t·E[Δ_s·s_t] + r_1·q_1·E[Δ_1·s_1] = 0 for arbitrary r and q",
		func(t int) (int, int) {
			if t == 1 {
				return 1, w.T()
			}
			return t + 1, w.T()
		}, w.Tangents(), w.Oracle().Increment)
}

func eq23OneUncentred[E any](w *World[E]) {
	o := w.Oracle()
	allCrossTerms(w, "Σ_{s>t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q, with h_T in place of Δ_T",
		func(t int) (int, int) { return t + 1, w.T() }, w.Tangents(), func(s int) []E {
			if s == w.T() {
				return o.Harm()
			}
			return o.Increment(s)
		})
}

func eq23[E any](w *World[E]) {
	crossTerms(w, "E[Δ_s·s_t] = 0, s > t", func(s, t int) bool { return s > t }, w.Tangents(), w.Oracle().Increment)
}

func eq23Diagonal[E any](w *World[E]) {
	crossTerms(w, "E[Δ_s·s_t] = 0, s ≥ t", func(s, t int) bool { return s >= t }, w.Tangents(), w.Oracle().Increment)
}

func eq23Mean[E any](w *World[E]) {
	mean := func(s int) []E {
		o := w.Oracle()
		h := make([]E, o.Len())
		for i := range h {
			h[i] = o.Mean()[s][o.State(i, s)]
		}
		return h
	}
	crossTerms(w, "E[h_s·s_t] = 0, s > t", func(s, t int) bool { return s > t }, w.Tangents(), mean)
}

var theorem8 = &Statement{
	ID: "thm-8", Title: "Gradient characterisation", Section: "5",
	Sentence: verify.Sentence{
		Says: "The gradient of expected harm is a sum over positions of the covariance of h_t with the score.",
		But:  "on an open domain of parameters, as logits have",
	},
	Formula:    "∇E[Harm] = Σ_t E_{y_<t}[Cov(h_t, s_t | y_<t)] = Σ_t E[Δ_t s_t]",
	Hypotheses: []string{"a smooth parameterisation: Σ_a dP(a|x) = 0, and dP = 0 where P = 0"},
	Reading:    "The left side is differentiated through the recursion by dual numbers, which use neither scores nor covariances.",
	Claims: []Claim{
		{
			Formula: "∇E[Harm] = Σ_t E_{y_<t}[Cov(h_t, s_t|y_<t)]; E_{y_<t}[Cov(h_t, s_t|y_<t)] = E[Harm·s_t] = E[Δ_t·s_t]",
			Kernel:  []string{"Gradient.gradient_characterisation", "Gradient.gradient_innovation", "Gradient.baseline", "Derivative.expected_harm_derivative"},
			Check:   verify.Identity(thm8[rat], thm8[mod]),
			Also:    []Check{verify.Rational(thm8Scores)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "sign", Check: verify.Identity(thm8Sign[rat], thm8Sign[mod])},
		{Name: "prefixes are not weighted by their probability", Check: verify.Identity(thm8Unweighted[rat], thm8Unweighted[mod]), When: twoPositions, Looks: new(longer(moving(needsHarmShared)))},
		{Name: "the last position is dropped", Check: verify.Identity(thm8NoLast[rat], thm8NoLast[mod])},
		{Name: "h_{t−1} in place of h_t", Check: verify.Identity(thm8Early[rat], thm8Early[mod])},
		{Name: "a tangent that does not sum to zero", Drops: "Σ_a dP(a|x) = 0", Check: verify.Identity(thm8Tangent[rat], thm8Tangent[mod])},
	},
	Looks: needsHarmShared,
}

// gradientSum compares the derivative by dual numbers with a sum over positions.
func gradientSum[E any](w *World[E], claim string, tangents [][][]E, part func(t int, tangent [][]E) E) {
	for _, tangent := range tangents {
		sum := w.FromInt(0)
		for t := 1; t <= w.T(); t++ {
			sum = w.Add(sum, part(t, tangent))
		}
		w.Equal(Place{}, claim, exact.Derivative(w.Ring, w.Family.Numbers, tangent), sum)
	}
}

func thm8[E any](w *World[E]) {
	m, o := w.Solution(), w.Oracle()
	part := func(t int, tangent [][]E) E { return contribution(w, t, tangent, m.Occupancy[t-1], m.H[t]) }
	gradientSum(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)]", w.Tangents(), part)
	for _, tangent := range w.Tangents() {
		harm := o.Derivative(o.Harm(), tangent)
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "E[Cov(h_t, s_t|y_<t)] = E[Harm·s_t]", part(t, tangent), harm[t-1])
			w.Equal(verify.At(t, 0), "E[Cov(h_t, s_t|y_<t)] = E[Δ_t·s_t]", part(t, tangent), o.Derivative(o.Increment(t), tangent)[t-1])
		}
	}
}

// thm8Scores compares every coordinate of G_t in the case's own parameterisation
// with E[Harm·s_t] by enumeration.
func thm8Scores(w *World[rat]) {
	o := w.Oracle()
	score := o.Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		g := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
		offset := w.Family.Param.Offset(w.Family.Process, t)
		for i, want := range score.Position(t, o.Harm()) {
			w.Equal(verify.At(t, 0), "G_t = E[Harm·s_t]", g[offset+i], want)
		}
		for i, want := range score.Position(t, o.Increment(t)) {
			w.Equal(verify.At(t, 0), "G_t = E[Δ_t·s_t]", g[offset+i], want)
		}
	}
}

func thm8Sign[E any](w *World[E]) {
	m := w.Solution()
	gradientSum(w, "d E[Harm] = −Σ_t E[Cov(h_t, s_t|y_<t)]", w.Tangents(), func(t int, tangent [][]E) E {
		return w.Neg(contribution(w, t, tangent, m.Occupancy[t-1], m.H[t]))
	})
}

func thm8Unweighted[E any](w *World[E]) {
	m := w.Solution()
	gradientSum(w, "d E[Harm] = Σ_t Σ_x Cov(h_t, s_t|x)", w.Tangents(), func(t int, tangent [][]E) E {
		ones := make([]E, w.Layer(t).States())
		for x := range ones {
			ones[x] = w.FromInt(1)
		}
		return contribution(w, t, tangent, ones, m.H[t])
	})
}

func thm8NoLast[E any](w *World[E]) {
	m := w.Solution()
	gradientSum(w, "d E[Harm] = Σ_{t<T} E[Cov(h_t, s_t|y_<t)]", w.Tangents(), func(t int, tangent [][]E) E {
		if t == w.T() {
			return w.FromInt(0)
		}
		return contribution(w, t, tangent, m.Occupancy[t-1], m.H[t])
	})
}

func thm8Early[E any](w *World[E]) {
	m := w.Solution()
	gradientSum(w, "d E[Harm] = Σ_t E[Cov(h_{t−1}, s_t|y_<t)]", w.Tangents(), func(t int, tangent [][]E) E {
		sum := w.FromInt(0)
		for x := range w.States(t) {
			lo, hi := w.Layer(t).Row(x)
			c := w.Mul(m.H[t-1][x], field.Sum(w.Ring, tangent[t-1][lo:hi]))
			sum = w.Add(sum, w.Mul(m.Occupancy[t-1][x], c))
		}
		return sum
	})
}

func thm8Tangent[E any](w *World[E]) {
	m, o := w.Solution(), w.Oracle()
	for _, tangent := range skewed(w) {
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "E[Harm·s_t] = E[Δ_t·s_t]",
				contribution(w, t, tangent, m.Occupancy[t-1], m.H[t]), o.Derivative(o.Increment(t), tangent)[t-1])
		}
	}
}
