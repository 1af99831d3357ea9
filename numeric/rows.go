package numeric

// rows is a block of consecutive rows as the kernel sees it, with slices per edge
// and per state.
type rows struct {
	// Per edge: p(a|x), then h and Z of the target and a third number c of it to
	// be averaged: Var(Harm|·), or Z·Harm at position T.
	p, h, z, c []float64
	d, g       []float64 // out: Δ and P·p·Δ

	prob  []float64 // P(x)
	mean  []float64 // out: h(x) = Σ p·h
	sumZ  []float64 // out: Z(x) = Σ p·Z
	carry []float64 // out: Σ p·c
	trace []float64 // out: tr F(x) = Σ p(1 − p)
	local []float64 // out: Var(h_t|x) = Σ p·Δ²
	norm  []float64 // out: ‖(diag p − p pᵀ)h‖² = Σ (p·Δ)²
}

// rowArgs is rows for the assembly, which knows the order of its fields.
type rowArgs struct {
	p, h, z, c, d, g, prob, mean, sumZ, carry, trace, local, norm *float64

	n int
}

// run computes every row; each has v edges.
func (r *rows) run(v int) {
	done := 0
	if n := len(r.prob) &^ 3; vector && n > 0 && (v == 2 || v == 4 || v == 8) {
		args := rowArgs{
			&r.p[0], &r.h[0], &r.z[0], &r.c[0], &r.d[0], &r.g[0],
			&r.prob[0], &r.mean[0], &r.sumZ[0], &r.carry[0], &r.trace[0], &r.local[0], &r.norm[0], n,
		}
		switch v {
		case 2:
			rows2(&args)
		case 4:
			rows4(&args)
		case 8:
			rows8(&args)
		}
		done = n
	}
	for i := done; i < len(r.prob); i++ {
		r.row(i, i*v, (i+1)*v)
	}
}

// row computes row i, whose edges are lo ≤ e < hi.
func (r *rows) row(i, lo, hi int) {
	p := r.p[lo:hi]
	h, z, c := r.h[lo:hi][:len(p)], r.z[lo:hi][:len(p)], r.c[lo:hi][:len(p)]
	d, g := r.d[lo:hi][:len(p)], r.g[lo:hi][:len(p)]
	var mean, sumZ, carry, trace float64
	for a, w := range p {
		mean += w * h[a]
		sumZ += w * z[a]
		carry += w * c[a]
		trace += w * (1 - w)
	}
	var local, norm float64
	prob := r.prob[i]
	for a, w := range p {
		delta := h[a] - mean
		t := w * delta
		local += t * delta
		norm += t * t
		d[a], g[a] = delta, prob*t
	}
	r.mean[i], r.sumZ[i], r.carry[i], r.trace[i] = mean, sumZ, carry, trace
	r.local[i], r.norm[i] = local, norm
}
