package theorems

import (
	"fmt"
	"math"

	"sounding/exact/field"
)

// Certificate bounds the probability that a false identity passed: by the
// Schwartz–Zippel lemma a polynomial of degree at most d that is not zero mod p
// vanishes at a uniform point of 𝔽_p^n with probability at most d/p, so k
// independent points all miss it with probability at most (d/p)^k.
//
// The bound is over the choice of the points, that is over the seed.
type Certificate struct {
	Shape  Shape
	Degree int    // formal degree of both sides, derived by running the check over degrees
	Prime  uint64 // p
	Trials int    // k
	Log10  float64
}

// certificateBound is the probability that every certificate stays below.
const certificateBound = 1e-30

// newCertificate derives the degree of a check at a shape and from it the number
// of trials that brings the bound below certificateBound.
func newCertificate(check Check, shape Shape, p uint64) (Certificate, error) {
	d := run(check.Degree, newDegreeWorld(shape)).degree
	if d == field.ZeroDegree {
		return Certificate{Shape: shape, Prime: p}, nil // nothing is compared at this shape
	}
	if d < 1 || uint64(d) >= p {
		return Certificate{}, fmt.Errorf("degree %d at shape %v, accepted are 1 to p−1", d, shape)
	}
	per := math.Log10(float64(d)) - math.Log10(float64(p))
	k := int(math.Ceil(math.Log10(certificateBound) / per))
	return Certificate{Shape: shape, Degree: int(d), Prime: p, Trials: k, Log10: float64(k) * per}, nil
}

// certificateShapes are the prefix trees that the ordinary run certifies.
var certificateShapes = []Shape{
	{2, 1}, {2, 2}, {2, 3}, {2, 4}, {2, 5}, {2, 6},
	{3, 1}, {3, 2}, {3, 3},
	{4, 1}, {4, 2}, {4, 3},
	{5, 1}, {5, 2}, {6, 1}, {7, 1}, {8, 1}, {8, 2},
}
