package verify

import (
	"testing"

	"sounding/exact/field"
	"sounding/model"
)

// A claim is tried on further instances until it has been compared on enough, and on so many
// times those of the run at most.
func TestTopUp(t *testing.T) {
	t.Parallel()
	const cases = 10
	for _, c := range []struct {
		reason string
		every  int // one of so many instances is compared on, none where it is 0
		want   int // instances that are drawn beyond those of the run
	}{
		{"never compared", 0, maxTopUp * cases},
		{"always compared", 1, LeastInstances},
		{"compared on every other", 2, 2 * LeastInstances},
		{"compared on every third", 3, maxTopUp * cases},
	} {
		drawn := 0
		s := &Statement{
			ID: "some-1",
			Source: &Source{Draw: func(_ uint64, i int) *model.Case {
				if i != cases+drawn {
					t.Errorf("%s: instance %d is drawn after %d", c.reason, i, cases+drawn-1)
				}
				drawn++
				return coin()
			}},
			Claims: []Claim{{Check: Rational(func(w *World[field.Rat]) {
				if c.every > 0 && drawn%c.every == 0 {
					w.AtMost(Place{}, "1 ≤ 2", w.FromInt(1), w.FromInt(2))
				}
			})}},
		}
		if err := newEntry(s).topUp(t.Context(), 1, cases); err != nil {
			t.Fatal(err)
		}
		if drawn != c.want {
			t.Errorf("%s: drawn %d instances, want %d", c.reason, drawn, c.want)
		}
	}
}
