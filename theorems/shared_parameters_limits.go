package theorems

import (
	"errors"
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Appendix A: Assumption 1, and functional and incidental change.

var sharedParametersLimitsStatements = []*Statement{xAssumption1, xA4, xEquation59}

var xAssumption1 = &Statement{
	ID: "x-assumption-1", Title: "A softmax layer does not make the Fisher matrix definite", Section: "A.1", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Assumption 1",
		Says:    "The Fisher information of a transformer with a softmax layer is positive definite.",
		Verdict: verify.Refuted,
		But: "it is singular, because logits are defined only up to a constant. For tabular policies " +
			"with one logit fixed per prefix it is definite. Otherwise its pseudo-inverse serves",
	},
	Formula: "one logit per token: rank F̄_t = Σ_{x: P(x)>0} (|supp P(·|x)| − 1) < number of logits; Ḡ lies in the range of F̄",
	Reading: "The matrices are positive semidefinite, so definite means of full rank. The matrix of a " +
		"position has those of its prefixes as blocks.",
	Refuted: &Falsehood{
		Wording: "F̄_t is positive definite for a softmax output layer.",
		Check:   verify.Rational(softmaxDefinite),
	},
	Story: xAssumption1Story,
	Saving: "It is true of tabular policies whose parameters are identifiable, such as logits of which one " +
		"per prefix is fixed (the repair). It is false of the weights of an output layer as it is of its " +
		"logits: adding one vector to the weights of all tokens changes no probability.",
	Repair: "Logits are defined up to a constant per prefix, and tied weights may lose more. Fix one logit per " +
		"prefix, where P > 0, or use the pseudo-inverse. It is enough, because the gradient lies in the range.",
	Claims: []Claim{
		{
			Formula:    "rank F̄_t = Σ_{x: P(x)>0} (|supp P(·|x)| − 1)",
			Hypotheses: []string{"tabular"},
			Check:      verify.Rational(softmaxRank),
		},
		{
			Formula:    "rank F̄_t = number of logits left",
			Hypotheses: []string{"tabular", "one logit fixed per prefix", "P > 0 throughout"},
			Check:      verify.Rational(softmaxGauge),
		},
		{
			Formula: "tabular: C_t ∈ range F_t; log-linear: Ḡ ∈ range F̄ and G_t ∈ range F̄_t",
			Check:   verify.Rational(softmaxRange),
		},
	},
	NearMisses: []NearMiss{
		{Name: "one logit fixed, tokens of probability zero and all", Drops: "P > 0 throughout", Check: verify.Rational(softmaxGaugeAlways), Looks: &needsHarmZeros},
		{Name: "tied weights: F̄ is definite for every log-linear family", Check: verify.Rational(softmaxTied), Looks: &needsHarmShared},
		{Name: "G_t lies in the range of F̄_{t+1}", Check: verify.Rational(softmaxNext), Looks: new(longer(moving(needsHarmShared)))},
	},
	Looks: generators.Needs{},
}

// rankOf returns the rank of a matrix over ℚ.
func rankOf(w *World[rat], m [][]rat) int {
	return defined(exact.Rank(rationals(w), m)) // ℚ divides by every pivot
}

// softmaxRanks returns the rank of the tabular F̄_t, block by block, without the
// last logit of each row where fixed is set.
func softmaxRanks(w *World[rat], t int, fixed bool) int {
	sum := 0
	for x, p := range w.Solution().Occupancy[t-1] {
		if w.IsZero(p) {
			continue
		}
		f := exact.Fisher(w.Ring, tabular(w), t, x)
		if fixed {
			f = f[:len(f)-1]
			for i := range f {
				f[i] = f[i][:len(f)]
			}
		}
		sum += rankOf(w, f)
	}
	return sum
}

func softmaxDefinite(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Same(verify.At(t, 0), "rank F̄_t = number of logits", softmaxRanks(w, t, false), w.Layer(t).Edges())
	}
}

func softmaxRank(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		n := 0
		for x, p := range w.Solution().Occupancy[t-1] {
			if w.IsZero(p) {
				continue
			}
			n--
			for _, q := range w.Row(t, x) {
				if !w.IsZero(q) {
					n++
				}
			}
		}
		w.Same(verify.At(t, 0), "rank F̄_t = Σ_x (|supp P(·|x)| − 1)", softmaxRanks(w, t, false), n)
	}
}

