package exact

import (
	"errors"
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// ErrShape reports a process that DeepBound does not take.
var ErrShape = errors.New("want a prefix tree: every state but the first with one edge that leads to it")

// ErrInfeasible reports a range that no row of finite KL keeps to.
var ErrInfeasible = errors.New("no row of finite KL has a recovery probability in the range")

// DeepBound encloses the minimum of the deep objective (eq. 43) over all policies on a
// prefix tree, for every vocabulary and length:
//
//	L_deep(P) = λE_P[Harm] + Σ_t s_t·(KL_t + η_t·E_{y_<t∼Q}[P(y_t∉R|y_<t)]),  η_t = βγ^t
//
// with s_t = 1 unless other weights are asked for.
//
// L_deep is not convex: the KL of a row is weighed by the probability that the policy
// reaches it, the penalty by that of Q. But let C_x(p) be the least that is paid from
// prefix x on if x is reached with probability p,
//
//	C_x(p) = min_r [ p·s_t·KL(r‖P_0(·|x)) + s_t·η_t·Q(x)·r(R^c) + Σ_a C_xa(p·r_a) ],  C_y(p) = p·λHarm(y) after T tokens,
//
// so that the minimum of L_deep is C(1) at the empty prefix. The cost of a fixed policy
// from x on is linear in p, and C_x is the least of these: it is concave. It is bounded from
// below by chords and from above by policies ([sandwich]); with chords for C_xa, the problem
// of a row is a minimum of problems that Gibbs solves ([row]). Bounds are refined where a
// row that may be the best one reads them, and nowhere else.
type DeepBound struct {
	in     *model.Instance
	root   *prefix
	scale  []float64
	d      directed
	effort int // rows still to be solved
}

// Range is a range of recovery probabilities, Lo ≤ ρ ≤ Hi; nil leaves an end free.
type Range struct{ Lo, Hi *big.Rat }

// DeepOptions change the problem of a DeepBound.
type DeepOptions struct {
	// Scale holds the weights s_t > 0 of the positions: [t−1]. Nil is 1 for all.
	Scale []float64
	// Within gives the range that policies keep to at state x of layer t−1. Nil leaves all free.
	Within func(t, x int) Range
}

// DeepMinimum encloses the minimum.
type DeepMinimum struct {
	Lower, Upper *big.Float       // Lower ≤ the minimum ≤ Upper
	Policy       []model.Naturals // a policy that costs at most Upper, as weights per edge
}

// Width returns Upper − Lower.
func (m *DeepMinimum) Width() float64 {
	w, _ := new(big.Float).Sub(m.Upper, m.Lower).Float64()
	return w
}

// NewDeepBound prepares the bounds for an instance. The error is ErrShape, or
// ErrInfeasible with its place, or says which numbers lie outside of what enclosures
// reach.
func NewDeepBound(in *model.Instance, o DeepOptions) (*DeepBound, error) {
	if !isTree(in.Process) {
		return nil, ErrShape
	}
	b := &DeepBound{in: in, scale: o.Scale, d: newDirected()}
	if b.scale == nil {
		b.scale = make([]float64, in.Length())
		for t := range b.scale {
			b.scale[t] = 1
		}
	}
	pt, err := NumbersOf(b.d.f, in.Process)
	if err != nil {
		return nil, err
	}
	objective, err := NewObjective(b.d.f, in)
	if err != nil {
		return nil, err
	}
	b.root, err = b.build(pt, &objective, o.Within, 1, 0)
	return b, err
}

// isTree reports whether every state but the first has one edge that leads to it.
func isTree(p *model.Process) bool {
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		if l.Edges() != p.States(t) {
			return false
		}
		led := make([]bool, p.States(t))
		for e := range l.Edges() {
			if led[l.Next(e)] {
				return false
			}
			led[l.Next(e)] = true
		}
	}
	return true
}

// build returns the prefix that ends in state x of layer t−1, with a first policy and a
// first lower bound, from those of its continuations.
func (b *DeepBound) build(pt *model.Numbers[field.Enclosure], o *Objective[field.Enclosure], within func(t, x int) Range, t, x int) (*prefix, error) {
	f := b.d.f
	n := &prefix{t: t, x: x}
	if t > b.in.Length() {
		cost := f.Mul(o.Lambda, pt.Harm[x])
		low, high := b.d.floor(cost), b.d.ceil(cost)
		n.knots = []knot{{0, 0}, {1, low}}
		n.plans = []*plan{{unit: high}}
		return n, nil
	}
	n.scale = b.scale[t-1]
	n.penalty = max(0, b.d.floor(f.Mul(o.tilt(f, t), o.Adversary[t-1][x])))
	if err := n.confine(b, within); err != nil {
		return nil, err
	}
	l := pt.Process.Layer(t)
	for e, hi := l.Row(x); e < hi; e++ {
		child, err := b.build(pt, o, within, t+1, l.Next(e))
		if err != nil {
			return nil, err
		}
		if !l.Weights().IsZero(e) {
			child.prob = b.d.ceil(pt.Prob[t-1][e])
		}
		child.readBy(b.d, n.scale)
		n.next, n.recovers = append(n.next, child), append(n.recovers, o.Recovers(l.Token(e)))
	}
	n.start(b.d)
	return n, nil
}

