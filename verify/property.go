package verify

import (
	"context"
	"fmt"

	"sounding/exact/field"
	"sounding/model"
)

// The parts of a verification one by one, for tests that draw their own cases.

// Try runs the check on one case, like Examine. It returns the number of comparisons
// made; the error is nil if all of them hold, the [*Violation] of the first that fails,
// or wraps [ErrUndecided].
func (c Check) Try(id string, on *model.Case) (comparisons int, err error) {
	r := c.Examine(id, on)
	if err = r.Err(); r.Violation == nil && err != nil {
		err = fmt.Errorf("%s: %w", id, err)
	}
	return r.Comparisons, err
}

// Examine runs the check of the statement with the given id on one case, whose sequences
// must be few enough to be enumerated.
func (c Check) Examine(id string, on *model.Case) Result { return judge(id, c, on, nil) }

// modularShapes are the trees that single points of a prime field are tried on. All
// have two positions, which a falsehood about later positions needs.
var modularShapes = []Shape{{2, 2}, {3, 2}, {2, 3}}

// TryModular runs the check, which must have a modular form, at the random point with
// number i of a seed: of a prime field or, on power series, of a family over it. The
// error is nil or the [*Violation] of the first comparison that fails.
func (c Check) TryModular(id string, seed uint64, i int) error {
	shape := modularShapes[i%len(modularShapes)]
	var w *World[uint64]
	if c.Series {
		kind := formalKinds[i%len(formalKinds)]
		w = newSeriesWorld(field.Mersenne61, seed, shape, kind, 2, i)
	} else {
		w = newModularWorld(field.Mersenne61, seed, id, shape, 1, i)
	}
	r := run(c.Modular, w).of(id)
	return r.Err()
}

// Certify runs the entry's identities at random points of the prime fields, on the
// shapes with at most the given number of complete sequences. It returns the number of
// points; the error is the [*Violation] of the first that fails, or says why an identity
// cannot be certified.
func (s *Statement) Certify(ctx context.Context, seed uint64, leaves int) (points int, err error) {
	e := newEntry(s)
	if err := e.certify(ctx, seed, leaves); err != nil {
		return 0, err
	}
	for _, c := range e.Claims {
		points += c.Points
	}
	return points, e.Err()
}

// Cases returns where the cases of the entry's checks come from.
func (s *Statement) Cases() Source { return s.source(nil, nil) }

// Smallest returns the first of the small cases of a source that falsifies the check, or
// nil if there is none within the reach of the search.
func Smallest(ctx context.Context, id string, check Check, cases Source) *Counterexample {
	c, _ := smallest(ctx, id, check, cases.Smallest())
	return c
}
