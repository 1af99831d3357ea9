package field

import (
	"math/big"
	"math/bits"
)

// An endpoint of at most placeBits bits, which the usual precisions need, is kept in
// machine words within the enclosure: its arithmetic allocates nothing, and from 128 bits
// on takes a sixth to a third of the time of math/big.
const (
	placeWords = 4
	placeBits  = 64 * placeWords
)

// endpoint is the number ±0.m·2^exp, its mantissa m read from the top bit of the last
// word, which is set; or zero, where sign is 0 and so is all else; or wide, of any
// precision, where that is not nil.
type endpoint struct {
	m    [placeWords]uint64 // least significant word first
	exp  int32
	sign int8 // −1, 0 or +1
	wide *big.Float
}

// direction says which way an endpoint is rounded.
type direction int8

const (
	downward direction = -1
	upward   direction = 1
)

func (d direction) mode() big.RoundingMode {
	if d == downward {
		return big.ToNegativeInf
	}
	return big.ToPositiveInf
}

// prepare returns a number that takes the result of an operation of math/big.
func (d direction) prepare(prec uint) *big.Float {
	return new(big.Float).SetMode(d.mode()).SetPrec(prec)
}

// Sign returns −1, 0 or +1.
func (x *endpoint) Sign() int {
	if x.wide != nil {
		return x.wide.Sign()
	}
	return int(x.sign)
}

// exponent returns e with 2^(e−1) ≤ |x| < 2^e; 0 for zero.
func (x *endpoint) exponent() int {
	if x.wide != nil {
		return x.wide.MantExp(nil)
	}
	return int(x.exp)
}

// big returns x as a number that must not be changed.
func (x *endpoint) big() *big.Float {
	if x.wide != nil {
		return x.wide
	}
	z := new(big.Float).SetPrec(placeBits)
	if x.sign == 0 {
		return z
	}
	z.SetInt(new(big.Int).SetBits([]big.Word{big.Word(x.m[0]), big.Word(x.m[1]), big.Word(x.m[2]), big.Word(x.m[3])}))
	z.SetMantExp(z, int(x.exp)-placeBits)
	if x.sign < 0 {
		z.Neg(z)
	}
	return z
}

// endpointOf returns x, which it may keep, exactly.
func endpointOf(x *big.Float) endpoint {
	if x.MinPrec() > placeBits || x.IsInf() {
		return endpoint{wide: x}
	}
	if x.Sign() == 0 {
		return endpoint{}
	}
	z := endpoint{exp: int32(x.MantExp(nil)), sign: int8(x.Sign())}
	n, _ := new(big.Float).SetMantExp(x, placeBits-int(z.exp)).Int(nil)
	for i, w := range n.Bits() {
		z.m[i] = uint64(w)
	}
	return z
}

// rounded returns x, which it may keep, rounded to prec bits, and whether that is x.
func (d direction) rounded(x *big.Float, prec uint) (endpoint, bool) {
	z := d.prepare(prec).Set(x)
	return endpointOf(z), z.Acc() == big.Exact
}

// fromInt returns n rounded to prec bits, and whether that is n.
func (d direction) fromInt(n int64, prec uint) (endpoint, bool) {
	if n == 0 {
		return endpoint{}, true
	}
	sign, u := int8(1), uint64(n)
	if n < 0 {
		sign, u = -1, -u
	}
	shift := bits.LeadingZeros64(u)
	return d.round(&[placeWords]uint64{placeWords - 1: u << shift}, 0, 64-shift, sign, prec)
}

// round returns ±0.m·2^exp rounded to prec ≤ placeBits bits, and whether that is exact.
// The top bit of m is set. The magnitude is m, and less than a unit of its last place more
// if rest is not 0.
func (d direction) round(m *[placeWords]uint64, rest uint64, exp int, sign int8, prec uint) (z endpoint, exact bool) {
	z = endpoint{m: *m, exp: int32(exp), sign: sign}
	drop := placeBits - prec
	i, unit := drop/64, uint64(1)<<(drop%64)
	for j := range i {
		rest |= z.m[j]
		z.m[j] = 0
	}
	rest |= z.m[i] & (unit - 1)
	z.m[i] &^= unit - 1
	if rest == 0 {
		return z, true
	}
	if sign == int8(d) { // away from zero
		carry := unit
		for j := i; j < placeWords && carry != 0; j++ {
			z.m[j], carry = bits.Add64(z.m[j], carry, 0)
		}
		if carry != 0 {
			z.m[placeWords-1] = 1 << 63
			z.exp++
		}
	}
	return z, false
}

// neg returns −x.
func (x *endpoint) neg() endpoint {
	if x.wide != nil {
		return endpoint{wide: new(big.Float).Neg(x.wide)}
	}
	z := *x
	z.sign = -z.sign
	return z
}

// cmp returns −1, 0 or +1 as x is less than, equal to or greater than y.
func (x *endpoint) cmp(y *endpoint) int {
	switch {
	case x.wide != nil || y.wide != nil:
		return x.big().Cmp(y.big())
	case x.sign != y.sign:
		if x.sign < y.sign {
			return -1
		}
		return 1
	}
	return int(x.sign) * x.cmpMagnitude(y)
}

// cmpMagnitude compares |x| with |y|; neither is wide.
func (x *endpoint) cmpMagnitude(y *endpoint) int {
	switch {
	case x.exp < y.exp:
		return -1
	case x.exp > y.exp:
		return 1
	}
	for i := placeWords - 1; i >= 0; i-- {
		switch {
		case x.m[i] < y.m[i]:
			return -1
		case x.m[i] > y.m[i]:
			return 1
		}
	}
	return 0
}

// power2 returns 2^e.
func power2(e int) endpoint {
	return endpoint{m: [placeWords]uint64{placeWords - 1: 1 << 63}, exp: int32(e + 1), sign: 1}
}
