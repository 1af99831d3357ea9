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
type profile = model.Profile[value, value]

func solved(a *exact.Analysis) *profile {
	number := func(n exact.Number) value { return value{n.Exact, n.Real} }
	return model.MapProfile((*model.Profile[exact.Number, exact.Number])(a), number, number)
}

// defined returns the analysis by definition.
func defined(tb testing.TB, in *model.Instance) *profile {
	tb.Helper()
	a, err := definition.Analyze(field.NewRational(), field.NewInterval(192), in)
	if err != nil {
		tb.Fatal(err)
	}
	return model.MapProfile(a,
		func(r field.Rat) value { return value{rational: r.Rat()} },
		func(e field.Enclosure) value { return value{real: e} })
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
	check("expected_harm", 0, a.ExpectedHarm, precision > 0)
	check("variance", 0, a.Variance, precision > 0)
	for i := range a.Positions {
		for _, q := range model.Quantities(&a.Positions[i]) {
			check(q.Name, i+1, *q.Value, q.Real || precision > 0)
		}
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
			for _, q := range model.Quantities(&p.Positions[i]) {
				v = append(v, q.Value)
			}
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
