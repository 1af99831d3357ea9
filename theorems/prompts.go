package theorems

import (
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Sections 4 to 7, beyond the paper: random prompts.

var promptsStatements = []*Statement{ownPrompt}

var ownPrompt = &Statement{
	ID: "own-prompt", Title: "Harm information, gradients and horizons over random prompts", Section: "4", Kind: verify.Own,
	Formula: "Var(Harm) = I_0 + Σ_t E_prompt[I_t(prompt)], I_0 the variance over prompts of their mean harm; ∇E[Harm] = Σ_t E_prompt[G_t(prompt)]; " +
		"the horizon is the largest of those of the prompts; ‖G_t‖² ≤ E_prompt[I_t(prompt)·tr F̄_t(prompt)]",
	Hypotheses: []string{"prompts are averaged with their probabilities"},
	Reading: ownReading + " The first token of the process is the prompt; the positions of the response are " +
		"those after it. I_t(prompt), G_t(prompt) and F̄_t(prompt) are those of the response, given the " +
		"prompt. A single prompt that leaves harm open sets the horizon of all, but after each prompt its " +
		"own horizon is what counts.",
	Claims: []Claim{
		{
			Formula: "Var(Harm) = I_0 + Σ_t E_prompt[I_t(prompt)], I_0 the variance over prompts of their mean harm",
			Kernel:  []string{"Martingale.information_of_prompts", "Martingale.variance_decomposition", "Martingale.information_variance"},
			Check:   verify.Identity(prompt[rat], prompt[mod]),
		},
		{
			Formula:    "∇E[Harm] = E_prompt[Σ_t G_t(prompt)] along every direction dP",
			Hypotheses: []string{"the law of the prompts is fixed"},
			Check:      verify.Identity(promptGradient[rat], promptGradient[mod]),
		},
		{
			Formula: "the least k with I_t = 0 for all t > k = the largest of the horizons of the " +
				"prompts, each the least k after which Var(Harm|y_≤k) = 0",
			Hypotheses: []string{"prompts of positive probability"},
			Check:      verify.Rational(promptHorizon),
		},
		{
			Formula:    "Cov(h_t, s_t|y_<t) = 0 beyond the horizon of the prompt of y_<t",
			Hypotheses: []string{"prefixes of positive probability, given their prompt"},
			Kernel:     []string{"Horizon.stopping_horizon"},
			Check:      verify.Rational(promptBeyond),
		},
		{
			Formula:    "‖G_t‖² ≤ E_prompt[I_t(prompt)·tr F̄_t(prompt)] ≤ κ·E_prompt[I_t(prompt)]",
			Hypotheses: []string{"κ ≥ tr F_t(y_<t) at every prefix of positive probability"},
			Check:      verify.Rational(promptBound),
		},
		{
			Formula: "E_prompt[‖G_t(prompt)‖²] − ‖G_t‖² = Σ P·P'·‖G_t(prompt) − G_t(prompt')‖² over the pairs of prompts: gradients of prompts may cancel",
			Check:   verify.Identity(promptSpread[rat], promptSpread[mod]).Within(verify.Limits{Leaves: promptLeaves}),
		},
	},
	NearMisses: []NearMiss{
		{Name: "without the prompts' own variance", Check: verify.Identity(promptWithin[rat], promptWithin[mod]), Looks: &needsHarm},
		{Name: "prompts weighted equally", Drops: "prompts are averaged with their probabilities", Check: verify.Identity(promptEqual[rat], promptEqual[mod]), When: unequalPrompts, Looks: &needsHarm},
		{Name: "the last position is dropped", Check: verify.Identity(promptShort[rat], promptShort[mod]), When: twoPositions, Looks: &needsHarm},
		{Name: "the gradient of the prompts' law is none", Drops: "the law of the prompts is fixed", Check: verify.Identity(promptGradientFree[rat], promptGradientFree[mod])},
		{Name: "the gradient with prompts weighted alike", Check: verify.Identity(promptGradientAlike[rat], promptGradientAlike[mod]), When: twoPositions, Source: responsesAlike},
		{Name: "the least of the horizons of the prompts", Check: verify.Rational(promptHorizonLeast), Looks: &needsHarm},
		{Name: "the horizons of prompts of probability zero too", Drops: "prompts of positive probability", Check: verify.Rational(promptHorizonEvery), Looks: &needsHarmZeros, Source: impossibleSource()},
		{Name: "no contribution at the horizon of the prompt", Check: verify.Rational(promptAt), Source: responsesAlike},
		{Name: "half of the bound", Check: verify.Rational(promptBoundHalf), Source: responsesAlike},
		{Name: "κ the least of the traces", Check: verify.Rational(promptBoundLeast), Source: &Source{Smallest: movesEverywhere(needsHarmShared)}},
		{Name: "‖G_t‖² = E_prompt[‖G_t(prompt)‖²]", Check: verify.Identity(promptSpreadNone[rat], promptSpreadNone[mod]), Source: responsesOpposed},
		{Name: "where G_t = 0 no prompt has a gradient", Check: verify.Rational(promptSilent), Source: responsesOpposed},
	},
	Looks: needsHarmShared,
}

// responsesAlike supplies small cases in which both of two equally likely prompts have one
// response of one token, with one parameter.
var responsesAlike = &Source{Smallest: mapped(uniformTrees(2), func(c *model.Case) *model.Case {
	d := *c
	d.Parameterisation = model.Parameterisation{Kind: model.Shared, Parameters: 1, Features: [][]int64{{0, 1}, {0, 1, 0, 1}}}
	return &d
})}

// responsesOpposed draws two equally likely prompts with one response of one token each, whose
// harm is exchanged between them, so that their gradients for one parameter cancel.
var responsesOpposed = &Source{Smallest: responsesAlike.Smallest, Draw: func(seed uint64, i int) *model.Case {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	weights, feature := integers(2, 1, 4, r), 1+r.Int64N(3)
	low, high := r.Int64N(2), 2+r.Int64N(3)
	tree := generators.Tree(2, [][]int64{{1, 1}, slices.Concat(weights, weights)}, []int64{low, high, high, low}, 4)
	return &model.Case{Instance: tree, Parameterisation: model.Parameterisation{Kind: model.Shared, Parameters: 1, Features: [][]int64{{0, 1}, {0, feature, 0, feature}}}}
}}

// promptLeaves bounds the shapes at which every two prompts are compared.
const promptLeaves = 64

// promptInformation returns Σ I_t(x) over the positions from the second to last for
// the process behind state x of layer 1: the sum over its sequences of their
// probability times Δ_t², with h_t by enumeration.
func promptInformation[E any](w *World[E], x, last int) E {
	h := w.Oracle().Mean()
	sum := w.FromInt(0)
	for path := range definition.Paths(w.Family.Process, 1, x, w.T()) {
		p, square := w.FromInt(1), w.FromInt(0)
		for k, e := range path.Edges {
			p = w.Mul(p, w.Family.Prob[k+1][e])
			if k+2 <= last {
				d := w.Sub(h[k+2][path.States[k+1]], h[k+1][path.States[k]])
				square = w.Add(square, w.Mul(d, d))
			}
		}
		sum = w.Add(sum, w.Mul(p, square))
	}
	return sum
}

// promptSum returns I_0, as the mean of (h_1 − E[Harm])², and Σ_t E_prompt[I_t(prompt)]
// through position last, the prompts weighted as given.
func promptSum[E any](w *World[E], last int, weight func(p E) E) (own, within E) {
	h := w.Oracle().Mean()
	own, within = w.FromInt(0), w.FromInt(0)
	lo, hi := w.Layer(1).Row(0)
	for e := lo; e < hi; e++ {
		x, p := w.Layer(1).Next(e), w.Family.Prob[0][e]
		d := w.Sub(h[1][x], h[0][0])
		own = w.Add(own, w.Mul(p, w.Mul(d, d)))
		within = w.Add(within, w.Mul(weight(p), promptInformation(w, x, last)))
	}
	return own, within
}

// promptClaim compares Var(Harm), by recursion, with right.
func promptClaim[E any](w *World[E], claim string, right E) {
	w.Equal(Place{}, claim, w.Solution().Variance, right)
}

func prompt[E any](w *World[E]) {
	promptClaim(w, "Var(Harm) = I_0 + Σ_t E_prompt[I_t(prompt)]", w.Add(promptSum(w, w.T(), itself)))
}

func promptWithin[E any](w *World[E]) {
	_, within := promptSum(w, w.T(), itself)
	promptClaim(w, "Var(Harm) = Σ_t E_prompt[I_t(prompt)]", within)
}

func promptEqual[E any](w *World[E]) {
	// Multiplied by the number of prompts, to need no division.
	lo, hi := w.Layer(1).Row(0)
	n := w.FromInt(int64(hi - lo))
	own, within := promptSum(w, w.T(), func(E) E { return w.FromInt(1) })
	w.Equal(Place{}, "n·Var(Harm) = n·I_0 + Σ over the n prompts of Σ_t I_t(prompt)", w.Mul(n, w.Solution().Variance), w.Add(w.Mul(n, own), within))
}

func promptShort[E any](w *World[E]) {
	promptClaim(w, "Var(Harm) = I_0 + Σ_{t<T} E_prompt[I_t(prompt)]", w.Add(promptSum(w, w.T()-1, itself)))
}

// eachPrompt runs f at every prompt, the edges e of position 1, with its probability and the
// law of the prefixes given the prompt, indexed [t−1][x].
func eachPrompt[E any](w *World[E], f func(e int, p E, law [][]E)) {
	for e, p := range w.Family.Prob[0] {
		prob := slices.Clone(w.Family.Prob)
		prob[0] = zeros(w, len(prob[0]))
		prob[0][e] = w.FromInt(1)
		f(e, p, exact.Occupancy(w.Ring, w.Family.Process, prob))
	}
}

// promptSlope returns Σ_t G_t(prompt) along a tangent for the process behind state x of
// layer 1, by the product rule on its sequences.
func promptSlope[E any](w *World[E], x int, tangent [][]E) E {
	sum := w.FromInt(0)
	for path := range definition.Paths(w.Family.Process, 1, x, w.T()) {
		harm := w.Family.Harm[path.States[len(path.Edges)]]
		for moved := range path.Edges {
			term := harm
			for k, e := range path.Edges {
				if k == moved {
					term = w.Mul(term, tangent[k+1][e])
				} else {
					term = w.Mul(term, w.Family.Prob[k+1][e])
				}
			}
			sum = w.Add(sum, term)
		}
	}
	return sum
}

// promptGradientIs compares d E[Harm] along dP, by dual numbers, with the mean over prompts
// of the slopes of their responses; where fixed is set, dP = 0 at the prompt.
func promptGradientIs[E any](w *World[E], claim string, fixed bool, weight func(p E) E) {
	for _, tangent := range w.Tangents() {
		direction := slices.Clone(tangent)
		if fixed {
			direction[0] = zeros(w, len(tangent[0]))
		}
		right := w.FromInt(0)
		for e, p := range w.Family.Prob[0] {
			right = w.Add(right, w.Mul(weight(p), promptSlope(w, w.Layer(1).Next(e), tangent)))
		}
		w.Equal(Place{}, claim, exact.Derivative(w.Ring, w.Family.Numbers, direction), right)
	}
}

func promptGradient[E any](w *World[E]) {
	promptGradientIs(w, "d E[Harm] with the prompts' law fixed = E_prompt[Σ_t G_t(prompt)] along dP", true, itself[E])
}

func promptGradientFree[E any](w *World[E]) {
	promptGradientIs(w, "d E[Harm] = E_prompt[Σ_t G_t(prompt)] along dP", false, itself[E])
}

func promptGradientAlike[E any](w *World[E]) {
	promptGradientIs(w, "d E[Harm] with the prompts' law fixed = Σ over prompts of Σ_t G_t(prompt) along dP", true, func(E) E { return w.FromInt(1) })
}

// ownHorizon returns the least k ≥ 1 such that Var(Harm|y_≤k) = 0, by enumeration, at all
// prefixes of k tokens that have positive probability given prompt e, and the states that
// follow it so, per layer.
func ownHorizon(w *World[rat], e int) (k int, follows [][]bool) {
	follows = continuations(w.Family.Process, 2, w.Layer(1).Next(e), true)
	open := func(k int) bool {
		for x, ok := range follows[k] {
			if ok && !w.IsZero(w.Oracle().Variance()[k][x]) {
				return true
			}
		}
		return false
	}
	for k = 1; k < w.T() && open(k); {
		k++
	}
	return k, follows
}

// promptHorizonIs compares the horizon of the process, by recursion, with the one that pick
// makes of those of the prompts; the prompt itself is a position.
func promptHorizonIs(w *World[rat], claim string, everyPrompt bool, pick func(k ...int) int) {
	if w.T() == 1 {
		w.Vacuous()
		return
	}
	var horizons []int
	for e, p := range w.Family.Prob[0] {
		if k, _ := ownHorizon(w, e); everyPrompt || !w.IsZero(p) {
			horizons = append(horizons, k)
		}
	}
	w.Same(Place{}, claim, max(1, informationHorizon(w, w.Solution().Information)), pick(horizons...))
}

func largestOf(k ...int) int { return slices.Max(k) }

func promptHorizon(w *World[rat]) {
	promptHorizonIs(w, "max(1, the least k with I_t = 0 for all t > k) = the largest horizon of a prompt", false, largestOf)
}

func promptHorizonEvery(w *World[rat]) {
	promptHorizonIs(w, "max(1, the least k with I_t = 0 for all t > k) = the largest horizon of any prompt", true, largestOf)
}

func promptHorizonLeast(w *World[rat]) {
	promptHorizonIs(w, "max(1, the least k with I_t = 0 for all t > k) = the least horizon of a prompt", false, func(k ...int) int { return slices.Min(k) })
}

// promptSettled claims that nothing contributes from the horizon of a prompt on, as many
// positions later as after says.
func promptSettled(w *World[rat], claim string, after int) {
	beyond := make([][]bool, w.T())
	for t := range beyond {
		beyond[t] = make([]bool, w.Family.Process.States(t))
	}
	for e := range w.Family.Prob[0] {
		k, follows := ownHorizon(w, e)
		for t := k + after; t <= w.T(); t++ {
			if t < 2 {
				continue // the prompt itself
			}
			for x, ok := range follows[t-1] {
				beyond[t-1][x] = beyond[t-1][x] || ok
			}
		}
	}
	contributionVanishes(w, claim, func(t, x int) bool { return beyond[t-1][x] })
}

func promptBeyond(w *World[rat]) {
	promptSettled(w, "Cov(h_t, s_t|y_<t) = 0, t > the horizon of the prompt", 1)
}

func promptAt(w *World[rat]) {
	promptSettled(w, "Cov(h_t, s_t|y_<t) = 0, t ≥ the horizon of the prompt", 0)
}

// promptBounds calls compare with ‖G_t‖², by enumeration, E_prompt[I_t(prompt)·tr F̄_t(prompt)]
// and E_prompt[I_t(prompt)], by recursion.
func promptBounds(w *World[rat], compare func(t int, square, bound, information rat)) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 2; t <= w.T(); t++ {
		bound, information := w.FromInt(0), w.FromInt(0)
		eachPrompt(w, func(_ int, p rat, law [][]rat) {
			i := w.Dot(law[t-1], w.Solution().Step[t-1])
			bound = w.Add(bound, w.Mul(p, w.Mul(i, w.Dot(law[t-1], traces(w, t)))))
			information = w.Add(information, w.Mul(p, i))
		})
		compare(t, norm2(w, score.Position(t, w.Oracle().Harm())), bound, information)
	}
}

