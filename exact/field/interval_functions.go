package field

import (
	"fmt"
	"math/big"
)

// The functions of this file are increasing, so the image of an interval is the
// interval between the values at its endpoints. At a point the result is at most
// 2^(3−prec)·|value| wide: the enclosure that the series give is below
// 2^(−prec−2) relative, and each endpoint is then rounded outward once, by less
// than 2^(1−prec) relative.

// MaxExpArgument bounds |x| in Exp, Expm1 and Sigmoid, which keeps e^x within the
// range of exponents of an enclosure.
const MaxExpArgument = 1 << 28

// near says when an interval is so narrow that its image is bounded by the value at one
// endpoint and a bound on the slope: in Exp, when its width is below 2^−near. That adds
// at most 2^−near of the width, and a rounding, to the image.
const near = 16

// fromFixed returns [lo·2^e, hi·2^e], rounded outward.
func (c Interval) fromFixed(lo, hi *big.Int, e int) Enclosure {
	l, h := downward.prepare(c.Prec()).SetInt(lo), upward.prepare(c.Prec()).SetInt(hi)
	return checked(endpointOf(l.SetMantExp(l, e)), endpointOf(h.SetMantExp(h, e)))
}

// fromWords returns [v − below, v + above]·2^e, rounded outward, for a fixed number v.
func (c Interval) fromWords(v []uint64, below, above uint64, e int) Enclosure {
	var a, b words
	l, h := a[:len(v)], b[:len(v)]
	copy(l, v)
	copy(h, v)
	subUnits(l, below)
	addUnits(h, above)
	return checked(downward.fromWords(l, e, c.Prec()), upward.fromWords(h, e, c.Prec()))
}

// plus returns v + err.
func plus(v *big.Int, err uint64) *big.Int {
	e := new(big.Int).SetUint64(err)
	return e.Add(e, v)
}

func expDomain(name string, a Enclosure) error {
	if a.isLine() || a.lo.cmp(&minExpArgument) < 0 || a.hi.cmp(&maxExpArgument) > 0 {
		return fmt.Errorf("%w: %s of %v, want an argument within ±2^28", ErrDomain, name, a)
	}
	return nil
}

var (
	minExpArgument = integerPoint(-MaxExpArgument)
	maxExpArgument = integerPoint(MaxExpArgument)
	one            = integerPoint(1)
	minusOne       = integerPoint(-1)
)

// integerPoint returns n.
func integerPoint(n int64) endpoint {
	x, _ := downward.fromInt(n, placeBits)
	return x
}

// Exp returns an enclosure of e^a, or ErrDomain unless |a| ≤ MaxExpArgument.
func (c Interval) Exp(a Enclosure) (Enclosure, error) {
	if err := expDomain("exp", a); err != nil {
		return Enclosure{}, err
	}
	e := c.expPoint(a.lo)
	if a.isPoint() {
		return e, nil
	}
	d := c.width(&a)
	if d.exponent() > -near {
		return checked(e.lo, c.expPoint(a.hi).hi), nil
	}
	// e^(lo+d) ≤ e^lo·(1 + d + d²) for 0 ≤ d ≤ 1.
	growth, _ := upward.product(&d, &d, c.Prec())
	growth, _ = upward.sum(&growth, &d, c.Prec())
	growth, _ = upward.sum(&growth, &one, c.Prec())
	growth, _ = upward.product(&growth, &e.hi, c.Prec())
	if a.hi.Sign() <= 0 {
		growth = least(growth, one)
	}
	return checked(e.lo, growth), nil
}

// expPoint returns an enclosure of e^x that lies on the same side of 1 as e^x.
func (c Interval) expPoint(x endpoint) Enclosure {
	c.halt.check()
	if x.Sign() == 0 {
		return c.FromInt(1)
	}
	var e Enclosure
	if n := seriesWords(c.Prec()); x.wide == nil && n <= maxSeriesWords {
		s := seriesOf[n]()
		var v words
		k := s.expReduced(v[:n], &x)
		e = c.fromWords(v[:n+1], 0, s.expError(), k+2)
	} else {
		w := expScale(c.Prec())
		k, v, err := expReduced(x.big(), w)
		e = c.fromFixed(v, plus(v, err), k-int(w))
	}
	if x.Sign() > 0 {
		return checked(greatest(e.lo, one), e.hi)
	}
	return checked(e.lo, least(e.hi, one))
}

