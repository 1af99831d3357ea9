package verify

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// some holds an entry of every sort: an identity, a refuted wording, an exact
// check, enclosures, series with cases of their own, and near-misses that show under
// a condition alone.
var some = []string{"eq-1", "x-rem-2-converse", "thm-9", "rem-4", "thm-14", "rec-gradient"}

// found is what a report says, times apart, in a form that can be compared.
type found struct {
	ID             string
	Verdict        Verdict
	Grade          Grade
	Cases          map[Grade]int
	Vacuous        int
	Claims         int
	Certificates   []Certificate
	Proofs         []Proof
	Violation      *Violation
	Undecided      string
	Counterexample string
	NearMisses     []foundMiss
}

type foundMiss struct {
	Name             string
	Refuted          bool
	Checks, Searched int
	Counterexample   string
}

func describe(c *Counterexample) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%#v: %v, smallest %v", c.Case, c.Violation, c.Smallest)
}

func findings(r *Report) []found {
	var list []found
	for _, e := range r.Entries {
		f := found{
			e.Statement.ID, e.Verdict, e.Grade, e.Cases, e.VacuousCases, e.Comparisons, e.Certificates, e.Proofs, e.Violation, e.Undecided,
			describe(e.Counterexample), nil,
		}
		for _, m := range e.NearMisses {
			f.NearMisses = append(f.NearMisses, foundMiss{m.Falsehood.Name, m.Refuted(), m.Cases, m.Searched, describe(m.Counterexample)})
		}
		list = append(list, f)
	}
	return list
}

