package theorems

import (
	"slices"
	"testing"

	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// TestDirections: the directions are the unit vectors and the sums of two, spread
// over all of them where these are many. A family of 5,000 parameters has too many
// to be made one after the other: was 6 GB for a tree of 583 leaves.
func TestDirections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		parameters int
		want       [][]int // the coordinates that are 1
	}{
		{1, [][]int{{0}}},
		{2, [][]int{{0}, {0, 1}, {1}}},
		{3, [][]int{{0}, {0, 1}, {0, 2}, {1}, {1, 2}, {2}}},
		{4, [][]int{{0}, {0, 1}, {0, 2}, {0, 3}, {1}, {1, 2}}},
		{5, [][]int{{0}, {0, 2}, {0, 4}, {1, 2}, {1, 4}, {2, 3}}},
		{5000, [][]int{{0}, {435, 3580}, {917, 3403}, {1464, 3630}, {2113, 3441}, {2959, 3070}}},
	} {
		in := model.NewInstance(verify.Shape{Vocabulary: test.parameters, Length: 1}.Tree())
		w := verify.NewCaseWorld(field.NewRational(), &model.Case{Instance: in})
		var got [][]int
		for _, v := range directions(w) {
			var ones []int
			for i := range v {
				if !w.IsZero(v[i]) {
					ones = append(ones, i)
				}
			}
			got = append(got, ones)
		}
		if !slices.EqualFunc(got, test.want, slices.Equal) {
			t.Errorf("%d parameters: %v, want %v", test.parameters, got, test.want)
		}
	}
}
