package theorems

import (
	"fmt"
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Statements beyond the paper about harm information and its equilibrium.

func ownInformation() []*Statement {
	bare := generators.Needs{Harm: true}
	suite := "The suite's own; the paper does not state it."
	return []*Statement{
		{
			ID: "own-tail", Title: "What the KL beyond a position amounts to", Section: "8",
			Formula:    "Σ_{s>t} KL_s = E_{y_≤t∼P*_λ} ∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da = E_{y_≤t∼P*_λ}[−λ·E*[Harm|y_≤t] − log E_0[e^{−λHarm}|y_≤t]]",
			Hypotheses: []string{"tabular: the optimum of eq. 2 over all policies", "the outer expectation under P*_λ"},
			Reading:    suite + " The integral is compared coefficient by coefficient, the closed form in enclosures at the λ of the case.",
			Checks:     []Check{verify.Series(tailIntegral, nil), verify.Interval(tailClosed)},
			NearMisses: []NearMiss{
				{Name: "prefixes under P_0", Drops: "the outer expectation under P*_λ", Check: verify.Series(tailBase, nil)},
				{Name: "missing factor a", Check: verify.Series(tailUnweighted, nil)},
				{Name: "Σ_{s≥t}", Check: verify.Series(tailEarly, nil)},
				{Name: "the variance under P_0", Check: verify.Series(tailVariance, nil)},
			},
			Looks: bare,
		},
		{
			ID: "own-cubic", Title: "The third order of the KL profile", Section: "8",
			Formula:    "tabular: the coefficient of λ³ of KL_t is −{½·E[Cov(h_t, v_t|y_<t)] + ⅓·E[κ_3(h_t|y_<t)] + ½·Cov(h_{t−1}, Var(h_t|y_<t))}, v_t = Var_0(Harm|y_≤t), κ_3 the third cumulant",
			Hypotheses: []string{"tabular: the optimum of eq. 2 over all policies"},
			Reading:    suite,
			Checks:     []Check{verify.Series(cubic, nil)},
			NearMisses: []NearMiss{
				{Name: "sign", Check: verify.Series(cubicSign, nil)},
				{Name: "½ in place of ⅓", Check: verify.Series(cubicHalf, nil)},
				{Name: "without the covariance across prefixes", Check: verify.Series(cubicWithin, nil)},
				{Name: "v_{t−1} in place of v_t: the first term drops out", Check: verify.Series(cubicEarly, nil)},
			},
			Looks: bare,
		},
		{
			ID: "own-pointwise", Title: "The pointwise bound with the largest eigenvalue", Section: "7",
			Formula:    "C_tᵀF_t⁺C_t ≤ Var(h_t|y_<t), with equality when tabular; ‖C_t‖⁴ ≤ Var(h_t|y_<t)·C_tᵀF_tC_t, hence ‖C_t‖² ≤ Var(h_t|y_<t)·λ_max(F_t). Tabular: lem-12 is an equality for two tokens, strict for three or more",
			Hypotheses: []string{"equality: tabular", "strictness: three tokens of positive probability, Var(h_t|y_<t) > 0"},
			Reading:    suite + " λ_max is irrational; its Rayleigh quotient at C_t is not, and no larger. Tokens are counted on the support. The gaps are sums of squares: Var(h_t|y_<t) − 2zᵀC_t + zᵀF_tz = E[(Δ_t − s_tᵀz)²|y_<t], at z = F_t⁺C_t or, cleared of det F_t for two parameters, at z = adj(F_t)C_t; and Lagrange's identity for Δ_t and C_tᵀs_t.",
			Checks: []Check{
				verify.Rational(pointwiseEigenvalue), verify.Rational(pointwiseTabular),
				verify.Identity(pointwiseSquares[rat], pointwiseSquares[mod]),
				verify.Identity(pointwiseBest[rat], pointwiseBest[mod]).Within(verify.Limits{CertificateOnly: true}),
				verify.Identity(pointwiseTabularSquares[rat], pointwiseTabularSquares[mod]),
				verify.Rational(pointwiseSquaresTight),
			},
			NearMisses: []NearMiss{
				{Name: "equality for every parameterisation", Drops: "equality: tabular", Check: verify.Rational(pointwiseEquality)},
				{Name: "half the variance", Check: verify.Rational(pointwiseHalf)},
				{Name: "lem-12 is an equality for three tokens too", Check: verify.Rational(pointwiseTight), Looks: &bare},
				{Name: "strict without variance", Drops: "strictness: three tokens of positive probability, Var(h_t|y_<t) > 0", Check: verify.Rational(pointwiseStrict), Looks: &generators.Needs{}},
				{Name: "the adjugate of F_t without its signs", Check: verify.Identity(pointwiseSign[rat], pointwiseSign[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition()},
				{Name: "the gap of ‖C_t‖⁴ ≤ Var(h_t|y_<t)·C_tᵀF_tC_t without its factor ½", Check: verify.Identity(pointwiseRayleighHalf[rat], pointwiseRayleighHalf[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition()},
				{Name: "tabular: C_t itself solves F_t·z = C_t", Check: verify.Identity(pointwiseOwnInverse[rat], pointwiseOwnInverse[mod])},
				{Name: "C_tᵀF_t⁺C_t = Var(h_t|y_<t) only where s_t = c·Δ_t", Check: verify.Rational(pointwiseTightAligned)},
			},
			Looks: generators.Needs{Harm: true, Kind: model.Shared, ZeroWeights: true},
		},
		{
			ID: "own-prompt", Title: "Harm information over random prompts", Section: "4",
			Formula:    "Var(Harm) = I_0 + Σ_t E_prompt[I_t(prompt)], I_0 the variance over prompts of their mean harm",
			Hypotheses: []string{"prompts are averaged with their probabilities"},
			Reading:    suite + " The first token of the process is the prompt; the positions of the response are those behind it.",
			Checks:     []Check{verify.Identity(prompt[rat], prompt[mod])},
			NearMisses: []NearMiss{
				{Name: "without the prompts' own variance", Check: verify.Identity(promptWithin[rat], promptWithin[mod])},
				{Name: "prompts weighted equally", Drops: "prompts are averaged with their probabilities", Check: verify.Identity(promptEqual[rat], promptEqual[mod]), When: unequalPrompts},
				{Name: "the last position is dropped", Check: verify.Identity(promptShort[rat], promptShort[mod]), When: twoPositions},
			},
			Looks: bare,
		},
		{
			ID: "own-turns", Title: "Tokens of the environment carry information and no gradient", Section: "5",
			Formula:    "with the scores of every second position zero: ∇E[Harm] = Σ_{t odd} E_{y_<t}[Cov(h_t, s_t|y_<t)], while Var(Harm) = Σ_{t odd} I_t + Σ_{t even} I_t",
			Hypotheses: []string{"the tokens of the environment follow a fixed policy"},
			Reading:    suite + " Turns alternate, and the policy speaks first.",
			Checks:     []Check{verify.Identity(turns[rat], turns[mod])},
			NearMisses: []NearMiss{
				{Name: "the environment's tokens have gradients", Drops: "the tokens of the environment follow a fixed policy", Check: verify.Identity(turnsFree[rat], turnsFree[mod]), When: twoPositions},
				{Name: "the variance over the policy's tokens alone", Check: verify.Identity(turnsVariance[rat], turnsVariance[mod])},
				{Name: "no gradient, no information", Check: verify.Rational(turnsSilent)},
			},
			Looks: generators.Needs{Harm: true, Kind: model.Shared},
		},
		{
			ID: "own-lumping", Title: "States stand for their prefixes", Section: "3",
			Formula:    "unrolling a layered process into its prefix tree changes none of h_t, Δ_t, I_t, the horizon, P* and KL_t of eq. 2, ρ_0, I_t^rec; the gradient for one logit vector per state is the tree's with the logits of a state's prefixes tied",
			Hypotheses: []string{"P_0, Harm and Q are functions of the state", "gradients: the logits of a state's prefixes are tied"},
			Reading:    suite + " The optimum of eq. 43 is not among them: its weight Q/P* depends on the prefix.",
			Checks:     []Check{verify.Rational(lumping), verify.Series(lumpingKL, nil)},
			NearMisses: []NearMiss{
				{Name: "‖G_t‖² with the logits of the prefixes free", Drops: "gradients: the logits of a state's prefixes are tied", Check: verify.Rational(lumpingFree)},
				{Name: "a prefix is as likely as its state", Check: verify.Rational(lumpingOccupancy)},
				{Name: "I_t with states weighted equally", Check: verify.Rational(lumpingEqual)},
				{Name: "the optimum of eq. 43 too", Check: verify.Series(lumpingDeep, nil), Source: penalisedSource()},
			},
			Source: layeredSource(),
		},
	}
}

func tailIntegral(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ} ∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da", w.T()-1, func(b *tails, t int) []rat { return b.over(t, b.starred, b.weighted) })
}

func tailBase(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P_0} ∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da", w.T()-1, func(b *tails, t int) []rat { return b.over(t, b.base, b.weighted) })
}

func tailUnweighted(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ} ∫_0^λ Var_{P*_a}(Harm|y_≤t) da", w.T()-1, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return v })
	})
}

