package theorems

import (
	"sounding/exact"
	"sounding/verify"
)

// The gradient of the KL, and what is computed in its place.

var xTokenKL = &Statement{
	ID: "x-token-kl", Title: "The gradient of the token-level KL at frozen prefixes is not that of the KL", Section: "10", Kind: verify.Own,
	Formula: "∇KL(P‖P_0) = Σ_t E[s_t·Σ_{s≥t} ℓ_s] = Σ_t E[s_t·ℓ_t] + Σ_{s>t} Σ_x ∂_tP(y_<s=x)·E[ℓ_s|x], ℓ_t = log(P/P_0)(y_t|y_<t)",
	Hypotheses: []string{
		"P > 0 and P_0 > 0",
		"∂_t is the derivative in the conditionals of position t alone",
	},
	Reading: ownReading + " The refuted practice is to take the KL token by token at the sampled prefixes, " +
		"and to differentiate that. It ignores that a token also decides which prefixes come later, and so " +
		"what KL they cost. The two agree at T = 1 and differ from T = 2 on. An estimator used as a loss is " +
		"judged by the expectation of its gradient over y ∼ P. With ℓ_t itself as the loss (k1) that is " +
		"zero. With ½ℓ_t² (k2), or with ℓ_t as the reward of its own token alone, it is the gradient at " +
		"frozen prefixes. With ℓ_t as a reward to go it is right. k3 = r − 1 − log r, r = P_0/P at the " +
		"token, is an unbiased estimate of the KL at a prefix, but as a loss it has the gradient of the " +
		"reverse KL. If k1 and k3 are weighted by the ratio w = P/μ of the policy to the one that drew the " +
		"tokens, and the ratio is differentiated too, they have the gradient at the prefixes that were " +
		"drawn, whatever μ is. In the checks ℓ is an arbitrary function of the prefix, r an arbitrary number " +
		"at each token, μ has arbitrary rows, and the derivative of log P is dP/P.",
	Claims: []Claim{
		{
			Formula: "∂_tKL(P‖P_0) = E[s_t·Σ_{s≥t} ℓ_s]",
			Kernel:  []string{"Derivative.KL_derivative"},
			Check:   verify.Identity(klToGo[rat], klToGo[mod]),
		},
		{
			Formula: "E[∇k1_t] = E[s_t] = 0, k1 the log-ratio as a loss: P_0 drops out",
			Check:   verify.Identity(klAsLoss[rat], klAsLoss[mod]),
		},
		{
			Formula: "E[∇½ℓ_t²] = E[s_t·ℓ_t] = Σ_x P(x)·∇KL(P(·|x)‖P_0(·|x)), x the prefixes y_<t",
			Check:   verify.Identity(klFrozen[rat], klFrozen[mod]),
		},
		{
			Formula: "E[∇k3_t] = E[(1 − r_t)·s_t] = Σ_x P(x)·∇KL(P_0(·|x)‖P(·|x)), k3 = r − 1 − log r, r = P_0/P",
			Check:   verify.Identity(thirdAsLoss[rat], thirdAsLoss[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
		},
		{
			Formula: "E_{y∼μ}[∇(w_t·k_t)] = Σ_x μ(x)·∇KL(P(·|x)‖P_0(·|x)), k = k1 or k3, w_t = (P/μ)(y_t|y_<t), for every policy μ",
			Check:   verify.Identity(ratioWeighted[rat], ratioWeighted[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
		},
		{
			Formula: "∂_tKL(P‖P_0) − E[s_t·ℓ_t] = Σ_{s>t} Σ_x ∂_tP(y_<s=x)·E[ℓ_s|x]",
			Check:   verify.Identity(klMissed[rat], klMissed[mod]),
		},
		{
			Formula:    "∂_tKL(P‖P_0) = E[s_t·ℓ_t]",
			Hypotheses: []string{"t = T"},
			Check:      verify.Identity(klLast[rat], klLast[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the gradient with frozen prefixes at every position", Drops: "t = T", Check: verify.Identity(klTokens[rat], klTokens[mod])},
		{Name: "the KL to come without that of the token itself", Check: verify.Identity(klAfter[rat], klAfter[mod])},
		{Name: "ℓ_t as a loss has the gradient of the KL", Check: verify.Identity(klAsLossOnly[rat], klAsLossOnly[mod])},
		{Name: "½ℓ_t² and k3 have one gradient as losses", Check: verify.Identity(thirdAsSecond[rat], thirdAsSecond[mod])},
		{Name: "½ℓ_t² weighted by the ratio, as k1 and k3", Check: verify.Identity(ratioOnSecond[rat], ratioOnSecond[mod])},
		{Name: "the ratio of one token corrects the prefixes too: P(x) in place of μ(x)", Check: verify.Identity(ratioUnderPolicy[rat], ratioUnderPolicy[mod])},
		{Name: "prefixes weighted alike in the gradient with frozen prefixes", Check: verify.Identity(klFrozenAlike[rat], klFrozenAlike[mod])},
		{Name: "what is missed with the tokens of a row weighted alike: Σ_a ℓ_s(xa) in place of E[ℓ_s|x]", Check: verify.Identity(klMissedAlike[rat], klMissedAlike[mod])},
	},
}

// klGradient returns ∂_tKL along a tangent for t = 1…T at [t−1], by enumeration of the
// sequences: Σ_y ∂_tP(y)·(Σ_s ℓ_s(y) + 1), where the 1 comes of P·dℓ = dP.
func klGradient[E any](w *World[E], tangent [][]E) []E {
	o, ell := w.Oracle(), w.Test()
	f := constants(w, o.Len(), 1)
	for i := range f {
		for t := 1; t <= w.T(); t++ {
			f[i] = w.Add(f[i], ell[t][o.State(i, t)])
		}
	}
	return o.Derivative(f, tangent)
}

// ownToken returns E[s_t·ℓ_t] along a tangent for t = 1…T at [t−1], by enumeration of the
// sequences.
func ownToken[E any](w *World[E], tangent [][]E) []E {
	o, ell := w.Oracle(), w.Test()
	f := make([][]E, w.T())
	for t := 1; t <= w.T(); t++ {
		f[t-1] = make([]E, o.Len())
		for i := range f[t-1] {
			f[t-1][i] = ell[t][o.State(i, t)]
		}
	}
	return o.PositionDerivatives(f, tangent)
}

// rowSum returns Σ_x weight(x)·Σ_a dP(a|x)·v(xa) at position t, over the states of layer
// t−1 that some prefix ends in.
func rowSum[E any](w *World[E], t int, dp, weight, v []E) E {
	sum := w.FromInt(0)
	for x := range w.States(t) {
		lo, hi := w.Layer(t).Row(x)
		sum = w.Add(sum, w.Mul(weight[x], w.Dot(dp[lo:hi], w.After(t, x, v))))
	}
	return sum
}

// perPosition compares, along each tangent, what left returns per position with right, from the
// given position on.
func perPosition[E any](w *World[E], claim string, from int, left func(w *World[E], tangent [][]E) []E, right func(tangent [][]E, t int) E) {
	for _, tangent := range w.Tangents() {
		list := left(w, tangent)
		for t := from; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), claim, list[t-1], right(tangent, t))
		}
	}
}

// klAhead returns the mean KL of all that follows each state: Σ_{s>t} E[ℓ_s|x] at [t][x].
func klAhead[E any](w *World[E]) [][]E {
	return toGo(w, constants(w, len(w.Family.Harm), 0), w.Test())
}

// sumOf returns u + v, entry by entry.
func sumOf[E any](w *World[E], u, v []E) []E {
	r := make([]E, len(u))
	for i := range u {
		r[i] = w.Add(u[i], v[i])
	}
	return r
}

// constants returns a list of n times v.
func constants[E any](w *World[E], n int, v int64) []E {
	list := make([]E, n)
	for i := range list {
		list[i] = w.FromInt(v)
	}
	return list
}

func klToGo[E any](w *World[E]) {
	ahead := klAhead(w)
	perPosition(w, "∂_tKL = E[s_t·Σ_{s≥t} ℓ_s]", 1, klGradient, func(tangent [][]E, t int) E {
		return rowSum(w, t, tangent[t-1], w.Solution().Occupancy[t-1], sumOf(w, w.Test()[t], ahead[t]))
	})
}

func klAfter[E any](w *World[E]) {
	ahead := klAhead(w)
	perPosition(w, "∂_tKL = E[s_t·Σ_{s>t} ℓ_s]", 1, klGradient, func(tangent [][]E, t int) E {
		return rowSum(w, t, tangent[t-1], w.Solution().Occupancy[t-1], ahead[t])
	})
}

// meanScores returns E[s_t] along a tangent for t = 1…T at [t−1], by enumeration.
func meanScores[E any](w *World[E], tangent [][]E) []E {
	return w.Oracle().Derivative(constants(w, w.Oracle().Len(), 1), tangent)
}

func klAsLoss[E any](w *World[E]) {
	perPosition(w, "E[∇k1_t] = E[s_t] = 0", 1, meanScores, func([][]E, int) E { return w.FromInt(0) })
}

func klAsLossOnly[E any](w *World[E]) {
	perPosition(w, "∂_tKL = E[∇k1_t] = 0", 1, klGradient, func([][]E, int) E { return w.FromInt(0) })
}

// frozen compares E[s_t·ℓ_t] with the mean over prefixes of the gradient of the KL of the
// row, Σ_a dP(a|x)·(ℓ_t(xa) + 1).
func frozen[E any](w *World[E], claim string, weight func(t int) []E) {
	perPosition(w, claim, 1, ownToken, func(tangent [][]E, t int) E {
		ell := w.Test()[t]
		return rowSum(w, t, tangent[t-1], weight(t), sumOf(w, ell, constants(w, len(ell), 1)))
	})
}

func klFrozen[E any](w *World[E]) {
	frozen(w, "E[s_t·ℓ_t] = Σ_x P(x)·∇KL(P(·|x)‖P_0(·|x))", func(t int) []E { return w.Solution().Occupancy[t-1] })
}

func klFrozenAlike[E any](w *World[E]) {
	frozen(w, "E[s_t·ℓ_t] = Σ_x ∇KL(P(·|x)‖P_0(·|x))", func(t int) []E { return constants(w, len(w.Test()[t-1]), 1) })
}

// byToken returns the derivatives of E[f_t] in the conditionals of position t alone, for
// t = 1…T at [t−1], under the prefixes of a policy and with f_t an edge's: by enumeration.
func byToken[E any](w *World[E], prefixes [][]E, tangent [][]E, f func(t, e int) E) []E {
	o := under(w, prefixes)
	table := make([][]E, w.T())
	for t := range table {
		table[t] = make([]E, o.Len())
		for i := range table[t] {
			table[t][i] = f(t+1, o.Edge(i, t+1))
		}
	}
	return o.PositionDerivatives(table, tangent)
}

// thirdLoss returns E[(1 − r_t)·s_t], what ∇k3_t = (1 − r_t)·∇log P is on average.
func thirdLoss[E any](r [][]E) func(w *World[E], tangent [][]E) []E {
	return func(w *World[E], tangent [][]E) []E {
		return byToken(w, w.Family.Prob, tangent, func(t, e int) E { return w.Sub(w.FromInt(1), r[t-1][e]) })
	}
}

// thirdAsLoss compares it with Σ_x P(x)·∇KL(P_0‖P at x) = −Σ_x P(x)·Σ_a P_0(a|x)·(dP/P)(a|x),
// where P_0 = r·P.
func thirdAsLoss[E any](w *World[E]) {
	r := anyEdges(w)
	perPosition(w, "E[(1 − r_t)·s_t] = Σ_x P(x)·∇KL(P_0(·|x)‖P(·|x))", 1, thirdLoss(r), func(tangent [][]E, t int) E {
		return w.Neg(edgeSum(w, t, tangent[t-1], w.Solution().Occupancy[t-1], r[t-1]))
	})
}

func thirdAsSecond[E any](w *World[E]) {
	perPosition(w, "E[(1 − r_t)·s_t] = E[s_t·ℓ_t]", 1, thirdLoss(anyEdges(w)), func(tangent [][]E, t int) E {
		return rowSum(w, t, tangent[t-1], w.Solution().Occupancy[t-1], w.Test()[t])
	})
}

// edgeSum is rowSum of a number per edge.
func edgeSum[E any](w *World[E], t int, dp, weight, v []E) E {
	sum := w.FromInt(0)
	for x := range w.States(t) {
		lo, hi := w.Layer(t).Row(x)
		sum = w.Add(sum, w.Mul(weight[x], w.Dot(dp[lo:hi], v[lo:hi])))
	}
	return sum
}

// ratioLoss compares E_μ[∇(w_t·k_t)], by enumeration, with the gradient of the KL of the rows at
// prefixes x of weight(x). As w_t·μ(y_t|y_<t) = P(y_t|y_<t), what stands at a token is
// dP·k + P·∇k: f is k + P·∇k/dP.
func ratioLoss[E any](w *World[E], claim string, f func(r, ell E) E, weight func(mu [][]E, t int) []E) {
	mu, r, ell := anyRows(w), anyEdges(w), anyEdges(w)
	left := func(w *World[E], tangent [][]E) []E {
		return byToken(w, mu, tangent, func(t, e int) E { return f(r[t-1][e], ell[t-1][e]) })
	}
	perPosition(w, claim, 1, left, func(tangent [][]E, t int) E {
		return edgeSum(w, t, tangent[t-1], weight(mu, t), sumOf(w, ell[t-1], constants(w, len(ell[t-1]), 1)))
	})
}

// drawnPrefixes returns μ(x) of the prefixes of position t.
func drawnPrefixes[E any](w *World[E]) func(mu [][]E, t int) []E {
	return func(mu [][]E, t int) []E { return exact.Occupancy(w.Ring, w.Family.Process, mu)[t-1] }
}

func ratioWeighted[E any](w *World[E]) {
	one := w.FromInt(1)
	// ∇k1 = s and ∇k3 = (1 − r)·s.
	ratioLoss(w, "E_μ[∇(w_t·k1_t)] = Σ_x μ(x)·∇KL(P(·|x)‖P_0(·|x))", func(_, ell E) E { return w.Add(ell, one) }, drawnPrefixes(w))
	ratioLoss(w, "E_μ[∇(w_t·k3_t)] = Σ_x μ(x)·∇KL(P(·|x)‖P_0(·|x))", func(r, ell E) E {
		return w.Add(w.Add(w.Sub(r, one), ell), w.Sub(one, r))
	}, drawnPrefixes(w))
}

// ratioOnSecond takes ½ℓ², whose derivative is ℓ·s; both sides are doubled.
func ratioOnSecond[E any](w *World[E]) {
	ratioLoss(w, "2·E_μ[∇(w_t·½ℓ_t²)] = 2·Σ_x μ(x)·∇KL(P(·|x)‖P_0(·|x))", func(_, ell E) E {
		return w.Add(w.Mul(ell, ell), w.Add(ell, ell))
	}, func(mu [][]E, t int) []E { return scaled(w, w.FromInt(2), drawnPrefixes(w)(mu, t)) })
}

func ratioUnderPolicy[E any](w *World[E]) {
	ratioLoss(w, "E_μ[∇(w_t·k1_t)] = Σ_x P(x)·∇KL(P(·|x)‖P_0(·|x))", func(_, ell E) E { return w.Add(ell, w.FromInt(1)) }, func(_ [][]E, t int) []E {
		return w.Solution().Occupancy[t-1]
	})
}

// gradientMissed returns ∂_tKL − E[s_t·ℓ_t] for t = 1…T at [t−1], by enumeration.
func gradientMissed[E any](w *World[E], tangent [][]E) []E {
	list := klGradient(w, tangent)
	for i, v := range ownToken(w, tangent) {
		list[i] = w.Sub(list[i], v)
	}
	return list
}

// missed compares ∂_tKL − E[s_t·ℓ_t] with Σ_{s>t} Σ_x ∂_tP(y_<s=x)·Σ_a v(a|x)·ℓ_s(xa), with
// v per edge of position s. The ∂_tP(y_<s) go from layer to layer.
func missed[E any](w *World[E], claim string, v func(s int) []E) {
	perPosition(w, claim, 1, gradientMissed, func(tangent [][]E, t int) E {
		sum := w.FromInt(0)
		prefix, rows := w.Solution().Occupancy[t-1], tangent[t-1]
		for s := t + 1; s <= w.T(); s++ {
			next := constants(w, w.Layer(s).States(), 0)
			for x, p := range prefix {
				for e, hi := w.Layer(s - 1).Row(x); e < hi; e++ {
					y := w.Layer(s - 1).Next(e)
					next[y] = w.Add(next[y], w.Mul(p, rows[e]))
				}
			}
			prefix, rows = next, w.Family.Prob[s-1]
			sum = w.Add(sum, rowSum(w, s, v(s), prefix, w.Test()[s]))
		}
		return sum
	})
}

func klMissed[E any](w *World[E]) {
	missed(w, "∂_tKL − E[s_t·ℓ_t] = Σ_{s>t} Σ_x ∂_tP(y_<s=x)·E[ℓ_s|x]", func(s int) []E { return w.Family.Prob[s-1] })
}

func klMissedAlike[E any](w *World[E]) {
	missed(w, "∂_tKL − E[s_t·ℓ_t] = Σ_{s>t} Σ_x ∂_tP(y_<s=x)·Σ_a ℓ_s(xa)", func(s int) []E { return constants(w, w.Layer(s).Edges(), 1) })
}

// tokens compares ∂_tKL with E[s_t·ℓ_t], by recursion, from the given position on.
func tokens[E any](w *World[E], claim string, from int) {
	perPosition(w, claim, from, klGradient, func(tangent [][]E, t int) E {
		return rowSum(w, t, tangent[t-1], w.Solution().Occupancy[t-1], w.Test()[t])
	})
}

func klLast[E any](w *World[E]) { tokens(w, "∂_TKL = E[s_T·ℓ_T]", w.T()) }

func klTokens[E any](w *World[E]) { tokens(w, "∂_tKL = E[s_t·ℓ_t]", 1) }
