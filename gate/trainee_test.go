package gate_test

import (
	"context"
	"math"
	"math/big"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/model"
)

// trainee computes what training code computes in plain float64, by enumeration of the
// sequences, with a bug to plant in it.
type trainee struct {
	bug     string
	q       *training.Question
	in      *model.Instance
	tr      *model.Training
	v, t    int
	policy  [][][]float64 // [t][x][a]
	ref     [][][]float64
	beh     [][][]float64
	over    [][]bool
	samples []sample
}

// sample is a sequence of positive probability under the behaviour policy.
type sample struct {
	tokens, states []int
	p, pb, harm    float64
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}

func newTrainee(q *training.Question, bug string) *trainee {
	s := &trainee{bug: bug, q: q, in: q.Instance, tr: q.Instance.Training}
	s.v, s.t, s.over = s.in.Vocabulary(), s.in.Length(), s.in.Over()
	temperature := float(s.tr.Temperature)
	if bug == "temperature ignored" {
		temperature = 1
	}
	s.policy = s.rows(nil, temperature)
	s.ref, s.beh = s.policy, s.policy
	if s.tr.Reference != nil {
		s.ref = s.rows(s.tr.Reference, temperature)
	}
	if s.tr.Behaviour != nil {
		s.beh = s.rows(s.tr.Behaviour, temperature)
	}
	s.extend(sample{p: 1, pb: 1}, 0, false)
	return s
}

func (s *trainee) environment(t int) bool {
	for _, e := range s.tr.Environment {
		if e == t+1 {
			return true
		}
	}
	return false
}

// acts reports whether the policy chooses the token.
func (s *trainee) acts(t, x int) bool {
	return (!s.environment(t) || s.bug == "environment") && (!s.over[t][x] || s.bug == "padding")
}

func (s *trainee) next(t, x, a int) int {
	if e, ok := s.in.Layer(t+1).Edge(x, a); ok {
		return s.in.Layer(t + 1).Next(e)
	}
	return -1
}

func (s *trainee) rows(weights []model.Naturals, temperature float64) [][][]float64 {
	list := make([][][]float64, s.t)
	for t := range list {
		l := s.in.Layer(t + 1)
		list[t] = make([][]float64, l.States())
		for x := range l.States() {
			w, τ := l.Weights(), 1.0
			if s.acts(t, x) {
				if τ = temperature; weights != nil {
					w = &weights[t]
				}
			}
			row, sum, largest := make([]float64, s.v), 0.0, 0.0
			for a := range row {
				if e, ok := l.Edge(x, a); ok {
					row[a] = float(new(big.Rat).SetInt(w.At(e)))
					largest = math.Max(largest, row[a])
				}
			}
			for a := range row {
				row[a] = math.Pow(row[a]/largest, 1/τ)
				sum += row[a]
			}
			for a := range row {
				row[a] /= sum
			}
			list[t][x] = row
		}
	}
	return list
}

// extend collects the samples.
func (s *trainee) extend(y sample, x int, done bool) {
	t := len(y.tokens)
	if t == s.t || done {
		for ; t < s.t; t++ {
			x = s.next(t, x, s.tr.End)
		}
		y.harm = float(s.in.HarmAt(x))
		s.samples = append(s.samples, y)
		return
	}
	for a := range s.v {
		p, pb := s.policy[t][x][a], s.beh[t][x][a]
		if pb == 0 {
			continue
		}
		z := s.next(t, x, a)
		longer := sample{
			append(append([]int(nil), y.tokens...), a), append(append([]int(nil), y.states...), x),
			y.p * p, y.pb * pb, 0,
		}
		s.extend(longer, z, s.over[t+1][z])
	}
}

