package gate

import (
	"context"
	"slices"

	"sounding/gate/training"
)

// combinations are the sets of mistakes that explain every answer so far.
type combinations []*combination

type combination struct {
	training.Combination
	shown bool // it differs from the truth of some question
}

func newCombinations(of training.Claim) combinations {
	var list combinations
	for _, c := range of.Combinations() {
		list = append(list, &combination{Combination: c})
	}
	return list
}

// note leaves those that explain an answer.
func (l *combinations) note(s *training.Solution, by *sieve) {
	*l = slices.DeleteFunc(*l, func(c *combination) bool {
		forms := s.Combined(c.Combination)
		c.shown = c.shown || !by.harmless(forms)
		return !by.explained(forms)
	})
}

// named returns those that differ from the truth and do not contain another.
func (l combinations) named() (list [][]training.Mistake) {
	contains := func(set, part []training.Mistake) bool {
		return !slices.ContainsFunc(part, func(m training.Mistake) bool {
			return !slices.ContainsFunc(set, func(own training.Mistake) bool { return own.Name == m.Name })
		})
	}
	for _, c := range l {
		smaller := func(other *combination) bool {
			return other.shown && len(other.Mistakes) < len(c.Mistakes) && contains(c.Mistakes, other.Mistakes)
		}
		if c.shown && !slices.ContainsFunc(l, smaller) {
			list = append(list, c.Mistakes)
		}
	}
	return list
}

// suspect sets the combinations to look at, all of the claim where the failure is that of a
// loss and no mistake explains it alone, and reports whether there are any.
func (c *trainer) suspect(f *TrainingFailure) bool {
	c.combined = nil
	if f.Quantity == training.LossGradient && len(c.mistakes(f)) == 0 {
		c.combined = newCombinations(f.Original.Claim)
	}
	return c.combined != nil
}

// name sets the mistakes of a failure.
func (c *trainer) name(f *TrainingFailure) {
	f.Mistakes, f.Together = c.mistakes(f), c.combined.named()
	if len(f.Together) == 1 && len(f.Together[0]) == 1 {
		f.Mistakes, f.Together = f.Together[0], nil // in a loss whose KL is that at frozen prefixes, say
	}
}

// combine looks for mistakes that explain the failure of a loss together, where none does
// alone. Every question is asked again, until no combination is left, and further ones
// while several are.
func (c *trainer) combine(ctx context.Context, r *TrainingReport, f *TrainingFailure) error {
	if !c.suspect(f) {
		return nil
	}
	if _, err := c.try(ctx, f, f.Original); err != nil {
		return err
	}
	for i := 0; i < r.Wanted+moreQuestions && len(c.combined) > 0; i++ {
		if i >= r.Wanted && len(c.combined.named()) == 1 {
			break
		}
		if _, err := c.try(ctx, f, c.draw(i)); err != nil {
			return err
		}
	}
	return nil
}
