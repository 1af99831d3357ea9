package verify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sounding/exact/field"
	"sounding/model"
)

// TestSheetsComputeInIntegers compares what a sheet computes modulo 2^64, at many points at a
// time, with the values in ℚ, point by point, and with the bound on them.
func TestSheetsComputeInIntegers(t *testing.T) {
	t.Parallel()
	shape := Shape{2, 2}
	check := func(w *World[uint64]) {
		for _, v := range differences(w) {
			w.Equal(Place{}, "", v, w.FromInt(0))
		}
	}
	l := mustLattice(t, check, shape)
	var points [][]int
	for p := range l.points() {
		points = append(points, slices.Clone(p))
	}
	source := rand.New(rand.NewPCG(1, 2))
	source.Shuffle(len(points), func(i, k int) { points[i], points[k] = points[k], points[i] })
	points = points[:100]
	slices.SortStableFunc(points, func(a, b []int) int { return slices.Compare(a[:4], b[:4]) }) // so that some stay the same in a batch
	of := *l.computed.tapes[0]
	nonzero := 0
	for k, c := range l.computed.tapes[0].compared {
		of.compared = [][2]int32{c}
		b := newBatch(l.dimension)
		s := newSheet(&of, l.coordinate, b.columns)
		for batch := range slices.Chunk(points, 10) {
			b.clear()
			fillBatch(b, batch)
			got := make([]uint64, len(batch))
			if s.differs(len(batch)); len(s.rules) > 0 { // none where the value is 0 at all points
				got = s.columns[s.rules[len(s.rules)-1].a].first(len(batch))
			}
			for i, p := range batch {
				value, want := int64(got[i]), differences(l.world(&failure{p, 1}))[k]
				if fmt.Sprint(value) != fmt.Sprint(want) {
					t.Fatalf("quantity %d at %v is %d modulo 2^64, %v in ℚ", k, p, value, want)
				}
				if math.Abs(float64(value)) > l.magnitude {
					t.Errorf("quantity %d at %v is %d, beyond the bound %v", k, p, value, l.magnitude)
				}
				if value != 0 {
					nonzero++
				}
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

// TestTapesCountOperations: what a proof may cost is counted in operations, of which
// those with zero and one are free.
func TestTapesCountOperations(t *testing.T) {
	t.Parallel()
	ring := recording{newTape()}
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

// TestSheetsOfRandomTapes compares sheets with an evaluation step by step, point by point:
// columns that stay the same in a batch, steps that are there twice, and columns that are used
// again included.
func TestSheetsOfRandomTapes(t *testing.T) {
	t.Parallel()
	const variables, compared, points = 4, 6, 5
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 0))
		r := recording{newTape()}
		for range variables {
			r.draw(variable{})
		}
		any := func() uint64 { return random.Uint64N(uint64(len(r.steps))) }
		for len(r.steps) < 30 {
			switch random.IntN(5) {
			case 0:
				r.FromInt(random.Int64N(7) - 3)
			case 1:
				r.Add(any(), any())
			case 2:
				r.Sub(any(), any())
			case 3:
				r.Mul(any(), any())
			case 4:
				r.Dot([]uint64{any(), any(), any()}, []uint64{any(), any(), any()})
			}
		}
		computed := len(r.steps)
		for range compared { // with a variable of its own each
			r.Equal(random.Uint64N(uint64(computed)), r.draw(variable{}))
		}
		coordinate := []int{0, 1, 2, -1}
		for i := range compared {
			coordinate = append(coordinate, variables+i)
		}
		table := make([][]int, points)
		still := random.IntN(4)
		for i := range table {
			table[i] = make([]int, variables+compared)
			for v := range variables - 1 {
				if table[i][v] = random.IntN(5); v < still && i > 0 {
					table[i][v] = table[i-1][v]
				}
			}
			values := integers(r.tape, table[i])
			for k, c := range r.compared {
				table[i][variables+k] = int(values[c[0]])
			}
		}
		differs := func() int {
			b := newBatch(variables + compared)
			s := newSheet(r.tape, coordinate, b.columns)
			fillBatch(b, table)
			return s.differs(points)
		}
		if at := differs(); at >= 0 {
			t.Fatalf("seed %d: another value at point %d", seed, at)
		}
		at := random.IntN(points)
		table[at][variables+random.IntN(compared)]++
		if got := differs(); got != at {
			t.Fatalf("seed %d: the value that is wrong at point %d is seen at %d", seed, at, got)
		}
	}
}

// fillBatch writes points to a batch as a cursor does, and completes it.
func fillBatch(b *batch, points [][]int) {
	for i, p := range points {
		b.points++
		if i+1 == len(points) {
			b.complete(p)
			return
		}
		for v, n := range p {
			if points[i+1][v] != n {
				b.write(v, n)
			}
		}
	}
}

// integers returns the values of a tape modulo 2^64, drawn[i] being numbers[i].
func integers(t *tape, numbers []int) []uint64 {
	values := make([]uint64, len(t.steps))
	for i, s := range t.steps {
		switch s.kind {
		case draw:
			values[i] = uint64(numbers[s.a])
		case integer:
			values[i] = uint64(s.value())
		case sum:
			values[i] = values[s.a] + values[s.b]
		case difference:
			values[i] = values[s.a] - values[s.b]
		case product:
			values[i] = values[s.a] * values[s.b]
		case dot:
			for pair := range slices.Chunk(t.pairs(s), 2) {
				values[i] += values[pair[0]] * values[pair[1]]
			}
		}
	}
	return values
}

// TestTapesComputeWhatChecksDo: modulo a prime, at a random point, a tape has the sides of every
// comparison that the check makes there.
func TestTapesComputeWhatChecksDo(t *testing.T) {
	t.Parallel()
	m := field.NewModular(field.Mersenne61)
	shape := Shape{2, 3}
	if testing.Short() {
		shape = Shape{2, 2}
	}
	sides := 0
	identities(func(id string, check Check) {
		p, err := compile(check.Modular, shape)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			return
		}
		for recovery, tape := range p.settings() {
			r := &sideRecorder{Modular: m}
			run(check.Modular, newFreeWorld[uint64](r, shape, recovery, model.Shared, freeFeatures, coordinates(m.Prime(), 1, id, shape, 0)))
			values := tape.residues(m, coordinates(m.Prime(), 1, id, shape, 0))
			var got []uint64
			for _, c := range tape.compared {
				got = append(got, values[c[0]], values[c[1]])
			}
			if !slices.Equal(got, r.sides) {
				t.Errorf("%s, %d recovery tokens: other sides on the tape than of the check", id, recovery)
			}
			sides += len(got)
		}
	})
	if sides < 1000 {
		t.Errorf("%d sides, want more", sides)
	}
}

// A sideRecorder keeps the sides of all comparisons.
type sideRecorder struct {
	field.Modular
	sides []uint64
}

func (r *sideRecorder) Equal(a, b uint64) field.Trilean {
	r.sides = append(r.sides, a, b)
	return field.True
}