func tailEarly(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ} ∫_0^λ a·Var_{P*_a}(Harm|y_<t) da", w.T()-1, func(b *tails, t int) []rat {
		return b.over(max(t-1, 0), b.starred, b.weighted)
	})
}

func tailVariance(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ}[(λ²/2)·Var_0(Harm|y_≤t)]", w.T()-1, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return b.weighted(b.Constant(v[0])) })
	})
}

func tailClosed(w *World[enc]) {
	o := newOptimum(w)
	for t := range o.kl {
		w.Meet(verify.At(t, 0), "Σ_{s>t} KL_s = E*[−λ·E*[Harm|y_≤t] − log E_0[e^{−λHarm}|y_≤t]]", field.Sum(w.Ring, o.kl[t:]), w.Dot(o.mass[t], o.ahead[t]))
	}
}

// thirds holds the three terms of the λ³ coefficient of KL_t.
func thirds(w *World[rat], t int) (risk, skew, across rat) {
	m := w.Solution()
	risk, skew = w.FromInt(0), w.FromInt(0)
	for x, p := range m.Occupancy[t-1] {
		row, d := w.Row(t, x), innovation(w, t, x)
		risk = w.Add(risk, w.Mul(p, triple(w, row, d, w.After(t, x, m.CondVar[t]))))
		square := make([]rat, len(d))
		for a := range d {
			square[a] = w.Mul(d[a], d[a])
		}
		skew = w.Add(skew, w.Mul(p, triple(w, row, d, square)))
	}
	across = w.Sub(triple(w, m.Occupancy[t-1], m.H[t-1], m.Step[t-1]), w.Mul(m.Expected, m.Information[t-1]))
	return risk, skew, across
}

