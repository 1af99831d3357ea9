package theorems

import (
	"fmt"
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Appendix A: smooth parameterisations and shared parameters.

func appendixA() []*Statement {
	looks := generators.Needs{Harm: true, Kind: model.Shared}
	smooth := smoothSource()
	shared := familySource(model.Shared, looks)
	everywhere := &Source{Smallest: smallestWhere(looks, movesEverywhere)}
	return []*Statement{
		{
			ID: "lem-24", Title: "Fisher–Hessian identity", Section: "A",
			Formula: "∇²_θ KL_t at θ_0 = F̄_t(θ_0), the outer expectation under P_θ",
			Reading: "The Hessian is read off the coefficient of s² of KL_t along θ_0 + s·v, for unit vectors v and sums of two of them: polynomial logits included.",
			Checks:  []Check{verify.Series(lem24[rat], lem24[mod])},
			NearMisses: []NearMiss{
				{Name: "the coefficient of s², not twice it: missing ½", Check: verify.Series(lem24NoHalf[rat], lem24NoHalf[mod])},
				{Name: "prefixes weighted equally", Check: verify.Series(lem24Unweighted[rat], lem24Unweighted[mod]), Source: everywhere},
			},
			Source: smooth,
		},
		{
			ID: "eq-54", Title: "Hessian of the KL divergence at one prefix", Section: "A",
			Formula: "∇²_θ KL(P_θ(·|y_<t)‖P_0(·|y_<t)) at θ_0 = F_t(y_<t)",
			Checks:  []Check{verify.Series(eq54[rat], eq54[mod])},
			NearMisses: []NearMiss{
				{Name: "tokens weighted equally", Check: verify.Series(eq54Unweighted[rat], eq54Unweighted[mod])},
				{Name: "the second moment of the features, not centred", Check: verify.Series(eq54Uncentred[rat], eq54Uncentred[mod])},
			},
			Source: smooth,
		},
		{
			ID: "eq-55", Title: "Quadratic expansion of the KL divergence", Section: "A",
			Formula: "KL_t(θ_0 + δ) = ½·δᵀF̄_tδ + O(‖δ‖³)",
			Reading: "Along every curve δ = s·v + s²·u: the coefficients of 1 and s vanish, and u does not enter that of s².",
			Checks:  []Check{verify.Series(eq55[rat], eq55[mod])},
			NearMisses: []NearMiss{
				{Name: "exact for the log-linear family: no O(‖δ‖³)", Check: verify.Series(eq55Exact[rat], eq55Exact[mod])},
				{Name: "a term of first order, δᵀG_t", Check: verify.Series(eq55Linear[rat], eq55Linear[mod])},
			},
			Source: smooth,
		},
		{
			ID: "prop-25", Title: "Equilibrium with shared parameters", Section: "A",
			Formula:    "θ* − θ_0 = −λF̄⁻¹Ḡ + O(λ²), KL_t = (λ²/2)·ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ + O(λ³), F̄ = Σ_t F̄_t, Ḡ = Σ_t G_t",
			Hypotheses: []string{"F̄ ≻ 0, or its pseudo-inverse", "the branch of stationary points through θ_0"},
			Checks:     []Check{verify.Series(prop25[rat], prop25[mod]), verify.Series(stationary[rat], stationary[mod])},
			NearMisses: []NearMiss{
				{Name: "G_t and F̄_t alone, as if decoupled", Drops: "Ḡ, F̄", Check: verify.Series(prop25Decoupled[rat], prop25Decoupled[mod]), Source: everywhere},
				{Name: "F̄ in place of F̄_t in the middle", Check: verify.Series(prop25Middle[rat], prop25Middle[mod]), Source: everywhere},
				{Name: "missing ½", Check: verify.Series(prop25NoHalf[rat], prop25NoHalf[mod])},
				{Name: "sign of the shift", Check: verify.Series(prop25Sign[rat], prop25Sign[mod])},
			},
			Source: shared,
		},
		{
			ID: "eq-59", Title: "Functional and incidental change", Section: "A",
			Formula: "KL_t = ½δ_fᵀF̄_tδ_f + ½δ_iᵀF̄_tδ_i + δ_fᵀF̄_tδ_i + O(λ³), δ_f = −λF̄⁻¹G_t, δ_i = −λF̄⁻¹Σ_{s≠t}G_s; the functional part vanishes where I_t = 0",
			Checks:  []Check{verify.Series(eq59[rat], eq59[mod]), verify.Series(eq59Silent, nil)},
			NearMisses: []NearMiss{
				{Name: "no cross term", Check: verify.Series(eq59NoCross[rat], eq59NoCross[mod]), Source: everywhere},
				{Name: "half the cross term", Check: verify.Series(eq59HalfCross[rat], eq59HalfCross[mod]), Source: everywhere},
				{Name: "the incidental part vanishes where I_t = 0", Check: verify.Series(eq59Incidental, nil), Source: everywhere},
			},
			Source: shared,
		},
		{
			ID: "prop-26", Title: "Incidental change is uncorrelated with harm", Section: "A",
			Formula:    "t > k ⇒ Cov(h_t, f(y_t) | y_<t) = 0 for every f; so E[Cov(h_t, log P_θ* − log P_0 | y_<t)] = 0 for every θ*",
			Hypotheses: []string{"t > k, the harm horizon", "prefixes of positive probability"},
			Checks:     []Check{verify.Rational(prop26), verify.Series(prop26Equilibrium, nil)},
			NearMisses: []NearMiss{
				{Name: "t ≥ k", Drops: "t > k", Check: verify.Rational(prop26AtHorizon)},
				{Name: "every prefix, those of probability zero too", Drops: "prefixes of positive probability", Check: verify.Rational(prop26Everywhere), Source: &Source{Draw: impossibleSource().Draw, Smallest: smallestWhere(generators.Needs{Harm: true, ZeroWeights: true}, varied)}},
			},
			Source: shared,
		},
		{
			ID: "thm-27", Title: "Equilibrium with shared parameters, refined", Section: "A",
			Formula:    "1: KL_t = O(λ²). 2: for t > k KL_t may be positive, with no covariance with harm. 3: decoupled: KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t + O(λ³)",
			Hypotheses: []string{"Assumption 1: twice differentiable, F̄ ≻ 0 or its pseudo-inverse", "the branch of stationary points through θ_0"},
			Checks:     []Check{verify.Series(thm27[rat], thm27[mod]), verify.Series(prop26Equilibrium, nil), verify.Series(thm27Decoupled[rat], thm27Decoupled[mod])},
			NearMisses: []NearMiss{
				{Name: "beyond the horizon KL_t has no term of order λ²: part 2 exhibits that it may", Drops: "decoupled", Check: verify.Series(thm27Beyond, nil), Source: everywhere},
				{Name: "KL_t = O(λ³)", Check: verify.Series(thm27Cubic[rat], thm27Cubic[mod])},
				{Name: "part 3 for shared parameters", Drops: "decoupled", Check: verify.Series(prop25Decoupled[rat], prop25Decoupled[mod]), Source: everywhere},
			},
			Source: smooth,
		},
	}
}

// smoothSource draws log-linear families of both kinds, and families with one
// parameter whose logits are polynomials of degree 3.
func smoothSource() *Source {
	looks := generators.Needs{Harm: true, Kind: model.Shared}
	shared, decoupled := familySource(model.Shared, looks), familySource(model.Decoupled, looks)
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			// Checks on series run on every tenth case.
			switch (i / 10) % 3 {
			case 0:
				return shared.Draw(seed, i)
			case 1:
				return decoupled.Draw(seed, i)
			}
			return bent(shared.Draw(seed, i))
		},
		Smallest: shared.Smallest,
	}
}

