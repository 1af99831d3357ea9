package verify

import (
	"context"
	"errors"
	"fmt"

	"sounding/exact/field"
	"sounding/model"
)

// The parts of a verification one by one, for tests that draw their own cases.

// ErrUndecided reports a comparison that no precision decided.
var ErrUndecided = errors.New("undecided")

// Try runs the check on one case. It returns the number of comparisons made; the
// error is nil where all of them hold, the [*Violation] of the first that fails,
// under the given id, or wraps [ErrUndecided]. The sequences of the case must be
// few enough to be enumerated.
func (c Check) Try(id string, on *model.Case) (claims int, err error) {
	x, err := c.Examine(id, on)
	return x.Comparisons, err
}

// Examination is what a check did on one case.
type Examination struct {
	Comparisons  int
	Vacuous      bool         // whether a hypothesis did not hold somewhere
	Inequalities []Inequality // what those that hold came to
}

// Examine does what Try does, and says more of what was done.
func (c Check) Examine(id string, on *model.Case) (Examination, error) {
	out := judge(id, c, on, nil)
	x := Examination{Comparisons: out.claims, Vacuous: out.vacuous, Inequalities: out.inequalities}
	switch {
	case out.violation != nil:
		return x, out.violation
	case out.undecided != "":
		return x, fmt.Errorf("%s: %w: %s", id, ErrUndecided, out.undecided)
	}
	return x, nil
}

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
		w = newModularWorld(field.Mersenne61, seed, id, shape, i)
	}
	if v := run(c.Modular, w).outcome(id).violation; v != nil {
		return v
	}
	return nil
}

// Certify runs the entry's identities at random points of the prime fields, on the
// shapes with at most the given number of complete sequences. It returns the number of
// comparisons made; the error is the [*Violation] of the first that fails, or says why
// an identity cannot be certified.
func (s *Statement) Certify(ctx context.Context, seed uint64, leaves int) (claims int, err error) {
	e := &Entry{Statement: s, Cases: make(map[Grade]int)}
	if err := e.certify(ctx, seed, leaves); err != nil {
		return e.Claims, err
	}
	if e.Violation != nil {
		return e.Claims, e.Violation
	}
	return e.Claims, nil
}

// Cases returns where the cases of the entry's checks come from.
func (s *Statement) Cases() Source { return s.source(nil, nil) }

// Falsehood is something that an entry has to refute.
type Falsehood struct {
	NearMiss string // its name; empty for the wording of a refuted statement
	Check    Check
	Cases    Source
	Own      bool // whether the cases are of the entry's own making
	// When, where set, is what a case has to have for the falsehood to show on it.
	When *Condition
}

// Kind says what is claimed falsely.
type Kind string

// The kinds.
const (
	KindIdentity   Kind = "identity"   // of polynomials
	KindAsymptotic Kind = "asymptotic" // of coefficients of power series
	KindOther      Kind = "other"      // an inequality, an implication, what is not a polynomial
)

// Kind returns the kind of the falsehood.
func (f *Falsehood) Kind() Kind {
	switch {
	case f.Check.Series:
		return KindAsymptotic
	case f.Check.Modular != nil:
		return KindIdentity
	}
	return KindOther
}

// Falsehoods returns the wording of a refuted statement, and the near-misses.
func (s *Statement) Falsehoods() []Falsehood {
	var list []Falsehood
	if s.Claim != nil {
		own := s.Claim.Source != nil || s.Source != nil
		list = append(list, Falsehood{Check: s.Claim.Check, Cases: s.source(s.Claim.Source, nil), Own: own})
	}
	for _, m := range s.NearMisses {
		own := m.Source != nil || s.Source != nil
		list = append(list, Falsehood{NearMiss: m.Name, Check: m.Check, Cases: s.source(m.Source, m.Looks), Own: own, When: m.When})
	}
	return list
}

// Smallest returns the first of the small cases of a source that falsifies the
// check, and nil where there is none within the reach of the search.
func Smallest(ctx context.Context, id string, check Check, cases Source) *Counterexample {
	c, _ := smallest(ctx, id, check, cases.Smallest())
	return c
}
