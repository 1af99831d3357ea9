package gate

import (
	"cmp"
	"context"
	"slices"

	"sounding/gate/training"
)

// Bounds on what is asked to explain one failure.
const (
	moreQuestions  = 200 // to tell mistakes apart
	smallQuestions = 6000
	smallUnusable  = 300
	smallEstimates = 200 // where each answer takes thousands of draws
)

// mistakes returns the known mistakes that explain a failure.
func (c *trainer) mistakes(f *TrainingFailure) []training.Mistake {
	return c.named(f.Quantity, training.Solve(f.Original).Mistakes(f.Quantity))
}

// tellApart asks further random questions while several mistakes explain a failure.
func (c *trainer) tellApart(ctx context.Context, r *TrainingReport, f *TrainingFailure) error {
	for i := r.Wanted; i < r.Wanted+moreQuestions && len(c.mistakes(f)) > 1; i++ {
		if _, err := c.try(ctx, f, c.draw(i)); err != nil {
			return err
		}
	}
	return nil
}

// try asks for the quantity of a failure and returns how it fails in that way, "" where it
// does not or is not offered.
func (c *trainer) try(ctx context.Context, f *TrainingFailure, q *training.Question) (string, error) {
	answers, err := c.ask(ctx, q, []training.Quantity{f.Quantity}, 0)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	given, offered := answers[f.Quantity]
	if err != nil || !offered {
		return "", nil // in another way
	}
	e, err := c.judge(ctx, training.Solve(q), q, f.Quantity, given)
	if err != nil {
		return "", err
	}
	if f.Unusable != nil || e.malformed != nil {
		if f.Unusable != nil && e.malformed != nil && sameKind(f.Unusable, e.malformed) {
			return e.shown, nil
		}
		return "", nil
	}
	c.suspects.note(f.Quantity, e.sifted)
	return e.shown, nil
}

// shows is try on a fresh solver, where there is one.
func (c *trainer) shows(ctx context.Context, f *TrainingFailure, q *training.Question) (string, error) {
	if r, ok := c.Trainee.(Resetter); ok {
		r.Reset()
	}
	return c.try(ctx, f, q)
}

// shrinkWrong looks for the smallest question on which a quantity is wrong, and for
// the parts of it that do not matter.
func (c *trainer) shrinkWrong(ctx context.Context, f *TrainingFailure) error {
	if shown, err := c.shows(ctx, f, f.Original); err != nil || shown == "" {
		f.Transient = err == nil
		return err
	}
	most := cmp.Or(c.o.Tries, smallQuestions)
	if f.estimated {
		most = smallEstimates
	}
	for small, q := range f.Quantity.Smallest(c.o.Claim, most) {
		shown, err := c.try(ctx, f, q)
		if err != nil {
			return err
		}
		if shown == "" {
			continue
		}
		if shown, err = c.shows(ctx, f, q); err != nil {
			return err
		}
		if shown == "" {
			continue
		}
		f.Question, f.Shown, f.Smallest = q, shown, true
		if f.estimated {
			return nil
		}
		return c.free(ctx, f, small)
	}
	return nil
}

// free sets the parts of the smallest question that do not matter.
func (c *trainer) free(ctx context.Context, f *TrainingFailure, small *training.Small) (err error) {
	parts, others := small.Changes(c.o.Claim)
	var list []change[*training.Question]
	for _, part := range parts {
		ch := change[*training.Question]{part: part}
		for _, other := range others[part] {
			if q, ok := other.Question(c.o.Claim); ok && f.Quantity.Asked(q) {
				ch.others = append(ch.others, q)
			}
		}
		list = append(list, ch)
	}
	f.Free, err = free(list, func(q *training.Question) (bool, error) {
		shown, err := c.try(ctx, f, q)
		return shown != "", err
	})
	return err
}

// shrinkUnusable looks for the smallest question without a usable answer of the same
// kind.
func (c *trainer) shrinkUnusable(ctx context.Context, f *TrainingFailure) error {
	for _, name := range c.o.Only {
		n := 0
		for _, q := range name.Smallest(c.o.Claim, smallUnusable) {
			if n++; n > smallUnusable/len(c.o.Only)+1 {
				break
			}
			_, err := c.ask(ctx, q, slices.Clone(c.o.Only), 0)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil && sameKind(err, f.Unusable):
				f.Unusable, f.Question, f.Smallest = err, q, true
				return nil
			}
		}
	}
	return nil
}
