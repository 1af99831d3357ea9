package numeric

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sounding/internal/testenv"
	"sounding/model"
)

// example is the instance that the description of the file format works out.
func example(tb testing.TB) *model.Instance {
	tb.Helper()
	in := model.NewInstance(tree(tb, 2, 100, []int64{0, 100, 50, 50}, []int64{1, 3}, []int64{1, 1, 2, 5}))
	in.Recovery = []int{0}
	in.Adversary.Kind = model.AdversaryUniform
	in.Beta, in.Gamma = big.NewRat(2, 1), big.NewRat(1, 2)
	return in
}

func TestWorkedExample(t *testing.T) {
	t.Parallel()
	in := example(t)
	got, bound := New(in).Solve(), Bound(in)
	want := &Solution{model.Profile[float64, float64]{
		ExpectedHarm: 1.0 / 2, Variance: 1.0 / 16, Horizon: 2,
		Positions: []model.Position[float64, float64]{
			{
				Information: 0, GradientNormSquared: 0, FisherTrace: 3.0 / 8,
				RecoveryProbability: 1.0 / 4, RecoveryInformation: 3.0 / 16,
				GibbsRecovery: 0.475366886418671691, GibbsKL: 0.117992866909883153, EquilibriumKL: 0.001406023393833694,
			},
			{
				Information: 1.0 / 16, GradientNormSquared: 1.0 / 128, FisherTrace: 169.0 / 392,
				RecoveryProbability: 19.0 / 56, RecoveryInformation: 89.0 / 392,
				GibbsRecovery: 0.453668346724868703, GibbsKL: 0.029073829414351785, EquilibriumKL: 0.030308806310772950,
			},
		},
	}, []float64{1.0 / 16, 1.0 / 16}}
	// The constants above are themselves rounded to float64.
	near := func(what string, got, want, bound float64) {
		t.Helper()
		if !(math.Abs(got-want) <= bound+unit*math.Abs(want)) {
			t.Errorf("%s: %.17g, want %.17g within %g", what, got, want, bound)
		}
	}
	near("expected harm", got.ExpectedHarm, want.ExpectedHarm, bound.ExpectedHarm)
	near("variance", got.Variance, want.Variance, bound.Variance)
	if got.Horizon != want.Horizon {
		t.Errorf("horizon %d, want %d", got.Horizon, want.Horizon)
	}
	for i := range want.Positions {
		w, b := want.values(i+1), bound.values(i+1)
		for j, v := range got.values(i + 1) {
			near(fieldNames[j], *v, *w[j], *b[j])
		}
	}
}

func TestAgainstDefinitions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 0))
	worst := 0.0
	for range testenv.Scale(150) {
		in := randomInstance(t, r)
		s := New(in)
		got := s.Solve()
		worst = max(worst, checkBounds(t, in, got))
		if t.Failed() {
			t.Fatalf("on %#v", in)
		}
	}
	t.Logf("largest share of a bound that was used: %.3g", worst)
}

// In both regimes the equilibrium is computed twice, with no code in common.
func TestSoftAgreesWithDirect(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 0))
	for range testenv.Scale(300) {
		in := randomInstance(t, r)
		in.Lambda = ratio(pick(r, "1/4", "1/2", "1", "5", "31", "32"))
		s := New(in)
		direct := s.Solve()
		soft := s.Equilibrium(s.lambda)
		c := newConditions(in)
		for i, p := range direct.Positions {
			both := c.direct(i+1) + c.soft(i+1)
			if !(math.Abs(p.EquilibriumKL-soft[i]) <= both) {
				t.Fatalf("t=%d: %g directly, %g in logarithms, bound %g", i+1, p.EquilibriumKL, soft[i], both)
			}
		}
	}
}

// Identities of the paper that the solver does not use.
func TestIdentities(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 0))
	for range testenv.Scale(300) {
		in := randomInstance(t, r)
		s := New(in)
		got, bound := s.Solve(), Bound(in)
		var information, off float64
		for i := len(got.Positions) - 1; i >= 0; i-- {
			information += got.Positions[i].Information
			off += bound.Positions[i].Information
			// prop-6 and cor-7; adding up rounds once per position.
			limit := off + bound.ResidualVariance[i] + gamma(float64(in.Length()))
			if d := information - got.ResidualVariance[i]; !(math.Abs(d) <= limit) {
				t.Fatalf("Σ_{s≥%d} I_s − E[Var(Harm|y_<%d)] = %g, bound %g", i+1, i+1, d, limit)
			}
		}
		for i := got.Horizon; i < in.Length(); i++ {
			if v := got.Positions[i].Information; v > bound.Positions[i].Information {
				t.Fatalf("horizon %d but I_%d = %g", got.Horizon, i+1, v)
			}
		}
	}
}

