package gate_test

import (
	"math"
	"math/big"

	"sounding/gate/training"
)

// compute returns a quantity.
func (s *trainee) compute(name training.Quantity) []float64 {
	λ := float(s.in.Lambda)
	switch name {
	case "gradient":
		return s.harmGradient()
	case "kl":
		list := s.divergence(s.kl)
		if s.bug == "whole for token" {
			total := 0.0
			for _, v := range list {
				total += v
			}
			for t := range list {
				list[t] = total
			}
		}
		return list
	case "kl_sum":
		total, tokens := 0.0, 0.0
		for _, y := range s.samples {
			total += y.p * s.ratios(y, 0)
			tokens += y.p * s.acting(y)
		}
		if s.bug == "mean over all tokens" && tokens > 0 {
			return []float64{total / tokens}
		}
		return []float64{total}
	case "kl_forward":
		return s.divergence(func(p, p0 []float64) float64 { return klOf(p0, p) })
	case "entropy":
		return s.divergence(entropyOf)
	case "jsd":
		return s.jsd()
	case "kl_gradient":
		return s.klGradient()
	case "entropy_gradient":
		return s.gradient(underPolicy, func(y sample, t int) float64 {
			total := 0.0
			for k := t; k < len(y.tokens); k++ {
				total += s.surprise(y, k)
			}
			return total
		})
	case "objective_gradient":
		return s.objective(λ, s.klGradient())
	case "deep_objective_gradient":
		return sum(s.objective(λ, s.klGradient()), s.penalty())
	case "optimum":
		return s.optimum(λ)
	case "fisher":
		return s.fisher()
	case "value", "q", "advantage":
		return s.outcomes(name)
	case "returns", "gae":
		return s.trajectories(name)
	case "group_advantage":
		return s.groups()
	case "preference_loss", "preference_gradient":
		return s.preferences(name)
	case training.LossGradient:
		return s.losses()
	}
	return s.sequences(name)
}

func (s *trainee) objective(λ float64, kl []float64) []float64 {
	if s.bug == "KL missing" {
		kl = scaled(0, kl)
	}
	return sum(scaled(λ, s.harmGradient()), kl)
}

func (s *trainee) jsd() []float64 {
	var list []float64
	for _, weight := range s.q.JSDWeights {
		w := float(weight)
		list = append(list, s.divergence(func(p, p0 []float64) float64 {
			m, mix := make([]float64, len(p)), w
			if s.bug == "mixture exchanged" {
				mix = 1 - w
			}
			for a := range m {
				m[a] = mix*p[a] + (1-mix)*p0[a]
				if s.bug == "log mixture" {
					m[a] = p0[a] // where the policy takes nothing
					if p[a] > 0 {
						m[a] = math.Pow(p[a], w) * math.Pow(p0[a], 1-w)
					}
				}
			}
			v := w*klOf(p, m) + (1-w)*klOf(p0, m)
			if s.bug == "limit" {
				v /= w * (1 - w)
			}
			return v
		})...)
	}
	return list
}

// penalty differentiates Σ_t βγ^t·E_Q[P(y_t∉R)] row by row.
func (s *trainee) penalty() []float64 {
	mass := []float64{1}
	var g []float64
	for t := range s.t {
		l, next := s.in.Layer(t+1), make([]float64, s.in.States(t+1))
		η := float(s.in.Eta(t + 1))
		for x, m := range mass {
			row := s.policy[t][x]
			fails := 0.0
			for a, p := range row {
				if !s.in.Recovers(a) {
					fails += p
				}
			}
			for a, p := range row {
				d := -p * fails
				if !s.in.Recovers(a) {
					d += p
				}
				if !s.acts(t, x) {
					d = 0
				}
				g = append(g, η*m*d)
			}
			if t+1 < s.t {
				w := s.in.AdversaryWeights(t + 1)
				lo, hi := l.Row(x)
				for e := lo; e < hi; e++ {
					next[l.Next(e)] += m * float(new(big.Rat).SetFrac(w.At(e), w.Sum(lo, hi)))
				}
			}
		}
		mass = next
	}
	return g
}

// optimum conditions P_0·e^{−λHarm}, from the mass of all continuations.
func (s *trainee) optimum(λ float64) []float64 {
	base := s.ref
	if s.bug == "policy for reference" {
		base = s.policy
	}
	var mass func(t, x int) float64
	mass = func(t, x int) float64 {
		if t == s.t {
			return math.Exp(-λ * float(s.in.HarmAt(x)))
		}
		total := 0.0
		for a, p := range base[t][x] {
			if p > 0 {
				total += p * mass(t+1, s.next(t, x, a))
			}
		}
		return total
	}
	var list []float64
	for t := range s.t {
		for x := range s.in.States(t) {
			total := mass(t, x)
			for a, p := range base[t][x] {
				if p > 0 {
					p *= mass(t+1, s.next(t, x, a)) / total
				}
				list = append(list, p)
			}
		}
	}
	return list
}

