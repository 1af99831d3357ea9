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
	Comparisons int
	Vacuous     bool        // a hypothesis failed somewhere, and nothing was claimed there
	Undecided   string      // the first comparison that could not be decided
	Violation   *Violation  // the first comparison that failed
	Precisions  field.Rungs // comparisons of enclosures, by the precision that decided their case
	Panic       *Panic      // the first
	Skipped     bool        // undecided as it would take more time or memory than it may
	Tallies     Tallies

	claim string // the last that was compared
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
	r.Skipped = r.Skipped || o.Skipped
	if r.Violation == nil {
		r.Violation = o.Violation
	}
	r.Precisions.Merge(o.Precisions)
	if r.Panic == nil {
		r.Panic = o.Panic
	}
	r.Tallies.merge(o.Tallies)
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

// at returns the tally of a formula.
func (t *Tallies) at(formula string) *Tally {
	i := slices.IndexFunc(*t, func(q Tally) bool { return q.Formula == formula })
	if i < 0 {
		i = len(*t)
		*t = append(*t, Tally{Formula: formula, Cases: 1, Least: math.Inf(1)})
	}
	return &(*t)[i]
}

// merge adds the counts of other cases.
func (t *Tallies) merge(other Tallies) {
	for _, o := range other {
		q := t.at(o.Formula)
		if q.Comparisons > 0 {
			q.Cases += o.Cases
		} else {
			q.Cases = o.Cases // at has just made q, with the one case that a World counts
		}
		q.Comparisons += o.Comparisons
		q.Trivial += o.Trivial
		q.Agreed += o.Agreed
		q.Inequality = q.Inequality || o.Inequality
		q.Equal += o.Equal
		q.Least = min(q.Least, o.Least)
	}
}
