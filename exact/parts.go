package exact

import (
	"math"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Part is a set of the quantities of an analysis.
type Part uint8

// The parts that can be computed alone.
const (
	Rationals   Part = 1 << iota // E[Harm], Var(Harm) and all that is rational
	Pointwise                    // the optimum of the recovery penalty: ρ* and its KL
	Equilibrium                  // KL_t
)

// PartOf returns the part of the quantity with the given name in the file formats.
func PartOf(name string) Part {
	switch name {
	case "gibbs_recovery", "gibbs_kl":
		return Pointwise
	case "equilibrium_kl":
		return Equilibrium
	}
	return Rationals
}

// EncloseParts encloses the quantities of the given parts, and the others by the whole
// line, at one precision, which Analyze would raise where an enclosure is wide. It returns
// ErrTooManyStates where Analyze does.
func EncloseParts(in *model.Instance, precision uint, parts Part) (*Analysis, error) {
	if err := storable(in.Process, precision); err != nil {
		return nil, err
	}
	p := model.NewProfile[field.Enclosure, field.Enclosure](in)
	if err := encloseParts(field.NewInterval(precision), in, p, parts); err != nil {
		return nil, err
	}
	number := func(v field.Enclosure) Number { return enclosed(precision, v) }
	return analysis(model.MapProfile(p, number, number)), nil
}

func encloseParts(f field.Interval, in *model.Instance, p *model.Profile[field.Enclosure, field.Enclosure], parts Part) error {
	return both(
		func() error {
			if parts&Rationals == 0 {
				return nil
			}
			return solveRationals(f, in, p)
		},
		func() error {
			if parts&(Pointwise|Equilibrium) == 0 {
				return nil
			}
			return solveReals(f, in, p, parts)
		},
	)
}

// Between returns the number in [lo, hi], lo ≤ hi finite, with decimals enough that
// writing it does not widen it by more than a fifth.
func Between(lo, hi float64) Number {
	v, err := field.NewInterval(field.DefaultPrecision).FromBounds(big.NewFloat(lo), big.NewFloat(hi))
	if err != nil {
		panic("exact: no interval: " + err.Error())
	}
	digits := 0
	if hi > lo {
		digits = max(0, 1-int(math.Floor(math.Log10(hi-lo))))
	}
	return Number{Real: v, digits: digits}
}
