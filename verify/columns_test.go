package verify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sounding/model"
)

// TestColumnsComputeInIntegers compares the values of the lattice, computed modulo 2^64
// and many at a time, with those in ℚ one by one, and with the bound on them.
func TestColumnsComputeInIntegers(t *testing.T) {
	t.Parallel()
	shape := Shape{2, 2}
	quantities := func(of func(uint64)) func(*World[uint64]) {
		return func(w *World[uint64]) {
			for _, v := range differences(w) {
				of(v)
				w.Equal(Place{}, "", v, w.FromInt(0))
			}
		}
	}
	l := mustLattice(t, quantities(func(uint64) {}), shape)
	var points [][]int
	for p := range l.points() {
		points = append(points, slices.Clone(p))
	}
	source := rand.New(rand.NewPCG(1, 2))
	source.Shuffle(len(points), func(i, k int) { points[i], points[k] = points[k], points[i] })
	points = points[:100]
	ring := newColumns(&words{}, len(points))
	ring.reset(len(points))
	next := 0
	got := differences(newFreeWorld(ring, shape, 1, model.Shared, freeFeatures, func(variable) uint64 {
		v := l.coordinate[next]
		next++
		if v < 0 {
			return 0
		}
		c, x := ring.fresh()
		for i, p := range points {
			x[i] = uint64(p[v])
		}
		return c
	}))
	bound := l.magnitude
	nonzero := 0
	for i, p := range points {
		for k, want := range differences(l.world(&failure{p, 1})) {
			value := int64(ring.at(got[k])[i])
			if fmt.Sprint(value) != fmt.Sprint(want) {
				t.Fatalf("quantity %d at %v is %d modulo 2^64, %v in ℚ", k, p, value, want)
			}
			if math.Abs(float64(value)) > bound {
				t.Errorf("quantity %d at %v is %d, beyond the bound %v", k, p, value, bound)
			}
			if value != 0 {
				nonzero++
			}
		}
	}
	if nonzero < len(points) {
		t.Errorf("only %d values are not zero", nonzero)
	}
}

// differences returns quantities that use every operation of the ring.
func differences[E any](w *World[E]) []E {
	m, o := w.Solution(), w.Oracle()
	list := []E{m.Variance, w.Neg(m.Information[0]), o.SecondMoment()[0][0], w.Mul(w.FromInt(-3), o.Total())}
	for _, tangent := range w.Tangents() {
		list = append(list, o.Derivative(o.Increment(2), tangent)...)
	}
	return append(list, w.Sub(w.FromInt(5), m.H[1][0]), w.Add(m.H[1][1], w.FromInt(7)), w.Dot(nil, nil))
}

// TestColumnsCountOperations: what a proof may cost is counted in operations on columns,
// of which those with columns of zeros and ones are free.
func TestColumnsCountOperations(t *testing.T) {
	t.Parallel()
	ring := newColumns(&words{}, 1)
	ring.reset(1)
	two, three := ring.FromInt(2), ring.FromInt(3)
	for _, test := range []struct {
		name string
		do   func()
		want int
	}{
		{"Add", func() { ring.Add(two, three) }, 1},
		{"Add to zero", func() { ring.Add(0, three) }, 0},
		{"Sub", func() { ring.Sub(two, three) }, 1},
		{"Sub of zero", func() { ring.Sub(two, 0) }, 0},
		{"Neg", func() { ring.Neg(two) }, 1},
		{"Mul", func() { ring.Mul(two, three) }, 1},
		{"Mul by one", func() { ring.Mul(two, 1) }, 0},
		{"Dot of four", func() { ring.Dot([]uint64{two, three, two, 1}, []uint64{two, two, three, 0}) }, 4},
		{"Equal", func() { ring.Equal(two, three) }, 1},
		{"FromInt", func() { ring.FromInt(7) }, 1},
		{"FromInt of one", func() { ring.FromInt(1) }, 0},
	} {
		before := ring.operations
		test.do()
		if n := ring.operations - before; n != test.want {
			t.Errorf("%s counts as %d operations, want %d", test.name, n, test.want)
		}
	}
}
