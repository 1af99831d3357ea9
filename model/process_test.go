package model_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/model"
)

// TestLayer walks one layer of each shape: rows, edges, tokens, targets.
func TestLayer(t *testing.T) {
	t.Parallel()
	layer := mustLayer(t)
	type edge struct{ state, token, next int }
	for _, c := range []struct {
		shape       string
		layer       *model.Layer
		tree, dense bool
		targets     int
		edges       []edge
	}{
		{"tree", layer(model.TreeLayer(2, model.NaturalsOf(1, 0, 0, 1))), true, true, 4, []edge{{0, 0, 0}, {0, 1, 1}, {1, 0, 2}, {1, 1, 3}}},
		{"dense", layer(model.DenseLayer(2, model.NaturalsOf(1, 0, 0, 1), []int32{5, 0, 1, 5})), false, true, 6, []edge{{0, 0, 5}, {0, 1, 0}, {1, 0, 1}, {1, 1, 5}}},
		{"sparse", layer(model.SparseLayer(9, []int32{0, 2, 3}, []int32{1, 8, 4}, model.NaturalsOf(1, 0, 7), []int32{0, 3, 1})), false, false, 4, []edge{{0, 1, 0}, {0, 8, 3}, {1, 4, 1}}},
	} {
		var got []edge
		for x := range c.layer.States() {
			for e, hi := c.layer.Row(x); e < hi; e++ {
				got = append(got, edge{x, c.layer.Token(e), c.layer.Next(e)})
				if found, ok := c.layer.Edge(x, c.layer.Token(e)); !ok || found != e {
					t.Errorf("%s: Edge(%d,%d) = %d, %v, want %d", c.shape, x, c.layer.Token(e), found, ok, e)
				}
			}
		}
		if !slices.Equal(got, c.edges) || c.layer.Edges() != len(c.edges) {
			t.Errorf("%s: edges %v, want %v", c.shape, got, c.edges)
		}
		if c.layer.Tree() != c.tree || c.layer.Dense() != c.dense || c.layer.Targets() != c.targets {
			t.Errorf("%s: tree %v, dense %v, %d targets", c.shape, c.layer.Tree(), c.layer.Dense(), c.layer.Targets())
		}
	}
	sparse := layer(model.SparseLayer(9, []int32{0, 2, 3}, []int32{1, 8, 4}, model.NaturalsOf(1, 0, 7), []int32{0, 3, 1}))
	for _, a := range []int{0, 2, 7} {
		if _, ok := sparse.Edge(0, a); ok {
			t.Errorf("Edge(0,%d) of a row that does not list it", a)
		}
	}
	if _, ok := sparse.Edge(0, 4); ok {
		t.Error("Edge(0,4) found an edge of state 1")
	}
}

func TestLayerRefuses(t *testing.T) {
	t.Parallel()
	weights := model.NaturalsOf
	for _, c := range []struct {
		reason, says string
		layer        func() (*model.Layer, error)
	}{
		{"no tokens", "do not make rows", func() (*model.Layer, error) { return model.TreeLayer(0, weights(1)) }},
		{"no rows", "do not make rows", func() (*model.Layer, error) { return model.TreeLayer(2, weights()) }},
		{"half a row", "do not make rows", func() (*model.Layer, error) { return model.TreeLayer(2, weights(1, 1, 1)) }},
		{"row of zeros", "/weights/1: no positive weight", func() (*model.Layer, error) { return model.TreeLayer(2, weights(1, 1, 0, 0)) }},
		{"next too short", "1 next states for 2 weights", func() (*model.Layer, error) { return model.DenseLayer(2, weights(1, 1), []int32{0}) }},
		{"next negative", "next state -1", func() (*model.Layer, error) { return model.DenseLayer(1, weights(1), []int32{-1}) }},
		{"next too large", "next state 67108864", func() (*model.Layer, error) { return model.DenseLayer(1, weights(1), []int32{model.MaxStates}) }},
		{"sparse without next", "need the state", func() (*model.Layer, error) { return model.SparseLayer(2, []int32{0, 1}, []int32{0}, weights(1), nil) }},
		{"tokens too few", "do not fit", func() (*model.Layer, error) {
			return model.SparseLayer(2, []int32{0, 2}, []int32{0}, weights(1, 1), []int32{0, 0})
		}},
		{"tokens out of order", "/weights/0: token 0", func() (*model.Layer, error) {
			return model.SparseLayer(2, []int32{0, 2}, []int32{1, 0}, weights(1, 1), []int32{0, 0})
		}},
		{"a token twice", "/weights/0: token 1", func() (*model.Layer, error) {
			return model.SparseLayer(2, []int32{0, 2}, []int32{1, 1}, weights(1, 1), []int32{0, 0})
		}},
		{"token too large", "/weights/0: token 2", func() (*model.Layer, error) {
			return model.SparseLayer(2, []int32{0, 1}, []int32{2}, weights(1), []int32{0})
		}},
		{"a row of nothing", "/weights/1: no positive weight", func() (*model.Layer, error) {
			return model.SparseLayer(2, []int32{0, 1, 1}, []int32{0}, weights(1), []int32{0})
		}},
		{"was a panic: boundaries beyond the edges", "do not fit", func() (*model.Layer, error) {
			return model.SparseLayer(2, []int32{0, 5, 1}, []int32{0}, weights(1), []int32{0})
		}},
	} {
		l, err := c.layer()
		if err == nil || !strings.Contains(err.Error(), c.says) || l != nil {
			t.Errorf("%s: layer %v, error %v, want %q", c.reason, l, err, c.says)
		}
	}
}

