package verify

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"sounding/exact/field"
)

// Result is what a check did on one case or point, or what several did on many.
type Result struct {
	Comparisons  int
	Vacuous      bool        // a hypothesis failed somewhere, and nothing was claimed there
	Undecided    string      // the first comparison that could not be decided
	Violation    *Violation  // the first comparison that failed
	Precisions   field.Rungs // comparisons of enclosures, by the precision that decided their case
	Panic        *Panic      // the first
	Inequalities Inequalities

	claim    string // the last that was compared
	tooLarge bool   // undecided for want of memory
}

// compare counts a comparison of the two sides of a claim.
func (r *Result) compare(claim string) {
	r.Comparisons++
	r.claim = claim
}

// Merge adds another result. Of violations, panics and undecided comparisons it keeps the
// first.
func (r *Result) Merge(o Result) {
	r.Comparisons += o.Comparisons
	r.Vacuous = r.Vacuous || o.Vacuous
	if r.Undecided == "" {
		r.Undecided = o.Undecided
	}
	if r.Violation == nil {
		r.Violation = o.Violation
	}
	r.Precisions.Merge(o.Precisions)
	if r.Panic == nil {
		r.Panic = o.Panic
	}
	r.Inequalities.merge(o.Inequalities)
}

// ErrUndecided reports a comparison that no precision decided.
var ErrUndecided = errors.New("undecided")

// Err returns the [*Violation], the [*Panic], an error that wraps [ErrUndecided], or nil.
func (r *Result) Err() error {
	switch {
	case r.Violation != nil:
		return r.Violation
	case r.Panic != nil:
		return r.Panic
	case r.Undecided != "":
		return fmt.Errorf("%w: %s", ErrUndecided, r.Undecided)
	}
	return nil
}

// of returns the result of a check of the statement with the given id.
func (r Result) of(id string) Result {
	if r.Violation != nil {
		r.Violation.Statement = id
	}
	return r
}

// Inequality says what the comparisons of one inequality came to: how close the cases
// brought its sides. An inequality that they never bring close to equality could have a
// wrong constant and pass.
type Inequality struct {
	Claim       string
	Comparisons int
	Equal       int // of equal sides
	// Least is the least (right − left)/max(|left|, |right|) over the comparisons of
	// sides that differ, neither of them zero; of enclosures, an upper bound of it. It is
	// rounded to a few units in the last place, and +Inf if there is none.
	Least float64
}

// Inequalities are those that hold, by claim in the order in which they came.
type Inequalities []Inequality

// at returns the entry of a claim.
func (t *Inequalities) at(claim string) *Inequality {
	i := slices.IndexFunc(*t, func(q Inequality) bool { return q.Claim == claim })
	if i < 0 {
		i = len(*t)
		*t = append(*t, Inequality{Claim: claim, Least: math.Inf(1)})
	}
	return &(*t)[i]
}

// merge adds the counts of others.
func (t *Inequalities) merge(other Inequalities) {
	for _, o := range other {
		q := t.at(o.Claim)
		q.Comparisons += o.Comparisons
		q.Equal += o.Equal
		q.Least = min(q.Least, o.Least)
	}
}