// fisher averages the outer products of the scores.
func (s *trainee) fisher() []float64 {
	var list []float64
	for t := range s.t {
		for x := range s.in.States(t) {
			m, mean := make([]float64, s.v*s.v), make([]float64, s.v)
			for a, p := range s.policy[t][x] {
				for b, pb := range s.policy[t][x] {
					for c, pc := range s.policy[t][x] {
						sb, sc := -pb, -pc
						if pb > 0 && a == b {
							sb++
						}
						if pc > 0 && a == c {
							sc++
						}
						m[b*s.v+c] += p * sb * sc
					}
					mean[b] += p * (indicator(a == b) - pb)
				}
			}
			for i := range m {
				switch {
				case !s.acts(t, x):
					m[i] = 0
				case s.bug == "square of the mean":
					m[i] = mean[i/s.v] * mean[i%s.v]
				}
			}
			list = append(list, m...)
		}
	}
	return list
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// outcomes returns values by running through all continuations.
func (s *trainee) outcomes(name training.Quantity) []float64 {
	γ := float(s.tr.Discount)
	var worth func(t, x int) float64 // of layer t
	worth = func(t, x int) float64 {
		if t == s.t {
			return float(s.in.HarmAt(x))
		}
		total := 0.0
		for a, p := range s.policy[t][x] {
			if p > 0 {
				y := s.next(t, x, a)
				factor := γ
				if t+1 == s.t || s.over[t+1][y] {
					factor = 1
				}
				total += p * factor * worth(t+1, y)
			}
		}
		return total
	}
	var list []float64
	for t := range s.t {
		for x := range s.in.States(t) {
			v := worth(t, x)
			if s.over[t][x] {
				v = 0
			}
			if name == "value" {
				list = append(list, v)
				continue
			}
			for a := range s.v {
				q, y := 0.0, s.next(t, x, a)
				if y >= 0 && !s.over[t][x] {
					q = worth(t+1, y)
					if t+1 < s.t && !s.over[t+1][y] {
						q *= γ
					}
					if name == "advantage" {
						q -= v
					}
				}
				list = append(list, q)
			}
		}
	}
	return list
}

// sequences returns the quantities of listed sequences.
func (s *trainee) sequences(name training.Quantity) []float64 {
	var list []float64
	for _, tokens := range s.q.Sequences {
		y := s.follow(tokens)
		logs, n := s.logs(y), s.acting(y)
		total := 0.0
		for _, v := range logs {
			total += v
		}
		product, meanLog := 1.0, 0.0
		weights := s.weights(y)
		for t, w := range weights {
			product *= w
			if s.acts(t, y.states[t]) {
				meanLog += math.Log(w)
			}
		}
		geometric := 1.0
		if n > 0 {
			geometric = math.Exp(meanLog / n)
		}
		switch name {
		case "log_probability":
			list = append(list, logs...)
		case "log_probability_sum":
			list = append(list, total)
		case "log_probability_mean":
			if s.bug == "end counted" {
				total -= logs[len(logs)-1]
			}
			list = append(list, total/math.Max(n, 1))
		case "importance_weight":
			list = append(list, weights...)
		case "importance_weight_sequence":
			if s.bug == "geometric" {
				product = geometric
			}
			list = append(list, product)
		case "importance_weight_geometric":
			if s.bug == "product" {
				geometric = product
			}
			list = append(list, geometric)
		}
	}
	return list
}

// follow returns a sequence of tokens as a sample without its probability.
func (s *trainee) follow(tokens []int) sample {
	y, x := sample{tokens: tokens}, 0
	for t, a := range tokens {
		y.states = append(y.states, x)
		x = s.next(t, x, a)
	}
	return y
}

// logs returns log p per token, 0 where the policy does not choose it.
func (s *trainee) logs(y sample) []float64 {
	list := make([]float64, len(y.tokens))
	cold := s
	if s.bug == "divides log-probabilities" {
		cold = newTrainee(s.q, "temperature ignored")
	}
	for t, a := range y.tokens {
		x := y.states[t]
		if !s.acts(t, x) {
			continue
		}
		switch s.bug {
		case "divides log-probabilities":
			list[t] = math.Log(cold.policy[t][x][a]) / float(s.tr.Temperature)
		case "labels":
			if t+1 < len(y.tokens) && s.policy[t][x][y.tokens[t+1]] > 0 {
				list[t] = math.Log(s.policy[t][x][y.tokens[t+1]])
			}
		default:
			list[t] = math.Log(s.policy[t][x][a])
		}
	}
	return list
}
