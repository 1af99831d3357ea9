package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Curves θ(s) = s·δ + O(s²) through the base model, without divisions: to the orders that
// matter here the objective and the KL divergences depend on δ alone, whatever smooth
// parameterisation it is. The logits at second order are arbitrary numbers, one a token.

// curveLeaves bounds the shapes at which curves are looked at.
const curveLeaves = 64

// costsAlong returns E[Harm] and, for t = 1…T at [t−1], KL_t of the policies whose logits
// exceed those of the base model by the given functions of s, at [t−1][e]. Their numbers lie
// in R, which lift takes those of the world to. At s = 0 the logits have mean 0 at every
// prefix, and squares that are 0.
func costsAlong[E, R any](w *World[E], r taylor[R], lift func(E) R, logit [][][]R) (harm []R, kl [][]R) {
	reached := [][]R{r.constant(r.FromInt(1))}
	for t := 1; t <= w.T(); t++ {
		l, cost := w.Layer(t), r.zero()
		next := make([][]R, w.Family.Process.States(t))
		for x := range next {
			next[x] = r.zero()
		}
		for x := range l.States() {
			lo, hi := l.Row(x)
			z, tilted := r.zero(), make([][]R, hi-lo)
			for e := lo; e < hi; e++ {
				tilted[e-lo] = r.mul(r.constant(lift(w.Family.Prob[t-1][e])), r.exp(logit[t-1][e]))
				z = r.add(z, tilted[e-lo])
			}
			logZ := r.log(z)
			for e := lo; e < hi; e++ {
				visits := r.mul(reached[x], r.over(tilted[e-lo], z))
				next[l.Next(e)] = r.add(next[l.Next(e)], visits)
				cost = r.add(cost, r.mul(visits, r.sub(logit[t-1][e], logZ)))
			}
		}
		kl, reached = append(kl, cost), next
	}
	harm = r.zero()
	for x, h := range w.Family.Harm {
		harm = r.add(harm, r.mul(r.constant(lift(h)), reached[x]))
	}
	return harm, kl
}

// slopesAlong returns f_t(e)ᵀδ for every token e, at [t−1][e]: what a small step along δ adds
// to its logit.
func slopesAlong[E any](w *World[E], delta []E) [][]E {
	table := make([][]E, w.T())
	for i := range table {
		t := i + 1
		table[i] = zeros(w, w.Layer(t).Edges())
		for x := range w.Layer(t).States() {
			lo, _ := w.Layer(t).Row(x)
			for k := range w.Family.Param.Width(w.Family.Process, t, x) {
				d := delta[w.Family.Param.Index(w.Family.Process, t, x, k)]
				for a, f := range exact.Feature(w.Ring, w.Family, t, x, k, nil) {
					table[i][lo+a] = w.Add(table[i][lo+a], w.Mul(d, f))
				}
			}
		}
	}
	return table
}

// centred returns the numbers less their mean at every prefix.
func centred[E any](w *World[E], table [][]E) [][]E {
	list := make([][]E, len(table))
	for i := range table {
		list[i] = make([]E, len(table[i]))
		for x := range w.Layer(i + 1).States() {
			lo, hi := w.Layer(i + 1).Row(x)
			mean := w.Dot(w.Row(i+1, x), table[i][lo:hi])
			for e := lo; e < hi; e++ {
				list[i][e] = w.Sub(table[i][e], mean)
			}
		}
	}
	return list
}

// logits makes a function of each token's numbers in two tables.
func logits[E, R any](a, b [][]E, of func(a, b E) R) [][]R {
	table := make([][]R, len(a))
	for i := range a {
		for e := range a[i] {
			table[i] = append(table[i], of(a[i][e], b[i][e]))
		}
	}
	return table
}

// divergencesAlong returns KL_t for t = 1…T at [t−1], by its first three derivatives at s = 0,
// along θ(s) = s·δ + O(s²).
func divergencesAlong[E any](w *World[E], delta []E) [][]E {
	_, kl := costsAlong(w, taylor[E]{w.Ring, 2}, itself, logits(slopesAlong(w, delta), anyEdges(w), func(slope, bend E) []E {
		return []E{w.FromInt(0), slope, bend}
	}))
	return kl
}

// slopeAlong returns the coefficient of s of ∂L/∂θ_i along θ(s) = s·δ + O(s²), λ·s the weight
// of harm, by dual numbers.
func slopeAlong[E any](w *World[E], delta []E, i int) E {
	d := field.NewSeries(w.Ring, 1)
	unit := zeros(w, len(delta))
	unit[i] = w.FromInt(1)
	start := logits(centred(w, slopesAlong(w, unit)), slopesAlong(w, delta), func(step, slope E) [][]E {
		return [][]E{d.Dual(w.FromInt(0), step), d.Constant(slope)}
	})
	for t, bend := range anyEdges(w) {
		for e, b := range bend {
			start[t][e][1][1] = b
		}
	}
	harm, kl := costsAlong(w, taylor[[]E]{d, 1}, d.Constant, start)
	sum := w.Mul(w.Objective().Lambda, harm[0][1])
	for _, cost := range kl {
		sum = w.Add(sum, cost[1][1])
	}
	return sum
}

// decoupledAlike returns the world with parameters of their own for every position, as many as
// it has for all, and with the same features.
func decoupledAlike[E any](w *World[E]) *World[E] {
	f := w.Family
	param := *f.Param
	if param.Tabular() {
		return w
	}
	param.Kind = model.Decoupled
	f.Param, f.Powers = &param, nil
	return inFamily(w, f)
}

// sum returns a + b.
func sum[E any](w *World[E], a, b []E) []E {
	v := make([]E, len(a))
	for i := range v {
		v[i] = w.Add(a[i], b[i])
	}
	return v
}

