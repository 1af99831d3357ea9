package exact

import (
	"math"
	"math/big"
	"math/bits"

	"sounding/exact/field"
)

// fixed is the number (hi·2^64 + lo)·2^−127 between 0 and 1. Its unit is 2^−127. A table of
// them takes a sixth of the memory of enclosures, and a product a tenth of the time.
type fixed struct{ hi, lo uint64 }

const fixedBits = 127

var fixedOne = fixed{hi: 1 << 63}

// ratio returns a/b rounded down, for a ≤ b and b > 0.
func ratio(a, b uint64) fixed {
	hi, r := bits.Div64(a>>1, a<<63, b)
	lo, _ := bits.Div64(r, 0, b)
	return fixed{hi, lo}
}

// plus returns m + n, which is at most 1.
func (m fixed) plus(n fixed) fixed {
	lo, c := bits.Add64(m.lo, n.lo, 0)
	return fixed{m.hi + n.hi + c, lo}
}

// minus returns m − n for n ≤ m.
func (m fixed) minus(n fixed) fixed {
	lo, b := bits.Sub64(m.lo, n.lo, 0)
	return fixed{m.hi - n.hi - b, lo}
}

// distance returns |m − n|.
func (m fixed) distance(n fixed) fixed {
	if m.hi < n.hi || m.hi == n.hi && m.lo < n.lo {
		m, n = n, m
	}
	return m.minus(n)
}

// times returns m·n rounded down.
func (m fixed) times(n fixed) fixed {
	p1, _ := bits.Mul64(m.lo, n.lo)
	p2, l := bits.Mul64(m.lo, n.hi)
	h, k := bits.Mul64(m.hi, n.lo)
	p3, g := bits.Mul64(m.hi, n.hi)
	var c uint64
	p1, c = bits.Add64(p1, l, 0)
	p2, c = bits.Add64(p2, h, c)
	p3 += c
	p1, c = bits.Add64(p1, k, 0)
	p2, c = bits.Add64(p2, g, c)
	p3 += c
	return fixed{p3<<1 | p2>>63, p2<<1 | p1>>63}
}

// enclose returns the numbers between below units under n, or 0 if that is more, and above
// units over it.
func (n fixed) enclose(f field.Interval, below, above uint64) (field.Enclosure, error) {
	lo, b := bits.Sub64(n.lo, below, 0)
	least := fixed{n.hi - b, lo}
	if b > n.hi {
		least = fixed{}
	}
	hi, c := bits.Add64(n.lo, above, 0)
	return f.FromBounds(least.float(), fixed{n.hi + c, hi}.float())
}

func (n fixed) float() *big.Float {
	z := new(big.Float).SetPrec(2 * 64).SetUint64(n.hi)
	z.SetMantExp(z, 64)
	z.Add(z, new(big.Float).SetUint64(n.lo))
	return z.SetMantExp(z, -fixedBits)
}

// floorFixed returns x rounded down, for 0 ≤ x ≤ 1.
func floorFixed(x *big.Float) fixed {
	n, _ := new(big.Float).SetMantExp(x, fixedBits).Int(nil)
	lo := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64))
	return fixed{n.Rsh(n, 64).Uint64(), lo.Uint64()}
}

// fixedSum is a sum of fixed numbers, each times a word: less than 2^65.
type fixedSum [3]uint64

// add adds w·n.
func (s *fixedSum) add(w uint64, n fixed) {
	h0, l0 := bits.Mul64(w, n.lo)
	h1, l1 := bits.Mul64(w, n.hi)
	mid, c := bits.Add64(h0, l1, 0)
	h1 += c
	s[0], c = bits.Add64(s[0], l0, 0)
	s[1], c = bits.Add64(s[1], mid, c)
	s[2] += h1 + c
}

// over returns s/d rounded down, which is at most 1.
func (s *fixedSum) over(d uint64) fixed {
	hi, r := bits.Div64(s[2], s[1], d)
	lo, _ := bits.Div64(r, s[0], d)
	return fixed{hi, lo}
}

// overSquare returns s/d², rounded down twice, which is at most 1.
func (s *fixedSum) overSquare(d uint64) fixed {
	var q fixedSum
	var r uint64
	q[2], r = bits.Div64(0, s[2], d)
	q[1], r = bits.Div64(r, s[1], d)
	q[0], _ = bits.Div64(r, s[0], d)
	return q.over(d)
}

// fixedParts is a sum of parts of fixed numbers, in units of 2^−191.
type fixedParts [3]uint64

// share returns n/d rounded down, to be given out in integer multiples.
func (n fixed) share(d uint64) (z fixedParts) {
	var r uint64
	z[2], r = bits.Div64(0, n.hi, d)
	z[1], r = bits.Div64(r, n.lo, d)
	z[0], _ = bits.Div64(r, 0, d)
	return z
}

// add adds w times the share q.
func (s *fixedParts) add(w uint64, q *fixedParts) {
	h0, l0 := bits.Mul64(w, q[0])
	h1, l1 := bits.Mul64(w, q[1])
	l2 := w * q[2]
	var c uint64
	l1, c = bits.Add64(l1, h0, 0)
	l2 += h1 + c
	s[0], c = bits.Add64(s[0], l0, 0)
	s[1], c = bits.Add64(s[1], l1, c)
	s[2] += l2 + c
}

// floor returns s rounded down to a unit.
func (s *fixedParts) floor() fixed { return fixed{s[2], s[1]} }
