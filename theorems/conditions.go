package theorems

import (
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
)

// What cases have to have for some near-misses to show on them.

var (
	// A prompt is the first token.
	unequalPrompts = &Condition{Words: "two positions or more, and prompts that are not all equally likely", Holds: func(c *model.Case) bool {
		w := c.Layer(1).Weights()
		for e := 1; e < w.Len(); e++ {
			if w.Cmp(0, e) != 0 {
				return c.Length() > 1
			}
		}
		return false
	}}
	// The first prefix is empty; there is no other at one position.
	twoPositions = &Condition{Words: "two positions or more", Holds: func(c *model.Case) bool { return c.Length() > 1 }}
	// A mean over prefixes of one value hides which prefixes it is over.
	unequalRecovery = &Condition{Words: "a position at which recovery is not equally likely after every prefix that P reaches", Holds: func(c *model.Case) bool {
		f, pt := rationalPoint(c)
		recovers := func(a int) bool { return slices.Contains(c.Recovery, a) }
		reach := c.Reachable()
		for t := 1; t <= c.Length(); t++ {
			rho, first := exact.Recovery(f, pt, recovers, t), slices.Index(reach[t-1], true)
			for x := range rho {
				if reach[t-1][x] && f.Equal(rho[x], rho[first]) == field.False {
					return true
				}
			}
		}
		return false
	}}
	// Where R is empty or full, recovery is equally likely after every prefix.
	otherPrefixes = &Condition{Words: "a prefix that Q weighs otherwise than P does, and R neither empty nor full", Holds: func(c *model.Case) bool {
		if len(c.Recovery) == 0 || len(c.Recovery) == c.Vocabulary() {
			return false
		}
		f, pt := rationalPoint(c)
		o := defined(exact.NewObjective[rat](f, c.Instance)) // no row sum is zero in characteristic 0
		for i, p := range exact.Occupancy(f, c.Process, pt.Prob)[:c.Length()] {
			for x := range p {
				if f.Equal(p[x], o.Adversary[i][x]) == field.False {
					return true
				}
			}
		}
		return false
	}}
	// Two tokens make one pair, whose scores are proportional to its innovations.
	threeTokens = &Condition{Words: "three tokens of positive probability after some prefix", Holds: func(c *model.Case) bool {
		for t := 1; t <= c.Length(); t++ {
			l := c.Layer(t)
			for x := range l.States() {
				positive := 0
				for e, hi := l.Row(x); e < hi; e++ {
					if !l.Weights().IsZero(e) {
						positive++
					}
				}
				if positive >= 3 {
					return true
				}
			}
		}
		return false
	}}
)

// rationalPoint returns the probabilities of a case in ℚ.
func rationalPoint(c *model.Case) (*field.Rational, *model.Numbers[rat]) {
	f := field.NewRational()
	pt := defined(exact.NumbersOf(f, c.Process)) // no row sum is zero in characteristic 0
	return f, pt
}
