package training

import (
	"errors"
	"math"
	"math/big"

	"sounding/exact/field"
)

// Arithmetic is a number system whose operations keep their first error.
type Arithmetic[E any] interface {
	Add(a, b E) E
	Sub(a, b E) E
	Mul(a, b E) E
	Neg(a E) E
	FromInt(n int64) E
	FromRat(q *big.Rat) E
	Quo(a, b E) E
	Exp(a E) E
	Log(a E) E
	Sqrt(a E) E
	Err() error
}

// rationals are exact. What is not rational is an error.
type rationals struct {
	*field.Rational
	err error
}

// errIrrational reports an operation that leaves the rationals.
var errIrrational = errors.New("not a rational number")

func newRationals() *rationals { return &rationals{Rational: field.NewRational()} }

func (r *rationals) keep(v field.Rat, err error) field.Rat {
	if r.err == nil {
		r.err = err
	}
	return v
}

func (r *rationals) FromRat(q *big.Rat) field.Rat { return r.keep(r.Rational.FromRat(q)) }
func (r *rationals) Quo(a, b field.Rat) field.Rat { return r.keep(r.Rational.Quo(a, b)) }
func (r *rationals) Exp(a field.Rat) field.Rat    { return r.keep(a, errIrrational) }
func (r *rationals) Log(a field.Rat) field.Rat    { return r.keep(a, errIrrational) }
func (r *rationals) Sqrt(a field.Rat) field.Rat   { return r.keep(a, errIrrational) }
func (r *rationals) Err() error                   { return r.err }

// floats are machine numbers, which have no errors: NaN stands for what is none.
type floats struct{}

func (floats) Add(a, b float64) float64 { return a + b }
func (floats) Sub(a, b float64) float64 { return a - b }
func (floats) Mul(a, b float64) float64 { return a * b }
func (floats) Neg(a float64) float64    { return -a }
func (floats) FromInt(n int64) float64  { return float64(n) }
func (floats) Quo(a, b float64) float64 { return a / b }
func (floats) Exp(a float64) float64    { return math.Exp(a) }
func (floats) Log(a float64) float64    { return math.Log(a) }
func (floats) Sqrt(a float64) float64   { return math.Sqrt(a) }
func (floats) Err() error               { return nil }
func (floats) FromRat(q *big.Rat) float64 {
	v, _ := q.Float64()
	return v
}
