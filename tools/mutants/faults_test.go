package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sounding/tools/mutation"
	"sounding/tools/mutation/active"
)

// TestFaults runs the test of a statement over solvers with the fault that is against
// it: the test must fail, name the statement, and leave a counterexample, on which the
// sound solver is right and the faulty one is not.
func TestFaults(t *testing.T) {
	t.Parallel()
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	mutants, err := findFaults(root)
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		t.Skip("building the tests of the statements takes several seconds")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel) // after the subtests
	dir := t.TempDir()
	program, err := mutation.Instrument(ctx, root, dir, mutants, "./cmd/sounding")
	if err != nil {
		t.Fatal(err)
	}
	if err := checkFaults(mutants, program.Mutants); err != nil {
		t.Fatal(err)
	}
	binary, sounding := filepath.Join(dir, "proofs.test"), filepath.Join(dir, "sounding")
	if err := program.Build(ctx, binary, "./proofs_test", true); err != nil {
		t.Fatal(err)
	}
	if err := program.Build(ctx, sounding, "./cmd/sounding", false); err != nil {
		t.Fatal(err)
	}
	for i, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			artifacts := t.TempDir()
			run := func(mutant int) ([]byte, error) {
				c := exec.CommandContext(ctx, binary, "-test.run=^TestStatements$/^"+f.statement+"$",
					"-test.artifacts", "-test.outputdir="+artifacts, "-rapid.seed=1", "-rapid.checks=100")
				c.Dir = filepath.Join(root, "proofs_test")
				c.Env = append(os.Environ(), fmt.Sprintf("%s=%d", active.Variable, mutant))
				return c.CombinedOutput()
			}
			if out, err := run(0); err != nil {
				t.Fatalf("the test of %s fails without a fault: %v\n%s", f.statement, err, out)
			}
			out, err := run(mutants[i].Number)
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Fatalf("the test of %s ends with %v, want status 1:\n%s", f.statement, err, out)
			}
			if !bytes.Contains(out, []byte(f.statement+" fails")) {
				t.Errorf("the output does not name %s:\n%s", f.statement, out)
			}
			if bytes.Contains(out, []byte("panic")) || bytes.Contains(out, []byte("flaky")) {
				t.Errorf("a panic or a flaky test:\n%s", out)
			}
			m := regexp.MustCompile(`go run \./cmd/sounding replay (.+\.json)\n`).FindSubmatch(out)
			if m == nil {
				t.Fatalf("the output does not say how to replay the counterexample:\n%s", out)
			}
			file := string(m[1])
			if !strings.HasPrefix(file, artifacts) {
				t.Errorf("the counterexample is %s, want a file in %s", file, artifacts)
			}
			for _, c := range []struct{ mutant, status int }{{0, 0}, {mutants[i].Number, 1}} {
				replay := exec.CommandContext(ctx, sounding, "replay", file)
				replay.Env = append(os.Environ(), fmt.Sprintf("%s=%d", active.Variable, c.mutant))
				out, err := replay.CombinedOutput()
				if replay.ProcessState.ExitCode() != c.status {
					t.Errorf("replay with mutant %d: %v, want status %d:\n%s", c.mutant, err, c.status, out)
				}
			}
		})
	}
}
