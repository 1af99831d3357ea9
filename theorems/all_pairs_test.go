package theorems

import (
	"slices"
	"testing"

	"sounding/exact/field"
	"sounding/generators"
)

// TestArbitrary: the numbers of a case are the same at each call, and none of them
// is zero, which would hide a position; those of a free point are new ones.
func TestArbitrary(t *testing.T) {
	t.Parallel()
	w := newCaseWorld(field.NewRational(), generators.Example(generators.Limits{}, 1, 0))
	const n = maxGivenLength
	first, second := w.Arbitrary(n), w.Arbitrary(n)
	for k, v := range first {
		if w.IsZero(v) {
			t.Errorf("number %d is zero", k)
		}
		if w.Ring.Equal(v, second[k]) != field.True {
			t.Errorf("number %d is %v, then %v", k, v, second[k])
		}
	}
	point := newModularWorld(field.Mersenne61, 1, "arbitrary", Shape{2, 2}, 0)
	if a, b := point.Arbitrary(n), point.Arbitrary(n); len(a) != n || slices.Equal(a, b) {
		t.Errorf("two calls at a free point return\n%v\n%v", a, b)
	}
}

// TestAllPairsSeesEachPair adds to E[Δ_s·Δ_t] of one pair alone what the check must
// not forgive: at a random point it sees every pair, of any two positions.
func TestAllPairsSeesEachPair(t *testing.T) {
	t.Parallel()
	const length = 4
	for one := 1; one <= length; one++ {
		for other := one + 1; other <= length; other++ {
			l := run(func(w *World[mod]) {
				prop4Combination(w, "", func(s int) []mod {
					d := w.Oracle().Increment(s)
					if s == other { // Δ_other + Δ_one, and its square in the diagonal
						for i, v := range w.Oracle().Increment(one) {
							d[i] = w.Add(d[i], v)
						}
					}
					return d
				}, func(r []mod) mod {
					sum := weightedInformation(w, 0, func(v mod) mod { return w.Mul(v, v) })(r)
					return w.Add(sum, w.Mul(w.Mul(r[other-1], r[other-1]), w.Solution().Information[one-1]))
				})
			}, newModularWorld(field.Mersenne61, 1, "pairs", Shape{2, length}, 0))
			if l.violation == nil {
				t.Errorf("E[Δ_%d·Δ_%d] ≠ 0 passes", one, other)
			}
		}
	}
}
