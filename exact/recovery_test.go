package exact

import (
	"math/big"
	"testing"

	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
)

// TestRecovery compares the recovery quantities with their definitions, sums over
// all prefixes under Q.
func TestRecovery(t *testing.T) {
	t.Parallel()
	f := field.NewRational()
	for i := range 100 {
		c := generators.Example(generators.Limits{}, 7, i)
		pt, err := NumbersOf(f, c.Process)
		if err != nil {
			t.Fatal(err)
		}
		objective, err := NewObjective(f, c.Instance)
		if err != nil {
			t.Fatal(err)
		}
		oracle, err := definition.New(f, pt)
		if err != nil {
			t.Fatal(err)
		}
		law, err := definition.Adversary[field.Rat](f, c.Instance)
		if err != nil {
			t.Fatal(err)
		}
		penalty := new(big.Rat)
		for at := 1; at <= c.Length(); at++ {
			want := oracle.Recovery(c.Recovery, at)
			for x, rho := range Recovery(f, pt, c.Recovers, at) {
				if f.Cmp(rho, want[x]) != 0 {
					t.Fatalf("case %d: ρ_%d at state %d = %v, want %v", i, at, x, rho, want[x])
				}
			}
			got, want18 := RecoveryInformation(f, pt, objective, at), oracle.RecoveryInformation(c.Recovery, law, at)
			if f.Cmp(got, want18) != 0 {
				t.Fatalf("case %d: I_%d^rec = %v, want %v", i, at, got, want18)
			}
			failure := oracle.RecoveryFailure(c.Recovery, law, at).Rat()
			penalty.Add(penalty, failure.Mul(failure, c.Eta(at)))
		}
		if got := Penalty(f, pt, objective).Rat(); got.Cmp(penalty) != 0 {
			t.Fatalf("case %d: penalty %v, want %v", i, got, penalty)
		}
	}
}

// TestLargestGibbsKL evaluates the cost beside the point where it is largest.
func TestLargestGibbsKL(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(256)
	step, _ := f.FromRat(big.NewRat(1, 1_000_000))
	for _, s := range []string{"1/1000", "1", "5/2", "60", "-3"} {
		q, _ := new(big.Rat).SetString(s)
		eta, _ := f.FromRat(q)
		u, err := f.Exp(eta)
		if err != nil {
			t.Fatal(err)
		}
		rho, largest, err := LargestGibbsKL(f, eta, u)
		if err != nil {
			t.Fatal(err)
		}
		for _, beside := range []field.Enclosure{f.Mul(rho, f.Add(f.FromInt(1), step)), f.Mul(rho, f.Sub(f.FromInt(1), step))} {
			_, kl, err := Gibbs(f, beside, eta, u)
			if err != nil {
				t.Fatal(err)
			}
			if f.Sign(f.Sub(largest, kl)) != field.Positive {
				t.Errorf("η = %s: κ = %v, but %v at ρ_0 = %v", s, largest, kl, beside)
			}
		}
	}
}
