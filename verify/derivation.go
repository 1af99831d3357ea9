package verify

import (
	"fmt"
	"iter"

	"sounding/exact/field"
	"sounding/model"
)

// maxRecoveryLeaves bounds the shapes at which an identity about recovery tokens is evaluated
// with every number of them, none and all included; at larger ones it is with one.
const maxRecoveryLeaves = 64

// derive runs a check at a shape for n bounds at a time, with every number of recovery tokens
// that it is about. free writes the bounds of a free variable.
func derive(check func(*World[uint64]), shape Shape, n int, free func(v variable, x []field.Formal)) (derivation, error) {
	one, reads, err := formally(check, shape, 1, n, free)
	if err != nil || !reads {
		return one, err
	}
	if shape.Leaves() > maxRecoveryLeaves {
		one.recovery = []int{1}
		return one, nil
	}
	all := derivation{bound: make([]field.Formal, n), variables: one.variables, formulas: one.formulas}
	for k := range shape.Vocabulary + 1 {
		d := one
		if k != 1 {
			if d, _, err = formally(check, shape, k, n, free); err != nil {
				return d, err
			}
		}
		if err := all.add(d, k); err != nil {
			return d, err
		}
	}
	return all, nil
}

// formally runs a check at a shape, with so many recovery tokens, for n bounds at a time. free
// writes those of a free variable. The result bounds the differences of both sides; reads says
// whether the check asked which tokens are recovery tokens.
//
// It is true of all values only if the check takes the same path for all of them. So it is
// an error if the check compares numbers other than to claim that they are equal, or ends
// early: it would branch on values, which degrees do not have.
func formally(check func(*World[uint64]), shape Shape, recovery, n int, free func(v variable, x []field.Formal)) (d derivation, reads bool, err error) {
	f := &formals{bound: make([]field.Formal, n)}
	ring := newColumns(f, n)
	ring.reset(n)
	w := newFreeWorld(ring, shape, recovery, model.Shared, freeFeatures, func(v variable) uint64 {
		c, x := ring.fresh()
		free(v, x)
		d.variables++
		return c
	})
	r := run(check, w)
	switch {
	case r.Violation != nil:
		return d, false, fmt.Errorf("the check ends early over degrees, at %q: an identity must not branch on values", r.Violation.Claim)
	case f.compared != r.Comparisons:
		return d, false, fmt.Errorf("%d comparisons of numbers and %d claims of equality over degrees: an identity must not branch on values", f.compared, r.Comparisons)
	}
	d.bound, d.operations, d.comparisons = f.bound, ring.operations, []int{r.Comparisons}
	for _, q := range r.Tallies {
		d.formulas = append(d.formulas, q.Formula)
	}
	return d, w.readsRecovery, nil
}

// derivation is what a check does at a shape, as derived by running it over degrees.
type derivation struct {
	bound       []field.Formal // of the differences of both sides
	variables   int            // drawn
	operations  int
	formulas    []string // of what is compared
	recovery    []int    // the numbers of recovery tokens, or nil if the check is about none
	comparisons []int    // with each of them
}

// add takes in what the check does with k recovery tokens.
func (d *derivation) add(other derivation, k int) error {
	if other.variables != d.variables {
		return fmt.Errorf("the check draws %d variables with 1 recovery token, and %d with %d", d.variables, other.variables, k)
	}
	for i, b := range other.bound {
		d.bound[i] = field.Formal{Degree: max(d.bound[i].Degree, b.Degree), Height: max(d.bound[i].Height, b.Height)}
	}
	d.operations += other.operations
	d.recovery = append(d.recovery, k)
	d.comparisons = append(d.comparisons, other.comparisons...)
	return nil
}

// settings yields the numbers of recovery tokens that a check is to be evaluated with, and how
// many comparisons it makes with each. To a check that is about none the number does not matter.
func settings(recovery, comparisons []int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i, n := range comparisons {
			k := 1
			if recovery != nil {
				k = recovery[i]
			}
			if !yield(k, n) {
				return
			}
		}
	}
}
