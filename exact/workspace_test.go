package exact_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
)

// TestWorkspace: a workspace that solves again and again, for numbers that change, has what
// the functions without one return.
func TestWorkspace(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	f := field.NewModular(prime)
	for _, in := range []*model.Instance{randomTree(r, 2, 3, 3), randomTree(r, 3, 2, 1), randomNGram(r, 2, 5), randomMixed(r, 2, 4), randomMixed(r, 3, 3)} {
		for _, ring := range []field.Ring[uint64]{f, elementwise{f}} {
			pt := must(exact.NumbersOf(f, in.Process))
			tangent := make([][]uint64, len(pt.Prob))
			for i := range tangent {
				tangent[i] = make([]uint64, len(pt.Prob[i]))
			}
			w := exact.NewWorkspace(ring, pt)
			for range 3 {
				for _, table := range append(append([][]uint64{pt.Harm}, pt.Prob...), tangent...) {
					for i := range table {
						table[i] = r.Uint64N(prime)
					}
				}
				w.Solve()
				m := exact.SolveMartingale[uint64](f, pt)
				if !reflect.DeepEqual(w.Occupancy, m.Occupancy) || !reflect.DeepEqual(w.H, m.H) {
					t.Fatalf("P = %v and h = %v, want %v and %v", w.Occupancy, w.H, m.Occupancy, m.H)
				}
				for i, got := range w.Innovation {
					if want := m.Innovation(f, i+1); !reflect.DeepEqual(got, want) {
						t.Fatalf("position %d: innovations %v, want %v", i+1, got, want)
					}
				}
				if got, want := w.Derivative(tangent), exact.Derivative(f, pt, tangent); got != want {
					t.Fatalf("derivative %d, want %d", got, want)
				}
			}
		}
	}
}