func TestProcess(t *testing.T) {
	t.Parallel()
	layer := mustLayer(t)
	first := layer(model.SparseLayer(3, []int32{0, 2}, []int32{0, 2}, model.NaturalsOf(1, 0), []int32{0, 1}))
	second := layer(model.DenseLayer(3, model.NaturalsOf(0, 1, 0, 1, 1, 1, 1, 1, 1), []int32{0, 2, 0, 1, 1, 1, 3, 3, 3}))
	p, err := model.NewProcess(3, []*model.Layer{first, second}, model.NaturalsOf(0, 1, 2, 3, 4), big.NewInt(4))
	if err != nil {
		t.Fatal(err)
	}
	if p.Vocabulary() != 3 || p.Length() != 2 || p.Layer(1) != first || p.Layer(2) != second || p.Tree() {
		t.Errorf("V=%d T=%d tree %v", p.Vocabulary(), p.Length(), p.Tree())
	}
	// State 2 of layer 1 and state 4 of layer 2 are led to by nothing.
	if got := []int{p.States(0), p.States(1), p.States(2)}; !slices.Equal(got, []int{1, 3, 5}) {
		t.Errorf("states %v", got)
	}
	// Token 2 has weight 0, so that layer 1 is only left from state 0.
	want := [][]bool{{true}, {true, false, false}, {false, false, true, false, false}}
	if diff := cmp.Diff(want, p.Reachable()); diff != "" {
		t.Errorf("reachable (-want +got):\n%s", diff)
	}
	want = [][]bool{{true}, {true, true, false}, {true, true, true, false, false}}
	if diff := cmp.Diff(want, p.Accessible()); diff != "" {
		t.Errorf("accessible (-want +got):\n%s", diff)
	}
	if got := p.HarmAt(2); got.Cmp(big.NewRat(1, 2)) != 0 {
		t.Errorf("harm of state 2 is %v", got)
	}
	p.HarmDenominator().SetInt64(7) // the caller's own
	named, err := p.Named([]string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Token(2) != "2" || named.Token(2) != "c" || p.Tokens() != nil || p.Equal(named) {
		t.Errorf("token 2 is %q, named %q", p.Token(2), named.Token(2))
	}
	harm, err := named.WithHarm(model.NaturalsOf(0, 0, 1, 0, 0), big.NewInt(3))
	if err != nil {
		t.Fatal(err)
	}
	if harm.HarmAt(2).Cmp(big.NewRat(1, 3)) != 0 || harm.Token(1) != "b" || harm.Layer(2) != second {
		t.Errorf("WithHarm: harm %v, token %q", harm.HarmAt(2), harm.Token(1))
	}
	if p.HarmAt(2).Cmp(big.NewRat(1, 2)) != 0 || harm.Equal(named) {
		t.Error("WithHarm changed the process it was given")
	}
	if _, err := named.WithHarm(model.NaturalsOf(0), big.NewInt(3)); err == nil {
		t.Error("WithHarm took one value for five states")
	}
}

func TestNewProcessRefuses(t *testing.T) {
	t.Parallel()
	layer := mustLayer(t)
	tree := layer(model.TreeLayer(2, model.NaturalsOf(1, 1)))
	merge := layer(model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 1}))
	two := layer(model.TreeLayer(2, model.NaturalsOf(1, 1, 1, 1)))
	far := layer(model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, model.MaxStates - 1}))
	three := layer(model.TreeLayer(3, model.NaturalsOf(1, 1, 1)))
	half := model.NaturalsOf(0, 1)
	for _, c := range []struct {
		reason, says string
		v            int
		layers       []*model.Layer
		harm         model.Naturals
		denominator  int64
	}{
		{"V = 0", "/vocabulary: ", 0, []*model.Layer{tree}, half, 1},
		{"V beyond the limit", "/vocabulary: ", model.MaxStates + 1, []*model.Layer{tree}, half, 1},
		{"T = 0", "/layers: ", 2, nil, half, 1},
		{"another vocabulary", "/layers/0: ", 2, []*model.Layer{three}, half, 1},
		{"two states in layer 0", "/layers/0/weights: ", 2, []*model.Layer{two}, model.NaturalsOf(0, 0, 0, 0), 1},
		{"too few rows", "/layers/1/weights: ", 2, []*model.Layer{merge, merge}, half, 1},
		{"too many rows in a tree", "/layers/2/weights: ", 1, []*model.Layer{
			layer(model.TreeLayer(1, model.NaturalsOf(1))), layer(model.TreeLayer(1, model.NaturalsOf(1))), layer(model.TreeLayer(1, model.NaturalsOf(1, 1))),
		}, half, 1},
		{"harm denominator 0", "/harm/denominator: ", 2, []*model.Layer{tree}, half, 0},
		{"harm above 1", "/harm/values/1: ", 2, []*model.Layer{tree}, model.NaturalsOf(0, 2), 1},
		{"harm values too few", "/harm/values: ", 2, []*model.Layer{merge}, model.NaturalsOf(0), 1},
		{"harm values too many for a tree", "/harm/values: ", 2, []*model.Layer{tree}, model.NaturalsOf(0, 0, 0), 1},
		{"a state that needs 2^26 harm values", "/harm/values: ", 2, []*model.Layer{far}, half, 1},
	} {
		p, err := model.NewProcess(c.v, c.layers, c.harm, big.NewInt(c.denominator))
		if err == nil || !strings.HasPrefix(err.Error(), c.says) || !strings.Contains(err.Error(), "want") || p != nil {
			t.Errorf("%s: error %v, want one at %s", c.reason, err, c.says)
		}
	}
	p, err := model.NewProcess(2, []*model.Layer{tree}, half, big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{{"a"}, {"a", "a"}, {"", "a"}, {"a", "\xff"}} {
		if _, err := p.Named(names); err == nil || !strings.HasPrefix(err.Error(), "/vocabulary") {
			t.Errorf("names %q: %v", names, err)
		}
	}
}

