package field

import (
	"errors"
	"math/big"
	"testing"
)

// operand draws an enclosure at a precision of its own: a point or an interval,
// half of the time with zero among its endpoints.
func (k *check) operand() Enclosure {
	end := func() *big.Float {
		if k.IntN(4) == 0 {
			return new(big.Float).SetPrec(k.precision())
		}
		return k.number(-80, 80)
	}
	lo := end()
	if k.IntN(3) == 0 {
		return dot(lo)
	}
	hi := end()
	if lo.Cmp(hi) > 0 {
		lo, hi = hi, lo
	}
	return k.value(NewInterval(k.precision()).FromBounds(lo, hi))
}

// arithmetic compares every operation of the field with its exact range in ℚ,
// rounded outward once. Enclosures keep the precision that they come with, so
// that the operands of a sum may have more bits than its context.
func (k *check) arithmetic() {
	a, b := k.operand(), k.operand()
	corners := func(op ratOp) []*big.Rat {
		aLo, aHi := rats(a)
		bLo, bHi := rats(b)
		var all []*big.Rat
		for _, p := range []*big.Rat{aLo, aHi} {
			for _, q := range []*big.Rat{bLo, bHi} {
				all = append(all, op(new(big.Rat), p, q))
			}
		}
		return all
	}
	mustBeTightest(k, k.c, k.c.Add(a, b), corners((*big.Rat).Add)...)
	mustBeTightest(k, k.c, k.c.Sub(a, b), corners((*big.Rat).Sub)...)
	mustBeTightest(k, k.c, k.c.Mul(a, b), corners((*big.Rat).Mul)...)
	switch q, err := k.c.Quo(a, b); {
	case b.low().Sign() <= 0 && b.high().Sign() >= 0:
		if !errors.Is(err, ErrDivision) {
			k.Fatalf("%v/%v: error %v, want ErrDivision", a, b, err)
		}
	default:
		mustBeTightest(k, k.c, k.value(q, err), corners((*big.Rat).Quo)...)
	}
	sum := corners((*big.Rat).Mul)
	d := k.c.Dot([]Enclosure{a, b}, []Enclosure{b, a})
	for _, q := range sum {
		mustContain(k, k.c, d, q.Add(q, q))
	}
	lo, hi := rats(a)
	n := k.c.Neg(a)
	mustContain(k, k.c, n, new(big.Rat).Neg(lo))
	mustContain(k, k.c, n, new(big.Rat).Neg(hi))
	exact := hi.Sub(hi, lo)
	if w, _ := k.c.Width(a).Rat(nil); w.Cmp(exact) < 0 {
		k.Fatalf("width of %v at %d bits is %s, below the width", a, k.c.Prec(), show(k.c.Width(a)))
	}
}

// TestFunctionsOfEnclosuresAtTheLeastNumber: where the value at an endpoint rounds out of
// the range, nothing is known of it.
func TestFunctionsOfEnclosuresAtTheLeastNumber(t *testing.T) {
	t.Parallel()
	above := bigPower2(-maxExponent - 1) // the least positive number in the range of an enclosure
	below := new(big.Float).Neg(above)
	most := new(big.Float).SetPrec(53).Sub(bigPower2(maxExponent), bigPower2(maxExponent-53))
	for _, test := range []struct {
		name   string
		f      function
		lo, hi *big.Float
	}{
		{"expm1", Interval.Expm1, below, bigPower2(0)},
		{"expm1", Interval.Expm1, big.NewFloat(-0.5), below},
		{"expm1", Interval.Expm1, below, above},
		{"log1p", Interval.Log1p, above, bigPower2(0)},
		{"log1p", Interval.Log1p, above, most},
		{"log1p", Interval.Log1p, below, above},
		{"sqrt", Interval.Sqrt, above, bigPower2(0)},
	} {
		c := NewInterval(53)
		a, err := c.FromBounds(test.lo, test.hi)
		if err != nil {
			t.Fatal(err)
		}
		image, err := test.f(c, a)
		if err != nil {
			t.Errorf("%s of %v: %v", test.name, a, err)
			continue
		}
		for _, x := range []*big.Float{test.lo, test.hi} {
			if v, err := test.f(c, dot(x)); err != nil || !c.Overlap(v, image) {
				t.Errorf("%s of %v is %v, that of its endpoint %s is %v, %v", test.name, a, image, show(x), v, err)
			}
		}
	}
}

// TestZeroInterval: a context that nobody made is one of the least precision, and
// as sound as any.
func TestZeroInterval(t *testing.T) {
	t.Parallel()
	var c Interval
	if c != NewInterval(MinPrecision) || c.Prec() != MinPrecision {
		t.Errorf("the zero Interval has %d bits, want %d", c.Prec(), MinPrecision)
	}
	x := NewInterval(24).FromInt(1)
	y := mustRat(NewInterval(53), new(big.Rat).SetFrac(big.NewInt(3), new(big.Int).Lsh(big.NewInt(1), 200)))
	q := new(big.Rat).SetFrac(big.NewInt(3), new(big.Int).Lsh(big.NewInt(1), 200))
	if sum := c.Add(x, y); !c.Contains(sum, q.Add(q, big.NewRat(1, 1))) {
		t.Errorf("1 + 3·2^−200 = %v", sum)
	}
}

// TestFunctionsKeepTheirSide: e^x lies on the side of 1, and σ(x) on the side
// of ½, that the sign of x says, however small x is.
func TestFunctionsKeepTheirSide(t *testing.T) {
	t.Parallel()
	half := big.NewFloat(0.5)
	for _, prec := range []uint{24, 53, 128} {
		c := NewInterval(prec)
		for _, e := range []int{1, 20, 24, 53, 54, 130, 200, 5000, maxExponent} {
			for _, a := range []Enclosure{
				dot(bigPower2(-e)), c.Hull(dot(bigPower2(-e)), dot(bigPower2(-e+1))), c.Hull(dot(bigPower2(-e)), c.FromInt(1)),
				c.Hull(c.FromInt(0), dot(bigPower2(-e))), must(c.FromBounds(bigPower2(-e), new(big.Float).SetPrec(300).Add(bigPower2(-e), bigPower2(-e-200)))),
			} {
				exp, sigma := must(c.Exp(a)), must(c.Sigmoid(a))
				if exp.low().Cmp(bigPower2(0)) < 0 || sigma.low().Cmp(half) < 0 {
					t.Errorf("at %d bits e^%v = %v and σ = %v", prec, a, exp, sigma)
				}
				exp, sigma = must(c.Exp(c.Neg(a))), must(c.Sigmoid(c.Neg(a)))
				if exp.high().Cmp(bigPower2(0)) > 0 || sigma.high().Cmp(half) > 0 {
					t.Errorf("at %d bits e^−%v = %v and σ = %v", prec, a, exp, sigma)
				}
			}
		}
	}
}
