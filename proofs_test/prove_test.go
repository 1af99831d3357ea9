package proofs

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"sounding/generators"
	"sounding/model"
	"sounding/theorems"
)

// prove checks a statement of the registry on random cases: what it claims, or,
// where the suite refutes its wording, the repair; and then that the wording is
// refuted.
func prove(t *testing.T, id string) {
	t.Helper()
	t.Parallel()
	s, ok := theorems.Find(id)
	if !ok {
		t.Fatalf("no statement %q in the registry", id)
	}
	var last *failure
	defer func() {
		if t.Failed() && last != nil {
			last.report(t, s)
		}
	}()
	draw, cases, claims := cases(s), 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := draw.Draw(t, "case")
		cases++
		for _, check := range s.Checks {
			n, err := check.Try(id, c)
			claims += n
			var v *theorems.Violation
			if errors.As(err, &v) {
				last = &failure{check, theorems.Counterexample{Case: c, Violation: v}}
				t.Fatalf("%v", v)
			}
			if err != nil {
				t.Fatalf("%v", err)
			}
		}
	})
	if want := checks(); cases < want {
		t.Fatalf("%d cases out of %d: the test timeout is too near", cases, want)
	}
	if claims == 0 {
		t.Fatalf("nothing was compared in %d cases: the hypotheses held in none of them", cases)
	}
	t.Logf("%s: %s\n%d cases, %d comparisons", s.Title, s.Formula, cases, claims)
	for _, f := range s.Falsehoods() {
		if f.NearMiss == "" {
			refuteWording(t, s, f)
		}
	}
}

// cases draws the cases that the checks of a statement run on.
func cases(s *theorems.Statement) *rapid.Generator[*model.Case] {
	if s.Source == nil || s.Source.Draw == nil {
		return generators.Cases(generators.Limits{})
	}
	return rapid.Map(rapid.IntRange(0, 1<<20), func(i int) *model.Case { return s.Source.Draw(1, i) })
}

// refuteWording shows that the wording fails: on one of the first cases of its
// source, or else on a small one.
func refuteWording(t *testing.T, s *theorems.Statement, f theorems.Falsehood) {
	t.Helper()
	for i := range checks() {
		c := f.Cases.Draw(1, i)
		if v := violation(s, f, c); v != nil {
			t.Logf("the wording is refuted by case %d: %v\n%#v", i, v, c)
			return
		}
	}
	c := theorems.Smallest(t.Context(), s.ID, f.Check, f.Cases)
	if c == nil {
		t.Fatalf("the wording is not refuted: %s", s.Claim.Wording)
	}
	t.Logf("the wording is refuted by the smallest case: %v\n%#v", c.Violation, c.Case)
}

// A failure is a check with a case on which it fails.
type failure struct {
	check theorems.Check
	theorems.Counterexample
}

// report logs the smallest case on which the check fails, and how to check it
// again. Where the search for it ends without one, the shrunk case takes its place.
func (f *failure) report(t *testing.T, s *theorems.Statement) {
	if c := theorems.Smallest(t.Context(), s.ID, f.check, s.Cases()); c != nil {
		f.Counterexample = *c
	}
	stored := theorems.Stored{
		Statement: s.ID, Seed: flag.Lookup("rapid.seed").Value.(flag.Getter).Get().(uint64),
		Counterexample: f.Counterexample,
	}
	name, err := save(t, &stored)
	if err != nil {
		t.Errorf("the counterexample is not saved: %v", err)
	}
	what := "the smallest case found"
	if f.Smallest {
		what = "the smallest case"
	}
	t.Logf("%v\n%s: %#v\nreplay: go run ./cmd/sounding replay %s", f.Violation, what, f.Case, name)
}

// save writes a counterexample where it outlives the test: to the directory for
// artifacts or, without -artifacts, to a new temporary one.
func save(t *testing.T, s *theorems.Stored) (name string, err error) {
	dir := t.ArtifactDir()
	if keep := flag.Lookup("test.artifacts"); !keep.Value.(flag.Getter).Get().(bool) {
		if dir, err = os.MkdirTemp("", "sounding-"); err != nil {
			return "", err
		}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	f, err := os.Create(filepath.Join(dir, s.Statement+".json"))
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(s.Write(f), f.Close())
}
