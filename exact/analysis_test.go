package exact_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"sounding/exact"
	"sounding/model"
)

// example is the worked example of the file format: V = T = 2, every component
// in use.
func example(t *testing.T) *model.Instance {
	t.Helper()
	first, err := model.TreeLayer(2, model.NaturalsOf(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	second, err := model.TreeLayer(2, model.NaturalsOf(1, 1, 2, 5))
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.NewProcess(2, []*model.Layer{first, second}, model.NaturalsOf(0, 100, 50, 50), big.NewInt(100))
	if err != nil {
		t.Fatal(err)
	}
	in := model.NewInstance(p)
	in.Recovery = []int{0}
	in.Adversary.Kind = model.AdversaryUniform
	in.Beta, in.Gamma = big.NewRat(2, 1), big.NewRat(1, 2)
	return in
}

func TestAnalyzeExample(t *testing.T) {
	t.Parallel()
	a, err := exact.Analyze(example(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", out)
}
