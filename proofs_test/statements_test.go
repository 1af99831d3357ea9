package proofs

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
)

// TestStatements checks every statement on random cases, in a subtest named by its id.
func TestStatements(t *testing.T) {
	t.Parallel()
	matched := false
	for _, s := range theorems.All() {
		t.Run(s.ID, func(t *testing.T) {
			matched = true
			t.Parallel()
			prove(t, s)
		})
	}
	if !matched {
		t.Error("-run names no statement: sounding list shows the ids")
	}
}

// prove checks what a statement claims or, where the suite refutes its wording, the
// repair; and then that the wording is refuted.
func prove(t *testing.T, s *verify.Statement) {
	t.Helper()
	r := attempt(t.Context(), s)
	if r.failed != nil {
		r.report(t, s)
		t.FailNow()
	}
	if want := checks(); r.cases < want {
		t.Fatalf("%d cases, want %d: the test timeout is too near", r.cases, want)
	}
	if r.comparisons == 0 && !testing.Short() {
		t.Fatalf("nothing was compared in %d cases: the hypotheses held in none of them", r.cases)
	}
	t.Logf("%s: %s\n%d cases, %d comparisons", s.Title, s.Formula, r.cases, r.comparisons)
	for _, f := range s.Falsehoods() {
		if f.Name == "" {
			refuteWording(t, s, f)
		}
	}
}

// A trial is what random cases make of a statement.
type trial struct {
	cases, comparisons int // up to the first failure

	failed   error       // how the statement fails, nil where it does not
	on       *model.Case // the case on which it does
	smallest bool        // whether on is the smallest case on which it fails
	shrunk   bool        // whether a smaller one was looked for
}

// Limits on what is done for a failure: a fault of a solver breaks many statements, and
// the first few cases say what it is.
const (
	thorough   = 2               // failures for which a small case is looked for
	searched   = 2000            // small cases looked at for each
	searchTime = 3 * time.Second // and the time that this may take
	refuting   = 500             // drawn, and small, cases looked at for one that refutes a wording
)

var failures atomic.Int32

// attempt draws cases with rapid until a check fails. The failure is then made small: by
// looking through the small cases or else by rapid.
func attempt(ctx context.Context, s *verify.Statement) *trial {
	r := new(trial)
	draw := cases(s)
	testenv.Quietly(func(t *rapid.T) {
		c := draw.Draw(t, "case")
		if r.failed == nil {
			r.cases++
		}
		due := slices.DeleteFunc(slices.Clone(s.Checks()), func(check verify.Check) bool { return (r.cases-1)%stride(check) != 0 })
		check, n, err := firstFailure(s.ID, due, c)
		if r.failed == nil {
			r.comparisons += n
		}
		if err == nil {
			return
		}
		if r.failed == nil {
			if failures.Add(1) > thorough {
				r.failed, r.on = err, c
				runtime.Goexit()
			}
			r.shrunk = true
			if small := search(ctx, s.ID, check, s.Cases()); small != nil {
				r.failed, r.on, r.smallest = small.Violation, small.Case, true
				runtime.Goexit()
			}
		}
		r.failed, r.on = err, c
		t.Fatalf("%v", err)
	})
	return r
}

// stride returns how many cases come to one that the check runs on: enclosures and power
// series cost more than numbers of ℚ.
func stride(check verify.Check) int {
	switch {
	case check.Series:
		return 5
	case check.Rational == nil:
		return 2
	}
	return 1
}

// firstFailure returns the first of the checks of a statement that fails on c, and the
// number of comparisons made. A panic of a check is a failure.
func firstFailure(id string, checks []verify.Check, c *model.Case) (failing verify.Check, comparisons int, err error) {
	for _, check := range checks {
		n, err := tried(id, check, c)
		comparisons += n
		if err != nil {
			return check, comparisons, err
		}
	}
	return verify.Check{}, comparisons, nil
}

// tried runs a check on a case; the error may be a [*verify.Panic].
func tried(id string, check verify.Check, c *model.Case) (comparisons int, err error) {
	defer func() {
		if p := panicked(recover()); p != nil {
			p.Statement, p.Case = id, c
			err = p
		}
	}()
	return check.Try(id, c)
}

