package field

import "math"

// Formals is the semiring of pairs (degree, height): running a division-free
// computation over it, with every free variable at (1, 1) and every constant n at
// (0, |n|), yields upper bounds on the degree of the polynomial that the same code
// computes over the integers, and on the sum of the absolute values of its
// coefficients. Cancellation is not seen: the bounds are those of the code as written.
//
// A certificate needs both. By the Schwartz–Zippel lemma the degree bounds the chance
// of missing a polynomial that is not zero mod p. And a non-zero polynomial over the
// integers stays non-zero mod p if its height is below p, or mod one of several
// primes if its height is below their product.
type Formals struct{}

// Formal bounds a polynomial with integer coefficients: its degree, and its height,
// the sum of the absolute values of its coefficients, rounded up to a float64. The
// zero Formal stands for the zero polynomial, which has no degree; a degree beyond
// the range of an int is the largest int, a height beyond that of a float64 +Inf.
type Formal struct {
	Degree int
	Height float64
}

// exactHeight is the largest height below which every integer is a float64, so
// that sums and products need no rounding.
const exactHeight = 1 << 53

// up returns h or, if h may have been rounded down, the next float64.
func up(h float64) float64 {
	if h < exactHeight {
		return h
	}
	return math.Nextafter(h, math.Inf(1))
}

// FreeVariable bounds the polynomial X.
func FreeVariable() Formal { return Formal{1, 1} }

// FromInt bounds the constant n.
func (Formals) FromInt(n int64) Formal { return Formal{0, up(math.Abs(float64(n)))} }

// Add bounds a sum: the larger degree, the sum of the heights.
func (Formals) Add(a, b Formal) Formal {
	return Formal{max(a.Degree, b.Degree), up(a.Height + b.Height)}
}

// Sub bounds a difference, as Add does a sum.
func (f Formals) Sub(a, b Formal) Formal { return f.Add(a, b) }

// Neg returns a.
func (Formals) Neg(a Formal) Formal { return a }

// Mul bounds a product: the sum of the degrees, the product of the heights.
func (Formals) Mul(a, b Formal) Formal {
	if a.Height == 0 || b.Height == 0 {
		return Formal{}
	}
	degree := a.Degree + b.Degree
	if degree < 0 { // beyond the range of an int
		degree = math.MaxInt
	}
	return Formal{degree, up(a.Height * b.Height)}
}

// Dot bounds Σ_i a_i·b_i.
func (f Formals) Dot(a, b []Formal) Formal {
	if len(a) != len(b) {
		panic("field: Dot of slices of different length")
	}
	s := f.FromInt(0)
	for i := range a {
		s = f.Add(s, f.Mul(a[i], b[i]))
	}
	return s
}

// Equal is always Unknown: bounds decide nothing.
func (Formals) Equal(a, b Formal) Trilean { return Unknown }
