package exact

import (
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// SolveRationals computes the rational quantities of an analysis and drops them.
func SolveRationals(in *model.Instance) error {
	return solveExact(in, model.NewProfile[*big.Rat, field.Enclosure](in))
}

// SolveReals computes the real quantities of an analysis at a precision and drops
// them.
func SolveReals(in *model.Instance, bits uint) error {
	return solveReals(field.NewInterval(bits), in, model.NewProfile[*big.Rat, field.Enclosure](in), Pointwise|Equilibrium)
}

// SolveAll computes both at the same time, as Analyze does.
func SolveAll(in *model.Instance, bits uint) error {
	return both(func() error { return SolveRationals(in) }, func() error { return SolveReals(in, bits) })
}
