package theorems

import (
	"sounding/exact/field"
	"sounding/generators"
)

// Verdict is what the suite says of a statement.
type Verdict string

// The verdicts.
const (
	Holds     Verdict = "holds"
	Refuted   Verdict = "refuted" // false as worded; the entry's checks verify the repair
	Undecided Verdict = "undecided"
)

// Grade is a strength of evidence, weakest first.
type Grade int8

// The grades.
const (
	Ungraded   Grade = iota
	Sampled          // float64 or Monte Carlo, with a derived error bound
	Enclosed         // decided by outward-rounded interval arithmetic
	Exact            // decided in ℚ on random instances
	Asymptotic       // decided on exact coefficients of a power series
	Certified        // a polynomial identity at random points of a prime field
	Disproved        // a stored counterexample
)

func (g Grade) String() string {
	return [...]string{"none", "sampled", "enclosed", "exact", "series", "certified", "refuted"}[g]
}

// Check is one way to test a statement, instantiated for the rings it runs in.
// Every check runs on cases, in ℚ or in intervals; an identity runs at free
// points of a prime field besides.
type Check struct {
	Rational func(*World[field.Rat])
	Modular  func(*World[uint64])
	Degree   func(*World[field.Deg])
	Interval func(*World[field.Enclosure])
}

// identity returns the check of a polynomial identity: one function, free of
// divisions and of branches on values, for the three rings.
func identity(q func(*World[field.Rat]), p func(*World[uint64]), d func(*World[field.Deg])) Check {
	return Check{Rational: q, Modular: p, Degree: d}
}

// exactly returns a check that is decided in ℚ.
func exactly(q func(*World[field.Rat])) Check { return Check{Rational: q} }

// enclosed returns a check that is decided by intervals, at the precision that
// it takes.
func enclosed(i func(*World[field.Enclosure])) Check { return Check{Interval: i} }

// Grade returns the strongest grade that the check can reach.
func (c Check) Grade() Grade {
	switch {
	case c.Modular != nil:
		return Certified
	case c.Rational != nil:
		return Exact
	}
	return Enclosed
}

// Statement is one entry of the registry.
type Statement struct {
	ID      string
	Title   string
	Section string // the section of the paper
	Formula string // in symbols, readable in a terminal

	Hypotheses []string
	Reading    string // how the paper's words were read, where that matters

	// Claim is the wording that the suite refutes; nil where the statement holds.
	Claim *Claim
	// Checks verify the statement; of a refuted one, its repair.
	Checks []Check
	// Repair is the nearest true statement, of a refuted one.
	Repair string

	NearMisses []NearMiss

	// Looks says which components of a case the checks look at, for the search
	// for a smallest counterexample.
	Looks generators.Needs
}

// Claim is a wording with the check that falsifies it.
type Claim struct {
	Wording string
	Check   Check
}

// NearMiss is a plausible wrong version of a statement, which the suite must
// refute: the measure of what its checks can see.
type NearMiss struct {
	Name  string // what is wrong, in words
	Drops string // the hypothesis that is left out, where it is a necessity witness
	Check Check
	// Looks, where set, narrows the search for the smallest counterexample to
	// fewer components than the statement looks at.
	Looks *generators.Needs
}

// Verdict returns the verdict that the entry claims.
func (s *Statement) Verdict() Verdict {
	if s.Claim != nil {
		return Refuted
	}
	return Holds
}

// Grade returns the strongest grade that the entry's checks can reach.
func (s *Statement) Grade() Grade {
	if s.Claim != nil {
		return Disproved
	}
	g := Ungraded
	for _, c := range s.Checks {
		g = max(g, c.Grade())
	}
	return g
}
