package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Branches of stationary points, as power series, and the conditions that they meet.

// standard returns the branch of equilibria, or nil where the base model's Fisher
// information admits none, which is noted as vacuous.
func standard[E any](w *World[E]) *exact.Branch[E] {
	b := w.Standard()
	if b == nil {
		w.Vacuous()
	}
	return b
}

// decoupledFamily reports whether each position has parameters of its own; other
// families are noted as vacuous.
func decoupledFamily[E any](w *World[E]) bool {
	if w.Family.Param.Kind == model.Decoupled || w.Family.Param.Tabular() {
		return true
	}
	w.Vacuous()
	return false
}

// coefficients returns those of s^k of every coordinate of θ(s).
func coefficients[E any](b *exact.Branch[E], k int) []E {
	v := make([]E, len(b.Theta))
	for i, theta := range b.Theta {
		v[i] = theta[k]
	}
	return v
}

// dualObjective returns dL/dθ_i along the branch, as a series in s, by evaluating
// L at θ(s) + ε·e_i with dual numbers over power series. L is computed by the
// backward recursion of its definition: it knows no score and no Fisher
// information. With only t > 0, the KL of position t alone is kept. With penalised, L is that
// of eq. 43: β goes with s as λ does.
func dualObjective[E any](w *World[E], b *exact.Branch[E], i, only int, penalised bool) []E {
	f := fieldOf(w)
	series := field.NewSeriesField(f, verify.SeriesOrder)
	dual := field.NewSeriesField(series, 1)
	p := w.Family.Process
	constant := func(v E) [][]E { return dual.Constant(series.Constant(v)) }
	lambda := dual.Constant(series.Dual(f.FromInt(0), w.Objective().Lambda))
	value := make([][][]E, p.States(w.T()))
	for x := range value {
		value[x] = dual.Mul(lambda, constant(w.Family.Harm[x]))
	}
	penalty := dual.FromInt(0)
	for t := w.T(); t >= 1; t-- {
		l := p.Layer(t)
		before := make([][][]E, l.States())
		for x := range before {
			lo, hi := l.Row(x)
			z := dual.FromInt(0)
			logit, tilted := make([][][]E, hi-lo), make([][][]E, hi-lo)
			for e := lo; e < hi; e++ {
				logit[e-lo] = dualLogit(w, series, b, i, t, x, e)
				tilted[e-lo] = dual.Mul(constant(w.Family.Prob[t-1][e]), expDual(series, logit[e-lo]))
				z = dual.Add(z, tilted[e-lo])
			}
			logZ := logDual(series, z)
			before[x] = dual.FromInt(0)
			for e := lo; e < hi; e++ {
				q := defined(dual.Quo(tilted[e-lo], z)) // z(0) = 1
				if o := w.Objective(); penalised && !o.Recovers(l.Token(e)) {
					visits := series.Dual(f.FromInt(0), w.Mul(eta(w, t), o.Adversary[t-1][x]))
					penalty = dual.Add(penalty, dual.Mul(dual.Constant(visits), q))
				}
				v := value[l.Next(e)]
				if only == 0 || only == t {
					v = dual.Add(v, dual.Sub(logit[e-lo], logZ))
				}
				before[x] = dual.Add(before[x], dual.Mul(q, v))
			}
		}
		value = before
	}
	return dual.Add(value[0], penalty)[1]
}

// dualLogit returns the logit of edge e, of state x of layer t−1, at θ(s) + ε·e_i.
func dualLogit[E any](w *World[E], series field.SeriesField[E], b *exact.Branch[E], i, t, x, e int) [][]E {
	dual := field.NewSeriesField(series, 1)
	constant := func(v E) [][]E { return dual.Constant(series.Constant(v)) }
	param := w.Family.Param
	logit := dual.FromInt(0)
	for j := range param.Width(w.Family.Process, t, x) {
		k := param.Index(w.Family.Process, t, x, j)
		theta := dual.Constant(b.Theta[k])
		if k == i {
			theta = dual.Dual(b.Theta[k], series.FromInt(1))
		}
		logit = dual.Add(logit, dual.Mul(constant(w.Family.Features[t-1][e*param.Parameters+j]), theta))
		if w.Family.Powers != nil {
			power := theta
			for _, c := range w.Family.Powers[t-1][e] {
				power = dual.Mul(power, theta)
				logit = dual.Add(logit, dual.Mul(constant(c), power))
			}
		}
	}
	return logit
}

