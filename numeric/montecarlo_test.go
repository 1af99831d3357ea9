package numeric

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"sounding/internal/testenv"
	"sounding/model"
)

var sampleSeed = flag.Uint64("sample.seed", 1, "seed of the Monte Carlo tests")

// monteCarloChecks is the number of coordinates compared in one run, over which
// the probability of a false alarm is shared out; TestPolicyGradient counts them.
const monteCarloChecks = 2 * 2 * 64

func monteCarloCases(tb testing.TB) []*model.Process {
	return []*model.Process{
		example(tb).Process,
		tree(tb, 3, 10, []int64{0, 3, 9, 5, 10, 1, 2, 8, 4}, []int64{2, 3, 4}, []int64{1, 2, 0, 5, 2, 1, 3, 3, 1}),
		chain(tb, 6, 1, 5),
	}
}

func TestPolicyGradient(t *testing.T) {
	t.Parallel()
	n := testenv.Scale(20_000)
	checks := 0
	r := rand.New(rand.NewPCG(13, 0))
	for _, p := range monteCarloCases(t) {
		c, err := Sample(p, n, *sampleSeed)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []model.Kind{model.Tabular, model.Shared} {
			q := randomFamily(r, p, kind)
			truth := make([]float64, q.Total(p))
			for i, g := range Gradient(p, q) {
				for j, v := range g {
					truth[q.Offset(p, i+1)+j] += v
				}
			}
			for name, b := range map[string]Baseline{"no baseline": nil, "value baseline": ValueBaseline(p)} {
				for i, e := range PolicyGradient(c, q, b) {
					checks++
					if d, radius := math.Abs(e.Mean-e.Expected), e.Radius(n, monteCarloChecks); !(d <= radius) {
						t.Errorf("%s, %s, coordinate %d: mean %g of %d samples, expected %g, radius %g", kind, name, i, e.Mean, n, e.Expected, radius)
					}
					// thm-8 and own-baseline: E[X] is the gradient, whatever the
					// baseline. X is at most 4F·T in size.
					size := 4 * maxFeature * float64(p.Length())
					if d := e.Expected - truth[i]; !(math.Abs(d) <= gamma(float64(len(c.count)+16*p.Length()))*size) {
						t.Errorf("%s, %s, coordinate %d: E[X] − gradient = %g", kind, name, i, d)
					}
				}
			}
		}
	}
	if checks > monteCarloChecks {
		t.Errorf("%d checks, but the radius allows for %d", checks, monteCarloChecks)
	}
}

// Negative control: samples of a policy with one weight changed are caught. Its
// bias is more than twice the radius, so it is missed with probability at most
// FalseAlarm.
func TestBiasedSamplerIsCaught(t *testing.T) {
	t.Parallel()
	n := 20_000
	p := example(t).Process
	biased := tree(t, 2, 100, []int64{0, 100, 50, 50}, []int64{1, 3}, []int64{2, 3, 2, 5})
	c, err := sampleFrom(p, biased, n, *sampleSeed)
	if err != nil {
		t.Fatal(err)
	}
	caught := 0
	for _, e := range PolicyGradient(c, &model.Parameterisation{}, nil) {
		if math.Abs(e.Mean-e.Expected) > e.Radius(n, monteCarloChecks) {
			caught++
		}
	}
	if caught == 0 {
		t.Error("a biased sampler went unnoticed")
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	p := chain(t, 3, 1, 2)
	a, err := Sample(p, 1000, 5)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Sample(p, 1000, 5)
	var total int64
	for i := range a.count {
		if total += a.count[i]; a.count[i] != b.count[i] {
			t.Error("the same seed gave different counts")
		}
	}
	if len(a.count) != 8 || total != 1000 {
		t.Errorf("%d sequences drawn %d times, want 8 and 1000", len(a.count), total)
	}
	if _, err := Sample(chain(t, 30, 1, 2), 1, 5); err == nil {
		t.Error("2^30 sequences were counted")
	}
	// A token of weight 0 is never drawn.
	z, err := Sample(tree(t, 2, 1, []int64{0, 1}, []int64{0, 3}), 100, 5)
	if err != nil {
		t.Fatal(err)
	}
	if z.count[0] != 0 || z.count[1] != 100 {
		t.Errorf("counts %v, want [0 100]", z.count)
	}
}

// TestMoments: the moments of one draw, by hand. With P = (¼, ¾) and harm (0, 1) the
// second coordinate of X = Harm·s is 0 or ¼.
func TestMoments(t *testing.T) {
	t.Parallel()
	c, err := Sample(tree(t, 2, 1, []int64{0, 1}, []int64{1, 3}), 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	e := PolicyGradient(c, &model.Parameterisation{}, nil)[1]
	if e.Expected != 3.0/16 || e.Variance != 3.0/256 || e.Deviation != 3.0/16 {
		t.Errorf("mean %g, variance %g, deviation %g, want 3/16, 3/256, 3/16", e.Expected, e.Variance, e.Deviation)
	}
}