func promptBound(w *World[rat]) {
	promptBounds(w, func(t int, square, bound, information rat) {
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ E_prompt[I_t(prompt)·tr F̄_t(prompt)]", square, bound)
		w.AtMost(verify.At(t, 0), "E_prompt[I_t(prompt)·tr F̄_t(prompt)] ≤ κ·E_prompt[I_t(prompt)]", bound, w.Mul(extremeTrace(w, t, true), information))
	})
}

func promptBoundHalf(w *World[rat]) {
	promptBounds(w, func(t int, square, bound, _ rat) {
		w.AtMost(verify.At(t, 0), "2·‖G_t‖² ≤ E_prompt[I_t(prompt)·tr F̄_t(prompt)]", w.Add(square, square), bound)
	})
}

func promptBoundLeast(w *World[rat]) {
	promptBounds(w, func(t int, _, bound, information rat) {
		w.AtMost(verify.At(t, 0), "E_prompt[I_t(prompt)·tr F̄_t(prompt)] ≤ min tr F_t·E_prompt[I_t(prompt)]", bound, w.Mul(extremeTrace(w, t, false), information))
	})
}

// promptGradients returns the probabilities of the prompts and their G_t(prompt), over all
// of θ.
func promptGradients[E any](w *World[E], t int) (probability []E, gradients [][]E) {
	eachPrompt(w, func(_ int, p E, law [][]E) {
		g := zeros(w, w.Family.Param.Total(w.Family.Process))
		for x, weight := range law[t-1] {
			for i, c := range covariance(w, t, x) {
				j := w.Family.Param.Index(w.Family.Process, t, x, i)
				g[j] = w.Add(g[j], w.Mul(weight, c))
			}
		}
		probability, gradients = append(probability, p), append(gradients, g)
	})
	return probability, gradients
}

