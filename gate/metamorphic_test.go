package gate_test

import (
	"context"
	"math/big"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
)

// TestRelations: a sound solver keeps every relation; a bug that a relation is about
// breaks it on two tokens and at most two positions.
func TestRelations(t *testing.T) {
	t.Parallel()
	padded := func(factor func(b training.Batch) *big.Rat) gate.TraineeFunc {
		return func(ctx context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
			answers, err := buggy("", "")(ctx, q, want)
			if values := answers[training.LossGradient]; values != nil {
				n := len(values) / len(q.Batches)
				for i, v := range values {
					values[i] = new(big.Rat).Mul(v, factor(q.Batches[i/n]))
				}
			}
			return answers, err
		}
	}
	one := big.NewRat(1, 1)
	for i, c := range []struct {
		name   string
		s      gate.Trainee
		broken string // the relation; "" for none
	}{
		{"sound", buggy("", ""), ""},
		{"divided by the padded length", padded(func(b training.Batch) *big.Rat {
			return big.NewRat(1, int64(max(b.PadTo, 1)))
		}), "padding"},
		{"accumulated without a divisor", padded(func(b training.Batch) *big.Rat {
			if b.MicroBatches != nil {
				return big.NewRat(int64(len(b.MicroBatches)), 1)
			}
			return one
		}), "micro-batches"},
		{"rewards of samples of another policy", buggy(training.LossGradient, "no baseline or weight"), "baseline"},
		{"first token favoured", altered(buggy("", ""), func(i int, v *big.Rat) *big.Rat {
			if i == 0 {
				return new(big.Rat).Mul(v, big.NewRat(2, 1))
			}
			return v
		}), "relabelled tokens"},
		{"probabilities counted twice", buggy("kl", "probability twice"), "split token"},
		{"entropy in the KL", altered(buggy("", ""), func(_ int, v *big.Rat) *big.Rat { return new(big.Rat).Add(v, one) }), "policy as its own reference"},
		{"every state counts", buggy("kl", "prefix missing"), "unreached states"},
	} {
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reports, err := gate.CheckRelations(t.Context(), c.s, gate.TrainingOptions{Seed: 1, Instances: 12, Level: gate.Full})
			if err != nil {
				t.Fatal(err)
			}
			found := c.broken == ""
			for _, r := range reports {
				if r.Instances == 0 {
					t.Errorf("%s: nothing compared", r.Relation.Name)
				}
				if r.Failure == "" {
					continue
				}
				if c.broken == "" {
					t.Errorf("%s: %s\n%v\n%v", r.Relation.Name, r.Failure, r.Question.Instance, r.Changed.Instance)
				}
				if r.Relation.Name == c.broken {
					found = true
					if in := r.Question.Instance; in.Vocabulary() != 2 || in.Length() > 2 {
						t.Errorf("%s: shown on %v", r.Failure, in)
					}
				}
			}
			if !found {
				t.Errorf("%s holds", c.broken)
			}
		})
	}
}