// gradient returns Σ_y weight(y)·Σ_t f(y, t)·∂log p(y_t)/∂z, the tokens that act.
func (s *trainee) gradient(weight func(y sample) float64, f func(y sample, t int) float64) []float64 {
	start, n := make([]int, s.t), 0
	for t := range start {
		start[t] = n
		n += s.in.States(t) * s.v
	}
	g := make([]float64, n)
	for _, y := range s.samples {
		w := weight(y)
		for t, a := range y.tokens {
			x := y.states[t]
			if !s.acts(t, x) || s.policy[t][x][a] == 0 {
				continue
			}
			c := w * f(y, t)
			for b, p := range s.policy[t][x] {
				if p > 0 {
					g[start[t]+x*s.v+b] -= c * p
				}
			}
			g[start[t]+x*s.v+a] += c
		}
	}
	return g
}

func underPolicy(y sample) float64    { return y.p }
func underBehaviour(y sample) float64 { return y.pb }

// ratio returns log p/p_0 of a token.
func (s *trainee) ratio(y sample, t int) float64 {
	x, a := y.states[t], y.tokens[t]
	if !s.acts(t, x) || s.policy[t][x][a] == 0 {
		return 0
	}
	return math.Log(s.policy[t][x][a] / s.ref[t][x][a])
}

// ratios returns the sum of the log-ratios from a token on.
func (s *trainee) ratios(y sample, from int) float64 {
	sum := 0.0
	for t := from; t < len(y.tokens); t++ {
		sum += s.ratio(y, t)
	}
	return sum
}

func (s *trainee) surprise(y sample, t int) float64 {
	x, a := y.states[t], y.tokens[t]
	if !s.acts(t, x) || s.policy[t][x][a] == 0 {
		return 0
	}
	return -math.Log(s.policy[t][x][a])
}

// weights returns p/p_b per token.
func (s *trainee) weights(y sample) []float64 {
	list := make([]float64, len(y.tokens))
	for t, a := range y.tokens {
		list[t] = 1
		if x := y.states[t]; s.acts(t, x) {
			list[t] = s.policy[t][x][a] / s.beh[t][x][a]
		}
	}
	return list
}

func (s *trainee) acting(y sample) float64 {
	n := 0.0
	for t, x := range y.states {
		if s.acts(t, x) {
			n++
		}
	}
	return n
}

// k3 and its derivative by log p.
func (s *trainee) k3(y sample, t int) (value, slope float64) {
	x, a := y.states[t], y.tokens[t]
	if !s.acts(t, x) || s.policy[t][x][a] == 0 {
		return 0, 0
	}
	r := s.ref[t][x][a] / s.policy[t][x][a]
	return r - 1 - math.Log(r), 1 - r
}

func scaled(f float64, g []float64) []float64 {
	h := make([]float64, len(g))
	for i := range g {
		h[i] = f * g[i]
	}
	return h
}

func sum(list ...[]float64) []float64 {
	s := make([]float64, len(list[0]))
	for _, g := range list {
		for i := range g {
			s[i] += g[i]
		}
	}
	return s
}

func (s *trainee) harmGradient() []float64 {
	γ := float(s.tr.Discount)
	return s.gradient(underPolicy, func(y sample, t int) float64 {
		L := len(y.tokens)
		switch s.bug {
		case "reward on padding":
			if L < s.t {
				return 0
			}
		case "position's discount":
			return math.Pow(γ, float64(L-1-t)) * y.harm
		}
		return math.Pow(γ, float64(L-1)) * y.harm
	})
}

