package verify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sounding/exact/field"
	"sounding/model"
)

// entryOf returns a statement with one claim that is checked in ℚ.
func entryOf(id string, check func(*World[field.Rat])) *Statement {
	return &Statement{ID: id, Claims: []Claim{{Check: Rational(check)}}}
}

// right makes a comparison that holds, and endless makes comparisons without end.
func right(w *World[field.Rat]) { w.Equal(Place{}, "0 = 0", w.FromInt(0), w.FromInt(0)) }

func endless(w *World[field.Rat]) {
	for one := w.FromInt(1); ; one = w.Mul(one, one) {
		right(w)
	}
}

// findingsOf runs statements on a small case and returns what was found of each.
func findingsOf(t *testing.T, ctx context.Context, b Budget, list ...*Statement) (*Report, []Finding) {
	t.Helper()
	r, err := Run(ctx, Options{Statements: list, Case: coin(), Budget: b})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	var found []Finding
	for _, e := range r.Entries {
		found = append(found, e.Finding())
	}
	return r, found
}

// A check that does not end is stopped when its share of the time is over, and the others
// run.
func TestTimeBudget(t *testing.T) {
	t.Parallel()
	for _, check := range []struct {
		ring  string
		check Check
	}{
		{"ℚ", Rational(endless)},
		{"enclosures", Interval(func(w *World[field.Enclosure]) {
			for one := w.FromInt(1); ; one = w.Mul(one, one) {
				w.True(Place{}, "0 = 0", true)
			}
		})},
		{"a field ℚ of its own", Interval(func(w *World[field.Enclosure]) {
			for q := w.Rationals(); ; {
				q.Add(q.FromInt(1), q.FromInt(1))
			}
		})},
	} {
		slow := &Statement{ID: "slow", Claims: []Claim{{Check: check.check}}}
		start := time.Now()
		r, found := findingsOf(t, t.Context(), Budget{Time: 200 * time.Millisecond}, slow, entryOf("right", right))
		if found[0] != Skipped || r.Entries[0].Undecided != outOfTime || found[1] != True {
			t.Errorf("%s: %v, %q", check.ring, found, r.Entries[0].Undecided)
		}
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%s: ends after %v", check.ring, d)
		}
	}
}

// Time that other statements leave over is for those that their share was too short for.
func TestTimeLeftOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sleepy := entryOf("sleepy", func(w *World[field.Rat]) {
			time.Sleep(3 * time.Second)
			w.Add(w.FromInt(1), w.FromInt(1)) // ends here if it was stopped
			right(w)
		})
		quick := entryOf("quick", right)
		_, found := findingsOf(t, t.Context(), Budget{Time: 8 * time.Second}, sleepy, quick, quick, quick)
		if found[0] != True {
			t.Errorf("3 s of 8 s, beside statements that take none: %s", found[0])
		}
	})
}

// A check that its watch stops, for want of memory, is skipped with that reason.
func TestExceeded(t *testing.T) {
	t.Parallel()
	asked := 0
	once := func() string {
		if asked++; asked == 1 {
			return "no memory"
		}
		return ""
	}
	r, found := findingsOf(t, t.Context(), Budget{Exceeded: once}, entryOf("endless", endless), entryOf("right", right))
	if found[0] != Skipped || r.Entries[0].Undecided != "no memory" || found[1] != True {
		t.Errorf("%v, %q", found, r.Entries[0].Undecided)
	}
}

// After a check that does not end when it is stopped, nothing else is run, and the run ends:
// soon where the memory runs out meanwhile.
func TestStuck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		budget Budget
		waited string
	}{
		{Budget{Time: time.Second}, "5s"},
		{Budget{Time: time.Second, Exceeded: func() string { return "no memory" }}, "1s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			free := make(chan struct{})
			stuck := entryOf("stuck", func(*World[field.Rat]) { <-free })
			r, found := findingsOf(t, t.Context(), test.budget, stuck, entryOf("right", right))
			close(free)
			if found[0] != Skipped || found[1] != Skipped {
				t.Errorf("%v", found)
			}
			for i, want := range []string{"does not end " + test.waited + " after it was stopped", "not run: a check of stuck does not end"} {
				if got := r.Entries[i].Undecided; got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
		})
	}
}

// An interrupted run returns what it has, and says of the rest that it is unfinished.
func TestInterruptedGiven(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stops := entryOf("stops", func(w *World[field.Rat]) {
		cancel()
		endless(w)
	})
	wrong := entryOf("wrong", func(w *World[field.Rat]) { w.True(Place{}, "1 = 0", false) })
	steps := 0
	r, err := Run(ctx, Options{
		Statements: []*Statement{entryOf("right", right), wrong, stops, entryOf("late", right)}, Case: coin(),
		Progress: func(done, _ int) { steps = done },
	})
	if !errors.Is(err, context.Canceled) || !r.Partial {
		t.Errorf("%v, want it to be interrupted and marked as partial", err)
	}
	if steps != 2 {
		t.Errorf("%d statements done, want those before the interruption, 2", steps)
	}
	for i, want := range []Verdict{Holds, Refuted, Unfinished, Unfinished} {
		if e := r.Entries[i]; e.Verdict != want {
			t.Errorf("%s: %s, want %s", e.Statement.ID, e.Verdict, want)
		}
	}
}

// On a given case, a refuted statement is judged by its wording there, beside its repair.
func TestWordingOnGivenCase(t *testing.T) {
	t.Parallel()
	s := named("x-cor-15")[0]
	counter := Smallest(t.Context(), s.ID, s.Refuted.Check, s.CasesOf(s.Refuted))
	for _, test := range []struct {
		reason         string
		on             *model.Case
		wording, claim Finding
	}{
		{"its counterexample", counter.Case, False, True},
		{"harm that the first token decides", coin(), Vacuous, True},
	} {
		r, err := Run(t.Context(), Options{Statements: []*Statement{s}, Case: test.on})
		if err != nil {
			t.Fatal(err)
		}
		e := r.Entries[0]
		if e.AsWorded().Finding() != test.wording || e.Finding() != test.claim {
			t.Errorf("%s: as worded %s, repair %s; want %s, %s", test.reason, e.AsWorded().Finding(), e.Finding(), test.wording, test.claim)
		}
		if (e.Counterexample != nil) != (test.wording == False) {
			t.Errorf("%s: counterexample %v", test.reason, e.Counterexample)
		}
	}
}
