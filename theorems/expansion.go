package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// Appendix A: the KL divergence to second order.

var expansionStatements = []*Statement{lemma24, equation54, equation55}

var lemma24 = &Statement{
	ID: "lem-24", Title: "Fisher–Hessian identity", Section: "A.1",
	Sentence: verify.Sentence{Says: "The Hessian of the KL of a position at the base model is its Fisher information."},
	Formula:  "∇²_θ KL_t at θ_0 = F̄_t(θ_0), the outer expectation under P_θ",
	Reading: "The Hessian is read off the coefficient of s² in KL_t along θ_0 + s·v, where v is a unit " +
		"vector or the sum of two. Some of the families drawn have polynomial logits.",
	Claims: []Claim{{Check: verify.Series(lem24[rat], lem24[mod])}},
	NearMisses: []NearMiss{
		{Name: "the coefficient of s², not twice it: missing ½", Check: verify.Series(lem24NoHalf[rat], lem24NoHalf[mod])},
		{Name: "prefixes weighted equally", Check: verify.Series(lem24Unweighted[rat], lem24Unweighted[mod]), Source: everywhereShared},
	},
	Source: smoothFamilies,
}

// directions returns curves θ(s) = s·v + s²·u as rows of coefficients: v runs
// through the unit vectors and the sums of two of them, and u is not zero.
func directions[E any](w *World[E]) [][]E {
	const most = 6 // spread over a large family
	n := w.Family.Param.Total(w.Family.Process)
	total := n * (n + 1) / 2
	list := make([][]E, 0, most)
	for i, j := 0, 0; ; { // pairs i ≤ j in order
		v := make([]E, n)
		for k := range v {
			v[k] = w.FromInt(0)
		}
		v[i], v[j] = w.FromInt(1), w.FromInt(1)
		list = append(list, v)
		if len(list) == min(total, most) {
			return list
		}
		for j += max(1, total/most); j >= n; i++ {
			j += i + 1 - n // on to the next row of pairs
		}
	}
}

// lineOrder is the order of s through which KL_t is expanded along a line.
const lineOrder = 3

// alongLines runs f on the family's policies along each direction.
func alongLines[E any](w *World[E], f func(v []E, b *exact.Branch[E])) {
	s := field.NewSeries[E](w.Ring, lineOrder)
	for _, v := range directions(w) {
		theta := make([][]E, len(v))
		for i := range theta {
			theta[i] = s.FromInt(0)
			theta[i][1] = v[i]
			theta[i][2] = w.FromInt(int64(i%3) - 1)
		}
		b := defined(exact.Along(fieldOf(w), w.Family, theta, lineOrder)) // exponentials of series without a constant term exist
		f(v, b)
	}
}

// hessian compares twice the coefficient of s² of KL_t with a quadratic form.
func hessian[E any](w *World[E], claim string, scale int64, right func(t int, v []E) E) {
	alongLines(w, func(v []E, b *exact.Branch[E]) {
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), claim, w.Mul(w.FromInt(scale), b.KL[t-1][2]), right(t, v))
		}
	})
}

func lem24[E any](w *World[E]) {
	hessian(w, "vᵀ(∇²KL_t)v = vᵀF̄_tv", 2, func(t int, v []E) E { return form(w, meanFisher(w, t), v) })
}

func lem24NoHalf[E any](w *World[E]) {
	hessian(w, "KL_t, order 2 = vᵀF̄_tv", 1, func(t int, v []E) E { return form(w, meanFisher(w, t), v) })
}

func lem24Unweighted[E any](w *World[E]) {
	hessian(w, "vᵀ(∇²KL_t)v = Σ_x vᵀF_t(x)v", 2, func(t int, v []E) E {
		ones := make([]E, w.Layer(t).States())
		for x := range ones {
			ones[x] = w.FromInt(0)
		}
		for x := range w.States(t) {
			ones[x] = w.FromInt(1)
		}
		return form(w, w.MeanFisher(ones, t), v)
	})
}

var equation54 = &Statement{
	ID: "eq-54", Title: "Hessian of the KL divergence at one prefix", Section: "A.1",
	Sentence: verify.Sentence{Says: "At one prefix the Hessian of the KL is the Fisher information there."},
	Formula:  "∇²_θ KL(P_θ(·|y_<t)‖P_0(·|y_<t)) at θ_0 = F_t(y_<t)",
	Claims:   []Claim{{Check: verify.Series(eq54[rat], eq54[mod])}},
	NearMisses: []NearMiss{
		{Name: "tokens weighted equally", Check: verify.Series(eq54Unweighted[rat], eq54Unweighted[mod])},
		{Name: "the second moment of the features, not centred", Check: verify.Series(eq54Uncentred[rat], eq54Uncentred[mod])},
	},
	Source: smoothFamilies,
}

