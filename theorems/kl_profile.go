package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Sections 8 and 10: how the KL divergence is spread over positions.

var klProfileStatements = []*Statement{ownTail, ownCubic, xTradeoff}

var ownTail = &Statement{
	ID: "own-tail", Title: "The total KL beyond a position", Section: "8", Kind: verify.Own,
	Formula:    "Σ_{s>t} KL_s = E_{y_≤t∼P*_λ} ∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da = E_{y_≤t∼P*_λ}[−λ·E*[Harm|y_≤t] − log E_0[e^{−λHarm}|y_≤t]]",
	Hypotheses: []string{"tabular: the optimum of eq. 2 over all policies", "the outer expectation under P*_λ"},
	Reading:    ownReading + " The integral is compared coefficient by coefficient, the closed form in enclosures at the λ of the case.",
	Claims: []Claim{
		{
			Formula:    "Σ_{s>t} KL_s = E_{y_≤t∼P*_λ} ∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da, order by order in λ",
			Hypotheses: []string{"log(P*/P_0)(a|x) = φ(xa) − φ(x), φ = log E_0[e^{−λHarm}|·]: P* is the tilted law"},
			Kernel:     []string{"Tilted.tail_divergence", "Tilted.tail_integral"},
			Check:      verify.Identity(tailIntegralFree[rat], tailIntegralFree[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
			Also:       []Check{verify.Series(tailIntegral, nil)},
		},
		{
			Formula:    "Σ_{s>t} KL_s = E_{y_≤t∼P*_λ}[−λ·E*[Harm|y_≤t] − log E_0[e^{−λHarm}|y_≤t]]",
			Hypotheses: []string{"log(P*/P_0)(a|x) = φ(xa) − φ(x), φ = log E_0[e^{−λHarm}|·]: P* is the tilted law"},
			Kernel:     []string{"Tilted.tail_divergence", "Tilted.conditional_mean_form"},
			Check:      verify.Identity(tailFree[rat], tailFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(tailClosed)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "prefixes under P_0", Drops: "the outer expectation under P*_λ", Check: verify.Series(tailBase, nil), Looks: new(longer(needsHarm))},
		{Name: "missing factor a", Check: verify.Series(tailUnweighted, nil)},
		{Name: "Σ_{s≥t}", Check: verify.Series(tailEarly, nil), Looks: new(longer(needsHarm))},
		{Name: "the variance under P_0", Check: verify.Series(tailVariance, nil)},
	},
	Looks: needsHarm,
}

// tailClaim compares Σ_{s>t} KL_s, by enumeration, with a series, for every t from
// 0 to last.
func tailClaim(w *World[rat], claim string, last int, right func(b *tails, t int) []rat) {
	b := newTails(w)
	for t := range last + 1 {
		left, r := b.after(t), right(b, t)
		for k := range left {
			w.Equal(verify.At(t, 0).Where("order %d", k), claim, left[k], r[k])
		}
	}
}

func tailIntegral(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ} ∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da", w.T()-1, func(b *tails, t int) []rat { return b.over(t, b.starred, b.weighted) })
}

func tailBase(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P_0} ∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da", w.T()-1, func(b *tails, t int) []rat { return b.over(t, b.base, b.weighted) })
}

func tailUnweighted(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ} ∫_0^λ Var_{P*_a}(Harm|y_≤t) da", w.T()-1, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return v })
	})
}

func tailEarly(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ} ∫_0^λ a·Var_{P*_a}(Harm|y_<t) da", w.T()-1, func(b *tails, t int) []rat {
		return b.over(max(t-1, 0), b.starred, b.weighted)
	})
}

func tailVariance(w *World[rat]) {
	tailClaim(w, "Σ_{s>t} KL_s = E_{P*_λ}[(λ²/2)·Var_0(Harm|y_≤t)]", w.T()-1, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return b.weighted(b.Constant(v[0])) })
	})
}

func tailClosed(w *World[enc]) {
	o := newOptimum(w)
	for t := range o.kl {
		w.Meet(verify.At(t, 0), "Σ_{s>t} KL_s = E*[−λ·E*[Harm|y_≤t] − log E_0[e^{−λHarm}|y_≤t]]", field.Sum(w.Ring, o.kl[t:]), w.Dot(o.mass[t], o.ahead[t]))
	}
}

