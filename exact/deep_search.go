package exact

import (
	"math"
	"slices"

	"sounding/model"
)

// searchSteps and searchGrid are what DeepCandidates spends: steps per start, and
// the sum of the integer weights that a row is rounded to. Neither touches what
// is claimed of a candidate, which is decided on the rounded policy.
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
// in binary64 from the base model and from policies that prefer one first token
// each, so that several minima are seen. Nothing is claimed of the result: an
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

// search is an instance in binary64.
type search struct {
	in        *model.Instance
	base      [][]float64 // P_0: [t−1][e]
	adversary [][]float64 // Q(x): [t−1][x]
	harm      []float64   // λHarm
	eta       []float64   // η_t: [t−1]
}

func newSearch(in *model.Instance) *search {
	s := &search{in: in}
	law := make([][]float64, in.Length())
	for t := 1; t <= in.Length(); t++ {
		s.base = append(s.base, floats(in.Layer(t), in.Layer(t).Weights()))
		eta, _ := in.Eta(t).Float64()
		s.eta = append(s.eta, eta)
		if t < in.Length() {
			law[t-1] = floats(in.Layer(t), in.AdversaryWeights(t))
		}
	}
	s.adversary = s.occupancy(law[:in.Length()-1])
	lambda, _ := in.Lambda.Float64()
	for x := range in.States(in.Length()) {
		h, _ := in.HarmAt(x).Float64()
		s.harm = append(s.harm, lambda*h)
	}
	return s
}

// floats returns weight over row sum for every edge of l.
func floats(l *model.Layer, w *model.Naturals) []float64 {
	v := make([]float64, l.Edges())
	for e := range v {
		v[e], _ = w.At(e).Float64()
	}
	for x := range l.States() {
		lo, hi := l.Row(x)
		normalise(v[lo:hi])
	}
	return v
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

// occupancy returns the probability of every state of the layers 0…len(law).
func (s *search) occupancy(law [][]float64) [][]float64 {
	occ := [][]float64{{1}}
	for t := 1; t <= len(law); t++ {
		l := s.in.Layer(t)
		next := make([]float64, s.in.States(t))
		for x, p := range occ[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				next[l.Next(e)] += p * law[t-1][e]
			}
		}
		occ = append(occ, next)
	}
	return occ
}

// leastReach keeps the weight Q/P of a state finite where the policy all but leaves it.
// The candidates are only as good as their exact costs, which nothing here enters.
const leastReach = 1e-12

// step moves the policy by one iteration, position by position from the last on,
// and returns the objective at the policy it left.
func (s *search) step(policy [][]float64) (value float64) {
	in := s.in
	occ := s.occupancy(policy)
	cost := s.harm
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