// cubicClaim compares the λ³ coefficient of KL_t, by enumeration, with n/6 of a
// combination of the three terms.
func cubicClaim(w *World[rat], claim string, risk, skew, across int64) {
	for i, kl := range definedKL(w) {
		a, b, c := thirds(w, i+1)
		sum := w.Add(w.Mul(w.FromInt(risk), a), w.Add(w.Mul(w.FromInt(skew), b), w.Mul(w.FromInt(across), c)))
		w.Equal(verify.At(i+1, 0), claim, w.Mul(w.FromInt(6), kl[3]), sum)
	}
}

func cubic(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 2·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", -3, -2, -3)
}

func cubicSign(w *World[rat]) {
	cubicClaim(w, "6·KL_t = 3·E Cov(h_t, v_t|y_<t) + 2·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t)), order 3", 3, 2, 3)
}

func cubicHalf(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 3·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", -3, -3, -3)
}

func cubicWithin(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 2·E κ_3(h_t|y_<t)}, order 3", -3, -2, 0)
}

func cubicEarly(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{2·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", 0, -2, -3)
}

// square returns a matrix given row by row.
func square(m []rat, n int) [][]rat {
	rows := make([][]rat, n)
	for i := range rows {
		rows[i] = m[i*n : (i+1)*n]
	}
	return rows
}

// pointwiseClaim runs a claim on C_t, F_t and Var(h_t|y_<t) by enumeration, at
// every prefix.
func pointwiseClaim(w *World[rat], param model.Parameterisation, claim func(at Place, support int, c []rat, f [][]rat, variance rat)) {
	score := w.Oracle().Score(param)
	for t := 1; t <= w.T(); t++ {
		variance := w.Oracle().StepVariance(t)
		for x := range w.States(t) {
			support := 0
			for _, p := range w.Row(t, x) {
				if !w.IsZero(p) {
					support++
				}
			}
			c := score.Local(t, x)
			claim(verify.At(t, x), support, c, square(score.Fisher(t, x), len(c)), variance[x])
		}
	}
}

// projected returns CᵀF⁺C.
func projected(w *World[rat], f [][]rat, c []rat) rat { return w.Dot(c, solveFisher(w, f, c)) }

func pointwiseEigenvalue(w *World[rat]) {
	pointwiseClaim(w, *w.Family.Param, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.AtMost(at, "C_tᵀF_t⁺C_t ≤ Var(h_t|y_<t)", projected(w, f, c), v)
		n := norm2(w, c)
		w.AtMost(at, "‖C_t‖⁴ ≤ Var(h_t|y_<t)·C_tᵀF_tC_t", w.Mul(n, n), w.Mul(v, form(w, f, c)))
	})
}