// sequence is what unrolling must keep of a complete sequence.
type sequence struct{ Probability, Harm string }

// sequences returns the sequences that p lists, by their tokens, and the state
// of every prefix.
func sequences(p *model.Process) (map[string]sequence, map[string]int) {
	complete, state := map[string]sequence{}, map[string]int{}
	var walk func(tokens string, t, x int, prob *big.Rat)
	walk = func(tokens string, t, x int, prob *big.Rat) {
		state[tokens] = x
		if t > p.Length() {
			complete[tokens] = sequence{prob.RatString(), p.HarmAt(x).RatString()}
			return
		}
		l := p.Layer(t)
		lo, hi := l.Row(x)
		for e := lo; e < hi; e++ {
			q := new(big.Rat).SetFrac(l.Weights().At(e), l.Weights().Sum(lo, hi))
			walk(tokens+string(rune('0'+l.Token(e))), t+1, l.Next(e), q.Mul(q, prob))
		}
	}
	walk("", 1, 0, big.NewRat(1, 1))
	return complete, state
}

func TestUnrollKeepsTheLawOfSequences(t *testing.T) {
	t.Parallel()
	const limit = 1000
	unrolled, branching := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t)
		p := in.Process
		nodes, level := 1, map[int]int{0: 1} // prefixes per state
		for i := 1; i <= p.Length(); i++ {
			following := map[int]int{}
			for x, n := range level {
				for e, hi := p.Layer(i).Row(x); e < hi; e++ {
					following[p.Layer(i).Next(e)] += n
					nodes += n
				}
			}
			level = following
		}
		of, state, err := in.Unroll(limit)
		if (err != nil) != (nodes > limit) {
			t.Fatalf("%d prefixes: error %v", nodes, err)
		}
		if err != nil {
			return
		}
		unrolled++
		tree := of.Process
		want, at := sequences(p)
		got, node := sequences(tree)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("sequences (-process +tree):\n%s", diff)
		}
		if !slices.Equal(tree.Tokens(), p.Tokens()) {
			t.Fatalf("names %q, %q", p.Tokens(), tree.Tokens())
		}
		if len(node) != nodes {
			t.Fatalf("%d prefixes, want %d", len(node), nodes)
		}
		if len(at) > p.Length()+1 {
			branching++
		}
		reach, treeReach := p.Reachable(), tree.Reachable()
		covered := make([][]bool, len(reach))
		for i := range covered {
			covered[i] = make([]bool, len(reach[i]))
		}
		weights, repeated := weightLists(in), weightLists(of)
		if len(weights) != len(repeated) {
			t.Fatalf("%d lists of weights, want %d", len(repeated), len(weights))
		}
		for prefix, y := range node {
			i := len(prefix)
			for k := range weights {
				if i < len(weights[k]) {
					if diff := cmp.Diff(rowOf(p.Layer(i+1), at[prefix], &weights[k][i]), rowOf(tree.Layer(i+1), y, &repeated[k][i])); diff != "" {
						t.Fatalf("weights %d after %s (-process +tree):\n%s", k, prefix, diff)
					}
				}
			}
			if state[i][y] != at[prefix] {
				t.Fatalf("prefix %s ends in state %d, want %d", prefix, state[i][y], at[prefix])
			}
			if tree.States(i) != len(state[i]) {
				t.Fatalf("layer %d of the tree has %d states for %d prefixes", i, tree.States(i), len(state[i]))
			}
			covered[i][at[prefix]] = covered[i][at[prefix]] || treeReach[i][y]
		}
		if diff := cmp.Diff(reach, covered); diff != "" {
			t.Fatalf("states of positive probability (-process +tree):\n%s", diff)
		}
	})
	if unrolled < 50 || branching < 25 {
		t.Errorf("compared %d trees, %d of them branching: too few to say anything", unrolled, branching)
	}
}

