package exact_test

import (
	"math/big"
	"os"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/numeric"
)

// TestTreeLayerBehindOthers: a layer of the implied form behind layers of other forms has
// values of its own, not those that the sums of the layer before left in a common slice.
func TestTreeLayerBehindOthers(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../model/testdata/layered.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := model.ReadInstance(f)
	if err != nil {
		t.Fatal(err)
	}
	if p := in.Process; p.Layer(p.Length()-1).Tree() || !p.Layer(p.Length()).Tree() {
		t.Fatal("the last layer is to be a tree's, and the one before it not")
	}
	q := field.NewRational()
	pt, err := exact.NumbersOf(q, in.Process)
	if err != nil {
		t.Fatal(err)
	}
	o, err := definition.New(q, pt)
	if err != nil {
		t.Fatal(err)
	}
	want := o.Variance()[0][0]
	got := exact.SolveMartingale[field.Rat](q, pt).Variance
	if q.Cmp(got, want) != 0 {
		t.Errorf("Var(Harm) = %v, by definition %v", got, want)
	}
	for x, v := range pt.Harm {
		if v.Rat().Cmp(in.HarmAt(x)) != 0 {
			t.Errorf("the harm of state %d was changed from %v to %v", x, in.HarmAt(x).RatString(), v)
		}
	}
}

// TestLayersThatTakeTurns: layers that take turns, A B A B, have each the numbers of its own,
// not those of the position before. The layers differ in size, and Q and the precision of
// every quantity come into it.
func TestLayersThatTakeTurns(t *testing.T) {
	t.Parallel()
	first := must(model.DenseLayer(2, model.NaturalsOf(1, 2), []int32{0, 1}))
	a := must(model.DenseLayer(2, model.NaturalsOf(1, 3, 2, 5), []int32{0, 1, 1, 2}))
	b := must(model.DenseLayer(2, model.NaturalsOf(1, 1, 7, 2, 1, 4), []int32{0, 1, 1, 0, 1, 1}))
	instance := func(layers ...*model.Layer) *model.Instance {
		in := model.NewInstance(must(model.NewProcess(2, layers, model.NaturalsOf(0, 1), big.NewInt(1))))
		in.Recovery = []int{0}
		in.Beta, in.Gamma = big.NewRat(2, 1), big.NewRat(1, 2)
		return in
	}
	again := func(l *model.Layer) *model.Layer { return must(l.WithWeights(*l.Weights())) }
	for _, kind := range []model.AdversaryKind{model.AdversaryPolicy, model.AdversaryUniform} {
		turns, apart := instance(first, a, b, a, b), instance(first, a, b, again(a), again(b))
		turns.Adversary.Kind, apart.Adversary.Kind = kind, kind
		for _, precision := range []uint{0, 256} {
			got, want := must(json.Marshal(must(exact.Analyze(turns, precision)))), must(json.Marshal(must(exact.Analyze(apart, precision))))
			if string(got) != string(want) {
				t.Errorf("Q of kind %d, precision %d: with layers in turns\n%s\nwith copies of them\n%s", kind, precision, got, want)
			}
		}
		one, other := numeric.New(turns).Solve(), numeric.New(apart).Solve()
		if diff := cmp.Diff(other, one); diff != "" {
			t.Errorf("Q of kind %d, numeric: copies of the layers (-) and layers in turns (+):\n%s", kind, testenv.Brief(diff))
		}
	}
}
