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
			r := checkTraining(t, buggy("", ""), gate.TrainingOptions{Seed: 1, Instances: count, Level: level, Only: only, Claim: training.Claim{Objective: objective}})
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

// TestOnPolicy: a loss without an importance weight is right on samples of the policy
// itself. It passes where no more is claimed, and else it is known from what is wrong there.
func TestOnPolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bug      string
		onPolicy bool
		fails    bool
		own      bool // wrong on samples of the policy itself
	}{
		{bug: "no importance weight", onPolicy: true},
		{bug: "no importance weight", fails: true},
		{bug: "times length", fails: true, own: true},
		{bug: "times length", onPolicy: true, fails: true, own: true},
	} {
		r := checkTraining(t, buggy(training.LossGradient, c.bug), gate.TrainingOptions{
			Seed: 1, Instances: 20, Level: gate.Plain, Only: []training.Quantity{training.LossGradient}, Claim: training.Claim{OnPolicy: c.onPolicy},
		})
		q := r.Quantities[0]
		if fails := q.Failure != nil; fails != c.fails || q.Own == 0 || (q.OwnWrong > 0) != c.own || c.onPolicy != (q.Own == q.Nonzero) {
			t.Errorf("%s, on policy %v: %+v", c.bug, c.onPolicy, q)
		}
		for _, f := range r.Failures {
			if own := f.Question.Instance.Training.Behaviour == nil; own != c.own || len(f.Mistakes) != 1 {
				t.Errorf("%s, on policy %v: mistakes %v, shown on %v", c.bug, c.onPolicy, f.Mistakes, f.Question.Instance)
			}
		}
	}
}
