package model_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sounding/model"
)

// TestNaturals compares a list with a slice of big integers that it must behave
// like.
func TestNaturals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var n model.Naturals
		var want []*big.Int
		words := true
		for range rapid.IntRange(0, 8).Draw(t, "length") {
			v := drawBig(t, 0)
			want = append(want, v)
			words = words && v.IsInt64()
			n.Append(v)
		}
		if got, ok := n.Int64s(); ok != words || ok && len(got) != len(want) {
			t.Fatalf("Int64s = %v, %v for %v", got, ok, want)
		}
		var copied model.Naturals
		for i, v := range want {
			if n.At(i).Cmp(v) != 0 || n.IsZero(i) != (v.Sign() == 0) {
				t.Fatalf("entry %d is %v, zero %v, want %v", i, n.At(i), n.IsZero(i), v)
			}
			for j, w := range want {
				if n.Cmp(i, j) != v.Cmp(w) {
					t.Fatalf("Cmp(%d,%d) = %d for %v and %v", i, j, n.Cmp(i, j), v, w)
				}
			}
			n.At(i).SetInt64(-1) // the caller's own
			copied.AppendFrom(&n, i)
		}
		for lo := range len(want) + 1 {
			sum := new(big.Int)
			for hi := lo; hi <= len(want); hi++ {
				if got := n.Sum(lo, hi); got.Cmp(sum) != 0 || n.Positive(lo, hi) != (sum.Sign() > 0) {
					t.Fatalf("Sum(%d,%d) = %v, want %v; Positive %v", lo, hi, got, sum, n.Positive(lo, hi))
				}
				if hi < len(want) {
					sum.Add(sum, want[hi])
				}
			}
		}
		clone := n.Clone()
		if !clone.Equal(n) || !n.Equal(copied) || n.Len() != len(want) {
			t.Fatalf("%v, cloned %v, copied %v", n, clone, copied)
		}
		clone.Append(big.NewInt(1))
		other := n.Clone()
		other.Append(big.NewInt(2))
		if n.Len() != len(want) || clone.Equal(n) || clone.Equal(other) || clone.At(len(want)).Cmp(big.NewInt(1)) != 0 {
			t.Fatalf("appending to clones of %v gave %v and %v", n, clone, other)
		}
	})
}

func TestNaturalsSumBeyondWord(t *testing.T) {
	t.Parallel()
	n := model.NaturalsOf(math.MaxInt64, 0, math.MaxInt64, 1, math.MaxInt64)
	want := new(big.Int).Mul(big.NewInt(math.MaxInt64), big.NewInt(3))
	want.Add(want, big.NewInt(1))
	if got := n.Sum(0, 5); got.Cmp(want) != 0 {
		t.Errorf("Sum = %v, want %v", got, want)
	}
}

func TestNaturalsRefuseNegative(t *testing.T) {
	t.Parallel()
	huge := new(big.Int).Lsh(big.NewInt(-1), 100)
	for name, f := range map[string]func(n *model.Naturals){
		"NaturalsOf":  func(*model.Naturals) { model.NaturalsOf(1, -1) },
		"AppendInt64": func(n *model.Naturals) { n.AppendInt64(-1) },
		"Append":      func(n *model.Naturals) { n.Append(big.NewInt(-1)) },
		"Append huge": func(n *model.Naturals) { n.Append(huge) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s took a negative number", name)
				}
			}()
			n := model.NaturalsOf(1)
			f(&n)
		}()
	}
}
