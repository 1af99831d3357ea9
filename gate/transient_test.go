package gate_test

import (
	"context"
	"math/big"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
)

// relapsing is right on the first question after a reset and wrong on every other.
type relapsing struct{ asked int }

func (s *relapsing) Reset() { s.asked = 0 }

func (s *relapsing) Ask(ctx context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
	bug := ""
	if s.asked++; s.asked > 1 {
		bug = "negative"
	}
	return buggy("kl", bug)(ctx, q, want)
}

// What a fresh solver does not do again is said to be transient, and shown where it was
// found.
func TestTransientTrainee(t *testing.T) {
	t.Parallel()
	r := checkTraining(t, new(relapsing), gate.TrainingOptions{Seed: 1, Instances: 10, Only: []training.Quantity{"kl"}})
	if len(r.Failures) != 1 {
		t.Fatalf("failures %v", r.Failures)
	}
	if f := r.Failures[0]; !f.Transient || f.Smallest || f.Question != f.Original {
		t.Errorf("transient %v, smallest %v", f.Transient, f.Smallest)
	}
}

func TestTrainee(t *testing.T) {
	t.Parallel()
	gate.TestTrainee(t, buggy("", ""), gate.TrainingOptions{Seed: 2, Instances: 10, Claim: training.Claim{Objective: training.ObjectiveDeep}})
}
