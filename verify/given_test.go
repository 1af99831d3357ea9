package verify

import (
	"iter"
	"strings"
	"testing"

	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// Every statement can be checked on any instance, or says nothing of it.
func TestGivenInstances(t *testing.T) {
	t.Parallel()
	for i := range testenv.Scale(12) {
		c := &model.Case{Instance: generators.Example(generators.Limits{}, 3, i).Instance}
		r, err := Run(t.Context(), Options{Statements: registry(), Seed: 1, Case: c})
		if err != nil {
			t.Fatalf("%#v: %v", c, err)
		}
		claims := 0
		for _, e := range r.Entries {
			claims += e.Comparisons
			if e.Violation != nil || e.Undecided != "" {
				t.Errorf("%s on %#v: %v%s", e.Statement.ID, c, e.Violation, e.Undecided)
			}
		}
		if claims == 0 {
			t.Errorf("nothing was compared on %#v", c)
		}
	}
}

// A counterexample file that lacks what its statement is about is refused by name.
func TestReplayOfALackingFile(t *testing.T) {
	t.Parallel()
	lacking := 0
	for _, s := range counterexamples() {
		bare := *s
		bare.Case = &model.Case{Instance: s.Case.Instance, Parameterisation: s.Case.Parameterisation}
		if len(components(s.Case)) == len(components(bare.Case)) {
			continue
		}
		_, err := replay(&bare)
		if err != nil && strings.Contains(err.Error(), "cannot be made") {
			t.Errorf("%s, %q: %v", s.Statement, s.NearMiss, err)
		}
		if err != nil && strings.Contains(err.Error(), ": missing: ") {
			lacking++
		}
	}
	if lacking == 0 {
		t.Error("no file was refused")
	}
}

// A component that one of the first cases of a source lacks is not missing from a file.
func TestLacks(t *testing.T) {
	t.Parallel()
	bare := generators.Example(generators.Limits{}, 1, 0)
	other := *bare
	other.Candidates = [][]model.Naturals{{}}
	all := func(int) bool { return true }
	for _, test := range []struct {
		reason string
		drawn  func(i int) bool
		small  func(i int) bool
		want   string
	}{
		{"all have it", all, all, "candidates"},
		{"the first drawn does not", func(i int) bool { return i > 0 }, all, ""},
		{"the last drawn that is looked at does not", func(i int) bool { return i != lackSamples-1 }, all, ""},
		{"a drawn one beyond those does not", func(i int) bool { return i < lackSamples }, all, "candidates"},
		{"the last small one that is looked at does not", all, func(i int) bool { return i != lackSamples-1 }, ""},
		{"a small one beyond those does not", all, func(i int) bool { return i < lackSamples }, "candidates"},
	} {
		choose := func(has bool) *model.Case {
			if has {
				return &other
			}
			return bare
		}
		source := Source{
			Draw: func(_ uint64, i int) *model.Case { return choose(test.drawn(i)) },
			Smallest: func() iter.Seq[*model.Case] {
				return func(yield func(*model.Case) bool) {
					for i := 0; yield(choose(test.small(i))); i++ {
					}
				}
			},
		}
		if got := strings.Join(source.lacks(bare), " "); got != test.want {
			t.Errorf("%s: %q is missing, want %q", test.reason, got, test.want)
		}
	}
}

// Checks whose matrices over the parameters are too large are skipped, with a
// reason; the others run.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	p := Shape{16, 2}.Tree()
	const parameters, matrices = 16 + 256, 2
	need := int64(matrices * parameters * parameters * 24) // bytes of a rational number, without digits
	for _, test := range []struct {
		reason string
		memory int64
		skips  bool
	}{
		{"no limit", 0, false},
		{"as much as is needed", need, false},
		{"less than is needed", need - 1, true},
	} {
		r, err := Run(t.Context(), Options{
			Statements: named("lem-24", "thm-8"), Case: &model.Case{Instance: model.NewInstance(p)}, Budget: Budget{Memory: test.memory},
		})
		if err != nil {
			t.Fatal(err)
		}
		skipped := strings.HasPrefix(r.Entries[0].Undecided, "matrices over 272 parameters need 4 MiB, more than the limit of 3 MiB")
		if skipped != test.skips || (r.Entries[0].Verdict == Undecided) != test.skips {
			t.Errorf("%s: lem-24 %s, %q", test.reason, r.Entries[0].Verdict, r.Entries[0].Undecided)
		}
		if r.Entries[1].Verdict != Holds || r.Entries[1].Comparisons == 0 {
			t.Errorf("%s: thm-8 %s after %d comparisons", test.reason, r.Entries[1].Verdict, r.Entries[1].Comparisons)
		}
	}
}
