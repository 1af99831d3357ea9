package gate_test

import (
	"context"
	"math/big"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
)

// divided multiplies the gradient that a sound solver gives of a batch.
func divided(factor func(b training.Batch) *big.Rat) gate.TraineeFunc {
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

// plantedRelations are bugs that code really had and that show between answers alone.
var plantedRelations = []struct {
	row      int
	seen     string
	relation string
	bug      gate.TraineeFunc
}{
	{26, "unslothai/unsloth-zoo#1282", "padding", divided(func(b training.Batch) *big.Rat {
		return big.NewRat(1, int64(max(b.PadTo, 1)))
	})},
	{27, "huggingface/trl#6024", "micro-batches", divided(func(b training.Batch) *big.Rat {
		return big.NewRat(int64(max(len(b.MicroBatches), 1)), 1) // accumulated without a divisor
	})},
	{29, "allenai/open-instruct#1161", "micro-batches", divided(func(b training.Batch) *big.Rat {
		if b.MicroBatches == nil {
			return big.NewRat(1, 1)
		}
		tokens, last := 0, 0 // the divisor is that of the last part, as if all had as many tokens
		for _, part := range b.MicroBatches {
			last = 0
			for _, i := range part {
				last += len(b.Sequences[i])
			}
			tokens += last
		}
		return big.NewRat(int64(tokens), int64(last*len(b.MicroBatches)))
	})},
}

// brokenRelation returns what was found of a relation that a trainee breaks, nil where it
// keeps it.
func brokenRelation(t *testing.T, s gate.Trainee, name string, only ...training.Quantity) *gate.RelationReport {
	t.Helper()
	reports, err := gate.CheckRelations(t.Context(), s, gate.TrainingOptions{Seed: 1, Instances: 30, Level: gate.Plain, Only: only})
	if err != nil {
		t.Fatal(err)
	}
	for i := range reports {
		if r := &reports[i]; r.Relation.Name == name && r.Failure != "" {
			return r
		}
	}
	return nil
}

// TestRelations: a sound solver keeps every relation; a bug that a relation is about
// breaks it on two tokens and at most two positions.
func TestRelations(t *testing.T) {
	t.Parallel()
	one := big.NewRat(1, 1)
	for i, c := range []struct {
		name   string
		s      gate.Trainee
		broken string // the relation; "" for none
		only   training.Quantity
	}{
		{name: "sound", s: buggy("", "")},
		{"rewards of samples of another policy", buggy(training.LossGradient, "no baseline or weight"), "baseline", training.LossGradient},
		{"first token favoured", altered(buggy("", ""), func(i int, v *big.Rat) *big.Rat {
			if i == 0 {
				return new(big.Rat).Mul(v, big.NewRat(2, 1))
			}
			return v
		}), "relabelled tokens", "gradient"},
		{"probabilities counted twice", buggy("kl", "probability twice"), "split token", "kl"},
		{"entropy in the KL", altered(buggy("", ""), func(_ int, v *big.Rat) *big.Rat { return new(big.Rat).Add(v, one) }), "policy as its own reference", "kl"},
		{"every state counts", buggy("kl", "prefix missing"), "unreached states", "kl"},
	} {
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.broken != "" {
				r := brokenRelation(t, c.s, c.broken, c.only)
				if r == nil {
					t.Fatalf("%s holds", c.broken)
				}
				if in := r.Question.Instance; in.Vocabulary() != 2 || in.Length() > 2 {
					t.Errorf("%s: shown on %v", r.Failure, in)
				}
				return
			}
			reports, err := gate.CheckRelations(t.Context(), c.s, gate.TrainingOptions{Seed: 1, Instances: 12, Level: gate.Full})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range reports {
				if r.Instances == 0 || r.Failure != "" {
					t.Errorf("%s: %d compared, %s", r.Relation.Name, r.Instances, r.Failure)
				}
			}
		})
	}
}
