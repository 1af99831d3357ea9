package verify

import (
	"context"
	"iter"

	"sounding/exact/field"
	"sounding/model"
)

// Counterexample is a case on which a check fails, and how it fails there.
type Counterexample struct {
	Case      *model.Case
	Violation *Violation
	Smallest  bool // the first in the order of generators.Smallest
}

// maxPrecision is the largest precision, in bits, that a check by enclosures is
// tried at.
const maxPrecision = 4096

// judge runs a check on a case, in ℚ or in enclosures of growing precision. w is the
// world of the case in ℚ; it is made if w is nil.
func judge(id string, check Check, c *model.Case, w *World[field.Rat]) Result {
	return new(limits).judge(id, check, c, w)
}

// judge is judge within limits.
func (l *limits) judge(id string, check Check, c *model.Case, w *World[field.Rat]) Result {
	if check.Rational != nil {
		if w == nil {
			w = l.world(c)
		}
		return run(check.Rational, w.again()).of(id)
	}
	var last Result
	bits, err := field.Refine(field.DefaultPrecision, maxPrecision, func(f field.Interval) (bool, error) {
		w := limited(l, NewCaseWorld(f.Watch(&l.halt), c))
		last = run(check.Interval, w).of(id)
		return last.Violation != nil || last.Undecided == "" || last.Skipped, nil
	})
	if err == nil {
		last.Precisions.Add(bits, last.Comparisons)
	}
	return last
}

// again returns the world for another check, with the solutions it has.
func (w *World[E]) again() *World[E] {
	v := *w
	v.result = new(Result)
	return &v
}

// maxSearch is the number of cases after which the search for the smallest counterexample
// ends.
const maxSearch = 60_000

// smallest returns the first of the cases, which come by increasing size, that falsifies
// the check, or nil if none of the first maxSearch does, and the number of cases looked at.
func smallest(ctx context.Context, id string, check Check, cases iter.Seq[*model.Case]) (*Counterexample, int) {
	n := 0
	for c := range cases {
		if n == maxSearch || ctx.Err() != nil {
			break
		}
		n++
		if out := judge(id, check, c, nil); out.Violation != nil {
			return &Counterexample{c, out.Violation, true}, n
		}
	}
	return nil, n
}