// bent returns the case with a polynomial family in place of its log-linear one:
// the first feature is the coefficient of θ, and θ² and θ³ have coefficients of
// their own.
func bent(c *model.Case) *model.Case {
	d := *c
	q := &c.Parameterisation
	d.Parameterisation = model.Parameterisation{Kind: model.Polynomial, Parameters: 1}
	for t := 1; t <= c.Length(); t++ {
		logits := make([][]*big.Rat, c.Layer(t).Edges())
		for e := range logits {
			f := q.Features[t-1][e*q.Parameters]
			logits[e] = []*big.Rat{new(big.Rat), big.NewRat(f, 1), big.NewRat(int64((e+t)%3)-1, 2), big.NewRat(f-int64(e%2), 3)}
		}
		d.Parameterisation.Logits = append(d.Parameterisation.Logits, logits)
	}
	return &d
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
		b, err := exact.Along(fieldOf(w), w.Family, theta, lineOrder)
		if err != nil {
			panic(err) // exponentials of series without a constant term exist
		}
		f(v, b)
	}
}

// form returns vᵀMv.
func form[E any](w *World[E], m [][]E, v []E) E { return w.Dot(v, times(w, m, v)) }

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
		return form(w, exact.MeanFisher(w.Ring, w.Family, ones, t), v)
	})
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

