package exact

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// TestTreeInIntegers: the pass in integers and the solver over ℚ give a prefix tree the
// same profile, whatever its weights, harm and adversary; what the pass cannot take, it
// refuses.
func TestTreeInIntegers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range testenv.Scale(200) {
		v, T := 1+r.IntN(4), 1+r.IntN(4)
		in := drawTree(t, r, v, T)
		weights, ok := treeWeights(in)
		if !ok {
			t.Fatalf("tree %d is refused", i)
		}
		got := model.NewProfile[*big.Rat, int](in)
		if err := solveTree(in, weights, got); err != nil {
			t.Fatal(err)
		}
		want := model.NewProfile[field.Rat, int](in)
		if err := solveRationals(field.NewRational(), in, want); err != nil {
			t.Fatal(err)
		}
		show := func(p any) string { return fmt.Sprintf("%+v", p) }
		g := show(model.MapProfile(got, (*big.Rat).RatString, func(n int) int { return n }))
		w := show(model.MapProfile(want, field.Rat.String, func(n int) int { return n }))
		if g != w {
			t.Fatalf("tree %d, V = %d, T = %d: in integers %s, over ℚ %s", i, v, T, g, w)
		}
	}
}

// drawTree returns a prefix tree: in one of four, the largest weights, and in one of four,
// harm over a denominator of 200 bits.
func drawTree(t *testing.T, r *rand.Rand, v, length int) *model.Instance {
	t.Helper()
	largest := []int64{3, 97, 97, maxTreeSum / 4}[r.IntN(4)]
	den := big.NewInt(100)
	if r.IntN(4) == 0 {
		den.Lsh(den, 193)
	}
	layers := make([]*model.Layer, length)
	n := 1
	for i := range layers {
		w := make([]int64, n*v)
		for e := range w {
			if w[e] = 1 + r.Int64N(largest); e%v > 0 && r.IntN(4) == 0 {
				w[e] = 0
			}
		}
		n *= v
		var err error
		if layers[i], err = model.TreeLayer(v, model.NaturalsOf(w...)); err != nil {
			t.Fatal(err)
		}
	}
	var harm model.Naturals
	for range n {
		h := big.NewInt(r.Int64N(1<<20 + 1))
		harm.Append(h.Mul(h, den).Rsh(h, 20))
	}
	p, err := model.NewProcess(v, layers, harm, den)
	if err != nil {
		t.Fatal(err)
	}
	in := model.NewInstance(p)
	for a := range v {
		if r.IntN(2) == 0 {
			in.Recovery = append(in.Recovery, a)
		}
	}
	in.Adversary.Kind = []model.AdversaryKind{model.AdversaryPolicy, model.AdversaryUniform}[r.IntN(2)]
	return in
}

func TestTreeRefused(t *testing.T) {
	t.Parallel()
	row := func(w ...int64) *model.Instance {
		return generators.Tree(len(w), [][]int64{w}, make([]int64, len(w)), 1)
	}
	rows := row(1, 2)
	rows.Adversary.Kind = model.AdversaryRows
	for _, test := range []struct {
		reason string
		in     *model.Instance
		want   bool
	}{
		{"the largest row sum", row(maxTreeSum-1, 1), true},
		{"a row sum beyond it", row(maxTreeSum, 1), false},
		{"a weight beyond it", row(0, 1e12), false},
		{"weights whose sum is no word", row(1<<62, 1<<62, 1<<62), false},
		{"an adversary with rows of its own", rows, false},
	} {
		if _, ok := treeWeights(test.in); ok != test.want {
			t.Errorf("%s: taken %v, want %v", test.reason, ok, test.want)
		}
	}
}

// TestTreeFactors: a factor is W^(k−power)·w^power·c^k, whether it fits a word or not.
func TestTreeFactors(t *testing.T) {
	t.Parallel()
	long := new(big.Int).Lsh(big.NewInt(3), 70)
	for _, sum := range []int64{1, 97, 1 << 16, maxTreeSum} {
		for _, w := range []int64{0, 1, sum/2 + 1, sum} {
			for _, c := range []*big.Int{big.NewInt(1), big.NewInt(6), long} {
				for _, m := range []moment{{1, 1}, {2, 0}, {2, 1}, {3, 1}, {4, 2}} {
					r, got := treeRow{sum: sum}, new(big.Int)
					r.raise(c)
					r.setFactor(got, m, w)
					power := func(x *big.Int, n int) *big.Int { return new(big.Int).Exp(x, big.NewInt(int64(n)), nil) }
					want := power(big.NewInt(sum), m.degree-m.power)
					want.Mul(want, power(big.NewInt(w), m.power)).Mul(want, power(c, m.degree))
					if got.Cmp(want) != 0 {
						t.Errorf("%+v of W = %d, w = %d, c = %v: %v, want %v", m, sum, w, c, got, want)
					}
				}
			}
		}
	}
}
