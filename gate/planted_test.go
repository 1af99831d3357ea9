package gate_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/testenv"
)

// planted are bugs that code really had, each in an independent solver.
var planted = []struct {
	row       int // of the table, in the order in which they were collected
	seen      string
	quantity  training.Quantity
	bug       string
	named     string // the mistake that the gate has to name; "" for none
	objective training.Objective
	claim     bool // token-level
}{
	{row: 1, seen: "allenai/open-instruct#534", quantity: "kl_gradient", bug: "k1 as a loss", named: "k1 as a loss"},
	{row: 2, seen: "allenai/open-instruct#530", quantity: "kl_gradient", bug: "no gradient", named: "no gradient"},
	{row: 3, seen: "verl-project/verl#179", quantity: "kl_gradient", bug: "KL maximised", named: "sign"},
	{row: 4, seen: "huggingface/trl#4967", quantity: "kl_gradient", bug: "k3 as a loss", named: "k3 as a loss"},
	{row: 4, seen: "huggingface/trl#6503", quantity: training.LossGradient, bug: "k3 as a loss", named: "k3 as a loss"},
	{row: 5, seen: "NVIDIA-NeMo/RL#2506", quantity: "kl_gradient", bug: "frozen", named: "frozen prefixes"},
	{row: 6, seen: "THUDM/slime#1039", quantity: "kl_gradient", bug: "ratio on k2", named: "ratio on k2"},
	{row: 7, seen: "huggingface/trl#6586", quantity: "kl_gradient", bug: "sequence ratio", named: "sequence ratio on token KL"},
	{row: 8, seen: "OpenRLHF/OpenRLHF#1309", quantity: "kl_gradient", bug: "k2 off policy", named: "k2 off policy"},
	{row: 8, seen: "verl-project/verl#2953", quantity: "kl_gradient", bug: "k3 off policy", named: "k3 off policy"},
	{row: 9, seen: "huggingface/trl#3556", quantity: "kl_gradient", bug: "frozen mean", named: "frozen prefixes, mean over tokens"},
	{row: 10, seen: "PrimeIntellect-ai/prime-rl#1391", quantity: "kl_gradient", bug: "sum by sum"},
	{row: 11, seen: "marin-community/marin#1708", quantity: "kl", bug: "probability twice", named: "probability counted twice"},
	{row: 12, seen: "verl-project/verl#6058", quantity: "objective_gradient", bug: "KL missing", named: "KL missing"},
	{row: 13, seen: "pytorch/rl#1920", quantity: "kl", bug: "itself", named: "zero"},
	{row: 14, seen: "huggingface/trl#2562", quantity: training.LossGradient, bug: "sequence level", objective: training.ObjectiveKL, claim: true},
	{row: 14, seen: "huggingface/trl#2581", quantity: "kl", bug: "whole for token"},
	{row: 15, seen: "CarperAI/trlx#441", quantity: "kl_sum", bug: "mean over all tokens", named: "mean over all tokens"},
	{row: 16, seen: "huggingface/trl#6803", quantity: "kl", bug: "padding", named: "padding not masked"},
	{row: 17, seen: "p-e-w/heretic#346", quantity: "kl", bug: "NaN"},
	{row: 18, seen: "huggingface/trl#1180", quantity: "kl", bug: "k2", named: "square of the log-ratio"},
	{row: 19, seen: "huggingface/trl#2202", quantity: "jsd", bug: "log mixture", named: "mixture of log-probabilities"},
	{row: 19, seen: "huggingface/trl#3043", quantity: "jsd", bug: "mixture exchanged", named: "mixture weights exchanged"},
	{row: 20, seen: "modelscope/ms-swift#10078", quantity: "jsd", bug: "limit", named: "divided by its limit"},
	{row: 21, seen: "paiml/aprender#2153", quantity: "kl", bug: "direction", named: "reference and policy exchanged"},
	{row: 23, seen: "huggingface/trl#3750", quantity: "gradient", bug: "reward on padding", named: "reward on padding"},
	{row: 24, seen: "EleutherAI/gpt-neox#1285", quantity: "log_probability", bug: "labels", named: "labels shifted by one"},
	{row: 25, seen: "PaddlePaddle/PaddleFormers#4909", quantity: "log_probability_mean", bug: "end counted", named: "last token dropped, counted"},
	{row: 26, seen: "huggingface/trl#6654", quantity: training.LossGradient, bug: "times length", named: "times the length"},
	{row: 28, seen: "linkedin/Liger-Kernel#1082", quantity: training.LossGradient, bug: "no importance weight", named: "importance weight missing"},
	{row: 30, seen: "verl-project/verl#593", quantity: training.LossGradient, bug: "token mean", named: "mean over tokens"},
	{row: 31, seen: "huggingface/trl#3823", quantity: training.LossGradient, bug: "times length", named: "times the length", objective: training.ObjectiveHarm},
	{row: 32, seen: "NVIDIA-NeMo/RL#2269", quantity: "importance_weight_sequence", bug: "geometric", named: "geometric ratio for product"},
	{row: 32, seen: "huggingface/trl#5814", quantity: "importance_weight_geometric", bug: "product", named: "product for geometric ratio"},
	{row: 33, seen: "DLR-RM/stable-baselines3#325", quantity: "group_advantage", bug: "NaN"},
	{row: 34, seen: "NVIDIA-NeMo/RL#1518", quantity: "group_advantage", bug: "others' deviation"},
	{row: 35, seen: "ServiceNow/PipelineRL#54", quantity: "group_advantage", bug: "first rollout", named: "first answer alone"},
	{row: 36, seen: "vwxyzjn/cleanrl#337", quantity: "gae", bug: "returns", named: "returns for advantages"},
	{row: 36, seen: "vwxyzjn/cleanrl#16", quantity: "returns", bug: "rewards", named: "rewards for returns"},
	{row: 36, seen: "natolambert/rlhf-book#216", quantity: "returns", bug: "mask ignored", named: "mask ignored"},
	{row: 37, seen: "alibaba/ROLL#447", quantity: "gae", bug: "masked bootstrap", named: "bootstrap from a masked value"},
	{row: 38, seen: "radixark/miles#1383", quantity: "returns", bug: "reset", named: "reset at masked positions"},
	{row: 38, seen: "THUDM/slime#1370", quantity: "kl", bug: "environment", named: "environment not masked"},
	{row: 38, seen: "unslothai/unsloth#5673", quantity: "gradient", bug: "environment", named: "environment not masked"},
	{row: 39, seen: "PrimeIntellect-ai/prime-rl#697", quantity: "log_probability", bug: "divides log-probabilities", named: "temperature divides log-probabilities"},
	{row: 40, seen: "OpenRLHF/OpenRLHF#1319", quantity: "entropy", bug: "temperature ignored", named: "temperature ignored"},
	{row: 40, seen: "NVIDIA-NeMo/RL#316", quantity: "kl", bug: "temperature ignored", named: "temperature ignored"},
	{row: 41, seen: "huggingface/trl#1265", quantity: "preference_loss", bug: "sum for mean", named: "sum for mean"},
	{row: 42, seen: "modelscope/ms-swift#10167", quantity: "preference_gradient", bug: "loss type", named: "loss type ignored"},
	{row: 43, seen: "kuc2477/pytorch-ewc#1", quantity: "fisher", bug: "square of the mean", named: "square of the mean"},
	{row: 44, seen: "huggingface/trl#1340", quantity: "optimum", bug: "policy for reference", named: "policy for reference"},
	{row: 45, seen: "nebuly-ai/optimate#298", quantity: "objective_gradient", bug: "KL maximised", named: "KL maximised"},
	{row: 46, seen: "facebookresearch/Pearl#46", quantity: "gradient", bug: "position's discount", named: "discount of the position missing"},
	{row: 47, seen: "huggingface/trl#256", quantity: "kl", bug: "negative", named: "sign"},
}

