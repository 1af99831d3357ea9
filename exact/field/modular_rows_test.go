package field

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestModularRows: the operations on rows give what those on elements give, for rows of
// any length, at the largest elements too.
func TestModularRows(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range []uint64{2, 3, 97, Mersenne61, 1<<62 - 57} {
		m := NewModular(p)
		for v := 1; v <= 20; v++ {
			const n = 5
			draw := func(n int) []uint64 {
				list := make([]uint64, n)
				for i := range list {
					if list[i] = p - 1; r.IntN(2) == 0 {
						list[i] = r.Uint64N(p)
					}
				}
				return list
			}
			w, y, x := draw(n*v), draw(n*v), draw(n)
			var dot, spread, scaled, less []uint64
			for i := range n {
				row, values := w[i*v:(i+1)*v], y[i*v:(i+1)*v]
				dot = append(dot, m.Dot(row, values))
				sum := uint64(0)
				for a := range v {
					scaled = append(scaled, m.Mul(x[i], row[a]))
					d := m.Sub(values[a], x[i])
					less = append(less, d)
					sum = m.Add(sum, m.Mul(row[a], m.Mul(d, d)))
				}
				spread = append(spread, sum)
			}
			short, long := make([]uint64, n), make([]uint64, n*v)
			check := func(name string, got, want []uint64) {
				if !slices.Equal(got, want) {
					t.Errorf("p = %d, v = %d: %s gives %v, want %v", p, v, name, got, want)
				}
			}
			m.DotRows(short, w, y, v)
			check("DotRows", short, dot)
			place := slices.Clone(y)
			m.DotRows(place[:n], w, place, v)
			check("DotRows in place", place[:n], dot)
			m.SpreadRows(short, w, y, x, v)
			check("SpreadRows", short, spread)
			m.ScaleRows(long, x, w, v)
			check("ScaleRows", long, scaled)
			m.SubRows(long, y, x, v)
			check("SubRows", long, less)
		}
	}
}
