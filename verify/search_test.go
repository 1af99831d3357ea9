package verify

import (
	"context"
	"iter"
	"testing"

	"sounding/exact/field"
	"sounding/model"
)

// TestSearchEnds: the search for a smallest counterexample gives up after as many cases
// as it is allowed, and at once when it is cancelled.
func TestSearchEnds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("looking at all the cases that are allowed takes a second")
	}
	looked := 0
	endless := func() iter.Seq[*model.Case] {
		c := coin()
		return func(yield func(*model.Case) bool) {
			for yield(c) {
				if looked > 2*maxSearch {
					t.Error("the search goes on")
					return
				}
			}
		}
	}
	holds := Rational(func(*World[field.Rat]) { looked++ })
	if c, n := smallest(t.Context(), "endless", holds, endless()); c != nil || n != maxSearch || looked != maxSearch {
		t.Errorf("%d cases looked at, %d reported, want %d: %v", looked, n, maxSearch, c)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if c, n := smallest(cancelled, "cancelled", holds, endless()); c != nil || n != 0 {
		t.Errorf("cancelled, and yet %d cases are looked at: %v", n, c)
	}
}
