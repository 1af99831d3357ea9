package exact

import (
	"errors"
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// ErrShape reports an instance that is not one for FirstToken.
var ErrShape = errors.New("want a prefix tree of two tokens and two positions with a base model positive on every edge")

// FirstToken is the deep objective (eq. 43) on the prefix tree of two tokens and
// two positions, as a function of q = P(1) alone: the minimum over the rows of
// position 2 has a closed form. With p the probability of first token x and
// c = βγ²·Q(x), the best row of x costs
//
//	C_x(p) = min_r p·(KL(r‖P_0(·|x)) + λE_r[Harm]) + c·r(R^c) = −p·log(A + B·e^{−c/p})
//
// where A = Σ_{b∈R} P_0(b|x)·e^{−λHarm(xb)} and B is the same sum outside of R, so
//
//	f(q) = KL(q‖P_0) + βγ·P(y_1∉R) + C_0(1−q) + C_1(q).
//
// C_x is a minimum of linear functions of p, hence concave; the KL is convex. So a
// chord of the one and a tangent to the other bound f from below on an interval,
// with an error of the order of its length squared.
//
// The rows of position 2 may be required to have a recovery probability of at least
// a floor ε. If the best row lies below it, the row at the floor takes its place,
//
//	C_x(p) = p·(ε·log(ε/A) + (1−ε)·log((1−ε)/B)) + c·(1−ε),
//
// which is still a minimum of linear functions.
type FirstToken struct {
	f        field.Interval
	base     [2]field.Enclosure // P_0 of the first token
	log      [2]field.Enclosure // log P_0
	failure  [2]field.Enclosure // βγ·1[token ∉ R]
	a, b, c  [2]field.Enclosure // A, B and c per first token
	floor    *field.Enclosure   // ε, or nil
	recovers bool               // R is not empty
}

// NewFirstToken returns the function for an instance. The floor is the least recovery
// probability at position 2, 0 < ε < 1, or nil for none; with a floor, R must hold
// one token. The bounds hold for every number in the enclosure of the floor.
func NewFirstToken(f field.Interval, in *model.Instance, floor *field.Enclosure) (*FirstToken, error) {
	if in.Vocabulary() != 2 || in.Length() != 2 || !in.Tree() || anyZero(in.Layer(1).Weights()) || anyZero(in.Layer(2).Weights()) {
		return nil, ErrShape
	}
	pt, err := NumbersOf(f, in.Process)
	if err != nil {
		return nil, err
	}
	o, err := NewObjective(f, in)
	if err != nil {
		return nil, err
	}
	g := &FirstToken{f: f, floor: floor, recovers: len(in.Recovery) > 0}
	if floor != nil && len(in.Recovery) != 1 {
		return nil, fmt.Errorf("a floor with %d recovery tokens: want one", len(in.Recovery))
	}
	for x := range 2 {
		g.base[x] = pt.Prob[0][x]
		if g.log[x], err = f.Log(g.base[x]); err != nil {
			return nil, err
		}
		g.a[x], g.b[x], g.failure[x] = f.FromInt(0), f.FromInt(0), f.FromInt(0)
		if !o.Recovers(x) {
			g.failure[x] = o.tilt(f, 1)
		}
		g.c[x] = f.Mul(o.tilt(f, 2), o.Adversary[1][x])
		for y := range 2 {
			e := 2*x + y
			tilted, err := f.Exp(f.Neg(f.Mul(o.Lambda, pt.Harm[e])))
			if err != nil {
				return nil, err
			}
			tilted = f.Mul(tilted, pt.Prob[1][e])
			if o.Recovers(y) {
				g.a[x] = f.Add(g.a[x], tilted)
			} else {
				g.b[x] = f.Add(g.b[x], tilted)
			}
		}
	}
	return g, nil
}

func anyZero(w *model.Naturals) bool {
	for i := range w.Len() {
		if w.IsZero(i) {
			return true
		}
	}
	return false
}

// row encloses C_x(p).
func (g *FirstToken) row(x int, p field.Enclosure) (field.Enclosure, error) {
	f := g.f
	if f.Sign(p) == field.Zero {
		// The limit: a row that is not reached costs no KL, and may lie wholly in R.
		if g.recovers {
			return f.FromInt(0), nil
		}
		return g.c[x], nil
	}
	c := field.NewCalc(f)
	z := c.Add(g.a[x], c.Mul(g.b[x], c.Exp(c.Neg(c.Quo(g.c[x], p)))))
	free := c.Neg(c.Mul(p, c.Log(z)))
	if g.floor == nil || c.Err() != nil {
		return free, c.Err()
	}
	below := c.Sign(c.Sub(*g.floor, c.Quo(g.a[x], z)))
	if below == field.Negative || below == field.Zero || c.Err() != nil {
		return free, c.Err()
	}
	held, err := g.atFloor(x, p)
	if err != nil || below == field.Positive {
		return held, err
	}
	return f.Hull(free, held), nil
}

// atFloor encloses the cost of the row at the floor, after first token x.
func (g *FirstToken) atFloor(x int, p field.Enclosure) (field.Enclosure, error) {
	c := field.NewCalc(g.f)
	eps := *g.floor
	fail := c.Sub(c.FromInt(1), eps)
	sum := c.Add(
		c.Mul(eps, c.Log(c.Quo(eps, g.a[x]))),
		c.Mul(fail, c.Log(c.Quo(fail, g.b[x]))))
	return c.Add(c.Mul(p, sum), c.Mul(g.c[x], fail)), c.Err()
}

// concave encloses the part of f that is concave in q: the penalty of position 1
// and the rows of position 2.
func (g *FirstToken) concave(q field.Enclosure) (field.Enclosure, error) {
	f := g.f
	sum := f.FromInt(0)
	for x, p := range [2]field.Enclosure{f.Sub(f.FromInt(1), q), q} {
		row, err := g.row(x, p)
		if err != nil {
			return row, err
		}
		sum = f.Add(sum, f.Add(f.Mul(g.failure[x], p), row))
	}
	return sum, nil
}

// divergence encloses KL(q‖P_0) of the first token and its derivative, for
// 0 < q < 1.
func (g *FirstToken) divergence(q field.Enclosure) (kl, slope field.Enclosure, err error) {
	f := g.f
	var ratio [2]field.Enclosure
	kl = f.FromInt(0)
	for x, p := range [2]field.Enclosure{f.Sub(f.FromInt(1), q), q} {
		log, err := f.Log(p)
		if err != nil {
			return kl, slope, err
		}
		ratio[x] = f.Sub(log, g.log[x])
		kl = f.Add(kl, f.Mul(p, ratio[x]))
	}
	return kl, f.Sub(ratio[1], ratio[0]), nil
}

// At encloses f(q) for 0 < q < 1.
func (g *FirstToken) At(q *big.Rat) (field.Enclosure, error) {
	p, err := g.f.FromRat(q)
	if err != nil {
		return p, err
	}
	kl, _, err := g.divergence(p)
	if err != nil {
		return kl, err
	}
	c, err := g.concave(p)
	return g.f.Add(kl, c), err
}

// Span is an interval of the probability of token 1 at position 1.
type Span struct{ Lo, Hi *big.Rat }

// Minimum is the result of branch and bound for the minimum of f.
type Minimum struct {
	Lower *big.Float // f ≥ Lower on the whole interval searched
	Upper *big.Float // f ≤ Upper at some point of it
	// Spans are disjoint intervals in increasing order that contain every minimiser
	// of f on the interval searched.
	Spans []Span
}

// Minimise bounds the minimum of f on lo ≤ q ≤ hi, 0 ≤ lo < hi ≤ 1. It halves every
// interval that may contain a minimiser, depth times over.
func (g *FirstToken) Minimise(lo, hi *big.Rat, depth int) (*Minimum, error) {
	type node struct {
		q       *big.Rat
		e       field.Enclosure
		concave field.Enclosure
	}
	newNode := func(q *big.Rat) (n node, err error) {
		n.q = q
		if n.e, err = g.f.FromRat(q); err == nil {
			n.concave, err = g.concave(n.e)
		}
		return n, err
	}
	a, err := newNode(lo)
	if err != nil {
		return nil, err
	}
	b, err := newNode(hi)
	if err != nil {
		return nil, err
	}
	m := &Minimum{Upper: new(big.Float).SetInf(false)}
	type cell struct{ a, b node }
	type bounded struct {
		cell
		lower *big.Float
	}
	cells := []cell{{a, b}}
	for level := 0; ; level++ {
		m.Lower = new(big.Float).SetInf(false)
		var halves []bounded
		for _, c := range cells {
			q := new(big.Rat).Add(c.a.q, c.b.q)
			mid, err := newNode(q.Quo(q, big.NewRat(2, 1)))
			if err != nil {
				return nil, err
			}
			kl, slope, err := g.divergence(mid.e)
			if err != nil {
				return nil, err
			}
			if _, above := g.f.Bounds(g.f.Add(kl, mid.concave)); above.Cmp(m.Upper) < 0 {
				m.Upper = above
			}
			// The tangent at the middle of the cell, plus the chord over each half.
			tangent := func(n node) *big.Float {
				below, _ := g.f.Bounds(g.f.Add(n.concave, g.f.Add(kl, g.f.Mul(slope, g.f.Sub(n.e, mid.e)))))
				return below
			}
			left, middle, right := tangent(c.a), tangent(mid), tangent(c.b)
			halves = append(halves, bounded{cell{c.a, mid}, least(left, middle)}, bounded{cell{mid, c.b}, least(middle, right)})
		}
		cells = cells[:0]
		for _, h := range halves {
			if h.lower.Cmp(m.Upper) > 0 {
				continue
			}
			m.Lower = least(m.Lower, h.lower)
			cells = append(cells, h.cell)
		}
		if level == depth {
			break
		}
	}
	for _, c := range cells {
		if n := len(m.Spans); n > 0 && m.Spans[n-1].Hi.Cmp(c.a.q) == 0 {
			m.Spans[n-1].Hi = c.b.q
			continue
		}
		m.Spans = append(m.Spans, Span{c.a.q, c.b.q})
	}
	return m, nil
}

func least(a, b *big.Float) *big.Float {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}
