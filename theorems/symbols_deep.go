package theorems

import (
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// Comparisons of policies under eq. 43, with logarithms as free variables.

// penaltyOf returns Σ_t η_t·E_Q[P(y_t∉R|y_<t)] of a policy, over prefixes.
func penaltyOf[E any](w *World[E], prob [][]E) E {
	o, sum := under(w, prob), w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		sum = w.Add(sum, w.Mul(eta(w, t), o.RecoveryFailure(recoverySet(w), w.Prefixes(), t)))
	}
	return sum
}

// until returns the policy that is p up to position k and q after.
func until[E any](p, q symbolic[E], k int) symbolic[E] {
	return symbolic[E]{slices.Concat(p.prob[:k], q.prob[k:]), slices.Concat(p.log[:k], q.log[k:])}
}

// recoveryGain returns E_law[ρ_t − ρ'_t] for the rows of two policies, over states.
func recoveryGain[E any](w *World[E], law []E, prob, other [][]E, t int) E {
	rho := exact.Recovery(w.Ring, w.Family.WithProb(prob), w.Objective().Recovers, t)
	base := exact.Recovery(w.Ring, w.Family.WithProb(other), w.Objective().Recovers, t)
	return w.Sub(w.Dot(law, rho), w.Dot(law, base))
}

// keepThenBaseWith compares, for every k and harm that k tokens decide, L_deep(P) − L_deep(C)
// with Σ_{t>k} KL_t − Σ_{t>k} η_t·gain(t), for C the policy that is P up to k and P_0 after.
func keepThenBaseWith[E any](w *World[E], claim string, gain func(p, base [][]E, t int) E) {
	lambda := w.Objective().Lambda
	eachDecided(w, func(v *World[E], k int) {
		p, base := drawn(w), symbolic[E]{anyRows(w), overEdges(w, func(int, int, int) E { return w.FromInt(0) })}
		c := until(p, base, k)
		cost := func(q symbolic[E]) E { return w.Add(wholeCost(v, q, 0, lambda), penaltyOf(w, q.prob)) }
		kl := positionMeans(w, p.prob, p.log)
		right := w.FromInt(0)
		for t := k + 1; t <= w.T(); t++ {
			right = w.Add(right, w.Sub(kl[t-1], w.Mul(eta(w, t), gain(p.prob, base.prob, t))))
		}
		w.Equal(verify.At(k+1, 0), claim, w.Sub(cost(p), cost(c)), right)
	})
}

func keepThenBaseFree[E any](w *World[E]) {
	keepThenBaseWith(w, "L_deep(P) − L_deep(P up to k, P_0 after) = Σ_{t>k} KL_t − Σ_{t>k} η_tE_Q[ρ − ρ_0]", func(p, base [][]E, t int) E {
		return recoveryGain(w, w.Objective().Adversary[t-1], p, base, t)
	})
}

func keepThenBaseFreeUnderP[E any](w *World[E]) {
	keepThenBaseWith(w, "L_deep(P) − L_deep(P up to k, P_0 after) = Σ_{t>k} KL_t − Σ_{t>k} η_tE_P[ρ − ρ_0]", func(p, base [][]E, t int) E {
		return recoveryGain(w, w.Solution().Occupancy[t-1], p, base, t)
	})
}

// gibbsBeyondWith compares, for every k and harm that k tokens decide, L(P) − L(P up to k, p*
// after) with Σ_{t>k} E_Q[KL(P‖p*)], where log(p*/P_0) = η_t·1[a∈R] − log Z(x), and L is
// eq. 43 with the KL beyond k averaged over law(t).
func gibbsBeyondWith[E any](w *World[E], claim string, law func(prob [][]E, t int) []E) {
	o := w.Objective()
	eachDecided(w, func(v *World[E], k int) {
		logZ := anyStates(w)
		p := drawn(w)
		best := symbolic[E]{anyRows(w), overEdges(w, func(t, x, e int) E {
			return w.Sub(recovering(w, t, e, eta(w, t)), logZ[t-1][x])
		})}
		cost := func(q symbolic[E]) E {
			harm := under(v, q.prob)
			sum := w.Add(w.Mul(o.Lambda, harm.Expectation(harm.Harm())), penaltyOf(w, q.prob))
			kl := positionMeans(w, q.prob, q.log)
			for t := 1; t <= w.T(); t++ {
				if t > k {
					kl[t-1] = w.Dot(law(q.prob, t), rowMeans(w, q.prob, q.log, t))
				}
				sum = w.Add(sum, kl[t-1])
			}
			return sum
		}
		right, apart := w.FromInt(0), minus(w, p.log, best.log)
		for t := k + 1; t <= w.T(); t++ {
			right = w.Add(right, w.Dot(o.Adversary[t-1], rowMeans(w, p.prob, apart, t)))
		}
		w.Equal(verify.At(k+1, 0), claim, w.Sub(cost(p), cost(until(p, best, k))), right)
	})
}

