package gate

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"sounding/exact"
	"sounding/gate/training"
)

// comparison is what was found of one answer.
type comparison struct {
	shown     string // the worst number that is wrong; "" where none is
	worst     float64
	undecided int
	nonzero   bool  // the truth is not 0
	malformed error // why there was nothing to compare
	estimated bool
	sifted
}

// fails reports whether the answer is wrong or unusable.
func (e *comparison) fails() bool { return e.malformed != nil || e.shown != "" }

// The precision, in bits, of enclosures, and that at which a number at the edge of the
// tolerance is looked at again.
const (
	trainingPrecision = 128
	closePrecision    = 1024
)

// truth returns the numbers of a quantity, and float64 numbers near them.
func (c *trainer) truth(s *training.Solution, name training.Quantity) (truth []exact.Number, near []float64, err error) {
	if truth, err = s.Truth(name, trainingPrecision); err != nil {
		return nil, nil, fmt.Errorf("exact solution: %w", err)
	}
	near = make([]float64, len(truth))
	for i, v := range truth {
		lo, _ := rationalBounds(v)
		near[i], _ = lo.Float64()
	}
	return truth, near, nil
}

// compare compares the numbers that were given for a quantity, which may be off by a
// radius beyond the tolerance where there are radii.
func (c *trainer) compare(s *training.Solution, q *training.Question, name training.Quantity, g given, radii []float64) (*comparison, error) {
	if name == training.LossGradient {
		g.values = weigh(s, g.values)
	}
	truth, near, err := c.truth(s, name)
	if err != nil {
		return nil, err
	}
	tolerance := s.Tolerance(name, near)
	for i := range tolerance {
		if c.o.Tolerance != nil {
			tolerance[i] = c.o.Tolerance
		}
		tolerance[i] = widened(tolerance[i], radii, i)
	}
	compared := s.Compared(name)
	e := &comparison{estimated: radii != nil}
	for i, v := range truth {
		if !compared[i] {
			continue
		}
		allowed, a := tolerance[i], g.answer(i)
		within, lo, hi, err := a.within(v, allowed)
		if err == errEdge {
			var finer []exact.Number
			if finer, err = s.Truth(name, closePrecision); err != nil {
				return nil, fmt.Errorf("exact solution: %w", err)
			}
			within, lo, hi, err = a.within(finer[i], allowed)
		}
		if err != nil {
			e.undecided++
			continue
		}
		off := distance(a.value, lo, allowed)
		if !within && (e.shown == "" || off > e.worst) {
			e.shown = fmt.Sprintf("%s, exact %s (±%s)", a.text, shown(lo, hi), decimal(allowed, 2))
			if place := name.Place(q, i); place != "" {
				e.shown = place + ": " + e.shown
			}
		}
		e.worst = math.Max(e.worst, off)
	}
	e.nonzero = slices.ContainsFunc(near, func(v float64) bool { return v != 0 })
	wrong := s.Wrong(name, func(mistake string) bool { return c.open(name, mistake) })
	sieve := newSieve(near, g.values, tolerance, compared)
	e.sifted = sieve.sift(wrong)
	if name == training.LossGradient {
		c.combined.note(s, sieve)
	}
	return e, nil
}

// weigh returns the weighed gradients of batches, nil where one is not finite.
func weigh(s *training.Solution, given []*big.Rat) []*big.Rat {
	if i := slices.Index(given, nil); i < 0 {
		return s.Weigh(given)
	}
	finite := slices.Clone(given)
	for i, v := range finite {
		if v == nil {
			finite[i] = new(big.Rat)
		}
	}
	sum := s.Weigh(finite)
	for i, v := range given {
		if v == nil {
			sum[i%len(sum)] = nil
		}
	}
	return sum
}

// distance returns |a − b| in units of the tolerance.
func distance(a, b, tolerance *big.Rat) float64 {
	if a == nil {
		return math.Inf(1)
	}
	if tolerance.Sign() == 0 {
		if a.Cmp(b) == 0 {
			return 0
		}
		return math.Inf(1)
	}
	d := new(big.Rat).Sub(a, b)
	f, _ := d.Quo(d.Abs(d), tolerance).Float64()
	return f
}

// judge compares the answer for a quantity, asking again where it is an estimate that does
// not settle it.
func (c *trainer) judge(ctx context.Context, s *training.Solution, q *training.Question, name training.Quantity, g given) (*comparison, error) {
	e := new(comparison)
	var scale []float64
	if g.estimate != nil {
		_, near, err := c.truth(s, name)
		if err != nil {
			return nil, err
		}
		scale = s.Scales(name, near)
	}
	level := falseAlarm / float64(max(c.o.Instances, 1)*len(c.o.Only)*max(len(g.values), 1))
	malformed, err := settle(g, scale, level, func(n int) (given, error) {
		reply, err := c.ask(ctx, q, []training.Quantity{name}, n)
		again, offered := reply[name]
		if ctx.Err() == nil && (err != nil || !offered) {
			return given{malformed: fmt.Errorf("no answer where %d draws were asked for: %w", n, err)}, nil
		}
		return again, err
	}, func(g given, radii []float64) (off bool, err error) {
		e, err = c.compare(s, q, name, g, radii)
		return err == nil && e.shown != "", err
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if malformed != nil {
		e = &comparison{malformed: malformed, shown: malformed.Error()}
	}
	return e, err
}