// promptSpreadIs compares E_prompt[‖G_t(prompt)‖²] − ‖G_t‖² with what of makes of the spread
// over pairs of prompts.
func promptSpreadIs[E any](w *World[E], claim string, of func(spread E) E) {
	for t := 2; t <= w.T(); t++ {
		p, g := promptGradients(w, t)
		mean, spread := w.FromInt(0), w.FromInt(0)
		for e := range g {
			mean = w.Add(mean, w.Mul(p[e], norm2(w, g[e])))
			for d := range e {
				apart := w.FromInt(0)
				for i, v := range g[e] {
					apart = w.Add(apart, field.Square(w.Ring, w.Sub(v, g[d][i])))
				}
				spread = w.Add(spread, w.Mul(w.Mul(p[e], p[d]), apart))
			}
		}
		w.Equal(verify.At(t, 0), claim, w.Sub(mean, norm2(w, gradient(w, t))), of(spread))
	}
}

func promptSpread[E any](w *World[E]) {
	promptSpreadIs(w, "E_prompt[‖G_t(prompt)‖²] − ‖G_t‖² = Σ P·P'·‖G_t(prompt) − G_t(prompt')‖²", itself[E])
}

func promptSpreadNone[E any](w *World[E]) {
	promptSpreadIs(w, "E_prompt[‖G_t(prompt)‖²] = ‖G_t‖²", func(E) E { return w.FromInt(0) })
}

func promptSilent(w *World[rat]) {
	for t := 2; t <= w.T(); t++ {
		silent := allZero(w, gradient(w, t))
		p, g := promptGradients(w, t)
		for e := range g {
			w.Implies(verify.At(t, 0), "G_t = 0 ⇒ G_t(prompt) = 0", silent && !w.IsZero(p[e]), allZero(w, g[e]))
		}
	}
}
