package theorems

import (
	"sounding/exact/field"
	"sounding/verify"
)

// The pointwise recovery problem with logarithms as free variables: u = e^η, η and log Z
// are symbols, and the Gibbs measure is cleared of its normaliser.

// A gibbsPoint is the problem of one prefix.
type gibbsPoint[E any] struct {
	Place
	base     []E    // p_0
	recovers []bool // 1[a∈R]
	rho      E      // ρ_0, by enumeration
	odds     E      // u = e^η
	tilt     E      // η
	logZ     E
	top      []E // Z·p*(a) = p_0(a)·u^{1[a∈R]}
	z        E   // Z, their sum
}

// everyGibbs runs f at every prefix.
func everyGibbs[E any](w *World[E], f func(g *gibbsPoint[E])) {
	for t := 1; t <= w.T(); t++ {
		rho := w.Oracle().Recovery(recoverySet(w), t)
		for x := range w.States(t) {
			symbols := w.Arbitrary(2)
			g := &gibbsPoint[E]{
				Place: verify.At(t, x), base: w.Row(t, x), recovers: recoveryTokens(w, t, x), rho: rho[x],
				odds: anyOdds(w), tilt: symbols[0], logZ: symbols[1],
			}
			for a, p := range g.base {
				if g.recovers[a] {
					p = w.Mul(p, g.odds)
				}
				g.top = append(g.top, p)
			}
			g.z = field.Sum(w.Ring, g.top)
			f(g)
		}
	}
}

// logs returns log(p*/p_0) = tilt·1[a∈R] − log Z.
func (g *gibbsPoint[E]) logs(w *World[E], tilt E) []E {
	log := constants(w, len(g.base), 0)
	for a := range log {
		log[a] = w.Neg(g.logZ)
		if g.recovers[a] {
			log[a] = w.Add(log[a], tilt)
		}
	}
	return log
}

// kept returns the part of a law that is in R, lost the part that is not.
func (g *gibbsPoint[E]) kept(w *World[E], p []E) E { return within(w, p, g.recovers) }

func (g *gibbsPoint[E]) lost(w *World[E], p []E) E {
	return w.Sub(field.Sum(w.Ring, p), within(w, p, g.recovers))
}

// costFree compares Z·KL(p*‖p_0), token by token, with η·part − log Z·(1 − ρ_0 + ρ_0u).
func costFree[E any](w *World[E], claim string, part func(g *gibbsPoint[E]) E) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		right := w.Sub(w.Mul(g.tilt, part(g)), w.Mul(g.logZ, normaliser(w, g.rho, g.odds)))
		w.Equal(g.Place, claim, w.Dot(g.top, g.logs(w, g.tilt)), right)
	})
}

func gibbsCostFree[E any](w *World[E]) {
	costFree(w, "Z·Σ_a p*(a)·(η1[a∈R] − log Z) = η·ρ_0u − log Z·Z", func(g *gibbsPoint[E]) E { return w.Mul(g.rho, g.odds) })
}

func gibbsCostBase[E any](w *World[E]) {
	costFree(w, "Z·Σ_a p*(a)·(η1[a∈R] − log Z) = η·ρ_0·Z − log Z·Z", func(g *gibbsPoint[E]) E { return w.Mul(g.rho, g.z) })
}

func sigmoidFree[E any](w *World[E]) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		odds := w.Mul(g.odds, g.rho) // e^{logit ρ_0 + η}·(1−ρ_0)
		w.Equal(g.Place, "ρ*·(1 + e^{logit ρ_0 + η}) = e^{logit ρ_0 + η}, times (1−ρ_0)·Z",
			w.Mul(g.kept(w, g.top), w.Add(w.Sub(w.FromInt(1), g.rho), odds)), w.Mul(odds, g.z))
	})
}

// lagrangeFree is the Lagrange condition, exponentiated.
func lagrangeFree[E any](w *World[E]) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		for a, p := range g.top {
			if !g.recovers[a] {
				p = w.Mul(p, g.odds)
			}
			w.Equal(g.Place, "(p*(a)/p_0(a))·e^{η1[a∉R]}·Z·e^{−η} = 1, times p_0(a)·u·Z",
				w.Mul(p, normaliser(w, g.rho, g.odds)), w.Mul(w.Mul(g.base[a], g.odds), g.z))
		}
	})
}

