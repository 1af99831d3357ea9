package verify

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"sounding/exact/field"
	"sounding/model"
)

// Proof says that an identity was proved for a shape, by evaluating it at all points
// of a finite lattice.
//
// Both sides are polynomials with integer coefficients in the free variables of the
// shape. The exponents α of the monomials of their difference lie in
//
//	A = {α ≥ 0 : Σ_{v∈S} α_v ≤ d_S for every group S of variables},
//
// where d_S is the formal degree in the variables of S, derived by evaluating what the check computes
// with these at degree 1 and all others at degree 0. With α, A holds every β ≤ α. So a
// polynomial f with exponents in A is also a combination
//
//	f(x) = Σ_{α∈A} c_α·Π_v C(x_v, α_v)
//
// of products of binomial coefficients. At a point β of A, C(β_v, α_v) is zero unless
// α_v ≤ β_v, and 1 where they are equal:
//
//	f(β) = c_β + Σ_{α≤β, α≠β} c_α·Π_v C(β_v, α_v).
//
// If f vanishes on A, every c_β is therefore zero, by induction on Σ_v β_v, and f is zero.
//
// The values are computed modulo 2^64. They are integers, and a bound on their magnitude,
// derived like the heights of certificates, stays below 2^63: a value that is zero modulo
// 2^64 is zero.
type Proof struct {
	Shape         Shape    `json:"shape"`
	Points        int      `json:"points"`         // of A
	Groups        []Group  `json:"groups"`         // that bound A; what follows from them is left out
	MagnitudeLog2 float64  `json:"magnitude_log2"` // log2 of the bound on the difference of both sides on A
	Formulas      []string `json:"-"`              // of what is compared at the shape
	// Recovery lists the numbers of recovery tokens that the identity was evaluated with, one
	// after the other; nil if it is about none.
	Recovery []int `json:"recovery,omitempty"`
}

// Group is a group of free variables, with a bound on the degree in all of them.
type Group struct {
	Name      string `json:"name"`
	Variables int    `json:"variables"`
	Degree    int    `json:"degree"`
}

// What a proof may cost in the ordinary run: its points times the operations of the
// check, and the complete sequences of its shape. A longer run multiplies both.
const (
	latticeOperations = 1 << 27
	latticeLeaves     = 16
)

// prove evaluates the identities of the entry on the lattices of all shapes for which
// that costs no more than the effort allows.
func (e *Entry) prove(ctx context.Context, effort int) error {
	for i := range e.Claims {
		claim := &e.Claims[i]
		for _, shape := range certificateShapes(min(latticeLeaves*effort, maxLatticeLeaves)) {
			if e.Violation != nil {
				return nil
			}
			l, err := planLattice(claim.Check, shape, effort)
			if err != nil {
				return err
			}
			if l == nil {
				continue
			}
			p, v, err := l.prove(ctx, claim.Check)
			if err != nil {
				return err
			}
			if v != nil {
				e.Violation = v
				return nil
			}
			claim.Proofs = append(claim.Proofs, *p)
		}
	}
	return nil
}

// planLattice returns the lattice of a check at a shape, nil if the check is no identity,
// is not to be proved, compares nothing there or is out of reach.
func planLattice(check Check, shape Shape, effort int) (*lattice, error) {
	limits := check.Limits
	if !check.IsIdentity() || limits.CertificateOnly || limits.Leaves > 0 && shape.Leaves() > limits.Leaves {
		return nil, nil
	}
	l, err := newLattice(check.Modular, shape)
	if err != nil {
		return nil, fmt.Errorf("shape %v: %w", shape, err)
	}
	if l != nil && !l.within(latticeOperations*float64(effort)) {
		return nil, nil
	}
	return l, nil
}

// maxLatticeLeaves bounds the shapes for which a proof is tried at all: those with more
// sequences have too many points even if all degrees are 1.
const maxLatticeLeaves = 64

// within reports whether an evaluation takes at most the given number of operations and
// the values fit into words.
func (l *lattice) within(operations float64) bool {
	return l.size()*float64(l.computed.operations()) <= operations && l.magnitude < maxMagnitude
}

// prove evaluates a check on its lattice, which must be within reach. It returns the
// proof, or the comparison that fails.
func (l *lattice) prove(ctx context.Context, check Check) (*Proof, *Violation, error) {
	points, fails, err := l.evaluate(ctx)
	if err != nil {
		return nil, nil, err
	}
	if fails != nil {
		v := run(check.Rational, l.world(fails)).Violation
		if v == nil {
			return nil, nil, fmt.Errorf("shape %v: the sides differ modulo 2^64 at the point %d, and agree there in ℚ", l.shape, fails.point)
		}
		v.Claim = fmt.Sprintf("%s (shape %v, lattice point %d)", v.Claim, l.shape, fails.point)
		return nil, v, nil
	}
	p := &Proof{
		Shape: l.shape, Points: points, MagnitudeLog2: math.Ceil(1000*math.Log2(l.magnitude)) / 1000,
		Formulas: l.computed.formulas(), Recovery: l.computed.recovery,
	}
	for g := range l.all() {
		p.Groups = append(p.Groups, Group{g.name, len(g.coordinates()), g.degree})
	}
	return p, nil, nil
}

