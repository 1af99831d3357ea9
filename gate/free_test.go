package gate_test

import (
	"context"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/gate"
	"sounding/model"
)

// instead answers with the exact values of another instance.
func instead(q gate.Quantity, of func(in model.Instance) model.Instance) gate.SolverFunc {
	return func(_ context.Context, in *model.Instance) (gate.Solution, error) {
		other := of(*in)
		all, err := shifted(&other, new(big.Rat))
		return named{q: all[q]}, err
	}
}

// A failure says which parts of its smallest instance do not matter.
func TestFreeParts(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		reason string
		solve  gate.SolverFunc
		free   []string
	}{
		{
			"prefix probability missing: the harm of one subtree is enough", missingPrefix,
			[]string{"weights at t = 1, state 0", "weights at t = 2, state 0", "harm of state 0", "harm of state 1"},
		},
		{"γ ignored: each part matters", instead("gibbs_recovery", func(in model.Instance) model.Instance {
			in.Gamma = big.NewRat(1, 1)
			return in
		}), nil},
		{"Q ignored: the rows have to differ, and the first is not uniform", instead("recovery_information", func(in model.Instance) model.Instance {
			in.Adversary = model.Adversary{}
			return in
		}), []string{"weights at t = 2, state 0"}},
		{"λ ignored", instead("equilibrium_kl", func(in model.Instance) model.Instance {
			in.Lambda = big.NewRat(1, 1)
			return in
		}), nil},
		{
			"no list at all", func(context.Context, *model.Instance) (gate.Solution, error) { return fisher{}, nil },
			[]string{
				"weights at t = 1, state 0", "harm of state 0", "harm of state 1", "lambda", "beta", "gamma", "recovery", "adversary",
			},
		},
	} {
		if testing.Short() && i%4 != 0 {
			continue // the others are found after up to a thousand instances
		}
		r := checkFunc(t, c.solve, 20)
		if len(r.Failures) != 1 {
			t.Fatalf("%s: failures %v", c.reason, r.Failures)
		}
		f := r.Failures[0]
		if d := cmp.Diff(c.free, f.Free); d != "" {
			t.Errorf("%s: %v\n%v\nfree (-want +got):\n%s", c.reason, f, f.Counterexample.Case, d)
		}
		if saved := r.Save(f); !slices.Equal(saved.Free, f.Free) {
			t.Errorf("%s: saved %v", c.reason, saved.Free)
		}
	}
}
