package theorems

import (
	"fmt"
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 6: the harm horizon and the zero-gradient theorem.

func section6() []*Statement {
	family := generators.Needs{Harm: true, Kind: model.Shared, ZeroWeights: true}
	bare := generators.Needs{Harm: true, ZeroWeights: true}
	return []*Statement{
		{
			ID: "thm-9", Title: "Harm horizon", Section: "6",
			Formula: "I_t = 0 for all t > k ⇔ Harm = g(y_≤k) almost surely; the horizon is the least such k",
			Reading: "Almost surely: sequences of probability zero do not count. Both directions are the equality of the two least k, because either side that holds for k holds for k+1.",
			Checks:  []Check{verify.Rational(thm9)},
			NearMisses: []NearMiss{
				{Name: "Harm = g(y_≤k) on every sequence", Drops: "almost surely", Check: verify.Rational(thm9Surely)},
				{Name: "I_k = 0 at one position suffices", Check: verify.Rational(thm9OnePosition)},
				{Name: "the horizon is the number of positions with I_t > 0", Check: verify.Rational(thm9Count)},
			},
			Looks: bare,
		},
		{
			ID: "thm-10", Title: "Zero gradient beyond the horizon", Section: "6",
			Formula:    "t > k ⇒ Cov(h_t, s_t | y_<t) = 0 at every prefix of positive probability, hence G_t = 0",
			Hypotheses: []string{"the prefix has positive probability", "t > k"},
			Checks:     []Check{verify.Rational(thm10)},
			NearMisses: []NearMiss{
				{Name: "every prefix, those of probability zero too", Drops: "the prefix has positive probability", Check: verify.Rational(thm10Everywhere), Looks: &bare, Source: impossibleSource()},
				{Name: "t ≥ k", Drops: "t > k", Check: verify.Rational(thm10AtHorizon)},
			},
			Looks: family,
		},
		{
			ID: "x-thm-10-converse", Title: "Zero gradient does not mean no information", Section: "6",
			Formula: "G_t = 0 ⇏ I_t = 0",
			Claim: &Claim{
				Wording: "If F̄_t is positive definite and G_t = 0, then I_t = 0.",
				Check:   verify.Rational(thm10Converse),
				Source:  orthogonalSource(),
			},
			Repair: "For tabular policies G_t = 0 ⇔ I_t = 0: the gradient blocks P(x)·P(a|x)·(h_t(xa) − h_{t−1}(x)) vanish together only without information.",
			Checks: []Check{verify.Rational(thm10TabularConverse)},
			NearMisses: []NearMiss{
				{Name: "the converse for log-linear policies", Drops: "tabular", Check: verify.Rational(thm10Converse), Source: orthogonalSource()},
				{Name: "tabular: G_t = 0 ⇔ t > k", Check: verify.Rational(thm10TabularHorizon), Looks: &bare},
			},
			Looks: generators.Needs{Harm: true, Kind: model.Shared},
		},
		{
			ID: "rem-3", Title: "The optimum stays at the base model beyond the horizon", Section: "6",
			Formula:    "P* ∝ P_0·e^{−λHarm} ⇒ P*(·|y_<t) = P_0(·|y_<t) for t > k at every prefix that P_0 reaches, for every λ",
			Hypotheses: []string{"P_0(y_<t) > 0", "tabular: the optimum over all policies"},
			Reading:    "Checked at e^{−λ/m} = 1/2, 9/10 and 1/1000 for harm on the grid j/m, where P* is rational.",
			Checks:     []Check{verify.Rational(rem3)},
			NearMisses: []NearMiss{
				{Name: "t ≥ k", Drops: "t > k", Check: verify.Rational(rem3AtHorizon)},
				{Name: "every prefix, those of probability zero too", Drops: "P_0(y_<t) > 0", Check: verify.Rational(rem3Everywhere), Source: impossibleSource()},
			},
			Looks: bare,
		},
	}
}

// informationHorizon returns the least k with I_t = 0 for all t > k, for the
// given informations.
func informationHorizon(w *World[rat], information []rat) int {
	for k := len(information); k > 0; k-- {
		if !w.IsZero(information[k-1]) {
			return k
		}
	}
	return 0
}

func thm9(w *World[rat]) {
	k := informationHorizon(w, w.Solution().Information)
	w.Same(Place{}, "least k with I_t = 0 for t > k = least k with Harm = g(y_≤k) almost surely", k, w.Oracle().Horizon())
	w.Same(Place{}, "horizon from supports and integers = from I_t", exact.Horizon(w.Family.Process), k)
}

func thm9Surely(w *World[rat]) {
	w.Same(Place{}, "least k with I_t = 0 for t > k = least k with Harm = g(y_≤k) on every sequence",
		informationHorizon(w, w.Solution().Information), sureHorizon(w))
}

// sureHorizon returns the least k with Harm = g(y_≤k) on every sequence, those of
// probability zero too.
func sureHorizon(w *World[rat]) int {
	// The same process with every weight positive has the same sequences, all possible.
	p := w.Family.Process
	layers := make([]*model.Layer, p.Length())
	for t := range layers {
		layers[t] = positive(p.Layer(t + 1))
	}
	q, err := model.NewProcess(p.Vocabulary(), layers, *p.Harm(), p.HarmDenominator())
	if err != nil {
		panic(err)
	}
	s, err := definition.List(q)
	if err != nil {
		panic(err)
	}
	return s.Horizon()
}

// positive returns l with weight 1 on every edge.
func positive(l *model.Layer) *model.Layer {
	ones := make([]int64, l.Edges())
	for i := range ones {
		ones[i] = 1
	}
	m, err := l.WithWeights(model.NaturalsOf(ones...))
	if err != nil {
		panic(err)
	}
	return m
}

func thm9OnePosition(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if w.IsZero(w.Solution().Information[t-1]) {
			beyond := 0
			if t > w.Oracle().Horizon() {
				beyond = 1
			}
			w.Same(verify.At(t, 0), "I_t = 0 ⇒ t beyond the horizon (1: yes, 0: no)", beyond, 1)
		}
	}
}

