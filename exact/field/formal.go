package field

import "math/big"

// Formals is the semiring of pairs (degree, height): running a division-free
// computation over it, with every free variable at (1, 1) and every constant n at
// (0, |n|), yields upper bounds on the degree of the polynomial that the same code
// computes over the integers, and on the sum of the absolute values of its
// coefficients. No cancellation is seen, so the bounds are those of the code as
// written.
//
// Both are needed for a certificate: by the Schwartz-Zippel lemma the degree
// bounds the chance of missing a polynomial that is not zero mod p; and a
// polynomial over the integers that is not zero stays so mod p if its height is
// below p, or mod one of several primes if it is below their product.
type Formals struct{}

// Formal bounds a polynomial with integer coefficients: its degree, and its height,
// the sum of the absolute values of its coefficients. The zero Formal, with a nil
// height, stands for the zero polynomial, which has no degree.
type Formal struct {
	Degree int
	Height *big.Int
}

// FreeVariable bounds the polynomial X.
func FreeVariable() Formal { return Formal{1, big.NewInt(1)} }

// FromInt bounds the constant n.
func (Formals) FromInt(n int64) Formal {
	if n == 0 {
		return Formal{}
	}
	h := big.NewInt(n)
	return Formal{0, h.Abs(h)}
}

// Add bounds a sum: the larger degree, the sum of the heights.
func (Formals) Add(a, b Formal) Formal {
	switch {
	case a.Height == nil:
		return b
	case b.Height == nil:
		return a
	}
	return Formal{max(a.Degree, b.Degree), new(big.Int).Add(a.Height, b.Height)}
}

// Sub bounds a difference, as Add does a sum.
func (f Formals) Sub(a, b Formal) Formal { return f.Add(a, b) }

// Neg returns a.
func (Formals) Neg(a Formal) Formal { return a }

// Mul bounds a product: the sum of the degrees, the product of the heights.
func (Formals) Mul(a, b Formal) Formal {
	if a.Height == nil || b.Height == nil {
		return Formal{}
	}
	return Formal{a.Degree + b.Degree, new(big.Int).Mul(a.Height, b.Height)}
}

// Dot bounds Σ_i a_i·b_i.
func (f Formals) Dot(a, b []Formal) Formal {
	if len(a) != len(b) {
		panic("field: Dot of slices of different lengths")
	}
	s := f.FromInt(0)
	for i := range a {
		s = f.Add(s, f.Mul(a[i], b[i]))
	}
	return s
}

// Equal is always Unknown: bounds decide nothing.
func (Formals) Equal(a, b Formal) Trilean { return Unknown }
