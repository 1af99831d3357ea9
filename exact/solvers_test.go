package exact_test

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// prime is that of the certificates. Random values rarely agree modulo it.
const prime = field.Mersenne61

// solverTest checks solvers on one case over one number system.
type solverTest[E any] func(t *rapid.T, b *bench[E])

// bench is a case over a field, with the solver's side of it and the side by
// definition.
type bench[E any] struct {
	field.Field[E]
	*model.Case
	family exact.Family[E]
	solved *exact.Martingale[E]
	oracle *definition.Oracle[E]
	score  *definition.Score[E]
}

func newBench[E any](f field.Field[E], c *model.Case) *bench[E] {
	pt := must(exact.NumbersOf(f, c.Process))
	b := &bench[E]{Field: f, Case: c, family: exact.NewFamily[E](f, pt, &c.Parameterisation)}
	b.solved = exact.SolveMartingale[E](f, pt)
	b.oracle = must(definition.New(f, must(definition.NumbersOf(f, c.Process))))
	b.score = b.oracle.Score(c.Parameterisation)
	return b
}

// same fails where two tables are known to differ.
func (b *bench[E]) same(t *rapid.T, what string, want, got []E) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if b.Equal(want[i], got[i]) == field.False {
			t.Fatalf("%s, entry %d: %v, by definition %v", what, i, got[i], want[i])
		}
	}
}

// everywhere runs a check over ℚ, 𝔽_p and intervals, up to the first over which it fails.
// Over ℚ and 𝔽_p equality is decided; enclosures must not be disjoint from those
// of the definition, whose containment is tested on its own.
func everywhere(t *testing.T, rational solverTest[field.Rat], modular solverTest[uint64], interval solverTest[field.Enclosure]) {
	t.Helper()
	t.Parallel()
	draw := func(t *rapid.T) *model.Case { return generators.Cases(generators.Limits{Leaves: 27}).Draw(t, "case") }
	rapid.Check(t, func(t *rapid.T) { rational(t, newBench[field.Rat](field.NewRational(), draw(t))) })
	rapid.Check(t, func(t *rapid.T) { modular(t, newBench[uint64](field.NewModular(prime), draw(t))) })
	rapid.Check(t, func(t *rapid.T) { interval(t, newBench[field.Enclosure](field.NewInterval(100), draw(t))) })
}

func martingale[E any](t *rapid.T, b *bench[E]) {
	m, o, T := b.solved, b.oracle, b.Length()
	b.same(t, "E[Harm]", []E{o.Expectation(o.Harm())}, []E{m.Expected})
	b.same(t, "Var(Harm)", []E{o.Variance()[0][0]}, []E{m.Variance})
	for s := range T + 1 {
		b.same(t, "h_t", o.Mean()[s], m.H[s])
		b.same(t, "Var(Harm|·)", o.Variance()[s], m.CondVar[s])
		b.same(t, "E[Var(Harm|y_≤t)]", []E{o.ExpectedVariance(s)}, []E{m.Residual[s]})
		for x := range b.States(s) { // P(x) = Σ_y P(y)·1[x_t(y) = x]
			at := make([]E, o.Len())
			for i := range at {
				at[i] = b.FromInt(0)
				if o.State(i, s) == x {
					at[i] = b.FromInt(1)
				}
			}
			b.same(t, "P(x)", []E{o.Expectation(at)}, m.Occupancy[s][x:x+1])
		}
	}
	for s := 1; s <= T; s++ {
		b.same(t, "I_t", []E{o.Information(s)}, m.Information[s-1:s])
		b.same(t, "Var(h_t|·)", o.StepVariance(s), m.Step[s-1])
		steps := m.Innovation(b.Field, s)
		along := make([]E, o.Len())
		for i := range along {
			along[i] = steps[o.Edge(i, s)]
		}
		b.same(t, "Δ_t", o.Increment(s), along)
	}
}

func TestSolveMartingale(t *testing.T) {
	everywhere(t, martingale[field.Rat], martingale[uint64], martingale[field.Enclosure])
}

// block returns the coordinates of position t of a vector over all of θ, after
// checking that the others are 0.
func block[E any](t *rapid.T, b *bench[E], s int, v []E) []E {
	t.Helper()
	q := &b.Parameterisation
	lo := q.Offset(b.Process, s)
	hi := lo + q.Block(b.Process, s)
	for i := range v {
		if (i < lo || i >= hi) && b.Equal(v[i], b.FromInt(0)) != field.True {
			t.Fatalf("position %d: coordinate %d is %v, which the position does not read", s, i, v[i])
		}
	}
	return v[lo:hi]
}

