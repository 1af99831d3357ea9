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

// program is what a check computes at a shape: a tape for every number of recovery tokens that
// it is about.
type program struct {
	shape    Shape
	tapes    []*tape
	recovery []int // the number of recovery tokens of each, or nil if the check is about none
}

// compile records a check at a shape.
func compile(check func(*World[uint64]), shape Shape) (*program, error) {
	return compileOver(new(tape), check, shape)
}

// compileOver records a check at a shape, over what is on a tape that is needed no more.
func compileOver(old *tape, check func(*World[uint64]), shape Shape) (*program, error) {
	one := old
	reads, err := one.record(check, shape, 1)
	switch {
	case err != nil:
		return nil, err
	case !reads:
		return &program{shape, []*tape{one}, nil}, nil
	case shape.Leaves() > maxRecoveryLeaves:
		return &program{shape, []*tape{one}, []int{1}}, nil
	}
	p := &program{shape: shape}
	for k := range shape.Vocabulary + 1 {
		t := one
		if k != 1 {
			t = new(tape)
			if _, err := t.record(check, shape, k); err != nil {
				return nil, err
			}
		}
		if len(t.drawn) != len(one.drawn) {
			return nil, fmt.Errorf("the check draws %d variables with 1 recovery token, and %d with %d", len(one.drawn), len(t.drawn), k)
		}
		p.tapes, p.recovery = append(p.tapes, t), append(p.recovery, k)
	}
	return p, nil
}

// record runs a check at a shape, with so many recovery tokens. reads says whether it asked which
// tokens these are.
//
// The tape is that of all values only if the check takes the same path for all of them. So it is
// an error if the check compares numbers other than to claim that they are equal, or ends
// early: it would branch on values, which a tape does not have.
func (t *tape) record(check func(*World[uint64]), shape Shape, recovery int) (reads bool, err error) {
	t.reset()
	w := newFreeWorld[uint64](recording{t}, shape, recovery, model.Shared, freeFeatures, t.draw)
	r := run(check, w)
	switch {
	case r.Violation != nil:
		return false, fmt.Errorf("the check ends early without values, at %q: an identity must not branch on values", r.Violation.Claim)
	case len(t.compared) != r.Comparisons:
		return false, fmt.Errorf("%d comparisons of numbers and %d claims of equality: an identity must not branch on values", len(t.compared), r.Comparisons)
	}
	for _, q := range r.Tallies {
		t.formulas = append(t.formulas, q.Formula)
	}
	return w.readsRecovery, nil
}

// settings yields the tapes and the number of recovery tokens of each. To a check that is about
// none the number does not matter.
func (p *program) settings() iter.Seq2[int, *tape] {
	return func(yield func(int, *tape) bool) {
		for i, t := range p.tapes {
			k := 1
			if p.recovery != nil {
				k = p.recovery[i]
			}
			if !yield(k, t) {
				return
			}
		}
	}
}

// formulas returns those of what is compared.
func (p *program) formulas() []string { return p.tapes[0].formulas }

// operations returns those of all tapes.
func (p *program) operations() int {
	n := 0
	for _, t := range p.tapes {
		n += t.operations
	}
	return n
}

// bound returns n bounds of the differences of all values that are compared; free writes those
// of a variable, the i-th that is drawn.
func (p *program) bound(n int, free func(i int, v variable, x []field.Formal)) []field.Formal {
	bound := make([]field.Formal, n)
	for _, t := range p.tapes {
		for k, b := range t.bound(n, free) {
			bound[k] = largest(bound[k], b)
		}
	}
	return bound
}
