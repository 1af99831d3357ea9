package gate

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"sounding/gate/training"
)

// TrainingOptions say what a [Trainee] is checked on.
type TrainingOptions struct {
	Seed           uint64
	Instances      int
	Level          Level
	Tolerance      *big.Rat            // error allowed in every number; nil stands for that of each quantity
	Only           []training.Quantity // what is asked for; nil stands for all
	training.Claim                     // of the loss on samples; no objective stands for ObjectiveRegularised
	Losses         int                 // as of Options
	Tries          int                 // how many small questions are asked for each failure; 0 stands for 6000
	// On, where given, is the question to ask, in place of random ones. What fails there is
	// shown there, and not on a smaller one.
	On       *training.Question
	Progress func(done, total int)
}

// TrainingReport is what was found of a [Trainee].
type TrainingReport struct {
	Summary
	training.Claim
	Quantities []TrainingQuantity
	Failures   []*TrainingFailure // of every quantity that fails, and of every kind of unusable answer
}

// TrainingQuantity is what was found of one quantity.
type TrainingQuantity struct {
	Quantity training.Quantity
	Tally
	// Own is how many of the instances that are not 0 have no behaviour policy, so that the
	// policy samples for itself, and OwnWrong on how many of all without one it is wrong.
	Own, OwnWrong int
	// Mistakes is how many are known, and Excluded how many of them gave a wrong number on
	// at least one of the instances.
	Mistakes, Excluded int
	Failure            *TrainingFailure
}

// TrainingFailure is one way in which a trainee fails.
type TrainingFailure struct {
	Quantity training.Quantity  // "" where there is no usable answer at all
	Unusable error              // why there is no usable answer, to anything or to the quantity
	Drawn    int                // the random instance that showed it first
	Found    string             // how it fails there
	Original *training.Question // that one
	Question *training.Question // the smallest that was found to show it
	Smallest bool
	// Transient says that a fresh solver did not fail there again: what goes wrong
	// depends on what the solver was asked before, and cannot be shown on less.
	Transient bool
	Shown     string // how it fails on Question
	// Mistakes are the known mistakes that explain every answer that was given, and at
	// least one that is wrong. More than one could not be told apart.
	Mistakes []training.Mistake
	// Together are the sets of mistakes that do so where no single one does, of a loss on
	// samples. None of them contains another.
	Together [][]training.Mistake
	// Free are the parts of Question that can be changed without curing the failure.
	Free []string

	estimated bool
}

// Error says how the trainee fails on the smallest question.
func (f *TrainingFailure) Error() string {
	switch {
	case f.Unusable != nil && f.Quantity != "":
		return fmt.Sprintf("%s: no usable answer: %s", f.Quantity, f.Shown)
	case f.Unusable != nil:
		return fmt.Sprintf("no usable answer: %v", f.Unusable)
	}
	return fmt.Sprintf("%s: %s", f.Quantity, f.Shown)
}

// Unwrap returns the error that the trainee ended in, if it did.
func (f *TrainingFailure) Unwrap() error { return f.Unusable }

// Checked returns how many quantities were compared at least once.
func (r *TrainingReport) Checked() int { return total(r.Quantities, TrainingQuantity.compared) }

// Undecided returns how many numbers could be neither accepted nor refused.
func (r *TrainingReport) Undecided() int {
	return total(r.Quantities, func(q TrainingQuantity) int { return q.Undecided })
}

// trainer examines a trainee.
type trainer struct {
	Trainee
	o TrainingOptions
	suspects[training.Quantity]
	combined combinations // of a loss whose failure no mistake explains alone
}

// CheckTraining compares what a trainee answers with exact values on random questions,
// names the known mistakes that explain what is wrong, and looks for the smallest
// question on which each failure shows. Errors are those of Check.
func CheckTraining(ctx context.Context, s Trainee, o TrainingOptions) (*TrainingReport, error) {
	var err error
	if o.Level, o.Instances, err = askedAbout(o.On != nil, o.Level, o.Instances); err != nil {
		return nil, err
	}
	if o.Objective == "" {
		o.Objective = training.ObjectiveRegularised
	}
	if o.Only == nil {
		o.Only = o.Claim.Quantities()
	}
	c := &trainer{Trainee: s, o: o, suspects: newSuspects[training.Quantity]()}
	r := &TrainingReport{Summary: Summary{Seed: o.Seed, Level: o.Level, Wanted: o.Instances}, Claim: o.Claim}
	for _, q := range o.Only {
		r.Quantities = append(r.Quantities, TrainingQuantity{Quantity: q})
	}
	for losses := 0; r.Instances < o.Instances && losses <= o.Losses; {
		q := c.draw(r.Instances)
		answers, err := c.ask(ctx, q, o.Only, 0)
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil {
			r.noteUnusable(err, q)
			if isLoss(err) {
				losses++
			}
		} else if err := c.note(ctx, r, q, answers); err != nil {
			return r, err
		}
		r.Instances++
		if o.Progress != nil {
			o.Progress(r.Instances, o.Instances)
		}
	}
	for _, f := range r.Failures {
		if o.On != nil {
			if err := c.explainThere(ctx, f); err != nil {
				return r, err
			}
		} else if err := c.explain(ctx, r, f); err != nil {
			return r, err
		}
	}
	return r, nil
}

