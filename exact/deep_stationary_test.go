package exact_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/internal/testenv"
	"sounding/model"
)

// mirrored returns an instance that swapping the first token maps onto itself.
func mirrored() *model.Instance {
	in := model.NewInstance(tree(2, [][]int64{{1, 1}, {19, 1, 19, 1}}, 1, 0, 0, 1, 1))
	in.Recovery = []int{1}
	in.Lambda, in.Beta = big.NewRat(3, 1), big.NewRat(3, 1)
	return in
}

// TestFirstTokenBelowEveryPolicy: no policy costs less than f at its first token.
func TestFirstTokenBelowEveryPolicy(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	for seed := range uint64(5 * testenv.Effort()) {
		in := deepCase(seed, 2, 2)
		g := must(exact.NewFirstToken(f, in))
		r := rand.New(rand.NewPCG(seed, 2))
		w := func() int64 { return 1 + r.Int64N(20) }
		for range 20 {
			policy := []model.Naturals{model.NaturalsOf(w(), w()), model.NaturalsOf(w(), w(), w(), w())}
			q := must(f.FromRat(new(big.Rat).SetFrac(policy[0].At(1), policy[0].Sum(0, 2))))
			at, cost := must(g.At(q)), deepAt(t, f, in, policy)
			if f.Sign(f.Sub(at, cost)) == field.Positive {
				t.Fatalf("f(%v) = %v above the cost %v of %v", q, at, cost, policy)
			}
		}
	}
}

// TestStationary: around each zero of f′ that is found f lies above its value at a minimum and
// below it at a maximum; the zeros alternate, a minimum first and last; and none is missed where f
// on a lattice has a local minimum.
func TestStationary(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	instances := []*model.Instance{mirrored()}
	for seed := range uint64(10 * testenv.Effort()) {
		instances = append(instances, deepCase(seed, 2, 2))
	}
	several := 0
	for i, in := range instances {
		g := must(exact.NewFirstToken(f, in))
		zeros, err := g.Stationary()
		if err != nil {
			t.Fatal(err)
		}
		if len(zeros) > 1 {
			several++
		}
		for k, z := range zeros {
			if z.Minimum != (k%2 == 0) || len(zeros)%2 == 0 {
				t.Fatalf("instance %d: zeros %v do not alternate between minima", i, zeros)
			}
			want := field.Positive
			if !z.Minimum {
				want = field.Negative
			}
			step := must(f.FromRat(big.NewRat(1, 1<<20)))
			for _, q := range []field.Enclosure{f.Sub(z.At, step), f.Add(z.At, step)} {
				if got := f.Sign(f.Sub(must(g.At(q)), z.Value)); got != want {
					t.Errorf("instance %d: beside the zero %v of f′ the sign of f − f(q) is %v, want %v", i, z.At, got, want)
				}
			}
		}
		const n = 200
		var value [n + 1]field.Enclosure
		for k := 1; k < n; k++ {
			value[k] = must(g.At(must(f.FromRat(big.NewRat(int64(k), n)))))
		}
		for k := 2; k < n-1; k++ {
			if f.Sign(f.Sub(value[k-1], value[k])) != field.Positive || f.Sign(f.Sub(value[k+1], value[k])) != field.Positive {
				continue
			}
			around := f.Hull(must(f.FromRat(big.NewRat(int64(k-1), n))), must(f.FromRat(big.NewRat(int64(k+1), n))))
			found := false
			for _, z := range zeros {
				found = found || f.Overlap(z.At, around)
			}
			if !found {
				t.Errorf("instance %d: f has a minimum near %d/%d, the zeros found are %v", i, k, n, zeros)
			}
		}
	}
	if several < 2 {
		t.Errorf("%d instances with more than one zero: want two or more", several)
	}
}

// TestTwoMinima: the zeros of f′ of a mirrored instance mirror one another, and the middle one
// is a maximum.
func TestTwoMinima(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	zeros, err := must(exact.NewFirstToken(f, mirrored())).Stationary()
	if err != nil {
		t.Fatal(err)
	}
	if len(zeros) != 3 || zeros[1].Minimum {
		t.Fatalf("zeros %v, want a maximum between two minima", zeros)
	}
	for k := range zeros {
		if sum := f.Add(zeros[k].At, zeros[2-k].At); !f.Contains(sum, big.NewRat(1, 1)) {
			t.Errorf("zeros %d and %d add up to %v, want 1", k, 2-k, sum)
		}
		if w, _ := f.Width(zeros[k].At).Float64(); w > 1e-30 {
			t.Errorf("zero %d is enclosed to %g only", k, w)
		}
	}
}

func TestFirstTokenRefuses(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	for _, in := range []*model.Instance{deepCase(1, 3, 2), deepCase(1, 2, 1), deepCase(1, 2, 3)} {
		if _, err := exact.NewFirstToken(f, in); !errors.Is(err, exact.ErrFirstToken) {
			t.Errorf("%d tokens, %d positions: %v", in.Vocabulary(), in.Length(), err)
		}
	}
	for _, c := range []struct {
		reason        string
		first, second model.Naturals
		next          []int32 // of position 1; nil for a tree
	}{
		{"a first token that does not occur", model.NaturalsOf(1, 0), model.NaturalsOf(1, 1, 1, 1), nil},
		{"a second token that does not occur", model.NaturalsOf(1, 1), model.NaturalsOf(1, 1, 0, 1), nil},
		{"one state for both first tokens", model.NaturalsOf(1, 1), model.NaturalsOf(1, 1), []int32{0, 0}},
	} {
		in := shortTree(c.first, c.second, c.next)
		if _, err := exact.NewFirstToken(f, in); !errors.Is(err, exact.ErrFirstToken) {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
}

// shortTree returns an instance over two tokens and two positions without harm.
func shortTree(first, second model.Naturals, next []int32) *model.Instance {
	layer := must(model.TreeLayer(2, first))
	if next != nil {
		layer = must(model.DenseLayer(2, first, next))
	}
	harm := model.NaturalsOf(make([]int64, second.Len())...)
	in := model.NewInstance(must(model.NewProcess(2, []*model.Layer{layer, must(model.TreeLayer(2, second))}, harm, big.NewInt(1))))
	in.Recovery = []int{0}
	return in
}
