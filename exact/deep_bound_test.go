package exact_test

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/numeric"
)

// plainTree returns the instance with uniform P_0 and Q, R = {1}, β = γ = 1 and constant
// harm.
func plainTree(v, length int) *model.Instance {
	var weights [][]int64
	n := 1
	for range length {
		n *= v
		weights = append(weights, slices.Repeat([]int64{1}, n))
	}
	in := generators.Tree(v, weights, make([]int64, n), 1)
	in.Recovery, in.Beta = []int{1}, big.NewRat(1, 1)
	return in
}

// narrow is the width of enclosures that cost milliseconds on these trees.
const narrow = 1e-5

// narrowest is the width that is asked of the solver where it costs little. Nothing is compared
// to within it: what is known has to lie in the enclosure.
const narrowest = 1e-9

func minimum(t *testing.T, in *model.Instance, o exact.DeepOptions, width float64) *exact.DeepMinimum {
	t.Helper()
	m, err := must(exact.NewDeepBound(in, o)).Minimise(width, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if !(m.Width() >= 0 && m.Width() <= width) {
		t.Fatalf("minimum in [%v, %v], of width %g: want at most %g", m.Lower, m.Upper, m.Width(), width)
	}
	return m
}

// holds reports whether a number known to within an enclosure may lie between the bounds.
func holds(m *exact.DeepMinimum, f field.Interval, v field.Enclosure) bool {
	lo, hi := f.Bounds(v)
	return m.Lower.Cmp(hi) <= 0 && lo.Cmp(m.Upper) <= 0
}

// atDefinition encloses L_deep at a policy by the sums over complete sequences.
func atDefinition(t *testing.T, f field.Interval, in *model.Instance, policy []model.Naturals) field.Enclosure {
	t.Helper()
	pt := must(exact.NumbersOf(f, in.Process))
	base := must(definition.New(f, pt))
	moved := must(definition.New(f, pt.WithProb(must(exact.PolicyRows(f, in.Process, policy)))))
	law := must(definition.Adversary(f, in))
	lambda := must(f.FromRat(in.Lambda))
	total := f.Add(f.Mul(lambda, moved.Expectation(moved.Harm())), must(definition.KL(f, base, moved.Joint())))
	for i := range in.Length() {
		total = f.Add(total, f.Mul(must(f.FromRat(in.Eta(i+1))), moved.RecoveryFailure(in.Recovery, law, i+1)))
	}
	return total
}

// descend follows the gradient from theta for some steps, each halved until it leads down, and returns
// the value that it ends at.
func descend(o *numeric.Objective, theta []float64, steps int) float64 {
	value, slope, next := o.Value(theta), make([]float64, len(theta)), make([]float64, len(theta))
	for range steps {
		o.Gradient(slope, theta)
		for step := 4.0; step > 1e-3; step /= 2 {
			for i := range next {
				next[i] = theta[i] - step*slope[i]
			}
			if lower := o.Value(next); lower < value {
				value = lower
				copy(theta, next)
				break
			}
		}
	}
	return value
}

// TestDeepMinimumOfSearches: the enclosures hold the least of 1,000 policies that descents in
// float64 end at, which know nothing of them, and no policy lies below. Every descent leads down,
// and ten go on to the end.
func TestDeepMinimumOfSearches(t *testing.T) {
	t.Parallel()
	const width = 1e-4
	// floatError bounds the rounding of a cost in float64. Its terms sum to less than 2^8 in
	// absolute value: λ ≤ 3, Σ_t η_t ≤ 16, and logits to 13 give log ratios to 26. Each is a
	// product of at most 5 probabilities, within 30 units of 2^-53 each, and a logarithm: the
	// terms lose less than 2^8·2^8·2^-53, and so do their 2^8 additions.
	const floatError = 0x1p-36
	instances := []*model.Instance{plainTree(2, 3), plainTree(2, 4)}
	for seed := range uint64(2 * testenv.Effort()) {
		instances = append(instances, deepCase(seed, 2, 3))
	}
	if testing.Short() {
		instances = instances[:1]
	}
	for i, in := range instances {
		m := minimum(t, in, exact.DeepOptions{}, width)
		lower, _ := m.Lower.Float64()
		upper, _ := m.Upper.Float64()
		o := numeric.Deep(in, &model.Parameterisation{})
		g := rand.New(rand.NewPCG(7, uint64(i)))
		least := math.Inf(1)
		for k := range testenv.Scale(1000) {
			theta := make([]float64, o.Dimension())
			for j := range theta {
				theta[j] = float64(k) / 300 * g.NormFloat64() // from the base model outward
			}
			start := o.Value(theta)
			value := descend(o, theta, 8)
			if k > 0 && value >= start {
				t.Fatalf("instance %d: descent %d stays at %.12g", i, k, start)
			}
			if k%100 == 0 {
				found, err := o.Minimise(theta)
				if err != nil {
					t.Fatal(err)
				}
				value = found.Value
			}
			if least = min(least, value); value < lower-floatError {
				t.Fatalf("instance %d: a policy costs %.12g, below %.12g", i, value, lower)
			}
		}
		if least > upper+floatError {
			t.Errorf("instance %d: the searches end at %.9g, above [%.9g, %.9g]", i, least, lower, upper)
		}
	}
}

// TestDeepMinimumKnown: figures of a computation in float64 that tabulates the costs on a
// lattice of 128 intervals.
func TestDeepMinimumKnown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		length       int
		lower, upper float64
	}{{2, 0.727144, 0.727146}, {3, 1.023096, 1.023130}, {4, 1.281337, 1.281449}, {5, 1.504939, 1.506368}} {
		m := minimum(t, plainTree(2, test.length), exact.DeepOptions{}, narrow)
		if m.Lower.Cmp(big.NewFloat(test.upper)) > 0 || m.Upper.Cmp(big.NewFloat(test.lower)) < 0 {
			t.Errorf("T = %d: minimum in [%v, %v], want one in [%g, %g]", test.length, m.Lower, m.Upper, test.lower, test.upper)
		}
	}
}

