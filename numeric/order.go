package numeric

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Fit is a power law value ≈ Coefficient·scale^Order fitted to logarithms.
type Fit struct {
	Order       float64
	Coefficient float64
}

// FitOrder fits a power law to values at the given scales by least squares of
// log value on log scale. If value = c·s^k·(1 + r(s)), the fitted order differs
// from k by Σ_j w_j·log(1 + r(s_j)) with the weights of OrderWeights.
//
// It returns an error if there are fewer than two scales, or if a scale or a value is
// not positive.
func FitOrder(scales, values []float64) (Fit, error) {
	if len(scales) != len(values) || len(scales) < 2 {
		return Fit{}, fmt.Errorf("%d values at %d scales: want the same number, at least 2", len(values), len(scales))
	}
	x, y := make([]float64, len(scales)), make([]float64, len(scales))
	for i := range scales {
		if !(scales[i] > 0 && values[i] > 0) {
			return Fit{}, fmt.Errorf("value %g at scale %g: want positive numbers", values[i], scales[i])
		}
		x[i], y[i] = math.Log(scales[i]), math.Log(values[i])
	}
	intercept, slope := stat.LinearRegression(x, y, nil, false)
	return Fit{Order: slope, Coefficient: math.Exp(intercept)}, nil
}

// OrderWeights returns the weights w_j with which log value_j enters the order
// that FitOrder fits: w_j = (x_j − x̄)/Σ(x − x̄)², x = log scale.
func OrderWeights(scales []float64) []float64 {
	x := make([]float64, len(scales))
	for i, s := range scales {
		x[i] = math.Log(s)
	}
	mean := stat.Mean(x, nil)
	var sum float64
	for _, v := range x {
		sum += (v - mean) * (v - mean)
	}
	for i := range x {
		x[i] = (x[i] - mean) / sum
	}
	return x
}

// KLAlong returns kl[t−1][j], KL_t at the minimiser of the objective with λ and β
// scaled by scales[j]: what thm-14 (L, decoupled), thm-19 (L_deep, decoupled) and
// thm-27 (L, shared) say is of second order in the scale. Each minimisation
// starts where the one before ended.
func (o *Objective) KLAlong(scales []float64) ([][]float64, error) {
	kl := make([][]float64, o.in.Length())
	var start []float64
	for _, s := range scales {
		m, err := o.Scaled(s).Minimise(start)
		if err != nil {
			return nil, fmt.Errorf("scale %g: %w", s, err)
		}
		start = m.Theta
		for t, v := range m.Policy.PositionKL() {
			kl[t] = append(kl[t], v)
		}
	}
	return kl, nil
}
