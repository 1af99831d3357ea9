package theorems

import "sounding/model"

// What cases have to have for some near-misses to show on them.

var (
	// A prompt is the first token.
	unequalPrompts = &Condition{"two positions or more, and prompts that are not all equally likely", func(c *model.Case) bool {
		w := c.Layer(1).Weights()
		for e := 1; e < w.Len(); e++ {
			if w.Cmp(0, e) != 0 {
				return c.Length() > 1
			}
		}
		return false
	}}
	// The first prefix is empty; there is no other at one position.
	twoPositions = &Condition{"two positions or more", func(c *model.Case) bool { return c.Length() > 1 }}
	// Two tokens make one pair, whose scores are proportional to its innovations.
	threeTokens = &Condition{"three tokens of positive probability after some prefix", func(c *model.Case) bool {
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
