package numeric

import "math"

// totals holds the sums over the states before a position, under P unless it says
// otherwise. Each is compensated.
type totals struct {
	information compensated // Σ P·Σ p·Δ²
	square      compensated // Σ P·Σ p·h_t²
	gradient    compensated // Σ P²·Σ (p·Δ)²
	weighted    compensated // Σ P²·Σ p²·(h_t + h_{t−1})²
	trace       compensated // Σ P·tr F
	kl          compensated // Σ P·Z·Σ p·φ(u)
	doubt       compensated // Σ P·Z·Σ p·(e_t + e_{t−1})², e of relativeError
}

func (a *totals) add(b *totals) {
	for _, s := range [][2]*compensated{
		{&a.information, &b.information},
		{&a.square, &b.square},
		{&a.gradient, &b.gradient},
		{&a.weighted, &b.weighted},
		{&a.trace, &b.trace},
		{&a.kl, &b.kl},
		{&a.doubt, &b.doubt},
	} {
		s[0].add(s[1].sum)
		s[0].add(s[1].error)
	}
}

// negligible is the Z(x), relative to a Z_0 of at least leastZ, below which a state
// contributes less than [tiltSlack] to KL_t.
const (
	negligible = 0x1p-700
	leastZ     = 0x1p-400
)

// position sets the quantities of position t from the values before and after it.
func (e *encloser) position(t int, m *matrix, before, after []value) {
	r := &m.rows
	parts := make([]totals, len(r.blocks)-1)
	r.each(func(b, lo, hi int) {
		for x := lo; x < hi; x++ {
			if mass := e.mass[x]; mass > 0 {
				parts[b].row(r, x, mass, m.trace[x], before[x], after)
			}
		}
	})
	var s totals
	for i := range parts {
		s.add(&parts[i])
	}
	e.bound(t, &s)
	e.recovery(t, m)
}

// row adds state x of probability mass, of which v are the values.
func (a *totals) row(r *compressed, x int, mass, trace float64, v value, after []value) {
	lo, hi := r.start[x], r.start[x+1]
	p := r.p[lo:hi]
	index := r.index[lo:hi][:len(p)]
	v.z = v.tilt()
	inverse := 1 / v.z
	fromW, doubt := v.w < 0.5, v.relativeError()
	var information, square, gradient, weighted, kl, doubts float64
	for i, q := range p {
		y := &after[index[i]]
		d := y.h - v.h
		qd := float64(q * d)
		information += float64(qd * d)
		gradient += float64(qd * qd)
		square += float64(q * float64(y.h*y.h))
		both := float64(q * (y.h + v.h))
		weighted += float64(both * both)
		e := doubt + y.relativeError()
		doubts += float64(q * float64(e*e))
		ratio := (y.z - v.z) * inverse
		if fromW && y.w < 0.5 {
			ratio = (v.w - y.w) * inverse
		}
		kl += float64(q * ratioKL(ratio, y.z, v.z))
	}
	a.information.add(mass * information)
	a.square.add(mass * square)
	a.gradient.add(float64(mass*mass) * gradient)
	a.weighted.add(float64(mass*mass) * weighted)
	a.trace.add(mass * trace)
	if v.z >= negligible {
		a.kl.add(float64(mass*v.z) * kl)
		a.doubt.add(float64(mass*v.z) * doubts)
	}
}

// tilt returns Z(x), from W(x) where that is the more accurate.
func (v *value) tilt() float64 {
	if v.w < 0.5 {
		return 1 - v.w
	}
	return v.z
}

// relativeError returns what a relative error of W(x) and of Z(x) is multiplied by at
// most in log Z(x) = log(1 − W(x)): W/(1 − W) ≤ 2W where that is computed from W.
func (v *value) relativeError() float64 { return min(1, 2*v.w) }

// closeRatio is the |r| up to which ratioKL takes a series.
const closeRatio = 1.0 / 64