func pointwiseTabular(w *World[rat]) {
	pointwiseClaim(w, model.Parameterisation{}, func(at Place, support int, c []rat, f [][]rat, v rat) {
		w.Equal(at, "tabular: C_tᵀF_t⁺C_t = Var(h_t|y_<t)", projected(w, f, c), v)
		bound := w.Mul(v, diagonal(w, f))
		switch {
		case support <= 2:
			w.Equal(at, "tabular, two tokens: ‖C_t‖² = Var(h_t|y_<t)·tr F_t", norm2(w, c), bound)
		case w.IsZero(v):
			w.Vacuous()
		default:
			w.Less(at, "tabular, three tokens and more: ‖C_t‖² < Var(h_t|y_<t)·tr F_t", norm2(w, c), bound)
		}
	})
}

// diagonal returns tr F.
func diagonal(w *World[rat], f [][]rat) rat {
	sum := w.FromInt(0)
	for i := range f {
		sum = w.Add(sum, f[i][i])
	}
	return sum
}

func pointwiseEquality(w *World[rat]) {
	pointwiseClaim(w, *w.Family.Param, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.Equal(at, "C_tᵀF_t⁺C_t = Var(h_t|y_<t)", projected(w, f, c), v)
	})
}

func pointwiseHalf(w *World[rat]) {
	pointwiseClaim(w, *w.Family.Param, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.AtMost(at, "2·C_tᵀF_t⁺C_t ≤ Var(h_t|y_<t)", w.Mul(w.FromInt(2), projected(w, f, c)), v)
	})
}

func pointwiseTight(w *World[rat]) {
	pointwiseClaim(w, model.Parameterisation{}, func(at Place, _ int, c []rat, f [][]rat, v rat) {
		w.Equal(at, "tabular: ‖C_t‖² = Var(h_t|y_<t)·tr F_t", norm2(w, c), w.Mul(v, diagonal(w, f)))
	})
}

