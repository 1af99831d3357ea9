package gate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"sounding/exact"
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
	Seed       uint64
	Level      Level
	Instances  int
	Wanted     int
	Unanswered int
	training.Claim
	Quantities []TrainingQuantity
	Failures   []*TrainingFailure // of every quantity that fails, and of every kind of unusable answer
}

// TrainingQuantity is what was found of one quantity.
type TrainingQuantity struct {
	Quantity  training.Quantity
	Instances int // those on which it was compared
	Nonzero   int // those of them on which the truth is not 0
	// Own is how many of the instances that are not 0 have no behaviour policy, so that the
	// policy samples for itself, and OwnWrong on how many of all without one it is wrong.
	Own, OwnWrong int
	// Mistakes is how many are known, and Excluded how many of them gave a wrong number on
	// at least one of the instances.
	Mistakes, Excluded int
	Undecided          int
	Worst              float64 // the largest error, in units of the tolerance
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
func (r *TrainingReport) Checked() int {
	n := 0
	for _, q := range r.Quantities {
		if q.Instances > 0 {
			n++
		}
	}
	return n
}

// Undecided returns how many numbers could be neither accepted nor refused.
func (r *TrainingReport) Undecided() int {
	n := 0
	for _, q := range r.Quantities {
		n += q.Undecided
	}
	return n
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
	if o.On != nil {
		o.Instances, o.Level = 1, ""
	} else if o.Level == "" {
		o.Level = Full
	}
	if o.Instances < 1 {
		return nil, fmt.Errorf("%d instances: want 1 or more", o.Instances)
	}
	if o.Objective == "" {
		o.Objective = training.ObjectiveRegularised
	}
	if o.Only == nil {
		o.Only = o.Claim.Quantities()
	}
	c := &trainer{Trainee: s, o: o, suspects: newSuspects[training.Quantity]()}
	r := &TrainingReport{Seed: o.Seed, Level: o.Level, Wanted: o.Instances, Claim: o.Claim}
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
			row.Instances++
			row.Undecided += e.undecided
			row.Worst = math.Max(row.Worst, e.worst)
			if e.nonzero {
				row.Nonzero++
			}
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

// judge compares the answer for a quantity, asking again where it is an estimate that does
// not settle it.
func (c *trainer) judge(ctx context.Context, s *training.Solution, q *training.Question, name training.Quantity, g given) (*comparison, error) {
	e := new(comparison)
	var scale []float64
	if g.estimate != nil {
		_, near, err := c.truth(s, name)
		if err != nil {
			return nil, err
		}
		scale = s.Scales(name, near)
	}
	level := falseAlarm / float64(max(c.o.Instances, 1)*len(c.o.Only)*max(len(g.values), 1))
	malformed, err := settle(g, scale, level, func(n int) (given, error) {
		reply, err := c.ask(ctx, q, []training.Quantity{name}, n)
		again, offered := reply[name]
		if ctx.Err() == nil && (err != nil || !offered) {
			return given{malformed: fmt.Errorf("no answer where %d draws were asked for: %w", n, err)}, nil
		}
		return again, err
	}, func(g given, radii []float64) (off bool, err error) {
		e, err = c.compare(s, q, name, g, radii)
		return err == nil && e.shown != "", err
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if malformed != nil {
		e = &comparison{malformed: malformed, shown: malformed.Error()}
	}
	return e, err
}

// noteUnusable adds an unusable answer, where it is the first of its kind.
func (r *TrainingReport) noteUnusable(problem error, q *training.Question) {
	r.Unanswered++
	kinds := 0
	for _, f := range r.Failures {
		if f.Unusable != nil && f.Quantity == "" {
			kinds++
			if sameKind(f.Unusable, problem) {
				return
			}
		}
	}
	if kinds < maxUnusable {
		r.Failures = append(r.Failures, &TrainingFailure{Unusable: problem, Drawn: r.Instances, Found: problem.Error(), Original: q, Question: q})
	}
}

// comparison is what was found of one answer.
type comparison struct {
	shown     string // the worst number that is wrong; "" where none is
	worst     float64
	undecided int
	nonzero   bool  // the truth is not 0
	malformed error // why there was nothing to compare
	estimated bool
	sifted
}

// fails reports whether the answer is wrong or unusable.
func (e *comparison) fails() bool { return e.malformed != nil || e.shown != "" }

// The precision, in bits, of enclosures, and that at which a number at the edge of the
// tolerance is looked at again.
const (
	trainingPrecision = 128
	closePrecision    = 1024
)

// truth returns the numbers of a quantity, and float64 numbers near them.
func (c *trainer) truth(s *training.Solution, name training.Quantity) (truth []exact.Number, near []float64, err error) {
	if truth, err = s.Truth(name, trainingPrecision); err != nil {
		return nil, nil, fmt.Errorf("exact solution: %w", err)
	}
	near = make([]float64, len(truth))
	for i, v := range truth {
		lo, _ := rationalBounds(v)
		near[i], _ = lo.Float64()
	}
	return truth, near, nil
}

// compare compares the numbers that were given for a quantity, which may be off by a
// radius beyond the tolerance where there are radii.
func (c *trainer) compare(s *training.Solution, q *training.Question, name training.Quantity, g given, radii []float64) (*comparison, error) {
	if name == training.LossGradient {
		g.values = weigh(s, g.values)
	}
	truth, near, err := c.truth(s, name)
	if err != nil {
		return nil, err
	}
	tolerance := s.Tolerance(name, near)
	for i := range tolerance {
		if c.o.Tolerance != nil {
			tolerance[i] = c.o.Tolerance
		}
		tolerance[i] = widened(tolerance[i], radii, i)
	}
	compared := s.Compared(name)
	e := &comparison{estimated: radii != nil}
	for i, v := range truth {
		if !compared[i] {
			continue
		}
		allowed, a := tolerance[i], g.answer(i)
		within, lo, hi, err := a.within(v, allowed)
		if err == errEdge {
			var finer []exact.Number
			if finer, err = s.Truth(name, closePrecision); err != nil {
				return nil, fmt.Errorf("exact solution: %w", err)
			}
			within, lo, hi, err = a.within(finer[i], allowed)
		}
		if err != nil {
			e.undecided++
			continue
		}
		off := distance(a.value, lo, allowed)
		if !within && (e.shown == "" || off > e.worst) {
			e.shown = fmt.Sprintf("%s, exact %s (±%s)", a.text, shown(lo, hi), decimal(allowed, 2))
			if place := name.Place(q, i); place != "" {
				e.shown = place + ": " + e.shown
			}
		}
		e.worst = math.Max(e.worst, off)
	}
	e.nonzero = slices.ContainsFunc(near, func(v float64) bool { return v != 0 })
	wrong := s.Wrong(name, func(mistake string) bool { return c.open(name, mistake) })
	sieve := newSieve(near, g.values, tolerance, compared)
	e.sifted = sieve.sift(wrong)
	if name == training.LossGradient {
		c.combined.note(s, sieve)
	}
	return e, nil
}

// weigh returns the weighed gradients of batches, nil where one is not finite.
func weigh(s *training.Solution, given []*big.Rat) []*big.Rat {
	if i := slices.Index(given, nil); i < 0 {
		return s.Weigh(given)
	}
	finite := slices.Clone(given)
	for i, v := range finite {
		if v == nil {
			finite[i] = new(big.Rat)
		}
	}
	sum := s.Weigh(finite)
	for i, v := range given {
		if v == nil {
			sum[i%len(sum)] = nil
		}
	}
	return sum
}

// distance returns |a − b| in units of the tolerance.
func distance(a, b, tolerance *big.Rat) float64 {
	if a == nil {
		return math.Inf(1)
	}
	if tolerance.Sign() == 0 {
		if a.Cmp(b) == 0 {
			return 0
		}
		return math.Inf(1)
	}
	d := new(big.Rat).Sub(a, b)
	f, _ := d.Quo(d.Abs(d), tolerance).Float64()
	return f
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
