package formal

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sounding/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Run(m, 1) }

// Every theorem of the list is in its file, below a comment, and in statements.txt.
func TestTheoremsAreThere(t *testing.T) {
	list, err := Theorems()
	if err != nil {
		t.Fatal(err)
	}
	statements := map[string]bool{}
	for _, theorem := range list {
		if _, err := theorem.Source(); err != nil {
			t.Error(err)
		}
		if _, err := theorem.Type(); err != nil {
			t.Error(err)
		}
		statements[theorem.Statement] = true
	}
	if len(statements) < 45 {
		t.Errorf("theorems for %d statements: want at least 45", len(statements))
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"thm-8\tGradient.x\tnone\tclaim", "theorems.txt:1: 4 fields: want 5, separated by tabs"},
		{"thm-8\tx\tnone\tclaim\tnone", `theorems.txt:1: theorem "x": want file.name`},
		{"thm-8\tGradient.x\tall\tclaim\tnone", `theorems.txt:1: axioms "all": want none or reals`},
	} {
		if _, err := parse(test.line); err == nil || err.Error() != test.want {
			t.Errorf("%q: %v: want %s", test.line, err, test.want)
		}
	}
}

// check runs check.sh on a theory of one file and a list of one line.
func check(t *testing.T, source, line string) (string, error) {
	t.Helper()
	script, err := filepath.Abs("check.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	compile(t, dir, "Tiny.v", source)
	write(t, filepath.Join(dir, "theorems.txt"), line)
	write(t, filepath.Join(dir, "statements.txt"), "one\n     : 1 = 1\n")
	cmd := exec.CommandContext(t.Context(), "bash", script, dir)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The check of the list notices what it is there for.
func TestFaultsInTheorems(t *testing.T) {
	needCoq(t)
	t.Parallel()
	const (
		proved  = "Theorem one : 1 = 1.\nProof. reflexivity. Qed.\n"
		listed  = "thm-1\tTiny.one\tnone\t1 = 1\tnone\n"
		excused = "thm-1\tTiny.one\treals\t1 = 1\tnone\n"
	)
	for i, test := range []struct{ name, source, line, want string }{
		{"nothing is wrong", proved, listed, ""},
		{
			"the theorem is gone", strings.ReplaceAll(proved, "one", "two"), listed,
			"a theorem named in theorems.txt does not exist",
		},
		{
			"the proof is left open", "Theorem one : 1 = 1.\nProof. Admitted.\n", listed,
			"a proof is left open or something is assumed",
		},
		{
			"another proof is left open", proved + "Lemma two : 1 = 2.\nProof. Admitted.\n", listed,
			"a proof is left open or something is assumed",
		},
		{
			"an axiom is stated", "Axiom two : 1 = 2.\n" + proved, listed,
			"a proof is left open or something is assumed",
		},
		{
			"a variable outside of sections is an axiom",
			"Variable two : 1 = 2.\nTheorem one : 1 = 2.\nProof. exact two. Qed.\n", listed,
			"Tiny.one rests on the axiom Tiny.two",
		},
		{
			"such an axiom where the reals' are allowed",
			"Variable two : 1 = 2.\nTheorem one : 1 = 2.\nProof. exact two. Qed.\n", excused,
			"Tiny.one rests on the axiom Tiny.two",
		},
		{
			"an axiom of the standard library",
			"Require Import Classical.\nTheorem one : 1 = 1 \\/ ~ 1 = 1.\nProof. apply classic. Qed.\n", listed,
			"Tiny.one rests on the axiom Classical_Prop.classic",
		},
		{
			"an axiom that is none of the reals'",
			"Require Import ClassicalChoice ChoiceFacts ClassicalEpsilon.\nTheorem one : inhabited ({x : nat | x = x} + {True}).\n" +
				"Proof. constructor. left. apply constructive_indefinite_description. exists 0. reflexivity. Qed.\n", excused,
			"rests on the axiom",
		},
		{
			"the theorem has one more hypothesis", "Theorem one : 2 = 2 -> 1 = 1.\nProof. reflexivity. Qed.\n", listed,
			"a theorem does not say what statements.txt has it say",
		},
		{"a field is missing", proved, "thm-1\tTiny.one\tnone\n", "want 5 fields separated by tabs"},
		{"the list is empty", proved, "# nothing\n", "theorems.txt names no theorem"},
	} {
		if testenv.Effort() == 1 && i%3 != 0 {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			out, err := check(t, test.source, test.line)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("%v\n%s", err, out)
			case test.want != "" && err == nil:
				t.Errorf("passed: want %q\n%s", test.want, out)
			case !strings.Contains(out, test.want):
				t.Errorf("got %q: want %q", out, test.want)
			}
		})
	}
}
