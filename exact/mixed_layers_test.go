package exact_test

import (
	"os"
	"testing"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
)

// A prefix-tree layer that follows layers of another shape once had the values of
// its successors overwritten with those of the layer before: the scratch slice
// was a part of the table.
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
	pt, err := exact.NewPoint[field.Rat](q, in.Process)
	if err != nil {
		t.Fatal(err)
	}
	o, err := definition.New[field.Rat](q, definition.Model[field.Rat]{Process: in.Process, Prob: pt.Prob, Harm: pt.Harm})
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
