package verify

import (
	"context"
	"errors"
	"iter"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact/field"
)

// smallLattices are hand-made, with their numbers of points.
func smallLattices() map[string]struct {
	lattice *lattice
	points  int
} {
	of := func(dimension int, groups ...*group) *lattice { return &lattice{dimension: dimension, groups: groups} }
	return map[string]struct {
		lattice *lattice
		points  int
	}{
		"no variable":                 {of(0), 1},
		"one variable, degree 4":      {of(1, &group{degree: 4, own: []int{0}}), 5},
		"3 variables, degree 2":       {of(3, &group{degree: 2, own: []int{0, 1, 2}}), 10}, // C(5, 2)
		"a product: 3·6":              {of(3, &group{degree: 2, own: []int{1}}, &group{degree: 2, own: []int{0, 2}}), 18},
		"x ≤ 1 within x + y + z ≤ 3":  {of(3, &group{degree: 3, own: []int{0, 2}, parts: []*group{{degree: 1, own: []int{1}}}}), 16},                                           // 10 with x = 0, 6 with x = 1
		"two parts that make a whole": {of(4, &group{degree: 2, parts: []*group{{degree: 1, own: []int{0, 3}}, {degree: 2, own: []int{1, 2}}}}), 12},                           // 6 + 2·3
		"a part of a part":            {of(3, &group{degree: 3, own: []int{2}, parts: []*group{{degree: 2, own: []int{0}, parts: []*group{{degree: 1, own: []int{1}}}}}}), 14}, // x + y is 0, 1, 2 in 1, 2, 2 ways, with 4, 3, 2 values of z
	}
}

// inside decides by the definition whether exponents lie in the lattice.
func (l *lattice) inside(exponents []int) bool {
	for g := range l.all() {
		total := 0
		for _, v := range g.coordinates() {
			total += exponents[v]
		}
		if total > g.degree {
			return false
		}
	}
	return true
}

// TestLatticePoints compares the enumeration, the formula and counts by hand with all
// points of a box that belong to the lattice.
func TestLatticePoints(t *testing.T) {
	t.Parallel()
	for name, test := range smallLattices() {
		const side = 5
		var want [][]int
		box := 1
		for range test.lattice.dimension {
			box *= side
		}
		for i := range box {
			point, rest := make([]int, test.lattice.dimension), i
			for v := range point {
				point[v], rest = rest%side, rest/side
			}
			if test.lattice.inside(point) {
				want = append(want, point)
			}
		}
		var got [][]int
		for p := range test.lattice.points() {
			got = append(got, slices.Clone(p))
		}
		slices.SortFunc(want, slices.Compare)
		slices.SortFunc(got, slices.Compare)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if n := test.lattice.size(); n != float64(len(want)) || len(want) != test.points {
			t.Errorf("%s: formula %v, by hand %d, want %d", name, n, test.points, len(want))
		}
	}
}

// rank returns the rank over 𝔽_p of the matrix of all monomials of the lattice at the
// given points.
func rank(l *lattice, points [][]int) int {
	f := field.NewModular(field.Mersenne61)
	var rows [][]uint64
	for _, p := range points {
		var row []uint64
		for exponents := range l.points() {
			m := uint64(1)
			for v, n := range exponents {
				for range n {
					m = f.Mul(m, uint64(p[v]))
				}
			}
			row = append(row, m)
		}
		rows = append(rows, row)
	}
	done := 0
	for c := range rows[0] {
		pivot := slices.IndexFunc(rows[done:], func(r []uint64) bool { return r[c] != 0 })
		if pivot < 0 {
			continue
		}
		rows[done], rows[done+pivot] = rows[done+pivot], rows[done]
		for _, r := range rows[done+1:] {
			q, err := f.Quo(r[c], rows[done][c])
			if err != nil {
				panic(err)
			}
			for k := range r {
				r[k] = f.Sub(r[k], f.Mul(q, rows[done][k]))
			}
		}
		if done++; done == len(rows) {
			break
		}
	}
	return done
}

// TestLatticesAreUnisolvent: no polynomial with exponents in the lattice vanishes on
// it, because its monomials are independent there; and without any one of the points
// some polynomial does.
func TestLatticesAreUnisolvent(t *testing.T) {
	t.Parallel()
	lattices := make(map[string]*lattice)
	for name, test := range smallLattices() {
		lattices[name] = test.lattice
	}
	for id, shape := range map[string]Shape{"cor-7": {2, 1}, "thm-8": {2, 2}, "prop-4": {3, 1}} {
		l := mustLattice(t, identityOf(t, id).Modular, shape)
		lattices[id] = l
	}
	for name, l := range lattices {
		var points [][]int
		for p := range l.points() {
			points = append(points, slices.Clone(p))
		}
		if r := rank(l, points); r != len(points) {
			t.Errorf("%s: rank %d at %d points", name, r, len(points))
		}
		if l.dimension > 0 && rank(l, points[1:]) == len(points) {
			t.Errorf("%s: one point less has the same rank", name)
		}
	}
}

