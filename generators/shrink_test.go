package generators

import (
	"flag"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sounding/internal/testenv"
	"sounding/model"
)

// shrunk returns the case that rapid reports against a claim and the number of
// evaluations it took, or nil where the claim survives. Different offsets into
// the stream of random words take the place of different seeds.
func shrunk(offset int, g *rapid.Generator[*model.Case], claim func(*model.Case) bool) (last *model.Case, evaluations int) {
	testenv.Quietly(func(t *rapid.T) {
		for range offset {
			rapid.Bool().Draw(t, "offset")
		}
		c := g.Draw(t, "case")
		evaluations++
		if !claim(c) {
			last = c
			t.Fatalf("refuted")
		}
	})
	return last, evaluations
}

// TestShrinking refutes false claims and pins what the counterexamples shrink to. That takes
// as many draws as are usual: a counterexample may be rare.
func TestShrinking(t *testing.T) {
	t.Parallel()
	if n := flag.Lookup("rapid.checks").Value.(flag.Getter).Get().(int); n < ordinaryChecks {
		t.Skipf("-rapid.checks=%d: rare counterexamples take %d", n, ordinaryChecks)
	}
	const base = " R={0} λ=1 β=1 γ=1 Q policy"
	for _, test := range []struct {
		name, reason string
		g            *rapid.Generator[*model.Case]
		claim        func(*model.Case) bool
		v, t         int    // shape to shrink to
		want         string // and the case itself; empty where several are minimal
	}{{
		name: "constant harm", reason: "one unit of harm refutes it",
		v: 2, t: 1,
		g:     Cases(Limits{}),
		claim: func(c *model.Case) bool { return slices.Contains(Classify(c), HorizonZero) },
		want:  "V=2 T=1 weights [1 1] harm [0 1]/1" + base,
	}, {
		name: "T < 3", reason: "dimensions alone decide",
		v: 2, t: 3,
		g:     Cases(Limits{}),
		claim: func(c *model.Case) bool { return c.Length() < 3 },
		want:  "V=2 T=3 weights [1 1] [1 1; 1 1] [1 1; 1 1; 1 1; 1 1] harm [0 0 0 0 0 0 0 1]/1" + base,
	}, {
		name: "Var = I_1", reason: "a second informative position refutes it",
		v: 2, t: 2,
		g: Cases(Limits{}),
		claim: func(c *model.Case) bool {
			mean := conditionalMeans(c.Process, harms(c.Process))
			h0 := mean[0][0]
			squares := func(values []*big.Rat) []*big.Rat { // of what they are away from h_0
				list := make([]*big.Rat, len(values))
				for x, h := range values {
					d := new(big.Rat).Sub(h, h0)
					list[x] = d.Mul(d, d)
				}
				return list
			}
			variance := conditionalMeans(c.Process, squares(harms(c.Process)))[0][0]
			return variance.Cmp(average(c.Layer(1), 0, squares(mean[1]))) == 0
		},
		want: "V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 0 0 1]/1" + base,
	}, {
		name: "horizon 1 means T = 1", reason: "a planted horizon stays while the rest shrinks",
		v: 2, t: 2,
		g:     WithHorizon(Limits{}, 1),
		claim: func(c *model.Case) bool { return c.Length() == 1 },
		want:  "V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 0 1 1]/1" + base,
	}, {
		name: "Q covers P", reason: "an edit of Q survives shrinking",
		v: 2, t: 2,
		g:     Cases(Limits{}),
		claim: func(c *model.Case) bool { return !slices.Contains(Classify(c), QSmaller) },
		want:  "V=2 T=2 weights [1 1] [1 1; 1 1] harm [0 0 0 1]/1 R={0} λ=1 β=1 γ=1 Q rows [0 1]",
	}, {
		name: "I_t > 0 before the horizon", reason: "harm opens at the last position only",
		v: 2, t: 2,
		g:     Cases(Limits{}),
		claim: func(c *model.Case) bool { return !HasSilence(c) },
	}, {
		name: "V is not 3", reason: "the vocabulary stops at the least that serves",
		v: 3, t: 1,
		g:     Cases(Limits{}),
		claim: func(c *model.Case) bool { return c.Vocabulary() != 3 },
		want:  "V=3 T=1 weights [1 1 1] harm [0 0 1]/1" + base,
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			starts := 5 * testenv.Effort()
			if testing.Short() {
				starts = 2
			}
			total, refuted := 0, 0
			for offset := range starts {
				c, n := shrunk(offset, test.g, test.claim)
				total += n
				if c == nil { // the counterexample is rare: one start may miss it, not all
					continue
				}
				refuted++
				got := c.GoString()
				if c.Vocabulary() != test.v || c.Length() != test.t || test.want != "" && got != test.want {
					t.Errorf("%s; start %d shrinks to\n%s, want V=%d T=%d\n%s", test.reason, offset, got, test.v, test.t, test.want)
				}
			}
			if refuted == 0 {
				t.Fatalf("not refuted in %d evaluations", total)
			}
			t.Logf("%d of %d starts refute it, %d evaluations per start", refuted, starts, total/starts)
		})
	}
}
