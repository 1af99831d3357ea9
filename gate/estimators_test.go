//go:build unix

package gate_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// What the estimators of a KL descend, as docs/kl-estimators.md has it.
var estimators = []struct {
	what  string
	flags []string
	exact bool   // its expected gradient is that of the KL
	token bool   // … that at frozen prefixes
	named string // what the gate calls it where it is neither
	// Its expected derivatives in the two smallest examples.
	one, two float64
}{
	{what: "k1 as a loss", flags: []string{"--kl", "k1"}, named: "no gradient"},
	{what: "k2 as a loss", flags: []string{"--kl", "k2"}, token: true, named: "frozen prefixes", one: ln3, two: 0},
	{what: "k3 as a loss", flags: []string{"--kl", "k3"}, named: "k3 as a loss", one: 0.25, two: 0},
	{what: "r·k1 as a loss", flags: []string{"--kl", "ratio-k1"}, token: true, named: "frozen prefixes", one: ln3, two: 0},
	{what: "r·k2 as a loss", flags: []string{"--kl", "ratio-k2"}, one: 0.31415945467015693},
	{what: "r·k3 as a loss", flags: []string{"--kl", "ratio-k3"}, token: true, named: "frozen prefixes", one: ln3, two: 0},
	{what: "−k1 in the reward of its token", flags: []string{"--kl", "reward-own"}, token: true, named: "frozen prefixes", one: ln3, two: 0},
	{what: "−k1 in the reward, and in every return before it", flags: []string{"--kl", "reward"}, exact: true, one: ln3, two: ln43},
	{what: "the same, unweighted", flags: []string{"--kl", "reward", "--weight", "none"}, named: "importance weight missing", one: ln3, two: ln43},
	{what: "k3 as a loss, unweighted", flags: []string{"--kl", "k3", "--weight", "none"}, named: "k3 off policy", one: 0.25},
}

// ¼·ln 3 and ⅛·ln(4/3).
var ln3, ln43 = math.Log(3) / 4, math.Log(4.0/3) / 8

const (
	estimatorsBegin = "<!-- estimators: written by go test ./gate -run TestEstimators -update -->\n"
	estimatorsEnd   = "<!-- end of estimators -->\n"
	estimatorsFile  = "../docs/kl-estimators.md"
)

// TestEstimators runs every variant through the gate, and writes what it descends.
func TestEstimators(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("checks several solvers")
	}
	testenv.Python(t)
	lines := make([]string, len(estimators))
	t.Run("each", func(t *testing.T) {
		for i, e := range estimators {
			t.Run(e.what, func(t *testing.T) {
				t.Parallel()
				p := trainProcess(t, append([]string{filepath.Join("python", "losses.py")}, e.flags...)...)
				exact, named := descends(t, p, false)
				token, _ := descends(t, p, true)
				if exact != e.exact || token != e.token || named != e.named {
					t.Errorf("that of the KL: %v, want %v; at token level: %v, want %v; named %q, want %q", exact, e.exact, token, e.token, named, e.named)
				}
				one := expected(t, p, example1(), 0)
				two := expected(t, p, example2(), 0)
				if math.Abs(one-e.one) > exampleTolerance || math.Abs(two-e.two) > exampleTolerance {
					t.Errorf("in the examples %v and %v, want %v and %v", one, two, e.one, e.two)
				}
				lines[i] = fmt.Sprintf("| %s | %s | %s | %s | %.6f | %.6f |\n", e.what, yes(exact), yes(token), named, math.Abs(one), math.Abs(two))
			})
		}
	})
	if t.Failed() {
		return
	}
	text, err := os.ReadFile(estimatorsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(text, []byte(estimatorsBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(estimatorsEnd))
	if !ok || !ok2 {
		t.Fatalf("%s: want the lines %q and %q", estimatorsFile, estimatorsBegin, estimatorsEnd)
	}
	table := "\n| variant | the KL | token level | otherwise named | one position | two positions |\n|---|---|---|---|---|---|\n" + strings.Join(lines, "") + "\n"
	written := string(before) + estimatorsBegin + table + estimatorsEnd + string(after)
	if *update {
		if err := os.WriteFile(estimatorsFile, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if written != string(text) {
		t.Errorf("%s is out of date: go test ./gate -run TestEstimators -update", estimatorsFile)
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// estimatorChecks is on how many instances an estimator is looked at.
const estimatorChecks = 20

// descends reports whether the expected gradient of a loss is that of the KL, or of that at
// frozen prefixes, and which mistakes explain it wherever it is not.
func descends(t *testing.T, p *gate.Process, tokenLevel bool) (bool, string) {
	t.Helper()
	failures, names := explanations(t, p, training.LevelPlain, estimatorChecks, training.LossGradient, training.Claim{Objective: training.ObjectiveKL, TokenLevel: tokenLevel})
	return failures == 0, strings.Join(names, " or ")
}

// exampleTolerance bounds what float64 loses in an example: a gradient there is the sum over
// at most four sequences, each of fewer than 1,000 operations on numbers below 2, and
// 4·1,000·2·2⁻⁵³ < 10⁻¹².
const exampleTolerance = 1e-12

// example1 has P = (½, ½) and P_0 = (¼, ¾).
func example1() *model.Instance {
	in := generators.Tree(2, [][]int64{{1, 1}}, []int64{0, 0}, 1)
	in.Training = model.NewTraining()
	in.Training.Reference = []model.Naturals{model.NaturalsOf(1, 3)}
	return in
}

// example2 has P and P_0 uniform, but that P_0 = (¼, ¾) after token 0.
func example2() *model.Instance {
	in := generators.Tree(2, [][]int64{{1, 1}, {1, 1, 1, 1}}, []int64{0, 0, 0, 0}, 1)
	in.Training = model.NewTraining()
	in.Training.Reference = []model.Naturals{model.NaturalsOf(1, 1), model.NaturalsOf(1, 3, 1, 1)}
	return in
}

// expected returns number i of the expected gradient of a solver's loss.
func expected(t *testing.T, p *gate.Process, in *model.Instance, i int) float64 {
	t.Helper()
	q := &training.Question{Instance: in, Claim: training.Claim{Objective: training.ObjectiveKL}}
	q.Batches, _ = training.AllBatches(q, 1, 100)
	answers, err := p.Ask(t.Context(), q, []training.Quantity{training.LossGradient})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := training.Solve(q).Weigh(answers[training.LossGradient])[i].Float64()
	return v
}
