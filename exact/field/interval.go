package field

import (
	"errors"
	"fmt"
	"math"
	"math/big"
)

// ErrDomain reports an argument on which a function of Interval is not defined, may
// not be defined, or has values beyond the range of enclosures.
var ErrDomain = errors.New("argument outside the domain")

// The precisions, in bits, that NewInterval accepts.
const (
	MinPrecision = 24
	MaxPrecision = 1 << 16
)

// maxExponent bounds |e| for every endpoint m·2^e, ½ ≤ |m| < 1, of an enclosure.
//
// On overflow and underflow math/big ignores the rounding mode, which would
// break containment. Its exponents fill 32 bits with sign, and one addition,
// multiplication or division of numbers within this bound stays within
// 2·2^29 + 1 + MaxPrecision < 2^31: neither can happen before the bound is tested.
const maxExponent = 1 << 29

// Enclosure is a closed interval [lo, hi] that is proved to contain the number it
// stands for. Its endpoints are finite and at most 2^(2^29) in magnitude. It is
// immutable.
//
// The zero Enclosure is the whole real line: nothing is known about the number.
type Enclosure struct {
	// lo ≤ hi; the same pointer if the enclosure is a point; nil for the whole line.
	lo, hi *big.Float
}

// Interval is the number system of enclosures whose endpoints are rounded to a
// given precision. It implements Ordered[Enclosure] and Real[Enclosure].
//
// Guarantee: if each argument contains a real number, then the result contains
// the result of the operation on these numbers, whatever the precision of the
// arguments. Every endpoint is rounded away from the interval, and no result of a
// floating-point algorithm is used without a proof of its error.
//
// A sum, product or quotient is the narrowest such enclosure. A narrower argument
// need not make the enclosure of exp or log narrower.
//
// Numbers are kept between 2^(−2^29) and 2^(2^29) in magnitude. A sum, product
// or quotient that leaves this range is the whole real line, which contains it.
//
// The zero Interval has MinPrecision.
type Interval struct{ more uint } // bits beyond MinPrecision

var (
	_ Ordered[Enclosure] = Interval{}
	_ Real[Enclosure]    = Interval{}
)

// NewInterval returns the enclosures with endpoints of prec bits. It panics
// unless MinPrecision ≤ prec ≤ MaxPrecision.
func NewInterval(prec uint) Interval {
	if prec < MinPrecision || prec > MaxPrecision {
		panic(fmt.Sprintf("field: precision of %d bits, want %d to %d", prec, MinPrecision, MaxPrecision))
	}
	return Interval{prec - MinPrecision}
}

// Prec returns the precision of the endpoints in bits.
func (c Interval) Prec() uint { return MinPrecision + c.more }

func (a Enclosure) isLine() bool  { return a.lo == nil }
func (a Enclosure) isPoint() bool { return a.lo != nil && a.lo == a.hi }
func (a Enclosure) isZero() bool  { return a.isPoint() && a.lo.Sign() == 0 }

// down prepares z to take a lower endpoint.
func (c Interval) down(z *big.Float) *big.Float {
	return z.SetMode(big.ToNegativeInf).SetPrec(c.Prec())
}

// up prepares z to take an upper endpoint.
func (c Interval) up(z *big.Float) *big.Float {
	return z.SetMode(big.ToPositiveInf).SetPrec(c.Prec())
}

func inRange(x *big.Float) bool {
	e := x.MantExp(nil)
	return -maxExponent <= e && e <= maxExponent && !x.IsInf()
}

// checked returns [lo, hi], or the whole line where an endpoint is out of range.
func checked(lo, hi *big.Float) Enclosure {
	if !inRange(lo) || !inRange(hi) {
		return Enclosure{}
	}
	return Enclosure{lo, hi}
}

// apply returns the enclosure from op(x, y) rounded down to op(u, v) rounded up.
func (c Interval) apply(op func(z, x, y *big.Float) *big.Float, x, y, u, v *big.Float) Enclosure {
	z := new([2]big.Float)
	lo := op(c.down(&z[0]), x, y)
	if x == u && y == v && lo.Acc() == big.Exact {
		return checked(lo, lo)
	}
	return checked(lo, op(c.up(&z[1]), u, v))
}

// spread is the distance of exponents, beyond the precisions involved, from which a
// sum takes the shortcut of nearby.
const spread = 64

