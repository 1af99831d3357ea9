package exact

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// TestNumber: a number is shown by its middle, and bounded on both sides.
func TestNumber(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(256)
	for _, test := range []struct {
		lo, hi int64
		want   float64
	}{{1, 3, 2}, {-3, -1, -2}, {-1, 5, 2}, {4, 4, 4}} {
		n := Number{Real: f.Hull(f.FromInt(test.lo), f.FromInt(test.hi)), digits: 26}
		if got := n.Float64(); got != test.want {
			t.Errorf("[%d, %d] as a float64: %g, want %g", test.lo, test.hi, got, test.want)
		}
	}
	third := Number{Exact: big.NewRat(1, 3)}
	if got := third.Float64(); got != 1./3 {
		t.Errorf("1/3 as a float64: %g", got)
	}
	lo, hi, err := third.Bounds()
	if err != nil || lo != "0."+strings.Repeat("3", 26) || hi != "0."+strings.Repeat("3", 25)+"4" {
		t.Errorf("1/3 is between %s and %s, want 26 decimals: %v", lo, hi, err)
	}
}

// TestAnalyzeEncloses: any precision, as little as one bit, asks for enclosures.
func TestAnalyzeEncloses(t *testing.T) {
	t.Parallel()
	for _, precision := range []uint{1, 300} {
		a, err := Analyze(generators.Example(generators.Limits{}, 3, 4).Instance, precision)
		if err != nil {
			t.Fatal(err)
		}
		if a.ExpectedHarm.Exact != nil || a.Variance.Exact != nil || a.Positions[0].Information.Exact != nil {
			t.Errorf("precision %d: rational numbers are exact, want enclosures", precision)
		}
		// log₁₀ 2¹²⁸ = 38.5, and log₁₀ 2³⁰⁰ = 90.3.
		if got, want := a.ExpectedHarm.digits, map[uint]int{1: 39, 300: 91}[precision]; got != want {
			t.Errorf("precision %d: shown to %d decimals, want %d", precision, got, want)
		}
	}
}

// TestRefineWaitsForEveryEnclosure: one that is wide raises the precision, wherever it
// stands in the list, and one without bounds ends the search.
func TestRefineWaitsForEveryEnclosure(t *testing.T) {
	t.Parallel()
	in := generators.Example(generators.Limits{}, 3, 0).Instance
	for wide := range 3 {
		bits, err := refine(in, 24, func(f field.Interval) ([]field.Enclosure, error) {
			list := []field.Enclosure{f.FromInt(1), f.FromInt(2), f.FromInt(3)}
			if f.Prec() < 96 {
				list[wide] = f.Hull(f.FromInt(0), f.FromInt(1))
			}
			return list, nil
		})
		if bits != 96 || err != nil {
			t.Errorf("number %d is wide below 96 bits: refined to %d, %v", wide, bits, err)
		}
	}
	if _, err := refine(in, 24, func(f field.Interval) ([]field.Enclosure, error) {
		return []field.Enclosure{{}, f.FromInt(1)}, nil
	}); !errors.Is(err, errRange) {
		t.Errorf("an enclosure without bounds: %v, want %v", err, errRange)
	}
	if _, err := refine(in, 24, func(f field.Interval) ([]field.Enclosure, error) {
		return []field.Enclosure{f.Hull(f.FromInt(0), f.FromInt(1))}, nil
	}); !errors.Is(err, field.ErrUndecided) || !strings.Contains(err.Error(), "wider than 10^-20") {
		t.Errorf("an enclosure that stays wide: %v, want %v", err, field.ErrUndecided)
	}
}

// TestEncloseDoubles: from however few bits, the precision is raised until enclosures
// are as narrow as promised.
func TestEncloseDoubles(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		in := generators.Example(generators.Limits{}, 3, i).Instance
		p := model.NewProfile[field.Rat, field.Enclosure](in)
		if _, err := refine(in, 24, func(f field.Interval) ([]field.Enclosure, error) {
			err := solveReals(f, in, p, Pointwise|Equilibrium)
			return reals(p), err
		}); err != nil {
			t.Fatal(err)
		}
		enclosed, err := analyzeEnclosed(in, 24)
		if err != nil {
			t.Fatal(err)
		}
		all := []field.Enclosure{enclosed.ExpectedHarm.Real, enclosed.Variance.Real}
		for k := range enclosed.Positions {
			q := &p.Positions[k]
			all = append(all, q.GibbsRecovery, q.GibbsKL, q.EquilibriumKL)
			for _, q := range model.Quantities(&enclosed.Positions[k]) {
				all = append(all, q.Value.Real)
			}
		}
		for k, v := range all {
			if w := field.NewInterval(maxPrecision).Width(v); w.Cmp(maxWidth) > 0 {
				t.Errorf("instance %d: number %d, %v, is %.3g wide", i, k, v, w)
			}
		}
	}
}

