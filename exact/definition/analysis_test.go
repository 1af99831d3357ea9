package definition

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/exact/field"
	"sounding/model"
)

// precision is that of the enclosures under test. The examples lose fewer than
// 40 bits of it, so that an enclosure of a quantity below 2 is narrower than
// 2^−150, far below the 10^−20 that the analysis promises.
const precision = 192

var interval field.Real[field.Enclosure] = field.NewInterval(precision)

// within reports whether an enclosure lies in [lo, hi].
func within(a field.Enclosure, lo, hi *big.Rat) bool {
	x, y := field.NewInterval(precision).Bounds(a)
	l, _ := x.Rat(nil)
	h, _ := y.Rat(nil)
	return l.Cmp(lo) >= 0 && h.Cmp(hi) <= 0
}

// TestExample is the whole analysis of the example. Its real numbers, cut off
// after 18 digits, come from the closed forms in decimal arithmetic of 60 digits:
// with η = 1, ½ and r the recovery probability of a row, ρ* = re^η/(1−r+re^η)
// and KL = ηρ* − log(1−r+re^η), averaged over the rows; and the relative entropy
// of the four weights P(y)·e^{−Harm(y)} over their sum.
func TestExample(t *testing.T) {
	t.Parallel()
	a := must(Analyze(field.NewRational(), interval, example()))
	if diff := cmp.Diff([]string{"1/2", "1/16"}, text(a.ExpectedHarm, a.Variance)); diff != "" {
		t.Errorf("expected harm and variance (-want +got):\n%s", diff)
	}
	if a.Horizon != 2 {
		t.Errorf("horizon %d, want 2", a.Horizon)
	}
	ulp := big.NewRat(1, 1_000_000_000_000_000_000)
	for i, want := range []struct{ rationals, reals []string }{
		{
			[]string{"0", "0", "3/8", "1/4", "3/16"},
			[]string{"0.475366886418671691", "0.117992866909883153", "0.001406023393833696"},
		},
		{
			[]string{"1/16", "1/128", "169/392", "19/56", "89/392"},
			[]string{"0.453668346724868703", "0.029073829414351785", "0.030308806310772950"},
		},
	} {
		p := a.Positions[i]
		got := text(p.Information, p.GradientNormSquared, p.FisherTrace, p.RecoveryProbability, p.RecoveryInformation)
		if diff := cmp.Diff(want.rationals, got); diff != "" {
			t.Errorf("position %d (-want +got):\n%s", i+1, diff)
		}
		for j, got := range []field.Enclosure{p.GibbsRecovery, p.GibbsKL, p.EquilibriumKL} {
			lo, _ := new(big.Rat).SetString(want.reals[j])
			if !within(got, lo, new(big.Rat).Add(lo, ulp)) {
				t.Errorf("position %d: real %d is %v, want %s…", i+1, j, got, want.reals[j])
			}
		}
	}
}

// TestExtremes: penalties at their limits, impossible tokens, and recovery
// tokens that are certain or impossible must neither fail nor leave a wide
// enclosure.
func TestExtremes(t *testing.T) {
	t.Parallel()
	in := model.NewInstance(tree(2, [][]int64{{1, 3}, {1, 0, 0, 5}}, 1, 0, 1, 1, 0))
	in.Recovery = []int{0}
	in.Lambda, in.Beta = big.NewRat(model.MaxPenalty, 1), big.NewRat(model.MaxPenalty, 1)
	a := must(Analyze(field.NewRational(), interval, in))
	zero, one := new(big.Rat), big.NewRat(1, 1)
	quarter := big.NewRat(1, 4)
	ulp := big.NewRat(1, 1<<60)
	near := func(what string, got field.Enclosure, want *big.Rat) {
		if !within(got, new(big.Rat).Sub(want, ulp), new(big.Rat).Add(want, ulp)) {
			t.Errorf("%s is %v, want %s", what, got, want.RatString())
		}
	}
	// Position 1: ρ* = 1/(1 + 3e^{−10⁶}), KL = log 4 up to 10⁶·3e^{−10⁶}.
	near("ρ* at position 1", a.Positions[0].GibbsRecovery, one)
	log4, err := interval.Log(interval.FromInt(4))
	if err != nil {
		t.Fatal(err)
	}
	near("the KL of position 1 less log 4", interval.Sub(a.Positions[0].GibbsKL, log4), zero)
	// Position 2: ρ is 1 after token 0 and 0 after token 1, and stays there.
	near("ρ* at position 2", a.Positions[1].GibbsRecovery, quarter)
	near("the KL of position 2", a.Positions[1].GibbsKL, zero)
	// Harm is 0 on both possible sequences: P* = P.
	if a.Horizon != 0 {
		t.Errorf("horizon %d, want 0", a.Horizon)
	}
	for i, p := range a.Positions {
		near(fmt.Sprintf("the equilibrium KL of position %d", i+1), p.EquilibriumKL, zero)
	}
}

