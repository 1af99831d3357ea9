package verify

import (
	"math"
	"slices"

	"sounding/exact/field"
)

// A tape is what a check computes at a shape: its operations in their order, and the values
// that it claims to be equal. The check is run once to record it, and the tape is evaluated, over
// degrees, at random points and on lattices. A check that would take another path for other
// values has no tape.
//
// A value is named by its number: 0 and 1 are zero and one, and every step after these makes
// the next.
type tape struct {
	steps    []step
	terms    []int32 // of dot products, a_i and b_i in turn
	drawn    []variable
	compared [][2]int32
	formulas []string // of what is compared
	// operations counts those on numbers that are not known to be 0 or 1, and the comparisons. The
	// time of an evaluation is proportional to it.
	operations int
	bounds     []field.Formal // the values of the last evaluation
	numbers    []uint64
}

// step makes a value. A dot product has its terms from a on, b of them; a variable is drawn[a];
// an integer has its lower half in a.
type step struct {
	kind kind
	a, b int32
}

// kind is what a step does.
type kind int32

const (
	draw kind = iota
	integer
	sum
	difference
	product
	dot
)

// newTape returns a tape that holds zero and one.
func newTape() *tape {
	t := new(tape)
	t.reset()
	return t
}

// reset leaves zero and one on a tape.
func (t *tape) reset() {
	t.steps, t.terms, t.drawn, t.compared = t.steps[:0], t.terms[:0], t.drawn[:0], t.compared[:0]
	t.formulas, t.operations = nil, 0
	t.integer(0)
	t.integer(1)
}

// push appends a step, and returns the number of its value.
func (t *tape) push(k kind, a, b int32) uint64 {
	if len(t.steps) == math.MaxInt32 {
		panic("verify: a check of more than 2^31 steps")
	}
	t.steps = append(t.steps, step{k, a, b})
	return uint64(len(t.steps) - 1)
}

func (t *tape) integer(n int64) uint64 { return t.push(integer, int32(n), int32(n>>32)) }

// value returns the integer of a step.
func (s step) value() int64 { return int64(s.b)<<32 | int64(uint32(s.a)) }

// draw appends a variable.
func (t *tape) draw(v variable) uint64 {
	t.drawn = append(t.drawn, v)
	return t.push(draw, int32(len(t.drawn)-1), 0)
}

// pairs returns the terms of a dot product.
func (t *tape) pairs(s step) []int32 { return t.terms[s.a : s.a+2*s.b] }

// A recording is the ring in which a check runs to be recorded. Its elements are the numbers
// of values, uint64 like the elements of a prime field, so that the code is the one that is
// instantiated for these.
type recording struct{ *tape }

func (r recording) FromInt(n int64) uint64 {
	if n == 0 || n == 1 {
		return uint64(n)
	}
	r.operations++
	return r.integer(n)
}

func (r recording) Add(a, b uint64) uint64 {
	switch {
	case a == 0:
		return b
	case b == 0:
		return a
	}
	r.operations++
	return r.push(sum, int32(a), int32(b))
}

func (r recording) Sub(a, b uint64) uint64 {
	if b == 0 {
		return a
	}
	r.operations++
	return r.push(difference, int32(a), int32(b))
}

func (r recording) Neg(a uint64) uint64 { return r.Sub(0, a) }

func (r recording) Mul(a, b uint64) uint64 {
	switch {
	case a == 0 || b == 0:
		return 0
	case a == 1:
		return b
	case b == 1:
		return a
	}
	r.operations++
	return r.push(product, int32(a), int32(b))
}

func (r recording) Dot(a, b []uint64) uint64 {
	if len(a) != len(b) {
		panic("verify: Dot of slices of different lengths")
	}
	if len(a) == 0 {
		return 0
	}
	r.operations += len(a)
	start := len(r.terms)
	for i := range a {
		r.terms = append(r.terms, int32(a[i]), int32(b[i]))
	}
	return r.push(dot, int32(start), int32(len(a)))
}

// Equal decides nothing: values differ from point to point.
func (r recording) Equal(a, b uint64) field.Trilean {
	r.operations++
	r.compared = append(r.compared, [2]int32{int32(a), int32(b)})
	return field.Unknown
}

// formals evaluates a tape over degrees and heights, n bounds at a time; free writes those of
// drawn[i]. It returns the bounds of all values, one after the other, until the next evaluation.
func (t *tape) formals(n int, free func(i int, v variable, x []field.Formal)) []field.Formal {
	var f field.Formals
	t.bounds = slices.Grow(t.bounds[:0], n*len(t.steps))
	values := t.bounds[:n*len(t.steps)]
	at := func(i int32) []field.Formal { return values[int(i)*n:][:n] }
	for i, s := range t.steps {
		z := at(int32(i))
		switch s.kind {
		case draw:
			free(int(s.a), t.drawn[s.a], z)
		case integer:
			for k := range z {
				z[k] = f.FromInt(s.value())
			}
		case sum, difference:
			x, y := at(s.a), at(s.b)
			for k := range z {
				z[k] = f.Add(x[k], y[k])
			}
		case product:
			x, y := at(s.a), at(s.b)
			for k := range z {
				z[k] = f.Mul(x[k], y[k])
			}
		case dot:
			pairs := t.pairs(s)
			for j := 0; j < len(pairs); j += 2 {
				x, y := at(pairs[j]), at(pairs[j+1])
				for k := range z {
					term := f.Mul(x[k], y[k])
					if j > 0 {
						term = f.Add(z[k], term)
					}
					z[k] = term
				}
			}
		}
	}
	return values
}

// bound returns n bounds of the differences of all values that are compared.
func (t *tape) bound(n int, free func(i int, v variable, x []field.Formal)) []field.Formal {
	values := t.formals(n, free)
	bound := make([]field.Formal, n)
	for _, c := range t.compared {
		for k := range bound {
			d := field.Formals{}.Sub(values[int(c[0])*n+k], values[int(c[1])*n+k])
			bound[k] = largest(bound[k], d)
		}
	}
	return bound
}

// largest bounds what a or b bounds.
func largest(a, b field.Formal) field.Formal {
	return field.Formal{Degree: max(a.Degree, b.Degree), Height: max(a.Height, b.Height)}
}

// holds reports whether all values that are compared are equal in a prime field; free returns
// the next variable.
func (t *tape) holds(m field.Modular, free func(variable) uint64) bool {
	values := t.residues(m, free)
	return !slices.ContainsFunc(t.compared, func(c [2]int32) bool { return values[c[0]] != values[c[1]] })
}

// residues returns all values in a prime field, until the next evaluation.
func (t *tape) residues(m field.Modular, free func(variable) uint64) []uint64 {
	t.numbers = slices.Grow(t.numbers[:0], len(t.steps))
	values := t.numbers[:len(t.steps)]
	var a, b []uint64
	for i, s := range t.steps {
		switch s.kind {
		case draw:
			values[i] = free(t.drawn[s.a])
		case integer:
			values[i] = m.FromInt(s.value())
		case sum:
			values[i] = m.Add(values[s.a], values[s.b])
		case difference:
			values[i] = m.Sub(values[s.a], values[s.b])
		case product:
			values[i] = m.Mul(values[s.a], values[s.b])
		case dot:
			a, b = a[:0], b[:0]
			pairs := t.pairs(s)
			for j := 0; j < len(pairs); j += 2 {
				a, b = append(a, values[pairs[j]]), append(b, values[pairs[j+1]])
			}
			values[i] = m.Dot(a, b)
		}
	}
	return values
}