// gauged compares the rank of F̄_t with one logit fixed per prefix with the number
// of logits left.
func gauged(w *World[rat], always bool) {
	for t := 1; t <= w.T(); t++ {
		positive, left := true, 0
		for x := range w.States(t) {
			positive = positive && !w.IsZero(w.Solution().Occupancy[t-1][x])
			for _, q := range w.Row(t, x) {
				positive = positive && !w.IsZero(q)
			}
			left += len(w.Row(t, x)) - 1
		}
		if !positive && !always {
			w.Vacuous()
			continue
		}
		w.Same(verify.At(t, 0), "one logit fixed per prefix: rank F̄_t = number of logits left", softmaxRanks(w, t, true), left)
	}
}

func softmaxGauge(w *World[rat]) { gauged(w, false) }

func softmaxGaugeAlways(w *World[rat]) { gauged(w, true) }

// inRange reports whether v lies in the range of m.
func inRange(w *World[rat], m [][]rat, v []rat) bool {
	_, err := exact.Solve(rationals(w), m, v)
	return !errors.Is(err, exact.ErrInconsistent)
}

// softmaxRange checks it for one logit per token, block by block, and for the
// log-linear family of the case.
func softmaxRange(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		c := exact.HarmCovariance(w.Ring, tabular(w), w.Solution(), t, x)
		w.True(verify.At(t, x), "tabular: C_t lies in the range of F_t", inRange(w, exact.Fisher(w.Ring, tabular(w), t, x), c))
	})
	if w.Family.Param.Tabular() {
		return
	}
	g, f := total(w)
	w.True(Place{}, "Ḡ lies in the range of F̄", inRange(w, f, g))
	for t := 1; t <= w.T(); t++ {
		w.True(verify.At(t, 0), "G_t lies in the range of F̄_t", inRange(w, meanFisher(w, t), exact.Gradient(w.Ring, w.Family, w.Solution(), t)))
	}
}

func softmaxTied(w *World[rat]) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	_, f := total(w)
	w.Same(Place{}, "rank F̄ = number of parameters", rankOf(w, f), len(f))
}

func softmaxNext(w *World[rat]) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	for t := 1; t < w.T(); t++ {
		w.True(verify.At(t, 0), "G_t lies in the range of F̄_{t+1}", inRange(w, meanFisher(w, t+1), exact.Gradient(w.Ring, w.Family, w.Solution(), t)))
	}
}

var xA4 = &Statement{
	ID: "x-a4", Title: "A late change can be increased recovery capability", Section: "A.4", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Section A.4",
		Says:    "Beyond the horizon the change does not manifest as increased recovery capability.",
		Verdict: verify.Refuted,
		But:     "a late recovery probability moves with the parameters that it shares, and to first order rises where Cov(1_R, s_t)ᵀF̄⁺Ḡ < 0",
	},
	Formula:    "ρ*(y_<t) − ρ_0(y_<t) = −λ·Cov(1[y_t∈R], s_t | y_<t)ᵀF̄⁺Ḡ + O(λ²)",
	Hypotheses: []string{branchReading, "prefixes of positive probability"},
	Reading: "The optimum is that of the standard objective. Recovery capability at a prefix is the " +
		"probability of R there. The first coefficient in λ refutes the reading: where it is positive, ρ* > " +
		"ρ_0 for all small λ > 0.",
	Refuted: &Falsehood{
		Wording: "Beyond the harm horizon the difference from the base model does not manifest as increased recovery capability.",
		Check:   verify.Series(lateRecovery, nil),
		Source:  lateFamilies,
	},
	Story:  xA4Story,
	Saving: "It is true in the sense of Proposition 26, that the change is uncorrelated with harm (prop-26).",
	Repair: "A late recovery probability moves with the parameters that it shares with other positions. To first order it rises exactly where Cov(1_R, s_t|y_<t)ᵀF̄⁺Ḡ < 0.",
	Claims: []Claim{{Check: verify.Series(recoveryShift[rat], recoveryShift[mod])}},
	NearMisses: []NearMiss{
		{Name: "sign of the shift", Check: verify.Series(recoverySign[rat], recoverySign[mod]), Source: lateFamilies},
		{Name: "the functional part alone, G_t for Ḡ", Check: verify.Series(recoveryOwn[rat], recoveryOwn[mod]), Source: lateFamilies},
		{Name: "F̄_t in place of F̄", Check: verify.Series(recoveryLocal[rat], recoveryLocal[mod]), Source: lateFamilies},
	},
	Source: smoothFamilies,
}