func identityOf(t *testing.T, id string) Check {
	t.Helper()
	s, ok := find(id)
	if !ok {
		t.Fatalf("no %s", id)
	}
	i := slices.IndexFunc(s.Checks(), func(c Check) bool { return c.IsIdentity() })
	if i < 0 {
		t.Fatalf("%s has no identity", id)
	}
	return s.Checks()[i]
}

func mustLattice(t testing.TB, check func(*World[uint64]), shape Shape) *lattice {
	t.Helper()
	l, err := newLattice(check, shape)
	if err != nil {
		t.Fatalf("%v: %v", shape, err)
	}
	return l
}

// The statements and shapes that the ordinary run has to prove.
var (
	provedStatements = []string{"prop-4", "prop-6", "cor-7", "thm-8", "eq-22", "eq-23"}
	provedShapes     = []Shape{{2, 1}, {2, 2}, {2, 3}, {3, 1}, {3, 2}}
)

// prove proves a check at a shape, or refutes it; it does neither where the check compares
// nothing there or is out of reach.
func prove(ctx context.Context, check Check, shape Shape, operations float64) (*Proof, *Violation, error) {
	l, err := newLattice(check.Modular, shape)
	if err != nil || l == nil || !l.within(operations) {
		return nil, nil, err
	}
	return l.prove(ctx, check)
}

// binomial returns C(n, k).
func binomial(n, k int) int {
	return int(new(big.Int).Binomial(int64(n), int64(k)).Int64())
}

// TestLatticeDegrees compares degrees and points with those that the formulas show.
// In the free probabilities of one position P(y) has degree 1, and so has h_t in those
// of every position after t.
func TestLatticeDegrees(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		id, reason string
		shape      Shape
		groups     []Group
		points     int
	}{
		{
			"cor-7", "P(y)·(Harm(y) − h_0)²",
			Shape{2, 2},
			[]Group{{"Harm", 4, 2}, {"P_1", 1, 3}, {"P_2", 2, 3}},
			binomial(6, 2) * binomial(4, 1) * binomial(5, 2),
		},
		{
			"cor-7", "as at (2,2)",
			Shape{4, 2},
			[]Group{{"Harm", 16, 2}, {"P_1", 3, 3}, {"P_2", 12, 3}},
			binomial(18, 2) * binomial(6, 3) * binomial(15, 3),
		},
		{
			"thm-8", "dP·Δ_1 at position 1, where P_1 comes with h_0 and P_2 with P(y) and h_1; dP_t stands in the place of a P_t",
			Shape{2, 2},
			[]Group{{"Harm", 4, 1}, {"dP", 3, 1}, {"P_1", 1, 1}, {"P_2", 2, 2}},
			binomial(5, 1) * binomial(2, 1) * binomial(4, 1) * binomial(4, 2),
		},
		{
			"prop-6", "P(y)·Var(Harm), whose Var(Harm) is that of cor-7",
			Shape{2, 2},
			[]Group{{"Harm", 4, 2}, {"P_1", 1, 4}, {"P_2", 2, 4}},
			binomial(6, 2) * binomial(5, 1) * binomial(6, 2),
		},
		{
			"prop-4", "P(y)·Δ_1·Δ_2, or f in the place of one Δ: f_1 has one state, f_2 two",
			Shape{2, 2},
			[]Group{{"all but P", 7, 2}, {"f", 3, 1}, {"P_1", 1, 2}, {"P_2", 2, 3}},
			(binomial(6, 2) + 3*binomial(5, 1)) * binomial(3, 1) * binomial(5, 2),
		},
	} {
		l := mustLattice(t, identityOf(t, test.id).Modular, test.shape)
		var groups []Group
		for g := range l.all() {
			groups = append(groups, Group{g.name, len(g.coordinates()), g.degree})
		}
		if d := cmp.Diff(test.groups, groups); d != "" {
			t.Errorf("%s at %v (-want +got), %s:\n%s", test.id, test.shape, test.reason, d)
		}
		if l.size() != float64(test.points) {
			t.Errorf("%s at %v: %v points, want %d", test.id, test.shape, l.size(), test.points)
		}
	}
}