func gradient[E any](t *rapid.T, b *bench[E]) {
	f, T := b.family, b.Length()
	for s := 1; s <= T; s++ {
		for x := range b.States(s - 1) {
			b.same(t, "C_t", b.score.Local(s, x), exact.HarmCovariance[E](b.Field, f, b.solved, s, x))
			score := exact.Score[E](b.Field, f, s, x)
			for e, hi := b.Layer(s).Row(x); e < hi; e++ {
				lo, _ := b.Layer(s).Row(x)
				var column []E
				for i := range score {
					column = append(column, score[i][e-lo])
				}
				b.same(t, "s_t", b.score.At(s, e), column)
			}
		}
		b.same(t, "G_t", b.score.Position(s, b.oracle.Harm()), block(t, b, s, exact.Gradient[E](b.Field, f, b.solved, s)))
	}
}

func TestGradient(t *testing.T) {
	everywhere(t, gradient[field.Rat], gradient[uint64], gradient[field.Enclosure])
}

func fisher[E any](t *rapid.T, b *bench[E]) {
	law := must(definition.Adversary[E](b.Field, b.Instance))
	q := must(exact.AdversaryLaw(b.Field, b.Instance))
	total := b.Parameterisation.Total(b.Process)
	for s := 1; s <= b.Length(); s++ {
		l := b.Layer(s)
		trace := make([]E, l.States())
		for x := range trace {
			var local []E
			for _, row := range exact.Fisher[E](b.Field, b.family, s, x) {
				local = append(local, row...)
			}
			b.same(t, "F_t", b.score.Fisher(s, x), local)
			trace[x] = exact.FisherTrace[E](b.Field, b.family, s, x)
			b.same(t, "tr F_t", []E{b.score.FisherTrace(s, x)}, trace[x:x+1])
		}
		b.same(t, "tr F̄_t", []E{b.score.MeanFisherTrace(s)}, []E{b.Dot(b.solved.Occupancy[s-1], trace)})
		for _, c := range []struct {
			name   string
			want   []E
			weight []E
		}{
			{"F̄_t", b.score.MeanFisher(s), b.solved.Occupancy[s-1]},
			{"F_t^Q", b.score.FisherUnder(law, s), q[s-1]},
		} {
			mean := exact.MeanFisher[E](b.Field, b.family, c.weight, s)
			if len(mean) != total {
				t.Fatalf("%s has %d rows, want %d", c.name, len(mean), total)
			}
			lo := b.Parameterisation.Offset(b.Process, s)
			var inner []E
			for _, row := range mean[lo : lo+b.Parameterisation.Block(b.Process, s)] {
				inner = append(inner, block(t, b, s, row)...)
			}
			b.same(t, c.name, c.want, inner)
		}
	}
}

func TestFisher(t *testing.T) {
	everywhere(t, fisher[field.Rat], fisher[uint64], fisher[field.Enclosure])
}

// derivative checks the tangents against P·s_t, and derivatives by dual numbers
// against the product rule on each sequence.
func derivative[E any](t *rapid.T, b *bench[E]) {
	f := b.family
	for i := range min(6, b.Parameterisation.Total(b.Process)) {
		tangent := exact.Tangent[E](b.Field, f, i)
		for s := 1; s <= b.Length(); s++ {
			l := b.Layer(s)
			want := make([]E, l.Edges())
			for x := range l.States() {
				for e, hi := l.Row(x); e < hi; e++ {
					want[e] = b.FromInt(0)
					for j, v := range b.score.At(s, e) {
						if b.Parameterisation.Index(b.Process, s, x, j) == i {
							want[e] = b.Mul(f.Prob[s-1][e], v)
						}
					}
				}
			}
			b.same(t, "∂P", want, tangent[s-1])
		}
		parts := b.oracle.Derivative(b.oracle.Harm(), tangent)
		b.same(t, "∂E[Harm]", []E{field.Sum[E](b.Field, parts)}, []E{exact.Derivative[E](b.Field, f.Numbers, tangent)})
	}
	free := make([][]E, b.Length()) // no tangent of probabilities: nothing sums to zero
	for s := range free {
		for e := range b.Layer(s + 1).Edges() {
			free[s] = append(free[s], b.FromInt(int64(e*e%7)-2))
		}
	}
	parts := b.oracle.Derivative(b.oracle.Harm(), free)
	b.same(t, "dE[Harm]", []E{field.Sum[E](b.Field, parts)}, []E{exact.Derivative[E](b.Field, f.Numbers, free)})
}

func TestDerivative(t *testing.T) {
	everywhere(t, derivative[field.Rat], derivative[uint64], derivative[field.Enclosure])
}