func pointwiseStrict(w *World[rat]) {
	pointwiseClaim(w, model.Parameterisation{}, func(at Place, support int, c []rat, f [][]rat, v rat) {
		if support > 2 {
			w.Less(at, "tabular, three tokens and more: ‖C_t‖² < Var(h_t|y_<t)·tr F_t", norm2(w, c), w.Mul(v, diagonal(w, f)))
		}
	})
}

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

func itself[E any](v E) E { return v }

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
		w.Equal(Place{}, claim, exact.Derivative(w.Ring, w.Family.Point, fixed(w, tangent)), right)
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

// layeredSource supplies layered processes with a few states per layer, that
// prefixes share: each token leads to any of them. The smallest have two tokens,
// two positions and two states.
func layeredSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			v, length, states := 2+int(r.Int64N(2)), 2+int(r.Int64N(3)), 2+int(r.Int64N(2))
			var weights, next [][]int64
			for t := range length {
				rows := states
				if t == 0 {
					rows = 1
				}
				list := integers(rows*v, 0, 4, r)
				for x := range rows {
					list[x*v]++ // no row is empty
				}
				weights, next = append(weights, list), append(next, integers(rows*v, 0, int64(states)-1, r))
			}
			c := layered(v, weights, next, integers(states, 0, 4, r), 4)
			c.Recovery = []int{int(r.Int64N(int64(v)))}
			if i%2 == 1 {
				c.Adversary = model.Adversary{Kind: model.AdversaryUniform}
			}
			return c
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				// The size is what six weights exceed 1 by, and the harm of two states.
				for size := int64(0); ; size++ {
					for entries := range absolute(8, size) {
						if slices.Min(entries) < 0 || slices.Max(entries[6:]) > 1 {
							continue
						}
						var weights [6]int64
						for e := range weights {
							weights[e] = entries[e] + 1
						}
						for bits := range int64(1 << 6) {
							var next [6]int64
							for e := range next {
								next[e] = bits >> e & 1
							}
							if !yield(layered(2, [][]int64{weights[:2], weights[2:]}, [][]int64{next[:2], next[2:]}, entries[6:], 1)) {
								return
							}
						}
					}
				}
			}
		},
	}
}

// penalisedSource supplies layered processes of two positions whose first tokens
// all lead to one state, with β = 1 and recovery by token 0: cases of the optimum of
// eq. 43.
func penalisedSource() *Source {
	penalised := func(v int, weights []int64, harm []int64, denominator int64) *model.Case {
		next := [][]int64{make([]int64, v), make([]int64, v)}
		for a := range next[1] {
			next[1][a] = int64(a)
		}
		c := layered(v, [][]int64{weights[:v], weights[v:]}, next, harm, denominator)
		c.Beta, c.Recovery = big.NewRat(1, 1), []int{0}
		return c
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			v := 2 + int(r.Int64N(2))
			return penalised(v, integers(2*v, 1, 4, r), integers(v, 0, 4, r), 4)
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				// The size is what four weights exceed 1 by, and the harm of two states.
				for size := int64(0); ; size++ {
					for entries := range absolute(6, size) {
						if slices.Min(entries) < 0 || slices.Max(entries[4:]) > 1 {
							continue
						}
						var weights [4]int64
						for e := range weights {
							weights[e] = entries[e] + 1
						}
						if !yield(penalised(2, weights[:], entries[4:], 1)) {
							return
						}
					}
				}
			}
		},
	}
}

// layered returns the tabular case on a layered process over v tokens with dense
// rows: weights[t−1] and next[t−1] per edge, and harm over a denominator.
func layered(v int, weights, next [][]int64, harm []int64, denominator int64) *model.Case {
	var layers []*model.Layer
	for t, list := range weights {
		to := make([]int32, len(list))
		for e := range to {
			to[e] = int32(next[t][e])
		}
		layers = append(layers, mustModel(model.DenseLayer(v, model.NaturalsOf(list...), to)))
	}
	return &model.Case{Instance: model.NewInstance(mustModel(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(denominator))))}
}

