package generators

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sounding/internal/testenv"
)

// TestClasses draws a fixed seed's cases and fails when a class is starved, or
// when too many draws are of no use to some statement.
func TestClasses(t *testing.T) {
	t.Parallel()
	draws := testenv.Scale(3000)
	count := make([]int, classCount)
	degenerate := 0
	for i := range draws {
		useless := false
		for _, c := range Classify(Example(Limits{}, 1, i)) {
			count[c]++
			useless = useless || c.Degenerate()
		}
		if useless {
			degenerate++
		}
	}
	var table strings.Builder
	for _, c := range Classes() {
		fmt.Fprintf(&table, "%-36s %6.1f%%  least %4.1f%%\n", c, 100*float64(count[c])/float64(draws), float64(c.Least())/10)
		if count[c]*1000 < c.Least()*draws {
			t.Errorf("class %q: %d of %d draws, fewer than %d in a thousand", c, count[c], draws, c.Least())
		}
	}
	t.Logf("%d draws\n%s%-36s %6.1f%%  most  25.0%%", draws, table.String(), "degenerate", 100*float64(degenerate)/float64(draws))
	if 4*degenerate >= draws {
		t.Errorf("%d of %d draws are degenerate, a quarter or more", degenerate, draws)
	}
}

// TestClassifyByDefinition recomputes the classes around the horizon over pairs of
// complete sequences.
func TestClassifyByDefinition(t *testing.T) {
	t.Parallel()
	draws := testenv.Scale(500)
	for i := range draws {
		c := Example(Limits{}, 2, i)
		list := sequences(c.Process)
		k := 0
		for !decidedBy(c.Process, list, k) {
			k++
		}
		want := map[Class]bool{
			HorizonZero:     k == 0,
			HorizonInterior: 0 < k && k < c.Length(),
			HorizonFull:     0 < k && k == c.Length(),
		}
		for _, a := range list {
			for _, b := range list {
				if slices.Equal(a.tokens[:k], b.tokens[:k]) && c.Harm().Cmp(a.state, b.state) != 0 {
					_, reached := meanHarm(c.Process, list, a.tokens[:k], 1)
					want[OpenOffSupport] = want[OpenOffSupport] || reached
				}
			}
		}
		for s := 1; s < k; s++ {
			if independent(c.Process, list, s, 1) {
				want[Silent] = true
				want[UnequalRisk] = want[UnequalRisk] || !independent(c.Process, list, s, 2)
			}
		}
		got := Classify(c)
		if HasSilence(c) != want[Silent] {
			t.Errorf("%#v\nhas a silent position: %v, by definition %v", c, !want[Silent], want[Silent])
		}
		for _, class := range []Class{HorizonZero, HorizonInterior, HorizonFull, OpenOffSupport, Silent, UnequalRisk} {
			if slices.Contains(got, class) != want[class] {
				t.Errorf("%#v\nof class %q: %v, by definition %v", c, class, !want[class], want[class])
			}
		}
	}
}
