package numeric

import "math"

// The counts of roundings behind an Interval. They are those of doc.go's units u, in
// products and in sums of terms that are not negative, so that gamma of a count bounds
// a relative error. t is the position, L the length of the longest row.
//
//	p(a|x)              3, weightRoundings
//	P(x), Q(x), t tokens   s·t, s = stepRoundings, for y_≤t
//	h(x), W(x), Z(x), y_≤t  s·(T−t) + those of a leaf
//
// Leaves: harm has 3, its product with a rounded λ 2 more, and the relative error of a
// product y enters e^{−y} with y and 1 − e^{−y} with at most 1. The functions of
// package math are taken to be right to 4u.
//
// A squared norm such as I_t = ‖Δ_t‖², in L² of P(x)·p(a|x), is enclosed by the
// triangle inequality: from |‖Δ̂‖ − ‖Δ‖| ≤ ‖Δ̂ − Δ‖ and an upper bound of that by
// computed norms.
const (
	functionRoundings = 4
	leafRoundings     = weightRoundings + 2 + functionRoundings
	// klRoundings is what ratioKL and klTerm lose of their own size, by roundings alone.
	klRoundings = 40
	// largestExponent: e^{−y} below 2^−700 counts as nothing.
	largestExponent = 500
)

// What gradual underflow can take from a quantity: 2^−1075 in each of fewer than 2^60
// operations, where later factors are at most 1, or η ≤ 2^20. For KL_t those are up to
// e^λ where λ is at most moderateLambda; above that, states with a negligible Z(x) add
// at most 2^−700·1000/leastZ.
const (
	slack          = 0x1p-600
	tiltSlack      = 0x1p-280
	moderateLambda = 128
)

// maxCount bounds a count of roundings: beyond it a bound of second order would not be
// covered by loose.
const maxCount = 0x1p29

// loose makes up for the terms of second order in gamma of fewer than maxCount
// roundings, and for the roundings of a bound.
const loose = 1 + 0x1p-20

// around returns the interval of a number ≥ 0 that was computed as v with n roundings
// of its own size.
func around(v, n float64) Interval {
	if !(n < maxCount) {
		return Interval{0, math.MaxFloat64}
	}
	a := (float64(gamma(n+8)*v) + slack) * (1 + 16*unit)
	return Interval{max(0, (v-a)*(1-8*unit)), (v + a) * (1 + 8*unit)}
}

// aroundSquare returns the interval of ‖f‖² where ‖f̂‖² was computed as v with n
// roundings of its own size and ‖f̂ − f‖ ≤ off + relative·‖f‖.
func aroundSquare(v, n, off, relative float64) Interval {
	s := around(v, n)
	lo, hi := math.Sqrt(s.Lo)*(1-8*unit), math.Sqrt(s.Hi)*(1+8*unit)
	off, relative = off*loose, relative*loose
	lo = max(0, (lo-off)*(1-relative)*(1-8*unit))
	hi = (hi + off) * (1 + relative) * (1 + 8*unit)
	return Interval{float64(lo*lo) * (1 - 8*unit), min(math.MaxFloat64, float64(hi*hi)*(1+8*unit)+slack)}
}

// massCount is the count of P(x) of t tokens.
func (e *encloser) massCount(t int) float64 { return stepRoundings * float64(t) }

// valueCount is the count of h(x), W(x) and Z(x) after t tokens.
func (e *encloser) valueCount(t int) float64 {
	return stepRoundings*float64(e.in.Length()-t) + leafRoundings + 5*min(e.lambda, largestExponent)
}

// bound sets the quantities of position t behind the sums.
func (e *encloser) bound(t int, s *totals) {
	q := &e.profile.Positions[t-1]
	before := t - 1
	mass := e.massCount(before)
	q.FisherTrace = around(s.trace.value(), mass+2*weightRoundings+e.longest+6)
	if t > e.profile.Horizon {
		return // I_t, the gradient and KL_t are 0
	}
	value := e.valueCount(before)
	if !(value < maxCount) {
		q.Information, q.GradientNormSquared, q.EquilibriumKL = Interval{0, 0.25}, Interval{0, 0.25}, e.trivialKL()
		return
	}
	// Δ̂ − Δ: h_t and h_{t−1} by gamma of their own size, and ‖h_{t−1}‖ ≤ ‖h_t‖ as a
	// conditional mean, by one rounding of the difference.
	information := s.information.value()
	off := 2*gamma(value)*math.Sqrt(s.square.value()) + unit*math.Sqrt(information)
	q.Information = aroundSquare(information, mass+weightRoundings+e.longest+6, off, 0)
	gradient := s.gradient.value()
	off = gamma(value)*math.Sqrt(s.weighted.value()) + unit*math.Sqrt(gradient)
	q.GradientNormSquared = aroundSquare(gradient, 2*mass+2*weightRoundings+e.longest+8, off, 0)
	q.EquilibriumKL = e.boundKL(s, mass, value)
}

