package proofs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sounding/internal/words"
	"sounding/theorems"
)

// faultVariable names the environment variable that chooses a fault.
const faultVariable = "SOUNDING_FAULT"

// A fault is a few lines that make a solver of package exact wrong.
type fault struct {
	name  string
	file  string
	after string // the line that they come after, once in the file
	wrong string
	fails string // the statement whose test must fail
}

var faults = []fault{
	{
		"no harm is expected before the end", "martingale.go",
		"zero := r.FromInt(0)",
		"for t := range T { for x := range m.H[t] { m.H[t][x] = zero } }", "def-1",
	},
	{
		"innovations count from h_0", "martingale.go",
		"d[e] = r.Sub(m.H[t][l.Next(e)], m.H[t-1][x])",
		"d[e] = r.Sub(m.H[t][l.Next(e)], m.H[0][0])", "def-3",
	},
	{
		"I_t forgets the probability of the prefix", "martingale.go",
		"m.Information[t-1] = r.Dot(m.Occupancy[t-1], m.Step[t-1])",
		"m.Information[t-1] = field.Sum(r, m.Step[t-1])", "cor-7",
	},
	{
		"the horizon is one too late", "martingale.go",
		"if first == open && reach[t-1][x] {",
		"return min(t+1, T)", "thm-9",
	},
	{
		"the gradient takes the last position twice", "gradient.go",
		"c := make([]E, f.Param.Width(f.Process, t, x))",
		"if t == f.Process.Length() { for k := range centred { centred[k] = r.Add(centred[k], centred[k]) } }", "thm-8",
	},
	{
		"the Fisher information is not centred", "gradient.go",
		"weighted[k] = r.Mul(f.Prob[t-1][lo+k], s[i][k])",
		"weighted[k] = r.Mul(f.Prob[t-1][lo+k], Feature(r, f, t, x, i, nil)[k])", "def-11",
	},
	{
		"the gradient forgets the probability of the prefix", "gradient.go",
		"func average[E any, R field.Ring[E]](r R, f Family[E], weight []E, t int, v func(x int) []E) []E {",
		"ones := make([]E, len(weight)); for x := range ones { ones[x] = r.FromInt(1) }; weight = ones", "thm-8",
	},
	{
		"the recovery set and its complement are taken for each other", "recovery.go",
		"rho := make([]E, l.States())",
		"in := recovers; recovers = func(a int) bool { return !in(a) }", "def-16",
	},
	{
		"the recovery information is the mean alone", "recovery.go",
		"v := Recovery(r, pt, o.Recovers, t)",
		"return r.Dot(o.Adversary[t-1], v)", "def-18",
	},
	{
		"the recovery tilt has the wrong sign", "gibbs.go",
		"tilted := make([]E, len(base))",
		"u, _ = f.Quo(f.FromInt(1), u)", "eq-77",
	},
	{
		"the tilt is the same at every position", "branch.go",
		"v := o.Beta",
		"return v", "thm-19",
	},
	{
		"log-ratios are not normalised along the branch", "branch.go",
		"logZ, err := c.Log(z)",
		"logZ = c.FromInt(0)", "eq-54",
	},
	{
		"the optimum is not normalised", "tilted.go",
		"s.Policy[t-1][e] = q",
		"s.Policy[t-1][e] = f.Mul(q, s.Soft[t-1][x])", "rem-3",
	},
	{
		"the discount begins at γ⁰", "branch.go",
		"func (o *Objective[E]) tilt(r field.Ring[E], t int) E {",
		"t--", "thm-19",
	},
	{
		"the penalty is on recovering", "branch.go",
		"func (c *curve[E, F]) gradient(b *Branch[E], slopes [][][][]E, o *Objective[E]) [][]E {",
		"in, swapped := o.Recovers, *o; swapped.Recovers = func(a int) bool { return !in(a) }; o = &swapped", "thm-19",
	},
}

