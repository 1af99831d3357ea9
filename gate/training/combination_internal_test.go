package training

import (
	"math"
	"slices"
	"testing"
)

// TestChoices: a loss without a mistake has the gradient of its objective, and one with a
// single mistake is what that mistake by itself is known as.
func TestChoices(t *testing.T) {
	t.Parallel()
	compared := make(map[string]int)
	for _, of := range []Claim{{Objective: ObjectiveHarm}, {Objective: ObjectiveKL}, {Objective: ObjectiveRegularised}, {Objective: ObjectiveDeep}, {Objective: ObjectiveRegularised, TokenLevel: true}} {
		for i := range 12 {
			q := Draw(LevelPlain, 1, i, of)
			if !LossGradient.Asked(q) {
				continue
			}
			s := Solve(q)
			right := s.floats().expectedLossGradient()
			if forms := s.lossOf(choice{}); slices.ContainsFunc(forms, func(form []float64) bool { return !near(form, right) }) {
				t.Errorf("%+v: without a mistake %v, want %v\n%v", of, forms, right, q.Instance)
			}
			for _, c := range of.Combinations() {
				if len(c.Mistakes) != 1 || of.TokenLevel {
					continue // of which the mistakes are known of the whole KL alone
				}
				name := c.Mistakes[0].Name
				for _, alone := range s.Wrong(LossGradient, func(mistake string) bool { return mistake == name })[name] {
					if compared[name]++; !slices.ContainsFunc(s.Combined(c), func(form []float64) bool { return near(form, alone) }) {
						t.Errorf("%+v: %s: %v, want one to be %v\n%v", of, name, s.Combined(c), alone, q.Instance)
					}
				}
			}
		}
	}
	for _, list := range [][]string{advantageChoices, ratioChoices, reductionChoices} {
		for _, name := range list[1:] {
			if compared[name] == 0 && name != "mean over all tokens" {
				t.Errorf("%q is not compared", name)
			}
		}
	}
}

// TestCombinationsOfTerms: a loss without rewards has no mistake in its advantages, and one
// without a KL none in that.
func TestCombinationsOfTerms(t *testing.T) {
	t.Parallel()
	for _, of := range []Claim{{Objective: ObjectiveHarm}, {Objective: ObjectiveKL}, {Objective: ObjectiveRegularised}} {
		advantages, divergences := make(map[int]bool), make(map[int]bool)
		for _, c := range of.Combinations() {
			advantages[c.of.advantage], divergences[c.of.divergence] = true, true
		}
		wantAdvantages, wantDivergences := len(advantageChoices), len(of.divergences())
		switch of.Objective {
		case ObjectiveHarm:
			wantDivergences = 1
		case ObjectiveKL:
			wantAdvantages = 1
		}
		if len(advantages) != wantAdvantages || len(divergences) != wantDivergences {
			t.Errorf("%s: advantages %v, want %d of them; divergences %v, want %d", of.Objective, advantages, wantAdvantages, divergences, wantDivergences)
		}
	}
}

// near reports whether numbers agree but for rounding.
func near(a, b []float64) bool {
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= 1e-11*(1+math.Abs(b[i]))) {
			return false
		}
	}
	return true
}
