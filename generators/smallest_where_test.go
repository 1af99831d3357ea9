package generators

import (
	"slices"
	"testing"

	"sounding/internal/testenv"
	"sounding/model"
)

// TestSmallestLeavesOut: cases that are left out before they are made are those that a look at
// the finished case would leave out, and no others; the order stays.
func TestSmallestLeavesOut(t *testing.T) {
	if testing.Short() {
		t.Skip("the first case that moves everywhere comes after many thousands")
	}
	t.Parallel()
	moving := func(c *model.Case) int {
		n := 0
		for _, f := range c.Parameterisation.Features {
			if slices.ContainsFunc(f, func(v int64) bool { return v != 0 }) {
				n++
			}
		}
		return n
	}
	shared := Needs{Harm: true, Kind: model.Shared}
	deep := Needs{Recovery: true, Penalty: true}
	attacked := Needs{Recovery: true, Adversary: true}
	for _, test := range []struct {
		name  string
		all   Needs
		asked func(*Needs)
		keeps func(*model.Case) bool
	}{
		{"two positions", shared, func(n *Needs) { n.Length = 2 }, func(c *model.Case) bool { return c.Length() > 1 }},
		{"harm varies", shared, func(n *Needs) { n.Varied = true }, func(c *model.Case) bool {
			list, _ := c.Harm().Int64s()
			return slices.Min(list) < slices.Max(list)
		}},
		{"attacked", attacked, func(n *Needs) { n.Attacked = true }, func(c *model.Case) bool { return c.Adversary.Kind != model.AdversaryPolicy }},
		{"moves somewhere", shared, func(n *Needs) { n.Moves = Somewhere }, func(c *model.Case) bool { return moving(c) > 0 }},
		{"moves everywhere", shared, func(n *Needs) { n.Moves = Everywhere }, func(c *model.Case) bool { return c.Length() > 1 && moving(c) == c.Length() }},
		{"proper recovery set", deep, func(n *Needs) { n.ProperSubset = true }, func(c *model.Case) bool { return len(c.Recovery) > 0 && len(c.Recovery) < c.Vocabulary() }},
		{"penalised", deep, func(n *Needs) { n.Penalised = true }, func(c *model.Case) bool { return c.Beta.Sign() > 0 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var want []string
			looked, last := 20_000*testenv.Effort(), 0
			for size, c := range Smallest(test.all) {
				if looked--; looked < 0 && size > last {
					break
				}
				if last = size; test.keeps(c) {
					want = append(want, c.GoString())
				}
			}
			if len(want) == 0 {
				t.Fatal("no case is kept")
			}
			needs := test.all
			test.asked(&needs)
			i := 0
			for size, c := range Smallest(needs) {
				if size > last {
					break
				}
				if i == len(want) || c.GoString() != want[i] {
					t.Fatalf("case %d is %#v, want %q", i, c, want[min(i, len(want)-1)])
				}
				i++
			}
			if i != len(want) {
				t.Errorf("%d cases, want %d", i, len(want))
			}
		})
	}
}