// tilted checks the optimum at a rational tilt u = 1/(2 + x) per state x of layer
// T, and GibbsPolicy at u = 5/2.
func tilted[E any](t *rapid.T, b *bench[E]) {
	T := b.Length()
	u := make([]E, b.States(T))
	for x := range u {
		u[x] = must(b.FromRat(big.NewRat(1, int64(2+x))))
	}
	s := must(exact.SolveTilted[E](b.Field, b.family.Numbers, u))
	law := must(definition.Tilted(b.Field, b.oracle, u))
	for k := 1; k <= T; k++ {
		marginal, before := b.oracle.Marginals(law, k), b.oracle.Marginals(law, k-1)
		for i := range law {
			e := b.oracle.Edge(i, k)
			b.same(t, "P*(y_≤t)", marginal[i:i+1], []E{b.Mul(before[i], s.Policy[k-1][e])})
		}
	}
	for k := range T + 1 {
		for x := range b.States(k) {
			sum := b.FromInt(0)
			for i := range law {
				if b.oracle.State(i, k) == x {
					sum = b.Add(sum, law[i])
				}
			}
			b.same(t, "P*(x)", []E{sum}, s.Occupancy[k][x:x+1])
		}
	}
	boost := must(b.FromRat(big.NewRat(5, 2)))
	for k := 1; k <= T; k++ {
		l := b.Layer(k)
		want := must(definition.Gibbs(b.Field, b.oracle, b.Recovery, k, boost))
		for x := range l.States() {
			lo, hi := l.Row(x)
			recovers := make([]bool, hi-lo)
			for e := lo; e < hi; e++ {
				recovers[e-lo] = b.Recovers(l.Token(e))
			}
			b.same(t, "p*", want[lo:hi], must(exact.GibbsPolicy[E](b.Field, b.family.Prob[k-1][lo:hi], recovers, boost)))
		}
	}
}

func TestSolveTilted(t *testing.T) {
	everywhere(t, tilted[field.Rat], tilted[uint64], tilted[field.Enclosure])
}

// TestGibbs compares the closed forms of ρ* and of its KL with the row by row
// solution, at tilts from 10⁻⁶ to 10⁶.
func TestGibbs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := field.NewInterval(160)
		b := newBench[field.Enclosure](f, generators.Cases(generators.Limits{Leaves: 27}).Draw(t, "case"))
		eta := must(f.FromRat(rapid.SampledFrom([]*big.Rat{
			big.NewRat(1, 1), big.NewRat(1, 1_000_000), big.NewRat(7, 2), big.NewRat(40, 1), big.NewRat(1_000_000, 1),
		}).Draw(t, "η")))
		u := must(f.Exp(eta))
		for s := 1; s <= b.Length(); s++ {
			solution := must(definition.Gibbs(f, b.oracle, b.Recovery, s, u))
			rows := must(definition.RowKL[field.Enclosure](f, b.oracle, s, solution))
			l := b.Layer(s)
			for x, rho := range b.oracle.Recovery(b.Recovery, s) {
				want := f.FromInt(0)
				for e, hi := l.Row(x); e < hi; e++ {
					if b.Recovers(l.Token(e)) {
						want = f.Add(want, solution[e])
					}
				}
				recovery, kl, err := exact.Gibbs(f, rho, eta, u)
				if err != nil {
					t.Fatal(err)
				}
				b.same(t, "ρ*", []field.Enclosure{want}, []field.Enclosure{recovery})
				b.same(t, "KL", rows[x:x+1], []field.Enclosure{kl})
			}
		}
	})
}

// TestHorizon compares the pass over states with the enumeration of sequences.
func TestHorizon(t *testing.T) {
	t.Parallel()
	count := make(map[int]int)
	rapid.Check(t, func(t *rapid.T) {
		c := generators.Cases(generators.Limits{}).Draw(t, "case")
		want := must(definition.List(c.Process)).Horizon()
		if got := exact.Horizon(c.Process); got != want {
			t.Fatalf("horizon %d, by definition %d", got, want)
		}
		count[want]++
	})
	for k := range 5 {
		if count[k] == 0 && !testing.Short() {
			t.Errorf("no case of horizon %d among %v", k, count)
		}
	}
}

// TestPointDivision: a row sum or a harm denominator that the field cannot divide
// by is an error.
func TestPointDivision(t *testing.T) {
	t.Parallel()
	halves := tree(2, [][]int64{{1, 2}}, 2, 1, 0)
	for _, c := range []struct {
		reason  string
		process *model.Process
		p       uint64
		fails   bool
	}{
		{"the row 2:5 has no probabilities modulo 7", example().Process, 7, true},
		{"every row sum of the example is a unit, and so is 2", example().Process, 11, false},
		{"harm 1/2 has no value modulo 2", halves, 2, true},
		{"the row 1:2 has no probabilities modulo 3", halves, 3, true},
		{"1:2 and 1/2 have both", halves, 5, false},
	} {
		_, err := exact.NumbersOf(field.NewModular(c.p), c.process)
		if errors.Is(err, field.ErrDivision) != c.fails {
			t.Errorf("%s: error %v", c.reason, err)
		}
	}
}
