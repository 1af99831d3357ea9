package exact

import (
	"errors"
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// ErrFirstToken reports an instance that is not one for FirstToken.
var ErrFirstToken = errors.New("want a prefix tree of two tokens and two positions with a base model positive on every edge")

// FirstToken is the deep objective (eq. 43) on the prefix tree of two tokens and two
// positions, as a function of q = P(1) alone: the minimum over the rows of position 2 has
// a closed form. With p the probability of first token x and c = βγ²·Q(x), the best row
// of x is the only one, has recovery probability ρ_x and costs
//
//	C_x(p) = min_r p·(KL(r‖P_0(·|x)) + λE_r[Harm]) + c·r(R^c) = −p·log(A + B·e^{−c/p}),  ρ_x(p) = A/(A + B·e^{−c/p})
//
// where A = Σ_{b∈R} P_0(b|x)·e^{−λHarm(xb)} and B is the same sum outside of R. With
// F(q) = KL(q‖P_0) and G the rest, f = F + G and
//
//	f(q)  = KL(q‖P_0) + βγ·P(y_1∉R) + C_0(1−q) + C_1(q)
//	C_x′  = −log(A + B·e^{−c/p}) − (c/p)·(1 − ρ_x)
//	C_x″  = −(c²/p³)·ρ_x·(1 − ρ_x)
//	f″(q) = 1/q + 1/(1−q) + C_0″(1−q) + C_1″(q)
//
// F′ rises from −∞ to ∞ and G′ falls, from finite values: every minimiser of f lies inside,
// at a zero of f′.
type FirstToken struct {
	f       field.Interval
	base    [2]field.Enclosure // P_0 of the first token
	failure [2]field.Enclosure // βγ·1[token ∉ R]
	a, b, c [2]field.Enclosure // A, B and c per first token
}

// NewFirstToken returns the function for an instance, or ErrFirstToken.
func NewFirstToken(f field.Interval, in *model.Instance) (*FirstToken, error) {
	if in.Vocabulary() != 2 || in.Length() != 2 || !in.Tree() || anyZero(in.Layer(1).Weights()) || anyZero(in.Layer(2).Weights()) {
		return nil, ErrFirstToken
	}
	pt, err := NumbersOf(f, in.Process)
	if err != nil {
		return nil, err
	}
	o, err := NewObjective(f, in)
	if err != nil {
		return nil, err
	}
	g := &FirstToken{f: f}
	for x := range 2 {
		g.base[x] = pt.Prob[0][x]
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

// last encloses C_x, C_x′ and C_x″ at p > 0.
func (g *FirstToken) last(c *field.Calc, x int, p field.Enclosure) (value, slope, curvature field.Enclosure) {
	ratio := c.Quo(g.c[x], p)
	rest := c.Mul(g.b[x], c.Exp(c.Neg(ratio)))
	z := c.Add(g.a[x], rest)
	log := c.Log(z)
	fail := c.Quo(rest, z)
	value = c.Neg(c.Mul(p, log))
	slope = c.Neg(c.Add(log, c.Mul(ratio, fail)))
	curvature = c.Neg(c.Quo(c.Mul(c.Mul(ratio, ratio), c.Mul(fail, c.Quo(g.a[x], z))), p))
	return value, slope, curvature
}

// both returns 1 − q and q, the probabilities of the first tokens.
func (g *FirstToken) both(q field.Enclosure) [2]field.Enclosure {
	return [2]field.Enclosure{g.f.Sub(g.f.FromInt(1), q), q}
}

// At encloses f(q) for 0 < q < 1.
func (g *FirstToken) At(q field.Enclosure) (field.Enclosure, error) {
	c := field.NewCalc(g.f)
	sum := c.FromInt(0)
	for x, p := range g.both(q) {
		value, _, _ := g.last(c, x, p)
		row := c.Add(c.Log(c.Quo(p, g.base[x])), g.failure[x])
		sum = c.Add(sum, c.Add(c.Mul(p, row), value))
	}
	return sum, c.Err()
}

// slopes encloses F′(q) and G′(q) for 0 < q < 1.
func (g *FirstToken) slopes(c *field.Calc, q field.Enclosure) (rising, falling field.Enclosure) {
	p := g.both(q)
	_, zero, _ := g.last(c, 0, p[0])
	_, one, _ := g.last(c, 1, p[1])
	rising = c.Sub(c.Log(c.Quo(p[1], g.base[1])), c.Log(c.Quo(p[0], g.base[0])))
	falling = c.Sub(c.Add(g.failure[1], one), c.Add(g.failure[0], zero))
	return rising, falling
}

// point is a q, 0 < q < 1, with F′(q) and G′(q).
type point struct {
	at            *big.Rat
	q, rise, fall field.Enclosure
}

func (g *FirstToken) point(c *field.Calc, at *big.Rat) point {
	q := c.FromRat(at)
	rise, fall := g.slopes(c, q)
	return point{at, q, rise, fall}
}

// curvature encloses f″ on an enclosure of q, 0 < q < 1.
func (g *FirstToken) curvature(c *field.Calc, q field.Enclosure) field.Enclosure {
	sum := c.FromInt(0)
	for x, p := range g.both(q) {
		_, _, bend := g.last(c, x, p)
		sum = c.Add(sum, c.Add(c.Quo(c.FromInt(1), p), bend))
	}
	return sum
}

// inner returns an ε such that f′ < 0 on (0, ε] and f′ > 0 on [1−ε, 1). There F′ is beyond
// its value at the end of the interval, and G′ within its values at 0 and 1, where
// C_x′(0) = −log A, or −log B if no token recovers.
func (g *FirstToken) inner(c *field.Calc) (*big.Rat, error) {
	edge := func(x int) field.Enclosure {
		v := g.a[x]
		if c.Sign(v) == field.Zero {
			v = g.b[x]
		}
		return c.Neg(c.Log(v))
	}
	one := c.FromInt(1)
	_, whole0, _ := g.last(c, 0, one)
	_, whole1, _ := g.last(c, 1, one)
	atZero := c.Sub(c.Add(g.failure[1], edge(1)), c.Add(g.failure[0], whole0))
	atOne := c.Sub(c.Add(g.failure[1], whole1), c.Add(g.failure[0], edge(0)))
	for k := uint(2); k < 1<<10; k += 2 {
		eps := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), k))
		odds := func(q *big.Rat) field.Enclosure {
			p := g.both(c.FromRat(q))
			return c.Sub(c.Log(c.Quo(p[1], g.base[1])), c.Log(c.Quo(p[0], g.base[0])))
		}
		low := c.Sign(c.Add(odds(eps), atZero)) == field.Negative
		high := c.Sign(c.Add(odds(new(big.Rat).Sub(big.NewRat(1, 1), eps)), atOne)) == field.Positive
		if low && high || c.Err() != nil {
			return eps, c.Err()
		}
	}
	return nil, fmt.Errorf("%w: the stationary points are too close to 0 or 1", field.ErrUndecided)
}

