package verify

// Claim is one displayed claim of a statement: an equation, an inequality, an
// equivalence or a clause.
type Claim struct {
	Formula    string   // in symbols; empty for that of the statement, if the claim is its only one
	Hypotheses []string // beyond those of the statement
	// Kernel names the theorems in Coq, as File.name, that together prove the claim for every
	// vocabulary and length.
	Kernel []string
	Check  Check
	Also   []Check // further checks of the same claim, by another way; they do not count in its grade
}

// Grade returns the strongest grade that the claim can reach.
func (c *Claim) Grade() Grade {
	if c.Kernel != nil {
		return Kernel
	}
	return c.Check.Grade()
}

// Kind says how an entry relates to the paper.
type Kind string

// The kinds of entries.
const (
	// Paper entries are numbered statements, or sentences that can be made precise.
	Paper Kind = "paper"
	// RefutedReading entries refute a wording of the paper, or a fair reading of it.
	RefutedReading Kind = "refuted"
	// Needed entries show that a hypothesis, a direction or a support condition cannot be
	// left out. The paper does not claim that it can.
	Needed Kind = "needed"
	// Own entries are statements that the paper does not make.
	Own Kind = "own"
)

// Tally counts the comparisons of one sort that checks make: those under one formula.
type Tally struct {
	Formula     string
	Cases       int // on which it was compared
	Comparisons int
	// Trivial counts those of zero with zero.
	Trivial int
	// Agreed counts equalities of enclosures, which are not excluded rather than decided.
	Agreed int

	Inequality bool
	Equal      int // of an inequality, comparisons of equal sides
	// Least is the least (right − left)/max(|left|, |right|) over the comparisons of an
	// inequality whose sides differ, neither of them zero; of enclosures, an upper bound of
	// it. It is rounded to a few units in the last place, and +Inf if there is none.
	Least float64
}

// Tallies are in the order in which their formulas came.
type Tallies []Tally
