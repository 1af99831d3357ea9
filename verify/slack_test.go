package verify

import (
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// What an inequality that holds leaves of how near its sides came.
func TestSlack(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(64)
	enclosed := func(a, b, c, d int64) Result {
		return run(func(w *World[field.Enclosure]) { w.AtMost(Place{}, "", between(f, a, b), between(f, c, d)) }, NewCaseWorld(f, coin()))
	}
	rational := func(a, b int64) Result {
		return run(func(w *World[field.Rat]) { w.AtMost(Place{}, "", w.FromInt(a), w.FromInt(b)) }, NewCaseWorld(field.NewRational(), coin()))
	}
	for _, c := range []struct {
		name   string
		result Result
		want   Tally
	}{
		{"1 ≤ 4", rational(1, 4), Tally{Least: 0.75}},
		{"-4 ≤ 4", rational(-4, 4), Tally{Least: 2}},
		{"2 ≤ 2", rational(2, 2), Tally{Equal: 1, Least: math.Inf(1)}},
		{"0 ≤ 2", rational(0, 2), Tally{Least: math.Inf(1)}},
		{"0 ≤ 0", rational(0, 0), Tally{Trivial: 1, Equal: 1, Least: math.Inf(1)}},
		{"[1, 2] ≤ [3, 4]", enclosed(1, 2, 3, 4), Tally{Least: 1}},
		{"[1, 2] ≤ [2, 4]", enclosed(1, 2, 2, 4), Tally{Least: 1.5}}, // the sides may be equal
		{"[0, 0] ≤ [2, 4]", enclosed(0, 0, 2, 4), Tally{Least: math.Inf(1)}},
	} {
		c.want.Cases, c.want.Comparisons, c.want.Inequality = 1, 1, true
		if d := cmp.Diff(Tallies{c.want}, c.result.Tallies); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}