// expDual returns e^{a + bε} = e^a + e^a·b·ε over power series with a(0) = 0.
func expDual[E any](s field.SeriesField[E], a [][]E) [][]E {
	e := defined(s.Exp(a[0])) // the order is far below the characteristic
	return [][]E{e, s.Mul(e, a[1])}
}

// logDual returns log(a + bε) = log a + (b/a)·ε over power series with a(0) = 1.
func logDual[E any](s field.SeriesField[E], a [][]E) [][]E {
	return [][]E{defined(s.Log(a[0])), defined(s.Quo(a[1], a[0]))}
}

// stationary claims that every derivative of L vanishes along the branch, in all
// orders that were solved for. It runs for log-linear families of every kind.
func stationary[E any](w *World[E]) {
	b := standard(w)
	if b == nil || w.Family.Features == nil {
		return
	}
	for i := range b.Theta {
		for k, c := range dualObjective(w, b, i, 0, false) {
			w.Equal(Place{}.Where("parameter %d, order %d", i, k), "∂L/∂θ_i = 0 along the equilibrium", c, w.FromInt(0))
		}
	}
}

// deepStationary claims it of L_deep and its branch.
func deepStationary(w *World[rat]) {
	deepDerivatives(w, "∂L_deep/∂θ_i = 0 along the branch", true)
}

// deepStationaryUnpenalised leaves the penalty out of the objective.
func deepStationaryUnpenalised(w *World[rat]) {
	deepDerivatives(w, "∂L/∂θ_i = 0 along the branch of L_deep", false)
}

func deepDerivatives(w *World[rat], claim string, penalised bool) {
	b := deep(w)
	if b == nil || w.Family.Features == nil {
		return
	}
	for i := range b.Theta {
		for k, c := range dualObjective(w, b, i, 0, penalised) {
			w.Equal(Place{}.Where("parameter %d, order %d", i, k), claim, c, w.FromInt(0))
		}
	}
}

// quadraticForm returns G_tᵀF̄_t⁺G_t.
func quadraticForm[E any](w *World[E], t int) E {
	g := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
	return w.Dot(g, solveFisher(w, meanFisher(w, t), g))
}

// halfSquare returns (λ²/2)·v, for the λ of the case.
func halfSquare[E any](w *World[E], v E) E {
	l := w.Objective().Lambda
	return w.Mul(fraction(w, 1, 2), w.Mul(w.Mul(l, l), v))
}

// everyKL runs a claim about the coefficients of KL_t at every position of a
// decoupled family.
func everyKL[E any](w *World[E], f func(t int, kl []E)) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) {
		return
	}
	for t := 1; t <= w.T(); t++ {
		f(t, b.KL[t-1])
	}
}

// formalTilt returns the point of the world over power series in λ, and the tilt
// e^{−λHarm} of each state of layer T.
func formalTilt(w *World[rat]) (field.SeriesField[rat], *model.Numbers[[]rat], [][]rat) {
	s := field.NewSeriesField(rationals(w), verify.SeriesOrder)
	pt := &model.Numbers[[]rat]{Process: w.Family.Process, Prob: make([][][]rat, w.T())}
	for t, prob := range w.Family.Prob {
		for _, v := range prob {
			pt.Prob[t] = append(pt.Prob[t], s.Constant(v))
		}
	}
	var tilt [][]rat
	for _, h := range w.Family.Harm {
		pt.Harm = append(pt.Harm, s.Constant(h))
		u := defined(s.Exp(s.Dual(w.FromInt(0), w.Neg(h)))) // ℚ divides by integers
		tilt = append(tilt, u)
	}
	return s, pt, tilt
}

// tabularKL returns KL_t of the tabular optimum as a series in λ, for t = 1…T at
// [t−1], from the series of the soft values Z_t(x) = E_0[e^{−λHarm}|x]:
// KL_t·Z_0 = Σ_x P_0(x)·(Z_t·log Z_t) − Σ_x P_0(x)·(Z_{t−1}·log Z_{t−1}).
func tabularKL(w *World[rat]) [][]rat {
	s, pt, tilt := formalTilt(w)
	soft := exact.Backward(s, pt, tilt)
	level := make([][]rat, len(soft))
	for t, z := range soft {
		level[t] = s.FromInt(0)
		for x, v := range z {
			l := defined(s.Log(v))
			level[t] = s.Add(level[t], s.Mul(s.Constant(w.Solution().Occupancy[t][x]), s.Mul(v, l)))
		}
	}
	kl := make([][]rat, w.T())
	for t := range kl {
		kl[t] = defined(s.Quo(s.Sub(level[t+1], level[t]), soft[0][0]))
	}
	return kl
}
