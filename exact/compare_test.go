package exact_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
)

// value is a number of an analysis that go-cmp compares and prints: two rationals
// agree where they are equal, a rational and an enclosure where the one lies in
// the other, two enclosures where they overlap.
type value struct {
	rational *big.Rat // or nil
	real     field.Enclosure
}

var anyPrecision = field.NewInterval(field.MinPrecision) // to compare enclosures of all precisions

func (a value) Equal(b value) bool {
	switch {
	case a.rational == nil && b.rational == nil:
		return anyPrecision.Overlap(a.real, b.real)
	case a.rational == nil:
		return anyPrecision.Contains(a.real, b.rational)
	case b.rational == nil:
		return anyPrecision.Contains(b.real, a.rational)
	}
	return a.rational.Cmp(b.rational) == 0
}

func (a value) String() string {
	if a.rational != nil {
		return a.rational.RatString()
	}
	return a.real.String()
}

// profile is an analysis in numbers that can be compared.
type profile = definition.Analysis[value, value]

func solved(a *exact.Analysis) *profile {
	number := func(n exact.Number) value { return value{n.Exact, n.Real} }
	p := &profile{ExpectedHarm: number(a.Expected), Variance: number(a.Variance), Horizon: a.Horizon}
	for _, q := range a.Positions {
		p.Positions = append(p.Positions, definition.Position[value, value]{
			Information: number(q.Information), GradientNormSquared: number(q.GradientNormSquared),
			FisherTrace: number(q.FisherTrace), RecoveryProbability: number(q.RecoveryProbability),
			RecoveryInformation: number(q.RecoveryInformation), GibbsRecovery: number(q.GibbsRecovery),
			GibbsKL: number(q.GibbsKL), EquilibriumKL: number(q.EquilibriumKL),
		})
	}
	return p
}

// defined returns the analysis by definition.
func defined(tb testing.TB, in *model.Instance) *profile {
	tb.Helper()
	a, err := definition.Analyze[field.Rat, field.Enclosure](field.NewRational(), field.NewInterval(192), in)
	if err != nil {
		tb.Fatal(err)
	}
	number := func(r field.Rat) value { return value{rational: r.Rat()} }
	real := func(e field.Enclosure) value { return value{real: e} }
	p := &profile{ExpectedHarm: number(a.ExpectedHarm), Variance: number(a.Variance), Horizon: a.Horizon}
	for _, q := range a.Positions {
		p.Positions = append(p.Positions, definition.Position[value, value]{
			Information: number(q.Information), GradientNormSquared: number(q.GradientNormSquared),
			FisherTrace: number(q.FisherTrace), RecoveryProbability: number(q.RecoveryProbability),
			RecoveryInformation: number(q.RecoveryInformation), GibbsRecovery: real(q.GibbsRecovery),
			GibbsKL: real(q.GibbsKL), EquilibriumKL: real(q.EquilibriumKL),
		})
	}
	return p
}

// reporter is what *testing.T and *rapid.T have in common.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// analyze solves in, and fails unless every enclosure is at most 10⁻²⁰ wide, as
// the file format promises, also after its decimals are rounded outward.
func analyze(t reporter, in *model.Instance, precision uint) *exact.Analysis {
	t.Helper()
	a, err := exact.Analyze(in, precision)
	if err != nil {
		t.Fatalf("%v", err)
	}
	check := func(name string, position int, n exact.Number, real bool) {
		if got := n.Exact == nil; got != real {
			t.Fatalf("%s at position %d at %d bits: enclosed %v, want %v", name, position, precision, got, real)
		}
		lo, hi, err := n.Bounds()
		if err != nil {
			t.Fatalf("%s at position %d: %v", name, position, err)
		}
		l, _ := new(big.Rat).SetString(lo)
		h, _ := new(big.Rat).SetString(hi)
		if width := h.Sub(h, l); width.Sign() < 0 || width.Cmp(promised) > 0 {
			t.Fatalf("%s at position %d: [%s, %s] is %s wide", name, position, lo, hi, width.FloatString(30))
		}
	}
	check("expected harm", 0, a.Expected, precision > 0)
	check("variance", 0, a.Variance, precision > 0)
	for _, p := range a.Positions {
		check("information", p.T, p.Information, precision > 0)
		check("gradient norm", p.T, p.GradientNormSquared, precision > 0)
		check("Fisher trace", p.T, p.FisherTrace, precision > 0)
		check("recovery probability", p.T, p.RecoveryProbability, precision > 0)
		check("recovery information", p.T, p.RecoveryInformation, precision > 0)
		check("Gibbs recovery", p.T, p.GibbsRecovery, true)
		check("Gibbs KL", p.T, p.GibbsKL, true)
		check("equilibrium KL", p.T, p.EquilibriumKL, true)
	}
	return a
}

// promised is the largest width of an enclosure: 10⁻²⁰.
var promised = new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil))

// TestComparison: the comparison of two analyses sees a difference in each of
// their numbers.
func TestComparison(t *testing.T) {
	t.Parallel()
	fields := func(p *profile) []*value {
		v := []*value{&p.ExpectedHarm, &p.Variance}
		for i := range p.Positions {
			q := &p.Positions[i]
			v = append(v, &q.Information, &q.GradientNormSquared, &q.FisherTrace, &q.RecoveryProbability,
				&q.RecoveryInformation, &q.GibbsRecovery, &q.GibbsKL, &q.EquilibriumKL)
		}
		return v
	}
	a, b := defined(t, example()), defined(t, example())
	if diff := cmp.Diff(a, b); diff != "" {
		t.Fatalf("an analysis differs from itself:\n%s", diff)
	}
	f := field.NewInterval(192)
	shift := big.NewRat(1, 1<<60)
	for i, v := range fields(b) {
		before := *v
		if v.rational != nil {
			v.rational = new(big.Rat).Add(v.rational, shift)
		} else {
			v.real = f.Add(v.real, must(f.FromRat(shift)))
		}
		if cmp.Equal(a, b) {
			t.Errorf("number %d: %v and %v pass for equal", i, before, *v)
		}
		*v = before
	}
}
