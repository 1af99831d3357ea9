package model_test

import (
	"math/big"
	"strings"
	"testing"

	"sounding/model"
)

// mustLayer and mustProcess keep the examples readable.
func mustLayer(t *testing.T) func(*model.Layer, error) *model.Layer {
	return func(l *model.Layer, err error) *model.Layer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
}

func treeCase(t *testing.T) *model.Case {
	t.Helper()
	layer := mustLayer(t)
	p, err := model.NewProcess(2, []*model.Layer{
		layer(model.TreeLayer(2, model.NaturalsOf(1, 3))),
		layer(model.TreeLayer(2, model.NaturalsOf(1, 1, 2, 0))),
	}, model.NaturalsOf(0, 4, 2, 1), big.NewInt(4))
	if err != nil {
		t.Fatal(err)
	}
	in := model.NewInstance(p)
	in.Recovery = []int{0}
	in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{model.NaturalsOf(1, 4)}}
	return &model.Case{Instance: in, Parameterisation: model.Parameterisation{
		Kind: model.Shared, Parameters: 2, Features: [][]int64{{1, 0, 0, -1}, {1, 0, 0, 0, 2, 0, 0, 0}},
	}}
}

func coinInstance(t *testing.T) *model.Instance {
	t.Helper()
	l := mustLayer(t)(model.TreeLayer(2, model.NaturalsOf(1, 1)))
	p, err := model.NewProcess(2, []*model.Layer{l}, model.NaturalsOf(0, 1), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	return model.NewInstance(p)
}

func layeredCase(t *testing.T) *model.Case {
	t.Helper()
	layer := mustLayer(t)
	first := layer(model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 1}))
	rest := layer(model.SparseLayer(2, []int32{0, 2, 3}, []int32{0, 1, 1}, model.NaturalsOf(1, 2, 1), []int32{1, 0, 1}))
	p, err := model.NewProcess(2, []*model.Layer{first, rest, rest}, model.NaturalsOf(0, 1), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = p.Named([]string{"no", "yes"}); err != nil {
		t.Fatal(err)
	}
	return &model.Case{Instance: model.NewInstance(p)}
}

