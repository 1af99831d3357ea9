package verify

import (
	"fmt"
	"iter"
	"math/big"
	"runtime/debug"
	"sync"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
)

// World is what a check looks at: one model with its numbers in the ring E.
//
// It belongs either to a case, whose numbers come from integer weights, or to a free
// point, whose numbers are drawn (or are degrees) and have no case behind them. Solutions
// are computed on first use.
type World[E any] struct {
	field.Ring[E]
	Family exact.Family[E]
	Case   *model.Case // nil at a free point

	// Tangents are directions dP in which the conditionals move, each indexed
	// [t−1][e] with Σ_a dP(a|x) = 0 and dP = 0 where P = 0: at a free point one
	// arbitrary direction, which stands for every smooth parameterisation; on a
	// case those of its parameters.
	Tangents func() [][][]E
	// Test is an arbitrary function of the state, indexed [t][x].
	Test func() [][]E
	// Arbitrary returns n arbitrary numbers: at a free point new ones at each call,
	// on a case small integers drawn for it, the same at each call and none of them zero.
	Arbitrary func(n int) []E

	// Solution is the Doob decomposition by recursion over the layers.
	Solution func() *exact.Martingale[E]
	// Oracle computes the same from the definitions, by enumeration.
	Oracle func() *definition.Oracle[E]

	// Objective is that of the case, or a free one.
	Objective func() exact.Objective[E]
	// Prefixes is Q as a law on the edges of positions 1…T−1, indexed [t−1][e]; the
	// objective holds it gathered by state.
	Prefixes func() [][]E
	// Standard and Deep are the branches of stationary points of the standard
	// objective (β = 0) and of the deep one that pass through the base model, as
	// power series; nil if there is none. The ring must be a field.
	Standard, Deep func() *exact.Branch[E]

	accessible    func() [][]bool // of the process
	readsRecovery bool            // whether a check asked which tokens are in R, at a free point

	result *Result // of the check that runs
	// observer, if set, is told the place, the formula and the sides of every comparison.
	observer func(at Place, formula string, left, right any)
	limits   *limits // of it; nil if it has none
}

// stop ends a check whose outcome is known.
type stop struct{}

// NewWorld returns a world on a family, without its tangents and test function.
func NewWorld[E any](r field.Ring[E], f exact.Family[E]) *World[E] {
	w := &World[E]{Ring: r, Family: f, result: new(Result)}
	w.accessible = sync.OnceValue(f.Process.Accessible)
	w.Solution = sync.OnceValue(func() *exact.Martingale[E] { return exact.SolveMartingale(r, f.Numbers) })
	w.Oracle = sync.OnceValue(func() *definition.Oracle[E] {
		o, err := definition.New(r, f.Numbers)
		if err != nil {
			panic(err)
		}
		return o
	})
	return w
}

// T returns the length of the sequences, V the size of the vocabulary.
func (w *World[E]) T() int { return w.Family.Process.Length() }

// V returns the size of the vocabulary.
func (w *World[E]) V() int { return w.Family.Process.Vocabulary() }

// Layer returns the layer that governs position t.
func (w *World[E]) Layer(t int) *model.Layer { return w.Family.Process.Layer(t) }

// States yields the states of layer t−1, 1 ≤ t ≤ T+1, in which some prefix y_<t ends,
// even one of probability zero: a claim about every prefix is about these.
func (w *World[E]) States(t int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for x, ok := range w.accessible()[t-1] {
			if ok && !yield(x) {
				return
			}
		}
	}
}

// Row returns the probabilities P(a|x) at state x of layer t−1.
func (w *World[E]) Row(t, x int) []E {
	lo, hi := w.Layer(t).Row(x)
	return w.Family.Prob[t-1][lo:hi]
}

// After returns v(xa) for the edges of state x of layer t−1, where v is given
// per state of layer t.
func (w *World[E]) After(t, x int, v []E) []E {
	lo, hi := w.Layer(t).Row(x)
	r := make([]E, 0, hi-lo)
	for e := lo; e < hi; e++ {
		r = append(r, v[w.Layer(t).Next(e)])
	}
	return r
}

// Place says where in the process two sides are compared.
type Place struct {
	Position int // t, counted from 1; 0 if the claim is about the whole process
	State    int // a state of layer t−1
	// Detail says more, such as the order of a coefficient.
	Detail string
}

// At returns the place of state x of layer t−1.
func At(t, x int) Place { return Place{Position: t, State: x} }

// Where returns the place with a detail.
func (p Place) Where(format string, args ...any) Place {
	p.Detail = fmt.Sprintf(format, args...)
	return p
}

// Observe lets f know the place, the formula and the sides of every comparison that checks make
// in w from now on.
func (w *World[E]) Observe(f func(at Place, formula string, left, right any)) { w.observer = f }

// observed tells the observer of w, if there is one, of a comparison, and counts it.
func observed[E, S any](w *World[E], at Place, formula string, left, right S) *Tally {
	if w.observer != nil {
		w.observer(at, formula, left, right)
	}
	return w.tally(formula)
}

// tally counts a comparison under its formula.
func (w *World[E]) tally(formula string) *Tally {
	w.result.compare(formula)
	q := w.result.Tallies.at(formula)
	q.Comparisons++
	return q
}

// zeros reports whether both sides are zero, for numbers of which it can be told at no
// cost.
func zeros(left, right any) bool {
	switch l := left.(type) {
	case field.Rat:
		return l.IsZero() && any(right).(field.Rat).IsZero()
	case uint64:
		return l == 0 && right.(uint64) == 0
	}
	return false
}

