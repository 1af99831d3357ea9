package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/model"
)

// The tabular optimum P* ∝ P_0·e^{−λHarm} and its tails, as power series in λ and
// in enclosures.

// solveTilted returns the optimum over all policies for a positive tilt.
func solveTilted(w *World[rat], u []rat) *exact.Tilted[rat] {
	return defined(exact.SolveTilted(rationals(w), w.Family.Numbers, u)) // positive tilts make positive soft values
}

// definedKL returns KL_t of the tabular optimum as a series in λ, for t = 1…T at
// [t−1], by enumeration of the sequences.
func definedKL(w *World[rat]) [][]rat {
	s, pt, tilt := formalTilt(w)
	o := defined(definition.New(s, pt))              // worlds are made below the oracle's limit
	law := defined(definition.Tilted(s, o, tilt))    // the sum is 1 at λ = 0
	return defined(definition.PositionKL(s, o, law)) // the ratios are 1 at λ = 0
}

// optimum is the tabular optimum of a case at its own λ, enclosed.
type optimum struct {
	kl    []enc   // KL_t by definition: [t−1]
	ahead [][]enc // −λ·E*[Harm|x] − log Z_t(x), the KL of all that follows state x: [t][x]
	mass  [][]enc // P*(x): [t][x]
}

func newOptimum(w *World[enc]) *optimum {
	f, o := interval(w), w.Oracle()
	tilt := defined(definition.HarmTilt(f, o, w.Case.Lambda)) // λ is bounded far below what Exp accepts
	law := defined(definition.Tilted(f, o, tilt))
	r := new(optimum)
	r.kl = defined(definition.PositionKL(f, o, law))
	s := defined(exact.SolveTilted(f, w.Family.Numbers, tilt))
	lambda, _ := f.FromRat(w.Case.Lambda)
	for t, harm := range exact.Backward(f, w.Family.WithProb(s.Policy), w.Family.Harm) {
		row := make([]enc, len(harm))
		for x := range row {
			log := defined(f.Log(s.Soft[t][x]))
			row[x] = f.Neg(f.Add(f.Mul(lambda, harm[x]), log))
		}
		r.ahead = append(r.ahead, row)
	}
	r.mass = s.Occupancy
	return r
}

// tiltBases are the values of e^{−λ/m} at which the tilted optimum is taken.
var tiltBases = []*big.Rat{big.NewRat(1, 2), big.NewRat(9, 10), big.NewRat(1, 1000)}

// The powers of e^{−λ/m} by harm numerators are taken up to maxGrid, and from fineGrid on
// those of the coarsest grid that harm lies on.
const (
	maxGrid  = 1000
	fineGrid = 64
)

// harmStep returns an integer that divides the denominator and all values of harm, at most
// maxGrid times, or nil if there is none.
func harmStep(p *model.Process) *big.Int {
	den, step := p.HarmDenominator(), big.NewInt(1)
	if den.Cmp(big.NewInt(fineGrid)) > 0 {
		step.Set(den)
		for x := range p.Harm().Len() {
			step.GCD(nil, nil, step, p.Harm().At(x))
		}
	}
	if new(big.Int).Quo(den, step).Cmp(big.NewInt(maxGrid)) > 0 {
		return nil
	}
	return step
}

// tilts returns u(x) = b^j for harm j/m at the states of layer T, m the steps of [harmStep]
// in 1, for each base b, and nothing where harm is finer.
func tilts(w *World[rat]) [][]rat {
	p := w.Family.Process
	step := harmStep(p)
	if step == nil {
		return nil
	}
	f := rationals(w)
	all := make([][]rat, len(tiltBases))
	for i, base := range tiltBases {
		b, _ := f.FromRat(base)
		all[i] = make([]rat, p.States(p.Length()))
		for x := range all[i] {
			u := f.FromInt(1)
			for range new(big.Int).Quo(p.Harm().At(x), step).Int64() {
				u = f.Mul(u, b)
			}
			all[i][x] = u
		}
	}
	return all
}
