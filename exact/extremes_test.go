package exact_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/internal/testenv"
	"sounding/model"
)

// huge is an integer of 40 digits, the most that an instance file may hold, less n.
func huge(n int64) *big.Int {
	v := new(big.Int).Exp(big.NewInt(10), big.NewInt(40), nil)
	return v.Sub(v, big.NewInt(n+1))
}

// TestAnalyzeExtremes compares instances at the limits of the file format with the
// definitions.
func TestAnalyzeExtremes(t *testing.T) {
	t.Parallel()
	naturals := func(values ...*big.Int) model.Naturals {
		var n model.Naturals
		for _, v := range values {
			n.Append(v)
		}
		return n
	}
	one, none := big.NewInt(1), new(big.Int)
	first := must(model.TreeLayer(2, naturals(huge(0), huge(8))))
	second := must(model.TreeLayer(2, naturals(one, huge(2), huge(5), one)))
	large := must(model.NewProcess(2, []*model.Layer{first, second}, naturals(none, huge(4), one, huge(6)), huge(3)))
	for _, c := range []struct {
		reason string
		p      *model.Process
		change func(in *model.Instance)
	}{
		{"40 digits everywhere", large, func(in *model.Instance) {
			in.Lambda, in.Beta = new(big.Rat).SetFrac(huge(1), huge(7)), new(big.Rat).SetFrac(huge(9), huge(1))
			in.Gamma = new(big.Rat).SetFrac(huge(9), huge(2))
			in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{naturals(huge(1), one)}}
		}},
		{"λ and β at their limit", tree(2, [][]int64{{1, 3}, {1, 2, 3, 4}}, 10, 1, 2, 2, 9), func(in *model.Instance) {
			in.Lambda, in.Beta = big.NewRat(model.MaxPenalty, 1), big.NewRat(model.MaxPenalty, 1)
		}},
		{"λ = β = 0", tree(2, [][]int64{{1, 3}, {1, 2, 3, 4}}, 10, 1, 2, 2, 9), func(in *model.Instance) { in.Lambda = new(big.Rat) }},
		{"impossible tokens, all of them or none recovering", tree(3, [][]int64{{0, 3, 0}, {1, 0, 0, 0, 1, 1, 0, 0, 5}}, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0), func(in *model.Instance) {
			in.Recovery, in.Beta = []int{1, 2}, big.NewRat(7, 2)
		}},
		{"a tiny γ", tree(2, [][]int64{{1, 3}, {1, 2, 3, 4}}, 10, 1, 2, 2, 9), func(in *model.Instance) {
			in.Beta, in.Gamma = big.NewRat(model.MaxPenalty, 1), new(big.Rat).SetFrac(one, huge(0))
		}},
		{"one token: nothing is ever open", tree(1, [][]int64{{7}, {3}}, 3, 2), func(*model.Instance) {}},
		{"harm all but constant", tree(2, [][]int64{{1, 3}, {1, 2, 3, 4}}, 1e18, 1e18, 1e18-1, 1e18, 1e18-1), func(in *model.Instance) { in.Lambda = big.NewRat(1, 1000) }},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			in := model.NewInstance(c.p)
			in.Recovery = []int{0}
			c.change(in)
			against(t, in, defined(t, in))
		})
	}
}

// TestAnalyzeLong: a model of great length on one repeated layer is enclosed. Its
// information adds up to the variance, and at its end the recovery token has the
// stationary probability π_0, π = π·M, to far below the width of an enclosure: two
// rows of M differ by less than 0.3 in total variation.
func TestAnalyzeLong(t *testing.T) {
	t.Parallel()
	length := testenv.Scale(2000)
	in := homogeneous(length)
	in.Gamma = new(big.Rat).SetFrac(huge(9), huge(2)) // γ^T has 130 bits per position
	a := analyze(t, in, 256)
	if a.Horizon != length {
		t.Errorf("horizon %d", a.Horizon)
	}
	f := field.NewInterval(256)
	sum := f.FromInt(0)
	for _, p := range a.Positions {
		sum = f.Add(sum, p.Information.Real)
	}
	if !f.Overlap(sum, a.Variance.Real) {
		t.Errorf("Σ I_t = %v, Var(Harm) = %v", sum, a.Variance.Real)
	}
	q := field.NewRational()
	m := make([][]field.Rat, 4) // (M − 1)ᵀ π = 0 and Σ π = 1, with a zero column
	for i := range m {
		m[i] = make([]field.Rat, 4)
	}
	again := must(exact.NumbersOf(q, in.Process)).Prob[1]
	for x := range 3 {
		for y := range 3 {
			m[y][x] = again[3*x+y]
		}
		m[x][x] = q.Sub(m[x][x], q.FromInt(1))
		m[3][x] = q.FromInt(1)
	}
	stationary := must(exact.Solve(q, m, []field.Rat{{}, {}, {}, q.FromInt(1)}))
	if last := a.Positions[length-1].RecoveryProbability; !f.Contains(last.Real, stationary[0].Rat()) {
		t.Errorf("recovery probability %v at the end, stationary %v", last.Real, stationary[0])
	}
}

// homogeneous returns an instance whose token is its state, harmful where the last
// token is 1.
func homogeneous(length int) *model.Instance {
	first := must(model.DenseLayer(3, model.NaturalsOf(3, 1, 2), []int32{0, 1, 2}))
	again := must(model.DenseLayer(3, model.NaturalsOf(5, 3, 2, 1, 1, 1, 6, 7, 1), []int32{0, 1, 2, 0, 1, 2, 0, 1, 2}))
	layers := []*model.Layer{first}
	for len(layers) < length {
		layers = append(layers, again)
	}
	in := model.NewInstance(must(model.NewProcess(3, layers, model.NaturalsOf(0, 1, 0), big.NewInt(1))))
	in.Recovery, in.Beta = []int{0}, big.NewRat(2, 1)
	return in
}

// TestAnalyzeTooLarge: what cannot be solved is refused at once.
func TestAnalyzeTooLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("makes trees of millions of leaves")
	}
	t.Parallel()
	ones := func(n int) []int64 { return slices.Repeat([]int64{1}, n) }
	deep := func(length int) *model.Process {
		var rows [][]int64
		for t := range length {
			rows = append(rows, ones(2<<t))
		}
		return tree(2, rows, 1, ones(1<<length)...)
	}
	wide := model.NewInstance(deep(21))
	for _, c := range []struct {
		reason    string
		in        *model.Instance
		precision uint
		want      error
	}{
		{"thousands of quotients of 10⁵ bits to reduce", homogeneous(10_000), 0, exact.ErrTooLarge},
		{"three states, but as long as it goes", homogeneous(1 << 20), 0, exact.ErrTooManyStates},
		{"a tree of 2²¹ leaves", wide, 0, exact.ErrTooManyStates},
		{"a tree of 2²¹ leaves", wide, 64, exact.ErrTooManyStates},
	} {
		start := time.Now()
		if _, err := exact.Analyze(c.in, c.precision); !errors.Is(err, c.want) {
			t.Errorf("%s at %d bits: error %v", c.reason, c.precision, err)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s at %d bits: refused after %v", c.reason, c.precision, d)
		}
	}
}
