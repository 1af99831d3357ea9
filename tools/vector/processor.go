package main

import "github.com/mmcloughlin/avo/reg"

// cpuid and xgetbv write what the check of the processor reads.

func (a *assembler) cpuid() {
	a.begin("cpuid")
	a.Load(a.Param("leaf"), reg.EAX)
	a.Load(a.Param("subleaf"), reg.ECX)
	a.CPUID()
	a.Store(reg.EAX, a.Return("a"))
	a.Store(reg.EBX, a.Return("b"))
	a.Store(reg.ECX, a.Return("c"))
	a.Store(reg.EDX, a.Return("d"))
	a.RET()
}

func (a *assembler) xgetbv() {
	a.begin("xgetbv")
	a.XORL(reg.ECX, reg.ECX)
	a.XGETBV()
	a.Store(reg.EAX, a.Return("low"))
	a.RET()
}