// gibbsGap compares, for an arbitrary p, Z·(G(p) − G(p*)) with Z·P·Σ_a p(a)·log(p/p*)(a),
// where G(p) = P·KL(p‖p_0) + w·P·η·p(R^c), P is mass, w weight, p* tilted by tilted, and Z that of
// the tilt u = e^{wη}.
func gibbsGap[E any](w *World[E], claim string, mass, weight, tilted func(g *gibbsPoint[E]) E) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		rest := w.Arbitrary(2*len(g.base) - 1)
		ratio := rest[:len(g.base)] // log(p/p_0)
		p := append(rest[len(g.base):], w.Sub(w.FromInt(1), field.Sum(w.Ring, rest[len(g.base):])))
		best := g.logs(w, tilted(g))
		price := w.Mul(w.Mul(weight(g), mass(g)), g.tilt) // w·P·η
		cost := func(law, log []E) E {
			return w.Add(w.Mul(mass(g), w.Dot(law, log)), w.Mul(price, g.lost(w, law)))
		}
		apart := make([]E, len(p))
		for a := range apart {
			apart[a] = w.Sub(ratio[a], best[a])
		}
		w.Equal(g.Place, claim, w.Sub(w.Mul(g.z, cost(p, ratio)), cost(g.top, best)), w.Mul(w.Mul(g.z, mass(g)), w.Dot(p, apart)))
	})
}

func plainOptimumFree[E any](w *World[E]) {
	one := func(*gibbsPoint[E]) E { return w.FromInt(1) }
	gibbsGap(w, "Z·(F(p) − F(p*)) = Z·Σ_a p(a)·log(p/p*)(a)", one, one, func(g *gibbsPoint[E]) E { return g.tilt })
}

func plainOptimumHalf[E any](w *World[E]) {
	one := func(*gibbsPoint[E]) E { return w.FromInt(1) }
	gibbsGap(w, "p* tilted by 2η: Z·(F(p) − F(p*)) = Z·Σ_a p(a)·log(p/p*)(a)", one, one, func(g *gibbsPoint[E]) E { return w.Add(g.tilt, g.tilt) })
}

// weightedOptimum is gibbsGap for P(x) of the world and an arbitrary w = Q(x)/P(x).
func weightedOptimum[E any](w *World[E], claim string, tilted func(weight E, g *gibbsPoint[E]) E) {
	weights := anyStates(w)
	weight := func(g *gibbsPoint[E]) E { return weights[g.Position-1][g.State] }
	gibbsGap(w, claim, func(g *gibbsPoint[E]) E { return w.Solution().Occupancy[g.Position-1][g.State] }, weight,
		func(g *gibbsPoint[E]) E { return tilted(weight(g), g) })
}

func weightedOptimumFree[E any](w *World[E]) {
	weightedOptimum(w, "Z·(G(p) − G(p*)) = Z·P·Σ_a p(a)·log(p/p*)(a)", func(weight E, g *gibbsPoint[E]) E { return w.Mul(weight, g.tilt) })
}

func weightedOptimumPlain[E any](w *World[E]) {
	weightedOptimum(w, "p* tilted by η: Z·(G(p) − G(p*)) = Z·P·Σ_a p(a)·log(p/p*)(a)", func(_ E, g *gibbsPoint[E]) E { return g.tilt })
}

// pointwiseSum compares Σ_x Q(x)·F(p), state by state, with E_Q[KL(p‖p_0)] + η·E_Q[part],
// over prefixes, for the policy p of the world and arbitrary log(p/p_0).
func pointwiseSum[E any](w *World[E], claim string, part func(t, x int) E) {
	p, tilts := drawn(w), w.Arbitrary(w.T())
	for t := 1; t <= w.T(); t++ {
		kl, tilt := rowMeans(w, p.prob, p.log, t), tilts[t-1]
		sum := w.FromInt(0)
		for x, q := range w.Objective().Adversary[t-1] {
			sum = w.Add(sum, w.Mul(q, w.Add(kl[x], w.Mul(tilt, part(t, x)))))
		}
		right := w.Add(w.Oracle().OverPrefixes(w.Prefixes(), t, kl), w.Mul(tilt, w.Oracle().RecoveryFailure(recoverySet(w), w.Prefixes(), t)))
		w.Equal(verify.At(t, 0), claim, sum, right)
	}
}

