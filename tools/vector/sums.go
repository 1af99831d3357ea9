package main

import "github.com/mmcloughlin/avo/operand"

// series writes the kernel of worker.recovery for small tilts.
func (a *assembler) series() {
	a.begin("series4")
	series := a.Dereference(a.Param("series"))
	coefficients := func(name string) func(i int) vector {
		return func(i int) vector { return a.broadcast(address(series.Field(name).Index(i))) }
	}
	odd := coefficients("odd") // read again each time: there are sixteen registers
	var even [5]vector
	for i := range even {
		even[i] = coefficients("even")(i)
	}
	rho, prob, adversary := a.pointer(a.Param("rho")), a.pointer(a.Param("prob")), a.pointer(a.Param("adversary"))
	sums := a.pointer(a.Param("sums"))
	one := a.constant("one", 0x3FF0000000000000)
	expm1 := a.broadcast(address(series.Field("expm1")))
	a.summed(4, sums, a.pointer(a.Param("n")), func(position word, add func(i int, x vector)) {
		r, p := a.load(at(rho, position, 0)), a.load(at(prob, position, 0))
		variance := a.mul(r, a.sub(one, r))
		add(0, a.mul(r, p))
		add(1, a.mul(at(adversary, position, 0), variance))
		up := a.mul(r, expm1)
		star := a.YMM()
		a.VDIVPD(a.add(up, one), a.add(up, r), star)
		add(2, a.mul(p, star))
		skewed := a.mul(a.sub(one, a.add(r, r)), a.horner(variance, 4, odd))
		kl := a.mul(variance, a.add(skewed, a.horner(variance, len(even), func(i int) vector { return even[i] })))
		add(3, a.mul(p, kl))
	})
}

// moments writes the kernel of sums.moments.
func (a *assembler) moments() {
	a.begin("moments4")
	args := a.Dereference(a.Param("args"))
	field := func(name string) word { return a.pointer(args.Field(name)) }
	prob, local, carry, norm, trace := field("prob"), field("local"), field("carry"), field("norm"), field("trace")
	z, logZ, variance := field("z"), field("logZ"), field("variance")
	carried := a.broadcast(address(args.Field("carried")))
	sums := a.pointer(a.Param("sums"))
	a.summed(6, sums, field("n"), func(position word, add func(i int, x vector)) {
		p, l, c := a.load(at(prob, position, 0)), a.load(at(local, position, 0)), a.load(at(carry, position, 0))
		add(0, a.mul(p, l))
		add(5, a.mul(p, c))
		v := a.add(l, a.mul(c, carried))
		a.VMOVUPD(v, at(variance, position, 0))
		add(1, a.mul(p, v))
		add(2, a.mul(at(norm, position, 0), a.mul(p, p)))
		add(3, a.mul(at(trace, position, 0), p))
		add(4, a.mul(at(logZ, position, 0), a.mul(at(z, position, 0), p)))
	})
}

// summed writes a loop that adds to some sums, and stores them.
func (a *assembler) summed(count int, sums, n word, body func(position word, add func(i int, x vector))) {
	sum := make([]vector, count)
	for i := range sum {
		sum[i] = a.zero()
	}
	a.loop(n, func(position word) {
		body(position, func(i int, x vector) { a.VADDPD(x, sum[i], sum[i]) })
	})
	for i, x := range sum {
		a.VMOVUPD(x, operand.Mem{Base: sums, Disp: size * lanes * i})
	}
	a.end()
}
