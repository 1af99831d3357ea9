package exact

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// TestFixed: arithmetic in words is that of integers, rounded down.
func TestFixed(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	word := func(most uint64) uint64 { return min(most, r.Uint64()>>r.IntN(64)) }
	number := func() fixed {
		switch r.IntN(5) {
		case 0:
			return fixedOne
		case 1:
			return fixed{fixedOne.hi - 1, math.MaxUint64}
		case 2:
			return fixed{0, word(math.MaxUint64)}
		}
		return fixed{r.Uint64() >> 1, r.Uint64()}
	}
	integer := func(words ...uint64) *big.Int {
		z := new(big.Int)
		for _, w := range slices.Backward(words) {
			z.Add(z.Lsh(z, 64), new(big.Int).SetUint64(w))
		}
		return z
	}
	units := func(n fixed) *big.Int { return integer(n.lo, n.hi) }
	one := units(fixedOne)
	product := func(x, y *big.Int) *big.Int { return new(big.Int).Mul(x, y) }
	quotient := func(x, y *big.Int) *big.Int { return new(big.Int).Quo(x, y) }
	for range 5_000 {
		m, n := number(), number()
		// The weights of a row of two tokens, and their sum.
		v, w := word(maxFixedSum/2-1), word(maxFixedSum/2-1)
		d := max(1, v+w)
		var sum, squares fixedSum
		sum.add(v, m)
		sum.add(w, n)
		squares.add(v*v, m)
		squares.add(w*w, n)
		share := m.share(d)
		var parts fixedParts
		parts.add(v, &share)
		parts.add(w, &share)
		total := new(big.Int).Add(product(integer(v), units(m)), product(integer(w), units(n)))
		ofSquares := new(big.Int).Add(product(integer(v*v), units(m)), product(integer(w*w), units(n)))
		shared := product(integer(v+w), quotient(new(big.Int).Lsh(units(m), 64), integer(d)))
		for _, c := range []struct {
			what      string
			got, want *big.Int
		}{
			{"ratio", units(ratio(v, d)), quotient(product(integer(v), one), integer(d))},
			{"times", units(m.times(n)), quotient(product(units(m), units(n)), one)},
			{"distance", units(m.distance(n)), new(big.Int).Abs(new(big.Int).Sub(units(m), units(n)))},
			{"sum", integer(sum[:]...), total},
			{"over", units(sum.over(d)), quotient(total, integer(d))},
			{"overSquare", units(squares.overSquare(d)), quotient(ofSquares, integer(d*d))},
			{"share", integer(parts[:]...), shared},
			{"floor", units(parts.floor()), quotient(shared, new(big.Int).Lsh(big.NewInt(1), 64))},
			{"floorFixed", units(floorFixed(m.float())), units(m)},
		} {
			if c.got.Cmp(c.want) != 0 {
				t.Fatalf("%s of %v, %v with weights %d, %d: %v, want %v", c.what, m, n, v, w, c.got, c.want)
			}
		}
	}
}

// TestFixedEncloses: fixed-point numbers enclose the exact values, and of those with
// logarithms what intervals enclose.
func TestFixedEncloses(t *testing.T) {
	t.Parallel()
	drawn, taken := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		drawn++
		in := generators.Cases(generators.Limits{Leaves: 81}).Draw(t, "case").Instance
		if got := analyzeFixed(in); got != nil {
			sameProfile(t, got, must(Analyze(in, 0)))
			taken++
		}
	})
	if 3*taken < drawn {
		t.Errorf("%d instances of %d, want a third", taken, drawn)
	}
}

// TestFixedLong: the same of long processes, whose roundings add up.
func TestFixedLong(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for _, length := range []int{1, 2, 12, 400} {
		const states, v = 5, 4
		layer := func(rows int) *model.Layer {
			w, next := model.NaturalsOf(), make([]int32, rows*v)
			for e := range next {
				w.AppendInt64(1 + r.Int64N(1<<(1+r.IntN(28))))
				next[e] = r.Int32N(states)
			}
			next[0] = states - 1 // so that the layer has all states
			return must(model.DenseLayer(v, w, next))
		}
		layers := []*model.Layer{layer(1)}
		again := layer(states)
		for len(layers) < length {
			layers = append(layers, again)
		}
		in := model.NewInstance(must(model.NewProcess(v, layers, model.NaturalsOf(0, 3, 1, 2, 3), big.NewInt(3))))
		in.Recovery, in.Beta, in.Gamma = []int{1, 2}, big.NewRat(3, 2), big.NewRat(9, 10)
		in.Adversary.Kind = model.AdversaryUniform
		got := analyzeFixed(in)
		if got == nil {
			t.Errorf("length %d: not in fixed point", length)
			continue
		}
		want := must(EncloseParts(in, 256, Rationals|Pointwise|Equilibrium))
		if length < 100 {
			want = must(Analyze(in, 0))
		}
		sameProfile(t, got, want)
	}
}

// sameProfile wants the enclosures of got to contain the exact numbers of want, and to overlap its
// enclosures, which are narrower.
func sameProfile(t rapid.TB, got, want *Analysis) {
	t.Helper()
	f := field.NewInterval(256)
	same := func(what string, got, want Number) {
		t.Helper()
		if want.Exact != nil && !f.Contains(got.Real, want.Exact) {
			t.Errorf("%s: %v is not in %v", what, want.Exact, got.Real)
		}
		if want.Exact == nil && !f.Overlap(got.Real, want.Real) {
			t.Errorf("%s: %v, want %v", what, got.Real, want.Real)
		}
	}
	same("E[Harm]", got.ExpectedHarm, want.ExpectedHarm)
	same("Var(Harm)", got.Variance, want.Variance)
	if got.Horizon != want.Horizon {
		t.Errorf("horizon %d, want %d", got.Horizon, want.Horizon)
	}
	for k := range want.Positions {
		exact := model.Quantities(&want.Positions[k])
		for i, q := range model.Quantities(&got.Positions[k]) {
			same(fmt.Sprintf("%s at position %d", q.Name, k+1), *q.Value, *exact[i].Value)
		}
	}
}

// TestFixedUnfit: what fixed-point numbers cannot hold is left to intervals.
func TestFixedUnfit(t *testing.T) {
	t.Parallel()
	instance := func(weights model.Naturals, harm ...int64) *model.Instance {
		l := must(model.TreeLayer(2, weights))
		return model.NewInstance(must(model.NewProcess(2, []*model.Layer{l}, model.NaturalsOf(harm...), big.NewInt(2))))
	}
	var long model.Naturals
	long.AppendInt64(1)
	long.Append(new(big.Int).Lsh(big.NewInt(1), 70))
	steep := instance(model.NaturalsOf(1, 1), 1, 2)
	steep.Lambda = big.NewRat(1000, 1)
	for _, c := range []struct {
		what string
		in   *model.Instance
		fits bool
	}{
		{"a sum of weights just small enough", instance(model.NaturalsOf(1, maxFixedSum-2), 0, 2), true},
		{"a sum of weights too large", instance(model.NaturalsOf(1, maxFixedSum-1), 0, 2), false},
		{"a weight of two words", instance(long, 0, 2), false},
		{"e^{−λHarm} below a unit", steep, false},
	} {
		if got := analyzeFixed(c.in) != nil; got != c.fits {
			t.Errorf("%s: fits %t, want %t", c.what, got, c.fits)
		}
		if a, err := Analyze(c.in, 64); err != nil || a == nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
