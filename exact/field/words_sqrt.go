package field

import (
	"math"
	"math/bits"
)

// sqrtWords returns an enclosure of √x for a positive x that is not wide, at a precision of
// at most placeBits.
func (c Interval) sqrtWords(x *endpoint) Enclosure {
	// x = (n + odd/2)·2^(exp−256) with an even exp: √x = √(n + odd/2)·2^(exp/2−128), which is
	// no binary fraction if n is no square or odd is 1.
	n, exp, odd := x.m, int(x.exp), uint64(0)
	if exp&1 != 0 {
		odd = n[0] & 1
		n[0] = n[0]>>1 | n[1]<<63
		n[1] = n[1]>>1 | n[2]<<63
		n[2] = n[2]>>1 | n[3]<<63
		n[3] >>= 1
		exp++
	}
	hi, lo, r := sqrt4(&n)
	root, rest := [placeWords]uint64{2: lo, 3: hi}, r[0]|r[1]|r[2]|odd
	if rest != 0 && c.Prec() > placeBits/2 {
		sqrt8(&root, &n, &r, odd)
	}
	below, _ := downward.round(&root, rest, exp/2, 1, c.Prec())
	above, _ := upward.round(&root, rest, exp/2, 1, c.Prec())
	return checked(below, above)
}

// sqrt8 completes root to ⌊√N⌋, N = n·2^256 + odd·2^255, from its upper half, ⌊√n⌋, and what
// that leaves of n. It goes on as sqrt4 does, with digits of two words.
func sqrt8(root, n *[placeWords]uint64, r *[3]uint64, odd uint64) {
	// q = ⌊(r·2^128 + odd·2^127)/2s⌋, below 2^128 unless r = 2s.
	root[1], root[0] = math.MaxUint64, math.MaxUint64
	u := [placeWords + 1]uint64{2: r[0]<<63 | odd<<62, 3: r[1]<<63 | r[0]>>1, 4: r[2]<<63 | r[1]>>1}
	if u[4] < root[3] || u[4] == root[3] && u[3] < root[2] {
		divide(root[:2], &u, &[placeWords]uint64{2: root[2], 3: root[3]})
	}
	full := [2 * placeWords]uint64{3: odd << 63, 4: n[0], 5: n[1], 6: n[2], 7: n[3]}
	for {
		var square, rest [2 * placeWords]uint64
		multiply4(&square, root, root)
		if !subWords(rest[:], full[:], square[:]) {
			return
		}
		subUnits(root[:], 1)
	}
}

// sqrt4 returns s = ⌊√n⌋ as hi·2^64 + lo, and n − s² ≤ 2s, for n ≥ 2^254. With the root
// of the upper half of n and what it leaves, one division gives a candidate that is at
// most 1 too large (Zimmermann, Karatsuba Square Root, 1999).
func sqrt4(n *[placeWords]uint64) (hi, lo uint64, rest [3]uint64) {
	s, carry, r := sqrt2(n[3], n[2]) // n₃n₂ = s² + carry·2^64 + r
	// q = ⌊(carry·2^128 + r·2^64 + n₁)/2s⌋, below 2^64 but for the case of all ones.
	high, low := carry<<63|r>>1, r<<63|n[1]>>1
	q := uint64(math.MaxUint64)
	if high < s {
		q, _ = bits.Div64(high, low, s)
	}
	for {
		d := square2(s, q)
		var borrow uint64
		for i := range d {
			d[i], borrow = bits.Sub64(n[i], d[i], borrow)
		}
		if borrow == 0 {
			return s, q, [3]uint64(d[:3])
		}
		q-- // not below 0: s² ≤ n₃n₂
	}
}

// square2 returns (hi·2^64 + lo)².
func square2(hi, lo uint64) (z [4]uint64) {
	h, l := bits.Mul64(hi, lo)
	z[1], z[0] = bits.Mul64(lo, lo)
	z[3], z[2] = bits.Mul64(hi, hi)
	for range 2 {
		var c uint64
		z[1], c = bits.Add64(z[1], l, 0)
		z[2], c = bits.Add64(z[2], h, c)
		z[3] += c
	}
	return z
}

// sqrt2 returns s = ⌊√n⌋ for n = hi·2^64 + lo ≥ 2^126, and n − s² ≤ 2s in two words.
func sqrt2(hi, lo uint64) (s, high, low uint64) {
	// The root of the upper word in floating point is right to 2^11 or so, and a step of
	// Newton's iteration to 1 or so.
	s = math.MaxUint64
	if f := math.Sqrt(float64(hi)) * (1 << 32); f < 1<<64 {
		s = uint64(f)
	}
	h, l := bits.Mul64(s, s)
	low, borrow := bits.Sub64(lo, l, 0)
	high, borrow = bits.Sub64(hi, h, borrow)
	if borrow == 0 {
		q, _ := bits.Div64(high>>1, high<<63|low>>1, s)
		s += min(q, math.MaxUint64-s)
	} else {
		low, borrow = bits.Sub64(0, low, 0)
		high, _ = bits.Sub64(0, high, borrow)
		q, _ := bits.Div64(high>>1, high<<63|low>>1, s)
		s -= q
	}
	h, l = bits.Mul64(s, s)
	low, borrow = bits.Sub64(lo, l, 0)
	high, borrow = bits.Sub64(hi, h, borrow)
	for borrow != 0 { // (s − 1)² = s² − (2s − 1)
		s--
		var c uint64
		low, c = bits.Add64(low, s<<1|1, 0)
		high, c = bits.Add64(high, s>>63, c)
		borrow -= c
	}
	for high > s>>63 || high == s>>63 && low > s<<1 { // (s + 1)² = s² + 2s + 1
		var c uint64
		low, c = bits.Sub64(low, s<<1|1, 0)
		high, _ = bits.Sub64(high, s>>63, c)
		s++
	}
	return s, high, low
}
