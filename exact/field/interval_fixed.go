package field

import (
	"math"
	"math/big"
	"math/bits"
	"sync"

	"github.com/ALTree/bigfloat"
)

// The series behind Exp and Log are summed in fixed-point arithmetic: an integer
// v at scale w stands for v·2^−w. Every truncation is downward; the comments count by
// how many units 2^−w a sum falls short of its value.

// floorFixed returns ⌊x·2^w⌋.
func floorFixed(x *big.Float, w uint) *big.Int {
	v, acc := new(big.Float).SetMantExp(x, int(w)).Int(nil)
	if acc == big.Above { // Int truncates toward zero
		v.Sub(v, big.NewInt(1))
	}
	return v
}

// wholeWords rounds a number of bits up to a multiple of the size of a word,
// where shifts are cheap.
func wholeWords(n uint) uint {
	return (n + bits.UintSize - 1) / bits.UintSize * bits.UintSize
}

// atanhFixed returns v and err with v ≤ 2^w·atanh(u·2^−w) ≤ v + err, for
// 0 ≤ u·2^−w ≤ ¼.
//
// It sums atanh z = Σ_j z^(2j+1)/(2j+1), z = u·2^−w. With z² truncated, the j-th
// power, truncated, falls short by d_j ≤ d_{j−1}·z² + z^(2j−1) + 1 ≤ d_{j−1}/16 + 5/4,
// hence by d_j ≤ 4/3, and the summand by less than 4/9 + 1 < 2. When the power
// has come to zero it is at most 4/3, and the sum from there on at most 4/3·16/15 < 2.
func atanhFixed(u *big.Int, w uint) (v *big.Int, err uint64) {
	v = new(big.Int).Set(u)
	square := new(big.Int).Mul(u, u)
	square.Rsh(square, w)
	power, product := new(big.Int).Set(u), new(big.Int)
	var summand, odd, rest big.Int
	for j := uint64(1); ; j++ {
		product.Mul(power, square)
		power.Rsh(product, w)
		if power.Sign() == 0 {
			return v, 2 * j
		}
		summand.QuoRem(power, odd.SetUint64(2*j+1), &rest)
		v.Add(v, &summand)
	}
}

// atanhInverse returns atanh(1/q) at scale w for q ≥ 5: it falls short by at most 2
// units for each term. The powers of 1/q are divided by the word q² from one to the
// next, and fall short by at most 25/24.
func atanhInverse(q int64, w uint) *big.Int {
	power := new(big.Int).Lsh(big.NewInt(1), w)
	power.Quo(power, big.NewInt(q))
	v := new(big.Int).Set(power)
	square := big.NewInt(q * q)
	var summand, odd, rest big.Int
	for j := uint64(1); ; j++ {
		if power.QuoRem(power, square, &rest); power.Sign() == 0 {
			return v
		}
		summand.QuoRem(power, odd.SetUint64(2*j+1), &rest)
		v.Add(v, &summand)
	}
}

// ln2Guard is the number of extra bits of ln2Fixed that keep the error of its integer
// multiples below a unit: see timesLn2.
const ln2Guard = 64

var ln2Cache sync.Map // scale → *big.Int, never changed once stored

// ln2Fixed returns v with v ≤ 2^w·ln 2 ≤ v + 2, from
// ln 2 = log(3/2) + log(4/3) = 2·atanh(1/5) + 2·atanh(1/7).
func ln2Fixed(w uint) *big.Int {
	if v, ok := ln2Cache.Load(w); ok {
		return v.(*big.Int)
	}
	// The series have fewer than scale/4 + 2 terms, and the whole sum falls short by
	// less than 2^guard units.
	guard := uint(8 + bits.Len(w))
	scale := w + guard
	v := atanhInverse(5, scale)
	v.Add(v, atanhInverse(7, scale)).Lsh(v, 1).Rsh(v, guard)
	stored, _ := ln2Cache.LoadOrStore(w, v)
	return stored.(*big.Int)
}

