package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
)

// expand writes the kernel of leaves.expand.
func (a *assembler) expand() {
	a.begin("expand4")
	h, z, zHarm := a.pointer(a.Param("h")), a.pointer(a.Param("z")), a.pointer(a.Param("zHarm"))
	code, table := a.pointer(a.Param("code")), a.pointer(a.Param("table"))
	a.loop(a.pointer(a.Param("n")), func(position word) {
		var leaf [lanes]vector // h z zHarm ·
		for k := range leaf {
			entry := a.GP64()
			a.MOVBLZX(operand.Mem{Base: code, Disp: k}, entry.As32())
			a.SHLQ(operand.Imm(5), entry)
			leaf[k] = a.load(at(table, entry, 0))
		}
		a.ADDQ(operand.Imm(lanes), code)
		even := a.unpack(leaf, func(x, y, z vector) { a.VUNPCKLPD(y, x, z) })
		odd := a.unpack(leaf, func(x, y, z vector) { a.VUNPCKHPD(y, x, z) })
		for _, half := range []struct {
			from [2]vector
			imm  uint64
			to   word
		}{{even, 0x20, h}, {odd, 0x20, z}, {even, 0x31, zHarm}} {
			x := a.YMM()
			a.VPERM2F128(operand.Imm(half.imm), half.from[1], half.from[0], x)
			a.VMOVUPD(x, at(half.to, position, 0))
		}
	})
	a.end()
}

// unpack interleaves the first two vectors, and the last two.
func (a *assembler) unpack(x [lanes]vector, instruction func(x, y, z vector)) (z [2]vector) {
	for k := range z {
		z[k] = a.YMM()
		instruction(x[2*k], x[2*k+1], z[k])
	}
	return z
}

// logs writes the kernel of logs.
func (a *assembler) logs() {
	a.begin("logs4")
	dst, src, table := a.pointer(a.Param("dst")), a.pointer(a.Param("src")), a.pointer(a.Param("table"))
	start := a.constant("logStart", 0x3FE6680000000000)
	bias := a.constant("kBias", 1024<<52)
	mantissa := a.constant("mantissaBits", 1<<52-1)
	half := a.constant("halfCell", 1<<43)
	centre := a.constant("centreBits", 0xFFFFF00000000000)
	shifter := a.constant("two52", 0x4330000000000000)
	shifted := a.constant("two52And1024", 0x4330000000000400)
	ln2 := a.constant("ln2", math.Float64bits(math.Ln2))
	inverseOf := func(name string, n float64) vector { return a.constant(name, math.Float64bits(1/n)) }
	// The others are read again each time: there are sixteen registers.
	a.loop(a.pointer(a.Param("n")), func(position word) {
		offset, k, cell := a.load(at(src, position, 0)), a.YMM(), a.YMM()
		a.VPSUBQ(start, offset, offset)
		a.VPADDQ(bias, offset, k)
		a.VPSRLQ(operand.Imm(52), k, k) // k + 1024
		a.VPOR(shifter, k, k)
		k = a.sub(k, shifted)
		a.VPAND(mantissa, offset, offset)
		a.VPSRLQ(operand.Imm(44), offset, cell)
		a.VPSLLQ(operand.Imm(4), cell, cell) // of sixteen bytes
		upper := a.XMM()
		a.VEXTRACTI128(operand.Imm(1), cell, upper)
		entries := [lanes]word{a.GP64(), a.GP64(), a.GP64(), a.GP64()}
		a.VMOVQ(cell.AsX(), entries[0])
		a.VPEXTRQ(operand.Imm(1), cell.AsX(), entries[1])
		a.VMOVQ(upper, entries[2])
		a.VPEXTRQ(operand.Imm(1), upper, entries[3])
		var pairs [2]vector // 1/c and log c of two numbers
		for i := range pairs {
			pairs[i] = a.YMM()
			a.VMOVUPD(at(table, entries[i], 0), pairs[i].AsX())
			a.VINSERTF128(operand.Imm(1), at(table, entries[i+2], 0), pairs[i], pairs[i])
		}
		inverse, log := a.YMM(), a.YMM()
		a.VUNPCKLPD(pairs[1], pairs[0], inverse)
		a.VUNPCKHPD(pairs[1], pairs[0], log)
		m, c := offset, a.YMM()
		a.VPADDQ(start, m, m)
		a.VPADDQ(half, m, c)
		a.VPAND(centre, c, c)
		r := a.mul(a.sub(m, c), inverse)
		r2 := a.mul(r, r)
		whole := a.add(log, a.mul(ln2, k))
		near := a.sub(inverseOf("third", 3), a.mul(r, inverseOf("quarter", 4)))
		far := a.sub(inverseOf("fifth", 5), a.mul(r, inverseOf("sixth", 6)))
		tail := a.add(a.mul(r2, far), near)
		square := a.mul(r2, a.sub(a.mul(r, tail), inverseOf("half", 2)))
		a.VMOVUPD(a.add(a.add(square, r), whole), at(dst, position, 0))
	})
	a.end()
}