// maxMagnitude bounds values that a word tells apart from zero.
const maxMagnitude = 1 << 63

// lattice is the set of the points of a proof.
type lattice struct {
	shape Shape
	// coordinate holds, for the free variables in the order in which they are drawn,
	// the coordinate of each; −1 if the sides do not depend on it, and it is zero.
	coordinate []int
	dimension  int
	groups     []*group // disjoint
	computed   *program
	magnitude  float64 // bounds the difference of the sides of every comparison at all points
}

// group is a group of coordinates: those of its parts, and its own.
type group struct {
	name   string
	degree int
	own    []int
	parts  []*group // disjoint
}

// groups returns the names of the groups that a variable belongs to, the largest
// first. Of any two groups, one holds the other or they are disjoint.
func (v variable) groups() []string {
	name := [...]string{"", "P", "Q", "Harm", "dP", "features", "f", "r", "λ", "β", "γ"}[v.of]
	at := fmt.Sprintf("%s_%d", name, v.position)
	switch v.of {
	case completion:
		return []string{"all", "completions"}
	case probability:
		return []string{"all", name, at}
	case harmValue, arbitrary, lambda, beta, gamma:
		return []string{"all", "all but P", name}
	}
	return []string{"all", "all but P", name, at}
}

// newLattice derives the lattice of a check at a shape, nil if the check compares nothing
// there, or only zeros.
func newLattice(check func(*World[uint64]), shape Shape) (*lattice, error) {
	column := make(map[string]int) // one per group
	for of := completion; of <= gamma; of++ {
		for t := range shape.Length + 2 {
			for _, name := range (variable{of, t}).groups() {
				if _, ok := column[name]; !ok {
					column[name] = len(column)
				}
			}
		}
	}
	computed, err := compile(check, shape)
	if err != nil || len(computed.formulas()) == 0 {
		return nil, err
	}
	bound := computed.bound(len(column), func(_ int, v variable, x []field.Formal) {
		for i := range x {
			x[i] = field.Formal{Height: 1}
		}
		for _, name := range v.groups() {
			x[column[name]].Degree = 1
		}
	})
	l := &lattice{shape: shape, computed: computed}
	made := make(map[string]*group)
	for _, v := range computed.tapes[0].drawn {
		names := v.groups()
		if bound[column[names[len(names)-1]]].Degree == 0 {
			l.coordinate = append(l.coordinate, -1)
			continue
		}
		level, g := &l.groups, (*group)(nil)
		for _, name := range names {
			if g = made[name]; g == nil {
				g = &group{name: name, degree: bound[column[name]].Degree}
				made[name] = g
				*level = append(*level, g)
			}
			level = &g.parts
		}
		g.own = append(g.own, l.dimension)
		l.coordinate = append(l.coordinate, l.dimension)
		l.dimension++
	}
	l.groups = withoutSums(l.groups)
	for _, g := range l.groups {
		g.merge()
	}
	if l.magnitude = l.height(); l.magnitude == 0 {
		return nil, nil
	}
	return l, nil
}

// withoutSums replaces each group whose degree follows from those of its parts by the parts.
func withoutSums(groups []*group) []*group {
	var list []*group
	for _, g := range groups {
		g.parts = withoutSums(g.parts)
		degree := 0
		for _, part := range g.parts {
			degree += part.degree
		}
		if len(g.own) == 0 && degree <= g.degree {
			list = append(list, g.parts...)
		} else {
			list = append(list, g)
		}
	}
	return list
}

// merge takes parts into the group whose degree follows from that of the group.
func (g *group) merge() {
	for i := 0; i < len(g.parts); {
		part := g.parts[i]
		if part.degree < g.degree {
			part.merge()
			i++
			continue
		}
		g.own = append(g.own, part.own...)
		g.parts = append(slices.Delete(g.parts, i, i+1), part.parts...)
	}
}

// coordinates returns those of a group and of its parts.
func (g *group) coordinates() []int {
	list := slices.Clone(g.own)
	for _, part := range g.parts {
		list = append(list, part.coordinates()...)
	}
	return list
}

// all yields the groups, each before its parts.
func (l *lattice) all() iter.Seq[*group] {
	return func(yield func(*group) bool) {
		rest := slices.Clone(l.groups)
		for len(rest) > 0 {
			g := rest[0]
			if !yield(g) {
				return
			}
			rest = slices.Concat(g.parts, rest[1:])
		}
	}
}

