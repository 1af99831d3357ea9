package gate_test

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/model"
)

// forwardKL computes, for instances of one position, the KL of the reference from the
// policy where that of the policy from the reference was asked for.
func forwardKL(_ context.Context, q *training.Question, _ []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
	in, τ := q.Instance, q.Instance.Training.Temperature
	if in.Length() != 1 || in.Training.Reference == nil || len(in.Training.Environment) > 0 || τ.Cmp(big.NewRat(1, 1)) != 0 {
		return nil, nil // not offered here
	}
	own, reference, sum := in.Layer(1).Weights(), &in.Training.Reference[0], 0.0
	share := func(w *model.Naturals, e int) float64 {
		return float(new(big.Rat).SetFrac(w.At(e), w.Sum(0, in.Layer(1).Edges())))
	}
	for e := range in.Layer(1).Edges() {
		if own.IsZero(e) || reference.IsZero(e) {
			continue
		}
		sum += share(reference, e) * math.Log(share(reference, e)/share(own, e))
	}
	return map[training.Quantity][]*big.Rat{"kl": {new(big.Rat).SetFloat64(sum)}}, nil
}

// At one position the two mistakes are the same. In a test, gate.TestTrainee(t, trainee, gate.TrainingOptions{}) does the same with a
// subtest per quantity.
func ExampleCheckTraining() {
	r, err := gate.CheckTraining(context.Background(), gate.TraineeFunc(forwardKL), gate.TrainingOptions{
		Seed: 1, Instances: 40, Level: gate.Plain, Only: []training.Quantity{"kl"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range r.Failures {
		fmt.Println(f)
		for _, m := range f.Mistakes {
			fmt.Println("explained by:", m.Name)
		}
	}
	// Output:
	// kl: t = 1: 0.13081203594113697, exact 0.14384103622589046… (±3.3e-12)
	// explained by: reference and policy exchanged
	// explained by: exchanged, prefixes too
}
