// Package field holds the number systems that the exact solvers compute in.
//
// A number system is a value, its context (a precision, a prime, the order of a
// truncated series), whose methods do the arithmetic on elements of a plain type. A
// solver is written once, over the interfaces Ring, Field, Ordered and Real, and runs
// over the rationals, a prime field, certified intervals, power series, or the
// degrees of polynomials.
//
// A function that takes a Ring cannot divide. That is what a Schwartz–Zippel
// certificate needs, and the compiler checks it.
package field

import (
	"errors"
	"math/big"
)

// Trilean is the answer to a question that arithmetic may be unable to decide.
// Its zero value is Unknown, so that a missing answer is never a yes.
type Trilean int8

// The three answers.
const (
	Unknown Trilean = iota
	True
	False
)

func (t Trilean) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	}
	return "unknown"
}

// Truth turns a decided boolean into a Trilean.
func Truth(b bool) Trilean {
	if b {
		return True
	}
	return False
}

// Sign is the sign of a number, as far as arithmetic can tell.
type Sign int8

// The four answers of a sign test. The zero value is Undecided.
const (
	Undecided Sign = iota
	Negative
	Zero
	Positive
)

func (s Sign) String() string {
	switch s {
	case Negative:
		return "negative"
	case Zero:
		return "zero"
	case Positive:
		return "positive"
	}
	return "undecided"
}

// ErrDivision reports a division by zero, or by an enclosure that contains zero.
var ErrDivision = errors.New("division by zero, or by an enclosure that contains it")

// Ring is a commutative ring with one: enough for every polynomial identity.
//
// Elements are immutable: no method changes its arguments, and results may
// share storage with them.
type Ring[E any] interface {
	// FromInt returns the image of the integer n.
	FromInt(n int64) E
	// Add returns a + b.
	Add(a, b E) E
	// Sub returns a − b.
	Sub(a, b E) E
	// Mul returns a·b.
	Mul(a, b E) E
	// Neg returns −a.
	Neg(a E) E
	// Dot returns Σ_i a_i·b_i over slices of equal length; zero when they are
	// empty. It panics when the lengths differ.
	Dot(a, b []E) E
	// Equal decides a = b, denies it, or cannot tell.
	Equal(a, b E) Trilean
}

// Field is a Ring with division.
type Field[E any] interface {
	Ring[E]
	// FromRat returns the image of q, or ErrDivision if the image of its denominator
	// is zero.
	FromRat(q *big.Rat) (E, error)
	// Quo returns a/b, or ErrDivision.
	Quo(a, b E) (E, error)
}

// Ordered is a Field whose elements have signs.
type Ordered[E any] interface {
	Field[E]
	// Sign returns the sign of a, or Undecided.
	Sign(a E) Sign
}

// Real is a Field with the exponential and the natural logarithm. A solver that
// takes one may call its methods from several goroutines at the same time.
type Real[E any] interface {
	Field[E]
	// Exp returns e^a, or an error where a is outside the domain.
	Exp(a E) (E, error)
	// Log returns log a, or an error where a is outside the domain.
	Log(a E) (E, error)
}

// Aligner is implemented by number systems in which a slice of elements that
// share one representation (a common denominator) is cheaper to compute with.
type Aligner[E any] interface {
	// Align rewrites the elements of v, in place, without changing their values.
	Align(v []E)
}

// Sum returns Σ_i v_i.
func Sum[E any](r Ring[E], v []E) E {
	s := r.FromInt(0)
	for _, x := range v {
		s = r.Add(s, x)
	}
	return s
}

// Square returns a².
func Square[E any](r Ring[E], a E) E { return r.Mul(a, a) }
