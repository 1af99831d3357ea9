package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
)

// The tabular optimum P* ∝ P_0·e^{−λHarm} and its tails, as power series in λ and
// in enclosures.

// solveTilted returns the optimum over all policies for a positive tilt.
func solveTilted(w *World[rat], u []rat) *exact.Tilted[rat] {
	s, err := exact.SolveTilted(rationals(w), w.Family.Numbers, u)
	if err != nil {
		panic(err) // positive tilts make positive soft values
	}
	return s
}

// definedKL returns KL_t of the tabular optimum as a series in λ, for t = 1…T at
// [t−1], by enumeration of the sequences.
func definedKL(w *World[rat]) [][]rat {
	s, pt, tilt := formalTilt(w)
	o, err := definition.New(s, pt)
	if err != nil {
		panic("theorems: " + err.Error()) // worlds are made below the oracle's limit
	}
	law, err := definition.Tilted(s, o, tilt)
	if err != nil {
		panic(err) // the sum is 1 at λ = 0
	}
	kl, err := definition.PositionKL(s, o, law)
	if err != nil {
		panic(err) // the ratios are 1 at λ = 0
	}
	return kl
}

// optimum is the tabular optimum of a case at its own λ, enclosed.
type optimum struct {
	kl    []enc   // KL_t by definition: [t−1]
	ahead [][]enc // −λ·E*[Harm|x] − log Z_t(x), the KL of all that follows state x: [t][x]
	mass  [][]enc // P*(x): [t][x]
}

func newOptimum(w *World[enc]) *optimum {
	f, o := interval(w), w.Oracle()
	tilt, err := definition.HarmTilt(f, o, w.Case.Lambda)
	if err != nil {
		panic(err) // λ is bounded far below what Exp accepts
	}
	law, err := definition.Tilted(f, o, tilt)
	if err != nil {
		panic(err)
	}
	r := new(optimum)
	if r.kl, err = definition.PositionKL(f, o, law); err != nil {
		panic(err)
	}
	s, err := exact.SolveTilted(f, w.Family.Numbers, tilt)
	if err != nil {
		panic(err)
	}
	lambda, _ := f.FromRat(w.Case.Lambda)
	for t, harm := range exact.Backward(f, w.Family.WithProb(s.Policy), w.Family.Harm) {
		row := make([]enc, len(harm))
		for x := range row {
			log, err := f.Log(s.Soft[t][x])
			if err != nil {
				panic(err)
			}
			row[x] = f.Neg(f.Add(f.Mul(lambda, harm[x]), log))
		}
		r.ahead = append(r.ahead, row)
	}
	r.mass = s.Occupancy
	return r
}

// tiltBases are the values of e^{−λ/m} at which the tilted optimum is taken.
var tiltBases = []*big.Rat{big.NewRat(1, 2), big.NewRat(9, 10), big.NewRat(1, 1000)}

// maxGrid bounds the harm denominator m for which e^{−λ/m} to the power of a harm
// numerator is taken.
const maxGrid = 64

// tilts returns u(x) = b^j for harm j/m at the states of layer T, for each base
// b, and nothing where m is too large.
func tilts(w *World[rat]) [][]rat {
	p := w.Family.Process
	if den := p.HarmDenominator(); !den.IsInt64() || den.Int64() > maxGrid {
		return nil
	}
	f := rationals(w)
	all := make([][]rat, len(tiltBases))
	for i, base := range tiltBases {
		b, _ := f.FromRat(base)
		all[i] = make([]rat, p.States(p.Length()))
		for x := range all[i] {
			u := f.FromInt(1)
			for range p.Harm().At(x).Int64() {
				u = f.Mul(u, b)
			}
			all[i][x] = u
		}
	}
	return all
}
