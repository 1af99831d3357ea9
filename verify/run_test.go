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
	"sounding/internal/testenv"
	"sounding/model"
)

// some returns an entry of every sort: an identity, a refuted wording, an exact check,
// enclosures on cases of their own, near-misses that show under a condition alone, and power
// series, which cost most, unless under -short.
func some() []*Statement {
	ids := []string{"eq-1", "x-rem-2-converse", "rem-2", "eq-83", "own-prompt", "thm-14"}
	if testing.Short() {
		ids = ids[:5]
	}
	return named(ids...)
}

// found is what a report says, times apart, in a form that can be compared.
type found struct {
	ID             string
	Verdict        Verdict
	Grade          Grade
	Claims         []foundClaim
	Vacuous        int
	Comparisons    int
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

// foundClaim is what a report says of a claim.
type foundClaim struct {
	Grade                                                  Grade
	Tried, Compared, Vacuous, Families, InFamilies, Points int
	Tallies, FamilyTallies                                 Tallies
	Certificates                                           []Certificate
	Proofs                                                 []Proof
}

func foundClaims(e *Entry) []foundClaim {
	var list []foundClaim
	for _, c := range e.Claims {
		list = append(list, foundClaim{
			c.Grade, c.Tried, c.Compared, c.Vacuous, c.Families, c.FamiliesCompared, c.Points,
			c.Tallies, c.FamilyTallies, c.Certificates, c.Proofs,
		})
	}
	return list
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
			e.Statement.ID, e.Verdict, e.Grade, foundClaims(e), e.VacuousCases, e.Comparisons, e.Violation, e.Undecided,
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
	if testing.Short() {
		t.Skip("three runs take seconds; the scripts of cmd/sounding compare two reports")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var reports [][]found
	for _, processors := range []int{1, 2, 2} {
		runtime.GOMAXPROCS(processors)
		reports = append(reports, findings(mustRun(t, Options{Statements: some(), Seed: 3})))
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
			if e.Statement.Refuted != nil {
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
		r := mustRun(t, Options{Statements: named("x-rem-2-converse", "rem-2", "def-1"), Seed: seed})
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
	if !slices.ContainsFunc(some(), func(s *Statement) bool {
		return slices.ContainsFunc(s.NearMisses, func(m Falsehood) bool { return m.When != nil })
	}) {
		t.Error("none of the entries has a near-miss that shows under a condition alone")
	}
	for _, effort := range []int{0, 2} {
		if testing.Short() && effort > 0 {
			break
		}
		for _, e := range mustRun(t, Options{Statements: some(), Seed: 1, Effort: effort}).Entries {
			id := e.Statement.ID
			if e.Falsified() || e.Verdict != e.Statement.Verdict() || e.Grade != e.Statement.Grade() {
				t.Errorf("%s: %s, %s, falsified %v", id, e.Verdict, e.Grade, e.Falsified())
			}
			want := ordinaryCases * max(1, effort)
			share := map[Grade]int{Exact: want, Enclosed: want / 4, Asymptotic: want / 10} // what costs more runs on fewer
			for i, c := range e.Claims {
				if g := c.Check.CaseGrade(); c.Tried < share[g] {
					t.Errorf("%s, claim %d: %d cases %s, want %d", id, i+1, c.Tried, g, share[g])
				}
				trials := 0
				for _, q := range c.Certificates {
					trials += q.Trials * len(q.Primes)
				}
				if trials != c.Points || (trials > 0) != c.Check.IsIdentity() {
					t.Errorf("%s, claim %d: %d trials in the certificates, %d counted", id, i+1, trials, c.Points)
				}
				if (len(c.Proofs) > 0) != (c.Check.Grade() == Proved) {
					t.Errorf("%s, claim %d: %d proofs", id, i+1, len(c.Proofs))
				}
			}
			if e.Comparisons < want/10 {
				t.Errorf("%s: %d comparisons", id, e.Comparisons)
			}
			for _, m := range e.Statement.NearMisses {
				if !slices.ContainsFunc(e.NearMisses, func(r Refutation) bool { return r.Falsehood.Name == m.Name }) {
					t.Errorf("%s: the near-miss %q is not tried", id, m.Name)
				}
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
	mustRun(t, Options{Statements: named("eq-1", "def-1"), Progress: func(done, total int) {
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

// TestFinished: entries are told in their order, concluded, the first before the run ends.
func TestFinished(t *testing.T) {
	t.Parallel()
	for _, ids := range [][]string{{"eq-1", "thm-9"}, {"rem-2", "eq-1"}} {
		var told []string
		left := 0
		r := mustRun(t, Options{Statements: named(ids...), Progress: func(done, total int) { left = total - done }, Finished: func(_ *Report, e *Entry) {
			if e.Verdict != Holds || e.Grade == Ungraded {
				t.Errorf("%s is told with verdict %q of grade %v", e.Statement.ID, e.Verdict, e.Grade)
			}
			if len(told) == 0 && ids[0] == "eq-1" && left == 0 {
				t.Error("the first entry is told when all are done")
			}
			told = append(told, e.Statement.ID)
		}})
		if !slices.Equal(told, ids) {
			t.Errorf("told %q, want %q", told, ids)
		}
		if r.Partial {
			t.Error("partial")
		}
	}
}

// TestFinishedIsFinal: what an entry is told with stands at the end too, also where a later
// entry refutes its sentence.
func TestFinishedIsFinal(t *testing.T) {
	if testing.Short() {
		t.Skip("power series take seconds")
	}
	t.Parallel()
	told := make(map[string]Verdict)
	r := mustRun(t, Options{Statements: named("cor-15", "x-cor-15"), Finished: func(r *Report, e *Entry) {
		told[e.Statement.ID] = r.Standing(e)
	}})
	for _, e := range r.Entries {
		if want := r.Standing(e); told[e.Statement.ID] != want {
			t.Errorf("%s is told as %q, and is %q", e.Statement.ID, told[e.Statement.ID], want)
		}
	}
}

// TestVerifyInstance runs all statements on one given case.
func TestVerifyInstance(t *testing.T) {
	t.Parallel()
	for i := range testenv.Scale(8) {
		c := generators.Example(generators.Limits{}, 11, i)
		for _, e := range mustRun(t, Options{Case: c, Statements: named(sharingCases()...)}).Entries {
			if e.Verdict != Holds || e.Falsified() && e.Statement.Refuted == nil || e.Violation != nil {
				t.Errorf("%s on %#v: %s, %v", e.Statement.ID, c, e.Verdict, e.Violation)
			}
			n := 0
			for _, c := range e.Claims {
				n += len(c.Certificates) + len(c.Proofs)
			}
			if e.Tried != 1 || n != 0 || len(e.NearMisses) != 0 {
				t.Errorf("%s: %d cases, %d certificates and proofs, %d near-misses; want the one case alone",
					e.Statement.ID, e.Tried, n, len(e.NearMisses))
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

// What needs all of too many sequences is skipped.
func TestTooManySequences(t *testing.T) {
	t.Parallel()
	l, err := model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.NewProcess(2, slices.Repeat([]*model.Layer{l}, 30), model.NaturalsOf(1), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), Options{Statements: named("eq-1", "thm-9"), Case: &model.Case{Instance: model.NewInstance(p)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Entries {
		if e.Finding() != Skipped || !strings.HasPrefix(e.Undecided, "too many sequences to enumerate") {
			t.Errorf("2³⁰ sequences: %s %s, %q", e.Statement.ID, e.Finding(), e.Undecided)
		}
	}
}

// TestConclusions: which findings make a verdict, and which verdicts falsify.
func TestConclusions(t *testing.T) {
	t.Parallel()
	plain, contested := &Statement{}, &Statement{Refuted: &Falsehood{}}
	one := &Counterexample{}
	compared := Tallies{{Formula: "a = b", Cases: 5, Comparisons: 5}}
	identity := Identity(func(*World[field.Rat]) {}, func(*World[uint64]) {})
	claim := &Claim{}
	exact := Evidence{Claim: claim, Check: Rational(func(*World[field.Rat]) {}), Tallies: compared}
	enclosed := Evidence{Claim: claim, Check: Interval(nil), Tallies: compared}
	agrees := Evidence{Claim: claim, Check: Agreement(nil), Tallies: Tallies{{Formula: "a = b", Cases: 5, Comparisons: 5, Agreed: 5}}}
	certified := Evidence{Claim: claim, Check: identity, Tallies: compared, Certificates: []Certificate{{Formulas: []string{"a = b"}}}}
	proved := Evidence{Claim: claim, Check: identity, Tallies: compared, Certificates: certified.Certificates, Proofs: []Proof{{Formulas: []string{"a = b"}}}}
	inPart := proved // one of its comparisons is proved, the other is not
	inPart.Tallies = Tallies{{Formula: "a = b", Cases: 5, Comparisons: 5}, {Formula: "c = d", Cases: 5, Comparisons: 5}}
	byTheorem := exact
	byTheorem.Claim = &Claim{Kernel: []string{"File.name"}}
	idle := Evidence{Claim: byTheorem.Claim, Check: identity}
	also := exact
	also.Also = true
	of := func(claims ...Evidence) []Evidence { return claims }
	for _, test := range []struct {
		reason    string
		entry     Entry
		verdict   Verdict
		grade     Grade
		falsified bool
	}{
		{"nothing fails", Entry{Statement: plain, Claims: of(certified)}, Holds, Certified, false},
		{"a proof", Entry{Statement: plain, Claims: of(proved)}, Holds, Proved, false},
		{"the weakest claim counts", Entry{Statement: plain, Claims: of(proved, exact, certified)}, Holds, Exact, false},
		{"another check of the same claim does not", Entry{Statement: plain, Claims: of(proved, also)}, Holds, Proved, false},
		{"the weakest comparison of a claim counts", Entry{Statement: plain, Claims: of(inPart)}, Holds, Exact, false},
		{"enclosures agree, which decides nothing", Entry{Statement: plain, Claims: of(enclosed, agrees)}, Holds, Agrees, false},
		{"nothing is compared", Entry{Statement: plain, Claims: of(proved, idle)}, Holds, Ungraded, false},
		{"a theorem in Coq", Entry{Statement: plain, Claims: of(byTheorem, byTheorem)}, Holds, Kernel, false},
		{"a theorem in Coq for one of two claims", Entry{Statement: plain, Claims: of(byTheorem, exact)}, Holds, Exact, false},
		{"a theorem in Coq, on a given case", Entry{Statement: plain, Claims: of(byTheorem), Given: &Given{}}, Holds, Exact, false},
		{"a check fails", Entry{Statement: plain, Claims: of(exact), Result: Result{Violation: &Violation{}}}, Refuted, Disproved, true},
		{"a comparison stays open", Entry{Statement: plain, Claims: of(enclosed), Result: Result{Undecided: "x"}}, Undecided, Enclosed, false},
		{"a check fails, another stays open", Entry{Statement: plain, Result: Result{Undecided: "x", Violation: &Violation{}}}, Refuted, Disproved, true},
		{"a near-miss passes", Entry{Statement: plain, NearMisses: []Refutation{{Counterexample: one}, {}}}, Holds, Ungraded, true},
		{"a wording is refuted", Entry{Statement: contested, Claims: of(exact), Counterexample: one}, Refuted, Disproved, false},
		{"a wording is not refuted", Entry{Statement: contested, Claims: of(exact)}, Undecided, Exact, false},
		{"interrupted", Entry{Statement: plain, Claims: of(exact), open: true}, Unfinished, Ungraded, false},
		{"a check fails, then interrupted", Entry{Statement: plain, Result: Result{Violation: &Violation{}}, open: true}, Refuted, Disproved, true},
		{"the repair fails", Entry{Statement: contested, Result: Result{Violation: &Violation{}}}, Refuted, Disproved, true},
		{"a wording holds on a given case", Entry{Statement: contested, Claims: of(exact), Given: &Given{}}, Holds, Exact, false},
	} {
		e := test.entry
		e.conclude()
		if e.Verdict != test.verdict || e.Grade != test.grade || e.Falsified() != test.falsified {
			t.Errorf("%s: %s, %s, falsified %v; want %s, %s, %v", test.reason, e.Verdict, e.Grade, e.Falsified(), test.verdict, test.grade, test.falsified)
		}
	}
}

// TestAbsorb: a case counts once however many checks try it, and once as vacuous, empty
// or undecided if any or all of them are; for each claim it counts by itself.
func TestAbsorb(t *testing.T) {
	t.Parallel()
	check := Rational(func(*World[field.Rat]) {})
	e := newEntry(&Statement{ID: "x", Claims: []Claim{{Check: check}, {Check: check}}})
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
	got := []int{e.Tried, e.Claims[0].Tried, e.Claims[0].Compared, e.Claims[1].Vacuous, e.Comparisons, e.VacuousCases, e.EmptyCases, e.UndecidedCases}
	if d := cmp.Diff([]int{5, 5, 4, 1, 12, 2, 1, 1}, got); d != "" {
		t.Errorf("tried, tried and compared by the first check, vacuous for the second, comparisons, vacuous, empty, undecided (-want +got):\n%s", d)
	}
	if d := cmp.Diff(field.Rungs{128: 1, 512: 1}, e.Precisions); d != "" {
		t.Errorf("comparisons per precision (-want +got):\n%s", d)
	}
	if e.Violation != falsified || e.Counterexample == nil || e.Counterexample.Case != c || e.Undecided != "1 < 2" {
		t.Errorf("kept: %v on %v, and undecided %q", e.Violation, e.Counterexample, e.Undecided)
	}
}

// TestRepairsHoldOnCounterexamples: what refutes a wording does not refute its repair.
func TestRepairsHoldOnCounterexamples(t *testing.T) {
	if testing.Short() {
		t.Skip("the search for smallest counterexamples takes seconds")
	}
	t.Parallel()
	for _, s := range registry() {
		if s.Refuted == nil {
			continue
		}
		c := Smallest(t.Context(), s.ID, s.Refuted.Check, s.CasesOf(s.Refuted))
		if c == nil {
			continue // TestNearMisses says more
		}
		for i, check := range s.Checks() {
			result := check.Examine(s.ID, c.Case)
			if err := result.Err(); err != nil {
				t.Errorf("check %d on %#v: %v", i+1, c.Case, err)
			}
		}
	}
}