func pointwiseSumFree[E any](w *World[E]) {
	pointwiseSum(w, "Σ_x Q(x)·F(p) = E_Q[KL(p‖p_0)] + η·E_Q[p(R^c)]", func(t, x int) E { return w.Dot(w.Row(t, x), failures(w, t, x)) })
}

func pointwiseSumSwapped[E any](w *World[E]) {
	pointwiseSum(w, "Σ_x Q(x)·(KL(p‖p_0) + η·p(R)) = E_Q[KL(p‖p_0)] + η·E_Q[p(R^c)]", func(t, x int) E {
		return within(w, w.Row(t, x), recoveryTokens(w, t, x))
	})
}

// spentFree is what an equality in KL_t ≤ η_tρ* ≤ η_t rests on.
func spentFree[E any](w *World[E]) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		one := w.FromInt(1)
		w.Equal(g.Place, "Z − 1 = ρ_0·(e^η − 1)", w.Sub(g.z, one), w.Mul(g.rho, w.Sub(g.odds, one)))
		w.Equal(g.Place, "(η − ηρ*)·Z = η·(1−ρ_0)", w.Sub(w.Mul(g.tilt, g.z), w.Mul(g.tilt, g.kept(w, g.top))), w.Mul(g.tilt, w.Sub(one, g.rho)))
	})
}

// boostsFree are the boosts of recovery at u = s².
func boostsFree[E any](w *World[E], claim string, root func(g *gibbsPoint[E], s E) E) {
	s := anyOdds(w)
	everyGibbs(w, func(g *gibbsPoint[E]) {
		one, u := w.FromInt(1), w.Mul(s, s)
		z := normaliser(w, g.rho, u)
		// (s−1)/(s+1) − boost, times (s+1)·Z
		gap := w.Sub(w.Mul(w.Sub(s, one), z), w.Mul(w.Add(s, one), w.Sub(w.Mul(g.rho, u), w.Mul(g.rho, z))))
		r := root(g, s)
		w.Equal(g.Place, claim, gap, w.Mul(w.Sub(s, one), w.Mul(r, r)))
	})
}

func largestBoostFree[E any](w *World[E]) {
	boostsFree(w, "((s−1) − (s+1)(ρ*−ρ_0))·Z = (s−1)(1−ρ_0(1+s))²", func(g *gibbsPoint[E], s E) E {
		return w.Sub(w.FromInt(1), w.Mul(g.rho, w.Add(w.FromInt(1), s)))
	})
}

func largestBoostMiddle[E any](w *World[E]) {
	boostsFree(w, "((s−1) − (s+1)(ρ*−ρ_0))·Z = (s−1)(1−2ρ_0)²", func(g *gibbsPoint[E], _ E) E {
		return w.Sub(w.FromInt(1), w.Add(g.rho, g.rho))
	})
}

func shiftFree[E any](w *World[E]) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		one := w.FromInt(1)
		away := w.Sub(one, g.rho)
		w.Equal(g.Place, "ρ*·(1−ρ_0) = e^η·ρ_0·(1−ρ*), times Z", w.Mul(g.kept(w, g.top), away), w.Mul(w.Mul(g.odds, g.rho), g.lost(w, g.top)))
		w.Equal(g.Place, "(ρ* − ρ_0)·Z = (e^η − 1)·ρ_0(1−ρ_0)", w.Sub(g.kept(w, g.top), w.Mul(g.rho, g.z)), w.Mul(w.Sub(g.odds, one), w.Mul(g.rho, away)))
	})
}