func (s *trainee) klGradient() []float64 {
	tokens := func(w func(sample) float64, f func(y sample, t int) float64) []float64 { return s.gradient(w, f) }
	switch s.bug {
	case "k1 as a loss":
		return tokens(underBehaviour, func(sample, int) float64 { return 1 })
	case "no gradient":
		return scaled(0, tokens(underPolicy, s.ratio))
	case "KL maximised":
		return scaled(-1, tokens(underPolicy, s.ratios))
	case "k3 as a loss":
		return tokens(underPolicy, func(y sample, t int) float64 { _, d := s.k3(y, t); return d })
	case "frozen":
		return tokens(underPolicy, s.ratio)
	case "frozen mean":
		return tokens(underPolicy, func(y sample, t int) float64 { return s.ratio(y, t) / s.acting(y) })
	case "ratio on k2":
		return tokens(underBehaviour, func(y sample, t int) float64 {
			ℓ := s.ratio(y, t)
			return s.weights(y)[t] * (ℓ + ℓ*ℓ/2)
		})
	case "sequence ratio":
		return tokens(underBehaviour, func(y sample, t int) float64 {
			w, total := 0.0, 0.0
			for k, v := range s.weights(y) {
				if s.acts(k, y.states[k]) {
					w += math.Log(v)
				}
				value, _ := s.k3(y, k)
				total += value
			}
			_, d := s.k3(y, t)
			return math.Exp(w/s.acting(y)) * (d + total/s.acting(y))
		})
	case "k2 off policy":
		return tokens(underBehaviour, s.ratio)
	case "k3 off policy":
		return tokens(underBehaviour, func(y sample, t int) float64 { _, d := s.k3(y, t); return d })
	case "sum by sum":
		return tokens(underPolicy, func(y sample, _ int) float64 {
			total := s.ratios(y, 0)
			for t := range y.tokens {
				total -= s.surprise(y, t)
			}
			return total
		})
	}
	return tokens(underPolicy, s.ratios)
}

// occupancy returns the probability of every state under the policy.
func (s *trainee) occupancy(rows [][][]float64) [][]float64 {
	mass := [][]float64{{1}}
	for t := range s.t {
		next := make([]float64, s.in.States(t+1))
		for x, m := range mass[t] {
			for a, p := range rows[t][x] {
				if y := s.next(t, x, a); y >= 0 {
					next[y] += m * p
				}
			}
		}
		mass = append(mass, next)
	}
	return mass
}

// divergence returns Σ_x P(x)·f(row, reference row) per position.
func (s *trainee) divergence(f func(p, p0 []float64) float64) []float64 {
	list, mass := make([]float64, s.t), s.occupancy(s.policy)
	for t := range list {
		for x, m := range mass[t] {
			if s.bug == "prefix missing" {
				m = 1
			}
			if s.acts(t, x) && m > 0 {
				list[t] += m * f(s.policy[t][x], s.ref[t][x])
			}
		}
	}
	return list
}

func klOf(p, q []float64) float64 {
	sum := 0.0
	for a := range p {
		if p[a] > 0 {
			sum += p[a] * math.Log(p[a]/q[a])
		}
	}
	return sum
}

func (s *trainee) kl(p, p0 []float64) float64 {
	total := 0.0
	switch s.bug {
	case "probability twice":
		for a := range p {
			if p[a] > 0 {
				total += p[a] * p[a] * math.Log(p[a]/p0[a])
			}
		}
		return total
	case "itself":
		return klOf(p, p)
	case "NaN":
		for a := range p {
			total += p[a] * math.Log(p[a]/p0[a])
		}
		return total
	case "k2":
		for a := range p {
			if p[a] > 0 {
				ℓ := math.Log(p[a] / p0[a])
				total += p[a] * ℓ * ℓ / 2
			}
		}
		return total
	case "direction":
		return restricted(p0, p)
	case "negative":
		return -klOf(p, p0)
	}
	return klOf(p, p0)
}

// restricted is KL(q‖p) over the tokens of p.
func restricted(q, p []float64) float64 {
	sum := 0.0
	for a := range p {
		if p[a] > 0 && q[a] > 0 {
			sum += q[a] * math.Log(q[a]/p[a])
		}
	}
	return sum
}

func entropyOf(p, _ []float64) float64 {
	sum := 0.0
	for _, v := range p {
		if v > 0 {
			sum -= v * math.Log(v)
		}
	}
	return sum
}

// buggy returns a trainee with a bug in one quantity.
func buggy(quantity training.Quantity, bug string) gate.TraineeFunc {
	return func(_ context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
		reply := make(map[training.Quantity][]*big.Rat)
		for _, name := range want {
			own := ""
			if name == quantity {
				own = bug
			}
			for _, v := range newTrainee(q, own).compute(name) {
				var r *big.Rat
				if !math.IsNaN(v) && !math.IsInf(v, 0) {
					r = new(big.Rat).SetFloat64(v)
				}
				reply[name] = append(reply[name], r)
			}
		}
		return reply, nil
	}
}
