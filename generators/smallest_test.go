package generators

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"

	"sounding/internal/testenv"
	"sounding/model"
)

var everything = Needs{
	Harm: true, ZeroWeights: true, Recovery: true, Adversary: true, Lambda: true, Penalty: true, Kind: model.Shared,
}

// TestSmallestOrder: sizes do not decrease and are those of Size, cases are valid,
// and none comes twice.
func TestSmallestOrder(t *testing.T) {
	t.Parallel()
	for name, needs := range map[string]Needs{
		"weights":          {},
		"harm":             {Harm: true},
		"harm and support": {Harm: true, ZeroWeights: true},
		"features":         {Harm: true, Kind: model.Decoupled},
		"recovery":         {Recovery: true, Penalty: true, Adversary: true},
		"everything":       everything,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := testenv.Scale(5000)
			seen := make(map[string]bool, limit)
			last := 0
			for size, c := range Smallest(needs) {
				if err := valid(c); err != nil {
					t.Fatalf("%#v: invalid: %v", c, err)
				}
				if n, ok := Size(c); !ok || n != size {
					t.Fatalf("%#v comes at size %d, Size gives %d, %v", c, size, n, ok)
				}
				if size < last {
					t.Fatalf("%#v of size %d comes after size %d", c, size, last)
				}
				last = size
				if s := c.GoString(); seen[s] {
					t.Fatalf("%s comes twice", s)
				} else {
					seen[s] = true
				}
				if len(seen) == limit {
					break
				}
			}
		})
	}
}

// TestSmallestFirst pins the beginning of the order, ties included.
func TestSmallestFirst(t *testing.T) {
	t.Parallel()
	want := []string{
		"3: V=2 T=1 weights [1 1] harm [0 0]/1",
		"4: V=2 T=1 weights [1 2] harm [0 0]/1",
		"4: V=2 T=1 weights [1 0] harm [0 0]/1",
		"4: V=2 T=1 weights [2 1] harm [0 0]/1",
		"4: V=2 T=1 weights [0 1] harm [0 0]/1",
		"4: V=2 T=1 weights [1 1] harm [0 1]/1",
		"4: V=2 T=1 weights [1 1] harm [1 0]/1",
		"4: V=3 T=1 weights [1 1 1] harm [0 0 0]/1",
		"5: V=2 T=1 weights [1 3] harm [0 0]/1",
	}
	var got []string
	for size, c := range Smallest(Needs{Harm: true, ZeroWeights: true}) {
		got = append(got, fmt.Sprintf("%d: %s", size, c.GoString()))
		if len(got) == len(want) {
			break
		}
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("case %d is\n%s, want\n%s", i, got[i], want[i])
		}
	}
}

// A field is one number of a case in the naive enumeration: the values that it
// may take and what each costs.
type field struct {
	values []int64
	cost   func(int64) int
}

// naive returns the cases of size up to limit by trying all numbers within reach
// in every field, and the costs of the definition of Size added up. It shares
// only the model's constructors with the enumeration.
func naive(needs Needs, limit int) map[string]int {
	sizes := make(map[string]int)
	for v := 2; v < limit; v++ {
		for length := 1; ; length++ {
			nodes, edges, leaves := 1, 0, 1
			for range length {
				leaves *= v
				edges += leaves
				nodes += leaves
			}
			if nodes > limit {
				break
			}
			naiveShape(needs, v, length, edges, leaves, limit-nodes, func(c *model.Case, cost int) {
				sizes[c.GoString()] = nodes + cost
			})
		}
	}
	return sizes
}

