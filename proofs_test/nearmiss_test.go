package proofs

import (
	"bytes"
	"errors"
	"iter"
	"math"
	"math/big"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
)

// falsehoods runs through the refuted wordings and the near-misses of all
// statements, each with a name for its subtest.
func falsehoods() iter.Seq2[*verify.Statement, *verify.Falsehood] {
	return func(yield func(*verify.Statement, *verify.Falsehood) bool) {
		for _, s := range theorems.All() {
			for _, f := range s.Falsehoods() {
				if !yield(s, f) {
					return
				}
			}
		}
	}
}

func name(s *verify.Statement, f *verify.Falsehood) string {
	if f.Name == "" {
		return s.ID + ": the wording"
	}
	return s.ID + ": " + f.Name
}

// violation returns how the check fails on a case, nil where it does not.
func violation(s *verify.Statement, f *verify.Falsehood, c *model.Case) *verify.Violation {
	_, err := f.Check.Try(s.ID, c)
	var v *verify.Violation
	errors.As(err, &v)
	return v
}

// pinned holds what the search for a smallest counterexample has to find, worked
// out by hand. Entries that come first in the file form change last.
var pinned = map[string]string{
	// The second token decides after one first token, and does nothing after the other.
	"cor-7: I_1 alone": "V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 0 0 1]/1",
	// With two even tokens equal weights are right; 1:2 is the least that is not.
	"prop-2: tokens are weighted equally": "V=2 T=1 weights [1 2] harm [0 1]/1",
	// Harm differs behind an impossible token.
	"thm-9: Harm = g(y_≤k) on every sequence": "V=2 T=1 weights [1 0] harm [0 1]/1",
}

// TestSmallestCounterexamples holds the enumeration, which knows no seed, against
// the cases that rapid passes on its way to a small one, from several starts: none
// that refutes is smaller.
func TestSmallestCounterexamples(t *testing.T) {
	if testing.Short() {
		t.Skip("the searches take several seconds")
	}
	t.Parallel()
	starts, evaluations, reach := 1, 100, 1_000
	if testenv.Effort() > 1 {
		reach = math.MaxInt
	}
	if testenv.Effort() >= 10 {
		starts, evaluations = 100, 100_000
	}
	known := make(map[string]bool)
	for s, f := range falsehoods() {
		known[name(s, f)] = true
		t.Run(name(s, f), func(t *testing.T) {
			t.Parallel()
			looked := 0
			near := verify.Source{Smallest: func() iter.Seq[*model.Case] {
				return func(yield func(*model.Case) bool) {
					for c := range s.CasesOf(f).Smallest() {
						if looked == reach || !yield(c) {
							return
						}
						looked++
					}
				}
			}}
			c := verify.Smallest(t.Context(), s.ID, f.Check, near)
			if c == nil && looked == reach {
				t.Skipf("not among the first %d small cases; SOUNDING_EFFORT=2 looks further", reach)
			}
			if c == nil {
				t.Fatal("the search ends without a counterexample: let the near-miss bring small cases of its own")
			}
			if violation(s, f, c.Case) == nil {
				t.Errorf("%#v does not refute it", c.Case)
			}
			t.Logf("%v\n%#v", c.Violation, c.Case)
			replays(t, &verify.Stored{Statement: s.ID, NearMiss: f.Name, Counterexample: *c})
			if want := pinned[name(s, f)]; want != "" {
				if got := c.Case.GoString(); got != want {
					t.Errorf("the smallest is\n%s, want\n%s", got, want)
				}
			}
			if s.OwnCases(f) {
				return // rapid cannot shrink what it did not draw
			}
			size, ok := generators.Size(c.Case)
			if !ok {
				t.Fatalf("%#v has no size", c.Case)
			}
			for start := range starts {
				shrink(start, evaluations, func(c *model.Case) bool {
					if violation(s, f, c) == nil {
						return false
					}
					if n, ok := generators.Size(c); ok && n < size {
						t.Errorf("start %d: a case of size %d refutes it, the enumeration begins with size %d:\n%#v", start, n, size, c)
					}
					return true
				})
			}
		})
	}
	for name := range pinned {
		if !known[name] {
			t.Errorf("pinned names %q, which is no near-miss; remove it", name)
		}
	}
}

// replays checks that the file of a counterexample still falsifies, read again.
func replays(t *testing.T, s *verify.Stored) {
	t.Helper()
	var file bytes.Buffer
	if err := s.Write(&file); err != nil {
		t.Fatal(err)
	}
	r, err := verify.ReadStored(&file)
	if err != nil {
		t.Fatal(err)
	}
	v, err := theorems.Replay(r)
	if diff := cmp.Diff(s.Violation, v); err != nil || diff != "" {
		t.Errorf("replayed: %v (-written +replayed)\n%s", err, diff)
	}
}

// shrink lets rapid draw a case that refutes and shrink it, in the given number of
// evaluations. Different starts in the stream of random words take the place of
// seeds, of which rapid has one for all.
func shrink(start, evaluations int, refutes func(*model.Case) bool) {
	testenv.Quietly(func(t *rapid.T) {
		if evaluations--; evaluations < 0 {
			runtime.Goexit()
		}
		for range start {
			rapid.Bool().Draw(t, "start")
		}
		if refutes(generators.Cases(generators.Limits{}).Draw(t, "case")) {
			t.Fatalf("refuted")
		}
	})
}

// TestLayeredCasesShrink: a fault that shows only where two prefixes share a state is
// reported on a small case, whatever weights it was found with. The order of size is
// of trees, so that nothing but rapid makes such a case small.
func TestLayeredCasesShrink(t *testing.T) {
	t.Parallel()
	for start := range 3 {
		var last *model.Case
		shrink(start, math.MaxInt, func(c *model.Case) bool {
			if !merges(c.Process) {
				return false
			}
			last = c
			return true
		})
		if last == nil {
			t.Fatalf("start %d: no two prefixes share a state in any case", start)
		}
		if last.Vocabulary() != 2 || last.Length() != 2 {
			t.Errorf("start %d: shrinks to V=%d T=%d, want 2 and 2:\n%#v", start, last.Vocabulary(), last.Length(), last)
		}
		for k := 1; k <= last.Length(); k++ {
			w := last.Layer(k).Weights()
			for e := range w.Len() {
				if w.At(e).Cmp(big.NewInt(2)) > 0 {
					t.Errorf("start %d: shrinks to a weight of %v, want at most 2:\n%#v", start, w.At(e), last)
				}
			}
		}
	}
}

// merges reports whether two edges of positive weight lead to one state.
func merges(p *model.Process) bool {
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		led := make(map[int]bool)
		for e := range l.Edges() {
			if l.Weights().IsZero(e) {
				continue
			}
			if led[l.Next(e)] {
				return true
			}
			led[l.Next(e)] = true
		}
	}
	return false
}
