package verify

import (
	"iter"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// Verdict is what the suite says of a statement.
type Verdict string

// The verdicts.
const (
	Holds     Verdict = "holds"
	Refuted   Verdict = "refuted" // false as read; the entry's checks verify the repair
	Undecided Verdict = "undecided"
	Panicked  Verdict = "panicked" // a check panicked: a mistake in the suite
	// Unfinished entries were interrupted before all of their checks had run, and nothing
	// failed until then.
	Unfinished Verdict = "unfinished"
)

// Grade is a strength of evidence, weakest first.
type Grade int8

// The grades.
const (
	Ungraded   Grade = iota
	Agrees           // an equality that enclosures narrower than 10⁻²⁰ do not exclude
	Enclosed         // decided by outward-rounded interval arithmetic
	Exact            // decided in ℚ on random instances
	Asymptotic       // decided on exact coefficients of a power series
	Certified        // a polynomial identity at random points of a prime field
	Proved           // a polynomial identity on lattices that leave no other polynomial of its degrees
	Kernel           // a theorem in Coq, for every vocabulary and length
	Disproved        // a stored counterexample
)

func (g Grade) String() string {
	return [...]string{"none", "agrees", "enclosed", "exact", "series", "certified", "proved", "kernel", "refuted"}[g]
}

// MarshalText returns the grade's name.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// Check is one way to test a statement, instantiated for the rings it runs in.
// Every check runs on cases, in ℚ or in intervals. An identity also runs at free
// points of a prime field, over the degrees that bound what such a point can miss,
// and on lattices, all with the one function Modular.
type Check struct {
	Rational func(*World[field.Rat])
	Modular  func(*World[uint64])
	Interval func(*World[field.Enclosure])
	// Series says that the sides are coefficients of power series: the check runs
	// over the series of random families in ℚ and 𝔽_p.
	Series bool
	// Agrees says that the check compares numbers with [World.Meet].
	Agrees bool
	// Limits bound the certificates and proofs of an identity.
	Limits Limits
}

// Limits bound what the certificates and proofs of an identity may cost. The zero
// value is right for most.
type Limits struct {
	// Leaves bounds the complete sequences of the shapes that are certified or proved,
	// for a check whose cost grows faster than their number; 0 means no bound.
	Leaves int
	// CertificateOnly says that no proof is tried: the degrees are too high for all but
	// the smallest lattices, and another form of the identity is proved.
	CertificateOnly bool
}

// Identity returns the check of a polynomial identity: one function, free of
// divisions and of branches on values, instantiated for both rings.
func Identity(q func(*World[field.Rat]), p func(*World[uint64])) Check {
	return Check{Rational: q, Modular: p}
}

// Within returns the check with the given limits.
func (c Check) Within(l Limits) Check {
	c.Limits = l
	return c
}

// Rational returns a check that is decided in ℚ.
func Rational(q func(*World[field.Rat])) Check { return Check{Rational: q} }

// Series returns a check on the coefficients of power series, in ℚ and, if p is not nil,
// in 𝔽_p.
func Series(q func(*World[field.Rat]), p func(*World[uint64])) Check {
	return Check{Rational: q, Modular: p, Series: true}
}

// Interval returns a check that is decided by intervals, at whatever precision it takes.
func Interval(i func(*World[field.Enclosure])) Check { return Check{Interval: i} }

// Agreement returns a check by intervals that claims equalities which no interval decides,
// by [World.Meet].
func Agreement(i func(*World[field.Enclosure])) Check { return Check{Interval: i, Agrees: true} }

// IsIdentity reports whether the check is a polynomial identity, which can be
// certified and proved.
func (c Check) IsIdentity() bool { return c.Modular != nil && !c.Series }

// CaseGrade returns the grade that the check reaches on random instances.
func (c Check) CaseGrade() Grade {
	switch {
	case c.Series:
		return Asymptotic
	case c.Rational != nil:
		return Exact
	case c.Agrees:
		return Agrees
	}
	return Enclosed
}

// Grade returns the strongest grade that the check can reach.
func (c Check) Grade() Grade {
	switch {
	case c.IsIdentity() && c.Limits.CertificateOnly:
		return Certified
	case c.IsIdentity():
		return Proved
	}
	return c.CaseGrade()
}

// Statement is one entry of the registry.
type Statement struct {
	ID      string
	Title   string
	Section string // the section of the paper
	Kind    Kind   // empty for Paper
	Formula string // in symbols, readable in a terminal

	// Sentence is the sentence of the paper that the entry is about, if no other entry has
	// it. Else Twin is the id of the entry that has it, if there is one.
	Sentence Sentence
	Twin     string

	Hypotheses []string
	Reading    string // how the paper's words are read, if that matters

	// Refuted is the wording that the suite refutes; nil if the statement holds.
	Refuted *Falsehood
	// Story tells how, of the smallest counterexample.
	Story Story
	// Saving names the readings of a refuted sentence that would save it, and says of each
	// whether it is true.
	Saving string
	// Claims are what is claimed, each with its check; of a refuted statement, those of
	// its repair.
	Claims []Claim
	// Repair is the true statement that is nearest to a refuted one.
	Repair string

	NearMisses []Falsehood

	// Looks says which components of a case the checks look at, for the search for the
	// smallest counterexample.
	Looks generators.Needs

	// Source, if set, replaces the random cases and the order of size, for a statement
	// about more than an instance and a parameterisation, or about particular instances.
	Source *Source
}

// Source supplies the cases of a statement.
type Source struct {
	// Draw returns case i of a seed, the same each time. It is called from
	// several goroutines.
	Draw func(seed uint64, i int) *model.Case
	// Smallest yields small cases by increasing size, for the search for the smallest
	// counterexample; nil means generators.Smallest.
	Smallest func() iter.Seq[*model.Case]
}

// source returns where the cases of a check come from: the given source, else the
// statement's, else random cases of all classes and the order of size over the given
// components.
func (s *Statement) source(own *Source, looks *generators.Needs) Source {
	var r Source
	for _, o := range []*Source{own, s.Source} {
		if o == nil {
			continue
		}
		if r.Draw == nil {
			r.Draw = o.Draw
		}
		if r.Smallest == nil {
			r.Smallest = o.Smallest
		}
	}
	if r.Draw == nil {
		r.Draw = func(seed uint64, i int) *model.Case { return generators.Example(generators.Limits{}, seed, i) }
	}
	if r.Smallest == nil {
		if looks == nil {
			looks = &s.Looks
		}
		r.Smallest = func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for _, c := range generators.Smallest(*looks) {
					if !yield(c) {
						return
					}
				}
			}
		}
	}
	return r
}

// Verdict returns the verdict that the entry claims.
func (s *Statement) Verdict() Verdict {
	if s.Refuted != nil {
		return Refuted
	}
	return Holds
}

// Grade returns the grade that the entry can reach: Disproved if it refutes a wording.
func (s *Statement) Grade() Grade {
	if s.Refuted != nil {
		return Disproved
	}
	return s.ClaimsGrade()
}

// ClaimsGrade returns the weakest of the grades that the entry's claims can reach, those of
// the repair where it refutes a wording.
func (s *Statement) ClaimsGrade() Grade {
	g := Disproved
	for _, c := range s.Claims {
		g = min(g, c.Grade())
	}
	return g
}

// Relation returns how the entry relates to the paper.
func (s *Statement) Relation() Kind {
	if s.Kind == "" {
		return Paper
	}
	return s.Kind
}

// Checks returns the checks of the claims.
func (s *Statement) Checks() []Check {
	var list []Check
	for _, c := range s.Claims {
		list = append(append(list, c.Check), c.Also...)
	}
	return list
}

// ClaimFormula returns the formula of claim i.
func (s *Statement) ClaimFormula(i int) string {
	if f := s.Claims[i].Formula; f != "" {
		return f
	}
	return s.Formula
}
