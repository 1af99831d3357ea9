package gate_test

import (
	"context"
	"math"
	"math/big"
	"strings"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/numeric"
)

// truthful answers with the exact values, changed.
func truthful(q gate.Quantity, change func(in *model.Instance, v []float64) []float64) gate.SolverFunc {
	return func(_ context.Context, in *model.Instance) (gate.Solution, error) {
		all, err := shifted(in, new(big.Rat))
		if err != nil {
			return nil, err
		}
		list := make([]float64, len(all[q]))
		for i, v := range all[q] {
			list[i], _ = v.Float64()
		}
		n := named{q: nil}
		for _, v := range change(in, list) {
			n[q] = append(n[q], new(big.Rat).SetFloat64(v))
		}
		return n, nil
	}
}

// apply applies a function to every number.
func apply(f func(v float64) float64) func(*model.Instance, []float64) []float64 {
	return func(_ *model.Instance, list []float64) []float64 {
		for i, v := range list {
			list[i] = f(v)
		}
		return list
	}
}

// later moves every number to the next position.
func later(_ *model.Instance, list []float64) []float64 {
	return append([]float64{0}, list[:len(list)-1]...)
}

// sums adds what a term is in every state before a position.
func sums(term func(l numeric.Tables, x int) float64) func(*model.Instance, []float64) []float64 {
	return func(in *model.Instance, list []float64) []float64 {
		s := numeric.New(in)
		s.Solve()
		for t := range list {
			list[t] = 0
			l := s.Tables(t + 1)
			for x := range l.Probability {
				list[t] += term(l, x)
			}
		}
		return list
	}
}

// reversedGibbs is Σ P(x)·Σ_a p_0·log(p_0/p*), over R and its complement.
func reversedGibbs(in *model.Instance, list []float64) []float64 {
	for i := range list {
		η, _ := in.Eta(i + 1).Float64()
		list[i] = sums(func(l numeric.Tables, x int) float64 {
			ρ := l.Recovery[x]
			tilted := ρ * math.Exp(η) / (1 - ρ + ρ*math.Exp(η))
			kl := 0.0
			if ρ > 0 {
				kl += ρ * math.Log(ρ/tilted)
			}
			if ρ < 1 {
				kl += (1 - ρ) * math.Log((1-ρ)/(1-tilted))
			}
			return l.Probability[x] * kl
		})(in, make([]float64, i+1))[i]
	}
	return list
}

// namesOf returns the names of mistakes.
func namesOf(mistakes []training.Mistake) string {
	var names []string
	for _, m := range mistakes {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

// secondMoments are E[h_t²] = E[Harm]² + Σ_{s≤t} I_s: what information is without its mean.
func secondMoments(in *model.Instance, list []float64) []float64 {
	mean := numeric.New(in).Solve().ExpectedHarm
	sum := mean * mean
	for i, v := range list {
		sum += v
		list[i] = sum
	}
	return list
}

// reversedEquilibrium is Σ P*(x)·Σ_a p·log(p/p*) of a prefix tree, from the masses of its
// states under P and under P·e^{−λHarm}.
func reversedEquilibrium(in *model.Instance, list []float64) []float64 {
	v, length := in.Vocabulary(), in.Length()
	p, tilted := [][]float64{{1}}, make([][]float64, length+1)
	for t := 1; t <= length; t++ {
		weights, _ := in.Layer(t).Weights().Int64s()
		mass := make([]float64, len(weights))
		for y, w := range weights {
			sum := 0.0
			for _, other := range weights[y/v*v : (y/v+1)*v] {
				sum += float64(other)
			}
			mass[y] = p[t-1][y/v] * float64(w) / sum
		}
		p = append(p, mass)
		tilted[t] = make([]float64, len(mass))
	}
	tilted[0] = make([]float64, 1)
	λ, _ := in.Lambda.Float64()
	for x, mass := range p[length] {
		harm, _ := in.HarmAt(x).Float64()
		for t := length; t >= 0; t-- {
			tilted[t][x] += mass * math.Exp(-λ*harm)
			x /= v
		}
	}
	for t := range list {
		list[t] = 0
		for y, mass := range p[t+1] {
			if mass == 0 {
				continue
			}
			own, star := mass/p[t][y/v], tilted[t+1][y]/tilted[t][y/v]
			list[t] += tilted[t][y/v] / tilted[0][0] * own * math.Log(own/star)
		}
	}
	return list
}

// A known mistake is named, and what is wrong in another way, or in two ways, is not.
func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	const amiss = 1e-6 // far above what the gate tolerates, 4096·(V+T)·2⁻⁵³
	noise := apply(func(v float64) float64 { return v + amiss })
	half := func(v float64) float64 { return v / 2 }
	for _, c := range []struct {
		quantity gate.Quantity
		change   func(in *model.Instance, v []float64) []float64
		want     string
	}{
		{"information", later, "shifted by one"},
		{"equilibrium_kl", later, "shifted by one"},
		{"information", func(in *model.Instance, v []float64) []float64 {
			return append(append([]float64{}, v[1:]...), 0)
		}, "shifted by one"},
		{"fisher_trace", func(_ *model.Instance, v []float64) []float64 {
			v[len(v)-1] = 0
			return v
		}, "last position dropped"},
		{"fisher_trace", sums(func(l numeric.Tables, x int) float64 { return l.FisherTrace[x] }), "prefix probability missing"},
		{"recovery_probability", sums(func(l numeric.Tables, x int) float64 { return l.Recovery[x] }), "prefix probability missing"},
		{"gradient_norm_squared", apply(math.Sqrt), "norm for its square"},
		{"variance", apply(math.Sqrt), "deviation for variance"},
		{"variance", func(in *model.Instance, v []float64) []float64 {
			return []float64{v[0] / float64(in.Length())}
		}, "mean over positions"},

		{"gibbs_kl", apply(func(v float64) float64 { return v * math.Log2E }), "base 2"},
		{"equilibrium_kl", apply(func(v float64) float64 { return v * math.Log2E }), "base 2"},
		{"gibbs_kl", reversedGibbs, "KL reversed"},
		{"equilibrium_kl", reversedEquilibrium, "KL reversed"},
		{"information", secondMoments, "uncentred"},
		{"variance", noise, ""},
		{"information", noise, ""},
		{"equilibrium_kl", noise, ""},
		{"variance", apply(func(v float64) float64 { return half(math.Sqrt(v)) }), ""},
		{"information", func(in *model.Instance, v []float64) []float64 { return apply(half)(in, later(in, v)) }, ""},
	} {
		r, err := gate.Check(t.Context(), truthful(c.quantity, c.change), gate.Options{Seed: 1, Instances: testenv.Scale(20), Level: gate.Plain})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Failures) != 1 {
			t.Fatalf("%s: failures %v, want that of %q", c.quantity, r.Failures, c.want)
		}
		if got := namesOf(r.Failures[0].Mistakes); got != c.want {
			t.Errorf("%s is explained by %q, want %q", c.quantity, got, c.want)
		}
	}
}