func naiveShape(needs Needs, v, length, edges, leaves, budget int, found func(*model.Case, int)) {
	var fields []field
	add := func(count int, wanted bool, base, lo, hi int, cost func(int64) int) {
		for range count {
			f := field{cost: cost, values: []int64{int64(base)}}
			if wanted {
				f.values = nil
				for x := lo; x <= hi; x++ {
					f.values = append(f.values, int64(x))
				}
			}
			fields = append(fields, f)
		}
	}
	distance := func(base int64) func(int64) int {
		return func(x int64) int { return int(max(x-base, base-x)) }
	}
	b := budget + 1
	least := 1
	if needs.ZeroWeights {
		least = 0
	}
	loglinear := needs.Kind != ""
	add(edges, true, 1, least, b, distance(1))                                    // weights
	add(1, needs.Harm, 1, 1, b, distance(1))                                      // m
	add(leaves, needs.Harm, 0, 0, b, func(j int64) int { return min(int(j), 1) }) // harm
	add(v, needs.Recovery, 0, 0, 1, distance(0))                                  // token in R
	add(1, needs.Adversary, 0, 0, 2, func(k int64) int { return min(int(k), 1) }) // kind of Q
	add(edges-leaves, needs.Adversary, 1, 0, b, distance(1))                      // rows of Q
	add(2, needs.Lambda, 1, 0, b, distance(1))
	add(1, needs.Penalty, 0, 0, b, distance(0))
	add(1, needs.Penalty, 1, 1, b, distance(1))
	add(2, needs.Penalty, 1, 1, b, distance(1))
	add(1, loglinear, 1, 1, b, distance(1)) // n
	parameters := 1
	if loglinear {
		parameters = b
	}
	add(edges*parameters, loglinear, 0, -b, b, distance(0)) // features of n = b, the unused ones 0

	values := make([]int64, len(fields))
	var fill func(i, cost int)
	fill = func(i, cost int) {
		if cost > budget {
			return
		}
		if i < len(fields) {
			for _, x := range fields[i].values {
				values[i] = x
				fill(i+1, cost+fields[i].cost(x))
			}
			return
		}
		if c, ok := naiveCase(needs, v, length, edges, leaves, values); ok {
			found(c, cost)
		}
	}
	fill(0, 0)
}

// naiveCase builds a case from the fields, and reports false where they are not
// in lowest terms or say the same in two ways.
func naiveCase(needs Needs, v, length, edges, leaves int, values []int64) (*model.Case, bool) {
	take := func(n int) []int64 {
		list := values[:n]
		values = values[n:]
		return list
	}
	coprime := func(list []int64) bool {
		for d := int64(2); d <= slices.Max(list); d++ {
			if !slices.ContainsFunc(list, func(x int64) bool { return x%d != 0 }) {
				return false
			}
		}
		return slices.Max(list) > 0
	}
	rows := func(list []int64) bool {
		for row := range slices.Chunk(list, v) {
			if !coprime(row) {
				return false
			}
		}
		return true
	}
	weights, m, harm := take(edges), take(1)[0], take(leaves)
	tokens, kind, q := take(v), take(1)[0], take(edges-leaves)
	lambda, beta, gamma := take(2), take(2), take(2)
	n := int(take(1)[0])
	uniform := !slices.ContainsFunc(q, func(x int64) bool { return x != 1 })
	switch {
	case !rows(weights) || !coprime(append([]int64{m}, harm...)) || slices.Max(harm) > m,
		length == 1 && kind != 0, kind != 2 && !uniform, kind == 2 && (uniform || !rows(q)),
		lambda[1] == 0 || !coprime(lambda), beta[1] == 0 || !coprime(beta), !coprime(gamma), gamma[0] > gamma[1],
		beta[0] == 0 && (beta[1] != 1 || gamma[1] != 1),
		lambda[0] == 0 && lambda[1] != 1:
		return nil, false
	}
	levels := func(list []int64, depth, n int) [][]int64 {
		var parts [][]int64
		for width := v; depth > 0; depth, width = depth-1, width*v {
			parts = append(parts, slices.Clone(list[:width*n]))
			list = list[width*n:]
		}
		return parts
	}
	var layers []*model.Layer
	for _, w := range levels(weights, length, 1) {
		layers = append(layers, must(model.TreeLayer(v, model.NaturalsOf(w...))))
	}
	in := model.NewInstance(must(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(m))))
	for a, x := range tokens {
		if x == 1 {
			in.Recovery = append(in.Recovery, a)
		}
	}
	in.Adversary.Kind = model.AdversaryKind(kind)
	if kind == 2 {
		for _, w := range levels(q, length-1, 1) {
			in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(w...))
		}
	}
	in.Lambda, in.Beta, in.Gamma = big.NewRat(lambda[0], lambda[1]), big.NewRat(beta[0], beta[1]), big.NewRat(gamma[0], gamma[1])
	c := &model.Case{Instance: in}
	if needs.Kind == "" {
		return c, true
	}
	if slices.ContainsFunc(values[edges*n:], func(x int64) bool { return x != 0 }) {
		return nil, false
	}
	c.Parameterisation = model.Parameterisation{Kind: needs.Kind, Parameters: n, Features: levels(values, length, n)}
	return c, true
}

