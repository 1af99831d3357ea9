package proofs

import (
	"errors"
	"fmt"
	"testing"

	"sounding/internal/testenv"
	"sounding/verify"
)

const (
	// drawn bounds the random cases of one trial, shortly under -short.
	drawn   = 2000
	shortly = 400
)

// shares are the parts of the seeds that a falsehood is tried with: enclosures cost more
// than identities, and power series many times as much.
var shares = map[verify.Form]int{verify.FormIdentity: 1, verify.FormOther: 5, verify.FormAsymptotic: 10}

// gate bounds the number of random cases until the first that refutes a falsehood: few
// enough that a test run notices a solver which makes the falsehood true.
type gate struct {
	mean float64
	max  int // 0: no bound
}

var gates = map[verify.Form]gate{
	verify.FormIdentity:   {mean: 2, max: 10},
	verify.FormAsymptotic: {mean: 20},
	verify.FormOther:      {mean: 20},
}

// trials sums up the number of cases until the first that refutes, over many seeds.
type trials struct {
	seeds, total, max int
	missed            bool    // whether the last seed has no refuting case
	met               float64 // the share of the cases that count
}

func (t trials) mean() float64 { return float64(t.total) / float64(t.seeds) }

func (t trials) String() string { return fmt.Sprintf("%.2f %d", t.mean(), t.max) }

// check returns an error if trials do not pass the gate.
func (g gate) check(t trials) error {
	switch {
	case t.missed:
		return fmt.Errorf("seed %d finds no refuting case among %d", t.seeds-1, t.max)
	case t.mean() > g.mean:
		return fmt.Errorf("%.2f cases on average, want at most %g", t.mean(), g.mean)
	case g.max > 0 && t.max > g.max:
		return fmt.Errorf("%d cases at worst, want at most %d", t.max, g.max)
	}
	return nil
}

// try counts, seed by seed, the cases until the first that refutes, up to the first
// seed that finds none among the given number.
func try(seeds, drawn int, refutes func(seed uint64, i int) (counts, refutes bool)) trials {
	var r trials
	counted, looked := 0, 0
	for seed := range uint64(seeds) {
		if r.missed {
			break
		}
		r.seeds++
		n := 0
		for i := 0; ; i++ {
			if n == drawn || i == 10*drawn {
				r.missed = true
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
	seeds, drawn := 50*testenv.Effort(), drawn
	if testing.Short() {
		seeds, drawn = 1, shortly
	}
	for s, f := range falsehoods() {
		t.Run(name(s, f), func(t *testing.T) {
			t.Parallel()
			seeds := max(1, seeds/shares[f.Form()])
			limit := gates[f.Form()]
			if testing.Short() {
				limit = gate{mean: shortly}
			}
			onCases := try(seeds, drawn, func(seed uint64, i int) (counts, refutes bool) {
				c := s.CasesOf(f).Draw(seed, i)
				if f.When != nil && !f.When.Holds(c) {
					return false, false
				}
				return true, violation(s, f, c) != nil
			})
			t.Attr("falsehood", s.ID+"\t"+f.Name)
			t.Attr("kind", string(f.Form()))
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
			atPoints := try(seeds, drawn, func(seed uint64, i int) (counts, refutes bool) {
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
