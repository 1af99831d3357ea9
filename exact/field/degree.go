package field

import "math"

// Degrees is the (max, +) semiring of formal degrees: running a division-free
// computation over it, with every free variable at 1 and every constant at 0,
// yields an upper bound on the degree of the polynomial that the same code
// computes over any commutative ring. Cancellation is not seen, so the bound is
// that of the code as written, which is what the Schwartz-Zippel lemma needs.
type Degrees struct{}

// Deg is the formal degree of a polynomial; ZeroDegree is that of 0.
type Deg int

// ZeroDegree is the degree of the zero polynomial: below every other.
const ZeroDegree Deg = math.MinInt32

// FromInt returns the degree of the constant n.
func (Degrees) FromInt(n int64) Deg {
	if n == 0 {
		return ZeroDegree
	}
	return 0
}

// Add returns the larger of two degrees.
func (Degrees) Add(a, b Deg) Deg { return max(a, b) }

// Sub returns the larger of two degrees.
func (Degrees) Sub(a, b Deg) Deg { return max(a, b) }

// Neg returns a.
func (Degrees) Neg(a Deg) Deg { return a }

// Mul returns the sum of two degrees; 0 times anything is 0.
func (Degrees) Mul(a, b Deg) Deg {
	if a == ZeroDegree || b == ZeroDegree {
		return ZeroDegree
	}
	return a + b
}

// Dot returns the largest degree among the products a_i·b_i.
func (d Degrees) Dot(a, b []Deg) Deg {
	if len(a) != len(b) {
		panic("field: Dot of slices of different lengths")
	}
	s := ZeroDegree
	for i := range a {
		s = max(s, d.Mul(a[i], b[i]))
	}
	return s
}

// Equal is always Unknown: polynomials of one degree may differ.
func (Degrees) Equal(a, b Deg) Trilean { return Unknown }
