package exact_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"sounding/exact"
	"sounding/model"
)

// splitmix64 is the generator of Steele, Lea and Flood (2014).
type splitmix64 uint64

func (s *splitmix64) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// workload is the instance that solvers are timed on: a prefix tree whose rows
// share nothing, with weights 1…97 and harm 0…100 per cent drawn level by level.
func workload(tb testing.TB, v, length int, seed uint64) *model.Instance {
	tb.Helper()
	s := splitmix64(seed)
	weights := make([][]int64, length)
	n := 1
	for i := range weights {
		n *= v
		weights[i] = make([]int64, n)
		for e := range weights[i] {
			weights[i][e] = 1 + int64(s.next()%97)
		}
	}
	harm := make([]int64, n)
	for y := range harm {
		harm[y] = int64(s.next() % 101)
	}
	in := model.NewInstance(tree(v, weights, 100, harm...))
	in.Recovery = []int{0}
	in.Adversary.Kind = model.AdversaryUniform
	in.Beta, in.Gamma = big.NewRat(2, 1), big.NewRat(1, 2)
	return in
}

// solveBits is the precision at which BenchmarkSolve encloses the real quantities.
const solveBits = 256

// BenchmarkSolve solves the workload from its integer weights: the rational
// quantities in ℚ, the others in intervals of solveBits bits, and both.
func BenchmarkSolve(b *testing.B) {
	for _, shape := range [][2]int{{2, 10}, {4, 6}, {4, 8}, {8, 5}} {
		in := workload(b, shape[0], shape[1], 1)
		for _, part := range []struct {
			name  string
			solve func() error
		}{
			{"rational", func() error { return exact.SolveRationals(in) }},
			{"interval", func() error { return exact.SolveReals(in, solveBits) }},
			{"full", func() error { return exact.SolveAll(in, solveBits) }},
		} {
			b.Run(fmt.Sprintf("V=%d/T=%d/%s", shape[0], shape[1], part.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := part.solve(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkBigram encloses the profile of a bigram model with harm by an automaton of two
// states: at up to 64 bits in fixed point, beyond in intervals.
func BenchmarkBigram(b *testing.B) {
	const v, length = 100, 20
	s := splitmix64(1)
	layer := func(states int) *model.Layer {
		var weights model.Naturals
		next := make([]int32, states*v)
		for e := range next {
			weights.AppendInt64(1 + int64(s.next()%97))
			next[e] = int32(e % v)
			if e/v >= v || e%v == 7 { // harm begins with token 7 and stays
				next[e] += v
			}
		}
		return must(model.DenseLayer(v, weights, next))
	}
	layers := append([]*model.Layer{layer(1)}, slices.Repeat([]*model.Layer{layer(2 * v)}, length-1)...)
	harm := model.NaturalsOf(append(make([]int64, v), slices.Repeat([]int64{1}, v)...)...)
	in := model.NewInstance(must(model.NewProcess(v, layers, harm, big.NewInt(1))))
	in.Recovery, in.Beta = []int{0}, big.NewRat(1, 1)
	for _, precision := range []uint{64, 128} {
		b.Run(fmt.Sprintf("prec=%d", precision), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := exact.Analyze(in, precision); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
