package proofs

import (
	"errors"
	"fmt"
	"testing"

	"sounding/verify"
)

const (
	// drawn bounds the random cases of one trial.
	drawn = 2000
	// seriesShare is the part of the seeds that a falsehood on power series is tried
	// with: its cases cost many times as much.
	seriesShare = 4
)

// gate bounds the number of random cases until the first that refutes a falsehood: few
// enough that a test run notices a solver which makes the falsehood true.
type gate struct {
	mean float64
	max  int // 0: no bound
}

var gates = map[verify.Kind]gate{
	verify.KindIdentity:   {mean: 2, max: 10},
	verify.KindAsymptotic: {mean: 20},
	verify.KindOther:      {mean: 20},
}

// trials sums up the number of cases until the first that refutes, over many seeds.
type trials struct {
	seeds, total, max int
	missed            int     // seeds without a refuting case
	met               float64 // the share of the cases that count
}

func (t trials) mean() float64 { return float64(t.total) / float64(t.seeds) }

func (t trials) String() string { return fmt.Sprintf("%.2f %d", t.mean(), t.max) }

// check returns an error if trials do not pass the gate.
func (g gate) check(t trials) error {
	switch {
	case t.missed > 0:
		return fmt.Errorf("%d of %d seeds find no refuting case among %d", t.missed, t.seeds, drawn)
	case t.mean() > g.mean:
		return fmt.Errorf("%.2f cases on average, want at most %g", t.mean(), g.mean)
	case g.max > 0 && t.max > g.max:
		return fmt.Errorf("%d cases at worst, want at most %d", t.max, g.max)
	}
	return nil
}

// try counts, seed by seed, the cases until the first that refutes.
func try(seeds int, refutes func(seed uint64, i int) (counts, refutes bool)) trials {
	r := trials{seeds: seeds}
	counted, looked := 0, 0
	for seed := range uint64(seeds) {
		n := 0
		for i := 0; ; i++ {
			if n == drawn || i == 10*drawn {
				r.missed++
				break
			}
			counts, found := refutes(seed, i)
			looked++
			if !counts {
				continue
			}
			n++
			if found {
				break
			}
		}
		counted += n
		r.max = max(r.max, n)
	}
	r.total, r.met = counted, float64(counted)/float64(looked)
	return r
}

// TestPower measures how soon random cases, and random points of a prime field, refute
// each falsehood. The measurements are attributes of the subtests, from which
// tools/falsehoods makes docs/falsehoods.md.
func TestPower(t *testing.T) {
	t.Parallel()
	seeds := 50 * effort
	if testing.Short() {
		seeds = 3
	}
	for s, f := range falsehoods() {
		t.Run(name(s, f), func(t *testing.T) {
			t.Parallel()
			seeds := seeds
			if f.Check.Series {
				seeds = max(1, seeds/seriesShare)
			}
			limit := gates[f.Kind()]
			if testing.Short() {
				limit = gate{mean: drawn}
			}
			onCases := try(seeds, func(seed uint64, i int) (counts, refutes bool) {
				c := f.Cases.Draw(seed, i)
				if f.When != nil && !f.When.Holds(c) {
					return false, false
				}
				return true, violation(s, f, c) != nil
			})
			t.Attr("falsehood", s.ID+"\t"+f.NearMiss)
			t.Attr("kind", string(f.Kind()))
			t.Attr("cases", onCases.String())
			if f.When != nil {
				t.Attr("when", fmt.Sprintf("%.2f %s", onCases.met, f.When.Words))
			}
			if err := limit.check(onCases); err != nil {
				t.Errorf("%v: give the near-miss cases of its own, or say in When what a case must have", err)
			}
			if f.Check.Modular == nil {
				return
			}
			atPoints := try(seeds, func(seed uint64, i int) (counts, refutes bool) {
				var v *verify.Violation
				return true, errors.As(f.Check.TryModular(name(s, f), seed, i), &v)
			})
			t.Attr("points", atPoints.String())
			if err := limit.check(atPoints); err != nil {
				t.Errorf("at points of a prime field: %v", err)
			}
		})
	}
}