func thm9Count(w *World[rat]) {
	n := 0
	for _, i := range w.Solution().Information {
		if !w.IsZero(i) {
			n++
		}
	}
	w.Same(Place{}, "horizon = number of positions with I_t > 0", w.Oracle().Horizon(), n)
}

// zeroBeyond claims C_t(x) = 0 and G_t = 0 for t > k + shift, by recursion and by
// enumeration.
func zeroBeyond(w *World[rat], claim string, shift int, everywhere bool) {
	score := w.Oracle().Score(*w.Family.Param)
	zero, m := w.FromInt(0), w.Solution()
	for t := max(1, w.Oracle().Horizon()+1+shift); t <= w.T(); t++ {
		for x := range w.States(t) {
			if !everywhere && w.IsZero(m.Occupancy[t-1][x]) {
				continue
			}
			for _, c := range exact.HarmCovariance(w.Ring, w.Family, m, t, x) {
				w.Equal(verify.At(t, x), claim, c, zero)
			}
			for _, c := range score.Local(t, x) {
				w.Equal(verify.At(t, x), claim+", by definition", c, zero)
			}
		}
		for _, g := range score.Position(t, w.Oracle().Harm()) {
			w.Equal(verify.At(t, 0), "G_t = 0", g, zero)
		}
	}
	if w.Oracle().Horizon() == w.T() {
		w.Vacuous()
	}
}

func thm10(w *World[rat])           { zeroBeyond(w, "Cov(h_t, s_t|y_<t) = 0, t > k", 0, false) }
func thm10Everywhere(w *World[rat]) { zeroBeyond(w, "Cov(h_t, s_t|y_<t) = 0, t > k", 0, true) }
func thm10AtHorizon(w *World[rat])  { zeroBeyond(w, "Cov(h_t, s_t|y_<t) = 0, t ≥ k", -1, false) }

