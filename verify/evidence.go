package verify

import "slices"

// Evidence is what was found of one claim.
type Evidence struct {
	Claim   *Claim
	Check   Check
	Also    bool   // whether the check is one of Claim.Also
	Formula string // of the claim
	Grade   Grade  // of the weakest of its comparisons

	// Tried counts the random instances that the check ran on, Compared those on which it
	// compared something, Vacuous those on which a hypothesis failed somewhere.
	Tried, Compared, Vacuous int
	// Tallies count the comparisons on them, by formula.
	Tallies Tallies

	// Families counts random families over a prime field, of a claim on power series,
	// FamiliesCompared those on which it compared something.
	Families, FamiliesCompared int
	// FamilyTallies count the comparisons on them, by formula.
	FamilyTallies Tallies

	// Points counts the points of prime fields that an identity was evaluated at.
	Points       int
	Certificates []Certificate
	Proofs       []Proof
}

// note adds the result of a random instance.
func (e *Evidence) note(r Result) {
	e.Tried++
	if r.Comparisons > 0 {
		e.Compared++
	}
	if r.Vacuous {
		e.Vacuous++
	}
	e.Tallies.merge(r.Tallies)
}

// noteFamily adds the result of a random family over a prime field.
func (e *Evidence) noteFamily(r Result) {
	e.Families++
	if r.Comparisons > 0 {
		e.FamiliesCompared++
	}
	e.FamilyTallies.merge(r.Tallies)
}

// formulas returns the formulas that something was compared under.
func (e *Evidence) formulas() []string {
	var list []string
	for _, q := range slices.Concat(e.Tallies, e.FamilyTallies) {
		if !slices.Contains(list, q.Formula) {
			list = append(list, q.Formula)
		}
	}
	return list
}

// reached returns the grade that was reached for the comparisons under a formula.
func (e *Evidence) reached(formula string) Grade {
	check := e.Check
	under := func(list []string) bool { return slices.Contains(list, formula) }
	switch {
	case slices.ContainsFunc(e.Proofs, func(p Proof) bool { return under(p.Formulas) }):
		return Proved
	case slices.ContainsFunc(e.Certificates, func(c Certificate) bool { return under(c.Formulas) }):
		return Certified
	}
	if i := slices.IndexFunc(e.Tallies, func(q Tally) bool { return q.Formula == formula }); i >= 0 && e.Tallies[i].Agreed > 0 {
		return Agrees
	}
	return check.CaseGrade()
}

// conclude sets the grade: that of the weakest comparison, none where nothing was compared.
func (e *Evidence) conclude() {
	e.Grade = Ungraded
	for i, formula := range e.formulas() {
		if g := e.reached(formula); i == 0 || g < e.Grade {
			e.Grade = g
		}
	}
}

// byTheorem raises the grade of a claim that theorems in Coq prove, and that was compared.
func (e *Evidence) byTheorem() {
	if e.Grade != Ungraded && !e.Also && e.Claim.Kernel != nil {
		e.Grade = Kernel
	}
}
