package exact_test

import (
	"math/big"
	"testing"

	"sounding/exact"
	"sounding/model"
)

// TestAttackLength runs through the cases of Corollary 23. With δ = 1/101 and
// ε = 1/2 the gap logit ε − logit δ is log 100 = 4.605….
func TestAttackLength(t *testing.T) {
	t.Parallel()
	r := func(s string) *big.Rat {
		q, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatal(s)
		}
		return q
	}
	d := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 301))
	justBelow := d.Sub(big.NewRat(1, 2), d).RatString()
	for _, test := range []struct {
		reason                    string
		epsilon, delta, beta, gam string
		want                      exact.Guarantee
		position                  int
	}{
		{"a token of probability 0 has no odds to shift", "1/2", "0", "1000000", "1", exact.NoBase, 0},
		{"δ above ε needs no penalty", "1/2", "3/4", "0", "1", exact.BaseSuffices, 0},
		{"δ = ε is enough: recovery is at least ε", "1/2", "1/2", "1", "1/2", exact.BaseSuffices, 0},
		{"no penalty, no shift", "1/2", "1/101", "0", "1", exact.AlwaysBroken, 0},
		{"γ = 1 and β above the gap", "1/2", "1/101", "5", "1", exact.NeverBroken, 0},
		{"γ = 1 and β below the gap", "1/2", "1/101", "4.6", "1", exact.AlwaysBroken, 0},
		{"βγ below the gap already", "1/2", "1/101", "9", "1/2", exact.AlwaysBroken, 0},
		{"5 ≥ 4.605 > 2.5: held at t = 1, lost at t = 2", "1/2", "1/101", "10", "1/2", exact.BrokenAt, 2},
		{"40·2^−3 = 5 holds, 40·2^−4 = 2.5 does not", "1/2", "1/101", "40", "1/2", exact.BrokenAt, 4},
		{"just above the gap at t = 1", "1/2", "1/101", "9.2104", "1/2", exact.BrokenAt, 2},
		// A convergent of log 2, the gap of δ = 1/3, above it by 2^−264: two doublings of
		// the precision decide.
		{"β a convergent of the gap", "1/2", "1/3", "4220260779066094032772828513347415235149/6088549297216847095361002387183153734854", "1", exact.NeverBroken, 0},
		{"just below the gap at t = 1", "1/2", "1/101", "9.2103", "1/2", exact.AlwaysBroken, 0},
		// δ = ½ − d for d = 2^−301: the gap is just above 4d = 2^−299, which 128 bits do not
		// tell from 0.
		{"δ just below ε", "1/2", justBelow, "1", "1/2", exact.BrokenAt, 299},
	} {
		a, err := exact.AttackLength(r(test.epsilon), r(test.delta), r(test.beta), r(test.gam))
		if err != nil || a.Guarantee != test.want || a.Position != test.position {
			t.Errorf("ε = %s, δ = %s, β = %s, γ = %s: %v (%d, position %d), %v; want %d, position %d: %s",
				test.epsilon, test.delta, test.beta, test.gam, a, a.Guarantee, a.Position, err, test.want, test.position, test.reason)
		}
	}
	for _, e := range []string{"0", "1", "-1", "2"} {
		if _, err := exact.AttackLength(r(e), r("1/2"), r("1"), r("1")); err == nil {
			t.Errorf("ε = %s was accepted", e)
		}
	}
}

// TestCompareTuned compares the tilted optimum of the worked example, as a second
// policy, with the base: at T = 1 weights (1, 3) against (3, 1).
func TestCompareTuned(t *testing.T) {
	t.Parallel()
	in := example()
	same, err := exact.CompareTuned(in, in)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range same {
		if p.Infinite || p.KL.Float64() != 0 || p.Recovery.Exact.Cmp(p.BaseRecovery.Exact) != 0 {
			t.Errorf("position %d of a policy against itself: KL %v, recovery %v", p.T, p.KL.Float64(), p.Recovery.Exact)
		}
	}
	if lo, _, err := same[0].KL.Bounds(); err != nil || len(lo) > 100 {
		t.Errorf("the KL is printed with %d digits: %v", len(lo), err)
	}
	if want := big.NewRat(1, 32); same[1].Quadratic.Exact.Cmp(want) != 0 {
		t.Errorf("λ²I_2/2 = %v, want %v", same[1].Quadratic.Exact, want)
	}
}

// TestTunedWhereNothingIsReached: the tuned policy never takes the second token
// first, so that what it would do after it costs nothing, though the base model has
// probability 0 there.
func TestTunedWhereNothingIsReached(t *testing.T) {
	t.Parallel()
	policy := func(first, after []int64) *model.Instance {
		return model.NewInstance(tree(2, [][]int64{first, append([]int64{1, 1}, after...)}, 1, 0, 1, 1, 0))
	}
	rows, err := exact.CompareTuned(policy([]int64{1, 1}, []int64{1, 0}), policy([]int64{1, 0}, []int64{1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	if rows[1].Infinite || rows[1].KL.Float64() != 0 {
		t.Errorf("KL_2 = %v, infinite: %v; want 0", rows[1].KL.Float64(), rows[1].Infinite)
	}
	rows, err = exact.CompareTuned(policy([]int64{1, 1}, []int64{1, 0}), policy([]int64{1, 1}, []int64{1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	if !rows[1].Infinite {
		t.Errorf("KL_2 = %v, want infinity: the token is taken, and the base model never takes it", rows[1].KL.Float64())
	}
}

// TestHarmOfLongNumerators: numerators that agree in their low 32 bits are not the
// same harm.
func TestHarmOfLongNumerators(t *testing.T) {
	t.Parallel()
	a, err := exact.Analyze(model.NewInstance(tree(2, [][]int64{{1, 1}}, 1<<33, 0, 1<<32)), 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := big.NewRat(1, 4); a.ExpectedHarm.Exact.Cmp(want) != 0 {
		t.Errorf("E[Harm] of 0 and 2³² over 2³³ = %v, want %v", a.ExpectedHarm.Exact, want)
	}
}