// TestProofs: every identity is proved somewhere, and those above at the shapes above.
func TestProofs(t *testing.T) {
	t.Parallel()
	for _, s := range registry() {
		list := slices.DeleteFunc(slices.Clone(s.Checks()), func(c Check) bool { return !c.IsIdentity() || c.Limits.CertificateOnly })
		if len(list) == 0 {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			e := newEntry(s)
			var proofs []Proof
			whole := !testing.Short() && slices.Contains(provedStatements, s.ID)
			if whole {
				if err := e.prove(t.Context(), 1); err != nil || e.Violation != nil {
					t.Fatalf("%v, %v", e.Violation, err)
				}
			} else { // what takes milliseconds
				for _, shape := range provedShapes[:2] {
					for _, check := range list {
						if p, v, err := prove(t.Context(), check, shape, 1<<23); v != nil || err != nil {
							t.Errorf("%v: %v, %v", shape, v, err)
						} else if p != nil {
							proofs = append(proofs, *p)
						}
					}
				}
			}
			for _, c := range e.Claims {
				proofs = append(proofs, c.Proofs...)
			}
			at := make(map[Shape]int)
			if len(proofs) == 0 {
				t.Error("no proof")
			}
			for _, p := range proofs {
				at[p.Shape]++
				var sizes []float64
				for _, c := range list {
					if l := mustLattice(t, c.Modular, p.Shape); l != nil {
						sizes = append(sizes, l.size())
					}
				}
				if !slices.Contains(sizes, float64(p.Points)) {
					t.Fatalf("%v: proved at %d points, want one of %v", p.Shape, p.Points, sizes)
				}
				if !(0 <= p.MagnitudeLog2 && p.MagnitudeLog2 < 63) {
					t.Errorf("%v: values up to 2^%v", p.Shape, p.MagnitudeLog2)
				}
			}
			if !whole {
				return
			}
			for _, shape := range provedShapes {
				silent := shape.Length == 1 && (s.ID == "eq-22" || s.ID == "eq-23") // there are no s ≠ t
				if (at[shape] > 0) == silent {
					t.Errorf("%d proofs at %v", at[shape], shape)
				}
			}
		})
	}
}

