package theorems

import (
	"slices"
	"testing"

	"sounding/generators"
	"sounding/model"
)

// TestConditions: each condition holds where its words say so, and only there.
func TestConditions(t *testing.T) {
	t.Parallel()
	fair := func(weights ...[]int64) *model.Case {
		last := weights[len(weights)-1]
		return &model.Case{Instance: generators.Tree(2, weights, make([]int64, len(last)), 1)}
	}
	with := func(c *model.Case, recovery []int, q model.AdversaryKind) *model.Case {
		c.Recovery, c.Adversary.Kind = recovery, q
		return c
	}
	uneven := []int64{1, 3, 2, 1} // rows of position 2
	three := func(weights ...int64) *model.Case {
		return &model.Case{Instance: generators.Tree(3, [][]int64{weights}, make([]int64, 3), 1)}
	}
	conditions := []*Condition{unequalPrompts, twoPositions, threeTokens, unequalRecovery, otherPrefixes}
	for _, test := range []struct {
		reason string
		c      *model.Case
		holds  []*Condition
	}{
		{"one position", fair([]int64{1, 3}), nil},
		{"equal prompts", fair([]int64{2, 2}, uneven), []*Condition{twoPositions}},
		{"unequal prompts", fair([]int64{2, 1}, uneven), []*Condition{twoPositions, unequalPrompts}},
		{"three tokens", three(1, 1, 2), []*Condition{threeTokens}},
		{"three tokens, one impossible", three(1, 0, 2), nil},
		{"R holds one token", with(fair([]int64{1, 1}, uneven), []int{0}, model.AdversaryPolicy), []*Condition{twoPositions, unequalRecovery}},
		{"R holds all", with(fair([]int64{1, 1}, uneven), []int{0, 1}, model.AdversaryPolicy), []*Condition{twoPositions}},
		{"recovery is equally likely after both", with(fair([]int64{1, 1}, []int64{1, 2, 2, 4}), []int{0}, model.AdversaryPolicy), []*Condition{twoPositions}},
		{"the other prefix is impossible", with(fair([]int64{1, 0}, uneven), []int{0}, model.AdversaryPolicy), []*Condition{twoPositions, unequalPrompts}},
		{"Q is uniform, P too", with(fair([]int64{1, 1}, uneven), []int{0}, model.AdversaryUniform), []*Condition{twoPositions, unequalRecovery}},
		{"Q is uniform, P is not", with(fair([]int64{1, 3}, uneven), []int{0}, model.AdversaryUniform), []*Condition{twoPositions, unequalPrompts, unequalRecovery, otherPrefixes}},
		{"Q is uniform, P is not, R is empty", with(fair([]int64{1, 3}, uneven), nil, model.AdversaryUniform), []*Condition{twoPositions, unequalPrompts}},
		{"Q is uniform, P is not, R holds all", with(fair([]int64{1, 3}, uneven), []int{0, 1}, model.AdversaryUniform), []*Condition{twoPositions, unequalPrompts}},
		{"Q is uniform, P is not at the last position", with(fair([]int64{1, 1}, uneven), []int{1}, model.AdversaryUniform), []*Condition{twoPositions, unequalRecovery}},
	} {
		for _, condition := range conditions {
			if got, want := condition.Holds(test.c), slices.Contains(test.holds, condition); got != want {
				t.Errorf("%s: %s: %v, want %v", test.reason, condition.Words, got, want)
			}
		}
	}
}