// TestSmallestComplete compares the enumeration with the naive one, size by size.
func TestSmallestComplete(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		needs Needs
		limit int
	}{
		{"weights", Needs{}, 10},
		{"harm", Needs{Harm: true}, 9},
		{"harm and support", Needs{Harm: true, ZeroWeights: true}, 8},
		{"R and λ", Needs{Recovery: true, Lambda: true}, 8},
		{"Q", Needs{Adversary: true, ZeroWeights: true}, 9},
		{"penalty", Needs{Penalty: true}, 8},
		{"decoupled", Needs{Kind: model.Decoupled}, 6},
		{"harm and shared", Needs{Harm: true, Kind: model.Shared}, 5},
		{"everything", everything, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				test.limit--
			}
			want := naive(test.needs, test.limit)
			got := make(map[string]int)
			for size, c := range Smallest(test.needs) {
				if size > test.limit {
					break
				}
				got[c.GoString()] = size
			}
			for c, size := range want {
				if n, ok := got[c]; !ok || n != size {
					t.Errorf("%s of size %d: enumerated %v, at size %d", c, size, ok, n)
				}
			}
			for c := range got {
				if _, ok := want[c]; !ok {
					t.Errorf("%s is enumerated, and not in the family", c)
				}
			}
			count := make(map[int]int)
			for _, size := range want {
				count[size]++
			}
			for _, size := range slices.Sorted(maps.Keys(count)) {
				t.Logf("size %d: %d cases", size, count[size])
			}
		})
	}
}

// TestSmallestCounterexample pins the smallest case of some classes: each can be
// checked by hand.
func TestSmallestCounterexample(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		class Class
		needs Needs
		want  string
	}{
		{HorizonFull, Needs{Harm: true}, "4: V=2 T=1 weights [1 1] harm [0 1]/1"},
		{HorizonInterior, Needs{Harm: true}, "9: V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 0 1 1]/1"},
		{Silent, Needs{Harm: true}, "9: V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 1 0 1]/1"},
		{UnequalRisk, Needs{Harm: true}, "11: V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 2 1 1]/2"},
		{OpenOffSupport, Needs{Harm: true, ZeroWeights: true}, "5: V=2 T=1 weights [1 0] harm [0 1]/1"},
		{RecoveryCertain, Needs{Recovery: true, ZeroWeights: true}, "5: V=2 T=1 weights [1 0] harm [0 0]/1 R={0} λ=1 β=0 γ=1 Q policy"},
		{QSmaller, Needs{Adversary: true}, "9: V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 0 0 0]/1 R={} λ=1 β=0 γ=1 Q rows [1 0]"},
		{QLarger, Needs{Adversary: true, ZeroWeights: true}, "9: V=2 T=2 weights [1 0] [1 1; 1 1] harm [0 0 0 0]/1 R={} λ=1 β=0 γ=1 Q uniform"},
		{Proportional, Needs{Harm: true, Kind: model.Decoupled}, "5: V=2 T=1 weights [1 1] harm [0 1]/1 decoupled n=1 features [0 1]"},
	} {
		got := "none"
		before := 0
		for size, c := range Smallest(test.needs) {
			if slices.Contains(Classify(c), test.class) {
				got = fmt.Sprintf("%d: %#v", size, c)
				break
			}
			if before++; before == 100_000 {
				break
			}
		}
		t.Logf("%s: %d cases before it", test.class, before)
		if got != test.want {
			t.Errorf("%s: the smallest of %d cases is\n%s, want\n%s", test.class, before+1, got, test.want)
		}
	}
}