// confine sets the range of the prefix.
func (n *prefix) confine(b *DeepBound, within func(t, x int) Range) error {
	n.within = confinement{lo: 0, hi: 1}
	if within == nil {
		return nil
	}
	n.within.Range = within(n.t, n.x)
	rho, one := b.in.BaseRecovery(n.t, n.x), big.NewRat(1, 1)
	lo, hi := n.within.Lo, n.within.Hi
	if lo != nil {
		n.within.lo = b.d.floor(mustEnclose(b.d.f.FromRat(lo)))
	}
	if hi != nil {
		n.within.hi = b.d.ceil(mustEnclose(b.d.f.FromRat(hi)))
	}
	switch {
	case lo != nil && (lo.Cmp(one) > 0 || lo.Sign() > 0 && rho.Sign() == 0),
		hi != nil && (hi.Sign() < 0 || hi.Cmp(one) < 0 && rho.Cmp(one) == 0),
		lo != nil && hi != nil && lo.Cmp(hi) > 0:
		return fmt.Errorf("position %d, state %d: %w", n.t, n.x, ErrInfeasible)
	}
	return nil
}

// readBy prepares the bounds of a prefix for the row before it, whose weight is s. Where
// the base model never takes the edge that leads here, no policy of finite cost does, and
// the cost is C(0).
func (n *prefix) readBy(d directed, s float64) {
	n.before, n.weights = s, make(map[float64]float64)
	if n.prob == 0 {
		n.lines = []line{{intercept: n.knots[0].lower}}
		n.plans = []*plan{n.unreached()}
		return
	}
	n.draw(d)
}

// start gives a prefix its first knots, at 0 and 1, and its first policies: the base model, and
// one that lies in R as far as it can, for a prefix that is hardly reached. A row that
// is not reached at all costs its penalty alone.
func (n *prefix) start(d directed) {
	failing := 1.0
	base, recovering := make([]float64, len(n.next)), make([]float64, len(n.next))
	for e, child := range n.next {
		base[e] = child.prob
		if n.recovers[e] {
			recovering[e] = child.prob
			failing = below(1 - n.within.hi)
		}
	}
	unreached := max(0, below(below(n.scale*n.penalty)*failing))
	for _, child := range n.next {
		unreached = below(unreached + child.knots[0].lower)
	}
	n.offer(base, 1)
	n.offer(recovering, 0)
	lower, _ := n.least(d, 1)
	n.knots = []knot{{0, unreached}, {1, lower}}
}

// Minimise encloses the minimum to the given width, or to what can be had by solving the
// problem of a row effort times.
func (b *DeepBound) Minimise(width float64, effort int) (*DeepMinimum, error) {
	b.effort = effort
	b.refine(b.root, 1, width)
	best := b.root.cheapest(1)
	m := &DeepMinimum{Policy: b.policy(best)}
	last := b.root.knots[len(b.root.knots)-1]
	m.Lower = big.NewFloat(last.lower)
	cost, err := b.cost(m.Policy)
	if err != nil {
		return nil, err
	}
	_, m.Upper = b.d.f.Bounds(cost)
	return m, nil
}

// cost encloses the objective at a policy, by the sums over all states.
func (b *DeepBound) cost(policy []model.Naturals) (field.Enclosure, error) {
	f := b.d.f
	rows, err := PolicyRows(f, b.in.Process, policy)
	if err != nil {
		return field.Enclosure{}, err
	}
	pt, err := NumbersOf(f, b.in.Process)
	if err != nil {
		return field.Enclosure{}, err
	}
	o, err := NewObjective(f, b.in)
	if err != nil {
		return field.Enclosure{}, err
	}
	d, err := Deep(f, pt, o, rows)
	if err != nil {
		return field.Enclosure{}, err
	}
	sum := d.Harm
	for t, s := range b.scale {
		sum = f.Add(sum, f.Mul(b.d.point(s), f.Add(d.KL[t], d.Failure[t])))
	}
	return sum, nil
}

// leastReach is a probability of being reached below which bounds are not refined.
const leastReach = 1e-100

// refine brings the bounds on C_x(p) to within width of one another, as far as the effort
// goes: while they are further apart, it refines those of the continuations that the best
// row found reads, each to its share.
func (b *DeepBound) refine(n *prefix, p, width float64) {
	for {
		b.effort--
		lower, prob := n.least(b.d, p)
		n.offer(prob, p)
		gap := n.cheapest(p).cost(p) - lower
		if gap > width && b.effort > 0 && b.refineNext(n, prob, p, width) {
			continue
		}
		n.insert(b.d, p, lower)
		return
	}
}

// patience is the part of its gap to which a bound is refined at a time: the row that reads
// it may move.
const patience = 8

// refineNext refines the bounds that a row reads, and reports whether there was one to refine. Half of
// the width is shared out, half of it evenly and half by probability.
func (b *DeepBound) refineNext(n *prefix, prob []float64, p, width float64) bool {
	refined := false
	for e, child := range n.next {
		q := p * prob[e]
		share := width / 4 * (prob[e] + 1/float64(len(prob)))
		if gap := child.gap(q); len(child.next) > 0 && q > leastReach && gap > share && b.effort > 0 {
			b.refine(child, q, max(share, gap/patience))
			refined = true
		}
	}
	return refined
}
