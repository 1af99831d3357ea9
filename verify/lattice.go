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
// where d_S is the formal degree in the variables of S, derived by running the check
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
	return l.size()*float64(l.derived.operations) <= operations && l.magnitude < maxMagnitude
}

// prove evaluates a check on its lattice, which must be within reach. It returns the
// proof, or the comparison that fails.
func (l *lattice) prove(ctx context.Context, check Check) (*Proof, *Violation, error) {
	points, fails, err := l.evaluate(ctx, check.Modular)
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
		Formulas: l.derived.formulas, Recovery: l.derived.recovery,
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
	derived    derivation
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
	var drawn []variable
	d, err := derive(check, shape, len(column), func(v variable, x []field.Formal) {
		drawn = append(drawn, v)
		fill(x, field.Formal{Height: 1})
		for _, name := range v.groups() {
			x[column[name]].Degree = 1
		}
	})
	if err != nil || len(d.formulas) == 0 {
		return nil, err
	}
	bound := d.bound
	l := &lattice{shape: shape, derived: d}
	made := make(map[string]*group)
	for _, v := range drawn[:d.variables] {
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
	if l.magnitude, err = l.height(check); err != nil || l.magnitude == 0 {
		return nil, err
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

// points yields the points of the lattice, the coordinates of the first group fastest:
// everything moves before the probabilities do, so a false identity fails soon. The slice is
// overwritten by the next point.
func (l *lattice) points() iter.Seq[[]int] {
	var order []int // of the coordinates, the fastest first
	for _, g := range l.groups {
		order = append(order, g.coordinates()...)
	}
	var room []int                   // of each group, what its degree leaves
	of := make([][]int, l.dimension) // the groups of each coordinate
	for g := range l.all() {
		for _, v := range g.coordinates() {
			of[v] = append(of[v], len(room))
		}
		room = append(room, g.degree)
	}
	return func(yield func([]int) bool) {
		point, room := make([]int, l.dimension), slices.Clone(room)
		full := func(g int) bool { return room[g] == 0 }
		for yield(point) {
			// The next point is larger by 1 in the first coordinate that has room for it
			// once those before it are zero.
			next := 0
			for next < len(order) && slices.ContainsFunc(of[order[next]], full) {
				v := order[next]
				for _, g := range of[v] {
					room[g] += point[v]
				}
				point[v] = 0
				next++
			}
			if next == len(order) {
				return
			}
			v := order[next]
			point[v]++
			for _, g := range of[v] {
				room[g]--
			}
		}
	}
}

// height returns the height of the difference of the sides of all comparisons, with every
// variable at its largest coordinate: a bound on the lattice.
func (l *lattice) height(check func(*World[uint64])) (float64, error) {
	largest := make([]int, l.dimension)
	for g := range l.all() {
		for _, v := range g.coordinates() {
			if largest[v] == 0 || g.degree < largest[v] {
				largest[v] = g.degree
			}
		}
	}
	next := 0
	d, err := derive(check, l.shape, 1, func(_ variable, x []field.Formal) {
		x[0] = field.Formal{}
		if v := l.coordinate[next%len(l.coordinate)]; v >= 0 {
			x[0].Height = float64(largest[v])
		}
		next++
	})
	if err != nil {
		return 0, err
	}
	return d.bound[0].Height, nil
}

// latticeBatch is the number of points that are evaluated at once: enough that making a
// world costs little, few enough that the columns stay in the cache.
const latticeBatch = 256

// failure is a point of a lattice at which a check fails, with so many recovery tokens.
type failure struct {
	point    []int
	recovery int
}

// evaluate runs a check on the lattice. It returns the number of points at which it holds,
// and the first at which it fails, nil if there is none.
func (l *lattice) evaluate(ctx context.Context, check func(*World[uint64])) (holds int, fails *failure, err error) {
	batch := &words{}
	ring := newColumns(batch, latticeBatch)
	table := make([]uint64, l.dimension*latticeBatch) // the points of a batch, coordinate by coordinate
	flush := func(n int) error {
		if err := ctx.Err(); err != nil || n == 0 {
			return err
		}
		for recovery, comparisons := range settings(l.derived.recovery, l.derived.comparisons) {
			ring.reset(n)
			next := 0
			found := run(check, newFreeWorld(ring, l.shape, recovery, model.Shared, freeFeatures, func(variable) uint64 {
				v := l.coordinate[next]
				next++
				if v < 0 {
					return ring.FromInt(0)
				}
				c, x := ring.fresh()
				copy(x, table[v*latticeBatch:])
				return c
			}))
			if found.Violation != nil {
				fails = &failure{make([]int, l.dimension), recovery}
				for v := range fails.point {
					fails.point[v] = int(table[v*latticeBatch+batch.differs])
				}
				return nil
			}
			if found.Comparisons != comparisons {
				return fmt.Errorf("shape %v: %d comparisons on the lattice, and %d over degrees: the check branches on values", l.shape, found.Comparisons, comparisons)
			}
		}
		holds += n
		return nil
	}
	n := 0
	for point := range l.points() {
		for v, c := range point {
			table[v*latticeBatch+n] = uint64(c)
		}
		if n++; n == latticeBatch {
			if err := flush(n); err != nil || fails != nil {
				return holds, fails, err
			}
			n = 0
		}
	}
	err = flush(n)
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