// TestSizeRefuses: what the enumeration never yields has no size.
func TestSizeRefuses(t *testing.T) {
	t.Parallel()
	tree := func(v int, harm []int64, den int64, levels ...[]int64) *model.Case {
		var layers []*model.Layer
		for _, w := range levels {
			layers = append(layers, must(model.TreeLayer(v, model.NaturalsOf(w...))))
		}
		return &model.Case{Instance: model.NewInstance(must(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(den))))}
	}
	change := func(c *model.Case, f func(c *model.Case)) *model.Case { f(c); return c }
	coin := func() *model.Case { return tree(2, []int64{0, 1}, 1, []int64{1, 1}) }
	coins := func() *model.Case { return tree(2, []int64{0, 0, 0, 1}, 1, []int64{1, 1}, []int64{1, 1, 1, 1}) }
	huge := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 70))
	var wide model.Naturals
	wide.Append(huge.Denom())
	wide.AppendInt64(1)
	rows := func(list ...model.Naturals) model.Adversary {
		return model.Adversary{Kind: model.AdversaryRows, Rows: list}
	}
	for _, test := range []struct {
		reason string
		c      *model.Case
	}{
		{"one token", tree(1, []int64{0}, 1, []int64{1})},
		{"weights with a common factor", tree(2, []int64{0, 1}, 1, []int64{2, 2})},
		{"weights with a common factor beside a zero", tree(2, []int64{0, 1}, 1, []int64{2, 0})},
		{"harm with a common factor", tree(2, []int64{0, 2}, 2, []int64{1, 1})},
		{"no harm over 2", tree(2, []int64{0, 0}, 2, []int64{1, 1})},
		{"weights beyond a machine word", &model.Case{Instance: model.NewInstance(must(model.NewProcess(2,
			[]*model.Layer{must(model.TreeLayer(2, wide))}, model.NaturalsOf(0, 1), big.NewInt(1))))}},
		{"a sum beyond a machine word", tree(2, []int64{0, 1}, 1, []int64{1<<63 - 1, 1<<63 - 2})},
		{"a layered process", &model.Case{Instance: model.NewInstance(must(model.NewProcess(2,
			[]*model.Layer{must(model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 1}))}, model.NaturalsOf(0, 1), big.NewInt(1))))}},
		{"Q without a prefix", change(coin(), func(c *model.Case) { c.Adversary.Kind = model.AdversaryUniform })},
		{"uniform rows of Q", change(coins(), func(c *model.Case) { c.Adversary = rows(model.NaturalsOf(1, 1)) })},
		{"rows of Q at position T", change(coins(), func(c *model.Case) {
			c.Adversary = rows(model.NaturalsOf(1, 2), model.NaturalsOf(1, 1, 1, 1))
		})},
		{"a discount without a penalty", change(coin(), func(c *model.Case) { c.Gamma = big.NewRat(1, 2) })},
		{"λ beyond a machine word", change(coin(), func(c *model.Case) { c.Lambda = huge })},
		{"a feature whose size is no machine word", change(coin(), func(c *model.Case) {
			c.Parameterisation = model.Parameterisation{Kind: model.Shared, Parameters: 1, Features: [][]int64{{-1 << 63, 0}}}
		})},
	} {
		if err := valid(test.c); err != nil {
			t.Fatalf("%s: the case itself is invalid: %v", test.reason, err)
		}
		if n, ok := Size(test.c); ok {
			t.Errorf("%s: has size %d", test.reason, n)
		}
	}
}

// TestSmallestStops: a consumer may stop at any point of the order.
func TestSmallestStops(t *testing.T) {
	t.Parallel()
	for limit := 1; limit <= 100; limit++ {
		n := 0
		for range Smallest(everything) {
			if n++; n == limit {
				break
			}
		}
		if n != limit {
			t.Fatalf("stopped after %d cases, not %d", n, limit)
		}
	}
}

func BenchmarkSmallest(b *testing.B) {
	for name, needs := range map[string]Needs{"harm": {Harm: true}, "everything": everything} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				for range Smallest(needs) {
					if n++; n == 50_000 {
						break
					}
				}
			}
		})
	}
}
