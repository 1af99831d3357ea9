package exact

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Analysis is the profile of an instance: every quantity of the file format
// sounding/analysis/1.
type Analysis model.Profile[Number, Number]

// Position is the profile at one position.
type Position = model.Position[Number, Number]

// Number is an exact rational number, or an enclosure of a real one.
type Number struct {
	Exact  *big.Rat        // nil if the number is enclosed
	Real   field.Enclosure // if Exact is nil
	digits int             // decimals to write the enclosure with
}

// enclosed returns the number in v, to be written with as many decimals as endpoints
// of the given precision have bits for.
func enclosed(bits uint, v field.Enclosure) Number {
	return Number{Real: v, digits: int(float64(bits)*math.Log10(2)) + 1}
}

// maxWidth bounds the width of every enclosure of an analysis: 2⁻⁶⁷ < 0.7·10⁻²⁰,
// which leaves room below 10⁻²⁰ for the outward rounding of 26 decimals or more.
var maxWidth = new(big.Float).SetMantExp(big.NewFloat(1), -67)

// maxPrecision bounds the bits that an analysis raises its precision to.
const maxPrecision = 1 << 14

// errRange reports enclosures that no precision makes finite.
var errRange = errors.New("numbers beyond the range of enclosures")

// Analyze computes the profile of in. With precision 0 the rational quantities are
// exact and the others enclosed. Otherwise all but the horizon are enclosed, starting
// at that many bits, which must be at most field.MaxPrecision. Up to 64 bits it tries
// fixed-point numbers first, which tell small ones less well. Either way the precision is raised until no enclosure is wider than 10⁻²⁰.
//
// It returns ErrTooManyStates or, with precision 0, ErrTooLarge if that would take
// too much time or memory. It is safe for concurrent use.
func Analyze(in *model.Instance, precision uint) (*Analysis, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if err := storable(in.Process, max(precision, field.DefaultPrecision)); err != nil {
		return nil, err
	}
	if precision > 0 {
		if precision <= 64 {
			if a := analyzeFixed(in); a != nil {
				return a, nil
			}
		}
		return analyzeEnclosed(in, max(precision, field.DefaultPrecision))
	}
	if err := affordable(in); err != nil {
		return nil, err
	}
	return analyzeExact(in, solveExact)
}

// analyzeExact computes the rational quantities by solve and encloses the others.
func analyzeExact(in *model.Instance, solve func(*model.Instance, *model.Profile[*big.Rat, field.Enclosure]) error) (*Analysis, error) {
	p := model.NewProfile[*big.Rat, field.Enclosure](in)
	var bits uint
	if err := both(
		func() error { return solve(in, p) },
		func() (err error) {
			bits, err = refine(in, field.DefaultPrecision, func(f field.Interval) ([]field.Enclosure, error) {
				err := solveReals(f, in, p, Pointwise|Equilibrium)
				return reals(p), err
			})
			return err
		},
	); err != nil {
		return nil, err
	}
	return analysis(model.MapProfile(p,
		func(v *big.Rat) Number { return Number{Exact: v} },
		func(v field.Enclosure) Number { return enclosed(bits, v) })), nil
}

// analyzeEnclosed encloses all quantities, starting at the given number of bits.
func analyzeEnclosed(in *model.Instance, bits uint) (*Analysis, error) {
	p := model.NewProfile[field.Enclosure, field.Enclosure](in)
	bits, err := refine(in, bits, func(f field.Interval) ([]field.Enclosure, error) {
		err := encloseParts(f, in, p, Rationals|Pointwise|Equilibrium)
		return enclosures(p), err
	})
	if err != nil {
		return nil, err
	}
	return enclosedAnalysis(bits, p), nil
}

// analyzeFixed encloses all quantities by fixed-point numbers. It returns nil if that cannot
// be done, or some enclosure is wider than maxWidth.
func analyzeFixed(in *model.Instance) *Analysis {
	f := field.NewInterval(field.DefaultPrecision)
	p := model.NewProfile[field.Enclosure, field.Enclosure](in)
	if err := encloseFixed(f, in, p); err != nil {
		return nil
	}
	for _, v := range enclosures(p) {
		if f.Width(v).Cmp(maxWidth) > 0 {
			return nil
		}
	}
	return enclosedAnalysis(f.Prec(), p)
}

// enclosures returns all quantities of p.
func enclosures(p *model.Profile[field.Enclosure, field.Enclosure]) []field.Enclosure {
	all := []field.Enclosure{p.ExpectedHarm, p.Variance}
	for t := range p.Positions {
		for _, q := range model.Quantities(&p.Positions[t]) {
			all = append(all, *q.Value)
		}
	}
	return all
}

func enclosedAnalysis(bits uint, p *model.Profile[field.Enclosure, field.Enclosure]) *Analysis {
	number := func(v field.Enclosure) Number { return enclosed(bits, v) }
	return analysis(model.MapProfile(p, number, number))
}

func analysis(p *model.Profile[Number, Number]) *Analysis { return (*Analysis)(p) }

// reals returns the quantities of p with an exponential or a logarithm.
func reals[Q any](p *model.Profile[Q, field.Enclosure]) []field.Enclosure {
	var list []field.Enclosure
	for t := range p.Positions {
		q := &p.Positions[t]
		list = append(list, q.GibbsRecovery, q.GibbsKL, q.EquilibriumKL)
	}
	return list
}

// refine calls solve at bits, 2·bits, … until no enclosure that it returns is wider
// than maxWidth, and returns the precision reached.
func refine(in *model.Instance, bits uint, solve func(f field.Interval) ([]field.Enclosure, error)) (uint, error) {
	bits, err := field.Refine(bits, maxPrecision, func(f field.Interval) (bool, error) {
		if err := storable(in.Process, f.Prec()); err != nil {
			return false, err
		}
		list, err := solve(f)
		if err != nil {
			return false, err
		}
		narrow := true
		for _, v := range list {
			w := f.Width(v)
			if w.IsInf() {
				return false, errRange
			}
			narrow = narrow && w.Cmp(maxWidth) <= 0
		}
		return narrow, nil
	})
	if errors.Is(err, field.ErrUndecided) {
		err = fmt.Errorf("enclosures wider than 10^-20: %w", err)
	}
	return bits, err
}
