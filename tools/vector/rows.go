package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
)

// rows writes the kernel of rows.run for rows of v numbers, four rows at a time: v vectors.
func (a *assembler) rows(v int) {
	a.begin(fmt.Sprintf("rows%d", v))
	args := a.Dereference(a.Param("args"))
	field := func(name string) word { return a.pointer(args.Field(name)) }
	p, h, z, c, d, g, prob := field("p"), field("h"), field("z"), field("c"), field("d"), field("g"), field("prob")
	edges := a.GP64() // the position of the first row in the arrays per edge
	a.XORQ(edges, edges)
	one := a.constant("one", 0x3FF0000000000000)
	a.loop(field("n"), func(states word) {
		// weight returns those of the edges of vector k: kept, where there are enough registers.
		weight := func(k int) vector { return a.load(at(p, edges, 32*k)) }
		if v <= lanes {
			kept := make([]vector, v)
			for k := range kept {
				kept[k] = weight(k)
			}
			weight = func(k int) vector { return kept[k] }
		}
		store := func(name string, x vector) { a.VMOVUPD(x, at(field(name), states, 0)) }
		average := func(name string, array word) vector {
			sums := rowSums{a: a, v: v}
			for k := range v {
				sums.add(k, a.mul(at(array, edges, 32*k), weight(k)))
			}
			x := sums.total()
			store(name, x)
			return x
		}
		mean := average("mean", h)
		average("sumZ", z)
		average("carry", c)
		trace, local, norm := rowSums{a: a, v: v}, rowSums{a: a, v: v}, rowSums{a: a, v: v}
		for k := range v {
			w := weight(k)
			trace.add(k, a.mul(a.sub(one, w), w))
		}
		store("trace", trace.total())

		var meanOf, probOf func(k int) vector
		if v == 2 {
			meanOf, probOf = a.double(mean), a.double(a.load(at(prob, states, 0)))
		} else {
			meanOf, probOf = a.spread(v, field("mean"), states), a.spread(v, prob, states)
		}
		for k := range v {
			delta := a.sub(a.load(at(h, edges, 32*k)), meanOf(k))
			a.VMOVUPD(delta, at(d, edges, 32*k))
			moved := a.mul(weight(k), delta)
			a.VMOVUPD(a.mul(moved, probOf(k)), at(g, edges, 32*k))
			local.add(k, a.mul(moved, delta))
			norm.add(k, a.mul(moved, moved))
		}
		store("local", local.total())
		store("norm", norm.total())
		a.ADDQ(operand.U32(32*v), edges)
	})
	a.end()
}

// double returns what gives the edges of vector k, of rows of two, the number of their state.
func (a *assembler) double(four vector) func(k int) vector {
	return func(k int) vector {
		z := a.YMM()
		a.VPERMPD(operand.Imm([]uint64{0x50, 0xFA}[k]), four, z) // numbers 0 0 1 1, and 2 2 3 3
		return z
	}
}

// spread does so for rows of v, four or eight.
func (a *assembler) spread(v int, numbers, states word) func(k int) vector {
	return func(k int) vector { return a.broadcast(at(numbers, states, size*(k*lanes/v))) }
}

// rowSums adds up each of four rows of v numbers, which are v vectors.
type rowSums struct {
	a     *assembler
	v     int
	terms []vector
}

// add takes vector k. The second half of a row of eight is added to the first at once: sixteen
// vectors would not fit into the registers.
func (s *rowSums) add(k int, x vector) {
	if s.v == 2*lanes && k%2 == 1 {
		s.a.VADDPD(x, s.terms[k/2], s.terms[k/2])
		return
	}
	s.terms = append(s.terms, x)
}

// total returns the four sums.
func (s *rowSums) total() vector {
	a, x := s.a, s.terms
	if s.v == 2 {
		z := a.YMM()
		a.VHADDPD(x[1], x[0], z) // rows 0 2 1 3
		a.VPERMPD(operand.Imm(0xD8), z, z)
		return z
	}
	first, second, crossed, straight := a.YMM(), a.YMM(), a.YMM(), a.YMM()
	a.VHADDPD(x[1], x[0], first) // half of row 0, of row 1, and the other halves
	a.VHADDPD(x[3], x[2], second)
	a.VPERM2F128(operand.Imm(0x21), second, first, crossed)
	a.VBLENDPD(operand.Imm(0x0C), second, first, straight)
	return a.add(straight, crossed)
}
