package numeric

import (
	"fmt"
	"math/big"
	"testing"

	"sounding/generators"
	"sounding/model"
)

// workload is the prefix tree that solvers of this problem are timed on: splitmix64
// from the seed, weights 1 + next mod 97 layer by layer, then harm (next mod
// 101)/100 per leaf; R = {0}, Q uniform, λ = 1, β = 2, γ = 1/2.
func workload(tb testing.TB, v, t int, seed uint64) *model.Instance {
	tb.Helper()
	next := func() uint64 {
		seed += 0x9E3779B97F4A7C15
		z := (seed ^ seed>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		return z ^ z>>31
	}
	weights := make([][]int64, t)
	n := 1
	for i := range weights {
		n *= v
		weights[i] = make([]int64, n)
		for j := range weights[i] {
			weights[i][j] = int64(1 + next()%97)
		}
	}
	h := make([]int64, n)
	for j := range h {
		h[j] = int64(next() % 101)
	}
	in := generators.Tree(v, weights, h, 100)
	in.Recovery = []int{0}
	in.Adversary.Kind = model.AdversaryUniform
	in.Beta, in.Gamma = big.NewRat(2, 1), big.NewRat(1, 2)
	return in
}

func BenchmarkSolve(b *testing.B) {
	for _, shape := range [][2]int{{2, 10}, {4, 6}, {8, 5}, {4, 8}, {2, 16}, {4, 12}} {
		b.Run(fmt.Sprintf("V=%d/T=%d", shape[0], shape[1]), func(b *testing.B) {
			s := New(workload(b, shape[0], shape[1], 1))
			s.Solve()
			b.ReportAllocs()
			for b.Loop() {
				s.Solve()
			}
		})
	}
}
