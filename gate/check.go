package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Level says which instances are drawn.
type Level string

// The levels.
const (
	Plain Level = "plain" // dense prefix trees with small numbers
	Full  Level = "full"  // every class of the generators
)

// Draw returns random instance i of a seed.
func (l Level) Draw(seed uint64, i int) *model.Instance {
	if l == Plain {
		return plainInstance(seed, i)
	}
	return generators.Example(generators.Limits{}, seed, i).Instance
}

// Options say what a solver is checked on.
type Options struct {
	Seed      uint64     // of the random instances
	Instances int        // how many of them
	Level     Level      // of the random instances; "" stands for Full
	Tolerance *big.Rat   // error allowed in every number; nil stands for Quantity.Tolerance
	Only      []Quantity // what is compared; nil stands for all
	// On, where given, is the instance to ask about, in place of random ones. What
	// fails there is shown there, and not on a smaller one.
	On *model.Instance
	// Losses is how many instances may cost the solver: on which it does not reply,
	// so that a fresh one has to be started. One more ends the check.
	Losses int
	// Tries is how many instances the searches for the smallest ones go through in the order
	// of size, for all failures together; 0 stands for DefaultTries.
	Tries int
	// Progress, where given, is told how many of the instances are done.
	Progress func(done, total int)
}

// Report is what was found of a solver.
type Report struct {
	Summary
	Quantities []QuantityReport
	// Failures holds the first failure of every quantity that fails, and the first of
	// every kind of unusable answer, in the order of their instances.
	Failures []*Failure
}

// QuantityReport is what was found of one quantity.
type QuantityReport struct {
	Quantity Quantity
	Tally
	Failure *Failure // nil where every number was within the tolerance
}

// Checked returns how many of the quantities were offered at least once.
func (r *Report) Checked() int { return total(r.Quantities, QuantityReport.compared) }

// Undecided returns how many numbers could be neither accepted nor refused.
func (r *Report) Undecided() int {
	return total(r.Quantities, func(q QuantityReport) int { return q.Undecided })
}

// maxFalseStarts is how often a solver that has never replied is started.
const maxFalseStarts = 3

// askedAbout returns the level and the number of the instances of a check: of a given one, or of random ones.
func askedAbout(given bool, level Level, instances int) (Level, int, error) {
	switch {
	case given:
		return "", 1, nil
	case instances < 1:
		return "", 0, fmt.Errorf("%d instances: want 1 or more", instances)
	}
	return cmp.Or(level, Full), instances, nil
}

// Check compares a solver with exact values on random instances, and looks for the
// smallest instance on which each of its failures shows. The error is the
// context's, that of an exact solution, or says that there is nothing to check. With
// the context's comes the report on what was done by then, where a failure is shown
// on the instance that was drawn.
func Check(ctx context.Context, s Solver, o Options) (*Report, error) {
	var err error
	if o.Level, o.Instances, err = askedAbout(o.On != nil, o.Level, o.Instances); err != nil {
		return nil, err
	}
	tries := cmp.Or(o.Tries, DefaultTries)
	c := &examiner{solver: s, tolerance: o.Tolerance, only: o.Only, instances: o.Instances, ordered: tries, random: tries / triesPerRandom, suspects: newSuspects[Quantity]()}
	r := &Report{Summary: Summary{Seed: o.Seed, Level: o.Level, Wanted: o.Instances}}
	for k := range quantities {
		if name := quantities[k].name; wants(c.only, name) {
			r.Quantities = append(r.Quantities, QuantityReport{Quantity: name})
		}
	}
	for losses := 0; r.Instances < o.Instances && losses <= o.Losses; {
		in := o.On
		if in == nil {
			in = o.Level.Draw(o.Seed, r.Instances)
		}
		e, err := c.examine(ctx, in, c.only)
		if err != nil {
			return r, err
		}
		r.note(e, in)
		if e.unusable != nil && isLoss(e.unusable) {
			losses++
			if errors.Is(e.unusable, ErrSilent) || losses == r.Instances && losses == maxFalseStarts {
				break // it does not start
			}
		}
		if o.Progress != nil {
			o.Progress(r.Instances, o.Instances)
		}
	}
	for _, f := range r.Failures {
		if o.On == nil {
			if err := c.shrink(ctx, f); err != nil {
				return r, err
			}
		}
		if f.unusable == nil {
			f.Mistakes = c.named(f.quantity.name, knownMistakes(f.quantity.name))
		}
	}
	return r, nil
}

// wants reports whether a quantity is among those that are wanted; nil stands for all.
func wants(wanted []Quantity, q Quantity) bool { return wanted == nil || slices.Contains(wanted, q) }

// note adds what was found on the next instance.
func (r *Report) note(e *examination, in *model.Instance) {
	i := r.Instances
	r.Instances++
	if e.unusable != nil {
		r.Unanswered++
		r.noteUnusable(i, e.unusable, in)
		return
	}
	for n := range r.Quantities {
		q := &r.Quantities[n]
		k := rowIndex(q.Quantity)
		if e.offered[k] {
			q.note(e.nonzero[k], e.undecided[k], e.worst[k])
		}
		if f := e.findings[k]; f != nil && q.Failure == nil {
			q.Failure = newFailure(i, f, in)
			r.Failures = append(r.Failures, q.Failure)
		}
	}
}

// noteUnusable adds an unusable answer, where it is the first of its kind.
func (r *Report) noteUnusable(i int, problem error, in *model.Instance) {
	first := firstOfKind(problem, r.Failures, func(f *Failure) error {
		if f.quantity != nil {
			return nil
		}
		return f.unusable
	})
	if first {
		r.Failures = append(r.Failures, newFailure(i, &finding{unusable: problem}, in))
	}
}

func newFailure(i int, f *finding, in *model.Instance) *Failure {
	failure := &Failure{Drawn: i, Found: f.String(), Instance: in, finding: *f}
	failure.Counterexample = failure.on(in, false)
	return failure
}

// on returns the failure as a counterexample.
func (f *Failure) on(in *model.Instance, smallest bool) *verify.Counterexample {
	return &verify.Counterexample{Case: &model.Case{Instance: in}, Violation: f.violation(), Smallest: smallest}
}