// lateSource supplies shared families with a position beyond the horizon: harm is
// a function of the first token, and both tokens of two have features.
func lateSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			c := smallTree(2, 2, r)
			c.Recovery = []int{int(r.Int64N(2))}
			first := integers(2, 0, 3, r)
			c.Instance.Process = mustModel(c.WithHarm(model.NaturalsOf(first[0], first[0], first[1], first[1]), big.NewInt(4)))
			c.Parameterisation = model.Parameterisation{Kind: model.Shared, Parameters: 1 + i%2}
			for t := 1; t <= 2; t++ {
				c.Parameterisation.Features = append(c.Parameterisation.Features, integers(c.Layer(t).Edges()*c.Parameterisation.Parameters, -2, 2, r))
			}
			return c
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				// All tokens equally likely, the first decides, and one parameter: the
				// size is the sum of the absolute features.
				for size := int64(1); ; size++ {
					for features := range absolute(6, size) {
						for _, harm := range [][]int64{{0, 0, 1, 1}, {1, 1, 0, 0}} {
							for a := range 2 {
								c := &model.Case{Instance: model.NewInstance(mustModel(shape(2, 2).Tree().WithHarm(model.NaturalsOf(harm...), big.NewInt(1))))}
								c.Recovery = []int{a}
								c.Parameterisation = model.Parameterisation{
									Kind: model.Shared, Parameters: 1, Features: [][]int64{slices.Clone(features[:2]), slices.Clone(features[2:])},
								}
								if !yield(c) {
									return
								}
							}
						}
					}
				}
			}
		},
	}
}

// reached runs f at the prefixes of positive probability of position t.
func reached[E any](w *World[E], t int, f func(x int)) {
	for x, p := range w.Solution().Occupancy[t-1] {
		if !w.IsZero(p) {
			f(x)
		}
	}
}

// direction returns −λ·s_t(a|x)ᵀz for the edges a of state x.
func direction[E any](w *World[E], t, x int, z []E) []E {
	d := make([]E, len(w.Row(t, x)))
	for a := range d {
		d[a] = w.FromInt(0)
	}
	for i, s := range scores(w, t, x) {
		c := w.Mul(w.Objective().Lambda, z[w.Family.Param.Index(w.Family.Process, t, x, i)])
		for a := range d {
			d[a] = w.Sub(d[a], w.Mul(c, s[a]))
		}
	}
	return d
}

// wholeShift returns F̄⁺Ḡ.
func wholeShift[E any](w *World[E]) []E {
	g, f := total(w)
	return solveFisher(w, f, g)
}

// ownShift returns F̄⁺G_t.
func ownShift[E any](w *World[E], t int) []E {
	_, f := total(w)
	return solveFisher(w, f, exact.Gradient(w.Ring, w.Family, w.Solution(), t))
}

// recovery returns Σ_{a∈R} v_a at state x of layer t−1.
func recovery[E any](w *World[E], t, x int, v []E) E {
	lo, _ := w.Layer(t).Row(x)
	sum := w.FromInt(0)
	for a := range v {
		if w.Objective().Recovers(w.Layer(t).Token(lo + a)) {
			sum = w.Add(sum, v[a])
		}
	}
	return sum
}

// recoverySlope returns the coefficient of λ of ρ*(x).
func recoverySlope[E any](w *World[E], b *exact.Branch[E], t, x int) E {
	lo, hi := w.Layer(t).Row(x)
	v := make([]E, 0, hi-lo)
	for e := lo; e < hi; e++ {
		v = append(v, b.Prob[t-1][e][1])
	}
	return recovery(w, t, x, v)
}

