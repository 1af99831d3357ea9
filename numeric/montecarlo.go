package numeric

import (
	"math"

	"sounding/model"
)

// FalseAlarm is the probability, over a whole run, that any Monte Carlo check of
// a correct solver fails.
const FalseAlarm = 1e-9

// Estimate is one coordinate of a policy-gradient estimate from samples, with the
// exact moments of the sampled variable X over all sequences.
type Estimate struct {
	Mean      float64 // X̄ over the samples
	Expected  float64 // μ = E[X]
	Variance  float64 // σ² = Var(X)
	Deviation float64 // b = max|X − μ| over sequences of positive probability
	Rounding  float64 // how far rounding can move X̄ − μ
}

// Radius returns r with P(|X̄ − μ| > r) ≤ FalseAlarm/checks over n independent
// samples (Bernstein's inequality, two-sided, no asymptotics):
//
//	r = √(2σ²L/n) + 2bL/(3n),  L = log(2·checks/FalseAlarm)
//
// plus the rounding of the estimate. checks is the number of coordinates that the
// whole run compares, so that the probabilities add up to at most FalseAlarm.
func (e Estimate) Radius(n, checks int) float64 {
	l := math.Log(2 * float64(checks) / FalseAlarm)
	return math.Sqrt(2*e.Variance*l/float64(n)) + 2*e.Deviation*l/(3*float64(n)) + e.Rounding
}

// Baseline is what an estimator subtracts from Harm at position t after a prefix
// that ends in state x of layer t−1; nil subtracts nothing. No baseline changes
// the expectation (own-baseline).
type Baseline func(t, x int) float64

// ValueBaseline returns b = h_{t−1}(y_<t).
func ValueBaseline(p *model.Process) Baseline {
	h := Base(p).values(harms(p), nil)
	return func(t, x int) float64 { return h[t-1][x] }
}

// PolicyGradient estimates ∇E[Harm] at the base model from counts, one entry per
// parameter of q, with the variable X = Σ_t (Harm − b(y_<t))·s_t.
func PolicyGradient(c *Counts, q *model.Parameterisation, baseline Baseline) []Estimate {
	if baseline == nil {
		baseline = func(int, int) float64 { return 0 }
	}
	pi := Base(c.process)
	n := q.Total(c.process)
	out := make([]Estimate, n)
	x := make([]float64, n)
	largest := make([]float64, n)
	// First the means, then the moments about them.
	c.eachScore(pi, q, baseline, x, func(id int, prob float64) {
		weight := float64(c.count[id]) / float64(c.drawn)
		for i, v := range x {
			out[i].Mean += weight * v
			out[i].Expected += prob * v
			if prob > 0 {
				largest[i] = max(largest[i], math.Abs(v))
			}
		}
	})
	c.eachScore(pi, q, baseline, x, func(_ int, prob float64) {
		if prob == 0 {
			return
		}
		for i, v := range x {
			d := v - out[i].Expected
			out[i].Variance += prob * d * d
			out[i].Deviation = max(out[i].Deviation, math.Abs(d))
		}
	})
	// Mean and Expected are two means of the same float64 variable. Each adds at
	// most one term per sequence, whose weight has four roundings per position at
	// most (p and a product) or one: together γ of that many, times max|X|.
	roundings := float64(len(c.count)) + (weightRoundings+1)*float64(c.process.Length()) + 1
	for i := range out {
		out[i].Rounding = 2 * gamma(roundings) * largest[i]
	}
	return out
}

// eachScore visits the sequences, with X in x and their probability.
func (c *Counts) eachScore(pi *Policy, q *model.Parameterisation, baseline Baseline, x []float64, visit func(id int, prob float64)) {
	p := c.process
	harm := harms(p)
	c.each(func(id int, edges []int, end int) {
		clear(x)
		prob, state := 1.0, 0
		for i, e := range edges {
			l := p.Layer(i + 1)
			prob *= pi.p[i][e]
			weight := harm[end] - baseline(i+1, state)
			block := x[q.Offset(p, i+1):]
			// s_t = f(e) − Σ_b p_b·f(b).
			for j := range q.Width(p, i+1, state) {
				lo, hi := l.Row(state)
				score := float64(q.Feature(p, i+1, state, e, j))
				for b := lo; b < hi; b++ {
					score -= pi.p[i][b] * float64(q.Feature(p, i+1, state, b, j))
				}
				at := j
				if q.Tabular() {
					at += lo
				}
				block[at] += weight * score
			}
			state = l.Next(e)
		}
		visit(id, prob)
	})
}
