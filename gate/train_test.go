package gate_test

import (
	"testing"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/testenv"
)

func checkTraining(t *testing.T, s gate.Trainee, o gate.TrainingOptions) *gate.TrainingReport {
	t.Helper()
	r, err := gate.CheckTraining(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSoundTraineePasses: an independent solver, by enumeration of the sequences, passes,
// and the instances tell it from every known mistake.
func TestSoundTraineePasses(t *testing.T) {
	t.Parallel()
	n := testenv.Scale(150)
	if testing.Short() {
		n = 10
	}
	for _, level := range []gate.Level{gate.Plain, gate.Full} {
		for _, objective := range training.Objectives() {
			if objective == training.ObjectiveHarm && testing.Short() {
				continue
			}
			only, count := []training.Quantity{training.LossGradient}, n/3
			if objective == training.ObjectiveRegularised {
				only, count = nil, n
			}
			r := checkTraining(t, buggy("", ""), gate.TrainingOptions{Seed: 1, Instances: count, Level: level, Only: only, Objective: objective})
			for _, f := range r.Failures {
				t.Errorf("%s: %v, by %v\n%s", level, f, f.Mistakes, testenv.Brief(f.Question.Instance.String()))
			}
			for _, q := range r.Quantities {
				if q.Instances == 0 || q.Nonzero == 0 || q.Undecided > 0 || q.Excluded < q.Mistakes && level == gate.Plain && !testing.Short() {
					t.Errorf("%s, %s: %+v", objective, level, q)
				}
				t.Logf("%-10s %-5s %-28s %4d instances, %4d not 0, %d of %d mistakes excluded, worst %.3f", objective, level, q.Quantity, q.Instances, q.Nonzero, q.Excluded, q.Mistakes, q.Worst)
			}
		}
	}
}