func least(x, y endpoint) endpoint {
	if y.cmp(&x) < 0 {
		return y
	}
	return x
}

func greatest(x, y endpoint) endpoint {
	if y.cmp(&x) > 0 {
		return y
	}
	return x
}

// Expm1 returns an enclosure of e^a − 1, narrow relative to its value even near 0, or
// ErrDomain unless |a| ≤ MaxExpArgument.
func (c Interval) Expm1(a Enclosure) (Enclosure, error) {
	if err := expDomain("expm1", a); err != nil {
		return Enclosure{}, err
	}
	return c.increasing(a, c.expm1Point, func(_, d endpoint, value Enclosure) endpoint {
		// e^(lo+d) − e^lo ≤ e^lo·(d + d²) for 0 ≤ d ≤ 1. If d is not small, it says too much.
		if d.exponent() > -near {
			return one
		}
		step, _ := upward.product(&d, &d, c.Prec())
		step, _ = upward.sum(&step, &d, c.Prec())
		power, _ := upward.sum(&value.hi, &one, c.Prec())
		step, _ = upward.product(&step, &power, c.Prec())
		return step
	}), nil
}

func (c Interval) expm1Point(x endpoint) Enclosure {
	e := x.exponent()
	switch {
	case x.Sign() == 0:
		return c.FromInt(0)
	case e > 1: // |x| ≥ 2: e^x is not near 1
		return c.Sub(c.expPoint(x), c.FromInt(1))
	case e < -int(c.Prec())-4:
		// x ≤ e^x − 1 ≤ x + x² for |x| ≤ 1, and x² < 2^(2e) is below 2^(e−prec−4).
		square := power2(e - int(c.Prec()) - 4)
		return c.outward(&x, &endpoint{}, &x, &square)
	}
	// |e^x − 1| ≥ 2^(e−2): the scale is the finer by as much.
	prec := c.Prec() + 2 + uint(max(0, -e)) + 4
	if n := seriesWords(prec); x.wide == nil && n <= maxSeriesWords {
		s := seriesOf[n]()
		var v words
		k := s.expReduced(v[:n], &x)
		unit := 64*n - 2 - k // the bit that stands for 1
		subUnits(v[unit/64:n+1], 1<<(unit%64))
		return c.fromWords(v[:n+1], 0, s.expError(), k+2)
	}
	w := expScale(prec)
	k, v, err := expReduced(x.big(), w)
	v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(int(w)-k)))
	return c.fromFixed(v, plus(v, err), k-int(w))
}

// outward returns [x + y, u + v], rounded outward.
func (c Interval) outward(x, y, u, v *endpoint) Enclosure {
	lo, _ := downward.sum(x, y, c.Prec())
	hi, _ := upward.sum(u, v, c.Prec())
	return checked(lo, hi)
}

// increasing returns the image of a under an increasing function, given its enclosure
// at a point and a bound on f(lo+d) − f(lo), for the width d of a and f(lo) in value. If
// the bound is small, compared with 1 and with f(lo), it is as good as f(hi).
func (c Interval) increasing(a Enclosure, f func(endpoint) Enclosure, growth func(lo, d endpoint, value Enclosure) endpoint) Enclosure {
	value := f(a.lo)
	if a.isPoint() || value.isLine() {
		return value
	}
	step := growth(a.lo, c.width(&a), value)
	if value.hi.Sign() != 0 && step.exponent() <= min(0, value.hi.exponent())-near {
		hi, _ := upward.sum(&value.hi, &step, c.Prec())
		return checked(value.lo, hi)
	}
	hi := f(a.hi)
	if hi.isLine() {
		return hi
	}
	return checked(value.lo, hi.hi)
}

// Log returns an enclosure of the natural logarithm of a, or ErrDomain unless
// a > 0.
func (c Interval) Log(a Enclosure) (Enclosure, error) {
	if c.Sign(a) != Positive {
		return Enclosure{}, fmt.Errorf("%w: log of %v, want a positive number", ErrDomain, a)
	}
	return c.increasing(a, c.logPoint, func(lo, d endpoint, _ Enclosure) endpoint {
		// log(lo+d) ≤ log lo + d/lo
		step, _ := upward.quotient(&d, &lo, c.Prec())
		return step
	}), nil
}

func (c Interval) logPoint(x endpoint) Enclosure {
	c.halt.check()
	if x.wide == nil {
		if l, ok := c.logWords(&x); ok {
			return l
		}
	}
	return c.logBig(x.big())
}

