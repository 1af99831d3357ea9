package numeric

import (
	"math"

	"sounding/model"
)

// Policy is a policy P_θ on a process: conditional probabilities per edge, with
// their logarithmic ratios to the base model P_0.
type Policy struct {
	process *model.Process
	p       [][]float64 // p[t−1][e] = P_θ(a|x)
	ratio   [][]float64 // log(P_θ/P_0) per edge, 0 where P_0 is 0
	kl      [][]float64 // kl[t−1][x] = KL(P_θ(·|x)‖P_0(·|x))
}

// Base returns the base model P_0 as a policy.
func Base(p *model.Process) *Policy { return At(p, &model.Parameterisation{}, nil) }

// At returns P_θ(a|x) ∝ P_0(a|x)·e^{θ·f(x,a)}. A nil θ is 0.
func At(p *model.Process, q *model.Parameterisation, theta []float64) *Policy {
	if theta != nil && len(theta) != q.Total(p) {
		panic("numeric: θ must have the length of the parameterisation")
	}
	pi := &Policy{process: p}
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		cond := probabilities(l, l.Weights())
		ratio := make([]float64, len(cond))
		kl := make([]float64, l.States())
		if theta != nil {
			block := theta[q.Offset(p, t):][:q.Block(p, t)]
			logits(q, t, block, ratio)
			for x := range kl {
				lo, hi := l.Row(x)
				kl[x] = tilt(cond[lo:hi], ratio[lo:hi], ratio[lo:hi])
			}
			for e, u := range ratio {
				cond[e] *= math.Exp(u)
			}
		}
		pi.p, pi.ratio, pi.kl = append(pi.p, cond), append(pi.ratio, ratio), append(pi.kl, kl)
	}
	return pi
}

// Probabilities returns P_θ(x) for the states x of layers 0…T.
func (pi *Policy) Probabilities() [][]float64 {
	return marginals(pi.process, func(t int) []float64 { return pi.p[t-1] }, pi.process.Length())
}

// marginals pushes the mass of the one state of layer 0 forward through layers
// 1…last with the given conditional probabilities per edge.
func marginals(p *model.Process, conditional func(t int) []float64, last int) [][]float64 {
	mass := [][]float64{{1}}
	for t := 1; t <= last; t++ {
		l, c := p.Layer(t), conditional(t)
		next := make([]float64, p.States(t))
		for x, m := range mass[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				next[l.Next(e)] += m * c[e]
			}
		}
		mass = append(mass, next)
	}
	return mass
}

// adversary returns Q_t(x) for the states x of layers 0…T−1. Q does not move with θ:
// AdversaryPolicy is the base model.
func adversary(in *model.Instance) [][]float64 {
	return marginals(in.Process, func(t int) []float64 {
		return probabilities(in.Layer(t), in.AdversaryWeights(t))
	}, in.Length()-1)
}

// harms returns Harm at the states of layer T.
func harms(p *model.Process) []float64 {
	den, _ := p.HarmDenominator().Float64()
	h := make([]float64, p.Harm().Len())
	for x := range h {
		v, _ := p.Harm().At(x).Float64()
		h[x] = v / den
	}
	return h
}

// values returns the value to go V_t(x) = E_θ[Σ_{s>t} cost_s + end | x] at the
// states of layers 0…T: end at the last layer, cost per edge (nil: none).
func (pi *Policy) values(end []float64, cost [][]float64) [][]float64 {
	p := pi.process
	v := make([][]float64, p.Length()+1)
	v[p.Length()] = end
	for t := p.Length(); t >= 1; t-- {
		l := p.Layer(t)
		v[t-1] = make([]float64, l.States())
		for x := range v[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				c := v[t][l.Next(e)]
				if cost != nil {
					c += cost[t-1][e]
				}
				v[t-1][x] += pi.p[t-1][e] * c
			}
		}
	}
	return v
}

// logits sets out_e = θ·f(e) for the edges of position t; block is the part of θ
// that the position reads.
func logits(q *model.Parameterisation, t int, block, out []float64) {
	if q.Tabular() {
		copy(out, block)
		return
	}
	n := q.Parameters
	for e := range out {
		var sum float64
		for i, f := range q.Features[t-1][e*n : (e+1)*n] {
			sum += block[i] * float64(f)
		}
		out[e] = sum
	}
}

// pull adds to block, the part of a gradient that position t reads, the gradient
// whose derivative along the logit of edge e is d_e.
func pull(q *model.Parameterisation, t int, d, block []float64) {
	if q.Tabular() {
		for e, v := range d {
			block[e] += v
		}
		return
	}
	n := q.Parameters
	for e, v := range d {
		if v == 0 {
			continue
		}
		for i, f := range q.Features[t-1][e*n : (e+1)*n] {
			block[i] += v * float64(f)
		}
	}
}
