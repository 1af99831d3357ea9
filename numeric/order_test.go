package numeric

import (
	"math"
	"testing"

	"sounding/model"
)

// With value = c·s²(1 + r(s)) and r of first order, |r| shrinks in proportion to s:
// nextOrder times its size at the largest scale, in proportion, leaves room for
// the order after it. So the fitted order may differ from 2 by Σ|w_j|·log(1 +
// nextOrder·|r(s_0)|·s_j/s_0).
const nextOrder = 2

func checkSecondOrder(t *testing.T, what string, scales, values []float64, leading float64) {
	t.Helper()
	excess := func(j int) float64 { return values[j]/(leading*scales[j]*scales[j]) - 1 }
	first := math.Abs(excess(0)) / scales[0]
	fit, err := FitOrder(scales[1:], values[1:])
	if err != nil {
		t.Fatal(err)
	}
	tolerance := 0.0
	for j, w := range OrderWeights(scales[1:]) {
		next := nextOrder * first * scales[j+1]
		if r := excess(j + 1); !(math.Abs(r) <= next) {
			t.Errorf("%s at scale %g: %g relative to the leading term, next order %g", what, scales[j+1], r, next)
		}
		tolerance += math.Abs(w) * -math.Log1p(-min(next, 0.99))
	}
	if !(math.Abs(fit.Order-2) <= tolerance) {
		t.Errorf("%s: order %g, tolerance %g", what, fit.Order, tolerance)
	}
	if tolerance > 0.25 {
		t.Errorf("%s: tolerance %g says little", what, tolerance)
	}
}

// thm-14, thm-19 and thm-27 on fixed instances.
func TestKLIsOfSecondOrder(t *testing.T) {
	t.Parallel()
	in := model.NewInstance(tree(t, 3, 10,
		[]int64{0, 3, 9, 5, 10, 1, 2, 8, 4},
		[]int64{2, 3, 4}, []int64{1, 2, 3, 5, 2, 1, 3, 3, 1}))
	in.Recovery = []int{2}
	in.Lambda, in.Beta, in.Gamma = ratio("1"), ratio("1"), ratio("1/2")
	features := [][]int64{{1, 0, -1}, {1, -1, 0, 2, 0, -1, 0, 1, 1}}
	tabular := &model.Parameterisation{}
	decoupled := &model.Parameterisation{Kind: model.Decoupled, Parameters: 1, Features: features}
	shared := &model.Parameterisation{Kind: model.Shared, Parameters: 1, Features: features}
	base := *in
	base.Beta = ratio("0")
	scales := []float64{0x1p-4, 0x1p-5, 0x1p-6, 0x1p-7, 0x1p-8}
	for _, c := range []struct {
		what string
		o    *Objective
		in   *model.Instance
		q    *model.Parameterisation
	}{
		{"thm-14, tabular", Standard(in, tabular), &base, tabular},
		{"thm-14, decoupled", Standard(in, decoupled), &base, decoupled},
		{"thm-19, tabular", Deep(in, tabular), in, tabular},
		{"thm-19, decoupled", Deep(in, decoupled), in, decoupled},
		{"thm-27, shared", Standard(in, shared), &base, shared},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			kl, err := c.o.KLAlong(scales)
			if err != nil {
				t.Fatal(err)
			}
			leading, err := LeadingKL(c.in, c.q)
			if err != nil {
				t.Fatal(err)
			}
			for i := range kl {
				checkSecondOrder(t, c.what, scales, kl[i], leading[i])
			}
		})
	}
}

// x-cor-15: where I_t = 0 the KL is of fourth order, not zero.
func TestFourthOrderWithoutInformation(t *testing.T) {
	t.Parallel()
	s := New(example(t))
	scales := []float64{0x1p-4, 0x1p-5, 0x1p-6, 0x1p-7}
	values := make([]float64, len(scales))
	tolerance := 0.0
	w := OrderWeights(scales)
	for j, l := range scales {
		values[j] = s.Equilibrium(l)[0]
		// (λ⁴/8)·E[Var(v_1)]: v = ¼ or 0 with probability ¼, ¾.
		leading := l * l * l * l / 8 * 3.0 / 256
		r := values[j]/leading - 1
		if !(math.Abs(r) <= l) { // no cubic correction of relative size above λ: cumulants here are at most 1
			t.Errorf("λ=%g: KL_1 = %g, leading term %g", l, values[j], leading)
		}
		tolerance += math.Abs(w[j]) * -math.Log1p(-l)
	}
	fit, err := FitOrder(scales, values)
	if err != nil {
		t.Fatal(err)
	}
	if !(math.Abs(fit.Order-4) <= tolerance) {
		t.Errorf("order %g, tolerance %g", fit.Order, tolerance)
	}
}

func TestFitOrder(t *testing.T) {
	t.Parallel()
	scales := []float64{1, 0.5, 0.25, 0.125}
	const order = 2.5
	values := make([]float64, len(scales))
	for i, s := range scales {
		values[i] = 3 * math.Pow(s, order)
	}
	fit, err := FitOrder(scales, values)
	if err != nil {
		t.Fatal(err)
	}
	// Logarithms of size at most 10 and a regression of about 40 roundings.
	if !(math.Abs(fit.Order-order) <= 10*gamma(40)) || !(math.Abs(fit.Coefficient-3) <= 30*gamma(40)) {
		t.Errorf("%+v, want order %g and coefficient 3", fit, order)
	}
	for _, bad := range [][2][]float64{{{1}, {1}}, {{1, 2}, {1}}, {{1, 0}, {1, 1}}, {{1, 2}, {1, -1}}, {{1, 2}, {1, math.NaN()}}} {
		if _, err := FitOrder(bad[0], bad[1]); err == nil {
			t.Errorf("scales %v, values %v: no error", bad[0], bad[1])
		}
	}
}

// TestOrderWeights: the fitted order is linear in the logarithms of the values, with
// these weights; two scales are enough.
func TestOrderWeights(t *testing.T) {
	t.Parallel()
	for _, scales := range [][]float64{{1, 0.5}, {1, 0.5, 0.25}, {4, 1, 0.0625}} {
		values := make([]float64, len(scales))
		order := 0.0
		weights := OrderWeights(scales)
		for i := range scales {
			values[i] = math.Exp2(float64(i*i) - 3)
			order += weights[i] * math.Log(values[i])
		}
		fit, err := FitOrder(scales, values)
		if err != nil {
			t.Fatal(err)
		}
		// A few dozen roundings of numbers below 10.
		if !(math.Abs(fit.Order-order) <= 10*gamma(60)) {
			t.Errorf("scales %v: order %g, by weights %g", scales, fit.Order, order)
		}
	}
}
