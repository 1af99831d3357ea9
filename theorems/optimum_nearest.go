package theorems

import (
	"sounding/exact/field"
	"sounding/verify"
)

// Section 8, beyond the paper: families that do not contain the optimum of eq. 2.

var optimumNearestStatements = []*Statement{ownCapacity}

var ownCapacity = &Statement{
	ID: "own-capacity", Title: "The best member of a family is the one nearest to the optimum", Section: "8", Kind: verify.Own,
	Formula:    "L(P) − L(P') = KL(P‖P*) − KL(P'‖P*) for any P and P'; in any family L(P_θ) is least where KL(P_θ‖P*) is, P* ∝ P_0·e^{−λHarm}",
	Hypotheses: []string{"P, P' ≪ P_0", "log(P*/P_0)(a|x) = φ(xa) − φ(x), φ_T = −λHarm, φ = log E_0[e^{−λHarm}|·]: P* is the optimum of eq. 2 over all policies"},
	Reading: ownReading + " The Limitations ask what a family of finite capacity can do. Its best member is " +
		"the one nearest to P*, in the divergence that the objective contains, whatever the family. Of two " +
		"members, the one with the smaller L is nearer to P*, and L has the stationary points of that " +
		"divergence. In a family that contains P*, P* is the only minimiser, up to parameters that give the " +
		"same policy.",
	Claims: []Claim{
		{
			Formula: "L(P) − L(P') = KL(P‖P*) − KL(P'‖P*)",
			Kernel:  []string{"Training.objective_difference"},
			Check:   verify.Identity(nearestFree[rat], nearestFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:    []Check{verify.Agreement(nearest)},
		},
		{
			Formula: "∂_tL(P) = ∂_tKL(P‖P*) in every direction dP",
			Kernel:  []string{"Training.objective_derivative"},
			Check:   verify.Identity(nearestSlope[rat], nearestSlope[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
		},
	},
	NearMisses: []NearMiss{
		{Name: "nearest in KL(P*‖P)", Check: verify.Identity(nearestReversed[rat], nearestReversed[mod])},
		{Name: "nearest with prefixes weighted alike", Check: verify.Identity(nearestAlike[rat], nearestAlike[mod])},
		{Name: "nearest to the optimum for twice the λ", Check: verify.Identity(nearestTwice[rat], nearestTwice[mod])},
		{Name: "the slope of the KL without that of the tokens to come", Check: verify.Identity(nearestSlopeOwn[rat], nearestSlopeOwn[mod])},
	},
	Looks: needsHarm,
}

// twoMembers compares L(P) − L(P'), over sequences, with apart(P) − apart(P').
func twoMembers[E any](w *World[E], claim string, phi [][]E, apart func(p, best symbolic[E]) E) {
	best, lambda := softened(w, phi), w.Objective().Lambda
	p, other := drawn(w), symbolic[E]{anyRows(w), anyEdges(w)}
	w.Equal(Place{}, claim, w.Sub(wholeCost(w, p, 0, lambda), wholeCost(w, other, 0, lambda)), w.Sub(apart(p, best), apart(other, best)))
}

// distance returns KL(P‖P*): Σ_t Σ_x P(x)·Σ_a P(a|x)·log(P/P*)(a|x), by recursion.
func distance[E any](w *World[E]) func(p, best symbolic[E]) E {
	return func(p, best symbolic[E]) E {
		return field.Sum(w.Ring, positionMeans(w, p.prob, minus(w, p.log, best.log)))
	}
}

func nearestFree[E any](w *World[E]) {
	twoMembers(w, "L(P) − L(P') = KL(P‖P*) − KL(P'‖P*)", potential(w), distance(w))
}

func nearestReversed[E any](w *World[E]) {
	twoMembers(w, "L(P) − L(P') = KL(P*‖P) − KL(P*‖P')", potential(w), func(p, best symbolic[E]) E {
		return field.Sum(w.Ring, positionMeans(w, best.prob, minus(w, best.log, p.log)))
	})
}

func nearestAlike[E any](w *World[E]) {
	twoMembers(w, "L(P) − L(P') = Σ_x KL(P‖P* at x) − Σ_x KL(P'‖P* at x)", potential(w), func(p, best symbolic[E]) E {
		sum, log := w.FromInt(0), minus(w, p.log, best.log)
		for t := 1; t <= w.T(); t++ {
			sum = w.Add(sum, field.Sum(w.Ring, rowMeans(w, p.prob, log, t)))
		}
		return sum
	})
}

func nearestTwice[E any](w *World[E]) {
	phi := potential(w)
	phi[w.T()] = sumOf(w, phi[w.T()], phi[w.T()])
	twoMembers(w, "P* for 2λ: L(P) − L(P') = KL(P‖P*) − KL(P'‖P*)", phi, distance(w))
}

// nearest compares the same in enclosures, for a drawn policy and the base model.
func nearest(w *World[enc]) {
	s := softSolution(w)
	if s == nil {
		return
	}
	f, o := interval(w), w.Objective()
	o.Beta = w.FromInt(0)
	// terms returns L(P) and KL(P‖P*).
	terms := func(policy [][]enc) (cost, apart enc, ok bool) {
		here := deepAt(w, w.Family.Numbers, o, policy)
		between := deepAt(w, w.Family.WithProb(s.Policy), o, policy)
		if here == nil || between == nil {
			return cost, apart, false
		}
		return here.Total(f), field.Sum(w.Ring, between.KL), true
	}
	cost, apart, ok := terms(drawnRows(w))
	base, away, alsoOK := terms(w.Family.Prob)
	if ok && alsoOK {
		w.Meet(Place{}, "L(P) − L(P_0) = KL(P‖P*) − KL(P_0‖P*)", f.Sub(cost, base), f.Sub(apart, away))
	}
}

// edgesAhead returns E[Σ_{s>t} v_s|x] at [t][x], for v given per edge.
func edgesAhead[E any](w *World[E], v [][]E) [][]E {
	ahead := make([][]E, w.T()+1)
	ahead[w.T()] = constants(w, len(w.Family.Harm), 0)
	for t := w.T(); t >= 1; t-- {
		ahead[t-1] = rowMeans(w, w.Family.Prob, withAhead(w, v, ahead[t], t), t)
	}
	return ahead
}

// withAhead returns v(xa) + ahead(xa) for the edges of position t, in a table of which
// nothing else is set.
func withAhead[E any](w *World[E], v [][]E, ahead []E, t int) [][]E {
	table := make([][]E, w.T())
	for e, u := range v[t-1] {
		table[t-1] = append(table[t-1], w.Add(u, ahead[w.Layer(t).Next(e)]))
	}
	return table
}

// costSlope compares ∂_tL(P), over sequences, with Σ_x P(x)·Σ_a dP(a|x)·v(xa), where v is
// log(P/P*) with or without what lies ahead of it. The derivatives of the logarithms
// themselves add up to Σ_y dP(y) = 0.
func costSlope[E any](w *World[E], claim string, ahead bool) {
	o, p, phi := w.Oracle(), drawn(w), potential(w)
	value := o.Harm()
	for i, h := range value {
		value[i] = w.Mul(w.Objective().Lambda, h)
		for t := 1; t <= w.T(); t++ {
			value[i] = w.Add(value[i], p.log[t-1][o.Edge(i, t)])
		}
	}
	apart := minus(w, p.log, increments(w, phi))
	future := edgesAhead(w, apart)
	perPosition(w, claim, 1, func(_ *World[E], tangent [][]E) []E { return o.Derivative(value, tangent) }, func(tangent [][]E, t int) E {
		v := apart
		if ahead {
			v = withAhead(w, apart, future[t], t)
		}
		return w.Dot(w.Solution().Occupancy[t-1], rowMeans(w, tangent, v, t))
	})
}

func nearestSlope[E any](w *World[E]) {
	costSlope(w, "∂_tL(P) = Σ_x P(x)·Σ_a dP(a|x)·(log(P/P*) + KL ahead)(xa)", true)
}

func nearestSlopeOwn[E any](w *World[E]) {
	costSlope(w, "∂_tL(P) = Σ_x P(x)·Σ_a dP(a|x)·log(P/P*)(xa)", false)
}