// tails holds KL_t of the tabular optimum and what the tails Σ_{s>t} KL_s are compared
// with, as series in λ.
type tails struct {
	field.SeriesField[rat]
	kl            [][]rat   // by definition: [t−1]
	variance      [][][]rat // Var_{P*_λ}(Harm|y_≤t): [t][x]
	base, starred [][][]rat // P_0(x) and P*_λ(x): [t][x]
}

// integral returns ∫_0^λ v(a) da.
func (b *tails) integral(v []rat) []rat {
	r := b.FromInt(0)
	for k := range b.Order {
		c := defined(b.Field.Quo(v[k], b.Base.FromInt(int64(k)+1)))
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
	return field.Sum(b, b.kl[t:])
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

func newTails(w *World[rat]) *tails {
	s, pt, tilt := formalTilt(w)
	b := &tails{SeriesField: s, kl: definedKL(w)}
	optimum := defined(exact.SolveTilted(s, pt, tilt)) // soft values are 1 at λ = 0
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
			mean, square := defined(s.Quo(moments[0][t][x], z)), defined(s.Quo(moments[1][t][x], z)) // z(0) ≠ 0
			variance[x] = s.Sub(square, s.Mul(mean, mean))
			base[x] = s.Constant(w.Solution().Occupancy[t][x])
		}
		b.variance, b.base = append(b.variance, variance), append(b.base, base)
	}
	return b
}

