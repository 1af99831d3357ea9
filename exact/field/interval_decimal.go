package field

import (
	"fmt"
	"math/big"
	"strings"
)

// The sizes that Decimal accepts.
const (
	maxDecimalExponent = 1 << 16 // of an endpoint, base 2
	maxDecimalDigits   = 1 << 16
)

// Decimal returns two decimals with the given number of digits after the point,
// the lower endpoint of a rounded down and the upper one rounded up: the number
// enclosed lies between them. It returns ErrDomain unless 0 ≤ digits ≤ 2^16 and
// the endpoints are below 2^(2^16) in magnitude.
func (c Interval) Decimal(a Enclosure, digits int) (lo, hi string, err error) {
	switch {
	case digits < 0 || digits > maxDecimalDigits:
		return "", "", fmt.Errorf("%w: %d digits, want 0 to %d", ErrDomain, digits, maxDecimalDigits)
	case a.isLine():
		return "", "", fmt.Errorf("%w: the whole line has no decimals", ErrDomain)
	case max(a.lo.exponent(), a.hi.exponent()) > maxDecimalExponent:
		return "", "", fmt.Errorf("%w: decimals of a number beyond 2^%d", ErrDomain, maxDecimalExponent)
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	down := scaledFloor(a.lo.big(), power)
	up := scaledFloor(new(big.Float).Neg(a.hi.big()), power)
	return point(down, digits), point(up.Neg(up), digits), nil
}

// scaledFloor returns ⌊x·power⌋.
func scaledFloor(x *big.Float, power *big.Int) *big.Int {
	bits := int(x.MinPrec())
	e := x.MantExp(nil)
	n, _ := new(big.Float).SetMantExp(x, bits-e).Int(nil) // x = n·2^(e−bits)
	n.Mul(n, power)
	if e >= bits {
		return n.Lsh(n, uint(e-bits))
	}
	return n.Rsh(n, uint(bits-e))
}

// point writes n·10^−digits.
func point(n *big.Int, digits int) string {
	s := new(big.Int).Abs(n).String()
	if len(s) <= digits {
		s = strings.Repeat("0", digits+1-len(s)) + s
	}
	if digits > 0 {
		s = s[:len(s)-digits] + "." + s[len(s)-digits:]
	}
	if n.Sign() < 0 {
		s = "-" + s
	}
	return s
}

// String returns [lo, hi] for people to read: its digits are rounded to nearest.
// Decimal returns bounds.
func (a Enclosure) String() string {
	if a.isLine() {
		return "[−Inf, +Inf]"
	}
	return fmt.Sprintf("[%s, %s]", show(a.lo.big()), show(a.hi.big()))
}

// show writes x for people to read, in base 2 if it is far from 1: decimals take time
// and memory that grow with the exponent.
func show(x *big.Float) string {
	if e := x.MantExp(nil); e < -1024 || e > 1024 {
		return new(big.Float).SetPrec(53).Set(x).Text('p', 0)
	}
	return x.Text('g', 20)
}
