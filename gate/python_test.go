//go:build unix

package gate_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/testenv"
)

// gatePython checks a solver in Python.
func gatePython(t *testing.T, o gate.Options, args ...string) (r *gate.Report, stderr string) {
	t.Helper()
	var problems bytes.Buffer
	p, err := gate.New(gate.Command{Args: args, Timeout: patience, Want: o.Only, Stderr: &problems})
	if err != nil {
		t.Fatal(err)
	}
	r, err = gate.Check(t.Context(), p, o)
	p.Close()
	if err != nil {
		t.Fatal(err)
	}
	return r, problems.String()
}

// The examples pass, on everything that they offer.
func TestPythonExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file       string
		quantities int
		modules    []string
	}{
		{"first.py", 3, nil},
		{"closed.py", 11, nil},
		{"profile_numpy.py", 11, []string{"numpy"}},
	} {
		for _, level := range []gate.Level{gate.Plain, gate.Full} {
			if testing.Short() && (level == gate.Full || c.file != "first.py") {
				continue // which the full run has
			}
			t.Run(c.file+" "+string(level), func(t *testing.T) {
				t.Parallel()
				o := gate.Options{Seed: 1, Instances: testenv.Scale(50), Level: level, Tries: hardlySearched}
				r, stderr := gatePython(t, o, testenv.Python(t, c.modules...), filepath.Join("python", c.file))
				if len(r.Failures) > 0 {
					f := r.Failures[0]
					t.Fatalf("%d quantities fail, the first: %v\n%s", len(r.Failures), f, f.Counterexample.Case.Brief())
				}
				if r.Checked() != c.quantities || r.Undecided() != 0 || stderr != "" {
					t.Errorf("%d quantities checked, want %d; %d numbers undecided; %s", r.Checked(), c.quantities, r.Undecided(), stderr)
				}
			})
		}
	}
}

// TestPythonReplies gates one-line solvers: what the file makes of the values that
// they return, and of their mistakes.
func TestPythonReplies(t *testing.T) {
	t.Parallel()
	const mean = "sum(y.probability * y.harm for y in m.sequences())"
	for i, c := range []struct {
		reason, body string
		modules      []string
		text         string // of the failure; "" where it passes
		stderr       string
	}{
		{reason: "a float", body: "return " + mean},
		{reason: "a fraction", body: "m = m.exactly(); return " + mean},
		{reason: "a decimal", body: "from decimal import Decimal; return Decimal(" + mean + ")"},
		{reason: "no answer", body: "return None"},
		{reason: "an array", body: "import numpy; return numpy.array([y.probability * y.harm for y in m.sequences()]).sum()", modules: []string{"numpy"}},
		{reason: "printing", body: "print('here'); return " + mean, stderr: "here"},
		{reason: "not a number", body: "return float('nan')", text: "ValueError: expected_harm is nan"},
		{reason: "an infinite decimal", body: "from decimal import Decimal; return Decimal('inf')", text: "ValueError: expected_harm is Infinity"},
		{reason: "a boolean", body: "return True", text: "TypeError: expected_harm is True: want a number"},
		{reason: "a string", body: "return '1'", text: "TypeError: expected_harm is '1': want a number"},
		{reason: "a list", body: "return [" + mean + "]", text: "/expected_harm: a list: want a number"},
		{reason: "an exception", body: "return m.harm[len(m.harm)]", text: "IndexError: list index out of range\n  File "},
		{reason: "the whole message", body: "raise ValueError('x' * 100 + ' the end')", text: "the end\n"},
	} {
		if testing.Short() && i%6 != 0 {
			continue // each starts an interpreter
		}
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			interpreter := testenv.Python(t, c.modules...)
			solver := filepath.Join(t.TempDir(), "solver.py")
			folder, err := filepath.Abs("python")
			if err != nil {
				t.Fatal(err)
			}
			text := "import sys\nsys.path.insert(0, " + `r"` + folder + `"` + ")\nimport sounding\n\n@sounding.quantity\ndef expected_harm(m):\n    " + c.body + "\n\nsounding.serve()\n"
			if err := os.WriteFile(solver, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			r, stderr := gatePython(t, gate.Options{On: example(t)}, interpreter, solver)
			switch {
			case c.text == "" && len(r.Failures) > 0:
				t.Errorf("failures %v", r.Failures)
			case c.text != "" && (len(r.Failures) != 1 || !strings.Contains(r.Failures[0].Error(), c.text)):
				t.Errorf("failures %v, want one with %q", r.Failures, c.text)
			}
			if !strings.Contains(stderr, c.stderr) || c.stderr == "" && stderr != "" {
				t.Errorf("standard error %q, want %q", stderr, c.stderr)
			}
		})
	}
}

