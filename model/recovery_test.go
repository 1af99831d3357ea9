package model_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sounding/model"
)

// walk calls visit(t, x) for every prefix y_<t, 1 ≤ t ≤ T, that Q gives positive
// probability, with the state x of layer t−1 that it ends in.
func walk(in *model.Instance, visit func(t, x int)) {
	var from func(t, x int)
	from = func(t, x int) {
		visit(t, x)
		if t == in.Length() {
			return
		}
		l := in.Layer(t)
		for e, hi := l.Row(x); e < hi; e++ {
			if !in.AdversaryWeights(t).IsZero(e) {
				from(t+1, l.Next(e))
			}
		}
	}
	from(1, 0)
}

// TestLeastRecovery: the attacked states, and the least ρ_0 among them, are those of
// the prefixes that Q reaches, one by one.
func TestLeastRecovery(t *testing.T) {
	t.Parallel()
	between, missed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t)
		least := make([]*big.Rat, in.Length()) // per position
		for i := range least {
			least[i] = big.NewRat(1, 1)
		}
		attacked := make([]map[int]bool, in.Length())
		walk(in, func(at, x int) {
			if attacked[at-1] == nil {
				attacked[at-1] = make(map[int]bool)
			}
			attacked[at-1][x] = true
			rho := new(big.Rat)
			l := in.Layer(at)
			lo, hi := l.Row(x)
			for e := lo; e < hi; e++ {
				if in.Recovers(l.Token(e)) {
					rho.Add(rho, new(big.Rat).SetFrac(l.Weights().At(e), l.Weights().Sum(lo, hi)))
				}
			}
			if got := in.BaseRecovery(at, x); got.Cmp(rho) != 0 {
				t.Fatalf("ρ_0 at position %d, state %d is %v, want %v", at, x, got, rho)
			}
			if rho.Cmp(least[at-1]) < 0 {
				least[at-1] = rho
			}
		})
		for first := 1; first <= in.Length(); first++ {
			want := big.NewRat(1, 1)
			for last := first; last <= in.Length(); last++ {
				if least[last-1].Cmp(want) < 0 {
					want = least[last-1]
				}
				if got := in.LeastRecovery(first, last); got.Cmp(want) != 0 {
					t.Fatalf("least ρ_0 at positions %d to %d is %v, want %v\n%v", first, last, got, want, in)
				}
				if want.Sign() > 0 && want.Cmp(big.NewRat(1, 1)) < 0 {
					between++
				}
			}
		}
		got := in.Attacked()
		if len(got) != in.Length() {
			t.Fatalf("%d layers, want %d", len(got), in.Length())
		}
		for i, row := range got {
			if len(row) != in.States(i) {
				t.Fatalf("layer %d: %d states, want %d", i, len(row), in.States(i))
			}
			for x, ok := range row {
				if ok != attacked[i][x] {
					t.Fatalf("layer %d, state %d: attacked %v, want %v", i, x, ok, attacked[i][x])
				}
				if !ok {
					missed++
				}
			}
		}
	})
	if between < 20 || missed < 20 {
		t.Errorf("%d least probabilities strictly between 0 and 1 and %d states out of reach say little", between, missed)
	}
}