// TestDeepMinimumShrinks: with more effort the enclosure is narrower, and overlaps all others.
func TestDeepMinimumShrinks(t *testing.T) {
	if testing.Short() {
		t.Skip("halves hundreds of cells")
	}
	t.Parallel()
	for _, in := range []*model.Instance{plainTree(2, 4), plainTree(3, 3), deepCase(3, 3, 4)} {
		var all []*exact.DeepMinimum
		for effort := 10; effort <= 640; effort *= 4 {
			const never = 1e-7 // a width that these efforts do not reach on all of them
			m, err := must(exact.NewDeepBound(in, exact.DeepOptions{})).Minimise(never, effort)
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range all {
				if m.Lower.Cmp(other.Upper) > 0 || other.Lower.Cmp(m.Upper) > 0 {
					t.Fatalf("enclosures [%v, %v] and [%v, %v] are disjoint", m.Lower, m.Upper, other.Lower, other.Upper)
				}
			}
			all = append(all, m)
		}
		first, last := all[0].Width(), all[len(all)-1].Width()
		if !(last < first/1000) {
			t.Errorf("a width of %g shrinks to %g", first, last)
		}
	}
}

// TestDeepMinimumAttained: the policy costs at most the upper bound, by the sums over complete
// sequences, and policies drawn at random at least the lower one.
func TestDeepMinimumAttained(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	for seed := range uint64(12 * testenv.Effort()) {
		in := deepCase(seed, 2+int(seed%2), 1+int(seed/2%3))
		m := minimum(t, in, exact.DeepOptions{}, narrow)
		if lo, _ := f.Bounds(atDefinition(t, f, in, m.Policy)); lo.Cmp(m.Upper) > 0 || lo.Cmp(m.Lower) < 0 {
			t.Errorf("instance %d: the policy costs %v, want at most %v", seed, lo, m.Upper)
		}
		g := rand.New(rand.NewPCG(seed, 3))
		for range 10 {
			policy := make([]model.Naturals, in.Length())
			for i := range policy {
				for range in.Layer(i + 1).Edges() {
					policy[i].AppendInt64(1 + g.Int64N(40))
				}
			}
			if _, hi := f.Bounds(atDefinition(t, f, in, policy)); hi.Cmp(m.Lower) < 0 {
				t.Fatalf("instance %d: %v costs %v, below %v", seed, policy, hi, m.Lower)
			}
		}
	}
}