func gibbsUnderQFree[E any](w *World[E]) {
	gibbsBeyondWith(w, "KL beyond k under Q: L(P) − L(P up to k, p* after) = Σ_{t>k} E_Q[KL(P‖p*)]", func(_ [][]E, t int) []E {
		return w.Objective().Adversary[t-1]
	})
}

func gibbsUnderPFree[E any](w *World[E]) {
	gibbsBeyondWith(w, "KL beyond k under P: L(P) − L(P up to k, p* after) = Σ_{t>k} E_Q[KL(P‖p*)]", func(prob [][]E, t int) []E {
		return exact.Occupancy(w.Ring, w.Family.Process, prob)[t-1]
	})
}

// levelBoost compares ρ*·(1−ρ_0) with U·ρ_0·p*(R^c) where p*(a) = p_0(a)·c·U^{1[a∈R]}: the
// law of the optimum where the cost to come does not depend on the token, U = e^{wη}.
func levelBoost[E any](w *World[E]) {
	everyPrefix(w, func(t, x int) {
		symbols := w.Arbitrary(2)
		scale, odds := symbols[0], symbols[1]
		recovers, base := recoveryTokens(w, t, x), w.Row(t, x)
		best := scaled(w, scale, base)
		for a := range best {
			if recovers[a] {
				best[a] = w.Mul(best[a], odds)
			}
		}
		rho, kept := within(w, base, recovers), within(w, best, recovers)
		w.Equal(verify.At(t, x), "J(xa) the same for all a ⇒ ρ*·(1−ρ_0) = e^{w·η}·ρ_0·(1−ρ*)",
			w.Mul(kept, w.Sub(w.FromInt(1), rho)), w.Mul(w.Mul(odds, rho), w.Sub(field.Sum(w.Ring, best), kept)))
	})
}

// mirroredWith compares L_deep of a policy with that of its image under an exchange of the
// first tokens 0 and 1, alone or with all that follows them. The instance is its own image:
// λHarm(y) + η_1·1[y_1∉R], the base model and Q are the same behind the two tokens.
func mirroredWith[E any](w *World[E], claim string, rows bool) {
	if !onTree(w) {
		w.Vacuous()
		return
	}
	image := func(t, e int) int { // of an edge of position t
		block := w.Family.Process.States(t) / w.V()
		if first := e / block; first < 2 {
			return e + (1-2*first)*block
		}
		return e
	}
	same := func(t int, v []E) []E { // v, made the same behind the two tokens
		for e := range v {
			v[e] = v[min(e, image(t, e))]
		}
		return v
	}
	price := func(t, e int) E { return w.Sub(eta(w, t), recovering(w, t, e, eta(w, t))) } // η_t·1[a∉R]
	total := same(w.T(), w.Arbitrary(w.Family.Process.States(w.T())))                     // λHarm(y) + η_1·1[y_1∉R]
	harm := make([]E, len(total))                                                         // λHarm
	for y := range harm {
		harm[y] = w.Sub(total[y], price(1, y/(len(harm)/w.V())))
	}
	law := [][]E{{w.FromInt(1)}} // Q by state
	for t := 1; t < w.T(); t++ {
		law = append(law, same(t, w.Arbitrary(w.Family.Process.States(t))))
	}
	prices := overEdges(w, func(t, _, e int) E { return price(t, e) })
	cost := func(q symbolic[E]) E {
		occupancy := exact.Occupancy(w.Ring, w.Family.Process, q.prob)
		sum := w.Add(w.Dot(occupancy[w.T()], harm), field.Sum(w.Ring, positionMeans(w, q.prob, q.log)))
		for t := 1; t <= w.T(); t++ {
			sum = w.Add(sum, w.Dot(law[t-1], rowMeans(w, q.prob, prices, t)))
		}
		return sum
	}
	moved := func(table [][]E) [][]E {
		return overEdges(w, func(t, _, e int) E {
			if t == 1 || rows {
				e = image(t, e)
			}
			return table[t-1][e]
		})
	}
	p := symbolic[E]{anyRows(w), anyEdges(w)}
	w.Equal(Place{}, claim, cost(p), cost(symbolic[E]{moved(p.prob), moved(p.log)}))
}

func mirroredFree[E any](w *World[E]) { mirroredWith(w, "L_deep(P) = L_deep(mirror image of P)", true) }

func mirroredFreeAlone[E any](w *World[E]) {
	mirroredWith(w, "L_deep(P) = L_deep(P with its first tokens exchanged)", false)
}