// logWords returns an enclosure of log x for a positive x that is not wide, and whether
// it could.
func (c Interval) logWords(x *endpoint) (Enclosure, bool) {
	// x = m·2^k with ¾ ≤ m < 3/2, as in logBig.
	m, below := *x, x.m[placeWords-1]>>62 == 3
	k := int(x.exp)
	if !below {
		k--
	}
	m.exp -= int32(k)
	zeros, ok := x.excessZeros(below)
	if k == 0 && !ok {
		return c.FromInt(0), true
	}
	prec := c.Prec() + 4
	if k == 0 {
		prec += zeros
	}
	n := seriesWords(prec)
	if n > maxSeriesWords {
		return Enclosure{}, false
	}
	var a words
	m.fixed(a[:n+1])
	return c.logFixedWords(a[:n+1], k)
}

// logFixedWords returns an enclosure of log m + k·ln 2, as series.log does.
func (c Interval) logFixedWords(a []uint64, k int) (Enclosure, bool) {
	s := seriesOf[len(a)-1]()
	var v words
	if !s.log(v[:len(a)], a, k) {
		return Enclosure{}, false
	}
	return c.fromWords(v[:len(a)], s.logError(), s.logError(), 0), true
}

func (c Interval) logBig(x *big.Float) Enclosure {
	// x = m·2^k with ¾ ≤ m < 3/2.
	m := new(big.Float)
	k := x.MantExp(m)
	if m.Cmp(threeQuarters) < 0 {
		m.SetMantExp(m, 1)
		k--
	}
	// Here |log m| ≥ 2^(−zeros−2), with m − 1 between 2^(−zeros−1) and 2^−zeros.
	excess := new(big.Float).SetPrec(m.Prec()+1).Sub(m, big.NewFloat(1)) // exact
	if excess.Sign() == 0 && k == 0 {
		return c.FromInt(0)
	}
	zeros := uint(-excess.MantExp(nil))
	prec := c.Prec() + 4
	if k == 0 {
		prec += zeros
	}
	w := expScale(prec)
	y := new(big.Float)
	if excess.Sign() != 0 && zeros < 8 { // else the series alone is fast
		y = logCandidate(m, w)
	}
	v, err := logFixed(m, y, w)
	if k != 0 {
		v.Add(v, timesLn2(k, w))
		err += 2
	}
	return c.fromFixed(plus(v, 0).Sub(v, new(big.Int).SetUint64(err)), plus(v, err), -int(w))
}

var threeQuarters = big.NewFloat(0.75)

// Log1p returns an enclosure of log(1 + a), narrow relative to its value even near 0, or
// ErrDomain unless a > −1.
func (c Interval) Log1p(a Enclosure) (Enclosure, error) {
	if a.isLine() || a.lo.cmp(&minusOne) <= 0 {
		return Enclosure{}, fmt.Errorf("%w: log1p of %v, want a number above −1", ErrDomain, a)
	}
	return c.increasing(a, c.log1pPoint, func(lo, d endpoint, _ Enclosure) endpoint {
		// log(1+lo+d) ≤ log(1+lo) + d/(1+lo)
		sum, _ := downward.sum(&lo, &one, c.Prec())
		step, _ := upward.quotient(&d, &sum, c.Prec())
		return step
	}), nil
}

func (c Interval) log1pPoint(x endpoint) Enclosure {
	e := x.exponent()
	if x.Sign() == 0 {
		return c.FromInt(0)
	}
	if e < -int(c.Prec())-4 {
		// x − x² ≤ log(1+x) ≤ x for |x| ≤ ½, and x² < 2^(2e) is below 2^(e−prec−4).
		square := power2(e - int(c.Prec()) - 4)
		square.sign = -1
		return c.outward(&x, &square, &x, &endpoint{})
	}
	if e > int(c.Prec()) {
		// log x ≤ log(1+x) ≤ log x + 1/x, and x ≥ 2^(e−1).
		l := c.logPoint(x)
		inverse := power2(1 - e)
		return c.outward(&l.lo, &endpoint{}, &l.hi, &inverse)
	}
	if n := seriesWords(c.Prec() + 4 + uint(max(0, -e))); x.wide == nil && n <= maxSeriesWords && e < 0 && (x.sign > 0 || e < -1) {
		var a words // 1 + x, between ¾ and 3/2
		x.fixed(a[:n+1])
		a[n]++
		if l, ok := c.logFixedWords(a[:n+1], 0); ok {
			return l
		}
	}
	if sum, exact := downward.sum(&x, &one, placeBits); exact && x.wide == nil {
		return c.logPoint(sum)
	}
	b := x.big()
	sum := new(big.Float).SetPrec(b.Prec()+2*c.Prec()+8).Add(b, big.NewFloat(1)) // exact
	return c.logBig(sum)
}