// timesLn2 returns v with v − 1 ≤ 2^w·k·ln 2 ≤ v + 2, for |k| ≤ 2^30.
//
// The multiple of ln2Fixed at scale w + ln2Guard is off by at most
// 2·2^30·2^−64 < 1 unit of scale w, in the direction of k; the shift takes
// off less than 1 more.
func timesLn2(k int, w uint) *big.Int {
	if k == 0 {
		return new(big.Int)
	}
	v := big.NewInt(int64(k))
	return v.Mul(v, ln2Fixed(w+ln2Guard)).Rsh(v, ln2Guard)
}

// maxHalvings bounds the halvings in expFixed, so that its error fits a word.
const maxHalvings = 32

// halvings returns the number of squarings in expFixed at scale w that roughly
// balances their cost with that of the terms they save.
func halvings(w uint) uint {
	return min(maxHalvings, uint(0.8*math.Sqrt(float64(w))))
}

// splitScale is the scale from which on expFixed splits its argument: that takes 0.86 of
// the time there, 0.6 at twice the scale and 0.3 at eight times. Below 1600 it saves nothing.
const splitScale = 2048

// expFixed returns v and err with v ≤ 2^w·e^z ≤ v + err for every z with
// r ≤ 2^w·z ≤ r + 4, where 0 ≤ r < 2^w and w ≥ 64; err = 3·2^s·(d + 1), with
// s ≤ halvings(w) squarings and d the shortfall before them.
//
// It takes e^t at t = z·2^−s ≤ ½ and squares s times. Let t' be r·2^−s truncated:
// 2^w·(t − t') ≤ 5, and e^t − e^t' accounts for at most 5·e^t < 9.
//
// At a long scale t' is cut into parts of one word, two, four and so on: the series of
// the first parts have many terms but short factors, those of the last few terms. All the
// factors e^part are at least 1, so the relative shortfall of their product is at most the
// sum of theirs and of a unit for each product, and the absolute one below e^½ < 2 times
// that.
//
// Squaring y ≥ 1 turns a shortfall of d into at most 2y·d + 1 ≤ 2y·(d + ½). After s
// squarings it is at most (d + 1)·Π 2y = (d + 1)·2^s·e^{t(1+2+…+2^(s−1))} ≤
// (d + 1)·2^s·e^z, and e^z < 3.
func expFixed(r *big.Int, w uint) (v *big.Int, err uint64) {
	s := halvings(w)
	s -= min(s, w-uint(r.BitLen())) // a small argument needs fewer
	t := new(big.Int).Rsh(r, s)
	var d uint64
	product := new(big.Int)
	if w < splitScale {
		v, d = expSeries(t, 0, w)
	} else {
		v = new(big.Int).Lsh(big.NewInt(1), w)
		part := new(big.Int)
		for words := uint(1); t.Sign() != 0; words *= 2 {
			// The part is the top of t, of so many words.
			low := uint(max(0, t.BitLen()-int(words*bits.UintSize)))
			part.Rsh(t, low)
			factor, short := expSeries(part, low, w)
			t.Sub(t, part.Lsh(part, low))
			product.Mul(v, factor)
			v.Rsh(product, w)
			d += 2 * (short + 1)
		}
	}
	for range s {
		product.Mul(v, v)
		v.Rsh(product, w)
	}
	return v, 3 * (d + 10) << s
}

// expSeries returns e^t at scale w, t = part·2^(low−w) ≤ ½, and by how much it falls
// short at most.
//
// The n-th term, truncated, falls short by d_n ≤ d_{n−1}·t/n + 1 ≤ 4/3; once it is zero
// the terms from there on add up to at most 4/3·4/3 < 2. So the sum of N terms falls
// short by at most 4/3·(N−2) + 2 < 2N.
func expSeries(part *big.Int, low, w uint) (v *big.Int, short uint64) {
	v = new(big.Int).Lsh(big.NewInt(1), w)
	term, product := new(big.Int).Lsh(part, low), new(big.Int)
	v.Add(v, term)
	var divisor, rest big.Int
	terms := uint64(2)
	for ; term.Sign() != 0; terms++ {
		product.Mul(term, part)
		product.Rsh(product, w-low)
		term.QuoRem(product, divisor.SetUint64(terms), &rest)
		v.Add(v, term)
	}
	return v, 2 * terms
}