// total returns Ḡ = Σ_t G_t and F̄ = Σ_t F̄_t.
func total[E any](w *World[E]) (gradient []E, fisher [][]E) {
	for t := 1; t <= w.T(); t++ {
		g, f := exact.Gradient(w.Ring, w.Family, w.Solution(), t), meanFisher(w, t)
		if t == 1 {
			gradient, fisher = g, f
			continue
		}
		for i := range g {
			gradient[i] = w.Add(gradient[i], g[i])
			for j := range f[i] {
				fisher[i][j] = w.Add(fisher[i][j], f[i][j])
			}
		}
	}
	return gradient, fisher
}

// sharedKL compares the coefficient of λ² of KL_t with a formula.
func sharedKL[E any](w *World[E], claim string, right func(t int) E) {
	b := standard(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), claim, b.KL[t-1][2], right(t))
	}
}

func prop25[E any](w *World[E]) {
	b := standard(w)
	if b == nil {
		return
	}
	g, f := total(w)
	for i, v := range times(w, f, coefficients(b, 1)) {
		w.Equal(Place{}, "F̄·δθ = −λḠ, order 1", v, w.Neg(w.Mul(w.Objective().Lambda, g[i])))
	}
	z := solveFisher(w, f, g)
	sharedKL(w, "KL_t = (λ²/2)·ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ, order 2", func(t int) E { return halfSquare(w, form(w, meanFisher(w, t), z)) })
}

func prop25Decoupled[E any](w *World[E]) {
	sharedKL(w, "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t, order 2", func(t int) E { return halfSquare(w, quadraticForm(w, t)) })
}

func prop25Middle[E any](w *World[E]) {
	g, f := total(w)
	z := solveFisher(w, f, g)
	sharedKL(w, "KL_t = (λ²/2)·ḠᵀF̄⁻¹Ḡ, order 2", func(t int) E { return halfSquare(w, form(w, f, z)) })
}

func prop25NoHalf[E any](w *World[E]) {
	g, f := total(w)
	z := solveFisher(w, f, g)
	sharedKL(w, "KL_t = λ²·ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ, order 2", func(t int) E {
		v := halfSquare(w, form(w, meanFisher(w, t), z))
		return w.Add(v, v)
	})
}

func prop25Sign[E any](w *World[E]) {
	b := standard(w)
	if b == nil {
		return
	}
	g, f := total(w)
	for i, v := range times(w, f, coefficients(b, 1)) {
		w.Equal(Place{}, "F̄·δθ = +λḠ, order 1", v, w.Mul(w.Objective().Lambda, g[i]))
	}
}

// parts returns δ_f and δ_i at position t, for λ = 1.
func parts[E any](w *World[E], t int) (functional, incidental []E) {
	g, f := total(w)
	own := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
	for i := range g {
		g[i] = w.Sub(g[i], own[i])
	}
	return solveFisher(w, f, own), solveFisher(w, f, g)
}

// split compares KL_t with the three terms, the cross term taken cross/2 times.
func split[E any](w *World[E], claim string, cross int64) {
	sharedKL(w, claim, func(t int) E {
		a, i := parts(w, t)
		f := meanFisher(w, t)
		sum := w.Add(form(w, f, a), form(w, f, i))
		return halfSquare(w, w.Add(sum, w.Mul(w.FromInt(cross), w.Dot(a, times(w, f, i)))))
	})
}

func eq59[E any](w *World[E]) { split(w, "KL_t = functional + incidental + cross term, order 2", 2) }

func eq59NoCross[E any](w *World[E])   { split(w, "KL_t = functional + incidental, order 2", 0) }
func eq59HalfCross[E any](w *World[E]) { split(w, "KL_t with half the cross term, order 2", 1) }

// silentPart claims that one of the two parts vanishes where I_t = 0.
func silentPart(w *World[rat], claim string, part func(t int) []rat) {
	for t := 1; t <= w.T(); t++ {
		if !w.IsZero(w.Oracle().Information(t)) {
			w.Vacuous()
			continue
		}
		w.Equal(verify.At(t, 0), claim, form(w, meanFisher(w, t), part(t)), w.FromInt(0))
	}
}

