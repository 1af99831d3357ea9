package gatetest

import (
	"math"
	"math/rand/v2"

	"sounding/model"
)

// firstDraws is how many draws an estimate has that is not asked for more.
const firstDraws = 4000

// Sampled is a sound stochastic solver, SampledFaults are others. Their names end in
// " with seed " and a seed.
const Sampled = "sampled"

// SampledFaults are stochastic solvers that are wrong: in the mean by a tenth, and in the
// law of the tokens.
var SampledFaults = []string{"biased", "uniform tokens"}

// sample estimates the expected harm and the variance from n pairs of sequences.
func sample(in *model.Instance, kind, seed string, n int) map[string]any {
	r := rand.New(rand.NewChaCha8(seedOf(seed)))
	rows := make([][]float64, in.Length()+1)
	for t := 1; t <= in.Length(); t++ {
		rows[t] = conditionals(in.Layer(t), in.Layer(t).Weights())
	}
	harm := make([]float64, in.States(in.Length()))
	for x := range harm {
		harm[x] = float(in.HarmAt(x))
	}
	draw := func() float64 {
		x := 0
		for t := 1; t <= in.Length(); t++ {
			l := in.Layer(t)
			lo, hi := l.Row(x)
			e, u := lo, r.Float64()
			if kind == "uniform tokens" {
				e += r.IntN(hi - lo)
			} else {
				for u -= rows[t][e]; u >= 0 && e < hi-1; u -= rows[t][e] {
					e++
				}
			}
			x = l.Next(e)
		}
		return harm[x]
	}
	var mean, variance moments
	for range n {
		a, b := draw(), draw()
		mean.add(a)
		variance.add((a - b) * (a - b) / 2)
	}
	if kind == "biased" {
		mean.sum += 0.1 * float64(n)
	}
	return map[string]any{"expected_harm": mean.estimate(n), "variance": variance.estimate(n)}
}

func seedOf(text string) (seed [32]byte) {
	copy(seed[:], text)
	return seed
}

// moments are sums of draws and of their squares.
type moments struct{ sum, squares float64 }

func (m *moments) add(v float64) { m.sum, m.squares = m.sum+v, m.squares+v*v }

// estimate returns the mean of n draws from [0, 1] and its standard error.
func (m *moments) estimate(n int) map[string]any {
	mean := m.sum / float64(n)
	spread := math.Max(0, m.squares/float64(n)-mean*mean)
	return map[string]any{"mean": mean, "stderr": math.Sqrt(spread / float64(n-1)), "n": n, "range": 1}
}