// TestFaultySolvers builds these tests over solvers with a switch for each fault,
// once, and runs them with one fault at a time: the test of the statement that
// the fault is against must fail, name the statement, and leave a case on which
// the sound solver is right.
func TestFaultySolvers(t *testing.T) {
	if testing.Short() {
		t.Skip("building the tests anew takes several seconds")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	binary := buildFaulty(ctx, t)
	run := func(t *testing.T, name, failfile string, ids ...string) (output []byte, artifacts string, err error) {
		var tests []string
		for _, id := range ids {
			tests = append(tests, testName(id))
		}
		artifacts = t.TempDir()
		c := exec.CommandContext(ctx, binary, "-test.run=^("+strings.Join(tests, "|")+")$",
			"-test.artifacts", "-test.outputdir="+artifacts, "-rapid.seed=1", "-rapid.checks=100", "-rapid.nofailfile", "-rapid.failfile="+failfile)
		c.Env = append(os.Environ(), faultVariable+"="+name)
		output, err = c.CombinedOutput()
		if ctx.Err() != nil {
			t.Fatalf("not finished in time:\n%s", output)
		}
		return output, artifacts, err
	}
	t.Run("each", func(t *testing.T) {
		t.Run("none", func(t *testing.T) {
			t.Parallel()
			var all []string
			for _, f := range faults {
				all = append(all, f.fails)
			}
			if out, _, err := run(t, "", "", all...); err != nil {
				t.Fatalf("the tests fail without a fault: %v\n%s", err, out)
			}
		})
		for _, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				start := time.Now()
				out, artifacts, err := run(t, f.name, "", f.fails)
				// On an idle core it is within one second; a busy machine takes longer.
				took := time.Since(start)
				t.Logf("found and reported in %v", took.Round(time.Millisecond))
				if took > 30*time.Second {
					t.Errorf("found and reported after %v only", took)
				}
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != 1 {
					t.Fatalf("the test of %s should fail, and ends with %v:\n%s", f.fails, err, out)
				}
				if !bytes.Contains(out, []byte(f.fails+" fails")) || !bytes.Contains(out, []byte("--- FAIL: "+testName(f.fails))) {
					t.Errorf("the output does not name %s:\n%s", f.fails, out)
				}
				if bytes.Contains(out, []byte("panic")) || bytes.Contains(out, []byte("flaky")) {
					t.Errorf("the test does not end in order:\n%s", out)
				}
				// The words that spell the case out fail first of all.
				failfile := holdsWhenSound(t, f, out, artifacts)
				if out, _, err := run(t, f.name, failfile, f.fails); err == nil || !bytes.Contains(out, []byte("first on random case 1\n")) {
					t.Errorf("rapid does not fail on the words that the case was converted to: %v\n%s", err, out)
				}
			})
		}
	})
}

// holdsWhenSound reads the counterexample that the output says how to replay. It returns
// the failfile of rapid that it is converted to.
func holdsWhenSound(t *testing.T, f fault, out []byte, artifacts string) (failfile string) {
	t.Helper()
	m := regexp.MustCompile(`replay: go run \./cmd/sounding replay (.+\.json)\n`).FindSubmatch(out)
	if m == nil {
		t.Fatalf("the output does not say how to replay it:\n%s", out)
	}
	if !strings.HasPrefix(string(m[1]), artifacts) {
		t.Errorf("%s lies outside of the directory for artifacts, %s", m[1], artifacts)
	}
	text, err := os.ReadFile(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	s, err := theorems.ReadStored(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if s.Statement != f.fails || !s.Smallest {
		t.Errorf("stored for %s, smallest %v", s.Statement, s.Smallest)
	}
	if v, err := s.Replay(); v != nil || err != nil {
		t.Errorf("the sound solver fails on it too: %v, %v", v, err)
	}
	t.Logf("%s: %#v", f.fails, s.Case)
	list, err := words.Spell(text)
	if err != nil {
		t.Fatal(err)
	}
	failfile = filepath.Join(artifacts, "words.fail")
	if err := os.WriteFile(failfile, words.Failfile(list), 0o666); err != nil {
		t.Fatal(err)
	}
	return failfile
}

// buildFaulty builds the tests of this package over copies of the solvers in which
// the environment variable SOUNDING_FAULT chooses the fault.
func buildFaulty(ctx context.Context, t *testing.T) (binary string) {
	t.Helper()
	dir := t.TempDir()
	sources := make(map[string]string)
	for _, f := range faults {
		path, err := filepath.Abs(filepath.Join("..", "exact", f.file))
		if err != nil {
			t.Fatal(err)
		}
		if sources[path] == "" {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sources[path] = strings.Replace(string(text), "\nimport ", "\nimport \"os\"\nimport ", 1)
		}
		if n := strings.Count(sources[path], f.after); n != 1 {
			t.Fatalf("%s has the line that fault %q comes after %d times, want once:\n%s", f.file, f.name, n, f.after)
		}
		switched := fmt.Sprintf("%s\nif os.Getenv(%q) == %q {\n%s\n}", f.after, faultVariable, f.name, f.wrong)
		sources[path] = strings.Replace(sources[path], f.after, switched, 1)
	}
	overlay := struct{ Replace map[string]string }{make(map[string]string)}
	for path, text := range sources {
		copied := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(copied, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		overlay.Replace[path] = copied
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), list, 0o666); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(dir, "faulty.test")
	c := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "-overlay", filepath.Join(dir, "overlay.json"), ".")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building the tests over faulty solvers: %v\n%s", err, out)
	}
	return binary
}