// unrolledWorld is the world of the prefix tree of a case, with the way back.
type unrolledWorld struct {
	*World[rat]
	of    *World[rat]
	state [][]int // the state that each prefix ends in: [t][y]
}

// maxUnrolled bounds the states of a prefix tree; the sequences of a case are few
// enough to be enumerated.
const maxUnrolled = 1 << 16

func unroll(w *World[rat]) *unrolledWorld {
	p, state, err := model.Unroll(w.Family.Process, maxUnrolled)
	if err != nil {
		panic(err)
	}
	in := *w.Case.Instance
	in.Process = p
	in.Adversary.Rows = nil
	for t := range w.Case.Adversary.Rows { // Q's rows are repeated like those of the process
		l, rows := w.Layer(t+1), &w.Case.Adversary.Rows[t]
		var repeated model.Naturals
		for _, x := range state[t] {
			for e, hi := l.Row(x); e < hi; e++ {
				repeated.AppendFrom(rows, e)
			}
		}
		in.Adversary.Rows = append(in.Adversary.Rows, repeated)
	}
	return &unrolledWorld{verify.NewCaseWorld(rationals(w), &model.Case{Instance: &in}), w, state}
}

// edge returns the edge of the process that edge e of prefix y of t−1 tokens repeats.
func (u *unrolledWorld) edge(t, y, e int) int {
	lo, _ := u.Layer(t).Row(y)
	from, _ := u.of.Layer(t).Row(u.state[t-1][y])
	return from + e - lo
}

func lumping(w *World[rat]) {
	u := unroll(w)
	o, m := u.Oracle(), w.Solution()
	for t := range w.T() + 1 {
		for y, x := range u.state[t] {
			w.Equal(verify.At(t, x), "h_t of the state = h_t of the prefix", m.H[t][x], o.Mean()[t][y])
		}
	}
	w.Same(Place{}, "horizon of the process = horizon of the tree", exact.Horizon(w.Family.Process), o.Horizon())
	law, err := exact.AdversaryLaw[rat](rationals(w), w.Case.Instance)
	if err != nil {
		panic(err)
	}
	unrolledLaw, err := definition.Adversary[rat](rationals(w), u.Case.Instance)
	if err != nil {
		panic(err)
	}
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_t of the process = I_t of the tree", m.Information[t-1], o.Information(t))
		rec := w.FromInt(0)
		rho := make([]rat, w.Layer(t).States())
		for x := range rho {
			lo, _ := w.Layer(t).Row(x)
			rho[x] = w.FromInt(0)
			for a, p := range w.Row(t, x) {
				if w.Case.Recovers(w.Layer(t).Token(lo + a)) {
					rho[x] = w.Add(rho[x], p)
				}
			}
			rec = w.Add(rec, w.Mul(law[t-1][x], w.Mul(rho[x], w.Sub(w.FromInt(1), rho[x]))))
		}
		for y, r := range o.Recovery(w.Case.Recovery, t) {
			w.Equal(verify.At(t, u.state[t-1][y]), "ρ_0 of the state = ρ_0 of the prefix", rho[u.state[t-1][y]], r)
		}
		w.Equal(verify.At(t, 0), "I_t^rec of the process = I_t^rec of the tree", rec, o.RecoveryInformation(w.Case.Recovery, unrolledLaw, t))
		steps, increments := m.Innovation(w.Ring, t), o.Increment(t)
		for i, d := range increments {
			w.Equal(verify.At(t, u.state[t-1][o.State(i, t-1)]), "Δ_t of the process = Δ_t of the tree", steps[u.edge(t, o.State(i, t-1), o.Edge(i, t))], d)
		}
		for j, g := range tied(u, t) {
			w.Equal(verify.At(t, 0), "G_t for one logit vector per state = G_t of the tree with tied logits", block(w, t, exact.Gradient(w.Ring, tabular(w), m, t))[j], g)
		}
	}
	unrolledTilts := tilts(u.World)
	for i, tilt := range tilts(w) {
		s := solveTilted(w, tilt)
		starred, err := definition.Tilted(rationals(w), o, unrolledTilts[i])
		if err != nil {
			panic(err)
		}
		claim := fmt.Sprintf("P*(a|x) of the process = P*(a|y_<t) of the tree, e^{−λ/m} = %s", tiltBases[i].RatString())
		for t := 1; t <= w.T(); t++ {
			before, after := o.Marginals(starred, t-1), o.Marginals(starred, t)
			for y := range o.Len() {
				if o.Opens(y, t) {
					x := o.State(y, t-1)
					w.Equal(verify.At(t, u.state[t-1][x]), claim, w.Mul(before[y], s.Policy[t-1][u.edge(t, x, o.Edge(y, t))]), after[y])
				}
			}
		}
	}
}

