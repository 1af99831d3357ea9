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
	lo, hi endpoint // lo ≤ hi
	kind   kind
}

// kind says what an enclosure is.
type kind uint8

const (
	lineKind    kind = iota // the whole line, whatever lo and hi are
	pointKind               // lo = hi
	segmentKind             // lo < hi
)

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
type Interval struct {
	more uint  // bits beyond MinPrecision
	halt *Halt // nil if nothing ends its operations
}

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
	return Interval{more: prec - MinPrecision}
}

// Prec returns the precision of the endpoints in bits.
func (c Interval) Prec() uint { return MinPrecision + c.more }

func (a *Enclosure) isLine() bool  { return a.kind == lineKind }
func (a *Enclosure) isPoint() bool { return a.kind == pointKind }
func (a *Enclosure) isZero() bool  { return a.kind == pointKind && a.lo.Sign() == 0 }

func inRange(x *big.Float) bool {
	e := x.MantExp(nil)
	return -maxExponent <= e && e <= maxExponent && !x.IsInf()
}

func (x *endpoint) inRange() bool {
	if x.wide != nil {
		return inRange(x.wide)
	}
	return -maxExponent <= x.exp && x.exp <= maxExponent
}

// checked returns [lo, hi], or the whole line where an endpoint is out of range.
func checked(lo, hi endpoint) Enclosure {
	if !lo.inRange() || !hi.inRange() {
		return Enclosure{}
	}
	if lo.cmp(&hi) == 0 {
		return Enclosure{lo, hi, pointKind}
	}
	return Enclosure{lo, hi, segmentKind}
}

// FromInt returns an enclosure of n: a point if n has at most prec bits.
func (c Interval) FromInt(n int64) Enclosure {
	prec := min(c.Prec(), placeBits) // an int64 needs no more
	lo, exact := downward.fromInt(n, prec)
	if exact {
		return Enclosure{lo, lo, pointKind}
	}
	hi, _ := upward.fromInt(n, prec)
	return Enclosure{lo, hi, segmentKind}
}

// wordPoint returns n.
func wordPoint(n int64) Enclosure {
	x := integerPoint(n)
	return Enclosure{x, x, pointKind}
}

// FromRat returns the narrowest enclosure of q: a point if q is a binary fraction of at
// most prec bits. It returns ErrDomain if q is out of range.
func (c Interval) FromRat(q *big.Rat) (Enclosure, error) {
	c.halt.check()
	if n, d := q.Num(), q.Denom(); n.IsInt64() && d.IsInt64() {
		return c.Quo(wordPoint(n.Int64()), wordPoint(d.Int64()))
	}
	lo := downward.prepare(c.Prec()).SetRat(q)
	hi := lo
	if lo.Acc() != big.Exact {
		hi = upward.prepare(c.Prec()).SetRat(q)
	}
	a := checked(endpointOf(lo), endpointOf(hi))
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
	l, _ := downward.rounded(lo, c.Prec())
	h, _ := upward.rounded(hi, c.Prec())
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
	return new(big.Float).Copy(a.lo.big()), new(big.Float).Copy(a.hi.big())
}

// Add returns an enclosure of a + b.
func (c Interval) Add(a, b Enclosure) Enclosure {
	c.halt.check()
	if a.isLine() || b.isLine() {
		return Enclosure{}
	}
	lo, _ := downward.sum(&a.lo, &b.lo, c.Prec())
	hi, _ := upward.sum(&a.hi, &b.hi, c.Prec())
	return checked(lo, hi)
}

// Sub returns an enclosure of a − b.
func (c Interval) Sub(a, b Enclosure) Enclosure {
	c.halt.check()
	if a.isLine() || b.isLine() {
		return Enclosure{}
	}
	lo, _ := downward.difference(&a.lo, &b.hi, c.Prec())
	hi, _ := upward.difference(&a.hi, &b.lo, c.Prec())
	return checked(lo, hi)
}

// Neg returns −a.
func (c Interval) Neg(a Enclosure) Enclosure {
	return Enclosure{a.hi.neg(), a.lo.neg(), a.kind}
}

// corners returns the endpoints whose products are the ends of a·b:
// the least product is x·y and the greatest u·v.
func corners(a, b *Enclosure) (x, y, u, v *endpoint) {
	switch {
	case a.lo.Sign() >= 0:
		x, y, u, v = &a.lo, &b.lo, &a.hi, &b.hi
		if b.lo.Sign() < 0 {
			x = &a.hi
		}
		if b.hi.Sign() < 0 {
			u = &a.lo
		}
	case b.lo.Sign() >= 0:
		x, y, u, v = corners(b, a)
	case a.hi.Sign() <= 0 && b.hi.Sign() <= 0:
		x, y, u, v = &a.hi, &b.hi, &a.lo, &b.lo
	case a.hi.Sign() <= 0:
		x, y, u, v = &a.lo, &b.hi, &a.lo, &b.lo
	case b.hi.Sign() <= 0:
		x, y, u, v = &a.hi, &b.lo, &a.lo, &b.lo
	default: // zero is inside both
		x, y, u, v = &a.lo, &b.hi, &a.lo, &b.lo
		if compareProducts(&a.hi, &b.lo, x, y) < 0 {
			x, y = &a.hi, &b.lo
		}
		if compareProducts(&a.hi, &b.hi, u, v) > 0 {
			u, v = &a.hi, &b.hi
		}
	}
	return x, y, u, v
}