// TestHarmTilt: the logarithm of e^{−λ·Harm} encloses −λ·Harm. The example cannot
// tell the sign of λ, because exchanging its first two sequences turns harm
// around ½.
func TestHarmTilt(t *testing.T) {
	t.Parallel()
	c := field.NewInterval(precision)
	o := must(ofProcess(c, tree(3, [][]int64{{1, 2, 3}}, 4, 1, 4, 0)))
	tilt := must(HarmTilt(interval, o, big.NewRat(2, 3)))
	for x, want := range []*big.Rat{big.NewRat(-1, 6), big.NewRat(-2, 3), new(big.Rat)} {
		if log := must(interval.Log(tilt[x])); !c.Contains(log, want) {
			t.Errorf("state %d: log e^(−λ·Harm) = %v, want %s", x, log, want.RatString())
		}
	}
}

// TestChainRule: Σ_t KL_t and KL(P*‖P), summed over prefixes and over sequences,
// enclose one number; it is decided to be positive exactly where λ > 0 and harm
// varies.
func TestChainRule(t *testing.T) {
	t.Parallel()
	c := field.NewInterval(precision)
	rapid.Check(t, func(t *rapid.T) {
		o := must(ofProcess(c, drawProcess(t)))
		lambda := big.NewRat(int64(rapid.IntRange(0, 40).Draw(t, "λ")), 4)
		law := must(Tilted(c, o, must(HarmTilt(interval, o, lambda))))
		parts := field.Sum(c, must(PositionKL(interval, o, law)))
		whole := must(KL(interval, o, law))
		if !c.Overlap(parts, whole) {
			t.Fatalf("Σ KL_t = %v, KL = %v", parts, whole)
		}
		if want := o.Horizon() > 0 && lambda.Sign() > 0; want != (c.Sign(whole) == field.Positive) {
			t.Fatalf("KL = %v with λ = %v and horizon %d", whole, lambda, o.Horizon())
		}
	})
}

func TestAnalyzeReportsErrors(t *testing.T) {
	t.Parallel()
	if _, err := Analyze(field.NewModular(7), interval, example()); err == nil {
		t.Error("the row 2:5 has no probabilities modulo 7")
	}
	loop := must(model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 0}))
	layers := make([]*model.Layer, 40)
	for i := range layers {
		layers[i] = loop
	}
	long := must(model.NewProcess(2, layers, model.NaturalsOf(1), big.NewInt(1)))
	if _, err := Analyze(field.NewRational(), interval, model.NewInstance(long)); err == nil {
		t.Error("2^40 sequences cannot be enumerated")
	}
}

// randomTree returns an instance on a tree with weights 1…9 and harm j/10.
func randomTree(v, length int) *model.Instance {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([][]int64, length)
	n := 1
	for i := range rows {
		n *= v
		for range n {
			rows[i] = append(rows[i], 1+r.Int64N(9))
		}
	}
	harm := make([]int64, n)
	for i := range harm {
		harm[i] = r.Int64N(11)
	}
	in := model.NewInstance(tree(v, rows, 10, harm...))
	in.Recovery = []int{0}
	in.Beta = big.NewRat(1, 1)
	in.Adversary.Kind = model.AdversaryUniform
	return in
}

func BenchmarkAnalyze(b *testing.B) {
	for _, shape := range [][2]int{{2, 8}, {3, 4}, {5, 2}, {2, 12}} {
		in := randomTree(shape[0], shape[1])
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			for b.Loop() {
				must(Analyze(field.NewRational(), interval, in))
			}
		})
	}
}

// BenchmarkModular is one trial of a certificate: the sequences and all I_t.
func BenchmarkModular(b *testing.B) {
	m := field.NewModular(1<<61 - 1)
	for _, shape := range [][2]int{{2, 3}, {2, 8}} {
		point := must(NumbersOf(m, randomTree(shape[0], shape[1]).Process))
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			for b.Loop() {
				o := must(New(m, point))
				for t := 1; t <= shape[1]; t++ {
					o.Information(t)
				}
			}
		})
	}
}
