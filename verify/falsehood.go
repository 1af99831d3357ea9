package verify

import (
	"context"

	"sounding/generators"
	"sounding/model"
)

// Falsehood is something that the suite must refute: the wording of a refuted statement,
// or a near-miss, a plausible wrong version of a statement. Near-misses measure what its
// checks can see.
type Falsehood struct {
	Wording string // what the paper says, as it is read; "" for a near-miss
	Name    string // what is wrong with a near-miss, in words; "" for a wording
	Drops   string // the hypothesis that a near-miss leaves out, if it shows that it is needed
	Check   Check
	// Looks, if set, narrows the search for the smallest counterexample to fewer
	// components than the statement looks at.
	Looks *generators.Needs
	// Source, if set, supplies the cases, as Statement.Source does.
	Source *Source
	// When, if set, is what a case must have for the falsehood to show on it.
	When *Condition
}

// Story tells a refutation as one would at a blackboard.
type Story struct {
	Told        string // what happens in the smallest counterexample, in two or three sentences
	Left, Right string // what the two sides are there
	Practice    string // what follows for those who use the statement
}

// Condition is a property of cases, in words and as a function.
type Condition struct {
	Words string
	Holds func(*model.Case) bool
}

// Form says what is claimed falsely.
type Form string

// The forms.
const (
	FormIdentity   Form = "identity"   // of polynomials
	FormAsymptotic Form = "asymptotic" // of coefficients of power series
	FormOther      Form = "other"      // an inequality, an implication, what is not a polynomial
)

// Form returns the form of the falsehood.
func (f *Falsehood) Form() Form {
	switch {
	case f.Check.Series:
		return FormAsymptotic
	case f.Check.Modular != nil:
		return FormIdentity
	}
	return FormOther
}

// Falsehoods returns the wording of a refuted statement, and the near-misses.
func (s *Statement) Falsehoods() []*Falsehood {
	var list []*Falsehood
	if s.Refuted != nil {
		list = append(list, s.Refuted)
	}
	for i := range s.NearMisses {
		list = append(list, &s.NearMisses[i])
	}
	return list
}

// CasesOf returns where the cases of one of the entry's falsehoods come from.
func (s *Statement) CasesOf(f *Falsehood) Source { return s.source(f.Source, f.Looks) }

// OwnCases reports whether the cases of a falsehood are made by the entry, and are not the
// random cases of all classes.
func (s *Statement) OwnCases(f *Falsehood) bool { return f.Source != nil || s.Source != nil }

// Refutation is what was found of a near-miss.
type Refutation struct {
	Falsehood *Falsehood
	Cases     int // random cases until the first that refuted it; 0 if none did
	Searched  int // cases of the enumeration looked at for the smallest
	// Counterexample is the smallest if the search reached it, else that random case;
	// nil if nothing refuted the falsehood.
	Counterexample *Counterexample
}

// Refuted reports whether a counterexample was found.
func (r *Refutation) Refuted() bool { return r.Counterexample != nil }

// refute looks for a counterexample to a falsehood of an entry: first on the random
// cases, which measures how soon it is found, then in the order of size.
func (r *Report) refute(ctx context.Context, s *Statement, f *Falsehood, cases int) Refutation {
	found := Refutation{Falsehood: f}
	source := s.CasesOf(f)
	for i := range cases {
		if ctx.Err() != nil {
			return found
		}
		c := source.Draw(r.Seed, i)
		if v := judge(s.ID, f.Check, c, nil).Violation; v != nil {
			found.Cases = i + 1
			found.Counterexample = &Counterexample{Case: c, Violation: v}
			break
		}
	}
	c, n := smallest(ctx, s.ID, f.Check, source.Smallest())
	found.Searched = n
	if c != nil {
		found.Counterexample = c
	}
	return found
}