// weightLists returns the weights per edge that an instance has beside those of its process:
// of Q, the reference and the behaviour policy.
func weightLists(in *model.Instance) [][]model.Naturals {
	lists := [][]model.Naturals{in.Adversary.Rows}
	if in.Training != nil {
		lists = append(lists, in.Training.Reference, in.Training.Behaviour)
	}
	return lists
}

// rowOf returns the weights of the edges of state x.
func rowOf(l *model.Layer, x int, weights *model.Naturals) []string {
	var list []string
	for e, hi := l.Row(x); e < hi; e++ {
		list = append(list, weights.At(e).String())
	}
	return list
}

func TestUnrollDenseIsTree(t *testing.T) {
	t.Parallel()
	p := read(t, file(t, "instance.json")).Process
	tree, _, err := model.Unroll(p, 100)
	if err != nil {
		t.Fatal(err)
	}
	if !tree.Tree() || p.Tree() {
		t.Errorf("tree %v, of a process that is one %v", tree.Tree(), p.Tree())
	}
	if _, _, err := model.Unroll(p, 6); err == nil || !strings.Contains(err.Error(), "more than 6 states at position 2") {
		t.Errorf("7 prefixes within a limit of 6: %v", err)
	}
}

// TestEqual changes one part at a time.
func TestEqual(t *testing.T) {
	t.Parallel()
	base := file(t, "layered.json")
	for _, c := range []struct{ part, old, new string }{
		{"a weight", `[0, 0, 1]`, `[0, 0, 2]`},
		{"a weight beyond a word", `9999999999999999999999999999999999999999`, `9999999999999999999999999999999999999998`},
		{"a next state", `[0, 1, 0]`, `[1, 1, 0]`},
		{"a listed token of weight 0", `{"1": 1}`, `{"0": 0, "1": 1}`},
		{"another token of a row", `{"0": 1, "2": 0}`, `{"0": 1, "1": 0, "2": 0}`},
		{"a name", `"yes"`, `"Yes"`},
		{"names at all", `["yes", "no", "\"maybe\"\n"]`, `3`},
		{"the harm denominator", `"denominator": 3`, `"denominator": 4`},
		{"a harm value", `[0, 1, 2, 3, 0, 0]`, `[0, 1, 2, 3, 0, 1]`},
		{"recovery", `[0, 2]`, `[0]`},
		{"Q's weights", `{"0": 0, "2": 7}`, `{"0": 1, "2": 7}`},
		{"Q's kind", base[strings.Index(base, `{
    "layers": [
      {`):strings.Index(base, `,
  "lambda"`)], `"policy"`},
		{"λ", `"lambda": "1/3"`, `"lambda": "1/2"`},
		{"β", `"beta": "0"`, `"beta": "1"`},
		{"γ", `"gamma": "1"`, `"gamma": "1/2"`},
	} {
		if strings.Count(base, c.old) == 0 {
			t.Fatalf("%s: no %q", c.part, c.old)
		}
		a, b := read(t, base), read(t, strings.Replace(base, c.old, c.new, 1))
		if a.Equal(b) || b.Equal(a) {
			t.Errorf("equal although %s differs", c.part)
		}
	}
	in := read(t, base)
	if !in.Equal(in) || in.Equal(nil) || (*model.Instance)(nil).Equal(in) || !(*model.Instance)(nil).Equal(nil) ||
		in.Process.Equal(nil) || (*model.Process)(nil).Equal(in.Process) {
		t.Error("Equal of nil")
	}
}