// nearby returns two numbers whose sum and difference, rounded in either direction to
// the precision of z, are those of x and y. If one of them is so small that only its
// sign matters, it is replaced by a larger one for which that is true too: math/big
// aligns the operands of a sum, in time and memory proportional to the distance of
// their exponents, which may be 2^30 bits.
//
// With q the largest of the precisions of z and of the larger operand x, the
// numbers strictly between x and x ± 2^(e−q−1), e the exponent of x, all
// round alike, for no number of q bits lies among them.
func nearby(z, x, y *big.Float) (*big.Float, *big.Float) {
	if x.Sign() == 0 || y.Sign() == 0 {
		return x, y
	}
	gap := x.MantExp(nil) - y.MantExp(nil)
	switch {
	case gap > int(max(z.Prec(), x.Prec()))+spread:
		return x, speck(z, x, y.Sign())
	case -gap > int(max(z.Prec(), y.Prec()))+spread:
		return speck(z, y, x.Sign()), y
	}
	return x, y
}

// speck returns a number so small, compared with x, that only its given sign matters.
func speck(z, x *big.Float, sign int) *big.Float {
	s := big.NewFloat(float64(sign))
	return s.SetMantExp(s, x.MantExp(nil)-int(max(z.Prec(), x.Prec()))-3)
}

func add(z, x, y *big.Float) *big.Float { return z.Add(nearby(z, x, y)) }

func sub(z, x, y *big.Float) *big.Float {
	if x.Sign() == 0 {
		// math/big rounds y before it changes the sign, in the wrong direction.
		return z.Set(new(big.Float).Neg(y))
	}
	return z.Sub(nearby(z, x, y))
}

// FromInt returns an enclosure of n: a point if n has at most prec bits.
func (c Interval) FromInt(n int64) Enclosure {
	lo := c.down(new(big.Float)).SetInt64(n)
	if lo.Acc() == big.Exact {
		return Enclosure{lo, lo}
	}
	return Enclosure{lo, c.up(new(big.Float)).SetInt64(n)}
}

// FromRat returns the narrowest enclosure of q: a point if q is a binary fraction of at
// most prec bits. It returns ErrDomain if q is out of range.
func (c Interval) FromRat(q *big.Rat) (Enclosure, error) {
	lo := c.down(new(big.Float)).SetRat(q)
	hi := lo
	if lo.Acc() != big.Exact {
		hi = c.up(new(big.Float)).SetRat(q)
	}
	a := checked(lo, hi)
	if a.isLine() {
		return a, fmt.Errorf("%w: a rational with a magnitude beyond 2^(±%d)", ErrDomain, maxExponent)
	}
	return a, nil
}

// FromBounds returns [lo, hi] with its endpoints rounded outward, or ErrDomain
// unless lo ≤ hi are both finite and in range.
func (c Interval) FromBounds(lo, hi *big.Float) (Enclosure, error) {
	if lo.Cmp(hi) > 0 {
		return Enclosure{}, fmt.Errorf("%w: lower bound %s above upper bound %s", ErrDomain, show(lo), show(hi))
	}
	if !inRange(lo) || !inRange(hi) {
		return Enclosure{}, fmt.Errorf("%w: bounds [%s, %s], want magnitudes within 2^(±%d)", ErrDomain, show(lo), show(hi), maxExponent)
	}
	l, h := c.down(new(big.Float)).Set(lo), c.up(new(big.Float)).Set(hi)
	if l.Cmp(h) == 0 {
		h = l
	}
	a := checked(l, h)
	if a.isLine() {
		return a, fmt.Errorf("%w: an upper bound rounds to 2^%d", ErrDomain, maxExponent)
	}
	return a, nil
}

// Bounds returns copies of the endpoints of a; −Inf and +Inf for the whole line.
func (c Interval) Bounds(a Enclosure) (lo, hi *big.Float) {
	if a.isLine() {
		return big.NewFloat(math.Inf(-1)), big.NewFloat(math.Inf(1))
	}
	lo = new(big.Float).SetPrec(a.lo.Prec()).Set(a.lo)
	hi = new(big.Float).SetPrec(a.hi.Prec()).Set(a.hi)
	return lo, hi
}

// Add returns an enclosure of a + b.
func (c Interval) Add(a, b Enclosure) Enclosure {
	if a.isLine() || b.isLine() {
		return Enclosure{}
	}
	return c.apply(add, a.lo, b.lo, a.hi, b.hi)
}

