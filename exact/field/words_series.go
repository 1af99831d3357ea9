package field

import (
	"math"
	"math/big"
	"math/bits"
	"sync"
)

// The exponential and the logarithm on fractions of a few words, for which they
// allocate nothing: at 128 bits they take an eighth of the time of interval_fixed.go,
// which computes the tables.

// tableBits is the number of bits of the argument that each of two tables of powers
// of e takes over. One more would save a tenth to a fifth of the time, and double the
// tables and the two milliseconds that the longest take to compute.
const tableBits = 7

// logBits bounds the excess δ < 2^−logBits of m·e^−y over 1, for y next to log m.
const logBits = 46

// series holds the constants for fractions of n words. Each is rounded down, by less than
// two units.
type series struct {
	coarse, fine [1 << tableBits][]uint64 // e^(i/2^7)/4 and e^(j/2^14) − 1
	factorial    [][]uint64               // 1/k! from k = 2 on, as many as exp needs
	inverse      [][]uint64               // 1/k from k = 2 on, as many as log needs
	ln2          []uint64                 // of n + 1 words
}

var seriesOf = func() (list [maxSeriesWords + 1]func() *series) {
	for n := range list {
		list[n] = sync.OnceValue(func() *series { return newSeries(n) })
	}
	return list
}()

func newSeries(n int) *series {
	s := &series{}
	w := uint(64 * n)
	flat := func(v *big.Int) []uint64 {
		z := make([]uint64, n)
		toWords(z, v)
		return z
	}
	one := new(big.Int).Lsh(big.NewInt(1), w)
	power := func(i int, shift uint) *big.Int { // e^(i/2^shift) at scale w, from one of 64 bits more
		v, _ := expFixed(new(big.Int).Lsh(big.NewInt(int64(i)), w+64-shift), w+64)
		return v.Rsh(v, 64)
	}
	for i := range s.coarse {
		v := power(i, tableBits)
		s.coarse[i] = flat(v.Rsh(v, 2))
		v = power(i, 2*tableBits)
		s.fine[i] = flat(v.Sub(v, one))
	}
	v := new(big.Int).Set(one)
	// t < 2^−14: what follows t^k/k! is less than twice the next term.
	for k := 2; ; k++ {
		v.Quo(v, big.NewInt(int64(k)))
		if v.BitLen() <= 2*tableBits*k {
			break
		}
		s.factorial = append(s.factorial, flat(v))
	}
	for k := 2; logBits*k < 64*n; k++ {
		s.inverse = append(s.inverse, flat(new(big.Int).Quo(one, big.NewInt(int64(k)))))
	}
	s.ln2 = make([]uint64, n+1)
	toWords(s.ln2, ln2Fixed(w+64))
	return s
}

// seriesWords returns a number of words at which the error of exp, relative to e^z, and
// that of log are at most 2^(−prec−4): expError is below 2^9 and logError below 2^11.
func seriesWords(prec uint) int { return int(max(2, (prec+15+63)/64)) }

// horner sets z to Σ_k c_k·t^(k−2) over the coefficients c_2, c_3, …, or with alternating
// signs if subtract is set, for t < 2^−small. A coefficient that counts for less is taken
// with fewer words: with those above 2^−(64n−small·k).
//
// In units 2^−64n of t²·z, each step is off by at most n + 2: the product by n, t and
// the coefficient by one each.
func horner(z, t []uint64, c [][]uint64, small int, subtract bool) {
	n := len(z)
	var product words
	clear(z)
	for i := len(c) - 1; i >= 0; i-- {
		low := small * (i + 2) / 64 // words that do not count
		p, sum := product[low:n], z[low:]
		if i < len(c)-1 {
			multiply(p, t[low:], sum)
		}
		if subtract {
			subWords(sum, c[i][low:], p)
		} else {
			addWords(sum, c[i][low:], p)
		}
	}
}

// exp sets v to e^z/4, which falls short by at most expError units, for every z with
// r ≤ 2^64n·z ≤ r + 4, r a fraction.
//
// r is cut into i/2^7 + j/2^14 + t. The series of e^t − 1 = t + t·(t·Σ_{k≥2} t^(k−2)/k!)
// falls short by n + 2 a step, 2n in the two products after it, and 1 where it ends. In
// units of v < 0.68: the first factor by 2; the second product by its own n and 2, and
// 2·(1 + 2^−7) of the first; the third by n, by 2n + 1 + (n + 2)·terms in the second
// factor, and by what came before, times 1 + 2^−13. The 4 units of z are less than 3.
func (s *series) exp(v, r []uint64) {
	n := len(r)
	var a, b, c words
	t, sum, product := a[:n], b[:n], c[:n]
	copy(t, r)
	top := t[n-1]
	t[n-1] = top & (1<<(64-2*tableBits) - 1)
	horner(sum, t, s.factorial, 2*tableBits, false)
	multiply(product, t, sum)
	multiply(sum, t, product)
	addWords(t, t, sum) // e^t − 1
	copy(v, s.coarse[top>>(64-tableBits)])
	multiply(product, v, s.fine[top>>(64-2*tableBits)%(1<<tableBits)])
	addWords(v, v, product)
	multiply(product, v, t)
	addWords(v, v, product)
}

