package gate_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"sounding/gate"
)

// failingVariable makes TestSolverFails the test that is to fail.
const failingVariable = "SOUNDING_TEST_FAILING"

// In a test of a solver the subtests of what is wrong fail, those of what it does not offer
// are skipped, and the others pass.
func TestSolverFails(t *testing.T) {
	t.Parallel()
	if os.Getenv(failingVariable) != "" {
		gate.TestSolver(t, func() gate.Solver { return gate.SolverFunc(missingPrefix) })
		return
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSolverFails$", "-test.short", "-test.v")
	c.Env = append(os.Environ(), failingVariable+"=1")
	out, err := c.CombinedOutput()
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, want exit status 1", err)
	}
	for _, q := range gate.Quantities() {
		want := "SKIP"
		switch q {
		case "variance":
			want = "PASS"
		case "information":
			want = "FAIL"
		}
		if line := "--- " + want + ": TestSolverFails/" + string(q) + " "; !strings.Contains(string(out), line) {
			t.Errorf("%s: want %q", q, line)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