// plantedChecks is on how many instances a bug is looked for; 20 show all of them.
const plantedChecks = 30

var update = flag.Bool("update", false, "write the table of docs/gate.md anew")

// The table of planted bugs stands between these lines.
const (
	tableBegin = "<!-- planted bugs: written by go test ./gate -run TestPlantedBugs -update -->\n"
	tableEnd   = "<!-- end of planted bugs -->\n"
	tableFile  = "../docs/gate.md"
)

// TestPlantedBugs: each bug is caught, on an instance of two tokens and at most two
// positions, and named as what it is or not at all.
func TestPlantedBugs(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("checks dozens of solvers")
	}
	lines := make([]string, len(planted)+len(plantedRelations))
	t.Run("each", func(t *testing.T) {
		for i, p := range planted {
			t.Run(fmt.Sprintf("%d %s", p.row, p.bug), func(t *testing.T) {
				t.Parallel()
				r := checkTraining(t, buggy(p.quantity, p.bug), gate.TrainingOptions{
					Seed: 1, Instances: testenv.Scale(plantedChecks), Only: []training.Quantity{p.quantity}, Claim: training.Claim{Objective: p.objective, TokenLevel: p.claim},
				})
				if len(r.Failures) != 1 || r.Failures[0].Quantity != p.quantity {
					t.Fatalf("failures %v", r.Failures)
				}
				f := r.Failures[0]
				var names []string
				for _, m := range f.Mistakes {
					names = append(names, m.Name)
				}
				if got := strings.Join(names, " or "); got != p.named {
					t.Errorf("named %q, want %q", got, p.named)
				}
				size := f.Question.Instance
				if !f.Smallest || size.Vocabulary() != 2 || size.Length() > 2 {
					t.Errorf("smallest %v: %v", f.Smallest, size)
				}
				lines[i] = plantedLine(p.seen, p.quantity, p.named, f.Question, f.Shown)
			})
		}
		for i, p := range plantedRelations {
			t.Run(fmt.Sprintf("%d %s", p.row, p.relation), func(t *testing.T) {
				t.Parallel()
				r := brokenRelation(t, p.bug, p.relation, training.LossGradient)
				if r == nil {
					t.Fatalf("%s holds", p.relation)
				}
				if in := r.Question.Instance; in.Vocabulary() != 2 || in.Length() > 2 {
					t.Errorf("%s: shown on %v", r.Failure, in)
				}
				shown := strings.TrimPrefix(r.Failure, string(r.Quantity)+" at ")
				lines[len(planted)+i] = plantedLine(p.seen, r.Quantity, "relation: "+p.relation, r.Question, shown)
			})
		}
	})
	if t.Failed() {
		return
	}
	text, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(text, []byte(tableBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		t.Fatalf("%s: want the lines %q and %q", tableFile, tableBegin, tableEnd)
	}
	written := string(before) + tableBegin + plantedTable(lines) + tableEnd + string(after)
	if *update {
		if err := os.WriteFile(tableFile, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if written != string(text) {
		t.Errorf("%s is out of date: go test ./gate -run TestPlantedBugs -update", tableFile)
	}
}

func plantedTable(lines []string) string {
	named := 0
	rows := make(map[int]bool)
	for _, p := range plantedRelations {
		rows[p.row] = true
	}
	for _, p := range planted {
		rows[p.row] = true
		if p.named != "" {
			named++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d bugs of %d kinds, planted in a solver of its own: all caught, %d named, none misnamed. The last %d break a relation of answers to each other (`--relations`).\n\n", len(lines), len(rows), named, len(plantedRelations))
	b.WriteString("| seen in | quantity | named as | smallest | the answer there |\n|---|---|---|---|---|\n")
	for _, l := range lines {
		b.WriteString(l)
	}
	b.WriteString("\n")
	return b.String()
}

func plantedLine(seen string, quantity training.Quantity, named string, q *training.Question, shown string) string {
	repository, number, _ := strings.Cut(seen, "#")
	if named == "" {
		named = "—"
	}
	size := fmt.Sprintf("V=%d, T=%d", q.Instance.Vocabulary(), q.Instance.Length())
	switch quantity.Reads() {
	case "trajectories":
		size = fmt.Sprintf("%d steps", len(q.Trajectories[0].Mask))
	case "groups":
		size = fmt.Sprintf("%d answers", len(q.Groups[0].Rewards))
	}
	return fmt.Sprintf("| [%s](https://github.com/%s/issues/%s) | `%s` | %s | %s | %s |\n", seen, repository, number, quantity, named, size, shown)
}