// recoveryFirst compares the coefficient of λ of ρ* with −λ·Cov(1_R, s_t|x)ᵀz(t).
func recoveryFirst[E any](w *World[E], claim string, z func(t int) []E) {
	b := standard(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		shift := z(t)
		reached(w, t, func(x int) {
			d := direction(w, t, x, shift)
			for a, p := range w.Row(t, x) {
				d[a] = w.Mul(p, d[a])
			}
			w.Equal(verify.At(t, x), claim, recoverySlope(w, b, t, x), recovery(w, t, x, d))
		})
	}
}

func recoveryShift[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = −λ·Cov(1_R, s_t|y_<t)ᵀF̄⁺Ḡ, order 1", func(int) []E { return wholeShift(w) })
}

func recoverySign[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = +λ·Cov(1_R, s_t|y_<t)ᵀF̄⁺Ḡ, order 1", func(int) []E { return scaled(w, w.FromInt(-1), wholeShift(w)) })
}

func recoveryOwn[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = −λ·Cov(1_R, s_t|y_<t)ᵀF̄⁺G_t, order 1", func(t int) []E { return ownShift(w, t) })
}

func recoveryLocal[E any](w *World[E]) {
	recoveryFirst(w, "ρ* − ρ_0 = −λ·Cov(1_R, s_t|y_<t)ᵀF̄_t⁺G_t, order 1", func(t int) []E {
		return solveFisher(w, meanFisher(w, t), exact.Gradient(w.Ring, w.Family, w.Solution(), t))
	})
}

func lateRecovery(w *World[rat]) {
	b := standard(w)
	if b == nil {
		return
	}
	for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
		reached(w, t, func(x int) {
			w.AtMost(verify.At(t, x), "ρ*(y_<t) ≤ ρ_0(y_<t), t > k, order 1", recoverySlope(w, b, t, x), w.FromInt(0))
		})
	}
}

var xEquation59 = &Statement{
	ID: "x-eq-59", Title: "Functional and incidental change do not add up to the whole", Section: "A.3", Kind: verify.RefutedReading, Twin: "eq-59",
	Formula:    "(δ_fᵀF̄_tδ_i)² ≤ δ_fᵀF̄_tδ_f · δ_iᵀF̄_tδ_i",
	Hypotheses: []string{branchReading},
	Reading: "Read as two components that add up to KL_t, so that both vanish where KL_t does. Where Ḡ = 0 " +
		"the base model itself is stationary, so KL_t is zero to every order along the branch. The bound " +
		"holds for any two shifts and any smooth parameterisation, because it needs only the scores at the " +
		"base model.",
	Refuted: &Falsehood{
		Wording: "KL_t decomposes into a functional and an incidental component: where KL_t = 0, in every order of λ, the functional one is 0.",
		Check:   verify.Series(wholeVanishes, nil),
		Source:  cancellingSource(),
	},
	Story: xEquation59Story,
	Saving: "It is true of the shift of the parameters, δθ = δ_f + δ_i, whose quadratic form has the three " +
		"terms (eq-59).",
	Repair: "There are three terms (eq-59), and the cross term can cancel the other two. They bound it by the Cauchy–Schwarz inequality, and half of that bound does not hold.",
	Claims: []Claim{
		{
			Formula: "δ_fᵀF̄_tδ_f·δ_iᵀF̄_tδ_i − (δ_fᵀF̄_tδ_i)² = Σ_{e<e'} P(e)P(e')·(s_t(e)ᵀδ_f·s_t(e')ᵀδ_i − s_t(e')ᵀδ_f·s_t(e)ᵀδ_i)² ≥ 0 over the tokens e = (y_<t, y_t) of all prefixes, for arbitrary δ_f and δ_i",
			Kernel:  []string{"Pairing.two_draws", "Bounds.cross_term"}, // D = s_tᵀδ_f and the one score s_tᵀδ_i
			Check:   verify.Identity(crossFree[rat], crossFree[mod]).Within(verify.Limits{Leaves: curveLeaves, CertificateOnly: true}),
			Also:    []Check{verify.Rational(wholeCross)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "the squares within prefixes alone", Check: verify.Identity(crossFreeWithin[rat], crossFreeWithin[mod]), Source: crossedPrefixes},
		{Name: "half of the bound on the cross term", Check: verify.Rational(wholeCrossHalf), Source: cancellingSource()},
		{Name: "KL_t is at least its functional part", Check: verify.Series(wholeFunctional, nil), Source: movingShared()},
	},
	Source: generalFamilies,
}

// crossedPrefixes supplies uniform trees with a parameter for each of the two prefixes of one
// token.
var crossedPrefixes = &Source{Smallest: mapped(uniformTrees(2), func(c *model.Case) *model.Case {
	d := *c
	d.Parameterisation = model.Parameterisation{Kind: model.Shared, Parameters: 2, Features: [][]int64{{0, 0, 0, 0}, {0, 0, 1, 0, 0, 0, 0, 1}}}
	return &d
})}

// cancellingSource supplies shared families with one parameter whose gradients at
// two positions cancel: the features of each are multiplied by the gradient of the
// other.
func cancellingSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			c := smallTree(2, 2, r)
			c.Parameterisation = model.Parameterisation{
				Kind: model.Shared, Parameters: 1, Features: [][]int64{integers(2, -2, 2, r), integers(4, -2, 2, r)},
			}
			w := verify.NewCaseWorld(field.NewRational(), c)
			g := [2]*big.Rat{gradient(w, 1)[0].Rat(), gradient(w, 2)[0].Rat()}
			if g[0].Sign() == 0 || g[1].Sign() == 0 {
				return c
			}
			// Weights up to 4 and harm in quarters: |numerators| and denominators stay small.
			ratio := new(big.Rat).Quo(g[1], g[0])
			for k := range c.Parameterisation.Features[0] {
				c.Parameterisation.Features[0][k] *= -ratio.Num().Int64()
			}
			for k := range c.Parameterisation.Features[1] {
				c.Parameterisation.Features[1][k] *= ratio.Denom().Int64()
			}
			return c
		},
		Smallest: movesEverywhere(needsHarmShared),
	}
}

