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
		goString: "V=2 T=3 weights [1→0 1→1] [0:1→1 1:2→0; 1:1→1] same harm [0 1]/1 R={} λ=1 β=0 γ=1 Q policy tabular",
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