func TestCaseString(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, reason   string
		c              *model.Case
		goString, tree string
	}{{
		name: "tree", reason: "every component that a tree can have is printed", c: treeCase(t),
		goString: "V=2 T=2 weights [1 3] [1 1; 2 0] harm [0 4 2 1]/4 R={0} λ=1 β=0 γ=1 Q rows [1 4]" +
			" shared n=2 features [[1,0] [0,-1]] [[1,0] [0,0]; [2,0] [0,0]]",
		tree: `V=2 T=2 R={0} λ=1 β=0 γ=1 Q rows, shared parameters
  0  p=1/4 q=1/5 f=[1,0]
    0  p=1/2 f=[1,0] harm=0
    1  p=1/2 f=[0,0] harm=1
  1  p=3/4 q=4/5 f=[0,-1]
    0  p=1 f=[2,0] harm=1/2
    1  p=0 f=[0,0] harm=1/4`,
	}, {
		name: "layered", reason: "states, omitted tokens, repeated layers and token names show", c: layeredCase(t),
		goString: "V=2 T=3 weights [1→0 1→1] [0:1→1 1:2→0; 1:1→1] same harm [0 1]/1",
		tree: `V=2 T=3 R={} λ=1 β=0 γ=1 Q policy, tabular parameters
  no  p=1/2 state=0
    no  p=1/3 state=1
      yes  p=1 state=1 harm=1
    yes  p=2/3 state=0
      no  p=1/3 state=1 harm=1
      yes  p=2/3 state=0 harm=0
  yes  p=1/2 state=1
    yes  p=1 state=1
      yes  p=1 state=1 harm=1`,
	}, {
		name: "besides", reason: "everything that a statement may be about shows", c: &model.Case{
			Instance: coinInstance(t),
			Parameterisation: model.Parameterisation{Kind: model.Polynomial, Logits: [][][]*big.Rat{{
				{big.NewRat(0, 1)}, {big.NewRat(-1, 2), big.NewRat(1, 1), big.NewRat(0, 1), big.NewRat(-3, 1)},
			}}},
			Policy:     []model.Naturals{model.NaturalsOf(1, 2)},
			Candidates: [][]model.Naturals{{model.NaturalsOf(1, 4)}, {model.NaturalsOf(3, 1)}},
			Harm2:      &model.Harm{Values: model.NaturalsOf(1, 2), Denominator: big.NewInt(4)},
			Scalars:    map[string]*big.Rat{"ε": big.NewRat(1, 10), "\x1b[2J": big.NewRat(2, 1)},
			Covariance: [][]*big.Rat{{big.NewRat(2, 1), big.NewRat(1, 2)}, {big.NewRat(1, 2), big.NewRat(1, 1)}},
		},
		goString: "V=2 T=1 weights [1 1] harm [0 1]/1 polynomial logits [0 -1/2+θ-3θ^3]" +
			` policy [1 2] candidate1 [1 4] candidate2 [3 1] harm2 [1 2]/4 "\x1b[2J"=2 ε=1/10 covariance [2 1/2; 1/2 1]`,
		tree: `V=2 T=1 R={} λ=1 β=0 γ=1 Q policy, polynomial parameters
"\x1b[2J"=2
ε=1/10
covariance [2 1/2; 1/2 1]
  0  p=1/2 policy=1/3 candidate1=1/5 candidate2=3/4 logit=0 harm=0 harm2=1/4
  1  p=1/2 policy=2/3 candidate1=4/5 candidate2=1/4 logit=-1/2+θ-3θ^3 harm=1 harm2=1/2`,
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.c.GoString(); got != test.goString {
				t.Errorf("%s: GoString\n got %s\nwant %s", test.reason, got, test.goString)
			}
			if got := test.c.String(); got != test.tree {
				t.Errorf("%s: String\n got\n%s\nwant\n%s", test.reason, got, test.tree)
			}
		})
	}
}

// TestCaseStringBounded prints a chain of 10,000 positions over 1,000 tokens.
func TestCaseStringBounded(t *testing.T) {
	t.Parallel()
	const v, length = 1000, 10_000
	weights := make([]int64, v)
	for i := range weights {
		weights[i] = 1
	}
	l := mustLayer(t)(model.DenseLayer(v, model.NaturalsOf(weights...), make([]int32, v)))
	layers := make([]*model.Layer, length)
	for i := range layers {
		layers[i] = l
	}
	p, err := model.NewProcess(v, layers, model.NaturalsOf(0), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	c := &model.Case{Instance: model.NewInstance(p)}
	if s := c.GoString(); len(s) > 4000 || !strings.Contains(s, "…") {
		t.Errorf("GoString prints %d bytes", len(s))
	}
	if s := c.String(); len(s) > 200_000 || !strings.HasSuffix(s, "…") {
		t.Errorf("String prints %d bytes", len(s))
	}
}

// TestBrief: a tree of two tokens at three positions is shown as one, a larger one on a line.
func TestBrief(t *testing.T) {
	t.Parallel()
	for length, tree := range map[int]bool{1: true, 3: true, 4: false} {
		var layers []*model.Layer
		ones := []int64{1, 1}
		for range length {
			layers = append(layers, mustLayer(t)(model.TreeLayer(2, model.NaturalsOf(ones...))))
			ones = append(ones, ones...)
		}
		p, err := model.NewProcess(2, layers, model.NaturalsOf(ones[:1<<length]...), big.NewInt(1))
		if err != nil {
			t.Fatal(err)
		}
		c := &model.Case{Instance: model.NewInstance(p)}
		want := c.GoString()
		if tree {
			want = c.String()
		}
		if got := c.Brief(); got != want {
			t.Errorf("T = %d: %s, want %s", length, got, want)
		}
	}
}