// TestDeepMinimumClosedForms: where the minimum has a closed form, the enclosure holds it.
func TestDeepMinimumClosedForms(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	soft := func(in *model.Instance, failing func(e int) *big.Rat, scale *big.Rat) field.Enclosure {
		c := field.NewCalc(f)
		pt := must(exact.NumbersOf(f, in.Process))
		tilt := make([]field.Enclosure, len(pt.Harm))
		for x := range tilt {
			cost := in.HarmAt(x)
			cost.Mul(cost, in.Lambda).Quo(cost, scale).Add(cost, failing(x))
			tilt[x] = c.Exp(c.FromRat(cost.Neg(cost)))
		}
		z := exact.Backward(f, pt, tilt)[0][0]
		return c.Neg(c.Mul(c.FromRat(scale), c.Log(z)))
	}
	one := big.NewRat(1, 1)
	for seed := range uint64(8) {
		// β = 0: L(P*) = −log E_0[e^{−λHarm}].
		in := deepCase(seed, 2+int(seed%2), 1+int(seed%4))
		in.Beta = new(big.Rat)
		if m, want := minimum(t, in, exact.DeepOptions{}, narrowest), soft(in, func(int) *big.Rat { return new(big.Rat) }, one); !holds(m, f, want) {
			t.Errorf("β = 0: minimum in [%v, %v], want %v", m.Lower, m.Upper, want)
		}
		// T = 1, with weight s: −s·log Σ_a P_0(a)·e^{−λHarm(a)/s − η·1[a∉R]}.
		in = deepCase(seed, 2+int(seed%3), 1)
		failing := func(e int) *big.Rat {
			if in.Recovers(e) {
				return new(big.Rat)
			}
			return in.Eta(1)
		}
		for _, s := range []float64{1, 0.5, 0.125} {
			m := minimum(t, in, exact.DeepOptions{Scale: []float64{s}}, narrowest)
			if want := soft(in, failing, new(big.Rat).SetFloat64(s)); !holds(m, f, want) {
				t.Errorf("T = 1, s = %g: minimum in [%v, %v], want %v", s, m.Lower, m.Upper, want)
			}
		}
		// V = T = 2: the least value of f at its stationary points.
		in = deepCase(seed, 2, 2)
		in.Recovery = [][]int{nil, {0}, {1}, {0, 1}}[seed%4]
		m := minimum(t, in, exact.DeepOptions{}, narrowest)
		zeros, err := must(exact.NewFirstToken(f, in)).Stationary()
		if err != nil {
			t.Fatal(err)
		}
		best := slices.MinFunc(zeros, func(a, b exact.Stationary) int {
			lo, _ := f.Bounds(a.Value)
			other, _ := f.Bounds(b.Value)
			return lo.Cmp(other)
		})
		if !holds(m, f, best.Value) {
			t.Errorf("V = T = 2, R = %v: minimum in [%v, %v], want %v", in.Recovery, m.Lower, m.Upper, best.Value)
		}
	}
}

// TestDeepMinimumWithin: with P(1) fixed the minimum over the rest is f at it, and policies
// keep to a range exactly.
func TestDeepMinimumWithin(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	for seed := range uint64(testenv.Scale(5)) {
		in := deepCase(seed, 2, 2)
		in.Recovery = []int{1}
		g := must(exact.NewFirstToken(f, in))
		for _, q := range []*big.Rat{big.NewRat(1, 3), big.NewRat(1, 2), big.NewRat(99, 100)} {
			m := minimum(t, in, exact.DeepOptions{Within: func(t, _ int) exact.Range {
				if t > 1 {
					return exact.Range{}
				}
				return exact.Range{Lo: q, Hi: q}
			}}, narrowest)
			if want := must(g.At(must(f.FromRat(q)))); !holds(m, f, want) {
				t.Errorf("instance %d, P(1) = %v: minimum in [%v, %v], want %v", seed, q, m.Lower, m.Upper, want)
			}
		}
	}
	for _, r := range []exact.Range{
		{},
		{Lo: big.NewRat(1, 1<<30)},
		{Hi: big.NewRat(1<<30-1, 1<<30)},
		{Lo: big.NewRat(3, 4)},
		{Hi: big.NewRat(1, 4)},
		{Lo: big.NewRat(1, 3), Hi: big.NewRat(1, 3)},
		{Lo: big.NewRat(1, 1)},
		{Hi: new(big.Rat)},
	} {
		in := deepCase(2, 3, 3)
		const width = 1e-6 // of either minimum: enclosures wider than what a range costs would overlap, and fail below
		m := minimum(t, in, exact.DeepOptions{Within: func(int, int) exact.Range { return r }}, width)
		free := minimum(t, in, exact.DeepOptions{}, width)
		if binds := r.Lo != nil && r.Lo.Cmp(big.NewRat(1, 2)) > 0 || r.Hi != nil && r.Hi.Cmp(big.NewRat(1, 2)) < 0; binds != (m.Lower.Cmp(free.Upper) > 0) {
			t.Errorf("range %v: minimum in [%v, %v], free in [%v, %v]", r, m.Lower, m.Upper, free.Lower, free.Upper)
		}
		for i := range in.Length() {
			l := in.Layer(i + 1)
			for x := range l.States() {
				lo, hi := l.Row(x)
				rho := new(big.Rat)
				for e := lo; e < hi; e++ {
					if in.Recovers(l.Token(e)) {
						rho.SetFrac(m.Policy[i].At(e), m.Policy[i].Sum(lo, hi))
					}
				}
				if r.Lo != nil && rho.Cmp(r.Lo) < 0 || r.Hi != nil && rho.Cmp(r.Hi) > 0 {
					t.Errorf("range %v: ρ = %v at position %d, state %d", r, rho, i+1, x)
				}
			}
		}
	}
}

