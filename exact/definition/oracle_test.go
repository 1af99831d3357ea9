package definition

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact/field"
	"sounding/model"
)

var tabular = model.Parameterisation{Kind: model.Tabular}

// TestOneToken: P = (1/4, 3/4), Harm = (0, 1), R = {0}.
//
// E Harm = 3/4; Var = 1/4·9/16 + 3/4·1/16 = 3/16, all of it I_1. With the scores
// (3/4, −3/4) and (−1/4, 1/4): G = 3/4·(−1/4, 1/4) = (−3/16, 3/16), and F =
// 1/4·9/16 + 3/4·1/16 = 3/16 on the diagonal, −3/16 off it. ρ = 1/4 and
// ρ(1−ρ) = 3/16.
func TestOneToken(t *testing.T) {
	t.Parallel()
	_, o := rationals(tree(2, [][]int64{{1, 3}}, 1, 0, 1))
	s := o.Score(tabular)
	for _, c := range []struct {
		what string
		got  []field.Rat
		want []string
	}{
		{"Joint", o.Joint(), []string{"1/4", "3/4"}},
		{"Mean", o.Mean()[0], []string{"3/4"}},
		{"Variance", o.Variance()[0], []string{"3/16"}},
		{"SecondMoment", o.SecondMoment()[0], []string{"3/4"}},
		{"Information", []field.Rat{o.Information(1)}, []string{"3/16"}},
		{"Increment", o.Increment(1), []string{"-3/4", "1/4"}},
		{"score of token 0", s.At(1, 0), []string{"3/4", "-3/4"}},
		{"score of token 1", s.At(1, 1), []string{"-1/4", "1/4"}},
		{"Gradient", s.Gradient(o.Harm()), []string{"-3/16", "3/16"}},
		{"Fisher", s.Fisher(1, 0), []string{"3/16", "-3/16", "-3/16", "3/16"}},
		{"FisherTrace", []field.Rat{s.FisherTrace(1, 0)}, []string{"3/8"}},
		{"Recovery", o.Recovery([]int{0}, 1), []string{"1/4"}},
		{"RecoveryInformation", []field.Rat{o.RecoveryInformation([]int{0}, nil, 1)}, []string{"3/16"}},
		{"RecoveryFailure", []field.Rat{o.RecoveryFailure([]int{0}, nil, 1)}, []string{"3/4"}},
	} {
		if diff := cmp.Diff(c.want, text(c.got...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// TestTwoTokens works the example by hand. Its sequences are
//
//	00  P = 1/4·1/2 = 1/8    Harm 0
//	01      1/4·1/2 = 1/8         1
//	10      3/4·2/7 = 3/14        1/2
//	11      3/4·5/7 = 15/28       1/2
//
// so that h_1 = 1/2 after either token, I_1 = 0, and all of Var(Harm) =
// 1/4·1/4 = 1/16 is I_2. After token 0 the scores of position 2 are ±(1/2, −1/2)
// and C_2 = 1/2·1·(−1/2, 1/2); F_2 has the diagonal 1/4 there and 10/49 after
// token 1. Q is uniform and R = {0}: ρ_2 = 1/2, 2/7.
func TestTwoTokens(t *testing.T) {
	t.Parallel()
	in := example()
	q, o := rationals(in.Process)
	s := o.Score(tabular)
	law := must(Adversary(q, in))
	zero, one := q.FromInt(0), q.FromInt(1)
	minus := q.Neg(one)
	one1, one2 := []field.Rat{one, minus}, []field.Rat{one, minus, zero, zero}
	for _, c := range []struct {
		what string
		got  []field.Rat
		want []string
	}{
		{"Joint", o.Joint(), []string{"1/8", "1/8", "3/14", "15/28"}},
		{"Total", []field.Rat{o.Total()}, []string{"1"}},
		{"Harm", o.Harm(), []string{"0", "1", "1/2", "1/2"}},
		{"Increment(1)", o.Increment(1), []string{"0", "0", "0", "0"}},
		{"Increment(2)", o.Increment(2), []string{"-1/2", "1/2", "0", "0"}},
		{"IncrementProduct", []field.Rat{o.IncrementProduct(2, 2), o.IncrementProduct(1, 2)}, []string{"1/16", "0"}},
		{"Information", []field.Rat{o.Information(1), o.Information(2)}, []string{"0", "1/16"}},
		{
			"ExpectedVariance",
			[]field.Rat{o.ExpectedVariance(0), o.ExpectedVariance(1), o.ExpectedVariance(2)},
			[]string{"1/16", "1/16", "0"},
		},
		{"StepVariance", o.StepVariance(2), []string{"1/4", "0"}},
		{"Derivative, first position moves", o.Derivative(o.Harm(), [][]field.Rat{one1, {zero, zero, zero, zero}}), []string{"0", "0"}},
		{"Derivative, second position moves", o.Derivative(o.Harm(), [][]field.Rat{{zero, zero}, one2}), []string{"0", "-1/4"}},
		{"Derivative of the law of the last token", o.Derivative([]field.Rat{one, zero, one, zero}, [][]field.Rat{one1, one2}), []string{"3/14", "1/4"}},
		{
			"PositionDerivatives, the same with harm at the second position",
			o.PositionDerivatives([][]field.Rat{{one, zero, one, zero}, o.Harm()}, [][]field.Rat{one1, one2}),
			[]string{"3/14", "-1/4"},
		},
		{"Position(2)", s.Position(2, o.Harm()), []string{"-1/16", "1/16", "0", "0"}},
		{"Gradient", s.Gradient(o.Harm()), []string{"0", "0", "-1/16", "1/16", "0", "0"}},
		{"Local(2, 0)", s.Local(2, 0), []string{"-1/4", "1/4"}},
		{"Local(2, 1)", s.Local(2, 1), []string{"0", "0"}},
		{"Fisher(2, 1)", s.Fisher(2, 1), []string{"10/49", "-10/49", "-10/49", "10/49"}},
		{"FisherTrace", []field.Rat{s.FisherTrace(2, 0), s.FisherTrace(2, 1)}, []string{"1/2", "20/49"}},
		{"MeanFisher(1)", s.MeanFisher(1), []string{"3/16", "-3/16", "-3/16", "3/16"}},
		{
			"MeanFisher(2): 1/4 and 3/4 of the blocks", s.MeanFisher(2),
			[]string{
				"1/16", "-1/16", "0", "0",
				"-1/16", "1/16", "0", "0",
				"0", "0", "15/98", "-15/98",
				"0", "0", "-15/98", "15/98",
			},
		},
		{
			"FisherUnder(2): half of each block", s.FisherUnder(law, 2),
			[]string{
				"1/8", "-1/8", "0", "0",
				"-1/8", "1/8", "0", "0",
				"0", "0", "5/49", "-5/49",
				"0", "0", "-5/49", "5/49",
			},
		},
		{"Recovery", o.Recovery(in.Recovery, 2), []string{"1/2", "2/7"}},
		{"Adversary", law[0], []string{"1/2", "1/2"}},
		{"OverPrefixes", []field.Rat{o.OverPrefixes(law, 2, o.Mean()[1])}, []string{"1/2"}},
		{"RecoveryFailure", []field.Rat{o.RecoveryFailure(in.Recovery, law, 2)}, []string{"17/28"}},
		{"RecoveryGradient", s.RecoveryGradient(in.Recovery, law, 2), []string{"-1/8", "1/8", "-5/49", "5/49"}},
	} {
		if diff := cmp.Diff(c.want, text(c.got...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
	for _, c := range []struct {
		what string
		got  [][]field.Rat
		want [][]string
	}{
		{"Mean", o.Mean(), [][]string{{"1/2"}, {"1/2", "1/2"}, {"0", "1", "1/2", "1/2"}}},
		{"SecondMoment", o.SecondMoment(), [][]string{{"5/16"}, {"1/2", "1/4"}, {"0", "1", "1/4", "1/4"}}},
		{"Variance", o.Variance(), [][]string{{"1/16"}, {"1/4", "0"}, {"0", "0", "0", "0"}}},
	} {
		if diff := cmp.Diff(c.want, texts(c.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// TestLogLinear works the example with one feature, 1 on token 1 after token 0,
// at position 2 only, and 2 on token 0 at position 1.
//
// Scores at position 2: ∓1/2 after token 0, none after token 1, so G_2 =
// 1/8·1/2 = 1/16 and F̄_2 = 1/4·1/4. At position 1: 2 − 1/2 and −1/2, so
// F̄_1 = 1/4·9/4 + 3/4·1/4 = 3/4 and G_1 = 1/2·(1/4·3/2 − 3/4·1/2) = 0.
func TestLogLinear(t *testing.T) {
	t.Parallel()
	_, o := rationals(example().Process)
	features := [][]int64{{2, 0}, {0, 1, 0, 0}}
	for _, c := range []struct {
		kind model.Kind
		want []string
	}{
		{model.Decoupled, []string{"0", "1/16"}},
		{model.Shared, []string{"1/16"}},
	} {
		s := o.Score(model.Parameterisation{Kind: c.kind, Parameters: 1, Features: features})
		if diff := cmp.Diff(c.want, text(s.Gradient(o.Harm())...)); diff != "" {
			t.Errorf("%s: Gradient (-want +got):\n%s", c.kind, diff)
		}
		fisher := append(s.MeanFisher(1), s.MeanFisher(2)...)
		if diff := cmp.Diff([]string{"3/4", "1/16"}, text(fisher...)); diff != "" {
			t.Errorf("%s: MeanFisher (-want +got):\n%s", c.kind, diff)
		}
	}
}

// TestTiltedByHand tilts the example with e^{−λ/2} = 1/2: the weights 1/8·1,
// 1/8·1/4, 3/14·1/2, 15/28·1/2 are 28, 7, 24, 60 over 224. And the pointwise
// problem at e^η = 3: 1:3 becomes 3:3, 1:1 becomes 3:1, 2:5 becomes 6:5.
func TestTiltedByHand(t *testing.T) {
	t.Parallel()
	q, o := rationals(example().Process)
	half := must(q.Quo(q.FromInt(1), q.FromInt(2)))
	law := must(Tilted(q, o, []field.Rat{q.FromInt(1), q.Mul(half, half), half, half}))
	gibbs := func(t int) []field.Rat { return must(Gibbs(q, o, []int{0}, t, q.FromInt(3))) }
	for _, c := range []struct {
		what string
		got  []field.Rat
		want []string
	}{
		{"Tilted", law, []string{"4/17", "1/17", "24/119", "60/119"}},
		{"Marginals(0)", o.Marginals(law, 0), []string{"1", "1", "1", "1"}},
		{"Marginals(1)", o.Marginals(law, 1), []string{"5/17", "5/17", "12/17", "12/17"}},
		{"Marginals(2)", o.Marginals(law, 2), []string{"4/17", "1/17", "24/119", "60/119"}},
		{"Gibbs(1)", gibbs(1), []string{"1/2", "1/2"}},
		{"Gibbs(2)", gibbs(2), []string{"3/4", "1/4", "6/11", "5/11"}},
		{"the model is not changed", o.numbers.Prob[1], []string{"1/2", "1/2", "2/7", "5/7"}},
	} {
		if diff := cmp.Diff(c.want, text(c.got...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

func TestShapesThatDoNotFitPanic(t *testing.T) {
	t.Parallel()
	q, o := rationals(example().Process)
	m := must(NumbersOf(q, example().Process))
	for _, c := range []struct {
		reason string
		do     func()
	}{
		{"a position without probabilities", func() { _, _ = New(q, &model.Numbers[field.Rat]{Process: m.Process, Prob: m.Prob[:1], Harm: m.Harm}) }},
		{"an edge without a probability", func() {
			_, _ = New(q, &model.Numbers[field.Rat]{Process: m.Process, Prob: [][]field.Rat{m.Prob[0], m.Prob[1][:3]}, Harm: m.Harm})
		}},
		{"a state without harm", func() { _, _ = New(q, &model.Numbers[field.Rat]{Process: m.Process, Prob: m.Prob, Harm: m.Harm[:3]}) }},
		{"a tangent that is too short", func() { o.Derivative(o.Harm(), m.Prob[:1]) }},
		{"a position without a function", func() { o.PositionDerivatives([][]field.Rat{o.Harm()}, m.Prob) }},
		{"a prefix law that is too short", func() { o.OverPrefixes(nil, 2, o.Mean()[1]) }},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", c.reason)
				}
			}()
			c.do()
		}()
	}
}

func TestDenominatorsThatVanish(t *testing.T) {
	t.Parallel()
	p := field.NewModular(7) // the row 2:5 of the example has the sum 7
	if _, err := NumbersOf(p, example().Process); err == nil {
		t.Error("a row with the sum 7 has no probabilities modulo 7")
	}
	in := example()
	in.Process = tree(2, [][]int64{{1, 3}, {1, 1, 2, 4}}, 100, 0, 100, 50, 50)
	in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{model.NaturalsOf(3, 4)}}
	if _, err := Adversary(p, in); err == nil {
		t.Error("Q with the row sum 7 has no probabilities modulo 7")
	}
}
