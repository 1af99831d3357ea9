package numeric

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"

	"sounding/model"
)

// Minimum is where a minimisation ended.
type Minimum struct {
	Theta    []float64
	Value    float64 // the objective there
	Gradient float64 // the largest absolute component of its gradient there
	Policy   *Policy // P_θ there
}

// MinimiseStandard minimises L over the family q, starting at the base model.
func MinimiseStandard(in *model.Instance, q *model.Parameterisation) (*Minimum, error) {
	return Standard(in, q).Minimise(nil)
}

// MinimiseDeep minimises L_deep over the family q, starting at the base model.
// L_deep is not convex: the minimum is a local one.
func MinimiseDeep(in *model.Instance, q *model.Parameterisation) (*Minimum, error) {
	return Deep(in, q).Minimise(nil)
}

// maxIterations bounds a minimisation.
const maxIterations = 2000

// noise returns the size below which a component of the gradient is rounding:
// each is a sum of probabilities times values to go of size at most λ + Ση +
// KL, computed with some ten roundings per position.
func (o *Objective) noise() float64 {
	scale := o.lambda
	for _, v := range o.eta {
		scale += v
	}
	return gamma(10*float64(o.in.Length())) * scale
}

// Minimise runs a quasi-Newton method (BFGS) from the given point, nil for the
// base model, until the objective no longer decreases in float64. It returns an
// error when the optimiser gives up earlier.
func (o *Objective) Minimise(start []float64) (*Minimum, error) {
	if start == nil {
		start = make([]float64, o.Dimension())
	}
	problem := optimize.Problem{Func: o.Value, Grad: o.Gradient}
	settings := &optimize.Settings{
		GradientThreshold: o.noise(),
		MajorIterations:   maxIterations,
		Converger:         optimize.NeverTerminate{},
	}
	result, err := optimize.Minimize(problem, start, settings, &optimize.BFGS{})
	switch {
	case result == nil:
		return nil, fmt.Errorf("minimising over %d parameters: %w", len(start), err)
	case result.Status == optimize.IterationLimit:
		return nil, fmt.Errorf("minimising over %d parameters: no minimum after %d iterations", len(start), maxIterations)
	}
	// Otherwise the gradient has reached its rounding, or a line search found
	// nothing lower in float64, which the optimiser reports as an error.
	grad := make([]float64, len(start))
	o.Gradient(grad, result.X)
	m := &Minimum{Theta: result.X, Value: result.F, Policy: o.Policy(result.X)}
	for _, g := range grad {
		m.Gradient = max(m.Gradient, math.Abs(g))
	}
	return m, nil
}
