package numeric

import (
	"gonum.org/v1/gonum/diff/fd"

	"sounding/model"
)

// Objective is L or L_deep of an instance as a function of the parameters θ of a
// family around its base model.
type Objective struct {
	in        *model.Instance
	q         *model.Parameterisation
	lambda    float64
	eta       []float64 // η_t; all 0 in L
	harm      []float64
	adversary [][]float64
}

// Standard returns L(θ) = λ·E_θ[Harm] + KL(P_θ‖P_0) (eq. 2).
func Standard(in *model.Instance, q *model.Parameterisation) *Objective {
	return newObjective(in, q, false)
}

// Deep returns L_deep(θ) = L(θ) + Σ_t βγ^t·E_{y_<t∼Q}[P_θ(y_t∉R|y_<t)] (eq. 43).
func Deep(in *model.Instance, q *model.Parameterisation) *Objective {
	return newObjective(in, q, true)
}

func newObjective(in *model.Instance, q *model.Parameterisation, deep bool) *Objective {
	o := &Objective{in: in, q: q, lambda: toFloat(in.Lambda), harm: harms(in.Process), eta: make([]float64, in.Length())}
	if deep {
		o.adversary = adversary(in)
		for i := range o.eta {
			o.eta[i] = toFloat(in.Eta(i + 1))
		}
	}
	return o
}

// Scaled returns the objective with λ and β multiplied by s ≥ 0.
func (o *Objective) Scaled(s float64) *Objective {
	scaled := *o
	scaled.lambda *= s
	scaled.eta = make([]float64, len(o.eta))
	for i, v := range o.eta {
		scaled.eta[i] = s * v
	}
	return &scaled
}

// Dimension returns the length of θ.
func (o *Objective) Dimension() int { return o.q.Total(o.in.Process) }

// Policy returns P_θ.
func (o *Objective) Policy(theta []float64) *Policy { return At(o.in.Process, o.q, theta) }

// Value returns the objective at θ.
func (o *Objective) Value(theta []float64) float64 {
	pi := o.Policy(theta)
	mass := pi.Probabilities()
	var sum float64
	for x, m := range mass[o.in.Length()] {
		sum += m * o.lambda * o.harm[x]
	}
	for t, kl := range pi.kl {
		for x, v := range kl {
			sum += mass[t][x] * v
		}
		if o.eta[t] == 0 {
			continue
		}
		for x, m := range o.adversary[t] {
			sum += o.eta[t] * m * (1 - pi.recovery(o.in, t+1, x))
		}
	}
	return sum
}

// Gradient sets grad to the gradient of the objective at θ. With the value to go
//
//	J(y_≤t) = E_θ[λHarm + Σ_{s>t} log(P_θ/P_0)(y_s|y_<s) | y_≤t]
//
// the derivative along the logit of edge e = (x, a) is P_θ(x)·p_a·(log(p_a/p⁰_a) +
// J(xa) − J(x)), because E[s_t] = 0; the penalty adds η_t·Q_t(x) times the
// covariance of 1[a∉R] with the score.
func (o *Objective) Gradient(grad, theta []float64) {
	p, pi := o.in.Process, o.Policy(theta)
	end := make([]float64, len(o.harm))
	for x, h := range o.harm {
		end[x] = o.lambda * h
	}
	mass, j := pi.Probabilities(), pi.values(end, pi.ratio)
	var recovery [][]float64
	if o.adversary != nil {
		recovery = pi.recoveryGradient(o.in, o.q, o.adversary)
	}
	clear(grad)
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		d := make([]float64, l.Edges())
		for x, m := range mass[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				d[e] = m * pi.p[t-1][e] * (pi.ratio[t-1][e] + j[t][l.Next(e)] - j[t-1][x])
			}
		}
		block := grad[o.q.Offset(p, t):][:o.q.Block(p, t)]
		pull(o.q, t, d, block)
		if recovery != nil {
			for i, g := range recovery[t-1] {
				block[i] += o.eta[t-1] * g
			}
		}
	}
}

// PositionKL returns KL_t = E_{y_<t∼P_θ}[KL(P_θ(·|y_<t)‖P_0(·|y_<t))], t = 1…T.
func (pi *Policy) PositionKL() []float64 {
	mass := pi.Probabilities()
	kl := make([]float64, len(pi.kl))
	for t, local := range pi.kl {
		for x, v := range local {
			kl[t] += mass[t][x] * v
		}
	}
	return kl
}

// DifferenceStep is the step of DifferenceGradient: the central difference of
// step δ is off by δ²/6 times a third derivative plus u/δ times the function,
// least in order at δ = u^{1/3}.
const DifferenceStep = 0x1p-18

// DifferenceGradient returns the gradient of the objective at θ by central finite
// differences, which use the values of the objective only.
func (o *Objective) DifferenceGradient(theta []float64) []float64 {
	return fd.Gradient(nil, o.Value, theta, &fd.Settings{Formula: fd.Central, Step: DifferenceStep})
}
