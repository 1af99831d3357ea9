package numeric

import (
	"math"
	"math/big"
	"testing"

	"sounding/model"
)

// TestConditions: the facts of an instance that its error bounds rest on are those of
// its worst layer, whether layers repeat or not.
func TestConditions(t *testing.T) {
	t.Parallel()
	in := model.NewInstance(tree(t, 3, 10,
		[]int64{0, 3, 9, 5, 10, 1, 2, 8, 4},
		[]int64{2, 3, 4}, []int64{1, 2, 3, 5, 2, 1, 3, 3, 1}))
	c := newConditions(in)
	if c.row != 3 || c.length != 2 || !(c.surprise > 0) || len(c.mass) != 3 || !(c.mass[2] > c.mass[1]) {
		t.Errorf("conditions of a tree with rows of three tokens: %+v", c)
	}
}

// TestBoundsInUnits holds the bounds against the roundings that their comments count,
// added up by hand for a tree of two positions over three tokens, at 200 bits. A bound is
// above its formula, however its own operations are rounded.
func TestBoundsInUnits(t *testing.T) {
	t.Parallel()
	const (
		T, V    = 2, 3
		value   = 3 + T*(3+V)
		mass    = 3 + 1 // per position; one edge leads to a state
		rho     = 3 + V
		own     = 8 // units of a logarithm
		blocked = 128 + 26
	)
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }
	add := func(list ...*big.Float) *big.Float {
		sum := number(0)
		for _, x := range list {
			sum.Add(sum, x)
		}
		return sum
	}
	mul := func(a, b *big.Float) *big.Float { return number(0).Mul(a, b) }
	times := func(k float64, a *big.Float) *big.Float { return mul(number(k), a) }
	u := number(0x1p-53)
	g := func(n float64) *big.Float { return number(0).Quo(number(n), number(0x1p53-n)) } // γ_n

	delta := add(times(2, g(value)), u)
	moved := add(delta, mul(delta, delta))
	varied := add(mul(number(0).Sqrt(number(T)), delta), times(T, mul(delta, delta)))
	variance := add(varied, mul(g(T*2*(3+2+V)), add(number(0.25), varied)))

	for _, test := range []struct {
		reason       string
		lambda, beta int64
		slope        func(eta float64) float64 // of the KL in η, at most
		equilibrium  func(t float64) *big.Float
	}{
		{
			reason: "the direct regime, small tilts", lambda: 2, beta: 2, slope: func(eta float64) float64 { return eta / 4 },
			equilibrium: func(t float64) *big.Float {
				const z = 5*2 + 9 + T*(V+3+1)
				return add(times(2*2, g(mass*(t-1)+2*z+V+8+3+1+1+blocked+own)), times(2, g(z)))
			},
		},
		{
			reason: "the regime of logarithms, large tilts", lambda: 100, beta: 80, slope: func(float64) float64 { return (math.Log(6) + 1) / 2 },
			equilibrium: func(t float64) *big.Float {
				e := times(2, g(5*100+T*(math.E*(V+12+100)+2*100)))
				largest := math.Log(6) + 1
				return add(times(largest, add(times(t, add(e, g(5+1))), g(V+16))), times(largest+1, e))
			},
		},
	} {
		in := model.NewInstance(tree(t, V, 10,
			[]int64{0, 3, 9, 5, 10, 1, 2, 8, 4},
			[]int64{2, 3, 1}, []int64{1, 2, 3, 3, 2, 1, 1, 3, 1}))
		in.Lambda, in.Beta, in.Gamma = big.NewRat(test.lambda, 1), big.NewRat(test.beta, 1), big.NewRat(1, 2)
		b := Bound(in)
		holds := func(what string, got float64, formula *big.Float) {
			t.Helper()
			if number(got).Cmp(formula) < 0 || number(got).Cmp(times(1+0x1p-44, formula)) > 0 {
				t.Errorf("%s: %s is off by at most %g, want %.17g and a little more", test.reason, what, got, formula)
			}
		}
		holds("E[Harm]", b.ExpectedHarm, g(value))
		holds("Var(Harm)", b.Variance, variance)
		for i, p := range b.Positions {
			at := float64(i + 1)
			mean := mass*float64(i) + 1 + blocked
			eta := float64(test.beta) * math.Pow(0.5, at)
			tilt := add(times(eta, g(4+3*at)), times(2, u))
			holds("I_t", p.Information, add(moved, mul(g(mean+3+2+V), add(number(0.25), moved))))
			holds("E[Var(Harm|y_<t)]", b.ResidualVariance[i], add(variance, mul(g(mean), add(number(0.25), variance))))
			holds("‖∇‖²", p.GradientNormSquared, add(moved, mul(g(2*(mass*float64(i)+3)+5+V+blocked), add(number(0.25), moved))))
			holds("tr F_t", p.FisherTrace, add(g(3+2+V), g(mean+1)))
			holds("ρ_0", p.RecoveryProbability, g(mean+rho))
			holds("I_t^rec", p.RecoveryInformation, add(g(rho), times(0.25, g(mean+2))))
			holds("ρ*", p.GibbsRecovery, add(g(mean+rho+8), times(0.25, tilt)))
			holds("the KL of the tilt", p.GibbsKL, add(times(1+eta, g(mean+rho+own+12)), times(test.slope(eta), tilt)))
			holds("KL_t", p.EquilibriumKL, test.equilibrium(at))
		}
	}
}
