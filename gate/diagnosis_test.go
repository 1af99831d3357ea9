package gate_test

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/testenv"
)

// altered changes every finite number that a trainee gives.
func altered(s gate.Trainee, change func(i int, v *big.Rat) *big.Rat) gate.TraineeFunc {
	return func(ctx context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
		answers, err := s.Ask(ctx, q, want)
		for _, values := range answers {
			for i, v := range values {
				if v != nil {
					values[i] = change(i, v)
				}
			}
		}
		return answers, err
	}
}

// A solver that is right but for noise of 10⁻⁶ is refused, without a name.
func TestNoiseHasNoName(t *testing.T) {
	t.Parallel()
	noisy := altered(buggy("", ""), func(i int, v *big.Rat) *big.Rat {
		noise := big.NewRat(1, 1_000_000)
		if i%2 == 1 {
			noise.Neg(noise)
		}
		return new(big.Rat).Add(v, noise)
	})
	r := checkTraining(t, noisy, gate.TrainingOptions{Seed: 1, Instances: testenv.Scale(20)})
	for _, q := range r.Quantities {
		if q.Failure == nil {
			t.Errorf("%s is accepted with noise of 10^-6", q.Quantity)
		} else if f := q.Failure; len(f.Mistakes)+len(f.Together) > 0 {
			t.Errorf("%s: noise is taken for %v or %v", q.Quantity, f.Mistakes, f.Together)
		}
	}
}

// A solver with two bugs is not given the name of something else.
func TestTwoBugsHaveNoName(t *testing.T) {
	t.Parallel()
	minus := func(_ int, v *big.Rat) *big.Rat { return new(big.Rat).Neg(v) }
	half := func(_ int, v *big.Rat) *big.Rat { return new(big.Rat).Quo(v, big.NewRat(2, 1)) }
	for i, c := range []struct {
		quantity training.Quantity
		bug      string
		change   func(int, *big.Rat) *big.Rat
	}{
		{"kl_gradient", "frozen", minus},
		{"kl_gradient", "k3 as a loss", half},
		{"kl", "direction", minus},
		{"kl", "environment", half},
		{"kl_sum", "mean over all tokens", minus},
		{"gradient", "reward on padding", minus},
		{"gradient", "environment", half},
		{"objective_gradient", "k3 as a loss", minus},
		{"entropy", "temperature ignored", half},
		{"jsd", "mixture exchanged", half},
		{"log_probability", "labels", minus},
		{"log_probability_mean", "end counted", minus},
		{"importance_weight_sequence", "geometric", half},
		{"gae", "returns", minus},
		{"returns", "mask ignored", half},
		{"group_advantage", "first rollout", minus},
		{"preference_gradient", "loss type", minus},
		{"preference_loss", "sum for mean", half},
		{training.LossGradient, "token mean", minus},
		{training.LossGradient, "k3 as a loss", half},
	} {
		t.Run(fmt.Sprintf("%s %s", c.quantity, c.bug), func(t *testing.T) {
			t.Parallel()
			if testing.Short() && i%4 != 0 {
				t.Skip("four of the bugs are enough")
			}
			o := gate.TrainingOptions{Seed: 1, Instances: 40, Only: []training.Quantity{c.quantity}}
			r := checkTraining(t, altered(buggy(c.quantity, c.bug), c.change), o)
			if len(r.Failures) != 1 {
				t.Fatalf("failures %v", r.Failures)
			}
			if f := r.Failures[0]; len(f.Mistakes)+len(f.Together) > 0 {
				t.Errorf("named %v or %v", f.Mistakes, f.Together)
			}
		})
	}
}
