package gate_test

import (
	"math"

	"sounding/gate/training"
)

// trajectories solves returns and estimates forward: each position sums over those
// after it.
func (s *trainee) trajectories(name training.Quantity) []float64 {
	var list []float64
	for _, τ := range s.q.Trajectories {
		γ, λ := float(τ.Discount), float(τ.Lambda)
		var counts []int
		for k, counted := range τ.Mask {
			if counted || s.bug == "mask ignored" {
				counts = append(counts, k)
			}
		}
		out := make([]float64, len(τ.Mask))
		for i, k := range counts {
			if !τ.Mask[k] {
				continue
			}
			for j := i; j < len(counts); j++ {
				m := counts[j]
				if s.bug == "reset" && m-k != j-i {
					break
				}
				switch {
				case name == "returns" || s.bug == "returns":
					if s.bug != "rewards" || j == i {
						out[k] += math.Pow(γ, float64(j-i)) * float(τ.Rewards[m])
					}
				default:
					δ := float(τ.Rewards[m]) - float(τ.Values[m])
					if s.bug == "masked bootstrap" {
						if m+1 < len(τ.Values) {
							δ += γ * float(τ.Values[m+1])
						}
					} else if j+1 < len(counts) {
						δ += γ * float(τ.Values[counts[j+1]])
					}
					out[k] += math.Pow(γ*λ, float64(j-i)) * δ
				}
			}
		}
		list = append(list, out...)
	}
	return list
}

func (s *trainee) groups() []float64 {
	var list []float64
	for _, g := range s.q.Groups {
		n, ε := len(g.Rewards), float(g.Epsilon)
		r, mean := make([]float64, n), 0.0
		for j := range r {
			r[j] = float(g.Rewards[j])
			mean += r[j] / float64(n)
		}
		deviation := func(skip int, mean float64, n int) float64 {
			squares := 0.0
			for j := range r {
				if j != skip {
					squares += (r[j] - mean) * (r[j] - mean)
				}
			}
			return math.Sqrt(squares / float64(n-g.DDoF))
		}
		for j := range r {
			others := r[j]
			if n > 1 {
				others = (mean*float64(n) - r[j]) / float64(n-1)
			}
			switch {
			case g.Method == "rloo":
				list = append(list, r[j]-others)
			case g.Method == "dr_grpo":
				list = append(list, r[j]-mean)
			case s.bug == "first rollout":
				list = append(list, (r[j]-r[0])/ε)
			case s.bug == "others' deviation" && n > 1:
				list = append(list, (r[j]-others)/(deviation(j, others, n-1)+ε))
			case n == 1 && s.bug != "NaN":
				list = append(list, 0)
			default:
				list = append(list, (r[j]-mean)/(deviation(-1, mean, n)+ε))
			}
		}
	}
	return list
}

// preferences returns losses, or their gradients by central formulas of the scores.
func (s *trainee) preferences(name training.Quantity) []float64 {
	var list []float64
	for _, p := range s.q.Pairs {
		β, kind, mean := float(p.Beta), p.Loss, p.Mean
		switch s.bug {
		case "sum for mean":
			mean = false
		case "loss type":
			kind = "dpo"
		}
		level := func(tokens []int, rows [][][]float64) float64 {
			y, total := s.follow(tokens), 0.0
			for t, a := range tokens {
				if s.acts(t, y.states[t]) {
					total += math.Log(rows[t][y.states[t]][a])
				}
			}
			if mean {
				total /= math.Max(s.acting(y), 1)
			}
			return total
		}
		Δ := level(p.Chosen, s.policy) - level(p.Rejected, s.policy)
		if kind != "simpo" {
			Δ -= level(p.Chosen, s.ref) - level(p.Rejected, s.ref)
		}
		var loss, slope float64
		if kind == "ipo" {
			loss, slope = math.Pow(Δ-1/(2*β), 2), 2*(Δ-1/(2*β))
		} else {
			u := β * Δ
			if kind == "simpo" {
				u -= float(p.Margin)
			}
			loss, slope = math.Log1p(math.Exp(-u)), -β/(1+math.Exp(u))
		}
		if name == "preference_loss" {
			list = append(list, loss)
			continue
		}
		own := *s
		own.samples = []sample{s.follow(p.Chosen), s.follow(p.Rejected)}
		own.samples[0].p, own.samples[1].p = 1, -1
		list = append(list, own.gradient(underPolicy, func(y sample, _ int) float64 {
			if mean {
				return slope / s.acting(y)
			}
			return slope
		})...)
	}
	return list
}

// losses returns the gradient of a loss on samples per batch: REINFORCE with the mean
// of the other sequences as a baseline, and k1 as a reward, reweighed by the ratio of
// the sequence.
func (s *trainee) losses() []float64 {
	var list []float64
	for _, b := range s.q.Batches {
		own := *s
		own.samples = nil
		n := float64(len(b.Sequences))
		for i, tokens := range b.Sequences {
			y := s.follow(tokens)
			others := 0.0
			for j, r := range b.Rewards {
				if j != i {
					others += float(r) / (n - 1)
				}
			}
			y.p = 1
			for _, w := range s.weights(y) {
				y.p *= w
			}
			y.harm = float(b.Rewards[i]) - others
			switch s.bug {
			case "own baseline":
				y.harm = float(b.Rewards[i]) - (others*(n-1)+float(b.Rewards[i]))/n
			case "no importance weight":
				y.p = 1
			case "no baseline or weight":
				y.p, y.harm = 1, float(b.Rewards[i])
			}
			own.samples = append(own.samples, y)
		}
		list = append(list, own.gradient(underPolicy, func(y sample, t int) float64 {
			kl := s.ratios(y, t)
			if s.q.Objective == training.ObjectiveHarm {
				kl = 0
			}
			if s.q.TokenLevel && s.bug != "sequence level" {
				kl = s.ratio(y, t)
			}
			c := (kl - y.harm) / n
			switch s.bug {
			case "token mean":
				c = (s.ratios(y, 0) - y.harm) / n / s.acting(y)
			case "times length":
				c *= s.acting(y)
			case "k3 as a loss":
				_, d := s.k3(y, t)
				c = (d - y.harm) / n
			}
			return c
		})...)
		if s.q.Objective == training.ObjectiveDeep {
			k := len(list) - len(s.penalty())
			for i, v := range s.penalty() {
				list[k+i] += v
			}
		}
	}
	return list
}
