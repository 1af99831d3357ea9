package proofs

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"sounding/internal/words"
	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
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
	ctx, draw, cases, claims := t.Context(), words.Cases(s), 0, 0
	rapid.Check(t, func(t *rapid.T) {
		if last != nil && last.Smallest {
			return // nothing is left for rapid to shrink
		}
		c := draw.Draw(t, "case")
		cases++
		var failed error
		for _, check := range s.Checks {
			n, err := check.Try(id, c)
			claims += n
			if err == nil {
				continue
			}
			failed = err
			var v *verify.Violation
			if errors.As(err, &v) {
				if last == nil {
					last = newFailure(ctx, s, check, c, v)
				} else {
					last.Case, last.Violation = c, v // a smaller one, as rapid shrinks it
				}
			}
			break
		}
		if failed != nil && (last == nil || !last.Smallest) {
			t.Fatalf("%v", failed)
		}
	})
	if last != nil {
		t.Fatalf("%s fails, first on random case %d", id, cases)
	}
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

// refuteWording shows that the wording fails: on one of the first cases of its
// source, or else on a small one.
func refuteWording(t *testing.T, s *verify.Statement, f verify.Falsehood) {
	t.Helper()
	for i := range checks() {
		c := f.Cases.Draw(1, i)
		if v := violation(s, f, c); v != nil {
			t.Logf("the wording is refuted by case %d: %v\n%#v", i, v, c)
			return
		}
	}
	c := verify.Smallest(t.Context(), s.ID, f.Check, f.Cases)
	if c == nil {
		t.Fatalf("the wording is not refuted: %s", s.Claim.Wording)
	}
	t.Logf("the wording is refuted by the smallest case: %v\n%#v", c.Violation, c.Case)
}

// A failure is a check of a statement with a case on which it fails: the smallest,
// where the search for it ends with one.
type failure struct {
	verify.Counterexample
}

// newFailure looks for the smallest case on which a check fails, which takes no
// shrinking to find.
func newFailure(ctx context.Context, s *verify.Statement, check verify.Check, c *model.Case, v *verify.Violation) *failure {
	f := &failure{verify.Counterexample{Case: c, Violation: v}}
	if smallest := verify.Smallest(ctx, s.ID, check, s.Cases()); smallest != nil {
		f.Counterexample = *smallest
	}
	return f
}

// report logs the case, and how to check it again.
func (f *failure) report(t *testing.T, s *verify.Statement) {
	stored := verify.Stored{
		Statement: s.ID, Repair: s.Claim != nil, Seed: flag.Lookup("rapid.seed").Value.(flag.Getter).Get().(uint64),
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
func save(t *testing.T, s *verify.Stored) (name string, err error) {
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