// eq59Free claims the first-order condition and the three terms for any two shifts.
func eq59Free[E any](w *World[E]) {
	splitFree(w, "2·KL_t = δ_fᵀF̄_tδ_f + δ_iᵀF̄_tδ_i + 2·δ_fᵀF̄_tδ_i; δ_f, δ_i arbitrary, order 2", 2)
}

func eq59FreeHalf[E any](w *World[E]) {
	splitFree(w, "2·KL_t = δ_fᵀF̄_tδ_f + δ_iᵀF̄_tδ_i + δ_fᵀF̄_tδ_i; δ_f, δ_i arbitrary, order 2", 1)
}

func splitFree[E any](w *World[E], claim string, cross int64) {
	n := w.Family.Param.Total(w.Family.Process)
	symbols := w.Arbitrary(2 * n)
	functional, incidental := symbols[:n], symbols[n:]
	delta := sum(w, functional, incidental)
	g, f := total(w)
	for i, v := range times(w, f, delta) {
		w.Equal(Place{}.Where("parameter %d", i), "∂L/∂θ = λḠ + F̄·(δ_f + δ_i), order 1", slopeAlong(w, delta, i), w.Add(w.Mul(w.Objective().Lambda, g[i]), v))
	}
	for t, kl := range divergencesAlong(w, delta) {
		at, f := verify.At(t+1, 0), meanFisher(w, t+1)
		w.Equal(at, "KL_t, order 0", kl[0], w.FromInt(0))
		w.Equal(at, "KL_t, order 1", kl[1], w.FromInt(0))
		parts := w.Add(form(w, f, functional), form(w, f, incidental))
		w.Equal(at, claim, kl[2], w.Add(parts, w.Mul(w.FromInt(cross), w.Dot(functional, times(w, f, incidental)))))
	}
}

// crossFree claims the gap of the bound on the cross term, for any two shifts.
func crossFree[E any](w *World[E]) {
	crossIs(w, "δ_fᵀF̄_tδ_f·δ_iᵀF̄_tδ_i − (δ_fᵀF̄_tδ_i)² = Σ of squares over pairs of tokens", func(weight, along, across []E, _ int) E {
		return squares(w, weight, along, [][]E{across})
	})
}

// crossFreeWithin takes the pairs of tokens of one prefix alone.
func crossFreeWithin[E any](w *World[E]) {
	crossIs(w, "δ_fᵀF̄_tδ_f·δ_iᵀF̄_tδ_i − (δ_fᵀF̄_tδ_i)² = Σ of squares over pairs of tokens of one prefix", func(weight, along, across []E, t int) E {
		sum := w.FromInt(0)
		for x := range w.Layer(t).States() {
			lo, hi := w.Layer(t).Row(x)
			sum = w.Add(sum, squares(w, weight[lo:hi], along[lo:hi], [][]E{across[lo:hi]}))
		}
		return sum
	})
}

// crossIs compares the gap with what pairs makes of the probabilities of the tokens of all
// prefixes and of s_tᵀδ_f and s_tᵀδ_i.
func crossIs[E any](w *World[E], claim string, pairs func(weight, along, across []E, t int) E) {
	n := w.Family.Param.Total(w.Family.Process)
	symbols := w.Arbitrary(2 * n)
	a, b := symbols[:n], symbols[n:]
	along, across := centred(w, slopesAlong(w, a)), centred(w, slopesAlong(w, b))
	for t := 1; t <= w.T(); t++ {
		f, weight := meanFisher(w, t), zeros(w, w.Layer(t).Edges())
		for x := range w.Layer(t).States() {
			lo, _ := w.Layer(t).Row(x)
			for k, p := range w.Row(t, x) {
				weight[lo+k] = w.Mul(w.Solution().Occupancy[t-1][x], p)
			}
		}
		gap := w.Sub(w.Mul(form(w, f, a), form(w, f, b)), field.Square(w.Ring, w.Dot(a, times(w, f, b))))
		w.Equal(verify.At(t, 0), claim, gap, pairs(weight, along[t-1], across[t-1], t))
	}
}

// thm14Free claims the first-order condition and the quadratic form for any shift, where
// every position has parameters of its own.
func thm14Free[E any](w *World[E]) {
	quadraticFree(w, "2·KL_t = δ_tᵀF̄_tδ_t; δ arbitrary, order 2", 1)
}

func thm14FreeTwice[E any](w *World[E]) {
	quadraticFree(w, "KL_t = δ_tᵀF̄_tδ_t; δ arbitrary, order 2", 2)
}

func quadraticFree[E any](w *World[E], claim string, factor int64) {
	w = decoupledAlike(w)
	delta := w.Arbitrary(w.Family.Param.Total(w.Family.Process))
	divergences := divergencesAlong(w, delta)
	for t := 1; t <= w.T(); t++ {
		at, f, kl := verify.At(t, 0), meanFisher(w, t), divergences[t-1]
		offset := w.Family.Param.Offset(w.Family.Process, t)
		g, shift := block(w, t, exact.Gradient(w.Ring, w.Family, w.Solution(), t)), block(w, t, times(w, f, delta))
		for i := range g {
			w.Equal(at.Where("parameter %d", i), "∂L/∂θ_t = λG_t + F̄_tδ_t, order 1", slopeAlong(w, delta, offset+i), w.Add(w.Mul(w.Objective().Lambda, g[i]), shift[i]))
		}
		w.Equal(at, "KL_t, order 0", kl[0], w.FromInt(0))
		w.Equal(at, "KL_t, order 1", kl[1], w.FromInt(0))
		w.Equal(at, claim, kl[2], w.Mul(w.FromInt(factor), form(w, f, delta)))
	}
}
