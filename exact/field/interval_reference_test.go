package field

import (
	"math/big"
	"testing"

	"github.com/ALTree/bigfloat"
)

// A second way to exp and log, which shares nothing with the first: no
// fixed-point arithmetic, no candidate, another reduction of the argument,
// another value of ln 2, and every sum formed twice, once rounding down and
// once rounding up.

// directed does arithmetic that rounds one way.
type directed struct {
	prec uint
	mode big.RoundingMode
}

func directions(prec uint) [2]directed {
	return [2]directed{{prec, big.ToNegativeInf}, {prec, big.ToPositiveInf}}
}

func (d directed) new() *big.Float                { return new(big.Float).SetPrec(d.prec).SetMode(d.mode) }
func (d directed) add(x, y *big.Float) *big.Float { return d.new().Add(x, y) }
func (d directed) mul(x, y *big.Float) *big.Float { return d.new().Mul(x, y) }
func (d directed) quo(x, y *big.Float) *big.Float { return d.new().Quo(x, y) }

// referenceExp encloses e^x: e^|x| = (Σ r^n/n!)^(2^s) with r = |x|/2^s < 2^−8, all
// terms positive; the reciprocal of both ends where x < 0.
func referenceExp(x *big.Float, prec uint) (lo, hi *big.Float) {
	r := new(big.Float).Abs(x)
	s := max(0, 8+r.MantExp(nil))
	r.SetMantExp(r, -s)
	w := prec + uint(s) + 32
	var ends [2]*big.Float
	for i, d := range directions(w) {
		sum, term := d.new().SetInt64(1), d.new().SetInt64(1)
		for n := int64(1); ; n++ {
			term = d.quo(d.mul(term, r), d.new().SetInt64(n))
			if term.Sign() == 0 || term.MantExp(nil) < -int(w) {
				break
			}
			sum = d.add(sum, term)
		}
		if i == 1 { // the terms from here on are below t + t/2 + t/4 + …
			sum = d.add(sum, d.add(term, term))
		}
		for range s {
			sum = d.mul(sum, sum)
		}
		ends[i] = sum
	}
	lo, hi = ends[0], ends[1]
	if x.Sign() < 0 {
		d := directions(w)
		one := big.NewFloat(1)
		lo, hi = d[0].quo(one, hi), d[1].quo(one, lo)
	}
	return lo, hi
}

// referenceLog encloses log x = e·ln 2 + 2·atanh((m−1)/(m+1)), x = m·2^e with
// 2/3 ≤ m < 4/3, ln 2 = 2·atanh(1/3).
func referenceLog(x *big.Float, prec uint) (lo, hi *big.Float) {
	m := new(big.Float)
	e := x.MantExp(m)
	if m.Cmp(big.NewFloat(2./3)) < 0 {
		m.SetMantExp(m, 1)
		e--
	}
	w := prec + 32
	numerator := new(big.Float).SetPrec(m.Prec()+2).Sub(m, big.NewFloat(1)) // exact
	denominator := new(big.Float).SetPrec(m.Prec()+2).Add(m, big.NewFloat(1))
	lo, hi = referenceAtanh(numerator, denominator, w)
	if e != 0 {
		l, h := referenceAtanh(big.NewFloat(1), big.NewFloat(3), w)
		if e < 0 {
			l, h = h, l
		}
		d := directions(w)
		n := new(big.Float).SetInt64(int64(e))
		lo, hi = d[0].add(lo, d[0].mul(l, n)), d[1].add(hi, d[1].mul(h, n))
	}
	return lo, hi
}

// referenceAtanh encloses 2·atanh(p/q), |p/q| ≤ 1/3.
func referenceAtanh(p, q *big.Float, w uint) (lo, hi *big.Float) {
	if p.Sign() == 0 {
		return new(big.Float), new(big.Float)
	}
	size := new(big.Float).Abs(p)
	var ends [2]*big.Float
	for i, d := range directions(w) {
		z := d.quo(size, q)
		square, power, sum := d.mul(z, z), z, d.new().Set(z)
		for n := int64(3); ; n += 2 {
			power = d.mul(power, square)
			term := d.quo(power, d.new().SetInt64(n))
			if term.MantExp(nil) < z.MantExp(nil)-int(w) {
				if i == 1 { // the terms from here on are below t + t/9 + t/81 + …
					sum = d.add(sum, d.add(term, term))
				}
				break
			}
			sum = d.add(sum, term)
		}
		ends[i] = sum.SetMantExp(sum, 1)
	}
	if p.Sign() < 0 {
		return ends[1].Neg(ends[1]), ends[0].Neg(ends[0])
	}
	return ends[0], ends[1]
}

// rightBits returns the number of bits to which x, an approximation of a
// number in [lo, hi], is right.
func rightBits(x, lo, hi *big.Float) int {
	e := new(big.Float).SetPrec(2000).Sub(x, lo)
	if f := new(big.Float).SetPrec(2000).Sub(x, hi); f.Abs(f).Cmp(e.Abs(e)) > 0 {
		e = f
	}
	return lo.MantExp(nil) - e.MantExp(nil)
}

// Known weaknesses of bigfloat v0.2.0. Its values are poor where ours are not;
// should a new version be better, these tests say so.
func TestWhereBigfloatIsPoor(t *testing.T) {
	t.Parallel()
	float := func(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }
	nearOne := new(big.Float).SetPrec(200).Add(big.NewFloat(1), bigPower2(-199))
	for _, test := range []struct {
		reason string
		raw    func(*big.Float) *big.Float
		ours   function
		ref    reference
		x      *big.Float
		atMost int // the bits that bigfloat gets right, of 200
	}{
		{"its first guess is subnormal", bigfloat.Exp, Interval.Exp, referenceExp, float(-745), 20},
		{"its first guess is subnormal", bigfloat.Exp, Interval.Exp, referenceExp, float(-740), 110},
		{"its accuracy near 1 is absolute", bigfloat.Log, Interval.Log, referenceLog, nearOne, 140},
		{"its precision is the argument's", bigfloat.Exp, Interval.Exp, referenceExp, big.NewFloat(1), 60},
		{"its precision is the argument's", bigfloat.Log, Interval.Log, referenceLog, big.NewFloat(3), 60},
	} {
		lo, hi := test.ref(test.x, 600)
		if got := rightBits(test.raw(test.x), lo, hi); got > test.atMost {
			t.Errorf("%s: at %v bigfloat is right to %d bits, expected at most %d", test.reason, test.x, got, test.atMost)
		}
		c := NewInterval(200)
		a, err := test.ours(c, dot(test.x))
		if err != nil || a.low().Cmp(lo) > 0 || a.high().Cmp(hi) < 0 {
			t.Errorf("%s: at %v ours is %v, %v, which does not contain [%v, %v]", test.reason, test.x, a, err, lo, hi)
			continue
		}
		mustBeNarrow(t, c, a, dot(test.x))
	}
	// Its result is below the value whichever way it is asked to round.
	x := float(1).SetMode(big.ToPositiveInf)
	for n := int64(1); ; n++ {
		x.SetInt64(n)
		_, hi := referenceExp(x, 600)
		lo, _ := referenceExp(x, 600)
		raw := bigfloat.Exp(x)
		if raw.Cmp(lo) < 0 {
			a, err := NewInterval(200).Exp(dot(x))
			if err != nil || a.high().Cmp(hi) < 0 {
				t.Errorf("exp %d rounded up: %v, %v", n, a, err)
			}
			break
		}
		if n == 20 {
			t.Error("bigfloat.Exp honours ToPositiveInf at 1 … 20")
			break
		}
	}
}
