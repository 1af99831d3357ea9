package exact

import (
	"errors"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// errUnfit reports an instance that fixed-point numbers are not made for.
var errUnfit = errors.New("not for fixed-point numbers")

// encloseFixed sets all quantities of p, enclosed by fixed-point numbers: sums over edges are
// taken in words, and enclosures are made of states and positions alone. It returns errUnfit
// where weights are long.
//
// Every entry of its tables is rounded down. A mean over a row adds a unit to the error of
// the layer that it reads. What occupancies lose is not estimated but seen: those of a layer
// sum to 1 − lost, so that no sum of them times numbers up to 1 errs by more than lost.
func encloseFixed(f field.Interval, in *model.Instance, p *model.Profile[field.Enclosure, field.Enclosure]) error {
	s, err := newFixedSolver(f, in)
	if err != nil {
		return err
	}
	return both(
		func() error { return s.rationals(p) },
		func() error { return s.reals(p) })
}

// fixedSolver holds the tables of an instance.
type fixedSolver struct {
	f        field.Interval
	in       *model.Instance
	rows     []fixedRows
	harm     fixedMeans        // h_t
	tilt     fixedMeans        // Z_t = E[e^{−λHarm} | y_≤t]
	tiltLogs []field.Enclosure // Z_T·log Z_T
	law      *fixedLaw         // P(y_≤t)
	attack   *fixedLaw         // Q(y_≤t)
}

// newFixedSolver computes the tables.
func newFixedSolver(f field.Interval, in *model.Instance) (*fixedSolver, error) {
	p, T := in.Process, in.Length()
	s := &fixedSolver{f: f, in: in}
	var err error
	if s.rows, err = newFixedRows(p, T, true, func(t int) *model.Naturals { return in.Layer(t).Weights() }); err != nil {
		return nil, err
	}
	attack := s.rows[:T-1]
	if k := in.Adversary.Kind; k != model.AdversaryPolicy {
		if attack, err = newFixedRows(p, T-1, k != model.AdversaryRows, in.AdversaryWeights); err != nil {
			return nil, err
		}
	}
	harm, err := harmValues(f, p)
	if err != nil {
		return nil, err
	}
	tilt, logs, err := harmTilt(f, in)
	if err != nil {
		return nil, err
	}
	s.tiltLogs = logs
	return s, both(
		func() error {
			s.harm, s.tilt = newFixedMeans(f, p, s.rows, harm), newFixedMeans(f, p, s.rows, tilt)
			return nil
		},
		func() error {
			var err error
			if s.law, err = newFixedLaw(f, p, s.rows); err != nil {
				return err
			}
			if s.attack = s.law; in.Adversary.Kind != model.AdversaryPolicy {
				s.attack, err = newFixedLaw(f, p, attack)
			}
			return err
		})
}

// rationals sets the rational quantities of p, and the horizon.
func (s *fixedSolver) rationals(p *model.Profile[field.Enclosure, field.Enclosure]) error {
	T := s.in.Length()
	rows, err := eachLayer(s.in.Process, T, true, func(t int) (fixedRowValues, error) { return s.values(t), nil })
	if err != nil {
		return err
	}
	square := make([]field.Enclosure, T+1) // E[h_t²]
	if err := split(T+1, 1, func(t, _ int) error {
		var err error
		square[t], err = s.square(t)
		if err == nil && t > 0 {
			err = s.position(t, rows[t-1], &p.Positions[t-1])
		}
		return err
	}); err != nil {
		return err
	}
	h, lost := s.harm.value[0][0], s.harm.lost[0]
	if p.ExpectedHarm, err = h.enclose(s.f, 0, lost); err != nil {
		return err
	}
	// Var(Harm) = E[h_T²] − h_0² and I_t = E[h_t²] − E[h_{t−1}²], which are not negative.
	if p.Variance, err = s.gap(square[T], square[0]); err != nil {
		return err
	}
	for t := range p.Positions {
		if p.Positions[t].Information, err = s.gap(square[t+1], square[t]); err != nil {
			return err
		}
	}
	p.Horizon = Horizon(s.in.Process)
	return nil
}

// gap returns a − b ≥ 0.
func (s *fixedSolver) gap(a, b field.Enclosure) (field.Enclosure, error) {
	lo, hi := s.f.Bounds(s.f.Sub(a, b))
	if lo.Sign() < 0 {
		lo = new(big.Float)
	}
	return s.f.FromBounds(lo, hi)
}

// square returns E[h_t²]. A square has lost 2·lost + 1 units at most.
func (s *fixedSolver) square(t int) (field.Enclosure, error) {
	h := s.harm.value[t]
	sum := s.law.mean(t, func(x int) fixed { return h[x].times(h[x]) })
	return sum.enclose(s.f, 0, s.law.above(t)+2*s.harm.lost[t]+1)
}

// fixedRowValues are functions of the rows of a layer, rounded down.
type fixedRowValues struct {
	same     []fixed // Σ_a P(a|x)²
	recovery []fixed // ρ_0(x)
}

func (s *fixedSolver) values(t int) fixedRowValues {
	l, r := s.in.Layer(t), s.rows[t-1]
	v := fixedRowValues{make([]fixed, l.States()), make([]fixed, l.States())}
	for x, sum := range r.sum {
		lo, hi := l.Row(x)
		var squares, recovering uint64
		for _, w := range r.weight[lo:hi] {
			squares += uint64(w * w)
		}
		for _, a := range s.in.Recovery {
			if e, ok := l.Edge(x, a); ok {
				recovering += uint64(r.weight[e])
			}
		}
		v.same[x], v.recovery[x] = ratio(squares, sum*sum), ratio(recovering, sum)
	}
	return v
}

// position sets the rational quantities of position t but I_t. Each mean errs by what its
// values do and by what the law adds; see above.
func (s *fixedSolver) position(t int, v fixedRowValues, at *model.Position[field.Enclosure, field.Enclosure]) error {
	f, above := s.f, s.law.above(t-1)
	var err error
	set := func(q *field.Enclosure, n fixed, below, above uint64) {
		if err == nil {
			*q, err = n.enclose(f, below, above)
		}
	}
	same := s.law.mean(t-1, func(x int) fixed { return v.same[x] })
	set(&at.FisherTrace, fixedOne.minus(same), above+1, 0)
	set(&at.RecoveryProbability, s.law.mean(t-1, func(x int) fixed { return v.recovery[x] }), 0, above+1)
	// ρ has lost a unit at most, ρ(1 − ρ) one at most in either direction, and another in rounding.
	spread := s.attack.mean(t-1, func(x int) fixed { return v.recovery[x].times(fixedOne.minus(v.recovery[x])) })
	set(&at.RecoveryInformation, spread, 1, s.attack.above(t-1)+2)
	// Σ_x P(x)²·N(x), N as in gradientNorm. That of P(x)² loses up to 2·lost and a unit for each state.
	occ, lost := s.law.value[t-1], s.harm.lost[t-1]
	norm := s.law.mean(t-1, func(x int) fixed { return occ[x].times(s.gradientNorm(t, x)) })
	set(&at.GradientNormSquared, norm, 2*lost, 2*above+2*lost+3)
	return err
}

// gradientNorm returns N(x) = Σ_a P(a|x)²·(h(xa) − h(x))², x of layer t−1, at most 2·lost units
// above it and 2·lost + 3 below: a difference errs by lost, its square by twice that and
// a rounding, and two divisions round.
func (s *fixedSolver) gradientNorm(t, x int) fixed {
	l, r := s.in.Layer(t), s.rows[t-1]
	after, h := s.harm.value[t], s.harm.value[t-1][x]
	var sum fixedSum
	for e, hi := l.Row(x); e < hi; e++ {
		d := after[l.Next(e)].distance(h)
		sum.add(uint64(r.weight[e]*r.weight[e]), d.times(d))
	}
	return sum.overSquare(r.sum[x])
}

// reals sets the quantities of p with an exponential or a logarithm, as solveReals does.
func (s *fixedSolver) reals(p *model.Profile[field.Enclosure, field.Enclosure]) error {
	f, T := s.f, s.in.Length()
	gibbs, err := solveGibbs(f, s.in)
	if err != nil {
		return err
	}
	a := make([]field.Enclosure, T+1)
	if err := split(T+1, 1, func(t, _ int) error {
		law, err := s.law.row(t)
		if err != nil {
			return err
		}
		terms := s.tiltLogs
		if t < T {
			at, g := &p.Positions[t], &gibbs[t]
			at.GibbsRecovery, at.GibbsKL = g.mean(f, law, g.recovery), g.mean(f, law, g.kl)
			if terms, err = s.logs(t); err != nil {
				return err
			}
		}
		a[t] = f.Dot(law, terms)
		return nil
	}); err != nil {
		return err
	}
	z, err := s.tilt.value[0][0].enclose(f, 0, s.tilt.lost[0])
	if err != nil {
		return err
	}
	return setEquilibriumKL(f, a, z, p)
}

// logs returns Z_t·log Z_t for the states of layer t.
func (s *fixedSolver) logs(t int) ([]field.Enclosure, error) {
	terms := make([]field.Enclosure, len(s.tilt.value[t]))
	for x, n := range s.tilt.value[t] {
		z, err := n.enclose(s.f, 0, s.tilt.lost[t])
		if err != nil {
			return nil, err
		}
		if terms[x], err = timesLog(s.f, z); err != nil {
			return nil, err
		}
	}
	return terms, nil
}
