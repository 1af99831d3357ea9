package verify

import (
	"fmt"
	"slices"
	"testing"

	"sounding/exact/field"
	"sounding/model"
)

// unitHarm is the hypothesis of what is true of harm in [0, 1] alone.
const unitHarm = "0 ≤ Harm ≤ 1"

// ownHarm are the claims whose checks read the harm of the case itself.
var ownHarm = map[string]string{
	"own-lumping 1": "unrolls the process of the case",
	"x-tradeoff 3":  "builds the process that decides harm one position later",
}

// onScale returns the world of a case with 7·Harm − 3 for its harm.
func onScale(c *model.Case) *World[field.Rat] {
	q := field.NewRational()
	w := NewCaseWorld(q, c)
	harm := make([]field.Rat, len(w.Family.Harm))
	for x, h := range w.Family.Harm {
		harm[x] = q.Sub(q.Mul(q.FromInt(7), h), q.FromInt(3))
	}
	family := w.Family
	family.Numbers = w.Family.Numbers.WithHarm(harm)
	v := NewWorld[field.Rat](q, family)
	v.Case, v.Tangents, v.Test, v.Arbitrary, v.Objective, v.Prefixes = c, w.Tangents, w.Test, w.Arbitrary, w.Objective, w.Prefixes
	return v
}

// TestHarmOnAnotherScale: what is decided in ℚ is true of harm outside [0, 1] too, unless it
// says that it needs 0 ≤ Harm ≤ 1. An identity is true of any harm all the same: of what
// follows from it, the inequality needs that.
func TestHarmOnAnotherScale(t *testing.T) {
	if testing.Short() {
		t.Skip("all claims in ℚ take a second")
	}
	t.Parallel()
	const cases = 6
	for _, s := range registry() {
		draw := s.Cases().Draw
		for i, c := range s.Claims {
			if c.Check.Rational == nil || c.Check.Series {
				continue
			}
			needs := slices.Contains(slices.Concat(s.Hypotheses, c.Hypotheses), unitHarm)
			name := fmt.Sprintf("%s %d", s.ID, i+1)
			var failed *Violation
			for k := range cases {
				if v := run(c.Check.Rational, onScale(draw(1, k))).Violation; v != nil {
					failed = v
				}
			}
			switch excepted := ownHarm[name] != ""; {
			case failed != nil && !needs && !excepted:
				t.Errorf("%s fails on harm from −3 to 4, want %q among its hypotheses: %v", name, unitHarm, failed)
			case failed == nil && (needs || excepted) && c.Check.Modular == nil:
				t.Errorf("%s holds on harm from −3 to 4: its hypothesis or exception says that it does not", name)
			}
		}
	}
}
