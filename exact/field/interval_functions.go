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
	z := new([2]big.Float)
	l, h := c.down(&z[0]).SetInt(lo), c.up(&z[1]).SetInt(hi)
	return c.pair(l.SetMantExp(l, e), h.SetMantExp(h, e))
}

// plus returns v + err.
func plus(v *big.Int, err uint64) *big.Int {
	e := new(big.Int).SetUint64(err)
	return e.Add(e, v)
}

func expDomain(name string, a Enclosure) error {
	if a.isLine() || a.lo.Cmp(minExpArgument) < 0 || a.hi.Cmp(maxExpArgument) > 0 {
		return fmt.Errorf("%w: %s of %v, want an argument within ±2^28", ErrDomain, name, a)
	}
	return nil
}

var (
	minExpArgument = big.NewFloat(-MaxExpArgument)
	maxExpArgument = big.NewFloat(MaxExpArgument)
)

// Exp returns an enclosure of e^a, or ErrDomain unless |a| ≤ MaxExpArgument.
func (c Interval) Exp(a Enclosure) (Enclosure, error) {
	if err := expDomain("exp", a); err != nil {
		return Enclosure{}, err
	}
	e := c.expPoint(a.lo)
	if a.isPoint() {
		return e, nil
	}
	d := c.Width(a)
	if d.MantExp(nil) > -near {
		return Enclosure{e.lo, c.expPoint(a.hi).hi}, nil
	}
	// e^(lo+d) ≤ e^lo·(1 + d + d²) for 0 ≤ d ≤ 1.
	growth := c.up(new(big.Float)).Mul(d, d)
	add(growth, growth, d)
	add(growth, growth, one)
	growth.Mul(growth, e.hi)
	if a.hi.Sign() <= 0 {
		growth = least(growth, one)
	}
	return Enclosure{e.lo, growth}, nil
}

// expPoint returns an enclosure of e^x that lies on the same side of 1 as e^x.
func (c Interval) expPoint(x *big.Float) Enclosure {
	if x.Sign() == 0 {
		return c.FromInt(1)
	}
	w := expScale(c.Prec())
	k, v, err := expReduced(x, w)
	e := c.fromFixed(v, plus(v, err), k-int(w))
	if x.Sign() > 0 {
		return Enclosure{greatest(e.lo, one), e.hi}
	}
	return Enclosure{e.lo, least(e.hi, one)}
}

var one = big.NewFloat(1)

func least(x, y *big.Float) *big.Float {
	if y.Cmp(x) < 0 {
		return y
	}
	return x
}

func greatest(x, y *big.Float) *big.Float {
	if y.Cmp(x) > 0 {
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
	return c.increasing(a, c.expm1Point), nil
}

func (c Interval) expm1Point(x *big.Float) Enclosure {
	e := x.MantExp(nil)
	switch {
	case x.Sign() == 0:
		return c.FromInt(0)
	case e > 1: // |x| ≥ 2: e^x is not near 1
		return c.Sub(c.expPoint(x), c.FromInt(1))
	case e < -int(c.Prec())-4:
		// x ≤ e^x − 1 ≤ x + x² for |x| ≤ 1, and x² < 2^(2e) is below 2^(e−prec−4).
		return c.apply(add, x, new(big.Float), x, power2(e-int(c.Prec())-4))
	}
	// |e^x − 1| ≥ 2^(e−2): the scale is the finer by as much.
	w := expScale(c.Prec() + 2 + uint(max(0, -e)) + 4)
	k, v, err := expReduced(x, w)
	v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(int(w)-k)))
	return c.fromFixed(v, plus(v, err), k-int(w))
}

func power2(e int) *big.Float {
	one := big.NewFloat(1)
	return one.SetMantExp(one, e)
}

// increasing returns the image of a under an increasing function, given its
// enclosure at a point.
func (c Interval) increasing(a Enclosure, f func(*big.Float) Enclosure) Enclosure {
	lo := f(a.lo)
	if a.isPoint() {
		return lo
	}
	hi := f(a.hi)
	if lo.isLine() || hi.isLine() {
		return Enclosure{}
	}
	return checked(lo.lo, hi.hi)
}

// Log returns an enclosure of the natural logarithm of a, or ErrDomain unless
// a > 0.
func (c Interval) Log(a Enclosure) (Enclosure, error) {
	if c.Sign(a) != Positive {
		return Enclosure{}, fmt.Errorf("%w: log of %v, want a positive number", ErrDomain, a)
	}
	l := c.logPoint(a.lo)
	if a.isPoint() {
		return l, nil
	}
	// log(lo+d) ≤ log lo + d/lo. If d/lo is small compared with log lo, that is as good
	// as the value at hi.
	d := c.Width(a)
	step := c.up(new(big.Float)).Quo(d, a.lo)
	if l.hi.Sign() != 0 && step.MantExp(nil) <= min(0, l.hi.MantExp(nil))-near {
		return Enclosure{l.lo, add(c.up(new(big.Float)), l.hi, step)}, nil
	}
	return Enclosure{l.lo, c.logPoint(a.hi).hi}, nil
}

func (c Interval) logPoint(x *big.Float) Enclosure {
	// x = m·2^k with ¾ ≤ m < 3/2.
	m := new(big.Float)
	k := x.MantExp(m)
	if m.Cmp(threeQuarters) < 0 {
		m.SetMantExp(m, 1)
		k--
	}
	// Here |log m| ≥ 2^(−zeros−2), with m − 1 between 2^(−zeros−1) and 2^−zeros.
	excess := new(big.Float).SetPrec(m.Prec()+1).Sub(m, one) // exact
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
	if a.isLine() || a.lo.Cmp(minusOne) <= 0 {
		return Enclosure{}, fmt.Errorf("%w: log1p of %v, want a number above −1", ErrDomain, a)
	}
	return c.increasing(a, c.log1pPoint), nil
}

var minusOne = big.NewFloat(-1)

func (c Interval) log1pPoint(x *big.Float) Enclosure {
	e := x.MantExp(nil)
	if x.Sign() == 0 {
		return c.FromInt(0)
	}
	if e < -int(c.Prec())-4 {
		// x − x² ≤ log(1+x) ≤ x for |x| ≤ ½, and x² < 2^(2e) is below 2^(e−prec−4).
		return c.apply(sub, x, power2(e-int(c.Prec())-4), x, new(big.Float))
	}
	if e > int(c.Prec()) {
		// log x ≤ log(1+x) ≤ log x + 1/x, and x ≥ 2^(e−1).
		l := c.logPoint(x)
		return c.apply(add, l.lo, new(big.Float), l.hi, power2(1-e))
	}
	sum := new(big.Float).SetPrec(x.Prec()+2*c.Prec()+8).Add(x, one) // exact
	return c.logPoint(sum)
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
	return c.increasing(a, c.sqrtPoint), nil
}

// sqrtPoint takes the integer square root, rounded down, of x·2^2w, exactly.
func (c Interval) sqrtPoint(x *big.Float) Enclosure {
	if x.Sign() == 0 {
		return c.FromInt(0)
	}
	m := new(big.Float)
	e := x.MantExp(m) // x = m·2^e
	// A square of 2·prec + 4 bits or more has a root of prec + 2.
	shift := int(max(x.MinPrec(), 2*c.Prec()+4))
	shift += (e - shift) & 1
	square, _ := m.SetMantExp(m, shift).Int(nil)
	root := new(big.Int).Sqrt(square)
	above := root
	if new(big.Int).Mul(root, root).Cmp(square) != 0 {
		above = plus(root, 1)
	}
	return c.fromFixed(root, above, (e-shift)/2)
}