// boundKL encloses KL_t = E_{P*}[Σ_a p(a|x)·φ(u)], u = log(Z(xa)/Z(x)), φ(u) = u·e^u − e^u + 1.
//
// The root of φ has a derivative of at most √φ + 1/√2 in absolute value: |φ'| = |u|·e^u
// is at most √(2φ) for u ≤ 0, where both squares vanish at 0 and u²e^{2u} changes no
// faster than 2φ, and at most 2φ + √(2φ) for u > 0, by e^u − 1 ≤ φ + √(2φ), which
// follows from 2φ ≤ u²/(1−u)² for u < 1. So an error δ of u moves √φ by at most
// (e^δ − 1)(√φ + 1/√2).
//
// u is off by 4γ(e_t + e_{t−1}), e as in relativeError, for the differences of W or Z that it is
// the logarithm of, which is at most 8γ, and by 11u of its own size for the roundings
// of r and of the logarithm, which cost √φ at most 20u of its own: |u|/√2 ≤ 1.65·√φ for u ≥ −1,
// and u²·e^u ≤ 0.55 against φ ≥ 0.26 below.
//
// P*(x) = P(x)·Z(x)/Z_0.
func (e *encloser) boundKL(s *totals, mass, value float64) Interval {
	z := e.root.tilt()
	if z < leastZ {
		return e.trivialKL()
	}
	zCount := e.valueCount(0)
	weight := mass + value + zCount + weightRoundings + e.longest + 8
	off := 4 / math.Sqrt2 * gamma(value) * math.Sqrt(s.doubt.value()/z)
	relative := 8*gamma(value) + 20*unit
	i := aroundSquare(s.kl.value()/z, weight+klRoundings, off, relative)
	if e.lambda > moderateLambda {
		i.Lo, i.Hi = max(0, i.Lo-tiltSlack), i.Hi+tiltSlack
	}
	return i
}

// trivialKL returns what is known of KL_t without computing it: 0 ≤ KL_t ≤ KL(P*‖P) ≤
// −log E[e^{−λHarm}] ≤ λ·E[Harm], by Jensen's inequality.
func (e *encloser) trivialKL() Interval {
	return Interval{0, around(e.lambda*e.root.h, e.valueCount(0)+2).Hi}
}

// boundRecovery sets the quantities of the recovery tokens at position t. η carries
// one rounding for β and two for each factor γ. Its error enters log-odds, and u,
// absolutely; beyond 1500, e^−η is nothing beside a ρ_0 > 2^−1000. Where u is small its error is
// relative, twice that of the argument of its logarithm, and the root of φ then changes
// by at most 1 + 1.65 times that of its own size, by the derivative in boundKL; below
// u = −1 it is at least ½, so that an absolute error is a relative one.
func (e *encloser) boundRecovery(t int, eta, probability, information, star, kl float64) {
	mass := e.massCount(t - 1)
	q := &e.profile.Positions[t-1]
	q.RecoveryProbability = around(probability, mass+weightRoundings+6)
	q.RecoveryInformation = around(information, mass+2*weightRoundings+8)
	count := 1.0
	if e.discount != 1 {
		count += 2 * float64(t)
	}
	tilt := (count + functionRoundings) * (1 + min(eta, 1500))
	q.GibbsRecovery = around(star, mass+tilt+24)
	q.GibbsKL = around(kl, mass+6*(2*(tilt+12)+8)+klRoundings+8)
}

// wholes sets the quantities of the whole process, Var(Harm) as Σ I_t.
func (e *encloser) wholes() {
	p := e.profile
	p.ExpectedHarm = around(e.root.h, e.valueCount(0))
	for i := range p.Positions {
		p.Variance.Lo += p.Positions[i].Information.Lo
		p.Variance.Hi += p.Positions[i].Information.Hi
	}
	n := gamma(float64(len(p.Positions) + 2))
	p.Variance.Lo, p.Variance.Hi = p.Variance.Lo*(1-n), p.Variance.Hi*(1+n)
}