// The file knows every quantity, and proposes one where a name is none.
func TestPythonKnowsQuantities(t *testing.T) {
	t.Parallel()
	q := training.Draw(training.LevelPlain, 1, 0, training.Claim{Objective: training.ObjectiveKL})
	request, err := gate.TrainingRequest(q, []training.Quantity{"kl"})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(testenv.Python(t), "-c", `
import json, sys
sys.path.insert(0, "python")
import sounding

def loss_gradients(m):
    return {"kl_gradeint": 0}

print(*sounding.QUANTITIES)
for offer in sounding.quantity, sounding.check:
    try:
        offer(loss_gradients)
    except ValueError as problem:
        print(problem)
request = json.loads(sys.stdin.read())
for offer in lambda f: f, sounding.solver:
    print(json.loads(sounding.reply(request, [offer(loss_gradients)]))["error"].splitlines()[0])
`)
	cmd.Stdin = bytes.NewReader(request)
	out, err := cmd.CombinedOutput()
	var names []string
	for _, q := range gate.Quantities() {
		names = append(names, string(q))
	}
	for _, q := range training.Quantities() {
		names = append(names, string(q))
	}
	const loss, kl = "loss_gradients: no such quantity; did you mean loss_gradient?\n", "kl_gradeint: no such quantity; did you mean kl_gradient?\n"
	if want := strings.Join(names, " ") + "\n" + loss + loss + "ValueError: " + loss + "ValueError: " + kl; err != nil || string(out) != want {
		t.Errorf("%v:\n%s\nwant\n%s", err, out, want)
	}
}

// enoughFailures is on how many questions that a trainee gets wrong its mistakes are
// looked at: what is right clears no mistake of theirs.
const enoughFailures = 8

// explanations asks a trainee for one quantity on n questions, or until it is wrong on
// enoughFailures, and returns on how many it is wrong and which known mistakes explain it
// on each of these.
func explanations(
	t *testing.T, p *gate.Process, level training.Level, n int,
	quantity training.Quantity, claim training.Claim,
) (failures int, names []string) {
	t.Helper()
	explained := make(map[string]int)
	for i := 0; i < testenv.Effort()*n && failures < testenv.Effort()*enoughFailures; i++ {
		q := training.Draw(level, 1, i, claim)
		r := checkTraining(t, p, gate.TrainingOptions{
			On: q, Only: []training.Quantity{quantity}, Claim: claim,
		})
		for _, f := range r.Failures {
			failures++
			for _, m := range f.Mistakes {
				explained[m.Name]++
			}
		}
	}
	for name, times := range explained {
		if times == failures {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return failures, names
}

// TestPythonBugs: each bug that planted.py has is caught, and explained by the mistake
// that it is, where that has a name.
func TestPythonBugs(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("checks dozens of solvers")
	}
	list, err := exec.Command(testenv.Python(t), "python/planted.py", "--list").Output()
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Row       string
		Quantity  training.Quantity
		Diagnosis string
		Objective training.Objective
	}
	if err := json.Unmarshal(list, &rows); err != nil {
		t.Fatal(err)
	}
	named := 0
	for i, row := range rows {
		if row.Diagnosis != "" {
			named++
		}
		if testenv.Effort() == 1 && i%3 != 0 {
			continue // a start of an interpreter each
		}
		t.Run(row.Row, func(t *testing.T) {
			t.Parallel()
			p := trainProcess(t, "python/planted.py", row.Row)
			failures, names := explanations(t, p, training.LevelPlain, 30, row.Quantity, training.Claim{Objective: row.Objective})
			if failures == 0 { // it needs a token of probability 0
				failures, names = explanations(t, p, training.LevelFull, 30, row.Quantity, training.Claim{Objective: row.Objective})
			}
			if failures == 0 {
				t.Fatal("not caught")
			}
			if row.Diagnosis != "" && !slices.Contains(names, row.Diagnosis) || row.Diagnosis == "" && len(names) > 0 {
				t.Errorf("explained by %q, want %q", names, row.Diagnosis)
			}
		})
	}
	if named < 30 {
		t.Errorf("%d bugs have a name, want 30", named)
	}
}

// TestTorch: which variants of a loss with autograd have the gradient of the objective.
// Each takes two seconds to import PyTorch, so that an ordinary run has two of them.
func TestTorch(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("PyTorch takes seconds to be imported")
	}
	interpreter := testenv.Python(t, "torch")
	for i, c := range []struct {
		flags     string
		objective training.Objective
		named     string // "" where it passes
	}{
		{"", training.ObjectiveRegularised, ""},
		{"--kl k3 --ratio token", training.ObjectiveKL, "k3 off policy"},
		{"--reduction grpo", training.ObjectiveRegularised, "mean over tokens"},
		{"--advantage group", training.ObjectiveHarm, "divided by the deviation of the group"},
	} {
		if i >= 2*testenv.Effort() {
			break
		}
		t.Run(strings.TrimSpace(c.flags+" "+string(c.objective)), func(t *testing.T) {
			t.Parallel()
			p := trainWith(t, interpreter, append([]string{"python/grpo_torch.py"}, strings.Fields(c.flags)...)...)
			failures, names := explanations(t, p, training.LevelPlain, 20, training.LossGradient, training.Claim{Objective: c.objective})
			if got := strings.Join(names, " or "); got != c.named || (failures > 0) != (c.named != "") {
				t.Errorf("wrong on %d instances, explained by %q, want %q", failures, names, c.named)
			}
		})
	}
}

// The document shows the first example as it is.
func TestDocumentShowsFirstExample(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../docs/gate.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("python/first.py")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(document, example) {
		t.Error("docs/gate.md shows another python/first.py")
	}
}
