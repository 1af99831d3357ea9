package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
)

// The tabular optimum P* ∝ P_0·e^{−λHarm} and its tails, as power series in λ and
// in enclosures.

// definedKL returns KL_t of the tabular optimum as a series in λ, for t = 1…T at
// [t−1], by enumeration of the sequences.
func definedKL(w *World[rat]) [][]rat {
	s, pt, tilt := formalTilt(w)
	o, err := definition.New(s, definition.Model[[]rat]{Process: pt.Process, Prob: pt.Prob, Harm: pt.Harm})
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

// tails holds what the tails Σ_{s>t} KL_s of the tabular optimum are compared with,
// as series in λ.
type tails struct {
	field.SeriesField[rat]
	kl            [][]rat   // by definition: [t−1]
	variance      [][][]rat // Var_{P*_λ}(Harm|y_≤t): [t][x]
	base, starred [][][]rat // P_0(x) and P*_λ(x): [t][x]
}

func newTails(w *World[rat]) *tails {
	s, pt, tilt := formalTilt(w)
	b := &tails{SeriesField: s, kl: definedKL(w)}
	optimum, err := exact.SolveTilted(s, pt, tilt)
	if err != nil {
		panic(err) // soft values are 1 at λ = 0
	}
	b.starred = optimum.Occupancy
	// E_0[Harm^k·e^{−λHarm}|y_≤t] for k = 1, 2, over optimum.Soft.
	moment := tilt
	var moments [2][][][]rat
	for k := range moments {
		next := make([][]rat, len(moment))
		for x := range next {
			next[x] = s.Mul(moment[x], pt.Harm[x])
		}
		moment, moments[k] = next, exact.Backward(s, pt, next)
	}
	for t, soft := range optimum.Soft {
		variance, base := make([][]rat, len(soft)), make([][]rat, len(soft))
		for x, z := range soft {
			mean, square := quotient(s, moments[0][t][x], z), quotient(s, moments[1][t][x], z)
			variance[x] = s.Sub(square, s.Mul(mean, mean))
			base[x] = s.Constant(w.Solution().Occupancy[t][x])
		}
		b.variance, b.base = append(b.variance, variance), append(b.base, base)
	}
	return b
}

// quotient returns a/b for a series b with b(0) ≠ 0.
func quotient(s field.SeriesField[rat], a, b []rat) []rat {
	q, err := s.Quo(a, b)
	if err != nil {
		panic(err)
	}
	return q
}

// integral returns ∫_0^λ v(a) da.
func (b *tails) integral(v []rat) []rat {
	r := b.FromInt(0)
	for k := range b.Order {
		c, err := b.Field.Quo(v[k], b.Base.FromInt(int64(k)+1))
		if err != nil {
			panic(err)
		}
		r[k+1] = c
	}
	return r
}

// weighted returns a·v(a).
func (b *tails) weighted(v []rat) []rat {
	return b.Mul(b.Dual(b.Base.FromInt(0), b.Base.FromInt(1)), v)
}

// after returns Σ_{s>t} KL_s.
func (b *tails) after(t int) []rat {
	sum := b.FromInt(0)
	for _, kl := range b.kl[t:] {
		sum = b.Add(sum, kl)
	}
	return sum
}

// over returns Σ_x law(x)·∫_0^λ integrand(Var_{P*_a}(Harm|x)) da over the states x
// of layer t.
func (b *tails) over(t int, law [][][]rat, integrand func(variance []rat) []rat) []rat {
	sum := b.FromInt(0)
	for x, v := range b.variance[t] {
		sum = b.Add(sum, b.Mul(law[t][x], b.integral(integrand(v))))
	}
	return sum
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
	s, err := exact.SolveTilted(f, w.Family.Point, tilt)
	if err != nil {
		panic(err)
	}
	lambda, _ := f.FromRat(w.Case.Lambda)
	starred := *w.Family.Point
	starred.Prob = s.Policy
	for t, harm := range exact.Backward(f, &starred, starred.Harm) {
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
