package exact

import (
	"cmp"
	"math"
	"slices"
)

// sandwich bounds the cost C(p) below a prefix from both sides, as a function of the
// probability p of reaching it. The cost of one policy is α + κp, with α the penalty,
// which averages over Q, and κ the KL and the harm per unit of p. So C, the least of
// these, is concave on [0, 1].
//
//   - From above: C(p) ≤ α + κp for every policy of the list plans, whose best one at p_k
//     is all but a tangent there.
//   - From below: a chord of a concave function lies below it. With C(p_k) ≥ L_k at the
//     knots, every p lies between two neighbours p_k ≤ p ≤ p_{k+1}, so C(p) is at least
//     the line through (p_k, L_k) and (p_{k+1}, L_{k+1}), hence at least the least of all
//     such lines. Any knots do that include 0 and 1; those below a chord of others are
//     left out. As no κ is negative, C does not fall: a bound at a knot is one at all
//     knots after it.
//
// The least of the lines, and not their polygon, is what the bound on a row is made of.
type sandwich struct {
	knots []knot // by increasing position, from 0 to 1
	lines []line
	plans []*plan

	// What turns a slope into the weight of a line in the row before.
	prob    float64             // ≥ P_0(a|x) of the edge that leads here; 0 if that is 0
	before  float64             // s_t of that row
	weights map[float64]float64 // by slope
}

// knot is a lower bound on C at one p.
type knot struct{ at, lower float64 }

// line is intercept + slope·p, with weight ≥ P_0(a|x)·e^{−slope/s}.
type line struct{ intercept, slope, weight float64 }

// insert adds a knot and draws the lines anew.
func (s *sandwich) insert(d directed, at, lower float64) {
	i, found := slices.BinarySearchFunc(s.knots, at, func(k knot, at float64) int { return cmp.Compare(k.at, at) })
	if found {
		s.knots[i].lower = max(s.knots[i].lower, lower)
	} else {
		s.knots = slices.Insert(s.knots, i, knot{at, lower})
	}
	s.draw(d)
}

// draw makes the lines of the knots.
func (s *sandwich) draw(d directed) {
	var hull []knot
	least := s.knots[0].lower
	for _, k := range s.knots {
		least = max(least, k.lower)
		k.lower = least
		for len(hull) > 1 && slopeOf(hull[len(hull)-2], hull[len(hull)-1]) <= slopeOf(hull[len(hull)-1], k) {
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, k)
	}
	s.lines = s.lines[:0]
	for k := range len(hull) - 1 {
		s.lines = append(s.lines, s.through(d, hull[k], hull[k+1]))
	}
	s.sort()
}

func slopeOf(a, b knot) float64 { return (b.lower - a.lower) / (b.at - a.at) }

// through returns a line that lies below both knots, and so below their chord.
func (s *sandwich) through(d directed, a, b knot) line {
	slope := slopeOf(a, b)
	intercept := min(below(math.FMA(-slope, a.at, a.lower)), below(math.FMA(-slope, b.at, b.lower)))
	return line{intercept, slope, s.weigh(d, slope)}
}

func (s *sandwich) weigh(d directed, slope float64) float64 {
	if s.prob == 0 {
		return 0
	}
	w, ok := s.weights[slope]
	if !ok {
		w = above(s.prob * d.exp(above(-slope/s.before)))
		s.weights[slope] = w
	}
	return w
}

// sort makes intercepts and weights grow from line to line, as they do without
// rounding. It only lowers intercepts and raises weights, so that the lines stay below.
func (s *sandwich) sort() {
	for k := len(s.lines) - 2; k >= 0; k-- {
		s.lines[k].intercept = min(s.lines[k].intercept, s.lines[k+1].intercept)
	}
	for k := 1; k < len(s.lines); k++ {
		s.lines[k].weight = max(s.lines[k].weight, s.lines[k-1].weight)
	}
}

// lower returns about the least of the lines at p, to guide the search.
func (s *sandwich) lower(p float64) float64 {
	least := math.Inf(1)
	for _, l := range s.lines {
		least = min(least, l.intercept+l.slope*p)
	}
	return least
}

// cheapest returns the policy of the list that costs least at p.
func (s *sandwich) cheapest(p float64) *plan {
	return slices.MinFunc(s.plans, func(a, b *plan) int { return cmp.Compare(a.cost(p), b.cost(p)) })
}

// gap returns about the distance between the two bounds at p.
func (s *sandwich) gap(p float64) float64 { return s.cheapest(p).cost(p) - s.lower(p) }
