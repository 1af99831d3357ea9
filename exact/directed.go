package exact

import (
	"math"
	"math/big"

	"sounding/exact/field"
)

// directed computes in float64 and knows on which side of the true value a result
// lies. A sum, product or quotient of float64 is correctly rounded, fused or not, so
// that the next number in a direction bounds it from there; exponentials and
// logarithms are those of an Interval.
type directed struct{ f field.Interval }

// directedBits is the precision of the exponentials and logarithms, a little above
// that of the float64 that they are rounded to.
const directedBits = 64

func newDirected() directed { return directed{field.NewInterval(directedBits)} }

// below and above return the next number down and up.
func below(x float64) float64 { return math.Nextafter(x, math.Inf(-1)) }
func above(x float64) float64 { return math.Nextafter(x, math.Inf(1)) }

// floor returns the largest float64 that is at most every number of the enclosure.
func (d directed) floor(a field.Enclosure) float64 {
	lo, _ := d.f.Bounds(a)
	x, accuracy := lo.Float64()
	if accuracy == big.Above {
		x = below(x)
	}
	return x
}

// ceil returns the least float64 that is at least every number of the enclosure.
func (d directed) ceil(a field.Enclosure) float64 {
	_, hi := d.f.Bounds(a)
	x, accuracy := hi.Float64()
	if accuracy == big.Below {
		x = above(x)
	}
	return x
}

// smallestExponent is an exponent below which e^x is no float64 any more.
const smallestExponent = -800

// exp returns a number ≥ e^x, for x ≤ 0.
func (d directed) exp(x float64) float64 {
	return d.ceil(mustEnclose(d.f.Exp(d.point(max(x, smallestExponent)))))
}

// log returns a number ≥ log x, for x > 0.
func (d directed) log(x float64) float64 { return d.ceil(mustEnclose(d.f.Log(d.point(x)))) }

func (d directed) point(x float64) field.Enclosure {
	b := big.NewFloat(x)
	return mustEnclose(d.f.FromBounds(b, b))
}

func mustEnclose(a field.Enclosure, err error) field.Enclosure {
	if err != nil {
		panic("exact: " + err.Error()) // the arguments are float64 within the domain
	}
	return a
}

// mostOf returns a number ≥ m·y for every m with lo ≤ m ≤ hi.
func mostOf(lo, hi, y float64) float64 { return above(max(lo*y, hi*y)) }
