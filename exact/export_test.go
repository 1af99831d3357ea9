package exact

import (
	"sounding/exact/field"
	"sounding/model"
)

// SolveRationals computes the rational quantities of an analysis and drops them.
func SolveRationals(in *model.Instance) error {
	_, err := newProfile(field.NewRational(), in)
	return err
}

// SolveReals computes the real quantities of an analysis at a precision and drops
// them.
func SolveReals(in *model.Instance, bits uint) error {
	_, err := newReals(field.NewInterval(bits), in)
	return err
}
