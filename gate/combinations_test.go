package gate_test

import (
	"context"
	"math"
	"math/big"
	"strings"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
)

// variant is a loss on samples as trainers write it, in the parts that they choose: ""
// stands for what is right.
type variant struct{ advantage, ratio, reduction, kl string }

func (v variant) Ask(_ context.Context, q *training.Question, _ []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
	s := newTrainee(q, "")
	var reply []*big.Rat
	for _, b := range q.Batches {
		s.samples = nil
		total := 0.0
		for i, tokens := range b.Sequences {
			y := s.follow(tokens)
			y.p, y.harm = 1, v.advantageOf(b.Rewards, i)
			total += s.acting(y)
			s.samples = append(s.samples, y)
		}
		n := float64(len(b.Sequences))
		for _, g := range s.gradient(underPolicy, func(y sample, t int) float64 {
			factor := 1 / n
			switch own := s.acting(y); v.reduction {
			case "token mean":
				factor /= own
			case "batch mean":
				factor = 1 / total
			case "padded":
				factor /= float64(s.t)
			}
			weight, kl := v.ratioOf(s, y, t), 0.0
			switch {
			case q.Objective == training.ObjectiveHarm:
			case v.kl == "k3":
				_, kl = s.k3(y, t)
			case v.kl == "k3, unweighted":
				_, kl = s.k3(y, t)
				kl /= weight
			case v.kl == "ratio on k2":
				ℓ := s.ratio(y, t)
				kl = ℓ + ℓ*ℓ/2
			case v.kl == "k2":
				kl = s.ratio(y, t)
			default:
				kl = s.ratios(y, t)
			}
			return factor * weight * (kl - y.harm)
		}) {
			reply = append(reply, new(big.Rat).SetFloat64(g))
		}
	}
	return map[training.Quantity][]*big.Rat{training.LossGradient: reply}, nil
}

// deviationEpsilon is the ε that a loss adds to the deviation of a group, lest it divide by 0:
// part of the mistake, and no tolerance.
const deviationEpsilon = 1e-6

// advantageOf returns the advantage of answer i of a group.
func (v variant) advantageOf(rewards []*big.Rat, i int) float64 {
	n, mean, squares := float64(len(rewards)), 0.0, 0.0
	for _, r := range rewards {
		mean += float(r) / n
	}
	for _, r := range rewards {
		squares += math.Pow(float(r)-mean, 2)
	}
	switch v.advantage {
	case "group mean":
		return float(rewards[i]) - mean
	case "group deviation":
		return (float(rewards[i]) - mean) / (math.Sqrt(squares/n) + deviationEpsilon)
	}
	return float(rewards[i])
}

// ratioOf returns the importance weight of a token.
func (v variant) ratioOf(s *trainee, y sample, t int) float64 {
	weights := s.weights(y)
	switch v.ratio {
	case "token":
		return weights[t]
	case "none":
		return 1
	}
	product := 1.0
	for _, w := range weights {
		product *= w
	}
	return product
}

// TestCombinations: the mistakes of a loss that has several are named together, and none
// where one of them is not known to be made with others.
func TestCombinations(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		what  string
		loss  variant
		claim training.Claim
		names string // " + " between those that are made together
	}{
		{
			what: "GRPO as published", loss: variant{"group deviation", "token", "token mean", "k3, unweighted"},
			names: "divided by the deviation of the group + token ratio for sequence ratio + mean over tokens + k3 off policy",
		},
		{
			what: "the same on policy", loss: variant{"group deviation", "token", "token mean", "k3, unweighted"},
			claim: training.Claim{OnPolicy: true},
			names: "divided by the deviation of the group + mean over tokens + k3 as a loss",
		},
		{
			what: "Dr. GRPO", loss: variant{"group mean", "token", "padded", ""}, claim: training.Claim{Objective: training.ObjectiveHarm},
			names: "baseline with the own reward + token ratio for sequence ratio + mean over padded length",
		},
		{
			what: "a mean over the batch", loss: variant{"", "none", "batch mean", "k3"}, claim: training.Claim{Objective: training.ObjectiveKL},
			names: "mean over all tokens + k3 off policy",
		},
		{
			what: "one mistake of another claim", loss: variant{ratio: "token", kl: "k2"}, claim: training.Claim{TokenLevel: true},
			names: "token ratio for sequence ratio",
		},
		{what: "one mistake", loss: variant{advantage: "group deviation"}, names: "divided by the deviation of the group"},
		{what: "a known mistake and another", loss: variant{ratio: "token", kl: "ratio on k2"}},
	} {
		if testing.Short() && i%6 != 0 {
			continue // the most mistakes, and those that have no name
		}
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			r := checkTraining(t, c.loss, gate.TrainingOptions{
				Seed: 1, Instances: 20, Level: gate.Plain, Only: []training.Quantity{training.LossGradient}, Claim: c.claim,
			})
			if len(r.Failures) != 1 {
				t.Fatalf("failures %v", r.Failures)
			}
			var sets []string
			for _, set := range append(r.Failures[0].Together, r.Failures[0].Mistakes) {
				if len(set) > 0 {
					sets = append(sets, strings.ReplaceAll(namesOf(set), ", ", " + "))
				}
			}
			if got := strings.Join(sets, " or "); got != c.names {
				t.Errorf("named %q, want %q", got, c.names)
			}
		})
	}
}