// twoBoostsFree compares boost(ρ') − boost(ρ), cleared of both normalisers, with its
// factors; the last of them is also written with the distances from σ(−η/2) = 1/(1+s).
func twoBoostsFree[E any](w *World[E]) {
	symbols := w.Arbitrary(3)
	rho, rho2, s := symbols[0], symbols[1], symbols[2]
	one, u := w.FromInt(1), w.Mul(s, s)
	z, z2 := normaliser(w, rho, u), normaliser(w, rho2, u)
	above := w.Sub(w.Mul(rho2, u), w.Mul(rho2, z2))
	below := w.Sub(w.Mul(rho, u), w.Mul(rho, z))
	factor := w.Sub(w.Sub(w.Sub(one, rho), rho2), w.Mul(w.Mul(rho, rho2), w.Sub(u, one)))
	w.Equal(Place{}, "(boost(ρ') − boost(ρ))·Z·Z' = (u−1)(ρ'−ρ)(1−ρ−ρ'−ρρ'(u−1))",
		w.Sub(w.Mul(above, z), w.Mul(below, z2)), w.Mul(w.Mul(w.Sub(u, one), w.Sub(rho2, rho)), factor))
	distance := func(r E) E { return w.Sub(one, w.Mul(r, w.Add(one, s))) }
	a, b := distance(rho), distance(rho2)
	w.Equal(Place{}, "(1+s)(1−ρ−ρ'−ρρ'(s²−1)) = s·b + a·(s − (s−1)·b), a = 1−ρ(1+s), b = 1−ρ'(1+s)",
		w.Mul(w.Add(one, s), factor), w.Add(w.Mul(s, b), w.Mul(a, w.Sub(s, w.Mul(w.Sub(s, one), b)))))
}

// kappaFree are the equations of the largest cost: of its form and of its place, where the
// derivative of KL(p*‖p_0) in ρ_0, (ηu − (u−1)Z)/Z², vanishes.
func kappaFree[E any](w *World[E]) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		one := w.FromInt(1)
		away, kept := w.Sub(one, g.rho), g.kept(w, g.top)
		slope := w.Sub(w.Mul(g.tilt, g.odds), w.Mul(w.Sub(g.odds, one), g.z))
		w.Equal(g.Place, "(1−q)·Z = 1−ρ_0", g.lost(w, g.top), away)
		w.Equal(g.Place, "(ηq(1−q) − (q−ρ_0))·Z² = ρ_0(1−ρ_0)·(ηu − (u−1)Z)",
			w.Sub(w.Mul(w.Mul(g.tilt, kept), g.lost(w, g.top)), w.Mul(w.Sub(kept, w.Mul(g.rho, g.z)), g.z)), w.Mul(w.Mul(g.rho, away), slope))
		w.Equal(g.Place, "ηu − (u−1)Z = (ηu − u + 1) − (u−1)²·ρ_0, falling in ρ_0", slope,
			w.Sub(w.Sub(w.Mul(g.tilt, g.odds), w.Sub(g.odds, one)), w.Mul(g.rho, field.Square(w.Ring, w.Sub(g.odds, one)))))
	})
}

// kappaSlopeIs compares Z² times the derivative of the cost ηρ_0u/Z − log Z in ρ_0, by dual
// numbers ρ_0 + s and (log Z)' = Z'/Z, with another number.
func kappaSlopeIs[E any](w *World[E], claim string, slope func(g *gibbsPoint[E]) E) {
	everyGibbs(w, func(g *gibbsPoint[E]) {
		d := field.NewSeries(w.Ring, 1)
		rho, u := d.Dual(g.rho, w.FromInt(1)), d.Constant(g.odds)
		z := d.Add(d.FromInt(1), d.Mul(rho, d.Sub(u, d.FromInt(1))))
		top := d.Mul(d.Constant(g.tilt), d.Mul(rho, u))
		left := w.Sub(w.Sub(w.Mul(top[1], z[0]), w.Mul(top[0], z[1])), w.Mul(z[1], z[0]))
		w.Equal(g.Place, claim, left, slope(g))
	})
}

func kappaSlope[E any](w *World[E]) {
	kappaSlopeIs(w, "Z²·∂KL(p*‖p_0)/∂ρ_0 = ηu − (u−1)Z", func(g *gibbsPoint[E]) E {
		return w.Sub(w.Mul(g.tilt, g.odds), w.Mul(w.Sub(g.odds, w.FromInt(1)), g.z))
	})
}

func kappaSlopeWrong[E any](w *World[E]) {
	kappaSlopeIs(w, "Z²·∂KL(p*‖p_0)/∂ρ_0 = ηu − uZ", func(g *gibbsPoint[E]) E {
		return w.Sub(w.Mul(g.tilt, g.odds), w.Mul(g.odds, g.z))
	})
}
