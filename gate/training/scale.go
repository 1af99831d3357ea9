package training

import (
	"math"
	"slices"
)

// Scales returns what the error of each number of a quantity is measured in, whose truth is
// near the given numbers: the tolerance in units of 4096·(V+T)·2⁻⁵³.
func (s *Solution) Scales(q Quantity, truth []float64) []float64 {
	c := s.floats()
	all := func(v float64) []float64 { return slices.Repeat([]float64{v}, len(truth)) }
	in := s.question.Instance
	λ, β := floats{}.FromRat(in.Lambda), floats{}.FromRat(in.Beta)
	switch q.row().scale {
	case scaleLambda:
		return all(1 + λ)
	case scaleLogs:
		return all(1 + s.largestLog())
	case scaleObjective:
		return all(1 + λ + β + s.largestLog())
	case scaleRatio:
		list := all(1 + s.largestLog())
		for i, v := range truth {
			list[i] *= math.Max(1, math.Abs(v))
		}
		return list
	case scaleTrajectory:
		var list []float64
		for _, τ := range s.question.Trajectories {
			sum := 1.0
			for k := range τ.Rewards {
				sum += math.Abs(c.FromRat(τ.Rewards[k])) + math.Abs(c.FromRat(τ.Values[k]))
			}
			list = append(list, slices.Repeat([]float64{sum}, len(τ.Rewards))...)
		}
		return list
	case scaleGroup:
		return s.groupScales(truth)
	case scalePreference:
		return s.preferenceScales(q)
	}
	return all(1)
}

func (s *Solution) groupScales(truth []float64) []float64 {
	c := s.floats()
	var list []float64
	for _, g := range s.question.Groups {
		largest := 0.0
		for _, r := range g.Rewards {
			largest = math.Max(largest, math.Abs(c.FromRat(r)))
		}
		for range g.Rewards {
			scale := 1 + largest
			if g.Method == "grpo" {
				scale *= (1 + math.Abs(truth[len(list)])) / c.deviation(g)
			}
			list = append(list, scale)
		}
	}
	return list
}

func (s *Solution) preferenceScales(q Quantity) []float64 {
	c := s.floats()
	n := 1
	if q == "preference_gradient" {
		n = len(c.tokens().value)
	}
	var list []float64
	for _, p := range s.question.Pairs {
		β, logs := c.FromRat(p.Beta), 1+2*s.largestLog()
		scale := (1+β)*logs + math.Abs(c.FromRat(p.Margin))
		if p.Loss == "ipo" {
			scale = (logs + 1/(2*β)) * (logs + 1/(2*β))
		}
		list = append(list, slices.Repeat([]float64{scale}, n)...)
	}
	return list
}

// largestLog returns Λ: T times the largest logarithm of a probability, or of a ratio of
// two, of an acting row, over τ.
func (s *Solution) largestLog() float64 {
	if !math.IsNaN(s.logs) {
		return s.logs
	}
	c := s.floats()
	largest := 0.0
	for _, r := range []*rows[float64]{&c.policy, &c.reference, &c.behaviour} {
		own, log := c.logs(&c.policy), c.logs(r)
		c.each(func(t, _, e int) {
			largest = math.Max(largest, math.Max(math.Abs(log[t-1][e]), math.Abs(own[t-1][e]-log[t-1][e])))
		})
	}
	s.logs = largest * float64(c.in.Length())
	if τ := c.temperature(); τ != nil {
		s.logs = math.Max(s.logs, s.logs/c.FromRat(τ))
	}
	return s.logs
}
