package numeric

// rows is a block of consecutive rows as the kernel sees it: slices per edge
// (p, children, innovations, gradient) and per state.
type rows struct {
	p                      []float64 // p(a|x)
	childH, childZ, childV []float64 // h, Z and Var(Harm|·) of the targets; childV is nil at position T
	d, g                   []float64 // out: Δ and P·p·Δ

	prob            []float64 // P(x)
	value, variance []float64 // out: h(x), Var(Harm|x)
	z, fisher       []float64 // out: Z(x), tr F(x)
	spread, norm    []float64 // out: Var(h_t|x) = Σ pΔ², Σ (pΔ)²
	leafHarm        []float64 // out, at position T: Σ p·z·Harm
}

// row returns the single row i, whose edges are a ≤ e < b.
func (r *rows) row(i, a, b int) rows {
	one := rows{
		p: r.p[a:b], childH: r.childH[a:b], childZ: r.childZ[a:b], d: r.d[a:b], g: r.g[a:b],
		prob: r.prob[i : i+1], value: r.value[i : i+1], variance: r.variance[i : i+1],
		z: r.z[i : i+1], fisher: r.fisher[i : i+1], spread: r.spread[i : i+1], norm: r.norm[i : i+1],
	}
	if r.childV != nil {
		one.childV = r.childV[a:b]
	} else {
		one.leafHarm = r.leafHarm[i : i+1]
	}
	return one
}

// run computes every row; each has n edges. At every state x, over its edges:
//
//	h = Σ p·h'        Δ = h' − h              Z = Σ p·Z'
//	Var(h_t|x) = Σ p·Δ²      Var(Harm|x) = Σ p·Var' + Var(h_t|x)
//	tr F = 1 − Σ p²          ‖(diag p − p pᵀ)h'‖² = Σ (p·Δ)²
func (r *rows) run(n int) {
	prob := r.prob
	value, variance := r.value[:len(prob)], r.variance[:len(prob)]
	z, fisher := r.z[:len(prob)], r.fisher[:len(prob)]
	spread, norm := r.spread[:len(prob)], r.norm[:len(prob)]
	at := 0
	for i, weight := range prob {
		p := r.p[at : at+n]
		childH, childZ := r.childH[at : at+n][:len(p)], r.childZ[at : at+n][:len(p)]
		d, g := r.d[at : at+n][:len(p)], r.g[at : at+n][:len(p)]
		var mean, squares, sumZ, inner, harm float64
		if r.childV == nil {
			for a, w := range p {
				tilted := w * childZ[a]
				mean += w * childH[a]
				squares += w * w
				sumZ += tilted
				harm += tilted * childH[a]
			}
			r.leafHarm[i] = harm
		} else {
			childV := r.childV[at : at+n][:len(p)]
			for a, w := range p {
				mean += w * childH[a]
				squares += w * w
				sumZ += w * childZ[a]
				inner += w * childV[a]
			}
		}
		var local, gradient float64
		for a, w := range p {
			delta := childH[a] - mean
			c := w * delta
			local += c * delta
			gradient += c * c
			d[a], g[a] = delta, weight*c
		}
		value[i], variance[i] = mean, inner+local
		z[i], fisher[i] = sumZ, max(0, 1-squares)
		spread[i], norm[i] = local, gradient
		at += n
	}
}