// rowHessian compares twice the coefficient of s² of the KL divergence at each
// prefix with a quadratic form in the local coordinates.
func rowHessian[E any](w *World[E], claim string, right func(t, x int, v []E) E) {
	s := field.NewSeries[E](w.Ring, lineOrder)
	alongLines(w, func(v []E, b *exact.Branch[E]) {
		everyPrefix(w, func(t, x int) {
			lo, hi := w.Layer(t).Row(x)
			kl := s.Dot(b.Prob[t-1][lo:hi], b.LogRatio[t-1][lo:hi])
			local := make([]E, w.Family.Param.Width(w.Family.Process, t, x))
			for i := range local {
				local[i] = v[w.Family.Param.Index(w.Family.Process, t, x, i)]
			}
			w.Equal(verify.At(t, x), claim, w.Mul(w.FromInt(2), kl[2]), right(t, x, local))
		})
	})
}

// moment returns Σ_a weight_a·(Σ_i v_i·f_i(a))².
func moment[E any](w *World[E], weight []E, rows [][]E, v []E) E {
	sum := w.FromInt(0)
	for a := range weight {
		u := w.FromInt(0)
		for i := range rows {
			u = w.Add(u, w.Mul(v[i], rows[i][a]))
		}
		sum = w.Add(sum, w.Mul(weight[a], w.Mul(u, u)))
	}
	return sum
}

func eq54[E any](w *World[E]) {
	rowHessian(w, "vᵀ(∇²KL)v = vᵀF_t(y_<t)v", func(t, x int, v []E) E { return moment(w, w.Row(t, x), scores(w, t, x), v) })
}

func eq54Unweighted[E any](w *World[E]) {
	rowHessian(w, "vᵀ(∇²KL)v = Σ_a (s(a)·v)²", func(t, x int, v []E) E {
		ones := make([]E, len(w.Row(t, x)))
		for a := range ones {
			ones[a] = w.FromInt(1)
		}
		return moment(w, ones, scores(w, t, x), v)
	})
}

func eq54Uncentred[E any](w *World[E]) {
	rowHessian(w, "vᵀ(∇²KL)v = E[(f·v)²]", func(t, x int, v []E) E {
		rows := scores(w, t, x)
		lo, _ := w.Layer(t).Row(x)
		for i := range rows {
			for a := range rows[i] {
				rows[i][a] = w.Family.Features[t-1][(lo+a)*len(rows)+i]
			}
		}
		return moment(w, w.Row(t, x), rows, v)
	})
}

var equation55 = &Statement{
	ID: "eq-55", Title: "Quadratic expansion of the KL divergence", Section: "A.1",
	Sentence: verify.Sentence{Says: "Near the base model the KL is a quadratic form with the Fisher information."},
	Formula:  "KL_t(θ_0 + δ) = ½·δᵀF̄_tδ + O(‖δ‖³)",
	Reading:  "Along every curve δ = s·v + s²·u: the coefficients of 1 and s vanish, and u does not enter that of s².",
	Claims:   []Claim{{Check: verify.Series(eq55[rat], eq55[mod])}},
	NearMisses: []NearMiss{
		{Name: "exact for the log-linear family: no O(‖δ‖³)", Check: verify.Series(eq55Exact[rat], eq55Exact[mod])},
		{Name: "a term of first order, δᵀG_t", Check: verify.Series(eq55Linear[rat], eq55Linear[mod])},
	},
	Source: smoothFamilies,
}

func eq55[E any](w *World[E]) {
	alongLines(w, func(v []E, b *exact.Branch[E]) {
		for t := 1; t <= w.T(); t++ {
			kl := b.KL[t-1]
			w.Equal(verify.At(t, 0), "KL_t, order 0", kl[0], w.FromInt(0))
			w.Equal(verify.At(t, 0), "KL_t, order 1", kl[1], w.FromInt(0))
			w.Equal(verify.At(t, 0), "KL_t = ½·vᵀF̄_tv, order 2", kl[2], w.Mul(fraction(w, 1, 2), form(w, meanFisher(w, t), v)))
		}
	})
}

func eq55Exact[E any](w *World[E]) {
	alongLines(w, func(_ []E, b *exact.Branch[E]) {
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "KL_t, order 3", b.KL[t-1][3], w.FromInt(0))
		}
	})
}

func eq55Linear[E any](w *World[E]) {
	alongLines(w, func(v []E, b *exact.Branch[E]) {
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "KL_t = vᵀG_t, order 1", b.KL[t-1][1], w.Dot(v, exact.Gradient(w.Ring, w.Family, w.Solution(), t)))
		}
	})
}
