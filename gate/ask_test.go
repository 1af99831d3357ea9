//go:build unix

package gate_test

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// trainProcess starts a solver in Python.
func trainProcess(t *testing.T, args ...string) *gate.Process {
	t.Helper()
	return trainWith(t, testenv.Python(t), args...)
}

// trainWith starts a solver in an interpreter.
func trainWith(t *testing.T, interpreter string, args ...string) *gate.Process {
	t.Helper()
	p, err := gate.New(gate.Command{Args: append([]string{interpreter}, args...), Timeout: patience, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// The examples in Python, written from the document alone, agree with the exact values.
func TestPythonTrains(t *testing.T) {
	if testing.Short() {
		t.Skip("a start of an interpreter for each example")
	}
	t.Parallel()
	closed := training.Quantities()
	closed = closed[:len(closed)-1]
	losses := []training.Quantity{training.LossGradient}
	for _, c := range []struct {
		file      string
		only      []training.Quantity
		objective training.Objective
		claim     bool
		flags     []string
	}{
		{file: "closed.py", only: closed},
		{file: "losses.py", only: losses, objective: training.ObjectiveHarm},
		{file: "losses.py", only: losses, objective: training.ObjectiveRegularised},
		{file: "losses.py", only: losses, objective: training.ObjectiveKL, claim: true, flags: []string{"--kl", "k2"}},
	} {
		t.Run(strings.Join(append([]string{c.file, string(c.objective)}, c.flags...), " "), func(t *testing.T) {
			t.Parallel()
			p := trainProcess(t, append([]string{filepath.Join("python", c.file)}, c.flags...)...)
			if err := p.Speaks(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := checkTraining(t, p, gate.TrainingOptions{
				Seed: 1, Instances: testenv.Scale(15), Only: c.only, Claim: training.Claim{Objective: c.objective, TokenLevel: c.claim},
			})
			if len(r.Failures) > 0 || r.Undecided() != 0 || r.Checked() != len(c.only) {
				t.Errorf("failures %v; %d quantities checked, %d numbers undecided", r.Failures, r.Checked(), r.Undecided())
			}
		})
	}
}

// A solver of gate/1 alone is taken for one.
func TestSpeaks(t *testing.T) {
	t.Parallel()
	p := process(t, "", patience)
	if err := p.Speaks(t.Context()); err == nil || !strings.Contains(err.Error(), "none of the quantities") {
		t.Errorf("error %v", err)
	}
	if r := check(t, p, 1, 10); len(r.Failures) > 0 {
		t.Errorf("then %v", r.Failures)
	}
}

// What a request says is read back as it was written.
func TestSavedTraining(t *testing.T) {
	t.Parallel()
	for i := range 30 {
		q := training.Draw(training.LevelFull, 1, i, training.Claim{Objective: training.ObjectiveKL})
		saved := &gate.SavedTraining{
			Failure: "as planted", Quantity: "kl", Level: gate.Full, Seed: 1, Drawn: i + 1, Question: q, Want: training.Quantities(),
			Together: [][]string{{"sign", "uncentred"}},
		}
		var b bytes.Buffer
		if err := saved.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := gate.ReadSavedTraining(&b)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(request(t, saved), request(t, again)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(saved.Together, again.Together); d != "" {
			t.Error(d)
		}
		if !again.Question.Instance.Equal(q.Instance) {
			t.Errorf("%v\nis read as\n%v", q.Instance, again.Question.Instance)
		}
	}
}

func request(t *testing.T, s *gate.SavedTraining) string {
	t.Helper()
	line, err := gate.TrainingRequest(s.Question, s.Want)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// A file whose lists do not fit the instance is refused, with its place.
func TestSavedTrainingRefuses(t *testing.T) {
	t.Parallel()
	q := training.Draw(training.LevelPlain, 1, 1, training.Claim{Objective: training.ObjectiveKL})
	q.Instance.Training = model.NewTraining()
	q.Sequences = training.AllSequences(q)
	for _, c := range []struct {
		reason string
		want   training.Quantity
		change func(q *training.Question)
		text   string
	}{
		{"nothing", "kl_gradient", func(*training.Question) {}, ""},
		{"no such token", "log_probability", func(q *training.Question) { q.Sequences = [][]int{{7}} }, "/request/sequences/0"},
		{"the token after the last", "log_probability", func(q *training.Question) { q.Sequences = [][]int{{q.Instance.Vocabulary()}} }, "/request/sequences/0"},
		{"a token before the first", "log_probability", func(q *training.Question) { q.Sequences = [][]int{{-1}} }, "/request/sequences/0"},
		{"cut short", "log_probability", func(q *training.Question) { q.Sequences = [][]int{{}} }, "/request/sequences/0"},
		{"an unknown method", "group_advantage", func(q *training.Question) { q.Groups[0].Method = "ppo" }, "/request/groups/0/method"},
		{"a mask too short", "gae", func(q *training.Question) { q.Trajectories[0].Mask = nil }, "/request/trajectories/0"},
		{"an unknown loss", "preference_loss", func(q *training.Question) { q.Pairs[0].Loss = "kto" }, "/request/pairs/0"},
		{"a reward too few", training.LossGradient, func(q *training.Question) {
			q.Batches, _ = training.AllBatches(q, 1, 100)
			q.Batches[0].Rewards = nil
		}, "/request/batches/0"},
	} {
		changed := training.Draw(training.LevelPlain, 1, 1, training.Claim{Objective: training.ObjectiveKL})
		changed.Instance, changed.Sequences = q.Instance, q.Sequences
		c.change(changed)
		var b bytes.Buffer
		if err := (&gate.SavedTraining{Failure: "x", Question: changed, Want: []training.Quantity{c.want}}).Write(&b); err != nil {
			t.Fatal(err)
		}
		_, err := gate.ReadSavedTraining(&b)
		if c.text == "" && err != nil || c.text != "" && (err == nil || !strings.Contains(err.Error(), c.text)) {
			t.Errorf("%s: %v, want %q", c.reason, err, c.text)
		}
	}
}

// An answer of another shape costs its quantity on that instance, and a reply that cannot be
// read the instance; the place is named.
func TestTrainingReplyShapes(t *testing.T) {
	t.Parallel()
	const loop = "import json, sys\nfor line in sys.stdin:\n r = json.loads(line)\n print(json.dumps({'id': r['id'], **%s}), flush=True)"
	want := []training.Quantity{"kl", "kl_gradient", "entropy"}
	zero := ", 'entropy': [0, 0]"
	for i, c := range []struct {
		reason, reply, text string
		quantity            training.Quantity // that it costs; "" for all
	}{
		{"a number for a list", "{'kl': 0" + zero + "}", "/kl: 0: want a list of 2", "kl"},
		{"a state missing", "{'kl_gradient': [[[0, 0]], [[0, 0]]]" + zero + "}", "/kl_gradient/1: length 1: want 2", "kl_gradient"},
		{"a row too long", "{'kl_gradient': [[[0, 0, 0]], [[0, 0], [0, 0]]]" + zero + "}", "/kl_gradient/0/0: length 3: want 2", "kl_gradient"},
		{"a string", "{'kl': [0, 'x']" + zero + "}", "/kl/1", "kl"},
		{"a reply of an estimate without draws", "{'kl': {'mean': [0, 0], 'stderr': [0, 0]}" + zero + "}", "/kl/n: missing", "kl"},
		{"another name", "{'KL': [0, 0]}", "/KL: unknown key", ""},
		{"NaN", "{'entropy': [0, float('nan')]}", "NaN is not JSON", ""},
		{"an error", "{'error': 'no'}", "the solver reports an error: no", ""},
	} {
		if testing.Short() && i%4 != 0 {
			continue // each starts an interpreter
		}
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			p := trainProcess(t, "-c", strings.Replace(loop, "%s", c.reply, 1))
			q := &training.Question{Instance: generators.Tree(2, [][]int64{{1, 3}, {1, 0, 0, 1}}, []int64{0, 1, 1, 0}, 1)}
			q.Instance.Training = model.NewTraining()
			q.Instance.Training.Reference = []model.Naturals{model.NaturalsOf(1, 3), model.NaturalsOf(1, 0, 0, 1)}
			r := checkTraining(t, p, gate.TrainingOptions{On: q, Only: want})
			var f *gate.TrainingFailure
			for _, other := range r.Failures {
				if other.Unusable != nil {
					f = other
				}
			}
			if f == nil || f.Quantity != c.quantity || !strings.Contains(f.Error(), c.text) {
				t.Fatalf("%v, want of %q: %q", r.Failures, c.quantity, c.text)
			}
			entropy := r.Quantities[2]
			if c.quantity != "" && (entropy.Instances != 1 || r.Unanswered != 0) {
				t.Errorf("%+v: want the entropy compared", r)
			}
		})
	}
}
