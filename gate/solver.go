package gate

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Solver is a program under test: something that claims to compute quantities of
// the paper. What it is asked is an instance; what it offers is up to its Solution.
type Solver interface {
	Solve(ctx context.Context, in *model.Instance) (Solution, error)
}

// Solution is what a solver makes of one instance. It offers a quantity by having
// the method of its name, and is checked on nothing else. Slices hold one number
// per position, t = 1…T, at index t−1:
//
//	ExpectedHarm() float64           E[Harm]
//	Variance() float64               Var(Harm)
//	Horizon() int                    least k with I_t = 0 for all t > k
//	Information() []float64          I_t
//	GradientNormSquared() []float64  Σ_x ‖P(x)·(diag p − p pᵀ)h‖² over the states of layer t−1
//	FisherTrace() []float64          tr F̄_t, tabular softmax
//	RecoveryProbability() []float64  E_P[ρ_0]
//	RecoveryInformation() []float64  I_t^rec = E_Q[ρ_0(1−ρ_0)]
//	GibbsRecovery() []float64        E_P[ρ*] at η_t = βγ^t
//	GibbsKL() []float64              E_P[KL(p*‖p_0)] of the same
//	EquilibriumKL() []float64        KL_t of P* ∝ P_0·e^{−λHarm}
//
// A solution that has more digits than a float64, or knows only when it runs what
// it offers, implements [Answers] instead.
type Solution any

// Answers is a Solution that is asked by name: for the values of a quantity, one
// of an instance as a whole or one per position, and whether it offers it.
type Answers interface {
	Answer(Quantity) (values []*big.Rat, offered bool)
}

// Resetter is a Solver that can forget the instances it has seen, as a process
// does that is restarted. A failure is then confirmed on a fresh solver.
type Resetter interface{ Reset() }

// SolverFunc is a function as a Solver.
type SolverFunc func(ctx context.Context, in *model.Instance) (Solution, error)

// Solve calls f.
func (f SolverFunc) Solve(ctx context.Context, in *model.Instance) (Solution, error) {
	return f(ctx, in)
}

// Options say what a solver is checked on.
type Options struct {
	Seed      uint64   // of the random instances
	Instances int      // how many of them
	Tolerance *big.Rat // error allowed in every number; nil stands for Quantity.Tolerance
	// Progress, where given, is told how many of the instances are done.
	Progress func(done, total int)
}

// Report is what was found of a solver.
type Report struct {
	Seed       uint64
	Instances  int // random instances that were asked, the one that ended the run included
	Quantities []QuantityReport
	// Failures holds the first failure of every quantity that fails. A solver that
	// gives no usable answer has one failure without a quantity, the last.
	Failures []*Failure
}

// QuantityReport is what was found of one quantity.
type QuantityReport struct {
	Quantity  Quantity
	Instances int      // those on which it was offered and compared
	Undecided int      // numbers too close to the edge of the tolerance to tell
	Failure   *Failure // nil where every number was within the tolerance
}

// Checked returns how many of the quantities were offered at least once.
func (r *Report) Checked() int {
	n := 0
	for _, q := range r.Quantities {
		if q.Instances > 0 {
			n++
		}
	}
	return n
}

// Undecided returns how many numbers could be neither accepted nor refused.
func (r *Report) Undecided() int {
	n := 0
	for _, q := range r.Quantities {
		n += q.Undecided
	}
	return n
}

