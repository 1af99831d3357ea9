package verify

import "sounding/exact/field"

// columns is a ring in which a check runs once and computes n times: an element stands for
// a column of n numbers, and every operation for n operations. This saves making n worlds.
//
// An element is the number of its column, a uint64 like the elements of a prime field, so
// that the code is the one that is instantiated for these. Columns 0 and 1 hold zeros and
// ones. One goroutine at a time may use a ring.
type columns[E any] struct {
	loops[E]
	width  int   // the largest n
	n      int   // the length of the columns since the last reset
	blocks [][]E // of blockColumns columns each, width entries apart
	used   int   // columns; those after them are left over from before the last reset
	// operations counts the operations on whole columns. The time of a run is
	// proportional to it.
	operations int
}

// loops computes with columns of equal length, entry by entry.
type loops[E any] interface {
	fromInt(n int64) E
	add(sum, a, b []E)
	sub(difference, a, b []E)
	mul(product, a, b []E)
	// addMul adds a·b to sum.
	addMul(sum, a, b []E)
	// equal records a comparison of a and b.
	equal(a, b []E) field.Trilean
}

// newColumns returns a ring of columns of up to width numbers, before its first
// reset.
func newColumns[E any](l loops[E], width int) *columns[E] {
	return &columns[E]{loops: l, width: width}
}

// blockColumns is the number of columns that are allocated at once: a check over degrees
// takes millions, of few numbers each.
const blockColumns = 64

// reset forgets all columns and continues with columns of n numbers.
func (r *columns[E]) reset(n int) {
	r.n, r.used, r.operations = n, 0, 0
	for n := range int64(2) {
		_, v := r.fresh()
		fill(v, r.fromInt(n))
	}
}

// fresh returns a new column, to be written.
func (r *columns[E]) fresh() (uint64, []E) {
	if r.used == len(r.blocks)*blockColumns {
		r.blocks = append(r.blocks, make([]E, blockColumns*r.width))
	}
	c := uint64(r.used)
	r.used++
	return c, r.at(c)
}

// at returns the numbers of a column.
func (r *columns[E]) at(c uint64) []E {
	start := int(c%blockColumns) * r.width
	return r.blocks[c/blockColumns][start : start+r.n]
}

func fill[E any](column []E, v E) {
	for i := range column {
		column[i] = v
	}
}

func (r *columns[E]) FromInt(n int64) uint64 {
	if n == 0 || n == 1 {
		return uint64(n)
	}
	c, v := r.fresh()
	fill(v, r.fromInt(n))
	r.operations++
	return c
}

func (r *columns[E]) Add(a, b uint64) uint64 {
	switch {
	case a == 0:
		return b
	case b == 0:
		return a
	}
	c, v := r.fresh()
	r.add(v, r.at(a), r.at(b))
	r.operations++
	return c
}

func (r *columns[E]) Sub(a, b uint64) uint64 {
	if b == 0 {
		return a
	}
	c, v := r.fresh()
	r.sub(v, r.at(a), r.at(b))
	r.operations++
	return c
}

func (r *columns[E]) Neg(a uint64) uint64 { return r.Sub(0, a) }

func (r *columns[E]) Mul(a, b uint64) uint64 {
	switch {
	case a == 0 || b == 0:
		return 0
	case a == 1:
		return b
	case b == 1:
		return a
	}
	c, v := r.fresh()
	r.mul(v, r.at(a), r.at(b))
	r.operations++
	return c
}

func (r *columns[E]) Dot(a, b []uint64) uint64 {
	if len(a) != len(b) {
		panic("verify: Dot of slices of different lengths")
	}
	if len(a) == 0 {
		return 0
	}
	c, v := r.fresh()
	r.mul(v, r.at(a[0]), r.at(b[0]))
	for i := 1; i < len(a); i++ {
		r.addMul(v, r.at(a[i]), r.at(b[i]))
	}
	r.operations += len(a)
	return c
}

func (r *columns[E]) Equal(a, b uint64) field.Trilean {
	r.operations++
	return r.equal(r.at(a), r.at(b))
}

// words computes modulo 2^64.
type words struct {
	differs int // the first entry at which the last comparison that failed did so
}

func (*words) fromInt(n int64) uint64 { return uint64(n) }

func (*words) add(sum, a, b []uint64) {
	a, b = a[:len(sum)], b[:len(sum)]
	for i := range sum {
		sum[i] = a[i] + b[i]
	}
}

func (*words) sub(difference, a, b []uint64) {
	a, b = a[:len(difference)], b[:len(difference)]
	for i := range difference {
		difference[i] = a[i] - b[i]
	}
}

func (*words) mul(product, a, b []uint64) {
	a, b = a[:len(product)], b[:len(product)]
	for i := range product {
		product[i] = a[i] * b[i]
	}
}

func (*words) addMul(sum, a, b []uint64) {
	a, b = a[:len(sum)], b[:len(sum)]
	for i := range sum {
		sum[i] += a[i] * b[i]
	}
}

func (w *words) equal(a, b []uint64) field.Trilean {
	b = b[:len(a)]
	for i := range a {
		if a[i] != b[i] {
			w.differs = i
			return field.False
		}
	}
	return field.True
}

// formals computes with degrees and heights, and bounds the differences of all
// sides that are compared.
type formals struct {
	bound    []field.Formal
	compared int // comparisons
}

func (*formals) fromInt(n int64) field.Formal { return field.Formals{}.FromInt(n) }

func (*formals) add(sum, a, b []field.Formal) {
	for i := range sum {
		sum[i] = field.Formals{}.Add(a[i], b[i])
	}
}

func (f *formals) sub(difference, a, b []field.Formal) { f.add(difference, a, b) }

func (*formals) mul(product, a, b []field.Formal) {
	for i := range product {
		product[i] = field.Formals{}.Mul(a[i], b[i])
	}
}

func (*formals) addMul(sum, a, b []field.Formal) {
	for i := range sum {
		sum[i] = field.Formals{}.Add(sum[i], field.Formals{}.Mul(a[i], b[i]))
	}
}

func (f *formals) equal(a, b []field.Formal) field.Trilean {
	f.compared++
	for i := range a {
		d := field.Formals{}.Sub(a[i], b[i])
		f.bound[i] = field.Formal{Degree: max(f.bound[i].Degree, d.Degree), Height: max(f.bound[i].Height, d.Height)}
	}
	return field.Unknown
}