// wholeVanishes looks at the formula for the λ² coefficient before it solves for
// the branch, which settles the matter.
func wholeVanishes(w *World[rat]) {
	z := wholeShift(w)
	for t := 1; t <= w.T(); t++ {
		if !w.IsZero(form(w, meanFisher(w, t), z)) {
			w.Vacuous()
			continue
		}
		zero := true
		for _, c := range w.Standard().KL[t-1] {
			zero = zero && w.IsZero(c)
		}
		if !zero {
			w.Vacuous()
			continue
		}
		functional, _ := parts(w, t)
		w.Equal(verify.At(t, 0), "KL_t = 0 ⇒ ½δ_fᵀF̄_tδ_f = 0, order 2", halfSquare(w, form(w, meanFisher(w, t), functional)), w.FromInt(0))
	}
}

// crossBound compares scale times the square of the cross term with the product of
// the two parts.
func crossBound(w *World[rat], claim string, scale int64) {
	for t := 1; t <= w.T(); t++ {
		f := meanFisher(w, t)
		a, b := parts(w, t)
		cross := w.Dot(a, times(w, f, b))
		w.AtMost(verify.At(t, 0), claim, w.Mul(w.FromInt(scale), w.Mul(cross, cross)), w.Mul(form(w, f, a), form(w, f, b)))
	}
}

func wholeCross(w *World[rat]) {
	crossBound(w, "(δ_fᵀF̄_tδ_i)² ≤ δ_fᵀF̄_tδ_f·δ_iᵀF̄_tδ_i", 1)
}

func wholeCrossHalf(w *World[rat]) {
	crossBound(w, "2·(δ_fᵀF̄_tδ_i)² ≤ δ_fᵀF̄_tδ_f·δ_iᵀF̄_tδ_i", 2)
}

func wholeFunctional(w *World[rat]) {
	if b := standard(w); b != nil {
		for t := 1; t <= w.T(); t++ {
			functional, _ := parts(w, t)
			w.AtMost(verify.At(t, 0), "½δ_fᵀF̄_tδ_f ≤ KL_t, order 2", halfSquare(w, form(w, meanFisher(w, t), functional)), b.KL[t-1][2])
		}
	}
}