// panicked returns what was recovered from a check, nil if nothing was.
func panicked(v any) *verify.Panic {
	if v == nil {
		return nil
	}
	if p, ok := v.(*verify.Panic); ok {
		return p
	}
	return &verify.Panic{Value: v, Stack: string(debug.Stack())}
}

// search looks through small cases for one on which the check fails, up to the first on
// which it panics.
func search(ctx context.Context, id string, check verify.Check, source verify.Source) *verify.Counterexample {
	defer func() { _ = recover() }() // rapid shrinks the case that is known
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	return verify.Smallest(ctx, id, check, atMost(source, searched))
}

// atMost returns the source with the first n of its small cases.
func atMost(source verify.Source, n int) verify.Source {
	return verify.Source{Smallest: func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			left := n
			for c := range source.Smallest() {
				if left--; left < 0 || !yield(c) {
					return
				}
			}
		}
	}}
}

// cases draws the cases that the checks of a statement run on.
func cases(s *verify.Statement) *rapid.Generator[*model.Case] {
	if s.Source != nil && s.Source.Draw != nil {
		return rapid.Map(rapid.IntRange(0, 1<<20), func(i int) *model.Case { return s.Source.Draw(1, i) })
	}
	return generators.Cases(generators.Limits{})
}

// report says how the statement fails, on which case, and how to run it again.
func (r *trial) report(t *testing.T, s *verify.Statement) {
	t.Helper()
	if !r.shrunk {
		t.Errorf("%v on random case %d; alone, with -run, on a small one", r.failed, r.cases)
		return
	}
	again := fmt.Sprintf("go test ./proofs_test -run 'TestStatements/^%s$' -rapid.seed=%v", s.ID, flag.Lookup("rapid.seed").Value)
	if p := new(verify.Panic); errors.As(r.failed, &p) {
		r.failed = fmt.Errorf("%w\n%s", r.failed, testenv.Brief(p.Stack))
	}
	what := "a small case"
	if r.smallest {
		what = "the smallest case"
	}
	kept := "with -artifacts it is kept as JSON, for sounding replay"
	if keep := flag.Lookup("test.artifacts").Value.(flag.Getter).Get().(bool); keep {
		kept = r.keep(t, s)
	}
	t.Errorf("%v\non %s, found from random case %d:\n%s\nagain: %s; %s", r.failed, what, r.cases, r.on.Brief(), again, kept)
}

// keep writes the counterexample into the directory for artifacts.
func (r *trial) keep(t *testing.T, s *verify.Statement) string {
	var v *verify.Violation
	if !errors.As(r.failed, &v) {
		return "nothing is violated, and nothing kept"
	}
	stored := verify.Stored{
		Statement: s.ID, Repair: s.Refuted != nil, Seed: flag.Lookup("rapid.seed").Value.(flag.Getter).Get().(uint64),
		Counterexample: verify.Counterexample{Case: r.on, Violation: v, Smallest: r.smallest},
	}
	name := filepath.Join(t.ArtifactDir(), s.ID+".json")
	f, err := os.Create(name)
	if err == nil {
		err = errors.Join(stored.Write(f), f.Close())
	}
	if err != nil {
		return err.Error()
	}
	return "go run ./cmd/sounding replay " + name
}

// refuteWording shows that the wording fails: on one of the first cases of its source,
// or else on a small one.
func refuteWording(t *testing.T, s *verify.Statement, f *verify.Falsehood) {
	t.Helper()
	for i := range refuting {
		c := s.CasesOf(f).Draw(1, i)
		if v := violation(s, f, c); v != nil {
			t.Logf("the wording is refuted by case %d: %v\n%#v", i, v, c)
			return
		}
	}
	c := verify.Smallest(t.Context(), s.ID, f.Check, atMost(s.CasesOf(f), refuting))
	if c == nil {
		t.Fatalf("the wording is not refuted: %s", s.Refuted.Wording)
	}
	t.Logf("the wording is refuted by the smallest case: %v\n%#v", c.Violation, c.Case)
}
