package numeric_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/exact"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/numeric"
)

// TestEnclose compares the enclosures with exact values on random instances of all
// classes: each contains the value, or meets its enclosure. It reports how wide they
// are beside the values.
func TestEnclose(t *testing.T) {
	t.Parallel()
	n := testenv.Scale(300)
	widths := make(map[string][]float64)
	for i := range n {
		c := generators.Example(generators.Limits{}, 2, i)
		want, err := exact.Analyze(c.Instance, 0)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		checkEnclosures(t, c.Instance, want, widths)
		if t.Failed() {
			t.Fatalf("case %d: %#v", i, c)
		}
	}
	for name, list := range widths {
		t.Logf("%-22s %d values, widest %.2g of the value", name, len(list), maximum(list))
	}
}

func maximum(list []float64) (m float64) {
	for _, v := range list {
		m = max(m, v)
	}
	return m
}

// checkEnclosures compares the enclosures of an instance with its analysis and notes
// their widths beside values of more than 10^−6.
func checkEnclosures(t *testing.T, in *model.Instance, want *exact.Analysis, widths map[string][]float64) {
	t.Helper()
	got, err := numeric.Enclose(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Horizon != want.Horizon {
		t.Errorf("horizon: %d, want %d", got.Horizon, want.Horizon)
	}
	check := func(position int, name string, got numeric.Interval, want exact.Number) {
		t.Helper()
		list := ends(t, want)
		lo, hi := new(big.Rat).SetFloat64(got.Lo), new(big.Rat).SetFloat64(got.Hi)
		if lo == nil || hi == nil || lo.Cmp(list[len(list)-1]) > 0 || hi.Cmp(list[0]) < 0 || got.Lo > got.Hi {
			t.Fatalf("%s at t = %d: [%g, %g], want %g", name, position, got.Lo, got.Hi, want.Float64())
		}
		if v := want.Float64(); v > 1e-6 {
			widths[name] = append(widths[name], (got.Hi-got.Lo)/v)
		}
	}
	check(0, "expected_harm", got.ExpectedHarm, want.ExpectedHarm)
	check(0, "variance", got.Variance, want.Variance)
	for i := range want.Positions {
		g, w := model.Quantities(&got.Positions[i]), model.Quantities(&want.Positions[i])
		for k := range g {
			check(i+1, g[k].Name, *g[k].Value, *w[k].Value)
		}
	}
}

// TestEncloseLong compares the enclosures with intervals of up to 1,000 positions: random
// chains with tilts from 10^−9 to 10^6, a discounted recovery penalty, and an adversary
// that is not the policy.
func TestEncloseLong(t *testing.T) {
	t.Parallel()
	lambdas := []string{"1", "0.000000001", "1/2", "40", "1000000"}
	for i := range max(len(lambdas), testenv.Scale(1)) {
		length := 40 // and in a longer campaign more of the long ones
		if i >= len(lambdas) || i == 0 && !testing.Short() {
			length = 1000
		}
		in := model.NewInstance(chain(t, uint64(i), length))
		in.Lambda, _ = new(big.Rat).SetString(lambdas[i%len(lambdas)])
		in.Recovery = []int{0, 2}
		in.Beta, in.Gamma = big.NewRat(int64(1+i%3*20), 1), big.NewRat(int64(99+i%2), 100)
		in.Adversary.Kind = model.AdversaryUniform
		want, err := exact.Analyze(in, 128)
		if err != nil {
			t.Fatal(err)
		}
		widths := make(map[string][]float64)
		checkEnclosures(t, in, want, widths)
		for name, list := range widths {
			if w := maximum(list); w > 1e-7 {
				t.Errorf("chain %d, λ = %v: %s is enclosed to %.2g of its value, want 10^-7", i, in.Lambda, name, w)
			}
		}
	}
}

// chain returns a process of equal layers over ten tokens and five states, of which
// the last has harm 1 and another one 3/7.
func chain(t *testing.T, seed uint64, length int) *model.Process {
	t.Helper()
	const states, v = 5, 9 // v tokens, and one that is always possible
	r := rand.New(rand.NewPCG(seed, 1))
	rows := func(n int) *model.Layer {
		var w model.Naturals
		var next []int32
		for range n {
			for range v {
				w.AppendInt64(r.Int64N(1 << r.IntN(20)))
				next = append(next, r.Int32N(states))
			}
			w.AppendInt64(1)
			next = append(next, r.Int32N(states))
		}
		next[0] = states - 1
		l, err := model.DenseLayer(v+1, w, next)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	layers := []*model.Layer{rows(1)}
	for l := rows(states); len(layers) < length; {
		layers = append(layers, l)
	}
	p, err := model.NewProcess(v+1, layers, model.NaturalsOf(0, 0, 3, 0, 7), big.NewInt(7))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
