package verify

import (
	"context"
	"slices"
)

// LeastInstances is the least number of random instances on which every formula of a
// claim is compared in an ordinary run.
const LeastInstances = 50

// maxTopUp bounds the further instances that a claim is tried on, as a multiple of those
// of the run.
const maxTopUp = 10

// topUp tries the claims that too few of the instances had something to compare for on
// further ones.
func (e *Entry) topUp(ctx context.Context, seed uint64, cases int) error {
	source := e.Statement.source(nil, nil)
	for k := range e.Claims {
		c := &e.Claims[k]
		if c.Check.IsIdentity() {
			continue
		}
		for i := cases; i < (1+maxTopUp)*cases && e.Violation == nil && e.Panic == nil && c.wants(); i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			on := source.Draw(seed, i)
			r := judge(e.Statement.ID, c.Check, on, nil)
			if r.Panic != nil {
				e.Merge(r)
				return nil
			}
			if r.Violation != nil {
				e.failed, e.Counterexample = c.Check, &Counterexample{Case: on, Violation: r.Violation}
			}
			c.note(r)
			e.Merge(r)
		}
	}
	return nil
}

// wants reports whether some formula of the claim, or the claim itself, has been compared
// on fewer than LeastInstances instances.
func (e *Evidence) wants() bool {
	return e.Compared < LeastInstances || slices.ContainsFunc(e.Tallies, func(q Tally) bool { return q.Cases < LeastInstances })
}
