package vectors_test

import (
	"encoding/json"
	"io/fs"
	"math"
	"math/big"
	"testing"

	"sounding/vectors"
)

// group is what a package of one's own might have.
type group struct {
	Method  string
	Rewards []string
}

// advantages are those of rewards without their mean, of GRPO without a deviation.
func advantages(g group) []float64 {
	var rewards []float64
	mean := 0.0
	for _, s := range g.Rewards {
		r, _ := new(big.Rat).SetString(s)
		v, _ := r.Float64()
		rewards = append(rewards, v)
		mean += v / float64(len(g.Rewards))
	}
	for j := range rewards {
		rewards[j] -= mean
	}
	return rewards
}

// TestVectors is the test that docs/vectors.md shows.
func TestVectors(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(vectors.Files, "group_advantage.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID     string
			Groups []group
			Exact  [][]string
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, v := range file.Vectors {
		for i, g := range v.Groups {
			if g.Method != "dr_grpo" {
				continue
			}
			for j, got := range advantages(g) {
				compared++
				want, _ := new(big.Rat).SetString(v.Exact[i][j])
				if w, _ := want.Float64(); math.Abs(got-w) > 1e-9*(1+math.Abs(w)) {
					t.Errorf("%s, group %d, answer %d: %v, want %v", v.ID, i+1, j+1, got, w)
				}
			}
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}
