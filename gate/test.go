package gate

import "testing"

// The numbers of random instances that TestSolver draws: in a trial of planted
// faults the slowest to be found took fewer than ten. What fails is made small within
// seconds: with -short it is mostly enough to know that it does.
const (
	testInstances      = 100
	testInstancesShort = 20
	testTries          = 3000
	testTriesShort     = 1000
)

// TestSolver checks a solver in a test, with one subtest per quantity: one that is
// not offered is skipped, which is no pass. The factory is called for a solver to
// begin with, and for a fresh one to confirm a failure on.
func TestSolver(t *testing.T, factory func() Solver) {
	t.Helper()
	o := Options{Seed: 1, Instances: testInstances, Tries: testTries}
	if testing.Short() {
		o.Instances, o.Tries = testInstancesShort, testTriesShort
	}
	r, err := Check(t.Context(), &fresh{factory(), factory}, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Failures {
		if f.Quantity() == "" {
			t.Fatalf("%v\non %v", f, f.Counterexample.Case)
		}
	}
	if r.Checked() == 0 {
		t.Fatal("the solver offers no quantity: its solutions have none of the methods that Solution names")
	}
	shown := make(map[string]Quantity) // instances, by what they are shown for
	for _, q := range r.Quantities {
		t.Run(string(q.Quantity), func(t *testing.T) {
			switch {
			case q.Failure != nil:
				on := q.Failure.Counterexample.Case.Brief()
				if first, again := shown[on]; again {
					t.Errorf("%v\non the instance of %s", q.Failure, first)
					break
				}
				shown[on] = q.Quantity
				t.Errorf("%v\non %s", q.Failure, on)
			case q.Instances == 0:
				t.Skipf("not offered: the solutions have no method %s", q.Quantity.method())
			case q.Undecided > 0:
				t.Errorf("%d numbers too close to the edge of the tolerance to tell", q.Undecided)
			}
		})
	}
}

// fresh is a solver with a factory of others.
type fresh struct {
	Solver
	factory func() Solver
}

func (f *fresh) Reset() { f.Solver = f.factory() }

// TestTrainee checks a solver of what training code computes in a test, with one
// subtest per quantity: one that is not offered is skipped, which is no pass.
func TestTrainee(t *testing.T, s Trainee, o TrainingOptions) {
	t.Helper()
	if o.Instances == 0 {
		if o.Instances = testInstances; testing.Short() {
			o.Instances = testInstancesShort
		}
	}
	r, err := CheckTraining(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Failures {
		if f.Quantity == "" {
			t.Fatalf("%v\non %v", f, f.Question.Instance)
		}
	}
	if r.Checked() == 0 {
		t.Fatal("the solver offers no quantity")
	}
	for _, q := range r.Quantities {
		t.Run(string(q.Quantity), func(t *testing.T) {
			switch {
			case q.Failure != nil:
				t.Errorf("%v\nexplained by %v, together by %v\non %v", q.Failure, q.Failure.Mistakes, q.Failure.Together, q.Failure.Question.Instance)
			case q.Instances == 0:
				t.Skip("not offered")
			case q.Undecided > 0:
				t.Errorf("%d numbers too close to the edge of the tolerance to tell", q.Undecided)
			}
		})
	}
}