// Sub returns an enclosure of a − b.
func (c Interval) Sub(a, b Enclosure) Enclosure {
	if a.isLine() || b.isLine() {
		return Enclosure{}
	}
	return c.apply(sub, a.lo, b.hi, a.hi, b.lo)
}

// Neg returns −a.
func (c Interval) Neg(a Enclosure) Enclosure {
	if a.isLine() {
		return a
	}
	// At the precision of a the negative is exact in every mode.
	lo := new(big.Float).Neg(a.hi)
	if a.isPoint() {
		return Enclosure{lo, lo}
	}
	return Enclosure{lo, new(big.Float).Neg(a.lo)}
}

// corners returns the endpoints whose products are the ends of a·b:
// the least product is x·y and the greatest u·v.
func corners(a, b Enclosure) (x, y, u, v *big.Float) {
	switch {
	case a.lo.Sign() >= 0:
		x, y, u, v = a.lo, b.lo, a.hi, b.hi
		if b.lo.Sign() < 0 {
			x = a.hi
		}
		if b.hi.Sign() < 0 {
			u = a.lo
		}
	case b.lo.Sign() >= 0:
		x, y, u, v = corners(b, a)
	case a.hi.Sign() <= 0 && b.hi.Sign() <= 0:
		x, y, u, v = a.hi, b.hi, a.lo, b.lo
	case a.hi.Sign() <= 0:
		x, y, u, v = a.lo, b.hi, a.lo, b.lo
	case b.hi.Sign() <= 0:
		x, y, u, v = a.hi, b.lo, a.lo, b.lo
	default: // zero is inside both
		x, y, u, v = a.lo, b.hi, a.lo, b.lo
		if compareProducts(a.hi, b.lo, x, y) < 0 {
			x, y = a.hi, b.lo
		}
		if compareProducts(a.hi, b.hi, u, v) > 0 {
			u, v = a.hi, b.hi
		}
	}
	return x, y, u, v
}

// compareProducts compares x·y with u·v, exactly.
func compareProducts(x, y, u, v *big.Float) int {
	p := new(big.Float).SetPrec(x.Prec()+y.Prec()).Mul(x, y)
	q := new(big.Float).SetPrec(u.Prec()+v.Prec()).Mul(u, v)
	return p.Cmp(q)
}

// Mul returns an enclosure of a·b.
func (c Interval) Mul(a, b Enclosure) Enclosure {
	if a.isLine() || b.isLine() {
		return Enclosure{}
	}
	if a.isZero() {
		return a
	}
	if b.isZero() {
		return b
	}
	x, y, u, v := corners(a, b)
	return c.apply((*big.Float).Mul, x, y, u, v)
}

// Quo returns an enclosure of a/b, or ErrDivision if b contains zero.
func (c Interval) Quo(a, b Enclosure) (Enclosure, error) {
	if b.isLine() || b.lo.Sign() <= 0 && b.hi.Sign() >= 0 {
		return Enclosure{}, ErrDivision
	}
	if a.isLine() || a.isZero() {
		return a, nil
	}
	x, u := a.lo, a.hi // the numerators of the least and the greatest quotient
	if b.lo.Sign() < 0 {
		x, u = u, x
	}
	y, v := b.hi, b.lo // their denominators
	if x.Sign() < 0 {
		y = b.lo
	}
	if u.Sign() < 0 {
		v = b.hi
	}
	return c.apply((*big.Float).Quo, x, y, u, v), nil
}

// accumulator adds up products, rounding in one direction. The sum alternates
// between two numbers, for math/big allocates where a sum replaces an operand.
type accumulator struct {
	numbers    [3]big.Float
	sum, spare *big.Float
	product    *big.Float
}

func (s *accumulator) init(prec uint, mode big.RoundingMode) {
	for i := range s.numbers {
		s.numbers[i].SetMode(mode).SetPrec(prec)
	}
	s.sum, s.spare, s.product = &s.numbers[0], &s.numbers[1], &s.numbers[2]
}

func (s *accumulator) add(x *big.Float) {
	add(s.spare, s.sum, x)
	s.sum, s.spare = s.spare, s.sum
}

