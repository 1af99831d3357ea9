package theorems

import (
	"testing"

	"sounding/verify"
)

// TestAllPairsSeesEachPair adds to E[Δ_s·Δ_t] of one pair alone what the check must
// not forgive: at a random point it sees every pair, of any two positions.
func TestAllPairsSeesEachPair(t *testing.T) {
	t.Parallel()
	const length = 3
	for one := 1; one <= length; one++ {
		for other := one + 1; other <= length; other++ {
			check := verify.Identity(nil, func(w *World[mod]) {
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
			})
			if check.TryModular("pairs", 1, 2) == nil { // at a point of the shape (2,3)
				t.Errorf("E[Δ_%d·Δ_%d] ≠ 0 passes", one, other)
			}
		}
	}
}
