//go:build unix

package gate_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"sounding/gate"
	"sounding/gate/gatetest"
	"sounding/gate/training"
	"sounding/internal/testenv"
)

// sampledInstances is on how many instances a stochastic solver is asked.
const sampledInstances = 10

func checkSampled(t *testing.T, kind string, seed int) *gate.Report {
	t.Helper()
	r, err := gate.Check(t.Context(), process(t, fmt.Sprintf("%s with seed %d", kind, seed), patience), gate.Options{
		Seed: uint64(seed), Instances: sampledInstances, Only: []gate.Quantity{"expected_harm", "variance"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A sound stochastic solver passes with every seed; one that samples from another law, or is
// biased, fails with every seed.
func TestEstimates(t *testing.T) {
	t.Parallel()
	for seed := range testenv.Scale(20) {
		r := checkSampled(t, gatetest.Sampled, seed)
		for _, f := range r.Failures {
			t.Errorf("seed %d: %v", seed, f)
		}
		if r.Checked() != 2 {
			t.Errorf("seed %d: %+v", seed, r)
		}
	}
	for _, fault := range gatetest.SampledFaults {
		for seed := range testenv.Scale(5) {
			r := checkSampled(t, fault, seed)
			if len(r.Failures) == 0 || r.Failures[0].Unusable() != nil {
				t.Fatalf("%s with seed %d: %v", fault, seed, r.Failures)
			}
			f := r.Failures[0]
			if in := f.Counterexample.Case; in.Vocabulary() != 2 || !strings.Contains(f.Error(), "with standard error") {
				t.Errorf("%s with seed %d: %v", fault, seed, f)
			}
		}
	}
}

// A gradient that is estimated in Python passes; with the wrong sign it fails by that name.
func TestPythonEstimates(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("draws tens of thousands of sequences in Python")
	}
	folder, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	const negated = `
import sys
sys.path.insert(0, %q)
import sampled, sounding

def negative(v):
    return [negative(w) for w in v] if isinstance(v, list) else -v

@sounding.quantity
def gradient(m):
    answer = sampled.gradient(m)
    return {**answer, "mean": negative(answer["mean"])}

sounding.serve()
`
	for _, c := range []struct {
		args      []string
		named     string
		instances int
	}{
		{[]string{filepath.Join(folder, "sampled.py")}, "", 3},
		{[]string{"-c", fmt.Sprintf(negated, folder)}, "sign", 1},
	} {
		r := checkTraining(t, trainProcess(t, c.args...), gate.TrainingOptions{
			Seed: 1, Instances: testenv.Scale(c.instances), Level: gate.Plain, Only: []training.Quantity{"gradient"},
		})
		named := ""
		for _, f := range r.Failures {
			named = fmt.Sprint(f.Unusable)
			for _, m := range f.Mistakes {
				named = m.Name
			}
		}
		if named != c.named || r.Checked() != 1 {
			t.Errorf("%q: named %q, want %q; %v", c.args, named, c.named, r.Failures)
		}
	}
}
