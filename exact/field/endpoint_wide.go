package field

import "math/big"

// spread is the distance of exponents, beyond the precisions involved, from which a
// sum takes the shortcut of nearby.
const spread = 64

// nearby returns two numbers whose sum and difference, rounded in either direction to
// the precision of z, are those of x and y. If one of them is so small that only its
// sign matters, it is replaced by a larger one for which that is true too: math/big
// aligns the operands of a sum, in time and memory proportional to the distance of
// their exponents, which may be 2^30 bits.
//
// With q the largest of the precisions of z and of the larger operand x, the
// numbers strictly between x and x ± 2^(e−q−1), e the exponent of x, all
// round alike, for no number of q bits lies among them.
func nearby(z, x, y *big.Float) (*big.Float, *big.Float) {
	if x.Sign() == 0 || y.Sign() == 0 {
		return x, y
	}
	gap := x.MantExp(nil) - y.MantExp(nil)
	switch {
	case gap > int(max(z.Prec(), x.Prec()))+spread:
		return x, speck(z, x, y.Sign())
	case -gap > int(max(z.Prec(), y.Prec()))+spread:
		return speck(z, y, x.Sign()), y
	}
	return x, y
}

// speck returns a number so small, compared with x, that only its given sign matters.
func speck(z, x *big.Float, sign int) *big.Float {
	s := big.NewFloat(float64(sign))
	return s.SetMantExp(s, x.MantExp(nil)-int(max(z.Prec(), x.Prec()))-3)
}

func add(z, x, y *big.Float) *big.Float { return z.Add(nearby(z, x, y)) }

func sub(z, x, y *big.Float) *big.Float {
	if x.Sign() == 0 {
		// math/big rounds y before it changes the sign, in the wrong direction.
		return z.Set(new(big.Float).Neg(y))
	}
	return z.Sub(nearby(z, x, y))
}