// silentMeansEmpty claims that I_t = 0 wherever G_t = 0 in a family, at the
// positions that the premise selects.
func silentMeansEmpty(w *World[rat], f exact.Family[rat], claim string, premise func(t int) bool) {
	for t := 1; t <= w.T(); t++ {
		if !premise(t) || !allZero(w, exact.Gradient(w.Ring, f, w.Solution(), t)) {
			w.Vacuous()
			continue
		}
		w.Equal(verify.At(t, 0), claim, w.Oracle().Information(t), w.FromInt(0))
	}
}

func thm10Converse(w *World[rat]) {
	silentMeansEmpty(w, w.Family, "F̄_t ≻ 0 and G_t = 0 ⇒ I_t = 0", func(t int) bool { return definite(w, t) })
}

// definite reports whether F̄_t is positive definite in the parameters that
// position t reads. That of the tabular family never is: logits are defined up
// to a constant.
func definite(w *World[rat], t int) bool {
	if w.Family.Param.Tabular() {
		return false
	}
	rank, err := exact.Rank(rationals(w), exact.MeanFisher(w.Ring, w.Family, w.Solution().Occupancy[t-1], t))
	if err != nil {
		panic(err) // ℚ divides by every pivot
	}
	return rank == w.Family.Param.Block(w.Family.Process, t)
}

func thm10TabularConverse(w *World[rat]) {
	silentMeansEmpty(w, tabular(w), "tabular: G_t = 0 ⇒ I_t = 0", func(int) bool { return true })
}

func thm10TabularHorizon(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		silent, beyond := 0, 0
		if allZero(w, exact.Gradient(w.Ring, tabular(w), w.Solution(), t)) {
			silent = 1
		}
		if t > w.Oracle().Horizon() {
			beyond = 1
		}
		w.Same(verify.At(t, 0), "tabular: G_t = 0 ⇔ t > k (1: yes, 0: no)", silent, beyond)
	}
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

// rationals returns the ring of a world over ℚ as the field it is.
func rationals(w *World[rat]) *field.Rational { return w.Ring.(*field.Rational) }

// baseBeyond claims P* = P_0 for t > k + shift.
func baseBeyond(w *World[rat], shift int, everywhere bool) {
	f, o, m := rationals(w), w.Oracle(), w.Solution()
	k := o.Horizon()
	for i, u := range tilts(w) {
		s, err := exact.SolveTilted(f, w.Family.Point, u)
		if err != nil {
			panic(err) // positive tilts make positive soft values
		}
		law, err := definition.Tilted(f, o, u)
		if err != nil {
			panic(err)
		}
		claim := fmt.Sprintf("P*(a|y_<t) = P_0(a|y_<t), e^{−λ/m} = %s", tiltBases[i].RatString())
		for t := max(1, k+1+shift); t <= w.T(); t++ {
			for x := range w.States(t) {
				if !everywhere && w.IsZero(m.Occupancy[t-1][x]) {
					continue
				}
				lo, _ := w.Layer(t).Row(x)
				for j, p := range w.Row(t, x) {
					w.Equal(verify.At(t, x), claim, s.Policy[t-1][lo+j], p)
				}
			}
			// By definition: P*(y_≤t) = P*(y_<t)·P_0(y_t|y_<t) for the marginals of
			// the tilted law.
			before, after := o.Marginals(law, t-1), o.Marginals(law, t)
			for j := range o.Len() {
				if o.Opens(j, t) && (everywhere || o.Reached(j, t-1)) {
					w.Equal(verify.At(t, o.State(j, t-1)), claim+", by definition", after[j], f.Mul(before[j], w.Family.Prob[t-1][o.Edge(j, t)]))
				}
			}
		}
	}
	if k == w.T() {
		w.Vacuous()
	}
}

func rem3(w *World[rat])           { baseBeyond(w, 0, false) }
func rem3AtHorizon(w *World[rat])  { baseBeyond(w, -1, false) }
func rem3Everywhere(w *World[rat]) { baseBeyond(w, 0, true) }