func eq59Silent(w *World[rat]) {
	silentPart(w, "I_t = 0 ⇒ δ_fᵀF̄_tδ_f = 0", func(t int) []rat {
		f, _ := parts(w, t)
		return f
	})
}

func eq59Incidental(w *World[rat]) {
	silentPart(w, "I_t = 0 ⇒ δ_iᵀF̄_tδ_i = 0", func(t int) []rat {
		_, i := parts(w, t)
		return i
	})
}

// uncorrelated claims Cov(h_t, f(y_t)|y_<t) = 0 for t > k + shift, with h_t by
// enumeration and f the indicator of each token: every f is a sum of these.
func uncorrelated(w *World[rat], claim string, shift int, everywhere bool) {
	o := w.Oracle()
	if o.Horizon() == w.T() {
		w.Vacuous()
	}
	for t := max(1, o.Horizon()+1+shift); t <= w.T(); t++ {
		for x := range w.States(t) {
			if !everywhere && w.IsZero(w.Solution().Occupancy[t-1][x]) {
				continue
			}
			p, h := w.Row(t, x), w.After(t, x, o.Mean()[t])
			mean := w.Dot(p, h)
			for a := range p {
				w.Equal(verify.At(t, x), claim, w.Mul(p[a], w.Sub(h[a], mean)), w.FromInt(0))
			}
		}
	}
}

func prop26(w *World[rat]) { uncorrelated(w, "Cov(h_t, 1[y_t = a]|y_<t) = 0, t > k", 0, false) }

func prop26AtHorizon(w *World[rat]) {
	uncorrelated(w, "Cov(h_t, 1[y_t = a]|y_<t) = 0, t ≥ k", -1, false)
}

func prop26Everywhere(w *World[rat]) {
	uncorrelated(w, "Cov(h_t, 1[y_t = a]|y_<t) = 0, t > k, everywhere", 0, true)
}

// prop26Equilibrium takes for f the change log P_θ* − log P_0 of the equilibrium,
// coefficient by coefficient, under P_0 and under P_θ*.
func prop26Equilibrium(w *World[rat]) {
	b := standard(w)
	if b == nil {
		return
	}
	s := field.NewSeries[rat](w.Ring, verify.SeriesOrder)
	for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			if w.IsZero(w.Solution().Occupancy[t-1][x]) {
				continue
			}
			lo, hi := w.Layer(t).Row(x)
			h := w.After(t, x, w.Oracle().Mean()[t])
			mean := w.Dot(w.Row(t, x), h)
			base, tilted := s.FromInt(0), s.FromInt(0)
			for e := lo; e < hi; e++ {
				d := s.Mul(s.Constant(w.Sub(h[e-lo], mean)), b.LogRatio[t-1][e])
				base = s.Add(base, s.Mul(s.Constant(w.Family.Prob[t-1][e]), d))
				tilted = s.Add(tilted, s.Mul(b.Prob[t-1][e], d))
			}
			for k := range base {
				w.Equal(verify.At(t, x), fmt.Sprintf("Cov(h_t, log P_θ* − log P_0|y_<t) = 0, order %d", k), base[k], w.FromInt(0))
				w.Equal(verify.At(t, x), fmt.Sprintf("the same under P_θ*, order %d", k), tilted[k], w.FromInt(0))
			}
		}
	}
}

func thm27[E any](w *World[E]) {
	b := standard(w)
	if b == nil {
		return
	}
	for t, kl := range b.KL {
		w.Equal(verify.At(t+1, 0), "KL_t = O(λ²), order 0", kl[0], w.FromInt(0))
		w.Equal(verify.At(t+1, 0), "KL_t = O(λ²), order 1", kl[1], w.FromInt(0))
	}
}

func thm27Decoupled[E any](w *World[E]) {
	if decoupledFamily(w) {
		thm14(w)
	}
}

func thm27Cubic[E any](w *World[E]) {
	sharedKL(w, "KL_t = O(λ³), order 2", func(int) E { return w.FromInt(0) })
}

func thm27Beyond(w *World[rat]) {
	if b := standard(w); b != nil {
		for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "t > k ⇒ KL_t = O(λ³), order 2", b.KL[t-1][2], w.FromInt(0))
		}
	}
}
