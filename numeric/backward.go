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
	leafHarm                                float64 // Σ_e P·p·z·Harm over the edges of position T
}

func (a *sums) add(b *sums) {
	a.information += b.information
	a.residual += b.residual
	a.gradient += b.gradient
	a.fisher += b.fisher
	a.recovery += b.recovery
	a.recoveryInformation += b.recoveryInformation
	a.gibbsRecovery += b.gibbsRecovery
	a.gibbsKL += b.gibbsKL
	a.zLogZ += b.zLogZ
	a.leafHarm += b.leafHarm
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
	h, z, v []float64 // gathered from the targets of a block's edges
	// Per state of the block: Σ p(Δ)², Σ (pΔ)², and at position T Σ p·z·Harm.
	spread, norm, leafHarm [blockStates]float64
	gibbs, logGibbs        [blockStates]float64
}

// backward fills the tables of every position from the last to the first. With
// tilted unset Z stays at 1, for the soft pass to replace.
func (s *Solver) backward(tilted bool) {
	lambda := s.lambda
	if !tilted {
		lambda = 0
	}
	s.leaves.tilt(lambda)
	for i := len(s.levels) - 1; i >= 0; i-- {
		v := &s.levels[i]
		blocks := s.each(v, func(w *worker, b, lo, hi int) {
			s.partial[b] = w.block(s, i, lo, hi)
		})
		v.sums = pairwise(s.partial[:blocks])
	}
}

// block computes the rows lo ≤ x < hi of s.levels[i].
func (w *worker) block(s *Solver, i, lo, hi int) sums {
	l := &s.levels[i]
	first, _ := l.layer.Row(lo)
	_, last := l.layer.Row(hi - 1)
	r := rows{
		p: l.Conditional[first:last], d: l.Innovation[first:last], g: l.Gradient[first:last],
		prob: l.Probability[lo:hi], value: l.Value[lo:hi], variance: l.Variance[lo:hi],
		z: l.z[lo:hi], fisher: l.FisherTrace[lo:hi],
		spread: w.spread[:hi-lo], norm: w.norm[:hi-lo],
	}
	leaf := i == len(s.levels)-1
	switch {
	case leaf:
		r.leafHarm = w.leafHarm[:hi-lo]
		r.childH, r.childZ = w.gatherLeaves(&s.leaves, l, first, last)
	case l.layer.Tree():
		next := &s.levels[i+1]
		r.childH, r.childZ, r.childV = next.Value[first:last], next.z[first:last], next.Variance[first:last]
	default:
		r.childH, r.childZ, r.childV = w.gather(l, &s.levels[i+1], first, last)
	}
	if l.uniform > 0 {
		r.run(l.uniform)
	} else {
		for x := lo; x < hi; x++ {
			a, b := l.layer.Row(x)
			row := r.row(x-lo, a-first, b-first)
			row.run(b - a)
		}
	}
	return w.sum(s, l, &r, lo, hi)
}

// gather copies what the edges first ≤ e < last lead to.
func (w *worker) gather(l, next *level, first, last int) (h, z, v []float64) {
	n := last - first
	h, z, v = w.h[:n], w.z[:n], w.v[:n]
	for i := range n {
		y := l.layer.Next(first + i)
		h[i], z[i], v[i] = next.Value[y], next.z[y], next.Variance[y]
	}
	return h, z, v
}

// gatherLeaves is gather at position T.
func (w *worker) gatherLeaves(f *leaves, l *level, first, last int) (h, z []float64) {
	tree := l.layer.Tree()
	if f.code == nil && tree {
		return f.h[first:last], f.z[first:last]
	}
	n := last - first
	h, z = w.h[:n], w.z[:n]
	switch {
	case f.code == nil:
		for i := range n {
			y := l.layer.Next(first + i)
			h[i], z[i] = f.h[y], f.z[y]
		}
	case tree:
		for i, c := range f.code[first:last] {
			h[i], z[i] = f.table[c].h, f.table[c].z
		}
	default:
		for i := range n {
			t := &f.table[f.code[l.layer.Next(first+i)]]
			h[i], z[i] = t.h, t.z
		}
	}
	return h, z
}

// sum takes the logarithms, the recovery quantities and the sums of a block.
func (w *worker) sum(s *Solver, l *level, r *rows, lo, hi int) sums {
	logs(l.LogZ[lo:hi], r.z)
	t := w.recovery(s.in, l, lo, hi)
	var information, residual, gradient, fisher, zLogZ float64
	logZ, z := l.LogZ[lo:hi], r.z
	variance, trace, spread, norm := r.variance, r.fisher, r.spread, r.norm
	for i, p := range r.prob {
		information += p * spread[i]
		residual += p * variance[i]
		gradient += p * p * norm[i]
		fisher += p * trace[i]
		zLogZ += p * z[i] * logZ[i]
	}
	t.information, t.residual, t.gradient, t.fisher, t.zLogZ = information, residual, gradient, fisher, zLogZ
	for i, b := range r.leafHarm {
		t.leafHarm += r.prob[i] * b
	}
	return t
}