// Equal claims left = right.
func (w *World[E]) Equal(at Place, claim string, left, right E) {
	if q := observed(w, at, claim, left, right); zeros(left, right) {
		q.Trivial++
	}
	switch w.Ring.Equal(left, right) {
	case field.False:
		w.Fail(at, claim, "=", left, right)
	case field.Unknown:
		w.Undecided(at, claim)
	}
}

// AtMost claims left ≤ right. The ring must be ordered.
func (w *World[E]) AtMost(at Place, claim string, left, right E) {
	q := observed(w, at, claim, left, right)
	difference := w.Sub(right, left)
	switch w.SignOf(difference) {
	case field.Negative:
		w.Fail(at, claim, "≤", left, right)
	case field.Undecided:
		// An enclosure without a negative number may contain 0, where ≤ holds.
		if d, ok := any(difference).(field.Enclosure); ok {
			if lo, _ := (field.Interval{}).Bounds(d); lo.Sign() >= 0 {
				w.holds(q, left, right, difference)
				return
			}
		}
		w.Undecided(at, claim)
	default:
		w.holds(q, left, right, difference)
	}
}

// Less claims left < right. The ring must be ordered.
func (w *World[E]) Less(at Place, claim string, left, right E) {
	q := observed(w, at, claim, left, right)
	difference := w.Sub(right, left)
	switch w.SignOf(difference) {
	case field.Negative, field.Zero:
		w.Fail(at, claim, "<", left, right)
	case field.Undecided:
		w.Undecided(at, claim)
	default:
		w.holds(q, left, right, difference)
	}
}

// True claims that a condition holds.
func (w *World[E]) True(at Place, claim string, holds bool) {
	observed(w, at, claim, holds, true)
	if !holds {
		w.Fail(at, claim, "⇔", false, true)
	}
}

// Iff claims left ⇔ right.
func (w *World[E]) Iff(at Place, claim string, left, right bool) {
	observed(w, at, claim, left, right)
	if left != right {
		w.Fail(at, claim, "⇔", left, right)
	}
}

// Implies claims premise ⇒ conclusion. If the premise does not hold, nothing is compared.
func (w *World[E]) Implies(at Place, claim string, premise, conclusion bool) {
	if !premise {
		return
	}
	observed(w, at, claim, premise, conclusion)
	if !conclusion {
		w.Fail(at, claim, "⇒", premise, conclusion)
	}
}

// Meet claims that two enclosed numbers are equal. No enclosure can prove that: Meet
// accepts enclosures that overlap, if their difference is known to within meetingWidth,
// and fails if they are disjoint. The ring must be a [field.Interval].
func (w *World[E]) Meet(at Place, claim string, left, right field.Enclosure) {
	observed(w, at, claim, left, right).Agreed++
	f := any(w.Ring).(field.Interval)
	if !f.Overlap(left, right) {
		w.Fail(at, claim, "=", left, right)
	}
	if f.Width(f.Sub(left, right)).Cmp(meetingWidth) > 0 {
		w.Undecided(at, claim)
	}
}

// meetingWidth is the width at which the project publishes real numbers, below 10⁻²⁰.
var meetingWidth = new(big.Float).SetMantExp(big.NewFloat(1), -67)

// Same claims that two integers (positions, counts, signs) agree.
func (w *World[E]) Same(at Place, claim string, left, right int) {
	observed(w, at, claim, left, right)
	if left != right {
		w.Fail(at, claim, "=", left, right)
	}
}

// ReportTo adds what checks find in w to what they find in other.
func (w *World[E]) ReportTo(other *World[E]) {
	w.result, w.observer = other.result, other.observer
}

// Vacuous records that a hypothesis fails somewhere, so that nothing is claimed there.
func (w *World[E]) Vacuous() { w.result.Vacuous = true }

// IsZero reports whether v is zero. The ring must decide it.
func (w *World[E]) IsZero(v E) bool {
	return w.Ring.Equal(v, w.FromInt(0)) == field.True
}

// SignOf returns the sign of v. The ring must be ordered.
func (w *World[E]) SignOf(v E) field.Sign {
	o, ok := w.Ring.(field.Ordered[E])
	if !ok {
		panic(fmt.Sprintf("verify: no order on %T", w.Ring))
	}
	return o.Sign(v)
}

// Fail records that the relation between left and right does not hold, and ends the check.
func (w *World[E]) Fail(at Place, claim, relation string, left, right any) {
	v := &Violation{Place: at, Claim: claim, Relation: relation, Left: NewSide(left), Right: NewSide(right)}
	w.result.Violation = v
	panic(stop{})
}

// Undecided records a comparison that the ring does not decide.
func (w *World[E]) Undecided(at Place, claim string) {
	if w.result.Undecided == "" {
		w.result.Undecided = fmt.Sprintf("%s, position %d, state %d", claim, at.Position, at.State)
	}
}

// run applies a check to a world. A panic of the check goes on as a [*Panic].
func run[E any](check func(*World[E]), w *World[E]) Result {
	func() {
		defer func() {
			v := recover()
			if reason, ok := skip(v); ok {
				w.result.Undecided, w.result.Skipped = reason, true
				return
			}
			switch v := v.(type) {
			case nil, stop:
			case *Panic:
				panic(v)
			default:
				panic(&Panic{Claim: w.result.claim, Case: w.Case, Value: v, Stack: string(debug.Stack())})
			}
		}()
		check(w)
	}()
	return *w.result
}
