package theorems

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// TestSourcesDrawValidCases: those of statements, of wordings and of near-misses.
func TestSourcesDrawValidCases(t *testing.T) {
	t.Parallel()
	n := 60
	if testing.Short() {
		n = 6
	}
	seen := map[*Source]bool{nil: true} // what is drawn without one is for generators to test
	for _, s := range All() {
		sources := []*Source{s.Source}
		for _, f := range s.Falsehoods() {
			sources = append(sources, f.Source)
		}
		for k, source := range sources {
			if seen[source] || source.Draw == nil {
				continue
			}
			seen[source] = true
			for i := range n {
				if err := source.Draw(5, i).Validate(); err != nil {
					t.Errorf("%s, source %d, case %d: %v", s.ID, k, i, err)
				}
			}
		}
	}
}

// TestDeepSource: the cases have all that the recovery part of the equilibrium takes.
func TestDeepSource(t *testing.T) {
	t.Parallel()
	bare := make(map[string]int) // cases without a penalty, by the one that they are given
	for i := range 600 {
		c := deepSource().Draw(1, i)
		proper := len(c.Recovery) > 0 && len(c.Recovery) < c.Vocabulary()
		if c.Beta.Sign() <= 0 || c.Gamma.Cmp(big.NewRat(1, 1)) >= 0 || !proper && c.Vocabulary() > 1 {
			t.Errorf("case %d: %#v", i, c)
		}
		if c.Parameterisation.Kind != model.Decoupled {
			t.Errorf("case %d has %s parameters", i, c.Parameterisation.Kind)
		}
		if generators.Example(familyLimits, 1, i).Beta.Sign() == 0 {
			bare[c.Beta.RatString()]++
		}
	}
	if bare["1/2"] == 0 || bare["1"] == 0 || bare["3/2"] == 0 || len(bare) > 3 {
		t.Errorf("cases without a penalty are given %v, want 1/2, 1 and 3/2", bare)
	}
}

// TestConstantRecovery: over a family z^f of odds, recovery is as likely at every z
// where R holds the same share of the weight at every value of f, and only there.
func TestConstantRecovery(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		reason   string
		weights  []int64
		features []int64
		constant bool
	}{
		{"a third of the weight at each of two features", []int64{1, 2, 2, 4}, []int64{0, 1, 0, 1}, true},
		{"a third at one, a fifth at the other", []int64{1, 1, 2, 4}, []int64{0, 1, 0, 1}, false},
		{"a third at features one and three", []int64{1, 2, 2, 4}, []int64{1, 3, 1, 3}, true},
		{"one feature for all", []int64{1, 5, 3, 4}, []int64{2, 2, 2, 2}, true},
		{"all of R apart from the others", []int64{1, 1, 1, 1}, []int64{1, 1, 0, 0}, false},
	} {
		c := &model.Case{Instance: generators.Tree(4, [][]int64{test.weights}, []int64{0, 0, 0, 0}, 1)}
		c.Recovery = []int{0, 1}
		c.Parameterisation = model.Parameterisation{Kind: model.Shared, Parameters: 1, Features: [][]int64{slices.Clone(test.features)}}
		if got := constantRecovery(verify.NewCaseWorld(field.NewRational(), c), 1); got != test.constant {
			t.Errorf("%s: constant %v, want %v", test.reason, got, test.constant)
		}
	}
}

// TestCostAtOptimumIsUndecided: where the other side cannot be enclosed, the claim is
// not passed over.
func TestCostAtOptimumIsUndecided(t *testing.T) {
	t.Parallel()
	check := verify.Interval(func(w *World[enc]) {
		costAtOptimum(w, "x", func(*exact.Tilted[enc], int, int) (enc, error) { return enc{}, field.ErrDomain })
	})
	_, err := check.Try("x", &model.Case{Instance: generators.Tree(2, [][]int64{{1, 1}}, []int64{0, 1}, 1)})
	if !errors.Is(err, verify.ErrUndecided) {
		t.Errorf("a side that cannot be enclosed: %v, want undecided", err)
	}
}

// TestAvoidedNeedsTwoPositions: with one token no adversary draws a prefix that can be avoided.
func TestAvoidedNeedsTwoPositions(t *testing.T) {
	t.Parallel()
	for length := 1; length <= 2; length++ {
		in := model.NewInstance(shape(2, length).Tree())
		in.Recovery, in.Beta, in.Adversary.Kind = []int{0}, big.NewRat(2, 1), model.AdversaryRows
		for t := 1; t < length; t++ {
			in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(0, 1))
		}
		n, err := verify.Rational(avoidedPenalty).Try("x-rem-6", &model.Case{Instance: in})
		if err != nil || n > 0 != (length > 1) {
			t.Errorf("%d tokens: %d comparisons, %v", length, n, err)
		}
	}
}