// size returns the number of points, exact below 2^53: the product over the groups.
func (l *lattice) size() float64 {
	n := 1.0
	for _, g := range l.groups {
		ways := 0.0
		for _, w := range g.ways() {
			ways += w
		}
		n *= ways
	}
	return n
}

// ways returns, for k = 0…d, the number of exponents of a group with the sum k: the
// convolution of those of its parts and of the C(n+k−1, k) of its n own coordinates.
func (g *group) ways() []float64 {
	ways := make([]float64, g.degree+1)
	c := 1.0
	for k := range ways {
		ways[k] = c
		c = c * float64(len(g.own)+k) / float64(k+1)
	}
	for _, part := range g.parts {
		both := make([]float64, len(ways))
		for i, a := range part.ways() {
			for k := i; k < len(both); k++ {
				both[k] += a * ways[k-i]
			}
		}
		ways = both
	}
	return ways
}

// cursor goes through the points of a lattice, the coordinates of the first group fastest:
// everything moves before the probabilities do, so a false identity fails soon.
type cursor struct {
	point []int
	order []int   // of the coordinates, the fastest first
	of    [][]int // the groups of each coordinate
	room  []int   // of each group, what its degree leaves
}

// start returns a cursor at the first point, 0.
func (l *lattice) start() *cursor {
	c := &cursor{point: make([]int, l.dimension), of: make([][]int, l.dimension)}
	for _, g := range l.groups {
		c.order = append(c.order, g.coordinates()...)
	}
	for g := range l.all() {
		for _, v := range g.coordinates() {
			c.of[v] = append(c.of[v], len(c.room))
		}
		c.room = append(c.room, g.degree)
	}
	return c
}

// next goes to the next point, which is larger by 1 in the first coordinate that has room for
// it once those before it are zero. It reports whether there is one; moves is told the
// coordinates that change, before they do.
func (c *cursor) next(moves func(v int)) bool {
	for _, v := range c.order {
		if !c.full(v) {
			moves(v)
			c.point[v]++
			for _, g := range c.of[v] {
				c.room[g]--
			}
			return true
		}
		if c.point[v] == 0 {
			continue
		}
		moves(v)
		for _, g := range c.of[v] {
			c.room[g] += c.point[v]
		}
		c.point[v] = 0
	}
	return false
}

// full reports whether a group of coordinate v has no room.
func (c *cursor) full(v int) bool {
	for _, g := range c.of[v] {
		if c.room[g] == 0 {
			return true
		}
	}
	return false
}

// height returns the height of the difference of the sides of all comparisons, with every
// variable at its largest coordinate: a bound on the lattice.
func (l *lattice) height() float64 {
	largest := make([]int, l.dimension)
	for g := range l.all() {
		for _, v := range g.coordinates() {
			if largest[v] == 0 || g.degree < largest[v] {
				largest[v] = g.degree
			}
		}
	}
	return l.computed.bound(1, func(i int, _ variable, x []field.Formal) {
		x[0] = field.Formal{}
		if v := l.coordinate[i]; v >= 0 {
			x[0].Height = float64(largest[v])
		}
	})[0].Height
}

// failure is a point of a lattice at which a check fails, with so many recovery tokens.
type failure struct {
	point    []int
	recovery int
}

// evaluate evaluates what is computed on the lattice. It returns the number of points at which
// all that is compared is equal, and one at which it is not, nil if there is none.
func (l *lattice) evaluate(ctx context.Context) (holds int, fails *failure, err error) {
	c, b := l.start(), newBatch(l.dimension)
	var sheets []*sheet
	var recovery []int
	for k, t := range l.computed.settings() {
		sheets, recovery = append(sheets, newSheet(t, l.coordinate, b.columns)), append(recovery, k)
	}
	flush := func() error {
		b.complete(c.point)
		for i, s := range sheets {
			if at := s.differs(b.points); at >= 0 {
				fails = &failure{b.point(at), recovery[i]}
				return nil
			}
		}
		holds += b.points
		b.clear()
		return ctx.Err()
	}
	moves := func(v int) { b.write(v, c.point[v]) }
	for {
		b.points++
		if b.points == latticeBatch {
			if err := flush(); err != nil || fails != nil {
				return holds, fails, err
			}
		}
		if !c.next(moves) {
			break
		}
	}
	if b.points > 0 {
		err = flush()
	}
	return holds, fails, err
}

// world returns the world at a failure, in ℚ.
func (l *lattice) world(at *failure) *World[field.Rat] {
	r := field.NewRational()
	next := 0
	return newFreeWorld(r, l.shape, at.recovery, model.Shared, freeFeatures, func(variable) field.Rat {
		v := l.coordinate[next]
		next++
		if v < 0 {
			return r.FromInt(0)
		}
		return r.FromInt(int64(at.point[v]))
	})
}
