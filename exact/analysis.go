package exact

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Analysis is the harm-information profile of an instance: every quantity of the
// file format sounding/analysis/1.
type Analysis struct {
	Expected  Number // E[Harm]
	Variance  Number // Var(Harm)
	Horizon   int    // the least k with I_t = 0 for all t > k
	Positions []Position
}

// Position is the profile at position t, counted from 1.
type Position struct {
	T                   int
	Information         Number // I_t
	GradientNormSquared Number // Σ_x ‖P(x)·(diag p − p pᵀ)h‖² over the states x of layer t−1
	FisherTrace         Number // tr F̄_t of the tabular softmax
	RecoveryProbability Number // E_{y_<t∼P}[ρ_0]
	RecoveryInformation Number // I_t^rec = E_{y_<t∼Q}[ρ_0(1−ρ_0)]
	GibbsRecovery       Number // E_{y_<t∼P}[ρ*], the pointwise optimum at η_t = βγ^t
	GibbsKL             Number // E_{y_<t∼P}[KL(p*‖p_0)] of the same
	EquilibriumKL       Number // KL_t of P* ∝ P_0·e^{−λHarm}
}

// Number is a rational number, exactly, or an enclosure of a real one.
type Number struct {
	Exact  *big.Rat        // nil where the number is enclosed
	Real   field.Enclosure // where Exact is nil
	digits int             // decimals to write the enclosure with
}

// enclosed returns the number in v, to be written with as many decimals as its
// endpoints have bits for.
func enclosed(f field.Interval, v field.Enclosure) Number {
	return Number{Real: v, digits: int(float64(f.Prec())*math.Log10(2)) + 1}
}

// maxWidth bounds the width of every enclosure of an analysis: 2⁻⁶⁷ < 0.7·10⁻²⁰,
// which leaves room below 10⁻²⁰ for the outward rounding of 26 decimals or more.
var maxWidth = new(big.Float).SetMantExp(big.NewFloat(1), -67)

// maxPrecision bounds the bits that an analysis raises its precision to.
const maxPrecision = 1 << 14

// errRange reports enclosures that no precision makes finite.
var errRange = errors.New("numbers beyond the exponents that enclosures are kept in")

// Analyze computes the profile of in. With precision 0 the rational quantities
// are exact and the others enclosed; otherwise all but the horizon are enclosed,
// starting at that many bits, which must be at most field.MaxPrecision. Either way
// the precision is raised until no enclosure is wider than 10⁻²⁰.
//
// It returns ErrTooManyStates or, with precision 0, ErrTooLarge where that would
// take too much time or memory. It is safe for concurrent use.
func Analyze(in *model.Instance, precision uint) (*Analysis, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if err := storable(in.Process, max(precision, field.DefaultPrecision)); err != nil {
		return nil, err
	}
	a := &Analysis{Horizon: Horizon(in.Process), Positions: make([]Position, in.Length())}
	for t := range a.Positions {
		a.Positions[t].T = t + 1
	}
	var err error
	if precision > 0 {
		err = a.enclose(in, max(precision, field.DefaultPrecision), true)
	} else if err = affordable(in); err == nil {
		err = both(
			func() error { return a.solve(in) },
			func() error { return a.enclose(in, field.DefaultPrecision, false) },
		)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// solve sets the rational quantities exactly.
func (a *Analysis) solve(in *model.Instance) error {
	p, err := solveProfile(field.NewRational(), in)
	if err != nil {
		return err
	}
	setProfile(a, p, func(v field.Rat) Number { return Number{Exact: v.Rat()} })
	return nil
}

// enclose sets the real quantities, and the rational ones where all are asked for,
// to enclosures narrow enough, starting at the given number of bits.
func (a *Analysis) enclose(in *model.Instance, bits uint, all bool) error {
	_, err := field.Refine(bits, maxPrecision, func(f field.Interval) (bool, error) {
		if err := storable(in.Process, f.Prec()); err != nil {
			return false, err
		}
		widest := new(big.Float)
		number := func(v field.Enclosure) Number {
			if w := f.Width(v); w.Cmp(widest) > 0 {
				widest = w
			}
			return enclosed(f, v)
		}
		var p *profile[field.Enclosure]
		var r *reals
		if err := both(
			func() (err error) {
				if all {
					p, err = solveProfile(f, in)
				}
				return err
			},
			func() (err error) {
				r, err = solveReals(f, in)
				return err
			},
		); err != nil {
			return false, err
		}
		if all {
			setProfile(a, p, number)
		}
		for t := range a.Positions {
			q := &a.Positions[t]
			q.GibbsRecovery, q.GibbsKL, q.EquilibriumKL = number(r.recovery[t]), number(r.recoveryKL[t]), number(r.equilibriumKL[t])
		}
		if widest.IsInf() {
			return false, errRange
		}
		return widest.Cmp(maxWidth) <= 0, nil
	})
	if errors.Is(err, field.ErrUndecided) {
		return fmt.Errorf("enclosures wider than 10^-20: %w", err)
	}
	return err
}

// setProfile sets the quantities that are rational.
func setProfile[E any](a *Analysis, p *profile[E], number func(E) Number) {
	a.Expected, a.Variance = number(p.Expected), number(p.Variance)
	for t := range a.Positions {
		q := &a.Positions[t]
		q.Information, q.GradientNormSquared, q.FisherTrace = number(p.Information[t]), number(p.gradient[t]), number(p.fisher[t])
		q.RecoveryProbability, q.RecoveryInformation = number(p.recovery[t]), number(p.recoveryInformation[t])
	}
}
