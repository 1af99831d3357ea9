package numeric

import "sounding/model"

// Gradient returns the blocks G_t = E_{y_<t}[Cov(h_t, s_t|y_<t)] of ∇E[Harm] at
// the base model (thm-8): G[t−1] has the length q.Block(p, t). The gradient is
// their concatenation, or their sum when parameters are shared.
func Gradient(p *model.Process, q *model.Parameterisation) [][]float64 {
	pi := Base(p)
	return pi.gradient(q, harms(p))
}

// gradient returns E_θ[Cov(V_t, s_t|y_<t)] per position for V_T = end.
func (pi *Policy) gradient(q *model.Parameterisation, end []float64) [][]float64 {
	p := pi.process
	mass, v := pi.Probabilities(), pi.values(end, nil)
	g := make([][]float64, p.Length())
	for t := range g {
		l := p.Layer(t + 1)
		d := make([]float64, l.Edges())
		for x, m := range mass[t] {
			for e, hi := l.Row(x); e < hi; e++ {
				d[e] = m * pi.p[t][e] * (v[t+1][l.Next(e)] - v[t][x])
			}
		}
		g[t] = make([]float64, q.Block(p, t+1))
		pull(q, t+1, d, g[t])
	}
	return g
}

// RecoveryGradient returns the blocks G_t^rec = E_{y_<t∼Q}[Cov(1[y_t∉R],
// s_t|y_<t)] of the gradient of the recovery penalty at the base model
// (rec-gradient), each to be weighted by η_t = βγ^t.
func RecoveryGradient(in *model.Instance, q *model.Parameterisation) [][]float64 {
	pi := Base(in.Process)
	return pi.recoveryGradient(in, q, adversary(in))
}

// recoveryGradient is RecoveryGradient at any policy.
func (pi *Policy) recoveryGradient(in *model.Instance, q *model.Parameterisation, mass [][]float64) [][]float64 {
	g := make([][]float64, in.Length())
	for t := range g {
		l := in.Layer(t + 1)
		d := make([]float64, l.Edges())
		for x, m := range mass[t] {
			rho := pi.recovery(in, t+1, x)
			for e, hi := l.Row(x); e < hi; e++ {
				// Cov(1[∉R], s) at the logit of e is −p_e·(1[a∈R] − ρ).
				if in.Recovers(l.Token(e)) {
					d[e] = -m * pi.p[t][e] * (1 - rho)
				} else {
					d[e] = m * pi.p[t][e] * rho
				}
			}
		}
		g[t] = make([]float64, q.Block(in.Process, t+1))
		pull(q, t+1, d, g[t])
	}
	return g
}

// recovery returns ρ(x) = P_θ(y_t ∈ R|x) at state x of layer t−1.
func (pi *Policy) recovery(in *model.Instance, t, x int) float64 {
	l := in.Layer(t)
	var rho float64
	for e, hi := l.Row(x); e < hi; e++ {
		if in.Recovers(l.Token(e)) {
			rho += pi.p[t-1][e]
		}
	}
	return rho
}