// expScale returns a scale at which the error of expFixed is at most 2^(−prec−4):
// with N ≤ w/6 ≤ prec/6 + 21 terms in one series the factor 3·(2N + 10) is below
// 32·prec < 2^(5 + len prec). Where there are several, t is below 2^−32: the first has
// at most w/32 terms, the second w/96, the third w/224, all fewer than w/20, and twice
// the factor stays below that.
func expScale(prec uint) uint {
	return wholeWords(prec + halvings(prec+2*bits.UintSize) + uint(bits.Len(prec)) + 9)
}

// expReduced returns k, v and err with v ≤ 2^w·e^x/2^k ≤ v + err, where
// e^x/2^k lies between 1 and 3, for |x| ≤ 2^29.
func expReduced(x *big.Float, w uint) (k int, v *big.Int, err uint64) {
	fixed := floorFixed(x, w)
	near, _ := x.Float64()
	// A rounding that puts k one too low or too high leaves r < 2^w, or negative.
	for k = int(math.Floor(near / math.Ln2)); ; k-- {
		r := timesLn2(k, w)
		r.Sub(fixed, r)
		if k != 0 {
			r.Sub(r, big.NewInt(2)) // now r ≤ 2^w·(x − k·ln 2) ≤ r + 4
		}
		if r.Sign() >= 0 {
			v, err = expFixed(r, w)
			return k, v, err
		}
	}
}

// The candidate for a logarithm that logFixed refines is one of 53 bits; each term
// of the series after it gains twice as many. From longScale on a candidate of
// longCandidate bits saves more terms than it costs: 0.7 of the time at twice the scale,
// half at four times; at a quarter of the scale, it takes twice the time. (Its length keeps bigfloat.Log below the
// 960 bits from which on it writes to a cache of π without a lock.)
const (
	longScale     = 4096
	longCandidate = 256
)

// logCandidate returns an approximation to log m, ¾ ≤ m < 3/2, without any guarantee,
// for logFixed at scale w.
func logCandidate(m *big.Float, w uint) *big.Float {
	if w >= longScale {
		return bigfloat.Log(new(big.Float).SetPrec(longCandidate).Set(m))
	}
	near, _ := m.Float64()
	return big.NewFloat(math.Log(near))
}

// logFixed returns v and err with |2^w·log m − v| ≤ err, for ¾ ≤ m < 3/2 and any number
// y. The closer y is to log m, the faster.
//
// log m = y + log(m·e^−y), and log(A/B) = 2·atanh((A−B)/(A+B)) with A = m and
// B = e^y for y ≥ 0, with A = m·e^−y and B = 1 for y < 0. What the truncations
// move the result by, in units 2^−w: in A = m, below 2 since A > 2/3; in e^|y|
// ≥ 1, at most its own error; in the product A = m·e^−y, another 2; in the
// quotient, below 3 as 2·atanh' ≤ 2·16/15 up to ¼; in the series, twice its own
// error. A y for which the quotient is beyond ¼ is of no use and is replaced by
// 0, for which it is at most 1/5.
func logFixed(m, y *big.Float, w uint) (v *big.Int, err uint64) {
	one := new(big.Int).Lsh(big.NewInt(1), w)
	a, b, base := floorFixed(m, w), one, new(big.Int)
	if y.MantExp(nil) < 0 { // 0 < |y| < ½
		base = floorFixed(y, w) // from here on y is this fraction, exactly
		var e *big.Int
		e, err = expFixed(new(big.Int).Abs(base), w)
		if base.Sign() >= 0 {
			b = e
		} else {
			a.Mul(a, e).Rsh(a, w)
		}
	}
	difference, sum := new(big.Int).Sub(a, b), new(big.Int).Add(a, b)
	u := new(big.Int).Abs(difference)
	if u.Lsh(u, 2).Cmp(sum) > 0 {
		return logFixed(m, new(big.Float), w)
	}
	u.Lsh(u, w-2).Quo(u, sum)
	v, missing := atanhFixed(u, w)
	v.Lsh(v, 1)
	if difference.Sign() < 0 {
		v.Neg(v)
	}
	return v.Add(v, base), err + 2*missing + 7
}