// TestSplit: every index is in one range of the grain, on one core and on several, and the first
// range that fails is told.
func TestSplit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		for _, n := range []int{0, 1, 2, 3, 7, 64, 1001} {
			for _, grain := range []int{1, 3, 64} {
				seen := make([]atomic.Int32, n)
				if err := split(n, grain, func(lo, hi int) error {
					if lo%grain != 0 || hi != min(n, lo+grain) {
						t.Errorf("range %d to %d of %d by %d", lo, hi, n, grain)
					}
					for i := lo; i < hi; i++ {
						seen[i].Add(1)
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				for i := range seen {
					if seen[i].Load() != 1 {
						t.Fatalf("%d by %d: index %d is in %d ranges", n, grain, i, seen[i].Load())
					}
				}
				var last atomic.Int64
				err := split(n, grain, func(lo, _ int) error {
					last.Store(int64(lo))
					if lo < 3 {
						return nil
					}
					return fmt.Errorf("at %d", lo)
				})
				failing := (3 + grain - 1) / grain * grain
				if failing < n != (err != nil) || err != nil && err.Error() != fmt.Sprintf("at %d", failing) {
					t.Errorf("%d by %d: error %v, want that at %d", n, grain, err, failing)
				}
				if cores == 1 && err != nil && int(last.Load()) != failing {
					t.Errorf("%d by %d: goes on to %d, behind the failure at %d", n, grain, last.Load(), failing)
				}
			}
		}
		if now := runtime.GOMAXPROCS(0); now != cores {
			t.Errorf("%d cores before, %d after", cores, now)
		}
	}
	first, second := errors.New("first"), errors.New("second")
	if err := both(func() error { return first }, func() error { return second }); err == nil || err.Error() != "first\nsecond" {
		t.Errorf("both errors: %v", err)
	}
}

// TestSplitRunsAtOnce: as many ranges run at the same time as there are cores, and none runs on
// when split returns.
func TestSplitRunsAtOnce(t *testing.T) {
	const cores = 5
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	for range 4 { // that the caller's own range is each time the last to end is unlikely
		var arrived, done atomic.Int32
		all := make(chan struct{})
		err := split(cores, 1, func(int, int) error {
			n := arrived.Add(1)
			if n == cores {
				close(all)
			}
			select {
			case <-all:
			case <-time.After(10 * time.Second):
				return errors.New("the other ranges wait for this one to end")
			}
			time.Sleep(time.Duration(n) * time.Millisecond)
			done.Add(1)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if done.Load() != cores {
			t.Fatalf("%d of %d ranges have ended", done.Load(), cores)
		}
	}
}

// TestSplitLists: every index of every list is in one range, those of the last list first.
func TestSplitLists(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var got []string
	if err := splitLists([]int{2, 0, 3, 5}, 2, func(t, lo, hi int) error {
		got = append(got, fmt.Sprint(t, lo, hi))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"3 0 2", "3 2 4", "3 4 5", "2 0 2", "2 2 3", "0 0 2"}
	if !slices.Equal(got, want) {
		t.Errorf("list and range: %q, want %q", got, want)
	}
}

// TestPolynomialLogits: along θ(s) = s the log-ratio of two tokens changes by the
// difference of their logits, coefficient by coefficient, that of s⁰ apart.
func TestPolynomialLogits(t *testing.T) {
	t.Parallel()
	f := field.NewRational()
	c := generators.Example(generators.Limits{Vocabulary: 2, Length: 1}, 1, 0)
	for i := 0; !c.Tree() || c.Vocabulary() != 2 || c.Length() != 1 || c.Layer(1).Weights().IsZero(0) || c.Layer(1).Weights().IsZero(1); i++ {
		c = generators.Example(generators.Limits{Vocabulary: 2, Length: 1}, 1, i)
	}
	pt, err := NumbersOf(f, c.Process)
	if err != nil {
		t.Fatal(err)
	}
	rationals := func(list ...int64) (q []*big.Rat) {
		for _, v := range list {
			q = append(q, big.NewRat(v, 3))
		}
		return q
	}
	param := &model.Parameterisation{Kind: model.Polynomial, Parameters: 1, Logits: [][][]*big.Rat{{rationals(7, 2, -5, 4), rationals(0, 3, 1)}}}
	family, err := NewPolynomialFamily[field.Rat](f, pt, param)
	if err != nil {
		t.Fatal(err)
	}
	theta := []field.Rat{f.FromInt(0), f.FromInt(1), f.FromInt(0), f.FromInt(0)}
	b, err := Along(f, family, [][]field.Rat{theta}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []*big.Rat{new(big.Rat), big.NewRat(-1, 3), big.NewRat(-6, 3), big.NewRat(4, 3)} {
		if got := f.Sub(b.LogRatio[0][0][k], b.LogRatio[0][1][k]).Rat(); got.Cmp(want) != 0 {
			t.Errorf("coefficient of s^%d: %v, want %v", k, got, want)
		}
	}
}

// TestRecoveryKinds: states have one number where ρ_0 is equal. The first row sums to 2^64 + 2,
// which a word would take for the 2 of the second.
func TestRecoveryKinds(t *testing.T) {
	t.Parallel()
	layer := func(weights ...int64) *model.Layer {
		l, err := model.TreeLayer(4, model.NaturalsOf(weights...))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, test := range []struct {
		first, of []int
		rest      int64
	}{
		{[]int{0, 1, 3}, []int{0, 1, 1, 2}, math.MaxInt64},
		{[]int{0, 3}, []int{0, 0, 0, 1}, 0},
	} {
		second := layer(1, test.rest, test.rest, min(test.rest, 2)+1, 1, 1, 0, 0, 2, 0, 2, 0, 3, 0, 0, 0)
		p, err := model.NewProcess(4, []*model.Layer{layer(1, 1, 1, 1), second}, model.NaturalsOf(make([]int64, 16)...), big.NewInt(1))
		if err != nil {
			t.Fatal(err)
		}
		in := model.NewInstance(p)
		in.Recovery = []int{0}
		if first, of := recoveryKinds(in, 2); !slices.Equal(first, test.first) || !slices.Equal(of, test.of) {
			t.Errorf("weights up to %d: states %v have the values of %v, want %v and %v", test.rest, first, of, test.first, test.of)
		}
	}
}

// TestAffordable: denominators of the last layer count, and so do edges whose values
// meet long ones on both sides.
func TestAffordable(t *testing.T) {
	t.Parallel()
	// wide returns a tree over v tokens whose layers have row sums of the given bits.
	wide := func(v int, harmBits uint, bits ...uint) *model.Instance {
		var layers []*model.Layer
		states := 1
		for _, b := range bits {
			// v − 1 ones and a weight that completes them to 2^b.
			long := new(big.Int).Lsh(big.NewInt(1), b)
			long.Sub(long, big.NewInt(int64(v-1)))
			var w model.Naturals
			for range states {
				for range v - 1 {
					w.AppendInt64(1)
				}
				w.Append(long)
			}
			l, err := model.TreeLayer(v, w)
			if err != nil {
				t.Fatal(err)
			}
			layers, states = append(layers, l), states*v
		}
		var harm model.Naturals
		for range states {
			harm.AppendInt64(1)
		}
		p, err := model.NewProcess(v, layers, harm, new(big.Int).Lsh(big.NewInt(1), harmBits))
		if err != nil {
			t.Fatal(err)
		}
		return model.NewInstance(p)
	}
	for _, test := range []struct {
		reason string
		in     *model.Instance
		large  bool
	}{
		{"short numbers", wide(2, 8, 8, 8), false},
		{"the only layer has a long denominator", wide(2, 8, 3_000_000), true},
		{"a fifth of that", wide(2, 8, 600_000), false},
		{"4096 edges with long weights lead to long harm", wide(64, 200_000, 8, 200_000), true},
		{"a fifth of that", wide(64, 40_000, 8, 40_000), false},
	} {
		if err := affordable(test.in); errors.Is(err, ErrTooLarge) != test.large {
			t.Errorf("%s: %v, want it refused: %v", test.reason, err, test.large)
		}
	}
}

// TestStorable: a table has an entry for every state of every layer, eight of them are
// kept, and a layer's edges count once however often it stands.
func TestStorable(t *testing.T) {
	t.Parallel()
	const (
		bits  = 1 << 20
		limit = maxBytes / (160 + bits/4)
	)
	process := func(v, states int, layers ...*model.Layer) *model.Process {
		p, err := model.NewProcess(v, layers, model.NaturalsOf(make([]int64, states)...), big.NewInt(1))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	dense := func(v int, next []int32, weights ...int64) *model.Layer {
		l, err := model.DenseLayer(v, model.NaturalsOf(weights...), next)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	// 8 tables of 1 + v states, and v edges.
	star := func(v int) *model.Process {
		return process(v, v, dense(v, nil, slices.Repeat([]int64{1}, v)...))
	}
	// 8 tables of 1 + 2 + 2n states, and 2 + 4 edges.
	chain := func(n int) *model.Process {
		again := dense(2, []int32{0, 1, 0, 1}, 1, 1, 1, 1)
		return process(2, 2, append([]*model.Layer{dense(2, nil, 1, 1)}, slices.Repeat([]*model.Layer{again}, n)...)...)
	}
	most, longest := (limit-8)/9, (limit-30)/16
	for _, test := range []struct {
		reason string
		p      *model.Process
		large  bool
	}{
		{"the most edges", star(most), false},
		{"one edge more", star(most + 1), true},
		{"the longest chain", chain(longest), false},
		{"one position more", chain(longest + 1), true},
	} {
		if err := storable(test.p, bits); errors.Is(err, ErrTooManyStates) != test.large {
			t.Errorf("%s: %v, want it refused: %v", test.reason, err, test.large)
		}
	}
}

// TestCost adds up the estimate by hand, for a denominator of harm of 5 bits, row sums
// of 3 bits at position 1 and of 2 and 3 bits at position 2.
func TestCost(t *testing.T) {
	t.Parallel()
	in := generators.Tree(2, [][]int64{{1, 3}, {1, 1, 1, 6}}, []int64{0, 1, 2, 3}, 16)
	const (
		entry = 8 * 8 * 160 // of all tables, beyond its digits
		early = 2 * (1 + 3./64) * (1 + 2*10./64)
		late  = 4 * (1 + 5./64) * (1 + 2*5./64)
	)
	for _, test := range []struct {
		reason     string
		rows       []model.Naturals // of Q
		size, work float64
	}{
		{"Q is the policy", nil, 2*(entry+6*10+2*3) + 4*5 + (entry + 6*13) + 2*3, late + early + 5*2*(3*13./64)*(3*13./64)},
		{
			"row sums of Q have 21 bits",
			[]model.Naturals{model.NaturalsOf(1, 1<<20)},
			2*(entry+6*10+2*16) + 4*5 + (entry + 6*13 + 2*13) + 2*3, late + early + 5*2*(3*26./64)*(3*26./64),
		},
	} {
		if test.rows != nil {
			in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: test.rows}
		}
		if size, work := cost(in); size != test.size || math.Abs(work-test.work) > 0x1p-40 {
			t.Errorf("%s: %v bits and %v products, want %v and %v", test.reason, size, work, test.size, test.work)
		}
	}
}

// TestDenominatorBits: the least common multiple divides the product of the row sums,
// and that of all numbers as long as the longest sum, which is shorter where there are
// many short sums.
func TestDenominatorBits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		reason string
		rest   []int64 // of each row of two, beside a weight of 1
		want   float64
	}{
		{"sums 2 and 4", []int64{1, 3}, 2 + 3},
		{"one sum twice", []int64{3, 3, 3}, 3},
		{"sums 2 to 7, which 1…8 have among them", []int64{1, 2, 3, 4, 5, 6}, 1.5 * 8},
		{"two sums of 20 bits", []int64{1 << 19, 1<<19 + 1}, 20 + 20},
		{"two sums of 21 bits", []int64{1 << 20, 1<<20 + 1}, 21 + 21},
	} {
		var w model.Naturals
		for _, r := range test.rest {
			w.AppendInt64(1)
			w.AppendInt64(r)
		}
		l, err := model.TreeLayer(2, w)
		if err != nil {
			t.Fatal(err)
		}
		if got := denominatorBits(l, l.Weights()); got != test.want {
			t.Errorf("%s: %v bits, want %v", test.reason, got, test.want)
		}
	}
}
