package numeric_test

import (
	"math/big"
	"slices"
	"testing"

	"sounding/generators"
	"sounding/model"
	"sounding/numeric"
)

// TestCandidatesDiffer: starts that end at one policy are one candidate.
func TestCandidatesDiffer(t *testing.T) {
	t.Parallel()
	for i := range 40 {
		in := *generators.Example(generators.Limits{}, 9, i).Instance
		in.Beta, in.Lambda = new(big.Rat), new(big.Rat)
		positive := true
		for at := 1; at <= in.Length(); at++ {
			w := in.Layer(at).Weights()
			for e := range w.Len() {
				positive = positive && !w.IsZero(e)
			}
		}
		if !positive {
			continue
		}
		list := numeric.DeepCandidates(&in)
		for k := range list {
			for j := range k {
				if slices.EqualFunc(list[j], list[k], model.Naturals.Equal) {
					t.Fatalf("instance %d: candidates %d and %d are the same", i, j, k)
				}
			}
		}
	}
}
