package gate

import (
	"math"
	"testing"
)

// TestDraws: with the draws that are asked for, and the deviation of a draw as it seemed, every
// mean is fine; with half as many some mean is not.
func TestDraws(t *testing.T) {
	t.Parallel()
	const n, level = 100, 1e-12
	for _, c := range []struct {
		deviations, scale []float64 // of a draw
		spread            float64
	}{
		{[]float64{1}, []float64{1}, 0},
		{[]float64{0.5, 3}, []float64{1, 2}, 0},
		{[]float64{0}, []float64{8}, 0},
		{[]float64{40, 40}, []float64{40, 2}, 100},
		{[]float64{0.25}, []float64{0.5}, 1},
	} {
		with := func(n float64) *estimate {
			e := &estimate{n: int(n), spread: c.spread}
			for _, deviation := range c.deviations {
				e.stderr = append(e.stderr, deviation/math.Sqrt(n))
			}
			return e
		}
		draws := with(n).draws(c.scale, level)
		if !with(draws).fine(c.scale, level) {
			t.Errorf("%+v: %v draws are too few", c, draws)
		}
		if with(math.Floor(draws/2)).fine(c.scale, level) {
			t.Errorf("%+v: %v draws are more than enough", c, draws)
		}
	}
	if got := (&estimate{stderr: []float64{0}, n: 1_000_000}).draws([]float64{1}, level); got != growth*1_000_000 {
		t.Errorf("after 1000000 draws that were enough %v are asked for", got)
	}
}