// A tree and the process it unrolls have the same quantities, but for the
// gradient, whose parameters belong to states.
func TestUnrolling(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 0))
	for range testenv.Scale(200) {
		in := randomInstance(t, r)
		if in.Adversary.Kind == model.AdversaryRows {
			in.Adversary = model.Adversary{}
		}
		unrolled, _, err := model.Unroll(in.Process, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		other := *in
		other.Process = unrolled
		a, b := New(in).Solve(), New(&other).Solve()
		boundA, boundB := Bound(in), Bound(&other)
		if a.Horizon != b.Horizon {
			t.Fatalf("horizon %d, unrolled %d", a.Horizon, b.Horizon)
		}
		for i := range a.Positions {
			fa, fb := a.values(i+1), b.values(i+1)
			ba, bb := boundA.values(i+1), boundB.values(i+1)
			for j := range fa {
				if fieldNames[j] == "gradient norm squared" {
					continue
				}
				if d := *fa[j] - *fb[j]; !(math.Abs(d) <= *ba[j]+*bb[j]) {
					t.Fatalf("t=%d %s: %g, unrolled %g", i+1, fieldNames[j], *fa[j], *fb[j])
				}
			}
		}
	}
}

// The same numbers come out of one core and of several, and of a second call.
func TestSolveIsDeterministic(t *testing.T) {
	t.Parallel()
	in := workload(t, 2, 15, 7)
	one, many := New(in), New(in)
	one.workers = one.workers[:1]
	many.workers = newWorkers(len(many.workers[0].h))
	for len(many.workers) < 3 {
		many.workers = append(many.workers, newWorkers(len(many.workers[0].h))...)
	}
	want := *one.Solve()
	for range 2 {
		got := *many.Solve()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("one core against several (-one +several):\n%s", testenv.Brief(diff))
		}
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	in := example(t)
	s := New(in)
	s.Solve()
	second := s.Tables(2)
	want := Tables{
		Probability: []float64{0.25, 0.75},
		Adversary:   []float64{0.5, 0.5},
		Value:       []float64{0.5, 0.5},
		Variance:    []float64{0.25, 0},
		FisherTrace: []float64{0.5, 1 - (4.0/49 + 25.0/49)},
		Recovery:    []float64{0.5, 2.0 / 7},
		LogZ:        []float64{math.Log((1 + math.Exp(-1)) / 2), -0.5},
		Conditional: []float64{0.5, 0.5, 2.0 / 7, 5.0 / 7},
		Innovation:  []float64{-0.5, 0.5, 0, 0},
		Gradient:    []float64{-0.0625, 0.0625, 0, 0},
	}
	// Every entry goes through fewer than 32 roundings of numbers of size ≤ 1.
	approximately := cmpopts.EquateApprox(0, gamma(32))
	if diff := cmp.Diff(want, second, approximately); diff != "" {
		t.Errorf("tables of position 2 (-want +got):\n%s", diff)
	}
}

func TestSolveAllocates(t *testing.T) {
	in := workload(t, 4, 5, 1)
	s := New(in)
	s.Solve()
	if n := testing.AllocsPerRun(10, func() { s.Solve() }); n > 0 {
		t.Errorf("%v allocations per solve of %d positions", n, in.Length())
	}
}

func TestHorizon(t *testing.T) {
	t.Parallel()
	big39 := new(big.Int).Exp(big.NewInt(10), big.NewInt(39), nil)
	for _, c := range []struct {
		reason string
		p      *model.Process
		want   int
	}{
		{"constant harm", tree(t, 2, 1, []int64{1, 1, 1, 1}, []int64{1, 1}, []int64{1, 1, 1, 1}), 0},
		{"decided by the first token", tree(t, 2, 1, []int64{0, 0, 1, 1}, []int64{1, 1}, []int64{1, 1, 1, 1}), 1},
		{"open to the end", tree(t, 2, 1, []int64{0, 0, 1, 0}, []int64{1, 1}, []int64{1, 1, 1, 1}), 2},
		{"harm varies on a token of weight 0 only", tree(t, 2, 1, []int64{0, 1, 1, 1}, []int64{1, 1}, []int64{0, 1, 1, 1}), 0},
		{"harm varies below an unreachable prefix only", tree(t, 2, 1, []int64{0, 1, 1, 1}, []int64{0, 1}, []int64{1, 1, 1, 1}), 0},
		{"two harms that float64 cannot tell apart", func() *model.Process {
			var harm model.Naturals
			harm.Append(big39)
			harm.Append(new(big.Int).Sub(big39, big.NewInt(1)))
			p, err := tree(t, 2, 1, []int64{0, 0}, []int64{1, 1}).WithHarm(harm, big39)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}(), 1},
	} {
		if got := New(model.NewInstance(c.p)).Solve().Horizon; got != c.want {
			t.Errorf("%s: horizon %d, want %d", c.reason, got, c.want)
		}
	}
}
