package field

import (
	"math"
	"math/bits"
)

// dotBits is the largest precision of dotWords: products of such numbers are exact in the words
// of an endpoint.
const dotBits = placeBits / 2

// dotWords is Dot in fixed point, with one rounding at the end. It reports false where a number has more than dotBits bits, or where what
// was lost could matter to the result.
func (c Interval) dotWords(a, b []Enclosure) (Enclosure, bool) {
	largest := math.MinInt // exponent of a product, or more
	for i := range a {
		c.halt.check()
		a, b := &a[i], &b[i]
		if a.isLine() || b.isLine() {
			return Enclosure{}, true
		}
		if a.isZero() || b.isZero() {
			continue
		}
		if !a.half() || !b.half() {
			return Enclosure{}, false
		}
		largest = max(largest, a.exponent()+b.exponent())
	}
	lo, hi := fixedSum{exp: largest}, fixedSum{exp: largest}
	for i := range a {
		a, b := &a[i], &b[i]
		if a.isZero() || b.isZero() {
			continue
		}
		x, y, u, v := corners(a, b)
		lo.addProduct(x, y)
		hi.addProduct(u, v)
	}
	subUnits(lo.words[:], lo.lostBelow)
	addUnits(hi.words[:], hi.lostAbove)
	least, greatest := downward.fromWords(lo.words[:], largest, c.Prec()), upward.fromWords(hi.words[:], largest, c.Prec())
	for _, s := range []struct {
		sum *fixedSum
		end *endpoint
	}{{&lo, &least}, {&hi, &greatest}} {
		if s.sum.lostBelow|s.sum.lostAbove != 0 && (s.end.sign == 0 || int(s.end.exp) < largest-dotBits) {
			return Enclosure{}, false
		}
	}
	return checked(least, greatest), true
}

// half reports whether both endpoints have at most dotBits bits.
func (a *Enclosure) half() bool {
	return a.lo.wide == nil && a.hi.wide == nil && a.lo.m[0]|a.lo.m[1]|a.hi.m[0]|a.hi.m[1] == 0
}

// exponent returns the larger one of the endpoints that are not zero, of which there is one.
func (a *Enclosure) exponent() int {
	switch {
	case a.lo.sign == 0:
		return int(a.hi.exp)
	case a.hi.sign == 0:
		return int(a.lo.exp)
	}
	return int(max(a.lo.exp, a.hi.exp))
}

// fixedSum is a sum of products with exponents of at most exp: a fixed number, as in words.go,
// times 2^exp. The magnitude of a product is rounded down to a unit: the sum of all is less than
// lostAbove units above that, and less than lostBelow below.
type fixedSum struct {
	words                [placeWords + 2]uint64
	exp                  int
	lostBelow, lostAbove uint64
}

// addProduct adds x·y, of numbers of at most dotBits bits.
func (s *fixedSum) addProduct(x, y *endpoint) {
	sign := x.sign * y.sign
	if sign == 0 {
		return
	}
	p := multiply2(x.m[3], x.m[2], y.m[3], y.m[2])
	n := s.exp - int(x.exp) - int(y.exp)
	var w [placeWords + 1]uint64
	lost := uint64(1)
	if n < 64*len(w) {
		b := uint(n % 64)
		w = [placeWords + 1]uint64{p[0] << (64 - b), p[1]<<(64-b) | p[0]>>b, p[2]<<(64-b) | p[1]>>b, p[3]<<(64-b) | p[2]>>b, p[3] >> b}
		lost = 0
		for range n / 64 {
			lost |= w[0]
			w[0], w[1], w[2], w[3], w[4] = w[1], w[2], w[3], w[4], 0
		}
	}
	switch {
	case lost == 0:
	case sign > 0:
		s.lostAbove++
	default:
		s.lostBelow++
	}
	z := &s.words
	var c uint64
	if sign > 0 {
		z[0], c = bits.Add64(z[0], w[0], 0)
		z[1], c = bits.Add64(z[1], w[1], c)
		z[2], c = bits.Add64(z[2], w[2], c)
		z[3], c = bits.Add64(z[3], w[3], c)
		z[4], c = bits.Add64(z[4], w[4], c)
		z[5] += c
		return
	}
	z[0], c = bits.Sub64(z[0], w[0], 0)
	z[1], c = bits.Sub64(z[1], w[1], c)
	z[2], c = bits.Sub64(z[2], w[2], c)
	z[3], c = bits.Sub64(z[3], w[3], c)
	z[4], c = bits.Sub64(z[4], w[4], c)
	z[5] -= c
}
