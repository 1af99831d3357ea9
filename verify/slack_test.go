package verify

import (
	"math"
	"math/big"
	"testing"

	"sounding/exact/field"
)

// A relative difference is at most that to the largest number that one of the sides surely
// reaches in magnitude.
func TestRelativeBound(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(64)
	for _, c := range []struct {
		a, b [2]int64
		want float64
	}{
		{[2]int64{2, 3}, [2]int64{4, 5}, 0.25},
		{[2]int64{4, 5}, [2]int64{2, 3}, 0.25},
		{[2]int64{-3, -2}, [2]int64{-5, -4}, 0.25},
		{[2]int64{-5, -4}, [2]int64{2, 3}, 0.25},
		{[2]int64{-9, 9}, [2]int64{2, 3}, 0.5},
		{[2]int64{-9, 9}, [2]int64{0, 7}, math.Inf(1)},
	} {
		got := relativeBound(f, big.NewFloat(1), between(f, c.a[0], c.a[1]), between(f, c.b[0], c.b[1]))
		if got != c.want {
			t.Errorf("1 relative to %v and %v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