func mustRun(t *testing.T, o Options) *Report {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestVerifyDependsOnTheSeedAlone: not on how many processors share the work.
func TestVerifyDependsOnTheSeedAlone(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var reports [][]found
	for _, processors := range []int{1, 2, 2} {
		runtime.GOMAXPROCS(processors)
		reports = append(reports, findings(mustRun(t, Options{Statements: named(some...), Seed: 3})))
	}
	for _, r := range reports[1:] {
		if d := cmp.Diff(reports[0], r); d != "" {
			t.Errorf("one seed, two reports:\n%s", d)
		}
	}
}

// TestVerifyFindsTheSameSmallest: from every seed, while the drawn cases differ.
func TestVerifyFindsTheSameSmallest(t *testing.T) {
	if testing.Short() {
		t.Skip("five runs take a few seconds")
	}
	t.Parallel()
	smallest := func(r *Report) []string {
		var list []string
		for _, e := range r.Entries {
			if e.Statement.Claim != nil {
				list = append(list, describe(e.Counterexample))
			}
			for _, m := range e.NearMisses {
				list = append(list, describe(m.Counterexample))
			}
		}
		return list
	}
	claims := make(map[string]bool)
	var first []string
	for seed := range uint64(5) {
		r := mustRun(t, Options{Statements: named("x-rem-2-converse", "thm-9", "rem-4"), Seed: seed})
		var all []int
		for _, e := range r.Entries {
			all = append(all, e.Comparisons)
		}
		claims[fmt.Sprint(all)] = true
		if first == nil {
			first = smallest(r)
		}
		if d := cmp.Diff(first, smallest(r)); d != "" {
			t.Errorf("seed %d finds others:\n%s", seed, d)
		}
	}
	if len(claims) < 2 {
		t.Errorf("5 seeds draw the same cases: %v comparisons", claims)
	}
}

// TestVerifyReport: what the ordinary run promises of these entries.
func TestVerifyReport(t *testing.T) {
	t.Parallel()
	for _, effort := range []int{0, 2} {
		if testing.Short() && effort > 0 {
			break
		}
		for _, e := range mustRun(t, Options{Statements: named(some...), Seed: 1, Effort: effort}).Entries {
			id := e.Statement.ID
			if e.Falsified() || e.Verdict != e.Statement.Verdict() || e.Grade != e.Statement.Grade() {
				t.Errorf("%s: %s, %s, falsified %v", id, e.Verdict, e.Grade, e.Falsified())
			}
			want := ordinaryCases * max(1, effort)
			share := map[Grade]int{Exact: want, Enclosed: want / 4, Asymptotic: want / 10} // what costs more runs on fewer
			for _, check := range e.Statement.Checks {
				g := Enclosed
				switch {
				case check.Series:
					g = Asymptotic
				case check.Rational != nil:
					g = Exact
				}
				if n := e.Cases[g]; n < share[g] {
					t.Errorf("%s: %d cases %s, want %d", id, n, g, share[g])
				}
			}
			trials := 0
			for _, c := range e.Certificates {
				trials += c.Trials * len(c.Primes)
			}
			if trials != e.Cases[Certified] || (trials > 0) != (e.Statement.Grade() == Proved) {
				t.Errorf("%s: %d trials in the certificates, %d counted", id, trials, e.Cases[Certified])
			}
			if len(e.Proofs) < e.Cases[Proved] || (len(e.Proofs) > 0) != (trials > 0) {
				t.Errorf("%s: %d proofs, %d counted, %d trials", id, len(e.Proofs), e.Cases[Proved], trials)
			}
			if e.Comparisons < want/10 {
				t.Errorf("%s: %d comparisons", id, e.Comparisons)
			}
			if len(e.NearMisses) != len(e.Statement.NearMisses) {
				t.Errorf("%s: %d near-misses, want %d", id, len(e.NearMisses), len(e.Statement.NearMisses))
			}
		}
	}
}

// TestVerifyStops: a run of many minutes ends with the error of its context,
// whether this is over before it begins or while it goes on.
func TestVerifyStops(t *testing.T) {
	if testing.Short() {
		t.Skip("a few seconds of work go by before the context is looked at")
	}
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := Run(over, Options{Effort: 50}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v, want %v", r, err, context.Canceled)
	}
	for _, after := range []int{1, ordinaryCases + 1} { // on the cases; on what is separate
		ctx, cancel := context.WithCancel(t.Context())
		effort := 50
		if after > ordinaryCases {
			effort = 1
		}
		r, err := Run(ctx, Options{Statements: named("thm-9", "thm-8"), Effort: effort, Progress: func(done, total int) {
			if done == after {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d steps: %v, %v, want %v", after, r, err, context.Canceled)
		}
		cancel()
	}
}

func TestVerifyProgress(t *testing.T) {
	t.Parallel()
	var seen []int
	last := 0
	mustRun(t, Options{Statements: named("eq-1", "thm-9"), Progress: func(done, total int) {
		seen = append(seen, done)
		last = total
	}})
	if want := ordinaryCases + 2; last != want || len(seen) != want+1 {
		t.Errorf("%d steps of %d, want %d", len(seen)-1, last, want)
	}
	for i, done := range seen {
		if done != i {
			t.Fatalf("step %d is announced as %d", i, done)
		}
	}
}

// TestVerifyInstance runs all statements on one given case.
func TestVerifyInstance(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		c := generators.Example(generators.Limits{}, 11, i)
		for _, e := range mustRun(t, Options{Case: c, Statements: named(sharingCases()...)}).Entries {
			if e.Verdict != Holds || e.Falsified() && e.Statement.Claim == nil || e.Violation != nil {
				t.Errorf("%s on %#v: %s, %v", e.Statement.ID, c, e.Verdict, e.Violation)
			}
			n := 0
			for _, m := range e.Cases {
				n = max(n, m)
			}
			if n != 1 || len(e.Certificates)+len(e.Proofs) != 0 || len(e.NearMisses) != 0 {
				t.Errorf("%s: %d cases, %d certificates and proofs, %d near-misses; want the one case alone",
					e.Statement.ID, n, len(e.Certificates)+len(e.Proofs), len(e.NearMisses))
			}
		}
	}
}

// sharingCases returns the statements that are about any case.
func sharingCases() []string {
	var ids []string
	for _, s := range registry() {
		if s.Source == nil {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	l, err := model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.NewProcess(2, slices.Repeat([]*model.Layer{l}, 30), model.NaturalsOf(1), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), Options{Case: &model.Case{Instance: model.NewInstance(p)}}); err == nil || !strings.Contains(err.Error(), "too many sequences to enumerate") {
		t.Errorf("2³⁰ sequences: %v", err)
	}
}

// TestConclusions: which findings make a verdict, and which verdicts falsify.
func TestConclusions(t *testing.T) {
	t.Parallel()
	plain, contested := &Statement{}, &Statement{Claim: &Falsehood{}}
	one := &Counterexample{}
	for _, test := range []struct {
		reason    string
		entry     Entry
		single    bool
		verdict   Verdict
		grade     Grade
		falsified bool
	}{
		{"nothing fails", Entry{Statement: plain, Cases: map[Grade]int{Exact: 5, Certified: 2}}, false, Holds, Certified, false},
		{"a proof", Entry{Statement: plain, Cases: map[Grade]int{Exact: 5, Certified: 2, Proved: 1}}, false, Holds, Proved, false},
		{"a check fails", Entry{Statement: plain, Cases: map[Grade]int{Exact: 5}, Result: Result{Violation: &Violation{}}}, false, Refuted, Disproved, true},
		{"a comparison stays open", Entry{Statement: plain, Cases: map[Grade]int{Enclosed: 5}, Result: Result{Undecided: "x"}}, false, Undecided, Enclosed, false},
		{"a check fails, another stays open", Entry{Statement: plain, Result: Result{Undecided: "x", Violation: &Violation{}}}, false, Refuted, Disproved, true},
		{"a near-miss passes", Entry{Statement: plain, NearMisses: []Refutation{{Counterexample: one}, {}}}, false, Holds, Ungraded, true},
		{"a wording is refuted", Entry{Statement: contested, Cases: map[Grade]int{Exact: 5}, Counterexample: one}, false, Refuted, Disproved, false},
		{"a wording is not refuted", Entry{Statement: contested, Cases: map[Grade]int{Exact: 5}}, false, Undecided, Exact, false},
		{"the repair fails", Entry{Statement: contested, Result: Result{Violation: &Violation{}}}, false, Refuted, Disproved, true},
		{"a wording holds on one case", Entry{Statement: contested, Cases: map[Grade]int{Exact: 1}}, true, Holds, Exact, false},
	} {
		e := test.entry
		e.conclude(test.single)
		if e.Verdict != test.verdict || e.Grade != test.grade || e.Falsified() != test.falsified {
			t.Errorf("%s: %s, %s, falsified %v; want %s, %s, %v", test.reason, e.Verdict, e.Grade, e.Falsified(), test.verdict, test.grade, test.falsified)
		}
	}
}

// TestAbsorb: a case counts once for each grade it was looked at, however many checks do
// so, and once as vacuous, empty or undecided where any or all of them are.
func TestAbsorb(t *testing.T) {
	t.Parallel()
	check := Rational(func(*World[field.Rat]) {})
	e := &Entry{Statement: &Statement{ID: "x", Checks: []Check{check, check}}, Cases: make(map[Grade]int)}
	falsified := &Violation{Claim: "1 = 2"}
	c := generators.Example(generators.Limits{}, 1, 0)
	for i, out := range [][]Result{
		{{Comparisons: 2}, {Comparisons: 3}},
		{{Comparisons: 2, Vacuous: true}, {Comparisons: 1}},
		{{Vacuous: true}, {Vacuous: true}},
		{{Comparisons: 1, Undecided: "1 < 2"}, {Comparisons: 1}},
		{{Comparisons: 1, Precisions: field.Rungs{128: 1}}, {Comparisons: 1, Precisions: field.Rungs{512: 1}, Violation: falsified}},
	} {
		e.absorb(i, out, func() *model.Case { return c })
	}
	got := []int{e.Tried, e.Cases[Exact], e.Comparisons, e.VacuousCases, e.EmptyCases, e.UndecidedCases}
	if d := cmp.Diff([]int{5, 5, 12, 2, 1, 1}, got); d != "" {
		t.Errorf("looked at, exact, comparisons, vacuous, empty, undecided (-want +got):\n%s", d)
	}
	if d := cmp.Diff(field.Rungs{128: 1, 512: 1}, e.Precisions); d != "" {
		t.Errorf("comparisons per precision (-want +got):\n%s", d)
	}
	if e.Violation != falsified || e.Counterexample == nil || e.Counterexample.Case != c || e.Undecided != "1 < 2" {
		t.Errorf("kept: %v on %v, and undecided %q", e.Violation, e.Counterexample, e.Undecided)
	}
}