// Sigmoid returns an enclosure of σ(a) = 1/(1 + e^−a) that lies on the same side
// of ½ as σ(a), or ErrDomain unless |a| ≤ MaxExpArgument.
func (c Interval) Sigmoid(a Enclosure) (Enclosure, error) {
	if err := expDomain("sigmoid", a); err != nil {
		return Enclosure{}, err
	}
	e, err := c.Exp(c.Neg(a))
	if err != nil {
		return Enclosure{}, err
	}
	one := c.FromInt(1)
	return c.Quo(one, c.Add(one, e))
}

// Sqrt returns an enclosure of √a, or ErrDomain unless a ≥ 0.
func (c Interval) Sqrt(a Enclosure) (Enclosure, error) {
	if a.isLine() || a.lo.Sign() < 0 {
		return Enclosure{}, fmt.Errorf("%w: square root of %v, want a number ≥ 0", ErrDomain, a)
	}
	return c.increasing(a, c.sqrtPoint, func(lo, d endpoint, value Enclosure) endpoint {
		// √(lo+d) ≤ √lo + d/(2·√lo); for lo = 0 there is no such bound.
		if lo.Sign() == 0 {
			return one
		}
		twice, _ := downward.sum(&value.lo, &value.lo, c.Prec())
		step, _ := upward.quotient(&d, &twice, c.Prec())
		return step
	}), nil
}

// sqrtPoint takes the integer square root, rounded down, of x·2^2w, exactly.
func (c Interval) sqrtPoint(x endpoint) Enclosure {
	if x.Sign() == 0 {
		return c.FromInt(0)
	}
	if x.wide == nil && c.Prec() <= placeBits {
		return c.sqrtWords(&x)
	}
	m := new(big.Float)
	e := x.big().MantExp(m) // x = m·2^e
	// A square of 2·prec + 4 bits or more has a root of prec + 2.
	shift := int(max(m.MinPrec(), 2*c.Prec()+4))
	shift += (e - shift) & 1
	square, _ := m.SetMantExp(m, shift).Int(nil)
	root, rest := squareRoot(square)
	above := root
	if rest.Sign() != 0 {
		above = plus(root, 1)
	}
	return c.fromFixed(root, above, (e-shift)/2)
}

// squareRoot returns s = ⌊√n⌋ and n − s² for n > 0. From the root of the upper half of n and
// what that leaves, one division gives a candidate that is at most 1 too large (Zimmermann,
// Karatsuba Square Root, 1999).
func squareRoot(n *big.Int) (s, rest *big.Int) {
	if n.BitLen() <= placeBits {
		var w [placeWords]uint64
		shift := uint(placeBits-n.BitLen()) &^ 1
		toWords(w[:], new(big.Int).Lsh(n, shift))
		hi, lo, _ := sqrt4(&w)
		s = new(big.Int).SetUint64(hi)
		s.Lsh(s, 64).Or(s, new(big.Int).SetUint64(lo)).Rsh(s, shift/2)
		return s, new(big.Int).Sub(n, new(big.Int).Mul(s, s))
	}
	// n = n₂·2^2k + n₁·2^k + n₀, n₂ of 2k + 1 bits or more.
	k := uint(n.BitLen()-1) / 4
	digit := func(i uint) *big.Int {
		d := new(big.Int).Rsh(n, i*k)
		return d.And(d, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), k), big.NewInt(1)))
	}
	s, rest = squareRoot(new(big.Int).Rsh(n, 2*k))
	rest.Lsh(rest, k).Or(rest, digit(1))
	q, rest := new(big.Int).QuoRem(rest, new(big.Int).Lsh(s, 1), rest)
	s.Lsh(s, k).Add(s, q)
	rest.Lsh(rest, k).Or(rest, digit(0)).Sub(rest, q.Mul(q, q))
	if rest.Sign() < 0 { // (s − 1)² = s² − (2s − 1)
		one := big.NewInt(1)
		rest.Add(rest, s).Add(rest, s.Sub(s, one))
	}
	return s, rest
}
