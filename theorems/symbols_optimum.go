package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// The optimum of eq. 2 and the law of Proposition 29, with logarithms as free variables.

// costGap compares L(P) − L(P*) at β = 0, over sequences, with another number.
func costGap[E any](w *World[E], claim string, right func(p, best symbolic[E]) E) {
	p, best, lambda := drawn(w), softened(w, potential(w)), w.Objective().Lambda
	w.Equal(Place{}, claim, w.Sub(wholeCost(w, p, 0, lambda), wholeCost(w, best, 0, lambda)), right(p, best))
}

func optimumGapFree[E any](w *World[E]) {
	costGap(w, "L(P) − L(P*) = Σ_t Σ_x P(x)·Σ_a P(a|x)·log(P/P*)(a|x)", func(p, best symbolic[E]) E {
		return field.Sum(w.Ring, positionMeans(w, p.prob, minus(w, p.log, best.log)))
	})
}

func optimumGapAlike[E any](w *World[E]) {
	costGap(w, "L(P) − L(P*) = Σ_t Σ_x Σ_a P(a|x)·log(P/P*)(a|x)", func(p, best symbolic[E]) E {
		sum, log := w.FromInt(0), minus(w, p.log, best.log)
		for t := 1; t <= w.T(); t++ {
			sum = w.Add(sum, field.Sum(w.Ring, rowMeans(w, p.prob, log, t)))
		}
		return sum
	})
}

func optimumGapReversed[E any](w *World[E]) {
	costGap(w, "L(P) − L(P*) = Σ_t Σ_x P*(x)·Σ_a P*(a|x)·log(P*/P)(a|x)", func(p, best symbolic[E]) E {
		return field.Sum(w.Ring, positionMeans(w, best.prob, minus(w, best.log, p.log)))
	})
}

// tailsFree compares Σ_{s>t} KL_s of the optimum, which is the policy of the world, over
// sequences, with Σ_x P*(x)·(−λ·h*_t(x) − φ_t(x)), for t up to last.
func tailsFree[E any](w *World[E], claim string, last int) {
	phi := potential(w)
	p := symbolic[E]{w.Family.Prob, increments(w, phi)}
	m := w.Solution()
	factor := w.Mul(w.FromInt(-1), w.Objective().Lambda)
	for t := 0; t <= last; t++ {
		right := w.Sub(w.Mul(factor, w.Dot(m.Occupancy[t], m.H[t])), w.Dot(m.Occupancy[t], phi[t]))
		w.Equal(verify.At(t+1, 0), claim, wholeCost(w, p, t, w.FromInt(0)), right)
	}
}

func tailFree[E any](w *World[E]) {
	tailsFree(w, "Σ_{s>t} KL_s = Σ_x P*(x)·(−λ·E*[Harm|x] − φ(x))", w.T()-1)
}

func totalFree[E any](w *World[E]) {
	tailsFree(w, "Σ_t KL_t = −λ·E*[Harm] − φ(root)", 0)
}

// edgeCosts returns J(x) = Σ_a P(a|x)·(log(a|x) + J(xa)) per state, indexed [t][x], and
// J = λHarm at T. Of position t, tokens returns the logarithms of a state for the costs of
// the states that they lead to.
func edgeCosts[E any](w *World[E], tokens func(t, x int, after []E) []E) (cost, log [][]E) {
	cost, log = make([][]E, w.T()+1), make([][]E, w.T())
	cost[w.T()] = scaled(w, w.Objective().Lambda, w.Family.Harm)
	for t := w.T(); t >= 1; t-- {
		l := w.Layer(t)
		cost[t-1], log[t-1] = make([]E, l.States()), make([]E, 0, l.Edges())
		for x := range cost[t-1] {
			after := w.After(t, x, cost[t])
			row := tokens(t, x, after)
			cost[t-1][x] = w.Dot(w.Row(t, x), sumOf(w, row, after))
			log[t-1] = append(log[t-1], row...)
		}
	}
	return cost, log
}

func softCostFree[E any](w *World[E]) {
	phi := potential(w)
	cost, _ := edgeCosts(w, func(t, x int, _ []E) []E {
		row := make([]E, 0, w.V())
		for _, next := range w.After(t, x, phi[t]) {
			row = append(row, w.Sub(next, phi[t-1][x]))
		}
		return row
	})
	for t := range w.T() {
		for x := range w.States(t + 1) {
			w.Equal(verify.At(t+1, x), "J(x) = −φ(x)", cost[t][x], w.Neg(phi[t][x]))
		}
	}
}