// Stationary is a zero of f′.
type Stationary struct {
	At      field.Enclosure // q
	Value   field.Enclosure // f(q)
	Minimum bool            // f″ > 0 around it; otherwise f″ < 0
}

// maxCuts bounds how often an interval is cut in two in the search for stationary points.
const maxCuts = 40

// Stationary returns all zeros of f′ in increasing order, each enclosed by Newton's
// iteration, or field.ErrUndecided where f″ may vanish at one of them.
//
// An interval on which f′ has a sign holds none. Where f″ has a sign, f′ has one zero if
// its signs at the ends differ, and none otherwise. Other intervals are cut in two, out of
// the middle, where a zero is likely by symmetry.
func (g *FirstToken) Stationary() ([]Stationary, error) {
	c := field.NewCalc(g.f)
	eps, err := g.inner(c)
	if err != nil {
		return nil, err
	}
	var zeros []Stationary
	var search func(lo, hi point, cuts int) error
	search = func(lo, hi point, cuts int) error {
		// F′ lies between its values at the ends, and so does G′.
		slope := c.Hull(c.Add(lo.rise, hi.fall), c.Add(hi.rise, lo.fall))
		if c.Err() != nil {
			return c.Err()
		}
		if signed(c.Sign(slope)) {
			return nil
		}
		bend := c.Sign(g.curvature(c, c.Hull(lo.q, hi.q)))
		left, right := c.Sign(c.Add(lo.rise, lo.fall)), c.Sign(c.Add(hi.rise, hi.fall))
		switch {
		case signed(bend) && signed(left) && left == right:
			return nil
		case signed(bend) && signed(left) && signed(right):
			z, err := g.newton(c, c.Hull(lo.q, hi.q))
			if err != nil {
				return err
			}
			value, err := g.At(z)
			zeros = append(zeros, Stationary{z, value, bend == field.Positive})
			return err
		case cuts == maxCuts:
			return fmt.Errorf("%w: f″ may vanish at a stationary point", field.ErrUndecided)
		}
		cut := new(big.Rat).Sub(hi.at, lo.at)
		mid := g.point(c, cut.Add(lo.at, cut.Mul(cut, big.NewRat(5, 11))))
		if err := search(lo, mid, cuts+1); err != nil {
			return err
		}
		return search(mid, hi, cuts+1)
	}
	err = search(g.point(c, eps), g.point(c, new(big.Rat).Sub(big.NewRat(1, 1), eps)), 0)
	return zeros, err
}

func signed(s field.Sign) bool { return s == field.Positive || s == field.Negative }

// newton narrows an enclosure of the one zero of f′ in it, on which f″ has a sign: the zero
// lies in m − f′(m)/f″(z) for every m in z, and on the side of m that the sign of f′(m) says.
// It ends where that sign is not decided, or z grows no narrower.
func (g *FirstToken) newton(c *field.Calc, z field.Enclosure) (field.Enclosure, error) {
	for {
		lo, hi := c.Bounds(z)
		mid := new(big.Float).Add(lo, hi)
		mid.Quo(mid, big.NewFloat(2))
		m, err := c.FromBounds(mid, mid)
		if err != nil {
			return z, err
		}
		rise, fall := g.slopes(c, m)
		slope, bend := c.Add(rise, fall), g.curvature(c, z)
		side := c.Hull(z, m)
		switch c.Sign(slope) {
		case c.Sign(bend):
			side, err = c.FromBounds(lo, mid)
		case field.Positive, field.Negative:
			side, err = c.FromBounds(mid, hi)
		}
		next := c.Sub(m, c.Quo(slope, bend))
		if err == nil {
			err = c.Err()
		}
		if err != nil {
			return z, err
		}
		for _, within := range []field.Enclosure{z, side} {
			var ok bool
			if next, ok = c.Intersect(next, within); !ok {
				return z, errors.New("exact: a zero of f′ between two signs is lost") // not if the enclosures are right
			}
		}
		if !signed(c.Sign(slope)) || c.Width(next).Cmp(c.Width(z)) >= 0 {
			return next, nil
		}
		z = next
	}
}