var ownCubic = &Statement{
	ID: "own-cubic", Title: "The third order of the KL profile", Section: "8", Kind: verify.Own,
	Formula:    "tabular: the coefficient of λ³ of KL_t is −{½·E[Cov(h_t, v_t|y_<t)] + ⅓·E[κ_3(h_t|y_<t)] + ½·Cov(h_{t−1}, Var(h_t|y_<t))}, v_t = Var_0(Harm|y_≤t), κ_3 the third cumulant",
	Hypotheses: []string{"tabular: the optimum of eq. 2 over all policies"},
	Reading: ownReading + " Six times the coefficient is a polynomial in P_0 and Harm, which the derivatives " +
		"at λ = 0 give without divisions. In this form it is proved. It is also read off the power series of " +
		"the optimum, by enumeration.",
	Claims: []Claim{{
		Check: verify.Identity(cubicFree[rat], cubicFree[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
		Also:  []Check{verify.Series(cubic, nil)},
	}},
	NearMisses: []NearMiss{
		{Name: "sign", Check: verify.Series(cubicSign, nil)},
		{Name: "½ in place of ⅓, by derivatives at λ = 0", Check: verify.Identity(cubicFreeHalf[rat], cubicFreeHalf[mod])},
		{Name: "½ in place of ⅓", Check: verify.Series(cubicHalf, nil)},
		{Name: "without the covariance across prefixes", Check: verify.Series(cubicWithin, nil)},
		{Name: "v_{t−1} in place of v_t: the first term drops out", Check: verify.Series(cubicEarly, nil)},
	},
	Looks: needsHarm,
}

// thirds holds the three terms of the λ³ coefficient of KL_t.
func thirds[E any](w *World[E], t int) (risk, skew, across E) {
	m := w.Solution()
	risk, skew = w.FromInt(0), w.FromInt(0)
	for x, p := range m.Occupancy[t-1] {
		row, d := w.Row(t, x), innovation(w, t, x)
		risk = w.Add(risk, w.Mul(p, triple(w, row, d, w.After(t, x, m.CondVar[t]))))
		square := make([]E, len(d))
		for a := range d {
			square[a] = w.Mul(d[a], d[a])
		}
		skew = w.Add(skew, w.Mul(p, triple(w, row, d, square)))
	}
	across = w.Sub(triple(w, m.Occupancy[t-1], m.H[t-1], m.Step[t-1]), w.Mul(m.Expected, m.Information[t-1]))
	return risk, skew, across
}

// cubicClaim compares the λ³ coefficient of KL_t, by enumeration, with n/6 of a
// combination of the three terms.
func cubicClaim(w *World[rat], claim string, risk, skew, across int64) {
	for i, kl := range definedKL(w) {
		a, b, c := thirds(w, i+1)
		sum := w.Add(w.Mul(w.FromInt(risk), a), w.Add(w.Mul(w.FromInt(skew), b), w.Mul(w.FromInt(across), c)))
		w.Equal(verify.At(i+1, 0), claim, w.Mul(w.FromInt(6), kl[3]), sum)
	}
}

func cubic(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 2·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", -3, -2, -3)
}

func cubicSign(w *World[rat]) {
	cubicClaim(w, "6·KL_t = 3·E Cov(h_t, v_t|y_<t) + 2·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t)), order 3", 3, 2, 3)
}

func cubicHalf(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 3·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", -3, -3, -3)
}

func cubicWithin(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 2·E κ_3(h_t|y_<t)}, order 3", -3, -2, 0)
}

func cubicEarly(w *World[rat]) {
	cubicClaim(w, "6·KL_t = −{2·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", 0, -2, -3)
}

var xTradeoff = &Statement{
	ID: "x-tradeoff", Title: "Depth by itself costs no KL", Section: "10.1", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Section 10.1",
		Says:    "Deeper alignment requires more total KL divergence from the base model.",
		Verdict: verify.Refuted,
		But:     "the total KL of the optimum of eq. 2 depends on how harm is distributed, not on the positions that decide it",
	},
	Formula:    "Σ_t KL_t = ∫_0^λ a·Var_{P*_a}(Harm) da = −λ·E*[Harm] − log E_0[e^{−λHarm}]",
	Hypotheses: []string{"tabular: the optimum of eq. 2 over all policies"},
	Reading: "Deeper is read as: the same law of harm, decided at later positions. A meaningless token in " +
		"front delays every decision by one position. The reading is decided in ℚ, because the total is a " +
		"function of E*[Harm] and E_0[e^{−λHarm}], and both stay the same. The integral is compared " +
		"coefficient by coefficient, and the closed form in enclosures at the λ of the case. The cost of the " +
		"recovery penalty of eq. 43 is a different matter (x-penalty-cost).",
	Refuted: &Falsehood{
		Wording: "Deeper alignment requires more total KL divergence. That is: the same harm, decided one " +
			"position later, costs more.",
		Check: verify.Rational(tradeoffDeeper),
	},
	Story: xTradeoffStory,
	Saving: "It is true of eq. 72, where each further position beyond the horizon pays for its own tilt " +
		"(thm-20). It is false of the recovery penalties of eq. 43 as well, to which the paragraph goes on " +
		"(x-penalty-cost).",
	Repair: "The total KL of the optimum depends on the law of harm alone, not on the positions that decide it.",
	Claims: []Claim{
		{
			Formula:    "Σ_t KL_t = ∫_0^λ a·Var_{P*_a}(Harm) da, order by order in λ",
			Hypotheses: []string{"log(P*/P_0)(a|x) = φ(xa) − φ(x), φ = log E_0[e^{−λHarm}|·]: P* is the tilted law"},
			Kernel:     []string{"Tilted.tail_divergence", "Tilted.tail_integral"},
			Check:      verify.Identity(tradeoffFree[rat], tradeoffFree[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
			Also:       []Check{verify.Series(tradeoff, nil)},
		},
		{
			Formula:    "Σ_t KL_t = −λ·E*[Harm] − log E_0[e^{−λHarm}]",
			Hypotheses: []string{"log(P*/P_0)(a|x) = φ(xa) − φ(x), φ = log E_0[e^{−λHarm}|·]: P* is the tilted law"},
			Kernel:     []string{"Optimum.total_divergence", "Divergence.KL_chain_rule", "Tilted.tail_divergence"},
			Check:      verify.Identity(totalFree[rat], totalFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(tradeoffClosed)},
		},
		{
			Formula: "E*[Harm] and E_0[e^{−λHarm}] one position deeper = the same at once",
			Check:   verify.Rational(tradeoffLaw),
		},
	},
	NearMisses: []NearMiss{
		{Name: "∫_0^λ Var_{P*_a}(Harm) da: missing factor a", Check: verify.Series(tradeoffUnweighted, nil)},
		{Name: "the variance under P_0: (λ²/2)·Var_0(Harm) exactly", Check: verify.Series(tradeoffBase, nil)},
		{Name: "sign of the harm: +λ·E*[Harm] − log E_0[e^{−λHarm}]", Check: verify.Interval(tradeoffSign)},
	},
	Looks: generators.Needs{Harm: true},
}

// delayed returns the case with one more position in front. Its tokens mean nothing: all
// have the same weight and lead to the first state.
func delayed(c *model.Case) *model.Case {
	v := c.Vocabulary()
	ones := make([]int64, v)
	for a := range ones {
		ones[a] = 1
	}
	layers := []*model.Layer{mustModel(model.DenseLayer(v, model.NaturalsOf(ones...), make([]int32, v)))}
	for t := 1; t <= c.Length(); t++ {
		layers = append(layers, c.Layer(t))
	}
	p := mustModel(model.NewProcess(v, layers, *c.Process.Harm(), c.HarmDenominator()))
	return &model.Case{Instance: model.NewInstance(p)}
}

// tiltedTotals returns E*[Harm] and Z = E_0[e^{−λHarm}] for a tilt, by recursion. The total
// KL is −λ·E*[Harm] − log Z.
func tiltedTotals(w *World[rat], u []rat) (mean, z rat) {
	s := solveTilted(w, u)
	return exact.Backward(w.Ring, w.Family.WithProb(s.Policy), w.Family.Harm)[0][0], s.Soft[0][0]
}

// tradeoffDeeper claims that the delayed case costs more. Where the harm varies,
// the sign of the difference is decided: equal E*[Harm] and Z make equal totals.
func tradeoffDeeper(w *World[rat]) {
	if w.IsZero(w.Solution().Variance) {
		w.Vacuous()
		return
	}
	late := verify.NewCaseWorld(rationals(w), delayed(w.Case))
	for i, u := range tilts(w) {
		mean, z := tiltedTotals(w, u)
		lateMean, lateZ := tiltedTotals(late, u)
		if w.Ring.Equal(mean, lateMean) == field.True && w.Ring.Equal(z, lateZ) == field.True {
			w.Same(Place{}.Where("e^{−λ/m} = %s", tiltBases[i].RatString()), "Σ_t KL_t one position deeper > Σ_t KL_t, by the sign of the difference", 0, 1)
		}
	}
}

// tradeoffLaw compares E*[Harm] and Z of the delayed case, by recursion, with those of
// the case, by enumeration: both depend on the law of harm alone.
func tradeoffLaw(w *World[rat]) {
	o := w.Oracle()
	late := verify.NewCaseWorld(rationals(w), delayed(w.Case))
	for i, u := range tilts(w) {
		mean, z := tiltedTotals(late, u)
		at := Place{}.Where("e^{−λ/m} = %s", tiltBases[i].RatString())
		sum, harm := w.FromInt(0), w.FromInt(0)
		law := defined(definition.Tilted(rationals(w), o, u))
		for y, p := range o.Joint() {
			sum = w.Add(sum, w.Mul(p, u[o.State(y, w.T())]))
			harm = w.Add(harm, w.Mul(law[y], w.Family.Harm[o.State(y, w.T())]))
		}
		w.Equal(at, "E_0[e^{−λHarm}] one position deeper = the same at once", z, sum)
		w.Equal(at, "E*[Harm] one position deeper = the same at once", mean, harm)
	}
}

func tradeoff(w *World[rat]) {
	tailClaim(w, "Σ_t KL_t = ∫_0^λ a·Var_{P*_a}(Harm) da", 0, func(b *tails, t int) []rat { return b.over(t, b.starred, b.weighted) })
}

func tradeoffUnweighted(w *World[rat]) {
	tailClaim(w, "Σ_t KL_t = ∫_0^λ Var_{P*_a}(Harm) da", 0, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return v })
	})
}

func tradeoffBase(w *World[rat]) {
	tailClaim(w, "Σ_t KL_t = (λ²/2)·Var_0(Harm)", 0, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return b.weighted(b.Constant(v[0])) })
	})
}

func tradeoffClosed(w *World[enc]) {
	o := newOptimum(w)
	w.Meet(Place{}, "Σ_t KL_t = −λ·E*[Harm] − log E_0[e^{−λHarm}]", field.Sum(w.Ring, o.kl), o.ahead[0][0])
}

func tradeoffSign(w *World[enc]) {
	f, o := interval(w), newOptimum(w)
	// +λ·E*[Harm] − log Z = −2·log Z − (−λ·E*[Harm] − log Z).
	tilt := defined(definition.HarmTilt(f, w.Oracle(), w.Case.Lambda))
	log := defined(f.Log(exact.Backward(f, w.Family.Numbers, tilt)[0][0]))
	log = f.Neg(log)
	w.Meet(Place{}, "Σ_t KL_t = +λ·E*[Harm] − log E_0[e^{−λHarm}]", field.Sum(w.Ring, o.kl), f.Sub(f.Add(log, log), o.ahead[0][0]))
}