// anyStates returns an arbitrary number for every state of layers 0…T−1, indexed [t−1][x].
func anyStates[E any](w *World[E]) [][]E {
	table := make([][]E, w.T())
	for t := range table {
		table[t] = w.Arbitrary(w.Layer(t + 1).States())
	}
	return table
}

// stationaryFree claims that the derivative of L_deep, over sequences, vanishes along every
// tangent at the positions from `from` on, for a policy with
// log(P/P_0)(a|x) = −J(xa) + η_t·tilt(x)·1[a∈R] + c(x), c arbitrary, and Q(x) = weight(x)·P(x).
// The derivatives of the logarithms themselves add up to Σ_y dP(y) = 0.
func stationaryFree[E any](w *World[E], claim string, from int, tilt, weight [][]E) {
	free := anyStates(w)
	_, log := edgeCosts(w, func(t, x int, after []E) []E {
		row := make([]E, len(after))
		lo, _ := w.Layer(t).Row(x)
		for a := range after {
			push := recovering(w, t, lo+a, w.Mul(eta(w, t), tilt[t-1][x]))
			row[a] = w.Add(w.Sub(push, after[a]), free[t-1][x])
		}
		return row
	})
	o := w.Oracle()
	value := o.Harm() // λHarm(y) + log(P(y)/P_0(y))
	for i, h := range value {
		value[i] = w.Mul(w.Objective().Lambda, h)
		for t := 1; t <= w.T(); t++ {
			value[i] = w.Add(value[i], log[t-1][o.Edge(i, t)])
		}
	}
	for _, tangent := range w.Tangents() {
		moved := o.Derivative(value, tangent)
		for t := from; t <= w.T(); t++ {
			slope := moved[t-1]
			for x, p := range w.Solution().Occupancy[t-1] {
				lo, hi := w.Layer(t).Row(x)
				fails := w.Dot(tangent[t-1][lo:hi], failures(w, t, x))
				slope = w.Add(slope, w.Mul(w.Mul(eta(w, t), w.Mul(weight[t-1][x], p)), fails))
			}
			w.Equal(verify.At(t, 0), claim, slope, w.FromInt(0))
		}
	}
}

func lawStationaryFree[E any](w *World[E]) {
	weight := anyStates(w)
	stationaryFree(w, "log(P*/P_0)(a|x) = −J(xa) + η_t·w(x)·1[a∈R] + c(x) ⇒ dL_deep = 0", 1, weight, weight)
}

func lawUnweightedFree[E any](w *World[E]) {
	stationaryFree(w, "log(P*/P_0)(a|x) = −J(xa) + η_t·1[a∈R] + c(x) ⇒ dL_deep = 0", 1, ones(w), anyStates(w))
}

func lastVerbatimFree[E any](w *World[E]) {
	stationaryFree(w, "t = T, Q = P*: log(P*/P_0) = −λHarm + η_T·1[a∈R] + c(x) ⇒ dL_deep = 0", w.T(), ones(w), ones(w))
}

// ones returns 1 for every state of layers 0…T−1, indexed [t−1][x].
func ones[E any](w *World[E]) [][]E {
	table := make([][]E, w.T())
	for t := range table {
		table[t] = constants(w, w.Layer(t+1).States(), 1)
	}
	return table
}

// lastGap compares, for the single token behind each prefix and any harm v(xa) that it may
// do, L(P) − L(P*) with KL(P‖P*), where L = λE[v] + KL + η·P(R^c) and
// log(P*/P_0) = η·1[a∈R] − λv − log Z; reversed swaps the arguments of the divergence.
func lastGap[E any](w *World[E], claim string, reversed bool) {
	best, logZ := anyRows(w), anyStates(w)
	p := drawn(w)
	everyPrefix(w, func(t, x int) {
		lo, hi := w.Layer(t).Row(x)
		harm, fails := scaled(w, w.Objective().Lambda, w.After(t, x, w.Test()[t])), failures(w, t, x)
		log := make([]E, hi-lo)
		for a := range log {
			log[a] = w.Sub(w.Sub(recovering(w, t, lo+a, eta(w, t)), harm[a]), logZ[t-1][x])
		}
		cost := func(row, log []E) E {
			return w.Add(w.Dot(row, sumOf(w, harm, log)), w.Mul(eta(w, t), w.Dot(row, fails)))
		}
		row, ratio, apart := p.prob[t-1][lo:hi], p.log[t-1][lo:hi], make([]E, hi-lo)
		for a := range apart {
			apart[a] = w.Sub(ratio[a], log[a])
		}
		right := w.Dot(row, apart)
		if reversed {
			right = w.Neg(w.Dot(best[t-1][lo:hi], apart))
		}
		w.Equal(verify.At(t, x), claim, w.Sub(cost(row, ratio), cost(best[t-1][lo:hi], log)), right)
	})
}