// ratioKL returns φ(u) = u·e^u − e^u + 1 = (1+r)·log(1+r) − r for 1 + r = e^u = after/before,
// to within [klRoundings] of its own size: a series of r or of u where they are small.
func ratioKL(r, after, before float64) float64 {
	switch {
	case r > -closeRatio && r < closeRatio:
		// Σ_{k≥2} (−r)^k/(k(k−1)); the terms from k = 11 on are below 2^−58 of the first.
		s := 1.0/(9*8) - r*(1.0/(10*9))
		s = 1.0/(8*7) - r*s
		s = 1.0/(7*6) - r*s
		s = 1.0/(6*5) - r*s
		s = 1.0/(5*4) - r*s
		s = 1.0/(4*3) - r*s
		s = 1.0/(3*2) - r*s
		s = 1.0/2 - r*s
		return r * r * s
	case r > -0.5:
		return klTerm(math.Log1p(r))
	case after == 0:
		return 1
	}
	return klTerm(math.Log(after / before))
}

// gibbsCache holds ρ* and its KL for the values of ρ_0 of one matrix at one tilt.
type gibbsCache struct {
	matrix   *matrix
	eta      float64
	computed bool
	star, kl []float64
}

// recovery sets the quantities of the recovery tokens at position t.
func (e *encloser) recovery(t int, m *matrix) {
	if m.recovery == nil { // all are 0
		return
	}
	mass := m.shares(e.mass)
	attacked := mass
	if e.adversary != nil {
		attacked = m.shares(e.adversary)
	}
	eta := e.eta(t)
	if c := &e.gibbs; !c.computed || c.matrix != m || c.eta != eta {
		*c = gibbsCache{matrix: m, eta: eta, computed: true, star: make([]float64, len(m.rho)), kl: make([]float64, len(m.rho))}
		for i, r := range m.rho {
			c.star[i], c.kl[i] = pointwise(r, eta)
		}
	}
	var probability, information, star, kl compensated
	for i, r := range m.rho {
		probability.add(mass[i] * r.rho)
		information.add(attacked[i] * float64(r.rho*r.rest))
		star.add(mass[i] * e.gibbs.star[i])
		kl.add(mass[i] * e.gibbs.kl[i])
	}
	e.boundRecovery(t, eta, probability.value(), information.value(), star.value(), kl.value())
	if e.in.Beta.Sign() == 0 {
		e.profile.Positions[t-1].GibbsKL = Interval{}
	}
}

// shares returns the mass of the states with each value of ρ_0.
func (m *matrix) shares(mass []float64) []float64 {
	sums := make([]compensated, len(m.rho))
	for x, p := range mass {
		sums[m.recovery[x]].add(p)
	}
	out := make([]float64, len(sums))
	for i := range sums {
		out[i] = sums[i].value()
	}
	return out
}

// eta returns η_t = βγ^t.
func (e *encloser) eta(t int) float64 {
	for ; e.tilted < t; e.tilted++ {
		e.tiltNow *= e.discount
	}
	return e.tiltNow
}

// largeTilt is the η from which e^η is not formed.
const largeTilt = 500

// pointwise returns ρ* = ρ/(ρ + (1−ρ)e^−η) and KL = ρ·φ(u_R) + (1−ρ)·φ(u_N), where u
// is log(p*/p) on R and outside of it: u_R = −log(ρ + (1−ρ)e^−η), u_N =
// −log(1 + ρ(e^η−1)).
func pointwise(s share, eta float64) (star, kl float64) {
	if s.rho == 0 || s.rest == 0 || eta == 0 {
		return s.rho, 0
	}
	n := s.rho + float64(s.rest*math.Exp(-eta))
	recovers := -math.Log(n)
	if y := s.rest * math.Expm1(-eta); y > -0.5 {
		recovers = -math.Log1p(y)
	}
	other := -eta + recovers
	if eta < largeTilt {
		other = -math.Log1p(s.rho * math.Expm1(eta))
	}
	return s.rho / n, s.rho*klTerm(recovers) + s.rest*klTerm(other)
}
