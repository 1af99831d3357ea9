package verify

import (
	"context"
	"slices"

	"sounding/exact/field"
)

// LeastInstances is the least number of random instances on which every formula of a
// claim is compared in an ordinary run, and of its comparisons that are not of 0 with 0,
// unless all of them are.
const LeastInstances = 50

// maxTopUp bounds the further instances that a claim is tried on, as a multiple of those
// of the run.
const maxTopUp = 10

// topUp tries the claims that have been compared on too few instances on further ones. Claims
// that are tried on the same instance share its world.
func (e *Entry) topUp(ctx context.Context, seed uint64, cases int) error {
	source := e.Statement.source(nil, nil)
	for i := cases; i < (1+maxTopUp)*cases; i++ {
		wanting := e.wanting()
		if wanting == nil {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		on := source.Draw(seed, i)
		world := NewCaseWorld(field.NewRational(), on)
		for _, c := range wanting {
			r := judge(e.Statement.ID, c.Check, on, world)
			e.Merge(r)
			if r.Panic != nil {
				return nil
			}
			c.note(r)
			if r.Violation != nil {
				e.failed, e.Counterexample = c.Check, &Counterexample{Case: on, Violation: r.Violation}
				return nil
			}
		}
	}
	return nil
}

// wanting returns the claims that have been compared on too few instances, none where
// something failed already. Identities have points and proofs instead.
func (e *Entry) wanting() []*Evidence {
	if e.Violation != nil || e.Panic != nil {
		return nil
	}
	var list []*Evidence
	for i := range e.Claims {
		if c := &e.Claims[i]; !c.Check.IsIdentity() && c.wants() {
			list = append(list, c)
		}
	}
	return list
}

// wants reports whether some formula of the claim, or the claim itself, has been compared
// on fewer than LeastInstances instances, or has as few comparisons that are not of 0 with 0.
func (e *Evidence) wants() bool {
	return e.Compared < LeastInstances || slices.ContainsFunc(e.Tallies, func(q Tally) bool {
		telling := q.Comparisons - q.Trivial
		return q.Cases < LeastInstances || 0 < telling && telling < LeastInstances
	})
}
