package numeric

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"sounding/model"
)

// chain returns a process of n equal positions over two tokens: the state is
// whether token 1, of probability a/b, has occurred, and harm is 1 if so.
func chain(tb testing.TB, n int, a, b int64) *model.Process {
	tb.Helper()
	first, err := model.DenseLayer(2, model.NaturalsOf(b-a, a), []int32{0, 1})
	if err != nil {
		tb.Fatal(err)
	}
	l, err := model.DenseLayer(2, model.NaturalsOf(b-a, a, b-a, a), []int32{0, 1, 1, 1})
	if err != nil {
		tb.Fatal(err)
	}
	layers := make([]*model.Layer, n)
	for i := range layers {
		layers[i] = l
	}
	layers[0] = first
	p, err := model.NewProcess(2, layers, model.NaturalsOf(0, 1), big.NewInt(1))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// P(no token 1 in 4000) = 10^−4000 underflows, and the optimum at λ = 10^6 still
// puts nearly everything there: KL = 4000·log 10, log 10 per position.
func TestTiltTowardsAnUnderflowingEvent(t *testing.T) {
	t.Parallel()
	const n = 4000
	in := model.NewInstance(chain(t, n, 9, 10))
	in.Lambda = big.NewRat(1_000_000, 1)
	got, bound := New(in).Solve(), Bound(in)
	for _, i := range []int{0, 1, n / 2, n - 1} {
		// What is left of P* elsewhere is at most e^−10^6·10^4000: nothing.
		if d := got.Positions[i].EquilibriumKL - math.Log(10); !(math.Abs(d) <= bound.Positions[i].EquilibriumKL) {
			t.Errorf("t=%d: KL %g, want log 10, bound %g", i+1, got.Positions[i].EquilibriumKL, bound.Positions[i].EquilibriumKL)
		}
	}
	if got.Horizon != n {
		t.Errorf("horizon %d, want %d", got.Horizon, n)
	}
}

// Rows whose weights are machine words but not their sum.
func TestRowSumBeyondAWord(t *testing.T) {
	t.Parallel()
	const w = math.MaxInt64
	in := model.NewInstance(tree(t, 4, 4, []int64{0, 1, 2, 4}, []int64{w, w, w, w}))
	checkBounds(t, in, New(in).Solve())
}

// Reachable states of float64 probability 0 still count for the horizon.
func TestHorizonBehindUnderflow(t *testing.T) {
	t.Parallel()
	const n = 500
	p := chain(t, n, 9, 10)
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(39), nil)
	var w model.Naturals
	w.Append(big.NewInt(1))
	w.Append(ten)
	w.Append(big.NewInt(1))
	w.Append(ten)
	l, err := model.DenseLayer(2, w, []int32{0, 1, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	layers := make([]*model.Layer, n)
	for i := range layers {
		layers[i] = l
	}
	layers[0] = p.Layer(1)
	q, err := model.NewProcess(2, layers, model.NaturalsOf(0, 1), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	s := New(model.NewInstance(q))
	got := s.Solve()
	if last := s.Tables(n).Probability[0]; last != 0 {
		t.Fatalf("probability %g does not underflow: the case tests nothing", last)
	}
	if got.Horizon != n {
		t.Errorf("horizon %d, want %d", got.Horizon, n)
	}
}

func TestDegenerate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason string
		in     *model.Instance
	}{
		{"one token, one position", model.NewInstance(tree(t, 1, 1, []int64{1}, []int64{1}))},
		{"one token, many positions", model.NewInstance(tree(t, 1, 3, []int64{2}, []int64{1}, []int64{5}, []int64{7}))},
		{"one position", model.NewInstance(tree(t, 3, 3, []int64{0, 1, 3}, []int64{1, 2, 3}))},
		{"a deterministic model", model.NewInstance(tree(t, 2, 1, []int64{0, 1, 1, 0}, []int64{0, 1}, []int64{1, 0, 0, 1}))},
		{"weights in the ratio 10^18", model.NewInstance(tree(t, 2, 1, []int64{0, 1}, []int64{1, 1_000_000_000_000_000_000}))},
	} {
		for _, scalars := range [][3]string{{"0", "0", "1"}, {"1", "2", "1/2"}, {"1000000", "1000000", "1"}, {"1/1000000", "1/1000000", "1/1000000"}} {
			for _, recovery := range [][]int{nil, {0}} {
				in := *c.in
				in.Lambda, in.Beta, in.Gamma = ratio(scalars[0]), ratio(scalars[1]), ratio(scalars[2])
				in.Recovery = recovery
				t.Run(fmt.Sprintf("%s/%v/%v", c.reason, scalars, recovery), func(t *testing.T) {
					t.Parallel()
					checkBounds(t, &in, New(&in).Solve())
				})
			}
		}
	}
}

// A KL far below u is still right to many digits: here KL = λ²v/2·(1 + O(λ)) with
// v = 1/4, the O(λ) term 0 by symmetry and the next one λ²/4 in size.
func TestTinyKLs(t *testing.T) {
	t.Parallel()
	in := model.NewInstance(tree(t, 2, 1, []int64{0, 1}, []int64{1, 1}))
	in.Recovery = []int{0}
	in.Lambda, in.Beta = ratio("1/1000000000000"), ratio("1/1000000000000")
	got := New(in).Solve().Positions[0]
	const want, tolerance = 1e-24 / 8, 64 * unit * 1e-24 / 8 // 64 roundings, more than the two formulas have
	for what, kl := range map[string]float64{"equilibrium KL": got.EquilibriumKL, "Gibbs KL": got.GibbsKL} {
		if !(math.Abs(kl-want) <= tolerance) {
			t.Errorf("%s: %g, want %g", what, kl, want)
		}
	}
}
