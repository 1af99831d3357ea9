package model_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sounding/model"
)

// TestParameterisationCoordinates checks, in each family, that the coordinates of
// a state lie in the block of its position, that the blocks make up θ, and that
// features are read from where they are stored.
func TestParameterisationCoordinates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawInstance(t).Process
		n := rapid.IntRange(1, 3).Draw(t, "n")
		kind := rapid.SampledFrom([]model.Kind{"", model.Tabular, model.Decoupled, model.Shared}).Draw(t, "kind")
		q := &model.Parameterisation{Kind: kind}
		if !q.Tabular() {
			q.Parameters = n
			for i := 1; i <= p.Length(); i++ {
				f := make([]int64, p.Layer(i).Edges()*n)
				for j := range f {
					f[j] = int64(100*i + j)
				}
				q.Features = append(q.Features, f)
			}
		}
		if err := q.Validate(p); err != nil {
			t.Fatalf("%v", err)
		}
		users := make([]int, q.Total(p)) // states that read each parameter
		end := 0
		for i := 1; i <= p.Length(); i++ {
			offset, block := q.Offset(p, i), q.Block(p, i)
			if kind == model.Shared && offset != 0 || kind != model.Shared && offset != end {
				t.Fatalf("position %d reads θ from %d on, the one before up to %d", i, offset, end)
			}
			end = offset + block
			for x := range p.Layer(i).States() {
				lo, hi := p.Layer(i).Row(x)
				if want := map[bool]int{true: hi - lo, false: n}[q.Tabular()]; q.Width(p, i, x) != want {
					t.Fatalf("state %d of position %d reads %d parameters, want %d", x, i, q.Width(p, i, x), want)
				}
				for c := range q.Width(p, i, x) {
					j := q.Index(p, i, x, c)
					if j < offset || j >= end {
						t.Fatalf("coordinate %d of state %d of position %d is %d, outside %d to %d", c, x, i, j, offset, end-1)
					}
					users[j]++
					for e := lo; e < hi; e++ {
						want := int64(100*i + e*n + c)
						if q.Tabular() {
							want = map[bool]int64{true: 1}[e-lo == c]
						}
						if got := q.Feature(p, i, x, e, c); got != want {
							t.Fatalf("∂logit(edge %d)/∂θ_%d at state %d of position %d is %d, want %d", e, c, x, i, got, want)
						}
					}
				}
			}
		}
		if end != q.Total(p) {
			t.Fatalf("the blocks end at %d, θ at %d", end, q.Total(p))
		}
		for j, states := range users {
			if states == 0 || q.Tabular() && states != 1 {
				t.Fatalf("parameter %d is read by %d states", j, states)
			}
		}
	})
}

func TestParameterisationRefuses(t *testing.T) {
	t.Parallel()
	p := read(t, file(t, "instance.json")).Process
	for _, c := range []struct {
		reason, says string
		q            model.Parameterisation
	}{
		{"unknown kind", `kind "tied", want`, model.Parameterisation{Kind: "tied", Parameters: 1}},
		{"no parameters", "0 parameters, want 1 or more", model.Parameterisation{Kind: model.Shared}},
		{"a layer missing", "features of 1 layers, the process has 2", model.Parameterisation{Kind: model.Shared, Parameters: 1, Features: [][]int64{{1, 0}}}},
		{"a feature missing", "layer 1 has 3 features, want 4", model.Parameterisation{Kind: model.Decoupled, Parameters: 1, Features: [][]int64{{1, 0}, {1, 0, 1}}}},
	} {
		if err := c.q.Validate(p); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.reason, err, c.says)
		}
	}
}