// Dot returns an enclosure of Σ_i a_i·b_i over slices of equal length; zero when
// they are empty. It panics when the lengths differ.
func (c Interval) Dot(a, b []Enclosure) Enclosure {
	if len(a) != len(b) {
		panic(fmt.Sprintf("field: Dot of %d and %d enclosures", len(a), len(b)))
	}
	var lo, hi accumulator
	lo.init(c.Prec(), big.ToNegativeInf)
	hi.init(c.Prec(), big.ToPositiveInf)
	var exact big.Float
	for i := range a {
		if a[i].isLine() || b[i].isLine() {
			return Enclosure{}
		}
		if a[i].isZero() || b[i].isZero() {
			continue
		}
		x, y, u, v := corners(a[i], b[i])
		if x == u && y == v {
			exact.SetPrec(x.Prec()+y.Prec()).Mul(x, y)
			lo.add(&exact)
			hi.add(&exact)
			continue
		}
		lo.add(lo.product.Mul(x, y))
		hi.add(hi.product.Mul(u, v))
	}
	z := new([2]big.Float)
	return c.pair(c.down(&z[0]).Set(lo.sum), c.up(&z[1]).Set(hi.sum))
}

// pair returns [lo, hi], keeping lo and hi, as a point where they are equal.
func (c Interval) pair(lo, hi *big.Float) Enclosure {
	if lo.Cmp(hi) == 0 {
		hi = lo
	}
	return checked(lo, hi)
}

// Equal decides whether the numbers in a and b are equal: True if both are the same
// point, False if the enclosures are disjoint, otherwise Unknown.
func (c Interval) Equal(a, b Enclosure) Trilean {
	switch {
	case !c.Overlap(a, b):
		return False
	case a.isPoint() && b.isPoint():
		return True
	}
	return Unknown
}

// Sign returns the sign of the number in a, or Undecided if a contains zero and is not
// the point zero.
func (c Interval) Sign(a Enclosure) Sign {
	switch {
	case a.isLine():
		return Undecided
	case a.lo.Sign() > 0:
		return Positive
	case a.hi.Sign() < 0:
		return Negative
	case a.isPoint():
		return Zero
	}
	return Undecided
}

// Overlap reports whether a and b have a number in common.
func (c Interval) Overlap(a, b Enclosure) bool {
	return a.isLine() || b.isLine() || a.lo.Cmp(b.hi) <= 0 && b.lo.Cmp(a.hi) <= 0
}

// Intersect returns the numbers common to a and b: an enclosure of any number that
// both enclose. It reports false if a and b are disjoint.
func (c Interval) Intersect(a, b Enclosure) (Enclosure, bool) {
	switch {
	case !c.Overlap(a, b):
		return Enclosure{}, false
	case a.isLine():
		return b, true
	case b.isLine():
		return a, true
	}
	lo, hi := a.lo, a.hi
	if b.lo.Cmp(lo) > 0 {
		lo = b.lo
	}
	if b.hi.Cmp(hi) < 0 {
		hi = b.hi
	}
	return c.pair(lo, hi), true
}

// Hull returns the smallest enclosure that contains a and b.
func (c Interval) Hull(a, b Enclosure) Enclosure {
	if a.isLine() || b.isLine() {
		return Enclosure{}
	}
	lo, hi := a.lo, a.hi
	if b.lo.Cmp(lo) < 0 {
		lo = b.lo
	}
	if b.hi.Cmp(hi) > 0 {
		hi = b.hi
	}
	return c.pair(lo, hi)
}

// Width returns hi − lo, rounded up; +Inf for the whole line.
func (c Interval) Width(a Enclosure) *big.Float {
	if a.isLine() {
		return big.NewFloat(math.Inf(1))
	}
	return sub(c.up(new(big.Float)), a.hi, a.lo)
}

// Contains reports whether lo ≤ q ≤ hi.
func (c Interval) Contains(a Enclosure, q *big.Rat) bool {
	if a.isLine() {
		return true
	}
	// A number of p bits is at most q exactly when it is at most the largest
	// number of p bits that is at most q.
	below := new(big.Float).SetMode(big.ToNegativeInf).SetPrec(a.lo.Prec()).SetRat(q)
	above := new(big.Float).SetMode(big.ToPositiveInf).SetPrec(a.hi.Prec()).SetRat(q)
	return a.lo.Cmp(below) <= 0 && above.Cmp(a.hi) <= 0
}