// TestLatticesRefute: lattices see every near-miss that is an identity, at a point where
// it fails in ℚ too: those of the statements above at every shape where they are false,
// others at the first that is small enough.
func TestLatticesRefute(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, s := range registry() {
		for _, m := range s.NearMisses {
			if !m.Check.IsIdentity() || m.Check.Limits.CertificateOnly {
				continue
			}
			tried++
			every := !testing.Short() && slices.Contains(provedStatements, s.ID)
			refuted := 0
			for _, shape := range []Shape{{2, 2}, {3, 1}, {2, 3}, {3, 2}, {4, 2}} {
				if testing.Short() && shape.Leaves() > 9 {
					break
				}
				if every && shape.Length == 1 || !every && refuted > 0 {
					continue
				}
				// Where a random point shows that it is false, the lattice does soon, however large.
				operations := float64(1 << 29)
				if every || run(m.Check.Modular, newModularWorld(field.Mersenne61, 1, s.ID, shape, 1, 0)).Violation != nil {
					operations = math.Inf(1)
				}
				p, v, err := prove(t.Context(), m.Check, shape, operations)
				if err != nil || every && (p != nil || v == nil) {
					t.Errorf("%s: %s at %v: %+v, %v, %v", s.ID, m.Name, shape, p, v, err)
				}
				if v != nil {
					refuted++
				}
			}
			if refuted == 0 {
				t.Errorf("%s: %s is refuted on no lattice", s.ID, m.Name)
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d near-misses are identities", tried)
	}
}

// cutShort returns the lattice with the degree of one group less by 1.
func cutShort(t *testing.T, l *lattice, name string) *lattice {
	t.Helper()
	short := *l
	short.groups = nil
	found := false
	for _, g := range l.groups {
		c := *g
		if g.name == name {
			c.degree--
			found = true
		}
		short.groups = append(short.groups, &c)
	}
	if !found {
		t.Fatalf("no group %s", name)
	}
	return &short
}

// TestNoDegreeIsTooLarge: to the variance decomposition a polynomial is added that is
// zero at all points but those of the full degree in one group. Its lattice sees it;
// with one degree less it passes.
func TestNoDegreeIsTooLarge(t *testing.T) {
	t.Parallel()
	for name, pick := range map[string]func(w *World[uint64]) []uint64{
		"P_1": func(w *World[uint64]) []uint64 {
			return []uint64{w.Family.Prob[0][0], w.Family.Prob[0][0], w.Family.Prob[0][0]}
		},
		"P_2": func(w *World[uint64]) []uint64 {
			return []uint64{w.Family.Prob[1][0], w.Family.Prob[1][2], w.Family.Prob[1][2]}
		},
		"Harm": func(w *World[uint64]) []uint64 { return []uint64{w.Family.Harm[1], w.Family.Harm[3]} },
	} {
		wrong := func(w *World[uint64]) {
			product, seen := w.FromInt(1), make(map[uint64]int64)
			for _, x := range pick(w) { // Π x(x − 1)…, which is zero unless every x reaches its multiplicity
				product = w.Mul(product, w.Sub(x, w.FromInt(seen[x])))
				seen[x]++
			}
			w.Equal(Place{}, "", w.Add(w.Solution().Variance, product), w.Oracle().Variance()[0][0])
		}
		l := mustLattice(t, wrong, Shape{2, 2})
		right := mustLattice(t, identityOf(t, "cor-7").Modular, Shape{2, 2})
		if l.size() != right.size() {
			t.Fatalf("%s: the wrong identity has degrees of its own", name)
		}
		if _, fails, err := l.evaluate(t.Context()); err != nil || fails == nil {
			t.Errorf("%s: the wrong identity passes on its lattice (%v)", name, err)
		}
		if n, fails, err := cutShort(t, l, name).evaluate(t.Context()); err != nil || fails != nil || n >= int(l.size()) {
			t.Errorf("%s: with one degree less it fails at %v (%v), after %d points; want it to pass", name, fails, err, n)
		}
	}
}

// TestValuesBeyondWords: 2^64·Harm is zero modulo 2^64, and no proof is made of it.
func TestValuesBeyondWords(t *testing.T) {
	t.Parallel()
	multiple := func(exponent int) Check {
		return Identity(nil, func(w *World[uint64]) {
			v := w.Family.Harm[0]
			for range exponent {
				v = w.Mul(v, w.FromInt(2))
			}
			w.Equal(Place{}, "", w.Sub(v, v), w.FromInt(0))
		})
	}
	for exponent, proved := range map[int]bool{10: true, 60: true, 61: true, 62: false, 64: false} { // v − v counts twice, and 2^63 is the bound
		p, v, err := prove(t.Context(), multiple(exponent), Shape{2, 1}, math.Inf(1))
		if err != nil || v != nil || (p != nil) != proved {
			t.Errorf("2^%d: %v, %v, %v, want a proof: %v", exponent, p, v, err, proved)
		}
	}
}

// TestPowersBeyondWords: the coordinates of a lattice go up to the degree, and x^d up to
// d^d, whatever its height.
func TestPowersBeyondWords(t *testing.T) {
	t.Parallel()
	for degree, proved := range map[int]bool{1: true, 15: true, 16: false, 20: false} { // 2·15^15 < 2^63 < 2·16^16
		p, v, err := prove(t.Context(), Identity(nil, func(w *World[uint64]) {
			x := w.FromInt(1)
			for range degree {
				x = w.Mul(x, w.Family.Harm[0])
			}
			w.Equal(Place{}, "", w.Sub(x, x), w.FromInt(0))
		}), Shape{2, 1}, math.Inf(1))
		if err != nil || v != nil || (p != nil) != proved {
			t.Errorf("degree %d: %v, %v, %v, want a proof: %v", degree, p, v, err, proved)
		}
	}
}

// TestProofsStop: a proof ends with its context, and is not tried where it costs too
// much or where nothing is compared.
func TestProofsStop(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if p, v, err := prove(over, identityOf(t, "cor-7"), Shape{3, 3}, math.Inf(1)); !errors.Is(err, context.Canceled) || p != nil || v != nil {
		t.Errorf("%v, %v, %v, want %v", p, v, err, context.Canceled)
	}
	for id, shape := range map[string]Shape{"cor-7": {4, 3}, "eq-22": {5, 1}} {
		if p, v, err := prove(t.Context(), identityOf(t, id), shape, 1000); p != nil || v != nil || err != nil {
			t.Errorf("%s: %v, %v, %v, want no proof", id, p, v, err)
		}
	}
}

// points yields the points of the lattice. The slice is overwritten by the next point.
func (l *lattice) points() iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		for c := l.start(); yield(c.point) && c.next(func(int) {}); {
		}
	}
}
