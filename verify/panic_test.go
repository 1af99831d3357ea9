package verify

import (
	"errors"
	"strings"
	"testing"

	"sounding/exact/field"
	"sounding/model"
)

// TestPanics: a check that panics makes its entry panicked, wherever it does, and leaves
// the other entries alone.
func TestPanics(t *testing.T) {
	t.Parallel()
	good := Rational(func(w *World[field.Rat]) { w.Same(Place{}, "1 = 1", 1, 1) })
	bad := Rational(func(w *World[field.Rat]) {
		w.Same(Place{}, "2 = 2", 2, 2)
		_ = make([]int, 1)[w.V()]
	})
	atPoints := Identity(
		func(w *World[field.Rat]) { w.Equal(Place{}, "0 = 0", w.FromInt(0), w.FromInt(0)) },
		func(w *World[uint64]) { panic("at a point") },
	)
	source := func() Source { return Source{Draw: func(uint64, int) *model.Case { panic("no case") }} }
	none := source()
	other := &Statement{ID: "other", Claims: []Claim{{Check: good}}}
	for _, test := range []struct {
		reason      string
		statement   *Statement
		given       *model.Case
		claim, want string
	}{
		{"on a random case", &Statement{ID: "x", Claims: []Claim{{Check: good}, {Check: bad}}}, nil, "2 = 2", "index out of range"},
		{"on a given case", &Statement{ID: "x", Claims: []Claim{{Check: good}, {Check: bad}}}, coin(), "2 = 2", "index out of range"},
		{"at a point of a prime field", &Statement{ID: "x", Claims: []Claim{{Check: atPoints}}}, nil, "", "at a point"},
		{"in a near-miss", &Statement{ID: "x", Claims: []Claim{{Check: good}}, NearMisses: []Falsehood{{Name: "n", Check: bad}}}, nil, "2 = 2", "index out of range"},
		{"in the source of a near-miss", &Statement{ID: "x", Claims: []Claim{{Check: good}}, NearMisses: []Falsehood{{Name: "n", Check: good, Source: &none}}}, nil, "", "no case"},
	} {
		r, err := Run(t.Context(), Options{Statements: []*Statement{test.statement, other}, Seed: 1, Effort: 1, Case: test.given})
		if err != nil {
			t.Errorf("%s: %v", test.reason, err)
			continue
		}
		e := r.Entries[0]
		if e.Verdict != Panicked || e.Panic == nil || e.Undecided != "" {
			t.Errorf("%s: verdict %s, panic %v, undecided %q", test.reason, e.Verdict, e.Panic, e.Undecided)
			continue
		}
		if p := e.Panic; p.Statement != "x" || p.Claim != test.claim || !strings.Contains(p.Error(), test.want) || !strings.Contains(p.Stack, "panic_test.go") {
			t.Errorf("%s: panic %v, want %q after %q and a stack in this file:\n%s", test.reason, p, test.want, test.claim, p.Stack)
		}
		if r.Entries[1].Verdict != Holds {
			t.Errorf("%s: the other statement is %s", test.reason, r.Entries[1].Verdict)
		}
	}
}

// TestReplayPanics: a panic of a check is no violation, and not undecided.
func TestReplayPanics(t *testing.T) {
	t.Parallel()
	st := &Statement{ID: "x", Claims: []Claim{{Check: Rational(func(*World[field.Rat]) { panic("oh") })}}}
	s := &Stored{Statement: "x", Counterexample: Counterexample{Case: coin()}}
	v, err := s.Replay(st)
	var p *Panic
	if v != nil || !errors.As(err, &p) || errors.Is(err, ErrUndecided) || p.Case != s.Case {
		t.Errorf("violation %v, error %v", v, err)
	}
}