// compareProducts compares x·y with u·v, exactly.
func compareProducts(x, y, u, v *endpoint) int {
	product := func(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(x.Prec()+y.Prec()).Mul(x, y) }
	return product(x.big(), y.big()).Cmp(product(u.big(), v.big()))
}

// Mul returns an enclosure of a·b.
func (c Interval) Mul(a, b Enclosure) Enclosure {
	c.halt.check()
	switch {
	case a.isLine() || b.isLine():
		return Enclosure{}
	case a.isZero():
		return a
	case b.isZero():
		return b
	}
	x, y, u, v := corners(&a, &b)
	lo, _ := downward.product(x, y, c.Prec())
	hi, _ := upward.product(u, v, c.Prec())
	return checked(lo, hi)
}

// Quo returns an enclosure of a/b, or ErrDivision if b contains zero.
func (c Interval) Quo(a, b Enclosure) (Enclosure, error) {
	c.halt.check()
	if b.isLine() || b.lo.Sign() <= 0 && b.hi.Sign() >= 0 {
		return Enclosure{}, ErrDivision
	}
	if a.isLine() || a.isZero() {
		return a, nil
	}
	if a.isPoint() && b.isPoint() {
		return c.quotient(&a.lo, &b.lo), nil
	}
	x, u := &a.lo, &a.hi // the numerators of the least and the greatest quotient
	if b.lo.Sign() < 0 {
		x, u = u, x
	}
	y, v := &b.hi, &b.lo // their denominators
	if x.Sign() < 0 {
		y = &b.lo
	}
	if u.Sign() < 0 {
		v = &b.hi
	}
	lo, _ := downward.quotient(x, y, c.Prec())
	hi, _ := upward.quotient(u, v, c.Prec())
	return checked(lo, hi), nil
}

// quotient returns x/y for y ≠ 0, with one division where that is positive.
func (c Interval) quotient(x, y *endpoint) Enclosure {
	lo, exact := downward.quotient(x, y, c.Prec())
	switch {
	case exact:
		return checked(lo, lo)
	case inPlace(x, y, c.Prec()) && lo.sign > 0:
		hi, _ := upward.round(&lo.m, 1, int(lo.exp), 1, c.Prec()) // the next number
		return checked(lo, hi)
	}
	hi, _ := upward.quotient(x, y, c.Prec())
	return checked(lo, hi)
}

// Dot returns an enclosure of Σ_i a_i·b_i over slices of equal length; zero when
// they are empty. It panics when the lengths differ.
func (c Interval) Dot(a, b []Enclosure) Enclosure {
	if len(a) != len(b) {
		panic(fmt.Sprintf("field: Dot of %d and %d enclosures", len(a), len(b)))
	}
	if c.Prec() <= placeBits {
		if sum, ok := c.dotWords(a, b); ok {
			return sum
		}
	}
	// The sums carry a word more than the result where that costs nothing.
	prec := max(c.Prec(), min(c.Prec()+64, placeBits))
	var lo, hi endpoint
	for i := range a {
		c.halt.check()
		a, b := &a[i], &b[i]
		if a.isLine() || b.isLine() {
			return Enclosure{}
		}
		if a.isZero() || b.isZero() {
			continue
		}
		x, y, u, v := corners(a, b)
		least, _ := downward.product(x, y, prec)
		greatest, _ := upward.product(u, v, prec)
		lo, _ = downward.sum(&lo, &least, prec)
		hi, _ = upward.sum(&hi, &greatest, prec)
	}
	var zero endpoint
	lo, _ = downward.sum(&lo, &zero, c.Prec())
	hi, _ = upward.sum(&hi, &zero, c.Prec())
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
	return a.isLine() || b.isLine() || a.lo.cmp(&b.hi) <= 0 && b.lo.cmp(&a.hi) <= 0
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
	if b.lo.cmp(&lo) > 0 {
		lo = b.lo
	}
	if b.hi.cmp(&hi) < 0 {
		hi = b.hi
	}
	return checked(lo, hi), true
}

// Hull returns the smallest enclosure that contains a and b.
func (c Interval) Hull(a, b Enclosure) Enclosure {
	if a.isLine() || b.isLine() {
		return Enclosure{}
	}
	lo, hi := a.lo, a.hi
	if b.lo.cmp(&lo) < 0 {
		lo = b.lo
	}
	if b.hi.cmp(&hi) > 0 {
		hi = b.hi
	}
	return checked(lo, hi)
}

// width returns hi − lo, rounded up; a is not the whole line.
func (c Interval) width(a *Enclosure) endpoint {
	w, _ := upward.difference(&a.hi, &a.lo, c.Prec())
	return w
}

// Width returns hi − lo, rounded up; +Inf for the whole line.
func (c Interval) Width(a Enclosure) *big.Float {
	if a.isLine() {
		return big.NewFloat(math.Inf(1))
	}
	w := c.width(&a)
	return w.big()
}

// Contains reports whether lo ≤ q ≤ hi.
func (c Interval) Contains(a Enclosure, q *big.Rat) bool {
	if a.isLine() {
		return true
	}
	// A number of p bits is at most q exactly when it is at most the largest
	// number of p bits that is at most q.
	lo, hi := a.lo.big(), a.hi.big()
	below, above := downward.prepare(lo.Prec()).SetRat(q), upward.prepare(hi.Prec()).SetRat(q)
	return lo.Cmp(below) <= 0 && above.Cmp(hi) <= 0
}