// draw returns random question i.
func (c *trainer) draw(i int) *training.Question {
	if c.o.On != nil {
		return c.o.On
	}
	level := training.LevelFull
	if c.o.Level == Plain {
		level = training.LevelPlain
	}
	return training.Draw(level, c.o.Seed, i, c.o.Claim)
}

// replier is a Trainee that tells estimates and what is malformed from numbers, and can be
// asked for at least n draws.
type replier interface {
	reply(ctx context.Context, q *training.Question, want []training.Quantity, n int) (map[training.Quantity]given, error)
}

// ask asks for the quantities of want that the question has, with at least n draws of what
// is estimated.
func (c *trainer) ask(ctx context.Context, q *training.Question, want []training.Quantity, n int) (map[training.Quantity]given, error) {
	asked := slices.DeleteFunc(slices.Clone(want), func(name training.Quantity) bool { return !name.Asked(q) })
	if len(asked) == 0 {
		return nil, nil
	}
	if r, ok := c.Trainee.(replier); ok {
		return r.reply(ctx, q, asked, n)
	}
	answers, err := c.Ask(ctx, q, asked)
	reply := make(map[training.Quantity]given)
	for name, values := range answers {
		reply[name] = given{values: values}
		if want := name.Shape(q).Size(); len(values) != want {
			reply[name] = given{malformed: fmt.Errorf("%s: %d numbers: want %d", name, len(values), want)}
		}
	}
	return reply, err
}

// note compares the answers to the next question.
func (c *trainer) note(ctx context.Context, r *TrainingReport, q *training.Question, answers map[training.Quantity]given) error {
	s := training.Solve(q)
	for i := range r.Quantities {
		row := &r.Quantities[i]
		given, offered := answers[row.Quantity]
		if !offered {
			continue
		}
		e, err := c.judge(ctx, s, q, row.Quantity, given)
		if err != nil {
			return err
		}
		if e.malformed == nil {
			row.note(e.nonzero, e.undecided, e.worst)
			if own := q.Instance.Training; own == nil || own.Behaviour == nil {
				if e.nonzero {
					row.Own++
				}
				if e.fails() {
					row.OwnWrong++
				}
			}
			c.suspects.note(row.Quantity, e.sifted)
			row.Mistakes, row.Excluded = len(s.Mistakes(row.Quantity)), len(c.excluded[row.Quantity])
		}
		if e.fails() && row.Failure == nil {
			row.Failure = &TrainingFailure{
				Quantity: row.Quantity, Unusable: e.malformed, Drawn: r.Instances, Found: e.shown, Original: q, Question: q, Shown: e.shown, estimated: e.estimated,
			}
			r.Failures = append(r.Failures, row.Failure)
		}
	}
	return nil
}

// noteUnusable adds an unusable answer, where it is the first of its kind.
func (r *TrainingReport) noteUnusable(problem error, q *training.Question) {
	r.Unanswered++
	first := firstOfKind(problem, r.Failures, func(f *TrainingFailure) error {
		if f.Quantity != "" {
			return nil
		}
		return f.Unusable
	})
	if first {
		r.Failures = append(r.Failures, &TrainingFailure{Unusable: problem, Drawn: r.Instances, Found: problem.Error(), Original: q, Question: q})
	}
}

// explain sets the smallest question of a failure, its mistakes and its free parts.
func (c *trainer) explain(ctx context.Context, r *TrainingReport, f *TrainingFailure) error {
	switch {
	case errors.Is(f.Unusable, ErrSilent):
		return nil
	case f.Quantity == "":
		return c.shrinkUnusable(ctx, f)
	case f.Unusable != nil:
		return c.shrinkWrong(ctx, f)
	}
	if err := c.tellApart(ctx, r, f); err != nil {
		return err
	}
	if err := c.combine(ctx, r, f); err != nil {
		return err
	}
	if err := c.shrinkWrong(ctx, f); err != nil {
		return err
	}
	c.name(f)
	return nil
}

// explainThere sets the mistakes of a failure on the one question that there is.
func (c *trainer) explainThere(ctx context.Context, f *TrainingFailure) error {
	if f.Unusable != nil {
		return nil
	}
	if c.suspect(f) {
		if _, err := c.try(ctx, f, f.Original); err != nil {
			return err
		}
	}
	c.name(f)
	return nil
}
