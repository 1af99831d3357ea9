package gate

import (
	"fmt"
	"math"
	"math/big"
)

// A stochastic solver answers with the mean of n independent draws and its standard
// error s, the root of the unbiased sample variance over n. For draws in an interval of
// length R the mean is off from its expectation by more than
//
//	s·√(2L) + 7R·L/(3(n−1)),  L = ln(4/level),
//
// with a probability of at most the level: Maurer and Pontil, Empirical Bernstein Bounds
// and Sample-Variance Penalization (2009), Theorem 4, for either side at half the level.
// It holds for every n and every law of the draws, so there is no normal approximation
// whose tail would have to be trusted at 10⁻¹¹.
//
// A number is refused by a second draw alone, of at least four times as many, at the
// level falseAlarm over the number of instances, of quantities and of numbers of the
// quantity. By the union bound a sound solver is refused somewhere in a check with a
// probability of at most falseAlarm, whatever the first draws were. The first draw only
// decides whether a second is needed, at screenLevel.
const (
	falseAlarm  = 1e-6
	screenLevel = 1e-3
	growth      = 4
	// coarsest is the largest uncertainty, in units of the scale of the quantity, with
	// which a number is accepted. With s ≤ R/(2√n) and R = 2 scales, n = 10⁴ draws are
	// fine enough at the level 10⁻¹² (L = 29): 7.62/100 + 0.0136 < coarsest.
	coarsest  = 0.1
	mostDraws = 100_000_000 // that are asked for
)

// estimate is how the means of an answer were obtained.
type estimate struct {
	stderr []float64
	n      int
	spread float64 // R, 0 for twice the scale of the quantity
}

// radii returns how far the means may be off at a level.
func (e *estimate) radii(scale []float64, level float64) []float64 {
	l := math.Log(4 / level)
	list := make([]float64, len(e.stderr))
	for i, s := range e.stderr {
		list[i] = s*math.Sqrt(2*l) + 7*e.span(scale[i])*l/(3*float64(e.n-1))
	}
	return list
}

// span returns R for a number of a scale.
func (e *estimate) span(scale float64) float64 {
	if e.spread > 0 {
		return e.spread
	}
	return 2 * scale
}

// fine reports whether no mean may be off by more than coarsest.
func (e *estimate) fine(scale []float64, level float64) bool {
	for i, r := range e.radii(scale, level) {
		if r > coarsest*scale[i] {
			return false
		}
	}
	return true
}

// draws returns how many draws a second answer needs: growth times as many, and enough to
// be fine if the deviation σ of a draw is what it seems, by the solution of
// a·u² + b·u = c in u = 1/√n with a = 7RL/3, b = σ√(2L) and c = ⅘·coarsest·scale.
func (e *estimate) draws(scale []float64, level float64) float64 {
	most := growth * float64(e.n)
	l := math.Log(4 / level)
	for i, s := range e.stderr {
		a, b := 7*e.span(scale[i])*l/3, s*math.Sqrt(float64(e.n)*2*l)
		c := 0.8 * coarsest * scale[i]
		u := (math.Sqrt(b*b+4*a*c) - b) / (2 * a)
		most = max(most, math.Ceil(1/(u*u))+1)
	}
	return most
}

// settle decides on an answer. compare says whether it is off by more than the radii, which
// are nil where there are none, and redraw asks for an answer with at least n draws. An answer
// that cannot be used is returned as malformed.
func settle(
	g given, scale []float64, level float64,
	redraw func(n int) (given, error), compare func(g given, radii []float64) (off bool, err error),
) (malformed, err error) {
	if g.malformed != nil {
		return g.malformed, nil
	}
	if g.estimate == nil {
		_, err := compare(g, nil)
		return nil, err
	}
	if g.estimate.fine(scale, level) {
		if off, err := compare(g, g.estimate.radii(scale, screenLevel)); err != nil || !off {
			return nil, err
		}
	}
	n := g.estimate.draws(scale, level)
	if n > mostDraws {
		return fmt.Errorf("%w: too uncertain, %.2g draws would be needed to tell", ErrReply, n), nil
	}
	again, err := redraw(int(n))
	switch {
	case err != nil:
		return nil, err
	case again.malformed != nil:
		return again.malformed, nil
	case again.estimate == nil:
		_, err := compare(again, nil)
		return nil, err
	case again.estimate.n < int(n):
		return fmt.Errorf("%w: %d draws: want at least the %d that were asked for", ErrReply, again.estimate.n, int(n)), nil
	case !again.estimate.fine(scale, level):
		return fmt.Errorf("%w: too uncertain after %d draws", ErrReply, again.estimate.n), nil
	}
	_, err = compare(again, again.estimate.radii(scale, level))
	return nil, err
}

// widened returns a tolerance, with radius i added where there are radii.
func widened(tolerance *big.Rat, radii []float64, i int) *big.Rat {
	if radii == nil {
		return tolerance
	}
	r := new(big.Rat).SetFloat64(radii[i])
	return r.Add(r, tolerance)
}
