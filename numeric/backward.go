package numeric

// The direct regime: for directMin ≤ λ ≤ directMax the backward pass carries
// Z(x) = E[e^{−λHarm}|x] itself, which then lies in [e^−32, 1] and cannot
// underflow. Outside, KL_t would be lost to cancellation (small λ) or Z to
// underflow (large λ), and soft.go takes over with logarithms.
const (
	directMin = 1.0 / 4
	directMax = 32
)

// A block is what one step of a pass works on: few enough states and edges for
// its scratch to stay in the first-level cache. Sums are taken within blocks,
// then over blocks pairwise, so they do not depend on the number of cores.
const (
	blockStates = 128
	blockEdges  = 1024
)

// sums holds the sums over the states of one layer behind a Position.
type sums struct {
	information, residual, gradient, fisher float64
	recovery, recoveryInformation           float64
	gibbsRecovery, gibbsKL                  float64
	zLogZ                                   float64 // Σ_x P(x)·Z(x)·log Z(x)
	carry                                   float64 // Σ_x P(x)·carry(x), at position T Σ P·p·Z·Harm
}

// fields returns the sums.
func (a *sums) fields() [10]*float64 {
	return [10]*float64{
		&a.information, &a.residual, &a.gradient, &a.fisher, &a.recovery,
		&a.recoveryInformation, &a.gibbsRecovery, &a.gibbsKL, &a.zLogZ, &a.carry,
	}
}

func (a *sums) add(b *sums) {
	from := b.fields()
	for i, v := range a.fields() {
		*v += *from[i]
	}
}

// pairwise adds up the sums of the blocks; it overwrites them. Its rounding
// error is that of ⌈log2 n⌉ additions.
func pairwise(s []sums) sums {
	for n := len(s); n > 1; n = (n + 1) / 2 {
		for i := range n / 2 {
			s[i].add(&s[n-1-i])
		}
	}
	return s[0]
}

// worker holds the scratch of one goroutine.
type worker struct {
	h, z, c []float64 // gathered from the targets of a block's edges, as in rows
	// Per state of the block, as in rows.
	carry, local, norm [blockStates]float64
	gibbs, logGibbs    [blockStates]float64
}

// backward fills the tables of every position from the last to the first. If tilted is
// unset, Z stays at 1, for the soft pass to replace.
func (s *Solver) backward(tilted bool) {
	lambda := s.lambda
	if !tilted {
		lambda = 0
	}
	s.leaves.tilt(lambda)
	for i := len(s.levels) - 1; i >= 0; i-- {
		v := &s.levels[i]
		s.rowsPass = rowsPass{s, i}
		blocks := s.each(v, &s.rowsPass)
		v.sums = pairwise(s.partial[:blocks])
	}
}

// rowsPass is the pass of backward at s.levels[i].
type rowsPass struct {
	s *Solver
	i int
}

func (p *rowsPass) block(w *worker, b, lo, hi int) { p.s.partial[b] = w.block(p.s, p.i, lo, hi) }

// block computes the rows lo ≤ x < hi of s.levels[i].
func (w *worker) block(s *Solver, i, lo, hi int) sums {
	l := &s.levels[i]
	first, _ := l.layer.Row(lo)
	_, last := l.layer.Row(hi - 1)
	n := hi - lo
	r := rows{
		p: l.Conditional[first:last], d: l.Innovation[first:last], g: l.Gradient[first:last],
		prob: l.Probability[lo:hi], mean: l.Value[lo:hi], sumZ: l.z[lo:hi], trace: l.FisherTrace[lo:hi],
		carry: w.carry[:n], local: w.local[:n], norm: w.norm[:n],
	}
	end := i == len(s.levels)-1
	switch {
	case end:
		r.h, r.z, r.c = w.gatherLeaves(&s.leaves, l, first, last)
	case l.layer.Tree():
		next := &s.levels[i+1]
		r.h, r.z, r.c = next.Value[first:last], next.z[first:last], next.Variance[first:last]
	default:
		r.h, r.z, r.c = w.gather(l, &s.levels[i+1], first, last)
	}
	if l.uniform > 0 {
		r.run(l.uniform)
	} else {
		for x := lo; x < hi; x++ {
			a, b := l.layer.Row(x)
			r.row(x-lo, a-first, b-first)
		}
	}
	t := w.recovery(s.in, l, lo, hi)
	logs(l.LogZ[lo:hi], r.sumZ)
	carried := 1.0
	if end { // complete sequences have no variance: the third number was Z·Harm
		carried = 0
	}
	t.moments(&r, l.LogZ[lo:hi], l.Variance[lo:hi], carried)
	return t
}

// momentArgs are the arguments of moments for the assembly, which knows the order
// of the fields.
type momentArgs struct {
	prob, local, carry, norm, trace, z, logZ, variance *float64

	carried float64
	n       int
}

// moments sets variance to carried·carry + local and adds to a the means under P
// of what the rows left per state.
func (a *sums) moments(r *rows, logZ, variance []float64, carried float64) {
	done := 0
	if n := len(r.prob) &^ 3; vector && n > 0 {
		var s [6][4]float64
		moments4(&s, &momentArgs{
			&r.prob[0], &r.local[0], &r.carry[0], &r.norm[0], &r.trace[0], &r.sumZ[0], &logZ[0], &variance[0], carried, n,
		})
		for i, sum := range []*float64{&a.information, &a.residual, &a.gradient, &a.fisher, &a.zLogZ, &a.carry} {
			*sum += lanes(s[i])
		}
		done = n
	}
	for i := done; i < len(r.prob); i++ {
		p := r.prob[i]
		variance[i] = carried*r.carry[i] + r.local[i]
		a.information += p * r.local[i]
		a.residual += p * variance[i]
		a.gradient += p * p * r.norm[i]
		a.fisher += p * r.trace[i]
		a.zLogZ += p * r.sumZ[i] * logZ[i]
		a.carry += p * r.carry[i]
	}
}

// lanes adds up the partial sums that the assembly leaves.
func lanes(s [4]float64) float64 { return (s[0] + s[1]) + (s[2] + s[3]) }

// gather copies what the edges first ≤ e < last lead to.
func (w *worker) gather(l, next *level, first, last int) (h, z, c []float64) {
	n := last - first
	h, z, c = w.h[:n], w.z[:n], w.c[:n]
	for i := range n {
		y := l.layer.Next(first + i)
		h[i], z[i], c[i] = next.Value[y], next.z[y], next.Variance[y]
	}
	return h, z, c
}

// gatherLeaves is gather at position T.
func (w *worker) gatherLeaves(f *leaves, l *level, first, last int) (h, z, c []float64) {
	n := last - first
	h, z, c = w.h[:n], w.z[:n], w.c[:n]
	if f.code != nil && l.layer.Tree() {
		f.expand(h, z, c, f.code[first:last])
		return h, z, c
	}
	for i := range n {
		h[i], z[i], c[i] = f.at(l.layer.Next(first + i))
	}
	return h, z, c
}