// TestDeepMinimumOffSupport: tokens that the base model never takes are not taken where the policy
// goes, and cost nothing where it does not.
func TestDeepMinimumOffSupport(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	in := generators.Tree(2, [][]int64{{1, 0}, {1, 1, 1, 0}}, []int64{0, 1, 0, 0}, 1)
	in.Recovery, in.Beta = []int{1}, big.NewRat(2, 1)
	in.Adversary = model.Adversary{Kind: model.AdversaryUniform}
	// P(0) = 1, which fails; nothing need fail after first token 1; after 0 half a tilt, η/2 = 1,
	// is weighed against harm 1: 2 + min_r KL(r‖½) + r_1 + (1 − r_1) = 2 + 1.
	m := minimum(t, in, exact.DeepOptions{}, narrowest)
	if !holds(m, f, f.FromInt(3)) {
		t.Errorf("minimum in [%v, %v], want 3", m.Lower, m.Upper)
	}
}

func TestDeepBoundRefuses(t *testing.T) {
	t.Parallel()
	merging := shortTree(model.NaturalsOf(1, 1), model.NaturalsOf(1, 1), []int32{0, 0})
	if _, err := exact.NewDeepBound(merging, exact.DeepOptions{}); !errors.Is(err, exact.ErrShape) {
		t.Errorf("one state for both first tokens: %v", err)
	}
	half, zero, one := big.NewRat(1, 2), new(big.Rat), big.NewRat(1, 1)
	for _, test := range []struct {
		reason  string
		weights model.Naturals // of position 1; R = {0}
		within  exact.Range
		err     error
	}{
		{"a range", model.NaturalsOf(1, 1), exact.Range{Lo: half, Hi: half}, nil},
		{"an empty range", model.NaturalsOf(1, 1), exact.Range{Lo: one, Hi: half}, exact.ErrInfeasible},
		{"recovery where there is none", model.NaturalsOf(0, 1), exact.Range{Lo: half}, exact.ErrInfeasible},
		{"failure where there is none", model.NaturalsOf(1, 0), exact.Range{Hi: half}, exact.ErrInfeasible},
		{"no recovery where there is none", model.NaturalsOf(0, 1), exact.Range{Lo: zero, Hi: zero}, nil},
		{"above 1", model.NaturalsOf(1, 1), exact.Range{Lo: big.NewRat(3, 2)}, exact.ErrInfeasible},
		{"below 0", model.NaturalsOf(1, 1), exact.Range{Hi: big.NewRat(-1, 2)}, exact.ErrInfeasible},
	} {
		in := shortTree(test.weights, model.NaturalsOf(1, 1, 1, 1), nil)
		_, err := exact.NewDeepBound(in, exact.DeepOptions{Within: func(t, _ int) exact.Range {
			if t > 1 {
				return exact.Range{}
			}
			return test.within
		}})
		if !errors.Is(err, test.err) {
			t.Errorf("%s: %v, want %v", test.reason, err, test.err)
		}
	}
}