// Check compares a solver with exact values on random instances of every
// class of the generators, and looks for the smallest instance on which each of
// its failures shows. The error is the context's, that of an exact solution, or says
// that there is nothing to check.
func Check(ctx context.Context, s Solver, o Options) (*Report, error) {
	if o.Instances < 1 {
		return nil, fmt.Errorf("%d instances: want 1 or more", o.Instances)
	}
	c := &examiner{solver: s, tolerance: o.Tolerance}
	r := &Report{Seed: o.Seed, Quantities: make([]QuantityReport, len(quantities))}
	for k := range quantities {
		r.Quantities[k].Quantity = quantities[k].name
	}
	for i := range o.Instances {
		in := generators.Example(generators.Limits{}, o.Seed, i).Instance
		e, err := c.examine(ctx, in)
		if err != nil {
			return nil, err
		}
		r.Instances++
		r.note(e, i, in)
		if o.Progress != nil {
			o.Progress(r.Instances, o.Instances)
		}
		if e.unusable != nil {
			break
		}
	}
	for _, f := range r.Failures {
		if err := c.shrink(ctx, f); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// note adds what was found on instance i.
func (r *Report) note(e *examination, i int, in *model.Instance) {
	if e.unusable != nil {
		r.Failures = append(r.Failures, &Failure{Drawn: i, finding: finding{unusable: e.unusable}, instance: in})
		return
	}
	for k := range quantities {
		q := &r.Quantities[k]
		if e.offered[k] {
			q.Instances++
		}
		q.Undecided += e.undecided[k]
		if f := e.findings[k]; f != nil && q.Failure == nil {
			q.Failure = &Failure{Drawn: i, finding: *f, instance: in}
			r.Failures = append(r.Failures, q.Failure)
		}
	}
}

// The numbers of random instances that TestSolver draws: in a trial of planted
// faults the slowest to be found took fewer than ten.
const (
	testInstances      = 100
	testInstancesShort = 20
)

// TestSolver checks a solver in a test, with one subtest per quantity: one that is
// not offered is skipped, which is no pass. The factory is called for a solver to
// begin with, and for a fresh one to confirm a failure on.
func TestSolver(t *testing.T, factory func() Solver) {
	t.Helper()
	n := testInstances
	if testing.Short() {
		n = testInstancesShort
	}
	r, err := Check(t.Context(), &fresh{factory(), factory}, Options{Seed: 1, Instances: n})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Failures {
		if f.Unusable() != nil {
			t.Fatalf("%v\non %v", f, f.Counterexample.Case)
		}
	}
	if r.Checked() == 0 {
		t.Fatal("the solver offers no quantity: its solutions have none of the methods that Solution names")
	}
	for _, q := range r.Quantities {
		t.Run(string(q.Quantity), func(t *testing.T) {
			switch {
			case q.Failure != nil:
				t.Errorf("%v\non %v", q.Failure, q.Failure.Counterexample.Case)
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

// Failure is one way in which a solver fails, on the smallest instance that
// was found to show it.
type Failure struct {
	Drawn int // the random instance that showed it first
	// Transient says that a fresh solver did not fail there again: what goes wrong
	// depends on what the solver was asked before, and cannot be shown on less.
	Transient bool
	// Counterexample is the instance, with the claim that fails there.
	Counterexample *verify.Counterexample

	finding
	instance *model.Instance // the one that was drawn
}

// Quantity returns the quantity that fails, and "" where there is no usable answer.
func (f *Failure) Quantity() Quantity {
	if f.quantity == nil {
		return ""
	}
	return f.quantity.name
}

// Unusable returns why there is no usable answer, and nil where there is one.
func (f *Failure) Unusable() error { return f.unusable }

// Position returns the position t of the number that differs, 0 of a quantity of
// the whole.
func (f *Failure) Position() int { return f.position }

// Error says what differs, and which statement fails with it.
func (f *Failure) Error() string {
	if f.unusable != nil {
		return fmt.Sprintf("no usable answer: %v", f.unusable)
	}
	at := ""
	if f.position > 0 {
		at = fmt.Sprintf(" at t = %d", f.position)
	}
	s := fmt.Sprintf("%s%s: %s, exact %s", f.quantity.name, at, f.claimed, f.exact)
	if f.tolerance != nil {
		s += fmt.Sprintf(" (±%s)", decimal(f.tolerance, 2))
	}
	return fmt.Sprintf("%s; %s fails (%s)", s, f.law.formula, f.law.id)
}

// Unwrap returns the error that the solver ended in, if it did.
func (f *Failure) Unwrap() error { return f.unusable }