// tied returns G_t of the tree, by enumeration, with the logits of the prefixes of a
// state tied: the sums of those of its prefixes, per edge of the process.
func tied(u *unrolledWorld, t int) []rat {
	sum := make([]rat, u.of.Layer(t).Edges())
	for e := range sum {
		sum[e] = u.FromInt(0)
	}
	g := u.Oracle().Score(model.Parameterisation{}).Position(t, u.Oracle().Harm())
	for y := range u.Layer(t).States() {
		lo, hi := u.Layer(t).Row(y)
		for e := lo; e < hi; e++ {
			j := u.edge(t, y, e)
			sum[j] = u.Add(sum[j], g[e])
		}
	}
	return sum
}

// lumpingKL compares KL_t of the process, by recursion, with that of the tree, by
// enumeration.
func lumpingKL(w *World[rat]) {
	unrolled := definedKL(unroll(w).World)
	for t, kl := range tabularKL(w) {
		for k := range kl {
			w.Equal(verify.At(t+1, 0), fmt.Sprintf("KL_t of the process = KL_t of the tree, order %d", k), kl[k], unrolled[t][k])
		}
	}
}

func lumpingFree(w *World[rat]) {
	u := unroll(w)
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "‖G_t‖² for one logit vector per state = ‖G_t‖² of the tree", norm2(w, exact.Gradient(w.Ring, tabular(w), w.Solution(), t)),
			norm2(w, u.Oracle().Score(model.Parameterisation{}).Position(t, u.Oracle().Harm())))
	}
}

func lumpingOccupancy(w *World[rat]) {
	u := unroll(w)
	for t, states := range u.state {
		for y, x := range states {
			w.Equal(verify.At(t, x), "P(x) of the state = P(y_≤t) of the prefix", w.Solution().Occupancy[t][x], u.Solution().Occupancy[t][y])
		}
	}
}

func lumpingEqual(w *World[rat]) {
	u := unroll(w)
	for t := 1; t <= w.T(); t++ {
		n := w.FromInt(0)
		for range w.States(t) {
			n = w.Add(n, w.FromInt(1))
		}
		w.Equal(verify.At(t, 0), "mean of Var(h_t|x) over the states = I_t of the tree", overStates(w, t, w.Solution().Step[t-1]), w.Mul(n, u.Oracle().Information(t)))
	}
}

// lumpingDeep claims that the optimum of eq. 43 on the tree, along its branch through
// the base model, is a function of the state.
func lumpingDeep(w *World[rat]) {
	u := unroll(w)
	b := u.Deep()
	if b == nil {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		first := make(map[int]int) // the first prefix that ends in a state
		for y, x := range u.state[t-1] {
			if _, seen := first[x]; !seen {
				first[x] = y
			}
			one, _ := u.Layer(t).Row(first[x])
			for other, hi := u.Layer(t).Row(y); other < hi; one, other = one+1, other+1 {
				for k, p := range b.Prob[t-1][one] {
					w.Equal(verify.At(t, x), fmt.Sprintf("eq. 43: P*(a|y_<t) = P*(a|y'_<t) for prefixes of one state, order %d", k), p, b.Prob[t-1][other][k])
				}
			}
		}
	}
}
