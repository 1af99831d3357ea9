package exact_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"sounding/exact"
	"sounding/exact/field"
)

// elementwise is 𝔽_p without its operations on rows.
type elementwise struct{ field.Field[uint64] }

// TestRowsOfTree: in 𝔽_p a prefix tree has the same decomposition and derivative by rows
// and element by element.
func TestRowsOfTree(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		v, length := 2+r.IntN(3), 1+r.IntN(3)
		p := randomTree(r, v, length, r.IntN(length+1)).Process
		f := field.NewModular(prime)
		slow := elementwise{f}
		fast := must(exact.NumbersOf(f, p))
		tangent := make([][]uint64, length)
		for i := range tangent {
			for range fast.Prob[i] {
				tangent[i] = append(tangent[i], r.Uint64N(prime))
			}
		}
		got, want := exact.SolveMartingale(f, fast), exact.SolveMartingale[uint64](slow, fast)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("by rows %+v, by elements %+v", got, want)
		}
		for i := range tangent {
			if g, w := got.Innovation(f, i+1), want.Innovation(slow, i+1); !reflect.DeepEqual(g, w) {
				t.Fatalf("position %d: innovations by rows %v, by elements %v", i+1, g, w)
			}
		}
		if g, w := exact.Derivative(f, fast, tangent), exact.Derivative[uint64](slow, fast, tangent); g != w {
			t.Fatalf("derivative by rows %d, by elements %d", g, w)
		}
	}
}