func uniqueAtOneFree[E any](w *World[E]) {
	lastGap(w, "one token: L(P) − L(P*) = Σ_a P(a)·log(P/P*)(a)", false)
}

func uniqueAtOneReversed[E any](w *World[E]) {
	lastGap(w, "one token: L(P) − L(P*) = Σ_a P*(a)·log(P*/P)(a)", true)
}

// deepTermsFree compares L_deep over sequences and prefixes, for arbitrary log(P/P_0), with
// the sum of its terms over states.
func deepTermsFree[E any](w *World[E]) {
	o, p := w.Objective(), drawn(w)
	kl := positionMeans(w, p.prob, p.log)
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "KL_t over prefixes = over states", w.Oracle().OverPrefixes(p.prob, t, rowMeans(w, p.prob, p.log, t)), kl[t-1])
	}
	terms := w.Add(w.Mul(o.Lambda, w.Solution().Expected), exact.Penalty(w.Ring, w.Family.Numbers, o))
	w.Equal(Place{}, "L_deep over sequences and prefixes = Σ of the terms of the positions",
		w.Add(wholeCost(w, p, 0, o.Lambda), definedPenalty(w, 0)), w.Add(terms, field.Sum(w.Ring, kl)))
}

// softenedBy compares, for soft values made of arbitrary e^{−λHarm} = u, the conditionals of
// the law P_0·u, which sums to Z(root).
func softenedBy[E any](w *World[E], claim string, u []E, from int, top func(soft [][]E, t, x, y int) E) {
	o := w.Oracle()
	law := o.Joint()
	tilted := make([]E, len(law))
	for i, p := range law {
		tilted[i] = w.Mul(p, u[o.State(i, w.T())])
	}
	conditionals(w, claim, tilted, u, from, top)
}

// conditionals compares, from position from on, the conditionals of a law over sequences with
// P_0(a|x)·top(xa or x)/Z(x), Z the soft values that u makes by recursion: both multiplied by
// what the law gives to x and by Z(x).
func conditionals[E any](w *World[E], claim string, law, u []E, from int, top func(soft [][]E, t, x, y int) E) {
	o := w.Oracle()
	soft := exact.Backward(w.Ring, w.Family.Numbers, u)
	for t := from; t <= w.T(); t++ {
		before, after := o.Marginals(law, t-1), o.Marginals(law, t)
		for i := range o.Len() {
			if !o.Opens(i, t) {
				continue
			}
			x, e := o.State(i, t-1), o.Edge(i, t)
			p := w.Mul(w.Family.Prob[t-1][e], top(soft, t, x, o.State(i, t)))
			w.Equal(verify.At(t, x), claim, w.Mul(after[i], soft[t-1][x]), w.Mul(before[i], p))
		}
	}
}

func softValueFree[E any](w *World[E]) {
	softenedBy(w, "P*(a|x)·Z(x) = P_0(a|x)·Z(xa), times P*(x)", w.Test()[w.T()], 1, func(soft [][]E, t, _, y int) E { return soft[t][y] })
}

// baseBeyondFree puts u = e^{−λHarm} where harm is decided by k tokens, for every k.
func baseBeyondFree[E any](w *World[E]) {
	eachDecided(w, func(v *World[E], k int) {
		softenedBy(w, "Harm = g(y_≤k), t > k ⇒ P*(a|x) = P_0(a|x), times P*(x)·Z(x)", v.Family.Harm, k+1,
			func(soft [][]E, t, x, _ int) E { return soft[t-1][x] })
	})
}

func baseBeyondFreeEarly[E any](w *World[E]) {
	eachDecided(w, func(v *World[E], k int) {
		softenedBy(w, "Harm = g(y_≤k), t ≥ k ⇒ P*(a|x) = P_0(a|x), times P*(x)·Z(x)", v.Family.Harm, max(k, 1),
			func(soft [][]E, t, x, _ int) E { return soft[t-1][x] })
	})
}
