package numeric_test

import (
	"maps"
	"math"
	"math/big"
	"slices"
	"testing"

	"sounding/internal/testenv"

	"sounding/exact"
	"sounding/generators"
	"sounding/model"
	"sounding/numeric"
)

// TestErrorWithinBound compares the float64 solver with the exact one on random
// instances of all classes, weights 10²⁴ apart, probabilities of zero and tilts of
// 10⁶ among them: every quantity is finite and within its derived bound. It reports
// how much of each bound is used.
func TestErrorWithinBound(t *testing.T) {
	t.Parallel()
	n := testenv.Scale(1500)
	used := make(map[string][]float64)
	for i := range n {
		c := generators.Example(generators.Limits{}, 1, i)
		want, err := exact.Analyze(c.Instance, 0)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		got, bound := numeric.New(c.Instance).Solve(), numeric.Bound(c.Instance)
		if got.Horizon != want.Horizon {
			t.Fatalf("case %d, horizon: %d, want %d\n%#v", i, got.Horizon, want.Horizon, c)
		}
		for _, q := range quantities(got, bound, want) {
			r, ok := q.ratio(t)
			if !ok {
				t.Fatalf("case %d, %s at t = %d: %v, exact %v, bound %g\n%#v", i, q.name, q.position, q.got, q.want.Float64(), q.bound, c)
			}
			used[q.name] = append(used[q.name], r)
		}
	}
	t.Logf("error/bound over %d instances:", n)
	for _, name := range slices.Sorted(maps.Keys(used)) {
		list := used[name]
		slices.Sort(list)
		t.Logf("  %-22s largest %8.2g  median %8.2g  of %d values", name, list[len(list)-1], list[len(list)/2], len(list))
	}
}

// quantity is one number of a solution.
type quantity struct {
	name       string
	position   int
	got, bound float64
	want       exact.Number
}

func quantities(got, bound *numeric.Solution, want *exact.Analysis) []quantity {
	list := []quantity{
		{"expected_harm", 0, got.ExpectedHarm, bound.ExpectedHarm, want.ExpectedHarm},
		{"variance", 0, got.Variance, bound.Variance, want.Variance},
	}
	for i := range want.Positions {
		g, b := model.Quantities(&got.Positions[i]), model.Quantities(&bound.Positions[i])
		for k, w := range model.Quantities(&want.Positions[i]) {
			list = append(list, quantity{w.Name, i + 1, *g[k].Value, *b[k].Value, *w.Value})
		}
	}
	return list
}

// ratio returns error/bound, with the largest error that the enclosure of the
// exact value leaves possible, and whether it is at most 1. Both are compared
// exactly.
func (q quantity) ratio(t *testing.T) (float64, bool) {
	if math.IsNaN(q.got) || math.IsInf(q.got, 0) || math.IsNaN(q.bound) || q.bound < 0 {
		return 0, false
	}
	value, worst := new(big.Rat).SetFloat64(q.got), new(big.Rat)
	for _, end := range ends(t, q.want) {
		d := new(big.Rat).Sub(value, end)
		if d.Abs(d); d.Cmp(worst) > 0 {
			worst = d
		}
	}
	if worst.Sign() == 0 {
		return 0, true
	}
	if q.bound == 0 || math.IsInf(q.bound, 1) {
		return 0, false
	}
	bound := new(big.Rat).SetFloat64(q.bound)
	r, _ := new(big.Rat).Quo(worst, bound).Float64()
	return r, worst.Cmp(bound) <= 0
}

// ends returns rationals that enclose a number.
func ends(t *testing.T, n exact.Number) []*big.Rat {
	t.Helper()
	if n.Exact != nil {
		return []*big.Rat{n.Exact}
	}
	lo, hi, err := n.Bounds()
	if err != nil {
		t.Fatal(err)
	}
	var list []*big.Rat
	for _, s := range []string{lo, hi} {
		q, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		list = append(list, q)
	}
	return list
}
