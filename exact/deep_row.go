package exact

import (
	"container/heap"
	"math"
)

// prefix is a prefix x of t−1 tokens in the minimisation of DeepBound, with the bounds
// on the cost of what follows it.
type prefix struct {
	sandwich
	t, x     int
	next     []*prefix // xa for the edges of the row; none after position T
	recovers []bool    // a ∈ R, per edge
	scale    float64   // s_t
	penalty  float64   // ≤ η_t·Q(x)
	within   confinement
}

// confinement holds the recovery probability of a row within a range, whose ends as
// float64 lie outside of it.
type confinement struct {
	Range
	lo, hi float64
}

// box is a set of choices of one line for each edge: the lines from first[a] to last[a].
type box struct {
	first, last []int
	estimate    float64
}

type boxes []box

func (b boxes) Len() int           { return len(b) }
func (b boxes) Less(i, j int) bool { return b[i].estimate < b[j].estimate }
func (b boxes) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }
func (b *boxes) Push(x any)        { *b = append(*b, x.(box)) }
func (b *boxes) Pop() any {
	old := *b
	last := old[len(old)-1]
	*b = old[:len(old)-1]
	return last
}

// row is the problem of a prefix at one p > 0, with every C_xa replaced by the least of
// its lines ℓ_j(q) = α_j + κ_j·q:
//
//	min_r p·s·KL(r‖P_0) + s·η·Q(x)·r(R^c) + Σ_a min_j ℓ_aj(p·r_a)
//
// The two minima can be exchanged. For one line per edge the problem is that of Gibbs,
// p·s·(KL(r‖P_0) + Σ_a r_a·(κ_a/s + (ηQ(x)/p)·1[a∉R])) plus a constant, and its least
// value is
//
//	Σ_a α_a − p·s·log(A + B·e^{−ηQ(x)/p}),  A = Σ_{a∈R} P_0(a|x)·e^{−κ_a/s}, B the same outside of R.
//
// It grows with the intercepts and falls with the weights P_0·e^{−κ/s}, and both grow from
// line to line: in a box it is at least its value at the first intercepts and the last
// weights.
//
// A constraint ρ ≥ lo is met by a multiplier: for every g ≥ 1 it makes
// p·s·log g·(ρ − lo) ≥ 0, which is subtracted. So for every g ≥ 1 the least value is at least
//
//	Σ_a α_a − p·s·log(g·A + B·e^{−ηQ(x)/p}) + p·s·lo·log g,
//
// with equality for the g whose optimum has ρ = lo. For ρ ≤ hi the same is true of g ≤ 1,
// with hi for lo.
type row struct {
	*prefix
	d      directed
	p      float64
	lo, hi float64 // lo ≤ p·s ≤ hi
	decay  float64 // ≥ e^{−ηQ(x)/p}
}

func (n *prefix) row(d directed, p float64) *row {
	return &row{n, d, p, below(p * n.scale), above(p * n.scale), d.exp(above(-n.penalty / p))}
}

// sums returns the sum of the first intercepts of a box, and A and B at its last
// weights.
func (r *row) sums(b *box) (intercepts, a, rest float64) {
	for e, child := range r.next {
		intercepts = below(intercepts + child.lines[b.first[e]].intercept)
		w := child.lines[b.last[e]].weight
		if r.recovers[e] {
			a = above(a + w)
		} else {
			rest = above(rest + w)
		}
	}
	return intercepts, a, rest
}

// largestMultiplier bounds g and 1/g, which go to infinity with a constraint that
// leaves a row no choice.
const largestMultiplier = 1e100

// multiplier returns the g of the box, 1 if no constraint binds, and the end of the
// range that goes with it.
func (r *row) multiplier(a, rest float64) (g, end float64) {
	rho := a / (a + rest*r.decay)
	odds := func(rho float64) float64 {
		return min(max(rho/(1-rho)*(rest*r.decay/a), 1/largestMultiplier), largestMultiplier)
	}
	switch {
	case rho < r.within.lo:
		return max(1, odds(r.within.lo)), r.within.lo
	case rho > r.within.hi:
		return min(1, odds(r.within.hi)), r.within.hi
	}
	return 1, 0
}

// value returns a lower bound on the least value over a box, where log returns an upper
// bound on the logarithm.
func (r *row) value(b *box, log func(float64) float64) float64 {
	v, a, rest := r.sums(b)
	g, end := r.multiplier(a, rest)
	v = below(v - mostOf(r.lo, r.hi, log(above(above(g*a)+above(rest*r.decay)))))
	if g != 1 {
		v = below(v - mostOf(below(r.lo*end), above(r.hi*end), log(above(1/g))))
	}
	return v
}

// least returns a lower bound on C_x(p), p > 0, and the row whose cost is about that.
//
// It splits the box of all choices, the one with the lowest estimate first, until that
// one is a single choice. Estimates decide how the choices are divided among boxes, and
// nothing else: the bound is the least of the certain bounds of all boxes left.
func (n *prefix) least(d directed, p float64) (lower float64, prob []float64) {
	r := n.row(d, p)
	all := box{make([]int, len(n.next)), make([]int, len(n.next)), 0}
	for e, child := range n.next {
		all.last[e] = len(child.lines) - 1
	}
	all.estimate = r.value(&all, math.Log)
	left := &boxes{all}
	for widest := 0; ; {
		b := (*left)[0]
		if widest = b.widest(); widest < 0 {
			break
		}
		heap.Pop(left)
		for _, half := range b.split(widest) {
			half.estimate = r.value(&half, math.Log)
			heap.Push(left, half)
		}
	}
	best := (*left)[0]
	_, a, rest := r.sums(&best)
	total := above(a + above(rest*r.decay))
	reference := d.log(total)
	lower = math.Inf(1)
	for _, b := range *left {
		// log y ≤ log c + y/c − 1, with c the argument at the best choice: close enough
		// for most boxes.
		v := r.value(&b, func(y float64) float64 { return above(above(above(y/total)-1) + reference) })
		if v < best.estimate {
			v = max(v, r.value(&b, d.log))
		}
		lower = min(lower, v)
	}
	return lower, r.gibbs(&best)
}

// widest returns the edge with most lines to choose from, or −1 if all have one.
func (b *box) widest() int {
	widest, most := -1, 0
	for e := range b.first {
		if n := b.last[e] - b.first[e]; n > most {
			widest, most = e, n
		}
	}
	return widest
}

// split halves the choice at edge e.
func (b *box) split(e int) [2]box {
	var half [2]box
	for i := range half {
		half[i] = box{append([]int(nil), b.first...), append([]int(nil), b.last...), 0}
	}
	mid := (b.first[e] + b.last[e]) / 2
	half[0].last[e], half[1].first[e] = mid, mid+1
	return half
}

// gibbs returns about the row that is best for the choice of a box with one line for
// each edge.
func (r *row) gibbs(b *box) []float64 {
	_, a, rest := r.sums(b)
	g, _ := r.multiplier(a, rest)
	prob := make([]float64, len(r.next))
	sum := 0.0
	for e, child := range r.next {
		prob[e] = child.lines[b.last[e]].weight
		if r.recovers[e] {
			prob[e] *= g
		} else {
			prob[e] *= r.decay
		}
		sum += prob[e]
	}
	for e := range prob {
		prob[e] /= sum
	}
	return prob
}