func (s *series) expError() uint64 {
	n := uint64(len(s.ln2) - 1)
	return (n+2)*uint64(len(s.factorial)) + 4*n + 12
}

// expReduced returns k and sets v to a fraction with v ≤ 2^64n·e^x/2^k/4 ≤ v + expError,
// for an x that is not wide, |x| ≤ 2^28. See expReduced in interval_fixed.go.
func (s *series) expReduced(v []uint64, x *endpoint) (k int) {
	n := len(v)
	var a, b, c words
	fixed, multiple, r := a[:n+1], b[:n+1], c[:n+1]
	x.fixed(fixed)
	near := math.Ldexp(float64(x.m[placeWords-1]), int(x.exp)-64) * float64(x.sign)
	for k = int(math.Floor(near / math.Ln2)); ; k-- {
		if k < 0 {
			times(multiple, s.ln2, uint64(-k))
			addWords(r, fixed, multiple)
		} else {
			times(multiple, s.ln2, uint64(k))
			subWords(r, fixed, multiple)
			if k > 0 {
				subUnits(r, 2)
			}
		}
		if r[n]>>63 == 0 {
			s.exp(v, r[:n])
			return k
		}
	}
}

// log sets v to a fixed number with |2^64n·(log m + k·ln 2) − v| ≤ logError, for every m
// with a ≤ 2^64n·m ≤ a + 2, a a fixed number of ¾ to 3/2, and |k| ≤ 2^30. It reports
// whether it could.
//
// With y a little below log m, as computed in float64, log m = y + log(1 + δ),
// δ = m·e^−y − 1, and e^−y = e^(ln 2 − y)/2. A number y for which δ is negative or not
// small is of no use.
//
// The product m/2·e^(ln 2 − y)/4 = (1 + δ)/4 falls short by at most 2 for m/2, by
// expError and by n; the series for log(1 + δ) = δ − δ·(δ·Σ_{k≥2} (−δ)^(k−2)/k) is off by
// n + 2 a step, 2n in the products after it, and 1 where it ends; k·ln 2 by 2.
func (s *series) log(v, a []uint64, k int) bool {
	n := len(a) - 1
	y := math.Log(float64(a[n])+math.Ldexp(float64(a[n-1]), -64)) - 0x1p-48
	fraction, e := math.Frexp(math.Abs(y))
	start := endpoint{m: [placeWords]uint64{placeWords - 1: uint64(math.Ldexp(fraction, 64))}, exp: int32(e), sign: 1}
	if y < 0 {
		start.sign = -1
	}
	start.fixed(v) // from here on y is this fixed number, exactly
	var b, c, d words
	r, power, half := b[:n+1], c[:n], d[:n]
	copy(r, s.ln2[1:])
	r[n] = 0
	subWords(r, r, v)
	if r[n] != 0 {
		return false
	}
	s.exp(power, r[:n])
	for i := range half {
		half[i] = a[i]>>1 | a[i+1]<<63
	}
	delta := r[:n]
	multiply(delta, half, power)
	if delta[n-1]>>(62-logBits) != 1<<logBits { // ¼ ≤ (1 + δ)/4 < ¼ + 2^−logBits/4
		return false
	}
	delta[n-1] &= 1<<62 - 1
	for i := n - 1; i > 0; i-- {
		delta[i] = delta[i]<<2 | delta[i-1]>>62
	}
	delta[0] <<= 2
	sum, product := half, power
	horner(sum, delta, s.inverse, logBits, true)
	multiply(product, delta, sum)
	multiply(sum, delta, product)
	subWords(delta, delta, sum)
	r[n] = 0
	addWords(v, v, r)
	multiple := c[:n+1]
	if k < 0 {
		times(multiple, s.ln2, uint64(-k))
		subWords(v, v, multiple)
	} else {
		times(multiple, s.ln2, uint64(k))
		addWords(v, v, multiple)
	}
	return true
}

func (s *series) logError() uint64 {
	n := uint64(len(s.ln2) - 1)
	return 4*(s.expError()+n+2) + (n+2)*uint64(len(s.inverse)) + 2*n + 3
}

// excessZeros returns the number n with 2^(−n−1) ≤ |m − 1| < 2^−n, for the mantissa
// 1 ≤ m < 2 of x, or ½ ≤ m < 1 if below is set; false for m = 1.
func (x *endpoint) excessZeros(below bool) (n uint, ok bool) {
	// The bits of |m − 1|, from 2^−1 on.
	m := x.m
	if below {
		negate(m[:])
	} else {
		addWords(m[:], m[:], m[:])
	}
	for i := placeWords - 1; i >= 0; i-- {
		if m[i] != 0 {
			return n + uint(bits.LeadingZeros64(m[i])), true
		}
		n += 64
	}
	return n, false
}
