package training_test

import (
	"math"
	"testing"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/gate/training"
	"sounding/internal/testenv"
)

func middle(n exact.Number) float64 {
	if n.Exact != nil {
		return float(n.Exact)
	}
	lo, _ := field.NewInterval(64).Bounds(n.Real)
	f, _ := lo.Float64()
	return f
}

func truth(t *testing.T, q training.Quantity, s *training.Solution) []float64 {
	t.Helper()
	numbers, err := s.Truth(q, 128)
	if err != nil {
		t.Fatal(err)
	}
	var list []float64
	for _, n := range numbers {
		list = append(list, middle(n))
	}
	return list
}

// TestAgainstDefinitions compares with sums over all sequences, differentiated by dual
// numbers.
func TestAgainstDefinitions(t *testing.T) {
	t.Parallel()
	n := testenv.Scale(150)
	compared := make(map[training.Quantity]int)
	for i := range n {
		level := training.Level(i % 2)
		q := training.Draw(level, 1, i, training.Claim{Objective: training.ObjectiveDeep})
		o, s := newOracle(q), training.Solve(q)
		λ := float(q.Instance.Lambda)
		gradients := map[training.Quantity]func() dual{
			"gradient":                o.harm,
			"kl_gradient":             o.kl,
			"entropy_gradient":        o.entropy,
			"objective_gradient":      func() dual { return o.kl().plus(o.harm().scale(λ)) },
			"deep_objective_gradient": func() dual { return o.kl().plus(o.harm().scale(λ)).plus(o.penalty()) },
			"loss_gradient":           func() dual { return o.kl().plus(o.harm().scale(λ)).plus(o.penalty()) },
		}
		for name, of := range gradients {
			if name.Asked(q) {
				compared[name]++
				close(t, q, name, truth(t, name, s), of().d)
			}
		}
		values := map[training.Quantity]func() []float64{
			"kl":      func() []float64 { return o.perPosition(func(l line, k int) dual { return o.logRatio(l, k+1) }) },
			"kl_sum":  func() []float64 { return []float64{o.kl().v} },
			"entropy": func() []float64 { return o.perPosition(o.surprise) },
		}
		for name, of := range values {
			if name.Asked(q) {
				compared[name]++
				close(t, q, name, truth(t, name, s), of())
			}
		}
	}
	t.Log(compared)
	for name, k := range compared {
		if k < n/10 {
			t.Errorf("%s compared on %d of %d instances", name, k, n)
		}
	}
}

func close(t *testing.T, q *training.Question, name training.Quantity, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", name, len(got), len(want))
	}
	for i := range got {
		if math.Abs(got[i]-want[i]) > 1e-10*(1+math.Abs(want[i])) {
			t.Errorf("%s at %s: %v, by definition %v\n%v", name, name.Place(q, i), got[i], want[i], q.Instance)
			return
		}
	}
}
