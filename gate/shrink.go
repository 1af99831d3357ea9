package gate

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// The search for the smallest instance on which a solver fails looks first at
// those over two tokens with at most two positions, in the order of
// generators.Smallest, then at those of any shape in the same order; and after that
// at random ones of every class, from small to large. It is capped by the instances
// that are asked, not by time.
const (
	maxHarm        = 1000 // where there is no usable answer: those that differ in harm alone
	maxSmallShapes = 3000
	maxAnyShape    = 2000
	triesPerRandom = 64  // of these in all for a random one of each shape
	maxEstimated   = 200 // where each answer takes thousands of draws
)

// DefaultTries is how many instances the searches go through in the order of size.
const DefaultTries = 10_000

// shrink sets the counterexample of a failure.
func (c *examiner) shrink(ctx context.Context, f *Failure) error {
	if errors.Is(f.unusable, ErrSilent) {
		return nil // it has nothing to do with the instance, and each try takes as long
	}
	again, err := c.shows(ctx, f, f.Instance)
	if err != nil {
		return err
	}
	best, smallest := &f.finding, false
	in, tried := f.Instance, 0
	f.Transient = again == nil
	if !f.Transient {
		for _, stage := range c.stages(f) {
			for small := range stage.instances {
				if tried++; f.estimated && tried > maxEstimated {
					break
				}
				found, err := c.fails(ctx, f, small)
				if err != nil {
					return err
				}
				if found == nil {
					continue
				}
				if found, err = c.shows(ctx, f, small); err != nil {
					return err
				}
				if found != nil {
					best, in, smallest = found, small, stage.ordered
					break
				}
			}
			if in != f.Instance {
				break
			}
		}
	}
	f.finding = *best
	f.Counterexample = f.on(in, smallest)
	if !smallest || f.quantity == nil || f.estimated {
		return nil
	}
	f.Free, err = free(changesOf(in, f.looks()), func(other *model.Instance) (bool, error) {
		found, err := c.fails(ctx, f, other)
		return found != nil, err
	})
	return err
}

// looks returns what the failure may depend on.
func (f *finding) looks() generators.Needs {
	if f.unusable != nil {
		return looksAll
	}
	return f.quantity.looks
}

// shows asks a fresh solver, where there is one, and returns the finding if the
// failure shows. Where there is no usable answer it asks twice: what a solver says
// too much spoils the answer after it.
func (c *examiner) shows(ctx context.Context, f *Failure, in *model.Instance) (*finding, error) {
	if r, ok := c.solver.(Resetter); ok {
		r.Reset()
	}
	found, err := c.fails(ctx, f, in)
	if found == nil && err == nil && f.unusable != nil {
		return c.fails(ctx, f, in)
	}
	return found, err
}

// fails returns how the solver fails on an instance in the way of f: in the same
// quantity, or without a usable answer. It returns nil where it does not.
func (c *examiner) fails(ctx context.Context, f *Failure, in *model.Instance) (*finding, error) {
	only := c.only
	if f.quantity != nil {
		only = []Quantity{f.quantity.name}
	}
	e, err := c.examine(ctx, in, only)
	switch {
	case err != nil:
		return nil, err
	case f.quantity == nil && e.unusable != nil && sameKind(f.unusable, e.unusable):
		return &finding{unusable: e.unusable}, nil
	case f.quantity == nil || e.unusable != nil:
		return nil, nil
	}
	found := e.findings[rowIndex(f.quantity.name)]
	if found == nil || (f.unusable != nil) != (found.unusable != nil) || f.unusable != nil && !sameKind(f.unusable, found.unusable) {
		return nil, nil
	}
	return found, nil
}

// stage is a part of the search.
type stage struct {
	instances iter.Seq[*model.Instance]
	ordered   bool // by size, so that the first that fails is the smallest
}

func (c *examiner) stages(f *Failure) []stage {
	small := func(in *model.Instance) bool { return in.Vocabulary() == 2 && in.Length() <= 2 }
	large := func(in *model.Instance) bool { return !small(in) }
	var list []stage
	if f.unusable != nil {
		list = append(list, stage{c.bySize(looksHarm, maxHarm, small), true})
	}
	list = append(list, stage{c.bySize(f.looks(), maxSmallShapes, small), true}, stage{c.bySize(f.looks(), maxAnyShape, large), true})
	for _, l := range []generators.Limits{{Vocabulary: 2, Length: 1}, {Vocabulary: 2, Length: 2}, {Vocabulary: 3, Length: 2}, {Vocabulary: 3, Length: 3}} {
		list = append(list, stage{instances: drawn(l, c.random)})
	}
	return list
}

// bySize runs through at most most of the small instances that are wanted.
func (c *examiner) bySize(looks generators.Needs, most int, wanted func(*model.Instance) bool) iter.Seq[*model.Instance] {
	return func(yield func(*model.Instance) bool) {
		n := 0
		for _, small := range generators.Smallest(looks) {
			if !wanted(small.Instance) {
				continue
			}
			if n == most || c.ordered <= 0 {
				return
			}
			n++
			c.ordered--
			if !yield(small.Instance) {
				return
			}
		}
	}
}

// drawn runs through n random instances of every class with small shapes.
func drawn(l generators.Limits, n int) iter.Seq[*model.Instance] {
	return func(yield func(*model.Instance) bool) {
		for i := range n {
			if !yield(generators.Example(l, 0, i).Instance) {
				return
			}
		}
	}
}

// violation returns the failure as a violation of the statement that fails. Where
// there is no usable answer its sides count the answers.
func (f *Failure) violation() *verify.Violation {
	if f.unusable != nil {
		return &verify.Violation{
			Statement: valueLaw.id, Claim: fmt.Sprintf("answers given = answers asked for (%v)", f.unusable),
			Relation: "=", Left: verify.NewSide("0"), Right: verify.NewSide("1"),
		}
	}
	claim := fmt.Sprintf("%s as the solver computes it = the exact value; %s", f.quantity.name, f.law.formula)
	return &verify.Violation{
		Statement: f.law.id, Place: verify.At(max(f.position, 0), 0), Claim: claim,
		Relation: "=", Left: verify.NewSide(f.left), Right: verify.NewSide(f.right),
	}
}
