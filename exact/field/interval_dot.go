package field

import (
	"math"
	"math/bits"
)

// sumBits are the bits of a fixedSum below its exponent.
const sumBits = 64 * (placeWords + 1)

// dotWords is Dot at up to placeBits bits in fixed point, with one rounding at the end. It
// reports false where a number is wide, or where what was lost could matter to the result.
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
		if a.wide() || b.wide() {
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
	// A unit of a sum is 2^(largest−sumBits). Half of the bits that it has more than the result
	// may cancel: 2³² units, of 2³² products, are then still below a unit of the result.
	spare := (sumBits - int(c.Prec())) / 2
	for _, s := range []struct {
		sum *fixedSum
		end *endpoint
	}{{&lo, &least}, {&hi, &greatest}} {
		if s.sum.lostBelow|s.sum.lostAbove != 0 && (s.end.sign == 0 || int(s.end.exp) < largest-spare) {
			return Enclosure{}, false
		}
	}
	return checked(least, greatest), true
}

func (a *Enclosure) wide() bool { return a.lo.wide != nil || a.hi.wide != nil }

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

// addProduct adds x·y, of numbers that are not wide.
func (s *fixedSum) addProduct(x, y *endpoint) {
	sign := x.sign * y.sign
	if sign == 0 {
		return
	}
	n := s.exp - int(x.exp) - int(y.exp)
	var w [placeWords + 1]uint64
	lost := uint64(1)
	if n < sumBits {
		var p [2 * placeWords]uint64
		if x.m[0]|x.m[1]|y.m[0]|y.m[1] == 0 {
			*(*[placeWords]uint64)(p[placeWords:]) = multiply2(x.m[3], x.m[2], y.m[3], y.m[2])
		} else {
			multiply4(&p, &x.m, &y.m)
		}
		b := uint(n % 64)
		w = [placeWords + 1]uint64{p[4]<<(64-b) | p[3]>>b, p[5]<<(64-b) | p[4]>>b, p[6]<<(64-b) | p[5]>>b, p[7]<<(64-b) | p[6]>>b, p[7] >> b}
		lost = p[0] | p[1] | p[2] | p[3]<<(64-b)
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
