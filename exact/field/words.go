package field

import (
	"math/big"
	"math/bits"
)

// A fraction of n words v stands for v·2^−64n, a fixed number for the same with one
// more word, the integer part, in two's complement. Least significant words come first.

// maxSeriesWords bounds the words of a fraction in the series of words_series.go, and so the
// tables and errors there. An endpoint of 256 bits needs five, and more where log, log1p or
// expm1 is near zero.
const maxSeriesWords = 9

// words is a buffer for a fixed number.
type words [maxSeriesWords + 1]uint64

// multiply sets z to x·y for fractions of equal length n: it falls short by less than n
// units, which is what the omitted products of low words add up to.
func multiply(z, x, y []uint64) {
	n := len(z)
	x, y = x[:n], y[:n]
	var low, middle, high uint64 // of the column of words that is added up
	for column := n - 1; column < 2*n-1; column++ {
		for i := column - n + 1; i < n; i++ {
			h, l := bits.Mul64(x[i], y[column-i])
			var c uint64
			low, c = bits.Add64(low, l, 0)
			middle, c = bits.Add64(middle, h, c)
			high += c
		}
		if column >= n {
			z[column-n] = low
		}
		low, middle, high = middle, high, 0
	}
	z[n-1] = low
}

// addWords sets z to x + y modulo the range.
func addWords(z, x, y []uint64) {
	var c uint64
	for i := range z {
		z[i], c = bits.Add64(x[i], y[i], c)
	}
}

// subWords sets z to x − y modulo the range, and reports whether x < y as numbers without sign.
func subWords(z, x, y []uint64) (below bool) {
	var c uint64
	for i := range z {
		z[i], c = bits.Sub64(x[i], y[i], c)
	}
	return c != 0
}

// addUnits adds u units to z, modulo the range.
func addUnits(z []uint64, u uint64) {
	for i := 0; i < len(z) && u != 0; i++ {
		z[i], u = bits.Add64(z[i], u, 0)
	}
}

// subUnits takes u units off z, modulo the range.
func subUnits(z []uint64, u uint64) {
	for i := 0; i < len(z) && u != 0; i++ {
		z[i], u = bits.Sub64(z[i], u, 0)
	}
}

// negate sets z to −z.
func negate(z []uint64) {
	for i := range z {
		z[i] = ^z[i]
	}
	addUnits(z, 1)
}

// times sets z to the product of the fraction x, a word longer, and m, rounded down.
func times(z, x []uint64, m uint64) {
	carry, _ := bits.Mul64(x[0], m)
	for i := range z[:len(z)-1] {
		h, l := bits.Mul64(x[i+1], m)
		var c uint64
		z[i], c = bits.Add64(l, carry, 0)
		carry = h + c
	}
	z[len(z)-1] = carry
}

// toWords fills z with v, which is not negative and fits.
func toWords(z []uint64, v *big.Int) {
	clear(z)
	for i, w := range v.Bits() {
		z[i] = uint64(w)
	}
}

// fixed sets z to the fixed number of n+1 words nearest below x, |x| < 2^63, which is not
// wide.
func (x *endpoint) fixed(z []uint64) {
	clear(z)
	if x.sign == 0 {
		return
	}
	// Bit i of the mantissa is bit i + shift of z.
	shift := 64*(len(z)-1) + int(x.exp) - placeBits
	s, b := shift>>6, uint(shift&63)
	var lost uint64
	put := func(i int, w uint64) {
		if i >= 0 {
			z[i] |= w
		} else {
			lost |= w
		}
	}
	for i, w := range x.m {
		if w != 0 {
			put(i+s, w<<b)
			if b != 0 && w>>(64-b) != 0 {
				put(i+s+1, w>>(64-b))
			}
		}
	}
	if x.sign < 0 {
		if lost != 0 {
			addUnits(z, 1)
		}
		negate(z)
	}
}

// fromWords returns the fixed number z, in place of which it leaves its magnitude, times
// 2^e, rounded to prec bits.
func (d direction) fromWords(z []uint64, e int, prec uint) endpoint {
	sign := int8(1)
	if z[len(z)-1]>>63 != 0 {
		sign = -1
		negate(z)
	}
	n := len(z)
	for n > 0 && z[n-1] == 0 {
		n--
	}
	if n == 0 {
		return endpoint{}
	}
	e -= 64 * (len(z) - 1)
	if prec > placeBits {
		v := new(big.Int)
		for i := n - 1; i >= 0; i-- {
			v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(z[i]))
		}
		if sign < 0 {
			v.Neg(v)
		}
		f := d.prepare(prec).SetInt(v)
		return endpointOf(f.SetMantExp(f, e))
	}
	var m [placeWords]uint64
	b := uint(bits.LeadingZeros64(z[n-1]))
	var rest uint64
	for i, w := range z[:n] {
		// Words up to n − 1 move to placeWords − 1.
		j := i + placeWords - n
		if j >= 0 {
			m[j] |= w << b
		} else {
			rest |= w << b
		}
		if j+1 >= 0 && j+1 < placeWords {
			m[j+1] |= w >> (64 - b)
		} else if j+1 < 0 {
			rest |= w >> (64 - b)
		}
	}
	r, _ := d.round(&m, rest, e+64*n-int(b), sign, prec)
	return r
}
