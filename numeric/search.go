package numeric

import (
	"math"
	"slices"

	"sounding/model"
)

// The effort of DeepCandidates: steps per start, and the sum of the integer weights
// that a row is rounded to. What is claimed of a candidate does not depend on them: it
// is decided on the rounded policy.
const (
	searchSteps = 400
	searchGrid  = 1 << 10
)

// DeepCandidates looks for minimisers of the deep objective (eq. 43) over all
// policies on the states of the instance, and returns what it finds, best first,
// as policies of integer weights.
//
// It iterates the law of stationary points, half a step at a time in the
// logarithm,
//
//	P(a|x) ∝ P_0(a|x)·exp(−J(xa) + η_t·w(x)·1[a∈R]),  w(x) = Q(x)/P(x),
//
// in float64, from the base model and from policies that prefer one first token
// each, so that several minima are seen. Nothing is claimed of the result; an
// enclosure of its objective is an upper bound on the minimum. The base model
// must be positive on every edge.
func DeepCandidates(in *model.Instance) [][]model.Naturals {
	s := newSearch(in)
	type found struct {
		policy []model.Naturals
		value  float64
	}
	var all []found
	lo, hi := in.Layer(1).Row(0)
	for start := lo - 1; start < hi; start++ {
		policy := make([][]float64, len(s.base))
		for i := range policy {
			policy[i] = slices.Clone(s.base[i])
		}
		if start >= lo {
			policy[0][start] += 10
			normalise(policy[0][lo:hi])
		}
		value := math.Inf(1)
		for range searchSteps {
			value = s.step(policy)
		}
		f := found{s.round(policy), value}
		if math.IsNaN(value) || slices.ContainsFunc(all, func(g found) bool {
			return slices.EqualFunc(f.policy, g.policy, model.Naturals.Equal)
		}) {
			continue
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(f, g found) int {
		switch {
		case f.value < g.value:
			return -1
		case f.value > g.value:
			return 1
		}
		return 0
	})
	policies := make([][]model.Naturals, len(all))
	for i, f := range all {
		policies[i] = f.policy
	}
	return policies
}

// search is the deep objective of an instance and its base model.
type search struct {
	*Objective
	base [][]float64 // P_0: [t−1][e]
}

func newSearch(in *model.Instance) *search {
	s := &search{Objective: newObjective(in, nil, true)}
	for t := 1; t <= in.Length(); t++ {
		s.base = append(s.base, probabilities(in.Layer(t), in.Layer(t).Weights()))
	}
	return s
}

func normalise(v []float64) {
	sum := 0.0
	for _, a := range v {
		sum += a
	}
	for i := range v {
		v[i] /= sum
	}
}

// leastReach keeps the weight Q/P of a state finite if the policy hardly reaches it.
// It does not enter the exact costs of the candidates.
const leastReach = 1e-12

// step moves the policy by one iteration, position by position from the last on,
// and returns the objective at the policy it left.
func (s *search) step(policy [][]float64) (value float64) {
	in := s.in
	occ := marginals(in.Process, func(t int) []float64 { return policy[t-1] }, in.Length())
	cost := make([]float64, len(s.harm))
	for x, h := range s.harm {
		cost[x] = s.lambda * h
	}
	for t := in.Length(); t >= 1; t-- {
		l := in.Layer(t)
		before := make([]float64, l.States())
		for x := range before {
			lo, hi := l.Row(x)
			row := policy[t-1][lo:hi]
			weight := s.adversary[t-1][x] / max(occ[t-1][x], leastReach)
			logs, largest := make([]float64, hi-lo), math.Inf(-1)
			for e := lo; e < hi; e++ {
				p, q := row[e-lo], s.base[t-1][e]
				before[x] += p * (math.Log(p/q) + cost[l.Next(e)])
				target := math.Log(q) - cost[l.Next(e)]
				if in.Recovers(l.Token(e)) {
					target += s.eta[t-1] * weight
				} else {
					value += s.eta[t-1] * s.adversary[t-1][x] * p
				}
				logs[e-lo] = (math.Log(p) + target) / 2
				largest = max(largest, logs[e-lo])
			}
			for i := range row {
				row[i] = max(math.Exp(logs[i]-largest), 1e-300)
			}
			normalise(row)
		}
		cost = before
	}
	return value + cost[0]
}

// round returns the policy with every row in positive integer weights.
func (s *search) round(policy [][]float64) []model.Naturals {
	list := make([]model.Naturals, len(policy))
	for i, prob := range policy {
		for _, p := range prob {
			list[i].AppendInt64(max(1, int64(math.Round(p*searchGrid))))
		}
	}
	return list
}
